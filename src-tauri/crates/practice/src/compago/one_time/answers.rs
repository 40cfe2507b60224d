//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;

use super::{LinkDuplicate, LinkOrder};
use crate::compago::answers::unauthorised;
use crate::links::{Link, LinkCancelRefused, NewLink};
use crate::message::{Answer, Received};
use crate::world::World;
use crate::{CreatedStatus, Effect, IntentId, LinkStatus, System};

const SYSTEM: System = System::CompagoLink;

fn not_found() -> Answer {
    Answer::message(StatusCode::NOT_FOUND, "Payment not found")
}

/// `POST /api/one-time-payment`.
pub(super) fn create(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let asked = match received.new_one_time(world.settings()) {
        Ok(asked) => asked,
        Err(message) => {
            let answer = Answer::invalid(&message, world.settings());
            return answer.logged(world, entry, Effect::Invalid);
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
    let same = |link: &Link| link.asked.reference == asked.reference;
    if let Some(taken) = world.find_link(SYSTEM, same) {
        let refused = |status| Answer::message(status, "externalId is already in use");
        let answer = match world.settings().link_duplicate {
            LinkDuplicate::Accepted => None,
            LinkDuplicate::BadRequest => Some(refused(StatusCode::BAD_REQUEST)),
            LinkDuplicate::Conflict => Some(refused(StatusCode::CONFLICT)),
            LinkDuplicate::Replay => {
                let settings = world.settings();
                Some(Answer::one_time_created(status, taken, now_ms, settings))
            }
        };
        if let Some(answer) = answer {
            return (Some(taken.id), Effect::DuplicateReference, answer);
        }
    }
    let id = world.open_link(now_ms, asked);
    let answer = match world.link(id) {
        Some(link) => Answer::one_time_created(status, link, now_ms, world.settings()),
        None => not_found(),
    };
    (Some(id), Effect::Created, answer)
}

/// `GET /api/one-time-payment`.
pub(super) fn list(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    let now_ms = world.settle(now_ms);
    let entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let asked = match received.asked_one_time() {
        Ok(asked) => asked,
        Err(message) => {
            let answer = Answer::invalid(&message, world.settings());
            return answer.logged(world, entry, Effect::Invalid);
        }
    };
    let mut links = world.visible_links(SYSTEM);
    match world.settings().link_order {
        LinkOrder::OldestFirst => {}
        LinkOrder::NewestFirst => links.reverse(),
    }
    let answer = asked.answer(links, now_ms, world.settings());
    answer.logged(world, entry, Effect::Listed)
}

/// `GET /api/one-time-payment/{id}`.
pub(super) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
    }
    let Some(link) = IntentId::parse(id).and_then(|id| world.visible_link(SYSTEM, id)) else {
        return not_found().logged(world, entry, Effect::NotFound);
    };
    entry.intent = Some(link.id);
    entry.external_id = Some(link.asked.reference.clone());
    let answer = Answer::one_time(link, now_ms, world.settings());
    answer.logged(world, entry, Effect::Read)
}

/// `PATCH /api/one-time-payment/{id}/cancel`.
pub(super) fn cancel(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    if let Some(answer) = unauthorised(world, received) {
        return answer.logged(world, entry, Effect::Unauthorised);
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
    let refused = |reason: &str| {
        let message = format!("Cannot cancel payment: {reason}");
        Answer::message(StatusCode::BAD_REQUEST, &message)
    };
    let (effect, answer) = match (cancelled, &after) {
        (Ok(()), Some(link)) => {
            let answer = Answer::one_time_cancelled(link, now_ms, world.settings());
            (Effect::Cancelled, answer)
        }
        (Ok(()), None) | (Err(LinkCancelRefused::NotFound), _) => (Effect::NotFound, not_found()),
        (Err(LinkCancelRefused::Ended(status)), _) => {
            let reason = match status {
                LinkStatus::Paid => "its status is CONFIRMED",
                LinkStatus::Cancelled | LinkStatus::Failed => "its status is CANCELLED",
                LinkStatus::Open | LinkStatus::Expired => "it has expired",
            };
            (Effect::CancelRefused, refused(reason))
        }
    };
    answer.logged(world, entry, effect)
}
