use http::StatusCode;
use practice::{Effect, LeanRailsConcurrent, LeanRailsKeyScope};
use serde_json::json;

use super::{Till, body, post};
use crate::support::START_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn the_same_key_and_body_answer_the_same_for_a_day() {
    let till = Till::new();
    let asked = body("order-1");
    let first = till.post_with("k", "/payment_intents", &asked).await;
    let id = first.id();
    till.confirm(&id, "pm_card_visa").await;
    till.bench.advance(DAY_MS - 1);
    let again = till.post_with("k", "/payment_intents", &asked).await;
    // The first answer, not the intent as it is now.
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.word(), "requires_payment_method");
    assert_eq!(till.bench.last_effect(), Effect::Replayed);
    let log = till.bench.practice.requests().pop().unwrap();
    assert_eq!(log.external_id.as_deref(), Some("order-1"));
    assert_eq!(till.made().len(), 1);
    till.bench.advance(1);
    let new = till.post_with("k", "/payment_intents", &asked).await;
    assert_ne!(new.id(), id);
    assert_eq!(till.made().len(), 2);
}

#[tokio::test]
async fn every_post_is_done_once_for_its_key() {
    let till = Till::new();
    let held = till.open_as("order-1", "manual").await;
    let open = till.open("order-2").await;
    let table = [
        (
            format!("/payment_intents/{held}/confirm"),
            json!({"payment_method": "pm_card_visa"}),
        ),
        (
            format!("/payment_intents/{held}/capture"),
            json!({"amount": 1000}),
        ),
        (
            "/refunds".to_owned(),
            json!({"payment_intent": held, "amount": 100}),
        ),
        (format!("/payment_intents/{open}/cancel"), json!({})),
    ];
    for (number, (path, body)) in table.iter().enumerate() {
        let key = format!("once-{number}");
        let first = till.post_with(&key, path, body).await;
        assert!(first.status.is_success(), "{path}: {}", first.text);
        let second = till.post_with(&key, path, body).await;
        assert_eq!((second.status, second.text), (first.status, first.text));
    }
    assert_eq!(till.charged(), [1000]);
    assert_eq!(till.repaid(), [100]);
}

#[tokio::test]
async fn errors_are_answered_again_too() {
    let till = Till::new();
    let id = till.open("order-1").await;
    let path = format!("/payment_intents/{id}/confirm");
    let card = json!({"payment_method": "pm_card_declined"});
    let first = till.post_with("k", &path, &card).await;
    assert_eq!(first.status, StatusCode::PAYMENT_REQUIRED);
    till.confirm(&id, "pm_card_visa").await;
    let again = till.post_with("k", &path, &card).await;
    assert_eq!((again.status, again.text), (first.status, first.text));
    assert_eq!(till.charged(), [2000]);
    // What was not valid stays so, even where it has become valid.
    let refund = json!({"payment_intent": id, "amount": 2001});
    let refused = till.post_with("r", "/refunds", &refund).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let again = till.post_with("r", "/refunds", &refund).await;
    assert_eq!(again.text, refused.text);
    assert_eq!(till.bench.last_effect(), Effect::Replayed);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let till = Till::new();
    till.post_with("k", "/payment_intents", &body("order-1"))
        .await;
    let spaced = format!("{} ", body("order-1"));
    for (context, request) in [
        (
            "another body",
            post("k", "/payment_intents", &body("order-2").to_string()),
        ),
        ("another byte", post("k", "/payment_intents", &spaced)),
        ("no body", post("k", "/payment_intents", "")),
        (
            "another path",
            post("k", "/refunds", &body("order-1").to_string()),
        ),
    ] {
        let answer = till.send(request).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{context}");
        let (kind, code, _) = answer.error();
        assert_eq!(kind, "invalid_request_error", "{context}");
        assert_eq!(code, "idempotency_key_reuse", "{context}");
        assert_eq!(till.bench.last_effect(), Effect::KeyRefused, "{context}");
    }
    assert_eq!(till.made().len(), 1);
}

