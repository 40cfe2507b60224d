//! An account of one's own.

use serde_json::json;

use crate::machine::Machine;
use crate::store::Store;
use crate::window::{Home, Look, Window};

const CANARY: &str = "sk-canary-4b1f9a77c0de";

async fn fill_account(window: &Window, url: &str, key: &str) {
    window.click("nav-settings").await;
    if window.has("account-add").await {
        window.click("account-add").await;
    }
    window.click("kind-compago").await;
    window.fill("account-name", "Roma Norte").await;
    window.fill("account-url", url).await;
    window.fill("account-key", key).await;
    window.fill("terminal-code-0", "TERMINAL-001").await;
    window.fill("terminal-label-0", "Counter left").await;
}

fn an_account(address: &str) -> serde_json::Value {
    json!({
        "account": null,
        "name": "A",
        "system": "compago",
        "settings": {"homepage_url": "", "redirect_url": "", "public_key": "", "amount_unit": null, "currency": "", "reseller_id": "", "generation": null},
        "base_url": address,
        "key": "k-123456789012",
        "terminals": [{"code": "T", "label": ""}],
    })
}

/// Another till's practice store stands in for the provider: over real HTTP on loopback.
async fn provider_of(window: &Window) -> String {
    let overview = window.ask("overview", json!({})).await;
    overview["ok"]["accounts"][0]["base_url"]
        .as_str()
        .expect("an address")
        .to_owned()
}

#[tokio::test]
async fn an_account_is_added_tested_and_sells() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await;
    window.click("use-own-account").await;
    window.picture("settings-kinds").await;
    window.is_accessible("settings: kinds").await;
    window.click("kind-compago").await;
    window.fill("account-name", "Roma Norte").await;
    window.fill("account-url", &url).await;
    window.fill("account-key", "practice").await;
    window.fill("terminal-code-0", "PRACTICE-2").await;
    window.fill("terminal-label-0", "Counter left").await;
    window.picture("settings-new-account").await;
    // Testing saves what was typed.
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
    window.picture("settings-tested").await;
    window.is_accessible("settings").await;
    let overview = window.ask("overview", json!({})).await;
    let accounts = overview["ok"]["accounts"]
        .as_array()
        .cloned()
        .expect("accounts");
    let live = accounts
        .iter()
        .find(|account| account["practice"] == false)
        .expect("the new one");
    assert_eq!(live["has_key"], true);
    assert!(
        !overview.to_string().contains("\"key\""),
        "no key comes back: {overview}"
    );
    let request =
        json!({"order": "R-1", "digits": "500", "account": live["id"], "terminal": "PRACTICE-2"});
    let sold = window.ask("start_charge", request).await;
    assert_eq!(sold["ok"]["open"], true, "{sold}");
    let store = Store::of(&window).await;
    while store.intents().await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_and_never_found_on_the_disk() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await;
    fill_account(&window, &url, CANARY).await;
    // Testing saves what was typed.
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "false")
        .await;
    let sentence = window.text("account-test-result").await;
    assert!(sentence.to_lowercase().contains("key"), "{sentence}");
    window.picture("settings-wrong-key").await;
    window.kill();
    assert_nowhere_on_disk(&home, CANARY);
}

fn assert_nowhere_on_disk(home: &Home, secret: &str) {
    let files = std::fs::read_dir(home.data()).expect("the data folder");
    for entry in files.flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let mut windows = bytes.windows(secret.len());
        let found = windows.any(|window| window == secret.as_bytes());
        assert!(!found, "{} holds it", entry.path().display());
    }
}

#[tokio::test]
async fn the_secret_of_webhooks_goes_to_the_keychain_and_never_comes_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await.replace("/api", "/dojo");
    window.click("use-own-account").await;
    window.click("kind-compago").await;
    assert!(!window.has("account-webhook-secret").await);
    window.click("kind-other").await;
    window.click("kind-dojo").await;
    window.fill("account-name", "London").await;
    window.fill("account-url", &url).await;
    window.fill("account-key", "sk_sandbox_practice").await;
    window.fill("account-webhook-secret", CANARY).await;
    window.picture("settings-webhook-secret").await;
    window.is_accessible("settings: secret of webhooks").await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
    let overview = window.ask("overview", json!({})).await.to_string();
    assert!(!overview.contains(CANARY), "{overview}");
    let written = "return document.querySelector(\"[data-testid='account-webhook-secret']\").value";
    let written = window.driver.execute(written, vec![]).await;
    assert_eq!(written.expect("the field").json(), "");
    let again = json!({"account": "practice-dojo", "secret": CANARY});
    let refused = window.ask("keep_webhook_secret", again).await;
    assert_eq!(refused["error"]["code"], "account_is_practice", "{refused}");
    window.kill();
    assert_nowhere_on_disk(&home, CANARY);
}

#[tokio::test]
async fn bad_addresses_are_refused_in_words() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let table = [
        ("ftp://example.com/api", "address_invalid"),
        ("http://example.com/api", "address_not_secure"),
        ("https://user:pass@example.com/api", "address_too_much"),
        ("not a url", "address_invalid"),
    ];
    for (address, code) in table {
        let request = an_account(address);
        let refused = window.ask("save_account", request).await;
        assert_eq!(refused["error"]["code"], code, "{address}: {refused}");
    }
    fill_account(&window, "http://example.com/api", "k-123456789012").await;
    window.click("account-save").await;
    window.picture("settings-bad-address").await;
}

