use http::StatusCode;
use practice::{
    DOJO_KEY, DojoErrors, Effect, Fault, Faults, Operation, Practice, Press, ServerError, serve,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{BODY, COUNTER, INTENTS, SESSIONS, asked, asking, sale_body};
use crate::support::{Bench, answered};

/// Sends a request to a store on a real socket and reads until it closes.
async fn exchanged(practice: &Practice, method: &str, path: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(serve(practice.clone(), listener));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic {DOJO_KEY}\r\n\
         version: 2026-02-27\r\nsoftware-house-id: softwareHouse1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    task.abort();
    answer
}

/// The status and the object of an answer.
fn told(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

async fn asked_of(practice: &Practice, method: &str, path: &str, body: &str) -> Value {
    let answer = exchanged(practice, method, path, body).await;
    let (status, told) = told(&answer);
    assert_eq!(status, 200, "{method} {path} {answer}");
    told
}

#[tokio::test]
async fn an_intent_is_made_over_a_socket_and_a_page_says_that_it_is_one() {
    let practice = Practice::with_system_clock(1);
    let made = exchanged(&practice, "POST", INTENTS, BODY)
        .await
        .to_ascii_lowercase();
    assert!(made.starts_with("http/1.1 200"), "{made}");
    assert!(made.contains("\"status\":\"created\""), "{made}");
    assert!(made.contains("content-type: application/json"), "{made}");
    let mut settings = practice.settings();
    settings.dojo_errors = DojoErrors::Html;
    practice.set_settings(settings);
    let refused = exchanged(&practice, "DELETE", &format!("{INTENTS}/x"), "").await;
    let refused = refused.to_ascii_lowercase();
    assert!(refused.starts_with("http/1.1 404"), "{refused}");
    assert!(refused.contains("content-type: text/html"), "{refused}");
}

#[tokio::test]
async fn a_sale_on_a_machine_over_a_socket() {
    let practice = Practice::with_system_clock(1);
    let mut settings = practice.settings();
    settings.dojo_initiate_ms = 0;
    settings.tap_ms = 0;
    practice.set_settings(settings);
    let machines = asked_of(&practice, "GET", "/dojo/terminals?statuses=Available", "").await;
    let mut all = machines.as_array().unwrap().iter();
    let mine = all.find(|one| one["properties"]["tid"] == COUNTER).unwrap();
    let intent = asked_of(&practice, "POST", INTENTS, BODY).await;
    let details = json!({
        "sessionType": "Sale", "sale": {"paymentIntentId": intent["id"]},
    });
    let body = json!({"terminalId": mine["id"], "details": details}).to_string();
    let session = asked_of(&practice, "POST", SESSIONS, &body).await;
    let path = format!("{SESSIONS}/{}", session["id"].as_str().unwrap());
    let shown = asked_of(&practice, "GET", &path, "").await;
    assert_eq!(shown["status"], "Initiated");
    practice.press(COUNTER, Press::Tap).unwrap();
    let paid = asked_of(&practice, "GET", &path, "").await;
    assert_eq!(paid["status"], "Captured");
    // An explicit empty body, as the cancel of a session must have.
    let late = exchanged(&practice, "PUT", &format!("{path}/cancel"), "").await;
    assert_eq!(told(&late).0, 422);
    let path = format!("{INTENTS}/{}", intent["id"].as_str().unwrap());
    let intent = asked_of(&practice, "GET", &path, "").await;
    assert_eq!(intent["status"], "Captured");
    assert_eq!(practice.ledger().len(), 1);
    practice.check().unwrap();
}

/// The same request, first without effect and at last with its effect and no answer.
async fn lose_thrice(bench: &Bench, operation: Operation, method: &str, path: &str, body: &str) {
    let practice = &bench.practice;
    for fault in [
        Fault::DropRequest,
        Fault::ServerError {
            status: ServerError::E503,
            takes_effect: false,
        },
        Fault::LoseAnswer,
    ] {
        practice.set_faults(Faults::next(operation, fault));
        let answer = practice.exchange(asked(method, path, body)).await;
        let lost = practice.faults_played().pop().unwrap();
        assert_eq!((lost.operation, lost.fault), (operation, fault), "{path}");
        if let Ok(answer) = answer {
            let answer = answered(answer).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.json()["traceId"].is_string(), "{}", answer.text);
            assert_eq!(bench.last_effect(), Effect::LostOnTheWay);
        }
    }
}

#[tokio::test]
async fn every_operation_can_lose_its_answer_and_have_its_effect() {
    let bench = Bench::with(|settings| settings.dojo_inserted_is_signed = true);
    let practice = &bench.practice;
    let (id, session) = asking(&bench).await;
    practice.press(COUNTER, Press::InsertPin).unwrap();
    bench.advance(4000);
    let (intent, session) = (format!("{INTENTS}/{id}"), format!("{SESSIONS}/{session}"));
    let yes = r#"{"accepted":true}"#.to_owned();
    let other = super::made(&bench).await;
    let start = sale_body(&bench, "21890002", &other);
    for (operation, method, path, body, effect) in [
        (
            Operation::Read,
            "GET",
            session.clone(),
            String::new(),
            Effect::Read,
        ),
        (
            Operation::Change,
            "PUT",
            format!("{session}/signature"),
            yes,
            Effect::Changed,
        ),
        (
            Operation::Start,
            "POST",
            SESSIONS.to_owned(),
            start,
            Effect::Started,
        ),
        (
            Operation::List,
            "GET",
            "/dojo/terminals".to_owned(),
            String::new(),
            Effect::Listed,
        ),
        (
            Operation::Refund,
            "POST",
            format!("{intent}/reversal"),
            String::new(),
            Effect::GivenBack,
        ),
    ] {
        lose_thrice(&bench, operation, method, &path, &body).await;
        assert_eq!(bench.last_effect(), effect, "{path}");
        bench.advance(1000);
    }
    assert_eq!(super::charged(&bench), [1050]);
    assert_eq!(super::given_back(&bench), [1050]);
}

#[tokio::test]
async fn a_start_that_is_delivered_twice_tells_of_a_busy_machine() {
    let bench = Bench::new();
    let id = super::made(&bench).await;
    let body = sale_body(&bench, COUNTER, &id);
    let faults = Faults::next(Operation::Start, Fault::DeliverTwice);
    bench.practice.set_faults(faults);
    let answer = bench
        .practice
        .exchange(asked("POST", SESSIONS, &body))
        .await;
    let answer = answered(answer.unwrap()).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(bench.practice.dojo_sessions().len(), 1);
}

#[tokio::test]
async fn a_session_can_be_lied_about() {
    for (fault, word) in [
        (Fault::StaleStatus, "InitiateRequested"),
        (Fault::UnknownStatus, "Settling"),
    ] {
        let bench = Bench::new();
        let (_, session) = asking(&bench).await;
        bench
            .practice
            .set_faults(Faults::next(Operation::Read, fault));
        let path = format!("{SESSIONS}/{session}");
        let answer = bench.practice.exchange(asked("GET", &path, "")).await;
        let told = answered(answer.unwrap()).await.json();
        assert_eq!(told["status"], word);
        assert_eq!(super::status(&bench, &session).await, "Initiated");
    }
}
