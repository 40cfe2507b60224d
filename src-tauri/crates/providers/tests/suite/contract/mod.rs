//! One contract for every system, and for each way to pay there: the same scenarios, over real HTTP, against a practice store
//! that was written from the same documents by other hands. What a system does not offer is asked
//! of its capabilities and said with its reason, never skipped in silence.

mod recovery;
mod sale;
mod trouble;

use std::future::Future;
use std::pin::Pin;

use crate::shop::Side;

/// How a scenario ended that was not broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offered {
    Yes,
    /// And why.
    No(&'static str),
}

type Playing = Pin<Box<dyn Future<Output = Offered> + Send>>;

struct Scenario {
    name: &'static str,
    play: fn(Side) -> Playing,
}

macro_rules! scenarios {
    ($($module:ident::$name:ident),+ $(,)?) => {
        [$(Scenario {
            name: stringify!($name),
            play: |side| Box::pin($module::$name(side)),
        }),+]
    };
}

fn scenarios() -> Vec<Scenario> {
    scenarios![
        sale::approve,
        sale::decline,
        sale::decline_then_approve,
        sale::expire,
        sale::cancel_early,
        sale::cancel_late,
        sale::cancel_twice,
        sale::cancel_while_paying,
        recovery::lost_create_that_arrived,
        recovery::lost_create_that_did_not,
        recovery::create_delivered_twice,
        recovery::taken_reference,
        recovery::lost_cancel,
        recovery::lost_read,
        recovery::late_list,
        trouble::key_refused,
        trouble::not_found,
        trouble::invalid,
        trouble::slow_down,
        trouble::fault_with_effect,
        trouble::fault_without_effect,
        trouble::slow,
        trouble::junk_create,
        trouble::junk_read,
        trouble::junk_cancel,
        trouble::junk_list,
        trouble::other_clock,
    ]
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_system_keeps_the_contract() {
    let mut broken = Vec::new();
    let mut notes = Vec::new();
    let sides = Side::all();
    let heads = sides.iter().map(|side| format!("{:24}", side.to_string()));
    println!("{:26} {}", "", heads.collect::<String>());
    for scenario in scenarios() {
        let playing: Vec<_> = sides
            .iter()
            .map(|side| tokio::spawn((scenario.play)(*side)))
            .collect();
        let mut cells = Vec::new();
        for (side, played) in sides.iter().zip(playing) {
            let cell = match played.await {
                Ok(Offered::Yes) => "yes",
                Ok(Offered::No(why)) => {
                    notes.push(format!("{}, {side}: not offered: {why}", scenario.name));
                    "not offered"
                }
                Err(_) => {
                    broken.push(format!("{} {side}", scenario.name));
                    "BROKEN"
                }
            };
            cells.push(format!("{cell:24}"));
        }
        println!("{:26} {}", scenario.name, cells.concat());
    }
    println!("{}", notes.join("\n"));
    assert!(broken.is_empty(), "broken: {broken:?}");
}
