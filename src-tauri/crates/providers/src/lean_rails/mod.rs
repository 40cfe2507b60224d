//! LeanRails: cards that customers left with the provider earlier.
//!
//! Written from docs.leanrails.com and docs.fluveo.com: api-reference/paymentintents/{create, list,
//! confirm, capture, cancel}, api-reference/refunds, guides/{idempotency, error-handling,
//! rate-limiting}; and for its later generation ([`Generation::Form`]) from
//! github.com/fluveohq/fluveo-ai, references/{payments, refunds, errors-and-retries}. A charge is
//! two requests, a create and a confirm with the stored card, each under a key of its own.
//!
//! What the pages leave open is handled in every plausible form, here, in `map` and in `refusal`:
//!
//! - whether a refused card shows in the object (`last_payment_error`), in the answer to the confirm
//!   (402), or in both; lists of the successor leave it out, so what a list shows is read again;
//! - which states can be cancelled, and what a second cancel answers. A key replays its first answer
//!   for a day, refusals and faults too, so a cancel that was answered otherwise than `canceled` is
//!   repeated under another key: it takes nothing, and asking twice does no harm;
//! - the status of `resource_missing`, and of a key that was used for something else (400 or 422);
//!   409 is never a refusal, as it may be another request with the same key that is at work;
//! - the order of lists, which is believed only where it was seen throughout (`ages`), and what a cursor is: `next_cursor` or the last id;
//! - what a capture's amount is called: none is sent, which takes all;
//! - times in Unix seconds or in ISO-8601; whether `next_action` is told.
//!
//! A key is remembered for a day. A create is repeated for minutes only; a refund until it is known,
//! so the list is asked first whether it was made. A key that met a fault may replay it for that
//! day: then only the list tells. There is no search.
//!
//! The successor refuses stored cards by their name: its payments can be made here, and stay open
//! until they are withdrawn. Its list of refunds has no filter, so all of it is read.

pub(crate) mod account;
mod ages;
mod map;
mod refund;
mod refusal;
pub(crate) mod webhook;
mod wire;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::http::{HeaderValue, Method};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use money::{Currency, Money};
use payment::failure::BadAnswer;
use payment::{
    Act, ActName, Capabilities, CardTerms, Charge, Created, Failure, Generation, IdempotencyKey,
    IntentId, Listed, Prompt, Provider, RefundRoute, Seen, Standing, System, Way,
};
use secrets::Secret;
use url::form_urlencoded;

use self::ages::Ages;
use self::wire::{Intent, List, Next, Refund, Row};
use crate::answer::{NOT_BUILT, newest_first, unreadable};
use crate::http::{Class, Request, Response, Transport};

/// Where payments are, below the account's base URL (which ends in `/v1`).
const INTENTS: &str = "/payment_intents";

/// Where refunds are.
const REFUNDS: &str = "/refunds";

/// The most that one answer of a list may hold
/// (docs.leanrails.com/api-reference/paymentintents/list-paymentintents).
const LIMIT: usize = 100;

/// How far a list is walked: five thousand payments. Beyond it nothing is claimed.
const PAGES_MAX: usize = 50;

/// A list goes on beyond where it is walked to.
const TOO_LONG: Failure = Failure::BadAnswer {
    why: BadAnswer::TooLarge,
};

/// How much older than a charge the end of a long list must be. This computer's clock may be ahead of
/// theirs, though not by that much. Milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// One LeanRails account.
pub struct LeanRails {
    transport: Arc<dyn Transport>,
    key: Secret,
    currency: Currency,
    generation: Generation,
    /// How many cancels were answered otherwise than `canceled`: part of the next one's key.
    cancels_refused: AtomicU64,
}

