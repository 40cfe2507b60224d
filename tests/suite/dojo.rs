//! Sales on the machines of Dojo: one payment, as many sessions as it takes, and what the cashier
//! has to decide.

use payment::failure::MoneyMoved;
use payment::{Prompt, State};
use practice::{DojoRejected, DojoUnconfirmed, Press, Settings, TerminalState};
use providers::Class;
use till::api::{
    ActInput, ActRequest, ApiError, Code, Line, LineKey, PaymentRequest, PaymentView, Telling,
};
use tillside_tests::trace::Trace;
use tillside_tests::world::{Mishap, World, dojo_sale};
use tokio::time::sleep;

use crate::counter::{Counter, DIGITS, seconds};

mod crash;
mod links;
mod money;
mod returns;
mod two_tills;

/// The machine with a panel.
pub(crate) const TID: &str = "21890001";

async fn try_charge(counter: &Counter, order: &str, tid: &str) -> Result<PaymentView, ApiError> {
    let machine = counter.world.dojo_machine(tid).unwrap();
    let request = dojo_sale(order, DIGITS, &machine);
    counter.till().start_charge(request).await
}

async fn charge(counter: &Counter, order: &str) -> String {
    try_charge(counter, order, TID).await.unwrap().id
}

async fn act(counter: &Counter, sale: &str, act: ActInput) -> Result<PaymentView, ApiError> {
    let payment = sale.to_owned();
    let request = ActRequest { payment, act };
    counter.till().act_payment(request).await
}

async fn try_again(counter: &Counter, sale: &str) {
    act(counter, sale, ActInput::TryAgain).await.unwrap();
}

pub(crate) fn press(world: &World, press: Press) {
    world.practice.press(TID, press).unwrap();
}

fn machine(world: &World) -> TerminalState {
    let machines = world.practice.dojo_terminals();
    let machine = machines.iter().find(|one| one.tid == TID).unwrap();
    machine.panel.state
}

/// Waits until the machine asks for a card, then does this.
pub(crate) async fn when_asked(world: &World, pressed: Press) {
    for _ in 0..600 {
        if machine(world) == TerminalState::Showing {
            return press(world, pressed);
        }
        sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the machine never asked for a card");
}

/// One payment there, one charge, so many times on a machine.
fn assert_once(counter: &Counter, sessions: usize) {
    let practice = &counter.world.practice;
    assert_eq!(practice.dojo_intents().len(), 1, "intents");
    assert_eq!(practice.dojo_sessions().len(), sessions, "sessions");
    assert_eq!(practice.ledger().len(), 1, "charges");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new());
}

fn assert_nothing_charged(counter: &Counter) {
    assert_eq!(counter.world.practice.ledger(), []);
    assert_eq!(counter.world.net.broken(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_tapped_card_pays_and_its_slips_are_kept() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!((view.telling, view.moved), (Telling::Paid, MoneyMoved::Yes));
    assert_once(&counter, 1);
    seconds(10).await;
    let payment = sale.clone();
    let asked = PaymentRequest { payment };
    let slips = counter.till().payment_receipts(asked).await.unwrap();
    assert!(!slips.customer.is_empty() && !slips.merchant.is_empty());
    let again = try_charge(&counter, "R-1", TID).await;
    assert_eq!(again.unwrap_err().code, Code::OrderPaid);
}

#[tokio::test(start_paused = true)]
async fn a_refused_card_and_then_another_pay_one_payment_once() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Decline).await;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::DeclinedTryAgain);
    assert!(try_charge(&counter, "R-1", TID).await.is_err());
    try_again(&counter, &sale).await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 2);
}

