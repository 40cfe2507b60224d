use http::StatusCode;
use practice::{
    Effect, LeanRailsAction, LeanRailsCaptureField, LeanRailsDecline, LeanRailsMissing,
    LeanRailsRefusal, LeanRailsUnknownFields, System,
};
use serde_json::{Value, json};

use super::{Till, body};

#[tokio::test]
async fn a_good_card_is_charged_once() {
    let till = Till::new();
    let id = till.open("order-1").await;
    let confirmed = till.confirm(&id, "pm_card_visa").await;
    assert_eq!(confirmed.status, StatusCode::OK);
    assert_eq!(till.bench.last_effect(), Effect::Confirmed);
    let object = confirmed.json();
    assert_eq!(object["status"], "succeeded");
    assert_eq!(object["amount_received"], 2000);
    assert_eq!(object["payment_method"], "pm_card_visa");
    let charge = &object["charges"]["data"][0];
    assert_eq!(charge["status"], "succeeded");
    assert_eq!(charge["amount_captured"], 2000);
    assert_eq!(charge["payment_intent"], json!(id));
    let ledger = till.ledger();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].system, System::LeanRails);
    assert_eq!(ledger[0].external_id, "order-1");
    assert_eq!(ledger[0].intent_id, till.made()[0].id);
    assert_eq!(ledger[0].amount.minor(), 2000);
    assert_eq!(ledger[0].terminal, "");
    let again = till.confirm(&id, "pm_card_visa").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(till.bench.last_effect(), Effect::StatusRefused);
    assert_eq!(till.charged(), [2000]);
}

#[tokio::test]
async fn a_declined_card_says_why_and_leaves_the_intent_open() {
    for (method, decline_code) in [
        ("pm_card_declined", "generic_decline"),
        ("pm_card_insufficient_funds", "insufficient_funds"),
        ("pm_card_expired", "expired_card"),
    ] {
        let till = Till::new();
        let id = till.open("order-1").await;
        let answer = till.confirm(&id, method).await;
        assert_eq!(answer.status, StatusCode::PAYMENT_REQUIRED, "{method}");
        let error = answer.json()["error"].clone();
        assert_eq!(error["type"], "payment_error", "{method}");
        assert_eq!(error["code"], "card_declined", "{method}");
        assert_eq!(error["decline_code"], decline_code, "{method}");
        assert_eq!(error["param"], Value::Null, "{method}");
        let page = "https://docs.leanrails.com/errors/decline-codes";
        assert_eq!(error["doc_url"], page, "{method}");
        assert!(error.get("payment_intent").is_none(), "{method}");
        assert_eq!(till.bench.last_effect(), Effect::Declined, "{method}");
        let read = till.read(&id).await.json();
        assert_eq!(read["status"], "requires_payment_method", "{method}");
        assert_eq!(read["payment_method"], Value::Null, "{method}");
        let last = &read["last_payment_error"];
        assert_eq!(last["type"], "payment_error", "{method}");
        assert_eq!(last["code"], "card_declined", "{method}");
        assert_eq!(last["decline_code"], decline_code, "{method}");
        let charge = &read["charges"]["data"][0];
        assert_eq!(charge["status"], "failed", "{method}");
        assert_eq!(charge["failure_code"], decline_code, "{method}");
        assert_eq!(charge["amount_captured"], 0, "{method}");
        assert!(till.charged().is_empty(), "{method}");
        // Another card pays, and what was declined is forgotten.
        let paid = till.confirm(&id, "pm_card_visa").await.json();
        assert_eq!(paid["status"], "succeeded", "{method}");
        assert_eq!(paid["last_payment_error"], Value::Null, "{method}");
        assert_eq!(till.charged(), [2000], "{method}");
    }
}

#[tokio::test]
async fn how_a_decline_shows_is_a_choice() {
    for (decline, status, shows_intent) in [
        (LeanRailsDecline::Error, 402, false),
        (LeanRailsDecline::ErrorWithIntent, 402, true),
        (LeanRailsDecline::Intent, 200, true),
    ] {
        let till = Till::with(|settings| {
            settings.decline = decline;
            settings.declines_are_charges = false;
        });
        let id = till.open("order-1").await;
        let answer = till.confirm(&id, "pm_card_declined").await;
        assert_eq!(answer.status.as_u16(), status, "{decline:?}");
        let body = answer.json();
        let intent = if status == 200 {
            &body
        } else {
            &body["error"]["payment_intent"]
        };
        assert_eq!(intent.is_object(), shows_intent, "{decline:?}");
        if shows_intent {
            assert_eq!(intent["id"], json!(id), "{decline:?}");
            assert_eq!(intent["status"], "requires_payment_method", "{decline:?}");
            assert_eq!(intent["charges"]["data"], json!([]), "{decline:?}");
        }
        assert_eq!(till.bench.last_effect(), Effect::Declined, "{decline:?}");
    }
}

