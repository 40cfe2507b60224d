//! What a provider or the network may answer instead.

use payment::failure::NoAnswer;
use payment::outcome::{Asked, Verdict, verdict};
use payment::{Channel, Failure, IntentId, LinkTerms, Payer, Prompt, Standing, System, Way};
use practice::{Fault, Operation, ServerError};

use super::Offered;
use crate::shop::{ID, Side};
use crate::store::Store;

const STATUSES: [ServerError; 4] = [
    ServerError::E500,
    ServerError::E502,
    ServerError::E503,
    ServerError::E504,
];

fn nobodys() -> IntentId {
    IntentId::new(ID).expect("an id")
}

pub(super) async fn key_refused(side: Side) -> Offered {
    let store = Store::open(side).await;
    assert_eq!(store.line.check().await, Ok(()));
    let wrong = store.line_with("wrong-key-of-nobody");
    let charge = store.charge("R-1");
    assert_eq!(wrong.check().await, Err(Failure::KeyRefused));
    assert_eq!(wrong.create(&charge).await, Err(Failure::KeyRefused));
    assert_eq!(wrong.read(&nobodys()).await, Err(Failure::KeyRefused));
    assert_eq!(wrong.cancel(&nobodys()).await, Err(Failure::KeyRefused));
    if wrong.capabilities().finds {
        assert_eq!(wrong.find(&charge).await, Err(Failure::KeyRefused));
    }
    let meaning = verdict(Asked::FirstCreate, &Failure::KeyRefused);
    assert_eq!((meaning, store.made()), (Verdict::NothingHappened, 0));
    Offered::Yes
}

pub(super) async fn not_found(side: Side) -> Offered {
    let store = Store::open(side).await;
    for failure in [
        store.reading(&nobodys()).await.expect_err("a failure"),
        store.line.cancel(&nobodys()).await.expect_err("a failure"),
    ] {
        let in_words = matches!(failure, Failure::NotFound { said: Some(_) });
        assert!(in_words, "{failure:?}");
        assert_eq!(verdict(Asked::Read, &failure), Verdict::PerhapsAbsent);
    }
    Offered::Yes
}

/// A request that the provider finds wrong: nothing happened, in its own words.
pub(super) async fn invalid(side: Side) -> Offered {
    if side.channel == Channel::CardOnFile {
        return Offered::No("its pages have no limit that a charge could break");
    }
    if side.system == System::Dojo {
        return Offered::No("nothing that its description forbids is sent");
    }
    let store = Store::with(side, |settings| settings.external_id_length_max = 2).await;
    let mut charge = store.charge("R-1");
    if let Way::Link {
        terms:
            LinkTerms {
                payer: Some(Payer { bank_code, .. }),
                ..
            },
    } = &mut charge.way
    {
        "none".clone_into(bank_code);
    }
    let refused = store.line.create(&charge).await.expect_err("a failure");
    assert!(matches!(refused, Failure::Invalid { .. }), "{refused:?}");
    assert_eq!(
        verdict(Asked::FirstCreate, &refused),
        Verdict::NothingHappened
    );
    assert_eq!(store.made(), 0);
    Offered::Yes
}

pub(super) async fn slow_down(side: Side) -> Offered {
    let store = Store::open(side).await;
    let intent = store.sale("R-1").await;
    let slow = || Failure::RateLimited {
        retry_after_ms: Some(7_000),
    };
    let fault = Fault::TooManyRequests { retry_after_s: 7 };
    store.spoil(Operation::Create, fault);
    assert_eq!(store.line.create(&store.charge("R-2")).await, Err(slow()));
    store.spoil(Operation::Read, fault);
    assert_eq!(store.reading(&intent).await, Err(slow()));
    store.spoil(Operation::Cancel, fault);
    assert_eq!(store.line.cancel(&intent).await, Err(slow()));
    if store.line.capabilities().finds {
        store.spoil(Operation::List, fault);
        assert_eq!(store.line.find(&store.charge("R-1")).await, Err(slow()));
    }
    assert_eq!(store.standing(&intent).await, store.unpaid());
    assert_eq!(store.made(), 1);
    Offered::Yes
}

