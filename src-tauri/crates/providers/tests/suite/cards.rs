//! What is peculiar to cards on file: LeanRails and its successor, played in the practice store,
//! with each choice that their documents leave open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use payment::failure::BadAnswer;
use payment::outcome::{Asked, Verdict, verdict};
use payment::{
    Act, Charge, Failure, Generation, IdempotencyKey, IntentId, Prompt, Provider, Standing, System,
};
use practice::{
    FLUVEO_BASE_PATH, Fault, LeanRailsAction, LeanRailsCancellable, LeanRailsCaptureField,
    LeanRailsDecline, LeanRailsMissing, LeanRailsOrder, LeanRailsRefusal, LeanRailsSettings,
    LeanRailsTimes, LeanRailsUnknownFields, Operation, ServerError,
};

use crate::server::{Server, json};
use crate::shop::{charge_in, hasty, lean_rails_body, line, with_card};
use crate::store::{BANK_MS, MINOR, Store};

/// A store whose bank answers at once, unless told otherwise.
pub(crate) async fn open(change: impl FnOnce(&mut LeanRailsSettings)) -> Store {
    Store::with(System::LeanRails, |settings| {
        settings.lean_rails.processing_ms = 0;
        change(&mut settings.lean_rails);
    })
    .await
}

/// The same account through the door of its successor.
pub(crate) fn by_forms(store: &Store) -> Arc<dyn Provider> {
    store.line_as(|account| {
        account.settings.generation = Some(Generation::Form);
        let base = account.base_url.rsplit_once("/lean-rails").expect("a base");
        account.base_url = format!("{}{FLUVEO_BASE_PATH}", base.0);
    })
}

fn on_card(order: &str, card: &str) -> Charge {
    Charge {
        way: with_card(card, false),
        ..charge_in(System::LeanRails, order, MINOR, "")
    }
}

/// Something is done with a payment, under a key of its own.
pub(crate) async fn act(
    line: &dyn Provider,
    charge: &Charge,
    intent: &IntentId,
    act: Act,
    key: &str,
) -> Result<(), Failure> {
    let key = IdempotencyKey::new(key).expect("a key");
    line.act(charge, intent, &act, &key).await.map(|_| ())
}

/// Where it stands and what is to be done, after one more reading.
async fn shown(store: &Store, intent: &IntentId) -> (Standing, Option<Prompt>) {
    let seen = store.read(intent).await;
    (seen.standing, seen.prompt)
}

const IDLE: (Standing, Option<Prompt>) = (Standing::NeedsCashier, Some(Prompt::TerminalIdle));

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_card_is_told_in_every_shape() {
    for decline in [
        LeanRailsDecline::Error,
        LeanRailsDecline::ErrorWithIntent,
        LeanRailsDecline::Intent,
    ] {
        let store = open(|settings| settings.decline = decline).await;
        let charge = on_card("R-1", "pm_card_insufficient_funds");
        for _ in 0..2 {
            let created = store.line.create(&charge).await.expect("a payment");
            assert_eq!(created.seen.standing, Standing::Declined, "{decline:?}");
            assert_eq!(created.seen.prompt, None);
            assert!(
                created.seen.raw.contains("insufficient_funds"),
                "{:?}",
                created.seen.raw
            );
            let intent = created.intent.expect("a name");
            assert_eq!(shown(&store, &intent).await, (Standing::Declined, None));
        }
        let found = store.line.find(&charge).await.expect("a list");
        let found = found.expect("it is there");
        assert_eq!(found.seen.standing, Standing::Declined);
        assert!(store.charged().is_empty());
        assert_eq!(store.made(), 1);
    }
}

