//! What the reference of Dojo leaves open.

use serde::{Deserialize, Serialize};

/// How a refusal is written. The reference has one form; integrators have seen all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoErrors {
    /// `type`, `title`, `status`, `detail`, `traceId`, `errors`, as in the reference.
    Problem,
    /// The same names in Pascal case, the trace and the errors within `Extensions`.
    PascalCase,
    /// A page in HTML, with the same status.
    Html,
}

/// Which of `software-house-id` and `reseller-id` a request for payment intents must have. The
/// reference asks for neither there; integrators were told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoHeaders {
    /// Neither.
    Neither,
    /// `software-house-id`.
    SoftwareHouse,
    /// Both.
    Both,
}

/// The order of a search; the reference does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoOrder {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// The answer to the second cancel of an intent; the reference does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoRepeatedCancel {
    /// 404.
    NotFound,
    /// 400.
    BadRequest,
    /// 200 and the intent, as the first time.
    Replay,
}

/// What has become of an intent that nobody paid by its `expireAt`: the reference says "voided",
/// which is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoVoided {
    /// Its status is `Canceled`.
    Canceled,
    /// It is not there any more.
    Gone,
    /// Its status is still `Created`, and it can be cancelled.
    Created,
}

/// The answer to a session for a terminal that is in use or switched off. The reference has no
/// status for it; integrators have seen 409 and 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoUnavailable {
    /// 409.
    Conflict,
    /// 404.
    NotFound,
    /// 400.
    BadRequest,
    /// 200 and a session that never reaches the machine, and expires.
    Accepted,
}

/// What becomes of a second session for an intent while the first has not ended; the reference does
/// not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoSecondSession {
    /// 409.
    Conflict,
    /// 200; both machines ask for a card, and the second card is declined.
    Accepted,
}

/// What a cancel of an intent does while a machine asks for a card for it. The reference says that
/// it works as long as the intent is `Created`, which it then is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoCancelInSession {
    /// 400.
    Refused,
    /// 200, and the session is `Canceled` too; 400 once a card was presented.
    EndsSession,
    /// 200, and a card that pays on the machine all the same makes the intent `Captured`.
    SessionGoesOn,
}

/// What becomes of a card whose result the machine cannot report: it was unplugged, or the session
/// had expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoUnconfirmed {
    /// It is not charged.
    NotCharged,
    /// It is charged at once: the intent is `Captured` before the session is `Expired`.
    Charged,
    /// It is charged some seconds after the session is `Expired`.
    ChargedLate,
}

/// How a session ends whose signature the clerk rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoRejected {
    /// `Declined`.
    Declined,
    /// `Canceled`.
    Canceled,
    /// It stays `SignatureVerificationRejected`.
    Stays,
}

/// How the session of an "unsuccessful" payment ends, which a virtual terminal plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoUnsuccessful {
    /// `Canceled`, as an integrator has seen.
    Canceled,
    /// `Declined`.
    Declined,
    /// `Expired`, when its time is over.
    Expired,
}

/// Whether an amount or a tip may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoChange {
    /// Where the create of the intent allowed it, as in the reference; otherwise 405.
    AsAllowed,
    /// 405 always, as an integrator has seen.
    Never,
}

/// The status of an intent of which a part is captured; the reference does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoPartialCapture {
    /// `Authorized`, until all is captured or the rest is released.
    StaysAuthorized,
    /// `Captured`.
    Captured,
}

/// The answer to a refund that is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoRefund {
    /// 200.
    Made,
    /// 400 and "Status: Failed", as integrators have seen with fresh captures of the sandbox.
    Failed,
}

/// For how long a captured intent of `Auto` can be reversed. The guide has two limits and does not
/// say any more which is whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoReversal {
    /// On the same calendar day (UTC).
    SameDay,
    /// For seven days.
    SevenDays,
}

/// Where the receipts of a session are: the reference and its samples differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DojoReceipts {
    /// `customerReceipt` and `merchantReceipt`, as in the samples.
    Copies,
    /// `receipt`, as in the schema.
    One,
    /// All three.
    All,
}
