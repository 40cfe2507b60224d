//! What every system shares on the wire: a request with its body, and an answer in JSON.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use money::Money;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::ids::sha256_hex;
use crate::{Effect, LoggedRequest, World};

/// The largest body that is read, in bytes; a payment needs a few hundred.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// Where the pages of links are when a request does not say how it got here.
const ORIGIN_UNKNOWN: &str = "http://127.0.0.1";

/// The fields of a JSON object, as the very characters that were sent.
pub(crate) type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// A request with its body. It carries the API key and therefore has no `Debug`.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    query: String,
    authority: Option<String>,
    headers: HeaderMap,
    /// `None` where the body is larger than [`BODY_BYTES_MAX`] or broke off.
    pub(crate) body: Option<Bytes>,
}

impl Received {
    pub(crate) async fn read(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        Self::of(parts, axum::body::to_bytes(body, BODY_BYTES_MAX).await.ok())
    }

    pub(crate) fn of(parts: Parts, body: Option<Bytes>) -> Self {
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            authority: parts.uri.authority().map(ToString::to_string),
            headers: parts.headers,
            body,
        }
    }

    /// The start of a log entry; the answer fills in the rest.
    pub(crate) fn entry(&self, now_ms: u64) -> LoggedRequest {
        LoggedRequest {
            number: 0,
            at_ms: now_ms,
            method: self.method.clone(),
            path: self.path.clone(),
            body_sha256: sha256_hex(self.body.as_deref().unwrap_or_default()),
            external_id: None,
            intent: None,
            amount: None,
            terminal: None,
            repeats: None,
            effect: Effect::Unauthorised,
            status: None,
        }
    }

    /// The value of a header, where it is there once and in ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        value.to_str().ok()
    }

    /// Whether a header is there at all, however often.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// The value of `x-api-key` (docs.compago.com/get-started/authentication).
    pub(crate) fn key(&self) -> Option<&[u8]> {
        let value = self.headers.get("x-api-key")?;
        Some(value.as_bytes())
    }

    /// Scheme and host as the client named them: a page's address must lead back the same way.
    pub(crate) fn origin(&self) -> String {
        let host = self.header("host").or(self.authority.as_deref());
        let is_plain = |host: &&str| {
            let allowed = |one: char| one.is_ascii_alphanumeric() || ".-:[]".contains(one);
            !host.is_empty() && host.chars().all(allowed)
        };
        host.filter(is_plain)
            .map_or(ORIGIN_UNKNOWN.to_owned(), |host| format!("http://{host}"))
    }

    fn is_json(&self) -> bool {
        let content_type = self.headers.get(header::CONTENT_TYPE);
        let text = content_type.and_then(|value| value.to_str().ok());
        let essence = text.and_then(|text| text.split(';').next());
        essence.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }

    /// The fields of the JSON object in the body.
    ///
    /// # Errors
    /// The sentence for the 400 answer.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, String> {
        let too_large = || format!("the body is broken off or larger than {BODY_BYTES_MAX} bytes");
        let body = self.body.as_ref().ok_or_else(too_large)?;
        if !self.is_json() {
            return Err("the Content-Type must be application/json".to_owned());
        }
        serde_json::from_slice(body).map_err(|_| "the body must be a JSON object".to_owned())
    }

    /// The fields of a form in the body, decoded; of a name that comes twice the last value counts.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        let body = self.body.as_deref().unwrap_or_default();
        form_urlencoded::parse(body).into_owned().collect()
    }

    /// Every value that the query gives a name, decoded.
    pub(crate) fn query_all(&self, name: &str) -> Vec<String> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        let mine = pairs.filter(|(one, _)| one == name);
        mine.map(|(_, value)| value.into_owned()).collect()
    }

    /// The query, decoded; of a name that comes twice the last value counts.
    pub(crate) fn query(&self) -> BTreeMap<String, String> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.into_owned().collect()
    }
}

