//! Every request as it goes over the wire, for a reviewer to hold against the provider's pages.
//! Keys, signatures and times are taken out.

use payment::System;

use crate::server::{Server, json};
use crate::shop::{Operation, hasty, line, made_body};

/// The requests of one operation, or of the check of an account.
async fn requests(system: System, operation: Option<Operation>) -> String {
    let server = Server::answering(json(&made_body(system)));
    let base = match system {
        System::Compago | System::CompagoLink => server.base(),
        System::One2Pays | System::Dojo | System::LeanRails => {
            format!("http://127.0.0.1:{}", server.port())
        }
    };
    let line = line(system, &base, hasty());
    // What comes of the answer is the business of other tests.
    let _ = match operation {
        Some(operation) => operation.run_in(system, &*line).await,
        None => line.check().await,
    };
    let requests = server.with(|arrived| arrived.requests.clone());
    let samples: Vec<String> = requests.iter().map(|request| sample(request)).collect();
    samples.join("\n")
}

/// One request with its headers in order of their names.
fn sample(request: &str) -> String {
    let (head, body) = request.split_once("\r\n\r\n").expect("a whole request");
    let mut lines = head.split("\r\n");
    let first = lines.next().expect("a first line");
    let mut headers: Vec<String> = lines.map(header).collect();
    headers.sort();
    let from = first.find("dateFrom=").map(|at| at + "dateFrom=".len());
    let first = match from {
        Some(at) => format!("{}[a year and a day ago] HTTP/1.1", &first[..at]),
        None => first.to_owned(),
    };
    let body = if body.is_empty() { "(no body)" } else { body };
    format!("{first}\n{}\n{body}\n", headers.join("\n"))
}

fn header(line: &str) -> String {
    let (name, value) = line.split_once(": ").expect("a header");
    let is_own = matches!(
        name,
        "host" | "x-api-key" | "x-timestamp" | "x-signature" | "authorization"
    );
    let value = match value.strip_prefix("sha256=") {
        Some(_) => "sha256=[taken out]",
        None if is_own => "[taken out]",
        None => value,
    };
    format!("{name}: {value}")
}

async fn all(system: System) -> String {
    let asked = [
        ("create", Some(Operation::Create)),
        ("find", Some(Operation::Find)),
        ("read", Some(Operation::Read)),
        ("cancel", Some(Operation::Cancel)),
        ("check", None),
    ];
    let mut all = String::new();
    for (name, operation) in asked {
        let sent = requests(system, operation).await;
        let sent = if sent.is_empty() { "nothing\n" } else { &sent };
        all += &format!("=== {name}\n{sent}\n");
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_compago_terminals() {
    insta::assert_snapshot!(all(System::Compago).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_for_compago_links() {
    insta::assert_snapshot!(all(System::CompagoLink).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_one2pays() {
    insta::assert_snapshot!(all(System::One2Pays).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_dojo() {
    insta::assert_snapshot!(all(System::Dojo).await);
}
