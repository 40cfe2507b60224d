//! Dojo, written from the public reference alone: docs.dojo.tech/api/v3/bundled.json (the `OpenAPI` file of
//! 2026-02-27). Payment intents so far: made, read, searched for and cancelled.

mod answers;
mod choices;
mod intent;
mod problem;
mod search;
mod wire;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::Method;

pub use answers::DOJO_KEY;
pub use choices::{DojoErrors, DojoHeaders, DojoOrder, DojoRepeatedCancel, DojoVoided};
pub(crate) use intent::Intents;
pub(crate) use problem::plain;

use crate::message::Received;
use crate::{Operation, Practice};

/// Where the base URL of this system is in the store, so that the paths of two systems never meet.
pub(crate) const PREFIX: &str = "/dojo";

/// Whether a path is below [`PREFIX`].
pub(crate) fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(crate) fn router() -> Router<Practice> {
    Router::new()
        .route("/dojo/payment-intents", post(create))
        .route("/dojo/payment-intents/search", post(search))
        .route("/dojo/payment-intents/{id}", get(read).delete(cancel))
}

/// Which operation a request asks for; `None` for one that this store does not have.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let rest = path
        .strip_prefix(PREFIX)?
        .strip_prefix("/payment-intents")?;
    let segments: Vec<_> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] if rest.is_empty() && method == Method::POST => Some(Operation::Create),
        ["search"] if method == Method::POST => Some(Operation::List),
        ["search"] => None,
        [_] if method == Method::GET => Some(Operation::Read),
        [_] if method == Method::DELETE => Some(Operation::Cancel),
        _ => None,
    }
}

async fn create(State(practice): State<Practice>, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::create(world, now_ms, &received));
    answer.into_response()
}

async fn search(State(practice): State<Practice>, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::search(world, now_ms, &received));
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
