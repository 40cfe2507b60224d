//! When something goes wrong while money is moving.

use std::time::Duration;

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

#[tokio::test]
async fn a_lost_answer_is_not_known_and_then_found() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    // The create and its first repeats never arrive: long enough to look at the screen.
    store
        .next_all("create", &vec![json!({"kind": "drop_request"}); 4])
        .await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("not_known").await;
    window.picture("not-known").await;
    let blocked = window
        .ask("start_charge", json!({"order": "R-1", "digits": "35050", "account": "practice", "terminal": "PRACTICE-2"}))
        .await;
    assert_eq!(blocked["error"]["code"], "order_not_known", "{blocked}");
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    assert_eq!(store.ledger().await.len(), 1);
    assert_eq!(store.intents().await.len(), 1);
}

#[tokio::test]
async fn what_the_provider_will_not_name_a_person_looks_up() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store.next("create", json!({"kind": "lose_answer"})).await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("not_known").await;
    window.find("line-arrived_unseen").await;
    window.find("action-witness").await;
    window.picture("not-known-unseen").await;
    window.press("tap").await;
    while store.ledger().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    window.click("action-witness").await;
    window.picture("witness").await;
    window.click("witness-paid").await;
    window.click("witness-confirm").await;
    window.wait_for_state("paid").await;
    window.find("line-witnessed_paid").await;
    window.picture("paid-by-hand").await;
}

#[tokio::test]
async fn a_window_killed_while_a_card_is_awaited_finds_its_payment_again() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.kill();
    let window = Window::open(&home).await;
    window.ready().await;
    let open = window.open_payments().await;
    assert_eq!(open.len(), 1, "{open:?}");
    window.click("open-pill").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    assert_eq!(Store::of(&window).await.ledger().await.len(), 1);
}

#[tokio::test]
async fn closing_over_a_live_payment_asks_in_words() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.close_like_a_person().await;
    window.find("close-stay").await;
    window.picture("close").await;
    window.click("close-stay").await;
    window.wait_for_state("waiting").await;
    window.close_like_a_person().await;
    // The window may be gone before its driver can say that it was pressed.
    let leave = window.find("close-leave").await;
    let _ = leave.click().await;
    for _ in 0..200 {
        if window.driver.title().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the window stayed although the cashier left");
}

#[tokio::test]
async fn a_damaged_journal_stops_new_charges_with_a_sentence() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("100", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.kill();
    let file = home.data().join("journal.db");
    let length = std::fs::metadata(&file).expect("a journal").len();
    std::fs::write(&file, vec![0x5a; usize::try_from(length).expect("small")]).expect("damage");
    for left in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(home.data().join(left));
    }
    let window = Window::open(&home).await;
    window.ready().await;
    let sentence = window.text("trouble").await;
    assert!(!sentence.is_empty());
    window.picture("journal-damaged").await;
    let refused = window
        .ask("start_charge", json!({"order": "R-9", "digits": "100", "account": "practice", "terminal": "PRACTICE-1"}))
        .await;
    assert_eq!(refused["error"]["code"], "journal_damaged", "{refused}");
    let intents = Store::of(&window).await.intents().await;
    assert!(
        intents.iter().all(|intent| intent["external_id"] != "R-9"),
        "{intents:?}"
    );
}