#[tokio::test]
async fn the_bank_can_take_its_time() {
    for (method, status, charges) in [
        ("pm_card_visa", "succeeded", 1),
        ("pm_card_declined", "requires_payment_method", 0),
    ] {
        let till = Till::with(|settings| settings.processing_ms = 5000);
        let id = till.open("order-1").await;
        let answer = till.confirm(&id, method).await;
        assert_eq!(answer.status, StatusCode::OK, "{method}");
        assert_eq!(answer.word(), "processing", "{method}");
        let again = till.confirm(&id, "pm_card_visa").await;
        assert_eq!(again.code(), "payment_intent_unexpected_state");
        till.bench.advance(4999);
        assert_eq!(till.status(&id).await, "processing", "{method}");
        assert!(till.charged().is_empty(), "{method}");
        till.bench.advance(1);
        assert_eq!(till.status(&id).await, status, "{method}");
        assert_eq!(till.charged().len(), charges, "{method}");
        let error = till.read(&id).await.json()["last_payment_error"].clone();
        assert_eq!(error.is_object(), charges == 0, "{method}");
    }
}

#[tokio::test]
async fn a_card_can_ask_for_an_authentication() {
    for (action, after, charges) in [
        (LeanRailsAction::Stays, "requires_action", 0),
        (LeanRailsAction::Passes, "succeeded", 1),
        (LeanRailsAction::Fails, "requires_payment_method", 0),
    ] {
        let till = Till::with(|settings| {
            settings.action = action;
            settings.action_ms = 3000;
        });
        let id = till.open("order-1").await;
        let answer = till.confirm(&id, "pm_card_3ds_required").await;
        assert_eq!(answer.status, StatusCode::OK, "{action:?}");
        assert_eq!(answer.word(), "requires_action", "{action:?}");
        till.bench.advance(2999);
        assert_eq!(till.status(&id).await, "requires_action", "{action:?}");
        till.bench.advance(1);
        assert_eq!(till.status(&id).await, after, "{action:?}");
        assert_eq!(till.charged().len(), charges, "{action:?}");
    }
    // It can be withdrawn before the customer passes it.
    let till = Till::with(|settings| settings.action = LeanRailsAction::Passes);
    let id = till.open("order-1").await;
    till.confirm(&id, "pm_card_3ds_required").await;
    assert_eq!(till.cancel(&id).await.word(), "canceled");
    till.bench.advance(60_000);
    assert_eq!(till.status(&id).await, "canceled");
    assert!(till.charged().is_empty());
}

#[tokio::test]
async fn a_confirm_needs_a_method_that_there_is() {
    let till = Till::new();
    let id = till.open("order-1").await;
    let path = format!("/payment_intents/{id}/confirm");
    let none = till.post(&path, &json!({})).await;
    assert_eq!(none.code(), "parameter_missing");
    assert_eq!(none.error().2.as_deref(), Some("payment_method"));
    let unknown = till.confirm(&id, "pm_1").await;
    assert_eq!(unknown.code(), "resource_missing");
    assert_eq!(till.status(&id).await, "requires_payment_method");
    // The one that the create named will do.
    let mut asked = body("order-2");
    asked["payment_method"] = json!("pm_card_visa");
    let id = till.create(&asked).await.id();
    let path = format!("/payment_intents/{id}/confirm");
    assert_eq!(till.post(&path, &json!({})).await.word(), "succeeded");
    // And so will a card that is typed in; nothing of it is kept.
    let id = till.open("order-3").await;
    let path = format!("/payment_intents/{id}/confirm");
    let card = json!({
        "number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123",
    });
    let typed = json!({"payment_method_data": {"type": "card", "card": card}});
    let paid = till.post(&path, &typed).await.json();
    assert_eq!(paid["status"], "succeeded");
    assert_eq!(paid["payment_method"], Value::Null);
    let world = till.bench.practice.with(|world, _| format!("{world:?}"));
    assert!(!world.contains("4242424242424242"));
    assert_eq!(till.charged(), [2000, 2000]);
}

