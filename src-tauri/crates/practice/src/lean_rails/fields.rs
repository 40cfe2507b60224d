//! The fields of a body, whether it came as JSON or as a form.

use http::StatusCode;
use money::{Currency, Money};
use serde_json::{Map, Value};

use super::Generation;
use super::choices::LeanRailsUnknownFields;
use super::failure::{Failure, Kind};
use crate::Settings;
use crate::message::{BODY_BYTES_MAX, Received};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// How deep the names of a form may nest: `payment_method_data[card][number]` is three.
const FORM_DEPTH_MAX: usize = 3;

/// The fields of one body.
pub(super) struct Fields {
    generation: Generation,
    values: Map<String, Value>,
}

fn unreadable(message: impl Into<String>) -> Failure {
    let status = StatusCode::BAD_REQUEST;
    Failure::new(status, Kind::InvalidRequest, "parameter_invalid", message)
}

impl Fields {
    /// Reads the body of a request; an empty one has no fields.
    pub(super) fn read(generation: Generation, received: &Received) -> Result<Self, Failure> {
        let too_large = || format!("The body is broken off or larger than {BODY_BYTES_MAX} bytes.");
        let body = received.body.as_ref();
        let body = body.ok_or_else(|| unreadable(too_large()))?;
        let values = if body.is_empty() {
            Map::new()
        } else {
            let (wanted, what) = match generation {
                Generation::Json => (JSON, "a JSON object"),
                Generation::Form => (FORM, "a form"),
            };
            if !is_of_type(received, wanted) {
                return Err(unreadable(format!("The Content-Type must be {wanted}.")));
            }
            let values = match generation {
                Generation::Json => serde_json::from_slice(body).ok(),
                Generation::Form => read_form(body),
            };
            values.ok_or_else(|| unreadable(format!("The body must be {what}.")))?
        };
        Ok(Self { generation, values })
    }

    /// Refuses the first field that is not among those known.
    pub(super) fn check_known(&self, known: &[&str], settings: &Settings) -> Result<(), Failure> {
        let refuses = match self.generation {
            Generation::Json => {
                settings.lean_rails.unknown_fields == LeanRailsUnknownFields::Refused
            }
            Generation::Form => true,
        };
        let mut names = self.values.keys();
        match names.find(|name| !known.contains(&name.as_str())) {
            Some(name) if refuses => {
                let message = format!("Received unknown parameter: {name}");
                Err(Failure::invalid(name, message))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A text; `None` where it is missing or null.
    pub(super) fn text(&self, name: &str, length_max: usize) -> Result<Option<String>, Failure> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let text = value.as_str().map(str::to_owned);
        let text = text.ok_or_else(|| invalid(name, "a string"))?;
        if text.chars().count() > length_max {
            let what = format!("no longer than {length_max} characters");
            return Err(invalid(name, &what));
        }
        Ok(Some(text))
    }

    /// A whole number of minor units, at least 1.
    pub(super) fn minor(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = match self.generation {
            Generation::Json => value.as_i64(),
            Generation::Form => value.as_str().and_then(whole),
        };
        let number = number.filter(|number| *number >= 1);
        let number = number.ok_or_else(|| invalid(name, "a positive integer"))?;
        Ok(Some(number))
    }

    /// `true` or `false`.
    pub(super) fn truth(&self, name: &str) -> Result<Option<bool>, Failure> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let truth = match (self.generation, value.as_str()) {
            (Generation::Json, _) => value.as_bool(),
            (Generation::Form, Some("true")) => Some(true),
            (Generation::Form, Some("false")) => Some(false),
            (Generation::Form, _) => None,
        };
        let truth = truth.ok_or_else(|| invalid(name, "true or false"))?;
        Ok(Some(truth))
    }

    /// An object; `None` where it is missing or null.
    pub(super) fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, Failure> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let object = value.as_object().cloned();
        let object = object.ok_or_else(|| invalid(name, "an object"))?;
        Ok(Some(object))
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name, usize::MAX)? else {
            return Ok(None);
        };
        let meant = words.iter().find(|(word, _)| *word == text);
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let unknown = || invalid(name, &format!("one of {}", known.join(", ")));
        let (_, meant) = meant.ok_or_else(unknown)?;
        Ok(Some(*meant))
    }

    /// What is to be collected.
    pub(super) fn money(&self) -> Result<Money, Failure> {
        let minor = self.minor("amount")?;
        let minor = minor.ok_or_else(|| Failure::lacking("amount"))?;
        let code = self.text("currency", 3)?;
        let code = code.ok_or_else(|| Failure::lacking("currency"))?;
        let currency: Option<Currency> = code.parse().ok();
        let what = "a valid three-letter ISO currency code";
        let currency = currency.ok_or_else(|| invalid("currency", what))?;
        let amount = Money::new(minor, currency);
        amount.map_err(|error| Failure::invalid("amount", format!("The `amount` field: {error}.")))
    }

    /// What two requests with one idempotency key must have alike: every byte of JSON; of a form
    /// every field, but not the card.
    pub(super) fn fingerprint(generation: Generation, received: &Received) -> Vec<u8> {
        let body = received.body.as_deref().unwrap_or_default();
        match generation {
            Generation::Json => body.to_vec(),
            Generation::Form => {
                let mut fields = read_form(body).unwrap_or_default();
                if let Some(Value::Object(data)) = fields.get_mut("payment_method_data") {
                    data.remove("card");
                }
                serde_json::to_vec(&fields).unwrap_or_default()
            }
        }
    }
}

