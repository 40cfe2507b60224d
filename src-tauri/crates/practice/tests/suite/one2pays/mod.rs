mod creating;
mod gate;
mod listing;
mod statuses;

use axum::body::Body;
use http::Request;
use serde_json::Value;

use crate::support::{Answered, payment_body};

const NOBODY: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/// The code of an error in its envelope, which must hold nothing else.
fn code(answer: &Answered) -> String {
    let body = answer.json();
    assert_eq!(body["success"], false, "{}", answer.text);
    assert!(body.get("data").is_none(), "{}", answer.text);
    assert!(body["error"]["message"].is_string(), "{}", answer.text);
    body["error"]["code"].as_str().unwrap().to_owned()
}

fn data(answer: &Answered) -> Value {
    assert_eq!(answer.json()["success"], true, "{}", answer.text);
    answer.json()["data"].clone()
}

/// Changes one field of a valid create; `None` leaves it out.
fn with(field: &str, value: Option<Value>) -> String {
    let mut body: Value = serde_json::from_str(&payment_body("order-1", "100.00")).unwrap();
    let fields = body.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    body.to_string()
}

/// A signed request with one header replaced, or left out.
fn altered(request: Request<Body>, name: &'static str, value: Option<&str>) -> Request<Body> {
    let mut request = request;
    request.headers_mut().remove(name);
    if let Some(value) = value {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}
