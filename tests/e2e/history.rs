//! A long history in the real window: how soon it is shown, and how soon the list follows what is typed.
//! `HISTORY=1000000` asks for that many payments, and an optimised build for figures that mean something:
//! `HISTORY=1000000 cargo test --profile storm -p tillside --test e2e -- history --nocapture`.

#![expect(
    clippy::print_stdout,
    reason = "what was measured is told; the test itself asks for little, as machines differ"
)]

use std::time::Duration;

use journal::Journal;
use serde_json::{Value, json};

use crate::filled::{fill, order};
use crate::window::{Home, Window};

/// Payments, where nobody asks for another number.
const PAYMENTS: u32 = 3_000;

/// Looks at each thing.
const ROUNDS: u32 = 12;

/// Whatever the machine, nobody waits longer.
const LIMIT_MS: f64 = 2_000.0;

/// Presses and waits until rows are drawn. Milliseconds.
const OPEN: &str = "const done = arguments[0]; const began = performance.now(); \
    document.querySelector('[data-testid=nav-payments]').click(); \
    const look = () => document.querySelector('[data-testid=payment-row]') \
        ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look); \
    look();";

/// Types one more letter and waits until the first row is another than before: the newest that has the
/// letters somewhere, its provider's name included. Where it stays the newest, nothing can be told: 0.
const TYPE: &str = "const [text, done] = arguments; const field = document.querySelector('[data-testid=search]'); \
    const list = document.querySelector('[data-testid=payments]'); \
    const first = () => document.querySelector('[data-testid=payment-row]')?.textContent ?? ''; \
    const before = first(); const began = performance.now(); let took = 0; \
    const end = (drawn) => { watch.disconnect(); done({took, drawn, nodes: list.querySelectorAll('*').length}); }; \
    const watch = new MutationObserver(() => { if (took > 0 || first() === before) return; \
        took = performance.now() - began; requestAnimationFrame(() => end(performance.now() - began)); }); \
    watch.observe(list, {childList: true, subtree: true, characterData: true}); \
    setTimeout(() => { if (took === 0) end(0); }, 1000); \
    field.value = text; field.dispatchEvent(new InputEvent('input', {bubbles: true}));";

fn filled(home: &Home, payments: u32) {
    std::fs::create_dir_all(home.data()).expect("a folder");
    let journal = Journal::open(&home.data()).expect("a journal");
    fill(&journal, payments, 1_774_000_000_000);
    journal.index_history(till::quarter_of);
    while !journal.is_indexed() {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// The one below which 95 of 100 are, and the one in the middle.
fn tell(what: &str, mut took: Vec<f64>) -> f64 {
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took[(took.len() - 1) * part / 100];
    println!(
        "{what}: p50 {:.1} ms, p95 {:.1} ms, n {}",
        at(50),
        at(95),
        took.len()
    );
    at(95)
}

#[tokio::test]
async fn a_long_history_is_shown_at_once_and_follows_what_is_typed() {
    let asked = std::env::var("HISTORY").ok();
    let payments = asked.and_then(|text| text.parse().ok()).unwrap_or(PAYMENTS);
    let home = Home::new();
    // The journal is filled by a runtime of its own.
    std::thread::scope(|scope| scope.spawn(|| filled(&home, payments)).join()).expect("filled");
    let window = Window::open(&home).await;
    window.ready().await;

    let mut opened = Vec::new();
    for _ in 0..ROUNDS {
        opened.push(number(&window.run_async(OPEN, vec![]).await));
        window.click("nav-charge").await;
        window.find("amount-figure").await;
    }
    window.click("nav-payments").await;
    window.find("payment-row").await;

    let (mut typed, mut drawn, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    let mut dice = fastrand::Rng::with_seed(5);
    for _ in 0..ROUNDS {
        // As it is read from a slip: the end of an order, letter by letter, of any time.
        let name = order(dice.u32(..payments));
        for end in 4..name.len() {
            let answer = window.run_async(TYPE, vec![json!(&name[2..=end])]).await;
            let (took, count) = (number(&answer["took"]), number(&answer["nodes"]));
            if took > 0.0 {
                typed.push(took);
                drawn.push(number(&answer["drawn"]));
                nodes.push(count);
            }
        }
    }
    assert!(typed.len() > 20, "{} letters were followed", typed.len());
    let opened = tell(&format!("Orders at {payments} payments, shown"), opened);
    let typed = tell("a letter more, rows there", typed);
    tell("a letter more, rows drawn", drawn);
    let nodes = nodes.iter().copied().fold(0.0, f64::max);
    println!("nodes of the list, at most: {nodes}");
    assert!(
        opened < LIMIT_MS && typed < LIMIT_MS,
        "{opened} ms, {typed} ms"
    );
    assert!(nodes <= 300.0, "{nodes} nodes");
    window.picture("history-search").await;
}
