//! Faults over a real socket of this computer.

use practice::{
    Effect, FLUVEO_BASE_PATH, Fault, Faults, LEAN_RAILS_BASE_PATH, LEAN_RAILS_KEY, Operation,
    ServerError,
};
use serde_json::Value;

use super::{basic, body};
use crate::socket::{Served, body_of, served};

fn post_text(path: &str, key: &str, body: &str) -> String {
    format!(
        "POST {LEAN_RAILS_BASE_PATH}{path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {}\r\n\
         content-type: application/json\r\nidempotency-key: {key}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        basic(LEAN_RAILS_KEY),
        body.len()
    )
}

fn get_text(path: &str) -> String {
    format!(
        "GET {LEAN_RAILS_BASE_PATH}{path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {}\r\n\
         connection: close\r\n\r\n",
        basic(LEAN_RAILS_KEY)
    )
}

async fn post(served: &Served, path: &str, key: &str, body: &str) -> String {
    served.raw(&post_text(path, key, body)).await
}

async fn create(served: &Served, key: &str) -> String {
    let body = body("order-1").to_string();
    post(served, "/payment_intents", key, &body).await
}

fn object(answer: &str) -> Value {
    serde_json::from_str(body_of(answer)).unwrap()
}

/// Makes an intent and answers its id.
async fn open(served: &Served) -> String {
    let made = create(served, "open").await;
    object(&made)["id"].as_str().unwrap().to_owned()
}

const CARD: &str = r#"{"payment_method":"pm_card_visa"}"#;

