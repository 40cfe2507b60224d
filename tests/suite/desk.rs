//! What is asked before money moves, another amount for an order, and what waits for somebody: on a clock
//! that is turned by hand, under lost answers and crashes.

use payment::{Decision, State};
use practice::{Press, Race};
use providers::Class;
use till::api::{
    ApiError, ChangeAmountRequest, ChargeAnywayRequest, Code, DecideRequest, InboxMissing,
    InboxTask, InboxView, LineKey, ListInboxRequest, PaymentView, ShowWarningsRequest, Telling,
    WarningKind,
};
use tillside_tests::world::{Mishap, sale};
use tokio::time::sleep;

use crate::counter::{Counter, DIGITS, TERMINAL, seconds};

async fn paid(counter: &Counter, order: &str) -> String {
    let sale = counter.charge(order).await;
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    sale
}

async fn anyway(
    counter: &Counter,
    order: &str,
    past: Vec<String>,
) -> Result<PaymentView, ApiError> {
    let charge = sale(order, DIGITS, TERMINAL);
    let request = ChargeAnywayRequest { charge, past };
    counter.till().charge_anyway(request).await
}

/// The names of what a charge is warned of.
async fn warned(counter: &Counter, order: &str) -> Vec<String> {
    let error = counter.try_charge(order).await.unwrap_err();
    assert_eq!(error.code, Code::ChargeWarned, "{error:?}");
    let names = error.detail.unwrap();
    names.split(' ').map(str::to_owned).collect()
}

async fn kinds(counter: &Counter, warnings: Vec<String>) -> Vec<(WarningKind, Option<String>)> {
    let request = ShowWarningsRequest { warnings };
    let view = counter.till().show_warnings(request).await.unwrap();
    let warnings = view.warnings.into_iter();
    warnings
        .map(|warning| (warning.kind, warning.twin.map(|twin| twin.order)))
        .collect()
}

async fn change(counter: &Counter, payment: &str, digits: &str) -> Result<PaymentView, ApiError> {
    let request = ChangeAmountRequest {
        payment: payment.to_owned(),
        digits: digits.to_owned(),
        past: Vec::new(),
    };
    counter.till().change_amount(request).await
}

async fn inbox(counter: &Counter) -> InboxView {
    counter
        .till()
        .list_inbox(ListInboxRequest {})
        .await
        .unwrap()
}

async fn decide(
    counter: &Counter,
    payment: &str,
    decision: Decision,
    reason: &str,
) -> Result<PaymentView, ApiError> {
    let request = DecideRequest {
        payment: payment.to_owned(),
        decision,
        reason: reason.to_owned(),
    };
    counter.till().decide_payment(request).await
}

fn has_line(view: &PaymentView, key: LineKey) -> bool {
    view.timeline.iter().any(|line| line.what == key)
}

#[tokio::test(start_paused = true)]
async fn a_second_coffee_of_the_same_price_is_one_deliberate_press_away() {
    let counter = Counter::open().await;
    let first = paid(&counter, "R-1").await;
    let sent = counter.world.practice.requests().len();
    let names = warned(&counter, "R-2").await;
    assert_eq!(
        counter.world.practice.requests().len(),
        sent,
        "nothing left"
    );
    let expected = vec![(WarningKind::SameAmount, Some("R-1".to_owned()))];
    assert_eq!(kinds(&counter, names.clone()).await, expected);
    // Enter again is no answer, and neither is the name of something else.
    assert_eq!(warned(&counter, "R-2").await, names);
    let other = vec![format!("same_order:{first}")];
    let refused = anyway(&counter, "R-2", other).await.unwrap_err();
    assert_eq!(refused.code, Code::ChargeWarned);
    let odd = anyway(&counter, "R-2", vec!["yes".to_owned()]).await;
    assert_eq!(odd.unwrap_err().code, Code::BadRequest);
    let view = anyway(&counter, "R-2", names).await.unwrap();
    assert!(
        has_line(&view, LineKey::PassedSameAmount),
        "{:?}",
        view.timeline
    );
    counter.when_asked(Press::Tap).await;
    counter.until(&view.id, State::Paid).await;
    assert_eq!(counter.world.practice.ledger().len(), 2);
    // A while later nobody is asked.
    seconds(181).await;
    counter.charge("R-3").await;
}

#[tokio::test(start_paused = true)]
async fn the_same_purchase_under_another_order_is_told_while_the_first_is_not_known() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let lost = counter.charge("R-1").await;
    counter.until(&lost, State::NotKnown).await;
    let names = warned(&counter, "R-2").await;
    let expected = vec![(WarningKind::UnresolvedTwin, Some("R-1".to_owned()))];
    assert_eq!(kinds(&counter, names).await, expected);
    // The order itself is not a matter of pressing once more.
    let past = vec![format!("unresolved_twin:{lost}")];
    let refused = anyway(&counter, "R-1", past).await.unwrap_err();
    assert_eq!(refused.code, Code::OrderNotKnown);
}

