//! Whether a charge may be a second one of the same purchase, or one nought too long. Pure: what it is
//! held against, its caller reads.
//!
//! Nothing here forbids a sale. A second coffee of the same price is one deliberate press away, and what
//! is rare enough that people still read it is all that is asked about.

use std::iter::Peekable;
use std::str::Chars;

use money::Money;
use payment::{AccountId, Channel, Class, OrderRef, Payment, State, Warning, Way};

/// How long the same amount on the same card machine is asked about: the time of one customer at it.
pub(crate) const SAME_MACHINE_MS: i64 = 3 * 60 * 1_000;

/// How long the same link, or the same card on file, is asked about: nobody stands there, and a second
/// press comes later.
pub(crate) const SAME_PAYER_MS: i64 = 10 * 60 * 1_000;

/// How long an order that is written almost alike is asked about: a working day.
pub(crate) const SAME_ORDER_MS: i64 = 24 * 60 * 60 * 1_000;

/// So many paid payments of a currency, and the till knows what is usual.
pub(crate) const KNOWS_FROM: usize = 20;

/// So many of them that were half as much or more, and the amount is nothing unusual.
const SEEN_BEFORE: usize = 2;

/// What is about to be charged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) order: &'a OrderRef,
    pub(crate) amount: Money,
    pub(crate) account: &'a AccountId,
    pub(crate) way: &'a Way,
    pub(crate) now_ms: i64,
}

/// A payment that was before it, with its times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before<'a> {
    pub(crate) payment: &'a Payment,
    pub(crate) requested_at_ms: i64,
    pub(crate) ended_at_ms: Option<i64>,
}

/// What an earlier payment has against the charge.
pub(crate) fn twin(wanted: Wanted<'_>, before: Before<'_>) -> Option<Warning> {
    let Before { payment, .. } = before;
    if payment.gives_back() || payment.order == *wanted.order {
        // Of the order itself the till knows more than a warning: it refuses.
        return None;
    }
    let id = payment.id;
    let is_same_amount = payment.amount == wanted.amount;
    let is_unresolved = (payment.state == State::NotKnown || payment.is_contested())
        // A link is not known for as long as its page is looked for: only the same customer's counts.
        && (payment.way.channel() != Channel::Link || is_same_place(wanted, before));
    let may_be_paid = match payment.state.class() {
        Class::Open => true,
        Class::Paid => payment.state != State::Refunded,
        Class::Unpaid => false,
    };
    if is_same_amount && is_unresolved {
        Some(Warning::UnresolvedTwin { payment: id })
    } else if !may_be_paid {
        None
    } else if is_written_alike(wanted.order, &payment.order)
        && is_within(wanted.now_ms, before.requested_at_ms, SAME_ORDER_MS)
    {
        Some(Warning::SameOrder { payment: id })
    } else if is_same_amount && is_same_place(wanted, before) {
        Some(Warning::SameAmount { payment: id })
    } else {
        None
    }
}

/// The same card machine took it, or the same link or card on file is charged with it, a moment ago.
fn is_same_place(wanted: Wanted<'_>, before: Before<'_>) -> bool {
    let Before { payment, .. } = before;
    let asked_lately = is_within(wanted.now_ms, before.requested_at_ms, SAME_PAYER_MS);
    payment.account == *wanted.account
        && match (wanted.way, &payment.way) {
            // What is open there keeps the machine, and is told in other words.
            (Way::Terminal { code, .. }, Way::Terminal { code: there, .. }) => {
                let paid_at_ms = before.ended_at_ms.unwrap_or(before.requested_at_ms);
                code == there
                    && payment.state.class() == Class::Paid
                    && is_within(wanted.now_ms, paid_at_ms, SAME_MACHINE_MS)
            }
            (Way::Link { terms }, Way::Link { terms: there }) => {
                // Who sells tickets makes hundreds alike: without a name nobody knows whether it is the
                // same customer.
                let is_named = terms.billing.is_some() || terms.payer.is_some();
                let is_same = terms.description.trim() == there.description.trim()
                    && terms.billing == there.billing
                    && terms.payer == there.payer;
                is_named && is_same && asked_lately
            }
            (Way::CardOnFile { terms }, Way::CardOnFile { terms: there }) => {
                terms.card == there.card && asked_lately
            }
            (
                Way::Terminal { .. }
                | Way::Link { .. }
                | Way::CardOnFile { .. }
                | Way::Return { .. },
                _,
            ) => false,
        }
}

/// A clock that was set back in between makes nothing older than it is.
fn is_within(now_ms: i64, at_ms: i64, limit_ms: i64) -> bool {
    now_ms.saturating_sub(at_ms).saturating_abs() <= limit_ms
}

/// Whether two orders differ only in how they are written: "R-017" and "r17".
pub(crate) fn is_written_alike(one: &OrderRef, other: &OrderRef) -> bool {
    let (mut one, mut other) = (parts(one.as_str()), parts(other.as_str()));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(part), Some(there)) if part == there => {}
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}

/// Runs of letters and runs of digits, in small letters and without leading noughts.
fn parts(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut characters = text.chars().peekable();
    std::iter::from_fn(move || {
        while characters.next_if(|next| !next.is_alphanumeric()).is_some() {}
        let is_digit = characters.peek()?.is_ascii_digit();
        Some(run(&mut characters, is_digit))
    })
}

fn run(characters: &mut Peekable<Chars<'_>>, is_digit: bool) -> String {
    let mut run = String::new();
    let is_of_it = |next: &char| next.is_alphanumeric() && next.is_ascii_digit() == is_digit;
    while let Some(next) = characters.next_if(is_of_it) {
        run.extend(next.to_lowercase());
    }
    if is_digit {
        let trimmed = run.trim_start_matches('0');
        return if trimmed.is_empty() { "0" } else { trimmed }.to_owned();
    }
    run
}

/// How an amount compares with what is usual: about ten or a hundred times it. `None`: it is not unusual,
/// or too little is known. `paid` is what this till was paid in the same currency, in minor units.
///
/// A slip of the finger adds one nought or two. Below eight times the middle of what was paid nobody is
/// asked, and neither where twice before it was half as much or more: that is what this shop sells.
pub(crate) fn unusual(amount: Money, paid: &[i64]) -> Option<Warning> {
    if paid.len() < KNOWS_FROM {
        return None;
    }
    let mut sorted = paid.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len().div_euclid(2);
    let usual = sorted.get(middle).copied().filter(|usual| *usual > 0)?;
    let minor = amount.minor();
    let seen = paid
        .iter()
        .filter(|paid| paid.saturating_mul(2) >= minor)
        .count();
    let times = if minor >= usual.saturating_mul(80) {
        100
    } else if minor >= usual.saturating_mul(8) {
        10
    } else {
        return None;
    };
    let usual = Money::new(usual, amount.currency()).ok()?;
    (seen < SEEN_BEFORE).then_some(Warning::UnusualAmount { times, usual })
}

#[cfg(test)]
#[path = "radar_tests.rs"]
mod tests;
