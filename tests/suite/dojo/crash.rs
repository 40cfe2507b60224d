//! The till is killed at every exchange of a sale on a machine of Dojo.

use std::time::Duration;

use payment::{Class, State, Witness};
use practice::{Press, TerminalState};
use till::api::Action;
use tillside_tests::world::CrashPoint;
use tokio::time::timeout;

use super::{TID, act, machine, press, try_charge, when_asked};
use crate::counter::{Counter, seconds};

/// What the people do in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Pays,
    IsCancelled,
    PaysWhileCancelled,
    IsDeclinedAndPays,
    Signs,
}

async fn counter(script: Script) -> Counter {
    Counter::with(|settings| settings.dojo_inserted_is_signed = script == Script::Signs).await
}

async fn perform(counter: &Counter, script: Script) {
    let Ok(sale) = try_charge(counter, "R-1", TID).await else {
        return;
    };
    let id = &sale.id;
    match script {
        Script::Pays => when_asked(&counter.world, Press::Tap).await,
        Script::IsCancelled => {
            seconds(3).await;
            let _ = counter.cancel(id).await;
        }
        Script::PaysWhileCancelled => {
            when_asked(&counter.world, Press::Tap).await;
            let _ = counter.cancel(id).await;
        }
        Script::IsDeclinedAndPays => {
            when_asked(&counter.world, Press::Decline).await;
            counter.until(id, State::NeedsCashier).await;
            seconds(4).await;
            let _ = act(counter, id, till::api::ActInput::TryAgain).await;
            when_asked(&counter.world, Press::Tap).await;
        }
        Script::Signs => {
            when_asked(&counter.world, Press::InsertPin).await;
            counter.until(id, State::NeedsCashier).await;
            let accepted = true;
            let _ = act(counter, id, till::api::ActInput::Sign { accepted }).await;
        }
    }
    counter.until_it(id, "over", |view| !view.open).await;
}

/// What an honest cashier does with a payment that stands open: looks where the till asks for it,
/// and withdraws what waits for a decision.
async fn attend(counter: &Counter) {
    for payment in &*counter.world.payments(0) {
        let id = payment.id.to_string();
        let view = counter.view(&id).await;
        let asks_nobody = !view.actions.contains(&Action::Witness);
        if view.actions.contains(&Action::TryAgain) && asks_nobody {
            let _ = counter.cancel(&id).await;
        }
        if asks_nobody {
            continue;
        }
        if counter.is_charged(payment.key.as_str()) {
            counter.witness(&id, Witness::Paid).await.unwrap();
        } else if machine(&counter.world) == TerminalState::Showing {
            press(&counter.world, Press::CancelOnTerminal);
        } else if machine(&counter.world) == TerminalState::Idle {
            counter.witness(&id, Witness::NotPaid).await.unwrap();
        }
    }
}

async fn recover(counter: &mut Counter, told: &str) {
    counter.restart().await;
    let once = counter.world.payments(0);
    counter.restart().await;
    assert_eq!(once, counter.world.payments(0), "{told}");
    for _ in 0..30 {
        seconds(10).await;
        attend(counter).await;
        let payments = counter.world.payments(0);
        if payments.iter().all(|payment| !payment.state.is_open()) {
            break;
        }
    }
    for payment in &*counter.world.payments(0) {
        assert!(!payment.state.is_open(), "{told}: {payment:?}");
        let shown_paid = payment.state.class() == Class::Paid;
        let is_charged = counter.is_charged(payment.key.as_str());
        assert_eq!(shown_paid, is_charged, "{told}: {:?}", payment.state);
    }
    assert!(counter.world.practice.ledger().len() <= 1, "{told}");
    assert!(counter.world.practice.dojo_intents().len() <= 1, "{told}");
    let sessions = counter.world.practice.dojo_sessions();
    assert!(sessions.iter().all(|one| !one.is_open), "{told}");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new(), "{told}");
    counter.world.seats[0].journal.verify().unwrap();
}

async fn every_point(script: Script) {
    let whole = counter(script).await;
    perform(&whole, script).await;
    let exchanges = whole.world.net.sent();
    assert!(exchanges >= 4, "{exchanges} exchanges");
    for number in 0..exchanges {
        for point in CrashPoint::ALL {
            let told = format!("{script:?}, exchange {number}, {point:?}");
            let mut counter = counter(script).await;
            counter.world.net.set_trap(number, point);
            let trapped = async {
                tokio::select! {
                    biased;
                    () = counter.world.net.trapped() => true,
                    () = perform(&counter, script) => false,
                }
            };
            let trapped = timeout(Duration::from_secs(600), trapped).await;
            assert_eq!(trapped, Ok(true), "{told}: the exchange never came");
            recover(&mut counter, &told).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sale_that_is_paid_survives_a_crash_anywhere() {
    every_point(Script::Pays).await;
}

#[tokio::test(start_paused = true)]
async fn a_sale_that_is_cancelled_survives_a_crash_anywhere() {
    every_point(Script::IsCancelled).await;
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_races_a_card_survives_a_crash_anywhere() {
    every_point(Script::PaysWhileCancelled).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_card_survives_a_crash_anywhere() {
    every_point(Script::IsDeclinedAndPays).await;
}

#[tokio::test(start_paused = true)]
async fn a_signature_survives_a_crash_anywhere() {
    every_point(Script::Signs).await;
}
