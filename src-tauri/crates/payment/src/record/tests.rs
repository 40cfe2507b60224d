//! Stories of payments, by hand and by chance.

use money::Currency;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::failure::{NoAnswer, NotSent};
use crate::ids::TerminalCode;

pub(super) fn requested() -> Event {
    let order = OrderRef::new("R-1").unwrap();
    Event::Requested {
        payment: PaymentId::from_uuid(Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(35_050, Currency::Mxn).unwrap(),
        account: AccountId::new("practice").unwrap(),
        way: Way::on_terminal(TerminalCode::new("PRACTICE-1").unwrap()),
        attempt: Attempt::FIRST,
        by: Actor::Cashier {
            name: "Ana R.".into(),
        },
    }
}

pub(super) fn seen(standing: Standing, amount: Option<i64>) -> Seen {
    let amount = amount.map(|minor| Money::new(minor, Currency::Mxn).unwrap());
    Seen {
        standing,
        prompt: None,
        raw: format!("{standing:?}"),
        amount,
        page: None,
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

pub(super) fn intent() -> IntentId {
    IntentId::new("pi-1").unwrap()
}

pub(super) fn story(events: &[Event]) -> Payment {
    let mut payment = apply(None, &requested()).unwrap();
    for event in events {
        payment = apply(Some(&payment), event).unwrap();
    }
    payment
}

pub(super) fn answered() -> Event {
    Event::Answered {
        intent: intent(),
        seen: seen(Standing::Waiting, Some(35_050)),
    }
}

pub(super) fn lost() -> Event {
    Event::AnswerLost {
        failure: Failure::NoAnswer {
            why: NoAnswer::TimedOut,
        },
    }
}

#[test]
fn paid_beats_cancelled_whenever_it_arrives() {
    let by = Actor::Till;
    let cancelled = Event::Read {
        seen: seen(Standing::Cancelled, None),
    };
    let paid = Event::Read {
        seen: seen(Standing::Paid, None),
    };
    let ask = Event::CancelAsked {
        by,
        reason: None,
        batch: None,
    };
    let payment = story(&[answered(), ask, cancelled.clone(), paid.clone()]);
    assert_eq!((payment.state, payment.late), (State::Paid, true));
    let payment = story(&[answered(), paid, cancelled]);
    assert_eq!((payment.state, payment.late), (State::Paid, false));
}

#[test]
fn paid_for_another_amount_is_not_paid() {
    let other = Event::Read {
        seen: seen(Standing::Paid, Some(350)),
    };
    assert_eq!(story(&[answered(), other]).state, State::NotKnown);
    let mismatched = Event::Mismatched {
        intent: Some(intent()),
        said: "MX$3.50".into(),
    };
    let unproved = Event::Read {
        seen: seen(Standing::Paid, None),
    };
    assert_eq!(
        story(&[mismatched.clone(), unproved]).state,
        State::NotKnown
    );
    let proved = Event::Read {
        seen: seen(Standing::Paid, Some(35_050)),
    };
    assert_eq!(story(&[mismatched, proved]).state, State::Paid);
}

#[test]
fn money_that_shows_up_after_the_end_is_never_silent() {
    let other = Event::Mismatched {
        intent: Some(intent()),
        said: "MX$3.50".into(),
    };
    let cancelled = Event::Read {
        seen: seen(Standing::Cancelled, None),
    };
    let claimed = Event::Read {
        seen: seen(Standing::Paid, None),
    };
    let payment = story(&[other, cancelled, claimed]);
    assert_eq!(payment.state, State::Cancelled, "not proved to be ours");
    assert!(payment.is_contested());
}

#[test]
fn a_persons_word_counts_only_while_it_is_not_known() {
    let word = |saw| Event::Witnessed {
        by: Actor::Till,
        saw,
        receipt: None,
        checked: None,
    };
    let payment = story(&[
        lost(),
        Event::ArrivedUnseen { page: None },
        word(Witness::Paid),
    ]);
    assert_eq!((payment.state, payment.by_hand), (State::Paid, true));
    let payment = story(&[lost(), word(Witness::NotPaid)]);
    assert_eq!((payment.state, payment.by_hand), (State::Failed, true));
    let payment = story(&[answered(), word(Witness::Paid)]);
    assert_eq!((payment.state, payment.by_hand), (State::Waiting, false));
}

#[test]
fn facts_that_are_not_a_payments_are_refused() {
    assert_eq!(apply(None, &Event::Dispatched), Err(Misfit::NotRequested));
    let payment = apply(None, &requested()).unwrap();
    assert_eq!(
        apply(Some(&payment), &requested()),
        Err(Misfit::RequestedTwice)
    );
}

#[test]
fn a_key_is_free_where_the_provider_never_took_it() {
    let refused = |refusal| Event::Refused { refusal };
    let not_sent = |failure| refused(Refusal::NotSent { failure });
    let no_connection = Failure::NotSent {
        why: NotSent::NoConnection,
    };
    let said = || "no such terminal".to_owned();
    let table = [
        ("saved only", vec![], false),
        ("no byte left", vec![not_sent(no_connection)], true),
        ("no key here", vec![refused(Refusal::NoKey)], true),
        ("not let in", vec![refused(Refusal::KeyRefused)], true),
        (
            "refused as such: some systems keep it under its key",
            vec![refused(Refusal::Invalid { said: said() })],
            false,
        ),
        ("an answer was lost", vec![lost()], false),
        (
            "proved absent",
            vec![lost(), answered(), Event::ProvedAbsent],
            false,
        ),
    ];
    for (name, events, is_free) in table {
        assert_eq!(story(&events).key_is_free(), is_free, "{name}");
    }
}

#[test]
fn what_was_named_or_is_of_another_amount_was_seen() {
    let other = Event::Mismatched {
        intent: None,
        said: "amount 1".to_owned(),
    };
    let table = [
        ("lost, not proved", vec![lost()], false),
        ("never seen", vec![lost(), Event::ProvedAbsent], true),
        (
            "named once",
            vec![lost(), answered(), Event::ProvedAbsent],
            false,
        ),
        (
            "of another amount",
            vec![lost(), other, Event::ProvedAbsent],
            false,
        ),
    ];
    for (name, events, never_seen) in table {
        assert_eq!(story(&events).was_never_seen(), never_seen, "{name}");
    }
}

#[test]
fn an_amount_that_is_left_out_or_ours_is_no_news() {
    let ours = Some(35_050);
    let waiting = |amount| seen(Standing::Waiting, amount);
    let after = |amount| {
        story(&[Event::Answered {
            intent: intent(),
            seen: waiting(amount),
        }])
    };
    assert!(!after(ours).is_news(&waiting(None)));
    assert!(!after(None).is_news(&waiting(ours)));
    assert!(after(None).is_news(&waiting(Some(1))));
    assert!(after(ours).is_news(&seen(Standing::Processing, ours)));
    // Where another amount was seen, each amount tells something.
    let mismatched = Event::Mismatched {
        intent: Some(intent()),
        said: "MX$3.50".into(),
    };
    let doubted = story(&[
        mismatched,
        Event::Read {
            seen: seen(Standing::Paid, Some(350)),
        },
    ]);
    assert!(doubted.is_news(&seen(Standing::Paid, ours)));
    assert!(doubted.is_news(&seen(Standing::Paid, None)));
}

/// A lie in one answer must not hide for ever that the object stands where it stood.
#[test]
fn an_object_that_names_our_amount_again_clears_the_doubt_once() {
    let held = Event::Answered {
        intent: intent(),
        seen: seen(Standing::Authorised, Some(35_050)),
    };
    let mismatched = Event::Mismatched {
        intent: Some(intent()),
        said: "currency USD".into(),
    };
    let doubted = story(&[held.clone(), mismatched.clone()]);
    assert_eq!(doubted.state, State::NotKnown);
    let again = seen(Standing::Authorised, Some(35_050));
    assert!(doubted.is_news(&again));
    let cleared = story(&[
        held,
        mismatched,
        Event::Read {
            seen: again.clone(),
        },
    ]);
    assert_eq!(cleared.state, State::Authorised);
    assert!(!cleared.is_news(&again));
}

fn any_event() -> impl Strategy<Value = Event> {
    let failure = Failure::NoAnswer {
        why: NoAnswer::ConnectionLost,
    };
    let standings = prop::sample::select(Standing::ALL.to_vec());
    let amounts = prop::sample::select(vec![None, Some(35_050), Some(350)]);
    prop_oneof![
        Just(Event::Dispatched),
        Just(Event::Interrupted),
        Just(Event::ArrivedUnseen { page: None }),
        Just(Event::ProvedAbsent),
        Just(Event::Refused {
            refusal: Refusal::KeyRefused
        }),
        Just(Event::AnswerLost {
            failure: failure.clone()
        }),
        Just(Event::ReadingLost {
            failure: failure.clone()
        }),
        Just(Event::CancelAsked {
            by: Actor::Till,
            reason: None,
            batch: None
        }),
        Just(Event::CancelAnswered {
            answer: CancelAnswer::Accepted
        }),
        Just(Event::CancelAnswered {
            answer: CancelAnswer::Refused { failure }
        }),
        Just(Event::Mismatched {
            intent: None,
            said: "MX$3.50".into()
        }),
        Just(Event::Witnessed {
            by: Actor::Till,
            saw: Witness::NotPaid,
            receipt: None,
            checked: None
        }),
        (standings, amounts).prop_map(|(standing, amount)| Event::Read {
            seen: seen(standing, amount)
        }),
    ]
}

proptest! {
    #[test]
    fn no_story_takes_a_payment_from_paid_to_unpaid(
        events in prop::collection::vec(any_event(), 0..24),
    ) {
        let mut payment = apply(None, &requested()).unwrap();
        for event in &events {
            let after = apply(Some(&payment), event).unwrap();
            prop_assert!(after.state.class() >= payment.state.class());
            prop_assert!(!payment.late || after.late, "an alarm is never taken back");
            if after.state.class() == Class::Paid && payment.state.class() != Class::Paid {
                let proof = matches!(event, Event::Read { seen }
                    if seen.amount.is_none_or(|amount| amount == payment.amount));
                prop_assert!(proof, "paid without proof by {event:?}");
            }
            payment = after;
        }
    }

    #[test]
    fn a_fact_is_read_back_as_it_was_written(event in any_event()) {
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
