//! What Dojo's answers mean: made, begun, refused, or about something else. Pure. Where a payment
//! stands is `standing`'s business.

use money::Currency;
use payment::{Charge, Created, Failure, IntentId, Prompt, Seen, Standing};

use super::problem::{refused, refused_to_make, words};
use super::session::Session;
use super::standing::{Reading, live, whole};
use super::wire::Intent;
use crate::answer::{Named, mismatch, read_object, unreadable, web_page};
use crate::http::Response;
use crate::json::{self, Word};
use crate::said::{WORDS_LIMIT, clean};

/// The answer to making an intent: its name.
pub(super) fn made(charge: &Charge, response: &Response) -> Result<IntentId, Failure> {
    made_intent(charge, response).map(|(id, _)| id)
}

fn made_intent(charge: &Charge, response: &Response) -> Result<(IntentId, Intent), Failure> {
    if !response.is_success() {
        return Err(refused_to_make(response));
    }
    let intent = read_object(response, Intent::read)?;
    let id = intent.usable_id().ok_or_else(unreadable)?;
    let differences = intent.differences(charge);
    if !differences.is_empty() {
        // Another order's payment is not ours to withdraw, so its name is not passed on.
        let is_ours = intent.reference.is_none() || intent.has_key(charge);
        return Err(mismatch(&differences.join(", "), is_ours.then_some(id)));
    }
    Ok((id, intent))
}

/// The answer to making an intent that is paid on its page.
pub(super) fn made_link(charge: &Charge, response: &Response) -> Result<Created, Failure> {
    let (id, intent) = made_intent(charge, response)?;
    if intent.status.is_none() {
        return Err(mismatch("no status", Some(id)));
    }
    let reading = Reading::of(intent, charge.amount.currency(), None, response.date_ms)
        .map_err(|said| mismatch(&said, Some(id.clone())))?;
    Ok(Created {
        intent: Some(id),
        seen: reading.seen_by_link(),
    })
}

impl Intent {
    /// Their name of it, where it is one that can be asked for.
    pub(super) fn usable_id(&self) -> Option<IntentId> {
        json::usable_id(self.id.as_ref()?)
    }

    /// The status as it came.
    pub(super) fn word(&self) -> &str {
        self.status.as_ref().map_or("no status", Word::text)
    }

    pub(super) fn has_key(&self, charge: &Charge) -> bool {
        let named = self.reference.as_ref();
        named.is_some_and(|named| named.text() == charge.key.as_str())
    }

    pub(super) fn named(&self) -> Named<'_> {
        let amount = self.amount.as_ref();
        Named {
            amount: amount.and_then(|amount| amount.value.as_ref()),
            currency: amount.and_then(|amount| amount.currency_code.as_ref()),
            reference: self.reference.as_ref(),
        }
    }

    /// What it names otherwise than was asked for.
    pub(super) fn differences(&self, charge: &Charge) -> Vec<String> {
        let reference = ("reference", charge.key.as_str());
        let currency = charge.amount.currency();
        self.named()
            .differences(charge.amount, reference, |text| whole(text, currency))
    }
}

/// The answer to reading an intent; `fresh` is a session of it that was read just before.
pub(super) fn read(
    asked: &IntentId,
    currency: Currency,
    response: &Response,
    fresh: Option<Session>,
) -> Result<Reading, Failure> {
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
    Reading::of(intent, currency, fresh, response.date_ms)
        .map_err(|said| mismatch(&said, Some(asked.clone())))
}

/// The answer to reading a session. `None`: it says no more than its intent does.
pub(super) fn watched(
    intent: &IntentId,
    response: &Response,
) -> Result<(Option<Seen>, Session), Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    let session = read_object(response, Session::read)?;
    let tells = session.status().is_live()
        && !session.is_of_another(intent)
        && !session.is_overdue(response.date_ms);
    let seen = tells.then(|| live(&session));
    Ok((seen, session))
}

/// What became of a request to put a payment on a machine.
pub(super) enum Start {
    /// It is there, or was.
    Begun(Box<Session>),
    /// Nothing began, and these are the reasons.
    Refused(String),
    /// Nobody knows.
    Lost,
}

/// The answer to starting a session, where the intent is made already.
pub(super) fn started(outcome: Result<Response, Failure>) -> Start {
    let response = match outcome {
        Ok(response) => response,
        Err(failure @ Failure::NotSent { .. }) => return Start::Refused(failure.to_string()),
        Err(_) => return Start::Lost,
    };
    if response.is_success() {
        return match read_object(&response, Session::read) {
            Ok(session) => Start::Begun(Box::new(session)),
            Err(_) => Start::Lost,
        };
    }
    match refused_to_make(&response) {
        // Whatever is on the machine now, it is not this payment: it has just been made.
        Failure::KeyRefused
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::NotFound { said: Some(_) } => {
            let said = words(&response.body);
            Start::Refused(said.unwrap_or_else(|| format!("session refused, {}", response.status)))
        }
        Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::NotFound { said: None }
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Start::Lost,
    }
}

/// Where a payment stands whose session has just begun, or has not.
pub(super) fn beginning(start: &Start) -> Seen {
    match start {
        Start::Begun(session) if session.status().is_live() => live(session),
        Start::Begun(session) => {
            let raw = format!("session {}", session.word());
            Seen::new(Standing::Processing, &clean(&raw, WORDS_LIMIT))
        }
        Start::Refused(said) => Seen {
            prompt: Some(Prompt::TerminalIdle),
            ..Seen::new(Standing::NeedsCashier, &clean(said, WORDS_LIMIT))
        },
        Start::Lost => Seen::new(Standing::Processing, "session answer lost"),
    }
}

/// The answer to anything whose effect only a reading shows.
pub(super) fn accepted(response: &Response) -> Result<(), Failure> {
    if !response.is_success() {
        return Err(refused_to_make(response));
    }
    if response.is_web_page() {
        return Err(web_page());
    }
    Ok(())
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
