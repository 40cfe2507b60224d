//! The dry run, the duplicates and what became of a line, as tables. The whole of it runs against the
//! practice stores in the command line's tests.

mod batch;
mod proof;

use money::{Currency, Money};
use payment::{
    AccountId, Actor, Acts, Attempt, BatchId, CancelAnswer, Event, Failure, IdempotencyKey,
    IntentId, LinkTerms, OrderRef, PayPage, Payment, PaymentId, Prompt, Seen, ShopEvent, Standing,
    System, TerminalCode, Verdict, VoidEvent, VoidLine, VoidTarget, Way, Witness, apply,
};

use super::batch::{Batch, leftover_outcome, outcome, take_in};
use super::plan::{Twin, expires_at_ms, extras, is_expiring, members, sums, verdict};
use crate::api::VoidOutcome;

fn pesos(minor: i64) -> Money {
    Money::new(minor, Currency::Mxn).unwrap()
}

fn batch_id() -> BatchId {
    BatchId::from_uuid(uuid::Uuid::from_u128(7))
}

fn link() -> Way {
    Way::Link {
        terms: LinkTerms {
            description: "Concert".to_owned(),
            minutes: 60,
            method: None,
            payer: None,
            billing: None,
            language: None,
        },
    }
}

fn machine() -> Way {
    Way::on_terminal(TerminalCode::new("PRACTICE-1").unwrap())
}

fn story(way: Way, events: &[Event]) -> Payment {
    let order = OrderRef::new("R-1").unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(uuid::Uuid::nil()),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: pesos(35_050),
        account: AccountId::new("practice").unwrap(),
        way,
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    let mut payment = apply(None, &requested).unwrap();
    for event in events {
        payment = apply(Some(&payment), event).unwrap();
    }
    payment
}

fn answered() -> Event {
    Event::Answered {
        intent: IntentId::new("pi-1").unwrap(),
        seen: Seen::new(Standing::Waiting, "x"),
    }
}

fn read(standing: Standing) -> Event {
    Event::Read {
        seen: Seen::new(standing, "x"),
    }
}

fn signature() -> Event {
    Event::Read {
        seen: Seen {
            prompt: Some(Prompt::Signature),
            ..Seen::new(Standing::NeedsCashier, "x")
        },
    }
}

fn lost() -> Event {
    Event::AnswerLost {
        failure: Failure::Fault { status: 502 },
    }
}

fn asked(batch: Option<BatchId>) -> Event {
    Event::CancelAsked {
        by: Actor::Till,
        reason: Some("Duplicate".to_owned()),
        batch,
    }
}

