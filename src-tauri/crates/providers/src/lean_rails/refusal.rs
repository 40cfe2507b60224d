//! What the refusals of LeanRails mean (docs.leanrails.com/guides/error-handling and /idempotency;
//! github.com/fluveohq/fluveo-ai for the generation that speaks forms). Pure.

use payment::Failure;

use super::wire::Told;
use crate::http::Response;
use crate::said::{MESSAGE_LIMIT, WORDS_LIMIT, clean};

/// What any status but 2xx means.
pub(super) fn refused(response: &Response) -> Failure {
    let told = Told::of(response);
    let is = |code: &str| told.as_ref().is_some_and(|told| told.code == code);
    // The successor asks for a proof of the card holder with the status of a refused key.
    let wants_proof = is("authentication_required");
    let is_missing = is("resource_missing");
    let said = told
        .as_ref()
        .and_then(Told::longest)
        .map(|said| clean(&said, MESSAGE_LIMIT))
        .filter(|said| !said.is_empty());
    match (response.status, said) {
        (403, Some(said)) if wants_proof => Failure::Invalid { said },
        (401 | 403, _) => Failure::KeyRefused,
        // Which status goes with `resource_missing` is not documented.
        (400 | 422, Some(said)) if is_missing => Failure::NotFound { said: Some(said) },
        (404, said) => Failure::NotFound { said },
        (400 | 402 | 422, Some(said)) => Failure::Invalid { said },
        (429, _) => Failure::RateLimited {
            retry_after_ms: response.retry_after_ms,
        },
        (300..=399, _) => Failure::Redirected,
        // 409 above all: another request with this key is at work, which refuses nothing.
        (status, _) => Failure::Fault { status },
    }
}

/// What any status but 2xx means for a create.
pub(super) fn refused_create(response: &Response) -> Failure {
    let is_reused = Told::of(response).is_some_and(|told| {
        told.code == "idempotency_key_reuse"
            || told.code == "idempotency_error"
            || told.kind == "idempotency_error"
    });
    match response.status {
        // The key was used for something else: what that is, the list tells.
        400 | 409 | 422 if is_reused => Failure::Duplicate,
        // No card is asked for yet, so nobody knows what this is.
        402 => Failure::Fault { status: 402 },
        _ => refused(response),
    }
}

/// The word for a refused card, where the answer is that (402).
pub(super) fn decline(response: &Response) -> Option<String> {
    if response.status != 402 {
        return None;
    }
    let word = Told::of(response)?.shortest()?;
    Some(clean(&word, WORDS_LIMIT))
}
