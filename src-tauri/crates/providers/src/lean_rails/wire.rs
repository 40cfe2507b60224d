//! The JSON and the forms of LeanRails. Amounts are whole numbers of minor units and never a float.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::Bytes;
use money::{Currency, Money};
use payment::{CardTerms, Charge, Failure, Generation, IdempotencyKey, IntentId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::answer::{NOT_BUILT, time_ms, web_address};
use crate::http::Response;
use crate::json::{self, Word, object};

/// The body of a create (docs.leanrails.com/api-reference/paymentintents/create-a-paymentintent).
#[derive(Serialize)]
struct CreateBody<'a> {
    amount: i64,
    currency: String,
    capture_method: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    metadata: Metadata<'a>,
}

/// The one field of ours: no list can be asked for it, each object tells it.
#[derive(Serialize)]
struct Metadata<'a> {
    order_key: &'a str,
}

/// The body of a confirm (docs.fluveo.com/api-reference/paymentintents/confirm-a-paymentintent).
#[derive(Serialize)]
struct ConfirmBody<'a> {
    payment_method: &'a str,
}

/// The body of a cancel (docs.leanrails.com, "Cancel a PaymentIntent"; the words are those of its
/// successor).
#[derive(Serialize)]
struct CancelBody {
    cancellation_reason: &'static str,
}

/// The body of a capture of everything: the amount's field has two names in the public pages, and
/// without it both take all.
#[derive(Serialize)]
struct CaptureBody {}

/// The body of a refund (docs.leanrails.com/api-reference/refunds/create-a-refund).
#[derive(Serialize)]
struct RefundBody<'a> {
    payment_intent: &'a str,
    amount: i64,
    metadata: ActMetadata<'a>,
}

/// By which a refund is known again when its key is forgotten.
#[derive(Serialize)]
struct ActMetadata<'a> {
    act_key: &'a str,
}

/// Writes the body of a create: the same charge is always the same bytes.
pub(super) fn create_body(
    generation: Generation,
    charge: &Charge,
    terms: &CardTerms,
) -> Result<Bytes, Failure> {
    let body = CreateBody {
        amount: charge.amount.minor(),
        currency: charge.amount.currency().code().to_ascii_lowercase(),
        capture_method: if terms.hold { "manual" } else { "automatic" },
        description: &terms.description,
        metadata: Metadata {
            order_key: charge.key.as_str(),
        },
    };
    written(generation, &body)
}

pub(super) fn confirm_body(generation: Generation, terms: &CardTerms) -> Result<Bytes, Failure> {
    let payment_method = &terms.card;
    written(generation, &ConfirmBody { payment_method })
}

pub(super) fn cancel_body(generation: Generation) -> Result<Bytes, Failure> {
    let cancellation_reason = "requested_by_customer";
    let body = CancelBody {
        cancellation_reason,
    };
    written(generation, &body)
}

pub(super) fn capture_body(generation: Generation) -> Result<Bytes, Failure> {
    written(generation, &CaptureBody {})
}

pub(super) fn refund_body(
    generation: Generation,
    intent: &IntentId,
    amount: Money,
    key: &IdempotencyKey,
) -> Result<Bytes, Failure> {
    let body = RefundBody {
        payment_intent: intent.as_str(),
        amount: amount.minor(),
        metadata: ActMetadata {
            act_key: key.as_str(),
        },
    };
    written(generation, &body)
}

/// What a body says it is.
pub(super) const fn media(generation: Generation) -> &'static str {
    match generation {
        Generation::Json => "application/json",
        Generation::Form => "application/x-www-form-urlencoded",
    }
}

fn written(generation: Generation, body: &impl Serialize) -> Result<Bytes, Failure> {
    match generation {
        Generation::Json => serde_json::to_vec(body)
            .map(Bytes::from)
            .map_err(|_| NOT_BUILT),
        Generation::Form => {
            let value = serde_json::to_value(body).map_err(|_| NOT_BUILT)?;
            let mut fields = BTreeMap::new();
            flatten("", &value, &mut fields);
            let mut form = form_urlencoded::Serializer::new(String::new());
            Ok(Bytes::from(form.extend_pairs(fields).finish()))
        }
    }
}

