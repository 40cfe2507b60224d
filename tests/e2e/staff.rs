//! Who stands at the till: a manager's word over a cashier's refund, and what wrong PINs cost.

use serde_json::{Value, json};

use crate::store::Store;
use crate::window::{Home, Look, Window};

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const F9: &str = "\u{E039}";
pub(crate) const LUZ: &str = "592617";
pub(crate) const ANA: &str = "4821";

async fn add(window: &Window, name: &str, role: Option<&str>, pin: &str) {
    window.click("staff-add").await;
    window.fill("person-name", name).await;
    if let Some(role) = role {
        window.click(&format!("person-role-{role}")).await;
    }
    window.fill("person-pin", pin).await;
    window.click("person-save").await;
    window.find(&format!("staff-{name}")).await;
}

/// Luz manages, Ana sells; whoever came first is signed in.
pub(crate) async fn staffed(home: &Home, look: Look) -> Window {
    let window = Window::open_as(home, look).await;
    window.ready().await;
    window.click("nav-settings").await;
    window.find("staff-add").await;
    window.picture("staff-none").await;
    add(&window, "Luz M.", None, LUZ).await;
    add(&window, "Ana R.", Some("cashier"), ANA).await;
    window
}

async fn overview(window: &Window) -> Value {
    window.ask("overview", json!({})).await["ok"]["staff"].clone()
}

