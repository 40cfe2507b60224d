//! All paths of the store: which operation a request asks for, and what every answer carries.

use std::sync::LazyLock;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use jiff::fmt::rfc2822::DateTimePrinter;
use tower::ServiceExt as _;

use crate::message::{Answer, Received, timestamp};
use crate::{
    Effect, LoggedRequest, Operation, Practice, World, compago, control, dojo, lean_rails, links,
    one2pays,
};

/// Every path, and the answer to any other. They are the same for every store, which comes with its
/// request: laying the paths out takes longer than answering many requests.
static PATHS: LazyLock<Router> = LazyLock::new(|| {
    Router::new()
        .merge(compago::router())
        .merge(one2pays::router())
        .merge(lean_rails::router())
        .merge(dojo::router())
        .merge(links::router())
        .merge(control::router())
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(from_fn(dated))
});

/// [`PATHS`], for requests to this store.
pub(crate) fn router(practice: &Practice) -> Router {
    PATHS.clone().layer(Extension(practice.clone()))
}

/// Answers one request to this store.
pub(crate) async fn answer(practice: &Practice, mut request: Request) -> Response {
    request.extensions_mut().insert(practice.clone());
    let answered = PATHS.clone().oneshot(request).await;
    answered.unwrap_or_else(|never| match never {})
}

/// The store that a request came to.
impl<S: Sync> FromRequestParts<S> for Practice {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let practice = parts.extensions.get::<Self>().cloned();
        practice.ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Which operation of which system a request asks for; `None` for one in no reference.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    compago::operation(method, path)
        .or_else(|| one2pays::operation(method, path))
        .or_else(|| lean_rails::operation(method, path))
        .or_else(|| dojo::operation(method, path))
}

/// Logs a request that a fault kept from arriving.
pub(crate) fn log_lost(world: &mut World, now_ms: u64, parts: &Parts, body: &Bytes) {
    let now_ms = world.settle(now_ms);
    let received = Received::of(parts.clone(), Some(body.clone()));
    let entry = received.entry(now_ms);
    let effect = Effect::LostOnTheWay;
    world.log(LoggedRequest { effect, ..entry });
}

async fn dated(practice: Practice, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut answer = next.run(request).await;
    date(&practice, &path, &mut answer);
    answer
}

/// Writes the store's own time into `Date`, which the server would otherwise take from the
/// computer. Below One2Pays it is the clock of One2Pays, which a till can set itself by.
pub(crate) fn date(practice: &Practice, path: &str, answer: &mut Response) {
    let at_ms = practice.with(|world, now_ms| {
        let now_ms = world.settle(now_ms);
        if one2pays::is_below(path) {
            world.one2pays_now_ms()
        } else {
            now_ms
        }
    });
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp(at_ms));
    let value = text.ok().and_then(|text| HeaderValue::try_from(text).ok());
    if let Some(value) = value {
        answer.headers_mut().insert(header::DATE, value);
    }
}

async fn unknown_path(uri: Uri) -> Response {
    nothing_here(uri.path()).into_response()
}

/// The answer at a path that the system does not have.
pub(crate) fn nothing_here(path: &str) -> Answer {
    let text = "there is nothing at this path";
    refusal(path, StatusCode::NOT_FOUND, text)
}

async fn unknown_method(uri: Uri) -> Response {
    let text = "this path does not know that method";
    refusal(uri.path(), StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

/// A sentence in the error form of the system that a path belongs to.
pub(crate) fn refusal(path: &str, status: StatusCode, text: &str) -> Answer {
    if let Some(generation) = lean_rails::Generation::of(path) {
        return lean_rails::refusal(generation, status, text);
    }

    if dojo::is_below(path) {
        return dojo::plain(path, status, text);
    }
    if !one2pays::is_below(path) {
        return Answer::message(status, text);
    }
    let code = match status {
        StatusCode::NOT_FOUND => "RESOURCE_NOT_FOUND",
        StatusCode::METHOD_NOT_ALLOWED => "METHOD_NOT_ALLOWED",
        StatusCode::TOO_MANY_REQUESTS => "RATE_LIMIT_EXCEEDED",
        _ => "INTERNAL_ERROR",
    };
    one2pays::failure(status, code, text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_are_told_apart_by_method_and_path() {
        let (create, read) = (Some(Operation::Create), Some(Operation::Read));
        let (cancel, list) = (Some(Operation::Cancel), Some(Operation::List));
        let (start, refund) = (Some(Operation::Start), Some(Operation::Refund));
        let change = Some(Operation::Change);
        let table = [
            (Method::GET, "/dojo/payment-intents/refunds/x", read),
            (Method::POST, "/dojo/payment-intents/x/refunds", refund),
            (Method::POST, "/dojo/payment-intents/x/reversal", refund),
            (Method::POST, "/dojo/payment-intents/x/captures", change),
            (Method::POST, "/dojo/payment-intents/x/amount", change),
            (Method::POST, "/dojo/payment-intents/x/tips-amount", change),
            (Method::POST, "/dojo/payment-intents/x/receipt", change),
            (Method::GET, "/dojo/payment-intents/x/receipt", None),
            (Method::GET, "/dojo/terminals", list),
            (Method::GET, "/dojo/terminals/x", read),
            (Method::POST, "/dojo/terminal-sessions", start),
            (Method::GET, "/dojo/terminal-sessions", None),
            (Method::GET, "/dojo/terminal-sessions/x", read),
            (Method::PUT, "/dojo/terminal-sessions/x/cancel", cancel),
            (Method::PUT, "/dojo/terminal-sessions/x/signature", change),
            (Method::POST, "/dojo/terminal-sessions/x/cancel", None),
            (Method::GET, "/dojo", None),
            (Method::POST, "/api/payment-intent", create),
            (Method::GET, "/api/payment-intent/x", read),
            (Method::POST, "/api/payment-intent/x/cancel", cancel),
            (Method::GET, "/api/payment-intent", None),
            (Method::POST, "/api/payment-intents", None),
            (Method::PATCH, "/api/payment-intent/x/cancel", None),
            (Method::POST, "/api/one-time-payment", create),
            (Method::GET, "/api/one-time-payment", list),
            (Method::GET, "/api/one-time-payment/x", read),
            (Method::PATCH, "/api/one-time-payment/x/cancel", cancel),
            (Method::POST, "/api/one-time-payment/x/cancel", None),
            (Method::GET, "/api/one-time-payments", None),
            (Method::POST, "/one2pays/api/v1/payments", create),
            (Method::GET, "/one2pays/api/v1/payments", list),
            (Method::GET, "/one2pays/api/v1/payments/x", read),
            (Method::POST, "/one2pays/api/v1/payments/x/cancel", cancel),
            (Method::PATCH, "/one2pays/api/v1/payments/x/cancel", None),
            (Method::POST, "/api/v1/payments", None),
            (Method::GET, "/one2pays/api/v1/paymentss", None),
            (Method::POST, "/dojo/payment-intents", create),
            (Method::POST, "/dojo/payment-intents/search", list),
            (Method::GET, "/dojo/payment-intents/x", read),
            (Method::DELETE, "/dojo/payment-intents/x", cancel),
            (Method::GET, "/dojo/payment-intents/search", None),
            (Method::GET, "/dojo/payment-intents", None),
            (Method::GET, "/practice/terminals", None),
            (Method::GET, "/pay/x", None),
        ];
        for (method, path, expected) in table {
            assert_eq!(operation(&method, path), expected, "{method} {path}");
        }
    }
}