#[tokio::test(start_paused = true)]
async fn the_red_key_leaves_the_payment_to_the_cashier() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::CancelOnTerminal).await;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::CancelledAtTerminal);
    let red_key = |line: &Line| line.what == LineKey::CancelledAtTerminal;
    assert!(view.timeline.iter().any(red_key), "{:?}", view.timeline);
    counter.cancel(&sale).await.unwrap();
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(
        (view.telling, view.moved),
        (Telling::Cancelled, MoneyMoved::No)
    );
    let again = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    assert_eq!(counter.until(&again, State::Paid).await.attempt, 2);
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
}

#[tokio::test(start_paused = true)]
async fn what_the_machine_does_not_show_yet_is_still_being_sent() {
    let counter = Counter::with(|settings| settings.dojo_initiate_ms = 4_000).await;
    let sale = charge(&counter, "R-1").await;
    let begun = |view: &PaymentView| view.state == State::Waiting;
    let view = counter.until_it(&sale, "begun there", begun).await;
    assert_eq!(
        (view.telling, view.prompt),
        (Telling::Sending, Some(Prompt::OnItsWay))
    );
    let asks = |view: &PaymentView| view.telling == Telling::Waiting;
    let view = counter.until_it(&sale, "on the machine", asks).await;
    assert!(view.elapsed_s >= 3, "after {} s", view.elapsed_s);
    assert_ne!(view.prompt, Some(Prompt::OnItsWay));
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 1);
}

async fn to_the_signature(counter: &Counter) -> String {
    let sale = charge(counter, "R-1").await;
    when_asked(&counter.world, Press::InsertPin).await;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::Signature);
    assert!(view.decide_by.is_some());
    sale
}

