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
