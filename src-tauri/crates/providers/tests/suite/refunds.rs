//! Money that is given back to cards on file, in both generations of LeanRails.

use std::sync::Arc;

use money::Money;
use payment::{
    Act, ActOutcome, ActSeen, Charge, Failure, IdempotencyKey, IntentId, Prompt, Provider,
    RefundRoute, Seen, Standing, System,
};
use practice::{Fault, Operation};

use crate::cards::{act, by_forms, open};
use crate::store::{BANK_MS, MINOR, Store};

async fn sold(store: &Store, charge: &Charge) -> IntentId {
    let created = store.line.create(charge).await.expect("a payment");
    assert_eq!(created.seen.standing, Standing::Paid);
    created.intent.expect("a name")
}

fn back(minor: i64) -> Act {
    let amount = Money::new(minor, System::LeanRails.currency()).expect("an amount");
    let route = RefundRoute::Remote;
    Act::Refund { amount, route }
}

/// What was given back, as the store's own books have it.
fn given_back(store: &Store) -> Vec<i64> {
    let refunds = store.practice.refunds().into_iter();
    refunds.map(|one| one.amount.minor()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_given_back_once_for_each_act() {
    for is_json in [true, false] {
        let store = open(|_| {}).await;
        let charge = store.charge("R-1");
        let intent = sold(&store, &charge).await;
        let other = sold(&store, &store.charge("R-2")).await;
        let line = if is_json {
            Arc::clone(&store.line)
        } else {
            by_forms(&store)
        };
        let seen = line.read_paid(&intent).await.expect("a reading");
        assert_eq!((seen.standing, seen.returned), (Standing::Paid, None));
        for fault in [Fault::DropRequest, Fault::LoseAnswer] {
            store.spoil(Operation::Refund, fault);
            let lost = act(&*line, &charge, &intent, back(50), "act-1").await;
            assert!(matches!(lost, Err(Failure::NoAnswer { .. })), "{lost:?}");
        }
        for _ in 0..2 {
            let again = act(&*line, &charge, &intent, back(50), "act-1").await;
            assert_eq!(again, Ok(()));
        }
        // The till was off for longer than a key is remembered.
        store.pass(25 * 3_600_000);
        let late = act(&*line, &charge, &intent, back(50), "act-1").await;
        assert_eq!(late, Ok(()));
        let seen = line.read_paid(&intent).await.expect("a reading");
        assert_eq!(seen.standing, Standing::PartlyRefunded);
        assert_eq!(seen.returned.map(Money::minor), Some(50));
        let rest = back(MINOR - 50);
        let too_much = act(&*line, &charge, &intent, back(MINOR), "act-2");
        let refused = too_much.await.expect_err("a refusal");
        assert!(matches!(refused, Failure::Invalid { .. }), "{refused:?}");
        let done = act(&*line, &charge, &intent, rest, "act-3").await;
        assert_eq!(done, Ok(()));
        let seen = line.read_paid(&intent).await.expect("a reading");
        assert_eq!(seen.standing, Standing::Refunded);
        assert_eq!(seen.returned, Some(charge.amount));
        let untouched = line.read_paid(&other).await.expect("a reading");
        assert_eq!(untouched.standing, Standing::Paid, "of another payment");
        assert_eq!(given_back(&store), [50, MINOR - 50]);
    }
}

/// The keys of the refunds that a reading shows as refused.
fn refused(seen: &Seen) -> Vec<&str> {
    let is_refused = |told: &&ActSeen| matches!(told.outcome, ActOutcome::Refused { .. });
    let told = seen.acts.iter().filter(is_refused);
    told.filter_map(|told| told.key.as_ref().map(IdempotencyKey::as_str))
        .collect()
}

/// The same account by a line that remembers nothing.
fn by_itself(store: &Store) -> Arc<dyn Provider> {
    store.line_as(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_takes_its_time_and_may_fail() {
    for succeeds in [true, false] {
        let store = open(|settings| {
            settings.refund_pending_ms = BANK_MS;
            settings.refunds_succeed = succeeds;
        })
        .await;
        let charge = store.charge("R-1");
        let intent = sold(&store, &charge).await;
        let asked = act(&*store.line, &charge, &intent, back(50), "act-1");
        assert_eq!(asked.await, Ok(()));
        let seen = store.line.read_paid(&intent).await.expect("a reading");
        let shows = (seen.standing, seen.prompt);
        assert_eq!(shows, (Standing::Paid, Some(Prompt::RefundWaiting)));
        store.settle();
        let seen = store.line.read_paid(&intent).await.expect("a reading");
        let shows = (seen.standing, seen.prompt);
        if succeeds {
            assert_eq!(shows, (Standing::PartlyRefunded, None));
            continue;
        }
        assert_eq!(shows, (Standing::Paid, None));
        assert_eq!(refused(&seen), ["act-1"], "by its own key");
        // Another one is asked for, and its answer is lost. The failure of the first is no news of
        // it: who believed that would give the money back a third time.
        store.spoil(Operation::Refund, Fault::DropRequest);
        let lost = act(&*store.line, &charge, &intent, back(50), "act-2");
        assert!(lost.await.is_err());
        let seen = store.line.read_paid(&intent).await.expect("a reading");
        assert_eq!(
            (seen.standing, refused(&seen)),
            (Standing::Paid, vec!["act-1"])
        );
        // A line that is new, as after a start of the till, tells the same.
        let seen = by_itself(&store)
            .read_paid(&intent)
            .await
            .expect("a reading");
        assert_eq!(refused(&seen), ["act-1"]);
        assert!(given_back(&store).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_fails_at_once_is_refused() {
    let store = open(|settings| settings.refunds_succeed = false).await;
    let charge = store.charge("R-1");
    let intent = sold(&store, &charge).await;
    let asked = act(&*store.line, &charge, &intent, back(50), "act-1");
    let failed = asked.await.expect_err("a failure");
    assert!(matches!(failed, Failure::Invalid { .. }), "{failed:?}");
    let seen = store.line.read_paid(&intent).await.expect("a reading");
    assert_eq!(refused(&seen), ["act-1"]);
}
