//! Money that goes back without a payment: a session that no intent knows, so that the session alone
//! says what became of it. It has no reference and no operation lists sessions: one whose name was
//! lost with its answer is never looked for and never sent again.

use ::http::Method;
use bytes::Bytes;
use money::{Currency, Money};
use payment::{
    Charge, Created, Failure, IntentId, Prompt, Receipts, ReturnTerms, Seen, Standing, TerminalCode,
};

use super::problem::{is_unavailable, refused, refused_to_make};
use super::session::{Kind, Session, Status};
use super::standing::whole;
use super::wire::{self, Purpose};
use super::{Dojo, SESSIONS, TERMINALS, map, slip};
use crate::answer::{mismatch, read_object, unreadable};
use crate::http::{Class, Request, Response};
use crate::json::Word;
use crate::said::{WORDS_LIMIT, clean};

fn path(session: &IntentId) -> String {
    format!("{SESSIONS}/{session}")
}

impl Dojo {
    /// Puts it on a machine that says it is free. A refusal of the session itself proves little: of
    /// two deliveries of one request the second finds the machine busy with the first.
    pub(super) async fn give_back(
        &self,
        charge: &Charge,
        terminal: &TerminalCode,
        terms: &ReturnTerms,
    ) -> Result<Created, Failure> {
        self.refuse_unavailable(terminal).await?;
        let purpose = Purpose::Return {
            amount: charge.amount,
            keyed: terms.keyed,
        };
        begun(charge, &self.start(terminal, &purpose).await?)
    }

    /// Nothing was sent where the machine is off or in use. Where it cannot be asked, the session
    /// says what there is to say.
    async fn refuse_unavailable(&self, terminal: &TerminalCode) -> Result<(), Failure> {
        let Ok(response) = self.get(format!("{TERMINALS}/{terminal}")).await else {
            return Ok(());
        };
        let told = wire::Terminal::read(&response.body).filter(|_| response.is_success());
        match told.and_then(|told| told.status).as_ref().map(Word::text) {
            Some(word @ ("Offline" | "InUse")) => Err(Failure::Invalid {
                said: format!("terminal {word}"),
            }),
            Some(_) | None => Ok(()),
        }
    }

    async fn read_session(&self, session: &IntentId) -> Result<Response, Failure> {
        let response = self.get(path(session)).await?;
        if response.is_success() {
            Ok(response)
        } else {
            Err(refused(&response))
        }
    }

    /// Where it stands.
    pub(super) async fn read_given_back(&self, session: &IntentId) -> Result<Seen, Failure> {
        let response = self.read_session(session).await?;
        let read = read_object(&response, Session::read)?;
        let is_named = read.usable_id().is_none_or(|id| id.is(session));
        if !is_named {
            return Err(mismatch("another session", None));
        }
        seen(&read, self.currency, response.date_ms)
            .map_err(|said| mismatch(&said, Some(session.clone())))
    }

    /// Asks the machine to let go of it.
    pub(super) async fn cancel_given_back(&self, session: &IntentId) -> Result<(), Failure> {
        let path = format!("{}/cancel", path(session));
        let request = Request::new(Class::Cancel, Method::PUT, path).with_body(Bytes::new());
        map::accepted(&self.exchange(request).await?)
    }

    /// Its slips.
    pub(super) async fn given_back_receipts(
        &self,
        session: &IntentId,
    ) -> Result<Receipts, Failure> {
        let response = self.read_session(session).await?;
        read_object(&response, slip::read)
    }
}

/// The answer to starting it.
fn begun(charge: &Charge, response: &Response) -> Result<Created, Failure> {
    if !response.is_success() {
        let failure = refused_to_make(response);
        let may_be_ours = matches!(failure, Failure::Invalid { .. } | Failure::NotFound { .. });
        return Err(if may_be_ours && is_unavailable(&response.body) {
            Failure::Duplicate
        } else {
            failure
        });
    }
    let session = read_object(response, Session::read)?;
    let id = session.usable_id().ok_or_else(unreadable)?.into_intent();
    let currency = charge.amount.currency();
    let seen = seen(&session, currency, response.date_ms)
        .map_err(|said| mismatch(&said, Some(id.clone())))?;
    Ok(Created {
        intent: Some(id),
        seen,
    })
}

/// What a session that gives back says; what it names otherwise where it is about something else.
fn seen(session: &Session, currency: Currency, now_ms: Option<i64>) -> Result<Seen, String> {
    if session.kind() == Kind::Sale && session.is_of_something() {
        return Err("a sale".to_owned());
    }
    if session.is_linked() {
        return Err("a refund of a payment".to_owned());
    }
    let amount = amount(session, currency)?;
    let (standing, prompt) = standing(session, now_ms);
    Ok(Seen {
        prompt,
        amount,
        returned: amount.filter(|_| standing == Standing::Refunded),
        ..Seen::new(
            standing,
            &clean(&format!("session {}", session.word()), WORDS_LIMIT),
        )
    })
}

fn amount(session: &Session, currency: Currency) -> Result<Option<Money>, String> {
    let Some(named) = session.given_back() else {
        return Ok(None);
    };
    let value = named.value.as_ref().map_or("", Word::text);
    let code = named.currency_code.as_ref().map_or("", Word::text);
    let is_ours = code.is_empty() || code.eq_ignore_ascii_case(currency.code());
    whole(value, currency)
        .filter(|_| is_ours)
        .map(Some)
        .ok_or_else(|| clean(&format!("{value} {code}"), WORDS_LIMIT))
}

fn standing(session: &Session, now_ms: Option<i64>) -> (Standing, Option<Prompt>) {
    let status = session.status();
    if status.is_live() && session.is_overdue(now_ms) {
        // Nobody says how it ended: somebody has to look at the machine.
        return (Standing::Unconfirmed, None);
    }
    match status {
        Status::InitiateRequested | Status::Initiated => (Standing::Waiting, session.prompt()),
        Status::CancelRequested => (Standing::Processing, session.prompt()),
        Status::SignatureRequired => (Standing::NeedsCashier, Some(Prompt::Signature)),
        Status::SignatureAccepted | Status::Authorized => (Standing::Processing, None),
        Status::Captured => (Standing::Refunded, None),
        Status::Declined | Status::SignatureRejected => (Standing::Declined, None),
        Status::Canceled => (Standing::Cancelled, None),
        Status::Expired => (Standing::Unconfirmed, None),
        Status::Unknown => (Standing::Unrecognised, None),
    }
}

#[cfg(test)]
#[path = "returns_tests.rs"]
mod tests;
