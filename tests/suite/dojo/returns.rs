//! Money back without a payment, on a machine of Dojo: given once, told as it is, and never repeated
//! where nobody knows.

use payment::failure::MoneyMoved;
use payment::{State, Witness};
use practice::{DojoUnconfirmed, Press, Settings};
use providers::Class;
use till::api::{
    ActInput, Action, ApiError, Code, PaymentView, ReturnInput, StartReturnRequest, Telling,
};
use tillside_tests::world::{DOJO_ACCOUNT, Mishap};

use super::{TID, act, charge, press, try_charge, when_asked};
use crate::counter::{Counter, DIGITS, seconds};

const MINOR: i64 = 35_050;

async fn try_return(counter: &Counter, order: &str) -> Result<PaymentView, ApiError> {
    let request = StartReturnRequest {
        order: order.to_owned(),
        digits: DIGITS.to_owned(),
        account: DOJO_ACCOUNT.to_owned(),
        terminal: counter.world.dojo_machine(TID).unwrap(),
        terms: ReturnInput {
            reason: "brought back".to_owned(),
            keyed: false,
        },
    };
    counter.till().start_return(request).await
}

async fn give_back(counter: &Counter, order: &str) -> String {
    try_return(counter, order).await.unwrap().id
}

fn given_back(counter: &Counter) -> Vec<i64> {
    let refunds = counter.world.practice.refunds();
    assert_eq!(counter.world.practice.ledger(), [], "nothing is taken");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new());
    refunds.iter().map(|one| one.amount.minor()).collect()
}

fn sessions(counter: &Counter) -> usize {
    counter.world.practice.dojo_sessions().len()
}