/// A key that is used again replays the refusal of the first card. Another till has had it paid
/// with another card meanwhile: nobody may hear "declined".
#[tokio::test(flavor = "multi_thread")]
async fn the_replay_of_an_old_refusal_ends_nothing() {
    let store = open(|_| {}).await;
    let declined = on_card("R-1", "pm_card_declined");
    let created = store.line.create(&declined).await.expect("a payment");
    let intent = created.intent.expect("a name");
    let good = on_card("R-1", "pm_card_visa");
    let again = act(&*store.line, &good, &intent, Act::TryAgain, "act-1");
    assert_eq!(again.await, Ok(()));
    let repeated = store.line.create(&declined).await.expect("the payment");
    assert_eq!(repeated.intent, Some(intent));
    assert_eq!(repeated.seen.standing, Standing::Paid);
    assert_eq!(store.charged().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_nobody_knows_leaves_a_payment_without_one() {
    for missing in [LeanRailsMissing::NotFound, LeanRailsMissing::BadRequest] {
        let store = open(|settings| settings.missing = missing).await;
        let charge = on_card("R-1", "pm_nobodys");
        let created = store.line.create(&charge).await.expect("a payment");
        assert_eq!((created.seen.standing, created.seen.prompt), IDLE);
        assert_ne!(created.seen.raw, "requires_payment_method", "why");
        let intent = created.intent.expect("a name");
        let act = act(&*store.line, &charge, &intent, Act::TryAgain, "a");
        assert!(act.await.is_err());
        assert_eq!(shown(&store, &intent).await, IDLE);
        assert_eq!(store.line.cancel(&intent).await, Ok(()));
        assert_eq!(shown(&store, &intent).await, (Standing::Cancelled, None));
        assert!(store.charged().is_empty());
    }
}

/// Whatever became of the confirm, the payment has a name, and one more confirm charges once.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_confirm_is_known_by_a_reading() {
    let fault = |takes_effect| Fault::ServerError {
        status: ServerError::E502,
        takes_effect,
    };
    let table = [
        (Fault::LoseAnswer, true),
        (Fault::CutBody, true),
        (Fault::Stall, true),
        (Fault::DropRequest, false),
        (Fault::TooManyRequests { retry_after_s: 1 }, false),
        (Fault::Redirect, false),
        (fault(true), true),
        (fault(false), false),
        (Fault::Html { takes_effect: true }, true),
        (
            Fault::Html {
                takes_effect: false,
            },
            false,
        ),
        (Fault::EmptyBody, true),
    ];
    for (fault, arrived) in table {
        let store = open(|_| {}).await;
        let charge = store.charge("R-1");
        store.spoil(Operation::Confirm, fault);
        let created = store.line.create(&charge).await.expect("a payment");
        let stands = (created.seen.standing, created.seen.prompt);
        assert_eq!(stands, (Standing::Processing, None), "{fault:?}");
        let said = created.seen.raw;
        assert!(said.starts_with("confirm: "), "{fault:?} {said}");
        let intent = created.intent.expect("a name");
        if arrived {
            let paid = (Standing::Paid, None);
            assert_eq!(shown(&store, &intent).await, paid, "{fault:?}");
        } else {
            assert_eq!(shown(&store, &intent).await, IDLE, "{fault:?}");
            let again = act(&*store.line, &charge, &intent, Act::TryAgain, "a");
            assert_eq!(again.await, Ok(()), "{fault:?}");
            assert_eq!(shown(&store, &intent).await, (Standing::Paid, None));
        }
        // The first confirm comes after all, or comes twice.
        let repeated = store.line.create(&charge).await.expect("the payment");
        assert_eq!(repeated.intent, Some(intent), "{fault:?}");
        assert_eq!(store.charged(), [charge.amount], "{fault:?}");
    }
}

/// Nothing that a confirm is answered makes a payment paid that is not, nor one of another amount
/// ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_lying_confirm_is_not_believed() {
    for fault in [
        Fault::WrongAmount,
        Fault::WrongCurrency,
        Fault::UnknownStatus,
        Fault::StaleStatus,
        Fault::TruncatedJson,
    ] {
        for card in ["pm_card_visa", "pm_card_declined"] {
            let store = open(|settings| settings.decline = LeanRailsDecline::Intent).await;
            let charge = on_card("R-1", card);
            store.spoil(Operation::Confirm, fault);
            let is_paid = match store.line.create(&charge).await {
                Ok(created) => created.seen.standing == Standing::Paid,
                Err(failure) => {
                    let told =
                        matches!(&failure, Failure::Mismatch { intent, .. } if intent.is_some());
                    assert!(told, "{fault:?} {failure:?}");
                    false
                }
            };
            let charged = store.charged();
            assert!(!is_paid || charged == [charge.amount], "{fault:?} {card}");
            if matches!(fault, Fault::WrongAmount | Fault::WrongCurrency) {
                assert!(!is_paid, "{fault:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_asks_for_its_holder_waits_for_him() {
    for (action, end) in [
        (LeanRailsAction::Passes, Standing::Paid),
        (LeanRailsAction::Fails, Standing::Declined),
    ] {
        let store = open(|settings| {
            settings.action = action;
            settings.action_ms = BANK_MS;
        })
        .await;
        let charge = on_card("R-1", "pm_card_3ds_required");
        let created = store.line.create(&charge).await.expect("a payment");
        let expected = match created.seen.page {
            Some(_) => Standing::Waiting,
            None => Standing::Processing,
        };
        assert_eq!(created.seen.standing, expected);
        let intent = created.intent.expect("a name");
        store.settle();
        assert_eq!(store.standing(&intent).await, end);
        assert_eq!(store.charged().len(), usize::from(end == Standing::Paid));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_taken_whole_or_given_back() {
    for (capture_field, unknown_fields) in [
        (
            LeanRailsCaptureField::Amount,
            LeanRailsUnknownFields::Refused,
        ),
        (
            LeanRailsCaptureField::AmountToCapture,
            LeanRailsUnknownFields::Refused,
        ),
        (
            LeanRailsCaptureField::Either,
            LeanRailsUnknownFields::Ignored,
        ),
    ] {
        let store = open(|settings| {
            settings.capture_field = capture_field;
            settings.unknown_fields = unknown_fields;
        })
        .await;
        for (order, line) in [("R-1", Arc::clone(&store.line)), ("R-2", by_forms(&store))] {
            let mut charge = store.charge(order);
            charge.way = with_card("pm_card_visa", true);
            let created = store.line.create(&charge).await.expect("a payment");
            let intent = created.intent.expect("a name");
            assert_eq!(created.seen.standing, Standing::Authorised);
            let before = store.charged().len();
            for _ in 0..2 {
                let taken = act(
                    &*line,
                    &charge,
                    &intent,
                    Act::Capture,
                    &format!("{order}-act"),
                )
                .await;
                assert_eq!(taken, Ok(()), "{capture_field:?}");
            }
            let seen = line.read(&intent).await.expect("a reading");
            assert_eq!(seen.standing, Standing::Paid);
            assert_eq!(seen.amount, Some(charge.amount));
            assert_eq!(store.charged().len(), before + 1);
        }
        let mut charge = store.charge("R-3");
        charge.way = with_card("pm_card_visa", true);
        let created = store.line.create(&charge).await.expect("a payment");
        let intent = created.intent.expect("a name");
        assert_eq!(store.line.cancel(&intent).await, Ok(()));
        assert_eq!(store.standing(&intent).await, Standing::Cancelled);
        assert_eq!(store.charged().len(), 2);
    }
}

/// A refused cancel is kept under its key for a day. Once the payment can be cancelled the next one
/// must really be asked.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_refusal_does_not_stand_in_the_way_of_a_cancel() {
    for refusal in [
        LeanRailsRefusal::BadRequest,
        LeanRailsRefusal::Conflict,
        LeanRailsRefusal::Unprocessable,
    ] {
        let store = open(|settings| {
            settings.processing_ms = BANK_MS;
            settings.cancellable = LeanRailsCancellable::NotProcessing;
            settings.refusal = refusal;
        })
        .await;
        let charge = on_card("R-1", "pm_card_declined");
        let created = store.line.create(&charge).await.expect("a payment");
        let intent = created.intent.expect("a name");
        let early = store.line.cancel(&intent).await.expect_err("a refusal");
        assert_eq!(verdict(Asked::Cancel, &early), Verdict::ReadToKnow);
        store.settle();
        assert_eq!(store.standing(&intent).await, Standing::Declined);
        // A till that was started anew begins with the first key.
        let anew = store.line_as(|_| {});
        assert!(anew.cancel(&intent).await.is_err(), "the replay");
        assert_eq!(anew.cancel(&intent).await, Ok(()), "{refusal:?}");
        assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_at_work_or_used_for_something_else_proves_nothing() {
    for is_json in [true, false] {
        let store = open(|settings| settings.in_progress_ms = BANK_MS).await;
        let line = if is_json {
            Arc::clone(&store.line)
        } else {
            by_forms(&store)
        };
        let charge = store.charge("R-1");
        line.create(&charge).await.expect("a payment");
        let at_work = line.create(&charge).await.expect_err("a failure");
        assert_eq!(at_work, Failure::Fault { status: 409 });
        let meaning = verdict(Asked::FirstCreate, &at_work);
        assert_eq!(meaning, Verdict::MayHaveHappened);
        store.settle();
        assert!(line.create(&charge).await.is_ok());
        let other = charge_in(System::LeanRails, "R-1", 99_900, "");
        assert_eq!(line.create(&other).await, Err(Failure::Duplicate));
        assert_eq!(store.made(), 1);
    }
}

/// The successor takes no card by its name: a payment can be made, seen and withdrawn.
#[tokio::test(flavor = "multi_thread")]
async fn the_successor_refuses_cards_by_their_name() {
    let store = open(|_| {}).await;
    let line = by_forms(&store);
    assert_eq!(line.check().await, Ok(()));
    let charge = store.charge("Mesa 4 ñ & más");
    let created = line.create(&charge).await.expect("a payment");
    assert_eq!((created.seen.standing, created.seen.prompt), IDLE);
    assert_ne!(created.seen.raw, "requires_payment_method", "why");
    let found = line.find(&charge).await.expect("a list");
    let found = found.expect("it is there");
    assert_eq!(found.intent, created.intent);
    let intent = created.intent.expect("a name");
    let open = line.list_open(0).await.expect("a list");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].reference, charge.key.as_str());
    assert_eq!(line.cancel(&intent).await, Ok(()));
    let seen = line.read(&intent).await.expect("a reading");
    assert_eq!(seen.standing, Standing::Cancelled);
    assert_eq!(line.list_open(0).await, Ok(Vec::new()));
    assert!(store.charged().is_empty());
}

/// Whoever made them and however they ended.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_was_made_is_listed_with_where_it_stands() {
    let store = open(|settings| settings.list_order = LeanRailsOrder::NewestFirst).await;
    assert_eq!(store.line.list(0).await, Ok(Vec::new()));
    let mut ends = Vec::new();
    for (order, card) in [
        ("R-1", "pm_card_visa"),
        ("R-2", "pm_nobodys"),
        ("R-3", "pm_nobodys"),
    ] {
        store.pass(1_000);
        let created = store.line.create(&on_card(order, card)).await;
        ends.push(created.expect("a payment").intent.expect("a name"));
    }
    store.settle();
    assert_eq!(store.line.cancel(&ends[1]).await, Ok(()));
    let all = store.line.list(0).await.expect("a list");
    let told: Vec<_> = all
        .iter()
        .map(|one| (one.reference.as_str(), one.standing, one.raw.as_str()))
        .collect();
    let expected = [
        ("R-3", Standing::NeedsCashier, "requires_payment_method"),
        ("R-2", Standing::Cancelled, "canceled"),
        ("R-1", Standing::Paid, "succeeded"),
    ];
    assert_eq!(told, expected);
    assert_eq!(all[2].intent, ends[0]);
    assert_eq!(all[2].amount, store.charge("R-1").amount);
    let since_ms = all[1].made_at_ms.expect("a time");
    assert_eq!(store.line.list(since_ms).await, Ok(all[..2].to_vec()));
}

/// However the list is ordered and whatever its times are: all of it is read before "none" is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_walked_to_its_end() {
    for (list_order, times) in [
        (LeanRailsOrder::NewestFirst, LeanRailsTimes::Unix),
        (LeanRailsOrder::OldestFirst, LeanRailsTimes::Iso),
    ] {
        let store = open(|settings| {
            settings.list_order = list_order;
            settings.times = times;
        })
        .await;
        let order = |number: u32| format!("Mesa {number} ñ");
        for number in 1..=105 {
            store.pass(1_000);
            let charge = on_card(&order(number), "pm_nobodys");
            store.line.create(&charge).await.expect("a payment");
        }
        for number in [1, 5, 6, 100, 105] {
            let charge = store.charge(&order(number));
            let found = store.line.find(&charge).await.expect("a list");
            let found = found.expect("it is there");
            assert_eq!((found.seen.standing, found.seen.prompt), IDLE);
        }
        assert_eq!(store.line.find(&store.charge("R-1")).await, Ok(None));
        let open = store.line.list_open(0).await.expect("a list");
        assert_eq!(open.len(), 100);
        assert_eq!(open[0].reference, order(105), "the newest first");
        let since_ms = open[9].made_at_ms.expect("a time");
        let young = store.line.list_open(since_ms).await.expect("a list");
        assert_eq!(young, open[..10]);
    }
}

/// A server that answers a list like this and everything else like that; `N` in the list is the
/// number of the request.
fn listing(list: &str, one: String) -> Server {
    let (list, requests) = (list.to_owned(), AtomicUsize::new(0));
    Server::start(move |mut peer| {
        while let Some(request) = peer.request() {
            let number = requests.fetch_add(1, Ordering::SeqCst);
            let is_list = request.starts_with("GET") && request.contains("?limit=");
            let body = if is_list {
                list.replace('N', &number.to_string())
            } else {
                one.clone()
            };
            peer.write(json(&body).as_bytes());
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_an_end_proves_nothing() {
    let why = |why| Failure::BadAnswer { why };
    let table = [
        (
            r#"{"data":[],"has_more":true,"next_cursor":"c_N"}"#,
            why(BadAnswer::TooLarge),
            50,
        ),
        (
            r#"{"data":[],"has_more":true,"next_cursor":"c"}"#,
            why(BadAnswer::Unreadable),
            2,
        ),
        (
            r#"{"data":[],"has_more":true}"#,
            why(BadAnswer::Unreadable),
            1,
        ),
    ];
    for (list, expected, count) in table {
        let server = listing(list, lean_rails_body("processing"));
        let line = line(System::LeanRails, &server.base(), hasty());
        let found = line.find(&on_card("R-1", "pm_1")).await;
        assert_eq!(found, Err(expected), "{list}");
        assert_eq!(server.count(), count, "{list}");
    }
}

/// Lists of the successor leave out why a card was refused.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_list_shows_is_read_again() {
    let id = crate::shop::ID;
    let open = lean_rails_body("requires_payment_method");
    let list = format!(r#"{{"data":[{open}]}}"#);
    let refused = open.replace(
        "\"amount\"",
        "\"last_payment_error\":{\"code\":\"card_declined\"},\"amount\"",
    );
    let server = listing(&list, refused);
    let line = line(System::LeanRails, &server.base(), hasty());
    let found = line.find(&on_card("R-1", "pm_1")).await.expect("a list");
    let found = found.expect("it is there");
    assert_eq!(found.seen.standing, Standing::Declined);
    assert_eq!(found.intent, IntentId::new(id).ok());
}

/// A key that is used again may tell the payment as it is now. Only one that waits for a card is
/// charged.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_past_its_card_is_not_confirmed_again() {
    for (status, count) in [
        ("requires_payment_method", 2),
        ("requires_confirmation", 2),
        ("requires_action", 1),
        ("processing", 1),
        ("requires_capture", 1),
        ("succeeded", 1),
        ("canceled", 1),
        ("settling", 1),
    ] {
        let server = listing("", lean_rails_body(status));
        let line = line(System::LeanRails, &server.base(), hasty());
        let created = line.create(&on_card("R-1", "pm_card_visa")).await;
        assert!(created.is_ok(), "{status} {created:?}");
        assert_eq!(server.count(), count, "{status}");
    }
}