async fn wait_until_in(window: &Window, name: &str) {
    for _ in 0..400 {
        if overview(window).await["signed_in"]["name"] == name {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.picture("failed-sign-in").await;
    panic!("{name} is not signed in: {}", overview(window).await);
}

/// Waits until the pad says why a PIN was not taken: checking one takes a moment on purpose.
async fn problem(window: &Window, expected: &str) {
    let mut said = String::new();
    for _ in 0..400 {
        said = window.text("pin-problem").await;
        if said.contains(expected) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.picture("failed-pin").await;
    panic!("the pad says {said:?} and not {expected:?}");
}

/// F9, the number of the name, the PIN.
pub(crate) async fn take_over(window: &Window, number: &str, name: &str, pin: &str) {
    window.keys(F9).await;
    window.find("switch").await;
    window.keys(number).await;
    window.keys(pin).await;
    window.keys(ENTER).await;
    wait_until_in(window, name).await;
}

#[tokio::test]
async fn a_cashiers_refund_is_done_by_a_managers_pin_and_says_who() {
    let home = Home::new();
    let window = staffed(&home, Look::default()).await;
    window.picture("staff-settings").await;
    window.is_accessible("staff in settings").await;
    let store = Store::of(&window).await;
    window.click("nav-charge").await;
    window.keys(F9).await;
    window.find("switch").await;
    window.picture("staff-switch").await;
    window.is_accessible("switching").await;
    window.keys(ESCAPE).await;
    take_over(&window, "2", "Ana R.", ANA).await;

    // Accounts are none of a cashier's business, whatever the page asks for.
    let remove = json!({"account": "practice"});
    let refused = window.ask("remove_account", remove).await;
    assert_eq!(refused["error"]["code"], "not_allowed", "{refused}");

    let machine = crate::dojo::charge(&window, "35050", "R-20418").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    window.click("action-refund").await;
    window.find("refund-dialog").await;
    if window.has("refund-route-terminal").await {
        window.click("refund-route-terminal").await;
    }
    window.click("refund-confirm").await;
    window.find("approval").await;
    let what = window.text("approval-what").await;
    assert!(
        what.contains("350.50") && what.contains("R-20418") && what.contains("Ana R."),
        "{what}"
    );
    assert_eq!(store.refunds().await.len(), 0);
    window.fill("approval-reason", "Wrong size").await;
    window.picture("staff-approval").await;
    window.is_accessible("an approval").await;

    // By touch: a wrong one first.
    for digit in ["1", "9", "2", "8", "3", "7"] {
        window.click(&format!("pin-{digit}")).await;
    }
    window.wait_for("pin-dots", "data-length", "6").await;
    window.picture("staff-approval-typed").await;
    window.click("pin-enter").await;
    window.wait_for("pin-dots", "data-length", "0").await;
    problem(&window, "not the PIN").await;
    window.picture("staff-approval-wrong").await;
    assert_eq!(store.refunds().await.len(), 0);
    for digit in LUZ.chars() {
        window.click(&format!("pin-{digit}")).await;
    }
    window.click("pin-enter").await;
    store.press_until_taken(&machine, "tap").await;
    window.wait_for_state("refunded").await;
    window.picture("staff-refunded").await;
    assert_eq!(store.refunds().await.len(), 1);
    let page = window.run("return document.body.innerText;", vec![]).await;
    let page = page.as_str().expect("the words of the page");
    assert!(page.contains("Refund asked"), "{page}");
    assert_eq!(overview(&window).await["signed_in"]["name"], "Ana R.");
    assert!(!page.contains(LUZ), "no PIN on the screen");
}

#[tokio::test]
async fn five_wrong_pins_wait_and_a_restart_does_not_help() {
    let home = Home::new();
    let window = staffed(&home, Look::default()).await;
    window.keys(F9).await;
    window.click("lock").await;
    window.find("lock-screen").await;
    window.picture("staff-locked").await;
    window.is_accessible("a locked till").await;
    let charge = json!({"order": "R-1", "digits": "100", "account": "practice", "terminal": "PRACTICE-1", "link": null, "sale": null, "card": null});
    let refused = window.ask("start_charge", charge).await;
    assert_eq!(refused["error"]["code"], "nobody_signed_in", "{refused}");
    window.keys("1").await;
    for _ in 0..5 {
        window.keys("111111").await;
        window.keys(ENTER).await;
        problem(&window, "PIN").await;
    }
    problem(&window, "Wait").await;
    window.picture("staff-wait").await;
    window.is_accessible("a wait").await;
    window.kill();

    let window = Window::open(&home).await;
    window.find("lock-screen").await;
    window.keys("1").await;
    window.keys(LUZ).await;
    window.keys(ENTER).await;
    problem(&window, "Wait").await;
    // The other one is not kept waiting, and sells.
    window.click("person-Ana R.").await;
    window.keys(ANA).await;
    window.keys(ENTER).await;
    wait_until_in(&window, "Ana R.").await;
    window.picture("staff-after-restart").await;
}

#[tokio::test]
async fn a_payment_under_way_is_seen_and_watched_on_a_locked_till() {
    let home = Home::new();
    let window = staffed(&home, Look::default()).await;
    let store = Store::of(&window).await;
    window.click("nav-settings").await;
    window.click("theme-dark").await;
    window.click("language-es").await;
    window.click("nav-charge").await;
    let machine = crate::dojo::charge(&window, "35050", "R-7").await;
    window.keys(F9).await;
    window.find("switch").await;
    window.click("lock").await;
    window
        .wait_for("lock-payment", "data-state", "waiting")
        .await;
    window.picture("staff-locked-live-dark-es").await;
    window.is_accessible("a locked till with a payment").await;
    store.press_until_taken(&machine, "tap").await;
    window.wait_for("lock-payment", "data-state", "paid").await;
    window.picture("staff-locked-paid-dark-es").await;
    window.keys("2").await;
    window.keys(ANA).await;
    window.keys(ENTER).await;
    wait_until_in(&window, "Ana R.").await;
    window.wait_for_state("paid").await;
}

/// A cashier changes her own PIN by touch: the old one, the new one, the new one again.
#[tokio::test]
async fn a_cashier_changes_her_own_pin() {
    let home = Home::new();
    let window = staffed(&home, Look::default()).await;
    take_over(&window, "2", "Ana R.", ANA).await;
    window.keys(F9).await;
    window.click("own-pin").await;
    window.find("own-pin-dialog").await;
    window.picture("staff-own-pin").await;
    window.is_accessible("one's own PIN").await;
    for (step, pin) in [("now", "9999"), ("new", "5930"), ("again", "5930")] {
        window.wait_for("own-pin-step", "data-step", step).await;
        window.keys(pin).await;
        window.keys(ENTER).await;
    }
    // The old one was wrong: from the beginning.
    problem(&window, "not the PIN").await;
    window.wait_for("own-pin-step", "data-step", "now").await;
    window.picture("staff-own-pin-wrong").await;
    for (step, pin) in [("now", ANA), ("new", "5930"), ("again", "5930")] {
        window.wait_for("own-pin-step", "data-step", step).await;
        for digit in pin.chars() {
            window.click(&format!("pin-{digit}")).await;
        }
        window.click("pin-enter").await;
    }
    window.find("own-pin-done").await;
    window.picture("staff-own-pin-done").await;
    window.click("own-pin-close").await;
    window.keys(F9).await;
    window.click("lock").await;
    window.find("lock-screen").await;
    window.keys("2").await;
    window.keys(ANA).await;
    window.keys(ENTER).await;
    problem(&window, "not the PIN").await;
    window.keys("5930").await;
    window.keys(ENTER).await;
    wait_until_in(&window, "Ana R.").await;
}
