//! What Compago's answers mean. Pure.

use money::{Currency, Money};
use payment::failure::BadAnswer;
use payment::{Charge, Created, Failure, IntentId, Prompt, Seen, Standing};

use super::wire::{self, Intent};
use crate::http::Response;
use crate::said::{MESSAGE_LIMIT, WORDS_LIMIT, clean};

/// The answer to a create.
pub(super) fn created(charge: &Charge, response: &Response) -> Result<Created, Failure> {
    if !response.is_success() {
        return existing(charge, response).ok_or_else(|| refused_create(response));
    }
    let intent = read_intent(response)?;
    let id = intent.usable_id().ok_or_else(unreadable)?;
    let differences = differences(charge, &intent);
    if !differences.is_empty() {
        return Err(Failure::Mismatch {
            said: clean(&differences.join(", "), WORDS_LIMIT),
            // Another order's payment is not ours to withdraw, so its name is not passed on.
            intent: same_reference(charge, &intent)
                .unwrap_or(true)
                .then_some(id),
        });
    }
    let amount = intent.amount.is_some().then_some(charge.amount);
    Ok(Created {
        intent: id,
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
    let mismatch = |said: String, intent| Failure::Mismatch {
        said: clean(&said, WORDS_LIMIT),
        intent,
    };
    if let Some(id) = &intent.id
        && !id.text().eq_ignore_ascii_case(asked.as_str())
    {
        return Err(mismatch(format!("id {}", id.text()), None));
    }
    if let Some(named) = &intent.currency
        && !named.text().eq_ignore_ascii_case(currency.code())
    {
        let said = format!("currency {}", named.text());
        return Err(mismatch(said, Some(asked.clone())));
    }
    let amount = match &intent.amount {
        None => None,
        Some(named) => match Money::from_decimal(named.text(), currency) {
            Ok(amount) => Some(amount),
            Err(_) => {
                let said = format!("amount {}", named.text());
                return Err(mismatch(said, Some(asked.clone())));
            }
        },
    };
    Ok(reading(&intent, amount))
}

/// The answer to a cancel. A success carries no object, so its body is not asked for more than
/// not to be a web page.
pub(super) fn cancelled(response: &Response) -> Result<(), Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    if response.is_web_page() {
        return Err(web_page());
    }
    Ok(())
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

fn unreadable() -> Failure {
    Failure::BadAnswer {
        why: BadAnswer::Unreadable,
    }
}

fn web_page() -> Failure {
    Failure::BadAnswer {
        why: BadAnswer::WebPage,
    }
}

fn read_intent(response: &Response) -> Result<Intent, Failure> {
    let marked_up = || response.body.trim_ascii_start().starts_with(b"<");
    if response.is_web_page() {
        return Err(web_page());
    }
    Intent::read(&response.body).ok_or_else(|| {
        if marked_up() {
            web_page()
        } else {
            unreadable()
        }
    })
}

/// What an answer names otherwise than was asked for. What it does not name is no difference.
fn differences(charge: &Charge, intent: &Intent) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(named) = &intent.amount
        && Money::from_decimal(named.text(), charge.amount.currency()) != Ok(charge.amount)
    {
        found.push(format!("amount {}", named.text()));
    }
    if let Some(named) = &intent.currency
        && !named
            .text()
            .eq_ignore_ascii_case(charge.amount.currency().code())
    {
        found.push(format!("currency {}", named.text()));
    }
    if let Some(named) = &intent.external_id
        && named.text() != charge.key.as_str()
    {
        found.push(format!("externalId {}", named.text()));
    }
    found
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
                intent: intent.usable_id()?,
                seen: reading(&intent, Some(charge.amount)),
            })
        })
}

fn refused_create(response: &Response) -> Failure {
    let failure = refused(response);
    let taken = matches!(&failure, Failure::Invalid { said } if says_taken(said));
    if taken || response.status == 409 {
        Failure::Duplicate
    } else {
        failure
    }
}

/// What any status but 2xx means.
fn refused(response: &Response) -> Failure {
    let said = wire::message(&response.body)
        .map(|message| clean(&message, MESSAGE_LIMIT))
        .filter(|message| !message.is_empty());
    match (response.status, said) {
        (401 | 403, _) => Failure::KeyRefused,
        (404, said) => Failure::NotFound { said },
        (400 | 409 | 422, Some(said)) => Failure::Invalid { said },
        (429, _) => Failure::RateLimited {
            retry_after_ms: response.retry_after_ms,
        },
        (300..=399, _) => Failure::Redirected,
        (status, _) => Failure::Fault { status },
    }
}

/// Whether a refused create says that its reference is taken. Neither code nor words are
/// documented, so English and Spanish are both listened for. Where in doubt it is taken: to
/// believe wrongly that nothing happened would let the till charge a second time.
fn says_taken(said: &str) -> bool {
    let said = said.to_lowercase();
    // "The terminal does not exist" speaks of what is not there.
    let said = ["not exist", "n't exist", "no exist"]
        .iter()
        .fold(said, |said, absent| said.replace(absent, ""));
    let taken = [
        "exist", "duplic", "already", "unique", "unico", "único", "unica", "única", "in use",
        "en uso", "repeti",
    ];
    let words = || said.split(|character: char| !character.is_alphanumeric());
    taken.iter().any(|words| said.contains(words)) || words().any(|word| word == "ya")
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
