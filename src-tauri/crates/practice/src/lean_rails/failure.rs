//! Errors in the envelope of either generation (docs.leanrails.com/guides/error-handling;
//! github.com/fluveohq/fluveo-ai, errors-and-retries).

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Generation;
use super::card::Decline;
use super::choices::{LeanRailsMissing, LeanRailsRefusal};
use crate::Settings;
use crate::message::Answer;

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Api,
    Authentication,
    InvalidRequest,
    RateLimit,
    Payment,
    Idempotency,
}

impl Kind {
    const fn word(self, generation: Generation) -> &'static str {
        match (self, generation) {
            (Self::Api, _) => "api_error",
            (Self::RateLimit, _) => "rate_limit_error",
            (Self::Authentication, Generation::Json) => "authentication_error",
            (Self::Payment, Generation::Json) => "payment_error",
            (Self::Payment, Generation::Form) => "card_error",
            (Self::Idempotency, Generation::Form) => "idempotency_error",
            (Self::InvalidRequest, _)
            | (Self::Authentication, Generation::Form)
            | (Self::Idempotency, Generation::Json) => "invalid_request_error",
        }
    }
}

/// An error before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) kind: Kind,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) param: Option<String>,
    pub(super) decline: Option<Decline>,
    /// The intent, where an error shows it. Boxed, as most errors have none.
    pub(super) intent: Option<Box<Value>>,
}

impl Failure {
    pub(super) fn new(
        status: StatusCode,
        kind: Kind,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            code,
            message: message.into(),
            param: None,
            decline: None,
            intent: None,
        }
    }

    pub(super) fn about(self, param: &str) -> Self {
        Self {
            param: Some(param.to_owned()),
            ..self
        }
    }

    /// A field that is not valid.
    pub(super) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, Kind::InvalidRequest, "parameter_invalid", message).about(param)
    }

    /// A field that is not there.
    pub(super) fn lacking(param: &str) -> Self {
        let status = StatusCode::BAD_REQUEST;
        let message = format!("The `{param}` parameter is required.");
        Self::new(status, Kind::InvalidRequest, "parameter_missing", message).about(param)
    }

    /// An object that is not there.
    pub(super) fn missing(
        generation: Generation,
        settings: &Settings,
        param: &str,
        message: String,
    ) -> Self {
        let status = match (generation, settings.lean_rails.missing) {
            (Generation::Json, LeanRailsMissing::BadRequest) => StatusCode::BAD_REQUEST,
            (Generation::Json, LeanRailsMissing::NotFound) | (Generation::Form, _) => {
                StatusCode::NOT_FOUND
            }
        };
        Self::new(status, Kind::InvalidRequest, "resource_missing", message).about(param)
    }

    /// Something that the status of an intent forbids. No page has a code for it.
    pub(super) fn refused(
        generation: Generation,
        settings: &Settings,
        message: impl Into<String>,
    ) -> Self {
        let status = match (generation, settings.lean_rails.refusal) {
            (Generation::Form, _) | (Generation::Json, LeanRailsRefusal::BadRequest) => {
                StatusCode::BAD_REQUEST
            }
            (Generation::Json, LeanRailsRefusal::Conflict) => StatusCode::CONFLICT,
            (Generation::Json, LeanRailsRefusal::Unprocessable) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let code = "payment_intent_unexpected_state";
        Self::new(status, Kind::InvalidRequest, code, message)
    }

    /// A card that the bank declined: 402.
    pub(super) fn declined(generation: Generation, decline: Decline) -> Self {
        let code = decline_code(generation, decline);
        let status = StatusCode::PAYMENT_REQUIRED;
        let failure = Self::new(status, Kind::Payment, code, decline.message());
        Self {
            decline: Some(decline),
            ..failure
        }
    }

    /// The body on the wire.
    pub(super) fn body(&self, generation: Generation) -> Value {
        let mut error = Map::new();
        error.insert("type".to_owned(), json!(self.kind.word(generation)));
        error.insert("message".to_owned(), json!(self.message));
        match generation {
            Generation::Json => {
                let page = match self.decline {
                    Some(_) => "decline-codes",
                    None => self.code,
                };
                let address = format!("https://docs.leanrails.com/errors/{page}");
                error.insert("code".to_owned(), json!(self.code));
                error.insert("param".to_owned(), json!(self.param));
                error.insert("doc_url".to_owned(), json!(address));
            }
            Generation::Form => {
                // A wrong key has no code there.
                if self.kind != Kind::Authentication {
                    error.insert("code".to_owned(), json!(self.code));
                }
                if let Some(param) = &self.param {
                    error.insert("param".to_owned(), json!(param));
                }
            }
        }
        if let Some(decline) = self.decline {
            error.insert("decline_code".to_owned(), json!(decline.word()));
        }
        if let Some(intent) = &self.intent {
            error.insert("payment_intent".to_owned(), intent.as_ref().clone());
        }
        json!({ "error": error })
    }
}

/// The `code` of a decline: always `card_declined`, but in the later generation the expired card
/// has a code of its own.
pub(super) const fn decline_code(generation: Generation, decline: Decline) -> &'static str {
    match (generation, decline) {
        (Generation::Form, Decline::ExpiredCard) => "expired_card",
        (_, Decline::Generic | Decline::InsufficientFunds | Decline::ExpiredCard) => {
            "card_declined"
        }
    }
}

/// A sentence in the envelope that a path belongs to: for what no request of the reference asks,
/// and for faults.
pub(crate) fn refusal(generation: Generation, status: StatusCode, text: &str) -> Answer {
    let (kind, code) = match status {
        StatusCode::NOT_FOUND => (Kind::InvalidRequest, "resource_missing"),
        StatusCode::METHOD_NOT_ALLOWED => (Kind::InvalidRequest, "method_not_allowed"),
        StatusCode::TOO_MANY_REQUESTS => (Kind::RateLimit, limit_code(generation)),
        _ => (Kind::Api, "api_error"),
    };
    let failure = Failure::new(status, kind, code, text);
    Answer::json(status, &failure.body(generation))
}

/// The `code` of a 429.
pub(super) const fn limit_code(generation: Generation) -> &'static str {
    match generation {
        Generation::Json => "rate_limit_exceeded",
        Generation::Form => "rate_limit_error",
    }
}
