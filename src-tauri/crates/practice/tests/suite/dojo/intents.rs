use http::StatusCode;
use practice::{DojoOrder, DojoRepeatedCancel, DojoVoided, Fault, Faults, Operation};
use serde_json::json;

use super::{BODY, INTENTS, asked, made, send};
use crate::support::{Bench, answered};

#[tokio::test]
async fn an_intent_is_made_and_read_in_minor_units() {
    let bench = Bench::new();
    let made = send(&bench, "POST", INTENTS, BODY).await;
    let object = made.json();
    assert!(made.id().starts_with("pi_sandbox_"));
    assert_eq!(object["status"], "Created");
    assert_eq!(
        object["amount"],
        json!({"value": 1050, "currencyCode": "GBP"})
    );
    assert_eq!(object["totalAmount"], object["amount"]);
    assert_eq!(object["refundedAmount"], 0);
    assert_eq!(object["terminalSessionHistory"], json!([]));
    assert_eq!(object["expireAt"], "2026-01-31T00:00:00Z");
    let read = send(&bench, "GET", &format!("{INTENTS}/{}", made.id()), "").await;
    assert_eq!(read.json(), object);
    // No rule of the reference makes it unique.
    let again = send(&bench, "POST", INTENTS, BODY).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_ne!(again.id(), made.id());
    assert!(bench.practice.ledger().is_empty());
    bench.practice.check().unwrap();
}

#[tokio::test]
async fn what_is_not_valid_makes_nothing_and_names_its_field() {
    let bench = Bench::new();
    let money = json!({"value": 1, "currencyCode": "EUR"});
    for (field, wrong, named) in [
        ("amount", json!(1050), "Amount"),
        (
            "amount",
            json!({"value": 0, "currencyCode": "GBP"}),
            "Amount",
        ),
        (
            "amount",
            json!({"value": -1, "currencyCode": "GBP"}),
            "Amount",
        ),
        (
            "amount",
            json!({"value": 1.5, "currencyCode": "GBP"}),
            "Amount",
        ),
        (
            "amount",
            json!({"value": "1", "currencyCode": "GBP"}),
            "Amount",
        ),
        (
            "amount",
            json!({"value": 1, "currencyCode": "MXN"}),
            "Amount",
        ),
        ("reference", json!(""), "Reference"),
        ("reference", json!("x".repeat(61)), "Reference"),
        ("captureMode", json!("Later"), "CaptureMode"),
        ("captureMode", json!("Manual"), "AutoExpireIn"),
        ("tipsAmount", money, "TipsAmount"),
        ("cashbackAmount", json!(1), "CashbackAmount"),
        (
            "serviceChargeAmount",
            json!({"value": -1, "currencyCode": "GBP"}),
            "ServiceChargeAmount",
        ),
        ("cardHolderNotPresent", json!("yes"), "CardHolderNotPresent"),
        ("autoExpireIn", json!("00:00:30"), "AutoExpireIn"),
        ("autoExpireIn", json!("7.00:00:00"), "AutoExpireIn"),
        ("autoExpireAction", json!("Refund"), "AutoExpireAction"),
        ("itemLines", json!([{"name": "Tea"}]), "ItemLines"),
        ("taxLines", json!({}), "TaxLines"),
        ("config", json!(true), "Config"),
        ("metadata", json!({"a": 1}), "Metadata"),
        ("expireAt", json!("2026-01-01T00:00:00Z"), "ExpireAt"),
        ("expireAt", json!("soon"), "ExpireAt"),
    ] {
        let mut body: serde_json::Value = serde_json::from_str(BODY).unwrap();
        body[field] = wrong.clone();
        let answer = send(&bench, "POST", INTENTS, &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field} {wrong}");
        let told = &answer.json()["errors"][named][0];
        assert!(told.is_string(), "{}", answer.text);
    }
    let found = send(&bench, "POST", &format!("{INTENTS}/search"), "{}").await;
    assert_eq!(found.json()["data"], json!([]));
}

#[tokio::test]
async fn a_cancelled_intent_is_only_read_by_who_asks_for_it() {
    for (choice, status) in [
        (DojoRepeatedCancel::NotFound, StatusCode::NOT_FOUND),
        (DojoRepeatedCancel::BadRequest, StatusCode::BAD_REQUEST),
        (DojoRepeatedCancel::Replay, StatusCode::OK),
    ] {
        let bench = Bench::with(|settings| settings.dojo_repeated_cancel = choice);
        let path = format!("{INTENTS}/{}", made(&bench).await);
        bench.advance(1000);
        let cancelled = send(&bench, "DELETE", &path, "").await;
        assert_eq!(cancelled.status, StatusCode::OK);
        assert_eq!(cancelled.json()["status"], "Canceled");
        let read = send(&bench, "GET", &path, "").await;
        assert_eq!(read.status, StatusCode::NOT_FOUND);
        let told = send(&bench, "GET", &format!("{path}?returnCanceled=true"), "").await;
        assert_eq!(told.json(), cancelled.json());
        assert_eq!(send(&bench, "DELETE", &path, "").await.status, status);
        bench.practice.check().unwrap();
    }
}

