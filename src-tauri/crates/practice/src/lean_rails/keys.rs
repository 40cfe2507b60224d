//! Idempotency keys: the first answer is kept for a day (docs.leanrails.com/guides/idempotency;
//! github.com/fluveohq/fluveo-ai, errors-and-retries).

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Generation;
use super::choices::{LeanRailsConcurrent, LeanRailsKeyScope};
use super::failure::{Failure, Kind};
use super::fields::Fields;
use crate::ids::sha256_hex;
use crate::message::Received;
use crate::{IntentId, Settings};

const HEADER: &str = "Idempotency-Key";

/// The longest key, in characters.
const LENGTH_MAX: usize = 255;

/// How long an answer is kept, in milliseconds.
const KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    at_ms: u64,
    /// SHA-256 of what the request asked for.
    fingerprint: String,
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) intent: Option<IntentId>,
}

/// The keys of one account that are in use, by generation, key and, where a key is for one path,
/// path.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Keys {
    kept: BTreeMap<String, Kept>,
}

/// A key with what it is used for.
pub(super) struct Use {
    generation: Generation,
    place: String,
    fingerprint: String,
}

impl Use {
    /// The key of a request; `None` where it needs none and has none.
    pub(super) fn of(
        generation: Generation,
        received: &Received,
        settings: &Settings,
    ) -> Result<Option<Self>, Failure> {
        let Some(key) = received.header(HEADER).filter(|key| !key.is_empty()) else {
            return match generation {
                Generation::Json => Err(Failure::lacking(HEADER)),
                Generation::Form if received.has_header(HEADER) => {
                    let message = "The Idempotency-Key must be one text that is not empty.";
                    Err(Failure::invalid(HEADER, message))
                }
                Generation::Form => Ok(None),
            };
        };
        if key.chars().count() > LENGTH_MAX {
            let message = "The Idempotency-Key must not be longer than 255 characters.";
            return Err(Failure::invalid(HEADER, message));
        }
        let path = &received.path;
        let scope = match generation {
            Generation::Json => settings.lean_rails.key_scope,
            Generation::Form => LeanRailsKeyScope::Account,
        };
        let place = match scope {
            LeanRailsKeyScope::Account => format!("{} {key}", generation.word()),
            LeanRailsKeyScope::Path => format!("{} {path} {key}", generation.word()),
        };
        let mut asked = format!("{path}\n").into_bytes();
        asked.extend(Fields::fingerprint(generation, received));
        Ok(Some(Self {
            generation,
            place,
            fingerprint: sha256_hex(&asked),
        }))
    }

    fn reused(&self) -> Failure {
        let status = match self.generation {
            Generation::Json => StatusCode::UNPROCESSABLE_ENTITY,
            Generation::Form => StatusCode::BAD_REQUEST,
        };
        let code = match self.generation {
            Generation::Json => "idempotency_key_reuse",
            Generation::Form => "idempotency_error",
        };
        let message = "The idempotency key was used with different parameters.";
        Failure::new(status, Kind::Idempotency, code, message)
    }

    /// No page of the first generation has a code for it.
    fn in_progress(&self) -> Failure {
        let (kind, code) = match self.generation {
            Generation::Json => (Kind::InvalidRequest, "idempotency_key_in_use"),
            Generation::Form => (Kind::Api, "api_error"),
        };
        let message = "A request with this idempotency key is still in progress.";
        Failure::new(StatusCode::CONFLICT, kind, code, message)
    }

    /// Whether an answer with this status is kept. The later generation gives a key free that
    /// nothing was done with.
    fn is_kept(&self, status: StatusCode) -> bool {
        match self.generation {
            Generation::Json => true,
            Generation::Form => !status.is_client_error() || status == StatusCode::PAYMENT_REQUIRED,
        }
    }
}

impl Keys {
    /// The answer that a key has already; an error where it may not be used so, or not yet.
    pub(super) fn look(
        &mut self,
        used: &Use,
        now_ms: u64,
        settings: &Settings,
    ) -> Result<Option<Kept>, Failure> {
        self.kept
            .retain(|_, kept| now_ms < kept.at_ms.saturating_add(KEPT_MS));
        let Some(kept) = self.kept.get(&used.place) else {
            return Ok(None);
        };
        if kept.fingerprint != used.fingerprint {
            return Err(used.reused());
        }
        let settings = &settings.lean_rails;
        let waits = used.generation == Generation::Json
            && settings.concurrent == LeanRailsConcurrent::Replay;
        if !waits && now_ms < kept.at_ms.saturating_add(settings.in_progress_ms) {
            return Err(used.in_progress());
        }
        Ok(Some(kept.clone()))
    }

    /// Keeps an answer. The key is free: [`Keys::look`] said so.
    pub(super) fn keep(
        &mut self,
        used: Use,
        now_ms: u64,
        status: StatusCode,
        body: &str,
        intent: Option<IntentId>,
    ) {
        if !used.is_kept(status) {
            return;
        }
        let kept = Kept {
            at_ms: now_ms,
            fingerprint: used.fingerprint,
            status: status.as_u16(),
            body: body.to_owned(),
            intent,
        };
        self.kept.insert(used.place, kept);
    }
}
