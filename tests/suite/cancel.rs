//! A cancel is a request; a reading decides.

use payment::State;
use payment::failure::MoneyMoved;
use practice::{Press, Race};
use providers::Class;
use till::api::{Code, LineKey, Notice, PaymentRowView, Telling};
use tillside_tests::world::Mishap;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::counter::{Counter, seconds};

/// The orders that are open and those with an alarm, as they were last told.
fn last_overview(heard: &mut UnboundedReceiver<Notice>) -> (Vec<String>, Vec<String>) {
    let orders = |rows: &[PaymentRowView]| rows.iter().map(|row| row.order.clone()).collect();
    let mut told = None;
    while let Ok(notice) = heard.try_recv() {
        if let Notice::Overview { view } = notice {
            told = Some((orders(&view.open), orders(&view.alarms)));
        }
    }
    told.expect("an overview is told")
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_sale_says_so_and_frees_order_and_terminal() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    seconds(3).await;
    let view = counter.cancel(&sale).await.unwrap();
    assert_eq!(view.telling, Telling::Cancelling, "asked is not done");
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(
        (view.telling, view.moved),
        (Telling::Cancelled, MoneyMoved::No)
    );
    assert_eq!(counter.cancel(&sale).await.unwrap_err().code, Code::TooLate);
    let again = counter.charge("R-1").await;
    assert_eq!(counter.view(&again).await.attempt, 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_loses_the_race_ends_in_paid_and_says_so() {
    let counter = Counter::with(|settings| settings.race = Race::ApprovalWins).await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    counter.cancel(&sale).await.unwrap();
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.telling, Telling::PaidAfterCancel);
    assert!(
        view.timeline
            .iter()
            .any(|line| line.what == LineKey::CancelRefused)
    );
    assert_eq!(counter.world.practice.ledger().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_approval_after_an_accepted_cancel_is_found_and_raises_the_alarm() {
    let counter = Counter::with(|settings| {
        settings.race = Race::ApprovalAfterCancel;
        settings.tap_ms = 6_000;
    })
    .await;
    let mut heard = counter.till().listen();
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    seconds(1).await;
    // Nobody asked, and whoever listens knows: first that it is over, then that it is not.
    assert_eq!(last_overview(&mut heard), (Vec::new(), Vec::new()));
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.telling, Telling::PaidLate);
    seconds(1).await;
    let alarmed = (Vec::new(), vec!["R-1".to_owned()]);
    assert_eq!(last_overview(&mut heard), alarmed);
    assert_eq!(counter.refused("R-1").await, Code::OrderPaid);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_while_the_create_is_on_its_way_is_kept_and_done() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLate(6_000))]);
    let sale = counter.charge("R-1").await;
    let view = counter.cancel(&sale).await.unwrap();
    assert_eq!(view.telling, Telling::Cancelling);
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(view.moved, MoneyMoved::No);
    assert!(counter.world.practice.ledger().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cancel_whose_answer_is_lost_is_decided_by_a_reading() {
    for mishap in [
        Mishap::AnswerLost,
        Mishap::RequestLost,
        Mishap::RequestSwallowed,
        Mishap::Refused,
    ] {
        let counter = Counter::open().await;
        let sale = counter.charge("R-1").await;
        counter.until(&sale, State::Waiting).await;
        counter.order_mishaps(&[(Class::Cancel, mishap)]);
        counter.cancel(&sale).await.unwrap();
        counter.until(&sale, State::Cancelled).await;
        assert_eq!(counter.world.practice.intents().len(), 1, "{mishap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_arrives_late_never_undoes_a_payment() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    counter.order_mishaps(&[(Class::Cancel, Mishap::RequestLate(9_000))]);
    counter.cancel(&sale).await.unwrap();
    counter.when_asked(Press::Tap).await;
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.telling, Telling::PaidAfterCancel);
    seconds(60).await;
    assert_eq!(counter.view(&sale).await.state, State::Paid);
}
