//! What is read off a payment by those who decide about it: tables, so that no condition can be turned
//! round unseen.

use money::Currency;
use uuid::Uuid;

use super::late::is_late;
use super::tests::{answered, intent, lost, seen, story};
use super::*;
use crate::void::Verdict;

const OURS: Option<i64> = Some(35_050);

fn batch(number: u128) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(number))
}

fn asked(batch: Option<BatchId>) -> Event {
    Event::CancelAsked {
        by: Actor::Till,
        reason: Some("Duplicate".to_owned()),
        batch,
    }
}

fn read(standing: Standing) -> Event {
    Event::Read {
        seen: seen(standing, OURS),
    }
}

#[test]
fn each_batch_that_asked_is_remembered_and_no_other() {
    let table = [
        (vec![], [false, false]),
        (vec![asked(None)], [false, false]),
        (vec![asked(Some(batch(1)))], [true, false]),
        (vec![asked(Some(batch(2)))], [false, true]),
        (
            vec![asked(Some(batch(1))), asked(Some(batch(2)))],
            [true, true],
        ),
        (vec![asked(Some(batch(1))), asked(None)], [true, false]),
    ];
    for (events, expected) in table {
        let events = [vec![answered()], events].concat();
        let payment = story(&events);
        let is = [1, 2].map(|number| payment.is_withdrawn_by(batch(number)));
        assert_eq!(is, expected, "{events:?}");
        assert!(!payment.is_withdrawn_by(batch(3)));
    }
}

#[test]
fn only_an_end_without_money_that_was_seen_otherwise_is_contested() {
    let paid_for_less = Event::Read {
        seen: seen(Standing::Paid, Some(350)),
    };
    let table = [
        ("open", vec![answered()], false),
        (
            "cancelled",
            vec![answered(), read(Standing::Cancelled)],
            false,
        ),
        ("paid", vec![answered(), read(Standing::Paid)], false),
        (
            "paid after its cancel",
            vec![answered(), read(Standing::Cancelled), read(Standing::Paid)],
            false,
        ),
        (
            "held after its cancel",
            vec![
                answered(),
                read(Standing::Cancelled),
                read(Standing::Authorised),
            ],
            true,
        ),
        (
            "paid for another amount after its cancel",
            vec![answered(), read(Standing::Cancelled), paid_for_less],
            true,
        ),
    ];
    for (name, events, expected) in table {
        assert_eq!(story(&events).is_contested(), expected, "{name}");
    }
}

#[test]
fn a_prompt_is_shown_while_it_matters() {
    let prompted = |standing| Event::Read {
        seen: Seen {
            prompt: Some(Prompt::CardDeclined),
            ..seen(standing, OURS)
        },
    };
    let waits = story(&[answered(), prompted(Standing::Waiting)]);
    assert_eq!(waits.prompt(), Some(Prompt::CardDeclined));
    let over = story(&[answered(), prompted(Standing::Cancelled)]);
    assert_eq!(over.prompt(), None);
}

#[test]
fn each_part_of_a_reading_is_news_by_itself() {
    let known = seen(Standing::Waiting, OURS);
    let payment = story(&[answered()]);
    assert!(!payment.is_news(&known));
    assert!(story(&[]).is_news(&known), "the first");
    let tip = Money::new(500, Currency::Mxn).ok();
    let page = Some(PayPage {
        url: "https://example.com/p".to_owned(),
        expires_at_ms: None,
    });
    let with_page = Seen {
        page,
        ..known.clone()
    };
    let news = [
        ("a page", with_page.clone()),
        (
            "a tip",
            Seen {
                tip,
                ..known.clone()
            },
        ),
        (
            "a prompt",
            Seen {
                prompt: Some(Prompt::CardDeclined),
                ..known.clone()
            },
        ),
        (
            "another word",
            Seen {
                raw: "OTHER".to_owned(),
                ..known.clone()
            },
        ),
        ("another standing", seen(Standing::Processing, OURS)),
    ];
    for (name, reading) in news {
        assert!(payment.is_news(&reading), "{name}");
        let after = story(&[
            answered(),
            Event::Read {
                seen: reading.clone(),
            },
        ]);
        assert!(!after.is_news(&reading), "{name}, once more");
    }
    let shown = story(&[answered(), Event::Read { seen: with_page }]);
    assert!(!shown.is_news(&known), "an answer that leaves the page out");
    let unreachable = story(&[
        answered(),
        Event::ReadingLost {
            failure: Failure::KeyRefused,
        },
    ]);
    assert!(unreachable.is_news(&known), "it answers again");
}

