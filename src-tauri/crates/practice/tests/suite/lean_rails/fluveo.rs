//! The later generation: forms, other errors, optional keys.

use http::StatusCode;
use practice::{Effect, FLUVEO_BASE_PATH};
use serde_json::{Value, json};

use super::{Till, form, get};
use crate::support::START_MS;

const CREATE: &str = "amount=4242&currency=usd&customer=cus_7&metadata[order_key]=order%201";

/// A card of the form.
fn card(number: &str) -> String {
    format!(
        "payment_method_data[type]=card&payment_method_data[card][number]={number}\
         &payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=2030\
         &payment_method_data[card][cvc]=123"
    )
}

async fn read(till: &Till, id: &str) -> Value {
    let path = format!("{FLUVEO_BASE_PATH}/payment_intents/{id}");
    till.send(get(&path)).await.json()
}

#[tokio::test]
async fn a_form_makes_the_object_of_its_reference() {
    let till = Till::new();
    let made = till.form("/payment_intents", CREATE).await;
    assert_eq!(made.status, StatusCode::OK);
    let id = made.id();
    let expected = json!({
        "id": id,
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": 4242,
        "amount_capturable": 0,
        "amount_received": 0,
        "currency": "usd",
        "capture_method": "automatic",
        "client_secret": format!("{id}_secret_practice"),
        "customer": "cus_7",
        "description": null,
        "latest_charge": null,
        "payment_method": null,
        "payment_method_types": ["card"],
        "next_action": null,
        "last_payment_error": null,
        "receipt_email": null,
        "setup_future_usage": null,
        "metadata": {"order_key": "order 1"},
        "created": START_MS / 1000,
        "livemode": false,
        "canceled_at": null,
        "cancellation_reason": null,
    });
    assert_eq!(made.json(), expected);
    assert_eq!(read(&till, &id).await, expected);
    assert_eq!(till.made()[0].reference, "order 1");
}

#[tokio::test]
async fn a_typed_card_pays_and_a_saved_one_is_refused() {
    let till = Till::new();
    let id = till.form("/payment_intents", CREATE).await.id();
    let path = format!("/payment_intents/{id}/confirm");
    let saved = till.form(&path, "payment_method=pm_card_visa").await;
    assert_eq!(saved.status, StatusCode::BAD_REQUEST);
    assert_eq!(saved.error().2.as_deref(), Some("payment_method"));
    for (body, param) in [
        ("", "payment_method_data"),
        (
            "payment_method_data[type]=sepa",
            "payment_method_data[type]",
        ),
        (
            "payment_method_data[type]=card",
            "payment_method_data[card][number]",
        ),
        (
            "payment_method_data[type]=card&payment_method_data[card][number]=4",
            "payment_method_data[card][exp_month]",
        ),
    ] {
        let answer = till.form(&path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.error().2.as_deref(), Some(param), "{body}");
    }
    let paid = till.form(&path, &card("4242424242424242")).await;
    assert_eq!(paid.status, StatusCode::OK, "{}", paid.text);
    let object = paid.json();
    assert_eq!(object["status"], "succeeded");
    assert_eq!(object["amount_received"], 4242);
    assert_eq!(object["payment_method"], Value::Null);
    assert_eq!(till.charged(), [4242]);
    let charge = object["latest_charge"].as_str().unwrap();
    let charge = till
        .send(get(&format!("{FLUVEO_BASE_PATH}/charges/{charge}")))
        .await;
    assert_eq!(charge.status, StatusCode::OK);
    assert_eq!(charge.json()["payment_intent"], json!(id));
    assert_eq!(charge.json()["captured"], true);
    let world = till.bench.practice.with(|world, _| format!("{world:?}"));
    assert!(!world.contains("4242424242424242"));
}

#[tokio::test]
async fn a_decline_is_a_card_error() {
    for (number, code, decline_code) in [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4111111111111111", "card_declined", "generic_decline"),
    ] {
        let till = Till::new();
        let id = till.form("/payment_intents", CREATE).await.id();
        let path = format!("/payment_intents/{id}/confirm");
        let answer = till.form(&path, &card(number)).await;
        assert_eq!(answer.status, StatusCode::PAYMENT_REQUIRED, "{number}");
        let error = answer.json()["error"].clone();
        assert_eq!(error["type"], "card_error", "{number}");
        assert_eq!(error["code"], code, "{number}");
        assert_eq!(error["decline_code"], decline_code, "{number}");
        assert!(error.get("doc_url").is_none(), "{number}");
        assert!(error.get("param").is_none(), "{number}");
        let read = read(&till, &id).await;
        assert_eq!(read["status"], "requires_payment_method", "{number}");
        assert_eq!(read["last_payment_error"]["code"], code, "{number}");
        assert_eq!(read["latest_charge"], Value::Null, "{number}");
        assert!(till.charged().is_empty(), "{number}");
    }
}

