use http::StatusCode;
use practice::{Effect, One2PaysRepeat, One2PaysUnit, PagePress};
use serde_json::{Value, json};

use super::{altered, code, data, with};
use crate::support::{Bench, PAYMENTS, START_MS, payment_body, signed_request};

#[tokio::test]
async fn a_create_answers_the_whole_object() {
    let bench = Bench::new();
    let body = json!({
        "amount": "1000.00", "referenceId": "order-12345", "paymentMethod": "bank_transfer",
        "customerBankAccountName": "Somchai", "customerBankAccountNumber": "1234567890",
        "customerBankCode": "004", "description": "ก๋วยเตี๋ยว", "metadata": {"order_id": "12345"},
        "expiresInMinutes": 60, "currency": "THB",
    });
    let answer = bench.signed("POST", PAYMENTS, &body.to_string()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let id = bench.newest_link().id.to_string();
    let mut expected = json!({
        "id": id, "amount": "1000.00", "currency": "THB", "status": "requires_payment_method",
        "paymentMethod": "bank_transfer", "referenceId": "order-12345",
        "description": "ก๋วยเตี๋ยว", "metadata": {"order_id": "12345"}, "clientSecret": null,
        "nextAction": null, "confirmedAt": null, "capturedAt": null, "canceledAt": null,
        "expiresAt": "2026-01-01T01:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    });
    assert_eq!(data(&answer), expected);
    assert_eq!(bench.last_effect(), Effect::Created);
    // The bank details of the payer are nobody's business afterwards.
    assert!(!answer.text.contains("Somchai") && !answer.text.contains("1234567890"));

    bench.advance(600_000);
    let answer = bench.cancel_payment(&id).await;
    assert_eq!(answer.status, StatusCode::OK);
    expected["status"] = json!("canceled");
    expected["canceledAt"] = json!("2026-01-01T00:10:00.000Z");
    expected["updatedAt"] = json!("2026-01-01T00:10:00.000Z");
    assert_eq!(data(&answer), expected);
    let read = bench.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
    assert_eq!(data(&read), expected);
}

#[tokio::test]
async fn a_used_reference_is_a_conflict() {
    let bench = Bench::new();
    // The same reference in the other systems is another matter.
    bench.link("order-1").await;
    bench.open("order-1", "PRACTICE-1").await;
    let first = bench.payment("order-1").await;
    for body in [
        payment_body("order-1", "100.00"),
        payment_body("order-1", "7"),
    ] {
        let answer = bench.signed("POST", PAYMENTS, &body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(code(&answer), "DUPLICATE_REFERENCE_ID");
        assert_eq!(
            answer.json()["error"]["metadata"],
            json!({"field": "referenceId"})
        );
        assert_eq!(bench.last_effect(), Effect::DuplicateReference);
    }
    bench.cancel_payment(&first).await;
    let answer = bench
        .signed("POST", PAYMENTS, &payment_body("order-1", "1"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::CONFLICT,
        "a cancelled one keeps its reference"
    );
    assert_eq!(bench.practice.links().len(), 2);
    bench.practice.check().unwrap();
}

fn keyed(reference: &str, amount: &str, key: &str) -> String {
    let mut body: Value = serde_json::from_str(&payment_body(reference, amount)).unwrap();
    body["idempotencyKey"] = json!(key);
    body.to_string()
}

#[tokio::test]
async fn a_used_idempotency_key_answers_as_the_setting_says() {
    let (replayed, refused) = (StatusCode::CREATED, StatusCode::CONFLICT);
    for (repeat, same, other) in [
        (One2PaysRepeat::Replay, replayed, replayed),
        (One2PaysRepeat::ReplayIfSame, replayed, refused),
        (One2PaysRepeat::Conflict, refused, refused),
    ] {
        let bench = Bench::with(|settings| settings.one2pays_repeat = repeat);
        let body = keyed("order-1", "100.00", "key-1");
        let first = bench.signed("POST", PAYMENTS, &body).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let id = bench.newest_link().id.to_string();
        // A till signs its repetition anew, at a later time.
        bench.advance(60_000);
        bench.press_page(&id, PagePress::Pay).unwrap();
        bench.advance(2000);
        for (body, expected) in [
            (body, same),
            (keyed("order-1", "7.00", "key-1"), other),
            (keyed("order-2", "100.00", "key-1"), other),
        ] {
            let again = bench.signed("POST", PAYMENTS, &body).await;
            assert_eq!(again.status, expected, "{repeat:?} {body}");
            assert_eq!(bench.last_effect(), Effect::DuplicateReference);
            if expected == replayed {
                // The first payment, as it is now.
                assert_eq!(data(&again)["id"], json!(id));
                assert_eq!(data(&again)["amount"], "100.00");
                assert_eq!(data(&again)["status"], "succeeded");
            } else {
                assert_eq!(code(&again), "DUPLICATE_REFERENCE_ID");
                let field = json!({"field": "idempotencyKey"});
                assert_eq!(again.json()["error"]["metadata"], field);
            }
        }
        assert_eq!(bench.practice.links().len(), 1, "{repeat:?}");
        let another = bench
            .signed("POST", PAYMENTS, &keyed("order-3", "1", "key-2"))
            .await;
        assert_eq!(another.status, StatusCode::CREATED);
        let taken = bench
            .signed("POST", PAYMENTS, &keyed("order-1", "1", "key-3"))
            .await;
        assert_eq!(
            taken.json()["error"]["metadata"],
            json!({"field": "referenceId"})
        );
        bench.practice.check().unwrap();
    }
}

#[tokio::test]
async fn a_repetition_is_known_even_where_no_reader_sees_the_first() {
    let bench = Bench::with(|settings| settings.visibility_lag_ms = 60_000);
    let body = keyed("order-1", "100.00", "key-1");
    let first = data(&bench.signed("POST", PAYMENTS, &body).await);
    let again = data(&bench.signed("POST", PAYMENTS, &body).await);
    assert_eq!(first, again);
    let id = first["id"].as_str().unwrap();
    let read = bench.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    let cancelled = bench.cancel_payment(id).await;
    assert_eq!(cancelled.status, StatusCode::NOT_FOUND);
    let list = bench.signed("GET", PAYMENTS, "").await;
    assert_eq!(data(&list)["total"], 0);
    bench.advance(60_000);
    assert_eq!(bench.payment_status(id).await, "requires_action");
}

/// Values that are not valid in each field.
fn invalid_values() -> Vec<(&'static str, Vec<Value>)> {
    let long = json!("x".repeat(256));
    vec![
        (
            "amount",
            vec![
                json!("0"),
                json!("0.00"),
                json!("-1"),
                json!("1.005"),
                json!("1e3"),
                json!("1,000.00"),
                json!(" 1"),
                json!(""),
                json!(100),
                json!(1.5),
                json!("99999999999999999999"),
            ],
        ),
        ("currency", vec![json!("USD"), json!("thb"), json!(764)]),
        (
            "referenceId",
            vec![
                json!(""),
                json!("order 1"),
                json!("order/1"),
                json!("ñ"),
                json!(7),
                long.clone(),
            ],
        ),
        (
            "paymentMethod",
            vec![json!("card"), json!("PromptPay"), json!(1)],
        ),
        (
            "customerBankAccountName",
            vec![json!(""), json!(" "), json!(7), long.clone()],
        ),
        (
            "customerBankAccountNumber",
            vec![json!(""), json!(1_234_567_890), long.clone()],
        ),
        (
            "customerBankCode",
            vec![json!("4"), json!("0040"), json!("KBK"), json!(4)],
        ),
        ("description", vec![long.clone(), json!(7)]),
        ("metadata", vec![json!([]), json!("x")]),
        ("idempotencyKey", vec![json!(""), json!(7), long]),
        (
            "expiresInMinutes",
            vec![json!(4), json!(1441), json!(-5), json!(5.5), json!("60")],
        ),
    ]
}

#[tokio::test]
async fn an_invalid_create_is_refused_by_the_name_of_its_field() {
    let mut table: Vec<(String, Option<&str>)> = vec![
        ("{".to_owned(), None),
        ("[]".to_owned(), None),
        (String::new(), None),
    ];
    for (field, values) in invalid_values() {
        let bodies = values.into_iter().map(|value| with(field, Some(value)));
        table.extend(bodies.map(|body| (body, Some(field))));
    }
    for field in [
        "amount",
        "referenceId",
        "paymentMethod",
        "customerBankAccountName",
        "customerBankAccountNumber",
        "customerBankCode",
    ] {
        table.push((with(field, None), Some(field)));
    }
    let bench = Bench::new();
    for (body, field) in table {
        let answer = bench.signed("POST", PAYMENTS, &body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            answer.text
        );
        assert_eq!(code(&answer), "VALIDATION_ERROR");
        let named = answer.json()["error"]["metadata"]["field"].clone();
        assert_eq!(named, json!(field), "{body}");
        assert_eq!(bench.last_effect(), Effect::Invalid);
    }
    assert!(bench.practice.links().is_empty());
    let untyped = signed_request(START_MS, "POST", PAYMENTS, &payment_body("order-1", "1"));
    let answer = bench
        .send(altered(untyped, "content-type", Some("text/plain")))
        .await;
    assert_eq!(code(&answer), "VALIDATION_ERROR");
}

#[tokio::test]
async fn the_limits_themselves_are_accepted() {
    let longest = "x".repeat(255);
    for (field, value) in [
        ("amount", json!("0.01")),
        ("amount", json!("100")),
        ("currency", json!("THB")),
        ("currency", json!(null)),
        ("referenceId", json!("A-z_0.9")),
        ("referenceId", json!(longest)),
        ("paymentMethod", json!("bank_transfer")),
        ("customerBankCode", json!("999")),
        ("description", json!(longest)),
        ("metadata", json!({"nested": {"table": 7}})),
        ("expiresInMinutes", json!(5)),
        ("expiresInMinutes", json!(1440)),
        ("unheardOf", json!(true)),
    ] {
        let bench = Bench::new();
        let answer = bench
            .signed("POST", PAYMENTS, &with(field, Some(value)))
            .await;
        assert_eq!(
            answer.status,
            StatusCode::CREATED,
            "{field}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn an_amount_counts_what_the_setting_says() {
    for (unit, sent, minor, answered) in [
        (One2PaysUnit::Major, "1000.00", 100_000, "1000.00"),
        (One2PaysUnit::Major, "10.5", 1050, "10.50"),
        (One2PaysUnit::Minor, "1000.00", 1000, "1000.00"),
        (One2PaysUnit::Minor, "1000", 1000, "1000.00"),
        (One2PaysUnit::Minor, "1", 1, "1.00"),
    ] {
        let bench = Bench::with(|settings| settings.one2pays_unit = unit);
        let id = bench.payment_of("order-1", sent).await;
        assert_eq!(bench.newest_link().amount.minor(), minor, "{unit:?} {sent}");
        let read = bench.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
        assert_eq!(data(&read)["amount"], answered);
        bench.advance(500);
        bench.press_page(&id, PagePress::Pay).unwrap();
        bench.advance(2000);
        assert_eq!(bench.practice.ledger()[0].amount.minor(), minor);
    }
    let bench = Bench::with(|settings| settings.one2pays_unit = One2PaysUnit::Minor);
    let body = payment_body("order-1", "10.50");
    let answer = bench.signed("POST", PAYMENTS, &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["error"]["metadata"]["field"], "amount");
}
