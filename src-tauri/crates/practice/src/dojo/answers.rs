//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;

use super::intent::{Intent, Status};
use super::problem::Refused;
use super::session::Session;
use super::{DojoCancelInSession, DojoHeaders, DojoRepeatedCancel, search as searching, wire};
use crate::message::{Answer, Received};

use crate::world::World;
use crate::{Effect, IntentId, LoggedRequest};

/// The key that a new store accepts for Dojo. It opens nothing real.
pub const DOJO_KEY: &str = "sk_sandbox_practice";

/// The versions of the API that the public reference has had.
const VERSIONS: [&str; 4] = ["2026-02-27", "2025-09-10", "2024-02-05", "2022-04-07"];

/// Which headers a request must have beside the key and the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Those of payment intents ([`DojoHeaders`]).
    Intents,
    /// Those of terminals and sessions: `software-house-id`, and maybe `reseller-id`.
    Terminals,
}

/// The key stands in `Authorization` as it is, without a colon and not in base64
/// (docs.dojo.tech/api/v3/bundled.json, authentication).
fn admit(received: &Received, asks: Asks, world: &World) -> Result<(), Refused> {
    let settings = world.settings();
    let credentials = received.header("authorization").unwrap_or_default();
    let (scheme, key) = credentials.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("Basic") || !world.accepts_dojo(key) {
        let sentence = "The API key is missing or unknown";
        let status = StatusCode::UNAUTHORIZED;
        return Err(Refused::new(status, Effect::Unauthorised, sentence));
    }
    let version = received.header("version");
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        let sentence = "The header version must be the date of a version";
        return Err(Refused::invalid("Version", sentence));
    }
    let is_there = |name: &str| received.header(name).is_some_and(|value| !value.is_empty());
    let (house, reseller) = match (asks, settings.dojo_intent_headers) {
        (Asks::Terminals, _) => (true, settings.dojo_reseller_required),
        (Asks::Intents, DojoHeaders::Neither) => (false, false),
        (Asks::Intents, DojoHeaders::SoftwareHouse) => (true, false),
        (Asks::Intents, DojoHeaders::Both) => (true, true),
    };
    if house && !is_there("software-house-id") {
        let sentence = "The header software-house-id is required";
        return Err(Refused::invalid("software-house-id", sentence));
    }
    if reseller && !is_there("reseller-id") {
        let sentence = "The header reseller-id is required";
        return Err(Refused::invalid("reseller-id", sentence));
    }
    Ok(())
}

/// Answers a request, and logs it.
pub(super) fn answered(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    asks: Asks,
    act: impl FnOnce(&mut World, u64, &mut LoggedRequest) -> Result<(Effect, Answer), Refused>,
) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    let done = admit(received, asks, world).and_then(|()| act(world, now_ms, &mut entry));
    let (effect, answer) = match done {
        Ok(done) => done,
        Err(refused) => (refused.effect, refused.answer(world, received)),
    };
    answer.logged(world, entry, effect)
}

pub(super) fn shown(world: &World, id: IntentId, now_ms: u64) -> Result<Answer, Refused> {
    let dojo = &world.books.dojo;
    let intent = dojo.intents.find(id);
    let object = intent.and_then(|intent| wire::object(intent, dojo, now_ms, world.settings()));
    let object = object.ok_or_else(Refused::not_found)?;
    Ok(Answer::json(StatusCode::OK, &object))
}

/// The intent that a path names, if its reader already sees it.
pub(super) fn named<'a>(
    world: &'a World,
    now_ms: u64,
    id: &str,
    entry: &mut LoggedRequest,
) -> Result<(&'a Intent, Status), Refused> {
    let intent = wire::parse_id(id).and_then(|id| world.books.dojo.intents.find(id));
    let intent = intent.filter(|intent| intent.is_visible(now_ms, world.settings()));
    let intent = intent.ok_or_else(Refused::not_found)?;
    entry.intent = Some(intent.id);
    entry.external_id = Some(intent.asked.reference.clone());
    let status = intent.status(now_ms, world.settings());
    Ok((intent, status.ok_or_else(Refused::not_found)?))
}