#[tokio::test]
async fn an_intent_that_nobody_pays_in_time_is_voided() {
    for (choice, plain, told) in [
        (DojoVoided::Canceled, StatusCode::NOT_FOUND, StatusCode::OK),
        (
            DojoVoided::Gone,
            StatusCode::NOT_FOUND,
            StatusCode::NOT_FOUND,
        ),
        (DojoVoided::Created, StatusCode::OK, StatusCode::OK),
    ] {
        let bench = Bench::with(|settings| settings.dojo_voided = choice);
        let path = format!("{INTENTS}/{}", made(&bench).await);
        bench.advance(30 * 24 * 60 * 60 * 1000 - 1);
        let read = send(&bench, "GET", &path, "").await;
        assert_eq!(read.status, StatusCode::OK, "{choice:?}");
        bench.advance(1);
        let read = send(&bench, "GET", &path, "").await;
        assert_eq!(read.status, plain, "{choice:?}");
        let read = send(&bench, "GET", &format!("{path}?returnCanceled=true"), "").await;
        assert_eq!(read.status, told, "{choice:?}");
    }
}

#[tokio::test]
async fn a_search_goes_page_by_page_in_both_directions() {
    for order in [DojoOrder::NewestFirst, DojoOrder::OldestFirst] {
        let bench = Bench::with(|settings| settings.dojo_order = order);
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(made(&bench).await);
            bench.advance(1000);
        }
        if order == DojoOrder::NewestFirst {
            ids.reverse();
        }
        let path = format!("{INTENTS}/search");
        let page = async |cursor: serde_json::Value| {
            let body = json!({"cursor": cursor}).to_string();
            let page = send(&bench, "POST", &path, &body).await.json();
            let data = page["data"].as_array().unwrap().clone();
            let found: Vec<_> = data.iter().map(|one| one["id"].clone()).collect();
            (found, page)
        };
        let (first, answer) = page(json!({"limit": 2})).await;
        assert_eq!(json!(first), json!(ids[..2]));
        assert!(answer["before"].is_null());
        let (second, answer) = page(json!({"limit": 2, "after": answer["after"]})).await;
        assert_eq!(json!(second), json!(ids[2..4]));
        let (back, _) = page(json!({"limit": 2, "before": answer["before"]})).await;
        assert_eq!(back, first);
        let (last, answer) = page(json!({"limit": 2, "after": answer["after"]})).await;
        assert_eq!(json!(last), json!(ids[4..]));
        assert!(answer["after"].is_null());
    }
}

#[tokio::test]
async fn a_search_finds_by_status_and_time_and_refuses_what_it_does_not_know() {
    let bench = Bench::new();
    let first = made(&bench).await;
    bench.advance(1000);
    let second = made(&bench).await;
    send(&bench, "DELETE", &format!("{INTENTS}/{first}"), "").await;
    let path = format!("{INTENTS}/search");
    for (body, found) in [
        (json!({"statuses": ["Canceled"]}), vec![&first]),
        (json!({"statuses": ["Created", "Captured"]}), vec![&second]),
        (json!({"startDate": "2026-01-01T00:00:01Z"}), vec![&second]),
        (json!({"endDate": "2026-01-01T00:00:00Z"}), vec![&first]),
        (json!({}), vec![&second, &first]),
    ] {
        let answer = send(&bench, "POST", &path, &body.to_string()).await.json();
        let data = answer["data"].as_array().unwrap();
        let ids: Vec<_> = data.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, found, "{body}");
    }
    for body in [
        json!({"statuses": ["Paid"]}),
        json!({"reference": "order-1"}),
        json!({"cursor": {"limit": 0}}),
        json!({"cursor": {"limit": 101}}),
        json!({"cursor": {"before": first, "after": second}}),
        json!({"startDate": "today"}),
    ] {
        let answer = send(&bench, "POST", &path, &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn faults_and_a_lagging_replica_meet_intents_too() {
    let bench = Bench::with(|settings| settings.visibility_lag_ms = 500);
    let path = format!("{INTENTS}/{}", made(&bench).await);
    let early = send(&bench, "GET", &path, "").await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    bench.advance(500);
    let faults = Faults::next(Operation::Read, Fault::WrongAmount);
    bench.practice.set_faults(faults);
    let response = bench.practice.exchange(asked("GET", &path, "")).await;
    let told = answered(response.unwrap()).await.json();
    assert_eq!(told["amount"]["value"], 1051);
    let truth = send(&bench, "GET", &path, "").await.json();
    assert_eq!(truth["amount"]["value"], 1050);
}
