mod cancelling;
mod confirming;
mod creating;
mod faults;
mod fluveo;
mod gate;
mod invariants;
mod keys;
mod listing;
mod refunding;

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, Request, StatusCode};
use practice::{
    Charge, FLUVEO_BASE_PATH, LEAN_RAILS_BASE_PATH, LEAN_RAILS_KEY, LeanRailsSettings,
    LeanRailsView,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::Bench;

/// What came back, with its headers.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    fn word(&self) -> String {
        self.json()["status"].as_str().unwrap().to_owned()
    }

    /// The type, the code and the field of an error.
    fn error(&self) -> (String, String, Option<String>) {
        let error = &self.json()["error"];
        assert!(error["message"].is_string(), "{}", self.text);
        let text = |name: &str| error[name].as_str().map(str::to_owned);
        let kind = text("type").unwrap();
        (kind, text("code").unwrap_or_default(), text("param"))
    }

    fn code(&self) -> String {
        self.error().1
    }
}

/// A till of LeanRails; each of its posts has a key of its own, but where it names one.
struct Till {
    bench: Bench,
    posts: std::cell::Cell<u32>,
}

fn basic(key: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")))
}

impl Till {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut LeanRailsSettings)) -> Self {
        Self::of(Bench::with(|settings| change(&mut settings.lean_rails)))
    }

    fn of(bench: Bench) -> Self {
        Self {
            bench,
            posts: std::cell::Cell::new(0),
        }
    }

    fn change(&self, change: impl FnOnce(&mut LeanRailsSettings)) {
        let mut settings = self.bench.practice.settings();
        change(&mut settings.lean_rails);
        self.bench.practice.set_settings(settings);
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        use http_body_util::BodyExt;
        let router = self.bench.practice.router();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Answered {
        self.send(get(&format!("{LEAN_RAILS_BASE_PATH}{path}")))
            .await
    }

    async fn post(&self, path: &str, body: &Value) -> Answered {
        self.posts.set(self.posts.get() + 1);
        let key = format!("key-{}", self.posts.get());
        self.post_with(&key, path, body).await
    }

    async fn post_with(&self, key: &str, path: &str, body: &Value) -> Answered {
        self.send(post(key, path, &body.to_string())).await
    }

    /// A post of the later generation, with a key of its own.
    async fn form(&self, path: &str, body: &str) -> Answered {
        self.posts.set(self.posts.get() + 1);
        let key = format!("key-{}", self.posts.get());
        self.send(form(Some(&key), path, body)).await
    }

    async fn create(&self, body: &Value) -> Answered {
        self.post("/payment_intents", body).await
    }

    /// Makes an intent of 20.00 USD, and answers its id.
    async fn open(&self, order: &str) -> String {
        self.open_as(order, "automatic").await
    }

    async fn open_as(&self, order: &str, capture_method: &str) -> String {
        let mut body = body(order);
        body["capture_method"] = json!(capture_method);
        let made = self.create(&body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.id()
    }

    async fn confirm(&self, id: &str, method: &str) -> Answered {
        let path = format!("/payment_intents/{id}/confirm");
        self.post(&path, &json!({"payment_method": method})).await
    }

    async fn cancel(&self, id: &str) -> Answered {
        let path = format!("/payment_intents/{id}/cancel");
        let body = json!({"cancellation_reason": "requested_by_customer"});
        self.post(&path, &body).await
    }

    async fn capture(&self, id: &str, body: &Value) -> Answered {
        let path = format!("/payment_intents/{id}/capture");
        self.post(&path, body).await
    }

    async fn refund(&self, body: &Value) -> Answered {
        self.post("/refunds", body).await
    }

    async fn read(&self, id: &str) -> Answered {
        self.get(&format!("/payment_intents/{id}")).await
    }

    async fn status(&self, id: &str) -> String {
        let read = self.read(id).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        read.word()
    }

    /// Makes an intent that is paid, and answers its id.
    async fn paid(&self, order: &str) -> String {
        let id = self.open(order).await;
        let confirmed = self.confirm(&id, "pm_card_visa").await;
        assert_eq!(confirmed.word(), "succeeded", "{}", confirmed.text);
        id
    }

    fn ledger(&self) -> Vec<Charge> {
        let practice = &self.bench.practice;
        practice.check().unwrap();
        practice.ledger()
    }

    /// What was charged, in minor units, in order.
    fn charged(&self) -> Vec<i64> {
        let ledger = self.ledger().into_iter();
        ledger.map(|charge| charge.amount.minor()).collect()
    }

    /// What was paid back, in minor units, in order.
    fn repaid(&self) -> Vec<i64> {
        self.bench.practice.check().unwrap();
        let refunds = self.bench.practice.refunds().into_iter();
        refunds.map(|one| one.amount.minor()).collect()
    }

    fn made(&self) -> Vec<LeanRailsView> {
        self.bench.practice.lean_rails_intents()
    }
}

/// A valid create.
fn body(order: &str) -> Value {
    json!({
        "amount": 2000,
        "currency": "usd",
        "metadata": {"order_key": order},
    })
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header("authorization", basic(LEAN_RAILS_KEY))
        .body(Body::empty())
        .unwrap()
}

fn post(key: &str, path: &str, body: &str) -> Request<Body> {
    Request::post(format!("{LEAN_RAILS_BASE_PATH}{path}"))
        .header("authorization", basic(LEAN_RAILS_KEY))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_owned()))
        .unwrap()
}

/// A post of the later generation.
fn form(key: Option<&str>, path: &str, body: &str) -> Request<Body> {
    let mut request = Request::post(format!("{FLUVEO_BASE_PATH}{path}"))
        .header("authorization", basic(LEAN_RAILS_KEY))
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
