//! The store on a real socket of this computer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Practice;

/// How many connections are open at a time; the next one waits.
const CONNECTIONS_MAX: usize = 256;

/// How long a connection may take to send the head of its request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait after a failed accept (too many open files), instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the store cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store has no transport security and a panel without a lock: it stays on this computer.
    #[error(
        "the practice store is served on this computer only, and {0} is not a loopback address"
    )]
    NotLoopback(SocketAddr),
    /// The socket does not tell its address.
    #[error("the address of the practice store's socket is not known")]
    NoAddress(#[source] io::Error),
}

/// Serves the store, with its faults, until the future is dropped; that closes every connection.
///
/// # Errors
/// [`ServeError`], before the first connection is taken. Afterwards it does not end by itself.
pub async fn serve(practice: Practice, listener: TcpListener) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::NoAddress)?;
    check_loopback(address)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed, so a place always comes.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return Ok(());
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let practice = practice.clone();
        connections.spawn(async move {
            connection(practice, stream).await;
            drop(place);
        });
    }
}

fn check_loopback(address: SocketAddr) -> Result<(), ServeError> {
    if address.ip().is_loopback() {
        Ok(())
    } else {
        Err(ServeError::NotLoopback(address))
    }
}

async fn connection(practice: Practice, stream: TcpStream) {
    // Without this a small answer may wait 40 ms for the other side's acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let practice = practice.clone();
        async move { practice.exchange(request.map(Body::new)).await }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        // A cut connection is this crate's trade; a debug line is all it is worth.
        tracing::debug!(%error, "a connection to the practice store ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_served_to_this_computer_only() {
        for (address, is_served) in [
            ("127.0.0.1:80", true),
            ("127.8.0.1:80", true),
            ("[::1]:80", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("192.168.1.2:80", false),
        ] {
            let checked = check_loopback(address.parse().unwrap());
            assert_eq!(checked.is_ok(), is_served, "{address}");
        }
    }
}
