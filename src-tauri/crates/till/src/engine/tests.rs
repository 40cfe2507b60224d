//! The pure half of the engine as tables. The whole of it runs in `tests/`, under faults.

use std::time::Duration;

use money::{Currency, Money};
use payment::failure::{NoAnswer, NotSent};
use payment::outcome::Asked;
use payment::{
    AccountId, Actor, Attempt, CancelAnswer, Capabilities, Channel, Created, Event, Failure,
    IdempotencyKey, IntentId, OrderRef, Payment, PaymentId, Prompt, Refusal, Seen, Standing, State,
    TerminalCode, Way, Witness, apply,
};
use tokio::time::Instant;

use super::learn;
use super::memory::Memory;
use super::plan::{Step, next_step};

mod acts;

const SECOND: Duration = Duration::from_secs(1);

fn story(events: &[Event]) -> Payment {
    let order = OrderRef::new("R-1").unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(uuid::Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(35_050, Currency::Mxn).unwrap(),
        account: AccountId::new("practice").unwrap(),
        way: Way::on_terminal(TerminalCode::new("PRACTICE-1").unwrap()),
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    let mut payment = apply(None, &requested).unwrap();
    for event in events {
        payment = apply(Some(&payment), event).unwrap();
    }
    payment
}

fn memory(asked_now: bool) -> Memory {
    let capabilities = Capabilities {
        channels: &[Channel::Terminal],
        finds: false,
        repeats_safely: true,
        visible_after_ms: 30_000,
        expiry_grace_ms: 20_000,
        replaces_on_terminal: true,
        declined_stays_open: false,
        finds_orders: false,
        acts: payment::Acts::NONE,
    };
    let mut memory = Memory::new(asked_now);
    memory.capabilities = Some(capabilities);
    memory
}

fn seen(standing: Standing) -> Seen {
    Seen {
        standing,
        prompt: None,
        raw: format!("{standing:?}"),
        amount: None,
        page: None,
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

fn answered() -> Event {
    Event::Answered {
        intent: IntentId::new("pi-1").unwrap(),
        seen: seen(Standing::Waiting),
    }
}

fn read(standing: Standing) -> Event {
    Event::Read {
        seen: seen(standing),
    }
}

fn timed_out() -> Failure {
    Failure::NoAnswer {
        why: NoAnswer::TimedOut,
    }
}

fn lost() -> Event {
    Event::AnswerLost {
        failure: timed_out(),
    }
}

fn other_amount() -> Event {
    Event::Mismatched {
        intent: Some(IntentId::new("pi-1").unwrap()),
        said: "MX$3.50".into(),
    }
}

fn cancel() -> Event {
    Event::CancelAsked {
        by: Actor::Till,
        reason: None,
        batch: None,
    }
}

/// What to do about a payment with this story, asked for now by someone who waits.
fn step_now(events: &[Event]) -> Step {
    let memory = memory(true);
    next_step(&story(events), &memory, memory.started)
}

#[test]
fn what_comes_next() {
    let by = Actor::Till;
    let witnessed = Event::Witnessed {
        by,
        saw: Witness::NotPaid,
        receipt: None,
        checked: None,
    };
    let table: Vec<(&str, Vec<Event>, Step)> = vec![
        ("saved", vec![], Step::Create),
        (
            "known to the provider",
            vec![Event::Dispatched, answered()],
            Step::Read,
        ),
        (
            "a cancel was asked",
            vec![answered(), cancel()],
            Step::Cancel,
        ),
        (
            "an answer was lost",
            vec![Event::Dispatched, lost()],
            Step::Repeat,
        ),
        (
            "lost, and a cancel was asked",
            vec![lost(), cancel()],
            Step::Repeat,
        ),
        (
            "it exists without a name",
            vec![lost(), Event::ArrivedUnseen { page: None }],
            Step::Person,
        ),
        ("another amount", vec![other_amount()], Step::Withdraw),
        (
            "another amount, asked to cancel",
            vec![other_amount(), cancel()],
            Step::Cancel,
        ),
        (
            "paid for another amount: nothing left to cancel",
            vec![other_amount(), cancel(), read(Standing::Paid)],
            Step::Read,
        ),
        ("paid", vec![answered(), read(Standing::Paid)], Step::Close),
        (
            "a person's word, no name to ask by",
            vec![lost(), witnessed],
            Step::Close,
        ),
        (
            "nothing was sent",
            vec![Event::Refused {
                refusal: Refusal::KeyRefused,
            }],
            Step::Close,
        ),
    ];
    for (name, events, expected) in table {
        assert_eq!(step_now(&events), expected, "{name}");
    }
}

#[test]
fn what_nobody_waits_for_any_more_is_withdrawn_before_it_is_repeated() {
    let fresh = memory(true);
    let payment = story(&[lost()]);
    assert_eq!(
        next_step(&payment, &fresh, fresh.started + 119 * SECOND),
        Step::Repeat
    );
    assert_eq!(
        next_step(&payment, &fresh, fresh.started + 120 * SECOND),
        Step::Withdraw
    );
    let found = memory(false);
    let payment = story(&[Event::Interrupted]);
    assert_eq!(next_step(&payment, &found, found.started), Step::Withdraw);
    let payment = story(&[Event::Interrupted, cancel()]);
    assert_eq!(next_step(&payment, &found, found.started), Step::Repeat);
}

#[test]
fn what_is_over_is_read_again_three_times() {
    let payment = story(&[answered(), cancel(), read(Standing::Cancelled)]);
    let mut memory = memory(true);
    let since = memory.started;
    let waits = [10, 60, 600].map(|seconds| Step::Wait(since + seconds * SECOND));
    for (done, wait) in waits.into_iter().enumerate() {
        memory.over = Some((since, done));
        assert_eq!(next_step(&payment, &memory, since + SECOND), wait);
        assert_eq!(
            next_step(&payment, &memory, since + 600 * SECOND),
            Step::Read
        );
    }
    memory.over = Some((since, 3));
    assert_eq!(
        next_step(&payment, &memory, since + 600 * SECOND),
        Step::Close
    );
}

#[test]
fn a_lost_create_is_told_once_and_ends_nothing() {
    let sending = story(&[Event::Dispatched]);
    let told = learn::from_create(
        &sending,
        &memory(true),
        Asked::FirstCreate,
        &Err(timed_out()),
    );
    assert_eq!(told, vec![lost()]);
    let unknown = story(&[Event::Dispatched, lost()]);
    assert_eq!(
        learn::from_create(
            &unknown,
            &memory(true),
            Asked::RepeatedCreate,
            &Err(timed_out())
        ),
        vec![]
    );
    let duplicate = learn::from_create(
        &unknown,
        &memory(true),
        Asked::RepeatedCreate,
        &Err(Failure::Duplicate),
    );
    assert_eq!(duplicate, vec![Event::ArrivedUnseen { page: None }]);
}

#[test]
fn a_create_that_never_left_is_over() {
    let failure = Failure::NotSent {
        why: NotSent::NoConnection,
    };
    let sending = story(&[Event::Dispatched]);
    let told = learn::from_create(
        &sending,
        &memory(true),
        Asked::FirstCreate,
        &Err(failure.clone()),
    );
    assert_eq!(
        told,
        vec![Event::Refused {
            refusal: Refusal::NotSent { failure }
        }]
    );
}

#[test]
fn an_answer_about_another_amount_is_doubted_and_told_once() {
    let amount = Some(Money::new(350, Currency::Mxn).unwrap());
    let seen = Seen {
        amount,
        ..seen(Standing::Waiting)
    };
    let created = Ok(Created {
        intent: Some(IntentId::new("pi-1").unwrap()),
        seen,
    });
    let sending = story(&[Event::Dispatched]);
    let told = learn::from_create(&sending, &memory(true), Asked::FirstCreate, &created);
    assert_eq!(told, vec![other_amount()]);
    let doubted = story(&told);
    assert_eq!(
        learn::from_create(&doubted, &memory(true), Asked::RepeatedCreate, &created),
        vec![]
    );
}

#[test]
fn expired_is_believed_only_after_its_grace() {
    let payment = story(&[answered()]);
    let mut memory = memory(true);
    let start = memory.started;
    let expired = Ok(seen(Standing::Expired));
    let mut at = |seconds: u32, answer: &Result<Seen, Failure>| {
        learn::from_read(&payment, &mut memory, start + seconds * SECOND, answer)
    };
    assert_eq!(at(0, &expired), vec![]);
    assert_eq!(at(19, &expired), vec![]);
    assert_eq!(at(20, &expired), vec![read(Standing::Expired)]);
    // A card came after all: the grace begins anew.
    assert_eq!(
        at(21, &Ok(seen(Standing::Processing))),
        vec![read(Standing::Processing)]
    );
    assert_eq!(at(22, &expired), vec![]);
}

#[test]
fn not_found_is_believed_only_when_old_and_agreed() {
    let payment = story(&[answered()]);
    let mut memory = memory(true);
    let start = memory.started;
    let absent = Err(Failure::NotFound { said: None });
    let mut at = |seconds: u32, answer: &Result<Seen, Failure>| {
        learn::from_read(&payment, &mut memory, start + seconds * SECOND, answer)
    };
    let unreachable = Event::ReadingLost {
        failure: Failure::NotFound { said: None },
    };
    assert_eq!(at(1, &absent), vec![unreachable.clone()]);
    assert_eq!(at(29, &absent), vec![unreachable.clone()], "too young");
    assert_eq!(
        at(29, &Ok(seen(Standing::Waiting))),
        vec![],
        "it was a reading that lagged"
    );
    assert_eq!(at(40, &absent), vec![unreachable.clone()], "only one");
    assert_eq!(at(44, &absent), vec![unreachable], "too close");
    assert_eq!(at(45, &absent), vec![Event::ProvedAbsent]);
}

#[test]
fn the_age_of_an_absence_counts_from_the_last_create() {
    let payment = story(&[other_amount(), cancel()]);
    let mut memory = memory(true);
    let start = memory.started;
    // A repeat of the create came back only now: what it made may not be visible yet.
    memory.created_at = start + 60 * SECOND;
    let absent = Err(Failure::NotFound { said: None });
    let mut at =
        |seconds: u32| learn::from_read(&payment, &mut memory, start + seconds * SECOND, &absent);
    let unreachable = Event::ReadingLost {
        failure: Failure::NotFound { said: None },
    };
    assert_eq!(at(70), vec![unreachable.clone()]);
    assert_eq!(
        at(89),
        vec![unreachable],
        "thirty seconds after the first, not the last"
    );
    assert_eq!(at(90), vec![Event::ProvedAbsent]);
}

#[test]
fn a_word_that_is_not_understood_is_no_late_look() {
    let is_a_look = |state, standing| learn::is_a_look(state, &seen(standing));
    assert!(!is_a_look(State::Cancelled, Standing::Unrecognised));
    assert!(is_a_look(State::Cancelled, Standing::Cancelled));
    assert!(is_a_look(State::Cancelled, Standing::Paid));
    // Older than the cancel that was read. A link that expired stays open in its system's words.
    assert!(!is_a_look(State::Cancelled, Standing::Waiting));
    assert!(!is_a_look(State::Cancelled, Standing::Processing));
    assert!(is_a_look(State::Expired, Standing::Waiting));
}

#[test]
fn no_answer_to_a_cancel_is_a_verdict() {
    let invalid = Failure::Invalid {
        said: "already confirmed".into(),
    };
    let table = [
        (Ok(()), CancelAnswer::Accepted),
        (
            Err(invalid.clone()),
            CancelAnswer::Refused { failure: invalid },
        ),
        (
            Err(timed_out()),
            CancelAnswer::Lost {
                failure: timed_out(),
            },
        ),
        (
            Err(Failure::KeyRefused),
            CancelAnswer::Lost {
                failure: Failure::KeyRefused,
            },
        ),
    ];
    for (answer, expected) in table {
        let told = learn::from_cancel(answer);
        assert_eq!(told, Event::CancelAnswered { answer: expected });
        assert!(story(&[answered(), cancel(), told]).state.is_open());
    }
}

#[test]
fn a_reading_that_says_nothing_new_is_no_fact() {
    let payment = story(&[answered()]);
    let mut memory = memory(true);
    let now = Instant::now();
    assert_eq!(
        learn::from_read(&payment, &mut memory, now, &Ok(seen(Standing::Waiting))),
        vec![]
    );
    let declined = Seen {
        prompt: Some(Prompt::CardDeclined),
        ..seen(Standing::Waiting)
    };
    let told = learn::from_read(&payment, &mut memory, now, &Ok(declined.clone()));
    assert_eq!(told, vec![Event::Read { seen: declined }]);
}

#[test]
fn nothing_is_planned_before_it_is_known_what_the_system_can_do() {
    let lost = Event::AnswerLost {
        failure: timed_out(),
    };
    for events in [
        vec![Event::Dispatched, lost],
        vec![Event::Interrupted],
        vec![Event::Dispatched, Event::ArrivedUnseen { page: None }],
    ] {
        let payment = story(&events);
        let memory = Memory::new(false);
        let step = next_step(&payment, &memory, Instant::now());
        assert_eq!(step, Step::Connect, "{events:?}");
    }
}

#[test]
fn a_system_with_a_list_is_looked_through_and_never_asked_twice() {
    let lost = Event::AnswerLost {
        failure: timed_out(),
    };
    for asked_now in [true, false] {
        let payment = story(&[Event::Dispatched, lost.clone()]);
        let mut memory = memory(asked_now);
        memory.capabilities = memory.capabilities.map(|able| Capabilities {
            finds: true,
            repeats_safely: false,
            ..able
        });
        let step = next_step(&payment, &memory, Instant::now());
        assert_eq!(step, Step::Find, "asked now: {asked_now}");
        // There a refusal of a repeat proves nothing; the list decides.
        let refused = Err(Failure::Invalid {
            said: "bank code".to_owned(),
        });
        let told = learn::from_create(&payment, &memory, Asked::RepeatedCreate, &refused);
        assert_eq!(told, Vec::new());
    }
}
