//! What arrived over the wire: the record that a test holds against the till's own journal.

use std::collections::VecDeque;

use money::Money;
use serde::{Deserialize, Serialize};

use crate::IntentId;

/// How many requests are remembered; older ones are forgotten first.
pub const REQUESTS_KEPT_MAX: usize = 1000;

/// What a request did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// An intent or a link was made.
    Created,
    /// The reference was taken; nothing was made.
    DuplicateReference,
    /// An intent or a link was read.
    Read,
    /// Links were listed.
    Listed,
    /// An intent or a link was cancelled.
    Cancelled,
    /// A cancel came too late, or again.
    CancelRefused,
    /// A session was started on a machine.
    Started,
    /// A payment was changed: its amount, its tip, a capture, a decision on a signature; or a
    /// receipt was asked for.
    Changed,
    /// Money was given back, or a hold let go.
    GivenBack,
    /// What was asked for cannot be done as things stand; nothing was done.
    Refused,
    /// Something in the request is not valid; nothing was made.
    Invalid,
    /// There is no such intent or link, or not yet.
    NotFound,
    /// The key or the signature was missing or wrong, or the signature too old.
    Unauthorised,
    /// The integration is switched off.
    Forbidden,
    /// Too many requests in a minute; nothing was done.
    RateLimited,
    /// The bank was asked for the money of a `PaymentIntent`.
    Confirmed,
    /// The bank said no at once.
    Declined,
    /// Money that was held was taken.
    Captured,
    /// Money was paid back, or is about to be.
    Refunded,
    /// The status of the intent forbids it; nothing was done.
    StatusRefused,
    /// The answer that the idempotency key had already; nothing was done.
    Replayed,
    /// The idempotency key is of another request, or of one that is at work; nothing was done.
    KeyRefused,
    /// It never got here: a fault took it on the way.
    LostOnTheWay,
}

/// One request. The API key is not kept, only whether it was right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// Its place in the order of arrival, from 1; forgotten requests are counted.
    pub number: u64,
    /// When, in milliseconds of the store's clock.
    pub at_ms: u64,
    /// The HTTP method.
    pub method: String,
    /// The path, without a query.
    pub path: String,
    /// The SHA-256 of the body, in hexadecimal: the same reference with another hash is a
    /// repetition that was changed.
    pub body_sha256: String,
    /// The shop's own reference, where it was readable or the intent has one.
    pub external_id: Option<String>,
    /// The intent or link it made, named or collided with.
    pub intent: Option<IntentId>,
    /// The amount asked for, where it was valid.
    pub amount: Option<Money>,
    /// The machine asked for.
    pub terminal: Option<String>,
    /// The number of the earlier request that first carried the same reference to a create.
    pub repeats: Option<u64>,
    /// What it did.
    pub effect: Effect,
    /// The HTTP status the store gave; a fault may have changed or lost it on the way back.
    pub status: Option<u16>,
}

/// The last requests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct RequestLog {
    count: u64,
    kept: VecDeque<LoggedRequest>,
}

impl RequestLog {
    /// Adds a request and gives it its number.
    pub(crate) fn push(&mut self, mut request: LoggedRequest) {
        self.count = self.count.saturating_add(1);
        request.number = self.count;
        let is_create = |one: &LoggedRequest| one.amount.is_some() && one.external_id.is_some();
        if is_create(&request) {
            let same = self
                .kept
                .iter()
                .filter(|earlier| is_create(earlier) && earlier.path == request.path)
                .find(|earlier| earlier.external_id == request.external_id);
            request.repeats = same.map(|earlier| earlier.number);
        }
        if self.kept.len() >= REQUESTS_KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(request);
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = &LoggedRequest> {
        self.kept.iter()
    }
}
