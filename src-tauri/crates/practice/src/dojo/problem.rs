//! Refusals in the forms that Dojo has been seen to use (docs.dojo.tech/api/v3/bundled.json, errors; RFC
//! 7807).

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::{DOJO_PATH, DojoErrors};
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
    /// The `code` that the endpoints of terminals have beside the rest.
    code: &'static str,
}

impl Refused {
    pub(super) fn new(status: StatusCode, effect: Effect, sentence: &str) -> Self {
        Self {
            status,
            effect,
            field: None,
            sentence: sentence.to_owned(),
            code: "INVALID_REQUEST",
        }
    }

    /// The terminal cannot take a session.
    pub(super) fn unavailable(status: StatusCode, sentence: &str) -> Self {
        Self {
            code: "TERMINAL_UNAVAILABLE",
            ..Self::new(status, Effect::Refused, sentence)
        }
    }

    pub(super) fn invalid(field: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(StatusCode::BAD_REQUEST, Effect::Invalid, &sentence.into())
        }
    }

    pub(super) fn not_found() -> Self {
        let sentence = "There is no payment intent with this id";
        Self::new(StatusCode::NOT_FOUND, Effect::NotFound, sentence)
    }

    /// The refusal in the form that the settings ask for.
    pub(super) fn answer(&self, world: &mut World, received: &Received) -> Answer {
        let dojo = &mut world.books.dojo;
        dojo.refusals = dojo.refusals.saturating_add(1);
        let number = dojo.refusals;
        let trace = trace(&format!("{number} {} {}", received.method, received.path));
        written(world.settings().dojo_errors, self, &received.path, &trace)
    }
}

/// A refusal from outside the store's own answers: no such path, no such method, a fault.
pub(crate) fn plain(path: &str, status: StatusCode, sentence: &str) -> Answer {
    let mut refused = Refused::new(status, Effect::NotFound, sentence);
    if status.is_server_error() {
        refused.code = "INTERNAL_ERROR";
    }
    written(DojoErrors::Problem, &refused, path, &trace(path))
}

fn trace(of: &str) -> String {
    sha256_hex(of.as_bytes()).chars().take(32).collect()
}

fn written(errors: DojoErrors, refused: &Refused, path: &str, trace: &str) -> Answer {
    let status = refused.status;
    let title = status.canonical_reason().unwrap_or("Error");
    let detail = &refused.sentence;
    let named = refused.field.map(|field| (field, [detail]));
    let named: BTreeMap<_, _> = named.into_iter().collect();
    let kind = "https://www.rfc-editor.org/rfc/rfc9110#section-15";
    let mut problem = match errors {
        DojoErrors::Problem => json!({
            "type": kind, "title": title, "status": status.as_u16(), "detail": detail,
            "traceId": trace, "errors": named,
        }),
        DojoErrors::PascalCase => json!({
            "Type": kind, "Title": title, "Status": status.as_u16(), "Detail": detail,
            "Extensions": {"traceId": trace, "errors": named},
        }),
        DojoErrors::Html => {
            let number = status.as_u16();
            let page = format!("<html><body><h1>{number} {title}</h1></body></html>");
            return Answer::html(status, &page);
        }
    };
    let rest = path.strip_prefix(DOJO_PATH).unwrap_or_default();
    if let Some(fields) = problem.as_object_mut()
        && rest.starts_with("/terminal")
    {
        let name = match errors {
            DojoErrors::PascalCase => "Code",
            DojoErrors::Problem | DojoErrors::Html => "code",
        };
        fields.insert(name.to_owned(), json!(refused.code));
    }
    Answer::json(status, &problem)
}
