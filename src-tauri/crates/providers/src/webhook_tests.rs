//! Every way a webhook can be right or wrong, as tables. The signatures were made with another
//! implementation, Python's `hmac.new(SECRET, TEXT, "sha256").hexdigest()`; openssl checks them again
//! where there is one.

use std::io::Write as _;
use std::process::{Command, Stdio};

use ::http::HeaderValue;
use proptest::prelude::*;

use super::*;

const SECRET: &str = "whsec_test_4b1f";
const NOW_MS: i64 = 1_767_225_600_000;
const MINUTE_MS: i64 = 60_000;

const ONE2PAYS: &str = r#"{"id":"evt_1","type":"payment.succeeded","data":{"id":"550e8400-e29b-41d4-a716-446655440000","status":"succeeded"},"createdAt":"2026-01-01T00:00:00Z"}"#;
const ONE2PAYS_FLAT: &str = r#"{"event":"payment.created","paymentId":"550e8400-e29b-41d4-a716-446655440000","referenceId":"R-1"}"#;
const LEAN_RAILS: &str = r#"{"id":"evt_2","type":"payment_intent.succeeded","data":{"object":{"id":"pi_9","object":"payment_intent","status":"succeeded"}}}"#;
const DOJO: &str = r#"{"id":"evt_3","event":"payment_intent.status_updated","accountId":"acc_1","createdAt":"2026-01-01T00:00:00Z","data":{"paymentIntentId":"pi_7","paymentStatus":"Captured","captureMode":"Auto"}}"#;

/// The signature of a text: system, what is signed before the body, body, signature.
const VECTORS: [(System, &str, &str, &str); 5] = [
    (
        System::One2Pays,
        "1767225600000.",
        ONE2PAYS,
        "0c6c5cf9b04a43c66d7988b3786a17366146a3060dfaf58a731f15f8fc7b82a7",
    ),
    (
        System::One2Pays,
        "1767225600000.",
        ONE2PAYS_FLAT,
        "cf5092249696754ea6fda0eca2d1bd168f509bf0393ac943f73ab266efc0623a",
    ),
    (
        System::One2Pays,
        "",
        ONE2PAYS,
        "ba5288dd89cfc74eb0e41a0895a8046168dd7a7d7a87b37f5513409f7bb7d211",
    ),
    (
        System::LeanRails,
        "v1=1767225600.",
        LEAN_RAILS,
        "49999c956dc1540c7d90e3bcc3c18cfba7d0cfd0dfd7f1b11b4edf97fc8fc17a",
    ),
    (
        System::Dojo,
        "",
        DOJO,
        "ec04f0f35f336e61ee4980ed12bac80d3e73ea3001f8a5a321bfd45934043cd2",
    ),
];

