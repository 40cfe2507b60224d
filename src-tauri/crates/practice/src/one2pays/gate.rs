//! Who may come in: the keys of the one integration, and how often it may ask.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::signature::is_signed;
use crate::World;
use crate::message::Received;

/// The public key that a new store accepts for One2Pays. It opens nothing real.
pub const ONE2PAYS_PUBLIC_KEY: &str = "pk_test_practice";

/// The secret key that a new store expects signatures of One2Pays with. It opens nothing real.
pub const ONE2PAYS_SECRET_KEY: &str = "sk_test_practice";

const MINUTE_MS: u64 = 60_000;

/// The keys in clear, as a signature cannot be verified with less; and the requests of the last
/// minute.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Gate {
    public: String,
    secret: String,
    passed_ms: VecDeque<u64>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            public: ONE2PAYS_PUBLIC_KEY.to_owned(),
            secret: ONE2PAYS_SECRET_KEY.to_owned(),
            passed_ms: VecDeque::new(),
        }
    }
}

/// Somebody may have typed real keys.
impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Gate")
            .field("passed_ms", &self.passed_ms)
            .finish_non_exhaustive()
    }
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turned {
    UnknownKey,
    WrongSignature,
    WrongTime,
    NotActive,
    TooMany { retry_after_s: u64 },
}

impl Gate {
    fn check_signature(
        &self,
        received: &Received,
        now_ms: u64,
        tolerance_ms: u64,
    ) -> Result<(), Turned> {
        if received.header("x-api-key") != Some(self.public.as_str()) {
            return Err(Turned::UnknownKey);
        }
        let timestamp = received.header("x-timestamp");
        let signature = received.header("x-signature");
        let (Some(timestamp), Some(signature)) = (timestamp, signature) else {
            return Err(Turned::WrongSignature);
        };
        let body = received.body.as_deref().unwrap_or_default();
        if !is_signed(&self.secret, timestamp, body, signature) {
            return Err(Turned::WrongSignature);
        }
        let signed_ms: u64 = timestamp.parse().map_err(|_| Turned::WrongTime)?;
        if now_ms.abs_diff(signed_ms) > tolerance_ms {
            return Err(Turned::WrongTime);
        }
        Ok(())
    }

    /// Lets a request pass unless so many have in the last minute.
    fn count(&mut self, now_ms: u64, limit: usize) -> Result<(), Turned> {
        while let Some(first) = self.passed_ms.front()
            && first.saturating_add(MINUTE_MS) <= now_ms
        {
            self.passed_ms.pop_front();
        }
        if self.passed_ms.len() < limit {
            self.passed_ms.push_back(now_ms);
            return Ok(());
        }
        let first_ms = self.passed_ms.front().copied().unwrap_or(now_ms);
        let wait_ms = first_ms.saturating_add(MINUTE_MS).saturating_sub(now_ms);
        let retry_after_s = wait_ms.div_ceil(1000);
        Err(Turned::TooMany { retry_after_s })
    }
}

impl World {
    /// Accepts these keys of One2Pays and no others. The secret is kept as it is.
    pub fn accept_one2pays_keys(&mut self, public: &str, secret: &str) {
        public.clone_into(&mut self.one2pays.public);
        secret.clone_into(&mut self.one2pays.secret);
        self.touch();
    }

    /// The time by the clock of One2Pays, which may be ahead of the store's
    /// ([`Settings::one2pays_clock_ahead_ms`](crate::Settings::one2pays_clock_ahead_ms)).
    pub(crate) fn one2pays_now_ms(&self) -> u64 {
        let ahead_ms = self.settings().one2pays_clock_ahead_ms;
        self.now_ms().saturating_add_signed(ahead_ms)
    }

    /// Whether a request may come in.
    pub(super) fn admit(&mut self, received: &Received) -> Result<(), Turned> {
        let settings = self.settings();
        let tolerance_ms = settings.one2pays_timestamp_tolerance_ms;
        let is_active = settings.one2pays_is_active;
        let limit = settings.one2pays_requests_per_minute;
        let theirs_ms = self.one2pays_now_ms();
        self.one2pays
            .check_signature(received, theirs_ms, tolerance_ms)?;
        if !is_active {
            return Err(Turned::NotActive);
        }
        let now_ms = self.now_ms();
        self.one2pays.count(now_ms, limit)
    }
}
