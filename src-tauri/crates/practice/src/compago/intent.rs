//! A payment intent and its three status words
//! (docs.compago.com/api-reference/payment-intent/get).

use money::Money;
use serde::{Deserialize, Serialize};

use crate::{IntentId, Settings};

/// The status words of the reference. Being declined and being expired are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Open, or dead by expiry.
    Pending,
    /// Paid.
    Confirmed,
    /// Withdrawn.
    Cancelled,
}

/// What the `paymentSummary` says about the last card. `SUCCESS` is the reference's sample value;
/// the other is a guess behind [`DeclineShape`](crate::DeclineShape).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Summary {
    /// The card was charged.
    Success,
    /// The card was declined.
    Declined,
}

/// What a till asks for, once every field has been found valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntent {
    /// The shop's own reference; unique.
    pub external_id: String,
    /// What to collect; above zero.
    pub amount: Money,
    /// The code of the machine; without it any machine may take the intent.
    pub terminal: Option<String>,
}

/// A payment intent as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: IntentId,
    /// Its place in the order of creation, from 1.
    pub(crate) number: u64,
    pub(crate) external_id: String,
    pub(crate) amount: Money,
    pub(crate) terminal: Option<String>,
    pub(crate) status: Status,
    pub(crate) summary: Option<Summary>,
    pub(crate) created_at_ms: u64,
    pub(crate) updated_at_ms: u64,
    pub(crate) expires_at_ms: u64,
}

impl Intent {
    /// Whether its time is over, whatever became of it.
    pub(crate) fn is_past(&self, now_ms: u64) -> bool {
        now_ms >= self.expires_at_ms
    }

    /// Whether a machine may still ask a customer for it.
    pub(crate) fn is_collectable(&self, now_ms: u64) -> bool {
        self.status == Status::Pending && !self.is_past(now_ms)
    }

    /// Whether the organisation's reader already sees it ([`Settings::visibility_lag_ms`]).
    pub(crate) fn is_visible(&self, now_ms: u64, settings: &Settings) -> bool {
        now_ms
            >= self
                .created_at_ms
                .saturating_add(settings.visibility_lag_ms)
    }

    /// The intent as it is now, with nothing held back.
    pub(crate) fn view(&self, now_ms: u64, settings: &Settings) -> IntentView {
        let may_show = settings.expired_after_end || self.status == Status::Pending;
        IntentView {
            id: self.id,
            external_id: self.external_id.clone(),
            status: self.status,
            summary: self.summary,
            expired: may_show && self.is_past(now_ms),
            terminal: self.terminal.clone(),
            amount: self.amount,
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// The whole truth about an intent, for tests and panels. The wire shows less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentView {
    /// Its id.
    pub id: IntentId,
    /// The shop's own reference.
    pub external_id: String,
    /// The status word.
    pub status: Status,
    /// What the payment summary says; `None` while there is none.
    pub summary: Option<Summary>,
    /// What the `expired` flag says.
    pub expired: bool,
    /// The code of the machine it was sent to.
    pub terminal: Option<String>,
    /// What it collects.
    pub amount: Money,
    /// When it was created, in milliseconds of the store's clock.
    pub created_at_ms: u64,
    /// When its status or summary last changed, in milliseconds of the store's clock.
    pub updated_at_ms: u64,
}
