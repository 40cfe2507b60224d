//! What another till left open: found among the orders, looked at, and led to the dry run.

use std::time::Duration;

use serde_json::json;

use crate::machine::Machine;
use crate::window::{Home, Look, Window};

async fn link(window: &Window, account: &str, order: &str, digits: &str) {
    let request = json!({
        "order": order, "digits": digits, "account": account, "terminal": "",
        "link": {"description": "Table 7", "minutes": 600, "method": null, "payer": null,
            "billing": null, "language": null},
        "sale": null, "card": null,
    });
    let started = window.ask("start_charge", request).await;
    let payment = started["ok"]["id"].clone();
    assert!(payment.is_string(), "{started}");
    for _ in 0..400 {
        let request = json!({"payment": payment});
        let shown = window.ask("show_payment", request).await;
        if shown["ok"]["state"] == "waiting" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{order} does not wait for its customer");
}

/// A store in which another till has made links, and this till's home beside it.
async fn beside_another_till() -> Home {
    let other = Home::new();
    let window = Window::open(&other).await;
    window.ready().await;
    link(&window, "practice-dojo", "T-7", "4200").await;
    link(&window, "practice-dojo", "T-8", "1850").await;
    link(&window, "practice-link", "W-1", "12345").await;
    let store = other.data().join("practice.json");
    let is_kept = || {
        let kept = std::fs::read_to_string(&store).unwrap_or_default();
        ["T-7", "T-8", "W-1"]
            .iter()
            .all(|order| kept.contains(order))
    };
    for _ in 0..200 {
        if is_kept() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_kept(), "the store keeps what was made");
    window.kill();
    let home = Home::new();
    std::fs::create_dir_all(home.data()).expect("a folder");
    std::fs::copy(&store, home.data().join("practice.json")).expect("a store");
    home
}

async fn rows(window: &Window, count: usize) {
    let shown = "return document.querySelectorAll('[data-testid=made-elsewhere]').length;";
    for _ in 0..400 {
        if window.run(shown, vec![]).await == json!(count) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let found = window.run(shown, vec![]).await;
    panic!("{found} rows made elsewhere, not {count}");
}

/// What is typed at once into the search box.
async fn search(window: &Window, text: &str) {
    let typed =
        "const box = document.querySelector('[data-testid=search]'); box.value = arguments[0];
        box.dispatchEvent(new Event('input', {bubbles: true}));";
    window.run(typed, vec![json!(text)]).await;
}

async fn plan_has(window: &Window, lines: usize) {
    window.find("void-bar").await;
    window.wait_for("void-bar", "data-step", "plan").await;
    let shown = "return document.querySelectorAll('[data-testid=void-row]').length;";
    assert_eq!(window.run(shown, vec![]).await, json!(lines));
}

async fn story(name: &str, language: &str, theme: &str, look: Look) {
    let home = beside_another_till().await;
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    let chosen = json!({"language": language, "theme": theme});
    window.ask("choose_look", chosen).await;
    link(&window, "practice-link", "R-1", "35050").await;

    // To open the list is enough: it is read, and told as soon as it is there.
    window.click("nav-payments").await;
    rows(&window, 3).await;
    window.find("links-left").await;
    let badge = window.text("links-left").await;
    assert!(badge.starts_with('3') && badge.contains("60.50"), "{badge}");
    window.picture(&format!("{name}-orders")).await;
    window.is_accessible(&format!("{name}: orders")).await;
    let nodes = "return document.getElementsByTagName('*').length;";
    let nodes = window.run(nodes, vec![]).await;
    assert!(
        nodes.as_u64().is_some_and(|nodes| nodes <= 300),
        "{nodes} nodes"
    );

    // The search box and the filter have it too.
    search(&window, "42.00").await;
    rows(&window, 1).await;
    search(&window, "").await;
    window.click("filter-elsewhere").await;
    rows(&window, 3).await;
    window.picture(&format!("{name}-filter")).await;

    // Its drawer.
    search(&window, "T-7").await;
    rows(&window, 1).await;
    window.click("payment-row").await;
    window.find("elsewhere-drawer").await;
    let drawer = window.text("elsewhere-drawer").await;
    assert!(
        drawer.contains("Dojo") && drawer.contains("Created"),
        "{drawer}"
    );
    window.picture(&format!("{name}-drawer")).await;
    window.is_accessible(&format!("{name}: drawer")).await;
    window.click("elsewhere-void").await;
    plan_has(&window, 1).await;
    window.click("void-back").await;

    // The badge leads to all that stands open and no till sees through.
    window.find("links-left").await;
    window.click("void-leftovers").await;
    plan_has(&window, 3).await;
    window.picture(&format!("{name}-dry-run")).await;
    window.is_accessible(&format!("{name}: dry run")).await;
    window.click("void-back").await;
    window.find("links-left").await;

    // A manager sets when the till closes such links by itself.
    window.click("nav-settings").await;
    window.find("void-rules-close").await;
    window.fill("void-rules-close", "30").await;
    window.picture(&format!("{name}-rules")).await;
    window.click("void-rules-save").await;
    let asked = window.ask("overview", json!({})).await;
    for _ in 0..100 {
        let asked = window.ask("overview", json!({})).await;
        if asked["ok"]["void_rules"]["close_links_after_min"] == json!(30) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{}", asked["ok"]["void_rules"]);
}

#[tokio::test]
async fn what_another_till_left_light_at_1280() {
    story("elsewhere-light-1280", "en", "light", Look::default()).await;
}

#[tokio::test]
async fn what_another_till_left_dark_at_1024() {
    let small = Look {
        width: 1024,
        height: 768,
        machine: Machine::Desktop,
    };
    story("elsewhere-dark-1024", "es", "dark", small).await;
}
