//! What the answers of LeanRails mean. Pure.

use money::Currency;
use payment::{Charge, Created, Failure, IntentId, Listed, PayPage, Prompt, Seen, Standing};

use super::refusal::{refused, refused_create};
use super::wire::{self, Intent, List, Row};
use crate::answer::{Named, REFERENCE_LIMIT, mismatch, read_object, unreadable, web_page};
use crate::http::Response;
use crate::json::Word;
use crate::said::{WORDS_LIMIT, clean};

/// A payment that was just made, or made before with the same key.
pub(super) fn created(charge: &Charge, response: &Response) -> Result<(IntentId, Seen), Failure> {
    if !response.is_success() {
        return Err(refused_create(response));
    }
    let intent = read_object(response, Intent::read)?;
    ours(charge, &intent)
}

/// The answer to a confirm, of a payment that is known to be ours.
pub(super) fn confirmed(
    charge: &Charge,
    asked: &IntentId,
    response: &Response,
) -> Result<Seen, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    let intent = read_object(response, Intent::read)?;
    let (named, seen) = ours(charge, &intent)?;
    if named == *asked {
        Ok(seen)
    } else {
        Err(mismatch(&format!("id {named}"), Some(asked.clone())))
    }
}

/// What is known of a payment whose confirm was not answered with a success: only a reading tells.
pub(super) fn unconfirmed(charge: &Charge, failure: &Failure) -> Seen {
    let raw = clean(&format!("confirm: {}", failure.said()), WORDS_LIMIT);
    let mut seen = Seen::new(Standing::Processing, &raw);
    seen.amount = Some(charge.amount);
    seen
}

/// What a confirm that was refused makes of the reading after it. That no card is at work says only
/// the reading; why, only the refusal, as it is not documented that a refused card leaves a trace.
pub(super) fn after_refusal(seen: Seen, decline: Option<String>, failure: &Failure) -> Seen {
    if seen.prompt != Some(Prompt::TerminalIdle) {
        return seen;
    }
    match decline {
        Some(word) => Seen {
            standing: Standing::Declined,
            prompt: None,
            raw: word,
            ..seen
        },
        None => Seen {
            raw: clean(&failure.said(), WORDS_LIMIT),
            ..seen
        },
    }
}

/// Whether a confirm was refused in their own words, so that a reading tells more.
pub(super) const fn is_refusal(failure: &Failure) -> bool {
    match failure {
        Failure::Invalid { .. } | Failure::NotFound { said: Some(_) } | Failure::Duplicate => true,
        Failure::NotFound { said: None }
        | Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::KeyRefused
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => false,
    }
}

fn ours(charge: &Charge, intent: &Intent) -> Result<(IntentId, Seen), Failure> {
    let id = wire::usable_id(intent).ok_or_else(unreadable)?;
    if intent.status.is_none() {
        return Err(unreadable());
    }
    let differences = differences(charge, intent);
    if !differences.is_empty() {
        // Another order's payment is not ours to withdraw, so its name is not passed on.
        let is_ours = intent.order_key().is_none() || intent.has_key(&charge.key);
        return Err(mismatch(&differences.join(", "), is_ours.then_some(id)));
    }
    let seen = reading(intent, charge.amount.currency())
        .map_err(|said| mismatch(&said, Some(id.clone())))?;
    Ok((id, seen))
}

fn differences(charge: &Charge, intent: &Intent) -> Vec<String> {
    let currency = charge.amount.currency();
    let order_key = intent.order_key();
    let named = Named {
        amount: intent.amount.as_ref(),
        currency: intent.currency.as_ref(),
        reference: order_key.as_ref(),
    };
    let read = |text: &str| wire::amount(text, currency);
    named.differences(charge.amount, ("order_key", charge.key.as_str()), read)
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
    let intent = read_object(response, Intent::read)?;
    if intent.status.is_none() {
        return Err(unreadable());
    }
    if let Some(id) = &intent.id
        && id.text() != asked.as_str()
    {
        return Err(mismatch(&format!("id {}", id.text()), None));
    }
    reading(&intent, currency).map_err(|said| mismatch(&said, Some(asked.clone())))
}

