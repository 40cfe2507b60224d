use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use practice::{
    Clock, Effect, IntentView, PRACTICE_KEY, Practice, Settings, Status, TerminalState,
    TerminalView,
};
use serde_json::Value;
use tower::ServiceExt;

/// A store whose clock is turned by hand; it starts on 1 January 2026.
pub(crate) struct Bench {
    pub(crate) practice: Practice,
    now_ms: Arc<AtomicU64>,
}

pub(crate) const START_MS: u64 = 1_767_225_600_000;

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
