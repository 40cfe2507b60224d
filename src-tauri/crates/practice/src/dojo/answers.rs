//! From a request to an answer, over the world and without I/O. Every request is logged here.

use http::StatusCode;

use super::intent::{Intent, Status};
use super::problem::Refused;
use super::{DojoHeaders, DojoRepeatedCancel, search as searching, wire};
use crate::message::{Answer, Received};

use crate::world::World;
use crate::{Effect, LoggedRequest, Settings};

/// The key that a store accepts for Dojo. It opens nothing real.
pub const DOJO_KEY: &str = "sk_sandbox_practice";

/// The versions of the API that the public reference has had.
const VERSIONS: [&str; 4] = ["2026-02-27", "2025-09-10", "2024-02-05", "2022-04-07"];

/// The key stands in `Authorization` as it is, without a colon and not in base64
/// (docs.dojo.tech/api/v3/bundled.json, authentication).
fn admit(received: &Received, settings: &Settings) -> Result<(), Refused> {
    let credentials = received.header("authorization").unwrap_or_default();
    let (scheme, key) = credentials.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("Basic") || key != DOJO_KEY {
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
    let (house, reseller) = match settings.dojo_intent_headers {
        DojoHeaders::Neither => (false, false),
        DojoHeaders::SoftwareHouse => (true, false),
        DojoHeaders::Both => (true, true),
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
fn answered(
    world: &mut World,
    now_ms: u64,
    received: &Received,
    act: impl FnOnce(&mut World, u64, &mut LoggedRequest) -> Result<(Effect, Answer), Refused>,
) -> Answer {
    let now_ms = world.settle(now_ms);
    let mut entry = received.entry(now_ms);
    let done = admit(received, world.settings()).and_then(|()| act(world, now_ms, &mut entry));
    let (effect, answer) = match done {
        Ok(done) => done,
        Err(refused) => (refused.effect, refused.answer(world, received)),
    };
    answer.logged(world, entry, effect)
}

fn shown(intent: Option<&Intent>, now_ms: u64, settings: &Settings) -> Result<Answer, Refused> {
    let object = intent.and_then(|intent| wire::object(intent, now_ms, settings));
    let object = object.ok_or_else(Refused::not_found)?;
    Ok(Answer::json(StatusCode::OK, &object))
}

/// The intent that a path names, if its reader already sees it.
fn named<'a>(
    world: &'a World,
    now_ms: u64,
    id: &str,
    entry: &mut LoggedRequest,
) -> Result<(&'a Intent, Status), Refused> {
    let intent = wire::parse_id(id).and_then(|id| world.books.dojo.find(id));
    let intent = intent.filter(|intent| intent.is_visible(now_ms, world.settings()));
    let intent = intent.ok_or_else(Refused::not_found)?;
    entry.intent = Some(intent.id);
    entry.external_id = Some(intent.asked.reference.clone());
    let status = intent.status(now_ms, world.settings());
    Ok((intent, status.ok_or_else(Refused::not_found)?))
}

/// `POST /payment-intents`; a repeated reference makes another intent.
pub(super) fn create(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(world, now_ms, received, |world, now_ms, entry| {
        let asked = wire::asked_intent(received, now_ms)?;
        entry.external_id = Some(asked.reference.clone());
        entry.amount = Some(asked.amount);
        let seed = world.books.seed;
        let id = world.books.dojo.open(seed, asked, now_ms);
        world.touch();
        entry.intent = Some(id);
        let answer = shown(world.books.dojo.find(id), now_ms, world.settings())?;
        Ok((Effect::Created, answer))
    })
}

/// `GET /payment-intents/{id}`: a cancelled one only with `returnCanceled=true`.
pub(super) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(world, now_ms, received, |world, now_ms, entry| {
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
        let answer = shown(Some(intent), now_ms, world.settings())?;
        Ok((Effect::Read, answer))
    })
}

/// `POST /payment-intents/search`.
pub(super) fn search(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(world, now_ms, received, |world, now_ms, _| {
        let asked = searching::asked(received)?;
        let found = asked.answer(world.books.dojo.in_order(), now_ms, world.settings());
        Ok((Effect::Listed, Answer::json(StatusCode::OK, &found)))
    })
}

/// `DELETE /payment-intents/{id}`, only while `Created`.
pub(super) fn cancel(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(world, now_ms, received, |world, now_ms, entry| {
        let (intent, status) = named(world, now_ms, id, entry)?;
        let id = intent.id;
        let refused = |status: StatusCode, sentence: &str| {
            Err(Refused::new(status, Effect::CancelRefused, sentence))
        };
        match (status, world.settings().dojo_repeated_cancel) {
            (Status::Created, _) => {
                world.books.dojo.cancel(id, now_ms);
                world.touch();
            }
            (Status::Canceled, DojoRepeatedCancel::Replay) => {
                let answer = shown(Some(intent), now_ms, world.settings())?;
                return Ok((Effect::CancelRefused, answer));
            }
            (Status::Canceled, DojoRepeatedCancel::NotFound) => {
                let sentence = "There is no payment intent with this id";
                return refused(StatusCode::NOT_FOUND, sentence);
            }
            (Status::Canceled, DojoRepeatedCancel::BadRequest) => {
                let sentence = "The payment intent is already canceled";
                return refused(StatusCode::BAD_REQUEST, sentence);
            }
        }
        let answer = shown(world.books.dojo.find(id), now_ms, world.settings())?;
        Ok((Effect::Cancelled, answer))
    })
}
