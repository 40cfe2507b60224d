//! Payments by a link: the customer pays on a page of her phone.

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

async fn fill_payer(window: &Window) {
    window.fill("link-account-name", "Somchai Jaidee").await;
    window.fill("link-account-number", "123-4-56789-0").await;
    window.fill("link-bank-code", "004").await;
}

#[tokio::test]
async fn a_link_is_shown_and_paid() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    window.link("35050", "R-1", "practice-link").await;
    window.fill("link-description", "Two blankets").await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    let open = window.open_payments().await;
    let payment = json!({"payment": open[0]["id"]});
    let shown = window.ask("show_payment", payment).await;
    let url = shown["ok"]["page"]["url"].as_str().expect("a page");
    assert!(url.contains("/pay/"), "{url}");
    window.click("page-copy").await;
    assert!(window.has("page-status").await, "copied or not, it says so");
    window.click("page-show").await;
    let shown = window.text("customer-view").await;
    assert!(shown.contains("Two blankets"), "{shown}");
    window.click("close-dialog").await;
    window.click("page-press-pay").await;
    window.wait_for_state("paid").await;
    assert!(!window.has("qr").await, "nobody pays it twice");
    window.picture("link-paid").await;
    let ledger = store.ledger().await;
    assert_eq!(ledger.len(), 1, "{ledger:?}");
}

#[tokio::test]
async fn a_link_is_withdrawn_and_its_page_takes_no_money() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    window.link("35050", "R-1", "practice-link").await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    window.keys("\u{E00C}").await;
    window.wait_for_state("cancelled").await;
    window.picture("link-cancelled").await;
    assert_eq!(store.ledger().await.len(), 0);
}

#[tokio::test]
async fn a_lost_answer_to_a_link_is_found_by_its_reference() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store.next("create", json!({"kind": "lose_answer"})).await;
    window.link("35050", "R-1", "practice-link").await;
    window.keys("\u{E007}").await;
    // Compago's list names the payment and not its page: nobody can pay it, so it is withdrawn.
    window.wait_for_state("waiting").await;
    let sentence = window.text("state-band").await;
    assert!(sentence.contains("address is lost"), "{sentence}");
    assert!(!window.has("qr").await, "there is nothing to show");
    window.picture("link-address-lost").await;
    assert_eq!(store.links().await.len(), 1, "one link for one order");
    window.keys("\u{E00C}").await;
    window.wait_for_state("cancelled").await;
    assert_eq!(store.ledger().await.len(), 0);
}

#[tokio::test]
async fn a_thai_payment_asks_for_the_payer_and_is_paid() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    window.link("9900", "R-1", "practice-thai-qr").await;
    window.keys("\u{E007}").await;
    window.find("link-account-name-problem").await;
    window.picture("link-payer-missing").await;
    assert_eq!(store.links().await.len(), 0, "nothing was sent");
    fill_payer(&window).await;
    window.picture("link-payer").await;
    window.is_accessible("link: payer").await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    window.picture("thai-waiting").await;
    window.click("page-press-pay").await;
    window.wait_for_state("paid").await;
    window.picture("thai-paid").await;
    assert_eq!(store.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_thai_payment_that_the_bank_refuses_ends_unpaid() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    window.link("9900", "R-1", "practice-thai-qr").await;
    fill_payer(&window).await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    window.click("page-press-decline").await;
    window.wait_for_state("declined").await;
    window.picture("thai-declined").await;
    assert_eq!(store.ledger().await.len(), 0);
}

/// An account with card machines: its link is beside them.
#[tokio::test]
async fn a_dojo_payment_is_made_by_link_and_paid_on_its_page() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    window.link("1250", "R-1", "practice-dojo").await;
    window.fill("link-description", "Two blankets").await;
    window.picture("dojo-link").await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    window.picture("dojo-link-waiting").await;
    window.click("page-press-decline").await;
    window.find("qr").await;
    assert_eq!(store.ledger().await.len(), 0);
    // The page refused that card; it is there for another.
    window.click("page-press-pay").await;
    window.wait_for_state("paid").await;
    window.is_accessible("a link of Dojo is paid").await;
    let ledger = store.ledger().await;
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    assert_eq!(ledger[0]["amount"]["minor"], 1250);
}
