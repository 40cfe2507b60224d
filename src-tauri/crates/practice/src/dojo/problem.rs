//! Refusals in the forms that Dojo has been seen to use (docs.dojo.tech/api/v3/bundled.json, errors; RFC
//! 7807).

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::DojoErrors;
use crate::Effect;
use crate::ids::sha256_hex;
use crate::message::{Answer, Received};
use crate::world::World;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    pub(super) effect: Effect,
    field: Option<&'static str>,
    sentence: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, effect: Effect, sentence: &str) -> Self {
        Self {
            status,
            effect,
            field: None,
            sentence: sentence.to_owned(),
        }
    }

    pub(super) fn invalid(field: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            effect: Effect::Invalid,
            field: Some(field),
            sentence: sentence.into(),
        }
    }

    pub(super) fn not_found() -> Self {
        let sentence = "There is no payment intent with this id";
        Self::new(StatusCode::NOT_FOUND, Effect::NotFound, sentence)
    }

    /// The refusal in the form that the settings ask for.
    pub(super) fn answer(&self, world: &mut World, received: &Received) -> Answer {
        let intents = &mut world.books.dojo;
        intents.refusals = intents.refusals.saturating_add(1);
        let number = intents.refusals;
        let trace = trace(&format!("{number} {} {}", received.method, received.path));
        written(world.settings().dojo_errors, self, &trace)
    }
}

/// A refusal from outside the store's own answers: no such path, no such method, a fault.
pub(crate) fn plain(path: &str, status: StatusCode, sentence: &str) -> Answer {
    let refused = Refused::new(status, Effect::NotFound, sentence);
    written(DojoErrors::Problem, &refused, &trace(path))
}

fn trace(of: &str) -> String {
    sha256_hex(of.as_bytes()).chars().take(32).collect()
}

fn written(errors: DojoErrors, refused: &Refused, trace: &str) -> Answer {
    let status = refused.status;
    let title = status.canonical_reason().unwrap_or("Error");
    let detail = &refused.sentence;
    let named = refused.field.map(|field| (field, [detail]));
    let named: BTreeMap<_, _> = named.into_iter().collect();
    let kind = "https://www.rfc-editor.org/rfc/rfc9110#section-15";
    match errors {
        DojoErrors::Problem => Answer::json(
            status,
            &json!({
                "type": kind, "title": title, "status": status.as_u16(), "detail": detail,
                "traceId": trace, "errors": named,
            }),
        ),
        DojoErrors::PascalCase => Answer::json(
            status,
            &json!({
                "Type": kind, "Title": title, "Status": status.as_u16(), "Detail": detail,
                "Extensions": {"traceId": trace, "errors": named},
            }),
        ),
        DojoErrors::Html => Answer::html(
            status,
            &format!(
                "<html><body><h1>{} {title}</h1></body></html>",
                status.as_u16()
            ),
        ),
    }
}
