//! The end of a day: what is not known stands in its way, and then it is closed for good; and the journal
//! behind it, verified.

use std::time::Duration;

use serde_json::{Value, json};

use crate::store::Store;
use crate::window::{Home, Look, Window};

const SMALL: Look = Look {
    width: 1024,
    height: 768,
    machine: crate::machine::Machine::Desktop,
};

/// Pays an order on a machine, in the window's own way.
async fn sell(window: &Window, digits: &str, order: &str) {
    window.click("nav-charge").await;
    window.charge(digits, order, "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    window.click("action-next_customer").await;
}

/// A link that nobody has paid, and one that was voided with a reason.
async fn links(window: &Window) {
    for order in ["L-1", "L-2"] {
        let request = json!({
            "order": order, "digits": "9900", "account": "practice-link", "terminal": "",
            "link": {"description": "Concert", "minutes": 30, "method": null, "payer": null,
                "billing": null},
            "sale": null, "card": null,
        });
        let started = window.ask("start_charge", request).await;
        let payment = started["ok"]["id"].clone();
        wait_until(window, &payment, "waiting").await;
        if order == "L-2" {
            let choice = json!({"choice": {"kind": "payments", "payments": [payment]}});
            let plan = window.ask("plan_void", choice).await;
            let plan = plan["ok"]["plan"].clone();
            let start = json!({"plan": plan, "reason": "Typed wrong", "note": ""});
            let started = window.ask("start_void", start).await;
            assert!(started.get("ok").is_some(), "{started}");
            wait_until(window, &payment, "cancelled").await;
        }
    }
}

async fn wait_until(window: &Window, payment: &Value, state: &str) {
    for _ in 0..600 {
        let shown = window
            .ask("show_payment", json!({"payment": payment}))
            .await;
        if shown["ok"]["state"] == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{payment} is never {state}");
}

async fn said(window: &Window, expected: &str) {
    let mut text = String::new();
    for _ in 0..400 {
        text = window.text("day-said").await;
        if text.contains(expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    window.picture("failed-day-said").await;
    panic!("it says {text:?} and not {expected:?}");
}

/// The way to what is not known, and what is seen on the machine.
async fn see_it_through(window: &Window, store: &Store) {
    window.click("day-blocked-R-3").await;
    window.press("tap").await;
    while store.ledger().await.len() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    window.click("action-witness").await;
    window.click("witness-paid").await;
    window.click("witness-confirm").await;
    window.wait_for_state("paid").await;
}

/// It is not closed again, its report is kept as a PDF, and it is among the earlier days.
async fn keep_and_find(window: &Window, home: &Home, closed: &Value) {
    let again = window.ask("close_day", json!({"number": 1})).await;
    assert_eq!(again["error"]["code"], "day_moved", "{again}");

    window.click("day-pdf").await;
    said(window, "day-0001.pdf").await;
    let file = home.data().join("exports/day-0001.pdf");
    let bytes = std::fs::read(file).expect("the report");
    assert!(bytes.starts_with(b"%PDF-"), "a PDF");
    let head = closed["head"].as_str().expect("a head");
    assert!(
        String::from_utf8_lossy(&bytes).contains(head),
        "with its head"
    );
    window.click("day-tab-earlier").await;
    window.find("day-1").await;
    window.picture("day-earlier").await;
    window.click("day-1").await;
    window.find("day-seal").await;
}

#[tokio::test]
async fn a_day_is_blocked_by_what_is_not_known_and_then_closed() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let store = Store::of(&window).await;
    sell(&window, "35050", "R-1").await;
    sell(&window, "118000", "R-2").await;
    links(&window).await;
    // The answer of the next one is lost, and only a person can tell.
    store.next("create", json!({"kind": "lose_answer"})).await;
    window.charge("20000", "R-3", "PRACTICE-1").await;
    window.wait_for_state("not_known").await;
    window.find("line-arrived_unseen").await;

    window.click("nav-day").await;
    window.find("day-taken").await;
    window.picture("day-first").await;
    window.find("day-blocked-R-3").await;
    window.fits(Look::default()).await;
    window.picture("day-blocked").await;
    window.is_accessible("day: blocked").await;
    let taken = window.text("day-taken").await;
    assert!(taken.contains("1,530.50") && taken.contains('2'), "{taken}");
    // The button says why, and closes nothing.
    window.click("day-close").await;
    said(&window, "not known yet").await;
    let refused = window.ask("close_day", json!({"number": 1})).await;
    assert_eq!(refused["error"]["code"], "day_blocked", "{refused}");

    see_it_through(&window, &store).await;
    window.click("nav-day").await;
    window.find("day-hours").await;
    window.picture("day-x").await;
    window.is_accessible("day: X").await;
    window.click("day-close").await;
    window.find("day-close-dialog").await;
    window.picture("day-close-dialog").await;
    let confirm = window.text("day-close-confirm").await;
    assert!(confirm.contains("1,730.50"), "{confirm}");
    window.click("day-close-confirm").await;
    window.find("day-seal").await;
    window.picture("day-z").await;
    window.is_accessible("day: Z").await;
    let closed = window.ask("show_day", json!({"number": 1})).await;
    let closed = &closed["ok"];
    assert_eq!(
        closed["totals"][0]["sum"]["taken_sum"]["text"],
        "MX$1,730.50"
    );
    assert_eq!(closed["totals"][0]["sum"]["voided"], 1);
    assert_eq!(closed["voids"][0]["reason"], "Typed wrong");
    assert_eq!(closed["carried"][0]["kind"], "link");
    assert!(closed["signature"].is_string(), "{closed}");
    keep_and_find(&window, &home, closed).await;
}

#[tokio::test]
async fn the_journal_is_shown_verified_and_copied() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    sell(&window, "35050", "R-1").await;
    links(&window).await;
    let look = json!({"language": "en", "theme": "dark"});
    window.ask("choose_look", look).await;
    window.click("nav-audit").await;
    window.find("audit-row").await;
    window.picture("audit-dark").await;
    window.is_accessible("audit").await;
    window.click("audit-verify").await;
    window.wait_for("audit-verdict", "data-whole", "true").await;
    window
        .wait_for("audit-verdict", "data-memory", "nothing")
        .await;
    window.click("audit-verify").await;
    window
        .wait_for("audit-verdict", "data-memory", "agrees")
        .await;
    window.picture("audit-verified-dark").await;
    window.is_accessible("audit: verified").await;

    window.click("audit-filter-unfinished").await;
    for _ in 0..200 {
        let rows = "return [...document.querySelectorAll('[data-testid=audit-row]')].map((row) => row.dataset.what);";
        if window.run(rows, vec![]).await == json!(["saved"]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    window.picture("audit-unfinished-dark").await;
    let unfinished = window
        .ask(
            "list_audit",
            json!({"filter": "unfinished", "before": null}),
        )
        .await;
    let rows = unfinished["ok"]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{unfinished}");
    assert_eq!(rows[0]["order"], "L-1");

    window.click("audit-jsonl").await;
    for _ in 0..200 {
        if window.text("audit-said").await.contains(".jsonl") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut copies = std::fs::read_dir(home.data().join("exports")).expect("the folder");
    let copy = copies.next().expect("a copy").expect("a file").path();
    let text = std::fs::read_to_string(copy).expect("its lines");
    let last = text.lines().last().expect("a head");
    assert!(
        last.starts_with("{\"head\":") && last.contains("signature"),
        "{last}"
    );
}

/// An old copy of the journal put back in its place, with the note beside it: only the keychain knows.
#[tokio::test]
async fn an_old_journal_put_back_is_noticed() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    sell(&window, "35050", "R-1").await;
    window.kill();
    let old: Vec<(String, Vec<u8>)> = ["journal.db", "journal.db-wal", "journal.head"]
        .into_iter()
        .filter_map(|name| {
            let bytes = std::fs::read(home.data().join(name)).ok()?;
            Some((name.to_owned(), bytes))
        })
        .collect();
    let window = Window::open_as(&home, SMALL).await;
    window.ready().await;
    sell(&window, "118000", "R-2").await;
    let closed = window.ask("close_day", json!({"number": 1})).await;
    assert!(closed["ok"]["signature"].is_string(), "{closed}");
    window.click("nav-day").await;
    window.find("day-hours").await;
    window.fits(SMALL).await;
    window.picture("day-1024").await;
    let look = json!({"language": "es", "theme": "dark"});
    window.ask("choose_look", look).await;
    window.picture("day-1024-dark-es").await;
    window.is_accessible("day: dark").await;
    window.click("day-tab-earlier").await;
    window.click("day-1").await;
    window.find("day-seal").await;
    window.picture("day-z-1024").await;
    window.kill();
    for name in [
        "journal.db",
        "journal.db-wal",
        "journal.db-shm",
        "journal.head",
    ] {
        let _ = std::fs::remove_file(home.data().join(name));
    }
    for (name, bytes) in old {
        std::fs::write(home.data().join(name), bytes).expect("put back");
    }
    let window = Window::open_as(&home, SMALL).await;
    window.ready().await;
    window.click("nav-audit").await;
    window.click("audit-verify").await;
    window.wait_for("audit-verdict", "data-whole", "true").await;
    window
        .wait_for("audit-verdict", "data-memory", "differs")
        .await;
    window.picture("audit-replaced-1024").await;
    window.is_accessible("audit: replaced").await;
    // The next report says so, and its head is the new truth.
    let closed = window.ask("close_day", json!({"number": 1})).await;
    assert_eq!(closed["ok"]["replaced"], true, "{closed}");
    window.click("audit-verify").await;
    window
        .wait_for("audit-verdict", "data-memory", "agrees")
        .await;
}
