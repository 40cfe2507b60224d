//! One request, one answer, and the port between an adapter and whatever carries them.

mod address;
mod network;

use std::fmt;
use std::time::UNIX_EPOCH;

use ::http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use ::http::{HeaderMap, HeaderValue, Method};
use async_trait::async_trait;
use bytes::Bytes;
use payment::Failure;

pub use address::{BaseUrl, BaseUrlError};
pub use network::{ClientError, Network, NetworkOptions, install_tls};

/// No provider may make the till wait longer than this. Milliseconds.
const LONGEST_RETRY_AFTER_MS: u64 = 120_000;

/// What kind of request it is; each has a total time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Makes a payment.
    Create,
    /// Reads one.
    Read,
    /// Withdraws one.
    Cancel,
}

/// A request as an adapter writes it, without the host.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// What follows the account's base URL; begins with a slash.
    pub path_and_query: String,
    /// Its headers; those with a secret are marked as sensitive.
    pub headers: HeaderMap,
    /// Its body. `Some` and empty is sent as `Content-Length: 0`.
    pub body: Option<Bytes>,
    /// What kind it is.
    pub class: Class,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(class: Class, method: Method, path_and_query: String) -> Self {
        Self {
            method,
            path_and_query,
            headers: HeaderMap::new(),
            body: None,
            class,
        }
    }

    /// Adds a header whose value no log may show.
    #[must_use]
    pub fn with_secret(mut self, name: &'static str, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Adds a plain header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Gives it a body.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }
}

/// Without the body, and with sensitive headers hidden by their own `Debug`.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("path_and_query", &self.path_and_query)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("class", &self.class)
            .finish()
    }
}

/// An answer, whatever its status.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The media type as it came.
    pub content_type: Option<String>,
    /// From `Retry-After`, at most two minutes. Milliseconds.
    pub retry_after_ms: Option<u64>,
    /// From `Date`: the time by the other side's clock. Milliseconds since 1970-01-01 UTC.
    pub date_ms: Option<i64>,
    /// All of the body.
    pub body: Bytes,
}

impl Response {
    /// An answer from its parts.
    #[must_use]
    pub fn new(status: u16, headers: &HeaderMap, body: Bytes) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            status,
            content_type: text(CONTENT_TYPE).map(str::to_owned),
            retry_after_ms: text(RETRY_AFTER).and_then(|after| retry_after_ms(after, text(DATE))),
            date_ms: text(DATE).and_then(date_ms),
            body,
        }
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether it says it is a web page: a captive portal, or a gateway in front of the provider.
    #[must_use]
    pub fn is_web_page(&self) -> bool {
        self.content_type.as_deref().is_some_and(|media| {
            let media = media.trim().to_ascii_lowercase();
            media.starts_with("text/html") || media.starts_with("application/xhtml")
        })
    }
}

/// Without the body: it is another party's text and may hold anything.
impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("retry_after_ms", &self.retry_after_ms)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// What carries a request to a provider and its answer back: the network, or a simulation of it.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request once and waits for all of its answer.
    ///
    /// # Errors
    /// [`Failure::NotSent`] only where not a byte of the request can have left;
    /// [`Failure::NoAnswer`] for everything after; [`Failure::BadAnswer`] for an answer above the
    /// limit. Nothing else: what an answer means is the adapter's business.
    async fn exchange(&self, request: Request) -> Result<Response, Failure>;
}

/// `Retry-After` is a number of seconds or a date (RFC 9110 §10.2.3). A date is measured against
/// the answer's own `Date`, so that a wrong clock on this machine does not matter.
fn retry_after_ms(after: &str, date: Option<&str>) -> Option<u64> {
    let after = after.trim();
    let wanted_ms = if let Ok(seconds) = after.parse::<u64>() {
        seconds.saturating_mul(1000)
    } else {
        let until = httpdate::parse_http_date(after).ok()?;
        let now = httpdate::parse_http_date(date?).ok()?;
        let wait = until.duration_since(now).unwrap_or_default();
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
    };
    Some(wanted_ms.min(LONGEST_RETRY_AFTER_MS))
}

fn date_ms(date: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(date).ok()?;
    let since_epoch = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_more_than_two_minutes() {
        let date = Some("Wed, 21 Oct 2015 07:28:00 GMT");
        let table = [
            ("5", None, Some(5_000)),
            (" 0 ", None, Some(0)),
            ("120", None, Some(120_000)),
            ("86400", None, Some(120_000)),
            ("18446744073709551615", None, Some(120_000)),
            ("Wed, 21 Oct 2015 07:28:07 GMT", date, Some(7_000)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", date, Some(0)),
            ("Fri, 31 Dec 2100 23:59:59 GMT", date, Some(120_000)),
            ("Wed, 21 Oct 2015 07:28:07 GMT", None, None),
            ("Wed, 21 Oct 2015 07:28:07 GMT", Some("yesterday"), None),
            ("-1", date, None),
            ("1.5", date, None),
            ("soon", date, None),
            ("", date, None),
        ];
        for (after, date, expected) in table {
            assert_eq!(retry_after_ms(after, date), expected, "{after:?} {date:?}");
        }
    }

    #[test]
    fn the_time_of_the_other_side_is_read() {
        let table = [
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(1_445_412_480_000)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("yesterday", None),
            ("", None),
        ];
        for (date, expected) in table {
            let headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
            let response = Response::new(200, &headers, Bytes::new());
            assert_eq!(response.date_ms, expected, "{date:?}");
        }
        assert_eq!(
            Response::new(200, &HeaderMap::new(), Bytes::new()).date_ms,
            None
        );
    }

    #[test]
    fn a_web_page_is_known_by_its_media_type() {
        let table = [
            ("text/html", true),
            ("Text/HTML; charset=utf-8", true),
            ("application/xhtml+xml", true),
            ("application/json", false),
            ("text/plain", false),
        ];
        for (media, expected) in table {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, media.parse().unwrap())]);
            let response = Response::new(200, &headers, Bytes::new());
            assert_eq!(response.is_web_page(), expected, "{media}");
        }
        assert!(!Response::new(200, &HeaderMap::new(), Bytes::new()).is_web_page());
    }
}
