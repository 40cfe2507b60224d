mod gate;
mod intents;
mod wire;

use axum::body::Body;
use http::{Request, StatusCode};
use practice::DOJO_KEY;

use crate::support::{Answered, Bench};

pub(crate) const INTENTS: &str = "/dojo/payment-intents";
pub(crate) const BODY: &str =
    r#"{"amount":{"value":1050,"currencyCode":"GBP"},"reference":"order-1"}"#;

pub(crate) fn asked(method: &str, path: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Basic {DOJO_KEY}"))
        .header("version", "2026-02-27")
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub(crate) async fn send(bench: &Bench, method: &str, path: &str, body: &str) -> Answered {
    bench.send(asked(method, path, body)).await
}

pub(crate) async fn made(bench: &Bench) -> String {
    let answer = send(bench, "POST", INTENTS, BODY).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.id()
}
