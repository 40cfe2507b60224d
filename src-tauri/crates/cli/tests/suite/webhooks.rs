//! `webhooks`: a receiver beside a till, as two processes on one data folder.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use practice::{Faults, Settings};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{LIMIT, Running, Shop};

/// Does one request and answers its status and text.
fn http(request: impl FnOnce(reqwest::Client) -> reqwest::RequestBuilder) -> (u16, String) {
    providers::install_tls();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let answer = request(reqwest::Client::new()).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a text"))
    })
}

/// Sends an event as One2Pays does, and answers the status.
pub(crate) fn send(url: &str, secret: &str, body: &str) -> u16 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let timestamp = now.expect("after 1970").as_millis().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let (url, body) = (url.to_owned(), body.to_owned());
    let (status, _) = http(|client| {
        client
            .post(url)
            .header("X-Webhook-Signature", format!("sha256={hex}"))
            .header("X-Webhook-Timestamp", timestamp)
            .body(body)
    });
    status
}

/// The practice store inside a till that runs, driven from outside.
struct Store(String);

impl Store {
    /// Of the till that shows this page.
    fn behind(page: &str) -> Self {
        let url = reqwest::Url::parse(page).expect("an address");
        let port = url.port().expect("a port");
        Self(format!("http://127.0.0.1:{port}/practice"))
    }

    fn get(&self, what: &str) -> Vec<Value> {
        let (status, text) = http(|client| client.get(format!("{}/{what}", self.0)));
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("a list")
    }

    fn post(&self, what: &str, body: &Value) {
        let body = body.to_string();
        let (status, text) = http(|client| {
            client
                .post(format!("{}/{what}", self.0))
                .header("Content-Type", "application/json")
                .body(body)
        });
        assert_eq!(status, 204, "{text}");
    }
}

fn receiver(shop: &Shop) -> (Running, String) {
    let receiver = shop.start(&["webhooks", "--listen", "127.0.0.1:0"]);
    let told = receiver.wait_for("listening");
    let url = told["url"].as_str().expect("a text").to_owned();
    (receiver, url)
}

/// A payment whose provider has just said "not before two minutes": nothing would be read until then.
/// The customer pays, the provider sends its event, and the till shows it.
#[test]
fn an_event_of_a_paid_payment_is_read_at_once() {
    let settings = Settings {
        one2pays_processing_ms: 0,
        ..Settings::default()
    };
    let shop = Shop::with(settings, Faults::default());
    let mut till = shop.start(&[
        "link",
        "99.00",
        "--account",
        "practice-thai-qr",
        "--order",
        "R-1",
        "--payer-name",
        "Somchai Jaidee",
        "--payer-account",
        "1234567890",
        "--payer-bank",
        "004",
    ]);
    let waiting = till.wait_for("waiting_link");
    let page = waiting["payment"]["page"]["url"].as_str();
    let store = Store::behind(page.expect("the page is shown"));
    let (receiver, url) = receiver(&shop);
    let url = format!("{url}/practice-thai-qr");

    let not_before = json!({
        "queue": [{ "on": "read", "fault": { "kind": "too_many_requests", "retry_after_s": 120 } }]
    });
    store.post("faults", &not_before);
    let deadline = Instant::now() + LIMIT;
    while store.get("faults").is_empty() {
        assert!(Instant::now() < deadline, "nothing was read");
        std::thread::sleep(Duration::from_millis(50));
    }
    let page = store.get("pages").remove(0);
    let payment = page["id"].as_str().expect("an id").to_owned();
    store.post(
        &format!("pages/{payment}/press"),
        &json!({ "press": "pay" }),
    );
    let paid_at = Instant::now();
    let requests = store.get("requests").len();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(store.get("requests").len(), requests, "it waits its pace");

    let event = json!({ "id": "evt_1", "type": "payment.succeeded", "data": { "id": payment } });
    let event = event.to_string();
    assert_eq!(send(&url, "whsec_other", &event), 401);
    assert_eq!(send(&url, "whsec_practice", &event), 204);
    let paid = till.wait_for("paid");
    let took = paid_at.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert_eq!(paid["payment"]["intent"], payment.as_str());
    assert_eq!(till.end().code(), Some(0));
    assert_eq!(shop.ledger().len(), 1);

    let refused = receiver.wait_for("webhook");
    assert_eq!(refused["outcome"], "wrong_signature");
    assert_eq!(refused["payment"], Value::Null);
    let taken = receiver.wait_for("webhook");
    assert_eq!(taken["outcome"], "taken");
    assert_eq!(taken["account"], "practice-thai-qr");
    assert_eq!(taken["payment"], payment.as_str());
    // An event decides nothing: a payment that nobody knows stays unknown, and the books are whole.
    let unknown = r#"{"id":"evt_2","paymentId":"nobody-knows-it"}"#;
    assert_eq!(send(&url, "whsec_practice", unknown), 204);
    shop.run(&["audit", "verify"]).ends(0);
    assert_eq!(shop.json(&["orders"]).ends(0).lines().len(), 1);
}

#[test]
fn the_receiver_stays_on_this_computer_and_says_why() {
    let shop = Shop::new();
    let ran = shop.run(&["webhooks", "--listen", "0.0.0.0:0"]).ends(2);
    assert!(ran.err.contains("--beyond-this-computer"), "{}", ran.err);
    assert!(ran.err.contains("tunnel"), "{}", ran.err);
    let junk = shop.run(&["webhooks", "--listen", "here"]).ends(2);
    assert!(junk.err.contains("“here”"), "{}", junk.err);
    let help = shop.run(&["webhooks", "--help"]).ends(0);
    assert!(help.out.contains("--beyond-this-computer"), "{}", help.out);
}

#[test]
fn only_accounts_that_are_sent_webhooks_have_a_secret() {
    const SECRET: &str = "canary-secret-19c2";
    let shop = Shop::new();
    for (account, error) in [
        ("practice-thai-qr", "account_is_practice"),
        ("practice", ""),
        ("nobody", "account_unknown"),
    ] {
        let arguments = ["--json", "account", "webhook-secret", account];
        let ran = shop.run_with(&arguments, SECRET).ends(1);
        assert_eq!(ran.error_code(), error, "{account}");
        assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET));
    }
    let words = shop.run(&["account", "webhook-secret", "practice"]).ends(1);
    assert!(words.err.contains("sends no webhooks"), "{}", words.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let shop = Shop::new();
    let (mut receiver, _) = receiver(&shop);
    receiver.interrupt();
    assert_eq!(receiver.end().code(), Some(0));
}
