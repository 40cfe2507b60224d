//! A `PaymentIntent`, its seven status words, and its refunds
//! (docs.leanrails.com/api-reference/paymentintents, /refunds).

use money::Money;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::card::Decline;
use crate::{IntentId, Settings};

/// The status words of a `PaymentIntent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsStatus {
    /// There is no card yet, or the last one was declined.
    RequiresPaymentMethod,
    /// There is a card, and nobody has said that it is to be charged.
    RequiresConfirmation,
    /// The customer must authenticate himself.
    RequiresAction,
    /// The bank is being asked.
    Processing,
    /// The money is held, not taken.
    RequiresCapture,
    /// Withdrawn.
    Canceled,
    /// The money is taken.
    Succeeded,
}

impl LeanRailsStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::RequiresCapture => "requires_capture",
            Self::Canceled => "canceled",
            Self::Succeeded => "succeeded",
        }
    }
}

/// `automatic` or `manual`, of capture and of confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    Automatic,
    Manual,
}

impl Mode {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
        }
    }
}

/// What a till asks for, once every field has been found valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewIntent {
    pub(super) amount: Money,
    pub(super) capture: Mode,
    pub(super) confirmation: Mode,
    pub(super) customer: Option<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: Map<String, Value>,
    pub(super) return_url: Option<String>,
}

impl NewIntent {
    /// The shop's own reference; empty where `metadata` has none.
    pub(super) fn reference(&self, settings: &Settings) -> String {
        let value = self.metadata.get(&settings.lean_rails.reference_field);
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// What the bank is going to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Then {
    Approve,
    Decline(Decline),
}

/// Something that happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) due_ms: u64,
    pub(super) then: Then,
}

/// One time that the bank was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) at_ms: u64,
    /// The id of the payment method; `None` for a card that was typed in.
    pub(super) method: Option<String>,
    pub(super) declined: Option<Decline>,
}

/// A `PaymentIntent` as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(super) id: IntentId,
    /// Its place in the order of creation, from 1.
    pub(super) number: u64,
    pub(super) asked: NewIntent,
    pub(super) reference: String,
    pub(super) status: LeanRailsStatus,
    pub(super) method: Option<String>,
    pub(super) step: Option<Step>,
    /// When it is cancelled by itself, while it is open or held.
    pub(super) expires_at_ms: Option<u64>,
    pub(super) last_error: Option<Decline>,
    pub(super) attempts: Vec<Attempt>,
    /// What was taken; zero before.
    pub(super) received: Money,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
    pub(super) canceled_at_ms: Option<u64>,
    pub(super) cancellation_reason: Option<String>,
}

impl Intent {
    /// Whether the account's reader already sees it ([`Settings::visibility_lag_ms`]).
    pub(super) fn is_visible(&self, now_ms: u64, settings: &Settings) -> bool {
        let lag_ms = settings.visibility_lag_ms;
        now_ms >= self.created_at_ms.saturating_add(lag_ms)
    }

    /// When this intent next does something by itself.
    pub(super) fn next_due_ms(&self) -> Option<u64> {
        let step = self.step.map(|step| step.due_ms);
        step.into_iter().chain(self.expires_at_ms).min()
    }

    /// The intent as it is now, with nothing held back.
    pub(super) fn view(&self) -> LeanRailsView {
        LeanRailsView {
            id: self.id,
            wire_id: wire_id("pi", self.id),
            reference: self.reference.clone(),
            status: self.status,
            amount: self.asked.amount,
            received: self.received,
            payment_method: self.method.clone(),
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// How a refund stands (docs.leanrails.com/api-reference/refunds/create-a-refund).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

impl RefundStatus {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// What a till asks to be paid back, once every field has been found valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewRefund {
    pub(super) intent: IntentId,
    pub(super) amount_minor: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

/// A refund as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(super) id: IntentId,
    pub(super) number: u64,
    pub(super) intent: IntentId,
    pub(super) amount: Money,
    pub(super) reason: Option<String>,
    pub(super) metadata: Map<String, Value>,
    pub(super) status: RefundStatus,
    pub(super) due_ms: Option<u64>,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
}

/// An id as the wire writes it: a word, and 32 digits.
pub(super) fn wire_id(word: &str, id: IntentId) -> String {
    format!("{word}_{}", id.to_string().replace('-', ""))
}

/// Reads an id of this word; `None` for anything that [`wire_id`] does not write.
pub(super) fn read_id(word: &str, text: &str) -> Option<IntentId> {
    let digits = text.strip_prefix(word)?.strip_prefix('_')?;
    let id = IntentId::parse(digits)?;
    (wire_id(word, id) == text).then_some(id)
}

/// The whole truth about a `PaymentIntent`, for tests and panels. The wire shows less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeanRailsView {
    /// Its id in the ledger.
    pub id: IntentId,
    /// Its id on the wire.
    pub wire_id: String,
    /// The shop's own reference; empty where `metadata` had none.
    pub reference: String,
    /// How it stands.
    pub status: LeanRailsStatus,
    /// What it collects.
    pub amount: Money,
    /// What was taken; zero before.
    pub received: Money,
    /// The id of its payment method.
    pub payment_method: Option<String>,
    /// When it was created, in milliseconds of the store's clock.
    pub created_at_ms: u64,
    /// When it last changed, in milliseconds of the store's clock.
    pub updated_at_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_written_is_read() {
        let id = IntentId::of_lean_rails(1, "intent", 1);
        let text = wire_id("pi", id);
        assert_eq!(text.len(), 35, "{text}");
        assert_eq!(read_id("pi", &text), Some(id));
        for other in [
            format!("pi_{id}"),
            text.to_uppercase(),
            text.replace("pi_", "ref_"),
            text.replace("pi_", "pi"),
            text[..30].to_owned(),
            format!("{text}0"),
            "pi_".to_owned(),
            String::new(),
        ] {
            assert_eq!(read_id("pi", &other), None, "{other}");
        }
    }
}
