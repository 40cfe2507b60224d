//! The JSON of One2Pays: payments in an envelope. Amounts are decimal texts and never a float.

use std::fmt::Write;

use money::{Currency, Money};
use payment::{AmountUnit, Charge, IdempotencyKey, IntentId, LinkMethod, LinkTerms, Payer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::json::{self, Word, object};

/// The body of a create (docs.one2pays.com/docs/reference/payments/create).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody<'a> {
    amount: &'a str,
    currency: &'a str,
    reference_id: &'a str,
    payment_method: &'a str,
    customer_bank_account_name: &'a str,
    customer_bank_account_number: &'a str,
    customer_bank_code: &'a str,
    description: &'a str,
    idempotency_key: &'a str,
    expires_in_minutes: u16,
}

/// Writes the body of a create: the same charge is always the same bytes.
pub(super) fn create_body(
    charge: &Charge,
    terms: &LinkTerms,
    method: LinkMethod,
    payer: &Payer,
    unit: AmountUnit,
) -> Result<Vec<u8>, serde_json::Error> {
    let reference = reference(&charge.key);
    serde_json::to_vec(&CreateBody {
        amount: &written(charge.amount, unit),
        currency: charge.amount.currency().code(),
        reference_id: &reference,
        payment_method: match method {
            LinkMethod::PromptPay => "promptpay",
            LinkMethod::BankTransfer => "bank_transfer",
        },
        customer_bank_account_name: &payer.account_name,
        customer_bank_account_number: &payer.account_number,
        customer_bank_code: &payer.bank_code,
        description: &terms.description,
        idempotency_key: &reference,
        expires_in_minutes: terms.minutes,
    })
}

/// The key as `referenceId`, which takes letters, digits, `_`, `-` and `.` only. Any other key
/// keeps what can be read of it, and its digest keeps it apart from all others.
pub(super) fn reference(key: &IdempotencyKey) -> String {
    let is_allowed = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    let text = key.as_str();
    if text.chars().all(is_allowed) {
        return text.to_owned();
    }
    let readable = text
        .chars()
        .map(|one| if is_allowed(one) { one } else { '-' });
    let mut reference: String = readable.collect();
    reference.push('.');
    for byte in Sha256::digest(text.as_bytes()).iter().take(16) {
        // Writing to a text does not fail.
        let _ = write!(reference, "{byte:02x}");
    }
    reference
}

/// The amount as the account's unit has it: "350.50" of baht, or "35050.00" of satang.
fn written(amount: Money, unit: AmountUnit) -> String {
    match unit {
        AmountUnit::Major => amount.to_decimal(),
        AmountUnit::Minor => format!("{}.00", amount.minor()),
    }
}

/// Reads what [`written`] writes; `None` for anything that is no amount in that unit.
pub(super) fn amount(text: &str, unit: AmountUnit, currency: Currency) -> Option<Money> {
    match unit {
        AmountUnit::Major => Money::from_decimal(text, currency).ok(),
        AmountUnit::Minor => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let is_whole = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
            let is_plain = !whole.is_empty() && whole.bytes().all(|digit| digit.is_ascii_digit());
            let minor = whole.parse().ok().filter(|_| is_whole && is_plain)?;
            Money::new(minor, currency).ok()
        }
    }
}

/// What is around every answer (docs.one2pays.com/docs/reference/overview).
#[derive(Deserialize)]
struct Envelope {
    success: Option<Word>,
    data: Option<Box<RawValue>>,
    error: Option<Box<RawValue>>,
}

/// The content of a success. One that calls itself none is of no use.
fn content(body: &[u8]) -> Option<Box<RawValue>> {
    let envelope: Envelope = object(body)?;
    let is_success = envelope.success.is_none_or(|success| success.is_true());
    envelope.data.filter(|_| is_success)
}

/// A payment as any of their answers may show it. Every field may be missing; what is needed is
/// asked for by `map`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) amount: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) reference_id: Option<Word>,
    pub(super) next_action: Option<Box<RawValue>>,
    pub(super) expires_at: Option<Word>,
    pub(super) created_at: Option<Word>,
}

