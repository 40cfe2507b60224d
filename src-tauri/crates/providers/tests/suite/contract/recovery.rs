//! What is done after a lost answer. However it goes: never two.

use payment::outcome::{Asked, Verdict, verdict};
use payment::{Charge, Failure, Standing};
use practice::{Duplicate, Fault, LinkDuplicate, One2PaysRepeat, Operation, Settings};

use super::Offered;
use crate::shop::{Side, charge_by};
use crate::store::Store;

/// What a till does that does not know: repeat where that is safe, look where that is possible.
/// Answers whether the payment's name is known now.
async fn recover(store: &Store, charge: &Charge) -> bool {
    let capabilities = store.line.capabilities();
    let mut is_known = false;
    if capabilities.repeats_safely {
        match store.line.create(charge).await {
            Ok(created) => is_known = created.intent.is_some(),
            Err(failure) => assert_eq!(
                verdict(Asked::RepeatedCreate, &failure),
                Verdict::ExistsUnseen,
                "{failure:?}"
            ),
        }
    }
    if capabilities.finds {
        let found = store.line.find(charge).await.expect("a list");
        is_known |= found.is_some_and(|created| created.intent.is_some());
    }
    is_known
}

const TAKEN: [fn(&mut Settings); 3] = [
    |settings| {
        settings.duplicate = Duplicate::Conflict;
        settings.link_duplicate = LinkDuplicate::Conflict;
        settings.one2pays_repeat = One2PaysRepeat::Conflict;
    },
    |settings| {
        settings.duplicate = Duplicate::BadRequest;
        settings.link_duplicate = LinkDuplicate::BadRequest;
    },
    |settings| {
        settings.duplicate = Duplicate::Replay;
        settings.link_duplicate = LinkDuplicate::Accepted;
        settings.one2pays_repeat = One2PaysRepeat::Replay;
    },
];

pub(super) async fn lost_create_that_arrived(side: Side) -> Offered {
    let mut is_known = true;
    for taken in TAKEN {
        for fault in [Fault::LoseAnswer, Fault::CutBody, Fault::Stall] {
            let store = Store::with(side, taken).await;
            let charge = store.charge("R-1");
            store.spoil(Operation::Create, fault);
            let lost = store.line.create(&charge).await.expect_err("a failure");
            assert_eq!(verdict(Asked::FirstCreate, &lost), Verdict::MayHaveHappened);
            is_known &= recover(&store, &charge).await;
            assert_eq!(store.made(), 1, "{fault:?}");
        }
    }
    if is_known {
        Offered::Yes
    } else {
        Offered::No("where a repeat is refused its name stays unknown: a person must look")
    }
}

pub(super) async fn lost_create_that_did_not(side: Side) -> Offered {
    let store = Store::open(side).await;
    let charge = store.charge("R-1");
    store.spoil(Operation::Create, Fault::DropRequest);
    let lost = store.line.create(&charge).await.expect_err("a failure");
    assert_eq!(verdict(Asked::FirstCreate, &lost), Verdict::MayHaveHappened);
    let capabilities = store.line.capabilities();
    if capabilities.finds {
        assert_eq!(store.line.find(&charge).await, Ok(None));
        assert_eq!(store.made(), 0, "looking makes nothing");
    } else {
        assert!(store.line.find(&charge).await.is_err());
    }
    if capabilities.repeats_safely {
        assert!(
            store
                .line
                .create(&charge)
                .await
                .expect("a payment")
                .intent
                .is_some()
        );
        assert_eq!(store.made(), 1);
    }
    Offered::Yes
}

/// The network delivers one request twice.
pub(super) async fn create_delivered_twice(side: Side) -> Offered {
    for taken in TAKEN {
        let store = Store::with(side, taken).await;
        let charge = store.charge("R-1");
        store.spoil(Operation::Create, Fault::DeliverTwice);
        if let Err(failure) = store.line.create(&charge).await {
            let meaning = verdict(Asked::FirstCreate, &failure);
            assert_eq!(meaning, Verdict::ExistsUnseen, "{failure:?}");
        }
        recover(&store, &charge).await;
        assert_eq!(store.alive(), 1, "a customer can pay one");
    }
    Offered::Yes
}

