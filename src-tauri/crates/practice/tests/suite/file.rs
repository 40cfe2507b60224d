use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use practice::{Practice, Press, Status, StoreFileError, TerminalState};
use tower::ServiceExt;

use crate::support::{Bench, START_MS, create_request, hand_clock};

fn clock_at(now_ms: u64) -> (Arc<AtomicU64>, practice::Clock) {
    let now_ms = Arc::new(AtomicU64::new(now_ms));
    let clock = hand_clock(&now_ms);
    (now_ms, clock)
}

#[tokio::test]
async fn a_store_saved_in_the_middle_of_a_payment_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-1").await;
    bench.practice.press("PRACTICE-1", Press::Tap).unwrap();
    bench.advance(600);
    assert_eq!(bench.state("PRACTICE-1"), TerminalState::Reading);
    bench.practice.save(&path).unwrap();

    let (_, clock) = clock_at(START_MS + 600);
    let same = Practice::load(&path, clock).unwrap();
    let world = |practice: &Practice| practice.with(|world, _| world.clone());
    assert_eq!(world(&same), world(&bench.practice));
    assert!(same.ledger().is_empty());

    let (_, later) = clock_at(START_MS + 1200);
    let finished = Practice::load(&path, later).unwrap();
    assert_eq!(finished.ledger().len(), 1);
    finished.check().unwrap();
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-TAP").await;
    bench.practice.save(&path).unwrap();
    let (now_ms, clock) = clock_at(1000);
    let practice = Practice::load(&path, clock).unwrap();
    assert!(practice.ledger().is_empty());
    now_ms.fetch_add(3200, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(practice.ledger().len(), 1);
}

#[tokio::test]
async fn an_opened_store_is_in_its_file_before_the_answer_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    let (now_ms, clock) = clock_at(START_MS);
    let killed = Practice::open(&path, 9, Arc::clone(&clock)).unwrap();
    let request = create_request("order-1", "350.50", Some("PRACTICE-TAP"));
    let answer = killed.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), http::StatusCode::CREATED);
    // Nothing is saved on purpose: the process is taken to be gone here.
    drop(killed);
    let again = Practice::open(&path, 9, Arc::clone(&clock)).unwrap();
    let intents = again.intents();
    assert_eq!(intents.len(), 1);
    assert_eq!(intents[0].status, Status::Pending);
    now_ms.fetch_add(3200, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(again.intents()[0].status, Status::Confirmed);
    // What happened by itself is in the file as well, as soon as somebody has seen it.
    let seen = Practice::load(&path, clock_at(START_MS).1).unwrap();
    assert_eq!(seen.with(|world, _| world.ledger(0)).len(), 1);
}

#[tokio::test]
async fn the_file_holds_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    let bench = Bench::new();
    let key = "a-key-that-must-not-be-kept";
    bench.practice.accept_keys(&[key]);
    bench.practice.save(&path).unwrap();
    assert!(!fs::read_to_string(&path).unwrap().contains(key));
}

#[tokio::test]
async fn a_file_that_is_damaged_or_foreign_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-TAP").await;
    bench.advance(3200);
    assert_eq!(bench.charged(), ["order-1"]);
    bench.practice.save(&path).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let table = [
        ("", "damaged"),
        (&good[..good.len() / 2], "damaged"),
        (&good.replace("\"version\":4", "\"version\":5"), "other"),
        (&good.replace("\"ledger\":[{", "\"unknown\":[{"), "damaged"),
        (&good.replacen("CONFIRMED", "PENDING", 1), "contradictory"),
    ];
    for (text, expected) in table {
        assert_ne!(text, good);
        fs::write(&path, text).unwrap();
        let (_, clock) = clock_at(START_MS);
        let error = Practice::open(&path, 1, clock).unwrap_err();
        let found = match error {
            StoreFileError::Damaged(_) => "damaged",
            StoreFileError::OtherVersion(5) => "other",
            StoreFileError::Contradictory(_) => "contradictory",
            StoreFileError::Unreadable(_)
            | StoreFileError::OtherVersion(_)
            | StoreFileError::Unencodable(_)
            | StoreFileError::Unwritable(_) => panic!("{error}"),
        };
        assert_eq!(found, expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_in_words() {
    let (_, clock) = clock_at(START_MS);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("practice.json");
    let error = Practice::open(&path, 1, clock).unwrap_err();
    assert!(matches!(error, StoreFileError::Unwritable(_)), "{error}");
}
