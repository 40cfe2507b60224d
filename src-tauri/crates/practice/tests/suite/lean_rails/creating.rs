use http::StatusCode;
use money::Currency;
use practice::{CreatedStatus, Effect, LeanRailsTimes, LeanRailsUnknownFields};
use serde_json::{Value, json};

use super::{Till, body, post};
use crate::support::{Bench, START_MS};

/// A valid create with one field changed; null leaves it out.
fn with(field: &str, value: Value) -> Value {
    let mut body = body("order-1");
    if value.is_null() {
        body.as_object_mut().unwrap().remove(field);
    } else {
        body[field] = value;
    }
    body
}

#[tokio::test]
async fn a_create_answers_the_object_of_the_reference() {
    let till = Till::new();
    let mut asked = body("order-1");
    asked["customer"] = json!("cus_7");
    asked["description"] = json!("Tea");
    let made = till.create(&asked).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.id();
    let expected = json!({
        "id": id,
        "object": "payment_intent",
        "amount": 2000,
        "amount_received": 0,
        "currency": "usd",
        "status": "requires_payment_method",
        "created": START_MS / 1000,
        "livemode": false,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "customer": "cus_7",
        "payment_method": null,
        "description": "Tea",
        "metadata": {"order_key": "order-1"},
        "merchant_id": "mer_practice",
        "client_secret": format!("{id}_secret_practice"),
        "last_payment_error": null,
        "charges": {
            "object": "list",
            "data": [],
            "has_more": false,
            "next_cursor": null,
            "url": format!("/v1/charges?payment_intent={id}"),
        },
        "canceled_at": null,
        "cancellation_reason": null,
    });
    assert_eq!(made.json(), expected);
    assert_eq!(till.read(&id).await.json(), expected);
    let log = till.bench.practice.requests();
    assert_eq!(log[0].effect, Effect::Created);
    assert_eq!(log[0].external_id.as_deref(), Some("order-1"));
    assert_eq!(log[0].amount.unwrap().minor(), 2000);
    assert_eq!(log[0].amount.unwrap().currency(), Currency::Usd);
    assert_eq!(log[1].effect, Effect::Read);
    assert_eq!(log[1].intent, log[0].intent);
}

