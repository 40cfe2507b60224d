use axum::body::Body;
use http::{Request, StatusCode};
use practice::{CreatedStatus, Duplicate, Effect, InvalidShape, Status, UnknownTerminal};
use serde_json::json;

use crate::support::{Bench, LINKS, create_body, create_request, get, link_request, post};

#[tokio::test]
async fn a_create_answers_the_whole_object() {
    let bench = Bench::new();
    let answer = bench.create_of("order-1", "350.5").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(
        answer.text.contains(r#""amount":350.50,"#),
        "{}",
        answer.text
    );
    let object = answer.json();
    assert_eq!(object["status"], "PENDING");
    assert_eq!(object["currency"], "MXN");
    assert_eq!(object["externalId"], "order-1");
    assert_eq!(object["createdAt"], "2026-01-01T00:00:00Z");
    assert_eq!(object["updatedAt"], "2026-01-01T00:00:00Z");
    for uuid in ["id", "organizationId", "terminalId"] {
        let text = object[uuid].as_str().unwrap();
        assert!(uuid::Uuid::try_parse(text).is_ok(), "{uuid}: {text}");
    }
    assert_ne!(object["terminalId"], "PRACTICE-1");
    assert_eq!(object.as_object().unwrap().len(), 9, "{object}");
}

#[tokio::test]
async fn a_read_shows_only_what_the_reference_lists() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-TAP").await;
    let open = bench.read(&id).await;
    assert_eq!(open.status, StatusCode::OK);
    assert_eq!(
        open.json(),
        json!({"id": id, "status": "PENDING", "expired": false})
    );
    bench.advance(3200);
    let paid = json!({
        "id": id, "status": "CONFIRMED", "expired": false, "paymentSummary": {"status": "SUCCESS"},
    });
    assert_eq!(bench.read(&id).await.json(), paid);
}

#[tokio::test]
async fn a_read_may_echo_the_amount() {
    let bench = Bench::with(|settings| settings.get_echoes_amount = true);
    let id = bench.open("order-1", "PRACTICE-1").await;
    let answer = bench.read(&id).await;
    assert!(
        answer.text.contains(r#""amount":350.50"#),
        "{}",
        answer.text
    );
    assert_eq!(answer.json()["currency"], "MXN");
    assert_eq!(answer.json()["externalId"], "order-1");
}

#[tokio::test]
async fn a_cancel_answers_an_empty_object_and_a_second_one_is_refused() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-1").await;
    let first = bench.cancel(&id).await;
    assert_eq!((first.status, first.text.as_str()), (StatusCode::OK, "{}"));
    assert_eq!(bench.status(&id).await, "CANCELLED");
    let second = bench.cancel(&id).await;
    assert_eq!(second.status, StatusCode::BAD_REQUEST);
    let message = second.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("CANCELLED"), "{message}");
    assert_eq!(bench.last_effect(), Effect::CancelRefused);
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn a_paid_intent_cannot_be_cancelled() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-TAP").await;
    bench.advance(3200);
    let refused = bench.cancel(&id).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("CONFIRMED"), "{message}");
    assert_eq!(bench.status(&id).await, "CONFIRMED");
    assert_eq!(bench.charged(), ["order-1"]);
}

