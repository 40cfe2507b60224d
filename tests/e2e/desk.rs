//! What is asked before money moves, another amount with one press, and what waits for somebody.

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Look, Window};

const ENTER: &str = "\u{E007}";

/// The machine after the next sale's button: charges what is typed and does not wait for a payment.
async fn press_charge(window: &Window, digits: &str, order: &str) {
    window.click("nav-charge").await;
    window.fill("order", order).await;
    window.click("terminal-PRACTICE-1").await;
    window.keys(digits).await;
    window.figure_has(digits).await;
    window.keys(ENTER).await;
}

async fn lost(window: &Window, store: &Store, order: &str) {
    store
        .next_all("create", &vec![json!({"kind": "drop_request"}); 40])
        .await;
    window.charge("5100", order, "PRACTICE-1").await;
    window.wait_for_state("not_known").await;
}

async fn desk(name: &str, language: &str, theme: &str, look: Look) {
    let home = Home::new();
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    let chosen = json!({"language": language, "theme": theme});
    window.ask("choose_look", chosen).await;
    let store = Store::of(&window).await;

    // The same amount a moment ago: Enter does the safe thing.
    window.charge("4500", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    press_charge(&window, "4500", "R-2").await;
    window.find("warned-dialog").await;
    let twin = window.text("warned-twin").await;
    assert!(twin.contains("R-1") && twin.contains("45.00"), "{twin}");
    window.picture(&format!("{name}-warned")).await;
    window.is_accessible(&format!("{name}: warned")).await;
    window.keys(ENTER).await;
    window.find("charge-problem").await;
    assert_eq!(store.intents().await.len(), 1, "nothing was sent");
    // One deliberate press.
    window.click("charge").await;
    window.find("warned-dialog").await;
    window.click("warned-go-on").await;
    window.wait_for_state("waiting").await;
    window.find("line-passed_same_amount").await;

    // Another amount while no card was presented.
    window.click("change-amount-open").await;
    window.find("change-dialog").await;
    window.fill("change-amount", "35.00").await;
    window.picture(&format!("{name}-change")).await;
    window
        .is_accessible(&format!("{name}: change amount"))
        .await;
    window.click("change-confirm").await;
    window.wait_for_state("waiting").await;
    while store.intents().await.len() < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.find("press-tap").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    assert_eq!(store.ledger().await.len(), 2);

    // Not known: in the inbox, with a number on the rail.
    window.click("nav-charge").await;
    lost(&window, &store, "R-9").await;
    window.find("inbox-count").await;
    window.click("nav-inbox").await;
    window.find("inbox-does").await;
    window.picture(&format!("{name}-inbox")).await;
    window.is_accessible(&format!("{name}: inbox")).await;
}

const SMALL: Look = Look {
    width: 1024,
    height: 768,
    machine: crate::machine::Machine::Desktop,
};

#[tokio::test]
async fn the_desk_light_at_1280() {
    desk("desk-light-1280", "en", "light", Look::default()).await;
}

#[tokio::test]
async fn the_desk_dark_at_1024() {
    desk("desk-dark-1024", "es", "dark", SMALL).await;
}

/// Late news waits for a manager, and goes when one has decided.
#[tokio::test]
async fn money_that_came_late_is_kept_with_a_reason() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store
        .set(json!({"race": "approval_after_cancel", "tap_ms": 4000}))
        .await;
    window.charge("4500", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.click("action-cancel").await;
    window.wait_for_state("paid").await;
    window.click("nav-inbox").await;
    window.find("inbox-no-refund").await;
    window.picture("desk-late").await;
    window.is_accessible("late news in the inbox").await;
    window.click("inbox-keep-R-1").await;
    window.find("decide-dialog").await;
    window
        .fill("decide-reason", "The customer has the goods")
        .await;
    window.picture("desk-decide").await;
    window.is_accessible("deciding").await;
    window.click("decide-confirm").await;
    window.find("inbox-none").await;
    window.picture("desk-empty").await;
    assert!(!window.has("inbox-count").await);
    let listed = window.ask("list_inbox", json!({})).await;
    assert_eq!(listed["ok"]["items"], json!([]), "{listed}");
}
