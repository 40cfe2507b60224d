//! Every request as it goes over the wire, for a reviewer to hold against the provider's pages.
//! Keys, signatures and times are taken out.

use money::Money;
use payment::{Act, Channel, Generation, IdempotencyKey, RefundRoute, System};
use providers::connect;
use secrets::Secret;

use crate::server::{Server, json};
use crate::shop::{
    KEY, Operation, Side, account, charge_by, charge_in, hasty, intent, lean_rails_body, line,
    made_body,
};

/// The requests of one operation, or of the check of an account.
async fn requests(system: System, operation: Option<Operation>) -> String {
    let server = Server::answering(json(&made_body(system)));
    let base = match system {
        System::Compago | System::CompagoLink | System::LeanRails => server.base(),
        System::One2Pays | System::Dojo => format!("http://127.0.0.1:{}", server.port()),
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
    let scheme = ["sha256=", "Basic "]
        .into_iter()
        .find(|scheme| value.starts_with(scheme))
        .unwrap_or_default();
    let value = if is_own {
        format!("{scheme}[taken out]")
    } else {
        value.to_owned()
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

/// What LeanRails answers that has taken the card, or still waits for one; and what its lists hold.
fn lean_rails(status: &'static str) -> Server {
    Server::start(move |mut peer| {
        while let Some(request) = peer.request() {
            let path = request.split(' ').nth(1).expect("a path");
            let body = match path.split_once('?') {
                Some((path, _)) if path.ends_with("/refunds") => {
                    r#"{"data":[],"has_more":false}"#.to_owned()
                }
                Some((_, query)) if query.contains("starting_after") => {
                    r#"{"data":[],"has_more":false}"#.to_owned()
                }
                Some(_) => format!(
                    r#"{{"data":[{}],"has_more":true}}"#,
                    lean_rails_body(status).replace("R-1", "R-2")
                ),
                None => lean_rails_body(status),
            };
            if !peer.write(json(&body).as_bytes()) {
                return;
            }
        }
    })
}

async fn sent_to_lean_rails(generation: Generation) -> String {
    let key = IdempotencyKey::new("act-1").expect("a key");
    let amount = Money::new(50, System::LeanRails.currency()).expect("an amount");
    let route = RefundRoute::Remote;
    let mut all = String::new();
    for name in [
        "create, and confirm",
        "find",
        "read",
        "read what is paid",
        "cancel",
        "try again",
        "capture",
        "refund",
        "list what is open",
        "check",
    ] {
        let server = lean_rails(if name == "read what is paid" {
            "succeeded"
        } else {
            "requires_payment_method"
        });
        let mut account = account(System::LeanRails, &server.base());
        account.settings.generation = Some(generation);
        let secret = Secret::new(KEY).expect("a key");
        let line = connect(&account, Some(secret), hasty()).expect("a provider");
        let charge = charge_in(System::LeanRails, "R-1", 35_050, "");
        let act = async |act: Act| {
            // What comes of the answer is the business of other tests.
            let _ = line.act(&charge, &intent(), &act, &key).await;
        };
        match name {
            "create, and confirm" => drop(line.create(&charge).await),
            "find" => drop(line.find(&charge).await),
            "read" => drop(line.read(&intent()).await),
            "read what is paid" => drop(line.read_paid(&intent()).await),
            "cancel" => drop(line.cancel(&intent()).await),
            "try again" => act(Act::TryAgain).await,
            "capture" => act(Act::Capture).await,
            "refund" => act(Act::Refund { amount, route }).await,
            "list what is open" => drop(line.list_open(0).await),
            _ => drop(line.check().await),
        }
        let requests = server.with(|arrived| arrived.requests.clone());
        let samples: Vec<String> = requests.iter().map(|request| sample(request)).collect();
        all += &format!("=== {name}\n{}\n", samples.join("\n"));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_lean_rails() {
    insta::assert_snapshot!(sent_to_lean_rails(Generation::Json).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_the_successor_of_lean_rails() {
    insta::assert_snapshot!(sent_to_lean_rails(Generation::Form).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_dojo() {
    insta::assert_snapshot!(all(System::Dojo).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_for_dojo_links() {
    let side = Side {
        system: System::Dojo,
        channel: Channel::Link,
    };
    let charge = charge_by(side, "R-1", 35_050, "");
    let mut all = String::new();
    for name in ["create", "find", "read", "cancel"] {
        let server = Server::answering(json(&made_body(System::Dojo)));
        let base = format!("http://127.0.0.1:{}", server.port());
        let line = line(System::Dojo, &base, hasty());
        // What comes of the answer is the business of other tests.
        match name {
            "create" => drop(line.create(&charge).await),
            "find" => drop(line.find(&charge).await),
            "read" => drop(line.read_link(&intent()).await),
            _ => drop(line.cancel(&intent()).await),
        }
        let requests = server.with(|arrived| arrived.requests.clone());
        let samples: Vec<String> = requests.iter().map(|request| sample(request)).collect();
        all += &format!("=== {name}\n{}\n", samples.join("\n"));
    }
    insta::assert_snapshot!(all);
}
