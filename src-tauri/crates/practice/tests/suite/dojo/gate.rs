use http::StatusCode;
use practice::{DOJO_KEY, DojoErrors, DojoHeaders, Effect};

use super::{BODY, INTENTS, asked, send};
use crate::support::Bench;

#[tokio::test]
async fn the_key_stands_as_it_is_behind_the_word_basic() {
    let bench = Bench::new();
    let bare = DOJO_KEY.to_owned();
    let other = "Basic sk_sandbox_other".to_owned();
    let colon = format!("Basic {DOJO_KEY}:");
    let bearer = format!("Bearer {DOJO_KEY}");
    for wrong in [bare, other, colon, bearer, String::new()] {
        let mut request = asked("POST", INTENTS, BODY);
        let headers = request.headers_mut();
        headers.insert("authorization", wrong.parse().unwrap());
        let answer = bench.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(bench.last_effect(), Effect::Unauthorised, "{wrong}");
        assert!(!answer.text.contains("sk_sandbox"), "{wrong}");
    }
}

#[tokio::test]
async fn another_key_can_be_the_one() {
    let bench = Bench::new();
    bench.practice.accept_dojo_key("sk_sandbox_other");
    let mut request = asked("POST", INTENTS, BODY);
    assert_eq!(send(&bench, "POST", INTENTS, BODY).await.status, 401);
    let key = "Basic sk_sandbox_other".parse().unwrap();
    request.headers_mut().insert("authorization", key);
    assert_eq!(bench.send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_version_is_required_and_must_be_known() {
    let bench = Bench::new();
    for (version, status) in [
        ("2026-02-27", StatusCode::OK),
        ("2025-09-10", StatusCode::OK),
        ("2026-02-28", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
    ] {
        let mut request = asked("POST", INTENTS, BODY);
        let headers = request.headers_mut();
        headers.insert("version", version.parse().unwrap());
        assert_eq!(bench.send(request).await.status, status, "{version}");
    }
    let mut request = asked("POST", INTENTS, BODY);
    request.headers_mut().remove("version");
    let answer = bench.send(request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["errors"]["Version"][0].is_string());
}

#[tokio::test]
async fn intents_may_ask_for_the_headers_of_the_vendor() {
    let table = [
        (DojoHeaders::Neither, [true, true, true]),
        (DojoHeaders::SoftwareHouse, [false, true, true]),
        (DojoHeaders::Both, [false, false, true]),
    ];
    for (choice, passes) in table {
        let bench = Bench::with(|settings| settings.dojo_intent_headers = choice);
        for (sent, passes) in passes.into_iter().enumerate() {
            let mut request = asked("POST", INTENTS, BODY);
            for (name, value) in [
                ("software-house-id", "softwareHouse1"),
                ("reseller-id", "reseller1"),
            ]
            .into_iter()
            .take(sent)
            {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            let answer = bench.send(request).await;
            assert_eq!(answer.status == StatusCode::OK, passes, "{choice:?} {sent}");
        }
    }
}

#[tokio::test]
async fn a_refusal_has_the_form_that_is_chosen() {
    let path = format!("{INTENTS}/pi_sandbox_x");
    let bench = Bench::new();
    let (first, second) = (
        send(&bench, "GET", &path, "").await,
        send(&bench, "GET", &path, "").await,
    );
    assert_eq!(first.status, StatusCode::NOT_FOUND);
    assert_eq!(first.json()["status"], 404);
    assert_ne!(first.json()["traceId"], second.json()["traceId"]);
    let bench = Bench::with(|settings| settings.dojo_errors = DojoErrors::PascalCase);
    let answer = send(&bench, "POST", INTENTS, "{}").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["Status"], 400);
    assert!(answer.json().get("status").is_none());
    assert!(answer.json()["Extensions"]["errors"]["Reference"][0].is_string());
    let bench = Bench::with(|settings| settings.dojo_errors = DojoErrors::Html);
    let answer = send(&bench, "GET", &path, "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.starts_with("<html>"), "{}", answer.text);
    // What is not built is not there.
    let answer = send(&bench, "POST", "/dojo/setup-intents", "{}").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["title"], "Not Found");
}