#[tokio::test]
async fn money_can_be_held_and_then_taken() {
    for (asked, taken) in [
        (json!({}), 2000),
        (json!({"amount": 2000}), 2000),
        (json!({"amount": 1500}), 1500),
        (json!({"amount_to_capture": 1}), 1),
        (json!({"amount": 7, "amount_to_capture": 7}), 7),
    ] {
        let till = Till::new();
        let id = till.open_as("order-1", "manual").await;
        let early = till.capture(&id, &json!({})).await;
        assert_eq!(early.code(), "payment_intent_unexpected_state");
        let held = till.confirm(&id, "pm_card_visa").await.json();
        assert_eq!(held["status"], "requires_capture");
        assert_eq!(held["amount_received"], 0);
        assert!(till.charged().is_empty());
        for wrong in [json!({"amount": 2001}), json!({"amount": 0})] {
            let answer = till.capture(&id, &wrong).await;
            assert_eq!(answer.code(), "parameter_invalid", "{wrong}");
        }
        let differing = json!({"amount": 7, "amount_to_capture": 8});
        assert_eq!(
            till.capture(&id, &differing).await.code(),
            "parameter_invalid"
        );
        let captured = till.capture(&id, &asked).await;
        assert_eq!(captured.status, StatusCode::OK, "{}", captured.text);
        assert_eq!(till.bench.last_effect(), Effect::Captured);
        let object = captured.json();
        assert_eq!(object["status"], "succeeded");
        assert_eq!(object["amount"], 2000);
        assert_eq!(object["amount_received"], taken);
        assert_eq!(object["charges"]["data"][0]["amount_captured"], taken);
        assert_eq!(till.charged(), [taken]);
        let twice = till.capture(&id, &asked).await;
        assert_eq!(twice.code(), "payment_intent_unexpected_state");
        assert_eq!(till.charged(), [taken]);
    }
}

#[tokio::test]
async fn the_name_of_the_amount_of_a_capture_is_a_choice() {
    let refused = LeanRailsUnknownFields::Refused;
    let ignored = LeanRailsUnknownFields::Ignored;
    for (field, name, unknown, taken) in [
        (LeanRailsCaptureField::Either, "amount", refused, Some(5)),
        (
            LeanRailsCaptureField::Either,
            "amount_to_capture",
            refused,
            Some(5),
        ),
        (LeanRailsCaptureField::Amount, "amount", refused, Some(5)),
        (
            LeanRailsCaptureField::Amount,
            "amount_to_capture",
            refused,
            None,
        ),
        (
            LeanRailsCaptureField::Amount,
            "amount_to_capture",
            ignored,
            Some(2000),
        ),
        (
            LeanRailsCaptureField::AmountToCapture,
            "amount_to_capture",
            refused,
            Some(5),
        ),
        (
            LeanRailsCaptureField::AmountToCapture,
            "amount",
            refused,
            None,
        ),
        (
            LeanRailsCaptureField::AmountToCapture,
            "amount",
            ignored,
            Some(2000),
        ),
    ] {
        let till = Till::with(|settings| {
            settings.capture_field = field;
            settings.unknown_fields = unknown;
        });
        let id = till.open_as("order-1", "manual").await;
        till.confirm(&id, "pm_card_visa").await;
        till.capture(&id, &json!({name: 5})).await;
        let charged: Vec<i64> = taken.into_iter().collect();
        assert_eq!(till.charged(), charged, "{field:?} {name} {unknown:?}");
    }
}

#[tokio::test]
async fn money_that_is_held_can_be_let_go_by_time() {
    let till = Till::with(|settings| settings.hold_lifetime_ms = 7000);
    let id = till.open_as("order-1", "manual").await;
    till.confirm(&id, "pm_card_visa").await;
    till.bench.advance(6999);
    assert_eq!(till.status(&id).await, "requires_capture");
    till.bench.advance(1);
    assert_eq!(till.status(&id).await, "canceled");
    let late = till.capture(&id, &json!({})).await;
    assert_eq!(late.code(), "payment_intent_unexpected_state");
    assert!(till.charged().is_empty());
}

#[tokio::test]
async fn the_status_of_a_refusal_is_a_choice() {
    for (refusal, status) in [
        (LeanRailsRefusal::BadRequest, 400),
        (LeanRailsRefusal::Conflict, 409),
        (LeanRailsRefusal::Unprocessable, 422),
    ] {
        let till = Till::with(|settings| settings.refusal = refusal);
        let id = till.paid("order-1").await;
        let answers = [
            till.confirm(&id, "pm_card_visa").await,
            till.capture(&id, &json!({})).await,
            till.cancel(&id).await,
        ];
        for answer in answers {
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
            assert_eq!(answer.error().0, "invalid_request_error");
        }
    }
    for (missing, status) in [
        (LeanRailsMissing::NotFound, 404),
        (LeanRailsMissing::BadRequest, 400),
    ] {
        let till = Till::with(|settings| settings.missing = missing);
        let nobody = "pi_00000000000000000000000000000000";
        let answers = [
            till.read(nobody).await,
            till.read("nobody").await,
            till.confirm(nobody, "pm_card_visa").await,
            till.capture(nobody, &json!({})).await,
            till.cancel(nobody).await,
            till.get("/refunds/ref_1").await,
            till.refund(&json!({"payment_intent": nobody})).await,
        ];
        for answer in answers {
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
            assert_eq!(answer.code(), "resource_missing");
        }
        assert_eq!(till.bench.last_effect(), Effect::NotFound);
    }
}
