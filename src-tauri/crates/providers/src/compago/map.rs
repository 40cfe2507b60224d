//! What Compago's answers mean. Pure.

use money::{Currency, Money};
use payment::{Charge, Created, Failure, IntentId, Prompt, Seen, Standing};

use super::wire::{self, Intent};
use crate::answer::{Named, mismatch, read_object, unreadable, web_page};
use crate::harmony::{refused, refused_create};
use crate::http::Response;
use crate::said::{WORDS_LIMIT, clean};

/// The answer to a create.
pub(super) fn created(charge: &Charge, response: &Response) -> Result<Created, Failure> {
    if !response.is_success() {
        return existing(charge, response).ok_or_else(|| refused_create(response));
    }
    let intent = read_intent(response)?;
    let id = intent.usable_id().ok_or_else(unreadable)?;
    let differences = differences(charge, &intent);
    if !differences.is_empty() {
        // Another order's payment is not ours to withdraw, so its name is not passed on.
        let is_ours = same_reference(charge, &intent).unwrap_or(true);
        return Err(mismatch(&differences.join(", "), is_ours.then_some(id)));
    }
    let amount = intent.amount.is_some().then_some(charge.amount);
    Ok(Created {
        intent: Some(id),
        seen: reading(&intent, amount),
    })
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
    let intent = read_intent(response)?;
    if intent.status.is_none() {
        return Err(unreadable());
    }
    if let Some(id) = &intent.id
        && !id.text().eq_ignore_ascii_case(asked.as_str())
    {
        return Err(mismatch(&format!("id {}", id.text()), None));
    }
    let amount = intent
        .named()
        .amount_in(currency, |text| Money::from_decimal(text, currency).ok())
        .map_err(|said| mismatch(&said, Some(asked.clone())))?;
    Ok(reading(&intent, amount))
}

/// The answer to reading a payment that nobody has, with the key: "not found" is the right one.
pub(super) fn checked(response: &Response) -> Result<(), Failure> {
    if response.is_success() {
        return read_intent(response).map(|_| ());
    }
    match refused(response) {
        Failure::NotFound { .. } => Ok(()),
        failure @ (Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::KeyRefused
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. }) => Err(failure),
    }
}

/// The answer to the same without a key: only the API refuses it, while any web server, and the
/// provider's own under a wrong path, says "not found" again.
pub(super) fn guarded(response: &Response) -> Result<(), Failure> {
    if response.is_web_page() && !matches!(response.status, 401 | 403) {
        return Err(web_page());
    }
    if response.is_success() {
        return Err(unreadable());
    }
    let failure = refused(response);
    if failure == Failure::KeyRefused {
        Ok(())
    } else {
        Err(failure)
    }
}

fn read_intent(response: &Response) -> Result<Intent, Failure> {
    read_object(response, Intent::read)
}

impl Intent {
    const fn named(&self) -> Named<'_> {
        Named {
            amount: self.amount.as_ref(),
            currency: self.currency.as_ref(),
            reference: self.external_id.as_ref(),
        }
    }
}

fn differences(charge: &Charge, intent: &Intent) -> Vec<String> {
    let read = |text: &str| Money::from_decimal(text, charge.amount.currency()).ok();
    let reference = ("externalId", charge.key.as_str());
    intent.named().differences(charge.amount, reference, read)
}

fn same_reference(charge: &Charge, intent: &Intent) -> Option<bool> {
    let named = intent.external_id.as_ref()?;
    Some(named.text() == charge.key.as_str())
}

/// What `paymentSummary.status` says. Only `SUCCESS` is documented; the others are the usual words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Summary {
    /// Nothing was tried yet.
    Untried,
    /// A card was refused.
    Declined,
    /// A card was taken.
    Taken,
    /// A word that says neither.
    Other,
}

fn summary(word: Option<&str>) -> Summary {
    match word {
        None | Some("NOT_INITIALIZED") => Summary::Untried,
        Some("DECLINED" | "FAILED" | "REJECTED" | "ERROR" | "DENIED") => Summary::Declined,
        Some(
            "SUCCESS" | "SUCCEEDED" | "SUCCESSFUL" | "APPROVED" | "CONFIRMED" | "PAID"
            | "COMPLETED" | "CAPTURED",
        ) => Summary::Taken,
        Some(_) => Summary::Other,
    }
}

/// Where an intent stands (docs.compago.com/api-reference/payment-intent/get).
///
/// Paid is the one word `CONFIRMED` and nothing else. An intent that is cancelled or expired while
/// its summary says that a card was taken is not shown as over: whoever is told "not paid" charges
/// again.
fn standing(status: &str, expired: bool, summary: Summary) -> (Standing, Option<Prompt>) {
    match (status, summary, expired) {
        ("CONFIRMED", _, _) => (Standing::Paid, None),
        ("CANCELLED", Summary::Taken, _) => (Standing::Unrecognised, None),
        ("CANCELLED", Summary::Declined, _) => (Standing::Declined, None),
        ("CANCELLED", Summary::Untried | Summary::Other, _) => (Standing::Cancelled, None),
        ("PENDING", Summary::Taken | Summary::Other, _) => (Standing::Processing, None),
        ("PENDING", Summary::Untried | Summary::Declined, true) => (Standing::Expired, None),
        ("PENDING", Summary::Declined, false) => (Standing::Waiting, Some(Prompt::CardDeclined)),
        ("PENDING", Summary::Untried, false) => (Standing::Waiting, None),
        _ => (Standing::Unrecognised, None),
    }
}

fn reading(intent: &Intent, amount: Option<Money>) -> Seen {
    let status = intent
        .status
        .as_ref()
        .map_or("no status", |word| word.text());
    let word = intent.summary_word();
    let expired = intent.is_expired();
    let (standing, prompt) = standing(status, expired, summary(word.as_deref()));
    let mut raw = status.to_owned();
    if expired {
        raw.push_str(", expired");
    }
    if let Some(word) = word {
        raw.push_str(", payment ");
        raw.push_str(&word);
    }
    Seen {
        standing,
        prompt,
        raw: clean(&raw, WORDS_LIMIT),
        amount,
        page: None,
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

/// A refusal as a duplicate that carries the payment it means, so that it need not be searched
/// for. It is trusted only if it names our reference and our amount.
fn existing(charge: &Charge, response: &Response) -> Option<Created> {
    if !matches!(response.status, 400 | 409 | 422) {
        return None;
    }
    wire::carried_intents(&response.body)
        .into_iter()
        .find_map(|intent| {
            let named = intent.amount.is_some() && same_reference(charge, &intent) == Some(true);
            if !named || !differences(charge, &intent).is_empty() {
                return None;
            }
            Some(Created {
                intent: Some(intent.usable_id()?),
                seen: reading(&intent, Some(charge.amount)),
            })
        })
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
