//! What Compago's answers about one-time payments mean. Pure.

use money::{Currency, Money};
use payment::{Charge, Created, Failure, IntentId, Listed, PayPage, Seen, Standing};

use super::ReturnPages;
use super::wire::{Link, List};
use crate::answer::{
    Named, REFERENCE_LIMIT, mismatch, read_object, time_ms, unreadable, web_address,
};
use crate::harmony::{refused, refused_create};
use crate::http::Response;
use crate::json::Word;
use crate::said::{WORDS_LIMIT, clean};

/// The answer to a create. The documented one is the address of the page and nothing else.
pub(super) fn created(
    charge: &Charge,
    pages: &ReturnPages,
    response: &Response,
) -> Result<Created, Failure> {
    if !response.is_success() {
        return Err(refused_create(response));
    }
    let link = read_object(response, Link::read)?;
    let intent = link.usable_id();
    let differences = differences(charge, &link);
    if !differences.is_empty() {
        // Another order's payment is not ours to withdraw, so its name is not passed on.
        let is_ours = link.external_id.is_none() || link.has_key(charge);
        let ours = intent.filter(|_| is_ours);
        return Err(mismatch(&differences.join(", "), ours));
    }
    let page = new_page(&link, pages);
    if intent.is_none() && page.is_none() {
        return Err(unreadable());
    }
    let amount = link.amount.is_some().then_some(charge.amount);
    let mut seen = reading(&link, amount, page);
    if link.status.is_none() {
        // A page that can be opened is open.
        seen.standing = Standing::Waiting;
    }
    Ok(Created { intent, seen })
}

/// The answer to a reading.
pub(super) fn seen(
    asked: &IntentId,
    currency: Currency,
    response: &Response,
) -> Result<Seen, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    let link = read_object(response, Link::read)?;
    if link.status.is_none() {
        return Err(unreadable());
    }
    if let Some(id) = &link.id
        && !id.text().eq_ignore_ascii_case(asked.as_str())
    {
        return Err(mismatch(&format!("id {}", id.text()), None));
    }
    let amount = link
        .named()
        .amount_in(currency, |text| Money::from_decimal(text, currency).ok())
        .map_err(|said| mismatch(&said, Some(asked.clone())))?;
    Ok(reading(&link, amount, known_page(&link, asked)))
}

/// One page of the list.
pub(super) fn listed(response: &Response) -> Result<List, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    let mut list = read_object(response, List::read)?;
    list.told_at_ms = response.date_ms;
    Ok(list)
}

/// Where a payment of the list stands. That its time is over the list says by no flag, only by its time.
fn in_list(link: &Link, told_at_ms: Option<i64>) -> Seen {
    let ends_at_ms = link.expires_at.as_ref().and_then(|at| time_ms(at.text()));
    let is_past = matches!((ends_at_ms, told_at_ms), (Some(ends), Some(now)) if ends <= now);
    let mut seen = reading(link, None, None);
    if is_past && seen.standing.stands_open() {
        seen.standing = Standing::Expired;
    }
    seen
}

/// Whether a payment of the list can be paid.
pub(super) fn is_open(link: &Link, told_at_ms: Option<i64>) -> bool {
    in_list(link, told_at_ms).standing.stands_open()
}

/// A payment of the list. One without a name or an amount can neither be shown nor withdrawn.
pub(super) fn one_of_list(
    link: &Link,
    currency: Currency,
    told_at_ms: Option<i64>,
) -> Option<Listed> {
    let read = |text: &str| Money::from_decimal(text, currency).ok();
    let reference = link.external_id.as_ref().map_or("", Word::text);
    let seen = in_list(link, told_at_ms);
    Some(Listed {
        intent: link.usable_id()?,
        reference: clean(reference, REFERENCE_LIMIT),
        amount: link.named().amount_in(currency, read).ok()??,
        made_at_ms: link.created_at.as_ref().and_then(|at| time_ms(at.text())),
        // It is a page and nothing else.
        has_link: seen.standing.stands_open(),
        standing: seen.standing,
        raw: seen.raw,
        last_four: None,
    })
}

/// What to do with the payments that have one key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The payment of the charge.
    pub(super) kept: Created,
    /// The others that a customer could still pay.
    pub(super) twins: Vec<IntentId>,
}

