//! From a request for a session to an answer, over the world and without I/O.

use http::StatusCode;

use super::wire::{asked, asked_signature, parse_id, whole};
use super::{Session, StartRefused};
use crate::dojo::answers::{Asks, answered};
use crate::dojo::problem::Refused;
use crate::message::{Answer, Received};
use crate::world::World;
use crate::{DojoUnavailable, Effect, IntentId, LoggedRequest};

fn shown(world: &World, id: IntentId) -> Result<Answer, Refused> {
    let session = world.books.dojo.session(id).ok_or_else(no_session)?;
    let object = whole(session, &world.books.dojo, world.settings());
    Ok(Answer::json(StatusCode::OK, &object))
}

fn no_session() -> Refused {
    let sentence = "There is no terminal session with this id";
    Refused::new(StatusCode::NOT_FOUND, Effect::NotFound, sentence)
}

fn name(entry: &mut LoggedRequest, world: &World, session: &Session) {
    entry.intent = session.task.intent();
    let intent = entry
        .intent
        .and_then(|id| world.books.dojo.intents.find(id));
    entry.external_id = intent.map(|intent| intent.asked.reference.clone());
    entry.terminal = Some(session.terminal.clone());
}

/// The session that a path names, if its reader already sees it.
fn named(
    world: &World,
    now_ms: u64,
    id: &str,
    entry: &mut LoggedRequest,
) -> Result<IntentId, Refused> {
    let session = parse_id(id).and_then(|id| world.books.dojo.session(id));
    let lag_ms = world.settings().visibility_lag_ms;
    let session = session.filter(|one| now_ms >= one.created_at_ms.saturating_add(lag_ms));
    let session = session.ok_or_else(no_session)?;
    name(entry, world, session);
    Ok(session.id)
}

fn refusal(refused: StartRefused) -> Refused {
    match refused {
        StartRefused::UnknownTerminal => {
            let sentence = "There is no terminal with this id";
            Refused::new(StatusCode::NOT_FOUND, Effect::NotFound, sentence)
        }
        StartRefused::SecondSession => {
            let sentence = "The payment intent has another terminal session";
            Refused::new(StatusCode::CONFLICT, Effect::Refused, sentence)
        }
        StartRefused::Unavailable(choice) => {
            let status = match choice {
                DojoUnavailable::Conflict | DojoUnavailable::Accepted => StatusCode::CONFLICT,
                DojoUnavailable::NotFound => StatusCode::NOT_FOUND,
                DojoUnavailable::BadRequest => StatusCode::BAD_REQUEST,
            };
            Refused::unavailable(status, "The terminal is in use or not connected")
        }
    }
}

/// `POST /terminal-sessions`.
pub(in crate::dojo) fn start(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, entry| {
            let asked = asked(received, &world.books.dojo, now_ms, world.settings())?;
            entry.intent = asked.task.intent();
            entry.terminal = Some(asked.terminal.clone());
            let id = world.start_session(now_ms, asked).map_err(refusal)?;
            if let Some(session) = world.books.dojo.session(id) {
                name(entry, world, session);
            }
            Ok((Effect::Started, shown(world, id)?))
        },
    )
}

/// `GET /terminal-sessions/{id}`.
pub(in crate::dojo) fn read(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    id: &str,
) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, entry| {
            let id = named(world, now_ms, id, entry)?;
            Ok((Effect::Read, shown(world, id)?))
        },
    )
}

/// `PUT /terminal-sessions/{id}/cancel`: 422 once a card was presented, or it is over.
pub(in crate::dojo) fn cancel(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    id: &str,
) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, entry| {
            let id = named(world, now_ms, id, entry)?;
            if !world.ask_session_back(now_ms, id) {
                let sentence = "The terminal session cannot be canceled";
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Err(Refused::new(status, Effect::CancelRefused, sentence));
            }
            let answer = shown(world, id)?;
            world.settle(now_ms);
            Ok((Effect::Cancelled, answer))
        },
    )
}

/// `PUT /terminal-sessions/{id}/signature`: 422 where no signature is waited for.
pub(in crate::dojo) fn sign(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    id: &str,
) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, entry| {
            let id = named(world, now_ms, id, entry)?;
            let accepted = asked_signature(received)?;
            if !world.sign_session(now_ms, id, accepted) {
                let sentence = "The terminal session does not wait for a signature";
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Err(Refused::new(status, Effect::Refused, sentence));
            }
            Ok((Effect::Changed, shown(world, id)?))
        },
    )
}
