//! Money back without a payment, against the practice store: a session of its own, which is listed
//! nowhere and has no key.

use payment::outcome::{Asked, Verdict, verdict};
use payment::{
    Act, Charge, Failure, IdempotencyKey, IntentId, Prompt, ReturnTerms, Seen, Standing,
    TerminalCode, Way,
};
use practice::{DojoErrors, DojoUnavailable, Fault, Faults, Operation, Press, ServerError};

use super::hands::{MINUTE_MS, gbp, machine, open, stands};
use crate::store::{MINOR, Store};

fn charge(store: &Store, code: &str, keyed: bool) -> Charge {
    let reason = "brought back".to_owned();
    Charge {
        way: Way::Return {
            code: TerminalCode::new(code).expect("a code"),
            terms: ReturnTerms { reason, keyed },
        },
        ..store.charge("R-1")
    }
}

/// One on a machine, that begins.
async fn begun(store: &Store, code: &str) -> IntentId {
    let created = store.line.create(&charge(store, code, false)).await;
    let created = created.expect("it begins");
    assert_eq!(created.seen.standing, Standing::Waiting, "{created:?}");
    assert_eq!(created.seen.amount, Some(gbp(MINOR)));
    created.intent.expect("a name")
}

/// One on a machine that has a customer of its own, when that customer is done.
async fn played(store: &Store, end: &str) -> IntentId {
    let intent = begun(store, &machine(store, end)).await;
    store.pass(30_000);
    intent
}

async fn read(store: &Store, intent: &IntentId) -> Seen {
    store.line.read_return(intent).await.expect("a reading")
}

