//! The receiver over a real socket.

use cli::session::SessionOptions;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A receiver on a port of its own, and the folder of its hints.
struct Stand {
    address: std::net::SocketAddr,
    folder: TempDir,
    lines: Lines<Said>,
}

impl Stand {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SessionOptions::at(folder.path().to_owned()).for_reading();
        let session = Session::open(options).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (receiver, lines) = Receiver::new(session, folder.path());
        tokio::spawn(serve(receiver, listener));
        Self {
            address,
            folder,
            lines,
        }
    }

    /// Sends bytes as they are, and answers the status.
    async fn raw(&self, bytes: &[u8]) -> u16 {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // Who is refused early may find the connection closed.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        status.parse().unwrap_or_else(|_| panic!("{answer:?}"))
    }

    async fn post(&self, account: &str, headers: &[(&str, String)], body: &str) -> u16 {
        let mut head = format!("POST /webhooks/{account} HTTP/1.1\r\nHost: till\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let length = body.len();
        head.push_str(&format!("Content-Length: {length}\r\n\r\n{body}"));
        self.raw(head.as_bytes()).await
    }

    /// What was left for the till.
    fn hints(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("webhooks.hints"));
        let text = text.unwrap_or_default();
        let lines = text.lines().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    fn said(&mut self) -> Vec<Outcome> {
        std::iter::from_fn(|| self.lines.try_recv().ok())
            .map(|said| said.outcome)
            .collect()
    }
}

