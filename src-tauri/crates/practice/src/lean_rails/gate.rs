//! Who may come in, and how often (docs.leanrails.com/quickstart, /guides/rate-limiting).

use std::collections::VecDeque;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Generation;
use super::failure::{Failure, Kind, limit_code};
use super::keys::Keys;
use crate::World;
use crate::ids::sha256_hex;
use crate::message::Received;

/// The secret key that a new store accepts for LeanRails. It opens nothing real.
pub const LEAN_RAILS_KEY: &str = "sk_test_practice_lean_rails";

const MINUTE_MS: u64 = 60_000;

/// The one account: its key, the requests of the last minute, and its idempotency keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Gate {
    /// SHA-256: somebody may have typed a real key, which must not be kept.
    key: String,
    passed_ms: VecDeque<u64>,
    turned_ms: VecDeque<u64>,
    pub(super) keys: Keys,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            key: sha256_hex(LEAN_RAILS_KEY.as_bytes()),
            passed_ms: VecDeque::new(),
            turned_ms: VecDeque::new(),
            keys: Keys::default(),
        }
    }
}

/// How many requests a minute allows, and how many of them are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) limit: usize,
    pub(super) remaining: usize,
}

/// What became of a request at the door.
pub(super) struct Admitted {
    pub(super) rate: Rate,
    pub(super) refused: Option<Turned>,
}

/// Why a request may not come in.
pub(super) struct Turned {
    pub(super) failure: Failure,
    /// Only for a 429.
    pub(super) retry_after_s: Option<u64>,
}

/// Counts a request that comes now; the error is how long to wait, in seconds.
fn count(past_ms: &mut VecDeque<u64>, now_ms: u64, limit: usize) -> (Rate, Result<(), u64>) {
    while let Some(first) = past_ms.front()
        && first.saturating_add(MINUTE_MS) <= now_ms
    {
        past_ms.pop_front();
    }
    let is_allowed = past_ms.len() < limit;
    if is_allowed {
        past_ms.push_back(now_ms);
    }
    let remaining = limit.saturating_sub(past_ms.len());
    let rate = Rate { limit, remaining };
    if is_allowed {
        return (rate, Ok(()));
    }
    let first_ms = past_ms.front().copied().unwrap_or(now_ms);
    let wait_ms = first_ms.saturating_add(MINUTE_MS).saturating_sub(now_ms);
    (rate, Err(wait_ms.div_ceil(1000)))
}

/// The secret key of a request: the user name of Basic, whose password is empty. The later
/// generation also takes it as a Bearer token.
fn secret_key(generation: Generation, received: &Received) -> Option<Vec<u8>> {
    let (scheme, rest) = received.header("authorization")?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = BASE64_STANDARD.decode(rest.trim()).ok()?;
        return pair.strip_suffix(b":").map(<[u8]>::to_vec);
    }
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    (is_bearer && generation == Generation::Form).then(|| rest.trim().as_bytes().to_vec())
}

impl World {
    /// Accepts this secret key of LeanRails and no other, in both generations.
    pub fn accept_lean_rails_key(&mut self, key: &str) {
        self.lean_rails.key = sha256_hex(key.as_bytes());
        self.touch();
    }

    /// Whether a request may come in.
    pub(super) fn admit_to_lean_rails(
        &mut self,
        generation: Generation,
        received: &Received,
    ) -> Admitted {
        let now_ms = self.now_ms();
        let settings = &self.settings().lean_rails;
        let limit = settings.requests_per_minute;
        let unauthenticated_limit = settings.unauthenticated_per_minute;
        let gate = &mut self.lean_rails;
        let key = secret_key(generation, received);
        let is_known = key.is_some_and(|key| sha256_hex(&key) == gate.key);
        let (rate, counted) = if is_known {
            count(&mut gate.passed_ms, now_ms, limit)
        } else {
            count(&mut gate.turned_ms, now_ms, unauthenticated_limit)
        };
        let refused = match counted {
            Ok(()) if is_known => None,
            Ok(()) => Some(Turned {
                failure: Failure::new(
                    StatusCode::UNAUTHORIZED,
                    Kind::Authentication,
                    "api_key_invalid",
                    "The API key is missing or invalid.",
                ),
                retry_after_s: None,
            }),
            Err(retry_after_s) => Some(Turned {
                failure: Failure::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    Kind::RateLimit,
                    limit_code(generation),
                    "Too many requests. Please slow down.",
                ),
                retry_after_s: Some(retry_after_s),
            }),
        };
        Admitted { rate, refused }
    }
}