fn invalid(name: &str, what: &str) -> Failure {
    Failure::invalid(name, format!("The `{name}` field must be {what}."))
}

fn is_of_type(received: &Received, wanted: &str) -> bool {
    let essence = received.header("content-type");
    let essence = essence.and_then(|text| text.split(';').next());
    essence.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// A whole number in digits alone.
fn whole(text: &str) -> Option<i64> {
    let is_digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

/// A form whose names nest: `metadata[order]=7`. `None` where a name is not whole, or is both a
/// value and an object.
fn read_form(body: &[u8]) -> Option<Map<String, Value>> {
    std::str::from_utf8(body).ok()?;
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        put(&mut fields, &segments(&name)?, &value)?;
    }
    Some(fields)
}

/// `a[b][c]` as `a`, `b` and `c`.
fn segments(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else {
        return (!name.is_empty()).then(|| vec![name]);
    };
    let inner = rest.strip_suffix(']')?;
    let mut segments = vec![first];
    segments.extend(inner.split("]["));
    let is_whole = |segment: &&str| !segment.is_empty() && !segment.contains(['[', ']']);
    let is_valid = segments.len() <= FORM_DEPTH_MAX && segments.iter().all(is_whole);
    is_valid.then_some(segments)
}

fn put(fields: &mut Map<String, Value>, segments: &[&str], value: &str) -> Option<()> {
    let (first, rest) = segments.split_first()?;
    if rest.is_empty() {
        let before = fields.insert((*first).to_owned(), Value::String(value.to_owned()));
        return (!before.is_some_and(|before| before.is_object())).then_some(());
    }
    let inner = fields.entry((*first).to_owned());
    match inner.or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => put(inner, rest, value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_nests_its_names() {
        let table = [
            ("", Some(json!({}))),
            ("amount=7&a=%20", Some(json!({"amount": "7", "a": " "}))),
            ("a=1&a=2", Some(json!({"a": "2"}))),
            (
                "m[x]=1&m[y z]=2&d[card][number]=4",
                Some(json!({"m": {"x": "1", "y z": "2"}, "d": {"card": {"number": "4"}}})),
            ),
            ("m[x]=1&m=2", None),
            ("m=1&m[x]=2", None),
            ("m[]=1", None),
            ("m[x=1", None),
            ("m[x]y=1", None),
            ("m[x][y][z]=1", None),
            ("m[a[b]]=1", None),
            ("=1", None),
            ("[x]=1", None),
        ];
        for (body, expected) in table {
            let read = read_form(body.as_bytes()).map(Value::Object);
            assert_eq!(read, expected, "{body}");
        }
    }

    #[test]
    fn a_whole_number_is_digits_alone() {
        for (text, expected) in [
            ("7", Some(7)),
            ("0", Some(0)),
            ("+7", None),
            ("-7", None),
            (" 7", None),
            ("7.0", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
