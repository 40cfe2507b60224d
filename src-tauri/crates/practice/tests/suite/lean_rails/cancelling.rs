use http::StatusCode;
use practice::{Effect, LeanRailsCancelTwice, LeanRailsCancellable, Race};
use serde_json::{Value, json};

use super::Till;
use crate::support::{Bench, START_MS};

/// Brings a new intent into a status.
async fn brought_to(till: &Till, status: &str) -> String {
    let capture_method = if status == "requires_capture" {
        "manual"
    } else {
        "automatic"
    };
    let id = till.open_as("order-1", capture_method).await;
    match status {
        "requires_payment_method" => {}
        "requires_action" => {
            till.confirm(&id, "pm_card_3ds_required").await;
        }
        "processing" => {
            till.change(|settings| settings.processing_ms = 1000);
            till.confirm(&id, "pm_card_visa").await;
        }
        "canceled" => {
            till.cancel(&id).await;
        }
        _ => {
            till.confirm(&id, "pm_card_visa").await;
        }
    }
    assert_eq!(till.status(&id).await, status);
    id
}

#[tokio::test]
async fn what_can_be_cancelled_is_a_choice() {
    let all = LeanRailsCancellable::NonFinal;
    let not_processing = LeanRailsCancellable::NotProcessing;
    let before = LeanRailsCancellable::BeforeTheBank;
    for (status, allowed_by) in [
        ("requires_payment_method", vec![all, not_processing, before]),
        ("requires_action", vec![all, not_processing, before]),
        ("processing", vec![all]),
        ("requires_capture", vec![all, not_processing]),
        ("succeeded", vec![]),
        ("canceled", vec![]),
    ] {
        for cancellable in [all, not_processing, before] {
            let context = format!("{status} {cancellable:?}");
            let till = Till::with(|settings| settings.cancellable = cancellable);
            let id = brought_to(&till, status).await;
            let answer = till.cancel(&id).await;
            if allowed_by.contains(&cancellable) {
                assert_eq!(answer.status, StatusCode::OK, "{context}");
                assert_eq!(answer.word(), "canceled", "{context}");
                assert_eq!(till.bench.last_effect(), Effect::Cancelled, "{context}");
            } else {
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{context}");
                let effect = till.bench.last_effect();
                assert_eq!(effect, Effect::StatusRefused, "{context}");
                assert_eq!(till.status(&id).await, status, "{context}");
            }
            till.bench.advance(60_000);
            let charges = till.charged().len();
            let word = till.status(&id).await;
            assert_eq!(charges, usize::from(word == "succeeded"), "{context}");
        }
    }
}

#[tokio::test]
async fn a_cancel_answers_the_object_and_its_reason() {
    let till = Till::new();
    let id = till.open("order-1").await;
    till.bench.advance(1999);
    let cancelled = till.cancel(&id).await.json();
    assert_eq!(cancelled["status"], "canceled");
    assert_eq!(cancelled["canceled_at"], START_MS / 1000 + 1);
    assert_eq!(cancelled["cancellation_reason"], "requested_by_customer");
    let other = till.open("order-2").await;
    let path = format!("/payment_intents/{other}/cancel");
    let silent = till.post_with("no-body", &path, &Value::Null).await;
    assert_eq!(silent.code(), "parameter_invalid", "null is no object");
    let silent = till.send(super::post("empty", &path, "")).await;
    assert_eq!(silent.word(), "canceled");
    assert_eq!(silent.json()["cancellation_reason"], Value::Null);
    let wrong = till.open("order-3").await;
    let path = format!("/payment_intents/{wrong}/cancel");
    let number = json!({"cancellation_reason": 7});
    assert_eq!(till.post(&path, &number).await.code(), "parameter_invalid");
    assert_eq!(till.status(&wrong).await, "requires_payment_method");
}

#[tokio::test]
async fn cancelling_twice_is_a_choice() {
    for (twice, status) in [
        (LeanRailsCancelTwice::Refused, StatusCode::BAD_REQUEST),
        (LeanRailsCancelTwice::Accepted, StatusCode::OK),
    ] {
        let till = Till::with(|settings| settings.cancel_twice = twice);
        let id = till.open("order-1").await;
        assert_eq!(till.cancel(&id).await.status, StatusCode::OK);
        till.bench.advance(5000);
        let again = till.cancel(&id).await;
        assert_eq!(again.status, status, "{twice:?}");
        let read = till.read(&id).await.json();
        assert_eq!(read["canceled_at"], START_MS / 1000, "{twice:?}");
    }
}

#[tokio::test]
async fn who_wins_when_a_cancel_meets_the_bank_is_a_choice() {
    for (race, capture_method, status, at_once, later) in [
        (Race::CancelWins, "automatic", 200, "canceled", "canceled"),
        (
            Race::ApprovalWins,
            "automatic",
            400,
            "succeeded",
            "succeeded",
        ),
        (Race::ApprovalWins, "manual", 200, "canceled", "canceled"),
        (
            Race::ApprovalAfterCancel,
            "automatic",
            200,
            "canceled",
            "succeeded",
        ),
        (
            Race::ApprovalAfterCancel,
            "manual",
            200,
            "canceled",
            "requires_capture",
        ),
    ] {
        let context = format!("{race:?} {capture_method}");
        let till = Till::of(Bench::with(|settings| {
            settings.race = race;
            settings.lean_rails.processing_ms = 1000;
        }));
        let id = till.open_as("order-1", capture_method).await;
        till.confirm(&id, "pm_card_visa").await;
        till.bench.advance(500);
        let answer = till.cancel(&id).await;
        assert_eq!(answer.status.as_u16(), status, "{context}");
        assert_eq!(till.status(&id).await, at_once, "{context}");
        till.bench.advance(500);
        assert_eq!(till.status(&id).await, later, "{context}");
        let charges = till.charged().len();
        assert_eq!(charges, usize::from(later == "succeeded"), "{context}");
    }
    // A card that is going to be declined cannot win.
    let till = Till::of(Bench::with(|settings| {
        settings.race = Race::ApprovalWins;
        settings.lean_rails.processing_ms = 1000;
    }));
    let id = till.open("order-1").await;
    till.confirm(&id, "pm_card_declined").await;
    assert_eq!(till.cancel(&id).await.word(), "canceled");
    till.bench.advance(1000);
    assert_eq!(till.status(&id).await, "canceled");
}
