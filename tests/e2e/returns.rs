//! Money back without a payment: the way to it, the question, the machine that asks for the card.

use serde_json::{Value, json};

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";

/// Fills the question that is on the screen.
async fn fill(window: &Window, digits: &str, order: &str, reason: &str) {
    window.fill("return-amount", digits).await;
    window.fill("return-order", order).await;
    window.fill("return-reason", reason).await;
}

async fn newest(window: &Window) -> Value {
    let list = json!({"filter": "all", "search": "", "before": null});
    let payments = window.ask("list_payments", list).await;
    payments["ok"]["rows"][0].clone()
}

#[tokio::test]
async fn money_goes_back_to_a_card_that_is_presented() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    assert!(
        !window.has("give-back").await,
        "not the first thing on the screen"
    );
    window.click("nav-payments").await;
    window.click("give-back").await;
    window.find("return-dialog").await;
    window
        .is_accessible("the question before money goes back")
        .await;
    // Enter is the safe thing here.
    window.keys(ENTER).await;
    assert!(!window.has("return-dialog").await);
    window.click("give-back").await;
    fill(&window, "1250", "R-7", "").await;
    window.click("return-confirm").await;
    let problem = window.text("return-reason-problem").await;
    assert!(problem.contains("why"), "{problem}");
    assert_eq!(newest(&window).await, Value::Null);
    let reason = "Coat brought back, paid elsewhere";
    window.fill("return-reason", reason).await;
    let words = window.text("return-confirm").await;
    assert!(words.contains("12.50") && words.contains("R-7"), "{words}");
    window.picture("return-question").await;
    window.click("return-confirm").await;
    window.wait_for_state("waiting").await;
    window.find("press-tap").await;
    window.picture("return-waiting").await;
    window
        .is_accessible("a machine that gives money back")
        .await;
    window.press("tap").await;
    window.wait_for_state("refunded").await;
    assert_eq!(window.text("state-title").await, "Given back");
    window.picture("return-given-back").await;
    let refunds = store.refunds().await;
    assert_eq!(refunds.len(), 1, "{refunds:?}");
    assert_eq!(refunds[0]["amount"]["minor"], 1250);
    assert_eq!(store.ledger().await.len(), 0);
    window.click("nav-payments").await;
    window.find("money-back").await;
    window.picture("return-list").await;
    window
        .is_accessible("a list with money that went back")
        .await;
    // The same order a second time is refused in words.
    window.click("give-back").await;
    fill(&window, "1250", "R-7", "again").await;
    window.click("return-confirm").await;
    let problem = window.text("return-order-problem").await;
    assert!(problem.contains("already"), "{problem}");
    window.picture("return-refused").await;
    assert_eq!(store.refunds().await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_told_by_whoever_looks_at_the_machine() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store.next("start", json!({"kind": "lose_answer"})).await;
    window.click("nav-payments").await;
    window.click("give-back").await;
    fill(&window, "900", "R-8", "Wrong size").await;
    window.click("return-confirm").await;
    window.wait_for_state("not_known").await;
    window.find("press-tap").await;
    window.picture("return-not-known").await;
    window.is_accessible("money that may have gone back").await;
    window.press("tap").await;
    while store.refunds().await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    window.click("action-witness").await;
    window.click("witness-given-back").await;
    window.picture("return-witness").await;
    window.click("witness-confirm").await;
    window.wait_for_state("refunded").await;
    assert_eq!(window.text("state-title").await, "Recorded as given back");
    assert_eq!(store.refunds().await.len(), 1);
}