/// Chooses among the payments that have the charge's key: a paid one before any other, then one
/// that can be paid, then the newest. Only those of its amount and currency count.
pub(super) fn choose(charge: &Charge, links: &[Link]) -> Result<Option<Choice>, Failure> {
    let Some(first) = links.first() else {
        return Ok(None);
    };
    let mut candidates = Vec::new();
    for link in links {
        let id = link.usable_id().ok_or_else(unreadable)?;
        if link.status.is_none() {
            return Err(unreadable());
        }
        if differences(charge, link).is_empty() {
            let amount = link.amount.is_some().then_some(charge.amount);
            let seen = reading(link, amount, known_page(link, &id));
            let made_ms = link.created_at.as_ref().and_then(|at| time_ms(at.text()));
            candidates.push((worth(seen.standing), made_ms, id, seen));
        }
    }
    // Of those alike the last in the list is taken; nothing says which is newer.
    let Some(best) = candidates
        .iter()
        .max_by_key(|(worth, made_ms, _, _)| (*worth, *made_ms))
    else {
        let differences = differences(charge, first);
        return Err(mismatch(&differences.join(", "), first.usable_id()));
    };
    let (_, _, id, seen) = best;
    let open = candidates
        .iter()
        .filter(|(worth, _, other, _)| *worth == Worth::Payable && other != id);
    Ok(Some(Choice {
        kept: Created {
            intent: Some(id.clone()),
            seen: seen.clone(),
        },
        twins: open.map(|(_, _, other, _)| other.clone()).collect(),
    }))
}

/// How much a payment matters beside its twins, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// Nobody can pay it.
    Over,
    /// Somebody can, or might.
    Payable,
    /// Somebody has.
    Paid,
}

const fn worth(standing: Standing) -> Worth {
    match standing {
        Standing::Paid | Standing::PartlyRefunded | Standing::Refunded => Worth::Paid,
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Authorised
        | Standing::Unconfirmed
        | Standing::Unrecognised => Worth::Payable,
        Standing::Declined | Standing::Cancelled | Standing::Expired => Worth::Over,
    }
}

impl Link {
    const fn named(&self) -> Named<'_> {
        Named {
            amount: self.amount.as_ref(),
            currency: self.currency.as_ref(),
            reference: self.external_id.as_ref(),
        }
    }
}

fn differences(charge: &Charge, link: &Link) -> Vec<String> {
    let read = |text: &str| Money::from_decimal(text, charge.amount.currency()).ok();
    let reference = ("externalId", charge.key.as_str());
    link.named().differences(charge.amount, reference, read)
}

/// Where a payment stands (docs.compago.com, the guide to cancelling a one-time payment). Paid is
/// the one word `CONFIRMED` and nothing else. How a declined card shows is not documented; the page
/// is the customer's to try again on.
fn standing(status: &str, expired: bool) -> Standing {
    match (status, expired) {
        ("CONFIRMED", _) => Standing::Paid,
        ("CANCELLED", _) => Standing::Cancelled,
        ("PENDING", true) => Standing::Expired,
        ("PENDING", false) => Standing::Waiting,
        _ => Standing::Unrecognised,
    }
}

fn reading(link: &Link, amount: Option<Money>, page: Option<PayPage>) -> Seen {
    let status = link.status.as_ref().map_or("no status", Word::text);
    let expired = link.expired.as_ref().is_some_and(Word::is_true);
    let raw = if expired {
        format!("{status}, expired")
    } else {
        status.to_owned()
    };
    Seen {
        standing: standing(status, expired),
        prompt: None,
        raw: clean(&raw, WORDS_LIMIT),
        amount,
        page,
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

/// The page of a payment that was just made. Here `redirectUrl` is documented as its address; the
/// shop's own under that name is only what was sent, told back.
fn new_page(link: &Link, pages: &ReturnPages) -> Option<PayPage> {
    // The shop's addresses are kept without the slash that a provider may put at the end.
    let shops = |address: &str, word: &Word| {
        word.text().trim_end_matches('/') == address.trim_end_matches('/')
    };
    let is_theirs =
        |word: &&Word| !shops(&pages.redirect_url, word) && !shops(&pages.homepage_url, word);
    let redirect = link.redirect_url.as_ref().filter(is_theirs);
    pay_page(link, link.checkout().or(redirect)?)
}

/// The page of a payment that is read or listed. Which of the two `redirectUrl` is there is not
/// documented, so it counts only where its path has the payment's name: the customer must not be
/// sent to the shop's thanks for a payment that was not made.
fn known_page(link: &Link, id: &IntentId) -> Option<PayPage> {
    let has_name = |word: &&Word| {
        let path = word.text().split(['?', '#']).next().unwrap_or_default();
        let name = id.as_str().to_ascii_lowercase();
        path.to_ascii_lowercase().contains(&name)
    };
    let redirect = link.redirect_url.as_ref().filter(has_name);
    pay_page(link, link.checkout().or(redirect)?)
}

fn pay_page(link: &Link, address: &Word) -> Option<PayPage> {
    Some(PayPage {
        url: web_address(address.text())?,
        expires_at_ms: link.expires_at.as_ref().and_then(|at| time_ms(at.text())),
    })
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
