use std::error::Error as StdError;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use ::http::header::CONTENT_LENGTH;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use payment::Failure;
use payment::failure::{BadAnswer, NoAnswer, NotSent};

use super::{BaseUrl, Class, Request, Response, Transport};

const USER_AGENT: &str = "tillside/0.1";

/// Below the idle limit of the usual gateways (60 s), so that a kept connection is not written to
/// in the moment the other side closes it.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// The limits of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkOptions {
    /// To look up, connect and shake hands.
    pub connect_ms: u64,
    /// Between two pieces of an answer.
    pub read_idle_ms: u64,
    /// All of a [`Class::Create`].
    pub create_ms: u64,
    /// All of a [`Class::Read`].
    pub read_ms: u64,
    /// All of a [`Class::Cancel`].
    pub cancel_ms: u64,
    /// The largest answer that is read, in bytes.
    pub body_limit_bytes: usize,
    /// The one proxy to use, where a shop has one. Those of the environment never count: whoever
    /// can set a variable could otherwise stand in between. Never used for this machine.
    pub proxy: Option<String>,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            connect_ms: 3_000,
            read_idle_ms: 10_000,
            create_ms: 15_000,
            read_ms: 8_000,
            cancel_ms: 10_000,
            body_limit_bytes: 1_048_576,
            proxy: None,
        }
    }
}

/// Why the client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy's address is none.
    #[error("the address of the proxy cannot be used")]
    BadProxy(#[source] reqwest::Error),
    /// The system's certificates could not be read, most often.
    #[error("the secure connection could not be set up")]
    NotBuilt(#[source] reqwest::Error),
}

/// The hardened client: one account's way to its provider.
#[derive(Debug)]
pub struct Network {
    base: BaseUrl,
    client: reqwest::Client,
    options: NetworkOptions,
}

/// Chooses the till's TLS implementation for the process. `main` calls it first; again does no
/// harm, and an implementation that was chosen earlier stays.
pub fn install_tls() {
    // The only error is that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Network {
    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(base: BaseUrl, options: NetworkOptions) -> Result<Self, ClientError> {
        install_tls(); // without one, making the client would panic
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            // A redirect would hand the key to another host, and a 307 the charge as well.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // What was sent once is asked for, never sent again: only the till may decide that.
            .retry(reqwest::retry::never())
            .https_only(!base.is_plain())
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .tls_sslkeylogfile(false)
            .connection_verbose(false)
            .no_proxy()
            .connect_timeout(Duration::from_millis(options.connect_ms))
            .read_timeout(Duration::from_millis(options.read_idle_ms))
            .pool_idle_timeout(POOL_IDLE);
        if base.is_plain() {
            // No TLS will be spoken, so the system's certificates (milliseconds at start, and
            // missing on a bare machine) are not read.
            builder = builder.tls_certs_only([]);
        }
        if base.is_loopback() {
            // Whatever a hosts file says: the key stays on this machine. Port 0 keeps the URL's.
            let here = [
                SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
            ];
            builder = builder.resolve_to_addrs("localhost", &here);
        } else if let Some(proxy) = &options.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(ClientError::BadProxy)?);
        }
        let client = builder.build().map_err(ClientError::NotBuilt)?;
        Ok(Self {
            base,
            client,
            options,
        })
    }

    const fn total(&self, class: Class) -> Duration {
        Duration::from_millis(match class {
            Class::Create => self.options.create_ms,
            Class::Read => self.options.read_ms,
            Class::Cancel => self.options.cancel_ms,
        })
    }

    async fn send(&self, request: Request) -> Result<Response, Failure> {
        let url = format!("{}{}", self.base, request.path_and_query);
        let mut building = self
            .client
            .request(request.method, url)
            .headers(request.headers)
            .timeout(self.total(request.class));
        if let Some(body) = request.body {
            if body.is_empty() {
                // The client leaves the length of nothing out, which some gateways answer with 411.
                building = building.header(CONTENT_LENGTH, "0");
            }
            building = building.body(body);
        }
        let response = building.send().await.map_err(|error| meaning(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = collect(response, self.options.body_limit_bytes).await?;
        Ok(Response::new(status, &headers, body))
    }
}

#[async_trait]
impl Transport for Network {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let started = Instant::now();
        let (method, class) = (request.method.clone(), request.class);
        let outcome = self.send(request).await;
        let duration_ms = started.elapsed().as_millis();
        // Neither path, headers nor body: the journal has what is worth keeping.
        match &outcome {
            Ok(response) => {
                tracing::debug!(%method, ?class, status = response.status, duration_ms, "answered");
            }
            Err(failure) => {
                tracing::debug!(%method, ?class, ?failure, duration_ms, "not answered");
            }
        }
        outcome
    }
}

/// Reads the body up to the limit; what is above it is never read, whatever length was announced.
async fn collect(mut response: reqwest::Response, limit: usize) -> Result<Bytes, Failure> {
    let too_large = Failure::BadAnswer {
        why: BadAnswer::TooLarge,
    };
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| meaning(&error))? {
        if body.len().saturating_add(piece.len()) > limit {
            return Err(too_large);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// *Nothing was sent* is claimed for two errors only: the request could not be built, or there was
/// no connection to write it to (look-up, connect and handshake; the client writes a request only
/// to a connection that is made). Everything else may have arrived.
fn meaning(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::NotSent {
            why: NotSent::NotBuilt,
        };
    }
    if error.is_connect() {
        return Failure::NotSent {
            why: unconnected(error),
        };
    }
    Failure::NoAnswer {
        why: if error.is_timeout() {
            NoAnswer::TimedOut
        } else {
            NoAnswer::ConnectionLost
        },
    }
}

fn unconnected(error: &reqwest::Error) -> NotSent {
    if error.is_dns() {
        return NotSent::NoSuchHost;
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = cause {
        // An I/O error hides what it wraps from `source`, so it is asked for it.
        let wrapped = inner
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if inner.is::<rustls::Error>()
            || wrapped.is_some_and(|wrapped| wrapped.is::<rustls::Error>())
        {
            return NotSent::NotTrusted;
        }
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => inner.source(),
        };
    }
    NotSent::NoConnection
}
