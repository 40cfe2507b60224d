//! Compago payment intents, written from the public reference alone:
//! docs.compago.com/api-reference/payment-intent/{create,get,cancel} and
//! docs.compago.com/get-started/authentication.

mod answers;
mod intent;
mod wire;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::Method;
use http::request::Parts;

pub(crate) use intent::Intent;
pub use intent::{IntentView, NewIntent, Status, Summary};
pub(crate) use wire::BODY_BYTES_MAX;
use wire::{Answer, Received};

use crate::{Effect, LoggedRequest, Operation, Practice, World};

/// The paths of the reference, and the answer to any other.
pub(crate) fn router() -> Router<Practice> {
    Router::new()
        .route("/api/payment-intent", post(create))
        .route("/api/payment-intent/{id}", get(read))
        .route("/api/payment-intent/{id}/cancel", post(cancel))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
}

/// Which operation a request asks for; `None` for one that is not in the reference.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let rest = path.strip_prefix("/api/payment-intent")?;
    let segments: Vec<_> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] if rest.is_empty() && method == Method::POST => Some(Operation::Create),
        [_] if method == Method::GET => Some(Operation::Read),
        [_, "cancel"] if method == Method::POST => Some(Operation::Cancel),
        _ => None,
    }
}

/// Logs a request that a fault kept from arriving.
pub(crate) fn log_lost(world: &mut World, now_ms: u64, parts: &Parts, body: &Bytes) {
    let now_ms = world.settle(now_ms);
    let received = Received::of(parts.clone(), Some(body.clone()));
    let entry = answers::entry(now_ms, &received);
    let effect = Effect::LostOnTheWay;
    world.log(LoggedRequest { effect, ..entry });
}

async fn create(State(practice): State<Practice>, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::create(world, now_ms, &received));
    answer.into_response()
}

async fn read(
    State(practice): State<Practice>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::read(world, now_ms, &received, &id));
    answer.into_response()
}

async fn cancel(
    State(practice): State<Practice>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::cancel(world, now_ms, &received, &id));
    answer.into_response()
}

async fn unknown_path() -> Response {
    Answer::message(http::StatusCode::NOT_FOUND, "there is nothing at this path").into_response()
}

async fn unknown_method() -> Response {
    let status = http::StatusCode::METHOD_NOT_ALLOWED;
    Answer::message(status, "this path does not know that method").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_are_told_apart_by_method_and_path() {
        let table = [
            (Method::POST, "/api/payment-intent", Some(Operation::Create)),
            (Method::GET, "/api/payment-intent/x", Some(Operation::Read)),
            (
                Method::POST,
                "/api/payment-intent/x/cancel",
                Some(Operation::Cancel),
            ),
            (Method::GET, "/api/payment-intent", None),
            (Method::POST, "/api/payment-intents", None),
            (Method::PATCH, "/api/payment-intent/x/cancel", None),
            (Method::GET, "/practice/terminals", None),
        ];
        for (method, path, expected) in table {
            assert_eq!(operation(&method, path), expected, "{method} {path}");
        }
    }
}