/// `LEAN_RAILS` signed without the letters `v1=`, as Stripe does it.
const WITHOUT_SCHEME: &str = "b93690356f4f0da2aebdae53b544fdcfbdf9c6a04bc3da9d20a51481116d4d8b";

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn sign(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As a system sends this body, signed at this time.
fn signed(system: System, body: &str, at_ms: i64) -> HeaderMap {
    let body = body.as_bytes();
    match system {
        System::One2Pays => {
            let at = at_ms.to_string();
            let signature = format!("sha256={}", sign(&[at.as_bytes(), b".", body]));
            headers(&[
                ("X-Webhook-Signature", &signature),
                ("X-Webhook-Timestamp", &at),
            ])
        }
        System::LeanRails => {
            let at = (at_ms / 1_000).to_string();
            let signature = sign(&[b"v1=", at.as_bytes(), b".", body]);
            headers(&[("X-Signature", &format!("t={at},v1={signature}"))])
        }
        System::Dojo | System::Compago | System::CompagoLink => {
            headers(&[("Dojo-Signature", &format!("sha256={}", sign(&[body])))])
        }
    }
}

const SENDERS: [(System, &str, &str, &str); 3] = [
    (
        System::One2Pays,
        ONE2PAYS,
        "550e8400-e29b-41d4-a716-446655440000",
        "evt_1",
    ),
    (System::Dojo, DOJO, "pi_7", "evt_3"),
    (System::LeanRails, LEAN_RAILS, "pi_9", "evt_2"),
];

fn received(system: System, headers: &HeaderMap, body: &str) -> Result<Notified, Rejected> {
    receive(system, &secret(), headers, body.as_bytes(), NOW_MS)
}

#[test]
fn what_a_system_signed_names_its_payment_and_event() {
    for (system, body, intent, event) in SENDERS {
        let notified = received(system, &signed(system, body, NOW_MS), body).unwrap();
        assert_eq!(notified.intent.as_str(), intent, "{system:?}");
        assert_eq!(notified.event, event, "{system:?}");
        let signed_at_ms = (system != System::Dojo).then_some(NOW_MS);
        assert_eq!(notified.signed_at_ms, signed_at_ms, "{system:?}");
    }
}

#[test]
fn the_signatures_are_those_of_another_implementation() {
    for (system, before, body, hex) in VECTORS {
        let signature = format!("sha256={hex}");
        let headers = match system {
            System::LeanRails => headers(&[("X-Signature", &format!("t=1767225600,v1={hex}"))]),
            System::Dojo => headers(&[("Dojo-Signature", &signature)]),
            System::One2Pays | System::Compago | System::CompagoLink => headers(&[
                ("X-Webhook-Signature", &signature),
                ("X-Webhook-Timestamp", "1767225600000"),
            ]),
        };
        let notified = received(system, &headers, body).unwrap();
        let is_timed = notified.signed_at_ms.is_some();
        assert_eq!(is_timed, !before.is_empty(), "{system:?} {before}");
    }
}

/// The public vector of Dojo's own library: github.com/dojo-engineering/Dojo.Net,
/// `WebhookPayloadUtilsTests`.
#[test]
fn dojos_published_vector_is_taken_in_every_spelling() {
    let body = r#"{"id":"evt_hnnHxIKR_Uy6bhZCusCltw","event":"payment_intent.created","accountId":"acc_test","createdAt":"2022-02-01T13:07:41.8667859Z","data":{"paymentIntentId":"pi_vpwd4ooAPEqyNAQe4z89WQ","paymentStatus":"Created","captureMode":"Auto"}}"#;
    let secret = Secret::new("PDYkJQq6sESYHp_zJuTTBQ").unwrap();
    let dashed = "4B-49-F8-FE-25-A7-E6-7D-00-4F-A7-9C-F8-0B-63-00-C7-77-B4-F2-2D-E5-E1-22-84-FA-04-18-50-A1-76-FD";
    for (hex, expected) in [
        (dashed.to_owned(), Ok("pi_vpwd4ooAPEqyNAQe4z89WQ")),
        (dashed.to_lowercase(), Ok("pi_vpwd4ooAPEqyNAQe4z89WQ")),
        (dashed.replace('-', ""), Ok("pi_vpwd4ooAPEqyNAQe4z89WQ")),
        (
            dashed.replace('-', "").to_lowercase(),
            Ok("pi_vpwd4ooAPEqyNAQe4z89WQ"),
        ),
        (
            dashed.replacen("4B", "5B", 1),
            Err(Rejected::WrongSignature),
        ),
        (dashed.replacen("4B-", "", 1), Err(Rejected::Unreadable)),
        (format!("{dashed}-00"), Err(Rejected::Unreadable)),
        (dashed.replacen("4B", "4G", 1), Err(Rejected::Unreadable)),
        (String::new(), Err(Rejected::Unreadable)),
    ] {
        let headers = headers(&[("dojo-signature", &format!("sha256={hex}"))]);
        let found = receive(System::Dojo, &secret, &headers, body.as_bytes(), NOW_MS);
        let found = found.map(|notified| notified.intent.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{hex}");
    }
}

#[test]
fn another_secret_or_another_text_is_refused() {
    let other = Secret::new("whsec_test_4b1e").unwrap();
    for (system, body, _, _) in SENDERS {
        let headers = signed(system, body, NOW_MS);
        let found = receive(system, &other, &headers, body.as_bytes(), NOW_MS);
        assert_eq!(found, Err(Rejected::WrongSignature), "{system:?}");
        for altered in [
            format!("{body} "),
            body.replacen("evt_", "evT_", 1),
            body.replacen("pi_", "pi-", 1).replacen("550e", "550f", 1),
            String::new(),
        ] {
            let found = received(system, &headers, &altered);
            assert_eq!(found, Err(Rejected::WrongSignature), "{system:?} {altered}");
        }
    }
}

#[test]
fn a_signature_holds_for_five_minutes_before_and_after() {
    let five = 5 * MINUTE_MS;
    for (ago_ms, expected) in [
        (0, None),
        (five, None),
        (five + 1_000, Some(Rejected::TooOld)),
        (3 * 24 * 60 * MINUTE_MS, Some(Rejected::TooOld)),
        (-five, None),
        (-five - 1_000, Some(Rejected::FromTheFuture)),
    ] {
        for (system, body, _, _) in SENDERS {
            let found = received(system, &signed(system, body, NOW_MS - ago_ms), body).err();
            let expected = expected.filter(|_| system != System::Dojo);
            assert_eq!(found, expected, "{system:?} {ago_ms}");
        }
    }
}

/// Whoever took a delivery off the wire cannot make it younger.
#[test]
fn the_time_is_part_of_what_is_signed() {
    let hour_ago = NOW_MS - 60 * MINUTE_MS;
    let mut one2pays = signed(System::One2Pays, ONE2PAYS, hour_ago);
    one2pays.insert(
        "x-webhook-timestamp",
        HeaderValue::from_str(&NOW_MS.to_string()).unwrap(),
    );
    let found = received(System::One2Pays, &one2pays, ONE2PAYS);
    assert_eq!(found, Err(Rejected::WrongSignature));
    let old = signed(System::LeanRails, LEAN_RAILS, hour_ago);
    let (_, hex) = old["x-signature"]
        .to_str()
        .unwrap()
        .split_once(',')
        .unwrap();
    let moved = headers(&[("x-signature", &format!("t=1767225600,{hex}"))]);
    let found = received(System::LeanRails, &moved, LEAN_RAILS);
    assert_eq!(found, Err(Rejected::WrongSignature));
}

#[test]
fn headers_are_there_once_and_of_their_form() {
    let [hex, ..] = VECTORS.map(|(_, _, _, hex)| hex);
    let good = format!("sha256={hex}");
    let time = "1767225600000";
    let (name, at) = ("X-Webhook-Signature", "X-Webhook-Timestamp");
    let rotated = format!("sha256={}, {good}", "0".repeat(64));
    let many = [good.as_str(); 5].join(",");
    for (lines, expected) in [
        (vec![(name, good.as_str()), (at, time)], None),
        (vec![(name, rotated.as_str()), (at, time)], None),
        (vec![], Some(Rejected::NotSigned)),
        (vec![(name, &good)], Some(Rejected::NotSigned)),
        (vec![(at, time)], Some(Rejected::NotSigned)),
        (
            vec![(name, &good), (name, &good), (at, time)],
            Some(Rejected::SignedTwice),
        ),
        (
            vec![(name, &good), (at, time), (at, "1")],
            Some(Rejected::SignedTwice),
        ),
        (vec![(name, hex), (at, time)], Some(Rejected::Unreadable)),
        (vec![(name, &many), (at, time)], Some(Rejected::Unreadable)),
        (
            vec![(name, &good), (at, "-1767225600000")],
            Some(Rejected::Unreadable),
        ),
        (
            vec![(name, &good), (at, "99999999999999999999")],
            Some(Rejected::Unreadable),
        ),
        (vec![(name, &good), (at, "")], Some(Rejected::Unreadable)),
    ] {
        let found = received(System::One2Pays, &headers(&lines), ONE2PAYS).err();
        assert_eq!(found, expected, "{lines:?}");
    }
    let twice = [("Dojo-Signature", good.as_str()); 2];
    let found = received(System::Dojo, &headers(&twice), DOJO);
    assert_eq!(found, Err(Rejected::SignedTwice));
    assert_eq!(
        received(System::Dojo, &headers(&[]), DOJO),
        Err(Rejected::NotSigned)
    );
}

#[test]
fn the_header_of_lean_rails_is_read_whatever_its_order() {
    let [_, _, _, (_, _, _, hex), _] = VECTORS;
    let zeros = "0".repeat(64);
    for (value, expected) in [
        (format!("t=1767225600,v1={hex}"), None),
        (format!("v1={hex}, t=1767225600"), None),
        (format!("t=1767225600,v1={zeros},v1={hex}"), None),
        (format!("t=1767225600,v0=abc,v1={hex}"), None),
        (
            format!("t=1767225600,v1={WITHOUT_SCHEME}"),
            Some(Rejected::WrongSignature),
        ),
        (
            format!("t=01767225600,v1={hex}"),
            Some(Rejected::WrongSignature),
        ),
        (
            format!("t=1767225600,t=1767225600,v1={hex}"),
            Some(Rejected::SignedTwice),
        ),
        (format!("v1={hex}"), Some(Rejected::Unreadable)),
        ("t=1767225600".to_owned(), Some(Rejected::Unreadable)),
        (
            format!("t=9223372036854775807,v1={hex}"),
            Some(Rejected::Unreadable),
        ),
    ] {
        for name in ["X-Signature", "Fluveo-Signature"] {
            let headers = headers(&[(name, &value)]);
            let found = received(System::LeanRails, &headers, LEAN_RAILS).err();
            assert_eq!(found, expected, "{name}: {value}");
        }
    }
}

#[test]
fn what_is_signed_and_names_no_payment_is_told_apart_from_junk() {
    let long = format!(r#"{{"id":"{}","paymentId":"p-1"}}"#, "x".repeat(129));
    for (system, body, expected) in [
        (System::One2Pays, "", Err(Rejected::NotAnEvent)),
        (System::One2Pays, "[]", Err(Rejected::NotAnEvent)),
        (System::One2Pays, "{", Err(Rejected::NotAnEvent)),
        (System::One2Pays, r#"{"data":5}"#, Err(Rejected::NotAnEvent)),
        (
            System::One2Pays,
            r#"{"paymentId":"a","paymentId":"b"}"#,
            Err(Rejected::NotAnEvent),
        ),
        (System::One2Pays, "{}", Err(Rejected::NoPayment)),
        (
            System::One2Pays,
            r#"{"paymentId":"../../v1"}"#,
            Err(Rejected::NoPayment),
        ),
        (System::One2Pays, r#"{"paymentId":"p-1"}"#, Ok("p-1")),
        (
            System::One2Pays,
            r#"{"data":{"paymentId":"p-1","id":"x"}}"#,
            Ok("p-1"),
        ),
        (System::One2Pays, &long, Ok("p-1")),
        (System::Dojo, r#"{"id":"evt_1"}"#, Err(Rejected::NoPayment)),
        (
            System::Dojo,
            r#"{"data":{"paymentIntentId":null}}"#,
            Err(Rejected::NoPayment),
        ),
        (System::LeanRails, "{}", Err(Rejected::NoPayment)),
        (
            System::LeanRails,
            r#"{"data":{"object":{"id":"re_1","payment_intent":"pi_1"}}}"#,
            Ok("pi_1"),
        ),
        (
            System::LeanRails,
            r#"{"data":{"object":{"id":"ch_1","payment_intent":{"id":"pi_1","amount":5}}}}"#,
            Ok("pi_1"),
        ),
        (
            System::LeanRails,
            r#"{"data":{"payment_intent_id":"pi_1","id":"x"}}"#,
            Ok("pi_1"),
        ),
        (
            System::LeanRails,
            r#"{"data":{"object":"payment_intent","id":"pi_1"}}"#,
            Ok("pi_1"),
        ),
        (
            System::LeanRails,
            r#"{"data":{"object":[]}}"#,
            Err(Rejected::NoPayment),
        ),
    ] {
        let found = received(system, &signed(system, body, NOW_MS), body);
        let intent = found.as_ref().map(|notified| notified.intent.as_str());
        assert_eq!(intent, expected.as_ref().copied(), "{system:?} {body}");
    }
}

/// An event without a usable id is remembered by its signature, which is the same at each replay.
#[test]
fn every_event_has_something_to_be_remembered_by() {
    let long = "x".repeat(129);
    for id in ["", "a b", "\u{e9}", long.as_str()] {
        let body = format!(r#"{{"id":"{id}","paymentId":"p-1"}}"#);
        let headers = signed(System::One2Pays, &body, NOW_MS);
        let notified = received(System::One2Pays, &headers, &body).unwrap();
        let header = headers["x-webhook-signature"].to_str().unwrap();
        assert_eq!(format!("sha256={}", notified.event), header, "{id:?}");
    }
}

#[test]
fn a_system_without_webhooks_and_a_body_without_end_are_refused_first() {
    for system in System::ALL {
        let body = "x".repeat(BODY_LIMIT_BYTES + 1);
        let found = received(system, &headers(&[]), &body);
        assert_eq!(found, Err(Rejected::TooLarge), "{system:?}");
        let found = received(system, &headers(&[]), "{}");
        let expected = if system.sends_webhooks() {
            Rejected::NotSigned
        } else {
            Rejected::NoWebhooks
        };
        assert_eq!(found, Err(expected), "{system:?}");
    }
}

/// What `openssl` makes of it on the machine of the test; `None` where there is none.
fn openssl(text: &str) -> Option<String> {
    let mut child = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", SECRET, "-r"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let hex = text.split_whitespace().next()?;
    (output.status.success() && hex.len() == 64).then(|| hex.to_owned())
}

#[test]
fn openssl_agrees_where_there_is_one() {
    for (system, before, body, hex) in VECTORS {
        let Some(found) = openssl(&format!("{before}{body}")) else {
            println!("there is no openssl here: only the fixed vectors were checked");
            return;
        };
        assert_eq!(found, hex, "{system:?}");
    }
}

proptest! {
    /// Whatever comes: no panic, and nothing taken that was not signed.
    #[test]
    fn junk_is_never_taken(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        value in "[ -~]{0,200}",
        time in "[0-9]{0,20}",
    ) {
        for system in System::ALL {
            let headers = headers(&[
                ("x-webhook-signature", &value),
                ("x-webhook-timestamp", &time),
                ("x-signature", &value),
                ("dojo-signature", &value),
            ]);
            prop_assert!(receive(system, &secret(), &headers, &body, NOW_MS).is_err());
        }
    }
}