#[tokio::test]
async fn where_a_key_is_the_same_key_is_a_choice() {
    for (scope, status) in [
        (LeanRailsKeyScope::Account, 422),
        (LeanRailsKeyScope::Path, 200),
    ] {
        let till = Till::with(|settings| settings.key_scope = scope);
        let made = till.post_with("k", "/payment_intents", &body("o")).await;
        let path = format!("/payment_intents/{}/cancel", made.id());
        let answer = till.post_with("k", &path, &json!({})).await;
        assert_eq!(answer.status.as_u16(), status, "{scope:?}");
        let again = till.post_with("k", "/payment_intents", &body("o")).await;
        assert_eq!(again.text, made.text, "{scope:?}");
        assert_eq!(till.made().len(), 1, "{scope:?}");
    }
}

#[tokio::test]
async fn a_key_is_required_and_not_too_long() {
    let till = Till::new();
    let text = body("order-1").to_string();
    for key in [None, Some(String::new())] {
        let mut request = post("k", "/payment_intents", &text);
        request.headers_mut().remove("idempotency-key");
        if let Some(key) = &key {
            let headers = request.headers_mut();
            headers.insert("idempotency-key", key.parse().unwrap());
        }
        let answer = till.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key:?}");
        assert_eq!(answer.code(), "parameter_missing", "{key:?}");
        assert_eq!(answer.error().2.as_deref(), Some("Idempotency-Key"));
    }
    let long = till
        .send(post(&"k".repeat(256), "/payment_intents", &text))
        .await;
    assert_eq!(long.code(), "parameter_invalid");
    assert!(till.made().is_empty());
    let longest = till
        .send(post(&"k".repeat(255), "/payment_intents", &text))
        .await;
    assert_eq!(longest.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_key_that_is_at_work_is_a_choice() {
    for (concurrent, during) in [
        (LeanRailsConcurrent::Conflict, 409),
        (LeanRailsConcurrent::Replay, 201),
    ] {
        let till = Till::with(|settings| {
            settings.in_progress_ms = 2000;
            settings.concurrent = concurrent;
        });
        let asked = body("order-1");
        let first = till.post_with("k", "/payment_intents", &asked).await;
        assert_eq!(first.status, StatusCode::CREATED);
        till.bench.advance(1999);
        let meanwhile = till.post_with("k", "/payment_intents", &asked).await;
        assert_eq!(meanwhile.status.as_u16(), during, "{concurrent:?}");
        if during == 409 {
            assert_eq!(meanwhile.code(), "idempotency_key_in_use");
            assert_eq!(till.bench.last_effect(), Effect::KeyRefused);
        }
        let other = till.post_with("k", "/payment_intents", &body("o")).await;
        assert_eq!(other.code(), "idempotency_key_reuse", "{concurrent:?}");
        till.bench.advance(1);
        let after = till.post_with("k", "/payment_intents", &asked).await;
        assert_eq!(after.text, first.text, "{concurrent:?}");
        assert_eq!(till.made().len(), 1, "{concurrent:?}");
    }
}

#[tokio::test]
async fn keys_survive_the_file() {
    use tower::ServiceExt;
    let till = Till::new();
    let asked = body("order-1");
    let first = till.post_with("k", "/payment_intents", &asked).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.json");
    till.bench.practice.save(&path).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(!file.contains(practice::LEAN_RAILS_KEY));
    let clock: practice::Clock = std::sync::Arc::new(|| START_MS);
    let same = practice::Practice::load(&path, clock).unwrap();
    let request = post("k", "/payment_intents", &asked.to_string());
    let again = same.router().oneshot(request).await.unwrap();
    let again = crate::support::answered(again).await;
    assert_eq!((again.status, again.text), (first.status, first.text));
    assert_eq!(same.lean_rails_intents().len(), 1);
}