fn given_back(store: &Store) -> Vec<i64> {
    let refunds = store.practice.refunds();
    refunds.iter().map(|one| one.amount.minor()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_virtual_terminal_ends_in_its_place() {
    let back = (Standing::Refunded, None);
    let unconfirmed = (Standing::Unconfirmed, None);
    for (end, after_ms, expected) in [
        ("SIP0", 0, back),
        ("SCN0", 0, back),
        ("DIP0", 0, (Standing::Declined, None)),
        ("SIS0", 0, (Standing::NeedsCashier, Some(Prompt::Signature))),
        ("CIP0", 0, (Standing::Cancelled, None)),
        ("TIP0", 2 * MINUTE_MS, unconfirmed),
        ("WLK0", 2 * MINUTE_MS, unconfirmed),
    ] {
        let store = open(|_| ()).await;
        let intent = played(&store, end).await;
        store.pass(after_ms);
        let seen = read(&store, &intent).await;
        assert_eq!(stands(&seen), expected, "{end}: {seen:?}");
        let expected_minor = if expected == back {
            vec![MINOR]
        } else {
            vec![]
        };
        assert_eq!(given_back(&store), expected_minor, "{end}");
        assert_eq!(seen.returned.is_some(), expected == back, "{end}");
        assert!(store.charged().is_empty(), "{end}: nothing is taken");
        assert_eq!(store.made(), 0, "{end}: there is no payment of it");
        // Read by a till that was started anew: the same.
        let again = store.line_as(|_| ()).read_return(&intent).await;
        assert_eq!(again.as_ref().map(stands), Ok(expected), "{end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_tells_what_it_shows_and_prints_slips() {
    let store = open(|_| ()).await;
    let counter = store.counter();
    let intent = begun(&store, &counter).await;
    store.pass(1_000);
    let asks = (Standing::Waiting, Some(Prompt::PresentCard));
    assert_eq!(stands(&read(&store, &intent).await), asks);
    store
        .practice
        .press(&counter, Press::InsertPin)
        .expect("pressed");
    store.pass(100);
    let pin = Some(Prompt::EnterPin);
    assert_eq!(read(&store, &intent).await.prompt, pin);
    store.pass(10_000);
    assert_eq!(read(&store, &intent).await.returned, Some(gbp(MINOR)));
    let slips = store.line.return_receipts(&intent).await.expect("slips");
    let customer = format!("{:?}", slips.customer);
    assert!(customer.contains("REFUND"), "{customer}");
    assert!(!slips.merchant.lines.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_is_a_request_and_the_reading_decides() {
    let store = open(|_| ()).await;
    let counter = store.counter();
    let intent = begun(&store, &counter).await;
    store.pass(1_000);
    assert_eq!(store.line.cancel_return(&intent).await, Ok(()));
    store.pass(1_000);
    assert_eq!(read(&store, &intent).await.standing, Standing::Cancelled);
    assert_eq!(given_back(&store), Vec::<i64>::new());
    // The card came first.
    let store = open(|_| ()).await;
    let counter = store.counter();
    let intent = begun(&store, &counter).await;
    store.pass(1_000);
    store.practice.press(&counter, Press::Tap).expect("pressed");
    let late = store.line.cancel_return(&intent).await;
    assert!(matches!(late, Err(Failure::Invalid { .. })), "{late:?}");
    store.pass(10_000);
    assert_eq!(read(&store, &intent).await.standing, Standing::Refunded);
    assert_eq!(given_back(&store), [MINOR]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_judged_on_the_session_itself() {
    for (accepted, standing) in [(true, Standing::Refunded), (false, Standing::Declined)] {
        let store = open(|_| ()).await;
        let intent = played(&store, "SIS0").await;
        let charge = charge(&store, &machine(&store, "SIS0"), false);
        let key = IdempotencyKey::new("k").expect("a key");
        let sign = Act::Sign { accepted };
        let judged = store.line.act(&charge, &intent, &sign, &key).await;
        assert_eq!(judged, Ok(None));
        for other in [Act::TryAgain, Act::Capture, Act::Reverse] {
            let sent = store.line.act(&charge, &intent, &other, &key).await;
            assert!(matches!(sent, Err(Failure::NotSent { .. })), "{other:?}");
        }
        store.pass(10_000);
        assert_eq!(read(&store, &intent).await.standing, standing);
        assert_eq!(given_back(&store).len(), usize::from(accepted));
    }
}

/// Whatever is lost, it is not known: nothing lists sessions, and nothing is sent a second time.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_never_taken_for_nothing() {
    let fault = |status, takes_effect| Fault::ServerError {
        status,
        takes_effect,
    };
    for spoiled in [
        Fault::LoseAnswer,
        Fault::CutBody,
        Fault::EmptyBody,
        Fault::TruncatedJson,
        Fault::DropRequest,
        Fault::Html { takes_effect: true },
        fault(ServerError::E502, true),
        fault(ServerError::E500, false),
    ] {
        let store = open(|_| ()).await;
        let counter = store.counter();
        store.spoil(Operation::Start, spoiled);
        let charge = charge(&store, &counter, false);
        let failure = store.line.create(&charge).await.expect_err("lost");
        let may_have = verdict(Asked::FirstCreate, &failure) == Verdict::MayHaveHappened;
        assert!(may_have, "{spoiled:?}: {failure:?}");
        let found = store.line.find(&charge).await;
        assert!(matches!(found, Err(Failure::NotSent { .. })), "{found:?}");
    }
}

/// Of two deliveries of one request the second finds the machine busy, whatever word it has for that;
/// the first may give the money back.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_doubled_on_its_way_is_not_taken_for_refused() {
    for busy in [
        DojoUnavailable::Conflict,
        DojoUnavailable::NotFound,
        DojoUnavailable::BadRequest,
    ] {
        for errors in [
            DojoErrors::Problem,
            DojoErrors::PascalCase,
            DojoErrors::Html,
        ] {
            let store = open(|settings| {
                settings.dojo_busy = busy;
                settings.dojo_errors = errors;
            })
            .await;
            let counter = store.counter();
            store.spoil(Operation::Start, Fault::DeliverTwice);
            let told = store.line.create(&charge(&store, &counter, false)).await;
            if let Err(failure) = &told {
                let verdict = verdict(Asked::FirstCreate, failure);
                let is_open = matches!(verdict, Verdict::ExistsUnseen | Verdict::MayHaveHappened);
                assert!(is_open, "{busy:?} {errors:?}: {failure:?}");
            }
            assert_eq!(store.practice.dojo_sessions().len(), 1, "{busy:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_machine_that_is_off_or_in_use() {
    let store = open(|_| ()).await;
    let off = machine(&store, "OFF0");
    let counter = store.counter();
    begun(&store, &counter).await;
    store.practice.set_faults(Faults::default());
    let sessions = store.practice.dojo_sessions().len();
    for (code, word) in [(off, "Offline"), (counter, "InUse")] {
        let told = store.line.create(&charge(&store, &code, false)).await;
        let failure = told.expect_err("not free");
        let nothing = verdict(Asked::FirstCreate, &failure) == Verdict::NothingHappened;
        assert!(nothing && failure.said().contains(word), "{failure:?}");
    }
    assert_eq!(store.practice.dojo_sessions().len(), sessions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_on_the_telephone_is_typed_in() {
    let store = open(|_| ()).await;
    let code = machine(&store, "SIP0");
    let created = store.line.create(&charge(&store, &code, true)).await;
    let intent = created.expect("it begins").intent.expect("a name");
    store.pass(30_000);
    let slips = store.line.return_receipts(&intent).await.expect("slips");
    let customer = format!("{:?}", slips.customer);
    assert!(customer.contains("KEYED"), "{customer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_begun_is_not_found() {
    let store = open(|_| ()).await;
    let unknown = IntentId::new("ts_sandbox_none").expect("a name");
    let read = store.line.read_return(&unknown).await;
    assert!(matches!(read, Err(Failure::NotFound { .. })), "{read:?}");
}
