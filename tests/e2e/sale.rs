//! Selling, from the first start on.

use std::time::Duration;

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const ALT: char = '\u{E00A}';
const F2: &str = "\u{E032}";

#[tokio::test]
async fn the_first_start_lands_on_the_practice_store_and_a_sale_is_paid() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.find("welcome").await;
    window.find("use-own-account").await;
    window.picture("first-run").await;
    window.charge("35050", "R-20418", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.find("press-tap").await;
    window.picture("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    window.picture("paid").await;
    let store = Store::of(&window).await;
    let ledger = store.ledger().await;
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    assert_eq!(ledger[0]["external_id"], "R-20418");
    assert_eq!(ledger[0]["amount"]["minor"], 35_050);
    assert_eq!(window.text("state-title").await, "Paid");
    // The next customer: the amount is empty again and the order one further.
    window.keys(ENTER).await;
    window.find("charge").await;
    window.figure_has("").await;
    let order = window.find("order").await.value().await.expect("its value");
    assert_eq!(order.as_deref(), Some("R-20419"));
}

#[tokio::test]
async fn a_second_sale_is_cancelled() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("12000", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.keys(ESCAPE).await;
    window.wait_for_state("cancelled").await;
    window.picture("cancelled").await;
    let store = Store::of(&window).await;
    assert!(store.ledger().await.is_empty());
    assert_eq!(store.intents().await[0]["status"], "CANCELLED");
}

#[tokio::test]
async fn a_declined_card_may_be_followed_by_another() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("9900", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("decline").await;
    window.find("line-card_declined").await;
    window.picture("card-declined").await;
    // Another card, on the same payment.
    window.press("tap").await;
    window.wait_for_state("paid").await;
    assert_eq!(Store::of(&window).await.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_declined_sale_that_is_given_up_ends_as_declined() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("9900", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("decline").await;
    window.find("line-card_declined").await;
    window.keys(ESCAPE).await;
    window.wait_for_state("declined").await;
    window.picture("declined").await;
    assert!(Store::of(&window).await.ledger().await.is_empty());
}

#[tokio::test]
async fn a_cancel_that_loses_the_race_ends_in_paid_and_says_so() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    // The card is read for long enough to press Esc in between, and wins.
    store
        .set(json!({"race": "approval_wins", "tap_ms": 4000}))
        .await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.keys(ESCAPE).await;
    window.find("line-cancel_asked").await;
    window.wait_for_state("paid").await;
    window.picture("paid-after-cancel").await;
    let body = window.text("state-body").await;
    assert!(
        body.contains("too late") || body.contains("after"),
        "{body}"
    );
    assert_eq!(store.ledger().await.len(), 1);
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.keys(F2).await;
    window.keys("-K").await;
    let order = window.find("order").await;
    let order = order.value().await.expect("a value").unwrap_or_default();
    assert!(order.ends_with("-K"), "F2 goes to the order: {order:?}");
    // Back to the amount: digits typed anywhere but in a field go there.
    window.keys(ESCAPE).await;
    window.keys("4200").await;
    window.figure_has("4200").await;
    window.keys("\u{E003}").await;
    window.figure_has("420").await;
    let alt = window
        .driver
        .action_chain()
        .key_down(ALT)
        .send_keys("2")
        .key_up(ALT);
    alt.perform().await.expect("Alt and 2");
    // A double Enter is one sale.
    window.keys(&format!("{ENTER}{ENTER}")).await;
    window.wait_for_state("waiting").await;
    let store = Store::of(&window).await;
    assert_eq!(store.intents().await.len(), 1);
    assert_eq!(window.open_payments().await[0]["terminal_label"], "Bar");
    window.keys("?").await;
    window.find("keys-sheet").await;
    window.picture("keys").await;
    window.keys(ESCAPE).await;
    // N leaves the payment; it is not lost.
    window.keys("n").await;
    window.find("charge").await;
    window.find("open-pill").await;
    window.picture("one-still-open").await;
    window.click("open-pill").await;
    window.wait_for_state("waiting").await;
}

#[tokio::test]
async fn bad_input_is_told_in_words_and_sends_nothing() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.keys(ENTER).await;
    let problem = window.text("charge-problem").await;
    assert!(!problem.is_empty());
    window.picture("no-amount").await;
    window.fill("order", "   ").await;
    window.click("terminal-PRACTICE-1").await;
    window.keys("100").await;
    window.figure_has("100").await;
    window.keys(ENTER).await;
    assert_ne!(window.text("charge-problem").await, problem);
    assert!(Store::of(&window).await.intents().await.is_empty());
}

#[tokio::test]
async fn an_order_that_is_paid_is_not_charged_again() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    window.charge("100", "R-7", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    window.keys(ENTER).await;
    window.find("charge").await;
    window.fill("order", "R-7").await;
    window.click("terminal-PRACTICE-2").await;
    window.keys("100").await;
    window.figure_has("100").await;
    window.keys(ENTER).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(Store::of(&window).await.intents().await.len(), 1);
    let again = window
        .ask("start_charge", json!({"order": "R-7", "digits": "100", "account": "practice", "terminal": "PRACTICE-2"}))
        .await;
    assert_eq!(again["error"]["code"], "order_paid", "{again}");
}
