//! Which intent of a search is the one, and which stand open.

use money::Currency;
use payment::{Channel, Charge, Created, Failure, IntentId, Listed, OrderRef, Seen, Standing};

use super::problem::refused;
use super::session::SessionId;
use super::standing::Reading;
use super::wire::{Amount, Intent, Page};
use crate::answer::{mismatch, read_object, time_ms, unreadable, web_address};
use crate::http::Response;
use crate::json::Word;
use crate::said::clean;

/// Dojo's longest reference, in characters.
const REFERENCE_LIMIT: usize = 60;

/// One page of a search.
pub(super) fn page(response: &Response) -> Result<Page, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    read_object(response, Page::read)
}

/// The intent of a charge among those with its reference: references need not be unique.
///
/// One that names what was asked for comes before one that does not; among these the one that was
/// paid, then one that is on a machine, then one that can still be paid, then the newest.
pub(super) fn pick(
    charge: &Charge,
    mut found: Vec<Intent>,
) -> Result<Option<(Created, Option<SessionId>)>, Failure> {
    found.retain(|intent| intent.has_key(charge));
    let mut ranked = Vec::new();
    for mut intent in found {
        if intent.status.is_none() {
            return Err(unreadable());
        }
        let differences = intent.differences(charge);
        let at = intent.created_at.as_ref();
        let made_at_ms = at.and_then(|at| time_ms(at.text()));
        // A list may leave out what happened on machines; then nothing is known of it.
        let history = intent.sessions();
        let is_told = history.is_some();
        let reading = Reading::listed(intent, charge.amount.currency(), history);
        let rank = (differences.is_empty(), rank(&reading), made_at_ms);
        ranked.push((rank, differences, is_told, reading));
    }
    let best = ranked.into_iter().max_by_key(|(rank, ..)| *rank);
    let Some((_, differences, is_told, reading)) = best else {
        return Ok(None);
    };
    let id = reading.intent.usable_id().ok_or_else(unreadable)?;
    if !differences.is_empty() {
        return Err(mismatch(&differences.join(", "), Some(id)));
    }
    let seen = if charge.way.channel() == Channel::Link {
        reading.seen_by_link()
    } else if is_told || reading.intent.word() != "Created" {
        reading.seen()
    } else {
        Seen::new(Standing::Processing, "Created")
    };
    let created = Created {
        intent: Some(id),
        seen,
    };
    Ok(Some((created, reading.live())))
}

/// The intents of a charge that can be paid still.
pub(super) fn payable(charge: &Charge, found: &[Intent]) -> Vec<IntentId> {
    let payable = found.iter().filter(|intent| {
        let is_ours = intent.has_key(charge) && intent.differences(charge).is_empty();
        is_ours && intent.word() == "Created"
    });
    payable.filter_map(Intent::usable_id).collect()
}

fn rank(reading: &Reading) -> u8 {
    match reading.intent.word() {
        "Captured" | "Refunded" | "Authorized" => 3,
        "Created" if reading.sessions.unended_sale().is_some() => 2,
        "Canceled" | "Reversed" => 0,
        _ => 1,
    }
}

/// The words of an intent that can be paid or that money was taken or is held for.
pub(super) const LIVE: &[&str] = &["Created", "Authorized", "Captured"];

/// The intents of a page that are this order's and stand open or are paid. What was given back whole
/// is not paid any more.
pub(super) fn of_order(order: &OrderRef, page: &Page, now_ms: Option<i64>) -> Vec<IntentId> {
    let intents = page.intents.iter().filter(|intent| {
        let reference = intent.reference.as_ref().map_or("", Word::text);
        let given_back = intent.refunded_amount.as_ref();
        let given_back = given_back.and_then(|given| given.text().parse::<i64>().ok());
        let is_live = match intent.word() {
            "Created" => !is_past(intent, now_ms),
            "Captured" => intent.total().is_none_or(|total| given_back < Some(total)),
            word => LIVE.contains(&word),
        };
        order.is_of(reference) && is_live
    });
    intents.filter_map(Intent::usable_id).collect()
}

/// Whether its time is over by the provider's own clock.
fn is_past(intent: &Intent, now_ms: Option<i64>) -> bool {
    let ends_at_ms = intent.expire_at.as_ref().and_then(|at| time_ms(at.text()));
    matches!((ends_at_ms, now_ms), (Some(ends), Some(now)) if ends <= now)
}

/// The intents of a page. One without a name or an amount can neither be shown nor withdrawn.
pub(super) fn listed(page: Page, currency: Currency, now_ms: Option<i64>) -> Vec<Listed> {
    let intents = page.intents.into_iter();
    intents
        .filter_map(|intent| one_of_list(intent, currency, now_ms))
        .collect()
}

fn one_of_list(mut intent: Intent, currency: Currency, now_ms: Option<i64>) -> Option<Listed> {
    // A list may leave out what happened on machines; then nothing is known of it.
    let history = intent.sessions();
    let is_created = intent.word() == "Created";
    let link = intent.payment_link.as_ref();
    let has_link = link.is_some_and(|link| web_address(link.text()).is_some());
    let has_link = is_created && has_link && !is_past(&intent, now_ms);
    let made_at = intent.created_at.as_ref();
    let reference = intent.reference.as_ref().map_or("", Word::text);
    let one = Listed {
        intent: intent.usable_id()?,
        reference: clean(reference, REFERENCE_LIMIT),
        amount: intent.amount.as_ref().and_then(Amount::money)?,
        made_at_ms: made_at.and_then(|at| time_ms(at.text())),
        standing: Standing::Processing,
        raw: String::new(),
        has_link,
        last_four: intent.last_four(),
    };
    let is_told = history.is_some();
    let reading = Reading::listed(intent, currency, history);
    let seen = reading.seen();
    let no_machine_has_it = reading.sessions.sale().is_none();
    let standing = if !is_created {
        seen.standing
    } else if seen.standing == Standing::Unrecognised {
        // Whatever word a machine has for it, the intent can be paid, so it stands open.
        Standing::Processing
    } else if no_machine_has_it && has_link {
        Standing::Waiting
    } else if is_told {
        seen.standing
    } else {
        Standing::Processing
    };
    Some(Listed {
        standing,
        raw: seen.raw,
        ..one
    })
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