pub(super) async fn fault_with_effect(side: Side) -> Offered {
    faulty(side, true).await
}

pub(super) async fn fault_without_effect(side: Side) -> Offered {
    faulty(side, false).await
}

/// The status of a 5xx says nothing about what was done.
async fn faulty(side: Side, takes_effect: bool) -> Offered {
    for status in STATUSES {
        let fault = Fault::ServerError {
            status,
            takes_effect,
        };
        let store = Store::open(side).await;
        let charge = store.charge("R-1");
        store.spoil(Operation::Create, fault);
        let failed = store.line.create(&charge).await.expect_err("a failure");
        assert!(matches!(failed, Failure::Fault { .. }), "{failed:?}");
        assert_eq!(
            verdict(Asked::FirstCreate, &failed),
            Verdict::MayHaveHappened
        );
        assert_eq!(store.made(), usize::from(takes_effect));
        if store.line.capabilities().finds {
            let found = store.line.find(&charge).await.expect("a list");
            assert_eq!(found.is_some(), takes_effect);
        }
        let intent = store.sale("R-2").await;
        store.spoil(Operation::Cancel, fault);
        let failed = store.line.cancel(&intent).await.expect_err("a failure");
        assert_eq!(verdict(Asked::Cancel, &failed), Verdict::ReadToKnow);
        if takes_effect {
            store.let_go(&intent).await;
        }
        let standing = if takes_effect {
            Standing::Cancelled
        } else {
            store.unpaid()
        };
        assert_eq!(store.standing(&intent).await, standing);
        store.spoil(Operation::Read, fault);
        let failed = store.reading(&intent).await.expect_err("a failure");
        assert_eq!(verdict(Asked::Read, &failed), Verdict::TryLater);
    }
    Offered::Yes
}

pub(super) async fn slow(side: Side) -> Offered {
    let store = Store::open(side).await;
    store.spoil(Operation::Create, Fault::Delay { ms: 300 });
    let intent = store.sale("R-1").await;
    let timed_out = || {
        Err(Failure::NoAnswer {
            why: NoAnswer::TimedOut,
        })
    };
    store.spoil(Operation::Read, Fault::Stall);
    assert_eq!(store.reading(&intent).await.map(|_| ()), timed_out());
    store.spoil(Operation::Cancel, Fault::Stall);
    assert_eq!(store.line.cancel(&intent).await, timed_out());
    store.let_go(&intent).await;
    assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    Offered::Yes
}

/// Answers that mean nothing, lie, or are somebody else's.
const JUNK: [Fault; 9] = [
    Fault::Html { takes_effect: true },
    Fault::Html {
        takes_effect: false,
    },
    Fault::TruncatedJson,
    Fault::EmptyBody,
    Fault::WrongAmount,
    Fault::WrongCurrency,
    Fault::UnknownStatus,
    Fault::StaleStatus,
    Fault::Redirect,
];

/// The till never believes that nothing happened while the store has it, nor in a payment that the
/// store does not have.
pub(super) async fn junk_create(side: Side) -> Offered {
    for fault in JUNK {
        let store = Store::open(side).await;
        let charge = store.charge("R-1");
        store.spoil(Operation::Create, fault);
        match store.line.create(&charge).await {
            Ok(created) => {
                assert_eq!(store.made(), 1, "{fault:?}");
                let is_open = store.leaves_open(created.seen.standing);
                assert!(is_open, "{fault:?} {created:?}");
            }
            Err(failure) => {
                let meaning = verdict(Asked::FirstCreate, &failure);
                assert_eq!(meaning, Verdict::MayHaveHappened, "{fault:?} {failure:?}");
            }
        }
    }
    Offered::Yes
}