#[tokio::test]
async fn an_authentication_needs_a_way_back() {
    let till = Till::new();
    let id = till.form("/payment_intents", CREATE).await.id();
    let path = format!("/payment_intents/{id}/confirm");
    let asks = card("4000000000003220");
    let refused = till.form(&path, &asks).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.code(), "authentication_required");
    assert_eq!(read(&till, &id).await["status"], "requires_payment_method");
    let back = format!("{asks}&return_url=https://shop.example/back");
    let object = till.form(&path, &back).await.json();
    assert_eq!(object["status"], "requires_action");
    let action = &object["next_action"];
    assert_eq!(action["type"], "redirect_to_url");
    let to = &action["redirect_to_url"];
    assert_eq!(to["return_url"], "https://shop.example/back");
    let whole = format!("{CREATE}&confirm=true&{asks}");
    let refused = till.form("/payment_intents", &whole).await;
    assert_eq!(refused.code(), "authentication_required");
    assert_eq!(till.made().len(), 1, "nothing was made");
}

#[tokio::test]
async fn one_request_can_make_and_charge() {
    let till = Till::new();
    let body = format!("{CREATE}&confirm=true&{}", card("4242424242424242"));
    let paid = till.form("/payment_intents", &body).await;
    assert_eq!((paid.status, &*paid.word()), (StatusCode::OK, "succeeded"));
    let body = format!(
        "{CREATE}&confirm=true&capture_method=manual&{}",
        card("4242424242424242")
    );
    let held = till.form("/payment_intents", &body).await.json();
    assert_eq!(held["status"], "requires_capture");
    assert_eq!(held["amount_capturable"], 4242);
    let path = format!("/payment_intents/{}/capture", held["id"].as_str().unwrap());
    let wrong = till.form(&path, "amount=4000").await;
    assert_eq!(wrong.error().2.as_deref(), Some("amount"));
    let taken = till.form(&path, "amount_to_capture=4000").await.json();
    assert_eq!(taken["status"], "succeeded");
    assert_eq!(taken["amount_received"], 4000);
    assert_eq!(taken["amount_capturable"], 0);
    assert_eq!(till.charged(), [4242, 4000]);
    for (body, param) in [
        (
            format!("{CREATE}&{}", card("4242424242424242")),
            "payment_method_data",
        ),
        (format!("{CREATE}&confirm=true"), "payment_method_data"),
        (format!("{CREATE}&confirm=yes"), "confirm"),
        (
            format!("{CREATE}&payment_method=pm_card_visa"),
            "payment_method",
        ),
        (format!("{CREATE}&amount=-1"), "amount"),
        (format!("{CREATE}&amount=1.5"), "amount"),
    ] {
        let answer = till.form("/payment_intents", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.error().2.as_deref(), Some(param), "{body}");
    }
    assert_eq!(till.made().len(), 2);
}

#[tokio::test]
async fn a_cancel_knows_four_reasons() {
    let till = Till::new();
    for reason in [
        "abandoned",
        "duplicate",
        "fraudulent",
        "requested_by_customer",
    ] {
        let id = till.form("/payment_intents", CREATE).await.id();
        let path = format!("/payment_intents/{id}/cancel");
        let body = format!("cancellation_reason={reason}");
        let cancelled = till.form(&path, &body).await.json();
        assert_eq!(cancelled["cancellation_reason"], reason);
        let again = till.form(&path, &body).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
    }
    let id = till.form("/payment_intents", CREATE).await.id();
    let path = format!("/payment_intents/{id}/cancel");
    let wrong = till.form(&path, "cancellation_reason=boredom").await;
    assert_eq!(wrong.error().2.as_deref(), Some("cancellation_reason"));
    assert_eq!(read(&till, &id).await["status"], "requires_payment_method");
}