impl Payment {
    /// Reads an answer about one payment; `None` for anything else. A field that is there twice is
    /// refused: nobody knows which of the two is meant.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(content(body)?.get().as_bytes())
    }

    /// Their name of it, where it is one that can be asked for.
    pub(super) fn usable_id(&self) -> Option<IntentId> {
        json::usable_id(self.id.as_ref()?)
    }

    /// Whether it was made for this key.
    pub(super) fn has_key(&self, key: &IdempotencyKey) -> bool {
        let named = self.reference_id.as_ref();
        named.is_some_and(|named| named.text() == reference(key))
    }
}

/// One page of the list.
pub(super) struct List {
    pub(super) payments: Vec<Payment>,
    limit: Option<usize>,
}

impl List {
    /// Reads an answer (docs.one2pays.com/docs/reference/payments/list). An item that is no payment
    /// spoils the whole: it might have been the one that is looked for.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Around {
            data: Vec<Box<RawValue>>,
            limit: Option<Word>,
        }
        let around: Around = object(content(body)?.get().as_bytes())?;
        let items = around.data.iter();
        let payments: Option<Vec<Payment>> =
            items.map(|item| object(item.get().as_bytes())).collect();
        let told = around.limit.and_then(|limit| limit.text().parse().ok());
        Some(Self {
            payments: payments?,
            limit: told.filter(|limit| *limit > 0),
        })
    }

    /// Whether this is the last page. A provider that gives fewer than were asked for says so, and
    /// its pages are measured by that.
    pub(super) fn is_shorter_than(&self, asked: usize) -> bool {
        let whole = self.limit.map_or(asked, |told| told.min(asked));
        self.payments.len() < whole
    }
}

/// Their error form (docs.one2pays.com/docs/reference/errors).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `VALIDATION_ERROR` and the like; empty where there is none.
    pub(super) code: String,
    /// The sentence, and the field it is about.
    pub(super) said: String,
    /// The time of their clock, where the answer tells it. Milliseconds since 1970-01-01 UTC.
    pub(super) server_time_ms: Option<i64>,
}

impl Refusal {
    /// Reads a refusal; `None` where it is not in their form.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Inside {
            code: Option<Word>,
            message: Option<Word>,
            metadata: Option<Box<RawValue>>,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Metadata {
            field: Option<Word>,
            // Not `timestamp`: that may be the one that was sent, told back.
            server_time: Option<Word>,
        }
        let envelope: Envelope = object(body)?;
        let inside: Inside = object(envelope.error?.get().as_bytes())?;
        let metadata = inside.metadata;
        let metadata: Metadata = metadata
            .and_then(|raw| object(raw.get().as_bytes()))
            .unwrap_or_default();
        let text = |word: Option<Word>| word.map(|word| word.text().trim().to_owned());
        let (code, message) = (text(inside.code), text(inside.message));
        let said = message
            .or_else(|| code.clone())
            .filter(|said| !said.is_empty())?;
        let said = match metadata.field {
            Some(field) if !said.contains(field.text()) => format!("{said} ({})", field.text()),
            Some(_) | None => said,
        };
        let told = metadata.server_time;
        Some(Self {
            code: code.unwrap_or_default(),
            said,
            server_time_ms: told.and_then(|time| moment_ms(time.text())),
        })
    }
}

/// A moment as digits of milliseconds, of seconds, or as ISO-8601: where their clock is told at
/// all is not documented.
fn moment_ms(text: &str) -> Option<i64> {
    /// Below it, digits are seconds: as milliseconds they would be in 1973.
    const SECONDS_BELOW: i64 = 100_000_000_000;
    match text.parse::<i64>() {
        Ok(digits) if digits < SECONDS_BELOW => Some(digits.saturating_mul(1_000)),
        Ok(digits) => Some(digits),
        Err(_) => crate::answer::time_ms(text),
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
