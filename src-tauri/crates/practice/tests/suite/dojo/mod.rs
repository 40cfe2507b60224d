mod cancelling;
mod description;
mod extras;
mod gate;
mod hands;
mod intents;
mod invariants;
mod payments;
mod refunds;
mod sessions;
mod signatures;
mod wire;

use axum::body::Body;
use http::{Request, StatusCode};
use practice::DOJO_KEY;
use serde_json::{Value, json};

use crate::support::{Answered, Bench};

pub(crate) const INTENTS: &str = "/dojo/payment-intents";
pub(crate) const BODY: &str =
    r#"{"amount":{"value":1050,"currencyCode":"GBP"},"reference":"order-1"}"#;

pub(crate) fn asked(method: &str, path: &str, body: &str) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Basic {DOJO_KEY}"))
        .header("version", "2026-02-27")
        .header("content-type", "application/json");
    if path.starts_with("/dojo/terminal") {
        request = request.header("software-house-id", "softwareHouse1");
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

pub(crate) async fn send(bench: &Bench, method: &str, path: &str, body: &str) -> Answered {
    bench.send(asked(method, path, body)).await
}

pub(crate) async fn made(bench: &Bench) -> String {
    let answer = send(bench, "POST", INTENTS, BODY).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.id()
}

pub(crate) const SESSIONS: &str = "/dojo/terminal-sessions";
pub(crate) const COUNTER: &str = "21890001";

/// No charge, or no refund.
pub(crate) const NOTHING: [i64; 0] = [];

/// The virtual terminal with this end.
pub(crate) fn virtual_tid(end: &str) -> String {
    format!("PRACTICE{end}")
}

/// The id of the machine with this TID.
pub(crate) fn machine(bench: &Bench, tid: &str) -> String {
    let machines = bench.practice.dojo_terminals().into_iter();
    let mut mine = machines.filter(|machine| machine.tid == tid);
    mine.next().unwrap().id
}

pub(crate) fn sale_body(bench: &Bench, tid: &str, intent: &str) -> String {
    let details = json!({"sessionType": "Sale", "sale": {"paymentIntentId": intent}});
    json!({"terminalId": machine(bench, tid), "details": details}).to_string()
}

/// Starts a sale that must be taken, and answers the id of the session.
pub(crate) async fn started(bench: &Bench, tid: &str, intent: &str) -> String {
    let body = sale_body(bench, tid, intent);
    let answer = send(bench, "POST", SESSIONS, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["status"], "InitiateRequested");
    answer.id()
}

/// An intent and a sale of it on the hand-operated machine, which asks for a card by now.
pub(crate) async fn asking(bench: &Bench) -> (String, String) {
    let intent = made(bench).await;
    let session = started(bench, COUNTER, &intent).await;
    bench.advance(300);
    assert_eq!(status(bench, &session).await, "Initiated");
    (intent, session)
}

pub(crate) async fn session(bench: &Bench, id: &str) -> Value {
    let answer = send(bench, "GET", &format!("{SESSIONS}/{id}"), "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

pub(crate) async fn status(bench: &Bench, id: &str) -> String {
    session(bench, id).await["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub(crate) async fn intent(bench: &Bench, id: &str) -> Value {
    let path = format!("{INTENTS}/{id}?returnCanceled=true");
    let answer = send(bench, "GET", &path, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

/// The words that a list of events has under this name, in their order.
pub(crate) fn words(session: &Value, list: &str, name: &str) -> Vec<String> {
    let events = session[list].as_array().unwrap().iter();
    events
        .map(|event| event[name].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn charged(bench: &Bench) -> Vec<i64> {
    bench.practice.check().unwrap();
    let ledger = bench.practice.ledger().into_iter();
    ledger.map(|charge| charge.amount.minor()).collect()
}

pub(crate) fn given_back(bench: &Bench) -> Vec<i64> {
    bench.practice.check().unwrap();
    let refunds = bench.practice.refunds().into_iter();
    refunds.map(|refund| refund.amount.minor()).collect()
}

/// An intent of 10.50 that a card has paid on a virtual terminal.
pub(crate) async fn paid(bench: &Bench) -> String {
    let intent = made(bench).await;
    started(bench, &virtual_tid("SCN0"), &intent).await;
    bench.advance(4000);
    assert_eq!(self::intent(bench, &intent).await["status"], "Captured");
    bench.advance(3000);
    intent
}
