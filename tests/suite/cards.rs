//! Charges of a card on file at LeanRails: a payment and its confirmation are two requests, each
//! under a key of its own.

use std::time::Duration;

use payment::failure::MoneyMoved;
use payment::{Class as StateClass, RefundRoute, State};
use practice::{Fault, LeanRailsAction, LeanRailsStatus, Race, ServerError, Settings};
use providers::Class;
use till::api::{ActInput, ActProgress, ActRequest, ApiError, Code, PaymentView, Telling};
use tillside_tests::trace::Trace;
use tillside_tests::world::{CrashPoint, Mishap, World, card_sale};
use tokio::time::timeout;

use crate::counter::{Counter, DIGITS, seconds};

mod lists;

const GOOD: &str = "pm_card_visa";
const DECLINED: &str = "pm_card_declined";
const ASKS_FOR_MORE: &str = "pm_card_3ds_required";

/// A create, then a confirm: what happens to the second.
const fn confirm(mishap: Mishap) -> [(Class, Mishap); 2] {
    [(Class::Create, Mishap::Nothing), (Class::Create, mishap)]
}

async fn try_charge(counter: &Counter, card: &str) -> Result<PaymentView, ApiError> {
    let request = card_sale("R-1", DIGITS, card);
    counter.till().start_charge(request).await
}

async fn charge(counter: &Counter, card: &str) -> String {
    try_charge(counter, card).await.unwrap().id
}

async fn act(counter: &Counter, sale: &str, act: ActInput) -> Result<PaymentView, ApiError> {
    let payment = sale.to_owned();
    let request = ActRequest { payment, act };
    counter.till().act_payment(request).await
}

fn assert_once(counter: &Counter) {
    let practice = &counter.world.practice;
    assert_eq!(practice.lean_rails_intents().len(), 1, "intents");
    assert_eq!(practice.ledger().len(), 1, "charges");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_good_card_is_charged_at_once_or_after_a_while() {
    for processing_ms in [0, 20_000] {
        let counter =
            Counter::with(|settings| settings.lean_rails.processing_ms = processing_ms).await;
        let sale = charge(&counter, GOOD).await;
        let view = counter.until(&sale, State::Paid).await;
        assert_eq!((view.telling, view.moved), (Telling::Paid, MoneyMoved::Yes));
        assert_once(&counter);
        let again = try_charge(&counter, GOOD).await;
        assert_eq!(again.unwrap_err().code, Code::OrderPaid);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_card_ends_it_and_the_order_can_be_charged_to_another() {
    use practice::LeanRailsDecline::{Error, ErrorWithIntent, Intent};
    for decline in [Error, ErrorWithIntent, Intent] {
        let counter = Counter::with(|settings| settings.lean_rails.decline = decline).await;
        let sale = charge(&counter, DECLINED).await;
        let view = counter.until(&sale, State::Declined).await;
        assert_eq!(view.moved, MoneyMoved::No, "{decline:?}");
        let again = charge(&counter, GOOD).await;
        counter.until(&again, State::Paid).await;
        assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
    }
}

/// It goes back to where another card could be tried, so the till withdraws it, and goes on showing
/// why nobody paid.
#[tokio::test(start_paused = true)]
async fn what_a_card_refused_can_be_charged_by_nobody_later() {
    for mishap in [Mishap::Nothing, Mishap::RequestLost, Mishap::AnswerLost] {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Cancel, mishap)]);
        let sale = charge(&counter, DECLINED).await;
        counter.until(&sale, State::Declined).await;
        seconds(60).await;
        let intent = counter.world.practice.lean_rails_intents().remove(0);
        assert_eq!(intent.status, LeanRailsStatus::Canceled, "{mishap:?}");
        let view = counter.view(&sale).await;
        assert_eq!(
            (view.state, view.telling),
            (State::Declined, Telling::Declined)
        );
    }
}

/// A fault that is kept with the key would stand in the order's way for a day. After the second the
/// list is asked once more, and the order gets its next key.
#[tokio::test(start_paused = true)]
async fn a_fault_that_is_kept_with_a_key_blocks_no_order() {
    let counter = Counter::open().await;
    let fault = Fault::ServerError {
        status: ServerError::E500,
        takes_effect: false,
    };
    for _ in 0..2 {
        counter.order_mishaps(&[(Class::Create, Mishap::Store(fault)); 60]);
        let sale = charge(&counter, GOOD).await;
        let view = counter.until(&sale, State::Failed).await;
        assert_eq!(view.telling, Telling::FailedAbsent);
    }
    counter.calm();
    let sale = charge(&counter, GOOD).await;
    counter.until(&sale, State::Paid).await;
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
    assert_once(&counter);
}

