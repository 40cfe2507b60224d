//! `kill -9` of the real window at random moments, over a provider that lives on: whatever was under way, the
//! next window finds out, and in the end it shows what the provider charged.
//!
//! `KILLS=300` asks for so many of them, `KILLS_SEED` for other moments.

use std::time::{Duration, Instant};

use practice::{CustomerMode, Duplicate, Fault, Faults, Operation, Practice, Settings};
use serde_json::{Value, json};

use crate::window::{Home, Window};

/// Windows that are killed at the same time, each with a home of its own.
const LANES: usize = 3;
/// How many windows are killed where nobody asks for more.
const KILLS: usize = 15;
/// The latest moment at which a window is killed, from the press of Enter or from its start. A customer
/// taps after two seconds and a card is read for one.
const KILLED_WITHIN_MS: u64 = 3_800;
/// How long a payment is waited for.
const KNOWN_WITHIN: Duration = Duration::from_secs(60);
const SCRIPTS: [&str; 4] = ["TAP", "WALK", "DECLINE", "RACE"];

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn terminal(lane: usize, script: &str) -> String {
    format!("LANE{lane}-{script}")
}

/// A provider on this computer that no window takes down with it, and its address.
async fn provider(seed: u64) -> (Practice, String) {
    let practice = Practice::with_system_clock(seed);
    practice.set_settings(Settings {
        customer: CustomerMode::Auto,
        // Otherwise a payment whose answer was lost can be named by nobody but a person.
        duplicate: Duplicate::Replay,
        ..Settings::default()
    });
    for lane in 0..LANES {
        for script in SCRIPTS {
            assert!(practice.add_terminal(&terminal(lane, script), script));
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(practice::serve(practice.clone(), listener));
    (practice, format!("http://{address}/api"))
}

/// Every payment that the window shows, oldest first.
async fn payments(window: &Window) -> Vec<Value> {
    let mut found = Vec::new();
    let mut before = Value::Null;
    loop {
        let request = json!({"filter": "all", "search": "", "before": before});
        let page = window.ask("list_payments", request).await;
        let rows = page["ok"]["rows"].as_array().cloned();
        found.extend(rows.unwrap_or_else(|| panic!("no list: {page}")));
        before = page["ok"]["next"].clone();
        if before.is_null() {
            found.reverse();
            return found;
        }
    }
}

/// One home whose windows are killed.
struct Lane {
    number: usize,
    home: Home,
    practice: Practice,
    dice: fastrand::Rng,
}

impl Lane {
    /// Adds the account whose provider is not the window's own practice store.
    async fn open_account(&self, url: &str) {
        let terminals = SCRIPTS.map(|script| terminal(self.number, script));
        let terminals = terminals.map(|code| json!({"code": code, "label": ""}));
        let account = json!({
            "account": null,
            "name": "Bar",
            "system": "compago",
            "settings": {"homepage_url": "", "redirect_url": "", "public_key": "",
                "amount_unit": null, "currency": "", "reseller_id": "", "generation": null},
            "base_url": url,
            "key": practice::PRACTICE_KEY,
            "terminals": terminals,
        });
        let window = Window::open(&self.home).await;
        window.ready().await;
        let mut saved = window.ask("save_account", account.clone()).await;
        // Keychains that start side by side on a busy machine are slow.
        for _ in 0..5 {
            if saved["error"]["code"] == "keychain_slow" {
                saved = window.ask("save_account", account.clone()).await;
            }
        }
        assert_eq!(saved["ok"]["has_key"], true, "{saved}");
        window.kill();
    }

    fn order(&self, index: usize) -> String {
        format!("L{}-{index}", self.number)
    }

    /// Starts a charge, and perhaps its answer is lost or late.
    async fn charge(&mut self, window: &Window, index: usize) {
        let on = Operation::Create;
        self.practice.set_faults(match self.dice.u8(..4) {
            0 => Faults::next(on, Fault::LoseAnswer),
            1 => Faults::next(on, Fault::Delay { ms: 1_500 }),
            _ => Faults::default(),
        });
        let script = self.dice.choice(SCRIPTS).expect("a script");
        // Each another amount: nobody is asked whether it is the same purchase.
        let digits = (35_050 + 100 * index).to_string();
        let request = json!({"order": self.order(index), "digits": digits, "account": "bar",
            "terminal": terminal(self.number, script)});
        let begun = window.ask("start_charge", request).await;
        assert_eq!(begun["ok"]["open"], true, "{begun}");
    }

    /// Windows are opened and killed. What the one before left is known before the next charge, or the
    /// window is killed over that.
    async fn play(mut self, kills: usize) -> usize {
        let mut orders = 0;
        for _ in 0..kills {
            let window = Window::open(&self.home).await;
            if self.dice.u8(..3) > 0 {
                self.agrees(&window).await;
                self.charge(&window, orders).await;
                orders += 1;
            }
            let lives_ms = self.dice.u64(..KILLED_WITHIN_MS);
            tokio::time::sleep(Duration::from_millis(lives_ms)).await;
            window.kill();
        }
        let window = Window::open(&self.home).await;
        self.agrees(&window).await;
        orders
    }

    /// Waits until no payment is open, withdrawing what waits for nobody, and holds what is shown against
    /// what was charged.
    async fn agrees(&self, window: &Window) {
        let deadline = Instant::now() + KNOWN_WITHIN;
        loop {
            let open = window.open_payments().await;
            if open.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "not known: {open:#?}");
            for payment in &open {
                // Refused where it is being sent, paid or over.
                let wish = json!({"payment": payment["id"]});
                window.ask("cancel_payment", wish).await;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let shown = payments(window).await;
        let mut ledger = self.practice.ledger();
        let ours = format!("L{}-", self.number);
        ledger.retain(|charge| charge.external_id.starts_with(&ours));
        for payment in &shown {
            let order = payment["order"].as_str().expect("an order");
            let charges = ledger.iter().filter(|charge| charge.external_id == order);
            let expected = match payment["state"].as_str().expect("a state") {
                "paid" => 1,
                "cancelled" | "declined" | "expired" | "failed" => 0,
                state => panic!("{order} is {state}"),
            };
            assert_eq!(charges.count(), expected, "{payment:#}");
        }
        let known = |charge: &practice::Charge| {
            let order = charge.external_id.as_str();
            shown.iter().any(|payment| payment["order"] == order)
        };
        assert!(ledger.iter().all(known), "money that no window shows");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_the_next_window_shows_what_was_charged() {
    let seed = u64::try_from(number("KILLS_SEED", 7)).expect("a seed");
    let kills = number("KILLS", KILLS).div_ceil(LANES);
    let (practice, url) = provider(seed).await;
    let lane = async |number: usize| {
        let lane = Lane {
            number,
            home: Home::new(),
            practice: practice.clone(),
            dice: fastrand::Rng::with_seed(seed ^ u64::try_from(number).expect("small")),
        };
        lane.open_account(&url).await;
        lane.play(kills).await
    };
    let orders = tokio::join!(lane(0), lane(1), lane(2));
    let orders = orders.0 + orders.1 + orders.2;
    practice.check().expect("the provider's own books");
    let (kills, charged) = (kills * LANES, practice.ledger().len());
    println!("{kills} kills over {orders} orders, {charged} of them charged");
    assert!(orders > kills / 3, "nothing was tried");
}
