//! What the pages of LeanRails leave open. Each field says which of its two generations it is for,
//! where it is not for both.

use serde::{Deserialize, Serialize};

/// The choices of one practice store for LeanRails; in JSON below `lean_rails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeanRailsSettings {
    /// The field of `metadata` that holds the shop's own reference. The pages name no field for it;
    /// the ledger and the log of requests read it there.
    pub reference_field: String,
    /// How an object tells times and its customer (JSON generation).
    pub times: LeanRailsTimes,
    /// Whether a create with a `payment_method` is confirmed at once (JSON generation): the
    /// quickstart says no, the sample in docs.fluveo.com/errors/decline-codes yes.
    pub create_confirms: bool,
    /// How long a confirmed intent stays `processing` before the bank's answer, in milliseconds; 0
    /// puts that answer into the answer to the confirm.
    pub processing_ms: u64,
    /// What the customer makes of an authentication that his card asks for (`requires_action`).
    pub action: LeanRailsAction,
    /// How long that takes him, in milliseconds.
    pub action_ms: u64,
    /// How the answer to a confirm shows a declined card.
    pub decline: LeanRailsDecline,
    /// Whether a declined card leaves a charge with the status `failed`.
    pub declines_are_charges: bool,
    /// Which field of a capture is its amount (JSON generation).
    pub capture_field: LeanRailsCaptureField,
    /// What becomes of a field that the reference lacks (JSON generation).
    pub unknown_fields: LeanRailsUnknownFields,
    /// Which intents can be cancelled.
    pub cancellable: LeanRailsCancellable,
    /// The answer to the cancel of an intent that is cancelled already.
    pub cancel_twice: LeanRailsCancelTwice,
    /// The HTTP status of a request that the status of the intent forbids (JSON generation).
    pub refusal: LeanRailsRefusal,
    /// The HTTP status of `resource_missing` (JSON generation); the pages show only the body.
    pub missing: LeanRailsMissing,
    /// How long a request with an idempotency key is at work, in milliseconds: so long another one
    /// with the same key meets it.
    pub in_progress_ms: u64,
    /// What that other one is answered (JSON generation).
    pub concurrent: LeanRailsConcurrent,
    /// Where the same idempotency key is the same key (JSON generation).
    pub key_scope: LeanRailsKeyScope,
    /// Whether any `X-API-Version` is accepted (JSON generation); otherwise each is 400.
    pub any_version_accepted: bool,
    /// The order of a list.
    pub list_order: LeanRailsOrder,
    /// How long an intent that nobody pays stays open, in milliseconds; 0 is for ever. Then it is
    /// `canceled`.
    pub open_lifetime_ms: u64,
    /// The same for money that is held and not captured.
    pub hold_lifetime_ms: u64,
    /// What a refund without an amount pays back.
    pub refund_default: LeanRailsRefundDefault,
    /// How long a refund is `pending`, in milliseconds; 0 settles it in the answer.
    pub refund_pending_ms: u64,
    /// Whether refunds succeed; otherwise they are `failed`, and nothing is paid back.
    pub refunds_succeed: bool,
    /// How many requests it takes within any minute (docs.leanrails.com/guides/rate-limiting).
    pub requests_per_minute: usize,
    /// How many without a right key.
    pub unauthenticated_per_minute: usize,
}

impl Default for LeanRailsSettings {
    fn default() -> Self {
        Self {
            reference_field: "order_key".to_owned(),
            times: LeanRailsTimes::Unix,
            create_confirms: false,
            processing_ms: 0,
            action: LeanRailsAction::Stays,
            action_ms: 2000,
            decline: LeanRailsDecline::Error,
            declines_are_charges: true,
            capture_field: LeanRailsCaptureField::Either,
            unknown_fields: LeanRailsUnknownFields::Ignored,
            cancellable: LeanRailsCancellable::NonFinal,
            cancel_twice: LeanRailsCancelTwice::Refused,
            refusal: LeanRailsRefusal::BadRequest,
            missing: LeanRailsMissing::NotFound,
            in_progress_ms: 0,
            concurrent: LeanRailsConcurrent::Conflict,
            key_scope: LeanRailsKeyScope::Account,
            any_version_accepted: true,
            list_order: LeanRailsOrder::NewestFirst,
            open_lifetime_ms: 0,
            hold_lifetime_ms: 0,
            refund_default: LeanRailsRefundDefault::Rest,
            refund_pending_ms: 0,
            refunds_succeed: true,
            requests_per_minute: 1500,
            unauthenticated_per_minute: 100,
        }
    }
}

/// How an object tells times and its customer: the reference and the quickstart differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsTimes {
    /// `created` and `canceled_at` in Unix seconds, and `customer`
    /// (docs.leanrails.com/api-reference/paymentintents).
    Unix,
    /// `created_at`, `updated_at` and `canceled_at` in ISO 8601, and `customer_id`
    /// (docs.leanrails.com/quickstart).
    Iso,
}

/// What the customer makes of an authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsAction {
    /// Nothing: the intent stays `requires_action`.
    Stays,
    /// Passes it; the bank says yes.
    Passes,
    /// Fails it, which is a decline.
    Fails,
}

/// How the answer to a confirm shows a declined card. The intent is `requires_payment_method` with
/// a `last_payment_error` in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsDecline {
    /// 402 (docs.leanrails.com/guides/error-handling).
    Error,
    /// 402, and the intent is in the error as `payment_intent`.
    ErrorWithIntent,
    /// 200 and the intent.
    Intent,
}

/// Which field of a capture is its amount; the other one is a field that the reference lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsCaptureField {
    /// Both; where they differ, 400.
    Either,
    /// `amount`
    Amount,
    /// `amount_to_capture`
    AmountToCapture,
}

/// What becomes of a field that the reference lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsUnknownFields {
    /// Nobody reads it: a capture whose amount has another name takes all.
    Ignored,
    /// 400 `parameter_invalid`.
    Refused,
}

/// Which intents can be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsCancellable {
    /// Every one that has not ended.
    NonFinal,
    /// Every one of them that is not `processing`.
    NotProcessing,
    /// Only before the bank was asked: neither `processing` nor `requires_capture`.
    BeforeTheBank,
}

/// The answer to the cancel of a cancelled intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsCancelTwice {
    /// As for one that has succeeded.
    Refused,
    /// 200 and the intent.
    Accepted,
}

/// The HTTP status of a request that the status of the intent forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsRefusal {
    /// 400
    BadRequest,
    /// 409
    Conflict,
    /// 422
    Unprocessable,
}

/// The HTTP status of `resource_missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsMissing {
    /// 404
    NotFound,
    /// 400, the status of its type `invalid_request_error`.
    BadRequest,
}

/// The answer to a request whose idempotency key another request is just using.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsConcurrent {
    /// 409
    Conflict,
    /// The answer of the first.
    Replay,
}

/// Where the same idempotency key is the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsKeyScope {
    /// Everywhere: at another path it is a key with another body.
    Account,
    /// At one path only: at another it is another key.
    Path,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsOrder {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// What a refund without an amount pays back: "the full amount" says the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeanRailsRefundDefault {
    /// What is left of it.
    Rest,
    /// All of it; refused where something was paid back before.
    Whole,
}
