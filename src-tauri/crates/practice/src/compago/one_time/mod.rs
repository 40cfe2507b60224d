//! Compago one-time payments, written from the public reference alone:
//! docs.compago.com/api-reference/one-time-payment/{create,get,list,cancel}.

mod answers;
mod choices;
mod wire;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use choices::{LinkAmounts, LinkAnswer, LinkCount, LinkDecline, LinkDuplicate, LinkOrder};

use crate::front::no_machines;
use crate::message::Received;
use crate::{Front, LinkStatus, Operation, Practice};

pub(crate) const FRONT: Front = Front {
    system: "compago_link",
    account: "practice-link",
    name: "Practice links",
    path: "/api",
    machines: no_machines,
};

/// What only Compago knows about a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OneTime {
    pub(crate) homepage_url: String,
    pub(crate) redirect_url: String,
    pub(crate) billing: Option<Map<String, Value>>,
}

/// The status words of the reference. Being declined and being expired are not among them, so a
/// Compago link never has the last two standings.
pub(crate) fn word(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Open | LinkStatus::Expired => "PENDING",
        LinkStatus::Paid => "CONFIRMED",
        LinkStatus::Cancelled | LinkStatus::Failed => "CANCELLED",
    }
}

/// The paths of the reference.
pub(super) fn router() -> Router {
    Router::new()
        .route("/api/one-time-payment", get(list).post(create))
        .route("/api/one-time-payment/{id}", get(read))
        .route("/api/one-time-payment/{id}/cancel", patch(cancel))
}

/// Which operation a request asks for; `None` for one that is not in the reference.
pub(super) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let rest = path.strip_prefix("/api/one-time-payment")?;
    let segments: Vec<_> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] if rest.is_empty() && method == Method::POST => Some(Operation::Create),
        [] if rest.is_empty() && method == Method::GET => Some(Operation::List),
        [_] if method == Method::GET => Some(Operation::Read),
        [_, "cancel"] if method == Method::PATCH => Some(Operation::Cancel),
        _ => None,
    }
}

async fn create(practice: Practice, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::create(world, now_ms, &received));
    answer.into_response()
}

async fn list(practice: Practice, request: Request) -> Response {
    let received = Received::read(request).await;
    let answer = practice.with(|world, now_ms| answers::list(world, now_ms, &received));
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
