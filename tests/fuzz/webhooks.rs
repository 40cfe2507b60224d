//! Webhooks: what anybody on the internet can send to the receiver.
//!
//! The first byte chooses the system, the second who signs (nobody: the headers are foreign as well;
//! the provider; the provider, and then a bit was changed), the third the age of the signature. Then
//! comes the body; where nobody signs, header lines, an empty line, and the body.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use payment::System;
use providers::webhook::{self, AGE_LIMIT_MS, BODY_LIMIT_BYTES, Notified, Rejected};
use secrets::Secret;
use serde_json::Value;
use sha2::Sha256;

/// What the provider signs with. No input knows it.
const SECRET: &str = "whsec_9c51d7e20b44";

/// The time of day, in milliseconds since 1970 UTC.
const NOW_MS: i64 = 1_800_000_000_000;

/// Those that are sent webhooks.
const SYSTEMS: [System; 3] = [System::One2Pays, System::LeanRails, System::Dojo];

/// What checks a webhook: the crate's own, or a wrong one.
pub type Receive = fn(System, &Secret, &HeaderMap, &[u8], i64) -> Result<Notified, Rejected>;

/// Feeds the receiver.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, webhook::receive);
}

/// The same with a receiver that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], receive: Receive) {
    let Some(([system, signer, age], rest)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let system = SYSTEMS[usize::from(*system) % SYSTEMS.len()];
    let secret = Secret::new(SECRET).expect("a secret");
    let receive = |headers: &HeaderMap, body: &[u8]| {
        let received = receive(system, &secret, headers, body, NOW_MS);
        if let Ok(notified) = &received {
            assert!(body.len() <= BODY_LIMIT_BYTES, "{} bytes", body.len());
            assert_named(notified, body);
        }
        received
    };
    let signed_at_ms = NOW_MS + age_ms(*age);
    match signer % 3 {
        0 => {
            let (headers, body) = foreign(rest);
            let received = receive(&headers, body);
            assert!(received.is_err(), "nobody signed it: {received:?}");
        }
        1 => {
            let headers = signed(system, signed_at_ms, rest);
            let received = receive(&headers, rest);
            assert_honest(system, received, signed_at_ms, rest);
        }
        _ => {
            let mut body = rest.to_vec();
            let headers = signed(system, signed_at_ms, &body);
            let place = usize::from(*age).wrapping_mul(7) % body.len().max(1);
            if let Some(byte) = body.get_mut(place) {
                *byte ^= 1 << (signer % 8);
                let received = receive(&headers, &body);
                assert!(received.is_err(), "it was changed: {received:?}");
            }
        }
    }
}

/// Around both ends of what is let through.
fn age_ms(choice: u8) -> i64 {
    let ages = [
        0,
        1,
        AGE_LIMIT_MS - 1_000,
        AGE_LIMIT_MS,
        AGE_LIMIT_MS + 1_000,
    ];
    let age_ms = ages[usize::from(choice / 2) % ages.len()];
    if choice.is_multiple_of(2) {
        age_ms
    } else {
        -age_ms
    }
}

/// What the provider signed itself is refused for its age or its content, never for its signature.
fn assert_honest(
    system: System,
    received: Result<Notified, Rejected>,
    signed_at_ms: i64,
    body: &[u8],
) {
    let has_time = system != System::Dojo;
    let is_old = has_time && (NOW_MS - signed_at_ms).abs() > AGE_LIMIT_MS;
    let is_large = body.len() > BODY_LIMIT_BYTES;
    match received {
        Ok(notified) => assert!(!is_old && !is_large, "{notified:?}"),
        Err(Rejected::NotAnEvent | Rejected::NoPayment) => assert!(!is_old && !is_large),
        Err(Rejected::TooOld | Rejected::FromTheFuture) => assert!(is_old),
        Err(Rejected::TooLarge) => assert!(is_large),
        Err(
            why @ (Rejected::NoWebhooks
            | Rejected::NotSigned
            | Rejected::SignedTwice
            | Rejected::Unreadable
            | Rejected::WrongSignature),
        ) => unreachable!("the provider signed it: {why}"),
    }
}

/// A payment that stands in the body, and an event that can be remembered.
fn assert_named(notified: &Notified, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let name = notified.intent.as_str();
    let stands = text.contains(name)
        || serde_json::from_slice::<Value>(body).is_ok_and(|value| has_text(&value, name));
    assert!(stands, "{name:?} is not in {text:?}");
    let event = &notified.event;
    let is_short = (1..=128).contains(&event.len());
    assert!(
        is_short && event.bytes().all(|byte| byte.is_ascii_graphic()),
        "{event:?}"
    );
}

fn has_text(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.trim() == wanted,
        Value::Array(all) => all.iter().any(|one| has_text(one, wanted)),
        Value::Object(all) => all.values().any(|one| has_text(one, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn foreign(bytes: &[u8]) -> (HeaderMap, &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((bytes, &b""[..]), |at| (&bytes[..at], &bytes[at + 2..]));
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = colon.map_or((line, &b""[..]), |at| (&line[..at], &line[at + 1..]));
        let name = HeaderName::from_bytes(name.trim_ascii());
        let value = HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    (headers, body)
}

/// As the systems' pages on webhooks say, written from them and not from the adapter.
fn signed(system: System, at_ms: i64, body: &[u8]) -> HeaderMap {
    let (seconds, ms) = ((at_ms / 1_000).to_string(), at_ms.to_string());
    let lines = match system {
        System::One2Pays => vec![
            ("x-webhook-timestamp", ms.clone()),
            (
                "x-webhook-signature",
                format!("sha256={}", sum(&[ms.as_bytes(), b".", body])),
            ),
        ],
        System::LeanRails => vec![(
            "x-signature",
            format!(
                "t={seconds},v1={}",
                sum(&[b"v1=", seconds.as_bytes(), b".", body])
            ),
        )],
        System::Dojo | System::Compago | System::CompagoLink => {
            vec![("dojo-signature", format!("sha256={}", sum(&[body])))]
        }
    };
    let headers = lines.into_iter().map(|(name, value)| {
        let value = HeaderValue::try_from(value).expect("digits and letters");
        (HeaderName::from_static(name), value)
    });
    headers.collect()
}

fn sum(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length will do");
    for part in parts {
        mac.update(part);
    }
    let sum = mac.finalize().into_bytes();
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The documented bodies, signed by each.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let bodies = [
        r#"{"id":"evt_1","type":"payment.succeeded","data":{"id":"pay-1"}}"#,
        r#"{"event":"payment.succeeded","paymentId":"pay-1","referenceId":"R-1"}"#,
        r#"{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1"}}}"#,
        r#"{"id":"evt_1","data":{"object":"refund","payment_intent":{"id":"pi_1"},"id":"re_1"}}"#,
        r#"{"id":"evt_1","event":"payment_intent.status_updated","data":{"paymentIntentId":"pi_1"}}"#,
        "",
        "[]",
    ];
    let mut seeds = Vec::new();
    for system in 0..3 {
        for signer in 1..3 {
            for body in bodies {
                for age in [0, 5, 8] {
                    seeds.push([&[system, signer, age], body.as_bytes()].concat());
                }
            }
        }
        for head in [
            "x-webhook-signature: sha256=00\nx-webhook-timestamp: 1800000000000",
            "x-signature: t=1800000000,v1=0000000000000000000000000000000000000000000000000000000000000000",
            "dojo-signature: sha256=AA-BB",
            "",
        ] {
            let text = format!("{head}\n\n{}", bodies[0]);
            seeds.push([&[system, 0, 0], text.as_bytes()].concat());
        }
    }
    seeds
}
