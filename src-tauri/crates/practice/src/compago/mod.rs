//! Compago payment intents, written from the public reference alone:
//! docs.compago.com/api-reference/payment-intent/{create,get,cancel} and
//! docs.compago.com/get-started/authentication.

mod answers;
mod intent;
mod one_time;
mod wire;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::Method;

pub(crate) use intent::Intent;
pub use intent::{IntentView, NewIntent, Status, Summary};
pub(crate) use one_time::{FRONT as LINK_FRONT, OneTime, word as link_word};
pub use one_time::{LinkAmounts, LinkAnswer, LinkCount, LinkDecline, LinkDuplicate, LinkOrder};

use crate::message::Received;
use crate::{Front, Operation, Practice};

pub(crate) const FRONT: Front = Front {
    system: "compago",
    account: "practice",
    name: "Practice",
    path: "/api",
    machines: Practice::terminals,
};

/// The paths of the reference.
pub(crate) fn router() -> Router {
    Router::new()
        .merge(one_time::router())
        .route("/api/payment-intent", post(create))
        .route("/api/payment-intent/{id}", get(read))
        .route("/api/payment-intent/{id}/cancel", post(cancel))
}

/// Which operation a request asks for; `None` for one that is not in the reference.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let Some(rest) = path.strip_prefix("/api/payment-intent") else {
        return one_time::operation(method, path);
    };
    let segments: Vec<_> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] if rest.is_empty() && method == Method::POST => Some(Operation::Create),
        [_] if method == Method::GET => Some(Operation::Read),
        [_, "cancel"] if method == Method::POST => Some(Operation::Cancel),
        _ => None,
    }
}

async fn create(practice: Practice, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::create(world, now_ms, &received));
    answer.into_response()
}

async fn read(practice: Practice, Path(id): Path<String>, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::read(world, now_ms, &received, &id));
    answer.into_response()
}

async fn cancel(practice: Practice, Path(id): Path<String>, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::cancel(world, now_ms, &received, &id));
    answer.into_response()
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
