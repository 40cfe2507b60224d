//! What the reference of one-time payments leaves open.

use serde::{Deserialize, Serialize};

/// What a create answers (docs.compago.com/api-reference/one-time-payment/create lists
/// `redirectUrl` alone; the guide speaks of a "checkout URL").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkAnswer {
    /// `redirectUrl`, the address of the page, and nothing else.
    RedirectUrl,
    /// The whole object with its `id`; `redirectUrl` is the address of the page.
    WholeObject,
    /// `url` and nothing else.
    Url,
    /// `checkoutUrl` and nothing else.
    CheckoutUrl,
}

/// The answer to an `externalId` that is taken. The reference calls it unique, and its own page on
/// cancelling shows a search for several open payments with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkDuplicate {
    /// A second payment with the same reference.
    Accepted,
    /// The first payment again, whatever the new request asked for.
    Replay,
    /// 400 with a message.
    BadRequest,
    /// 409 with a message.
    Conflict,
}

/// What `count` in a list means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkCount {
    /// All that the filters let through.
    Total,
    /// Those on this page.
    Page,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkOrder {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// How amounts are written; the reference shows `100` and `350.5`, an older page of it a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkAmounts {
    /// `100`, `350.5`
    Shortest,
    /// `100.00`
    Number,
    /// `"100.00"`
    Text,
}

/// What becomes of a link whose customer the bank declines; the reference does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkDecline {
    /// It stays `PENDING`, nothing shows, and the customer can try again.
    StaysPending,
    /// It becomes `CANCELLED`.
    Cancelled,
}
