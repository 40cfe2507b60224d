//! What the reference of One2Pays leaves open.

use serde::{Deserialize, Serialize};

use super::payment::Status;

/// What an amount on the wire counts. The parameter table of
/// docs.one2pays.com/docs/reference/payments/create says that `"1000.00"` is 10.00 THB; everything
/// else there reads as plain baht.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum One2PaysUnit {
    /// Baht: `"100.00"` is 100.00 THB.
    Major,
    /// Satang: `"100.00"` is 1.00 THB; a fraction of a satang is 400.
    Minor,
}

/// The answer to an `idempotencyKey` that has been used; the reference does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum One2PaysRepeat {
    /// The first payment, as it is now, whatever the new request asked for.
    Replay,
    /// The first payment where the new request asks for the same (the bank account, which is not
    /// kept, aside), otherwise as `Conflict`.
    ReplayIfSame,
    /// 409 `DUPLICATE_REFERENCE_ID`.
    Conflict,
}

/// The status of a payment from its create until its page is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum One2PaysStart {
    /// `requires_payment_method`
    RequiresPaymentMethod,
    /// `requires_confirmation`
    RequiresConfirmation,
    /// `requires_action`, and no `nextAction` yet
    RequiresAction,
    /// `processing`
    Processing,
    /// `pending`, which only docs.one2pays.com/docs/faq/payments names, as one that can be
    /// cancelled; the list of statuses lacks it
    Pending,
}

impl One2PaysStart {
    pub(super) fn status(self) -> Status {
        match self {
            Self::RequiresPaymentMethod => Status::RequiresPaymentMethod,
            Self::RequiresConfirmation => Status::RequiresConfirmation,
            Self::RequiresAction => Status::RequiresAction,
            Self::Processing => Status::Processing,
            Self::Pending => Status::Pending,
        }
    }
}

/// What the address of the page is called in `nextAction`; the public copy of
/// docs.one2pays.com/docs/payment-methods/promptpay does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum One2PaysUrlField {
    /// `url`
    Url,
    /// `redirectUrl`
    RedirectUrl,
    /// `qrUrl`
    QrUrl,
    /// `redirectToUrl`, an object with `url`
    RedirectToUrl,
}