/// Nothing ends a payment that waits, and nothing takes one that is paid for another amount.
pub(super) async fn junk_read(side: Side) -> Offered {
    let store = Store::open(side).await;
    let charge = store.charge("R-1");
    let intent = store.sale("R-1").await;
    for fault in JUNK {
        store.spoil(Operation::Read, fault);
        match store.reading(&intent).await {
            Ok(seen) => {
                let is_open = store.leaves_open(seen.standing);
                assert!(is_open, "{fault:?} {seen:?}");
                if fault == Fault::WrongAmount {
                    assert_ne!(seen.amount, Some(charge.amount), "the engine compares");
                }
            }
            Err(failure) => {
                let meaning = verdict(Asked::Read, &failure);
                assert_eq!(meaning, Verdict::TryLater, "{fault:?} {failure:?}");
            }
        }
    }
    assert_eq!(store.standing(&intent).await, store.unpaid());
    Offered::Yes
}

/// Whatever a cancel is answered, a reading tells.
pub(super) async fn junk_cancel(side: Side) -> Offered {
    for fault in JUNK {
        let store = Store::open(side).await;
        let intent = store.sale("R-1").await;
        store.spoil(Operation::Cancel, fault);
        let answer = store.line.cancel(&intent).await;
        if let Err(failure) = &answer {
            assert_eq!(verdict(Asked::Cancel, failure), Verdict::ReadToKnow);
        }
        if side.is_on_dojo_machine() {
            // Its machine takes its moment to let go.
            store.pass(1_000);
        }
        let seen = store.read(&intent).await;
        let let_go = seen.prompt == Some(Prompt::CancelledAtTerminal);
        let is_over = let_go || seen.standing == Standing::Cancelled;
        if answer.is_ok() {
            assert!(is_over, "{fault:?}: {seen:?}");
        }
        assert!(is_over || seen.standing == store.unpaid(), "{seen:?}");
        assert_eq!(store.alive(), usize::from(!is_over));
    }
    Offered::Yes
}

/// A list that is spoilt is never taken for one that does not have the payment.
pub(super) async fn junk_list(side: Side) -> Offered {
    if !Store::open(side).await.line.capabilities().finds {
        return Offered::No("there is no list");
    }
    let unreadable = [Fault::LoseAnswer, Fault::CutBody, Fault::DropRequest];
    for fault in JUNK.into_iter().chain(unreadable) {
        let store = Store::open(side).await;
        let (intent, charge) = (store.sale("R-1").await, store.charge("R-1"));
        store.spoil(Operation::List, fault);
        let found = store.line.find(&charge).await;
        assert_ne!(found, Ok(None), "{fault:?}: it is there");
        match found {
            Ok(None) => {}
            Ok(Some(created)) => {
                assert_eq!(created.intent, Some(intent), "{fault:?}");
                let is_open = store.leaves_open(created.seen.standing);
                assert!(is_open, "{fault:?} {created:?}");
            }
            Err(failure) => assert_ne!(
                verdict(Asked::Read, &failure),
                Verdict::PerhapsAbsent,
                "{fault:?}"
            ),
        }
        assert_eq!(store.alive(), 1, "{fault:?}");
    }
    Offered::Yes
}

/// The provider's clock is an hour off this computer's, or this computer's off the provider's: no
/// sale may depend on it.
pub(super) async fn other_clock(side: Side) -> Offered {
    for ahead_ms in [-3_600_000, 3_600_000] {
        let store = Store::with(side, |settings| {
            settings.one2pays_clock_ahead_ms = ahead_ms;
        })
        .await;
        assert_eq!(store.line.check().await, Ok(()));
        let intent = store.sale("R-1").await;
        assert_eq!(store.standing(&intent).await, store.unpaid());
        assert_eq!(store.line.cancel(&intent).await, Ok(()));
        assert_eq!(store.made(), 1);
    }
    Offered::Yes
}