impl LeanRails {
    /// An account reached through `transport`, whose base URL ends in `/v1`.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        key: Secret,
        currency: Currency,
        generation: Generation,
    ) -> Self {
        Self {
            transport,
            key,
            currency,
            generation,
            cancels_refused: AtomicU64::new(0),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        // The key is the name, and the password is empty.
        let pair = STANDARD.encode(format!("{}:", self.key.expose()));
        let value = HeaderValue::from_str(&format!("Basic {pair}")).map_err(|_| NOT_BUILT)?;
        let request = request
            .with_secret("authorization", value)
            .with_header("accept", HeaderValue::from_static("application/json"));
        self.transport.exchange(request).await
    }

    /// Sends a body under an idempotency key, which every POST needs.
    async fn post(
        &self,
        class: Class,
        path: String,
        key: &str,
        body: Bytes,
    ) -> Result<Response, Failure> {
        let key = HeaderValue::from_str(key).map_err(|_| NOT_BUILT)?;
        let media = HeaderValue::from_static(wire::media(self.generation));
        let request = Request::new(class, Method::POST, path)
            .with_header("idempotency-key", key)
            .with_header("content-type", media)
            .with_body(body);
        self.exchange(request).await
    }

    async fn confirm(
        &self,
        intent: &IntentId,
        terms: &CardTerms,
        key: &str,
    ) -> Result<Response, Failure> {
        let path = format!("{INTENTS}/{intent}/confirm");
        let body = wire::confirm_body(self.generation, terms)?;
        self.post(Class::Create, path, key, body).await
    }

    /// Charges the card of a payment that was just made. Whatever becomes of it, the payment is
    /// there and has a name: only an answer about another payment is a failure.
    ///
    /// A refusal may be the replay of an old answer, so it ends nothing: a reading does.
    async fn confirm_new(
        &self,
        charge: &Charge,
        terms: &CardTerms,
        intent: &IntentId,
    ) -> Result<Seen, Failure> {
        let key = format!("{}:confirm", wire::header_key(&charge.key));
        let answer = self.confirm(intent, terms, &key).await;
        let decline = answer.as_ref().ok().and_then(refusal::decline);
        let confirmed = answer.and_then(|response| map::confirmed(charge, intent, &response));
        match confirmed {
            Ok(_) | Err(Failure::Mismatch { .. }) => confirmed,
            Err(failure) if map::is_refusal(&failure) => Ok(match self.read(intent).await {
                Ok(seen) => map::after_refusal(seen, decline, &failure),
                Err(_) => map::unconfirmed(charge, &failure),
            }),
            Err(failure) => Ok(map::unconfirmed(charge, &failure)),
        }
    }

    async fn page<T: Row>(&self, path: &str, query: &str) -> Result<List<T>, Failure> {
        let path = format!("{path}?{query}");
        let request = Request::new(Class::Read, Method::GET, path);
        map::listed(&self.exchange(request).await?)
    }

    /// Walks a list until `take` has what it wants (`true`) or the end is reached. `filter` is part
    /// of each query.
    ///
    /// # Errors
    /// A [`Failure`], also where the end is too far: "none" would be taken for proof that nothing
    /// was made.
    async fn walk<T: Row>(
        &self,
        path: &str,
        filter: &str,
        mut take: impl FnMut(List<T>) -> Result<bool, Failure> + Send,
    ) -> Result<(), Failure> {
        let mut query = format!("limit={LIMIT}{filter}");
        let mut passed = HashSet::new();
        for _ in 0..PAGES_MAX {
            let list = self.page::<T>(path, &query).await?;
            let next = list.next(LIMIT);
            if take(list)? {
                return Ok(());
            }
            let cursor = match next {
                Next::End => return Ok(()),
                Next::After(cursor) => cursor,
                Next::Nowhere => return Err(unreadable()),
            };
            let encoded: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
            query = format!("limit={LIMIT}{filter}&starting_after={encoded}");
            if !passed.insert(cursor) {
                return Err(unreadable());
            }
        }
        Err(TOO_LONG)
    }

    /// Every refund of a payment. The successor's list has no filter, so all of it is read.
    async fn refunds_of(&self, intent: &IntentId) -> Result<Vec<Refund>, Failure> {
        let (filter, is_filtered) = match self.generation {
            Generation::Json => (format!("&payment_intent={intent}"), true),
            Generation::Form => (String::new(), false),
        };
        let (mut refunds, mut known) = (Vec::new(), HashSet::new());
        let take = |list: List<Refund>| {
            for refund in list.rows {
                let id = refund.id().ok_or_else(unreadable)?.text().to_owned();
                let is_of = refund.is_of(intent).or(is_filtered.then_some(true));
                // A list that moves while it is read shows a row twice.
                if is_of.ok_or_else(unreadable)? && known.insert(id) {
                    refunds.push(refund);
                }
            }
            Ok(false)
        };
        self.walk(REFUNDS, &filter, take).await?;
        Ok(refunds)
    }

    /// Gives money back, unless this act did so already: an act whose answer was lost is repeated
    /// until it is known, also by a till that was off for longer than the provider remembers a key.
    /// The list remembers.
    async fn refund(
        &self,
        intent: &IntentId,
        amount: Money,
        key: &IdempotencyKey,
    ) -> Result<Option<ActName>, Failure> {
        if amount.currency() != self.currency || amount.is_zero() {
            return Err(NOT_BUILT);
        }
        let body = wire::refund_body(self.generation, intent, amount, key)?;
        let refunds = self.refunds_of(intent).await?;
        let made = refunds.iter().find(|refund| refund.has_key(key));
        match made {
            Some(made) => refund::outcome(made),
            None => {
                let (key, path) = (wire::header_key(key), REFUNDS.to_owned());
                refund::refunded(&self.post(Class::Create, path, &key, body).await?)
            }
        }
    }
}

