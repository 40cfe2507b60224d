//! Sales that end well, or at least plainly.

use payment::failure::MoneyMoved;
use payment::{Prompt, State};
use practice::{DeclineShape, Fault, Press};
use providers::Class;
use till::api::{Action, Code, PaymentRequest, Telling};
use tillside_tests::trace::Trace;
use tillside_tests::world::{Mishap, World, sale};

use crate::counter::{Always, Counter, DIGITS, TERMINAL, seconds};

#[tokio::test(start_paused = true)]
async fn a_card_is_tapped_and_the_sale_is_paid() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!((view.telling, view.moved), (Telling::Paid, MoneyMoved::Yes));
    assert_eq!(view.enter, Some(Action::NextCustomer));
    assert_eq!(counter.world.practice.ledger().len(), 1);
    assert_eq!(counter.refused("R-1").await, Code::OrderPaid);
    assert!(counter.world.net.broken().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_declined_card_leaves_the_sale_open_and_another_card_pays_it() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Decline).await;
    let view = counter
        .until_it(&sale, "declined", |view| {
            view.prompt == Some(Prompt::CardDeclined)
        })
        .await;
    assert_eq!(view.telling, Telling::WaitingDeclined);
    counter.when_asked(Press::Tap).await;
    counter.until(&sale, State::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn a_decline_that_ends_the_intent_lets_the_order_be_charged_again() {
    let counter =
        Counter::with(|settings| settings.decline = DeclineShape::CancelledWithSummary).await;
    let first = counter.charge("R-1").await;
    counter.when_asked(Press::Decline).await;
    let view = counter.until(&first, State::Declined).await;
    assert!(view.actions.contains(&Action::ChargeAgain));
    let second = counter.charge("R-1").await;
    counter.when_asked(Press::Tap).await;
    let view = counter.until(&second, State::Paid).await;
    assert_eq!(view.attempt, 2);
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
}

#[tokio::test(start_paused = true)]
async fn a_declined_card_and_a_withdrawn_sale() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::Decline).await;
    seconds(3).await;
    counter.cancel(&sale).await.unwrap();
    // The summary says that a card was refused, so that is what the sale ended by.
    let over = |view: &till::api::PaymentView| !view.open;
    let view = counter.until_it(&sale, "over", over).await;
    assert!(matches!(view.state, State::Declined | State::Cancelled));
    assert_eq!(view.moved, MoneyMoved::No);
    assert!(counter.world.practice.ledger().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_double_click_makes_one_intent() {
    let counter = Counter::open().await;
    let (one, two) = tokio::join!(counter.try_charge("R-1"), counter.try_charge("R-1"));
    let refused = [one, two].map(|answer| answer.err().map(|error| error.code));
    assert!(refused.contains(&None), "{refused:?}");
    assert!(
        refused.contains(&Some(Code::OrderOpen)) || refused.contains(&Some(Code::TerminalReplaces)),
        "{refused:?}"
    );
    seconds(5).await;
    assert_eq!(counter.world.practice.intents().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_waits_for_a_card_takes_no_second_sale() {
    let counter = Counter::open().await;
    let first = counter.charge("R-1").await;
    // Compago would withdraw the one that waits, so the till says that and not only "busy".
    assert_eq!(counter.refused("R-2").await, Code::TerminalReplaces);
    let elsewhere = sale("R-2", DIGITS, "PRACTICE-2");
    let other = counter.till().start_charge(elsewhere).await.unwrap().id;
    counter.when_asked(Press::Tap).await;
    counter.until(&first, State::Paid).await;
    assert_eq!(counter.view(&other).await.state, State::Waiting);
    // So late that the same amount is not asked about.
    seconds(181).await;
    counter.charge("R-3").await;
}

#[tokio::test(start_paused = true)]
async fn a_sale_nobody_pays_expires_only_after_a_grace() {
    let counter = Counter::with(|settings| settings.lifetime_ms = 30_000).await;
    let sale = counter.charge("R-1").await;
    seconds(35).await;
    let view = counter.view(&sale).await;
    assert!(view.open, "a card in the machine may still be charged");
    let view = counter.until(&sale, State::Expired).await;
    assert!(view.elapsed_s >= 50, "over after {} s", view.elapsed_s);
    assert_eq!(view.moved, MoneyMoved::No);
}

#[tokio::test(start_paused = true)]
async fn a_card_in_the_machine_at_the_last_moment_is_paid_and_never_shown_expired() {
    let counter = Counter::with(|settings| {
        settings.lifetime_ms = 30_000;
        settings.tap_ms = 8_000;
    })
    .await;
    let sale = counter.charge("R-1").await;
    seconds(29).await;
    counter.press(Press::Tap);
    let view = counter.until_it(&sale, "over", |view| !view.open).await;
    assert_eq!(view.telling, Telling::Paid);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_stays_open_and_is_never_paid() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.until(&sale, State::Waiting).await;
    let unknown = Mishap::Store(Fault::UnknownStatus);
    counter.world.net.set_weather(Always(unknown));
    counter.when_asked(Press::Tap).await;
    seconds(60).await;
    let view = counter.view(&sale).await;
    assert_eq!((view.state, view.open), (State::Processing, true));
    assert_eq!(counter.refused("R-1").await, Code::OrderOpen);
    counter.calm();
    counter.until(&sale, State::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn a_terminal_without_power_keeps_the_sale_open_until_it_is_cancelled() {
    let counter = Counter::open().await;
    counter.press(Press::Unplug);
    let sale = counter.charge("R-1").await;
    seconds(20).await;
    assert_eq!(counter.view(&sale).await.state, State::Waiting);
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
}

#[tokio::test(start_paused = true)]
async fn a_reading_from_a_replica_that_lags_takes_nothing_back() {
    let counter = Counter::open().await;
    let sale = counter.charge("R-1").await;
    counter.when_asked(Press::CancelOnTerminal).await;
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(view.telling, Telling::CancelledElsewhere);
    let stale = Mishap::Store(Fault::StaleStatus);
    counter.order_mishaps(&[(Class::Read, stale), (Class::Read, stale)]);
    seconds(120).await;
    assert_eq!(counter.view(&sale).await.state, State::Cancelled);
}

/// What another till put on the terminal cannot be known from here: the newer payment takes its place,
/// and the till whose payment went says so, in words that name that.
#[tokio::test(start_paused = true)]
async fn another_tills_sale_takes_the_place_of_the_one_that_waits_and_that_is_told() {
    let mut world = World::new(7, 2, Trace::new(true)).unwrap();
    world.start(0).await.unwrap();
    world.start(1).await.unwrap();
    let charge = async |seat: usize, order: &str| {
        let till = world.till(seat).unwrap();
        let request = sale(order, DIGITS, TERMINAL);
        till.start_charge(request).await.unwrap().id
    };
    let payment = charge(0, "R-1").await;
    seconds(5).await;
    charge(1, "R-2").await;
    seconds(30).await;
    let till = world.till(0).unwrap();
    let view = till.show_payment(PaymentRequest { payment }).await.unwrap();
    assert_eq!(
        (view.state, view.telling, view.moved),
        (
            State::Cancelled,
            Telling::CancelledElsewhere,
            MoneyMoved::No
        )
    );
    world.practice.press(TERMINAL, Press::Tap).unwrap();
    seconds(30).await;
    let ledger = world.practice.ledger();
    let charged: Vec<_> = ledger.iter().map(|one| one.external_id.as_str()).collect();
    assert_eq!(
        charged,
        ["R-2"],
        "the one that was told cancelled is not paid"
    );
}
