//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;

use super::NewIntent;
use super::wire::Places;
use crate::message::{Answer, Received};
use crate::world::{CancelRefused, CreateRefused, World};
use crate::{
    CreatedStatus, Duplicate, Effect, IntentId, IntentView, LoggedRequest, UnknownTerminal,
};

/// 401 for a missing or wrong key (docs.compago.com/get-started/authentication).
pub(super) fn unauthorised(world: &World, received: &Received) -> Option<Answer> {
    let is_known = received.key().is_some_and(|key| world.accepts(key));
    (!is_known).then(|| {
        let text = "Unauthorized: missing or invalid API key";
        Answer::message(StatusCode::UNAUTHORIZED, text)
    })
}

fn not_found() -> Answer {
    Answer::message(StatusCode::NOT_FOUND, "Payment intent not found")
}

/// `POST /api/payment-intent`.
pub(crate) fn create(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let asked = match received.new_intent(world.settings()) {
        Ok(asked) => asked,
        Err(message) => {
            let answer = Answer::invalid(&message, world.settings());
            return answer.logged(world, entry, Effect::Invalid);
        }
    };
    entry.external_id = Some(asked.external_id.clone());
    entry.amount = Some(asked.amount);
    entry.terminal.clone_from(&asked.terminal);
    let (intent, effect, answer) = created(world, now_ms, asked);
    entry.intent = intent;
    answer.logged(world, entry, effect)
}

fn created(world: &mut World, now_ms: u64, asked: NewIntent) -> (Option<IntentId>, Effect, Answer) {
    let new_status = match world.settings().created {
        CreatedStatus::Created => StatusCode::CREATED,
        CreatedStatus::Ok => StatusCode::OK,
    };
    match world.create(now_ms, asked) {
        Ok(id) => {
            let answer = object(world, new_status, id);
            (Some(id), Effect::Created, answer)
        }
        Err(CreateRefused::Duplicate(id)) => {
            let taken = "externalId is already in use";
            let answer = match world.settings().duplicate {
                Duplicate::Conflict => Answer::message(StatusCode::CONFLICT, taken),
                Duplicate::BadRequest => Answer::message(StatusCode::BAD_REQUEST, taken),
                Duplicate::ConflictWithId => Answer::conflict_with(taken, id),
                Duplicate::Replay => object(world, StatusCode::OK, id),
                Duplicate::ReplayAsNew => object(world, new_status, id),
            };
            (Some(id), Effect::DuplicateReference, answer)
        }
        Err(CreateRefused::UnknownTerminal) => {
            let status = match world.settings().unknown_terminal {
                UnknownTerminal::NotFound => StatusCode::NOT_FOUND,
                UnknownTerminal::BadRequest => StatusCode::BAD_REQUEST,
            };
            let answer =
                Answer::message(status, "terminalCode: no terminal has this serial number");
            (None, Effect::Invalid, answer)
        }
    }
}

/// The whole object, as a create answers it.
fn object(world: &World, status: StatusCode, id: IntentId) -> Answer {
    let Some(intent) = world.truth(id) else {
        return not_found();
    };
    let terminal = intent.terminal.as_deref();
    let places = Places {
        organization: world.organization_id(),
        terminal: terminal.and_then(|code| world.terminal_id(code)),
    };
    Answer::created(status, &intent, &places)
}

/// `GET /api/payment-intent/{id}`.
pub(crate) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let intent = IntentId::parse(id).and_then(|id| world.read(now_ms, id));
    let Some(intent) = intent else {
        return not_found().logged(world, entry, Effect::NotFound);
    };
    name(&mut entry, &intent);
    let answer = Answer::read(&intent, world.settings());
    answer.logged(world, entry, Effect::Read)
}

/// `POST /api/payment-intent/{id}/cancel`.
pub(crate) fn cancel(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let Some(id) = IntentId::parse(id) else {
        return not_found().logged(world, entry, Effect::NotFound);
    };
    let cancelled = world.cancel(now_ms, id);
    if let Some(intent) = world.truth(id) {
        name(&mut entry, &intent);
    }
    let refused = |reason: &str| {
        let message = format!("Cannot cancel payment intent: {reason}");
        Answer::message(StatusCode::BAD_REQUEST, &message)
    };
    let (effect, answer) = match cancelled {
        Ok(()) => (Effect::Cancelled, Answer::empty_object()),
        Err(CancelRefused::NotFound) => (Effect::NotFound, not_found()),
        Err(CancelRefused::Confirmed) => {
            (Effect::CancelRefused, refused("its status is CONFIRMED"))
        }
        Err(CancelRefused::Cancelled) => {
            (Effect::CancelRefused, refused("its status is CANCELLED"))
        }
    };
    answer.logged(world, entry, effect)
}

fn name(entry: &mut LoggedRequest, intent: &IntentView) {
    entry.intent = Some(intent.id);
    entry.external_id = Some(intent.external_id.clone());
    entry.terminal.clone_from(&intent.terminal);
}
