//! Money that goes back without a payment: what its facts make of it, and what may be asked.

use money::Currency;
use uuid::Uuid;

use super::*;
use crate::act::{Act, RefundRoute};
use crate::failure::NoAnswer;
use crate::ids::TerminalCode;
use crate::system::System;
use crate::way::ReturnTerms;

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp).unwrap()
}

fn story(events: &[Event]) -> Payment {
    let order = OrderRef::new("R-1").unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: pounds(1_200),
        account: AccountId::new("dojo").unwrap(),
        way: Way::Return {
            code: TerminalCode::new("tm_1").unwrap(),
            terms: ReturnTerms {
                reason: "brought back".to_owned(),
                keyed: false,
            },
        },
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    let first = apply(None, &requested).unwrap();
    events.iter().fold(first, |payment, event| {
        apply(Some(&payment), event).unwrap()
    })
}

fn seen(standing: Standing, minor: i64) -> Seen {
    let given = standing == Standing::Refunded;
    Seen {
        amount: Some(pounds(minor)),
        returned: given.then(|| pounds(minor)),
        ..Seen::new(standing, "session")
    }
}

fn answered() -> Event {
    Event::Answered {
        intent: IntentId::new("ts_1").unwrap(),
        seen: seen(Standing::Waiting, 1_200),
    }
}

fn read(standing: Standing) -> Event {
    Event::Read {
        seen: seen(standing, 1_200),
    }
}

fn lost() -> Event {
    Event::AnswerLost {
        failure: Failure::NoAnswer {
            why: NoAnswer::TimedOut,
        },
    }
}

fn witnessed(saw: Witness) -> Event {
    let by = Actor::Till;
    Event::Witnessed {
        by,
        saw,
        receipt: None,
        checked: None,
    }
}

/// Day sums are what was taken less what was returned, so both are held here.
#[test]
fn what_goes_back_is_returned_and_never_taken() {
    let table = [
        (vec![answered()], State::Waiting, None),
        (
            vec![answered(), read(Standing::Refunded)],
            State::Refunded,
            Some(pounds(1_200)),
        ),
        (
            vec![answered(), read(Standing::Declined)],
            State::Declined,
            None,
        ),
        (
            vec![answered(), read(Standing::Unconfirmed)],
            State::NotKnown,
            None,
        ),
        (
            vec![lost(), witnessed(Witness::GivenBack)],
            State::Refunded,
            Some(pounds(1_200)),
        ),
        (
            vec![lost(), witnessed(Witness::NotPaid)],
            State::Failed,
            None,
        ),
        // A person's word counts only where it is not known.
        (
            vec![answered(), witnessed(Witness::GivenBack)],
            State::Waiting,
            None,
        ),
    ];
    for (events, state, returned) in table {
        let payment = story(&events);
        assert_eq!(payment.state, state, "{events:?}");
        assert_eq!(payment.returned(), returned, "{events:?}");
        assert!(payment.taken().is_zero(), "{events:?}");
        assert_eq!(payment.returnable(), None, "{events:?}");
        assert!(payment.gives_back());
    }
}

#[test]
fn money_that_went_back_after_the_end_is_never_silent() {
    for end in [Standing::Declined, Standing::Cancelled] {
        let payment = story(&[answered(), read(end), read(Standing::Refunded)]);
        assert_eq!((payment.state, payment.late), (State::Refunded, true));
    }
}

#[test]
fn another_amount_is_not_taken_for_given_back() {
    let other = Event::Read {
        seen: seen(Standing::Refunded, 9_999),
    };
    let payment = story(&[answered(), other]);
    assert_eq!(payment.state, State::NotKnown);
    let told = matches!(payment.doubt, Some(Doubt::OtherAmount { .. }));
    assert!(told, "{:?}", payment.doubt);
}

/// A second try would be a second return: only a signature may be judged.
#[test]
fn nothing_is_asked_twice_and_nothing_is_given_back_of_it() {
    let acts = System::Dojo.acts();
    let refund = Act::Refund {
        amount: pounds(1),
        route: RefundRoute::Remote,
    };
    let others = [Act::TryAgain, Act::Capture, Act::Reverse, refund];
    for standing in Standing::ALL {
        let payment = story(&[answered(), read(standing)]);
        for act in &others {
            assert!(!payment.allows(act, &acts), "{act:?} at {standing:?}");
        }
    }
    let asks = Seen {
        prompt: Some(Prompt::Signature),
        ..seen(Standing::NeedsCashier, 1_200)
    };
    let payment = story(&[answered(), Event::Read { seen: asks }]);
    assert!(payment.allows(&Act::Sign { accepted: true }, &acts));
    assert!(payment.holds_terminal());
}

#[test]
fn its_way_is_read_back_as_it_was_written() {
    let payment = story(&[]);
    let text = serde_json::to_string(&payment.way).unwrap();
    assert_eq!(
        text,
        r#"{"by":"return","code":"tm_1","terms":{"reason":"brought back"}}"#
    );
    let back: Way = serde_json::from_str(&text).unwrap();
    assert_eq!(back, payment.way);
    // Nothing else says later what it was for.
    let silent = r#"{"by":"return","code":"tm_1","terms":{}}"#;
    assert!(serde_json::from_str::<Way>(silent).is_err());
}
