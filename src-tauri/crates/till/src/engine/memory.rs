//! What a driver remembers between steps and need not survive a restart.

use std::time::Duration;

use payment::outcome::ABSENCE;
use payment::record::Cancel;
use payment::{Acted, Capabilities, Payment, State, Way};
use tokio::time::Instant;

use super::pace;

/// The memory of one driver. Times are monotonic: the time of day decides nothing here.
#[derive(Debug)]
pub(crate) struct Memory {
    /// When this driver took the payment up.
    pub started: Instant,
    /// The payment was asked for in this run of the till, by someone who still stands there.
    pub asked_now: bool,
    /// The first create has been handed to the provider.
    pub sent: bool,
    /// When the last create came back, whatever it brought: no "not found" may be believed before
    /// the provider had time to show what that one made.
    pub created_at: Instant,
    /// Failed asks in a row.
    pub failures: u32,
    /// No ask before this.
    pub ask_at: Instant,
    /// Somebody has asked for a reading since the last one began. It is done at once, and takes none
    /// of the late readings away.
    pub asked_for: bool,
    /// Cancels sent.
    pub cancels_sent: u32,
    /// A refused payment was read as withdrawn.
    pub is_withdrawn: bool,
    /// No cancel before this.
    pub cancel_at: Instant,
    /// Nothing is cancelled before it was read once more.
    pub reads_first: bool,
    /// The act that is under way was asked for in this run of the till, and that is durable.
    pub act_asked_here: bool,
    /// No act before this.
    pub act_at: Instant,
    /// Acts sent for the one that is under way.
    pub acts_sent: u32,
    /// An act may have been done without this driver knowing: nothing is sent before it was read.
    pub act_needs_reading: bool,
    /// Answered readings since the last act was answered.
    pub act_readings: u32,
    /// Tries to read the terminal's slips.
    pub receipts_tried: u32,
    /// Since when the provider says it knows no such payment.
    pub absent_since: Option<Instant>,
    /// Since when the provider says the time is up.
    pub expired_since: Option<Instant>,
    /// Since when it is over without money, and how many late readings were done.
    pub over: Option<(Instant, usize)>,
    /// What the system can do, once there is a line to it. What is sent or believed of an open
    /// payment depends on it, so nothing is planned before.
    pub capabilities: Option<Capabilities>,
}

impl Memory {
    /// A driver's first thoughts.
    pub(crate) fn new(asked_now: bool) -> Self {
        let now = Instant::now();
        Self {
            started: now,
            asked_now,
            sent: false,
            created_at: now,
            failures: 0,
            ask_at: now,
            asked_for: false,
            cancels_sent: 0,
            is_withdrawn: false,
            cancel_at: now,
            reads_first: false,
            act_asked_here: false,
            act_at: now,
            act_needs_reading: !asked_now,
            acts_sent: 0,
            act_readings: 0,
            receipts_tried: 0,
            absent_since: None,
            expired_since: None,
            over: None,
            capabilities: None,
        }
    }

    /// Whether a create may be sent again. Money that goes back never is: what makes a payment once
    /// for each key is not said to do so for that.
    pub(crate) fn repeats_safely(&self, way: &Way) -> bool {
        way.return_terms().is_none() && self.capabilities.is_some_and(|able| able.repeats_safely)
    }

    /// Whether an act may be sent now, or again. One that was found at the start without a word that it
    /// left may be one whose writing failed: whoever asked was told that nothing is done, so nothing
    /// is done, and the readings say what became of it.
    pub(crate) fn may_send(&self, acted: &Acted) -> bool {
        acted.is_to_send() && (self.act_asked_here || acted.sent)
    }

    /// Whether a card that was refused left something that can be charged there, as far as is known.
    pub(crate) fn leaves_chargeable(&self, payment: &Payment) -> bool {
        payment.state == State::Declined
            && payment.cancel != Cancel::Accepted
            && !self.is_withdrawn
            && self
                .capabilities
                .is_some_and(|able| able.declined_stays_open)
    }

    /// Whether a payment can be found by its key.
    pub(crate) fn finds(&self, way: &Way) -> bool {
        self.capabilities.is_some_and(|able| {
            if way.return_terms().is_some() {
                able.acts.returns.is_some_and(|returns| returns.finds)
            } else {
                able.finds
            }
        })
    }

    /// Whether the terminal's slips can still be had.
    pub(crate) fn wants_receipts(&self, way: &Way) -> bool {
        self.capabilities
            .is_some_and(|able| able.acts.by(way).receipts)
            && self.receipts_tried < pace::RECEIPT_TRIES
    }

    /// How long after a create "not found" may be a reading that lags.
    pub(crate) fn visible_after(&self) -> Duration {
        let visible_after_ms = self.capabilities.map_or(0, |able| able.visible_after_ms);
        Duration::from_millis(visible_after_ms.max(ABSENCE.visible_after_ms))
    }

    /// How long after "expired" money that was under way may still come.
    pub(crate) fn expiry_grace(&self, way: &Way) -> Duration {
        let of_system_ms = self.capabilities.map_or(0, |able| able.expiry_grace_ms);
        Duration::from_millis(of_system_ms.max(way.expiry_grace_ms()))
    }

    /// Whether the customer can be expected to stand there still.
    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        self.asked_now && now.duration_since(self.started) < pace::FRESH
    }

    /// How long it has been waited for.
    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.duration_since(self.started)
    }

    /// An ask went well: back to the calm pace, and the next one after this.
    pub(crate) fn answered(&mut self, now: Instant, pause: Duration) {
        self.failures = 0;
        self.ask_at = now + pause;
    }

    /// An ask failed: the next one later, and not before the provider's own wish.
    pub(crate) fn failed(
        &mut self,
        now: Instant,
        at_least: Option<Duration>,
        random: &mut fastrand::Rng,
    ) {
        self.failures = self.failures.saturating_add(1);
        let pause = pace::after_failure(self.failures, random);
        self.ask_at = now + pause.max(at_least.unwrap_or_default());
        // As soon as "not found" can be believed it is looked for: the cashier waits for that.
        let believed_at = self.created_at + self.visible_after();
        if self.absent_since.is_some() && at_least.is_none() && now < believed_at {
            self.ask_at = self.ask_at.min(believed_at);
        }
    }
}
