use http::{Method, StatusCode};
use practice::{Effect, FLUVEO_BASE_PATH, LEAN_RAILS_BASE_PATH, LEAN_RAILS_KEY};
use serde_json::json;

use super::{Answered, Till, basic, body, form, get, post};

fn header(answer: &Answered, name: &str) -> Option<String> {
    let value = answer.headers.get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_the_secret_key_with_an_empty_password_opens() {
    let encode = |text: &str| {
        use base64::Engine;
        format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(text))
    };
    let bearer = format!("Bearer {LEAN_RAILS_KEY}");
    let table = [
        (Some(basic(LEAN_RAILS_KEY)), true, true),
        (Some(bearer), false, true),
        (
            Some(basic(LEAN_RAILS_KEY).replace("Basic", "basic")),
            true,
            true,
        ),
        (None, false, false),
        (Some(String::new()), false, false),
        (Some("Basic".to_owned()), false, false),
        (Some("Basic ???".to_owned()), false, false),
        (Some(basic("sk_test_other")), false, false),
        (Some(basic("")), false, false),
        (Some(encode(LEAN_RAILS_KEY)), false, false),
        (
            Some(encode(&format!("{LEAN_RAILS_KEY}:pass"))),
            false,
            false,
        ),
        (Some(encode(&format!(":{LEAN_RAILS_KEY}"))), false, false),
        (Some(LEAN_RAILS_KEY.to_owned()), false, false),
    ];
    for (value, opens_first, opens_later) in table {
        for (base, opens, kind) in [
            (LEAN_RAILS_BASE_PATH, opens_first, "authentication_error"),
            (FLUVEO_BASE_PATH, opens_later, "invalid_request_error"),
        ] {
            let till = Till::new();
            let mut request = get(&format!("{base}/payment_intents"));
            request.headers_mut().remove("authorization");
            if let Some(value) = &value {
                let headers = request.headers_mut();
                headers.insert("authorization", value.parse().unwrap());
            }
            let answer = till.send(request).await;
            let context = format!("{base} {value:?}");
            assert_eq!(answer.status == StatusCode::OK, opens, "{context}");
            if !opens {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{context}");
                assert_eq!(answer.error().0, kind, "{context}");
                assert_eq!(till.bench.last_effect(), Effect::Unauthorised, "{context}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_done_without_the_key() {
    let till = Till::new();
    let id = till.open("order-1").await;
    let paths = [
        "/payment_intents".to_owned(),
        format!("/payment_intents/{id}/confirm"),
        format!("/payment_intents/{id}/capture"),
        format!("/payment_intents/{id}/cancel"),
        "/refunds".to_owned(),
    ];
    for path in paths {
        let mut requests = [
            post("k", &path, &body("order-2").to_string()),
            form(Some("k"), &path, "amount=1&currency=usd"),
        ];
        for request in &mut requests {
            let wrong = basic("sk_test_other").parse().unwrap();
            request.headers_mut().insert("authorization", wrong);
        }
        for request in requests {
            let answer = till.send(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    assert_eq!(till.made().len(), 1);
    assert_eq!(till.status(&id).await, "requires_payment_method");
}

#[tokio::test]
async fn another_key_can_be_accepted_and_is_kept_nowhere() {
    let till = Till::new();
    till.bench.practice.accept_lean_rails_key("sk_test_shop");
    assert_eq!(
        till.get("/payment_intents").await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut request = get(&format!("{LEAN_RAILS_BASE_PATH}/payment_intents"));
    let key = basic("sk_test_shop").parse().unwrap();
    request.headers_mut().insert("authorization", key);
    assert_eq!(till.send(request).await.status, StatusCode::OK);
    let world = till.bench.practice.with(|world, _| format!("{world:?}"));
    assert!(!world.contains("sk_test_shop"));
}

#[tokio::test]
async fn every_answer_says_how_many_requests_are_left() {
    let till = Till::with(|settings| settings.requests_per_minute = 3);
    for left in ["2", "1", "0"] {
        let answer = till.get("/payment_intents").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(header(&answer, "x-ratelimit-limit").unwrap(), "3");
        assert_eq!(header(&answer, "x-ratelimit-remaining").unwrap(), left);
        assert_eq!(header(&answer, "retry-after"), None);
        till.bench.advance(10_500);
    }
    let answer = till.create(&body("order-1")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let (kind, code, _) = answer.error();
    assert_eq!(
        (&*kind, &*code),
        ("rate_limit_error", "rate_limit_exceeded")
    );
    assert_eq!(header(&answer, "retry-after").unwrap(), "29");
    assert_eq!(header(&answer, "x-ratelimit-remaining").unwrap(), "0");
    assert_eq!(till.bench.last_effect(), Effect::RateLimited);
    assert!(till.made().is_empty());
    // Who has no key is counted apart.
    let mut wrong = get(&format!("{LEAN_RAILS_BASE_PATH}/payment_intents"));
    wrong.headers_mut().remove("authorization");
    let answer = till.send(wrong).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(header(&answer, "x-ratelimit-limit").unwrap(), "100");
    till.bench.advance(28_500);
    // Its key is as free as before: a 429 is no answer that is kept.
    assert_eq!(
        till.create(&body("order-1")).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn guessing_keys_is_limited() {
    let till = Till::with(|settings| settings.unauthenticated_per_minute = 2);
    let wrong = || {
        let mut request = get(&format!("{FLUVEO_BASE_PATH}/payment_intents"));
        request.headers_mut().remove("authorization");
        request
    };
    for status in [401, 401, 429] {
        assert_eq!(till.send(wrong()).await.status.as_u16(), status);
    }
    let answer = till.send(wrong()).await;
    assert_eq!(answer.code(), "rate_limit_error");
    assert_eq!(header(&answer, "retry-after").unwrap(), "60");
    assert_eq!(till.get("/payment_intents").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_version_is_accepted_unless_the_store_knows_none() {
    for (any, status) in [
        (true, StatusCode::CREATED),
        (false, StatusCode::BAD_REQUEST),
    ] {
        let till = Till::with(|settings| settings.any_version_accepted = any);
        let mut request = post("k", "/payment_intents", &body("order-1").to_string());
        let version = "2026-01-01".parse().unwrap();
        request.headers_mut().insert("x-api-version", version);
        let answer = till.send(request).await;
        assert_eq!(answer.status, status);
        if !any {
            assert_eq!(answer.error().2.as_deref(), Some("X-API-Version"));
        }
        // Without the header there is nothing to refuse.
        assert_eq!(
            till.create(&body("order-2")).await.status,
            StatusCode::CREATED
        );
    }
}

#[tokio::test]
async fn what_is_in_no_reference_is_answered_in_the_envelope() {
    let till = Till::new();
    let id = till.open("order-1").await;
    let table = [
        (
            Method::GET,
            format!("{LEAN_RAILS_BASE_PATH}/customers"),
            404,
        ),
        (Method::GET, "/lean-rails".to_owned(), 404),
        (Method::GET, "/fluveo/v2/payment_intents".to_owned(), 404),
        (
            Method::GET,
            format!("{LEAN_RAILS_BASE_PATH}/charges/ch_1"),
            404,
        ),
        (
            Method::DELETE,
            format!("{LEAN_RAILS_BASE_PATH}/payment_intents/{id}"),
            405,
        ),
        (
            Method::PATCH,
            format!("{FLUVEO_BASE_PATH}/payment_intents/{id}/cancel"),
            405,
        ),
    ];
    for (method, path, status) in table {
        let mut request = get(&path);
        *request.method_mut() = method.clone();
        let answer = till.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(answer.error().0, "invalid_request_error", "{path}");
    }
    // A neighbour by name is none of it.
    let answer = till.send(get("/lean-railsy")).await;
    assert!(answer.json()["error"].get("type").is_none());
    assert_eq!(
        answer.json().get("message").map(|one| one.is_string()),
        Some(true)
    );
    assert_eq!(json!(till.made().len()), 1);
}

#[tokio::test]
async fn the_choices_can_be_set_from_outside_one_by_one() {
    let till = Till::new();
    let choices = json!({"lean_rails": {"processing_ms": 5000, "decline": "intent"}});
    let mut request = get("/practice/settings");
    *request.method_mut() = Method::POST;
    *request.body_mut() = choices.to_string().into();
    let kind = "application/json".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    assert_eq!(till.send(request).await.status, StatusCode::NO_CONTENT);
    let found = till.send(get("/practice/settings")).await.json();
    assert_eq!(found["lean_rails"]["processing_ms"], 5000);
    assert_eq!(found["lean_rails"]["decline"], "intent");
    assert_eq!(found["lean_rails"]["reference_field"], "order_key");
    assert_eq!(found["lean_rails"]["requests_per_minute"], 1500);
}

#[test]
fn the_readme_names_every_choice() {
    let readme = include_str!("../../../README.md");
    let choices = serde_json::to_value(practice::LeanRailsSettings::default()).unwrap();
    for (name, default) in choices.as_object().unwrap() {
        let default = default.as_str().map_or(default.to_string(), str::to_owned);
        let told = [
            format!("| `{name}` | `{default}` |"),
            format!("| `{name}` | {default} |"),
        ];
        assert!(
            told.iter().any(|row| readme.contains(row)),
            "the README lacks {}",
            told[0]
        );
    }
}
