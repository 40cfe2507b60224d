//! Against the practice store over real HTTP. It was written from the same documents by other
//! hands, and its books say what is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payment::outcome::{Asked, Verdict, verdict};
use payment::{Account, Charge, Created, Failure, IntentId, Prompt, Provider, Standing, System};
use practice::{
    DeclineShape, Duplicate, Fault, Faults, Operation, Practice, Press, ServerError, Settings,
    UnknownTerminal, serve,
};
use providers::connect;
use secrets::Secret;
use tokio::net::TcpListener;

use crate::shop::{account, charge_of, hasty};

const COUNTER: &str = "PRACTICE-1";

struct Store {
    practice: Practice,
    now_ms: Arc<AtomicU64>,
    base: String,
}

impl Store {
    async fn open(settings: Settings) -> Self {
        let now_ms = Arc::new(AtomicU64::new(1_790_000_000_000));
        let clock = Arc::clone(&now_ms);
        let practice = Practice::new(7, Arc::new(move || clock.load(Ordering::SeqCst)));
        practice.set_settings(settings);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let base = format!("http://{}/api", listener.local_addr().expect("an address"));
        tokio::spawn(serve(practice.clone(), listener));
        Self {
            practice,
            now_ms,
            base,
        }
    }

    fn provider(&self, key: Option<&str>) -> Arc<dyn Provider> {
        let account = Account {
            practice: true,
            ..account(System::Compago, &self.base)
        };
        let key = key.map(|key| Secret::new(key).expect("a key"));
        connect(&account, key, hasty()).expect("a provider")
    }

