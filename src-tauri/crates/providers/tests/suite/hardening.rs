//! What the client does not do, whatever it is told: follow, read on, believe, or say more than it
//! must.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use payment::Failure;
use payment::failure::NoAnswer;
use providers::NetworkOptions;

use crate::fault_rows::TOO_LARGE;
use crate::server::{Server, json};
use crate::shop::{Operation, compago, created_body, hasty};

/// The till reads no more of a flood than its limit and what the sockets hold.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_cut_off() {
    let flood = Server::start(|mut peer| {
        if peer.request().is_some() {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n");
            while peer.write(&[b' '; 65_536]) {}
        }
    });
    let provider = compago(&flood.base(), hasty());
    assert_eq!(Operation::Read.run(&provider).await, Err(TOO_LARGE));
    thread::sleep(Duration::from_millis(200));
    let written = flood.with(|arrived| arrived.bytes_written);
    assert!(written < 32 * 1024 * 1024, "{written} bytes");
}

/// Neither the request nor the key follows a redirect, to this host or another.
#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_never_followed() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for elsewhere in [true, false] {
            let other = Server::answering(json(&created_body()));
            let port = other.port();
            let first = Server::start(move |mut peer| {
                while let Some(request) = peer.request() {
                    let host = if elsewhere {
                        format!("http://localhost:{port}")
                    } else {
                        String::new()
                    };
                    let path = if request.contains("/moved") {
                        "/moved/again"
                    } else {
                        "/moved"
                    };
                    peer.write(format!(
                        "HTTP/1.1 {status}\r\nlocation: {host}{path}\r\ncontent-length: 0\r\n\r\n"
                    ).as_bytes());
                }
            });
            let provider = compago(&first.base(), hasty());
            for (index, operation) in Operation::ALL.into_iter().enumerate() {
                assert_eq!(
                    operation.run(&provider).await,
                    Err(Failure::Redirected),
                    "{status}"
                );
                assert_eq!(first.count(), index + 1, "{status} {operation:?}");
            }
            assert_eq!(other.with(|arrived| arrived.connections), 0, "{status}");
        }
    }
}

/// The answer is about another payment: amounts, currencies and references are told apart on the
/// wire, not only in the map.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_another_payment_is_a_mismatch() {
    let table = [
        ("350.5", "350.51", "amount 350.51"),
        ("350.5", "1e400", "amount 1e400"),
        ("350.5", "-350.5", "amount -350.5"),
        ("\"MXN\"", "\"USD\"", "currency USD"),
        ("\"R-1\"", "\"R-2\"", "externalId R-2"),
    ];
    for (right, wrong, expected) in table {
        let server = Server::answering(json(&created_body().replace(right, wrong)));
        let failure = Operation::Create
            .run(&compago(&server.base(), hasty()))
            .await;
        let Err(Failure::Mismatch { said, .. }) = failure else {
            panic!("{wrong}: {failure:?}");
        };
        assert_eq!(said, expected);
        assert_eq!(server.count(), 1);
    }
}

/// What is written is what is documented, and nothing else of the till or this machine.
#[tokio::test(flavor = "multi_thread")]
async fn requests_are_written_as_documented() {
    let server = Server::answering(json(&created_body()));
    let provider = compago(&server.base(), hasty());
    for operation in Operation::ALL {
        assert_eq!(operation.run(&provider).await, Ok(()));
    }
    let requests = server.with(|arrived| arrived.requests.clone());
    let port = server.port();
    let id = crate::shop::ID;
    let key = crate::shop::KEY;
    let always = [
        format!("x-api-key: {key}"),
        "accept: application/json".to_owned(),
        "user-agent: tillside/0.1".to_owned(),
        format!("host: 127.0.0.1:{port}"),
    ];
    let body = r#"{"amount":350.50,"currency":"MXN","externalId":"R-1","terminalCode":"NEXGO-1"}"#;
    let length = format!("content-length: {}", body.len());
    let table = [
        (
            "POST /api/payment-intent HTTP/1.1".to_owned(),
            vec!["content-type: application/json", &length],
            body,
        ),
        (format!("GET /api/payment-intent/{id} HTTP/1.1"), vec![], ""),
        (
            format!("POST /api/payment-intent/{id}/cancel HTTP/1.1"),
            vec!["content-length: 0"],
            "",
        ),
    ];
    for (request, (line, more, body)) in requests.iter().zip(table) {
        let (head, sent_body) = request.split_once("\r\n\r\n").unwrap();
        let mut found: Vec<&str> = head.lines().skip(1).collect();
        let mut expected: Vec<&str> = always.iter().map(String::as_str).chain(more).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(
            (head.lines().next().unwrap(), found, sent_body),
            (&*line, expected, body)
        );
    }
}

/// A silent connection is given up at its own limit, long before the one on the whole request.
#[tokio::test(flavor = "multi_thread")]
async fn silence_has_a_limit_of_its_own() {
    let silent = Server::start(|mut peer| {
        if peer.request().is_some() {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{");
            peer.hold();
        }
    });
    let options = NetworkOptions {
        read_idle_ms: 200,
        ..NetworkOptions::default()
    };
    let started = Instant::now();
    for operation in Operation::ALL {
        let outcome = operation
            .run(&compago(&silent.base(), options.clone()))
            .await;
        let why = NoAnswer::TimedOut;
        assert_eq!(outcome, Err(Failure::NoAnswer { why }), "{operation:?}");
    }
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
}

/// Whoever can set a variable of the environment still cannot stand between till and provider.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let proxy = Server::answering(json(&created_body()));
    let address = format!("http://127.0.0.1:{}", proxy.port());
    let test = "hardening::inside_an_environment_with_a_proxy";
    let mut run = Command::new(std::env::current_exe().unwrap());
    run.args(["--exact", test, "--ignored", "--nocapture"]);
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        run.env(name, &address);
    }
    let output = run
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert_eq!(proxy.with(|arrived| arrived.connections), 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by a_proxy_of_the_environment_is_not_used"]
async fn inside_an_environment_with_a_proxy() {
    let server = Server::answering(json(&created_body()));
    for operation in Operation::ALL {
        let outcome = operation.run(&compago(&server.base(), hasty())).await;
        assert_eq!(outcome, Ok(()));
    }
    assert_eq!(server.count(), Operation::ALL.len());
    // Nobody listens there; through the proxy it would be answered.
    let base = format!("https://127.0.0.1:{}/api", Server::nobody());
    let outcome = Operation::Read.run(&compago(&base, hasty())).await;
    assert!(
        matches!(outcome, Err(Failure::NotSent { .. })),
        "{outcome:?}"
    );
}