#[tokio::test]
async fn a_sale_over_a_real_socket() {
    let served = served().await;
    let id = open(&served).await;
    let confirm = format!("/payment_intents/{id}/confirm");
    let paid = post(&served, &confirm, "confirm", CARD).await;
    assert!(paid.starts_with("HTTP/1.1 200 "), "{paid}");
    assert!(paid.contains("x-ratelimit-limit: 1500\r\n"), "{paid}");
    assert!(paid.contains("x-ratelimit-remaining: 1498\r\n"), "{paid}");
    assert_eq!(object(&paid)["status"], "succeeded");
    assert_eq!(served.practice.ledger().len(), 1);
    let refund = format!(r#"{{"payment_intent":"{id}"}}"#);
    let refund = post(&served, "/refunds", "refund", &refund).await;
    assert!(refund.starts_with("HTTP/1.1 201 "), "{refund}");
    for (path, count) in [
        ("/practice/ledger", 1),
        ("/practice/refunds", 1),
        ("/practice/lean-rails", 1),
    ] {
        let text = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        let list = object(&served.raw(&text).await);
        assert_eq!(list.as_array().unwrap().len(), count, "{path}");
    }
    served.practice.check().unwrap();
}

#[tokio::test]
async fn every_operation_can_lose_its_answer_and_is_done_once() {
    let served = served().await;
    let lose = |on| {
        let faults = Faults::next(on, Fault::LoseAnswer);
        served.practice.set_faults(faults);
    };
    lose(Operation::Create);
    assert_eq!(create(&served, "create").await, "");
    let made = create(&served, "create").await;
    let id = object(&made)["id"].as_str().unwrap().to_owned();
    let refund = format!(r#"{{"payment_intent":"{id}","amount":5}}"#);
    let steps = [
        (
            Operation::Confirm,
            format!("/payment_intents/{id}/confirm"),
            CARD,
        ),
        (Operation::Refund, "/refunds".to_owned(), refund.as_str()),
    ];
    for (operation, path, body) in steps {
        lose(operation);
        assert_eq!(post(&served, &path, &path, body).await, "", "{path}");
        let again = post(&served, &path, &path, body).await;
        assert!(again.starts_with("HTTP/1.1 20"), "{path}: {again}");
        let effect = served.practice.requests().last().unwrap().effect;
        assert_eq!(effect, Effect::Replayed, "{path}");
    }
    for (operation, path) in [
        (Operation::Read, format!("/payment_intents/{id}")),
        (Operation::Read, "/refunds/ref_1".to_owned()),
        (Operation::List, "/payment_intents".to_owned()),
        (Operation::List, "/charges".to_owned()),
        (Operation::List, "/refunds".to_owned()),
    ] {
        lose(operation);
        assert_eq!(served.raw(&get_text(&path)).await, "", "{path}");
        assert_ne!(served.raw(&get_text(&path)).await, "", "{path}");
    }
    assert_eq!(served.practice.lean_rails_intents().len(), 1);
    assert_eq!(served.practice.ledger().len(), 1);
    assert_eq!(served.practice.refunds().len(), 1);
    served.practice.check().unwrap();
}

#[tokio::test]
async fn a_hold_and_a_cancel_meet_faults_too() {
    let served = served().await;
    let mut asked = body("order-1");
    asked["capture_method"] = "manual".into();
    let asked = asked.to_string();
    let mut ids = Vec::new();
    for key in ["a", "b"] {
        let made = post(&served, "/payment_intents", key, &asked).await;
        let id = object(&made)["id"].as_str().unwrap().to_owned();
        let path = format!("/payment_intents/{id}/confirm");
        post(&served, &path, &path, CARD).await;
        ids.push(id);
    }
    let error = Fault::ServerError {
        status: ServerError::E500,
        takes_effect: true,
    };
    let capture = format!("/payment_intents/{}/capture", ids[0]);
    served
        .practice
        .set_faults(Faults::next(Operation::Capture, error));
    let failed = post(&served, &capture, "capture", "{}").await;
    assert!(failed.starts_with("HTTP/1.1 500 "), "{failed}");
    assert_eq!(object(&failed)["error"]["type"], "api_error");
    assert_eq!(served.practice.ledger().len(), 1);
    let cancel = format!("/payment_intents/{}/cancel", ids[1]);
    let drop = Faults::next(Operation::Cancel, Fault::DropRequest);
    served.practice.set_faults(drop);
    assert_eq!(post(&served, &cancel, "cancel", "{}").await, "");
    let words = |served: &Served| {
        let views = served.practice.lean_rails_intents().into_iter();
        views.map(|one| one.status.word()).collect::<Vec<_>>()
    };
    assert_eq!(words(&served), ["succeeded", "requires_capture"]);
    post(&served, &cancel, "cancel", "{}").await;
    assert_eq!(words(&served), ["succeeded", "canceled"]);
    served.practice.check().unwrap();
}

#[tokio::test]
async fn a_server_error_is_in_the_envelope_and_without_effect_changes_nothing() {
    let served = served().await;
    let id = open(&served).await;
    let confirm = format!("/payment_intents/{id}/confirm");
    let fault = Fault::ServerError {
        status: ServerError::E503,
        takes_effect: false,
    };
    served
        .practice
        .set_faults(Faults::next(Operation::Confirm, fault));
    let failed = post(&served, &confirm, "k", CARD).await;
    assert!(failed.starts_with("HTTP/1.1 503 "), "{failed}");
    assert_eq!(object(&failed)["error"]["code"], "api_error");
    assert!(served.practice.ledger().is_empty());
    let paid = post(&served, &confirm, "k", CARD).await;
    assert_eq!(object(&paid)["status"], "succeeded");
    let fault = Fault::TooManyRequests { retry_after_s: 7 };
    served
        .practice
        .set_faults(Faults::next(Operation::Refund, fault));
    let refund = format!(r#"{{"payment_intent":"{id}"}}"#);
    let limited = post(&served, "/refunds", "r", &refund).await;
    assert!(limited.starts_with("HTTP/1.1 429 "), "{limited}");
    assert!(limited.contains("\r\nretry-after: 7\r\n"), "{limited}");
    assert_eq!(object(&limited)["error"]["code"], "rate_limit_exceeded");
    assert!(served.practice.refunds().is_empty());
}

#[tokio::test]
async fn an_answer_can_lie_about_one_field() {
    for (fault, name, lie) in [
        (Fault::WrongAmount, "amount", Value::from(2001)),
        (Fault::WrongCurrency, "currency", Value::from("eur")),
        (Fault::UnknownStatus, "status", Value::from("settling")),
    ] {
        let served = served().await;
        served
            .practice
            .set_faults(Faults::next(Operation::Create, fault));
        let answer = object(&create(&served, "k").await);
        assert_eq!(answer[name], lie, "{fault:?}");
        let again = object(&create(&served, "k").await);
        assert_eq!(again["amount"], 2000, "{fault:?}");
        assert_eq!(again["currency"], "usd", "{fault:?}");
        assert_eq!(again["status"], "requires_payment_method", "{fault:?}");
    }
}

#[tokio::test]
async fn a_replica_can_lag_behind() {
    let served = served().await;
    let id = open(&served).await;
    let confirm = format!("/payment_intents/{id}/confirm");
    post(&served, &confirm, "k", CARD).await;
    let path = format!("/payment_intents/{id}");
    let stale = Faults::next(Operation::Read, Fault::StaleStatus);
    served.practice.set_faults(stale);
    let answer = object(&served.raw(&get_text(&path)).await);
    assert_eq!(answer["status"], "requires_payment_method");
    assert_eq!(answer["amount_received"], 0);
    assert_eq!(answer["charges"]["data"], Value::Array(Vec::new()));
    assert_eq!(answer["last_payment_error"], Value::Null);
    let answer = object(&served.raw(&get_text(&path)).await);
    assert_eq!(answer["status"], "succeeded");
    let stale = Faults::next(Operation::List, Fault::StaleStatus);
    served.practice.set_faults(stale);
    let answer = object(&served.raw(&get_text("/payment_intents")).await);
    assert_eq!(answer["data"][0]["status"], "requires_payment_method");
}

#[tokio::test]
async fn a_confirm_that_is_delivered_twice_charges_once() {
    let served = served().await;
    let id = open(&served).await;
    let twice = Faults::next(Operation::Confirm, Fault::DeliverTwice);
    served.practice.set_faults(twice);
    let confirm = format!("/payment_intents/{id}/confirm");
    let paid = post(&served, &confirm, "k", CARD).await;
    assert_eq!(object(&paid)["status"], "succeeded");
    let effects: Vec<_> = served.practice.requests().into_iter().collect();
    let effects: Vec<_> = effects.iter().map(|one| one.effect).collect();
    let expected = [Effect::Created, Effect::Confirmed, Effect::Replayed];
    assert_eq!(effects, expected);
    assert_eq!(served.practice.ledger().len(), 1);
}

#[tokio::test]
async fn the_later_generation_meets_the_same_faults() {
    let served = served().await;
    let body = "amount=2000&currency=usd";
    let text = format!(
        "POST {FLUVEO_BASE_PATH}/payment_intents HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         authorization: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        basic(LEAN_RAILS_KEY),
        body.len()
    );
    let lose = Faults::next(Operation::Create, Fault::LoseAnswer);
    served.practice.set_faults(lose);
    assert_eq!(served.raw(&text).await, "");
    // Without a key nobody can know that it was the same request.
    served.raw(&text).await;
    assert_eq!(served.practice.lean_rails_intents().len(), 2);
    let fault = Fault::ServerError {
        status: ServerError::E502,
        takes_effect: false,
    };
    served
        .practice
        .set_faults(Faults::next(Operation::Create, fault));
    let failed = object(&served.raw(&text).await);
    assert_eq!(failed["error"]["type"], "api_error");
    assert!(failed["error"].get("doc_url").is_none());
}
