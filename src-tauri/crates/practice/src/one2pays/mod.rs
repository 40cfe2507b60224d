//! One2Pays, written from the public reference alone: docs.one2pays.com/docs/reference/{overview,
//! authentication,errors} and docs.one2pays.com/docs/reference/payments/{create,list,cancel}.

mod answers;
mod choices;
mod gate;
mod list;
mod payment;
mod signature;
mod wire;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::Method;

pub use choices::{One2PaysRepeat, One2PaysStart, One2PaysUnit, One2PaysUrlField};
pub(crate) use gate::Gate;
pub use gate::{ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY};
pub(crate) use payment::Payment;
pub(crate) use wire::failure;

use crate::front::no_machines;
use crate::message::Received;
use crate::{Front, Operation, Practice};

/// Where the base URL of this system is in the store, so that the paths of two systems never meet.
pub(crate) const PREFIX: &str = "/one2pays";

pub(crate) const FRONT: Front = Front {
    system: "one2_pays",
    account: "practice-thai-qr",
    name: "Practice Thai QR",
    path: PREFIX,
    machines: no_machines,
};

/// Whether a path is below [`PREFIX`].
pub(crate) fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The paths of the reference; reading one payment is only hinted at
/// (docs.one2pays.com/docs/faq/payments).
pub(crate) fn router() -> Router {
    Router::new()
        .route("/one2pays/api/v1/payments", get(list).post(create))
        .route("/one2pays/api/v1/payments/{id}", get(read))
        .route("/one2pays/api/v1/payments/{id}/cancel", post(cancel))
}

/// Which operation a request asks for; `None` for one that is not in the reference.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let rest = path.strip_prefix(PREFIX)?;
    let rest = rest.strip_prefix("/api/v1/payments")?;
    let segments: Vec<_> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] if rest.is_empty() && method == Method::POST => Some(Operation::Create),
        [] if rest.is_empty() && method == Method::GET => Some(Operation::List),
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
