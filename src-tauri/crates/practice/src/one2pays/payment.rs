//! What only One2Pays knows about a link, and its nine status words
//! (docs.one2pays.com/docs/reference/payments/list and /cancel).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::One2PaysStart;
use crate::LinkStatus;
use crate::links::{Link, Phase};

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
}

impl Status {
    pub(super) const ALL: [Self; 9] = [
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
        }
    }
}

impl Payment {
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
