//! Every answer against the machine-readable description of Dojo, as far as it has one.

use std::cell::Cell;

use http::StatusCode;
use jsonschema::{Draft, Validator};
use practice::{DojoReceipts, Press};
use serde_json::{Map, Value, json};

use super::{BODY, COUNTER, INTENTS, SESSIONS, asked, machine, sale_body, virtual_tid};
use crate::support::Bench;

const DESCRIPTION: &str = include_str!("../../fixtures/dojo/openapi-2026-02-27.json");

/// The samples of the description have these fields in an intent, its schema does not.
const IN_SAMPLES_ONLY: [&str; 2] = ["paymentSource", "paymentEvents"];

/// `nullable` is a word of `OpenAPI` 3.0 that JSON Schema does not have.
fn with_nulls(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let inner = fields.iter().filter(|(name, _)| *name != "nullable");
            let inner: Map<String, Value> = inner
                .map(|(name, value)| (name.clone(), with_nulls(value)))
                .collect();
            if fields.get("nullable") == Some(&json!(true)) {
                json!({"anyOf": [inner, {"type": "null"}]})
            } else {
                Value::Object(inner)
            }
        }
        Value::Array(all) => all.iter().map(with_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

struct Description {
    whole: Value,
    answers: Cell<usize>,
}

impl Description {
    fn new() -> Self {
        let text: Value = serde_json::from_str(DESCRIPTION).unwrap();
        Self {
            whole: with_nulls(&text),
            answers: Cell::new(0),
        }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let root = json!({"allOf": [schema], "components": self.whole["components"]});
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true);
        options.build(&root).unwrap()
    }

    fn named(&self, name: &str) -> Validator {
        self.validator(&json!({"$ref": format!("#/components/schemas/{name}")}))
    }

    /// The schema of an answer; `None` where it has no body, or is not in the description at all.
    fn schema(&self, method: &str, template: &str, status: u16) -> Option<&Value> {
        let responses = &self.whole["paths"][template][method.to_lowercase()]["responses"];
        assert!(responses.is_object(), "{method} {template}");
        let schema = &responses[status.to_string()]["content"]["application/json"]["schema"];
        schema.is_object().then_some(schema)
    }

    fn check(&self, method: &str, template: &str, status: StatusCode, text: &str) {
        let Some(schema) = self.schema(method, template, status.as_u16()) else {
            let undocumented = [
                ("POST", "/terminal-sessions", 409),
                ("POST", "/payment-intents/{paymentIntentId}/receipt", 204),
            ];
            let key = (method, template, status.as_u16());
            assert!(undocumented.contains(&key), "{key:?} {text}");
            return;
        };
        let mut told: Value = serde_json::from_str(text).unwrap();
        let mut all: Vec<&mut Value> = if told.get("data").is_some() {
            told["data"].as_array_mut().unwrap().iter_mut().collect()
        } else {
            vec![&mut told]
        };
        for fields in all.iter_mut().filter_map(|one| one.as_object_mut()) {
            for name in IN_SAMPLES_ONLY {
                fields.remove(name);
            }
        }
        // `PagedPaymentIntent` forbids every field, and so the very object that it describes.
        let page = json!({"$ref": "#/components/schemas/PagedResultOfPaymentIntent"});
        let is_page = template == "/payment-intents/search" && status == StatusCode::OK;
        let wrong: Vec<_> = self
            .validator(if is_page { &page } else { schema })
            .iter_errors(&told)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{method} {template} {status}: {wrong:?}");
        for name in ["receipt", "customerReceipt", "merchantReceipt"] {
            if let Some(slip) = told.get(name) {
                assert!(
                    self.named("TerminalSessionReceipt").is_valid(slip),
                    "{slip}"
                );
            }
        }
        self.answers.set(self.answers.get() + 1);
    }
}

/// A till that has every answer checked.
struct Till {
    bench: Bench,
    description: Description,
}

impl Till {
    fn new() -> Self {
        let bench = Bench::with(|settings| {
            settings.dojo_receipts = DojoReceipts::All;
            settings.dojo_refund_after_attempts = true;
        });
        Self {
            bench,
            description: Description::new(),
        }
    }

