//! The manager's void: links of a cancelled event, one of which the customer pays first.

use serde_json::json;

use crate::store::Store;
use crate::window::{Home, Window};

const ENTER: &str = "\u{E007}";

pub(crate) async fn links(window: &Window, orders: &[&str]) {
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

pub(crate) async fn step(window: &Window, step: &str) {
    for _ in 0..600 {
        let shown = "return document.querySelector('[data-testid=void-bar]')?.dataset.step ?? '';";
        if window.run(shown, vec![]).await == json!(step) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the void is not {step}");
}

/// The proof is saved, and the window says where.
pub(crate) async fn saved(window: &Window, form: &str) -> String {
    let mut said = String::new();
    for _ in 0..400 {
        if window.has("void-saved").await {
            said = window.text("void-saved").await;
        }
        if said.contains("void-") && said.ends_with(&format!(".{form}")) {
            return said;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("nothing says that {form} was saved: {said:?}");
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
pub(crate) async fn many_links(window: &Window, count: usize) -> Vec<String> {
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
pub(crate) async fn search(window: &Window, text: &str, rows: usize) {
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

pub(crate) async fn theme(window: &Window, theme: &str) {
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
