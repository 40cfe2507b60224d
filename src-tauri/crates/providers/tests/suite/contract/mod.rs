//! One contract for every system: the same scenarios, over real HTTP, against a practice store
//! that was written from the same documents by other hands. What a system does not offer is asked
//! of its capabilities and said with its reason, never skipped in silence.

mod recovery;
mod sale;
mod trouble;

use std::future::Future;
use std::pin::Pin;

use payment::System;

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
    play: fn(System) -> Playing,
}

macro_rules! scenarios {
    ($($module:ident::$name:ident),+ $(,)?) => {
        [$(Scenario {
            name: stringify!($name),
            play: |system| Box::pin($module::$name(system)),
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
    println!("{:26} {:?}", "", System::ALL);
    for scenario in scenarios() {
        let playing = System::ALL.map(|system| tokio::spawn((scenario.play)(system)));
        let mut cells = Vec::new();
        for (system, played) in System::ALL.into_iter().zip(playing) {
            let cell = match played.await {
                Ok(Offered::Yes) => "yes",
                Ok(Offered::No(why)) => {
                    notes.push(format!("{}, {system:?}: not offered: {why}", scenario.name));
                    "not offered"
                }
                Err(_) => {
                    broken.push(format!("{} {system:?}", scenario.name));
                    "BROKEN"
                }
            };
            cells.push(format!("{cell:14}"));
        }
        println!("{:26} {}", scenario.name, cells.concat());
    }
    println!("{}", notes.join("\n"));
    assert!(broken.is_empty(), "broken: {broken:?}");
}