#[tokio::test(start_paused = true)]
async fn a_lost_create_is_repeated_and_makes_one_payment() {
    for mishap in [
        Mishap::AnswerLost,
        Mishap::RequestLost,
        Mishap::RequestLate(3_000),
        Mishap::Twice(30_000),
    ] {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        let sale = charge(&counter, GOOD).await;
        counter.until(&sale, State::Paid).await;
        seconds(120).await;
        assert_once(&counter);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_confirm_is_read_and_never_charged_twice() {
    let counter = Counter::open().await;
    counter.order_mishaps(&confirm(Mishap::AnswerLost));
    let sale = charge(&counter, GOOD).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter);

    let counter = Counter::open().await;
    counter.order_mishaps(&confirm(Mishap::RequestLost));
    let sale = charge(&counter, GOOD).await;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::TerminalIdle);
    assert!(try_charge(&counter, GOOD).await.is_err());
    act(&counter, &sale, ActInput::TryAgain).await.unwrap();
    counter.until(&sale, State::Paid).await;
    assert_once(&counter);
}

/// The first confirm arrives when the second has charged the card already, or before it.
#[tokio::test(start_paused = true)]
async fn a_confirm_that_comes_late_charges_nothing_twice() {
    for late_ms in [10_000, 90_000] {
        let counter = Counter::open().await;
        counter.order_mishaps(&confirm(Mishap::RequestLate(late_ms)));
        let sale = charge(&counter, GOOD).await;
        // The answer is given up after fifteen seconds.
        if late_ms == 90_000 {
            counter.until(&sale, State::NeedsCashier).await;
            act(&counter, &sale, ActInput::TryAgain).await.unwrap();
        }
        counter.until(&sale, State::Paid).await;
        seconds(120).await;
        assert_once(&counter);
    }
}

#[tokio::test(start_paused = true)]
async fn a_confirm_that_comes_after_the_cancel_charges_nothing() {
    let counter = Counter::open().await;
    counter.order_mishaps(&confirm(Mishap::RequestLate(90_000)));
    let sale = charge(&counter, GOOD).await;
    counter.until(&sale, State::NeedsCashier).await;
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    seconds(120).await;
    assert_eq!(counter.world.practice.ledger(), []);
}

#[tokio::test(start_paused = true)]
async fn a_card_that_asks_for_its_holder_waits_and_is_paid_refused_or_withdrawn() {
    for (action, end) in [
        (LeanRailsAction::Passes, State::Paid),
        (LeanRailsAction::Fails, State::Declined),
        (LeanRailsAction::Stays, State::Cancelled),
    ] {
        let counter = Counter::with(|settings| {
            settings.lean_rails.action = action;
            settings.lean_rails.action_ms = 8_000;
        })
        .await;
        let sale = charge(&counter, ASKS_FOR_MORE).await;
        let waits = |view: &PaymentView| view.open && view.state != State::Sending;
        counter.until_it(&sale, "waiting", waits).await;
        if action == LeanRailsAction::Stays {
            seconds(30).await;
            counter.cancel(&sale).await.unwrap();
        }
        counter.until(&sale, end).await;
        let charges = counter.world.practice.ledger().len();
        assert_eq!(charges, usize::from(end == State::Paid), "{action:?}");
    }
}

