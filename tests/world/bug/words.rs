//! How each system writes what these mistakes misread.

use bytes::Bytes;
use http::HeaderMap;
use payment::failure::NotSent;
use payment::{Failure, IntentId, System};
use providers::Response;

/// How each system writes the shop's own reference, and how it is missed.
pub(super) const REFERENCES: [(&str, &str); 4] = [
    ("\"externalId\":\"", "\"externalId\":\"not-"),
    ("\"referenceId\":\"", "\"referenceId\":\"not-"),
    ("\"reference\":\"", "\"reference\":\"not-"),
    ("\"order_key\":\"", "\"order_key\":\"not-"),
];

pub(super) const UNKNOWN_PAID: [(&str, &str); 3] = [
    ("SETTLING", "CONFIRMED"),
    ("settling", "succeeded"),
    ("Settling", "Captured"),
];

pub(super) const CANCELLED_PAID: [(&str, &str); 4] = [
    ("\"status\":\"CANCELLED\"", "\"status\":\"CONFIRMED\""),
    ("\"status\":\"cancelled\"", "\"status\":\"succeeded\""),
    ("\"status\":\"canceled\"", "\"status\":\"succeeded\""),
    ("\"status\":\"Canceled\"", "\"status\":\"Captured\""),
];

pub(super) const PROCESSING_PAID: [(&str, &str); 1] =
    [("\"status\":\"processing\"", "\"status\":\"succeeded\"")];

pub(super) const HELD_PAID: [(&str, &str); 2] = [
    (
        "\"status\":\"requires_capture\"",
        "\"status\":\"succeeded\"",
    ),
    ("\"status\":\"Authorized\"", "\"status\":\"Captured\""),
];

pub(super) const SESSION_CANCELLED: [(&str, &str); 1] = [("\"Expired\"", "\"Canceled\"")];

pub(super) const UNKNOWN_CANCELLED: [(&str, &str); 3] = [
    ("SETTLING", "CANCELLED"),
    ("settling", "canceled"),
    ("Settling", "Canceled"),
];

pub(super) const WAITING_PAID: [(&str, &str); 4] = [
    ("\"status\":\"PENDING\"", "\"status\":\"CONFIRMED\""),
    ("\"status\":\"requires_action\"", "\"status\":\"succeeded\""),
    (
        "\"status\":\"requires_payment_method\"",
        "\"status\":\"succeeded\"",
    ),
    ("\"status\":\"Created\"", "\"status\":\"Captured\""),
];

pub(super) const PAID: [&str; 3] = [
    "\"status\":\"confirmed\"",
    "\"status\":\"succeeded\"",
    "\"status\":\"captured\"",
];

pub(super) fn says(response: &Response, words: &[&str]) -> bool {
    let text = String::from_utf8_lossy(&response.body).to_lowercase();
    words.iter().any(|word| text.contains(word))
}

pub(super) fn renamed(mut response: Response, words: &[(&str, &str)]) -> Response {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let text = words
        .iter()
        .fold(text, |text, (word, wrong)| text.replace(word, wrong));
    response.body = Bytes::from(text);
    response
}

pub(super) fn nothing_was_sent() -> Result<Response, Failure> {
    Err(Failure::NotSent {
        why: NotSent::NoConnection,
    })
}

pub(super) fn cancelled(system: System, intent: &IntentId) -> Result<Response, Failure> {
    let word = match system {
        System::Compago | System::CompagoLink => "CANCELLED",
        System::One2Pays | System::LeanRails => "canceled",
        System::Dojo => "Canceled",
    };
    standing(system, intent, word)
}

/// Without an amount, as some systems answer a reading.
pub(super) fn paid(system: System, intent: &IntentId) -> Result<Response, Failure> {
    let word = match system {
        System::Compago | System::CompagoLink => "CONFIRMED",
        System::One2Pays | System::LeanRails => "succeeded",
        System::Dojo => "Captured",
    };
    standing(system, intent, word)
}

fn standing(system: System, intent: &IntentId, word: &str) -> Result<Response, Failure> {
    let object = format!(r#"{{"id":"{intent}","status":"{word}"}}"#);
    let body = match system {
        System::One2Pays => format!(r#"{{"data":{object}}}"#),
        System::Compago | System::CompagoLink | System::Dojo | System::LeanRails => object,
    };
    Ok(Response::new(200, &HeaderMap::new(), Bytes::from(body)))
}

/// An answer that says that all is well, and nothing else.
pub(super) fn done() -> Result<Response, Failure> {
    Ok(Response::new(
        200,
        &HeaderMap::new(),
        Bytes::from_static(b"{}"),
    ))
}
