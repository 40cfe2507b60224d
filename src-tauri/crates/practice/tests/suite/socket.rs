use std::net::SocketAddr;
use std::time::{Duration, Instant};

use practice::{
    Chance, Effect, Fault, Faults, Operation, Practice, Press, ServeError, ServerError, Status,
    serve,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::create_body;

/// A store on a real socket of this computer, in real time.
pub(crate) struct Served {
    pub(crate) practice: Practice,
    address: SocketAddr,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn served() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let practice = Practice::with_system_clock(1);
    let task = tokio::spawn(serve(practice.clone(), listener));
    Served {
        practice,
        address,
        task,
    }
}

impl Served {
    /// Sends bytes and reads until the other side closes, or for a second.
    pub(crate) async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let read = async {
            let mut buffer = [0_u8; 4096];
            loop {
                match stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => return true,
                    Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                }
            }
        };
        let closed = timeout(Duration::from_secs(5), read).await;
        assert!(closed.is_ok(), "the connection stayed open");
        String::from_utf8(bytes).unwrap()
    }

    async fn create(&self, external_id: &str) -> String {
        self.raw(&create_text(external_id)).await
    }

    async fn create_with(&self, fault: Fault) -> String {
        let faults = Faults::next(Operation::Create, fault);
        self.practice.set_faults(faults);
        self.create("order-1").await
    }

    fn made(&self) -> usize {
        self.practice.intents().len()
    }

    fn last_effect(&self) -> Effect {
        self.practice.requests().last().unwrap().effect
    }
}

fn create_text(external_id: &str) -> String {
    let body = create_body(external_id, "350.50", Some("PRACTICE-1"));
    format!(
        "POST /api/payment-intent HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: practice\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn get_text(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: practice\r\nconnection: close\r\n\r\n"
    )
}

