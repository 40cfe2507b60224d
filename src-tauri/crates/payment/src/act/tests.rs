//! Acts as tables: when they may be asked for, and what makes them over.

use money::{Currency, Money};
use uuid::Uuid;

use super::*;
use crate::event::{Event, Seen, Standing};
use crate::failure::{Failure, NoAnswer};
use crate::ids::{
    AccountId, ActName, Attempt, IdempotencyKey, IntentId, OrderRef, PaymentId, TerminalCode,
};
use crate::record::apply;
use crate::system::System;
use crate::way::Way;

mod counted;
mod named;

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp).unwrap()
}

fn saw(standing: Standing, prompt: Option<Prompt>) -> Event {
    Event::Read {
        seen: Seen {
            prompt,
            amount: Some(pounds(1_000)),
            ..Seen::new(standing, "x")
        },
    }
}

fn gave_back(standing: Standing, minor: i64) -> Event {
    Event::Read {
        seen: Seen {
            returned: Some(pounds(minor)),
            ..Seen::new(standing, "x")
        },
    }
}

fn asked(number: u32, act: Act) -> Event {
    Event::ActAsked {
        number,
        act,
        by: Actor::Till,
        reason: None,
    }
}

fn refund(minor: i64, route: RefundRoute) -> Act {
    Act::Refund {
        amount: pounds(minor),
        route,
    }
}

fn timed_out() -> Failure {
    Failure::NoAnswer {
        why: NoAnswer::TimedOut,
    }
}

fn invalid() -> Failure {
    Failure::Invalid {
        said: "not now".to_owned(),
    }
}

fn answer(number: u32, answer: CancelAnswer) -> Event {
    Event::ActAnswered {
        number,
        answer,
        name: None,
    }
}

/// Taken, under this name of the provider's.
fn named(number: u32, name: &str) -> Event {
    Event::ActAnswered {
        number,
        answer: CancelAnswer::Accepted,
        name: ActName::new(name).ok(),
    }
}

/// A reading of what is paid that says this of refunds by their names.
fn told(acts: &[(&str, ActOutcome)]) -> Event {
    let seen = seen_told(acts);
    Event::Read { seen }
}

fn seen_told(acts: &[(&str, ActOutcome)]) -> Seen {
    let acts = acts.iter().map(|(name, outcome)| ActSeen {
        name: ActName::new(name).ok(),
        key: None,
        outcome: outcome.clone(),
        amount: None,
    });
    Seen {
        acts: acts.collect(),
        ..Seen::new(Standing::Paid, "x")
    }
}

fn no() -> ActOutcome {
    ActOutcome::Refused {
        said: "too late".to_owned(),
    }
}

fn accepted(number: u32) -> Event {
    answer(number, CancelAnswer::Accepted)
}

fn lost(number: u32) -> Event {
    let failure = timed_out();
    answer(number, CancelAnswer::Lost { failure })
}

fn refused(number: u32) -> Event {
    let failure = invalid();
    answer(number, CancelAnswer::Refused { failure })
}

/// A sale of ten pounds that the provider has named, and what happened since.
fn story(events: &[Event]) -> Payment {
    let order = OrderRef::new("R-1").unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: pounds(1_000),
        account: AccountId::new("a").unwrap(),
        way: Way::on_terminal(TerminalCode::new("tm_1").unwrap()),
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    let answered = Event::Answered {
        intent: IntentId::new("pi_1").unwrap(),
        seen: Seen::new(Standing::Waiting, "Initiated"),
    };
    let first = apply(None, &requested).unwrap();
    let mut payment = apply(Some(&first), &answered).unwrap();
    for event in events {
        payment = apply(Some(&payment), event).unwrap();
    }
    payment
}

const IDLE: [Prompt; 3] = [
    Prompt::CardDeclined,
    Prompt::CancelledAtTerminal,
    Prompt::TerminalIdle,
];

