//! What can be done with money at Dojo, against the practice store: judged, held, taken, given back.

use payment::{Act, Failure, IdempotencyKey, Prompt, RefundRoute, SaleTerms, Standing};
use practice::{
    DojoErrors, DojoReceipts, DojoRefund, DojoRejected, DojoReversal, Fault, Operation, Press,
};

use super::hands::{DAY_MS, MINUTE_MS, act, gbp, needs, on, open, played, refund, stands};
use crate::store::{self, MINOR};

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_judged_and_silence_accepts() {
    for rejected in [
        DojoRejected::Declined,
        DojoRejected::Canceled,
        DojoRejected::Stays,
    ] {
        for (accepted, anew) in [
            (Some(true), false),
            (Some(true), true),
            (Some(false), false),
            (Some(false), true),
            (None, false),
        ] {
            let store = open(|settings| settings.dojo_rejected = rejected).await;
            let (charge, intent) = played(&store, "SIS0").await;
            assert_eq!(stands(&store.read(&intent).await), needs(Prompt::Signature));
            if let Some(accepted) = accepted {
                let line = if anew {
                    store.line_as(|_| ())
                } else {
                    store.line.clone()
                };
                let key = IdempotencyKey::new("k").expect("a key");
                let sign = Act::Sign { accepted };
                assert_eq!(line.act(&charge, &intent, &sign, &key).await, Ok(None));
                store.pass(5_000);
            } else {
                store.pass(90_000);
            }
            let seen = store.read(&intent).await;
            let is_paid = accepted != Some(false);
            let context = format!("{rejected:?} {accepted:?}: {seen:?}");
            assert_eq!(seen.standing == Standing::Paid, is_paid, "{context}");
            if !is_paid {
                assert_eq!(seen.standing, Standing::NeedsCashier, "{context}");
                assert_ne!(seen.prompt, Some(Prompt::Signature), "{context}");
            }
            assert_eq!(store.charged().len(), usize::from(is_paid), "{context}");
            let late = act(&store, &charge, &intent, Act::Sign { accepted: true }).await;
            let refused = matches!(
                late,
                Err(Failure::NotFound { .. } | Failure::Invalid { .. })
            );
            assert!(refused, "too late: {late:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_held_is_taken_or_released() {
    let tip = || SaleTerms {
        hold: true,
        tip: Some(gbp(500)),
        service_charge: Some(gbp(300)),
        ..SaleTerms::PLAIN
    };
    for (asked, standing, charged) in [
        (Act::Capture, Standing::Paid, vec![gbp(MINOR + 800)]),
        (Act::Reverse, Standing::Cancelled, vec![]),
    ] {
        let store = open(|_| ()).await;
        let charge = on(&store, "SIP0", tip());
        let created = store.line.create(&charge).await.expect("a payment");
        let intent = created.intent.expect("a name");
        store.pass(30_000);
        let seen = store.read(&intent).await;
        assert_eq!(stands(&seen), (Standing::Authorised, None), "{seen:?}");
        assert_eq!(seen.tip, Some(gbp(500)));
        assert!(store.charged().is_empty(), "held is not taken");
        assert_eq!(act(&store, &charge, &intent, asked.clone()).await, Ok(()));
        let seen = store.read(&intent).await;
        assert_eq!(seen.standing, standing, "{asked:?}");
        assert_eq!(seen.amount, Some(gbp(MINOR)));
        assert_eq!(store.charged(), charged, "{asked:?}");
    }
    // Nobody takes it: it is released by itself.
    let store = open(|_| ()).await;
    let charge = on(&store, "SIP0", tip());
    let created = store.line.create(&charge).await.expect("a payment");
    store.pass(7 * DAY_MS);
    let standing = store.standing(&created.intent.expect("a name")).await;
    assert_eq!((standing, store.charged()), (Standing::Cancelled, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_reversed_while_that_is_allowed() {
    for (reversal, after_ms, is_done) in [
        (DojoReversal::SameDay, 1_000, true),
        (DojoReversal::SameDay, 2 * DAY_MS, false),
        (DojoReversal::SevenDays, 2 * DAY_MS, true),
    ] {
        let store = open(|settings| settings.dojo_reversal = reversal).await;
        let (charge, intent) = played(&store, "SIP0").await;
        store.pass(after_ms);
        let answer = act(&store, &charge, &intent, Act::Reverse).await;
        assert_eq!(answer.is_ok(), is_done, "{reversal:?} {answer:?}");
        let seen = store.read(&intent).await;
        let (standing, returned) = if is_done {
            (Standing::Refunded, Some(gbp(MINOR)))
        } else {
            (Standing::Paid, None)
        };
        assert_eq!((seen.standing, seen.returned), (standing, returned));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_by_both_routes_and_adds_up() {
    let store = open(|_| ()).await;
    let (charge, intent) = played(&store, "SIP0").await;
    let remote = refund(1_000, RefundRoute::Remote);
    assert_eq!(act(&store, &charge, &intent, remote).await, Ok(()));
    let seen = store.read(&intent).await;
    let found = (seen.standing, seen.returned);
    assert_eq!(found, (Standing::PartlyRefunded, Some(gbp(1_000))));
    let terminal = refund(2_000, RefundRoute::Terminal);
    assert_eq!(act(&store, &charge, &intent, terminal).await, Ok(()));
    let waiting = store.read(&intent).await;
    assert_eq!(
        stands(&waiting),
        (Standing::PartlyRefunded, Some(Prompt::RefundWaiting))
    );
    store.pass(30_000);
    let seen = store.read(&intent).await;
    assert_eq!(stands(&seen), (Standing::PartlyRefunded, None), "{seen:?}");
    assert_eq!(seen.returned, Some(gbp(3_000)));
    let rest = refund(MINOR - 3_000, RefundRoute::Remote);
    assert_eq!(act(&store, &charge, &intent, rest).await, Ok(()));
    let seen = store.read(&intent).await;
    assert_eq!(
        (seen.standing, seen.returned),
        (Standing::Refunded, Some(gbp(MINOR)))
    );
    let more = act(&store, &charge, &intent, refund(1, RefundRoute::Remote)).await;
    assert!(matches!(more, Err(Failure::Invalid { .. })), "{more:?}");
    let given_back: i64 = store
        .practice
        .refunds()
        .iter()
        .map(|one| one.amount.minor())
        .sum();
    assert_eq!(given_back, MINOR);
}

/// A refund whose answer was lost is sent again with its key: once.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_sent_again_gives_back_once() {
    let store = open(|_| ()).await;
    let (charge, intent) = played(&store, "SIP0").await;
    let key = IdempotencyKey::new("018f-1").expect("a key");
    let asked = refund(1_000, RefundRoute::Remote);
    store.spoil(Operation::Refund, Fault::LoseAnswer);
    let lost = store.line.act(&charge, &intent, &asked, &key).await;
    assert!(matches!(lost, Err(Failure::NoAnswer { .. })), "{lost:?}");
    let again = store.line.act(&charge, &intent, &asked, &key).await;
    assert_eq!(again, Ok(None));
    assert_eq!(store.read(&intent).await.returned, Some(gbp(1_000)));
    assert_eq!(store.practice.refunds().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_fails_leaves_the_payment_paid() {
    let store = open(|settings| {
        settings.dojo_refund = DojoRefund::Failed;
        settings.dojo_errors = DojoErrors::PascalCase;
    })
    .await;
    let (charge, intent) = played(&store, "SIP0").await;
    let failed = act(&store, &charge, &intent, refund(100, RefundRoute::Remote)).await;
    assert!(matches!(failed, Err(Failure::Invalid { .. })), "{failed:?}");
    assert_eq!(stands(&store.read(&intent).await), (Standing::Paid, None));

    let store = open(|_| ()).await;
    let (charge, intent) = (store.charge("R-1"), store.sale("R-1").await);
    store.act("R-1", store::Act::Pay);
    for (press, prompt) in [
        (Press::Decline, Prompt::RefundDeclined),
        (Press::CancelOnTerminal, Prompt::RefundDeclined),
        (Press::WalkAway, Prompt::RefundUnconfirmed),
    ] {
        store.pass(MINUTE_MS);
        let asked = refund(100, RefundRoute::Terminal);
        assert_eq!(
            act(&store, &charge, &intent, asked).await,
            Ok(()),
            "{press:?}"
        );
        store.pass(1_000);
        let _ = store.practice.press(&store.counter(), press);
        store.pass(2 * MINUTE_MS);
        let seen = store.read(&intent).await;
        assert_eq!(
            stands(&seen),
            (Standing::Paid, Some(prompt)),
            "{press:?} {seen:?}"
        );
    }
    assert!(store.practice.refunds().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn slips_are_read_wherever_they_are() {
    for (receipts, merchant) in [
        (DojoReceipts::Copies, true),
        (DojoReceipts::One, false),
        (DojoReceipts::All, true),
    ] {
        let store = open(|settings| settings.dojo_receipts = receipts).await;
        let (_, intent) = played(&store, "SIP0").await;
        let slips = store.line.receipts(&intent).await.expect("slips");
        assert!(!slips.customer.is_empty(), "{receipts:?}");
        assert_eq!(!slips.merchant.is_empty(), merchant, "{receipts:?}");
    }
    let store = open(|_| ()).await;
    let intent = store.sale("R-1").await;
    let none = store.line.receipts(&intent).await.expect("no slips");
    assert!(none.is_empty(), "nobody has paid yet");
}