fn hex(secret: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn event(id: &str) -> String {
    format!(r#"{{"id":"{id}","type":"payment.succeeded","data":{{"id":"pay-1"}}}}"#)
}

const THAI: &str = "practice-thai-qr";

fn thai(secret: &str, at_ms: i64, body: &str) -> Vec<(&'static str, String)> {
    let signature = hex(secret, &format!("{at_ms}.{body}"));
    vec![
        ("X-Webhook-Signature", format!("sha256={signature}")),
        ("X-Webhook-Timestamp", at_ms.to_string()),
    ]
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[tokio::test]
async fn an_event_of_each_system_is_a_hint_once() {
    let mut stand = Stand::open().await;
    let body = event("evt_1");
    let headers = thai(PRACTICE_WEBHOOK_SECRET, now_ms(), &body);
    assert_eq!(stand.post(THAI, &headers, &body).await, 204);
    assert_eq!(stand.post(THAI, &headers, &body).await, 204, "replayed");
    let again = thai(PRACTICE_WEBHOOK_SECRET, now_ms() + 1, &body);
    assert_eq!(stand.post(THAI, &again, &body).await, 204, "sent again");

    let dojo = r#"{"id":"evt_1","data":{"paymentIntentId":"pi_2"}}"#;
    let dashed: Vec<String> = hex(PRACTICE_WEBHOOK_SECRET, dojo)
        .to_uppercase()
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    let signature = [("Dojo-Signature", format!("sha256={}", dashed.join("-")))];
    assert_eq!(stand.post("practice-dojo", &signature, dojo).await, 204);

    let lean = r#"{"id":"evt_1","data":{"object":{"id":"pi_3"}}}"#;
    let at = now_ms() / 1_000;
    let v1 = hex(PRACTICE_WEBHOOK_SECRET, &format!("v1={at}.{lean}"));
    let signature = [("X-Signature", format!("t={at},v1={v1}"))];
    assert_eq!(stand.post("practice-cards", &signature, lean).await, 204);

    let payout = r#"{"id":"evt_9","type":"kyc.approved","data":{}}"#;
    let headers = thai(PRACTICE_WEBHOOK_SECRET, now_ms(), payout);
    assert_eq!(stand.post(THAI, &headers, payout).await, 204);

    assert_eq!(
        stand.hints(),
        [
            "practice-thai-qr pay-1",
            "practice-dojo pi_2",
            "practice-cards pi_3"
        ]
    );
    let names: Vec<&str> = stand.said().iter().map(Outcome::name).collect();
    assert_eq!(
        names,
        [
            "taken",
            "repeated",
            "repeated",
            "taken",
            "taken",
            "no_payment"
        ]
    );
}

#[tokio::test]
async fn what_is_not_signed_as_it_should_be_leaves_nothing() {
    let mut stand = Stand::open().await;
    let body = event("evt_1");
    let now = now_ms();
    let good = thai(PRACTICE_WEBHOOK_SECRET, now, &body);
    let old = thai(PRACTICE_WEBHOOK_SECRET, now - 301_000, &body);
    let early = thai(PRACTICE_WEBHOOK_SECRET, now + 320_000, &body);
    let wrong = thai("another", now, &body);
    let twice = [good.clone(), good.clone()].concat();
    let junk = "junk";
    for (account, headers, body, status) in [
        (THAI, wrong, body.as_str(), 401),
        (THAI, good.clone(), " ", 401),
        (THAI, old, &body, 401),
        (THAI, early, &body, 401),
        (THAI, vec![], &body, 401),
        (THAI, twice, &body, 401),
        (THAI, thai(PRACTICE_WEBHOOK_SECRET, now, junk), junk, 400),
        ("practice", good.clone(), &body, 404),
        ("nobody", good.clone(), &body, 404),
        ("..", good.clone(), &body, 404),
        ("%00", good.clone(), &body, 404),
        ("a/b", good, &body, 404),
    ] {
        let found = stand.post(account, &headers, body).await;
        assert_eq!(found, status, "{account} {headers:?}");
    }
    assert_eq!(
        stand
            .raw(b"GET /webhooks/practice-thai-qr HTTP/1.1\r\nHost: till\r\n\r\n")
            .await,
        405
    );
    assert_eq!(stand.hints(), [""; 0]);
    let names: Vec<&str> = stand.said().iter().map(Outcome::name).collect();
    assert_eq!(
        names,
        [
            "wrong_signature",
            "wrong_signature",
            "too_old",
            "from_the_future",
            "not_signed",
            "signed_twice",
            "not_an_event",
            "no_webhooks",
            "unknown_account",
            "unknown_account",
            "unknown_account",
        ]
    );
}

#[tokio::test]
async fn heads_and_bodies_have_an_end() {
    let mut stand = Stand::open().await;
    let path = "/webhooks/practice-thai-qr";
    let large = "x".repeat(64 * 1024 + 1);
    assert_eq!(stand.post(THAI, &[], &large).await, 413);
    let chunk = "x".repeat(1024);
    let mut chunked =
        format!("POST {path} HTTP/1.1\r\nHost: till\r\nTransfer-Encoding: chunked\r\n\r\n");
    for _ in 0..70 {
        chunked.push_str(&format!("400\r\n{chunk}\r\n"));
    }
    assert_eq!(stand.raw(chunked.as_bytes()).await, 413, "without a length");
    let mut many = format!("POST {path} HTTP/1.1\r\nHost: till\r\n");
    for number in 0..100 {
        many.push_str(&format!("X-{number}: 1\r\n"));
    }
    many.push_str("\r\n");
    assert_eq!(stand.raw(many.as_bytes()).await, 431);
    let long = format!("POST {path} HTTP/1.1\r\nHost: till\r\nX-Long: {large}\r\n\r\n");
    assert_eq!(stand.raw(long.as_bytes()).await, 431);
    let said = stand.said();
    let too_large = Outcome::Rejected(Rejected::TooLarge);
    assert_eq!(said, [too_large.clone(), too_large]);
    // It still listens.
    let body = event("evt_1");
    let headers = thai(PRACTICE_WEBHOOK_SECRET, now_ms(), &body);
    assert_eq!(stand.post(THAI, &headers, &body).await, 204);
}

#[tokio::test]
async fn who_sends_slowly_is_cut_off_after_ten_seconds_and_holds_nobody_up() {
    let stand = Stand::open().await;
    let began = Instant::now();
    let slow =
        b"POST /webhooks/practice-thai-qr HTTP/1.1\r\nHost: till\r\nContent-Length: 9\r\n\r\n{";
    let slow = stand.raw(slow);
    let silent = async {
        let mut stream = TcpStream::connect(stand.address).await.unwrap();
        stream.write_all(b"POST /web").await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        began.elapsed()
    };
    let body = event("evt_1");
    let headers = thai(PRACTICE_WEBHOOK_SECRET, now_ms(), &body);
    let quick = async {
        let status = stand.post(THAI, &headers, &body).await;
        (status, began.elapsed())
    };
    let (slow, silent, (quick, quick_took)) = tokio::join!(slow, silent, quick);
    assert_eq!(slow, 408);
    assert!((9..15).contains(&silent.as_secs()), "{silent:?}");
    assert_eq!(quick, 204);
    assert!(quick_took < Duration::from_secs(9), "{quick_took:?}");
}

#[test]
fn fifty_requests_a_second_are_heard_and_the_rest_said_once() {
    let began = Instant::now();
    let mut window = Window::beginning(began);
    for second in 0..3 {
        let at = |part: u64| began + Duration::from_millis(second * 1_000 + part);
        for request in 0..u64::from(PER_SECOND_MAX) {
            assert_eq!(window.count(at(request)), Counted::Within);
        }
        let first = Counted::TooMany { is_first: true };
        assert_eq!(window.count(at(990)), first);
        for request in 991..999 {
            let other = Counted::TooMany { is_first: false };
            assert_eq!(window.count(at(request)), other);
        }
    }
}

#[tokio::test]
async fn a_flood_is_turned_away() {
    let mut stand = Stand::open().await;
    let mut turned_away = 0;
    // A machine so slow that it takes a second for fifty is given several tries.
    for _ in 0..20 {
        for _ in 0..10 {
            let status = stand.post("nobody", &[], "").await;
            turned_away += usize::from(status == 429);
        }
        if turned_away > 0 {
            break;
        }
    }
    assert!(turned_away > 0, "two hundred requests were all heard");
    assert!(stand.said().contains(&Outcome::TooMany));
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(stand.post("nobody", &[], "").await, 404, "the next second");
}

#[tokio::test]
async fn a_hint_that_cannot_be_left_is_asked_for_again() {
    let mut stand = Stand::open().await;
    let file = stand.folder.path().join("webhooks.hints");
    std::fs::create_dir(&file).unwrap();
    let body = event("evt_1");
    let headers = thai(PRACTICE_WEBHOOK_SECRET, now_ms(), &body);
    assert_eq!(stand.post(THAI, &headers, &body).await, 503);
    std::fs::remove_dir(&file).unwrap();
    assert_eq!(stand.post(THAI, &headers, &body).await, 204);
    assert_eq!(stand.hints(), ["practice-thai-qr pay-1"]);
    let names: Vec<&str> = stand.said().iter().map(Outcome::name).collect();
    assert_eq!(names, ["not_left", "taken"]);
}