async fn unconfirmed(choice: DojoUnconfirmed) -> (Counter, String) {
    let counter = Counter::with(|settings: &mut Settings| {
        settings.dojo_unconfirmed = choice;
    })
    .await;
    let back = give_back(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    press(&counter.world, Press::Unplug);
    let view = counter.until(&back, State::NotKnown).await;
    assert_eq!(view.telling, Telling::NotKnownUnconfirmed);
    (counter, back)
}

#[tokio::test(start_paused = true)]
async fn a_card_that_is_presented_gets_the_money_once() {
    let counter = Counter::open().await;
    let back = give_back(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    let view = counter.until(&back, State::Refunded).await;
    assert_eq!(
        (view.telling, view.moved),
        (Telling::Refunded, MoneyMoved::Yes)
    );
    assert_eq!(view.returned.map(|money| money.minor), Some(MINOR));
    assert_eq!((view.returnable, view.total), (None, None));
    let terms = view.gives_back.expect("why");
    assert_eq!(
        (terms.reason.as_str(), terms.keyed),
        ("brought back", false)
    );
    assert_eq!(given_back(&counter), [MINOR]);
    seconds(10).await;
    let actions = counter.view(&back).await.actions;
    assert_eq!(actions, [Action::NextCustomer, Action::Receipts]);
    let again = try_return(&counter, "R-1").await.unwrap_err();
    assert_eq!(again.code, Code::OrderReturned);
    assert_eq!(sessions(&counter), 1);
}

/// Whether an order was paid or not says nothing about money that goes back, and the other way round.
#[tokio::test(start_paused = true)]
async fn a_sale_and_a_return_of_one_order_do_not_count_for_one_another() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let early = try_return(&counter, "R-1").await.unwrap_err();
    assert_eq!(early.code, Code::OrderOpen);
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&sale, State::Paid).await;
    seconds(10).await;
    let back = give_back(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    assert_eq!(counter.until(&back, State::Refunded).await.attempt, 2);
    let paid = try_charge(&counter, "R-1", TID).await.unwrap_err();
    assert_eq!(paid.code, Code::OrderPaid);
    assert_eq!(counter.view(&sale).await.state, State::Paid);
    assert_eq!(counter.world.practice.ledger().len(), 1);
    assert_eq!(counter.world.practice.refunds().len(), 1);
    // What was only given back can be charged, by the key of its first sending.
    seconds(10).await;
    let back = give_back(&counter, "R-2").await;
    let meanwhile = try_charge(&counter, "R-2", TID).await.unwrap_err();
    assert_eq!(meanwhile.code, Code::OrderOpen);
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&back, State::Refunded).await;
    // So late that the same amount is not asked about.
    seconds(180).await;
    let sale = charge(&counter, "R-2").await;
    when_asked(&counter.world, Press::Tap).await;
    assert_eq!(counter.until(&sale, State::Paid).await.attempt, 2);
    assert!(counter.is_charged("R-2"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_card_ends_it_and_it_can_be_begun_anew() {
    for (pressed, state, telling, actions) in [
        (
            Press::Decline,
            State::Declined,
            Telling::Declined,
            vec![Action::NextCustomer, Action::ReturnAgain],
        ),
        (
            Press::CancelOnTerminal,
            State::Cancelled,
            Telling::CancelledElsewhere,
            vec![Action::NextCustomer],
        ),
    ] {
        let counter = Counter::open().await;
        let back = give_back(&counter, "R-1").await;
        when_asked(&counter.world, pressed).await;
        let view = counter.until(&back, state).await;
        assert_eq!((view.telling, view.moved), (telling, MoneyMoved::No));
        assert_eq!(view.actions, actions);
        assert_eq!(given_back(&counter), Vec::<i64>::new());
        let again = give_back(&counter, "R-1").await;
        when_asked(&counter.world, Press::Tap).await;
        assert_eq!(counter.until(&again, State::Refunded).await.attempt, 2);
        assert_eq!(given_back(&counter), [MINOR]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_a_wish_and_the_reading_decides() {
    let counter = Counter::open().await;
    let back = give_back(&counter, "R-1").await;
    seconds(3).await;
    counter.cancel(&back).await.unwrap();
    let view = counter.until(&back, State::Cancelled).await;
    assert_eq!(view.telling, Telling::Cancelled);
    assert_eq!(given_back(&counter), Vec::<i64>::new());
    // The card was read in this moment.
    let counter = Counter::open().await;
    let back = give_back(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    counter.cancel(&back).await.unwrap();
    let view = counter.until(&back, State::Refunded).await;
    assert_eq!(view.telling, Telling::ReturnedAfterCancel);
    assert_eq!(given_back(&counter), [MINOR]);
}

/// The journal has no other till to ask and the provider no list: a person looks.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_a_persons_to_tell_and_is_never_repeated() {
    for (lost, saw) in [
        (Mishap::AnswerLost, Witness::GivenBack),
        (Mishap::RequestLost, Witness::NotPaid),
    ] {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Create, lost)]);
        let back = give_back(&counter, "R-1").await;
        let view = counter.until(&back, State::NotKnown).await;
        assert_eq!(view.telling, Telling::NotKnownLost);
        assert_eq!(view.actions, [Action::Witness, Action::NextCustomer]);
        let blocked = try_return(&counter, "R-1").await.unwrap_err();
        assert_eq!(blocked.code, Code::OrderNotKnown);
        let made = usize::from(saw == Witness::GivenBack);
        if made == 1 {
            when_asked(&counter.world, Press::Tap).await;
        }
        seconds(1_200).await;
        assert_eq!(counter.view(&back).await.state, State::NotKnown);
        assert_eq!(sessions(&counter), made, "never sent again");
        // Nobody says of it that it was paid.
        let paid = counter.witness(&back, Witness::Paid).await.unwrap_err();
        assert_eq!(paid.code, Code::TooLate);
        let view = counter.witness(&back, saw).await.unwrap();
        let expected = match saw {
            Witness::GivenBack => (State::Refunded, Telling::ReturnedByHand, Some(MINOR)),
            Witness::Paid | Witness::NotPaid => (State::Failed, Telling::FailedByHand, None),
        };
        let returned = view.returned.map(|money| money.minor);
        assert_eq!((view.state, view.telling, returned), expected);
        assert_eq!(given_back(&counter).len(), made);
    }
}

#[tokio::test(start_paused = true)]
async fn a_till_that_stopped_while_it_sent_does_not_send_again() {
    let mut counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let back = give_back(&counter, "R-1").await;
    counter.restart().await;
    seconds(1_200).await;
    let view = counter.view(&back).await;
    assert_eq!(view.state, State::NotKnown);
    assert!(
        view.actions.contains(&Action::Witness),
        "{:?}",
        view.actions
    );
    assert!(sessions(&counter) <= 1);
    // One that has a name is read on.
    let mut counter = Counter::open().await;
    let back = give_back(&counter, "R-1").await;
    seconds(3).await;
    counter.restart().await;
    when_asked(&counter.world, Press::Tap).await;
    counter.until(&back, State::Refunded).await;
    assert_eq!(given_back(&counter), [MINOR]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_a_result_is_a_persons_to_tell() {
    for (choice, saw, minor) in [
        (DojoUnconfirmed::Charged, Witness::GivenBack, vec![MINOR]),
        (DojoUnconfirmed::NotCharged, Witness::NotPaid, vec![]),
    ] {
        let (counter, back) = unconfirmed(choice).await;
        let view = counter.view(&back).await;
        let can = [Action::Witness, Action::AskNow, Action::NextCustomer];
        assert_eq!(view.actions, can);
        let again = act(&counter, &back, ActInput::TryAgain).await.unwrap_err();
        assert_eq!(again.code, Code::TooLate, "a second try is a second return");
        counter.witness(&back, saw).await.unwrap();
        seconds(1_200).await;
        let expected = match saw {
            Witness::GivenBack => State::Refunded,
            Witness::Paid | Witness::NotPaid => State::Failed,
        };
        assert_eq!(counter.view(&back).await.state, expected);
        assert_eq!((given_back(&counter), sessions(&counter)), (minor, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_signature_is_judged_here_too() {
    for (accepted, state, minor) in [
        (true, State::Refunded, vec![MINOR]),
        (false, State::Declined, vec![]),
    ] {
        let counter = Counter::with(|settings| settings.dojo_inserted_is_signed = true).await;
        let back = give_back(&counter, "R-1").await;
        when_asked(&counter.world, Press::InsertPin).await;
        let view = counter.until(&back, State::NeedsCashier).await;
        assert_eq!(view.telling, Telling::Signature);
        assert!(view.decide_by.is_some());
        let sign = ActInput::Sign { accepted };
        act(&counter, &back, sign).await.unwrap();
        counter.until(&back, state).await;
        assert_eq!(given_back(&counter), minor);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_reason_nothing_is_written_or_sent() {
    let counter = Counter::open().await;
    let machine = counter.world.dojo_machine(TID).unwrap();
    let request = |account: &str, terminal: &str, reason: &str, digits: &str| StartReturnRequest {
        order: "R-1".to_owned(),
        digits: digits.to_owned(),
        account: account.to_owned(),
        terminal: terminal.to_owned(),
        terms: ReturnInput {
            reason: reason.to_owned(),
            keyed: false,
        },
    };
    for (account, terminal, reason, digits, code) in [
        (
            DOJO_ACCOUNT,
            machine.as_str(),
            " ",
            "100",
            Code::ReturnReason,
        ),
        (
            DOJO_ACCOUNT,
            machine.as_str(),
            "cold",
            "000",
            Code::AmountEmpty,
        ),
        (
            DOJO_ACCOUNT,
            "tm_none",
            "cold",
            "100",
            Code::TerminalUnknown,
        ),
        (
            "practice",
            "PRACTICE-1",
            "cold",
            "100",
            Code::SaleOptionMissing,
        ),
        ("practice-cards", "", "cold", "100", Code::WrongChannel),
    ] {
        let asked = request(account, terminal, reason, digits);
        let refused = counter.till().start_return(asked).await.unwrap_err();
        assert_eq!(refused.code, code, "{account} {terminal} {reason:?}");
    }
    assert!(counter.world.payments(0).is_empty());
    assert_eq!(sessions(&counter), 0);
}
