//! Money of a payment on a machine of Dojo that is held, taken, undone and given back.

use payment::{RefundRoute, State};
use practice::{Press, Settings};
use providers::Class;
use till::api::{ActInput, ActProgress, PaymentView, SaleInput, Telling};
use tillside_tests::world::{Mishap, dojo_sale};

use super::{TID, act, assert_nothing_charged, assert_once, charge, press, when_asked};
use crate::counter::{Counter, DIGITS, seconds};

async fn held(change: impl FnOnce(&mut Settings)) -> (Counter, String) {
    let counter = Counter::with(change).await;
    let machine = counter.world.dojo_machine(TID).unwrap();
    let mut request = dojo_sale("R-1", DIGITS, &machine);
    request.sale = Some(SaleInput {
        hold: true,
        ..SaleInput::default()
    });
    let sale = counter.till().start_charge(request).await.unwrap().id;
    when_asked(&counter.world, Press::Tap).await;
    let view = counter.until(&sale, State::Authorised).await;
    assert_eq!(view.telling, Telling::Authorised);
    assert_nothing_charged(&counter);
    (counter, sale)
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_taken_once_also_when_the_answer_is_lost() {
    for mishap in [Mishap::Nothing, Mishap::AnswerLost] {
        let (counter, sale) = held(|_| {}).await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        act(&counter, &sale, ActInput::Capture).await.unwrap();
        counter.until(&sale, State::Paid).await;
        assert_once(&counter, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_capture_that_never_arrived_can_be_asked_for_again() {
    let (counter, sale) = held(|_| {}).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    act(&counter, &sale, ActInput::Capture).await.unwrap();
    let unknown = |view: &PaymentView| {
        let act = view.act.as_ref();
        act.is_some_and(|act| act.progress == ActProgress::Unknown)
    };
    counter.until_it(&sale, "given up", unknown).await;
    assert_eq!(counter.view(&sale).await.state, State::Authorised);
    act(&counter, &sale, ActInput::Capture).await.unwrap();
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_let_go_by_a_reversal() {
    for mishap in [Mishap::Nothing, Mishap::AnswerLost] {
        let (counter, sale) = held(|_| {}).await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        act(&counter, &sale, ActInput::Reverse).await.unwrap();
        counter.until(&sale, State::Cancelled).await;
        assert_nothing_charged(&counter);
        assert_eq!(counter.world.practice.refunds(), []);
    }
}

async fn paid(change: impl FnOnce(&mut Settings)) -> (Counter, String) {
    let counter = Counter::with(change).await;
    let sale = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    seconds(10).await;
    (counter, sale)
}

fn refund(digits: &str, route: RefundRoute) -> ActInput {
    let digits = digits.to_owned();
    ActInput::Refund { digits, route }
}

/// What was truly given back, in minor units.
fn given_back(counter: &Counter) -> Vec<i64> {
    let refunds = counter.world.practice.refunds();
    refunds.iter().map(|one| one.amount.minor()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_undone_on_its_day() {
    for mishap in [Mishap::Nothing, Mishap::AnswerLost] {
        let (counter, sale) = paid(|_| {}).await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        act(&counter, &sale, ActInput::Reverse).await.unwrap();
        let view = counter.until(&sale, State::Refunded).await;
        assert_eq!(view.telling, Telling::Reversed);
        assert_eq!(given_back(&counter), [35_050]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refund_whose_answers_are_lost_is_given_once() {
    for lost in [
        vec![],
        vec![(Class::Create, Mishap::RequestLost)],
        vec![(Class::Create, Mishap::AnswerLost); 3],
        vec![(Class::Create, Mishap::RequestLate(20_000))],
        vec![(Class::Create, Mishap::Twice(30_000))],
    ] {
        let (counter, sale) = paid(|_| {}).await;
        counter.order_mishaps(&lost);
        let asked = refund("1000", RefundRoute::Remote);
        act(&counter, &sale, asked).await.unwrap();
        let view = counter.until(&sale, State::PartlyRefunded).await;
        assert_eq!(view.returned.map(|money| money.minor), Some(1_000));
        seconds(200).await;
        assert_eq!(given_back(&counter), [1_000], "{lost:?}");
        let rest = refund("", RefundRoute::Remote);
        act(&counter, &sale, rest).await.unwrap();
        counter.until(&sale, State::Refunded).await;
        assert_eq!(given_back(&counter), [1_000, 34_050]);
        assert_eq!(counter.world.net.broken(), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_till_killed_in_a_refund_gives_it_once() {
    for mishap in [Mishap::RequestSwallowed, Mishap::AnswerLate(60_000)] {
        let (mut counter, sale) = paid(|_| {}).await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        let asked = refund("1000", RefundRoute::Remote);
        act(&counter, &sale, asked).await.unwrap();
        seconds(1).await;
        counter.restart().await;
        counter.until(&sale, State::PartlyRefunded).await;
        seconds(200).await;
        assert_eq!(given_back(&counter), [1_000], "{mishap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refund_at_the_machine_needs_the_card() {
    let (counter, sale) = paid(|_| {}).await;
    let asked = || refund("1000", RefundRoute::Terminal);
    let usual = [RefundRoute::Terminal, RefundRoute::Remote];
    assert_eq!(counter.view(&sale).await.refund_routes, usual);
    act(&counter, &sale, asked()).await.unwrap();
    when_asked(&counter.world, Press::Decline).await;
    let refused = |view: &PaymentView| view.telling == Telling::RefundRefused;
    let view = counter.until_it(&sale, "refused", refused).await;
    // The way that was refused is not proposed first again.
    let other_first = [RefundRoute::Remote, RefundRoute::Terminal];
    assert_eq!(view.refund_routes, other_first);
    assert_eq!(given_back(&counter), [0_i64; 0]);
    seconds(5).await;
    act(&counter, &sale, asked()).await.unwrap();
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::PartlyRefunded).await;
    assert_eq!(given_back(&counter), [1_000]);
}

/// There is no key against repeating at a machine: it is never sent again, and what it did is read.
#[tokio::test(start_paused = true)]
async fn a_refund_at_the_machine_whose_answer_is_lost_is_never_sent_again() {
    let (counter, sale) = paid(|_| {}).await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let asked = || refund("1000", RefundRoute::Terminal);
    act(&counter, &sale, asked()).await.unwrap();
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::PartlyRefunded).await;
    seconds(300).await;
    assert_eq!(counter.world.practice.dojo_sessions().len(), 2);
    assert_eq!(given_back(&counter), [1_000]);

    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    act(&counter, &sale, asked()).await.unwrap();
    let unknown = |view: &PaymentView| view.telling == Telling::RefundUnknown;
    counter.until_it(&sale, "given up", unknown).await;
    assert_eq!(counter.world.practice.dojo_sessions().len(), 2);
    assert_eq!(given_back(&counter), [1_000]);
}

#[tokio::test(start_paused = true)]
async fn more_than_was_paid_is_never_asked_for() {
    let (counter, sale) = paid(|_| {}).await;
    let too_much = refund("35051", RefundRoute::Remote);
    let refused = act(&counter, &sale, too_much).await.unwrap_err();
    assert_eq!(refused.code, till::api::Code::RefundTooMuch);
    let asked = || refund("20000", RefundRoute::Remote);
    act(&counter, &sale, asked()).await.unwrap();
    counter.until(&sale, State::PartlyRefunded).await;
    let refused = act(&counter, &sale, asked()).await.unwrap_err();
    assert_eq!(refused.code, till::api::Code::RefundTooMuch);
    assert_eq!(given_back(&counter), [20_000]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_unplugged_in_a_refund_leaves_it_unknown() {
    let (counter, sale) = paid(|_| {}).await;
    let asked = refund("1000", RefundRoute::Terminal);
    act(&counter, &sale, asked).await.unwrap();
    when_asked(&counter.world, Press::Tap).await;
    press(&counter.world, Press::Unplug);
    let unknown = |view: &PaymentView| view.telling == Telling::RefundUnknown;
    counter.until_it(&sale, "unknown", unknown).await;
    assert_eq!(given_back(&counter), [0_i64; 0]);
}
