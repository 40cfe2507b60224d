//! One request and its answer, with whatever goes wrong in between.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::lie::{Lie, falsified};
use crate::message::BODY_BYTES_MAX;
use crate::{Fault, One2PaysUnit, Operation, Practice, ServerError, lean_rails, one2pays, routes};

/// The connection closes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the practice store closes the connection without an answer")]
pub struct ConnectionCut;

/// How often a request reaches the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Never,
    Once,
    Twice,
}

impl Reach {
    fn if_effective(takes_effect: bool) -> Self {
        if takes_effect {
            Self::Once
        } else {
            Self::Never
        }
    }
}

/// What comes back in place of the store's answer, or what is done to it.
enum Reply {
    AsItIs,
    LateBy(Duration),
    Nothing,
    Cut,
    Instead(Response),
    /// Half the body; `announced_whole` is whether the length of the whole is promised.
    Half {
        announced_whole: bool,
    },
    Bodyless,
    Lie(Lie),
}

/// A request that can be sent more than once.
struct Sent {
    parts: Parts,
    body: Bytes,
}

impl Sent {
    fn request(&self) -> Request {
        Request::from_parts(self.parts.clone(), Body::from(self.body.clone()))
    }
}

impl Practice {
    /// Answers one request as [`serve`](crate::serve) does, with the faults of
    /// [`set_faults`](Self::set_faults). It sleeps on tokio's clock where a fault says so.
    ///
    /// # Errors
    /// [`ConnectionCut`] where the other side sees the connection close without a byte.
    pub async fn exchange(&self, request: Request) -> Result<Response, ConnectionCut> {
        let operation = routes::operation(request.method(), request.uri().path());
        let Some(operation) = operation else {
            return Ok(self.plain(request).await);
        };
        let fault = self.with(|world, now_ms| world.draw_fault(now_ms, operation));
        let Some(fault) = fault else {
            return Ok(self.plain(request).await);
        };
        let (parts, body) = request.into_parts();
        // A body beyond the limit is passed on one byte too long, for the store to refuse.
        let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await;
        let body = body.unwrap_or_else(|_| vec![b' '; BODY_BYTES_MAX.saturating_add(1)].into());
        let path = parts.uri.path().to_owned();
        let (reach, reply) = script(fault, operation, &path, self.amount_step(&path));
        let answer = self.deliver(reach, &Sent { parts, body }).await;
        let mut answer = spoil(reply, answer).await?;
        routes::date(self, &path, &mut answer);
        Ok(answer)
    }

    /// One minor unit in the last digits of the wire: where One2Pays counts satang, an amount with
    /// a hundredth more would be no other amount but an invalid one.
    fn amount_step(&self, path: &str) -> i64 {
        let unit = self.settings().one2pays_unit;
        if one2pays::is_below(path) && unit == One2PaysUnit::Minor {
            100
        } else {
            1
        }
    }

    /// Answers one request without any fault, and without sleeping.
    pub async fn plain(&self, request: Request) -> Response {
        routes::answer(self, request).await
    }

    async fn deliver(&self, reach: Reach, sent: &Sent) -> Response {
        match reach {
            Reach::Never => {
                self.with(|world, now_ms| {
                    routes::log_lost(world, now_ms, &sent.parts, &sent.body);
                });
                Response::default()
            }
            Reach::Once => self.plain(sent.request()).await,
            Reach::Twice => {
                self.plain(sent.request()).await;
                self.plain(sent.request()).await
            }
        }
    }
}

