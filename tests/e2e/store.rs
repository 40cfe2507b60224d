//! The practice store behind the window, asked directly: what was truly charged, and what is to go
//! wrong next.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::window::Window;

/// The store's own door.
pub(crate) struct Store {
    address: String,
}

impl Store {
    /// Finds the store of a window by its practice account.
    pub(crate) async fn of(window: &Window) -> Self {
        let overview = window.ask("overview", json!({})).await;
        let accounts = overview["ok"]["accounts"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let practice = accounts.iter().find(|account| account["practice"] == true);
        let url = practice
            .and_then(|account| account["base_url"].as_str())
            .expect("its address");
        let address = url
            .trim_start_matches("http://")
            .trim_end_matches("/api")
            .to_owned();
        Self { address }
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        // As whoever has the shop's key: what is asked of the store's own door needs none.
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-api-key: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            practice::PRACTICE_KEY,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address)
            .await
            .expect("the practice store");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    /// What was truly charged.
    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let ledger = self.call("GET", "/practice/ledger", &Value::Null).await;
        ledger.as_array().cloned().expect("a list")
    }

    /// Every intent there is.
    pub(crate) async fn intents(&self) -> Vec<Value> {
        let intents = self.call("GET", "/practice/intents", &Value::Null).await;
        intents.as_array().cloned().expect("a list")
    }

    /// Every link there is.
    pub(crate) async fn links(&self) -> Vec<Value> {
        let links = self.call("GET", "/practice/links", &Value::Null).await;
        links.as_array().cloned().expect("a list")
    }

    /// The link of an order.
    async fn link_of(&self, order: &str) -> String {
        let links = self.links().await;
        let link = links.iter().find(|link| link["reference"] == order);
        let id = link.and_then(|link| link["id"].as_str());
        id.unwrap_or_else(|| panic!("no link of {order}"))
            .to_owned()
    }

    /// The customer of a link pays on its page.
    pub(crate) async fn pay(&self, order: &str) {
        let pages = self.call("GET", "/practice/pages", &Value::Null).await;
        let pages = pages.as_array().cloned().expect("a list");
        // Dojo's page names the attempt as well.
        let first = format!("{order}-a1");
        let is_of = |page: &&Value| page["reference"] == order || page["reference"] == first;
        let id = pages
            .iter()
            .find(is_of)
            .and_then(|page| page["id"].as_str());
        let id = id.unwrap_or_else(|| panic!("no page of {order}: {pages:?}"));
        let path = format!("/practice/pages/{id}/press");
        self.call("POST", &path, &json!({ "press": "pay" })).await;
    }

    /// Somebody else withdraws a link at its provider.
    pub(crate) async fn withdraw(&self, order: &str) {
        let path = format!("/api/one-time-payment/{}/cancel", self.link_of(order).await);
        self.call("PATCH", &path, &json!({})).await;
    }

    /// What was truly given back.
    pub(crate) async fn refunds(&self) -> Vec<Value> {
        let refunds = self.call("GET", "/practice/refunds", &Value::Null).await;
        refunds.as_array().cloned().expect("a list")
    }

    /// The next request of a kind meets a fault.
    pub(crate) async fn next(&self, on: &str, fault: Value) {
        self.next_all(on, &[fault]).await;
    }

    /// The next requests of a kind meet these faults, one each.
    pub(crate) async fn next_all(&self, on: &str, faults: &[Value]) {
        let queue: Vec<Value> = faults
            .iter()
            .map(|fault| json!({ "on": on, "fault": fault }))
            .collect();
        self.call("POST", "/practice/faults", &json!({ "queue": queue }))
            .await;
    }

    /// Changes what the documents leave open.
    pub(crate) async fn set(&self, settings: Value) {
        self.call("POST", "/practice/settings", &settings).await;
    }

    /// Presses a machine as soon as it asks for a card.
    pub(crate) async fn press_until_taken(&self, machine: &str, press: &str) {
        let path = format!("/practice/terminals/{machine}/press");
        let body = json!({ "press": press }).to_string();
        for _ in 0..200 {
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.address,
                body.len()
            );
            let mut stream = TcpStream::connect(&self.address)
                .await
                .expect("the practice store");
            stream.write_all(request.as_bytes()).await.expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.expect("answered");
            if answer.starts_with("HTTP/1.1 2") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{machine} never asked for a card");
    }
}