#[test]
fn a_fault_is_met_where_nothing_was_ever_seen_after_one() {
    let faulty = Event::AnswerLost {
        failure: Failure::Fault { status: 500 },
    };
    let table = [
        (
            "a fault, absent",
            vec![faulty.clone(), Event::ProvedAbsent],
            true,
        ),
        ("a fault, not proved", vec![faulty.clone()], false),
        ("silence, absent", vec![lost(), Event::ProvedAbsent], false),
        ("a fault, found", vec![faulty, answered()], false),
        ("named", vec![answered()], false),
    ];
    for (name, events, expected) in table {
        assert_eq!(story(&events).met_a_fault(), expected, "{name}");
    }
    assert_eq!(story(&[answered()]).intent, Some(intent()));
}

#[test]
fn money_is_late_only_where_none_was_expected() {
    let paid = Signal::Seen(Standing::Paid);
    let held = Signal::Seen(Standing::Authorised);
    let gone = Signal::Seen(Standing::Cancelled);
    let table = [
        (State::Cancelled, paid, State::Paid, true),
        (State::Waiting, paid, State::Paid, false),
        (State::Cancelled, held, State::Cancelled, true),
        (State::Waiting, held, State::Authorised, false),
        (State::Cancelled, gone, State::Cancelled, false),
        (
            State::Declined,
            Signal::SeenPaidOtherwise,
            State::Declined,
            true,
        ),
        (State::Paid, Signal::SeenPaidOtherwise, State::Paid, false),
    ];
    for (from, signal, to, expected) in table {
        assert_eq!(is_late(from, signal, to), expected, "{from:?} {signal:?}");
    }
}

#[test]
fn a_batch_tries_what_it_can_cancel_and_what_is_not_known_yet() {
    let tried: Vec<_> = Verdict::ALL
        .into_iter()
        .filter(|one| one.is_tried())
        .collect();
    assert_eq!(tried, [Verdict::WillCancel, Verdict::NotKnownYet]);
}

#[test]
fn a_cancel_is_asked_of_what_can_be_charged_and_is_kept_with_its_batch() {
    let said = Event::CancelAnswered {
        answer: CancelAnswer::Accepted,
    };
    let declined = || vec![answered(), read(Standing::Declined)];
    let table = [
        ("open", vec![answered()], Cancel::Asked),
        ("declined", declined(), Cancel::Asked),
        (
            "taken",
            vec![answered(), asked(None), said],
            Cancel::Accepted,
        ),
        ("paid", vec![answered(), read(Standing::Paid)], Cancel::No),
    ];
    for (name, events, expected) in table {
        let wordless = Event::CancelAsked {
            by: Actor::Till,
            reason: None,
            batch: Some(batch(1)),
        };
        let payment = story(&[events, vec![wordless]].concat());
        assert_eq!(payment.cancel, expected, "{name}");
        assert!(payment.is_withdrawn_by(batch(1)), "{name}");
    }
}

#[test]
fn a_reading_without_proof_is_a_doubt_but_not_of_what_is_held_or_of_another_amount() {
    let unproved = || read(Standing::Unconfirmed);
    let doubt = |events: &[Event]| story(events).doubt;
    assert_eq!(doubt(&[answered(), unproved()]), Some(Doubt::Unconfirmed));
    assert_eq!(
        doubt(&[answered(), read(Standing::Authorised), unproved()]),
        None
    );
    let other = Event::Mismatched {
        intent: None,
        said: "MX$3.50".to_owned(),
    };
    let told = doubt(&[answered(), other, unproved()]);
    assert!(matches!(told, Some(Doubt::OtherAmount { .. })), "{told:?}");
}
