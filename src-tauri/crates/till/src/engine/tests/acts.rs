//! Acts: how long one is waited for, and which are sent.

use payment::{Act, ActName, ActOutcome, ActSeen, RefundRoute};

use super::*;
use crate::engine::pace;

fn refund(route: RefundRoute) -> Event {
    Event::ActAsked {
        number: 1,
        act: Act::Refund {
            amount: Money::new(500, Currency::Mxn).unwrap(),
            route,
        },
        by: Actor::Till,
        reason: None,
    }
}

fn taken(name: &str) -> Event {
    Event::ActAnswered {
        number: 1,
        answer: CancelAnswer::Accepted,
        name: ActName::new(name).ok(),
    }
}

fn refund_waits(name: &str) -> Event {
    let told = ActSeen {
        name: ActName::new(name).ok(),
        key: None,
        outcome: ActOutcome::UnderWay,
        amount: None,
    };
    Event::Read {
        seen: Seen {
            prompt: Some(Prompt::RefundWaiting),
            acts: vec![told],
            ..seen(Standing::Paid)
        },
    }
}

/// After so many readings that show nothing.
fn step_after(payment: &Payment, readings: u32) -> Step {
    let mut memory = memory(false);
    memory.act_needs_reading = false;
    memory.act_readings = readings;
    next_step(payment, &memory, memory.started)
}

#[test]
fn nothing_is_waited_for_for_ever() {
    let story = |route: RefundRoute, waits: &str| {
        story(&[
            answered(),
            read(Standing::Paid),
            refund(route),
            taken("r-1"),
            refund_waits(waits),
        ])
    };
    let table = [
        // A machine that was unplugged says that it waits for the card.
        (RefundRoute::Terminal, "r-1", pace::TERMINAL_REFUND_READINGS),
        // A bank takes its time; of another refund that waits this one does not live.
        (RefundRoute::Remote, "r-1", pace::BANK_READINGS),
        (RefundRoute::Remote, "r-0", pace::ACT_READINGS),
    ];
    for (route, waits, readings) in table {
        let payment = story(route, waits);
        let step = step_after(&payment, readings - 1);
        assert_eq!(step, Step::ReadPaid, "{route:?} {waits}");
        let step = step_after(&payment, readings);
        assert_eq!(step, Step::GiveUpAct, "{route:?} {waits}");
    }
    let began = (0..pace::TERMINAL_REFUND_READINGS)
        .map(pace::after_act)
        .sum::<Duration>();
    let minutes = began.as_secs() / 60;
    assert!((3..10).contains(&minutes), "{minutes} minutes at a machine");
}

/// Where writing the wish failed at its very end, whoever asked was told that nothing is done. Found
/// after the next start, it is read and never sent.
#[test]
fn a_wish_that_never_left_is_not_sent_after_a_start() {
    let asked = [
        answered(),
        read(Standing::Paid),
        refund(RefundRoute::Remote),
    ];
    let payment = story(&asked);
    for readings in 0..=pace::ACT_READINGS {
        assert_ne!(step_after(&payment, readings), Step::Act);
    }
    assert_eq!(step_after(&payment, 0), Step::ReadPaid, "it is looked for");
    assert_eq!(step_after(&payment, pace::ACT_READINGS), Step::GiveUpAct);
    let mut left = asked.to_vec();
    left.push(Event::ActSent { number: 1 });
    let step = step_after(&story(&left), 1);
    assert_eq!(step, Step::Act, "its answer was lost: it has a key");
    let mut memory = memory(true);
    memory.act_asked_here = true;
    let step = next_step(&payment, &memory, memory.started);
    assert_eq!(
        step,
        Step::Act,
        "the wish is durable, and nobody was sent away"
    );
}