/// Without the key and the transport.
impl fmt::Debug for LeanRails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LeanRails")
            .field("currency", &self.currency)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for LeanRails {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            channels: System::LeanRails.channels(),
            finds: true,
            // For a day (docs.leanrails.com/guides/idempotency).
            repeats_safely: true,
            visible_after_ms: 30_000,
            expiry_grace_ms: 0,
            replaces_on_terminal: false,
            // It goes back to `requires_payment_method`, and takes another confirm.
            declined_stays_open: true,
            finds_orders: false,
            acts: System::LeanRails.acts(),
        }
    }

    /// Makes the payment, and charges the card where it was not charged yet: a key that is used
    /// again may tell the payment as it was then or as it is now.
    async fn create(&self, charge: &Charge) -> Result<Created, Failure> {
        let Way::CardOnFile { terms } = &charge.way else {
            return Err(NOT_BUILT);
        };
        if charge.amount.currency() != self.currency || charge.amount.is_zero() {
            return Err(NOT_BUILT);
        }
        let body = wire::create_body(self.generation, charge, terms)?;
        let key = wire::header_key(&charge.key);
        let path = INTENTS.to_owned();
        let response = self.post(Class::Create, path, &key, body).await?;
        let (intent, mut seen) = map::created(charge, &response)?;
        if seen.prompt == Some(Prompt::TerminalIdle) {
            seen = self.confirm_new(charge, terms, &intent).await?;
        }
        let intent = Some(intent);
        Ok(Created { intent, seen })
    }

    /// Walks the list, and reads what it shows: a list may lag, and leaves things out.
    async fn find(&self, charge: &Charge) -> Result<Option<Created>, Failure> {
        let mut found = None;
        let mut ages = Ages::default();
        let take = |list: List<Intent>| {
            ages.saw(&list);
            found = map::found(charge, &list)?;
            Ok(found.is_some())
        };
        match self.walk(INTENTS, "", take).await {
            Ok(()) => {}
            // All of five thousand are from new to old, and the last is from long before this charge.
            Err(TOO_LONG) if ages.reach(charge.asked_at_ms.saturating_sub(DAY_MS)) => {}
            Err(failure) => return Err(failure),
        }
        let Some(Created {
            intent: Some(intent),
            ..
        }) = found
        else {
            return Ok(None);
        };
        let seen = self.read(&intent).await?;
        let intent = Some(intent);
        Ok(Some(Created { intent, seen }))
    }

    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let request = Request::new(Class::Read, Method::GET, format!("{INTENTS}/{intent}"));
        map::seen(intent, self.currency, &self.exchange(request).await?)
    }

    /// The object does not tell what was given back.
    async fn read_paid(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let seen = self.read(intent).await?;
        if seen.standing != Standing::Paid {
            return Ok(seen);
        }
        let refunds = self.refunds_of(intent).await?;
        refund::with_refunds(seen, self.currency, &refunds)
    }

    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure> {
        let refused = self.cancels_refused.load(Ordering::Relaxed);
        let key = format!("{intent}:cancel:{refused}");
        let path = format!("{INTENTS}/{intent}/cancel");
        let body = wire::cancel_body(self.generation)?;
        let response = self.post(Class::Cancel, path, &key, body).await?;
        if !map::is_withdrawn(&response) {
            self.cancels_refused.fetch_add(1, Ordering::Relaxed);
        }
        map::accepted(&response)
    }

    async fn act(
        &self,
        charge: &Charge,
        intent: &IntentId,
        act: &Act,
        key: &IdempotencyKey,
    ) -> Result<Option<ActName>, Failure> {
        match act {
            Act::TryAgain => {
                let Way::CardOnFile { terms } = &charge.way else {
                    return Err(NOT_BUILT);
                };
                let key = wire::header_key(key);
                map::accepted(&self.confirm(intent, terms, &key).await?).map(|()| None)
            }
            Act::Capture => {
                let path = format!("{INTENTS}/{intent}/capture");
                let body = wire::capture_body(self.generation)?;
                let key = wire::header_key(key);
                let answer = self.post(Class::Create, path, &key, body).await?;
                map::accepted(&answer).map(|()| None)
            }
            Act::Refund {
                amount,
                route: RefundRoute::Remote,
            } => self.refund(intent, *amount, key).await,
            Act::Refund {
                route: RefundRoute::Terminal,
                ..
            }
            | Act::Sign { .. }
            | Act::Reverse => Err(NOT_BUILT),
        }
    }

    /// Their list has no filter: those that stand open are found among all.
    async fn list(&self, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        let mut all: Vec<Listed> = Vec::new();
        let take = |list: List<Intent>| {
            let made_at_ms = |row: Option<&Intent>| row.and_then(Intent::made_at_ms);
            let newest = made_at_ms(list.rows.first());
            let oldest = made_at_ms(list.rows.last());
            let is_new = |one: &Listed| one.made_at_ms.is_none_or(|at_ms| at_ms >= since_ms);
            all.extend(list.rows.iter().filter_map(map::one_of_list).filter(is_new));
            // What follows on a list that runs from new to old is older still.
            Ok(oldest < Some(since_ms) && oldest.is_some() && newest > oldest)
        };
        self.walk(INTENTS, "", take).await?;
        Ok(newest_first(all))
    }

    async fn check(&self) -> Result<(), Failure> {
        self.page::<Intent>(INTENTS, "limit=1").await.map(|_| ())
    }
}
