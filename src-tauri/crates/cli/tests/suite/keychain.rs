//! An account of its own: a key in a real keychain (gnome-keyring on a session bus of its own),
//! and a provider in another process (`till simulate`).

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Running, Shop, files_with};

/// What the practice store takes for a key. A wrong one is recognisable wherever it leaks.
const KEY: &str = "practice";
const WRONG_KEY: &str = "canary-key-77e1b0";

/// A session bus with an unlocked keyring, gone when it is dropped.
pub(crate) struct Bus {
    child: Child,
    address: String,
    home: TempDir,
}

impl Bus {
    /// `None`, with a sentence, where this machine cannot: `cargo xtask test` installs what it
    /// takes.
    pub(crate) fn start() -> Option<Self> {
        for program in ["dbus-run-session", "gnome-keyring-daemon"] {
            let found = std::env::split_paths(&std::env::var_os("PATH")?)
                .any(|folder| folder.join(program).exists());
            if !found {
                eprintln!("skipped: {program} is not installed");
                return None;
            }
        }
        let home = tempfile::tempdir().expect("a folder");
        // A lone newline is an empty password: it makes and unlocks the login keyring. `cat` ends
        // with this process, and the bus with it.
        let script = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets \
                      >/dev/null 2>&1; echo \"$DBUS_SESSION_BUS_ADDRESS\"; cat";
        let mut child = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", script])
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("XDG_DATA_HOME", home.path().join("data"))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a session bus");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut address)
            .expect("its address");
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the session bus did not start");
        Some(Self {
            child,
            address,
            home,
        })
    }

    pub(crate) fn shop(&self) -> Shop {
        let mut shop = Shop::new();
        shop.set("DBUS_SESSION_BUS_ADDRESS", &self.address);
        shop.set("XDG_RUNTIME_DIR", &self.home.path().to_string_lossy());
        shop
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// A provider in a process of its own.
struct Provider {
    _process: Running,
    base_url: String,
    control_url: String,
}

impl Provider {
    fn start(shop: &Shop) -> Self {
        let process = shop.start(&["simulate", "--listen", "127.0.0.1:0", "--seed", "7"]);
        let told = process.wait_for("listening");
        let text = |name: &str| told[name].as_str().expect("a text").to_owned();
        Self {
            base_url: text("base_url"),
            control_url: text("control_url"),
            _process: process,
        }
    }

    fn get(&self, what: &str) -> Vec<Value> {
        providers::install_tls();
        let url = format!("{}/{what}", self.control_url);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let text = runtime.block_on(async {
            let answer = reqwest::get(url).await.expect("an answer");
            answer.text().await.expect("a text")
        });
        serde_json::from_str(&text).expect("a list")
    }
}

fn add(shop: &Shop, name: &str, provider: &Provider, key: &str) {
    let arguments = [
        "--json",
        "account",
        "add",
        "--name",
        name,
        "--url",
        &provider.base_url,
        "--terminal",
        "PRACTICE-TAP=Counter left",
        "--terminal",
        "PRACTICE-WALK",
    ];
    // With the line break that `echo` leaves.
    let ran = shop.run_with(&arguments, &format!("{key}\n")).ends(0);
    assert_eq!(ran.events(), ["account_added"]);
    let account = &ran.lines()[0]["account"];
    assert_eq!(account["has_key"], true, "{account}");
}

#[test]
fn an_account_of_ones_own_is_added_tested_charged_and_removed() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let provider = Provider::start(&shop);
    add(&shop, "La Tiendita", &provider, KEY);
    let listed = shop.json(&["account", "list"]).ends(0).lines();
    assert_eq!(listed[0]["account"]["id"], "la-tiendita");
    assert_eq!(listed[0]["account"]["has_key"], true);
    shop.run(&["account", "test", "la-tiendita"]).ends(0);
    shop.run(&["doctor"]).ends(0);

    // The only account needs no naming, and a label is what people read.
    let charge = [
        "charge",
        "12.34",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ];
    let ran = shop.run(&charge).ends(0);
    assert!(
        ran.out.contains("MX$12.34 on Counter left (La Tiendita)"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("no real money"), "{}", ran.out);
    let ledger = provider.get("ledger");
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0]["external_id"], "R-1");

