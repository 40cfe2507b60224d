//! The manager's void: links of a cancelled event, one of which the customer pays first.

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";

async fn links(window: &Window, orders: &[&str]) {
    for order in orders {
        let request = json!({
            "order": order, "digits": "35050", "account": "practice-link", "terminal": "",
            "link": {"description": "Concert", "minutes": 30, "method": null, "payer": null,
                "billing": null},
            "sale": null, "card": null,
        });
        let started = window.ask("start_charge", request).await;
        let payment = started["ok"]["id"].clone();
        assert!(payment.is_string(), "{started}");
        for _ in 0..400 {
            let shown = window
                .ask("show_payment", json!({"payment": payment}))
                .await;
            if shown["ok"]["state"] == "waiting" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

async fn step(window: &Window, step: &str) {
    for _ in 0..600 {
        let shown = "return document.querySelector('[data-testid=void-bar]')?.dataset.step ?? '';";
        if window.run(shown, vec![]).await == json!(step) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the void is not {step}");
}

#[tokio::test]
async fn links_are_selected_looked_at_undone_voided_and_proved() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    links(&window, &["R-1", "R-2", "R-3", "R-4"]).await;
    window.click("nav-payments").await;
    window.click("pick-R-1").await;
    window.click("pick-R-2").await;
    window.click("pick-R-3").await;
    window.picture("void-selected").await;
    window.is_accessible("void: selection").await;
    window.click("selection-void").await;
    step(&window, "plan").await;
    window.picture("void-dry-run").await;
    window.is_accessible("void: dry run").await;
    let confirm = window.text("void-confirm").await;
    assert!(
        confirm.contains('3') && confirm.contains("1,051.50"),
        "{confirm}"
    );
    // Without a reason nothing happens.
    window.click("void-confirm").await;
    step(&window, "plan").await;
    window.fill_choice("void-reason", "Duplicate").await;
    window.click("void-confirm").await;
    step(&window, "undo").await;
    window.picture("void-undo").await;
    window.click("void-undo").await;
    step(&window, "stopped").await;
    assert!(window.text("void-counts").await.contains("Left alone"));
    window.click("void-close").await;

    // Now for good, by a list that somebody pasted.
    window.click("void-list-open").await;
    let list = ["R-1", "R-2", "R-2", "R-nobody", ""].join(ENTER);
    window.fill("void-list", &list).await;
    window.picture("void-list").await;
    window.click("void-list-check").await;
    step(&window, "plan").await;
    window.picture("void-list-dry-run").await;
    window.fill_choice("void-reason", "Duplicate").await;
    window.click("void-confirm").await;
    step(&window, "finished").await;
    window.picture("void-done").await;
    window.is_accessible("void: done").await;
    let counts = window.text("void-counts").await;
    assert!(counts.contains("Cancelled, nothing was taken"), "{counts}");
    for form in ["csv", "pdf"] {
        window.click(&format!("void-prove-{form}")).await;
        saved(&window, form).await;
    }
    let exports = std::fs::read_dir(home.data().join("exports")).expect("the folder");
    assert_eq!(exports.count(), 2);
    let open = store.links().await;
    let open = open.iter().filter(|link| link["status"] == "open");
    assert_eq!(open.count(), 2, "R-3 and R-4 can be paid");
    assert_eq!(store.ledger().await.len(), 0);
}

/// Asks for so many links and waits until all can be paid.
async fn many_links(window: &Window, count: usize) -> Vec<String> {
    let mut payments = Vec::new();
    for number in 1..=count {
        let request = json!({
            "order": format!("R-{number}"), "digits": "1000", "account": "practice-link",
            "terminal": "", "link": {"description": "Concert", "minutes": 600, "method": null,
                "payer": null, "billing": null},
            "sale": null, "card": null,
        });
        let started = window.ask("start_charge", request).await;
        let payment = started["ok"]["id"].as_str().expect("a payment");
        payments.push(payment.to_owned());
    }
    for _ in 0..600 {
        let open = window.open_payments().await;
        let waiting = open.iter().filter(|row| row["state"] == "waiting").count();
        if waiting == count {
            return payments;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the links are not made");
}

/// What is typed at once into the search box.
async fn search(window: &Window, text: &str, rows: usize) {
    let typed =
        "const box = document.querySelector('[data-testid=search]'); box.value = arguments[0];
        box.dispatchEvent(new Event('input', {bubbles: true}));";
    window.run(typed, vec![json!(text)]).await;
    let shown = "return document.querySelectorAll('[data-testid=payment-row]').length;";
    for _ in 0..100 {
        if window.run(shown, vec![]).await == json!(rows) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let found = window.run(shown, vec![]).await;
    panic!("{text:?} shows {found} rows and not {rows}");
}

async fn theme(window: &Window, theme: &str) {
    let look = json!({"language": "en", "theme": theme});
    window.ask("choose_look", look).await;
    let shown = "return document.documentElement.dataset.theme ?? '';";
    for _ in 0..100 {
        if window.run(shown, vec![]).await == json!(theme) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the window is not {theme}");
}

/// What becomes of them once that is confirmed, and four fail in four ways, is in `suite/void.rs`.
#[tokio::test]
async fn of_three_hundred_links_some_are_found_and_all_are_looked_at() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    let payments = many_links(&window, 300).await;
    window.click("nav-payments").await;
    window.find("payment-row").await;
    let nodes = window
        .run("return document.getElementsByTagName('*').length;", vec![])
        .await;
    assert!(
        nodes.as_u64().is_some_and(|nodes| nodes <= 300),
        "{nodes} nodes"
    );
    window.picture("orders-300").await;
    window.is_accessible("orders: three hundred").await;
    search(&window, "R-299", 1).await;
    search(&window, "10.00 R-29", 11).await;
    window.picture("orders-search").await;
    search(&window, "no such thing", 0).await;
    window.picture("orders-nothing").await;
    search(&window, &payments[41], 1).await;
    window.fill("search", "").await;
    window.click("void-list-open").await;
    let mut list: Vec<String> = (1..=300).map(|number| format!("R-{number}")).collect();
    list.extend(["R-5".to_owned(), "R-nobody".to_owned()]);
    let typed = "const list = document.querySelector('[data-testid=void-list]');
        list.value = arguments[0]; list.dispatchEvent(new Event('input', {bubbles: true}));";
    window.run(typed, vec![json!(list.join("\n"))]).await;
    window.click("void-list-check").await;
    step(&window, "plan").await;
    let summary = window.text("void-bar").await;
    assert!(summary.contains("300 of 301"), "{summary}");
    window.picture("void-300-dry-run").await;
    theme(&window, "dark").await;
    window.picture("void-300-dry-run-dark").await;
    theme(&window, "light").await;
    window.click("void-back").await;
    window.find("payment-row").await;
    let open = store.links().await;
    let open = open.iter().filter(|link| link["status"] == "open");
    assert_eq!(open.count(), 300, "a dry run sends nothing");
}
