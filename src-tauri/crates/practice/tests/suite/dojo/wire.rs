use practice::{DOJO_KEY, DojoErrors, Practice, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{BODY, INTENTS};

/// Sends a request to a store on a real socket and reads until it closes.
async fn exchanged(practice: &Practice, method: &str, path: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(serve(practice.clone(), listener));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic {DOJO_KEY}\r\n\
         version: 2026-02-27\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    task.abort();
    answer.to_ascii_lowercase()
}

#[tokio::test]
async fn an_intent_is_made_over_a_socket_and_a_page_says_that_it_is_one() {
    let practice = Practice::with_system_clock(1);
    let made = exchanged(&practice, "POST", INTENTS, BODY).await;
    assert!(made.starts_with("http/1.1 200"), "{made}");
    assert!(made.contains("\"status\":\"created\""), "{made}");
    assert!(made.contains("content-type: application/json"), "{made}");
    let mut settings = practice.settings();
    settings.dojo_errors = DojoErrors::Html;
    practice.set_settings(settings);
    let refused = exchanged(&practice, "DELETE", &format!("{INTENTS}/x"), "").await;
    assert!(refused.starts_with("http/1.1 404"), "{refused}");
    assert!(refused.contains("content-type: text/html"), "{refused}");
}
