//! Lost answers, refused keys, full disks and clocks that jump.

use journal::{Fact, Health};
use payment::{ShopEvent, State};
use practice::{Duplicate, Effect, PRACTICE_KEY, Press};
use providers::Class;
use till::api::{Code, Telling};
use tillside_tests::world::Mishap;

use crate::counter::{Always, Counter, seconds};

const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;

fn creates(counter: &Counter, effect: Effect) -> usize {
    let requests = counter.world.practice.requests().into_iter();
    requests.filter(|request| request.effect == effect).count()
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_by_repeating_with_the_same_key() {
    for duplicate in [Duplicate::Replay, Duplicate::ReplayAsNew] {
        let counter = Counter::with(|settings| settings.duplicate = duplicate).await;
        counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
        let sale = counter.charge("R-1").await;
        let view = counter.until(&sale, State::NotKnown).await;
        assert_eq!(view.telling, Telling::NotKnownLost);
        assert_eq!(counter.refused("R-1").await, Code::OrderNotKnown);
        counter.until(&sale, State::Waiting).await;
        counter.when_asked(Press::Tap).await;
        counter.until(&sale, State::Paid).await;
        assert_eq!(creates(&counter, Effect::Created), 1, "{duplicate:?}");
        assert!(creates(&counter, Effect::DuplicateReference) >= 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_sent_again_and_paid() {
    for mishap in [Mishap::RequestLost, Mishap::RequestSwallowed] {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        let sale = counter.charge("R-1").await;
        counter.until(&sale, State::NotKnown).await;
        counter.when_asked(Press::Tap).await;
        counter.until(&sale, State::Paid).await;
        assert_eq!(creates(&counter, Effect::Created), 1, "{mishap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sale_found_after_the_customer_left_is_withdrawn() {
    let counter = Counter::with(|settings| settings.duplicate = Duplicate::Replay).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::NotKnown).await;
    counter.world.net.set_weather(Always(Mishap::Refused));
    seconds(180).await;
    assert_eq!(counter.view(&sale).await.state, State::NotKnown);
    counter.calm();
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(view.cashier, "");
    assert!(counter.world.practice.ledger().is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_connection_ends_the_sale_at_once_and_nothing_was_sent() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::Refused)]);
    let sale = counter.charge("R-1").await;
    let view = counter.until(&sale, State::Failed).await;
    assert_eq!(view.telling, Telling::FailedNotSent);
    assert!(counter.world.practice.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_create_that_arrives_after_everybody_gave_up_makes_no_second_intent() {
    let counter = Counter::with(|settings| settings.duplicate = Duplicate::Replay).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLate(90_000))]);
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    seconds(120).await;
    assert_eq!(creates(&counter, Effect::Created), 1);
    assert_eq!(counter.world.practice.ledger().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_revoked_in_the_middle_keeps_the_sale_open_until_it_can_be_read_again() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    counter.world.practice.accept_keys(&["another"]);
    counter.when_asked(Press::Tap).await;
    seconds(40).await;
    let view = counter.view(&sale).await;
    assert_eq!(view.telling, Telling::WaitingUnreachable);
    counter.world.practice.accept_keys(&[PRACTICE_KEY]);
    counter.until(&sale, State::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn readings_that_lag_behind_the_create_are_not_believed() {
    let counter = Counter::with(|settings| settings.visibility_lag_ms = 25_000).await;
    let sale = counter.charge("R-1").await;
    seconds(20).await;
    let view = counter.view(&sale).await;
    assert!(view.open, "404 for {} s proves nothing", view.elapsed_s);
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn clocks_that_jump_change_nothing_about_the_money() {
    let mut counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    counter.world.clock.jump(-9 * YEAR_MS);
    let view = counter.view(&sale).await;
    assert!(view.elapsed_s < 60, "{} s", view.elapsed_s);
    counter.restart().await;
    counter.world.clock.jump(20 * YEAR_MS);
    assert_eq!(counter.refused("R-1").await, Code::OrderOpen);
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    counter.world.seats[0].journal.verify().unwrap();
}

/// Fills the journal's file up to its limit.
async fn fill(counter: &Counter) {
    let journal = &counter.world.seats[0].journal;
    journal.limit_growth(1).await;
    let fact = || {
        let name = "x".repeat(40);
        Fact::Shop(ShopEvent::CashierNamed { name })
    };
    for _ in 0..2_000 {
        if journal.append(0, vec![fact()]).await.is_err() {
            return;
        }
    }
    panic!("the journal never filled up");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_new_sales_and_loses_sight_of_none() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    fill(&counter).await;
    assert_eq!(counter.refused("R-2").await, Code::JournalFull);
    let overview = counter.till().overview(till::api::OverviewRequest {}).await;
    assert_eq!(overview.unwrap().trouble, Some(Code::JournalFull));
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    let asked = counter.world.practice.requests().into_iter();
    assert!(
        asked
            .filter(|one| one.external_id.as_deref() == Some("R-2"))
            .count()
            == 0
    );
    // Room again: what was only told so far is written down.
    let journal = &counter.world.seats[0].journal;
    journal.limit_growth(10_000).await;
    assert_eq!(journal.retry_health().await, Health::Writable);
    seconds(30).await;
    let payments = counter.world.payments(0);
    assert_eq!(payments.first().unwrap().state, State::Paid);
}
