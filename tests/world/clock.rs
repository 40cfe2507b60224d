//! The time of day of the tills, which may jump: nothing about money may depend on it (I22).

use std::sync::atomic::{AtomicI64, Ordering};

use payment::Clock;
use tokio::time::Instant;

/// The morning every story begins: 1 January 2026, UTC.
pub const MORNING_MS: i64 = 1_767_225_600_000;

/// A time of day that runs with tokio's clock and can be set.
#[derive(Debug)]
pub struct WallClock {
    began: Instant,
    set_by_ms: AtomicI64,
}

impl WallClock {
    /// A clock that shows the morning now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            set_by_ms: AtomicI64::new(0),
        }
    }

    /// Sets it forward, or back below zero. Milliseconds.
    pub fn jump(&self, by_ms: i64) {
        self.set_by_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Default for WallClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for WallClock {
    fn now_ms(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        MORNING_MS
            .saturating_add(elapsed_ms)
            .saturating_add(self.set_by_ms.load(Ordering::Relaxed))
    }
}
