//! The JSON of payments: reading a create field by field, writing answers in their envelope.

use http::StatusCode;
use money::{AmountError, Currency, Money};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::payment::{Method, Payment};
use super::{One2PaysUnit, One2PaysUrlField};
use crate::links::{Details, Link, NewLink};
use crate::message::{Answer, Fields, Received, check_text, field, text, timestamp};
use crate::{IntentId, Settings};

/// The longest `referenceId` and `description`, in characters.
const TEXT_LENGTH_MAX: usize = 255;

/// The lifetimes that a shop can ask for, in minutes.
const EXPIRES_IN_MINUTES: std::ops::RangeInclusive<u64> = 5..=1440;

/// What is not valid in a request.
pub(super) struct Invalid {
    pub(super) message: String,
    /// The field or parameter, where it is one.
    pub(super) field: Option<&'static str>,
}

/// Names the field that a sentence is about.
pub(super) fn about<T>(
    name: &'static str,
    checked: Result<T, impl Into<String>>,
) -> Result<T, Invalid> {
    checked.map_err(|message| Invalid {
        message: message.into(),
        field: Some(name),
    })
}

impl Received {
    /// Reads the body of a create.
    pub(super) fn new_payment(&self, settings: &Settings) -> Result<NewLink, Invalid> {
        let fields = self.fields().map_err(|message| Invalid {
            message,
            field: None,
        })?;
        let currency = about("currency", text(&fields, "currency"))?;
        if currency.is_some_and(|code| code != Currency::Thb.code()) {
            return about("currency", Err("currency must be THB"));
        }
        let amount = about("amount", amount(&fields, settings.one2pays_unit))?;
        let reference = required(&fields, "referenceId")?;
        about("referenceId", check_reference(&reference))?;
        let method = field(&fields, "paymentMethod", "promptpay or bank_transfer");
        let method: Option<Method> = about("paymentMethod", method)?;
        let method = about("paymentMethod", method.ok_or("paymentMethod is required"))?;
        check_bank_account(&fields)?;
        let description = about("description", text(&fields, "description"))?;
        if let Some(description) = &description
            && description.chars().count() > TEXT_LENGTH_MAX
        {
            let text = "description must not be longer than 255 characters";
            return about("description", Err(text));
        }
        let metadata = about("metadata", field(&fields, "metadata", "an object"))?;
        let idempotency_key = about("idempotencyKey", text(&fields, "idempotencyKey"))?;
        if let Some(key) = &idempotency_key {
            let checked = check_text("idempotencyKey", key, TEXT_LENGTH_MAX);
            about("idempotencyKey", checked)?;
        }
        Ok(NewLink {
            reference,
            amount,
            description,
            origin: self.origin(),
            lifetime_ms: lifetime_ms(&fields, settings)?,
            details: Details::One2Pays(Payment {
                method,
                metadata,
                idempotency_key,
                start: settings.one2pays_start,
            }),
        })
    }
}

fn required(fields: &Fields<'_>, name: &'static str) -> Result<String, Invalid> {
    let value = about(name, text(fields, name))?;
    about(name, value.ok_or(format!("{name} is required")))
}

fn lifetime_ms(fields: &Fields<'_>, settings: &Settings) -> Result<u64, Invalid> {
    const NAME: &str = "expiresInMinutes";
    let minutes: Option<u64> = about(NAME, field(fields, NAME, "a whole number"))?;
    match minutes {
        None => Ok(settings.one2pays_lifetime_ms),
        Some(minutes) if EXPIRES_IN_MINUTES.contains(&minutes) => {
            Ok(minutes.saturating_mul(60_000))
        }
        Some(_) => about(NAME, Err("expiresInMinutes must be from 5 to 1440")),
    }
}

fn check_reference(reference: &str) -> Result<(), String> {
    check_text("referenceId", reference, TEXT_LENGTH_MAX)?;
    let is_allowed = |one: char| one.is_ascii_alphanumeric() || "_-.".contains(one);
    if reference.chars().all(is_allowed) {
        Ok(())
    } else {
        Err("referenceId must consist of letters, digits, _, - and .".to_owned())
    }
}

/// The payer's account, required even for PromptPay.
fn check_bank_account(fields: &Fields<'_>) -> Result<(), Invalid> {
    for name in ["customerBankAccountName", "customerBankAccountNumber"] {
        let value = required(fields, name)?;
        about(name, check_text(name, &value, TEXT_LENGTH_MAX))?;
    }
    let code = required(fields, "customerBankCode")?;
    if code.len() == 3 && code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(());
    }
    about(
        "customerBankCode",
        Err("customerBankCode must be three digits"),
    )
}