#[tokio::test(start_paused = true)]
async fn another_amount_is_sent_once_the_first_is_proved_withdrawn() {
    let counter = Counter::open().await;
    let first = counter.charge("R-1").await;
    counter.until(&first, State::Waiting).await;
    let second = change(&counter, &first, "3505").await.unwrap();
    assert_eq!((second.order.as_str(), second.attempt), ("R-1", 2));
    assert_eq!(second.amount.minor, 3_505);
    let before = counter.view(&first).await;
    assert_eq!(before.state, State::Cancelled);
    assert!(has_line(&before, LineKey::AmountChangeAsked));
    counter.when_asked(Press::Tap).await;
    counter.until(&second.id, State::Paid).await;
    assert_eq!(counter.world.practice.ledger().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn lost_cancels_send_nothing_before_there_is_proof() {
    for mishap in [Mishap::AnswerLost, Mishap::RequestLost] {
        let counter = Counter::open().await;
        let first = counter.charge("R-1").await;
        counter.until(&first, State::Waiting).await;
        counter.order_mishaps(&[(Class::Cancel, mishap)]);
        let changed = change(&counter, &first, "3505").await;
        let orders: Vec<State> = counter
            .world
            .payments(0)
            .iter()
            .map(|payment| payment.state)
            .collect();
        let live = orders.iter().filter(|state| state.is_open()).count();
        assert!(live <= 1, "{mishap:?}: {orders:?} {changed:?}");
        assert_eq!(counter.view(&first).await.open, changed.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_is_faster_has_paid_and_nothing_else_is_sent() {
    let counter = Counter::with(|settings| {
        settings.race = Race::ApprovalWins;
        settings.tap_ms = 6_000;
    })
    .await;
    let first = counter.charge("R-1").await;
    counter.until(&first, State::Waiting).await;
    // The card is in the machine, and the till has not read it yet.
    counter.when_asked(Press::Tap).await;
    let answer = change(&counter, &first, "3505").await.unwrap();
    assert_eq!(
        (answer.id.as_str(), answer.state),
        (first.as_str(), State::Paid)
    );
    assert_eq!(counter.world.payments(0).len(), 1);
    assert_eq!(counter.world.practice.ledger().len(), 1);
    let late = change(&counter, &first, "3505").await.unwrap_err();
    assert_eq!(late.code, Code::TooLate);
}

/// Wherever the till dies, the order has at most one live payment, and after the next start the new amount
/// does not come by itself.
#[tokio::test(start_paused = true)]
async fn a_till_that_dies_in_the_middle_of_it_leaves_at_most_one_live() {
    for after_ms in [0, 5, 20, 60, 120, 400, 1_500] {
        let mut counter = Counter::open().await;
        let first = counter.charge("R-1").await;
        counter.until(&first, State::Waiting).await;
        let till = counter.till().clone();
        let request = ChangeAmountRequest {
            payment: first.clone(),
            digits: "3505".to_owned(),
            past: Vec::new(),
        };
        let changing = tokio::spawn(async move { till.change_amount(request).await });
        sleep(std::time::Duration::from_millis(after_ms)).await;
        changing.abort();
        let _ = changing.await;
        counter.restart().await;
        seconds(120).await;
        let payments = counter.world.payments(0);
        let live = payments
            .iter()
            .filter(|payment| payment.state.is_open())
            .count();
        assert!(live <= 1, "{after_ms} ms: {payments:?}");
        let intents = counter.world.practice.ledger().len();
        assert_eq!(intents, 0, "{after_ms} ms: nobody paid");
        if live == 0 {
            // A press goes on where it stopped.
            counter.charge("R-1").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_waits_in_the_inbox_and_goes_by_itself() {
    let counter = Counter::open().await;
    assert!(inbox(&counter).await.items.is_empty());
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    let lost = counter.charge("R-1").await;
    counter.until(&lost, State::NotKnown).await;
    let items = inbox(&counter).await.items;
    let [item] = &*items else {
        panic!("one waits: {items:?}")
    };
    assert_eq!(
        (item.task, item.missing),
        (InboxTask::NotKnown, InboxMissing::Create)
    );
    assert!(item.tried_at.is_some(), "{item:?}");
    counter.until(&lost, State::Waiting).await;
    assert!(inbox(&counter).await.items.is_empty(), "it is known");
}

/// A payment that is told cancelled and turns paid.
async fn paid_late() -> (Counter, String) {
    let counter = Counter::with(|settings| {
        settings.race = Race::ApprovalAfterCancel;
        settings.tap_ms = 6_000;
    })
    .await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    counter.cancel(&sale).await.unwrap();
    counter
        .until_it(&sale, "paid late", |view| view.telling == Telling::PaidLate)
        .await;
    (counter, sale)
}

#[tokio::test(start_paused = true)]
async fn late_news_stays_a_managers_task_until_it_is_decided() {
    let (mut counter, sale) = paid_late().await;
    counter.restart().await;
    let items = inbox(&counter).await.items;
    let tasks: Vec<InboxTask> = items.iter().map(|item| item.task).collect();
    assert_eq!(tasks, [InboxTask::Late]);
    // Compago has no refund: the words say what to do, and nothing is given back by itself.
    assert!(!items[0].can_refund);
    let without = decide(&counter, &sale, Decision::Keep, "  ").await;
    assert_eq!(without.unwrap_err().code, Code::ReasonMissing);
    assert_eq!(inbox(&counter).await.items.len(), 1);
    let view = decide(&counter, &sale, Decision::Keep, "took the goods").await;
    let view = view.unwrap();
    assert!(has_line(&view, LineKey::DecidedKeep), "{:?}", view.timeline);
    assert!(inbox(&counter).await.items.is_empty());
    counter.restart().await;
    assert!(inbox(&counter).await.items.is_empty(), "decided for good");
    let again = decide(&counter, &sale, Decision::GiveBack, "no").await;
    assert_eq!(again.unwrap_err().code, Code::TooLate);
    counter.world.seats[0].journal.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn where_there_is_no_refund_what_was_given_back_by_hand_is_recorded() {
    let (counter, sale) = paid_late().await;
    let view = decide(&counter, &sale, Decision::GiveBack, "in cash").await;
    let view = view.unwrap();
    assert!(has_line(&view, LineKey::DecidedGiveBack));
    assert_eq!(view.state, State::Paid, "the provider has it still");
    assert!(inbox(&counter).await.items.is_empty());
}
