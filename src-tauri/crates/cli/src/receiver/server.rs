//! The receiver on a socket, with its limits.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use providers::webhook::BODY_LIMIT_BYTES;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use super::{Outcome, Receiver};

/// How many connections are open at a time; the next one waits.
const CONNECTIONS_MAX: usize = 64;

/// From the first byte of a request to its answer.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Header lines of a request.
const HEADERS_MAX: usize = 64;

/// Bytes of the head of a request.
const HEAD_LIMIT_BYTES: usize = 16 * 1024;

/// How long to wait after a failed accept (too many open files), instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until the future is dropped; that closes every connection.
pub(crate) async fn serve(receiver: Arc<Receiver>, listener: TcpListener) {
    let router = Router::new()
        .route("/webhooks/{account}", post(webhook))
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .with_state(Arc::clone(&receiver));
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed, so a place always comes.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (receiver, router) = (Arc::clone(&receiver), router.clone());
        connections.spawn(async move {
            connection(receiver, router, stream).await;
            drop(place);
        });
    }
}

async fn connection(receiver: Arc<Receiver>, router: Router, stream: TcpStream) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (receiver, router) = (Arc::clone(&receiver), router.clone());
        async move {
            let answer = router.oneshot(request.map(Body::new));
            Ok::<Response, Infallible>(match timeout(REQUEST_LIMIT, answer).await {
                Ok(Ok(response)) => response,
                Err(_) => {
                    receiver.say(None, Outcome::TooSlow);
                    Outcome::TooSlow.status().into_response()
                }
            })
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_LIMIT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_LIMIT_BYTES)
        // A place is for one request: an idle tunnel must not keep others out.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // Head, request and answer each within its limit; whoever reads the answer slower than that is cut.
    if let Ok(Err(error)) = timeout(REQUEST_LIMIT.saturating_mul(3), served).await {
        tracing::debug!(%error, "a connection to the receiver ended early");
    }
}

async fn webhook(
    State(receiver): State<Arc<Receiver>>,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let status = receiver.hear(&account, request).await;
    let mut response = status.into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