/// The fields of a form: `metadata: {order_key}` is `metadata[order_key]` there. They are sorted by
/// their names: the same key with other bytes would be refused, and how a [`Value`] sorts its fields
/// depends on what else is built into a program.
fn flatten(name: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (field, value) in members {
                let name = if name.is_empty() {
                    field.clone()
                } else {
                    format!("{name}[{field}]")
                };
                flatten(&name, value, fields);
            }
        }
        Value::String(text) => {
            fields.insert(name.to_owned(), text.clone());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            fields.insert(name.to_owned(), value.to_string());
        }
    }
}

/// A key as its header can carry it: visible ASCII without `:`, which the adapter keeps for its own
/// endings. Any other key keeps what can be read of it, and its digest keeps it apart from all
/// others. At most 93 characters of the 255 that are allowed.
pub(super) fn header_key(key: &IdempotencyKey) -> String {
    let is_plain = |one: char| one.is_ascii_graphic() && one != ':';
    let text = key.as_str();
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let readable = text
        .chars()
        .map(|one| if is_plain(one) { one } else { '-' });
    let mut header: String = readable.collect();
    header.push(':');
    for byte in Sha256::digest(text.as_bytes()).iter().take(16) {
        // Writing to a text does not fail.
        let _ = write!(header, "{byte:02x}");
    }
    header
}

/// A whole number of minor units.
pub(super) fn amount(text: &str, currency: Currency) -> Option<Money> {
    let is_plain = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let minor = text.parse().ok().filter(|_| is_plain)?;
    Money::new(minor, currency).ok()
}

/// A `PaymentIntent` as any of their answers may show it. Every field may be missing; what is needed
/// is asked for by `map`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Intent {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) amount: Option<Word>,
    pub(super) amount_received: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) description: Option<Word>,
    metadata: Option<Box<RawValue>>,
    last_payment_error: Option<Box<RawValue>>,
    next_action: Option<Box<RawValue>>,
    created: Option<Word>,
    created_at: Option<Word>,
}

impl Intent {
    /// Reads an answer about one intent. A field that is there twice is refused: nobody knows which
    /// of the two is meant.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// The key of the charge that it was made for.
    pub(super) fn order_key(&self) -> Option<Word> {
        #[derive(Deserialize)]
        struct Ours {
            order_key: Option<Word>,
        }
        let ours: Ours = object(self.metadata.as_ref()?.get().as_bytes())?;
        ours.order_key
    }

    /// Whether it was made for this key.
    pub(super) fn has_key(&self, key: &IdempotencyKey) -> bool {
        let named = self.order_key();
        named.is_some_and(|named| named.text() == key.as_str())
    }

    /// Why the last card was refused, where one was.
    pub(super) fn decline(&self) -> Option<String> {
        Told::read(self.last_payment_error.as_ref()?.get().as_bytes())?.shortest()
    }

    /// Where the customer proves who he is: `next_action.redirect_to_url.url`
    /// (github.com/fluveohq/fluveo-ai; the pages of LeanRails show no `next_action`).
    pub(super) fn action_url(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Action {
            redirect_to_url: Option<Box<RawValue>>,
            url: Option<Word>,
        }
        #[derive(Deserialize)]
        struct Redirect {
            url: Option<Word>,
        }
        let action: Action = object(self.next_action.as_ref()?.get().as_bytes())?;
        let redirect = action
            .redirect_to_url
            .and_then(|raw| object::<Redirect>(raw.get().as_bytes()));
        let url = redirect.and_then(|redirect| redirect.url).or(action.url)?;
        web_address(url.text())
    }

    /// When it was made: Unix seconds (the reference) or ISO-8601 (the quickstart). Milliseconds
    /// since 1970-01-01 UTC.
    pub(super) fn made_at_ms(&self) -> Option<i64> {
        let at = self.created.as_ref().or(self.created_at.as_ref())?.text();
        match at.parse::<i64>() {
            Ok(seconds) => Some(seconds.saturating_mul(1_000)),
            Err(_) => time_ms(at),
        }
    }
}

/// A refund as their list and the answer to a create show it.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) amount: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) payment_intent: Option<Word>,
    pub(super) failure_reason: Option<Word>,
    metadata: Option<Box<RawValue>>,
}

impl Refund {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// Whether it was asked for by this act.
    pub(super) fn has_key(&self, key: &IdempotencyKey) -> bool {
        let named = self.act_key();
        named.is_some_and(|named| named.text() == key.as_str())
    }

