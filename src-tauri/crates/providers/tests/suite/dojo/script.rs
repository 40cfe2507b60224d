//! A server that answers by a script, and Dojo's answers.

use std::sync::{Arc, Mutex, PoisonError};

use payment::{Channel, Charge, IntentId, Provider, System};
use serde_json::{Value, json};

use super::description::Description;
use crate::server::{Server, answer, json as ok};
use crate::shop::{Side, charge_by, charge_in, hasty, line};

/// One exchange that is expected: method and path, and what is answered.
pub(super) type Step = (&'static str, String);

/// A server that answers each request of a script in turn, and the till's line to it.
pub(super) struct Script {
    server: Server,
    left: Arc<Mutex<Vec<Step>>>,
    pub(super) dojo: Arc<dyn Provider>,
}

impl Script {
    pub(super) fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut steps: Vec<Step> = steps.into_iter().collect();
        steps.reverse();
        let left = Arc::new(Mutex::new(steps));
        let script = Arc::clone(&left);
        let server = Server::start(move |mut peer| {
            while let Some(request) = peer.request() {
                let step = script.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let answer = match step {
                    Some((expected, answer)) if request.starts_with(&format!("{expected} ")) => {
                        answer
                    }
                    // What was not expected fails the test by its answer and in the count.
                    Some(_) | None => answer("418 Not expected", "text/plain", ""),
                };
                if !peer.write(answer.as_bytes()) {
                    return;
                }
            }
        });
        let base = format!("http://127.0.0.1:{}", server.port());
        let dojo = line(System::Dojo, &base, hasty());
        Self { server, left, dojo }
    }

    /// More exchanges.
    pub(super) fn then(&self, steps: impl IntoIterator<Item = Step>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(left.is_empty(), "not asked for: {left:?}");
        left.extend(steps);
        left.reverse();
    }

    /// All that was sent, each held against the description, and nothing is left of the script.
    pub(super) fn done(&self) -> Vec<String> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(left.is_empty(), "not asked for: {left:?}");
        let requests = self.server.with(|arrived| arrived.requests.clone());
        let description = Description::read();
        for request in &requests {
            description.allows(request);
        }
        requests
    }
}

pub(super) fn pi() -> IntentId {
    IntentId::new("pi_1").expect("an id")
}

pub(super) fn charge() -> Charge {
    charge_in(System::Dojo, "R-1", 35_050, "tm_1")
}

/// The same, paid on the page of the intent.
pub(super) fn by_link() -> Charge {
    let side = Side {
        system: System::Dojo,
        channel: Channel::Link,
    };
    charge_by(side, "R-1", 35_050, "tm_1")
}

/// An intent with fields beside those of a create.
pub(super) fn intent(status: &str, beside: &Value) -> String {
    let mut body = json!({
        "id": "pi_1", "status": status, "reference": "R-1", "captureMode": "Auto",
        "amount": {"value": 35_050, "currencyCode": "GBP"},
    });
    for (name, value) in beside.as_object().expect("fields") {
        body[name] = value.clone();
    }
    ok(&body.to_string())
}

pub(super) fn session(status: &str) -> String {
    ok(&the_session("ts_1", status).to_string())
}

pub(super) fn the_session(id: &str, status: &str) -> Value {
    json!({
        "id": id, "status": status, "terminalId": "tm_1",
        "createdAt": "2026-09-21T14:13:20Z", "expireAt": "2099-09-21T14:15:00Z",
        "details": {"sessionType": "Sale", "sale": {"paymentIntentId": "pi_1"}},
    })
}

pub(super) fn history(status: &str) -> Value {
    json!({"terminalSessionHistory": [{"terminalSession": the_session("ts_1", status)}]})
}

pub(super) fn refused(status: &str) -> String {
    let body = r#"{"title":"No","status":400,"detail":"no","traceId":"t-1","errors":{}}"#;
    answer(status, "application/json", body)
}

pub(super) const MAKE: &str = "POST /payment-intents";
pub(super) const START: &str = "POST /terminal-sessions";
pub(super) const READ: &str = "GET /payment-intents/pi_1?returnCanceled=true";
pub(super) const LOOK: &str = "GET /terminal-sessions/ts_1";
pub(super) const STOP: &str = "PUT /terminal-sessions/ts_1/cancel";
pub(super) const WITHDRAW: &str = "DELETE /payment-intents/pi_1";
pub(super) const SEARCH: &str = "POST /payment-intents/search";
