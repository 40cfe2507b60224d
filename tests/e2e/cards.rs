//! Cards on file: nobody presents one.

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";

async fn charge(window: &Window, digits: &str, order: &str, card: &str) {
    window.fill("order", order).await;
    window.click("terminal-PRACTICE-1").await;
    window.keys(digits).await;
    window.figure_has(digits).await;
    window.click("card-practice-cards").await;
    window.find("card-form").await;
    window.fill("card-name", card).await;
    window.keys(ENTER).await;
    window.find("state-band").await;
}

#[tokio::test]
async fn a_card_on_file_is_charged_and_a_part_goes_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    charge(&window, "1250", "R-1", "pm_card_visa").await;
    window.wait_for_state("paid").await;
    window.picture("card-paid").await;
    window.is_accessible("a card on file was charged").await;
    assert_eq!(store.ledger().await.len(), 1);
    window.click("action-refund").await;
    window.find("refund-dialog").await;
    window.fill("refund-amount", "250").await;
    window.click("refund-confirm").await;
    window.wait_for_state("partly_refunded").await;
    window.picture("card-partly-refunded").await;
    let refunds = store.refunds().await;
    assert_eq!(refunds.len(), 1, "{refunds:?}");
    assert_eq!(refunds[0]["amount"]["minor"], 250);
}

#[tokio::test]
async fn a_declined_card_on_file_takes_nothing_and_a_cards_number_is_not_taken() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    charge(&window, "1250", "R-1", "pm_card_declined").await;
    window.wait_for_state("declined").await;
    window.picture("card-declined").await;
    assert!(store.ledger().await.is_empty());
    let number = json!({
        "order": "R-2", "digits": "1250", "account": "practice-cards", "terminal": "", "link": null,
        "sale": null, "card": {"card": "4242424242424242", "description": "", "hold": false},
    });
    let refused = window.ask("start_charge", number).await;
    assert_eq!(refused["error"]["code"], "card_invalid", "{refused}");
}
