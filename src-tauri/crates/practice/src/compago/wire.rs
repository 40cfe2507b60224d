//! The JSON of payment intents: reading requests field by field, writing answers.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use money::{AmountError, Currency, Money};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{NewIntent, Status, Summary};
use crate::{IntentView, Settings};

/// The largest body that is read, in bytes; a payment intent needs a few hundred.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// The longest `terminalCode`, in characters; the reference gives no limit.
const TERMINAL_CODE_LENGTH_MAX: usize = 100;

/// A request with its body. It carries the API key and therefore has no `Debug`.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
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
            headers: parts.headers,
            body,
        }
    }

    /// The value of `x-api-key` (docs.compago.com/get-started/authentication).
    pub(crate) fn key(&self) -> Option<&[u8]> {
        let value = self.headers.get("x-api-key")?;
        Some(value.as_bytes())
    }

    fn is_json(&self) -> bool {
        let content_type = self.headers.get(header::CONTENT_TYPE);
        let text = content_type.and_then(|value| value.to_str().ok());
        let essence = text.and_then(|text| text.split(';').next());
        essence.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }

    /// Reads the body of a create.
    ///
    /// # Errors
    /// The sentence for the 400 answer; it names the field.
    pub(crate) fn new_intent(&self, settings: &Settings) -> Result<NewIntent, String> {
        let too_large = || format!("the body is broken off or larger than {BODY_BYTES_MAX} bytes");
        let body = self.body.as_ref().ok_or_else(too_large)?;
        if !self.is_json() {
            return Err("the Content-Type must be application/json".to_owned());
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(body)
            .map_err(|_| "the body must be a JSON object".to_owned())?;
        let currency = text(&fields, "currency")?.ok_or("currency is required")?;
        if currency != Currency::Mxn.code() {
            return Err("currency must be MXN".to_owned());
        }
        let amount = amount(&fields)?;
        let length_max = settings.external_id_length_max;
        let external_id = text(&fields, "externalId")?.ok_or("externalId is required")?;
        check_text("externalId", &external_id, length_max)?;
        let terminal = text(&fields, "terminalCode")?;
        if let Some(code) = &terminal {
            check_text("terminalCode", code, TERMINAL_CODE_LENGTH_MAX)?;
        }
        Ok(NewIntent {
            external_id,
            amount,
            terminal,
        })
    }
}

/// A field that must be a string; `None` where it is missing or null.
fn text(fields: &BTreeMap<String, &RawValue>, name: &str) -> Result<Option<String>, String> {
    let Some(raw) = fields.get(name) else {
        return Ok(None);
    };
    serde_json::from_str(raw.get()).map_err(|_| format!("{name} must be a string"))
}

fn check_text(name: &str, value: &str, length_max: usize) -> Result<(), String> {
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

/// The amount, from the very characters that were sent: a decimal number of pesos.
fn amount(fields: &BTreeMap<String, &RawValue>) -> Result<Money, String> {
    let raw = fields.get("amount").ok_or("amount is required")?.get();
    let starts_like_a_number =
        raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if !starts_like_a_number {
        return Err("amount must be a number".to_owned());
    }
    let amount = Money::from_decimal(raw, Currency::Mxn).map_err(|error| match error {
        AmountError::Negative => "amount must be positive",
        AmountError::TooLarge => "amount is too large",
        AmountError::TooManyDecimals => "amount must not have more than two decimals",
        AmountError::Empty | AmountError::NotANumber | AmountError::DifferentCurrencies => {
            "amount must be a plain decimal number"
        }
    })?;
    if amount.is_zero() {
        return Err("amount must be positive".to_owned());
    }
    Ok(amount)
}

/// A status and a JSON body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self { status, body },
            // Not reachable with the types below, and a till must survive it anyway.
            Err(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                body: br#"{"message":"the answer could not be written"}"#.to_vec(),
            },
        }
    }

    /// An error: only `message` is documented.
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json(status, &Message { message, id: None })
    }

    /// The conflict that also tells whose reference it is.
    pub(crate) fn conflict_with(message: &str, id: crate::IntentId) -> Self {
        let id = Some(id);
        Self::json(StatusCode::CONFLICT, &Message { message, id })
    }

    /// The `{}` of a cancel.
    pub(crate) fn empty_object() -> Self {
        Self {
            status: StatusCode::OK,
            body: b"{}".to_vec(),
        }
    }

    pub(crate) fn created(status: StatusCode, intent: &IntentView, places: &Places) -> Self {
        let body = CreatedBody {
            id: intent.id,
            status: intent.status,
            amount: decimal(intent.amount),
            currency: intent.amount.currency(),
            external_id: &intent.external_id,
            organization_id: places.organization,
            terminal_id: places.terminal,
            created_at: iso_8601(intent.created_at_ms),
            updated_at: iso_8601(intent.updated_at_ms),
        };
        Self::json(status, &body)
    }

    pub(crate) fn read(intent: &IntentView, settings: &Settings) -> Self {
        let echoes = settings.get_echoes_amount;
        let body = ReadBody {
            id: intent.id,
            status: intent.status,
            expired: intent.expired,
            payment_summary: intent.summary.map(|status| SummaryBody { status }),
            amount: echoes.then(|| decimal(intent.amount)),
            currency: echoes.then_some(intent.amount.currency()),
            external_id: echoes.then_some(&intent.external_id),
        };
        Self::json(StatusCode::OK, &body)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        (self.status, kind, self.body).into_response()
    }
}

/// The ids that a create answers beside the intent.
pub(crate) struct Places {
    pub(crate) organization: Uuid,
    pub(crate) terminal: Option<Uuid>,
}

#[derive(Serialize)]
struct Message<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<crate::IntentId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedBody<'a> {
    id: crate::IntentId,
    status: Status,
    amount: Option<Box<RawValue>>,
    currency: Currency,
    external_id: &'a str,
    organization_id: Uuid,
    terminal_id: Option<Uuid>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadBody<'a> {
    id: crate::IntentId,
    status: Status,
    expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_summary: Option<SummaryBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Option<Box<RawValue>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a String>,
}

#[derive(Serialize)]
struct SummaryBody {
    status: Summary,
}

/// The amount as a JSON number with the exact decimals of its currency. Digits and a point are
/// always valid JSON; `None` would be written as null.
pub(crate) fn decimal(amount: Money) -> Option<Box<RawValue>> {
    RawValue::from_string(amount.to_decimal()).ok()
}

/// The time as the reference writes it. A clock beyond the year 9999 stays at the epoch.
fn iso_8601(at_ms: u64) -> String {
    let at = i64::try_from(at_ms)
        .ok()
        .and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
    at.unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