#[test]
fn the_dry_run_says_of_each_what_would_become_of_it() {
    use Verdict::*;
    let compago = System::Compago.acts();
    let dojo = System::Dojo.acts();
    let unseen = Event::ArrivedUnseen { page: None };
    let other = Event::Mismatched {
        intent: Some(IntentId::new("pi-1").unwrap()),
        said: "MX$3.50".to_owned(),
    };
    let not_paid = Event::Witnessed {
        by: Actor::Till,
        saw: Witness::NotPaid,
        receipt: None,
        checked: None,
    };
    type Row = (&'static str, Way, Vec<Event>, Option<Acts>, Verdict);
    let table: Vec<Row> = vec![
        ("saved", machine(), vec![], Some(compago), WillCancel),
        (
            "a link waits",
            link(),
            vec![answered()],
            Some(compago),
            WillCancel,
        ),
        (
            "a machine waits",
            machine(),
            vec![answered()],
            Some(compago),
            WillCancel,
        ),
        (
            "a card is worked on",
            machine(),
            vec![answered(), read(Standing::Processing)],
            Some(compago),
            WillCancel,
        ),
        (
            "asked already",
            link(),
            vec![answered(), asked(None)],
            Some(compago),
            WillCancel,
        ),
        (
            "its account is gone",
            link(),
            vec![answered()],
            None,
            CannotAsk,
        ),
        (
            "its answer was lost",
            link(),
            vec![lost()],
            Some(compago),
            NotKnownYet,
        ),
        (
            "a link without a name",
            link(),
            vec![lost(), unseen.clone()],
            Some(compago),
            NotKnownYet,
        ),
        (
            "a machine has it without a name",
            machine(),
            vec![lost(), unseen.clone()],
            Some(compago),
            NeedsTerminal,
        ),
        (
            "a person saw it not paid",
            machine(),
            vec![lost(), unseen, not_paid],
            Some(compago),
            CannotOver,
        ),
        (
            "another amount",
            machine(),
            vec![other],
            Some(compago),
            NotKnownYet,
        ),
        (
            "a signature",
            machine(),
            vec![answered(), signature()],
            Some(dojo),
            NeedsTerminal,
        ),
        (
            "no end that can be believed",
            machine(),
            vec![answered(), read(Standing::Unconfirmed)],
            Some(dojo),
            NeedsTerminal,
        ),
        (
            "held, where undoing lets go",
            machine(),
            vec![answered(), read(Standing::Authorised)],
            Some(dojo),
            CannotHeld,
        ),
        (
            "held, where a cancel lets go",
            link(),
            vec![answered(), read(Standing::Authorised)],
            Some(compago),
            WillCancel,
        ),
        (
            "paid",
            link(),
            vec![answered(), read(Standing::Paid)],
            Some(compago),
            NeedsRefund,
        ),
        (
            "paid, its account gone",
            link(),
            vec![answered(), read(Standing::Paid)],
            None,
            NeedsRefund,
        ),
        (
            "a part went back",
            machine(),
            vec![
                answered(),
                read(Standing::Paid),
                read(Standing::PartlyRefunded),
            ],
            Some(dojo),
            NeedsRefund,
        ),
        (
            "all went back",
            machine(),
            vec![answered(), read(Standing::Paid), read(Standing::Refunded)],
            Some(dojo),
            CannotReturned,
        ),
        (
            "declined",
            machine(),
            vec![answered(), read(Standing::Declined)],
            Some(compago),
            CannotOver,
        ),
        (
            "cancelled",
            link(),
            vec![answered(), asked(None), read(Standing::Cancelled)],
            Some(compago),
            CannotOver,
        ),
        (
            "expired",
            link(),
            vec![answered(), read(Standing::Expired)],
            None,
            CannotOver,
        ),
    ];
    for (name, way, events, acts, expected) in table {
        let payment = story(way, &events);
        assert_eq!(verdict(&payment, acts.as_ref()), expected, "{name}");
    }
}

#[test]
fn of_what_is_there_twice_the_paid_one_is_kept_else_the_newest() {
    let twin = |same: &[&str], age, is_paid| Twin {
        same: same.iter().map(|same| (*same).to_owned()).collect(),
        age,
        is_paid,
    };
    type Row = (&'static str, Vec<Twin>, &'static [usize], &'static [usize]);
    let table: [Row; 6] = [
        ("none", vec![], &[], &[]),
        (
            "all different",
            vec![twin(&["a"], 1, false), twin(&["b"], 2, false)],
            &[],
            &[],
        ),
        (
            "three of one",
            vec![
                twin(&["a"], 2, false),
                twin(&["a"], 3, false),
                twin(&["a"], 1, false),
            ],
            &[0, 2],
            &[0, 1, 2],
        ),
        (
            "the oldest is paid",
            vec![
                twin(&["a"], 1, true),
                twin(&["a"], 2, false),
                twin(&["a"], 3, false),
            ],
            &[1, 2],
            &[0, 1, 2],
        ),
        (
            "two that are paid are nobody's to void",
            vec![twin(&["a"], 1, true), twin(&["a"], 2, true)],
            &[],
            &[],
        ),
        (
            "by the order, and by what it is for",
            vec![
                twin(&["a", "x"], 1, false),
                twin(&["a"], 2, false),
                twin(&["b", "x"], 3, false),
            ],
            &[0],
            &[0, 1, 0, 2],
        ),
    ];
    for (name, twins, expected, all) in table {
        assert_eq!(extras(&twins), expected, "{name}");
        assert_eq!(members(&twins), all, "{name}");
    }
}

#[test]
fn a_link_expires_as_its_provider_says_else_as_it_was_asked_for() {
    let minute = 60_000;
    let open = story(link(), &[answered()]);
    assert_eq!(expires_at_ms(&open, 1_000), Some(1_000 + 60 * minute));
    let page = Some(PayPage {
        url: "https://pay.example/1".to_owned(),
        expires_at_ms: Some(20 * minute),
    });
    let said = Event::Answered {
        intent: IntentId::new("pi-1").unwrap(),
        seen: Seen {
            page,
            ..Seen::new(Standing::Waiting, "x")
        },
    };
    let said = story(link(), &[said]);
    assert_eq!(expires_at_ms(&said, 1_000), Some(20 * minute));
    assert!(is_expiring(&said, 0, 10 * minute, 10));
    assert!(!is_expiring(&said, 0, 10 * minute, 9), "later than that");
    assert!(!is_expiring(&said, 0, 21 * minute, 60), "over already");
    assert!(!is_expiring(&story(machine(), &[answered()]), 0, 0, 60));
    let over = story(link(), &[answered(), read(Standing::Cancelled)]);
    assert!(!is_expiring(&over, 0, 0, 60));
}

#[test]
fn sums_are_by_currency_and_never_smaller_than_they_are() {
    let pounds = Money::new(250, Currency::Gbp).unwrap();
    let told = sums([pesos(100), pounds, pesos(5)].into_iter()).unwrap();
    assert_eq!(told, [pounds, pesos(105)]);
    let most = pesos(money::MAX_MINOR);
    assert!(sums([most, pesos(1)].into_iter()).is_err());
}
