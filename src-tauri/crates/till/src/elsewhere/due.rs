//! Which of what was made elsewhere the till closes by itself. Pure.

use journal::Elsewhere;
use payment::{Standing, System};

/// The least that a shop may set, minutes: a customer at another till's machine needs a few.
pub(crate) const MINUTES_MIN: u32 = 5;

/// The most, minutes: a week, as far back as lists are read.
pub(crate) const MINUTES_MAX: u32 = 7 * 24 * 60;

/// So often the till tries by itself, and then it is a manager's.
pub(super) const TRIES_MAX: usize = 3;

/// What the shop has set, and what was tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// After so many minutes; none: never.
    pub minutes: Option<u32>,
    /// At which system.
    pub system: System,
    /// Milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// How often the till has tried to close this one.
    pub tries: usize,
}

/// Whether it is to be closed: what a system makes for its card machines has a page as well, that goes on
/// taking money after everybody at the counter has gone. A link that somebody sent to a customer has not,
/// at a system that has nothing but links; and one of which nobody knows when it was made is never closed.
pub(super) fn is_due(row: &Elsewhere, rule: &Rule) -> bool {
    let Some(minutes) = rule.minutes else {
        return false;
    };
    let Some(made_at_ms) = row.listed.made_at_ms else {
        return false;
    };
    let age_ms = rule.now_ms.saturating_sub(made_at_ms);
    let is_old = age_ms >= i64::from(minutes).saturating_mul(60_000);
    let can_be_paid = match row.listed.standing {
        Standing::Waiting | Standing::NeedsCashier => true,
        // A card is being worked on, money is held, or nobody knows.
        Standing::Processing
        | Standing::Authorised
        | Standing::Unconfirmed
        | Standing::Unrecognised => false,
        Standing::Paid
        | Standing::Declined
        | Standing::Cancelled
        | Standing::Expired
        | Standing::PartlyRefunded
        | Standing::Refunded => false,
    };
    is_old
        && can_be_paid
        && !row.is_gone
        && row.listed.has_link
        && rule.system.has_pages_beside_machines()
        && rule.tries < TRIES_MAX
}
