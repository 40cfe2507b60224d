use axum::body::Body;
use http::{Request, StatusCode};
use practice::{Effect, ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY};

use super::{NOBODY, altered, code};
use crate::support::{Bench, PAYMENTS, START_MS, payment_body, signature, signed_request};

async fn assert_refused(bench: &Bench, request: Request<Body>, context: &str) {
    let answer = bench.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{context}");
    assert_eq!(code(&answer), "INVALID_CREDENTIALS", "{context}");
    assert_eq!(bench.last_effect(), Effect::Unauthorised, "{context}");
    assert!(bench.practice.links().is_empty(), "{context}");
}

#[tokio::test]
async fn a_request_without_its_three_headers_is_refused() {
    let bench = Bench::new();
    let body = payment_body("order-1", "1");
    let cancel = format!("{PAYMENTS}/{NOBODY}/cancel");
    let requests = [
        ("POST", PAYMENTS, body.as_str()),
        ("GET", PAYMENTS, ""),
        ("POST", cancel.as_str(), ""),
        ("GET", &cancel[..cancel.len() - 7], ""),
    ];
    for (method, path, body) in requests {
        for name in ["x-api-key", "x-timestamp", "x-signature"] {
            for value in [None, Some(""), Some("wrong")] {
                let request = signed_request(START_MS, method, path, body);
                let request = altered(request, name, value);
                assert_refused(&bench, request, &format!("{method} {path} {name}")).await;
            }
        }
        let mut twice = signed_request(START_MS, method, path, body);
        let signed = twice.headers()["x-signature"].clone();
        twice.headers_mut().append("x-signature", signed);
        assert_refused(&bench, twice, "two signatures").await;
    }
}

