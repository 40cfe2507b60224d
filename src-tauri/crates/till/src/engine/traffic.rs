//! Who may send to an account now. A sale never waits: what is withdrawn with others does, while a sale
//! is at the provider and for as long as the provider wants ([`super::lane`]). Where one sale follows the
//! other, one of the others goes through now and then, so that none of them waits for ever.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payment::{AccountId, Failure};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::lane::{Heard, Lane, Turn};
use super::learn;

/// How long what is withdrawn with others stays back after a sale's request: the next one of the sale
/// leaves within that time, and must not share the line with all that waited.
const AFTER_SALE: Duration = Duration::from_millis(25);

/// How often one of those that are held back goes through beside sales that do not end.
const MEANWHILE: Duration = Duration::from_millis(500);

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A sale somebody waits for, or something a person just asked for. Never waits.
    Live,
    /// Watching what may still become anything. Never waits, and holds nobody up.
    Watch,
    /// One of many that are withdrawn together. Waits for its turn.
    Void,
}

/// The traffic of every account.
#[derive(Default)]
pub(crate) struct Traffic {
    accounts: Mutex<BTreeMap<AccountId, Account>>,
    changed: Notify,
}

#[derive(Default)]
struct Account {
    lane: Lane,
    live: u32,
    /// Since when one sale has followed the other.
    busy_since: Option<Instant>,
    /// Until when the next request of a sale is expected.
    quiet_until: Option<Instant>,
    last_void: Option<Instant>,
}

impl Account {
    fn start_live(&mut self, now: Instant) {
        let was_quiet = self.quiet_until.is_none_or(|until| until <= now);
        if self.live == 0 && was_quiet {
            self.busy_since = Some(now);
        }
        self.live = self.live.saturating_add(1);
    }

    fn end_live(&mut self, now: Instant) {
        self.live = self.live.saturating_sub(1);
        self.quiet_until = Some(now + AFTER_SALE);
    }

    /// Whether one of many that are withdrawn may start, and if so it has.
    fn try_void(&mut self, now: Instant) -> Turn {
        let quiet = self.quiet_until.filter(|until| *until > now);
        if self.live > 0 || quiet.is_some() {
            let meanwhile = self.busy_since.max(self.last_void).map(|at| at + MEANWHILE);
            if let Some(at) = meanwhile.filter(|at| *at > now) {
                // The quiet may be over first.
                let free = quiet.filter(|_| self.live == 0);
                return Turn::At(free.map_or(at, |until| until.min(at)));
            }
        }
        let turn = self.lane.turn(now);
        if turn == Turn::Now {
            self.lane.start(now);
            self.last_void = Some(now);
        }
        turn
    }
}

impl Traffic {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountId, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn, sends, and learns from the answer.
    pub(crate) async fn pass<T>(
        self: Arc<Self>,
        account: AccountId,
        purpose: Purpose,
        limit: Duration,
        flight: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let pass = self.admit(account, purpose).await;
        let answer = tokio::time::timeout(limit, flight).await;
        let answer = answer.unwrap_or(Err(Failure::NoAnswer {
            why: payment::failure::NoAnswer::TimedOut,
        }));
        pass.heard(heard(&answer));
        answer
    }

    async fn admit(self: Arc<Self>, account: AccountId, purpose: Purpose) -> Pass {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before the look, so that no change between the two is missed.
            changed.as_mut().enable();
            let turn = self.try_admit(&account, purpose);
            match turn {
                Turn::Now => break,
                Turn::WhenFree => changed.await,
                Turn::At(due) => {
                    tokio::select! {
                        () = changed => {}
                        () = sleep_until(due) => {}
                    }
                }
            }
        }
        Pass {
            traffic: self,
            account,
            purpose,
            started: Instant::now(),
        }
    }

    fn try_admit(&self, account: &AccountId, purpose: Purpose) -> Turn {
        let mut accounts = self.lock();
        let account = accounts.entry(account.clone()).or_default();
        match purpose {
            Purpose::Watch => Turn::Now,
            Purpose::Live => {
                account.start_live(Instant::now());
                Turn::Now
            }
            Purpose::Void => account.try_void(Instant::now()),
        }
    }
}