    fn pass(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// The customer does something; the machine has fetched the request by then.
    fn press(&self, press: Press) {
        self.pass(1_000);
        self.practice.press(COUNTER, press).expect("a press");
        self.pass(10_000);
    }
}

/// The name that a payment was answered with.
fn named(created: &Created) -> &IntentId {
    created.intent.as_ref().expect("a name")
}

fn sale(order: &str) -> Charge {
    charge_of(order, 35_050, COUNTER)
}

async fn standing(provider: &dyn Provider, intent: &IntentId) -> Standing {
    provider.read(intent).await.expect("a reading").standing
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_paid_once() {
    for get_echoes_amount in [false, true] {
        let store = Store::open(Settings {
            get_echoes_amount,
            ..Settings::default()
        })
        .await;
        let provider = store.provider(None);
        let made = provider.create(&sale("R-1")).await.unwrap();
        assert_eq!(made.seen.standing, Standing::Waiting);
        assert_eq!(made.seen.amount, Some(sale("R-1").amount));
        assert_eq!(standing(&*provider, named(&made)).await, Standing::Waiting);
        store.press(Press::Tap);
        let seen = provider.read(named(&made)).await.unwrap();
        assert_eq!(
            (seen.standing, &*seen.raw),
            (Standing::Paid, "CONFIRMED, payment SUCCESS")
        );
        assert_eq!(seen.amount, get_echoes_amount.then_some(sale("R-1").amount));
        let charged = store.practice.ledger();
        assert_eq!(charged.len(), 1);
        assert_eq!(charged[0].external_id, "R-1");
        assert_eq!(charged[0].amount, sale("R-1").amount);
        let late = provider.cancel(named(&made)).await;
        assert!(matches!(late, Err(Failure::Invalid { .. })), "{late:?}");
        assert_eq!(standing(&*provider, named(&made)).await, Standing::Paid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_cancelled_by_the_till_by_the_customer_and_by_the_next() {
    let store = Store::open(Settings::default()).await;
    let provider = store.provider(None);
    let first = provider.create(&sale("R-1")).await.unwrap().intent.unwrap();
    assert_eq!(provider.cancel(&first).await, Ok(()));
    assert_eq!(standing(&*provider, &first).await, Standing::Cancelled);
    let again = provider.cancel(&first).await;
    assert!(matches!(again, Err(Failure::Invalid { .. })), "{again:?}");

    let second = provider.create(&sale("R-2")).await.unwrap().intent.unwrap();
    store.press(Press::CancelOnTerminal);
    assert_eq!(standing(&*provider, &second).await, Standing::Cancelled);

    let third = provider.create(&sale("R-3")).await.unwrap().intent.unwrap();
    let fourth = provider.create(&sale("R-4")).await.unwrap().intent.unwrap();
    assert!(provider.capabilities().replaces_on_terminal);
    assert_eq!(standing(&*provider, &third).await, Standing::Cancelled);
    assert_eq!(standing(&*provider, &fourth).await, Standing::Waiting);
    assert!(store.practice.ledger().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_shows_in_every_shape() {
    let table = [
        (
            DeclineShape::PendingWithSummary,
            Standing::Waiting,
            Some(Prompt::CardDeclined),
        ),
        (DeclineShape::CancelledWithSummary, Standing::Declined, None),
        (DeclineShape::PendingSilent, Standing::Waiting, None),
    ];
    for (decline, standing, prompt) in table {
        let store = Store::open(Settings {
            decline,
            ..Settings::default()
        })
        .await;
        let provider = store.provider(None);
        let made = provider.create(&sale("R-1")).await.unwrap();
        store.press(Press::Decline);
        let seen = provider.read(named(&made)).await.unwrap();
        assert_eq!(
            (seen.standing, seen.prompt),
            (standing, prompt),
            "{decline:?}"
        );
        assert!(store.practice.ledger().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_and_it_expires() {
    let store = Store::open(Settings {
        lifetime_ms: 60_000,
        ..Settings::default()
    })
    .await;
    let provider = store.provider(None);
    let made = provider.create(&sale("R-1")).await.unwrap();
    store.pass(59_000);
    assert_eq!(standing(&*provider, named(&made)).await, Standing::Waiting);
    store.pass(2_000);
    assert_eq!(standing(&*provider, named(&made)).await, Standing::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_ids_and_terminals_are_told_apart() {
    let store = Store::open(Settings::default()).await;
    let right = store.provider(None);
    assert_eq!(right.check().await, Ok(()));
    assert_eq!(store.provider(Some("practice")).check().await, Ok(()));
    let nobodys = IntentId::new("00000000-0000-4000-8000-00000000000a").unwrap();
    let absent = right.read(&nobodys).await;
    assert!(
        matches!(absent, Err(Failure::NotFound { said: Some(_) })),
        "{absent:?}"
    );
    let absent = right.cancel(&nobodys).await;
    assert!(
        matches!(absent, Err(Failure::NotFound { said: Some(_) })),
        "{absent:?}"
    );
    // A name that would climb out of its place in the path is none to begin with.
    assert!(IntentId::new("..").is_err());

    let wrong = store.provider(Some("wrong"));
    assert_eq!(wrong.check().await, Err(Failure::KeyRefused));
    assert_eq!(wrong.create(&sale("R-1")).await, Err(Failure::KeyRefused));
    assert_eq!(wrong.read(&nobodys).await, Err(Failure::KeyRefused));
    assert_eq!(wrong.cancel(&nobodys).await, Err(Failure::KeyRefused));

    for unknown_terminal in [UnknownTerminal::NotFound, UnknownTerminal::BadRequest] {
        store.practice.set_settings(Settings {
            unknown_terminal,
            ..Settings::default()
        });
        let refused = right
            .create(&charge_of("R-1", 100, "NOT-HERE"))
            .await
            .unwrap_err();
        let meaning = verdict(Asked::FirstCreate, &refused);
        assert_eq!(meaning, Verdict::NothingHappened, "{refused:?}");
    }
    assert!(store.practice.intents().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_beside_the_api_is_found_out() {
    let mut store = Store::open(Settings::default()).await;
    store.base = store.base.replace("/api", "/somewhere");
    let checked = store.provider(None).check().await;
    assert!(
        matches!(checked, Err(Failure::NotFound { .. })),
        "{checked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_makes_no_second_payment() {
    let table = [
        (Duplicate::Conflict, None),
        (Duplicate::BadRequest, None),
        (Duplicate::ConflictWithId, None),
        (Duplicate::Replay, Some(())),
        (Duplicate::ReplayAsNew, Some(())),
    ];
    for (duplicate, named) in table {
        let store = Store::open(Settings {
            duplicate,
            ..Settings::default()
        })
        .await;
        let provider = store.provider(None);
        let first = provider.create(&sale("R-1")).await.unwrap();
        let again = provider.create(&sale("R-1")).await;
        match named {
            Some(()) => assert_eq!(again, Ok(first.clone()), "{duplicate:?}"),
            None => assert_eq!(again, Err(Failure::Duplicate), "{duplicate:?}"),
        }
        let other = provider.create(&charge_of("R-1", 99_900, COUNTER)).await;
        if named.is_some() {
            let said = "amount 350.50".to_owned();
            let intent = first.intent;
            assert_eq!(
                other,
                Err(Failure::Mismatch { said, intent }),
                "{duplicate:?}"
            );
        } else {
            assert_eq!(other, Err(Failure::Duplicate), "{duplicate:?}");
        }
        assert_eq!(store.practice.intents().len(), 1);
    }
}

fn faults() -> Vec<Fault> {
    let mut all = vec![
        Fault::Delay { ms: 100 },
        Fault::Stall,
        Fault::DropRequest,
        Fault::LoseAnswer,
        Fault::TooManyRequests { retry_after_s: 1 },
        Fault::CutBody,
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
        Fault::DeliverTwice,
    ];
    for status in [
        ServerError::E500,
        ServerError::E502,
        ServerError::E503,
        ServerError::E504,
    ] {
        for takes_effect in [true, false] {
            all.push(Fault::ServerError {
                status,
                takes_effect,
            });
        }
    }
    all
}

/// Whatever goes wrong with a create: the till never believes that nothing happened while the
/// store has the payment, and never believes in a payment that the store does not have.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_hides_a_payment() {
    for duplicate in [
        Duplicate::Conflict,
        Duplicate::BadRequest,
        Duplicate::Replay,
    ] {
        for fault in faults() {
            let store = Store::open(Settings {
                duplicate,
                ..Settings::default()
            })
            .await;
            let provider = store.provider(None);
            store
                .practice
                .set_faults(Faults::next(Operation::Create, fault));
            let outcome = provider.create(&sale("R-1")).await;
            let truth = store.practice.intents();
            assert_eq!(
                store.practice.faults_played().len(),
                1,
                "{fault:?} was played"
            );
            assert!(truth.len() <= 1);
            believe(&outcome, truth.len(), &format!("{duplicate:?} {fault:?}"));
            if let Ok(created) = &outcome {
                assert_eq!(truth[0].id.to_string(), named(created).as_str());
            }
            // Asked again with the same key, the store still has one.
            let _ = provider.create(&sale("R-1")).await;
            assert_eq!(store.practice.intents().len(), 1, "{fault:?}");
        }
    }
}

fn believe(outcome: &Result<Created, Failure>, intents: usize, context: &str) {
    match outcome {
        Ok(_) => assert_eq!(intents, 1, "{context}"),
        Err(failure) => match verdict(Asked::FirstCreate, failure) {
            Verdict::NothingHappened => assert_eq!(intents, 0, "{context}: {failure:?}"),
            Verdict::ExistsUnseen => assert_eq!(intents, 1, "{context}: {failure:?}"),
            Verdict::MayHaveHappened => {}
            // No answer to a create may mean these.
            meaning @ (Verdict::ReadToKnow | Verdict::PerhapsAbsent | Verdict::TryLater) => {
                assert_eq!(meaning, Verdict::MayHaveHappened, "{context}: {failure:?}");
            }
        },
    }
}

/// A lying, late or broken reading never makes a payment paid, or over, that is not.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_ends_a_payment_that_waits() {
    for get_echoes_amount in [false, true] {
        let store = Store::open(Settings {
            get_echoes_amount,
            ..Settings::default()
        })
        .await;
        let provider = store.provider(None);
        let made = provider.create(&sale("R-1")).await.unwrap();
        for fault in faults() {
            store
                .practice
                .set_faults(Faults::next(Operation::Read, fault));
            match provider.read(named(&made)).await {
                Ok(seen) => assert!(
                    matches!(seen.standing, Standing::Waiting | Standing::Unrecognised),
                    "{fault:?}: {seen:?}"
                ),
                Err(failure) => {
                    let meaning = verdict(Asked::Read, &failure);
                    assert_eq!(meaning, Verdict::TryLater, "{fault:?}: {failure:?}");
                }
            }
        }
        assert_eq!(standing(&*provider, named(&made)).await, Standing::Waiting);
    }
}
