//! The dry run: what would become of each line. Pure.

use std::collections::BTreeMap;

use journal::Elsewhere;
use money::{AmountError, Money};
use payment::record::Doubt;
use payment::{Acts, Channel, Class, Payment, Prompt, Standing, State, Verdict, Way};

use crate::engine::plan::claims_money;

/// What can be said of a payment before its provider is asked once more. `acts`: what its system offers;
/// `None` where its account is not on this till any more.
pub(crate) fn verdict(payment: &Payment, acts: Option<&Acts>) -> Verdict {
    match payment.state.class() {
        Class::Paid if payment.state == State::Refunded => Verdict::CannotReturned,
        Class::Paid => Verdict::NeedsRefund,
        Class::Unpaid if payment.is_contested() => Verdict::NotKnownYet,
        Class::Unpaid => Verdict::CannotOver,
        Class::Open => acts.map_or(Verdict::CannotAsk, |acts| of_open(payment, acts)),
    }
}

fn of_open(payment: &Payment, acts: &Acts) -> Verdict {
    let is_unnamed = payment.intent.is_none() && matches!(payment.doubt, Some(Doubt::Unseen));
    let is_on_machine = payment.way.channel() == Channel::Terminal;
    if payment.state == State::Authorised && acts.reverse {
        Verdict::CannotHeld
    } else if payment.prompt() == Some(Prompt::Signature)
        || (is_unnamed && is_on_machine)
        || (payment.state == State::NotKnown && matches!(payment.doubt, Some(Doubt::Unconfirmed)))
    {
        Verdict::NeedsTerminal
    } else if payment.state == State::NotKnown || claims_money(payment) {
        Verdict::NotKnownYet
    } else {
        Verdict::WillCancel
    }
}

/// What can be said of one that was made elsewhere, as its provider's list had it last. It is read once
/// more before anything is sent.
pub(crate) fn verdict_elsewhere(row: &Elsewhere, acts: Option<&Acts>) -> Verdict {
    let Some(acts) = acts else {
        return Verdict::CannotAsk;
    };
    match row.listed.standing {
        Standing::Paid | Standing::PartlyRefunded => Verdict::NeedsRefund,
        Standing::Refunded => Verdict::CannotReturned,
        Standing::Declined | Standing::Cancelled | Standing::Expired => Verdict::CannotOver,
        // What it is nobody knows here, so nobody should close it from here.
        Standing::Unrecognised => Verdict::CannotTell,
        Standing::Authorised if acts.reverse => Verdict::CannotHeld,
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Authorised
        | Standing::Unconfirmed => match row.is_gone {
            true => Verdict::NotKnownYet,
            false => Verdict::WillCancel,
        },
    }
}

/// The sum of each currency, in the order of their codes.
///
/// # Errors
/// [`AmountError::TooLarge`]: a sum beyond what the till handles is never shown as a smaller one.
pub(crate) fn sums(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, AmountError> {
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    for amount in amounts {
        let currency = amount.currency();
        let sum = sums
            .entry(currency.code())
            .or_insert_with(|| Money::zero(currency));
        *sum = sum.plus(amount)?;
    }
    Ok(sums.into_values().collect())
}

/// When a payment by a link can be paid no more: as its provider says, else as it was asked for.
/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn expires_at_ms(payment: &Payment, requested_at_ms: i64) -> Option<i64> {
    let said = payment.page.as_ref().and_then(|page| page.expires_at_ms);
    said.or(match &payment.way {
        Way::Link { terms } => {
            let life_ms = i64::from(terms.minutes).saturating_mul(60_000);
            Some(requested_at_ms.saturating_add(life_ms))
        }
        Way::Terminal { .. } | Way::CardOnFile { .. } | Way::Return { .. } => None,
    })
}

/// Whether it expires within so many minutes, and has not yet.
pub(crate) fn is_expiring(
    payment: &Payment,
    requested_at_ms: i64,
    now_ms: i64,
    minutes: u32,
) -> bool {
    let within_ms = i64::from(minutes).saturating_mul(60_000);
    let until_ms = now_ms.saturating_add(within_ms);
    payment.state.is_open()
        && expires_at_ms(payment, requested_at_ms)
            .is_some_and(|at_ms| (now_ms..=until_ms).contains(&at_ms))
}

/// Something that may be there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Twin {
    /// What makes it the same as another: its order; for a link also what it is for and how much.
    pub same: Vec<String>,
    /// The larger, the newer.
    pub age: i64,
    /// It is paid: that one is kept, whichever is newest.
    pub is_paid: bool,
}

/// What makes a payment the same as another.
pub(crate) fn sameness(payment: &Payment) -> Vec<String> {
    let mut same = vec![of_reference(payment.order.as_str())];
    if let Way::Link { terms } = &payment.way {
        same.push(format!(
            "link\u{1}{}\u{1}{}\u{1}{}\u{1}{}",
            payment.account,
            payment.amount.currency().code(),
            payment.amount.minor(),
            terms.description.trim().to_lowercase(),
        ));
    }
    same
}

/// A reference without the number of its attempt: the keys of one order are one order.
pub(crate) fn of_reference(reference: &str) -> String {
    format!("order\u{1}{}", order_of(reference))
}

/// The order that a reference is of, by how this till writes its keys.
pub(crate) fn order_of(reference: &str) -> &str {
    match reference.rsplit_once("-a") {
        Some((order, number))
            if !order.is_empty()
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            order
        }
        Some(_) | None => reference,
    }
}

fn groups(twins: &[Twin]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, twin) in twins.iter().enumerate() {
        for same in &twin.same {
            groups.entry(same).or_default().push(index);
        }
    }
    groups.into_values().collect()
}

/// Which of them have another that is the same, where at least one of those is not paid.
pub(crate) fn members(twins: &[Twin]) -> Vec<usize> {
    let is_open = |index: &usize| twins.get(*index).is_some_and(|twin| !twin.is_paid);
    groups(twins)
        .into_iter()
        .filter(|group| group.len() > 1 && group.iter().any(is_open))
        .flatten()
        .collect()
}

/// Which of them are too many: of those that are the same the paid one is kept, else the newest.
pub(crate) fn extras(twins: &[Twin]) -> Vec<usize> {
    let mut extras = Vec::new();
    for group in groups(twins) {
        let kept = group.iter().copied().max_by_key(|index| {
            twins
                .get(*index)
                .map(|twin| (twin.is_paid, twin.age, *index))
        });
        let others = group.into_iter().filter(|index| Some(*index) != kept);
        extras.extend(others.filter(|index| twins.get(*index).is_some_and(|twin| !twin.is_paid)));
    }
    extras.sort_unstable();
    extras.dedup();
    extras
}