/// A field that must be a string; `None` where it is missing or null.
pub(crate) fn text(fields: &Fields<'_>, name: &str) -> Result<Option<String>, String> {
    field(fields, name, "a string")
}

/// A field of a certain type; `None` where it is missing or null.
pub(crate) fn field<T: DeserializeOwned>(
    fields: &Fields<'_>,
    name: &str,
    kind: &str,
) -> Result<Option<T>, String> {
    let Some(raw) = fields.get(name) else {
        return Ok(None);
    };
    serde_json::from_str(raw.get()).map_err(|_| format!("{name} must be {kind}"))
}

pub(crate) fn check_text(name: &str, value: &str, length_max: usize) -> Result<(), String> {
    if value.trim().is_empty() {
        Err(format!("{name} must not be empty"))
    } else if value.chars().count() > length_max {
        Err(format!(
            "{name} must not be longer than {length_max} characters"
        ))
    } else if value.chars().any(char::is_control) {
        Err(format!("{name} must not contain control characters"))
    } else {
        Ok(())
    }
}

/// A whole number of a query within its bounds.
pub(crate) fn whole_number(
    query: &BTreeMap<String, String>,
    name: &str,
    or: usize,
    bounds: RangeInclusive<usize>,
) -> Result<usize, String> {
    let Some(text) = query.get(name) else {
        return Ok(or);
    };
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        let (first, last) = bounds.into_inner();
        if last == usize::MAX {
            format!("{name} must be a whole number from {first}")
        } else {
            format!("{name} must be a whole number from {first} to {last}")
        }
    })
}

/// One page of a list, counted from 1.
pub(crate) fn page_of<T>(all: Vec<T>, page: usize, size: usize) -> Vec<T> {
    let before = page.saturating_sub(1).saturating_mul(size);
    all.into_iter().skip(before).take(size).collect()
}

/// A status and a JSON body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
    retry_after_s: Option<u64>,
    is_html: bool,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self::bytes(status, body),
            // Not reachable with the types of this crate, and a till must survive it anyway.
            Err(_) => Self::bytes(
                StatusCode::INTERNAL_SERVER_ERROR,
                br#"{"message":"the answer could not be written"}"#.to_vec(),
            ),
        }
    }

    /// A body that is JSON already.
    pub(crate) fn bytes(status: StatusCode, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            retry_after_s: None,
            is_html: false,
        }
    }

    /// A page instead of JSON.
    pub(crate) fn html(status: StatusCode, page: &str) -> Self {
        Self {
            is_html: true,
            ..Self::bytes(status, page.as_bytes().to_vec())
        }
    }

    /// 204.
    pub(crate) fn empty() -> Self {
        Self::bytes(StatusCode::NO_CONTENT, Vec::new())
    }

    /// Adds a `Retry-After`, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Logs the request with what it did, and hands the answer on.
    pub(crate) fn logged(self, world: &mut World, entry: LoggedRequest, effect: Effect) -> Self {
        world.log(LoggedRequest {
            effect,
            status: Some(self.status.as_u16()),
            ..entry
        });
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        let kind = if self.is_html {
            HeaderValue::from_static("text/html; charset=utf-8")
        } else {
            HeaderValue::from_static("application/json; charset=utf-8")
        };
        if self.status != StatusCode::NO_CONTENT {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        (self.status, headers, self.body).into_response()
    }
}

/// The amount as a JSON number with the exact decimals of its currency. Digits and a point are
/// always valid JSON; `None` would be written as null.
pub(crate) fn decimal(amount: Money) -> Option<Box<RawValue>> {
    RawValue::from_string(amount.to_decimal()).ok()
}

/// A time of the store's clock. One beyond the year 9999 stays at the epoch.
pub(crate) fn timestamp(at_ms: u64) -> Timestamp {
    let at = i64::try_from(at_ms)
        .ok()
        .and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
    at.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The time as the Compago reference writes it.
pub(crate) fn iso_8601(at_ms: u64) -> String {
    timestamp(at_ms).to_string()
}