/// `POST /payment-intents`; a repeated reference makes another intent.
pub(super) fn create(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let asked = wire::asked_intent(received, now_ms, world.settings())?;
            entry.external_id = Some(asked.reference.clone());
            entry.amount = Some(asked.amount);
            let seed = world.books.seed;
            let settings = &world.books.settings;
            let id = world.books.dojo.intents.open(seed, asked, now_ms, settings);
            world.touch();
            entry.intent = Some(id);
            Ok((Effect::Created, shown(world, id, now_ms)?))
        },
    )
}

/// `GET /payment-intents/{id}`: a cancelled one only with `returnCanceled=true`.
pub(super) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let query = received.query();
            let wants_cancelled = match query.get("returnCanceled").map(String::as_str) {
                None | Some("false") => false,
                Some("true") => true,
                Some(_) => {
                    let sentence = "returnCanceled must be true or false";
                    return Err(Refused::invalid("returnCanceled", sentence));
                }
            };
            if status == Status::Canceled && !wants_cancelled {
                return Err(Refused::not_found());
            }
            Ok((Effect::Read, shown(world, intent.id, now_ms)?))
        },
    )
}

/// `POST /payment-intents/search`.
pub(super) fn search(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, _| {
            let asked = searching::asked(received)?;
            let found = asked.answer(&world.books.dojo, now_ms, world.settings());
            Ok((Effect::Listed, Answer::json(StatusCode::OK, &found)))
        },
    )
}

fn cancel_refused(status: StatusCode, sentence: &str) -> Refused {
    Refused::new(status, Effect::CancelRefused, sentence)
}

/// `DELETE /payment-intents/{id}`, only while `Created`.
pub(super) fn cancel(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let id = intent.id;
            match (status, world.settings().dojo_repeated_cancel) {
                (Status::Created, _) => cancel_created(world, now_ms, id)?,
                (Status::Canceled, DojoRepeatedCancel::Replay) => {
                    let answer = shown(world, id, now_ms)?;
                    return Ok((Effect::CancelRefused, answer));
                }
                (Status::Canceled, DojoRepeatedCancel::NotFound) => {
                    let sentence = "There is no payment intent with this id";
                    return Err(cancel_refused(StatusCode::NOT_FOUND, sentence));
                }
                (Status::Canceled, DojoRepeatedCancel::BadRequest) => {
                    let sentence = "The payment intent is already canceled";
                    return Err(cancel_refused(StatusCode::BAD_REQUEST, sentence));
                }
                (
                    Status::Authorized | Status::Captured | Status::Reversed | Status::Refunded,
                    _,
                ) => {
                    let sentence = "Only a payment intent that is Created can be canceled";
                    return Err(cancel_refused(StatusCode::BAD_REQUEST, sentence));
                }
            }
            Ok((Effect::Cancelled, shown(world, id, now_ms)?))
        },
    )
}

fn cancel_created(world: &mut World, now_ms: u64, id: IntentId) -> Result<(), Refused> {
    let is_in_session = {
        let mut sessions = world.books.dojo.sessions.of_intent(id);
        sessions.any(Session::is_open)
    };
    let may_cancel = match world.settings().dojo_cancel_in_session {
        DojoCancelInSession::Refused => !is_in_session,
        DojoCancelInSession::EndsSession => world.end_sessions_of(now_ms, id),
        DojoCancelInSession::SessionGoesOn => true,
    };
    if !may_cancel {
        let sentence = "The payment intent has a terminal session";
        return Err(cancel_refused(StatusCode::BAD_REQUEST, sentence));
    }
    let lets_go = world.books.page_lets_go(id, now_ms);
    world.touch();
    if !lets_go {
        let sentence = "Only a payment intent that is Created can be canceled";
        return Err(cancel_refused(StatusCode::BAD_REQUEST, sentence));
    }
    world.books.dojo.intents.cancel(id, now_ms);
    Ok(())
}