/// The amount: a decimal in a string, of baht or of satang.
fn amount(fields: &Fields<'_>, unit: One2PaysUnit) -> Result<Money, String> {
    let text = text(fields, "amount")?.ok_or("amount is required")?;
    let read = Money::from_decimal(&text, Currency::Thb);
    let amount = read.map_err(|error| match error {
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
    match unit {
        One2PaysUnit::Major => Ok(amount),
        One2PaysUnit::Minor if amount.minor() % 100 == 0 => {
            let satang = Money::new(amount.minor() / 100, Currency::Thb);
            satang.map_err(|error| error.to_string())
        }
        One2PaysUnit::Minor => Err("amount must be whole satang".to_owned()),
    }
}

/// The amount as [`amount`] reads it.
fn written(amount: Money, unit: One2PaysUnit) -> String {
    match unit {
        One2PaysUnit::Major => amount.to_decimal(),
        One2PaysUnit::Minor => format!("{}.00", amount.minor()),
    }
}

/// The error envelope (docs.one2pays.com/docs/reference/errors).
pub(crate) fn failure(
    status: StatusCode,
    code: &str,
    message: &str,
    field: Option<&str>,
) -> Answer {
    let metadata = field.map(|field| json!({ "field": field }));
    let error = ErrorBody {
        code,
        message,
        metadata,
    };
    let success = false;
    Answer::json(status, &Failure { success, error })
}

/// A payment in its envelope.
pub(super) fn payment(status: StatusCode, link: &Link, now_ms: u64, settings: &Settings) -> Answer {
    let success = true;
    let data = PaymentBody::of(link, now_ms, settings);
    Answer::json(status, &Success { success, data })
}

/// Anything else in the same envelope.
pub(super) fn success(data: &impl Serialize) -> Answer {
    let success = true;
    Answer::json(StatusCode::OK, &Success { success, data })
}

#[derive(Serialize)]
struct Success<T> {
    success: bool,
    data: T,
}

#[derive(Serialize)]
struct Failure<'a> {
    success: bool,
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

/// The payment object of the cancel page's sample, field by field.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaymentBody<'a> {
    id: IntentId,
    amount: String,
    currency: Currency,
    status: &'static str,
    payment_method: Method,
    reference_id: &'a str,
    description: Option<&'a str>,
    metadata: Option<&'a Map<String, Value>>,
    client_secret: Option<String>,
    next_action: Option<Value>,
    confirmed_at: Option<String>,
    captured_at: Option<String>,
    canceled_at: Option<String>,
    expires_at: String,
    created_at: String,
    updated_at: String,
}

impl<'a> PaymentBody<'a> {
    pub(super) fn of(link: &'a Link, now_ms: u64, settings: &Settings) -> Option<Self> {
        let Details::One2Pays(payment) = &link.asked.details else {
            return None;
        };
        let has_action = payment.has_action(link, now_ms);
        // What the page became ready is a change of the payment as well.
        let was_ready_ms = if now_ms >= link.ready_at_ms {
            link.ready_at_ms
        } else {
            0
        };
        Some(Self {
            id: link.id,
            amount: written(link.asked.amount, settings.one2pays_unit),
            currency: link.asked.amount.currency(),
            status: payment.status_of(link, now_ms).word(),
            payment_method: payment.method,
            reference_id: &link.asked.reference,
            description: link.asked.description.as_deref(),
            metadata: payment.metadata.as_ref(),
            client_secret: has_action.then(|| format!("{}_secret_practice", link.id)),
            next_action: has_action.then(|| next_action(link, settings.one2pays_url_field)),
            confirmed_at: link.confirmed_at_ms.map(iso_8601),
            captured_at: link.captured_at_ms.map(iso_8601),
            canceled_at: link.cancelled_at_ms.map(iso_8601),
            expires_at: iso_8601(link.expires_at_ms),
            created_at: iso_8601(link.created_at_ms),
            updated_at: iso_8601(link.updated_at_ms.max(was_ready_ms)),
        })
    }
}

/// Where the customer goes on (docs.one2pays.com/docs/payment-methods/promptpay).
fn next_action(link: &Link, field: One2PaysUrlField) -> Value {
    let (name, address) = match field {
        One2PaysUrlField::Url => ("url", json!(link.url())),
        One2PaysUrlField::RedirectUrl => ("redirectUrl", json!(link.url())),
        One2PaysUrlField::QrUrl => ("qrUrl", json!(link.url())),
        One2PaysUrlField::RedirectToUrl => ("redirectToUrl", json!({ "url": link.url() })),
    };
    json!({ "type": "use_payment_app", name: address })
}

/// The time as this reference writes it: always with milliseconds.
fn iso_8601(at_ms: u64) -> String {
    format!("{:.3}", timestamp(at_ms))
}
