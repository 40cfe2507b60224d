//! Tells those who wait that something changed, in the order in which they began to wait. Several may act
//! on one change: in another order each time, the same story would not play the same way twice, and a
//! failing seed of the storm could not be looked at again (`tokio::sync::watch` wakes its waiters by lot).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// Whoever changes things has this. Once it is gone, nobody waits any longer.
#[derive(Default)]
pub(crate) struct Changes(Arc<Count>);

#[derive(Default)]
struct Count {
    changes: AtomicU64,
    is_over: AtomicBool,
    waiting: Notify,
}

/// Nothing will change any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Over;

/// Whoever waits for changes has one of these.
pub(crate) struct Watch {
    count: Arc<Count>,
    seen: u64,
}

impl Changes {
    /// Something changed.
    pub(crate) fn tell(&self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
        self.0.waiting.notify_waiters();
    }

    /// Waits for what changes from now on.
    pub(crate) fn subscribe(&self) -> Watch {
        Watch {
            count: Arc::clone(&self.0),
            seen: self.0.changes.load(Ordering::Acquire),
        }
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Release);
        self.0.waiting.notify_waiters();
    }
}

impl Watch {
    /// Waits until something changed that this one has not seen. Many changes are one.
    ///
    /// # Errors
    /// [`Over`].
    pub(crate) async fn changed(&mut self) -> Result<(), Over> {
        let count = Arc::clone(&self.count);
        loop {
            let waiting = count.waiting.notified();
            tokio::pin!(waiting);
            // Before the look at the count: what changes in between is not missed.
            waiting.as_mut().enable();
            if count.is_over.load(Ordering::Acquire) {
                return Err(Over);
            }
            if self.is_behind() {
                return Ok(());
            }
            waiting.await;
        }
    }

    /// Takes everything so far for seen.
    pub(crate) fn mark_unchanged(&mut self) {
        self.is_behind();
    }

    fn is_behind(&mut self) -> bool {
        let now = self.count.changes.load(Ordering::Acquire);
        std::mem::replace(&mut self.seen, now) != now
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn those_who_wait_are_woken_in_the_order_in_which_they_came() {
        for _ in 0..50 {
            let changes = Changes::default();
            let woken = Arc::new(Mutex::new(Vec::new()));
            let mut waiting = JoinSet::new();
            for number in 0..20 {
                let mut watch = changes.subscribe();
                let woken = Arc::clone(&woken);
                waiting.spawn(async move {
                    watch.changed().await.expect("not over");
                    woken.lock().expect("the list").push(number);
                });
            }
            tokio::task::yield_now().await;
            changes.tell();
            waiting.join_all().await;
            let woken = woken.lock().expect("the list").clone();
            assert_eq!(woken, (0..20).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn what_changed_before_one_waits_is_not_missed_and_many_changes_are_one() {
        let changes = Changes::default();
        let mut watch = changes.subscribe();
        changes.tell();
        changes.tell();
        assert_eq!(watch.changed().await, Ok(()));
        changes.tell();
        watch.mark_unchanged();
        let mut late = changes.subscribe();
        drop(changes);
        assert_eq!(watch.changed().await, Err(Over));
        assert_eq!(late.changed().await, Err(Over));
    }
}
