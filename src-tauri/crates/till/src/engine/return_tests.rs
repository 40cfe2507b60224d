//! Money that goes back without a payment, as tables: what is done next, and what "not found" says.

use std::time::Duration;

use money::{Currency, Money};
use payment::failure::NoAnswer;
use payment::outcome::Asked;
use payment::{
    AccountId, Actor, Attempt, Capabilities, Channel, Event, Failure, IdempotencyKey, IntentId,
    OrderRef, Payment, PaymentId, ReturnTerms, Seen, Standing, State, System, TerminalCode, Way,
    apply,
};
use tokio::time::Instant;

use super::drive::can_be_witnessed;
use super::learn;
use super::memory::Memory;
use super::plan::{Step, next_step};

fn story(events: &[Event]) -> Payment {
    let order = OrderRef::new("R-1").unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(uuid::Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(1_200, Currency::Gbp).unwrap(),
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

/// A system that finds payments and takes the same key twice, and still has no list of returns.
fn memory() -> Memory {
    let mut memory = Memory::new(true);
    memory.sent = true;
    memory.capabilities = Some(Capabilities {
        channels: &[Channel::Terminal],
        finds: true,
        repeats_safely: true,
        visible_after_ms: 30_000,
        expiry_grace_ms: 0,
        replaces_on_terminal: false,
        acts: System::Dojo.acts(),
        declined_stays_open: false,
        finds_orders: true,
    });
    memory
}

fn lost() -> Failure {
    let why = NoAnswer::TimedOut;
    Failure::NoAnswer { why }
}

fn answered() -> Event {
    Event::Answered {
        intent: IntentId::new("ts_1").unwrap(),
        seen: Seen::new(Standing::Waiting, "session Initiated"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_neither_repeated_nor_looked_for() {
    let acts = System::Dojo.acts();
    for event in [
        Event::AnswerLost { failure: lost() },
        Event::Interrupted,
        Event::ArrivedUnseen { page: None },
    ] {
        let payment = story(&[Event::Dispatched, event.clone()]);
        assert_eq!(payment.state, State::NotKnown, "{event:?}");
        let memory = memory();
        for later_s in [0, 60, 3_600] {
            let now = Instant::now() + Duration::from_secs(later_s);
            let step = next_step(&payment, &memory, now);
            assert_eq!(step, Step::Person, "{event:?} after {later_s} s");
        }
        assert!(can_be_witnessed(&payment, &acts), "{event:?}");
    }
    let payment = story(&[answered()]);
    assert!(!can_be_witnessed(&payment, &acts), "it can be read");
}

/// For how long a session is kept is not said; that one is gone proves nothing about the money.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_gone_is_not_taken_for_nothing() {
    let payment = story(&[answered()]);
    let mut memory = memory();
    let gone = Err(Failure::NotFound { said: None });
    let mut payment = payment;
    for _ in 0..4 {
        tokio::time::advance(Duration::from_secs(20)).await;
        for event in learn::from_read(&payment, &mut memory, Instant::now(), &gone) {
            assert!(!matches!(event, Event::ProvedAbsent), "{event:?}");
            payment = apply(Some(&payment), &event).unwrap();
        }
    }
    assert_eq!(payment.state, State::NotKnown);
    assert!(can_be_witnessed(&payment, &System::Dojo.acts()));
    let none = learn::from_read(&payment, &mut memory, Instant::now(), &gone);
    assert_eq!(none, [], "told once");
}

#[tokio::test(start_paused = true)]
async fn what_is_named_is_read_and_what_is_over_is_left() {
    let mut memory = memory();
    let now = Instant::now();
    assert_eq!(next_step(&story(&[answered()]), &memory, now), Step::Read);
    let cancelled = [
        answered(),
        Event::CancelAsked {
            by: Actor::Till,
            reason: None,
            batch: None,
        },
    ];
    assert_eq!(next_step(&story(&cancelled), &memory, now), Step::Cancel);
    let seen = Seen::new(Standing::Refunded, "session Captured");
    let back = story(&[answered(), Event::Read { seen }]);
    assert_eq!(next_step(&back, &memory, now), Step::Receipts);
    memory.receipts_tried = 3;
    assert_eq!(next_step(&back, &memory, now), Step::Close);
    // The answer to a first sending says the same of it as of a sale.
    let sent = story(&[Event::Dispatched]);
    let events = learn::from_create(&sent, &memory, Asked::FirstCreate, &Err(lost()));
    assert_eq!(events, [Event::AnswerLost { failure: lost() }]);
}
