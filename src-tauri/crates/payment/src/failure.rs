//! What can go wrong on the way to a provider and back.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The question every failure must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MoneyMoved {
    /// Proved: nothing happened.
    No,
    /// Nobody knows yet.
    Perhaps,
    /// The money was taken.
    Yes,
}

/// Why not a byte of the request left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The connection was refused, unreachable or timed out before it was made.
    #[error("no connection could be made")]
    NoConnection,
    /// The host's name does not resolve.
    #[error("the host was not found")]
    NoSuchHost,
    /// The certificate is expired, for another host, or of an unknown authority.
    #[error("the server could not prove who it is")]
    NotTrusted,
    /// The request could not be built (a broken address or key).
    #[error("the request could not be built")]
    NotBuilt,
}

/// How an answer failed to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The time for it ran out.
    #[error("no answer came in time")]
    TimedOut,
    /// The connection broke after the request left.
    #[error("the connection broke")]
    ConnectionLost,
}

/// Why an answer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BadAnswer {
    /// Not the JSON this system speaks.
    #[error("the answer cannot be read")]
    Unreadable,
    /// A web page: a captive portal or a broken gateway.
    #[error("the answer is a web page")]
    WebPage,
    /// Above the limit of the client.
    #[error("the answer is too large")]
    TooLarge,
}

/// A request that did not end in a usable answer. What it means for the payment depends on what
/// was asked: see [`crate::outcome`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// Nothing was sent.
    #[error("nothing was sent")]
    NotSent {
        /// Why.
        #[source]
        why: NotSent,
    },
    /// Sent, no answer.
    #[error("the answer was lost")]
    NoAnswer {
        /// How.
        #[source]
        why: NoAnswer,
    },
    /// A 2xx that cannot be read.
    #[error("the answer is of no use")]
    BadAnswer {
        /// How.
        #[source]
        why: BadAnswer,
    },
    /// A 2xx about another amount, currency or order.
    #[error("the answer is about another payment")]
    Mismatch {
        /// What it named.
        said: String,
        /// The name it gave, if any.
        intent: Option<crate::ids::IntentId>,
    },
    /// 401 or 403.
    #[error("the key was refused")]
    KeyRefused,
    /// 404.
    #[error("the provider does not know it")]
    NotFound {
        /// Its words, where it gave any in its own form.
        said: Option<String>,
    },
    /// 400 or 422 in the provider's own form.
    #[error("the provider refused the request")]
    Invalid {
        /// Its words. At most 200 characters, card-like numbers masked.
        said: String,
    },
    /// 409, or a 400 that says the reference is taken.
    #[error("the provider already has this reference")]
    Duplicate,
    /// 429.
    #[error("the provider asks to slow down")]
    RateLimited {
        /// From `Retry-After`, milliseconds, where it was given.
        retry_after_ms: Option<u64>,
    },
    /// 3xx: never followed, as that would hand the key to another host.
    #[error("the provider sent the request elsewhere")]
    Redirected,
    /// 5xx, or any status the system does not document.
    #[error("the provider failed with status {status}")]
    Fault {
        /// The HTTP status.
        status: u16,
    },
}

impl Failure {
    /// What the provider said, in its own words where it gave any; else the sentence of the kind.
    #[must_use]
    pub fn said(&self) -> String {
        match self {
            Self::Invalid { said }
            | Self::Mismatch { said, .. }
            | Self::NotFound { said: Some(said) } => said.clone(),
            Self::NotSent { .. }
            | Self::NoAnswer { .. }
            | Self::BadAnswer { .. }
            | Self::KeyRefused
            | Self::NotFound { said: None }
            | Self::Duplicate
            | Self::RateLimited { .. }
            | Self::Redirected
            | Self::Fault { .. } => self.to_string(),
        }
    }
}
