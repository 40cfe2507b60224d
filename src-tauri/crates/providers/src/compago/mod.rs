//! Compago Harmony: card payments pushed to a terminal.
//!
//! Written from docs.compago.com: api-reference/payment-intent/create and /get, the guide to
//! cancelling a payment intent, get-started/authentication. What those leave open is handled in
//! every plausible form, here and in `map`:
//!
//! - what a second `externalId` is answered with (400 and 409, with and without the first's id);
//! - how a declined card shows (nothing, or a word in `paymentSummary.status`);
//! - whether a reading names the amount (the documented answer does not);
//! - how long an intent lives, and whether a card in the terminal can still pay an expired one.
//!
//! There is no list and no search, so a payment whose create was lost is found only by repeating
//! the create with the same `externalId`; and no refund.

pub(crate) mod account;
mod map;
mod wire;

use std::fmt;
use std::sync::Arc;

use ::http::{HeaderValue, Method};
use async_trait::async_trait;
use bytes::Bytes;
use money::Currency;
use payment::{Capabilities, Charge, Created, Failure, IntentId, Provider, Seen, System, Way};
use secrets::Secret;

use crate::answer::NOT_BUILT;
use crate::harmony;
use crate::http::{Class, Request, Response, Transport};

/// Where payment intents are, below the account's base URL (which ends in `/api`).
const INTENTS: &str = "/payment-intent";

/// A payment that nobody has: its name is well formed (a version 4 UUID, which strict servers ask
/// for) and would be drawn once in 2^122.
const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

/// One Compago account.
pub struct Compago {
    transport: Arc<dyn Transport>,
    key: Secret,
    currency: Currency,
}

impl Compago {
    /// An account reached through `transport`, whose base URL ends in `/api`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, key: Secret, currency: Currency) -> Self {
        Self {
            transport,
            key,
            currency,
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let key = HeaderValue::from_str(self.key.expose()).map_err(|_| NOT_BUILT)?;
        let request = request
            .with_secret("x-api-key", key)
            .with_header("accept", HeaderValue::from_static("application/json"));
        self.transport.exchange(request).await
    }
}

/// Without the key and the transport.
impl fmt::Debug for Compago {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Compago")
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for Compago {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            channels: System::Compago.channels(),
            finds: false,
            repeats_safely: true,
            visible_after_ms: 30_000,
            expiry_grace_ms: 20_000,
            replaces_on_terminal: true,
            declined_stays_open: false,
            finds_orders: false,
            acts: System::Compago.acts(),
        }
    }

    async fn create(&self, charge: &Charge) -> Result<Created, Failure> {
        let Way::Terminal { code, terms } = &charge.way else {
            return Err(NOT_BUILT);
        };
        // A tip that is left out would be money that nobody takes.
        if !terms.is_plain() {
            return Err(NOT_BUILT);
        }
        if charge.amount.currency() != self.currency || charge.amount.is_zero() {
            return Err(NOT_BUILT);
        }
        let body = wire::create_body(charge, code).map_err(|_| NOT_BUILT)?;
        let request = Request::new(Class::Create, Method::POST, INTENTS.to_owned())
            .with_header("content-type", HeaderValue::from_static("application/json"))
            .with_body(Bytes::from(body));
        map::created(charge, &self.exchange(request).await?)
    }

    /// There is nothing to ask: no list, no search (docs.compago.com/api-reference/payment-intent).
    async fn find(&self, _: &Charge) -> Result<Option<Created>, Failure> {
        Err(NOT_BUILT)
    }

    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let request = Request::new(Class::Read, Method::GET, path(intent));
        map::seen(intent, self.currency, &self.exchange(request).await?)
    }

    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure> {
        let path = format!("{}/cancel", path(intent));
        let request = Request::new(Class::Cancel, Method::POST, path).with_body(Bytes::new());
        harmony::cancelled(&self.exchange(request).await?)
    }

    async fn check(&self) -> Result<(), Failure> {
        let path = format!("{INTENTS}/{NOBODYS}");
        let request = Request::new(Class::Read, Method::GET, path);
        map::checked(&self.exchange(request.clone()).await?)?;
        map::guarded(&self.transport.exchange(request).await?)
    }
}

fn path(intent: &IntentId) -> String {
    format!("{INTENTS}/{intent}")
}
