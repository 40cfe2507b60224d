//! What only One2Pays knows about a link, and its nine status words
//! (docs.one2pays.com/docs/reference/payments/list and /cancel).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::One2PaysStart;
use crate::links::{Link, Phase};
use crate::{LinkStatus, Settings};

/// How the customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    #[serde(rename = "promptpay")]
    PromptPay,
    BankTransfer,
}

/// The payer's bank details are checked and not kept: nothing here needs them, and somebody may
/// type real ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) method: Method,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) start: One2PaysStart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
    Expired,
    PaymentFailed,
    Pending,
}

impl Status {
    /// Those of the reference's list, which alone can be asked for; `pending` is only in its FAQ.
    pub(super) const LISTED: [Self; 9] = [
        Self::RequiresPaymentMethod,
        Self::RequiresConfirmation,
        Self::RequiresAction,
        Self::Processing,
        Self::RequiresCapture,
        Self::Succeeded,
        Self::Canceled,
        Self::Expired,
        Self::PaymentFailed,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::PaymentFailed => "payment_failed",
            Self::Pending => "pending",
        }
    }
}

impl Payment {
    /// How long the bank takes (docs.one2pays.com/docs/faq/payments: `PromptPay` confirms within
    /// seconds, a transfer within 5 to 30 minutes).
    pub(crate) fn processing_ms(&self, settings: &Settings) -> u64 {
        match self.method {
            Method::PromptPay => settings.one2pays_processing_ms,
            Method::BankTransfer => settings.one2pays_bank_transfer_ms,
        }
    }

    pub(crate) fn status_of(&self, link: &Link, now_ms: u64) -> Status {
        match link.status {
            LinkStatus::Paid => Status::Succeeded,
            LinkStatus::Cancelled => Status::Canceled,
            LinkStatus::Expired => Status::Expired,
            LinkStatus::Failed => Status::PaymentFailed,
            LinkStatus::Open => match link.phase {
                Phase::Paying { .. } | Phase::Overtaking { .. } => Status::Processing,
                Phase::Held { .. } => Status::RequiresCapture,
                Phase::Waiting | Phase::Over if now_ms < link.ready_at_ms => self.start.status(),
                Phase::Waiting | Phase::Over => Status::RequiresAction,
            },
        }
    }

    /// Whether the customer can be shown the page: `nextAction` is there.
    pub(super) fn has_action(&self, link: &Link, now_ms: u64) -> bool {
        let is_waiting = link.status == LinkStatus::Open && link.phase == Phase::Waiting;
        is_waiting && now_ms >= link.ready_at_ms
    }
}