#[tokio::test]
async fn a_signature_is_of_this_time_this_body_and_this_secret() {
    let bench = Bench::new();
    let body = payment_body("order-1", "1");
    let now = START_MS.to_string();
    let spaced = format!("{body} ");
    for (context, wrong) in [
        ("another secret", signature("sk_test_other", &now, &body)),
        (
            "the public key",
            signature(ONE2PAYS_PUBLIC_KEY, &now, &body),
        ),
        (
            "another time",
            signature(ONE2PAYS_SECRET_KEY, "1767225600001", &body),
        ),
        (
            "another body",
            signature(ONE2PAYS_SECRET_KEY, &now, &spaced),
        ),
        ("no body", signature(ONE2PAYS_SECRET_KEY, &now, "")),
    ] {
        let request = signed_request(START_MS, "POST", PAYMENTS, &body);
        assert_refused(
            &bench,
            altered(request, "x-signature", Some(&wrong)),
            context,
        )
        .await;
    }
    let request = signed_request(START_MS, "POST", PAYMENTS, &body);
    assert_eq!(bench.send(request).await.status, StatusCode::CREATED);
    // Neither the method, nor the path, nor the query is signed.
    let request = signed_request(START_MS, "GET", &format!("{PAYMENTS}?page=1"), "");
    assert_eq!(bench.send(request).await.status, StatusCode::OK);
    // The key of the other system opens nothing here.
    let request = signed_request(START_MS, "GET", PAYMENTS, "");
    let answer = bench
        .send(altered(request, "x-api-key", Some("practice")))
        .await;
    assert_eq!(code(&answer), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_timestamp_is_judged_by_the_clock_of_one2pays() {
    for ahead_ms in [0_i64, 3_600_000, -3_600_000] {
        let bench = Bench::with(|settings| settings.one2pays_clock_ahead_ms = ahead_ms);
        let theirs_ms = START_MS.saturating_add_signed(ahead_ms);
        for (at_ms, is_accepted) in [
            (theirs_ms, true),
            (theirs_ms - 300_000, true),
            (theirs_ms - 300_001, false),
            (theirs_ms + 300_000, true),
            (theirs_ms + 300_001, false),
            // Seconds instead of milliseconds.
            (theirs_ms / 1000, false),
        ] {
            let answer = bench.send(signed_request(at_ms, "GET", PAYMENTS, "")).await;
            assert_eq!(answer.status == StatusCode::OK, is_accepted, "{at_ms}");
            if !is_accepted {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
                assert_eq!(code(&answer), "INVALID_CREDENTIALS");
            }
        }
    }
    let strict = Bench::with(|settings| settings.one2pays_timestamp_tolerance_ms = 1000);
    let old = strict
        .send(signed_request(START_MS - 1001, "GET", PAYMENTS, ""))
        .await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_signed_timestamp_that_is_no_number_is_refused() {
    let bench = Bench::new();
    for text in [
        "soon",
        "-1767225600000",
        "1767225600000.0",
        "99999999999999999999999",
    ] {
        let request = signed_request(START_MS, "GET", PAYMENTS, "");
        let request = altered(request, "x-timestamp", Some(text));
        let signed = signature(ONE2PAYS_SECRET_KEY, text, "");
        let request = altered(request, "x-signature", Some(&signed));
        assert_refused(&bench, request, text).await;
    }
}

#[tokio::test]
async fn other_keys_can_be_accepted_and_an_integration_switched_off() {
    let bench = Bench::new();
    bench
        .practice
        .accept_one2pays_keys("pk_test_shop", "sk_test_shop");
    let old = bench.signed("GET", PAYMENTS, "").await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    let request = signed_request(START_MS, "GET", PAYMENTS, "");
    let request = altered(request, "x-api-key", Some("pk_test_shop"));
    let signed = signature("sk_test_shop", &START_MS.to_string(), "");
    let request = altered(request, "x-signature", Some(&signed));
    assert_eq!(bench.send(request).await.status, StatusCode::OK);
    let debugged = bench.practice.with(|world, _| format!("{world:?}"));
    assert!(!debugged.contains("sk_test_shop"));

    let off = Bench::with(|settings| settings.one2pays_is_active = false);
    let answer = off
        .signed("POST", PAYMENTS, &payment_body("order-1", "1"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(code(&answer), "FORBIDDEN");
    assert_eq!(off.last_effect(), Effect::Forbidden);
    assert!(off.practice.links().is_empty());
    let unsigned = altered(
        signed_request(START_MS, "GET", PAYMENTS, ""),
        "x-signature",
        None,
    );
    assert_refused(
        &off,
        unsigned,
        "a wrong signature comes before being switched off",
    )
    .await;
}

/// The `Retry-After` of an answer, where it has one.
async fn retry_after(bench: &Bench) -> (StatusCode, Option<String>) {
    use tower::ServiceExt;
    let now_ms = bench.practice.with(|_, now_ms| now_ms);
    let request = signed_request(now_ms, "GET", PAYMENTS, "");
    let answer = bench.practice.router().oneshot(request).await.unwrap();
    let header = answer.headers().get("retry-after");
    let text = header.map(|value| value.to_str().unwrap().to_owned());
    (answer.status(), text)
}

#[tokio::test]
async fn more_requests_than_the_minute_allows_are_turned_away() {
    let bench = Bench::with(|settings| settings.one2pays_requests_per_minute = 3);
    bench.payment("order-1").await;
    bench.advance(20_500);
    // What has a wrong signature does not count.
    let wrong = altered(
        signed_request(START_MS, "GET", PAYMENTS, ""),
        "x-signature",
        None,
    );
    bench.send(wrong).await;
    for _ in 0..2 {
        assert_eq!(
            bench.signed("GET", PAYMENTS, "").await.status,
            StatusCode::OK
        );
    }
    let answer = bench
        .signed("POST", PAYMENTS, &payment_body("order-2", "1"))
        .await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(code(&answer), "RATE_LIMIT_EXCEEDED");
    assert_eq!(bench.last_effect(), Effect::RateLimited);
    assert_eq!(bench.practice.links().len(), 1, "nothing was made");
    let too_many = StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(retry_after(&bench).await, (too_many, Some("40".to_owned())));
    // Compago is another house.
    assert_eq!(
        bench.create("order-1", "PRACTICE-1").await.status,
        StatusCode::CREATED
    );
    bench.advance(39_499);
    assert_eq!(retry_after(&bench).await, (too_many, Some("1".to_owned())));
    bench.advance(1);
    assert_eq!(
        bench.signed("GET", PAYMENTS, "").await.status,
        StatusCode::OK
    );
    assert_eq!(bench.signed("GET", PAYMENTS, "").await.status, too_many);
    let mut settings = bench.practice.settings();
    settings.one2pays_retry_after_told = false;
    bench.practice.set_settings(settings);
    assert_eq!(retry_after(&bench).await, (too_many, None));
}

#[tokio::test]
async fn the_date_below_one2pays_is_its_own_clock() {
    use tower::ServiceExt;
    let bench = Bench::with(|settings| settings.one2pays_clock_ahead_ms = 3_600_000);
    for (path, date) in [
        (PAYMENTS, "Thu, 01 Jan 2026 01:00:00 GMT"),
        ("/api/one-time-payment", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ] {
        let request = signed_request(START_MS, "GET", path, "");
        let answer = bench.practice.router().oneshot(request).await.unwrap();
        assert_eq!(answer.headers()["date"], date, "{path}");
    }
}
