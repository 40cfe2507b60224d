//! When an account's list is read again. Pure, but for the clock of the machine that counts up.

use std::time::Duration;

use tokio::time::Instant;

/// In the background, while all is well.
pub(super) const EVERY: Duration = Duration::from_secs(5 * 60);

/// A list that is younger is not read again because somebody looks.
const FRESH: Duration = Duration::from_secs(30);

/// After the first failure; twice as long after each.
const AGAIN: Duration = Duration::from_secs(60);

/// The longest.
const AGAIN_MAX: Duration = Duration::from_secs(30 * 60);

/// Who wants it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nobody: it is its time.
    Due,
    /// Somebody opened the list of payments.
    Opened,
    /// Somebody pressed a button.
    Pressed,
}

/// The pace of one account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// When it was tried last.
    tried_at: Option<Instant>,
    /// Not before then by itself.
    due_at: Option<Instant>,
    /// Not before then whoever presses: the provider said so.
    held_until: Option<Instant>,
    failures: u32,
}

impl Pace {
    /// Whether it is read now.
    pub(super) fn reads(&self, wish: Wish, now: Instant) -> bool {
        let is_past = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        if !is_past(self.held_until) {
            return false;
        }
        match wish {
            Wish::Pressed => true,
            Wish::Due => is_past(self.due_at),
            // What fails is not tried again each time that somebody comes by.
            Wish::Opened if self.failures > 0 => is_past(self.due_at),
            Wish::Opened => is_past(self.tried_at.map(|at| at + FRESH)),
        }
    }

    /// It was read.
    pub(super) fn succeeded(&mut self, now: Instant) {
        *self = Self {
            tried_at: Some(now),
            due_at: Some(now + EVERY),
            held_until: None,
            failures: 0,
        };
    }

    /// It was not. `at_least`: what the provider wants.
    pub(super) fn failed(&mut self, now: Instant, at_least: Option<Duration>) {
        let doubled = AGAIN.saturating_mul(1 << self.failures.min(8));
        let pause = doubled.min(AGAIN_MAX).max(at_least.unwrap_or_default());
        self.tried_at = Some(now);
        self.due_at = Some(now + pause);
        self.held_until = at_least.map(|least| now + least);
        self.failures = self.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(pace: &Pace, wish: Wish, from: Instant) -> u64 {
        let at = |seconds: u64| from + Duration::from_secs(seconds);
        (0..10_000)
            .find(|seconds| pace.reads(wish, at(*seconds)))
            .expect("some day")
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_read_every_few_minutes_and_seldom_where_that_fails() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let whens = |pace: &Pace| {
            [Wish::Due, Wish::Opened, Wish::Pressed].map(|wish| when(pace, wish, now))
        };
        assert_eq!(whens(&pace), [0, 0, 0], "never read");
        pace.succeeded(now);
        assert_eq!(whens(&pace), [300, 30, 0]);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pace.failed(now, None);
            let [due, opened, pressed] = whens(&pace);
            assert_eq!(
                (opened, pressed),
                (due, 0),
                "who presses is not kept waiting"
            );
            pauses.push(due);
        }
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
        pace.succeeded(now);
        assert_eq!(whens(&pace), [300, 30, 0]);
        // What the provider wants counts for everybody.
        pace.failed(now, Some(Duration::from_secs(90)));
        assert_eq!(whens(&pace), [90, 90, 90]);
        pace.succeeded(now);
        pace.failed(now, Some(Duration::from_secs(2)));
        assert_eq!(whens(&pace), [60, 60, 2]);
    }
}
