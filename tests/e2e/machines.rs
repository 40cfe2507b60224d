//! Machines that are not as one would wish: two windows, a full disk, a desktop that does not wake.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::machine::Machine;
use crate::store::Store;
use crate::window::{Home, Look, Window};

fn on(machine: Machine) -> Look {
    Look {
        machine,
        ..Look::default()
    }
}

#[tokio::test]
async fn a_second_start_brings_the_first_window_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let left = window.start_another(&home, Duration::from_secs(20)).await;
    assert!(
        left,
        "the second program did not leave the till to the first"
    );
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
}

/// Without a bus the two programs cannot see each other. The journal still lets only one write.
#[tokio::test]
async fn a_second_window_on_one_journal_shows_and_charges_nothing() {
    let home = Home::new();
    let first = Window::open_as(&home, on(Machine::Kiosk)).await;
    first.ready().await;
    first.charge("35050", "R-1", "PRACTICE-1").await;
    first.wait_for_state("waiting").await;
    let second = Window::open_as(&home, on(Machine::Kiosk)).await;
    second.ready().await;
    let sentence = second.text("trouble").await;
    assert!(sentence.to_lowercase().contains("till"), "{sentence}");
    second.picture("second-window").await;
    let request =
        json!({"order": "R-1", "digits": "35050", "account": "practice", "terminal": "PRACTICE-2"});
    let refused = second.ask("start_charge", request).await;
    assert_eq!(refused["error"]["code"], "journal_in_use", "{refused}");
    first.press("tap").await;
    first.wait_for_state("paid").await;
    assert_eq!(Store::of(&first).await.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_full_disk_stops_charges_with_a_sentence_and_heals() {
    let home = Home::new();
    let window = Window::open_as(&home, on(Machine::SmallDisk)).await;
    window.ready().await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    let filler = window.inside(&home.data()).join("filler");
    fill(&filler);
    // The log has its place already; what is written now fills it, until it must be copied.
    let looks = [
        json!({"language": "en", "theme": "light"}),
        json!({"language": "en", "theme": "dark"}),
    ];
    let mut stopped = false;
    for look in looks.iter().cycle().take(4_000) {
        let chosen = window.ask("choose_look", look.clone()).await;
        if chosen["error"]["code"] == "journal_full" {
            stopped = true;
            break;
        }
        assert!(chosen.get("ok").is_some(), "{chosen}");
    }
    assert!(stopped, "the disk is full and the till goes on");
    let sentence = window.text("trouble").await;
    assert!(sentence.to_lowercase().contains("disk"), "{sentence}");
    window.picture("disk-full").await;
    let request =
        json!({"order": "R-2", "digits": "100", "account": "practice", "terminal": "PRACTICE-2"});
    let refused = window.ask("start_charge", request.clone()).await;
    assert_eq!(refused["error"]["code"], "journal_full", "{refused}");
    std::fs::remove_file(&filler).expect("room");
    let charged = window.ask("start_charge", request).await;
    assert!(charged.get("ok").is_some(), "{charged}");
    window.press("tap").await;
    window.wait_for_state("paid").await;
    let intents = Store::of(&window).await.intents().await;
    assert_eq!(intents.len(), 2, "{intents:?}");
}

/// Writes until the disk takes nothing more.
fn fill(path: &std::path::Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).expect("a file on the small disk");
    for size in [1 << 16, 1 << 9, 1] {
        while file.write_all(&vec![0x20; size]).is_ok() {}
    }
}

#[tokio::test]
async fn a_portal_that_never_gets_ready_does_not_hold_up_the_till() {
    let home = Home::new();
    let started = Instant::now();
    let window = Window::open_as(&home, on(Machine::BrokenPortal)).await;
    window.ready().await;
    let took = started.elapsed();
    assert!(took < Duration::from_secs(15), "usable after {took:?}");
}