/// A request under way. Dropped where it is given up.
struct Pass {
    traffic: Arc<Traffic>,
    account: AccountId,
    purpose: Purpose,
    started: Instant,
}

impl Pass {
    fn heard(&self, heard: Heard) {
        // A sale that is told "too many" slows the others down too; its own success says nothing
        // about how many more there may be.
        let counts = match self.purpose {
            Purpose::Void => true,
            Purpose::Live | Purpose::Watch => matches!(heard, Heard::TooMany(_)),
        };
        if counts {
            let mut accounts = self.traffic.lock();
            let account = accounts.entry(self.account.clone()).or_default();
            account.lane.hear(heard, self.started, Instant::now());
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        {
            let mut accounts = self.traffic.lock();
            let account = accounts.entry(self.account.clone()).or_default();
            match self.purpose {
                Purpose::Live => account.end_live(Instant::now()),
                Purpose::Void => account.lane.end(),
                Purpose::Watch => return,
            }
        }
        self.traffic.changed.notify_waiters();
    }
}

fn heard<T>(answer: &Result<T, Failure>) -> Heard {
    match answer {
        Ok(_) => Heard::Fine,
        Err(failure @ Failure::RateLimited { .. }) => Heard::TooMany(learn::at_least(failure)),
        Err(
            Failure::NotSent { .. }
            | Failure::NoAnswer { .. }
            | Failure::BadAnswer { .. }
            | Failure::Redirected
            | Failure::Fault { .. },
        ) => Heard::Trouble,
        // It answered, and to the point.
        Err(
            Failure::Mismatch { .. }
            | Failure::KeyRefused
            | Failure::NotFound { .. }
            | Failure::Invalid { .. }
            | Failure::Duplicate,
        ) => Heard::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> AccountId {
        AccountId::new("shop").unwrap()
    }

    async fn takes(ms: u64) -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok(())
    }

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_sale_never_waits_and_what_is_voided_waits_for_it() {
        let traffic = Arc::new(Traffic::default());
        let began = Instant::now();
        let pass = |purpose, ms| Arc::clone(&traffic).pass(shop(), purpose, LIMIT, takes(ms));
        let voids: Vec<_> = (0..4)
            .map(|_| tokio::spawn(pass(Purpose::Void, 50)))
            .collect();
        tokio::task::yield_now().await;
        pass(Purpose::Live, 300).await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_millis(300));
        for void in voids {
            void.await.unwrap().unwrap();
        }
        // All four were under way when the sale came; one that comes now, beside a sale, waits.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let sale = tokio::spawn(pass(Purpose::Live, 200));
        tokio::task::yield_now().await;
        let began = Instant::now();
        pass(Purpose::Void, 50).await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_millis(200 + 25 + 50));
        sale.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn sales_that_do_not_end_hold_nobody_up_for_ever() {
        let traffic = Arc::new(Traffic::default());
        let pass = |purpose, ms| Arc::clone(&traffic).pass(shop(), purpose, LIMIT, takes(ms));
        let began = Instant::now();
        let counter = async {
            loop {
                pass(Purpose::Live, 300).await.unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let void = async {
            for _ in 0..6 {
                pass(Purpose::Void, 50).await.unwrap();
            }
        };
        tokio::select! {
            biased;
            () = counter => unreachable!("it never ends"),
            () = void => {}
        }
        assert_eq!(began.elapsed(), 6 * MEANWHILE + Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn another_accounts_sale_holds_nobody_up_and_a_reading_that_is_given_up_frees_its_place()
    {
        let traffic = Arc::new(Traffic::default());
        let other = AccountId::new("other").unwrap();
        let sale = tokio::spawn(Arc::clone(&traffic).pass(other, Purpose::Live, LIMIT, takes(900)));
        tokio::task::yield_now().await;
        let began = Instant::now();
        for _ in 0..40 {
            let pass = Arc::clone(&traffic).pass(shop(), Purpose::Void, LIMIT, takes(60_000));
            let given_up = tokio::time::timeout(Duration::from_millis(1), pass).await;
            assert!(given_up.is_err());
        }
        assert_eq!(began.elapsed(), Duration::from_millis(40));
        sale.await.unwrap().unwrap();
    }
}
