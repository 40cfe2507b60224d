use http::StatusCode;
use practice::{DojoPartialCapture, DojoReversal};
use serde_json::{Value, json};

use super::{
    BODY, INTENTS, NOTHING, charged, given_back, intent, made, paid, send, started, status,
    virtual_tid,
};
use crate::support::{Answered, Bench};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A `Manual` intent of 10.50 that a card has authorised.
async fn held(bench: &Bench, action: &str) -> String {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body["captureMode"] = json!("Manual");
    body["autoExpireIn"] = json!("01.00:00:00");
    body["autoExpireAction"] = json!(action);
    let id = send(bench, "POST", INTENTS, &body.to_string()).await.id();
    let session_id = started(bench, &virtual_tid("SCN0"), &id).await;
    bench.advance(4000);
    assert_eq!(status(bench, &session_id).await, "Authorized");
    assert_eq!(intent(bench, &id).await["status"], "Authorized");
    assert!(bench.practice.ledger().is_empty());
    id
}

async fn post(bench: &Bench, id: &str, what: &str, body: &str) -> Answered {
    send(bench, "POST", &format!("{INTENTS}/{id}/{what}"), body).await
}

#[tokio::test]
async fn a_hold_is_captured_in_parts() {
    for (choice, between) in [
        (DojoPartialCapture::StaysAuthorized, "Authorized"),
        (DojoPartialCapture::Captured, "Captured"),
    ] {
        let bench = Bench::with(|settings| settings.dojo_partial_capture = choice);
        let id = held(&bench, "Release").await;
        let first = post(&bench, &id, "captures", r#"{"amount":400}"#).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        assert_eq!(intent(&bench, &id).await["status"], between);
        for (body, expected) in [
            (r#"{"amount":651}"#, 400),
            (r#"{"amount":0}"#, 400),
            (r#"{"amount":-1}"#, 400),
            (r#"{"amount":{"value":1,"currencyCode":"GBP"}}"#, 400),
            ("{}", 400),
        ] {
            let answer = post(&bench, &id, "captures", body).await;
            assert_eq!(answer.status.as_u16(), expected, "{body}");
        }
        let body = r#"{"amount":650,"tipsAmount":60}"#;
        let second = post(&bench, &id, "captures", body).await;
        assert_ne!(first.json()["captureId"], second.json()["captureId"]);
        let object = intent(&bench, &id).await;
        assert_eq!(object["status"], "Captured");
        assert_eq!(object["captures"][1]["tipsAmount"], 60);
        assert_eq!(charged(&bench), [400, 710]);
        let over = post(&bench, &id, "captures", r#"{"amount":1}"#).await;
        assert_eq!(over.status, StatusCode::CONFLICT);
        // What was captured by hand can only be refunded.
        let reversal = post(&bench, &id, "reversal", "").await;
        assert_eq!(reversal.status, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn only_a_hold_can_be_captured() {
    let bench = Bench::new();
    for id in [made(&bench).await, paid(&bench).await] {
        let answer = post(&bench, &id, "captures", r#"{"amount":1}"#).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_hold_ends_as_its_create_asked_for() {
    for (action, captured, ended, charges) in [
        ("Release", None, "Reversed", &[][..]),
        ("Capture", None, "Captured", &[1050]),
        ("Release", Some(400), "Captured", &[400]),
        ("Capture", Some(400), "Captured", &[400, 650]),
    ] {
        let bench = Bench::new();
        let id = held(&bench, action).await;
        if let Some(amount) = captured {
            let body = json!({"amount": amount}).to_string();
            post(&bench, &id, "captures", &body).await;
        }
        // It was held half a second before it was last looked at.
        bench.advance(DAY_MS - 1000);
        assert_eq!(intent(&bench, &id).await["status"], "Authorized");
        bench.advance(1000);
        let object = intent(&bench, &id).await;
        assert_eq!(object["status"], ended, "{action} {captured:?}");
        assert_eq!(charged(&bench), charges, "{action} {captured:?}");
        assert_eq!(given_back(&bench), NOTHING);
    }
}

#[tokio::test]
async fn a_hold_without_a_time_of_its_own_lives_for_seven_days() {
    let bench = Bench::with(|settings| settings.dojo_manual_expiry_required = false);
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body["captureMode"] = json!("Manual");
    let id = send(&bench, "POST", INTENTS, &body.to_string()).await.id();
    started(&bench, &virtual_tid("SCN0"), &id).await;
    bench.advance(4000);
    bench.advance(7 * DAY_MS - 1000);
    assert_eq!(intent(&bench, &id).await["status"], "Authorized");
    bench.advance(1000);
    assert_eq!(intent(&bench, &id).await["status"], "Reversed");
}

#[tokio::test]
async fn the_sample_of_the_reference_is_taken() {
    let bench = Bench::new();
    let body = r#"{"amount":{"value":1000,"currencyCode":"GBP"},"reference":"Order 234",
        "description":"Demo payment intent","captureMode":"Manual","AutoExpireAction":"Capture",
        "AutoExpireIn":"00:00:55"}"#;
    let answer = send(&bench, "POST", INTENTS, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["autoExpireIn"], "00:00:55");
    assert_eq!(answer.json()["autoExpireAction"], "Capture");
}

#[tokio::test]
async fn a_reversal_gives_all_back_in_time_and_once() {
    // The store's clock starts at midnight.
    for (choice, wait_ms, expected) in [
        (DojoReversal::SameDay, DAY_MS / 2, 200),
        (DojoReversal::SameDay, DAY_MS, 409),
        (DojoReversal::SevenDays, DAY_MS, 200),
        (DojoReversal::SevenDays, 7 * DAY_MS, 409),
    ] {
        let bench = Bench::with(|settings| settings.dojo_reversal = choice);
        let id = paid(&bench).await;
        bench.advance(wait_ms);
        let answer = post(&bench, &id, "reversal", "").await;
        assert_eq!(answer.status.as_u16(), expected, "{choice:?} {wait_ms}");
        let is_reversed = expected == 200;
        let word = if is_reversed { "Reversed" } else { "Captured" };
        assert_eq!(intent(&bench, &id).await["status"], word);
        assert_eq!(given_back(&bench).len(), usize::from(is_reversed));
        assert_eq!(charged(&bench), [1050]);
        if is_reversed {
            assert!(answer.json()["reversalId"].is_string());
            let again = post(&bench, &id, "reversal", "").await;
            assert_eq!(again.status, StatusCode::CONFLICT);
        }
    }
    let bench = Bench::new();
    let unpaid = made(&bench).await;
    let answer = post(&bench, &unpaid, "reversal", "").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    // A hold is let go, and no money moves.
    let id = held(&bench, "Capture").await;
    let answer = post(&bench, &id, "reversal", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    bench.advance(2 * DAY_MS);
    assert_eq!(intent(&bench, &id).await["status"], "Reversed");
    assert_eq!(charged(&bench), NOTHING);
    assert_eq!(given_back(&bench), NOTHING);
}
