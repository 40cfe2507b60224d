//! Dojo's machines and withdrawals, against the practice store, with every behaviour that the
//! documents leave open.

use payment::outcome::{Asked, Verdict, verdict};
use payment::{Act, Charge, Failure, IdempotencyKey, Prompt, SaleTerms, Standing, TerminalState};
use practice::{
    DojoCancelInSession, DojoErrors, DojoHeaders, DojoOrder, DojoRepeatedCancel, DojoSecondSession,
    DojoUnavailable, DojoUnconfirmed, DojoUnsuccessful, DojoVoided, Fault, Operation,
};

use super::hands::{DAY_MS, MINUTE_MS, act, gbp, needs, on, open, played, stands};
use crate::store::{self, MINOR};

#[tokio::test(flavor = "multi_thread")]
async fn each_virtual_terminal_ends_in_its_place() {
    use Prompt::{CancelledAtTerminal, CardDeclined, Signature, TerminalIdle};
    let paid = (Standing::Paid, None);
    let unconfirmed = (Standing::Unconfirmed, None);
    for (end, after_ms, expected) in [
        ("SIP0", 0, paid),
        ("SCN0", 0, paid),
        ("DIP0", 0, needs(CardDeclined)),
        ("SIS0", 0, needs(Signature)),
        ("CIP0", 0, needs(CancelledAtTerminal)),
        ("UIP0", 0, needs(CancelledAtTerminal)),
        ("TIP0", 2 * MINUTE_MS, unconfirmed),
        ("SIP1", 0, paid),
        ("SLO0", 0, paid),
        ("WLK0", 2 * MINUTE_MS, unconfirmed),
        ("OFF0", 0, needs(TerminalIdle)),
    ] {
        let store = open(|_| ()).await;
        let (_, intent) = played(&store, end).await;
        store.pass(after_ms);
        let seen = store.read(&intent).await;
        assert_eq!(stands(&seen), expected, "{end}: {seen:?}");
        let is_paid = expected == paid;
        assert_eq!(store.charged().len(), usize::from(is_paid), "{end}");
        // Read by a till that was started anew: the same.
        let anew = store.line_as(|_| ());
        let again = anew.read(&intent).await.expect("a reading");
        assert_eq!(stands(&again), expected, "{end}");
        if end == "SIP1" {
            assert_eq!(seen.tip, Some(gbp(MINOR / 10)));
            assert_eq!(seen.amount, Some(gbp(MINOR)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsuccessful_try_is_never_paid_and_never_an_end() {
    for unsuccessful in [
        DojoUnsuccessful::Canceled,
        DojoUnsuccessful::Declined,
        DojoUnsuccessful::Expired,
    ] {
        let store = open(|settings| settings.dojo_unsuccessful = unsuccessful).await;
        let (_, intent) = played(&store, "UIP0").await;
        store.pass(2 * MINUTE_MS);
        let standing = store.standing(&intent).await;
        let is_open = matches!(standing, Standing::NeedsCashier | Standing::Unconfirmed);
        assert!(is_open, "{unsuccessful:?}: {standing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_card_is_tried_again_on_the_same_payment() {
    let store = open(|_| ()).await;
    let (charge, intent) = (store.charge("R-1"), store.sale("R-1").await);
    store.act("R-1", store::Act::Decline);
    assert_eq!(
        stands(&store.read(&intent).await),
        needs(Prompt::CardDeclined)
    );
    assert_eq!(act(&store, &charge, &intent, Act::TryAgain).await, Ok(()));
    assert_eq!(store.standing(&intent).await, Standing::Waiting);
    store.act("R-1", store::Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    assert_eq!((store.made(), store.charged().len()), (1, 1));
    let again = act(&store, &charge, &intent, Act::TryAgain).await;
    assert!(again.is_err(), "what is paid is not paid twice: {again:?}");
    store.pass(MINUTE_MS);
    assert_eq!(store.charged().len(), 1);
}

/// The machine has another payment, or is switched off, or answers oddly: the payment is there, on
/// no machine, and can be tried again or withdrawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_does_not_take_it_leaves_the_payment_to_the_cashier() {
    for busy in [
        DojoUnavailable::Conflict,
        DojoUnavailable::NotFound,
        DojoUnavailable::BadRequest,
    ] {
        for errors in [DojoErrors::Problem, DojoErrors::PascalCase] {
            let store = open(|settings| {
                settings.dojo_busy = busy;
                settings.dojo_errors = errors;
            })
            .await;
            let first = store.sale("R-1").await;
            let charge = store.charge("R-2");
            let created = store.line.create(&charge).await.expect("a payment");
            let idle = needs(Prompt::TerminalIdle);
            assert_eq!(stands(&created.seen), idle, "{busy:?} {errors:?}");
            let intent = created.intent.expect("a name");
            assert_eq!(stands(&store.read(&intent).await), idle);
            let again = act(&store, &charge, &intent, Act::TryAgain).await;
            let refused = again.expect_err("still busy");
            let nothing = matches!(
                verdict(Asked::FirstCreate, &refused),
                Verdict::NothingHappened | Verdict::ExistsUnseen
            );
            assert!(nothing, "{refused:?}");
            assert_eq!(store.line.cancel(&intent).await, Ok(()));
            assert_eq!(store.standing(&intent).await, Standing::Cancelled);
            assert_eq!(store.standing(&first).await, Standing::Waiting);
            assert_eq!(store.alive(), 1);
        }
    }
    // Taken, and never shown: it runs out, and nobody knows more.
    let store = open(|settings| settings.dojo_busy = DojoUnavailable::Accepted).await;
    store.sale("R-1").await;
    let second = store
        .line
        .create(&store.charge("R-2"))
        .await
        .expect("a payment");
    let second = second.intent.expect("a name");
    store.pass(MINUTE_MS);
    assert_eq!(store.standing(&second).await, Standing::Unconfirmed);
    assert_eq!(store.line.cancel(&second).await, Ok(()));
    assert_eq!(store.standing(&second).await, Standing::Cancelled);
}

/// Whatever happens to the second request of a create, the payment has a name, and what its reading
/// says is what the machine shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_about_the_machine_is_settled_by_reading() {
    for (fault, begins) in [
        (Fault::LoseAnswer, true),
        (Fault::CutBody, true),
        (Fault::Html { takes_effect: true }, true),
        (Fault::EmptyBody, true),
        (Fault::TruncatedJson, true),
        (Fault::Stall, true),
        (Fault::DropRequest, false),
        (
            Fault::Html {
                takes_effect: false,
            },
            false,
        ),
        (Fault::TooManyRequests { retry_after_s: 1 }, false),
    ] {
        let store = open(|_| ()).await;
        store.spoil(Operation::Start, fault);
        let created = store
            .line
            .create(&store.charge("R-1"))
            .await
            .expect("a payment");
        assert_eq!(created.seen.standing, Standing::Processing, "{fault:?}");
        let intent = created.intent.expect("a name");
        let seen = store.read(&intent).await;
        let expected = if begins {
            (Standing::Waiting, None)
        } else {
            needs(Prompt::TerminalIdle)
        };
        assert_eq!(seen.standing, expected.0, "{fault:?}: {seen:?}");
        assert_eq!(store.alive(), usize::from(begins), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_stopped_in_the_middle_finds_its_payment() {
    for order in [DojoOrder::NewestFirst, DojoOrder::OldestFirst] {
        let store = open(|settings| settings.dojo_order = order).await;
        for number in 0..120 {
            // On a machine that is off: made, and on no machine.
            let mut other = on(&store, "OFF0", SaleTerms::PLAIN);
            other.key = IdempotencyKey::new(&format!("O-{number}")).expect("a key");
            store.line.create(&other).await.expect("a payment");
        }
        let charge = store.charge("R-1");
        let intent = store.sale("R-1").await;
        for ahead_ms in [0, 2 * 60 * 60 * 1_000, -2 * 60 * 60 * 1_000] {
            let asked_at_ms = i64::try_from(store.practice.dojo_intents()[0].created_at_ms)
                .expect("a time")
                .saturating_add(ahead_ms);
            let charge = Charge {
                asked_at_ms,
                ..charge.clone()
            };
            let anew = store.line_as(|_| ());
            let found = anew
                .find(&charge)
                .await
                .expect("a list")
                .expect("it is there");
            assert_eq!(found.intent, Some(intent.clone()), "{order:?} {ahead_ms}");
            assert_eq!(found.seen.standing, Standing::Waiting);
        }
        let open = store.line.list_open(0).await.expect("a list");
        assert_eq!(open.len(), 100, "of 121, the newest");
        assert_eq!(open[0].reference, "R-1");
        let all = store.line.list(0).await.expect("a list");
        assert_eq!(all.len(), 121, "all of them");
        assert_eq!(all[0].standing, Standing::Waiting);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_nobody_heard_of_is_not_denied() {
    for unconfirmed in [
        DojoUnconfirmed::NotCharged,
        DojoUnconfirmed::Charged,
        DojoUnconfirmed::ChargedLate,
    ] {
        let store = open(|settings| settings.dojo_unconfirmed = unconfirmed).await;
        let (_, intent) = played(&store, "TIP0").await;
        for _ in 0..12 {
            store.pass(10_000);
            let standing = store.standing(&intent).await;
            if store.charged().is_empty() {
                let is_open = matches!(
                    standing,
                    Standing::Waiting | Standing::Processing | Standing::Unconfirmed
                );
                assert!(is_open, "{unconfirmed:?}: {standing:?}");
            }
        }
        store.pass(2 * MINUTE_MS);
        let standing = match store.charged().len() {
            0 => Standing::Unconfirmed,
            _ => Standing::Paid,
        };
        assert_eq!(store.standing(&intent).await, standing, "{unconfirmed:?}");
        let is_charged = unconfirmed != DojoUnconfirmed::NotCharged;
        assert_eq!(store.charged().len(), usize::from(is_charged));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_machines_with_one_payment_take_it_once() {
    for second in [DojoSecondSession::Conflict, DojoSecondSession::Accepted] {
        let store = open(|settings| settings.dojo_second_session = second).await;
        let intent = store.sale("R-1").await;
        let other = on(&store, "SIP0", SaleTerms::PLAIN);
        let again = act(&store, &other, &intent, Act::TryAgain).await;
        assert_eq!(again.is_ok(), second == DojoSecondSession::Accepted);
        store.act("R-1", store::Act::Pay);
        store.pass(30_000);
        let seen = store.read(&intent).await;
        assert_eq!(seen.standing, Standing::Paid, "{second:?} {seen:?}");
        assert_eq!(store.charged(), [gbp(MINOR)], "{second:?}");
    }
}

/// However the provider treats a withdrawal of an intent that is on a machine: the till asks the
/// machine first, and what it reads in the end is what the books say.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_and_a_card_that_meet_agree_with_the_books() {
    for in_session in [
        DojoCancelInSession::Refused,
        DojoCancelInSession::EndsSession,
        DojoCancelInSession::SessionGoesOn,
    ] {
        for repeated in [
            DojoRepeatedCancel::NotFound,
            DojoRepeatedCancel::BadRequest,
            DojoRepeatedCancel::Replay,
        ] {
            let store = open(|settings| {
                settings.dojo_cancel_in_session = in_session;
                settings.dojo_repeated_cancel = repeated;
            })
            .await;
            let charge = on(&store, "RAC0", SaleTerms::PLAIN);
            let created = store.line.create(&charge).await.expect("a payment");
            let intent = created.intent.expect("a name");
            store.pass(5_000);
            for _ in 0..5 {
                let _ = store.line.cancel(&intent).await;
                store.pass(2_000);
                let _ = store.line.read(&intent).await;
            }
            let standing = match store.charged().len() {
                0 => Standing::Cancelled,
                _ => Standing::Paid,
            };
            let read = store.standing(&intent).await;
            assert_eq!(read, standing, "{in_session:?} {repeated:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_ran_out_is_read_in_every_shape() {
    for voided in [DojoVoided::Canceled, DojoVoided::Gone, DojoVoided::Created] {
        let store = open(|settings| settings.dojo_voided = voided).await;
        let (_, intent) = played(&store, "WLK0").await;
        store.pass(31 * DAY_MS);
        match store.line.read(&intent).await {
            Ok(seen) => {
                let standing = match voided {
                    DojoVoided::Created => Standing::Unconfirmed,
                    DojoVoided::Canceled | DojoVoided::Gone => Standing::Cancelled,
                };
                assert_eq!(seen.standing, standing, "{voided:?}");
            }
            Err(failure) => {
                assert_eq!(voided, DojoVoided::Gone);
                assert_eq!(verdict(Asked::Read, &failure), Verdict::PerhapsAbsent);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_headers_and_errors_are_met() {
    for errors in [
        DojoErrors::Problem,
        DojoErrors::PascalCase,
        DojoErrors::Html,
    ] {
        let store = open(|settings| {
            settings.dojo_intent_headers = DojoHeaders::Both;
            settings.dojo_reseller_required = true;
            settings.dojo_errors = errors;
        })
        .await;
        assert_eq!(store.line.check().await, Ok(()));
        let intent = store.sale("R-1").await;
        let wrong = store.line_with("sk_sandbox_wrong");
        assert_eq!(wrong.check().await, Err(Failure::KeyRefused), "{errors:?}");
        assert_eq!(wrong.terminals().await, Err(Failure::KeyRefused));
        store.act("R-1", store::Act::Pay);
        assert_eq!(store.standing(&intent).await, Standing::Paid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_listed_as_they_are() {
    let store = open(|_| ()).await;
    store.sale("R-1").await;
    store.pass(1_000);
    let listed = store.line.terminals().await.expect("terminals");
    assert_eq!(listed.len(), store.practice.dojo_terminals().len());
    let state = |tid: &str| {
        let found = listed.iter().find(|one| one.label.ends_with(tid));
        found.expect("it is listed").state
    };
    assert_eq!(state("21890001"), TerminalState::Busy);
    assert_eq!(state("21890002"), TerminalState::Available);
    assert_eq!(state("OFF0"), TerminalState::Offline);
}

/// A payment that nobody pays for five minutes: a reading is one request while a machine has it.
#[tokio::test(flavor = "multi_thread")]
async fn the_readings_of_five_minutes_stay_within_the_budget() {
    let store = open(|_| ()).await;
    let intent = store.sale("R-1").await;
    let before = store.practice.requests().len();
    let (mut readings, mut age_ms) = (0, 0);
    // The till's pace, from its table for payments that wait.
    for (until_ms, interval_ms) in [
        (8_000, 1_000),
        (30_000, 1_250),
        (60_000, 2_000),
        (150_000, 3_000),
        (300_000, 4_200),
    ] {
        while age_ms < until_ms {
            store.pass(interval_ms);
            age_ms += interval_ms;
            store.read(&intent).await;
            readings += 1;
        }
    }
    let requests = store.practice.requests().len() - before;
    println!("{readings} readings were {requests} requests");
    assert!(
        requests <= 110,
        "{requests} requests for {readings} readings"
    );
}
