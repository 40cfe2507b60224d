//! What the till is doing about a payment: when it last asked, and when it asks again.

use std::time::Duration;

use payment::PaymentId;
use tokio::time::Instant;

use crate::board::Board;

impl Board {
    /// The provider is being asked about it.
    pub(crate) fn asks(&self, id: PaymentId) {
        let now_ms = self.clock.now_ms();
        self.with_live(id, |live| {
            live.tried_at_ms = Some(now_ms);
            live.next_at = None;
        });
    }

    /// Nothing is asked before then.
    pub(crate) fn waits(&self, id: PaymentId, until: Option<Instant>) {
        self.with_live(id, |live| live.next_at = until);
    }

    /// When the provider last answered about it, by the time of day, milliseconds since 1970 UTC.
    pub(crate) fn checked_at(&self, id: PaymentId) -> Option<i64> {
        self.with_live(id, |live| live.checked_at_ms).flatten()
    }

    /// When the provider was last asked about it, by the time of day, milliseconds since 1970 UTC.
    pub(crate) fn tried_at(&self, id: PaymentId) -> Option<i64> {
        self.with_live(id, |live| live.tried_at_ms).flatten()
    }

    /// When it is asked again, by the time of day, milliseconds since 1970 UTC.
    pub(crate) fn next_try_at(&self, id: PaymentId) -> Option<i64> {
        let next_at = self.with_live(id, |live| live.next_at).flatten()?;
        let left = next_at.saturating_duration_since(Instant::now());
        // A time that has come is now.
        let left_ms = i64::try_from(left.max(Duration::ZERO).as_millis()).ok()?;
        Some(self.clock.now_ms().saturating_add(left_ms))
    }
}