    let open = [
        "charge",
        "5",
        "--terminal",
        "PRACTICE-WALK",
        "--order",
        "R-2",
        "--wait",
        "1",
    ];
    shop.run(&open).ends(11);
    let held = shop.json(&["account", "remove", "La Tiendita"]).ends(1);
    assert_eq!(held.error_code(), "account_in_use");
    shop.run(&["cancel", "R-2"]).ends(0);
    shop.run(&["account", "remove", "la tiendita"]).ends(0);
    let gone = shop.json(&["account", "test", "la-tiendita"]).ends(1);
    assert_eq!(gone.error_code(), "account_unknown");
    shop.run(&["status", "R-1"]).ends(0);
}

#[test]
fn who_only_looks_sends_nothing_to_the_provider() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let provider = Provider::start(&shop);
    add(&shop, "Bar", &provider, KEY);
    let charge = [
        "charge",
        "5",
        "--terminal",
        "PRACTICE-WALK",
        "--order",
        "R-1",
    ];
    let mut till = shop.start(&charge);
    till.wait_for("waiting");
    till.kill();
    let before = provider.get("requests").len();
    assert!(before >= 1, "the sale was sent");
    for looks in [
        &["orders"][..],
        &["orders", "--open"],
        &["terminals"],
        &["audit", "verify"],
        &["audit", "export"],
        &["account", "list"],
    ] {
        shop.run(looks).ends(0);
    }
    shop.run(&["status", "R-1"]).ends(11);
    assert_eq!(provider.get("requests").len(), before);
    shop.run(&["cancel", "R-1"]).ends(0);
    assert!(provider.get("requests").len() > before);
    assert_eq!(provider.get("ledger").len(), 0);
}

#[test]
fn a_wrong_key_charges_nothing_and_is_nowhere_to_be_read() {
    let Some(bus) = Bus::start() else { return };
    let mut shop = bus.shop();
    let provider = Provider::start(&shop);
    shop.set("RUST_LOG", "trace");
    add(&shop, "Bar", &provider, WRONG_KEY);
    let test = shop.run(&["account", "test", "bar"]).ends(1);
    assert!(
        test.err.contains("does not accept this key"),
        "{}",
        test.err
    );
    let arguments = [
        "charge",
        "5",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ];
    let charge = shop.run(&arguments).ends(10);
    assert!(charge.out.contains("The key was refused"), "{}", charge.out);
    assert_eq!(provider.get("ledger").len(), 0);
    let doctor = shop.run(&["doctor"]).ends(1);
    assert!(doctor.out.contains("✗ Account Bar"), "{}", doctor.out);
    for ran in [&test, &charge, &doctor] {
        assert!(!ran.out.contains(WRONG_KEY) && !ran.err.contains(WRONG_KEY));
    }
    assert!(!charge.err.is_empty(), "the log was on");
    let leaks = files_with(&shop.data(), WRONG_KEY.as_bytes());
    assert_eq!(leaks, [""; 0].map(std::path::PathBuf::from));
}

/// What `webhooks` says about one of the accounts when it starts.
fn has_webhook_secret(shop: &Shop, account: &str) -> Value {
    let receiver = shop.start(&["webhooks", "--listen", "127.0.0.1:0"]);
    let told = receiver.wait_for("listening");
    let accounts = told["accounts"].as_array().expect("a list");
    let found = accounts.iter().find(|known| known["id"] == account);
    found.expect("the account")["has_secret"].clone()
}

fn add_thai(shop: &Shop) {
    let arguments = [
        "account",
        "add",
        "--name",
        "Bar",
        "--system",
        "one2-pays",
        "--url",
        "https://api.example.com",
        "--public-key",
        "pk_test_1",
    ];
    shop.run_with(&arguments, KEY).ends(0);
}