#[tokio::test]
async fn without_a_keychain_the_error_names_it() {
    let home = Home::new();
    let look = Look {
        machine: Machine::Kiosk,
        ..Look::default()
    };
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    let request = an_account("https://example.com/api");
    let refused = window.ask("save_account", request).await;
    assert_eq!(refused["error"]["code"], "keychain_missing", "{refused}");
    let diagnosis = window.ask("diagnose", json!({})).await;
    let findings = diagnosis["ok"]["findings"]
        .as_array()
        .cloned()
        .expect("findings");
    let keychain = findings
        .iter()
        .find(|finding| finding["subject"] == "keychain")
        .expect("it");
    assert_eq!(keychain["problem"], "keychain_missing");
}

#[tokio::test]
async fn thai_payments_wait_until_somebody_chose_what_an_amount_means() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await.replace("/api", "/one2pays");
    window.click("use-own-account").await;
    window.click("kind-one2_pays").await;
    window.fill("account-name", "Bangkok").await;
    window.fill("account-url", &url).await;
    window.fill("account-public-key", "pk_test_practice").await;
    window.fill("account-key", "sk_test_practice").await;
    window.picture("settings-one2pays").await;
    window.is_accessible("settings: one2pays").await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "false")
        .await;
    let sentence = window.text("account-test-result").await;
    assert!(sentence.contains("100.00"), "{sentence}");
    window.click("amount-unit-major").await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
}

#[tokio::test]
async fn a_link_account_is_added_tested_and_sells() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await;
    window.click("use-own-account").await;
    window.click("kind-compago_link").await;
    window.fill("account-name", "Roma web").await;
    window.fill("account-url", &url).await;
    window.fill("account-key", "practice").await;
    // Without its pages nothing is saved, and the first one missing is named.
    window.click("account-test").await;
    window.find("account-redirect").await;
    let saved = account_called(&window, "Roma web").await;
    assert!(saved.is_null(), "{saved}");
    window
        .fill("account-homepage", "https://roma.example/")
        .await;
    window
        .fill("account-redirect", "https://roma.example/thanks")
        .await;
    window.fill("account-key", "practice").await;
    window.picture("settings-link").await;
    window.is_accessible("settings: link").await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
    window.picture("settings-link-tested").await;
    let live = account_called(&window, "Roma web").await;
    assert_eq!(live["has_key"], true, "{live}");
    assert_eq!(live["homepage_url"], "https://roma.example", "{live}");
    assert_eq!(
        live["redirect_url"], "https://roma.example/thanks",
        "{live}"
    );
    let link = json!({"description": "Socks", "minutes": 60, "method": null, "payer": null, "billing": null});
    let request = json!({"order": "R-1", "digits": "500", "account": live["id"], "terminal": "", "link": link});
    let sold = window.ask("start_charge", request).await;
    assert_eq!(sold["ok"]["channel"], "link", "{sold}");
    let id = &sold["ok"]["id"];
    let page = loop {
        let shown = window.ask("show_payment", json!({ "payment": id })).await;
        if shown["ok"]["page"]["url"].is_string() {
            break shown["ok"]["page"]["url"].to_string();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(page.contains("/pay/"), "{page}");
}

#[tokio::test]
async fn cards_on_file_are_set_up_in_both_generations() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let url = provider_of(&window).await.replace("/api", "/lean-rails/v1");
    window.click("use-own-account").await;
    window.click("kind-lean_rails").await;
    window.fill("account-name", "Members").await;
    window.fill("account-url", &url).await;
    window.fill("account-key", CANARY).await;
    window.picture("settings-lean-rails").await;
    assert_reachable(&window, "account-webhook-secret").await;
    window.is_accessible("settings: lean_rails").await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "false")
        .await;
    let sentence = window.text("account-test-result").await;
    assert!(sentence.contains("No money moved"), "{sentence}");
    let key = "sk_test_practice_lean_rails";
    window.fill("account-key", key).await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
    let live = account_called(&window, "Members").await;
    assert_eq!(live["generation"], serde_json::Value::Null, "{live}");
    // Its successor is at another address. One that somebody wrote does not go along.
    window.click("generation-form").await;
    window
        .fill("account-url", &url.replace("/lean-rails/", "/fluveo/"))
        .await;
    window.click("account-test").await;
    window
        .wait_for("account-test-result", "data-ok", "true")
        .await;
    window.picture("settings-lean-rails-form").await;
    let live = account_called(&window, "Members").await;
    assert_eq!(live["generation"], "form", "{live}");
    assert_eq!(live["has_key"], true, "{live}");
    window.kill();
    assert_nowhere_on_disk(&home, CANARY);
    assert_nowhere_on_disk(&home, key);
}

/// Whoever comes to a field with the keyboard sees it: it does not stay behind the foot of the form.
async fn assert_reachable(window: &Window, id: &str) {
    let seen = format!(
        "const field = document.querySelector(\"[data-testid='{id}']\"); field.focus(); \
         const {{left, top, width, height}} = field.getBoundingClientRect(); \
         const there = document.elementFromPoint(left + width / 2, top + height / 2); \
         return field === there || (there?.outerHTML ?? 'nothing').slice(0, 200);"
    );
    let seen = window.driver.execute(seen, vec![]).await;
    assert_eq!(*seen.expect("an answer").json(), true, "{id} is covered");
}

/// The account of this name, as the till tells it; null where there is none.
async fn account_called(window: &Window, name: &str) -> serde_json::Value {
    let overview = window.ask("overview", json!({})).await;
    let accounts = overview["ok"]["accounts"].as_array().cloned();
    let mut accounts = accounts.expect("accounts").into_iter();
    let found = accounts.find(|account| account["name"] == name);
    found.unwrap_or_default()
}
