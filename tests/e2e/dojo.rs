//! Card machines that their system lists: Dojo. One payment, as many cards as it takes.

use serde_json::{Value, json};

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";

/// Chooses Dojo's counter, types and presses Enter. Gives back the machine's code.
pub(crate) async fn charge(window: &Window, digits: &str, order: &str) -> String {
    let overview = window.ask("overview", json!({})).await;
    let terminals = overview["ok"]["terminals"].as_array().expect("a list");
    let counter = terminals
        .iter()
        .find(|terminal| terminal["account"] == "practice-dojo" && terminal["label"] == "Counter");
    let counter = counter.expect("Dojo's counter")["code"].as_str();
    let counter = counter.expect("a code");
    window.charge(digits, order, counter).await;
    window.wait_for_state("waiting").await;
    window.find("press-tap").await;
    counter.to_owned()
}

async fn shown(window: &Window) -> Value {
    let list = json!({"filter": "all", "search": "", "before": null});
    let payments = window.ask("list_payments", list).await;
    let id = payments["ok"]["rows"][0]["id"].clone();
    window.ask("show_payment", json!({"payment": id})).await["ok"].clone()
}

#[tokio::test]
async fn a_declined_card_and_another_one_are_one_payment_and_its_money_goes_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    charge(&window, "1250", "R-1").await;
    window.picture("dojo-waiting").await;
    window.press("decline").await;
    window.wait_for_state("needs_cashier").await;
    let title = window.text("state-title").await;
    assert!(title.contains("declined"), "{title}");
    window.picture("dojo-declined").await;
    window.is_accessible("a card was declined at Dojo").await;
    assert!(store.ledger().await.is_empty());
    window.click("action-try_again").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    let ledger = store.ledger().await;
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    assert_eq!(ledger[0]["amount"]["minor"], 1250);
    window.click("action-receipts").await;
    let slip = window.text("slip-customer").await;
    assert!(slip.contains("12.50"), "{slip}");
    window.picture("dojo-receipt").await;
    window.is_accessible("a receipt").await;
    window.click("close-dialog").await;
    window.click("action-refund").await;
    window.find("refund-dialog").await;
    window.picture("dojo-refund").await;
    window.is_accessible("a refund").await;
    // Enter is the safe thing here, however often.
    window.keys(ENTER).await;
    assert_eq!(store.refunds().await.len(), 0);
    if !window.has("refund-dialog").await {
        window.click("action-refund").await;
    }
    // Dojo gives back from afar only where no card was refused before; the machine always can.
    window.click("refund-route-terminal").await;
    window.click("refund-confirm").await;
    // The machine is there to be used, though the payment is over.
    window.find("press-tap").await;
    window.picture("dojo-refund-machine").await;
    window.press("tap").await;
    window.wait_for_state("refunded").await;
    window.picture("dojo-refunded").await;
    assert_eq!(store.refunds().await.len(), 1);
    assert_eq!(shown(&window).await["returned"]["minor"], 1250);
}

#[tokio::test]
async fn a_machine_without_a_result_is_not_known_until_another_try_tells() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store.set(json!({"dojo_pay_within_ms": 2_000})).await;
    charge(&window, "1250", "R-1").await;
    window.press("unplug").await;
    window.wait_for_state("not_known").await;
    let title = window.text("state-title").await;
    assert!(title.contains("not confirmed"), "{title}");
    window.picture("dojo-not-confirmed").await;
    window.is_accessible("a result that is not confirmed").await;
    store.set(json!({})).await;
    window.press("plug_in").await;
    window.click("action-try_again").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    assert_eq!(store.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_signature_is_judged_by_the_cashier() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    store.set(json!({"dojo_inserted_is_signed": true})).await;
    charge(&window, "1250", "R-1").await;
    window.press("insert_pin").await;
    window.wait_for_state("needs_cashier").await;
    window.find("action-reject_signature").await;
    window.picture("dojo-signature").await;
    window.is_accessible("a signature").await;
    assert!(shown(&window).await["decide_by"].is_string());
    window.click("action-accept_signature").await;
    window.wait_for_state("paid").await;
    assert_eq!(store.ledger().await.len(), 1);
    let payment = shown(&window).await;
    assert_eq!(payment["act"]["kind"], "sign_accept");
    assert_eq!(payment["act"]["progress"], "done");
}
