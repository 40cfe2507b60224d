//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;
use serde_json::Value;

use super::asked::Reading;
use super::books::Refused;
use super::choices::LeanRailsDecline;
use super::failure::{Failure, Kind};
use super::gate::{Rate, Turned};
use super::intent::{LeanRailsStatus, read_id};
use super::keys::{Kept, Use};
use super::list::Listed;
use super::wire::Writing;
use super::{Generation, Wanted};
use crate::message::{Answer, Received};
use crate::world::World;
use crate::{CreatedStatus, Effect, IntentId, LoggedRequest};

/// An answer with what only this system says in its headers.
pub(super) struct Reply {
    pub(super) answer: Answer,
    pub(super) rate: Rate,
    pub(super) is_replayed: bool,
}

/// What was done for a request.
struct Done {
    effect: Effect,
    status: StatusCode,
    body: Value,
}

/// A request on its way through the store.
struct Handling<'a> {
    world: &'a mut World,
    generation: Generation,
    received: &'a Received,
    entry: LoggedRequest,
}

/// The answer to any request of the reference.
pub(super) fn answer(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    generation: Generation,
    wanted: &Wanted<'_>,
) -> Reply {
    let now_ms = world.settle(now_ms);
    let entry = received.entry(now_ms);
    let admitted = world.admit_to_lean_rails(generation, received);
    let rate = admitted.rate;
    if let Some(turned) = admitted.refused {
        let answer = turned_away(&turned, generation);
        let effect = match turned.retry_after_s {
            Some(_) => Effect::RateLimited,
            None => Effect::Unauthorised,
        };
        let answer = answer.logged(world, entry, effect);
        return Reply {
            answer,
            rate,
            is_replayed: false,
        };
    }
    let mut handling = Handling {
        world,
        generation,
        received,
        entry,
    };
    let (effect, answer, is_replayed) = handling.answered(wanted);
    let entry = handling.entry;
    let answer = answer.logged(world, entry, effect);
    Reply {
        answer,
        rate,
        is_replayed,
    }
}