/// What a fault does on the way to the store, and on the way back.
fn script(fault: Fault, operation: Operation, path: &str, step: i64) -> (Reach, Reply) {
    match fault {
        Fault::Delay { ms } => (Reach::Once, Reply::LateBy(Duration::from_millis(ms))),
        Fault::Stall => (Reach::Once, Reply::Nothing),
        Fault::DropRequest => (Reach::Never, Reply::Cut),
        Fault::LoseAnswer => (Reach::Once, Reply::Cut),
        Fault::ServerError {
            status,
            takes_effect,
        } => (
            Reach::if_effective(takes_effect),
            Reply::Instead(failed(path, status)),
        ),
        Fault::TooManyRequests { retry_after_s } => {
            (Reach::Never, Reply::Instead(too_many(path, retry_after_s)))
        }
        Fault::CutBody => {
            let announced_whole = true;
            (Reach::Once, Reply::Half { announced_whole })
        }
        Fault::TruncatedJson => {
            let announced_whole = false;
            (Reach::Once, Reply::Half { announced_whole })
        }
        Fault::Html { takes_effect } => (Reach::if_effective(takes_effect), Reply::Instead(page())),
        Fault::EmptyBody => (Reach::Once, Reply::Bodyless),
        Fault::WrongAmount if lean_rails::Generation::of(path).is_some() => {
            (Reach::Once, Reply::Lie(Lie::MinorAmount))
        }
        Fault::WrongAmount => (Reach::Once, Reply::Lie(Lie::Amount { by: step })),
        Fault::WrongCurrency => (Reach::Once, Reply::Lie(Lie::Currency)),
        Fault::UnknownStatus => (Reach::Once, Reply::Lie(Lie::UnknownStatus)),
        // Only reading goes to a replica; what was just created is pending anyway.
        Fault::StaleStatus => match operation {
            Operation::Read | Operation::List => (Reach::Once, Reply::Lie(Lie::StaleStatus)),
            Operation::Create
            | Operation::Cancel
            | Operation::Confirm
            | Operation::Capture
            | Operation::Start
            | Operation::Change
            | Operation::Refund => (Reach::Once, Reply::AsItIs),
        },
        Fault::Redirect => (Reach::Never, Reply::Instead(redirect(path))),
        Fault::DeliverTwice => (Reach::Twice, Reply::AsItIs),
    }
}

fn failed(path: &str, status: ServerError) -> Response {
    let status = match status {
        ServerError::E500 => StatusCode::INTERNAL_SERVER_ERROR,
        ServerError::E502 => StatusCode::BAD_GATEWAY,
        ServerError::E503 => StatusCode::SERVICE_UNAVAILABLE,
        ServerError::E504 => StatusCode::GATEWAY_TIMEOUT,
    };
    routes::refusal(path, status, "the server failed").into_response()
}

fn too_many(path: &str, retry_after_s: u32) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let answer = routes::refusal(path, status, "too many requests");
    answer.retry_after(retry_after_s.into()).into_response()
}

fn page() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let page = "<!doctype html><title>Welcome</title><p>Please accept the terms.";
    (kind, page).into_response()
}

fn redirect(path: &str) -> Response {
    let to = [(header::LOCATION, format!("/elsewhere{path}"))];
    (StatusCode::TEMPORARY_REDIRECT, to).into_response()
}

async fn spoil(reply: Reply, answer: Response) -> Result<Response, ConnectionCut> {
    match reply {
        Reply::AsItIs => Ok(answer),
        Reply::LateBy(delay) => {
            tokio::time::sleep(delay).await;
            Ok(answer)
        }
        Reply::Nothing => std::future::pending().await,
        Reply::Cut => Err(ConnectionCut),
        Reply::Instead(other) => Ok(other),
        Reply::Half { announced_whole } => Ok(halve(answer, announced_whole).await),
        Reply::Bodyless => Ok(answer.status().into_response()),
        Reply::Lie(lie) => Ok(falsify(lie, answer).await),
    }
}

async fn whole_body(body: Body) -> Bytes {
    let bytes = axum::body::to_bytes(body, usize::MAX).await;
    // The store's own answers are in memory and do not fail.
    bytes.unwrap_or_default()
}

/// Half of `{}` is no JSON either, so every answer breaks.
async fn halve(answer: Response, announced_whole: bool) -> Response {
    let (mut parts, body) = answer.into_parts();
    let whole = whole_body(body).await;
    let half = whole.slice(..whole.len().div_ceil(2));
    parts.headers.remove(header::CONTENT_LENGTH);
    if !announced_whole {
        return Response::from_parts(parts, Body::from(half));
    }
    let length = HeaderValue::from(whole.len());
    parts.headers.insert(header::CONTENT_LENGTH, length);
    let pieces = futures_util::stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                // The first half must have left before the connection breaks under it.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(ConnectionCut), None))
            }
            None => None,
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// The answer with one field that is not true; one that lacks the field stays as it is.
async fn falsify(lie: Lie, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let whole = whole_body(body).await;
    let text = falsified(lie, &whole).unwrap_or(whole);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