pub(crate) fn body_of(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_sale_over_a_real_socket() {
    let served = served().await;
    let answer = served.create("order-1").await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(body_of(&answer).contains(r#""amount":350.50"#), "{answer}");
    let press = r#"{"press":"cancel_on_terminal"}"#;
    let pressed = served
        .raw(&format!(
            "POST /practice/terminals/PRACTICE-1/press HTTP/1.1\r\nhost: 127.0.0.1\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{press}",
            press.len()
        ))
        .await;
    assert!(pressed.starts_with("HTTP/1.1 204 "), "{pressed}");
    assert_eq!(served.practice.intents()[0].status, Status::Cancelled);
}

#[tokio::test]
async fn a_dropped_request_has_no_effect_and_no_answer() {
    let served = served().await;
    assert_eq!(served.create_with(Fault::DropRequest).await, "");
    assert_eq!(served.made(), 0);
    assert_eq!(served.last_effect(), Effect::LostOnTheWay);
    // The fault was ordered once: the repetition goes through.
    assert!(served.create("order-1").await.starts_with("HTTP/1.1 201 "));
}

#[tokio::test]
async fn a_lost_answer_has_its_effect() {
    let served = served().await;
    assert_eq!(served.create_with(Fault::LoseAnswer).await, "");
    assert_eq!(served.made(), 1);
    assert!(served.create("order-1").await.starts_with("HTTP/1.1 409 "));
    assert_eq!(served.made(), 1);
}

#[tokio::test]
async fn a_server_error_comes_with_or_without_effect() {
    for (status, line) in [
        (ServerError::E500, "HTTP/1.1 500 "),
        (ServerError::E502, "HTTP/1.1 502 "),
        (ServerError::E503, "HTTP/1.1 503 "),
        (ServerError::E504, "HTTP/1.1 504 "),
    ] {
        for takes_effect in [true, false] {
            let served = served().await;
            let fault = Fault::ServerError {
                status,
                takes_effect,
            };
            let answer = served.create_with(fault).await;
            assert!(answer.starts_with(line), "{answer}");
            assert_eq!(served.made(), usize::from(takes_effect), "{line}");
        }
    }
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let served = served().await;
    let answer = served
        .create_with(Fault::TooManyRequests { retry_after_s: 7 })
        .await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert!(answer.contains("\r\nretry-after: 7\r\n"), "{answer}");
    assert_eq!(served.made(), 0);
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_it_promised() {
    let served = served().await;
    let answer = served.create_with(Fault::CutBody).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let head = answer.split_once("\r\n\r\n").unwrap().0;
    let promised = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    let promised: usize = promised.parse().unwrap();
    let came = body_of(&answer).len();
    assert!(came > 0 && came < promised, "{came} of {promised}");
    assert_eq!(served.made(), 1);
}

#[tokio::test]
async fn a_truncated_answer_claims_to_be_whole() {
    let served = served().await;
    let answer = served.create_with(Fault::TruncatedJson).await;
    let body = body_of(&answer);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.contains(&format!("content-length: {}\r\n", body.len())));
    assert!(serde_json::from_str::<serde_json::Value>(body).is_err());
    assert_eq!(served.made(), 1);
}

#[tokio::test]
async fn even_an_empty_object_can_be_truncated() {
    let served = served().await;
    let created = served.create("order-1").await;
    let object: serde_json::Value = serde_json::from_str(body_of(&created)).unwrap();
    let id = object["id"].as_str().unwrap();
    let faults = Faults::next(Operation::Cancel, Fault::TruncatedJson);
    served.practice.set_faults(faults);
    let cancel = format!(
        "POST /api/payment-intent/{id}/cancel HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         x-api-key: practice\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    assert_eq!(body_of(&served.raw(&cancel).await), "{");
    assert_eq!(served.practice.intents()[0].status, Status::Cancelled);
}

#[tokio::test]
async fn an_answer_can_have_no_body_or_be_a_page() {
    let answer = served().await.create_with(Fault::EmptyBody).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(body_of(&answer), "");
    for takes_effect in [true, false] {
        let served = served().await;
        let answer = served.create_with(Fault::Html { takes_effect }).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("content-type: text/html"), "{answer}");
        assert!(body_of(&answer).starts_with("<!doctype html>"));
        assert_eq!(served.made(), usize::from(takes_effect));
    }
}

#[tokio::test]
async fn an_answer_can_lie_about_one_field() {
    for (fault, lie) in [
        (Fault::WrongAmount, r#""amount":350.51"#),
        (Fault::WrongCurrency, r#""currency":"USD""#),
        (Fault::UnknownStatus, r#""status":"SETTLING""#),
    ] {
        let served = served().await;
        let answer = served.create_with(fault).await;
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
        assert!(body_of(&answer).contains(lie), "{answer}");
        assert_eq!(served.practice.intents()[0].amount.minor(), 35_050);
    }
}

#[tokio::test]
async fn a_status_can_go_back() {
    let served = served().await;
    let mut settings = served.practice.settings();
    settings.tap_ms = 0;
    served.practice.set_settings(settings);
    served.create("order-1").await;
    served.practice.press("PRACTICE-1", Press::Tap).unwrap();
    let id = served.practice.intents()[0].id;
    let read = get_text(&format!("/api/payment-intent/{id}"));
    assert!(served.raw(&read).await.contains("CONFIRMED"));
    let faults = Faults::next(Operation::Read, Fault::StaleStatus);
    served.practice.set_faults(faults);
    let stale = served.raw(&read).await;
    assert!(
        stale.contains("PENDING") && !stale.contains("paymentSummary"),
        "{stale}"
    );
    assert!(served.raw(&read).await.contains("CONFIRMED"));
}

#[tokio::test]
async fn a_redirect_leads_elsewhere_without_effect() {
    let served = served().await;
    let answer = served.create_with(Fault::Redirect).await;
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(answer.contains("\r\nlocation: /elsewhere/api/payment-intent\r\n"));
    assert_eq!(served.made(), 0);
}

#[tokio::test]
async fn a_request_delivered_twice_tells_of_the_second() {
    let served = served().await;
    let answer = served.create_with(Fault::DeliverTwice).await;
    assert!(answer.starts_with("HTTP/1.1 409 "), "{answer}");
    assert_eq!(served.made(), 1);
    assert_eq!(served.practice.requests().len(), 2);
}

#[tokio::test]
async fn a_delayed_answer_comes_after_its_effect() {
    let served = served().await;
    let start = Instant::now();
    let answer = served.create_with(Fault::Delay { ms: 150 }).await;
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn a_stalled_answer_never_comes_and_the_connection_stays_open() {
    let served = served().await;
    let faults = Faults::next(Operation::Create, Fault::Stall);
    served.practice.set_faults(faults);
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let request = create_text("order-1");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut byte = [0_u8; 1];
    let waited = timeout(Duration::from_millis(400), stream.read(&mut byte)).await;
    assert!(waited.is_err(), "something came: {waited:?}");
    assert_eq!(served.made(), 1);
}

#[tokio::test]
async fn a_cut_network_loses_answers_until_it_is_restored() {
    let served = served().await;
    let press = |press| served.practice.press("PRACTICE-1", press);
    press(Press::CutNetwork).unwrap();
    assert_eq!(served.create("order-1").await, "");
    assert_eq!(served.made(), 1);
    // The panel is on this side of the cable.
    let ledger = served.raw(&get_text("/practice/ledger")).await;
    assert!(ledger.starts_with("HTTP/1.1 200 "), "{ledger}");
    press(Press::RestoreNetwork).unwrap();
    assert!(served.create("order-2").await.starts_with("HTTP/1.1 201 "));
}

#[tokio::test]
async fn the_same_seed_plays_the_same_faults() {
    let mut stories = Vec::new();
    for seed in [11, 11, 12] {
        let served = served().await;
        served.practice.set_faults(Faults::storm(seed, 40));
        for number in 0..40 {
            served.create(&format!("order-{number}")).await;
        }
        let played = served.practice.faults_played();
        assert!(!played.is_empty());
        let story: Vec<_> = played.into_iter().map(|played| played.fault).collect();
        stories.push((story, served.made()));
        served.practice.check().unwrap();
    }
    assert_eq!(stories[0], stories[1]);
    assert_ne!(stories[0], stories[2]);
}

#[tokio::test]
async fn junk_on_the_socket_does_not_take_the_store_down() {
    let served = served().await;
    for junk in [
        "\r\n\r\n",
        "\u{16}\u{3}\u{1} hello",
        "GET\r\n\r\n",
        "POST / HTTP/9\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(junk.as_bytes()).await.unwrap();
        drop(stream);
    }
    assert!(served.create("order-1").await.starts_with("HTTP/1.1 201 "));
}

#[tokio::test(start_paused = true)]
async fn a_fault_can_be_played_without_a_socket_under_paused_time() {
    let start = tokio::time::Instant::now();
    let clock = std::sync::Arc::new(move || u64::try_from(start.elapsed().as_millis()).unwrap());
    let practice = Practice::new(1, clock);
    practice.set_faults(Faults::next(Operation::Create, Fault::Delay { ms: 90_000 }));
    let request = crate::support::create_request("order-1", "1", Some("PRACTICE-TAP"));
    let answer = practice.exchange(request).await.unwrap();
    assert_eq!(answer.status(), http::StatusCode::CREATED);
    assert_eq!(start.elapsed().as_millis(), 90_000);
    assert_eq!(practice.ledger().len(), 1);
    practice.set_faults(Faults::next(Operation::Create, Fault::LoseAnswer));
    let request = crate::support::create_request("order-2", "1", Some("PRACTICE-TAP"));
    assert!(practice.exchange(request).await.is_err());
    assert_eq!(practice.intents().len(), 2);
}

#[tokio::test]
async fn faults_set_anew_are_drawn_anew_and_only_the_last_are_remembered() {
    let practice = Practice::with_system_clock(1);
    let read = || crate::support::get("/api/payment-intent/7");
    let mut stories = Vec::new();
    for _ in 0..2 {
        practice.set_faults(Faults {
            chances: vec![Chance {
                fault: Fault::DropRequest,
                per_mille: 300,
            }],
            ..Faults::storm(21, 0)
        });
        let mut story = Vec::new();
        for _ in 0..64 {
            story.push(practice.exchange(read()).await.is_err());
        }
        stories.push(story);
    }
    assert_eq!(stories[0], stories[1]);
    assert!(stories[0].contains(&true) && stories[0].contains(&false));
    for _ in 0..5000 {
        // Whether this one is lost does not matter, only that some are.
        let _ = practice.exchange(read()).await;
    }
    assert_eq!(practice.faults_played().len(), 1000);
}

#[tokio::test]
async fn a_body_beyond_the_limit_stays_beyond_it_under_a_fault() {
    let practice = Practice::with_system_clock(1);
    let fault = Fault::Delay { ms: 0 };
    practice.set_faults(Faults::next(Operation::Create, fault));
    let body = "x".repeat(64 * 1024 + 1);
    let request = crate::support::post("/api/payment-intent", &body);
    let answer = crate::support::answered(practice.exchange(request).await.unwrap()).await;
    assert_eq!(answer.status, http::StatusCode::BAD_REQUEST);
    assert!(
        answer.text.contains("larger than 65536 bytes"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_connection_that_ends_makes_room_for_the_next() {
    let served = served().await;
    // More than are open at a time; each ends before the next begins.
    for _ in 0..300 {
        let answer = served.raw(&get_text("/practice/ledger")).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}