fn turned_away(turned: &Turned, generation: Generation) -> Answer {
    let body = turned.failure.body(generation);
    let answer = Answer::json(turned.failure.status, &body);
    match turned.retry_after_s {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}

/// What a refusal is in the log, where no more is known.
fn effect_of(failure: &Failure) -> Effect {
    match failure.kind {
        Kind::Idempotency => Effect::KeyRefused,
        Kind::Payment => Effect::Declined,
        Kind::Authentication => Effect::Unauthorised,
        Kind::RateLimit => Effect::RateLimited,
        Kind::Api | Kind::InvalidRequest => match failure.code {
            "resource_missing" => Effect::NotFound,
            "payment_intent_unexpected_state" => Effect::StatusRefused,
            "idempotency_key_in_use" | "api_error" => Effect::KeyRefused,
            _ => Effect::Invalid,
        },
    }
}

impl Handling<'_> {
    /// The answer, with what it did and whether it was given before.
    fn answered(&mut self, wanted: &Wanted<'_>) -> (Effect, Answer, bool) {
        if !wanted.is_post() {
            let done = self.done(wanted);
            return self.written(done, None);
        }
        if let Err(failure) = self.check_version() {
            return self.written(Err(failure), None);
        }
        let used = Use::of(self.generation, self.received, self.world.settings());
        let used = match used {
            Ok(used) => used,
            Err(failure) => return self.written(Err(failure), None),
        };
        if let Some(used) = &used {
            let settings = self.world.settings().clone();
            let now_ms = self.entry.at_ms;
            match self.world.lean_rails.keys.look(used, now_ms, &settings) {
                Ok(Some(kept)) => return self.replayed(&kept),
                Ok(None) => {}
                Err(failure) => return self.written(Err(failure), None),
            }
        }
        let done = self.done(wanted);
        self.written(done, used)
    }

    /// No page says which versions there are.
    fn check_version(&self) -> Result<(), Failure> {
        const HEADER: &str = "X-API-Version";
        let any = self.world.settings().lean_rails.any_version_accepted;
        if any || self.generation == Generation::Form || !self.received.has_header(HEADER) {
            return Ok(());
        }
        Err(Failure::invalid(HEADER, "There is no such API version."))
    }

    fn replayed(&mut self, kept: &Kept) -> (Effect, Answer, bool) {
        if let Some(id) = kept.intent {
            self.name(id);
        }
        let status = StatusCode::from_u16(kept.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = Answer::bytes(status, kept.body.clone().into_bytes());
        (Effect::Replayed, answer, true)
    }

    fn written(
        &mut self,
        done: Result<Done, Failure>,
        used: Option<Use>,
    ) -> (Effect, Answer, bool) {
        let (effect, status, body) = match done {
            Ok(done) => (done.effect, done.status, done.body),
            Err(failure) => {
                let body = failure.body(self.generation);
                (effect_of(&failure), failure.status, body)
            }
        };
        let text = body.to_string();
        if let Some(used) = used {
            let (now_ms, intent) = (self.entry.at_ms, self.entry.intent);
            let keys = &mut self.world.lean_rails.keys;
            keys.keep(used, now_ms, status, &text, intent);
            self.world.touch();
        }
        (effect, Answer::bytes(status, text.into_bytes()), false)
    }

    fn done(&mut self, wanted: &Wanted<'_>) -> Result<Done, Failure> {
        match wanted {
            Wanted::Create => self.create(),
            Wanted::Confirm(id) => self.confirm(id),
            Wanted::Capture(id) => self.capture(id),
            Wanted::Cancel(id) => self.cancel(id),
            Wanted::Refund => self.refund(),
            Wanted::Read(id) => {
                let id = self.intent_id(id)?;
                self.shown(id, StatusCode::OK, Effect::Read)
            }
            Wanted::ReadCharge(id) => {
                let found = self.writing().charge_with_id(id, self.entry.at_ms);
                self.read(found, &format!("No Charge found with ID '{id}'."))
            }
            Wanted::ReadRefund(id) => {
                let found = self.writing().refund_with_id(id);
                self.read(found, &format!("No Refund found with ID '{id}'."))
            }
            Wanted::List(listed) => self.list(*listed),
        }
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            generation: self.generation,
            received: self.received,
            settings: self.world.settings(),
        }
    }

    fn writing(&self) -> Writing<'_> {
        Writing {
            generation: self.generation,
            books: &self.world.books,
        }
    }

    /// The intent that a path names, if its reader already sees it.
    fn intent_id(&mut self, text: &str) -> Result<IntentId, Failure> {
        let id = read_id("pi", text);
        let id = id.filter(|id| self.world.visible_lean_rails_intent(*id).is_some());
        let id = id.ok_or_else(|| self.unknown_intent("id", text))?;
        self.name(id);
        Ok(id)
    }

    fn unknown_intent(&self, param: &str, text: &str) -> Failure {
        let message = format!("No PaymentIntent found with ID '{text}'.");
        Failure::missing(self.generation, self.world.settings(), param, message)
    }

    /// Writes into the log which intent it was.
    fn name(&mut self, id: IntentId) {
        self.entry.intent = Some(id);
        let intent = self.world.lean_rails_intent(id);
        let reference = intent.map(|intent| intent.reference.clone());
        self.entry.external_id = reference.filter(|reference| !reference.is_empty());
    }

    /// The intent as it is now.
    fn shown(&self, id: IntentId, status: StatusCode, effect: Effect) -> Result<Done, Failure> {
        let intent = self.world.lean_rails_intent(id);
        let intent = intent.ok_or_else(|| self.unknown_intent("id", ""))?;
        let body = self.writing().intent(intent, false);
        Ok(Done {
            effect,
            status,
            body,
        })
    }

    /// Only the later generation shows what a create answers: 200.
    fn created_status(&self) -> StatusCode {
        match (self.generation, self.world.settings().created) {
            (Generation::Json, CreatedStatus::Created) => StatusCode::CREATED,
            (Generation::Json, CreatedStatus::Ok) | (Generation::Form, _) => StatusCode::OK,
        }
    }

    fn create(&mut self) -> Result<Done, Failure> {
        let asked = self.reading().create()?;
        let reference = asked.intent.reference(self.world.settings());
        self.entry.external_id = Some(reference).filter(|reference| !reference.is_empty());
        self.entry.amount = Some(asked.intent.amount);
        let confirms = asked.confirms;
        if confirms
            && self.needs_return_url()
            && let Some(method) = &asked.method
            && method.asks_for_action()
            && asked.intent.return_url.is_none()
        {
            return Err(no_return_url());
        }
        let id = self.world.create_lean_rails(asked);
        self.entry.intent = Some(id);
        let status = self.created_status();
        if confirms {
            return self.confirmed(id, status, Effect::Created);
        }
        self.shown(id, status, Effect::Created)
    }

    /// Whether a card that asks for an authentication needs an address to come back to.
    fn needs_return_url(&self) -> bool {
        self.generation == Generation::Form
    }

    fn confirm(&mut self, id: &str) -> Result<Done, Failure> {
        let id = self.intent_id(id)?;
        let asked = self.reading().confirm()?;
        let needs_return_url = self.needs_return_url();
        let confirmed =
            self.world
                .confirm_lean_rails(id, asked.method, asked.return_url, needs_return_url);
        confirmed.map_err(|refused| self.refused(refused, "confirmed"))?;
        self.confirmed(id, StatusCode::OK, Effect::Confirmed)
    }

    /// The answer to a confirm, which a declined card makes an error.
    fn confirmed(&self, id: IntentId, status: StatusCode, effect: Effect) -> Result<Done, Failure> {
        let intent = self.world.lean_rails_intent(id);
        let declined = intent.and_then(|intent| intent.last_error);
        let Some(decline) = declined else {
            return self.shown(id, status, effect);
        };
        let shown = self.shown(id, status, Effect::Declined)?;
        match self.world.settings().lean_rails.decline {
            LeanRailsDecline::Intent => Ok(shown),
            LeanRailsDecline::Error => Err(Failure::declined(self.generation, decline)),
            LeanRailsDecline::ErrorWithIntent => Err(Failure {
                intent: Some(Box::new(shown.body)),
                ..Failure::declined(self.generation, decline)
            }),
        }
    }

    fn capture(&mut self, id: &str) -> Result<Done, Failure> {
        let id = self.intent_id(id)?;
        let minor = self.reading().capture()?;
        let captured = self.world.capture_lean_rails(id, minor);
        captured.map_err(|refused| self.refused(refused, "captured"))?;
        self.shown(id, StatusCode::OK, Effect::Captured)
    }

    fn cancel(&mut self, id: &str) -> Result<Done, Failure> {
        let id = self.intent_id(id)?;
        let reason = self.reading().cancel()?;
        let cancelled = self.world.cancel_lean_rails(id, reason);
        cancelled.map_err(|refused| self.refused(refused, "canceled"))?;
        self.shown(id, StatusCode::OK, Effect::Cancelled)
    }

    fn refund(&mut self) -> Result<Done, Failure> {
        let asked = self.reading().refund()?;
        self.name(asked.intent);
        let named = asked.intent;
        let refunded = self.world.refund_lean_rails(asked);
        let id = match refunded {
            Ok(id) => id,
            Err(Refused::NotFound) => {
                let text = super::intent::wire_id("pi", named);
                return Err(self.unknown_intent("payment_intent", &text));
            }
            Err(refused) => return Err(self.refused(refused, "refunded")),
        };
        let text = self.writing().refund_id(id);
        let status = self.created_status();
        let found = self.writing().refund_with_id(&text);
        let done = self.read(found, "No such Refund.")?;
        Ok(Done {
            effect: Effect::Refunded,
            status,
            ..done
        })
    }

    fn refused(&self, refused: Refused, verb: &str) -> Failure {
        let generation = self.generation;
        let settings = self.world.settings();
        match refused {
            Refused::NotFound => self.unknown_intent("id", ""),
            Refused::NoMethod => Failure::lacking("payment_method"),
            Refused::NoReturnUrl => no_return_url(),
            Refused::MoreThan(minor) => {
                let message = format!("The `amount` must be from 1 to {minor}.");
                Failure::invalid("amount", message)
            }
            Refused::Status(status) => {
                let word = LeanRailsStatus::word(status);
                let message = format!("A PaymentIntent with the status {word} cannot be {verb}.");
                Failure::refused(generation, settings, message)
            }
        }
    }

    fn read(&self, found: Option<Value>, message: &str) -> Result<Done, Failure> {
        let missing = || {
            let settings = self.world.settings();
            Failure::missing(self.generation, settings, "id", message.to_owned())
        };
        Ok(Done {
            effect: Effect::Read,
            status: StatusCode::OK,
            body: found.ok_or_else(missing)?,
        })
    }

    fn list(&self, listed: Listed) -> Result<Done, Failure> {
        let now_ms = self.entry.at_ms;
        Ok(Done {
            effect: Effect::Listed,
            status: StatusCode::OK,
            body: self.writing().list(listed, self.received, now_ms)?,
        })
    }
}

/// 403 (github.com/fluveohq/fluveo-ai, payments).
fn no_return_url() -> Failure {
    let message = "This card needs authentication: send a return_url.";
    let status = StatusCode::FORBIDDEN;
    let code = "authentication_required";
    Failure::new(status, Kind::InvalidRequest, code, message).about("return_url")
}