async fn held() -> (Counter, String) {
    let counter = Counter::open().await;
    let mut request = card_sale("R-1", DIGITS, GOOD);
    if let Some(card) = &mut request.card {
        card.hold = true;
    }
    let sale = counter.till().start_charge(request).await.unwrap().id;
    counter.until(&sale, State::Authorised).await;
    assert_eq!(counter.world.practice.ledger(), []);
    (counter, sale)
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_taken_once_or_let_go() {
    for mishap in [Mishap::Nothing, Mishap::AnswerLost] {
        let (counter, sale) = held().await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        act(&counter, &sale, ActInput::Capture).await.unwrap();
        counter.until(&sale, State::Paid).await;
        assert_once(&counter);

        let (counter, sale) = held().await;
        counter.order_mishaps(&[(Class::Cancel, mishap)]);
        counter.cancel(&sale).await.unwrap();
        counter.until(&sale, State::Cancelled).await;
        assert_eq!(counter.world.practice.ledger(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_meets_the_bank_ends_as_the_bank_says() {
    for (race, end) in [
        (Race::CancelWins, State::Cancelled),
        (Race::ApprovalWins, State::Paid),
        (Race::ApprovalAfterCancel, State::Paid),
    ] {
        let counter = Counter::with(|settings| {
            settings.race = race;
            settings.lean_rails.processing_ms = 8_000;
        })
        .await;
        let sale = charge(&counter, GOOD).await;
        counter.until(&sale, State::Processing).await;
        counter.cancel(&sale).await.unwrap();
        counter.until_it(&sale, "over", |view| !view.open).await;
        let view = counter.until(&sale, end).await;
        let late = race == Race::ApprovalAfterCancel;
        assert_eq!(view.telling == Telling::PaidLate, late, "{race:?}");
    }
}

async fn paid(change: impl FnOnce(&mut Settings)) -> (Counter, String) {
    let counter = Counter::with(change).await;
    let sale = charge(&counter, GOOD).await;
    counter.until(&sale, State::Paid).await;
    (counter, sale)
}

fn refund(digits: &str) -> ActInput {
    let (digits, route) = (digits.to_owned(), RefundRoute::Remote);
    ActInput::Refund { digits, route }
}

fn given_back(counter: &Counter) -> Vec<i64> {
    let repaid = counter.world.practice.refunds();
    repaid.iter().map(|one| one.amount.minor()).collect()
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
        for pending_ms in [0, 8_000] {
            let pending = |settings: &mut Settings| {
                settings.lean_rails.refund_pending_ms = pending_ms;
            };
            let (counter, sale) = paid(pending).await;
            counter.order_mishaps(&lost);
            act(&counter, &sale, refund("1000")).await.unwrap();
            counter.until(&sale, State::PartlyRefunded).await;
            seconds(200).await;
            assert_eq!(given_back(&counter), [1_000], "{lost:?}");
            act(&counter, &sale, refund("")).await.unwrap();
            counter.until(&sale, State::Refunded).await;
            assert_eq!(given_back(&counter), [1_000, 34_050]);
            assert_eq!(counter.world.net.broken(), Vec::<String>::new());
        }
    }
}

/// At once, later, or while the till is off.
#[tokio::test(start_paused = true)]
async fn a_refund_that_fails_gives_nothing_and_is_told_as_refused() {
    for (pending_ms, restarts) in [(0, false), (8_000, false), (8_000, true), (600_000, true)] {
        let (mut counter, sale) = paid(|settings| {
            settings.lean_rails.refunds_succeed = false;
            settings.lean_rails.refund_pending_ms = pending_ms;
        })
        .await;
        act(&counter, &sale, refund("1000")).await.unwrap();
        if restarts {
            seconds(3).await;
            counter.restart().await;
        }
        let is_over = |view: &PaymentView| {
            let act = view.act.as_ref();
            act.is_some_and(|act| act.progress != ActProgress::UnderWay)
        };
        let view = counter.until_it(&sale, "over", is_over).await;
        assert_eq!(view.act.map(|act| act.progress), Some(ActProgress::Refused));
        assert_eq!(view.telling, Telling::RefundRefused);
        assert_eq!((view.state, view.returned.is_some()), (State::Paid, false));
        assert_eq!(given_back(&counter), [0_i64; 0]);
    }
}

/// Five hundred sales later the till starts anew.
#[tokio::test(start_paused = true)]
async fn a_refund_under_way_is_taken_up_however_old_its_payment_is() {
    let hours_ms = 3 * 3_600_000;
    let (mut counter, sale) =
        paid(|settings| settings.lean_rails.refund_pending_ms = hours_ms).await;
    act(&counter, &sale, refund("50")).await.unwrap();
    seconds(5).await;
    for number in 0..501 {
        // No two of the same amount: the till would ask whether that is meant.
        let digits = (20_000 + number).to_string();
        let request = card_sale(&format!("S-{number}"), &digits, GOOD);
        let sold = counter.till().start_charge(request).await.unwrap().id;
        counter.until(&sold, State::Paid).await;
    }
    counter.restart().await;
    seconds(6 * 3_600).await;
    let progress = counter.view(&sale).await.act.map(|act| act.progress);
    assert_eq!(progress, Some(ActProgress::Done), "and it blocks any other");
}

/// What was given back whole is owed again: under the order's next key.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_given_back_whole_can_be_charged_again() {
    let (counter, sale) = paid(|_| {}).await;
    act(&counter, &sale, refund("1000")).await.unwrap();
    counter.until(&sale, State::PartlyRefunded).await;
    let code = try_charge(&counter, GOOD).await.unwrap_err().code;
    assert_eq!(code, Code::OrderPaid, "a part of it is still paid");
    act(&counter, &sale, refund("")).await.unwrap();
    counter.until(&sale, State::Refunded).await;
    let (one, two) = tokio::join!(try_charge(&counter, GOOD), try_charge(&counter, GOOD));
    let code = one
        .as_ref()
        .err()
        .or(two.as_ref().err())
        .map(|error| error.code);
    assert_eq!(code, Some(Code::OrderOpen), "once at a time");
    let again = one.or(two).unwrap().id;
    counter.until(&again, State::Paid).await;
    assert!(counter.is_charged("R-1-a2"));
    let code = try_charge(&counter, GOOD).await.unwrap_err().code;
    assert_eq!(code, Code::OrderPaid);
}

#[tokio::test(start_paused = true)]
async fn a_till_killed_in_a_refund_gives_it_once() {
    for mishap in [Mishap::RequestSwallowed, Mishap::AnswerLate(60_000)] {
        let (mut counter, sale) = paid(|_| {}).await;
        counter.order_mishaps(&[(Class::Create, mishap)]);
        act(&counter, &sale, refund("1000")).await.unwrap();
        seconds(1).await;
        counter.restart().await;
        counter.until(&sale, State::PartlyRefunded).await;
        seconds(200).await;
        assert_eq!(given_back(&counter), [1_000], "{mishap:?}");
    }
}

/// Keys are unique there, so two tills with journals of their own make one payment.
#[tokio::test(start_paused = true)]
async fn two_tills_charge_one_order_once() {
    let mut world = World::new(7, 2, Trace::new(true)).unwrap();
    let first = world.start(0).await.unwrap();
    let second = world.start(1).await.unwrap();
    let request = || card_sale("R-1", DIGITS, GOOD);
    let (one, two) = tokio::join!(
        first.start_charge(request()),
        second.start_charge(request())
    );
    assert!(one.is_ok() && two.is_ok());
    seconds(30).await;
    for seat in 0..2 {
        assert_eq!(world.payments(seat)[0].state, State::Paid);
    }
    assert_eq!(world.practice.lean_rails_intents().len(), 1);
    assert_eq!(world.practice.ledger().len(), 1);
}

// --- killed at every exchange

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Pays,
    IsDeclined,
    IsCancelled,
}

async fn perform(counter: &Counter, script: Script) {
    let card = match script {
        Script::Pays => GOOD,
        Script::IsDeclined => DECLINED,
        Script::IsCancelled => ASKS_FOR_MORE,
    };
    let Ok(sale) = try_charge(counter, card).await else {
        return;
    };
    if script == Script::IsCancelled {
        seconds(3).await;
        let _ = counter.cancel(&sale.id).await;
    }
    counter.until_it(&sale.id, "over", |view| !view.open).await;
}

/// After the crash: what is left to the cashier is withdrawn; then everything must be known.
async fn recover(counter: &mut Counter, told: &str) {
    counter.restart().await;
    let once = counter.world.payments(0);
    counter.restart().await;
    assert_eq!(once, counter.world.payments(0), "{told}");
    for _ in 0..30 {
        seconds(10).await;
        let payments = counter.world.payments(0);
        let open = payments.iter().filter(|payment| payment.state.is_open());
        for payment in open.filter(|payment| payment.state != State::NotKnown) {
            let _ = counter.cancel(&payment.id.to_string()).await;
        }
    }
    for payment in &*counter.world.payments(0) {
        assert!(!payment.state.is_open(), "{told}: {payment:?}");
        let shown_paid = payment.state.class() == StateClass::Paid;
        let is_charged = counter.is_charged(payment.key.as_str());
        assert_eq!(shown_paid, is_charged, "{told}: {:?}", payment.state);
    }
    assert!(counter.world.practice.ledger().len() <= 1, "{told}");
    let intents = counter.world.practice.lean_rails_intents();
    assert!(intents.len() <= 1, "{told}");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new(), "{told}");
    counter.world.seats[0].journal.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_charge_survives_a_crash_anywhere() {
    for script in [Script::Pays, Script::IsDeclined, Script::IsCancelled] {
        let whole = Counter::open().await;
        perform(&whole, script).await;
        let exchanges = whole.world.net.sent();
        assert!(exchanges >= 2, "{exchanges} exchanges");
        for number in 0..exchanges {
            for point in CrashPoint::ALL {
                let told = format!("{script:?}, exchange {number}, {point:?}");
                let mut counter = Counter::open().await;
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
}
