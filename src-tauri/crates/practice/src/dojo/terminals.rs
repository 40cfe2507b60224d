//! The list of card machines (docs.dojo.tech/api/v3/bundled.json, terminals).

use http::StatusCode;
use serde_json::{Value, json};

use super::answers::{Asks, answered};
use super::problem::Refused;
use crate::Effect;
use crate::message::{Answer, Received, iso_8601};
use crate::world::World;

const STATUSES: [&str; 3] = ["Available", "Offline", "InUse"];

/// A machine reports itself all the time, so that it was always updated just now.
fn object(id: &str, tid: &str, status: &str, now_ms: u64) -> Value {
    json!({
        "id": id, "properties": {"tid": tid}, "status": status, "updatedAt": iso_8601(now_ms),
    })
}

/// `GET /terminals?statuses=Available`: the parameter may come more than once, or with commas.
pub(super) fn list(world: &mut World, now_ms: u64, received: &Received) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, _| {
            let wanted: Vec<String> = received
                .query_all("statuses")
                .iter()
                .flat_map(|text| text.split(','))
                .map(str::to_owned)
                .collect();
            if wanted.iter().any(|word| !STATUSES.contains(&word.as_str())) {
                let sentence = "statuses has an unknown status";
                return Err(Refused::invalid("Statuses", sentence));
            }
            let machines = world.machine_statuses().into_iter();
            let found = machines
                .filter(|(_, _, status)| {
                    wanted.is_empty() || wanted.iter().any(|word| word == status.word())
                })
                .map(|(id, tid, status)| object(id, tid, status.word(), now_ms));
            let found: Vec<_> = found.collect();
            Ok((Effect::Listed, Answer::json(StatusCode::OK, &found)))
        },
    )
}

/// `GET /terminals/{id}`.
pub(super) fn read(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Terminals,
        |world, now_ms, entry| {
            let machines = world.machine_statuses();
            let machine = machines.iter().find(|(one, ..)| *one == id);
            let Some((id, tid, status)) = machine else {
                let sentence = "There is no terminal with this id";
                return Err(Refused::new(
                    StatusCode::NOT_FOUND,
                    Effect::NotFound,
                    sentence,
                ));
            };
            entry.terminal = Some((*id).to_owned());
            let found = object(id, tid, status.word(), now_ms);
            Ok((Effect::Read, Answer::json(StatusCode::OK, &found)))
        },
    )
}