#[tokio::test]
async fn a_refund_has_its_own_words() {
    let till = Till::new();
    let body = format!("{CREATE}&confirm=true&{}", card("4242424242424242"));
    let paid = till.form("/payment_intents", &body).await;
    let asked = format!("payment_intent={}&amount=42", paid.id());
    let wrong = till.form("/refunds", &format!("{asked}&reason=cold")).await;
    assert_eq!(wrong.error().2.as_deref(), Some("reason"));
    let refund = till
        .form("/refunds", &format!("{asked}&reason=duplicate"))
        .await;
    assert_eq!(refund.status, StatusCode::OK);
    assert!(refund.id().starts_with("re_"));
    assert!(refund.json().get("livemode").is_none());
    assert_eq!(refund.json()["charge"], paid.json()["latest_charge"]);
    assert_eq!(till.repaid(), [42]);
    let path = format!("{FLUVEO_BASE_PATH}/refunds/{}", refund.id());
    assert_eq!(till.send(get(&path)).await.json(), refund.json());
}

#[tokio::test]
async fn a_key_is_optional_and_a_clash_is_400() {
    let till = Till::new();
    for _ in 0..2 {
        let made = till.send(form(None, "/payment_intents", CREATE)).await;
        assert_eq!(made.status, StatusCode::OK);
    }
    assert_eq!(till.made().len(), 2);
    let first = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    assert!(first.headers.get("idempotent-replayed").is_none());
    let again = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    assert_eq!(again.text, first.text);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    let other = CREATE.replace("4242", "4243");
    for (path, body) in [("/payment_intents", other.as_str()), ("/refunds", CREATE)] {
        let clash = till.send(form(Some("k"), path, body)).await;
        assert_eq!(clash.status, StatusCode::BAD_REQUEST, "{path}");
        let (kind, code, _) = clash.error();
        assert_eq!((&*kind, &*code), ("idempotency_error", "idempotency_error"));
        assert_eq!(till.bench.last_effect(), Effect::KeyRefused);
    }
    for key in ["", &"k".repeat(256)] {
        let answer = till.send(form(Some(key), "/payment_intents", CREATE)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
    }
    let mut twice = form(Some("a"), "/payment_intents", CREATE);
    twice
        .headers_mut()
        .append("idempotency-key", "b".parse().unwrap());
    assert_eq!(till.send(twice).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(till.made().len(), 3);
}

#[tokio::test]
async fn what_was_not_valid_gives_its_key_free() {
    let till = Till::new();
    let wrong = till
        .send(form(Some("k"), "/payment_intents", "amount=7"))
        .await;
    assert_eq!(wrong.code(), "parameter_missing");
    let right = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    assert_eq!(right.status, StatusCode::OK);
    // A decline was an effect, and another card with the same key is no other request.
    let path = format!("/payment_intents/{}/confirm", right.id());
    let bad = card("4000000000000002");
    let declined = till.send(form(Some("c"), &path, &bad)).await;
    assert_eq!(declined.status, StatusCode::PAYMENT_REQUIRED);
    let good = card("4242424242424242");
    let again = till.send(form(Some("c"), &path, &good)).await;
    assert_eq!((again.status, again.text), (declined.status, declined.text));
    assert!(till.charged().is_empty());
}

#[tokio::test]
async fn a_key_at_work_is_409() {
    let till = Till::with(|settings| settings.in_progress_ms = 1000);
    let first = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    let meanwhile = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    assert_eq!(meanwhile.status, StatusCode::CONFLICT);
    assert_eq!(meanwhile.error().0, "api_error");
    till.bench.advance(1000);
    let after = till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    assert_eq!(after.text, first.text);
    assert_eq!(till.made().len(), 1);
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let till = Till::new();
    let mut json = form(Some("k"), "/payment_intents", "{\"amount\":1}");
    let kind = "application/json".parse().unwrap();
    json.headers_mut().insert("content-type", kind);
    assert_eq!(till.send(json).await.status, StatusCode::BAD_REQUEST);
    let unknown = format!("{CREATE}&tip=7");
    let answer = till.form("/payment_intents", &unknown).await;
    assert_eq!(answer.error().2.as_deref(), Some("tip"));
    let broken = till.form("/payment_intents", "metadata[order_key=7").await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(till.made().is_empty());
}

#[tokio::test]
async fn both_generations_are_doors_to_one_account() {
    let till = Till::new();
    let id = till.form("/payment_intents", CREATE).await.id();
    assert_eq!(till.read(&id).await.json()["amount"], 4242);
    let paid = till.confirm(&id, "pm_card_visa").await;
    assert_eq!(paid.word(), "succeeded");
    assert_eq!(read(&till, &id).await["status"], "succeeded");
    // The same key in the other generation is another key.
    till.send(form(Some("k"), "/payment_intents", CREATE)).await;
    let other = till
        .post_with("k", "/payment_intents", &super::body("order-1"))
        .await;
    assert_eq!(other.status, StatusCode::CREATED);
}