#[tokio::test]
async fn a_create_with_a_method_waits_for_its_confirmation() {
    for (confirms, status) in [(false, "requires_confirmation"), (true, "succeeded")] {
        let till = Till::with(|settings| settings.create_confirms = confirms);
        let mut asked = body("order-1");
        asked["payment_method"] = json!("pm_card_visa");
        let made = till.create(&asked).await;
        assert_eq!(made.status, StatusCode::CREATED);
        assert_eq!(made.word(), status);
        assert_eq!(made.json()["payment_method"], "pm_card_visa");
        assert_eq!(till.charged().len(), usize::from(confirms));
    }
    let till = Till::with(|settings| settings.create_confirms = true);
    let mut asked = body("order-1");
    asked["payment_method"] = json!("pm_card_declined");
    let made = till.create(&asked).await;
    assert_eq!(made.status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(made.code(), "card_declined");
    let log = till.bench.practice.requests().pop().unwrap();
    assert_eq!(log.effect, Effect::Declined);
    assert_eq!(log.intent, Some(till.made()[0].id));
    assert!(till.charged().is_empty());
}

#[tokio::test]
async fn what_is_not_valid_is_named() {
    let missing = "parameter_missing";
    let invalid = "parameter_invalid";
    let table = [
        ("amount", Value::Null, missing),
        ("amount", json!(0), invalid),
        ("amount", json!(-1), invalid),
        ("amount", json!(20.5), invalid),
        ("amount", json!("2000"), invalid),
        ("amount", json!(1_000_000_000_000_i64), invalid),
        ("amount", json!(u64::MAX), invalid),
        ("currency", Value::Null, missing),
        ("currency", json!("us"), invalid),
        ("currency", json!("usdd"), invalid),
        ("currency", json!("xxx"), invalid),
        ("currency", json!(7), invalid),
        ("capture_method", json!("later"), invalid),
        ("confirmation_method", json!(true), invalid),
        ("customer", json!("7"), invalid),
        ("customer", json!("cus_"), invalid),
        ("customer_id", json!("customer"), invalid),
        ("description", json!(["Tea"]), invalid),
        ("description", json!("x".repeat(1001)), invalid),
        ("metadata", json!("order-1"), invalid),
        ("payment_method", json!(7), invalid),
    ];
    let till = Till::new();
    for (field, value, code) in table {
        let context = format!("{field} {value}");
        let answer = till.create(&with(field, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{context}");
        let kind = "invalid_request_error".to_owned();
        let expected = (kind, code.to_owned(), Some(field.to_owned()));
        assert_eq!(answer.error(), expected, "{context}");
        let page = format!("https://docs.leanrails.com/errors/{code}");
        assert_eq!(answer.json()["error"]["doc_url"], page);
        assert_eq!(till.bench.last_effect(), Effect::Invalid, "{context}");
    }
    let unknown = till.create(&with("payment_method", json!("pm_7"))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.code(), "resource_missing");
    assert!(till.made().is_empty());
    for (number, text) in ["", "{", "[]", "7", "null"].into_iter().enumerate() {
        let request = post(&format!("junk-{number}"), "/payment_intents", text);
        let answer = till.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text}");
    }
    let mut typed = post("junk-9", "/payment_intents", &body("order-1").to_string());
    typed
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(till.send(typed).await.status, StatusCode::BAD_REQUEST);
    let large = post("junk-10", "/payment_intents", &" ".repeat(64 * 1024 + 1));
    let answer = till.send(large).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("65536 bytes"), "{}", answer.text);
    assert!(till.made().is_empty());
}

#[tokio::test]
async fn an_amount_counts_minor_units_of_any_currency() {
    let till = Till::new();
    for (code, currency) in [
        ("usd", Currency::Usd),
        ("EUR", Currency::Eur),
        ("jpy", Currency::Jpy),
        ("kwd", Currency::Kwd),
    ] {
        let made = till.create(&with("currency", json!(code))).await;
        assert_eq!(made.json()["currency"], code.to_lowercase());
        let amount = till.made().pop().unwrap().amount;
        assert_eq!((amount.minor(), amount.currency()), (2000, currency));
    }
}

#[tokio::test]
async fn the_status_of_a_create_is_a_choice() {
    for (created, status) in [
        (CreatedStatus::Created, StatusCode::CREATED),
        (CreatedStatus::Ok, StatusCode::OK),
    ] {
        let till = Till::of(Bench::with(|settings| settings.created = created));
        assert_eq!(till.create(&body("order-1")).await.status, status);
    }
}

#[tokio::test]
async fn times_and_the_customer_are_told_in_either_form() {
    let till = Till::with(|settings| settings.times = LeanRailsTimes::Iso);
    let made = till.create(&with("customer_id", json!("cus_7"))).await;
    let object = made.json();
    assert_eq!(object["created_at"], "2026-01-01T00:00:00Z");
    assert_eq!(object["updated_at"], "2026-01-01T00:00:00Z");
    assert_eq!(object["customer_id"], "cus_7");
    for absent in ["created", "customer"] {
        assert!(object.get(absent).is_none(), "{absent}");
    }
    till.bench.advance(61_000);
    let object = till.cancel(&made.id()).await.json();
    assert_eq!(object["created_at"], "2026-01-01T00:00:00Z");
    assert_eq!(object["updated_at"], "2026-01-01T00:01:01Z");
    assert_eq!(object["canceled_at"], "2026-01-01T00:01:01Z");
    till.change(|settings| settings.times = LeanRailsTimes::Unix);
    let object = till.read(&made.id()).await.json();
    assert_eq!(object["created"], START_MS / 1000);
    assert_eq!(object["canceled_at"], START_MS / 1000 + 61);
    assert_eq!(object["customer"], "cus_7");
    for absent in ["created_at", "updated_at", "customer_id"] {
        assert!(object.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn a_field_that_the_reference_lacks_is_ignored_or_refused() {
    let asked = with("tip", json!(7));
    let till = Till::new();
    assert_eq!(till.create(&asked).await.status, StatusCode::CREATED);
    till.change(|settings| settings.unknown_fields = LeanRailsUnknownFields::Refused);
    let answer = till.create(&asked).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.error().2.as_deref(), Some("tip"));
    let asked = body("order-2");
    assert_eq!(till.create(&asked).await.status, StatusCode::CREATED);
    assert_eq!(till.made().len(), 2);
}

#[tokio::test]
async fn the_reference_is_where_the_setting_says() {
    let till = Till::with(|settings| settings.reference_field = "order".to_owned());
    for (metadata, expected) in [
        (json!({"order": "A-1", "order_key": "B-1"}), "A-1"),
        (json!({"order_key": "B-1"}), ""),
        (json!({"order": 7}), ""),
        (Value::Null, ""),
    ] {
        till.create(&with("metadata", metadata)).await;
        assert_eq!(till.made().pop().unwrap().reference, expected);
    }
}

#[tokio::test]
async fn an_intent_that_nobody_pays_can_end() {
    let till = Till::with(|settings| settings.open_lifetime_ms = 60_000);
    let id = till.open("order-1").await;
    till.bench.advance(59_999);
    assert_eq!(till.status(&id).await, "requires_payment_method");
    till.bench.advance(1);
    let read = till.read(&id).await.json();
    assert_eq!(read["status"], "canceled");
    assert_eq!(read["cancellation_reason"], "abandoned");
    let late = till.confirm(&id, "pm_card_visa").await;
    assert_eq!(late.code(), "payment_intent_unexpected_state");
    assert!(till.charged().is_empty());
    let till = Till::new();
    let id = till.open("order-1").await;
    till.bench.advance(365 * 24 * 60 * 60 * 1000);
    assert_eq!(till.status(&id).await, "requires_payment_method");
}

#[tokio::test]
async fn a_replica_that_lags_behind_does_not_know_a_new_intent() {
    let till = Till::of(Bench::with(|settings| settings.visibility_lag_ms = 1000));
    let id = till.open("order-1").await;
    let unseen = till.read(&id).await;
    assert_eq!(unseen.status, StatusCode::NOT_FOUND);
    let list = till.get("/payment_intents").await.json();
    assert_eq!(list["data"], json!([]));
    till.bench.advance(1000);
    assert_eq!(till.status(&id).await, "requires_payment_method");
}