/// Bodies that are not valid, and what the message says about each.
fn invalid_creates() -> Vec<(String, &'static str)> {
    let long = "x".repeat(101);
    let with = |field: &str, value: &str| {
        let mut body = json!({"amount": 1, "currency": "MXN", "externalId": "o"});
        body[field] = serde_json::from_str(value).unwrap();
        body.to_string()
    };
    let raw_amount =
        |text: &str| format!(r#"{{"currency":"MXN","externalId":"o","amount":{text}}}"#);
    [
        ("{", "the body"),
        ("", "the body"),
        ("[]", "the body"),
        ("null", "the body"),
        (
            r#"{"currency":"MXN","externalId":"o"}"#,
            "amount is required",
        ),
        (&raw_amount("0"), "amount must be positive"),
        (&raw_amount("0.00"), "amount must be positive"),
        (&raw_amount("-1"), "amount must be positive"),
        (
            &raw_amount("1.005"),
            "amount must not have more than two decimals",
        ),
        (&raw_amount("1e3"), "amount must be a plain decimal number"),
        (&raw_amount("99999999999999999999"), "amount is too large"),
        (&raw_amount(r#""100.00""#), "amount must be a number"),
        (&raw_amount("null"), "amount must be a number"),
        (&raw_amount("[1]"), "amount must be a number"),
        (&raw_amount("NaN"), "the body"),
        (&raw_amount("01"), "the body"),
        (r#"{"amount":1,"externalId":"o"}"#, "currency is required"),
        (&with("currency", r#""USD""#), "currency must be MXN"),
        (&with("currency", r#""mxn""#), "currency must be MXN"),
        (&with("currency", "7"), "currency must be a string"),
        (r#"{"amount":1,"currency":"MXN"}"#, "externalId is required"),
        (&with("externalId", "null"), "externalId is required"),
        (&with("externalId", "7"), "externalId must be a string"),
        (&with("externalId", r#""""#), "externalId must not be empty"),
        (
            &with("externalId", r#"" ""#),
            "externalId must not be empty",
        ),
        (
            &with("externalId", r#""a\nb""#),
            "externalId must not contain control",
        ),
        (
            &with("externalId", &format!("\"{long}\"")),
            "externalId must not be longer",
        ),
        (&with("terminalCode", "7"), "terminalCode must be a string"),
        (
            &with("terminalCode", r#""""#),
            "terminalCode must not be empty",
        ),
        (
            &with("terminalCode", r#""a\u0000""#),
            "terminalCode must not contain control",
        ),
    ]
    .map(|(body, expected): (&str, _)| (body.to_owned(), expected))
    .to_vec()
}

#[tokio::test]
async fn an_invalid_create_is_refused_by_the_name_of_its_field() {
    for (body, expected) in invalid_creates() {
        let bench = Bench::new();
        let answer = bench.send(post("/api/payment-intent", &body)).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            answer.text
        );
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{body}: {message}");
        assert!(bench.practice.intents().is_empty(), "{body} made an intent");
        assert_eq!(bench.last_effect(), Effect::Invalid, "{body}");
    }
}

#[tokio::test]
async fn what_is_invalid_is_said_in_the_shape_of_the_setting() {
    let sentence = "amount must be positive";
    for (compago_invalid, expected) in [
        (InvalidShape::Sentence, json!({ "message": sentence })),
        (
            InvalidShape::Sentences,
            json!({"statusCode": 400, "message": [sentence], "error": "Bad Request"}),
        ),
        (InvalidShape::Errors, json!({ "errors": [sentence] })),
    ] {
        let bench = Bench::with(|settings| settings.compago_invalid = compago_invalid);
        let intent = bench.create_of("order-1", "0").await;
        let link = bench.send(link_request("order-1", "0")).await;
        for answer in [intent, link] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(answer.json(), expected);
        }
        let list = bench.send(get(&format!("{LINKS}?page=0"))).await;
        assert_eq!(list.status, StatusCode::BAD_REQUEST);
        let has_message = list.json().get("message").is_some();
        assert_eq!(has_message, compago_invalid != InvalidShape::Errors);
        // A cancel that comes too late is in the reference: always a sentence.
        let id = bench.link("order-1").await;
        bench.cancel_link(&id).await;
        let refused = bench.cancel_link(&id).await;
        assert!(refused.json()["message"].is_string(), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_limits_themselves_are_accepted() {
    let bench = Bench::new();
    let longest = "ñ".repeat(100);
    for (external_id, amount) in [
        (longest.as_str(), "0.01"),
        ("largest", "9999999999.99"),
        ("three zeros", "1.500"),
        ("whole", "7"),
    ] {
        let answer = bench.create_of(external_id, amount).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }
    let amounts: Vec<_> = bench
        .practice
        .intents()
        .iter()
        .map(|intent| intent.amount.minor())
        .collect();
    assert_eq!(amounts, [1, 999_999_999_999, 150, 700]);
}

#[tokio::test]
async fn a_body_beyond_64_kib_is_refused_and_one_below_is_read() {
    let bench = Bench::new();
    let padded = |external_id: &str, padding: usize| {
        let body = create_body(external_id, "1", None);
        let spaces = " ".repeat(padding - body.len());
        post("/api/payment-intent", &format!("{body}{spaces}"))
    };
    let largest = bench.send(padded("fits", 64 * 1024)).await;
    assert_eq!(largest.status, StatusCode::CREATED, "{}", largest.text);
    let beyond = bench.send(padded("too large", 64 * 1024 + 1)).await;
    assert_eq!(beyond.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.practice.intents().len(), 1);
}

#[tokio::test]
async fn a_create_without_a_json_content_type_is_refused() {
    let bench = Bench::new();
    let request = |kind: &str| {
        Request::post("/api/payment-intent")
            .header("x-api-key", "practice")
            .header("content-type", kind)
            .body(Body::from(create_body("o", "1", None)))
            .unwrap()
    };
    let refused = bench.send(request("text/plain")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let accepted = bench.send(request("Application/JSON; charset=utf-8")).await;
    assert_eq!(accepted.status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_operation_wants_the_key() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-1").await;
    let read = format!("/api/payment-intent/{id}");
    let cancel = format!("{read}/cancel");
    let create = || create_request("order-2", "1", Some("PRACTICE-1"));
    for key in [None, Some(""), Some("Practice"), Some("practice ")] {
        for mut request in [create(), get(&read), post(&cancel, "")] {
            let headers = request.headers_mut();
            headers.remove("x-api-key");
            if let Some(key) = key {
                headers.insert("x-api-key", key.parse().unwrap());
            }
            let answer = bench.send(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{key:?}");
            assert!(answer.json()["message"].is_string());
            assert_eq!(bench.last_effect(), Effect::Unauthorised);
        }
    }
    assert_eq!(bench.practice.intents().len(), 1);
    assert_eq!(bench.status_of("order-1"), Status::Pending);
    bench.practice.accept_keys(&["another"]);
    assert_eq!(bench.read(&id).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unknown_ids_paths_and_methods_have_an_answer() {
    let bench = Bench::new();
    let id = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    for id in [id, "7", "%00"] {
        assert_eq!(bench.read(id).await.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(bench.last_effect(), Effect::NotFound);
        assert_eq!(bench.cancel(id).await.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(bench.last_effect(), Effect::NotFound);
    }
    let listed = bench.send(get("/api/payment-intent")).await;
    assert_eq!(listed.status, StatusCode::METHOD_NOT_ALLOWED);
    let elsewhere = bench.send(get("/api/one-time-payments")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    assert!(elsewhere.json()["message"].is_string());
}

#[tokio::test]
async fn a_taken_reference_answers_as_the_setting_says() {
    let table = [
        (Duplicate::Conflict, StatusCode::CONFLICT, false, false),
        (Duplicate::BadRequest, StatusCode::BAD_REQUEST, false, false),
        (Duplicate::ConflictWithId, StatusCode::CONFLICT, true, false),
        (Duplicate::Replay, StatusCode::OK, true, true),
        (Duplicate::ReplayAsNew, StatusCode::CREATED, true, true),
    ];
    for (duplicate, status, tells_id, is_object) in table {
        let bench = Bench::with(|settings| settings.duplicate = duplicate);
        let id = bench.open("order-1", "PRACTICE-1").await;
        // Another amount and another machine: still the same reference.
        let again = bench.send(create_request("order-1", "9", Some("PRACTICE-2")));
        let again = again.await;
        assert_eq!(again.status, status, "{duplicate:?}");
        assert_eq!(again.json().get("id").is_some(), tells_id, "{duplicate:?}");
        if tells_id {
            assert_eq!(again.id(), id);
        }
        assert_eq!(again.text.contains(r#""amount":350.50"#), is_object);
        assert_eq!(again.json().get("message").is_some(), !is_object);
        assert_eq!(bench.practice.intents().len(), 1, "{duplicate:?}");
        assert_eq!(bench.status_of("order-1"), Status::Pending);
        assert_eq!(bench.last_effect(), Effect::DuplicateReference);
    }
}

#[tokio::test]
async fn a_reference_stays_taken_after_the_end() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-1").await;
    bench.cancel(&id).await;
    let again = bench.create("order-1", "PRACTICE-1").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_status_of_a_create_is_a_setting() {
    let bench = Bench::with(|settings| settings.created = CreatedStatus::Ok);
    let answer = bench.create("order-1", "PRACTICE-1").await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_terminal_answers_as_the_setting_says_and_changes_nothing() {
    let table = [
        (UnknownTerminal::NotFound, StatusCode::NOT_FOUND),
        (UnknownTerminal::BadRequest, StatusCode::BAD_REQUEST),
    ];
    for (unknown_terminal, status) in table {
        let bench = Bench::with(|settings| settings.unknown_terminal = unknown_terminal);
        let answer = bench.create("order-1", "PRACTICE-99").await;
        assert_eq!(answer.status, status);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("terminalCode"), "{message}");
        assert!(bench.practice.intents().is_empty());
    }
}

#[tokio::test]
async fn a_new_intent_cancels_the_open_ones_of_its_terminal_and_no_others() {
    let bench = Bench::new();
    bench.open("first", "PRACTICE-1").await;
    bench.open("elsewhere", "PRACTICE-2").await;
    bench.open("second", "PRACTICE-1").await;
    assert_eq!(bench.status_of("first"), Status::Cancelled);
    assert_eq!(bench.status_of("elsewhere"), Status::Pending);
    assert_eq!(bench.status_of("second"), Status::Pending);
    // An expired one is still open by its word, and goes too.
    bench.advance(5 * 60 * 1000);
    assert!(bench.truth("second").expired);
    bench.open("third", "PRACTICE-1").await;
    assert_eq!(bench.status_of("second"), Status::Cancelled);
    assert_eq!(bench.status_of("elsewhere"), Status::Pending);
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn an_intent_without_a_terminal_goes_to_a_free_one() {
    let bench = Bench::new();
    let amount = |code: &str| bench.terminal(code).amount.map(|amount| amount.minor());
    bench.send(create_request("first", "1", None)).await;
    bench.send(create_request("second", "2", None)).await;
    bench.send(create_request("third", "3", None)).await;
    assert_eq!(amount("PRACTICE-1"), Some(100));
    assert_eq!(amount("PRACTICE-2"), Some(200));
    // One that was sent to this very machine takes its place without cancelling it.
    bench.open("named", "PRACTICE-2").await;
    assert_eq!(amount("PRACTICE-2"), Some(35_050));
    assert_eq!(bench.status_of("second"), Status::Pending);
    // When the first is paid, the oldest that waits moves up.
    bench
        .practice
        .press("PRACTICE-1", practice::Press::Tap)
        .unwrap();
    bench.advance(1200 + 3000);
    assert_eq!(bench.charged(), ["first"]);
    assert_eq!(amount("PRACTICE-1"), Some(200));
}

#[tokio::test]
async fn an_intent_without_a_terminal_names_none() {
    let bench = Bench::new();
    let answer = bench.send(create_request("first", "1", None)).await;
    assert!(answer.json()["terminalId"].is_null());
}

#[tokio::test]
async fn an_intent_expires_by_a_flag_and_can_still_be_cancelled() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-WALK").await;
    bench.advance(5 * 60 * 1000 - 1);
    assert_eq!(bench.read(&id).await.json()["expired"], false);
    bench.advance(1);
    let expired = json!({"id": id, "status": "PENDING", "expired": true});
    assert_eq!(bench.read(&id).await.json(), expired);
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    let cancelled = json!({"id": id, "status": "CANCELLED", "expired": false});
    assert_eq!(bench.read(&id).await.json(), cancelled);
}

#[tokio::test]
async fn the_expired_flag_may_outlive_the_end() {
    let bench = Bench::with(|settings| settings.expired_after_end = true);
    let id = bench.open("order-1", "PRACTICE-TAP").await;
    bench.advance(5 * 60 * 1000);
    let answer = bench.read(&id).await.json();
    assert_eq!(answer["status"], "CONFIRMED");
    assert_eq!(answer["expired"], true);
}

#[tokio::test]
async fn a_lagging_reader_does_not_know_a_new_intent_yet() {
    let bench = Bench::with(|settings| settings.visibility_lag_ms = 5000);
    let id = bench.open("order-1", "PRACTICE-1").await;
    bench.advance(4999);
    assert_eq!(bench.read(&id).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.cancel(&id).await.status, StatusCode::NOT_FOUND);
    bench.advance(1);
    assert_eq!(bench.read(&id).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_request_is_logged_with_what_it_did_and_without_its_key() {
    let bench = Bench::new();
    bench.create("order-1", "PRACTICE-1").await;
    bench.create("order-1", "PRACTICE-1").await;
    bench.create("order-1", "PRACTICE-2").await;
    let log = bench.practice.requests();
    let facts: Vec<_> = log.iter().map(|one| (one.number, one.repeats)).collect();
    assert_eq!(facts, [(1, None), (2, Some(1)), (3, Some(1))]);
    let [first, second, third] = log.as_slice() else {
        panic!("{log:?}")
    };
    assert_eq!(first.body_sha256, second.body_sha256);
    assert_ne!(first.body_sha256, third.body_sha256);
    assert_eq!(first.effect, Effect::Created);
    assert_eq!(first.status, Some(201));
    assert_eq!(first.method, "POST");
    assert_eq!(first.path, "/api/payment-intent");
    assert_eq!(first.terminal.as_deref(), Some("PRACTICE-1"));
    let id = bench.truth("order-1").id;
    for one in [first, second, third] {
        assert_eq!(one.intent, Some(id));
    }
    let key = "a-key-that-must-not-show";
    bench.practice.accept_keys(&[key]);
    let mut request = get("/api/payment-intent/7");
    request
        .headers_mut()
        .insert("x-api-key", key.parse().unwrap());
    bench.send(request).await;
    let everything = bench.practice.with(|world, _| format!("{world:?}"));
    assert!(!everything.contains(key));
}

#[tokio::test]
async fn the_log_has_a_bound() {
    let bench = Bench::new();
    for _ in 0..practice::REQUESTS_KEPT_MAX + 5 {
        bench.read("7").await;
    }
    let log = bench.practice.requests();
    assert_eq!(log.len(), practice::REQUESTS_KEPT_MAX);
    assert_eq!(log.first().map(|one| one.number), Some(6));
}
