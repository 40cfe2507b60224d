//! The JSON of payment intents: reading requests field by field, writing answers.

use http::StatusCode;
use money::{AmountError, Currency, Money};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{NewIntent, Status, Summary};
use crate::message::{Answer, Fields, Received, check_text, decimal, iso_8601, text};
use crate::{IntentView, InvalidShape, Settings};

/// The longest `terminalCode`, in characters; the reference gives no limit.
const TERMINAL_CODE_LENGTH_MAX: usize = 100;

impl Received {
    /// Reads the body of a create.
    ///
    /// # Errors
    /// The sentence for the 400 answer; it names the field.
    pub(crate) fn new_intent(&self, settings: &Settings) -> Result<NewIntent, String> {
        let fields = self.fields()?;
        let currency = text(&fields, "currency")?.ok_or("currency is required")?;
        if currency != Currency::Mxn.code() {
            return Err("currency must be MXN".to_owned());
        }
        let amount = amount(&fields, false)?;
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

/// The amount, from the very characters that were sent: a decimal number of pesos, or the same in
/// a string where that is accepted.
pub(super) fn amount(fields: &Fields<'_>, text_accepted: bool) -> Result<Money, String> {
    let raw = fields.get("amount").ok_or("amount is required")?.get();
    let quoted: Option<String> = serde_json::from_str(raw).ok().flatten();
    let starts_like_a_number =
        raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let digits = match quoted.as_deref().filter(|_| text_accepted) {
        Some(text) => text,
        None if starts_like_a_number => raw,
        None => return Err("amount must be a number".to_owned()),
    };
    let amount = Money::from_decimal(digits, Currency::Mxn).map_err(|error| match error {
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

impl Answer {
    /// An error: only `message` is documented.
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json(status, &Message { message, id: None })
    }

    /// What is not valid in a request, in the shape of the setting.
    pub(crate) fn invalid(message: &str, settings: &Settings) -> Self {
        let status = StatusCode::BAD_REQUEST;
        match settings.compago_invalid {
            InvalidShape::Sentence => Self::message(status, message),
            InvalidShape::Sentences => {
                let body = json!({
                    "statusCode": 400, "message": [message], "error": "Bad Request",
                });
                Self::json(status, &body)
            }
            InvalidShape::Errors => Self::json(status, &json!({ "errors": [message] })),
        }
    }

    /// The conflict that also tells whose reference it is.
    pub(crate) fn conflict_with(message: &str, id: crate::IntentId) -> Self {
        let id = Some(id);
        Self::json(StatusCode::CONFLICT, &Message { message, id })
    }

    /// The `{}` of a cancel.
    pub(crate) fn empty_object() -> Self {
        Self::bytes(StatusCode::OK, b"{}".to_vec())
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