    async fn send(&self, method: &str, template: &str, id: &str, body: &str, status: u16) -> Value {
        let (before, after) = match (template.split_once('{'), template.split_once('}')) {
            (Some((before, _)), Some((_, after))) => (before, after),
            _ => (template, ""),
        };
        let id = if before == template { "" } else { id };
        let path = format!("/dojo{before}{id}{after}");
        let mut request = asked(method, &path, body);
        let key = format!("key-{}", self.description.answers.get());
        let headers = request.headers_mut();
        headers.insert("idempotencykey", key.parse().unwrap());
        let answer = self.bench.send(request).await;
        let text = &answer.text;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {text}");
        self.description
            .check(method, template, answer.status, text);
        serde_json::from_str(text).unwrap_or_default()
    }

    async fn create(&self, body: &str) -> String {
        let made = self.send("POST", "/payment-intents", "", body, 200).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn start(&self, body: &str) -> String {
        let made = self.send("POST", "/terminal-sessions", "", body, 200).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn read(&self, intent: &str, session: &str) {
        let template = "/terminal-sessions/{terminalSessionId}";
        self.send("GET", template, session, "", 200).await;
        let template = "/payment-intents/{paymentIntentId}";
        self.send("GET", template, intent, "", 200).await;
    }
}

const INTENT: &str = "/payment-intents/{paymentIntentId}";
const SESSION: &str = "/terminal-sessions/{terminalSessionId}";

fn whole_body(capture: &str) -> String {
    let money = |minor: i64| json!({"value": minor, "currencyCode": "GBP"});
    json!({
        "amount": money(1050), "reference": "order-1", "description": "Lunch",
        "captureMode": capture, "autoExpireIn": "01.00:00:00", "autoExpireAction": "Release",
        "tipsAmount": money(1), "serviceChargeAmount": money(2), "cashbackAmount": money(3),
        "cardHolderNotPresent": false, "metadata": {"attempt": "1"},
        "expireAt": "2026-01-09T00:00:00Z",
        "itemLines": [{
            "id": "1", "name": "Tea", "quantity": 2, "amountTotal": money(400), "plu": "7",
            "modifiers": [{
                "id": "m", "name": "Oat milk", "quantity": 1, "amountPerModifier": money(50),
            }],
        }],
        "taxLines": [{"caption": "VAT", "amountTotal": money(80)}],
        "config": {"payment": {"customAmountAllowed": true, "tipsAllowed": true}},
    })
    .to_string()
}

#[tokio::test]
async fn sales_on_every_machine_are_told_as_described() {
    let till = Till::new();
    for end in [
        "SIP0", "SCN0", "DIP0", "SIS0", "CIP0", "UIP0", "TIP0", "SIP1",
    ] {
        let intent = till.create(&whole_body("Auto")).await;
        let body = sale_body(&till.bench, &virtual_tid(end), &intent);
        let session = till.start(&body).await;
        for wait_ms in [300, 2000, 1200, 3000, 80_000, 20_000] {
            till.bench.advance(wait_ms);
            till.read(&intent, &session).await;
        }
    }
    till.send("POST", "/payment-intents/search", "", "{}", 200)
        .await;
    till.send("GET", "/terminals", "", "", 200).await;
    assert!(till.description.answers.get() > 100);
}

#[tokio::test]
async fn what_is_changed_taken_and_given_back_is_told_as_described() {
    let till = Till::new();
    let money = r#"{"value":900,"currencyCode":"GBP"}"#;
    let intent = till.create(&whole_body("Manual")).await;
    let at = |what: &str| format!("{INTENT}/{what}");
    let amount = format!(r#"{{"amount":{money}}}"#);
    till.send("POST", &at("amount"), &intent, &amount, 200)
        .await;
    let tips = format!(r#"{{"tipsAmount":{money}}}"#);
    till.send("POST", &at("tips-amount"), &intent, &tips, 200)
        .await;
    let body = sale_body(&till.bench, &virtual_tid("SIS0"), &intent);
    let session = till.start(&body).await;
    till.bench.advance(3500);
    let yes = r#"{"accepted":true}"#;
    let signature = format!("{SESSION}/signature");
    till.send("PUT", &signature, &session, yes, 200).await;
    till.bench.advance(1000);
    till.read(&intent, &session).await;
    for part in [r#"{"amount":700,"tipsAmount":5}"#, r#"{"amount":1105}"#] {
        till.send("POST", &at("captures"), &intent, part, 200).await;
    }
    till.read(&intent, &session).await;
    let part = r#"{"amount":5,"refundReason":"cold"}"#;
    let refund = till.send("POST", &at("refunds"), &intent, part, 200).await;
    let id = refund["refundId"].as_str().unwrap();
    till.send("GET", "/payment-intents/refunds/{refundId}", id, "", 200)
        .await;
    let mail = r#"{"emails":["a@shop.example"]}"#;
    till.send("POST", &at("receipt"), &intent, mail, 204).await;
    let terminal = machine(&till.bench, &virtual_tid("SIP0"));
    till.send("GET", "/terminals/{terminalId}", &terminal, "", 200)
        .await;
    let details = json!({
        "sessionType": "MatchedRefund", "matchedRefund": {"paymentIntentId": intent},
    });
    let body = json!({"terminalId": terminal, "details": details});
    let session = till.start(&body.to_string()).await;
    till.bench.advance(10_000);
    till.read(&intent, &session).await;
    let other = till.create(BODY).await;
    let body = sale_body(&till.bench, &virtual_tid("SCN0"), &other);
    till.start(&body).await;
    till.bench.advance(10_000);
    till.send("POST", &at("reversal"), &other, "", 200).await;
    let third = till.create(BODY).await;
    till.send("DELETE", INTENT, &third, "", 200).await;
}

#[tokio::test]
async fn refusals_are_told_as_described() {
    let till = Till::new();
    let intent = till.create(BODY).await;
    let session = till.start(&sale_body(&till.bench, COUNTER, &intent)).await;
    till.bench.advance(300);
    till.bench.practice.press(COUNTER, Press::Tap).unwrap();
    let busy = sale_body(&till.bench, COUNTER, &till.create(BODY).await);
    let yes = r#"{"accepted":true}"#;
    let at = |what: &str| format!("{INTENT}/{what}");
    let cancel = format!("{SESSION}/cancel");
    let signature = format!("{SESSION}/signature");
    for (method, template, id, body, status) in [
        ("POST", "/payment-intents", "", "{}", 400),
        ("POST", "/payment-intents/search", "", "[]", 400),
        ("GET", INTENT, "x", "", 404),
        ("DELETE", INTENT, "x", "", 404),
        ("DELETE", INTENT, &intent, "", 400),
        ("POST", &at("amount"), &intent, "{}", 405),
        ("POST", &at("tips-amount"), &intent, "{}", 405),
        ("POST", &at("captures"), &intent, r#"{"amount":1}"#, 409),
        ("POST", &at("refunds"), &intent, r#"{"amount":1}"#, 400),
        ("POST", &at("reversal"), &intent, "", 409),
        ("POST", &at("receipt"), &intent, "{}", 400),
        ("GET", "/payment-intents/refunds/{refundId}", "x", "", 400),
        ("GET", "/terminals/{terminalId}", "x", "", 404),
        ("POST", "/terminal-sessions", "", "{}", 400),
        ("POST", "/terminal-sessions", "", &busy, 409),
        ("GET", SESSION, "x", "", 404),
        ("PUT", &cancel, &session, "", 422),
        ("PUT", &cancel, "x", "", 404),
        ("PUT", &signature, &session, yes, 422),
        ("PUT", &signature, &session, "{}", 400),
    ] {
        till.send(method, template, id, body, status).await;
    }
    for (method, template, path) in [
        ("POST", "/payment-intents", INTENTS),
        ("GET", "/terminals", "/dojo/terminals"),
        ("POST", "/terminal-sessions", SESSIONS),
    ] {
        let mut request = asked(method, path, BODY);
        request.headers_mut().remove("authorization");
        let answer = till.bench.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        till.description
            .check(method, template, answer.status, &answer.text);
    }
}

#[test]
fn the_description_is_read_so_that_it_can_refuse() {
    let description = Description::new();
    let intent = description.named("PaymentIntent");
    assert!(intent.is_valid(&json!({"status": "Created", "tipsAmount": null})));
    let session = json!({
        "id": "x", "terminalId": "y", "status": "Expired", "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z", "expireAt": "2026-01-01T00:00:00Z",
        "statusEvents": [], "notificationEvents": [],
    });
    assert!(description.named("TerminalSession").is_valid(&session));
    for wrong in [
        json!({"status": "Paid"}),
        json!({"refundedAmount": {"value": 1, "currencyCode": "GBP"}}),
        json!({"amount": 1050}),
        json!({"amount": {"value": "1050", "currencyCode": "GBP"}}),
        json!({"createdAt": "yesterday"}),
        json!({"unheard": 1}),
        json!({"terminalSessionHistory": [{"terminalSession": {"receipt": {}}}]}),
    ] {
        assert!(!intent.is_valid(&wrong), "{wrong}");
    }
    for name in ["id", "statusEvents", "expireAt"] {
        let mut session = session.clone();
        session.as_object_mut().unwrap().remove(name);
        assert!(!description.named("TerminalSession").is_valid(&session));
    }
}
