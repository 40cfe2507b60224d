//! The till is killed at every exchange of a sale, before it leaves, before its answer and before
//! the answer is read, and once more during recovery. A driver waits nowhere else: what it does
//! between two exchanges is one step, and the journal's appends are in it.

use std::time::Duration;

use payment::{Class, State};
use practice::{Duplicate, Press, Settings};
use till::api::PaymentsFilter;
use tillside_tests::world::CrashPoint;
use tokio::time::timeout;

use crate::counter::{Counter, seconds};

/// What the people do in a script.
#[derive(Debug, Clone, Copy)]
enum Script {
    Pays,
    IsCancelled,
    PaysWhileCancelled,
}

async fn perform(counter: &Counter, script: Script) {
    let Ok(sale) = counter.try_charge("R-1").await else {
        return;
    };
    seconds(3).await;
    match script {
        Script::Pays => counter.press(Press::Tap),
        Script::IsCancelled => {
            let _ = counter.cancel(&sale.id).await;
        }
        Script::PaysWhileCancelled => {
            counter.press(Press::Tap);
            let _ = counter.cancel(&sale.id).await;
        }
    }
    counter.until_it(&sale.id, "over", |view| !view.open).await;
}

async fn counter(duplicate: Duplicate) -> Counter {
    let change = |settings: &mut Settings| {
        settings.duplicate = duplicate;
        settings.lifetime_ms = 60_000;
    };
    Counter::with(change).await
}

/// After the crash: the till starts, is killed at once, starts again; then everything must become
/// known, and agree with the ledger.
async fn recover(counter: &mut Counter, told: &str) {
    counter.restart().await;
    let once = counter.world.payments(0);
    counter.restart().await;
    assert_eq!(once, counter.world.payments(0), "{told}");
    for _ in 0..30 {
        seconds(10).await;
        for payment in &*counter.world.payments(0) {
            let id = payment.id.to_string();
            counter.attend(&id, payment.key.as_str()).await;
        }
    }
    let open = till::api::ListPaymentsRequest {
        filter: PaymentsFilter::Open,
        search: String::new(),
        before: None,
    };
    let open = counter.till().list_payments(open).await.unwrap().rows;
    assert!(open.is_empty(), "{told}: {open:?}");
    for payment in &*counter.world.payments(0) {
        let shown_paid = payment.state.class() == Class::Paid;
        let is_charged = counter.is_charged(payment.key.as_str());
        assert_eq!(shown_paid, is_charged, "{told}: {:?}", payment.state);
    }
    assert!(counter.world.practice.ledger().len() <= 1, "{told}");
    assert!(counter.world.practice.intents().len() <= 1, "{told}");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new(), "{told}");
    counter.world.seats[0].journal.verify().unwrap();
}

async fn every_point(script: Script, duplicate: Duplicate) -> u64 {
    let whole = counter(duplicate).await;
    perform(&whole, script).await;
    let exchanges = whole.world.net.sent();
    assert!(exchanges >= 3, "{exchanges} exchanges");
    for number in 0..exchanges {
        for point in CrashPoint::ALL {
            let told = format!("{script:?}, {duplicate:?}, exchange {number}, {point:?}");
            let mut counter = counter(duplicate).await;
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
    exchanges
}

#[tokio::test(start_paused = true)]
async fn a_sale_that_is_paid_survives_a_crash_anywhere() {
    for duplicate in [Duplicate::Replay, Duplicate::Conflict] {
        every_point(Script::Pays, duplicate).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_sale_that_is_cancelled_survives_a_crash_anywhere() {
    for duplicate in [Duplicate::Replay, Duplicate::Conflict] {
        every_point(Script::IsCancelled, duplicate).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_races_a_card_survives_a_crash_anywhere() {
    every_point(Script::PaysWhileCancelled, Duplicate::ConflictWithId).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_the_answer_is_told_as_such_and_blocks_the_order() {
    let mut counter = counter(Duplicate::Replay).await;
    counter.world.net.set_trap(0, CrashPoint::BeforeTheAnswer);
    let sale = counter.charge("R-1").await;
    counter.world.net.trapped().await;
    counter.restart().await;
    let view = counter.view(&sale).await;
    assert_eq!(view.telling, till::api::Telling::NotKnownInterrupted);
    let code = counter.refused("R-1").await;
    assert_eq!(code, till::api::Code::OrderNotKnown);
    counter.until(&sale, State::Cancelled).await;
    assert_eq!(counter.world.practice.intents().len(), 1);
}