#[test]
fn a_webhook_secret_is_kept_used_never_shown_and_gone_with_its_account() {
    let Some(bus) = Bus::start() else { return };
    let mut shop = bus.shop();
    add_thai(&shop);
    assert_eq!(has_webhook_secret(&shop, "bar"), false);
    shop.set("RUST_LOG", "trace");
    let kept = ["account", "webhook-secret", "Bar"];
    let kept = shop.run_with(&kept, &format!("{WRONG_KEY}\n")).ends(0);
    assert!(kept.out.contains("keychain"), "{}", kept.out);
    assert!(!kept.out.contains(WRONG_KEY) && !kept.err.contains(WRONG_KEY));
    assert!(!kept.err.is_empty(), "the log was on");
    shop.set("RUST_LOG", "off");
    assert_eq!(has_webhook_secret(&shop, "bar"), true);

    let receiver = shop.start(&["webhooks", "--listen", "127.0.0.1:0"]);
    let told = receiver.wait_for("listening");
    let url = format!("{}/bar", told["url"].as_str().expect("a text"));
    let event = r#"{"id":"evt_1","paymentId":"pay-1"}"#;
    assert_eq!(crate::webhooks::send(&url, WRONG_KEY, event), 204);
    assert_eq!(receiver.wait_for("webhook")["payment"], "pay-1");
    assert_eq!(crate::webhooks::send(&url, KEY, event), 401);
    let refused = receiver.wait_for("webhook");
    assert_eq!(refused["outcome"], "wrong_signature");
    let leaks = files_with(&shop.data(), WRONG_KEY.as_bytes());
    assert_eq!(leaks, [""; 0].map(std::path::PathBuf::from));
    drop(receiver);

    shop.run(&["account", "remove", "bar"]).ends(0);
    add_thai(&shop);
    assert_eq!(has_webhook_secret(&shop, "bar"), false, "it went too");
}

#[test]
fn an_account_of_another_system_is_kept_with_what_it_wants() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    for (name, options) in [
        ("Dojo", &["--system", "dojo", "--reseller", "R-77"][..]),
        ("Dublin", &["--system", "dojo", "--currency", "EUR"]),
        ("Cards", &["--system", "lean-rails", "--generation", "form"]),
    ] {
        let mut arguments = vec!["--json", "account", "add", "--name", name];
        arguments.extend(["--url", "https://api.example.com"]);
        arguments.extend(options);
        shop.run_with(&arguments, KEY).ends(0);
    }
    let listed = shop.json(&["account", "list"]).ends(0).lines();
    let kept = |name: &str| {
        let line = listed.iter().find(|line| line["account"]["name"] == name);
        line.expect("it is listed")["account"].clone()
    };
    let (dojo, dublin, cards) = (kept("Dojo"), kept("Dublin"), kept("Cards"));
    assert_eq!(dojo["currency"], "GBP");
    assert_eq!(dojo["reseller_id"], "R-77");
    assert_eq!(dojo["lists_terminals"], true);
    let ways = dojo["terminals"].as_array().expect("a list");
    let channels: Vec<&Value> = ways.iter().map(|way| &way["channel"]).collect();
    assert_eq!(channels, ["link"], "its machines are not chosen yet");
    assert_eq!(dublin["currency"], "EUR");
    assert_eq!(dublin["reseller_id"], "");
    assert_eq!(cards["currency"], "USD");
    assert_eq!(cards["generation"], "form");
    assert_eq!(cards["channel"], "card_on_file");
    // Cards on file are no card machine, and the only account of a kind needs no naming.
    let ran = shop.json(&["charge", "5", "--terminal", "T", "--order", "R-1"]);
    assert!(ran.ends(2).err.contains("dojo"), "two have terminals");
    let card = ["card", "5", "--card", "4242424242424242", "--order", "R-1"];
    assert_eq!(shop.json(&card).ends(1).error_code(), "card_invalid");
}

#[test]
fn among_several_accounts_one_must_be_named() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let provider = Provider::start(&shop);
    add(&shop, "Bar", &provider, KEY);
    add(&shop, "Shop", &provider, KEY);
    let which = [
        "charge",
        "5",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ];
    let ran = shop.run(&which).ends(2);
    assert!(ran.err.contains("bar, shop"), "{}", ran.err);
    let named = [
        "charge",
        "5",
        "--account",
        "shop",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ];
    shop.run(&named).ends(0);
    assert_eq!(provider.get("ledger").len(), 1);
}