async fn where_cards_are_signed(change: impl FnOnce(&mut Settings)) -> Counter {
    Counter::with(|settings| {
        settings.dojo_inserted_is_signed = true;
        change(settings);
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_is_accepted_pays() {
    let counter = where_cards_are_signed(|_| {}).await;
    let sale = to_the_signature(&counter).await;
    let accepted = true;
    act(&counter, &sale, ActInput::Sign { accepted })
        .await
        .unwrap();
    let view = counter.until(&sale, State::Paid).await;
    assert!(view.elapsed_s < 30, "after {} s", view.elapsed_s);
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_is_rejected_takes_nothing_and_another_card_may_come() {
    for rejected in [
        DojoRejected::Declined,
        DojoRejected::Canceled,
        DojoRejected::Stays,
    ] {
        let counter = where_cards_are_signed(|settings| settings.dojo_rejected = rejected).await;
        let sale = to_the_signature(&counter).await;
        let accepted = false;
        act(&counter, &sale, ActInput::Sign { accepted })
            .await
            .unwrap();
        let asks = |view: &PaymentView| {
            matches!(
                view.telling,
                Telling::DeclinedTryAgain | Telling::CancelledAtTerminal
            )
        };
        counter.until_it(&sale, "left to the cashier", asks).await;
        assert_nothing_charged(&counter);
        // The machine shows the end of the first for a while.
        seconds(10).await;
        let told = counter.view(&sale).await.timeline;
        let declined = told
            .iter()
            .filter(|line| line.what == LineKey::CardDeclined);
        assert!(declined.count() <= 1, "{rejected:?}: {told:?}");
        try_again(&counter, &sale).await;
        when_asked(&counter.world, Press::Tap).await;
        counter.until(&sale, State::Paid).await;
        assert_once(&counter, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn silence_about_a_signature_counts_as_accepted() {
    let counter = where_cards_are_signed(|_| {}).await;
    let sale = to_the_signature(&counter).await;
    seconds(70).await;
    assert!(counter.view(&sale).await.open);
    let view = counter.until(&sale, State::Paid).await;
    assert!(view.elapsed_s >= 80, "after {} s", view.elapsed_s);
    let accepted = false;
    let late = act(&counter, &sale, ActInput::Sign { accepted }).await;
    assert_eq!(late.unwrap_err().code, Code::TooLate);
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_word_about_a_signature_is_said_again() {
    let counter = where_cards_are_signed(|_| {}).await;
    let sale = to_the_signature(&counter).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    let accepted = false;
    act(&counter, &sale, ActInput::Sign { accepted })
        .await
        .unwrap();
    let rejected = |view: &PaymentView| view.telling == Telling::DeclinedTryAgain;
    counter.until_it(&sale, "rejected", rejected).await;
    seconds(120).await;
    assert_nothing_charged(&counter);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_before_the_card_takes_it_off_the_machine() {
    // While the machine fetches it, and while it asks for a card.
    for after_s in [0, 5] {
        let counter = Counter::open().await;
        let sale = charge(&counter, "R-1").await;
        seconds(after_s).await;
        counter.cancel(&sale).await.unwrap();
        let view = counter.until(&sale, State::Cancelled).await;
        assert_eq!(view.moved, MoneyMoved::No);
        // The till took it off: nobody pressed the machine's red key.
        let red_key = |line: &Line| line.what == LineKey::CancelledAtTerminal;
        assert!(!view.timeline.iter().any(red_key), "{:?}", view.timeline);
        seconds(5).await;
        assert_eq!(machine(&counter.world), TerminalState::Idle);
        assert_nothing_charged(&counter);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_too_late_ends_in_paid_and_says_so() {
    let counter = Counter::with(|settings| settings.tap_ms = 6_000).await;
    let sale = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    counter.cancel(&sale).await.unwrap();
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.telling, Telling::PaidAfterCancel);
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_expires_is_not_known_and_can_be_tried_again() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let view = counter.until(&sale, State::NotKnown).await;
    assert_eq!(view.telling, Telling::NotKnownUnconfirmed);
    assert_ne!(view.moved, MoneyMoved::No);
    let again = try_charge(&counter, "R-1", TID).await;
    assert_eq!(again.unwrap_err().code, Code::OrderNotKnown);
    try_again(&counter, &sale).await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 2);
}

/// Pulls the plug while the card is being read.
async fn unplugged(counter: &Counter) -> String {
    let sale = charge(counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    press(&counter.world, Press::Unplug);
    counter.until(&sale, State::NotKnown).await;
    sale
}

#[tokio::test(start_paused = true)]
async fn a_card_that_was_charged_all_the_same_is_found() {
    let counter =
        Counter::with(|settings| settings.dojo_unconfirmed = DojoUnconfirmed::ChargedLate).await;
    let sale = unplugged(&counter).await;
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.telling, Telling::Paid);
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn where_the_machine_says_nothing_a_person_does() {
    use payment::Witness;
    let counter = Counter::open().await;
    let sale = unplugged(&counter).await;
    press(&counter.world, Press::PlugIn);
    let view = counter.witness(&sale, Witness::NotPaid).await.unwrap();
    assert_eq!(view.telling, Telling::FailedByHand);
    let again = charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&again, State::Paid).await;
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
    assert_eq!(counter.world.practice.ledger().len(), 1);

    let counter =
        Counter::with(|settings| settings.dojo_unconfirmed = DojoUnconfirmed::ChargedLate).await;
    let sale = unplugged(&counter).await;
    let view = counter.witness(&sale, Witness::Paid).await.unwrap();
    assert_eq!(view.telling, Telling::PaidByHand);
    let again = try_charge(&counter, "R-1", TID).await;
    assert_eq!(again.unwrap_err().code, Code::OrderPaid);
}

/// A request to ask for a card again that is on its way may put the payment on the machine after
/// somebody has looked there.
#[tokio::test(start_paused = true)]
async fn nobody_is_asked_for_their_word_while_a_retry_may_still_arrive() {
    use payment::Witness;
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    counter.until(&sale, State::NotKnown).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLate(60_000))]);
    try_again(&counter, &sale).await;
    for _ in 0..3 {
        seconds(10).await;
        let refused = counter.witness(&sale, Witness::NotPaid).await.unwrap_err();
        assert_eq!(refused.code, Code::TooLate);
    }
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    seconds(60).await;
    assert_eq!(machine(&counter.world), TerminalState::Idle);
    assert_nothing_charged(&counter);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_payment_is_found_and_put_on_the_machine() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let sale = charge(&counter, "R-1").await;
    counter.until(&sale, State::NotKnown).await;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::TerminalIdle);
    try_again(&counter, &sale).await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_never_arrived_is_believed_absent_after_a_while() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
    let sale = charge(&counter, "R-1").await;
    let view = counter.until(&sale, State::Failed).await;
    assert_eq!(view.telling, Telling::FailedAbsent);
    assert!(view.elapsed_s >= 30, "after {} s", view.elapsed_s);
    assert_eq!(counter.world.practice.dojo_intents(), []);
}

#[tokio::test(start_paused = true)]
async fn a_lost_session_is_found_by_its_payment() {
    let counter = Counter::open().await;
    let lost = Mishap::AnswerLost;
    counter.order_mishaps(&[(Class::Create, Mishap::Nothing), (Class::Create, lost)]);
    let sale = charge(&counter, "R-1").await;
    counter.until(&sale, State::Waiting).await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 1);

    let counter = Counter::open().await;
    let lost = Mishap::RequestLost;
    counter.order_mishaps(&[(Class::Create, Mishap::Nothing), (Class::Create, lost)]);
    let sale = charge(&counter, "R-1").await;
    counter.until(&sale, State::NeedsCashier).await;
    try_again(&counter, &sale).await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_retry_is_on_the_machine_or_can_be_asked_for_again() {
    for lost in [Mishap::AnswerLost, Mishap::RequestLost] {
        let counter = Counter::open().await;
        let sale = charge(&counter, "R-1").await;
        when_asked(&counter.world, Press::Decline).await;
        counter.until(&sale, State::NeedsCashier).await;
        seconds(5).await;
        counter.order_mishaps(&[(Class::Create, lost)]);
        try_again(&counter, &sale).await;
        seconds(5).await;
        if lost == Mishap::RequestLost {
            let view = counter.view(&sale).await;
            assert_eq!(view.telling, Telling::DeclinedTryAgain);
            try_again(&counter, &sale).await;
        }
        when_asked(&counter.world, Press::Tap).await;
        counter.until(&sale, State::Paid).await;
        assert_once(&counter, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_off_leaves_the_payment_to_the_cashier() {
    let counter = Counter::open().await;
    let sale = try_charge(&counter, "R-1", "PRACTICEOFF0")
        .await
        .unwrap()
        .id;
    let view = counter.until(&sale, State::NeedsCashier).await;
    assert_eq!(view.telling, Telling::TerminalIdle);
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    assert_nothing_charged(&counter);
}

/// Two tills with journals of their own, one machine and two orders: each makes a payment, but the
/// machine takes one.
#[tokio::test(start_paused = true)]
async fn a_machine_that_is_busy_with_another_tills_payment_refuses_the_second() {
    let mut world = World::new(7, 2, Trace::new(true)).unwrap();
    let first = world.start(0).await.unwrap();
    let second = world.start(1).await.unwrap();
    let code = world.dojo_machine(TID).unwrap();
    let request = |order| dojo_sale(order, DIGITS, &code);
    first.start_charge(request("R-1")).await.unwrap();
    seconds(2).await;
    let sale = second.start_charge(request("R-2")).await.unwrap().id;
    seconds(3).await;
    let state = |seat: usize| world.payments(seat)[0].state;
    assert_eq!(state(1), State::NeedsCashier);
    let payment = sale.clone();
    second
        .cancel_payment(PaymentRequest { payment })
        .await
        .unwrap();
    seconds(10).await;
    assert_eq!((state(0), state(1)), (State::Waiting, State::Cancelled));
    when_asked(&world, Press::Tap).await;
    seconds(10).await;
    assert_eq!(state(0), State::Paid);
    assert_eq!(world.practice.ledger().len(), 1);
}