/// Where a payment stands (docs.leanrails.com, "Cancel a PaymentIntent": the words; for their
/// meaning its successor's). Paid is the one word `succeeded` and nothing else.
///
/// # Errors
/// What it names instead of an amount in this currency.
fn reading(intent: &Intent, currency: Currency) -> Result<Seen, String> {
    let status = intent.status.as_ref().map_or("no status", Word::text);
    let decline = intent.decline();
    let page = intent.action_url();
    let idle = Some(Prompt::TerminalIdle);
    let (standing, prompt) = match status {
        // Whoever wants to pay after that begins anew.
        "requires_payment_method" if decline.is_some() => (Standing::Declined, None),
        "requires_payment_method" | "requires_confirmation" => (Standing::NeedsCashier, idle),
        "requires_action" if page.is_some() => (Standing::Waiting, None),
        "requires_action" | "processing" => (Standing::Processing, None),
        "requires_capture" => (Standing::Authorised, None),
        "succeeded" => (Standing::Paid, None),
        "canceled" => (Standing::Cancelled, None),
        _ => (Standing::Unrecognised, None),
    };
    // What was taken may be less than what was asked for, where somebody else captured.
    let received = intent.amount_received.as_ref();
    let named = Named {
        amount: received
            .filter(|_| standing == Standing::Paid)
            .or(intent.amount.as_ref()),
        currency: intent.currency.as_ref(),
        reference: None,
    };
    let amount = named.amount_in(currency, |text| wire::amount(text, currency))?;
    let raw = match decline {
        Some(word) => format!("{status}, {word}"),
        None => status.to_owned(),
    };
    Ok(Seen {
        prompt,
        amount,
        page: page
            .filter(|_| standing == Standing::Waiting)
            .map(|url| PayPage {
                url,
                expires_at_ms: None,
            }),
        ..Seen::new(standing, &clean(&raw, WORDS_LIMIT))
    })
}

/// One page of a list.
pub(super) fn listed<T: Row>(response: &Response) -> Result<List<T>, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    read_object(response, List::read)
}

/// The payment of a charge on a page of the list, where it is there: a paid one before any other,
/// and one that is withdrawn last.
pub(super) fn found(charge: &Charge, list: &List<Intent>) -> Result<Option<Created>, Failure> {
    let mut best: Option<(u8, Created)> = None;
    let mut other = None;
    for intent in list.rows.iter().filter(|row| row.has_key(&charge.key)) {
        match ours(charge, intent) {
            Ok((id, seen)) => {
                let worth = worth(seen.standing);
                if best.as_ref().is_none_or(|(known, _)| *known < worth) {
                    let intent = Some(id);
                    best = Some((worth, Created { intent, seen }));
                }
            }
            Err(failure @ Failure::Mismatch { .. }) => other = other.or(Some(failure)),
            Err(failure) => return Err(failure),
        }
    }
    match (best, other) {
        (Some((_, created)), _) => Ok(Some(created)),
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(None),
    }
}

const fn worth(standing: Standing) -> u8 {
    match standing {
        Standing::Paid | Standing::PartlyRefunded | Standing::Refunded => 2,
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Authorised
        | Standing::Unconfirmed
        | Standing::Unrecognised => 1,
        Standing::Declined | Standing::Cancelled | Standing::Expired => 0,
    }
}

/// A payment of the list. One whose card was refused is over, as a reading of it says; what was given
/// back of it no list tells.
pub(super) fn one_of_list(intent: &Intent) -> Option<Listed> {
    let currency = intent.currency.as_ref()?.text().to_ascii_uppercase();
    let currency: Currency = currency.parse().ok()?;
    let seen = reading(intent, currency).ok()?;
    let order_key = intent.order_key();
    let reference = order_key.as_ref().or(intent.description.as_ref());
    Some(Listed {
        intent: wire::usable_id(intent)?,
        reference: reference.map_or_else(String::new, |word| clean(word.text(), REFERENCE_LIMIT)),
        amount: seen.amount?,
        made_at_ms: intent.made_at_ms(),
        has_link: seen.standing.stands_open() && seen.page.is_some(),
        standing: seen.standing,
        raw: seen.raw,
        last_four: None,
    })
}

/// The answer to a cancel, a confirm or a capture. Only a reading decides, so a success is asked
/// for no more than not to be a web page.
pub(super) fn accepted(response: &Response) -> Result<(), Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    if response.is_web_page() {
        return Err(web_page());
    }
    Ok(())
}

/// Whether an answer shows the payment withdrawn.
pub(super) fn is_withdrawn(response: &Response) -> bool {
    let status = Intent::read(&response.body).and_then(|intent| intent.status);
    response.is_success() && status.is_some_and(|status| status.text() == "canceled")
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
