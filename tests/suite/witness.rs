//! A person's word: only where the till cannot find out, and only what that person says.

use payment::{State, Witness};
use practice::{Fault, Press};
use providers::Class;
use till::api::{Action, Code, Telling};
use tillside_tests::world::Mishap;

use crate::counter::{Always, Counter, seconds};

/// A sale of which the provider says that it has it and not which it is.
async fn unseen() -> (Counter, String) {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let sale = counter.charge("R-1").await;
    counter
        .until_it(&sale, "unseen", |view| {
            view.telling == Telling::NotKnownUnseen
        })
        .await;
    (counter, sale)
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_without_a_name_asks_a_person_who_saw_it_paid() {
    let (counter, sale) = unseen().await;
    let view = counter.view(&sale).await;
    assert!(view.actions.contains(&Action::Witness));
    counter.when_asked(Press::Tap).await;
    seconds(3).await;
    assert_eq!(counter.view(&sale).await.state, State::NotKnown);
    let view = counter.witness(&sale, Witness::Paid).await.unwrap();
    assert_eq!(view.telling, Telling::PaidByHand);
    assert_eq!(counter.refused("R-1").await, Code::OrderPaid);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_cancelled_it_on_the_machine_frees_the_order() {
    let (counter, sale) = unseen().await;
    counter.when_asked(Press::CancelOnTerminal).await;
    let view = counter.witness(&sale, Witness::NotPaid).await.unwrap();
    assert_eq!(view.telling, Telling::FailedByHand);
    let again = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    counter.until(&again, State::Paid).await;
    assert_eq!(counter.world.practice.ledger().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_post_delivered_twice_is_no_refusal() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::Store(Fault::DeliverTwice))]);
    let sale = counter.charge("R-1").await;
    seconds(5).await;
    let view = counter.view(&sale).await;
    assert_eq!(view.telling, Telling::NotKnownUnseen);
    assert_eq!(counter.refused("R-1").await, Code::OrderNotKnown);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_while_the_till_can_find_out_itself() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    for saw in [Witness::Paid, Witness::NotPaid] {
        let error = counter.witness(&sale, saw).await.unwrap_err();
        assert_eq!(error.code, Code::TooLate);
    }
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    let error = counter.witness(&sale, Witness::NotPaid).await.unwrap_err();
    assert_eq!(error.code, Code::TooLate);
    assert_eq!(counter.view(&sale).await.state, State::Paid);
}

/// As long as a request of the till may still arrive, a person who sees nothing has seen nothing.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_never_asks_a_person_before_the_provider_has_spoken() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::NotKnown).await;
    counter.world.net.set_weather(Always(Mishap::Refused));
    seconds(300).await;
    let view = counter.view(&sale).await;
    assert!(!view.actions.contains(&Action::Witness));
    let error = counter.witness(&sale, Witness::NotPaid).await.unwrap_err();
    assert_eq!(error.code, Code::TooLate);
    counter.calm();
    counter.until(&sale, State::Cancelled).await;
}
