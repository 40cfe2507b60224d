//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;

use super::One2PaysRepeat;
use super::gate::Turned;
use super::wire::{Invalid, failure, payment};
use crate::links::{Details, Link, LinkCancelRefused, NewLink};
use crate::message::{Answer, Received};
use crate::routes::nothing_here;
use crate::world::World;
use crate::{CreatedStatus, Effect, IntentId, Settings, System};

const SYSTEM: System = System::One2Pays;

/// The answer to a request that may not come in (docs.one2pays.com/docs/reference/errors). The
/// codes of 429 are not in the public copy.
fn turned_away(turned: Turned, settings: &Settings) -> (Effect, Answer) {
    let credentials = |message: &str| {
        let status = StatusCode::UNAUTHORIZED;
        let answer = failure(status, "INVALID_CREDENTIALS", message, None);
        (Effect::Unauthorised, answer)
    };
    match turned {
        Turned::UnknownKey => credentials("Invalid API key"),
        Turned::WrongSignature => credentials("Invalid signature"),
        Turned::WrongTime => credentials("The timestamp is outside the accepted window"),
        Turned::NotActive => {
            let message = "The integration is not active";
            let answer = failure(StatusCode::FORBIDDEN, "FORBIDDEN", message, None);
            (Effect::Forbidden, answer)
        }
        Turned::TooMany { retry_after_s } => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let answer = failure(status, "RATE_LIMIT_EXCEEDED", "Too many requests", None);
            let answer = if settings.one2pays_retry_after_told {
                answer.retry_after(retry_after_s)
            } else {
                answer
            };
            (Effect::RateLimited, answer)
        }
    }
}

fn invalid(message: &str, field: Option<&str>) -> Answer {
    failure(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message, field)
}

fn not_found() -> Answer {
    let status = StatusCode::NOT_FOUND;
    failure(status, "RESOURCE_NOT_FOUND", "Payment not found", None)
}

/// `POST /api/v1/payments`.
pub(super) fn create(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Err(turned) = world.admit(received) {
        let (effect, answer) = turned_away(turned, world.settings());
        return answer.logged(world, entry, effect);
    }
    let asked = match received.new_payment(world.settings()) {
        Ok(asked) => asked,
        Err(Invalid { message, field }) => {
            return invalid(&message, field).logged(world, entry, Effect::Invalid);
        }
    };
    entry.external_id = Some(asked.reference.clone());
    entry.amount = Some(asked.amount);
    let (id, effect, answer) = created(world, now_ms, asked);
    entry.intent = id;
    answer.logged(world, entry, effect)
}

fn created(world: &mut World, now_ms: u64, asked: NewLink) -> (Option<IntentId>, Effect, Answer) {
    let status = match world.settings().created {
        CreatedStatus::Created => StatusCode::CREATED,
        CreatedStatus::Ok => StatusCode::OK,
    };
    let conflict = |message: &str, field: &str| {
        let status = StatusCode::CONFLICT;
        failure(status, "DUPLICATE_REFERENCE_ID", message, Some(field))
    };
    let repeats = |link: &Link| {
        let (theirs, ours) = (&link.asked.details, &asked.details);
        match (theirs, ours) {
            (Details::One2Pays(theirs), Details::One2Pays(ours)) => {
                ours.idempotency_key.is_some() && theirs.idempotency_key == ours.idempotency_key
            }
            (Details::One2Pays(_) | Details::Compago(_), _) => false,
        }
    };
    if let Some(first) = world.find_link(SYSTEM, repeats) {
        let is_replayed = match world.settings().one2pays_repeat {
            One2PaysRepeat::Replay => true,
            One2PaysRepeat::ReplayIfSame => first.asked.asks_the_same(&asked),
            One2PaysRepeat::Conflict => false,
        };
        let answer = if is_replayed {
            payment(status, first, now_ms, world.settings())
        } else {
            conflict("The idempotency key has been used", "idempotencyKey")
        };
        return (Some(first.id), Effect::DuplicateReference, answer);
    }
    let is_taken = |link: &Link| link.asked.reference == asked.reference;
    if let Some(taken) = world.find_link(SYSTEM, is_taken) {
        let answer = conflict("The reference id is already in use", "referenceId");
        return (Some(taken.id), Effect::DuplicateReference, answer);
    }
    let id = world.open_link(now_ms, asked);
    let answer = match world.link(id) {
        Some(link) => payment(status, link, now_ms, world.settings()),
        None => not_found(),
    };
    (Some(id), Effect::Created, answer)
}

/// `GET /api/v1/payments`.
pub(super) fn list(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    let now_ms = world.settle(now_ms);
    let entry = received.entry(now_ms);
    if let Err(turned) = world.admit(received) {
        let (effect, answer) = turned_away(turned, world.settings());
        return answer.logged(world, entry, effect);
    }
    match received.asked_payments() {
        Ok(asked) => {
            let answer = asked.answer(world.visible_links(SYSTEM), now_ms, world.settings());
            answer.logged(world, entry, Effect::Listed)
        }
        Err(Invalid { message, field }) => {
            invalid(&message, field).logged(world, entry, Effect::Invalid)
        }
    }
}

/// `GET /api/v1/payments/{id}`.
pub(super) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Err(turned) = world.admit(received) {
        let (effect, answer) = turned_away(turned, world.settings());
        return answer.logged(world, entry, effect);
    }
    if !world.settings().one2pays_reads_one {
        let answer = nothing_here(&received.path);
        return answer.logged(world, entry, Effect::NotFound);
    }
    let Some(link) = IntentId::parse(id).and_then(|id| world.visible_link(SYSTEM, id)) else {
        return not_found().logged(world, entry, Effect::NotFound);
    };
    entry.intent = Some(link.id);
    entry.external_id = Some(link.asked.reference.clone());
    let answer = payment(StatusCode::OK, link, now_ms, world.settings());
    answer.logged(world, entry, Effect::Read)
}

/// `POST /api/v1/payments/{id}/cancel`.
pub(super) fn cancel(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Err(turned) = world.admit(received) {
        let (effect, answer) = turned_away(turned, world.settings());
        return answer.logged(world, entry, effect);
    }
    let Some(id) = IntentId::parse(id) else {
        return not_found().logged(world, entry, Effect::NotFound);
    };
    // What the answer says is what the cancel left, before anything that is due next.
    let (cancelled, after) = world.cancel_link(now_ms, SYSTEM, id);
    if let Some(link) = &after {
        entry.intent = Some(link.id);
        entry.external_id = Some(link.asked.reference.clone());
    }
    let (effect, answer) = match (cancelled, &after) {
        (Ok(()), Some(link)) => {
            let answer = payment(StatusCode::OK, link, now_ms, world.settings());
            (Effect::Cancelled, answer)
        }
        (Ok(()), None) | (Err(LinkCancelRefused::NotFound), _) => (Effect::NotFound, not_found()),
        // The reference has this one sentence for every final status, so that "completed" need not
        // mean paid: who reads it so has to fail here.
        (Err(LinkCancelRefused::Ended(_)), _) => {
            let message = "Payment cannot be cancelled because it has already been completed";
            (Effect::CancelRefused, invalid(message, None))
        }
    };
    answer.logged(world, entry, effect)
}