#[test]
fn another_card_is_tried_only_where_nothing_is_under_way() {
    let acts = System::Dojo.acts();
    let may = |events: &[Event]| story(events).allows(&Act::TryAgain, &acts);
    assert!(!may(&[]), "a card may come");
    for prompt in IDLE {
        let idle = saw(Standing::NeedsCashier, Some(prompt));
        assert!(may(std::slice::from_ref(&idle)), "{prompt:?}");
        let leaving = [
            idle.clone(),
            Event::CancelAsked {
                by: Actor::Till,
                reason: None,
                batch: None,
            },
        ];
        assert!(!may(&leaving), "it is being withdrawn");
        let trying = [idle.clone(), asked(1, Act::TryAgain)];
        assert!(!may(&trying), "it is being tried");
        assert!(
            may(&[idle.clone(), asked(1, Act::TryAgain), refused(1)]),
            "the terminal was busy"
        );
        assert!(
            may(&[idle, asked(1, Act::TryAgain), lost(1)]),
            "it is one payment all the same"
        );
    }
    assert!(
        may(&[saw(Standing::Unconfirmed, None)]),
        "the terminal gave no end"
    );
    for standing in [
        Standing::Processing,
        Standing::Authorised,
        Standing::Paid,
        Standing::Cancelled,
    ] {
        assert!(!may(&[saw(standing, None)]), "{standing:?}");
    }
    assert!(
        !story(&[saw(Standing::NeedsCashier, Some(Prompt::CardDeclined))])
            .allows(&Act::TryAgain, &Acts::NONE),
        "a system that does not offer it"
    );
}

#[test]
fn a_terminal_is_held_while_something_can_come_of_it() {
    assert!(story(&[]).holds_terminal());
    assert!(story(&[saw(Standing::NeedsCashier, Some(Prompt::Signature))]).holds_terminal());
    for prompt in IDLE {
        let idle = saw(Standing::NeedsCashier, Some(prompt));
        assert!(
            !story(std::slice::from_ref(&idle)).holds_terminal(),
            "{prompt:?}"
        );
        assert!(
            story(&[idle, asked(1, Act::TryAgain)]).holds_terminal(),
            "{prompt:?}"
        );
    }
    assert!(!story(&[saw(Standing::Paid, None)]).holds_terminal());
}

#[test]
fn a_signature_is_judged_once_and_only_while_it_is_asked_for() {
    let acts = System::Dojo.acts();
    let accept = Act::Sign { accepted: true };
    let wanted = saw(Standing::NeedsCashier, Some(Prompt::Signature));
    assert!(!story(&[]).allows(&accept, &acts));
    assert!(story(std::slice::from_ref(&wanted)).allows(&accept, &acts));
    let judged = [wanted.clone(), asked(1, accept.clone())];
    assert!(!story(&judged).allows(&Act::Sign { accepted: false }, &acts));
    let unheard = story(&[wanted.clone(), asked(1, accept.clone()), lost(1)]);
    assert!(
        unheard.pending_act().is_some_and(Acted::is_to_send),
        "it is said again"
    );
    let over = [
        wanted,
        asked(1, accept),
        lost(1),
        saw(Standing::Processing, None),
    ];
    assert_eq!(story(&over).pending_act(), None, "nobody asks any more");
}

#[test]
fn no_more_goes_back_than_came() {
    let acts = System::Dojo.acts();
    let paid = saw(Standing::Paid, None);
    let part = gave_back(Standing::PartlyRefunded, 400);
    let table = [
        (vec![], 1, false),
        (vec![paid.clone()], 0, false),
        (vec![paid.clone()], 1_000, true),
        (vec![paid.clone()], 1_001, false),
        (vec![paid.clone(), part.clone()], 600, true),
        (vec![paid.clone(), part.clone()], 601, false),
        (
            vec![paid.clone(), part, gave_back(Standing::Refunded, 1_000)],
            1,
            false,
        ),
    ];
    for (events, minor, expected) in table {
        for route in [RefundRoute::Remote, RefundRoute::Terminal] {
            let may = story(&events).allows(&refund(minor, route), &acts);
            assert_eq!(may, expected, "{minor} after {events:?}");
        }
    }
    let euros = Act::Refund {
        amount: Money::new(1, Currency::Eur).unwrap(),
        route: RefundRoute::Remote,
    };
    assert!(!story(&[paid]).allows(&euros, &acts), "another currency");
}

