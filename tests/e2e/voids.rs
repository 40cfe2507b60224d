//! What a manager does with many payments at once, to the end: what fails, what waits for somebody, who
//! approved it, and lists that are too long.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::staff::{ANA, LUZ, staffed, take_over};
use crate::store::Store;
use crate::void::{links, many_links, saved, search, step, theme};
use crate::window::{Home, Look, Window};

const SMALL: Look = Look {
    width: 1024,
    height: 768,
    machine: crate::machine::Machine::Desktop,
};

/// Looks until it is so. Two minutes: a provider that wanted less is asked more slowly for a while.
async fn until(window: &Window, what: &str, is_so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_so().await {
        if Instant::now() > deadline {
            window.picture("failed-voids").await;
            panic!(
                "not so in two minutes: {what}: {}",
                batch(window).await["head"]
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Pastes a list and looks at it.
async fn paste(window: &Window, text: &str) {
    window.click("nav-payments").await;
    window.click("void-list-open").await;
    window.find("void-list").await;
    let typed = "const list = document.querySelector('[data-testid=void-list]');
        list.value = arguments[0]; list.dispatchEvent(new Event('input', {bubbles: true}));";
    window.run(typed, vec![json!(text)]).await;
    window.click("void-list-check").await;
}

/// What the screen says of a line, by its order; the first lines are on it.
async fn line(window: &Window, order: &str) -> String {
    let find = "return [...document.querySelectorAll('[data-testid=void-row]')]
        .find(row => row.querySelector('b').textContent === arguments[0])?.textContent ?? '';";
    let told = window.run(find, vec![json!(order)]).await;
    told.as_str().unwrap_or_default().to_owned()
}

/// The batch on the screen, as the till tells it.
async fn batch(window: &Window) -> Value {
    let listed = window.ask("list_voids", json!({})).await;
    let batch = listed["ok"]["rows"][0]["batch"].clone();
    window.ask("show_void", json!({ "batch": batch })).await["ok"].clone()
}

fn count(batch: &Value, outcome: &str) -> u64 {
    let counts = batch["head"]["counts"].as_array().cloned();
    let counts = counts.unwrap_or_default();
    let one = counts.iter().find(|one| one["outcome"] == outcome);
    one.and_then(|one| one["count"].as_u64()).unwrap_or(0)
}

/// A picture in both themes.
async fn both(window: &Window, name: &str) {
    window.picture(&format!("{name}-light")).await;
    theme(window, "dark").await;
    window.picture(&format!("{name}-dark")).await;
    theme(window, "light").await;
}

/// What goes wrong on the way: the customer of one pays before the void, another one's in the moment in
/// which its cancel arrives, so that it is refused; a third is withdrawn by somebody else at its provider;
/// and of the cancels one answer is lost, one request fails and one is too many.
async fn trouble(store: &Store) {
    store.pay("R-7").await;
    while store.ledger().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    store
        .set(json!({"race": "approval_wins", "link_paying_ms": 300_000, "customer": "panel"}))
        .await;
    store.pay("R-8").await;
    store.withdraw("R-9").await;
    let mut faults = vec![
        json!({"kind": "lose_answer"}),
        json!({"kind": "server_error", "status": "503", "takes_effect": false}),
        json!({"kind": "too_many_requests", "retry_after_s": 1}),
    ];
    faults.extend(vec![json!({"kind": "delay", "ms": 700}); 24]);
    store.next_all("cancel", &faults).await;
}

/// Somebody has it looked at now: of three hundred links the older ones are read once in a minute.
async fn looked_at(window: &Window, order: &str) {
    let list = json!({"filter": "all", "search": order, "before": null});
    let rows = window.ask("list_payments", list).await["ok"]["rows"].clone();
    let rows = rows.as_array().expect("rows");
    let row = rows.iter().find(|row| row["order"] == order);
    let id = row.expect("its row")["id"].clone();
    window.ask("ask_now", json!({ "payment": id })).await;
    until(window, "its end is known", async || {
        let shown = window.ask("show_payment", json!({ "payment": id })).await;
        shown["ok"]["state"] == "cancelled"
    })
    .await;
}

async fn three_hundred(name: &str, look: Look) {
    let home = Home::new();
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    let store = Store::of(&window).await;
    many_links(&window, 300).await;
    window.click("nav-payments").await;
    window.find("payment-row").await;
    both(&window, &format!("{name}-orders")).await;
    let mut list: Vec<String> = (1..=300).map(|number| format!("R-{number}")).collect();
    list.extend(["R-5".to_owned(), "R-nobody".to_owned()]);
    paste(&window, &list.join("\n")).await;
    step(&window, "plan").await;
    let summary = window.text("void-bar").await;
    assert!(summary.contains("300 of 301"), "{summary}");
    both(&window, &format!("{name}-dry-run")).await;
    let open = store.links().await;
    let open = open.iter().filter(|link| link["status"] == "open");
    assert_eq!(open.count(), 300, "a dry run sends nothing");

    trouble(&store).await;
    looked_at(&window, "R-9").await;
    window
        .fill_choice("void-reason", "Order or event cancelled")
        .await;
    window.fill("void-note", "Storm").await;
    let confirm = window.text("void-confirm").await;
    assert_eq!(confirm, "Void 300 for MX$3,000.00");
    window.click("void-confirm").await;
    step(&window, "undo").await;
    window.picture(&format!("{name}-undo")).await;

    // Paused in the middle, and on.
    step(&window, "running").await;
    window.click("void-pause").await;
    step(&window, "paused").await;
    both(&window, &format!("{name}-progress")).await;
    let paused = batch(&window).await;
    let begun = paused["head"]["begun"].as_u64().expect("a number");
    assert!(begun < 300, "{}", paused["head"]);
    window.click("void-resume").await;
    until(&window, "every line has begun", async || {
        batch(&window).await["head"]["step"] == "finished"
    })
    .await;
    step(&window, "finished").await;
    until(&window, "all are decided", async || {
        count(&batch(&window).await, "cancelled") == 297
    })
    .await;
    result(&window, &store, name).await;
    inbox(&window, &store, name).await;
}

async fn result(window: &Window, store: &Store, name: &str) {
    let view = batch(window).await;
    assert_eq!(count(&view, "paid_before"), 2, "{}", view["head"]);
    assert_eq!(count(&view, "over_before"), 1, "{}", view["head"]);
    assert_eq!(count(&view, "not_tried"), 1, "{}", view["head"]);
    until(window, "the screen says it", async || {
        let counts = window.text("void-counts").await;
        counts.contains("297") && counts.contains("Paid before your void")
    })
    .await;
    both(window, &format!("{name}-result")).await;
    window.is_accessible(&format!("{name}: result")).await;
    for (order, expected) in [
        ("R-1", "Cancelled, nothing was taken"),
        ("R-7", "Paid before your void: keep it or give it back"),
        ("R-8", "Paid before your void: keep it or give it back"),
        ("R-9", "Was over before your void, nothing was taken"),
    ] {
        let told = line(window, order).await;
        assert!(told.contains(expected), "{order}: {told}");
    }
    // The store is the judge: two charges, and nothing that anybody could still pay.
    let charged: Vec<Value> = store.ledger().await;
    assert_eq!(charged.len(), 2, "{charged:?}");
    let open = store.links().await;
    let open = open.iter().filter(|link| link["status"] == "open");
    assert_eq!(open.count(), 0);
    window.click("void-prove-pdf").await;
    let path = saved(window, "pdf").await;
    let path = path.trim_start_matches("Saved as ");
    let paper = std::fs::read(path).expect("the proof");
    let text = String::from_utf8_lossy(&paper);
    for part in ["Order or event cancelled: Storm", " R-300 ", "Page 1 of"] {
        assert!(text.contains(part), "{part}");
    }
    window.picture(&format!("{name}-proved")).await;
}

/// Compago gives nothing back by itself: the inbox says what to do, and who did it is recorded.
async fn inbox(window: &Window, store: &Store, name: &str) {
    window.click("nav-inbox").await;
    window.find("inbox-give-back-R-7").await;
    window.find("inbox-give-back-R-8").await;
    both(window, &format!("{name}-inbox")).await;
    window.is_accessible(&format!("{name}: inbox")).await;
    let what = window.text("inbox-no-refund").await;
    assert!(
        what.contains("Pay it back at the provider or in cash"),
        "{what}"
    );
    window.click("inbox-give-back-R-8").await;
    window.find("decide-dialog").await;
    let confirm = window.text("decide-confirm").await;
    assert_eq!(confirm, "Record MX$10.00 as given back");
    window.fill("decide-reason", "In cash").await;
    window.picture(&format!("{name}-decide")).await;
    window.click("decide-confirm").await;
    until(window, "R-8 waits for nobody", async || {
        !window.has("inbox-give-back-R-8").await
    })
    .await;
    assert_eq!(store.refunds().await.len(), 0);
    window.click("nav-payments").await;
    window.click("voids-open").await;
    window.find("void-earlier").await;
    both(window, &format!("{name}-earlier")).await;
    window.is_accessible(&format!("{name}: earlier")).await;
}

#[tokio::test]
async fn three_hundred_links_are_voided_and_four_fail_in_four_ways_at_1280() {
    three_hundred("voids-1280", Look::default()).await;
}

#[tokio::test]
async fn three_hundred_links_are_voided_and_four_fail_in_four_ways_at_1024() {
    three_hundred("voids-1024", SMALL).await;
}

#[tokio::test]
async fn of_three_hundred_links_some_are_found_and_few_are_drawn() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
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
    window.is_accessible("orders: three hundred").await;
    search(&window, "R-299", 1).await;
    search(&window, "10.00 R-29", 11).await;
    window.picture("orders-search").await;
    search(&window, "no such thing", 0).await;
    window.picture("orders-nothing").await;
    search(&window, &payments[41], 1).await;
}

/// Its system gives money back: whoever decides that in the inbox has it done.
#[tokio::test]
async fn what_a_customer_paid_before_the_void_goes_back_from_the_inbox() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    let rules = json!({"undo_s": 0, "reasons": []});
    window.ask("choose_void_rules", rules).await;
    let request = json!({
        "order": "R-1", "digits": "35050", "account": "practice-dojo", "terminal": "",
        "link": {"description": "Concert", "minutes": 30, "method": null, "payer": null,
            "billing": null},
        "sale": null, "card": null,
    });
    let started = window.ask("start_charge", request).await;
    assert!(started["ok"]["id"].is_string(), "{started}");
    until(&window, "the link is made", async || {
        let open = window.open_payments().await;
        open.iter().any(|row| row["state"] == "waiting")
    })
    .await;
    paste(&window, "R-1").await;
    step(&window, "plan").await;
    store
        .set(
            json!({"race": "approval_wins", "link_paying_ms": 300_000, "tap_ms": 300_000,
            "customer": "panel"}),
        )
        .await;
    store.pay("R-1").await;
    window.fill_choice("void-reason", "Duplicate").await;
    window.click("void-confirm").await;
    step(&window, "finished").await;
    until(&window, "the customer was first", async || {
        count(&batch(&window).await, "paid_before") == 1
    })
    .await;
    assert_eq!(
        store.refunds().await.len(),
        0,
        "nothing goes back by itself"
    );
    window.click("nav-inbox").await;
    window.click("inbox-give-back-R-1").await;
    window.find("decide-dialog").await;
    let confirm = window.text("decide-confirm").await;
    assert_eq!(confirm, "Give back \u{a3}350.50");
    // Not without a reason.
    window.click("decide-confirm").await;
    window.find("decide-reason-problem").await;
    assert_eq!(store.refunds().await.len(), 0);
    window.fill("decide-reason", "Paid twice").await;
    window.picture("voids-give-back").await;
    window.is_accessible("giving back after a void").await;
    window.click("decide-confirm").await;
    until(&window, "it went back", async || {
        store.refunds().await.len() == 1
    })
    .await;
    let refunds = store.refunds().await;
    assert_eq!(refunds[0]["amount"]["minor"], 35050, "{refunds:?}");
    until(&window, "the void says so", async || {
        count(&batch(&window).await, "returned") == 1
    })
    .await;
    window.click("nav-inbox").await;
    window.find("inbox-none").await;
    window.picture("voids-given-back").await;
}

/// A cashier typed a wrong amount and voids it by a manager's PIN: nothing is sent before that.
#[tokio::test]
async fn a_wrong_amount_is_voided_by_a_cashier_with_a_managers_pin() {
    let home = Home::new();
    let window = staffed(&home, Look::default()).await;
    let store = Store::of(&window).await;
    take_over(&window, "2", "Ana R.", ANA).await;
    links(&window, &["R-1", "R-2"]).await;
    window.click("nav-payments").await;
    window.click("pick-R-1").await;
    window.click("selection-void").await;
    step(&window, "plan").await;
    window.fill_choice("void-reason", "Typed wrong").await;
    window.click("void-confirm").await;
    window.find("approval").await;
    let what = window.text("approval-what").await;
    assert!(
        what.contains("350.50") && what.contains("1 payment") && what.contains("Ana R."),
        "{what}"
    );
    window.picture("voids-approval").await;
    window.is_accessible("a void to be approved").await;
    step(&window, "plan").await;
    window
        .fill("approval-reason", "Typed a zero too much")
        .await;
    for digit in LUZ.chars() {
        window.click(&format!("pin-{digit}")).await;
    }
    window.click("pin-enter").await;
    step(&window, "finished").await;
    until(&window, "it is withdrawn", async || {
        count(&batch(&window).await, "cancelled") == 1
    })
    .await;
    let head = batch(&window).await["head"].clone();
    assert_eq!(head["by"], "Ana R. + Luz M.", "{head}");
    window.picture("voids-approved").await;
    let open = store.links().await;
    let open: Vec<&Value> = open
        .iter()
        .filter(|link| link["status"] == "open")
        .collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["reference"], "R-2");
}

/// The same thing was asked for three times: all but the newest go.
#[tokio::test]
async fn duplicates_are_voided_but_for_the_newest() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    links(&window, &["R-1", "R-2", "R-3"]).await;
    window.click("nav-payments").await;
    window.click("filter-duplicates").await;
    window.find("payment-row").await;
    window.click("void-workflow").await;
    step(&window, "plan").await;
    assert_eq!(window.text("void-confirm").await, "Void 2 for MX$701.00");
    window.picture("voids-duplicates").await;
    window.fill_choice("void-reason", "Duplicate").await;
    window.click("void-confirm").await;
    step(&window, "finished").await;
    until(&window, "two are withdrawn", async || {
        count(&batch(&window).await, "cancelled") == 2
    })
    .await;
    let open = store.links().await;
    let open: Vec<&Value> = open
        .iter()
        .filter(|link| link["status"] == "open")
        .collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["reference"], "R-3", "the newest is kept");
}