    /// The key of the act that asked for it.
    pub(super) fn act_key(&self) -> Option<Word> {
        #[derive(Deserialize)]
        struct Ours {
            act_key: Option<Word>,
        }
        let metadata = self.metadata.as_ref();
        let ours = metadata.and_then(|raw| object::<Ours>(raw.get().as_bytes()));
        ours.and_then(|ours| ours.act_key)
    }
}

/// What a list holds.
pub(super) trait Row: for<'de> Deserialize<'de> + Send {
    fn id(&self) -> Option<&Word>;
}

impl Row for Intent {
    fn id(&self) -> Option<&Word> {
        self.id.as_ref()
    }
}

impl Row for Refund {
    fn id(&self) -> Option<&Word> {
        self.id.as_ref()
    }
}

/// One page of a list.
pub(super) struct List<T> {
    pub(super) rows: Vec<T>,
    has_more: Option<bool>,
    next_cursor: Option<String>,
}

/// What follows a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: this was the last.
    End,
    /// The page that begins after this.
    After(String),
    /// There is more, and nothing says where.
    Nowhere,
}

impl<T: Row> List<T> {
    /// Reads an answer (docs.leanrails.com/api-reference/paymentintents/list-paymentintents). An
    /// item that is no object spoils the whole: it might have been the one that is looked for.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Around {
            data: Vec<Box<RawValue>>,
            has_more: Option<Word>,
            next_cursor: Option<Word>,
        }
        let around: Around = object(body)?;
        let rows: Option<Vec<T>> = around
            .data
            .iter()
            .map(|row| object(row.get().as_bytes()))
            .collect();
        let cursor = around.next_cursor.map(|cursor| cursor.text().to_owned());
        Some(Self {
            rows: rows?,
            has_more: around.has_more.map(|more| more.is_true()),
            next_cursor: cursor.filter(|cursor| !cursor.is_empty()),
        })
    }

    /// What follows, where so many rows were asked for.
    pub(super) fn next(&self, limit: usize) -> Next {
        if !self.has_more.unwrap_or(self.rows.len() >= limit) {
            return Next::End;
        }
        let last = || self.rows.last()?.id().map(|id| id.text().to_owned());
        self.next_cursor
            .clone()
            .or_else(last)
            .map_or(Next::Nowhere, Next::After)
    }
}

/// Why something was refused: the inside of their error form, and of `last_payment_error`
/// (docs.leanrails.com/guides/error-handling).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// `invalid_request_error` and the like; empty where there is none.
    pub(super) kind: String,
    /// `resource_missing` and the like; empty where there is none.
    pub(super) code: String,
    /// `insufficient_funds` and the like; empty where there is none.
    pub(super) decline_code: String,
    /// The sentence, and the field it is about; empty where there is none.
    pub(super) message: String,
}

impl Told {
    fn read(inside: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Inside {
            r#type: Option<Word>,
            code: Option<Word>,
            decline_code: Option<Word>,
            message: Option<Word>,
            param: Option<Word>,
        }
        let inside: Inside = object(inside)?;
        let text = |word: Option<Word>| {
            word.map_or_else(String::new, |word| word.text().trim().to_owned())
        };
        let (message, param) = (text(inside.message), text(inside.param));
        let message = if param.is_empty() || message.contains(&param) {
            message
        } else {
            format!("{message} ({param})")
        };
        Some(Self {
            kind: text(inside.r#type),
            code: text(inside.code),
            decline_code: text(inside.decline_code),
            message,
        })
    }

    /// Reads a refusal; `None` where it is not in their form, or says nothing.
    pub(super) fn of(response: &Response) -> Option<Self> {
        #[derive(Deserialize)]
        struct Around {
            error: Option<Box<RawValue>>,
        }
        let around: Around = object(&response.body)?;
        let told = Self::read(around.error?.get().as_bytes())?;
        told.longest().is_some().then_some(told)
    }

    /// The most exact word for it.
    pub(super) fn shortest(&self) -> Option<String> {
        [&self.decline_code, &self.code, &self.message, &self.kind]
            .into_iter()
            .find(|text| !text.is_empty())
            .cloned()
    }

    /// Its sentence, or a word where there is none.
    pub(super) fn longest(&self) -> Option<String> {
        [&self.message, &self.decline_code, &self.code, &self.kind]
            .into_iter()
            .find(|text| !text.is_empty())
            .cloned()
    }
}

/// Their name of a payment, where it is one that can be asked for.
pub(super) fn usable_id(intent: &Intent) -> Option<IntentId> {
    json::usable_id(intent.id.as_ref()?)
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
