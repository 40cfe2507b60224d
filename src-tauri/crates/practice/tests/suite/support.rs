use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use practice::{
    Clock, Effect, IntentId, IntentView, LinkView, ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY,
    PRACTICE_KEY, PagePress, PageRefused, Practice, Settings, Status, TerminalState, TerminalView,
};
use serde_json::Value;
use tower::ServiceExt;

/// A store whose clock is turned by hand; it starts on 1 January 2026.
pub(crate) struct Bench {
    pub(crate) practice: Practice,
    now_ms: Arc<AtomicU64>,
}

pub(crate) const START_MS: u64 = 1_767_225_600_000;

pub(crate) const LINKS: &str = "/api/one-time-payment";
pub(crate) const PAYMENTS: &str = "/one2pays/api/v1/payments";

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn hand_clock(now_ms: &Arc<AtomicU64>) -> Clock {
    let now_ms = Arc::clone(now_ms);
    Arc::new(move || now_ms.load(Ordering::SeqCst))
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let practice = Practice::new(1, hand_clock(&now_ms));
        let mut settings = practice.settings();
        change(&mut settings);
        practice.set_settings(settings);
        Self { practice, now_ms }
    }

    pub(crate) fn advance(&self, by_ms: u64) {
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        answered(self.practice.router().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn create(&self, external_id: &str, terminal: &str) -> Answered {
        self.send(create_request(external_id, "350.50", Some(terminal)))
            .await
    }

    pub(crate) async fn create_of(&self, external_id: &str, amount: &str) -> Answered {
        self.send(create_request(external_id, amount, Some("PRACTICE-1")))
            .await
    }

    /// Creates an intent that must succeed, and answers its id.
    pub(crate) async fn open(&self, external_id: &str, terminal: &str) -> String {
        let answer = self.create(external_id, terminal).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.id()
    }

    pub(crate) async fn read(&self, id: &str) -> Answered {
        self.send(get(&format!("/api/payment-intent/{id}"))).await
    }

    pub(crate) async fn cancel(&self, id: &str) -> Answered {
        let path = format!("/api/payment-intent/{id}/cancel");
        self.send(post(&path, "")).await
    }

    pub(crate) async fn status(&self, id: &str) -> String {
        self.read(id).await.json()["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Creates a Compago link for 100.00 and answers its id, which the store itself tells.
    pub(crate) async fn link(&self, external_id: &str) -> String {
        self.link_of(external_id, "100.00").await
    }

    pub(crate) async fn link_of(&self, external_id: &str, amount: &str) -> String {
        let answer = self.send(link_request(external_id, amount)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        self.newest_link().id.to_string()
    }

    /// Creates a One2Pays payment for 100.00 and answers its id.
    pub(crate) async fn payment(&self, reference: &str) -> String {
        self.payment_of(reference, "100.00").await
    }

    pub(crate) async fn payment_of(&self, reference: &str, amount: &str) -> String {
        let body = payment_body(reference, amount);
        let answer = self.signed("POST", PAYMENTS, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["data"]["id"].as_str().unwrap().to_owned()
    }

    /// Sends a request to One2Pays, signed now.
    pub(crate) async fn signed(&self, method: &str, path: &str, body: &str) -> Answered {
        let now_ms = self.now_ms.load(Ordering::SeqCst);
        self.send(signed_request(now_ms, method, path, body)).await
    }

    pub(crate) async fn payment_status(&self, id: &str) -> String {
        let read = self.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        read.json()["data"]["status"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn cancel_payment(&self, id: &str) -> Answered {
        let path = format!("{PAYMENTS}/{id}/cancel");
        self.signed("POST", &path, "").await
    }

    pub(crate) async fn read_link(&self, id: &str) -> Answered {
        self.send(get(&format!("{LINKS}/{id}"))).await
    }

    pub(crate) async fn cancel_link(&self, id: &str) -> Answered {
        self.send(patch(&format!("{LINKS}/{id}/cancel"))).await
    }

    pub(crate) fn newest_link(&self) -> LinkView {
        self.practice.links().pop().unwrap()
    }

    pub(crate) fn press_page(&self, id: &str, press: PagePress) -> Result<(), PageRefused> {
        let id = IntentId::parse(id).unwrap();
        self.practice.press_page(id, press)
    }

    pub(crate) fn truth(&self, external_id: &str) -> IntentView {
        let intents = self.practice.intents();
        let mut mine = intents
            .into_iter()
            .filter(|intent| intent.external_id == external_id);
        mine.next().unwrap()
    }

    pub(crate) fn status_of(&self, external_id: &str) -> Status {
        self.truth(external_id).status
    }

    pub(crate) fn terminal(&self, code: &str) -> TerminalView {
        let terminals = self.practice.terminals();
        terminals
            .into_iter()
            .find(|terminal| terminal.code == code)
            .unwrap()
    }

    pub(crate) fn state(&self, code: &str) -> TerminalState {
        self.terminal(code).state
    }

    /// The references that were charged, in order.
    pub(crate) fn charged(&self) -> Vec<String> {
        let ledger = self.practice.ledger();
        ledger
            .into_iter()
            .map(|charge| charge.external_id)
            .collect()
    }

    pub(crate) fn last_effect(&self) -> Effect {
        self.practice.requests().last().unwrap().effect
    }
}

pub(crate) async fn answered(response: http::Response<Body>) -> Answered {
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Answered { status, text }
}

pub(crate) fn create_body(external_id: &str, amount: &str, terminal: Option<&str>) -> String {
    let external_id = serde_json::to_string(external_id).unwrap();
    let terminal = terminal.map_or(String::new(), |code| format!(r#","terminalCode":"{code}""#));
    format!(r#"{{"amount":{amount},"currency":"MXN","externalId":{external_id}{terminal}}}"#)
}

pub(crate) fn create_request(
    external_id: &str,
    amount: &str,
    terminal: Option<&str>,
) -> Request<Body> {
    let body = create_body(external_id, amount, terminal);
    post("/api/payment-intent", &body)
}

pub(crate) fn post(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header("x-api-key", PRACTICE_KEY)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header("x-api-key", PRACTICE_KEY)
        .body(Body::empty())
        .unwrap()
}

pub(crate) fn patch(path: &str) -> Request<Body> {
    let mut request = get(path);
    *request.method_mut() = http::Method::PATCH;
    request
}

/// A valid create of a Compago link.
pub(crate) fn link_body(external_id: &str, amount: &str) -> String {
    format!(
        r#"{{"amount":{amount},"currency":"MXN","externalId":"{external_id}","description":"Two <teas> & a cake","homepageUrl":"https://shop.example/","redirectUrl":"https://shop.example/thanks?lang=es"}}"#
    )
}

pub(crate) fn link_request(external_id: &str, amount: &str) -> Request<Body> {
    post(LINKS, &link_body(external_id, amount))
}

/// A valid create of a One2Pays payment.
pub(crate) fn payment_body(reference: &str, amount: &str) -> String {
    format!(
        r#"{{"amount":"{amount}","referenceId":"{reference}","paymentMethod":"promptpay","customerBankAccountName":"Somchai","customerBankAccountNumber":"1234567890","customerBankCode":"004"}}"#
    )
}

pub(crate) fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256={}", digits.collect::<String>())
}

/// A request to One2Pays as docs.one2pays.com/docs/reference/authentication wants it.
pub(crate) fn signed_request(at_ms: u64, method: &str, path: &str, body: &str) -> Request<Body> {
    let timestamp = at_ms.to_string();
    Request::builder()
        .method(method)
        .uri(path)
        .header("x-api-key", ONE2PAYS_PUBLIC_KEY)
        .header("x-timestamp", &timestamp)
        .header(
            "x-signature",
            signature(ONE2PAYS_SECRET_KEY, &timestamp, body),
        )
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}