/// Somebody pastes the wrong column of the wrong file.
#[tokio::test]
async fn a_hundred_thousand_lines_are_answered_in_words_and_the_window_lives() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let text: Vec<String> = (0..100_000)
        .map(|number| format!("ORDER-{number}"))
        .collect();
    let began = Instant::now();
    paste(&window, &text.join("\n")).await;
    window.find("void-list-problem").await;
    let took = began.elapsed();
    let said = window.text("void-list-problem").await;
    assert!(said.contains("20,000"), "{said}");
    window.picture("voids-too-many").await;
    // Generous: on a fast machine it is less than a second.
    assert!(took < Duration::from_secs(20), "{took:?}");
    // It is not stuck: a few are looked at at once.
    let list = "const list = document.querySelector('[data-testid=void-list]');
        list.value = 'R-1'; list.dispatchEvent(new Event('input', {bubbles: true}));";
    window.run(list, vec![]).await;
    window.click("void-list-check").await;
    step(&window, "plan").await;

    // As many as are allowed, none of which is here: rows are not drawn that nobody sees.
    let began = Instant::now();
    paste(&window, &text[..20_000].join("\n")).await;
    until(&window, "the dry run is there", async || {
        window.text("void-bar").await.contains("0 of 20,000")
    })
    .await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(40), "{took:?}");
    let nodes = window
        .run("return document.getElementsByTagName('*').length;", vec![])
        .await;
    assert!(
        nodes.as_u64().is_some_and(|nodes| nodes <= 400),
        "{nodes} nodes"
    );
    window.picture("voids-20000").await;
}
