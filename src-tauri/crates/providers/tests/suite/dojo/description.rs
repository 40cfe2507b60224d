//! Dojo's own description of the requests a till sends, as a judge.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::shop::KEY;

/// The operations a till needs, cut from Dojo's own description.
pub(super) struct Description(Value);

impl Description {
    pub(super) fn read() -> Self {
        let text = include_str!("../../fixtures/dojo/requests-2026-02-27.json");
        Self(serde_json::from_str(text).expect("the description"))
    }

    /// The operation of a request; a name in braces stands for any segment, unless there is a path
    /// without one.
    fn operation(&self, method: &str, path: &str) -> &Value {
        let fits = |template: &str| {
            let (ours, theirs) = (path.split('/'), template.split('/'));
            ours.clone().count() == theirs.clone().count()
                && ours
                    .zip(theirs)
                    .all(|(one, of)| of.starts_with('{') || one == of)
        };
        let paths = self.0["paths"].as_object().expect("paths");
        let mut found: Vec<_> = paths.iter().filter(|(path, _)| fits(path)).collect();
        found.sort_by_key(|(path, _)| path.contains('{'));
        let operations = found.first().map(|(_, operations)| *operations);
        let operation = operations.and_then(|all| all.get(method.to_ascii_lowercase()));
        assert!(operation.is_some(), "not described: {method} {path}");
        operation.expect("it was there")
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        jsonschema::draft4::new(&whole).expect("a schema")
    }

    pub(super) fn allows(&self, request: &str) {
        let (head, body) = request.split_once("\r\n\r\n").expect("a whole request");
        let mut lines = head.split("\r\n");
        let mut first = lines.next().expect("a first line").split(' ');
        let (method, target) = (
            first.next().expect("a method"),
            first.next().expect("a path"),
        );
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        let header = |name: &str| {
            let found = headers
                .iter()
                .find(|(named, _)| named.eq_ignore_ascii_case(name));
            found.map(|(_, value)| *value)
        };
        let operation = self.operation(method, path);
        let parameters = operation["parameters"].as_array().expect("parameters");
        for parameter in parameters {
            let name = parameter["name"].as_str().expect("a name");
            let value = match parameter["in"].as_str() {
                Some("header") => header(name),
                _ => continue,
            };
            let is_needed = parameter["required"] == true;
            assert!(
                value.is_some() || !is_needed,
                "{method} {path} without {name}"
            );
            if let Some(value) = value {
                let validator = self.validator(&parameter["schema"]);
                assert!(validator.is_valid(&json!(value)), "{name}: {value}");
            }
        }
        for (name, _) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let is_known = parameters
                .iter()
                .any(|one| one["in"] == "query" && one["name"] == name);
            assert!(is_known, "{method} {path} does not know {name}");
        }
        assert_eq!(header("authorization"), Some(&*format!("Basic {KEY}")));
        assert_eq!(header("version"), Some("2026-02-27"));
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            assert_eq!(body, "", "{method} {path} has no body");
            return;
        }
        let body: Value = serde_json::from_str(body).expect("a body in JSON");
        let errors: Vec<String> = self
            .validator(schema)
            .iter_errors(&body)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:?} in {body}");
    }
}

/// The judge can say no: a refund with `Money` in place of the bare integer.
#[test]
#[should_panic(expected = "is not of type")]
fn what_the_description_does_not_allow_is_found() {
    let request = format!(
        "POST /payment-intents/pi_1/refunds HTTP/1.1\r\nauthorization: Basic {KEY}\r\n\
         version: 2026-02-27\r\nidempotencykey: k\r\n\r\n\
         {{\"amount\":{{\"value\":100,\"currencyCode\":\"GBP\"}}}}"
    );
    Description::read().allows(&request);
}
