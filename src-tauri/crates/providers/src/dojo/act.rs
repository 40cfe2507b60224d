//! What can be done with a payment beside withdrawing it. Each is one request that is sent once;
//! what became of it is for the readings to show.

use ::http::{HeaderValue, Method};
use bytes::Bytes;
use payment::{Act, ActName, Charge, Failure, IdempotencyKey, IntentId, RefundRoute, TerminalCode};

use super::session::{Session, SessionId, Status};
use super::wire::{self, Purpose};
use super::{Dojo, SESSIONS, json, map, path};
use crate::answer::{NOT_BUILT, read_object};
use crate::http::{Class, Request, Response};
use crate::said::{WORDS_LIMIT, clean};

impl Dojo {
    /// Does what was asked for.
    pub(super) async fn perform(
        &self,
        charge: &Charge,
        intent: &IntentId,
        act: &Act,
        key: &IdempotencyKey,
    ) -> Result<Option<ActName>, Failure> {
        if charge.way.return_terms().is_some() {
            return match act {
                // It is its own session.
                Act::Sign { accepted } => self.judge(intent, *accepted).await.map(|()| None),
                Act::TryAgain | Act::Capture | Act::Reverse | Act::Refund { .. } => Err(NOT_BUILT),
            };
        }
        match act {
            Act::TryAgain => self.try_again(charge, intent).await?,
            Act::Sign { accepted } => self.sign(intent, *accepted).await?,
            Act::Capture => self.capture(intent).await?,
            Act::Reverse => {
                let path = format!("{}/reversal", path(intent));
                let request = Request::new(Class::Create, Method::POST, path);
                let request = request.with_body(Bytes::new());
                map::accepted(&self.exchange(request).await?)?;
            }
            Act::Refund {
                amount,
                route: RefundRoute::Remote,
            } => {
                let path = format!("{}/refunds", path(intent));
                let body = wire::bare_body(amount.minor());
                let key = HeaderValue::from_str(key.as_str()).map_err(|_| NOT_BUILT)?;
                let request = json(Class::Create, Method::POST, path, body)?;
                let request = request.with_header("idempotencykey", key);
                // Its name is in no reading of the intent ("Refund", `refundId`), so it is of no use.
                map::accepted(&self.exchange(request).await?)?;
            }
            Act::Refund {
                amount,
                route: RefundRoute::Terminal,
            } => {
                let purpose = Purpose::Refund {
                    intent: intent.as_str(),
                    amount: *amount,
                };
                let response = self.start(terminal(charge)?, &purpose).await?;
                map::accepted(&response)?;
                return Ok(Session::read(&response.body).and_then(|begun| begun.name()));
            }
        }
        Ok(None)
    }

    /// Another session on the same intent: their acceptance asks for that after a refused card.
    async fn try_again(&self, charge: &Charge, intent: &IntentId) -> Result<(), Failure> {
        let purpose = Purpose::Sale {
            intent: intent.as_str(),
        };
        let response = self.start(terminal(charge)?, &purpose).await?;
        map::accepted(&response)?;
        let session = Session::read(&response.body);
        let live = session.filter(|session| session.status().is_live());
        self.watch(intent, live.and_then(|session| session.usable_id()));
        Ok(())
    }

    async fn sign(&self, intent: &IntentId, accepted: bool) -> Result<(), Failure> {
        let session = match self.remembered(intent) {
            Some(session) => Some(session),
            None => self.session_to_sign(intent).await?,
        };
        let Some(session) = session else {
            let said = "no session waits for a signature".to_owned();
            return Err(Failure::NotFound { said: Some(said) });
        };
        self.judge(&session, accepted).await
    }

    async fn judge(&self, session: &impl std::fmt::Display, accepted: bool) -> Result<(), Failure> {
        let path = format!("{SESSIONS}/{session}/signature");
        let body = wire::signature_body(accepted);
        let request = json(Class::Create, Method::PUT, path, body)?;
        map::accepted(&self.exchange(request).await?)
    }

    async fn session_to_sign(&self, intent: &IntentId) -> Result<Option<SessionId>, Failure> {
        let reading = self.read_intent(intent, None).await?;
        let mut sales = reading.sessions.sales();
        let waits = sales.rfind(|sale| sale.status() == Status::SignatureRequired);
        Ok(waits.and_then(Session::usable_id))
    }

    /// Takes all that is held, and so asks first how much that is: a tip may have been added on the
    /// terminal. Where nothing is held, nothing is sent. `tipsAmount` is left out: whether a capture's
    /// tip is a part of what is held or comes on top of it is nowhere written, and more than is held
    /// must never be taken.
    async fn capture(&self, intent: &IntentId) -> Result<(), Failure> {
        let held = self.read_intent(intent, None).await?.intent;
        let total = held.total().filter(|_| held.word() == "Authorized");
        let Some(total) = total else {
            let said = format!("nothing is held: {}", clean(held.word(), WORDS_LIMIT));
            return Err(Failure::Invalid { said });
        };
        let body = wire::bare_body(total);
        let path = format!("{}/captures", path(intent));
        let request = json(Class::Create, Method::POST, path, body)?;
        map::accepted(&self.exchange(request).await?)
    }
}

/// The answer to asking a machine to stop: whether it has stopped already.
pub(super) fn freed(response: &Response) -> Result<bool, Failure> {
    map::accepted(response)?;
    let session = read_object(response, Session::read);
    Ok(session.is_ok_and(|session| session.status() == Status::Canceled))
}

fn terminal(charge: &Charge) -> Result<&TerminalCode, Failure> {
    charge.way.terminal().ok_or(NOT_BUILT)
}