/// The reference is taken by a payment of another amount: it is not ours, and nothing is made.
pub(super) async fn taken_reference(side: Side) -> Offered {
    for taken in TAKEN {
        let store = Store::with(side, taken).await;
        let first = store.sale("R-1").await;
        let other = charge_by(side, "R-1", 99_900, &store.counter());
        let capabilities = store.line.capabilities();
        if capabilities.repeats_safely {
            let refused = store.line.create(&other).await.expect_err("a failure");
            assert_ne!(
                verdict(Asked::FirstCreate, &refused),
                Verdict::NothingHappened
            );
            assert_eq!(store.made(), 1);
        }
        if capabilities.finds {
            let found = store.line.find(&other).await.expect_err("a failure");
            // Decimals of the major unit, or whole minor units.
            let amounts = ["amount 350.5", "amount 35050"];
            let is_told = matches!(
                &found,
                Failure::Mismatch { said, intent: Some(intent) }
                    if amounts.iter().any(|one| said.starts_with(one)) && *intent == first
            );
            assert!(is_told, "{found:?}");
        }
    }
    Offered::Yes
}

pub(super) async fn lost_cancel(side: Side) -> Offered {
    for (fault, arrived) in [
        (Fault::LoseAnswer, true),
        (Fault::CutBody, true),
        (Fault::DropRequest, false),
    ] {
        let store = Store::open(side).await;
        let intent = store.sale("R-1").await;
        store.spoil(Operation::Cancel, fault);
        let lost = store.line.cancel(&intent).await.expect_err("a failure");
        assert_eq!(verdict(Asked::Cancel, &lost), Verdict::ReadToKnow);
        if side.is_on_dojo_machine() {
            store.pass(1_000);
            assert_eq!(store.line.cancel(&intent).await, Ok(()), "{fault:?}");
            if !arrived {
                store.let_go(&intent).await;
            }
            assert_eq!(store.standing(&intent).await, Standing::Cancelled);
            continue;
        }
        let (standing, repeated) = if arrived {
            (Standing::Cancelled, false)
        } else {
            (store.unpaid(), true)
        };
        assert_eq!(store.standing(&intent).await, standing, "{fault:?}");
        let again = store.line.cancel(&intent).await.is_ok();
        assert_eq!(again, repeated || store.replays_cancels());
        assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    }
    Offered::Yes
}

pub(super) async fn lost_read(side: Side) -> Offered {
    let store = Store::open(side).await;
    let intent = store.sale("R-1").await;
    for fault in [Fault::LoseAnswer, Fault::DropRequest, Fault::CutBody] {
        store.spoil(Operation::Read, fault);
        let lost = store.reading(&intent).await.expect_err("a failure");
        assert_eq!(verdict(Asked::Read, &lost), Verdict::TryLater);
        assert_eq!(store.standing(&intent).await, store.unpaid());
    }
    Offered::Yes
}

/// A list that lags behind does not have it yet: "none" may only be believed later than that.
pub(super) async fn late_list(side: Side) -> Offered {
    let store = Store::with(side, |settings| settings.visibility_lag_ms = 10_000).await;
    let capabilities = store.line.capabilities();
    if !capabilities.finds {
        return Offered::No("there is no list");
    }
    let charge = store.charge("R-1");
    store.line.create(&charge).await.expect("a payment");
    assert_eq!(store.line.find(&charge).await, Ok(None));
    store.pass(10_000);
    assert!(capabilities.visible_after_ms > 10_000);
    assert!(store.line.find(&charge).await.expect("a list").is_some());
    Offered::Yes
}