#[test]
fn a_refund_is_under_way_until_a_reading_shows_it() {
    let paid = saw(Standing::Paid, None);
    let act = refund(400, RefundRoute::Remote);
    let with = |more: &[Event]| {
        let mut events = vec![paid.clone(), asked(1, act.clone())];
        events.extend_from_slice(more);
        story(&events)
    };
    let part = gave_back(Standing::PartlyRefunded, 400);
    let table: Vec<(&str, Vec<Event>, Option<bool>)> = vec![
        ("asked", vec![], Some(true)),
        ("lost: sent again with its key", vec![lost(1)], Some(true)),
        ("taken: read until it shows", vec![accepted(1)], Some(false)),
        (
            "read, and not shown",
            vec![accepted(1), paid.clone()],
            Some(false),
        ),
        ("shown", vec![accepted(1), part.clone()], None),
        ("shown before the answer", vec![part, lost(1)], None),
        ("refused", vec![refused(1)], None),
        (
            "given up",
            vec![accepted(1), Event::ActGivenUp { number: 1 }],
            None,
        ),
    ];
    for (name, events, to_send) in table {
        let found = with(&events).pending_act().map(Acted::is_to_send);
        assert_eq!(found, to_send, "{name}");
    }
}

#[test]
fn a_refund_at_the_terminal_is_never_started_twice_by_the_till() {
    let act = refund(400, RefundRoute::Terminal);
    let begun = [saw(Standing::Paid, None), asked(1, act)];
    let mut unheard = begun.to_vec();
    unheard.push(lost(1));
    let acted = story(&unheard);
    assert_eq!(
        acted.pending_act().map(Acted::is_to_send),
        Some(false),
        "it is read instead"
    );
    let mut declined = begun.to_vec();
    declined.extend([named(1, "ts_1"), told(&[("ts_1", no())])]);
    assert_eq!(story(&declined).pending_act(), None, "the card said no");
    assert_eq!(story(&declined).state, State::Paid);
    // The word of the first stays in the provider's history.
    let mut remote = declined.clone();
    remote.push(asked(2, refund(400, RefundRoute::Remote)));
    remote.extend([accepted(2), told(&[("ts_1", no())])]);
    assert!(
        story(&remote).pending_act().is_some(),
        "that was another refund"
    );
    let mut again = declined;
    again.push(asked(2, refund(400, RefundRoute::Terminal)));
    again.push(told(&[("ts_1", no())]));
    assert!(
        story(&again).pending_act().is_some(),
        "nothing has answered it yet"
    );
}

#[test]
fn an_older_reading_takes_no_refund_back() {
    let events = [
        saw(Standing::Paid, None),
        gave_back(Standing::PartlyRefunded, 400),
        gave_back(Standing::Paid, 0),
    ];
    let payment = story(&events);
    assert_eq!(payment.returned(), Some(pounds(400)));
    assert_eq!(payment.state, State::PartlyRefunded);
}

#[test]
fn what_is_held_can_be_taken_or_let_go_once_at_a_time() {
    let acts = System::Dojo.acts();
    let held = saw(Standing::Authorised, None);
    assert!(story(std::slice::from_ref(&held)).allows(&Act::Capture, &acts));
    assert!(story(std::slice::from_ref(&held)).allows(&Act::Reverse, &acts));
    let taking = [held.clone(), asked(1, Act::Capture), accepted(1)];
    assert!(!story(&taking).allows(&Act::Reverse, &acts));
    let mut taken = taking.to_vec();
    taken.push(saw(Standing::Paid, None));
    assert_eq!(story(&taken).pending_act(), None);
    assert!(!story(&[]).allows(&Act::Capture, &acts), "nothing is held");
    let gone = [held, asked(1, Act::Capture), saw(Standing::Cancelled, None)];
    assert_eq!(
        story(&gone).pending_act(),
        None,
        "there is nothing left to take"
    );
}
