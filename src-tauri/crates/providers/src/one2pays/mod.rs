//! One2Pays: Thai QR payments and bank transfers, on a page behind a link.
//!
//! Written from docs.one2pays.com: docs/reference/{overview, authentication, errors},
//! docs/reference/payments/{create, list, cancel}, docs/payment-methods/promptpay and
//! docs/faq/payments. What those leave open is a setting or handled in every plausible form, here,
//! in `map` and in `next_action`:
//!
//! - what "100.00" means, baht or satang: the account says so ([`AmountUnit`]);
//! - where the API is: the account's base URL, which `/api/v1/…` follows;
//! - whether one payment can be read: the list of questions says so, the reference has no page
//!   for it. What is not found there is looked for in the list;
//! - what the address of the page is called, and when it comes: a create is asynchronous;
//! - whether a used `idempotencyKey` is answered with the first payment or with 409;
//! - how old a timestamp may be, and whether a refusal tells the provider's time.
//!
//! Requests are signed with the time of day, so a wrong clock in the shop would stop all trade. A
//! 401 means that nothing happened: where it tells a time that is not the one signed with, the
//! same request is signed again with theirs, once, and the difference is kept.
//!
//! There is no refund and no search.

pub(crate) mod account;
mod map;
mod next_action;
mod pace;
mod signature;
pub(crate) mod webhook;
mod wire;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ::http::{HeaderValue, Method};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use money::Currency;
use payment::failure::BadAnswer;
use payment::{
    AmountUnit, Capabilities, Charge, Clock, Created, Failure, IdempotencyKey, IntentId, Listed,
    Provider, Seen, System, Way,
};
use secrets::Secret;
use tokio::time::Instant;

use self::pace::Pace;
use crate::answer::{NOT_BUILT, newest_first};
use crate::http::{Class, Request, Response, Transport};

/// Where payments are, below the account's base URL.
const PAYMENTS: &str = "/api/v1/payments";

/// The most that one answer of the list may hold
/// (docs.one2pays.com/docs/reference/payments/list).
const LIMIT: usize = 100;

/// How far the list is walked: five thousand payments. Beyond it nothing is claimed.
const PAGES_MAX: usize = 50;

/// The list was not read to its end.
const TOO_LONG: Failure = Failure::BadAnswer {
    why: BadAnswer::TooLarge,
};

/// How far back a payment is looked for. Milliseconds; a year and a day. Without a date a provider
/// may choose to show the recent ones only.
const LOOK_BACK_MS: i64 = 366 * 24 * 60 * 60 * 1_000;

/// A refusal whose time differs less from ours was not for the timestamp: `Date` counts in whole
/// seconds, and the answer took its time. Milliseconds.
const SAME_TIME_MS: u64 = 2_500;

/// The two halves of a key.
#[derive(Debug, Clone)]
pub struct KeyPair {
    /// `pk_…`, sent with every request.
    pub public: String,
    /// `sk_…`, which signs and is never sent.
    pub secret: Secret,
}

/// One One2Pays account.
pub struct One2Pays {
    transport: Arc<dyn Transport>,
    keys: KeyPair,
    currency: Currency,
    unit: AmountUnit,
    clock: Arc<dyn Clock>,
    /// How far their clock is ahead of ours, as far as is known. Milliseconds.
    ahead_ms: AtomicI64,
    /// Reading one payment was seen not to be there.
    only_lists: AtomicBool,
    pace: Mutex<Pace>,
}

impl One2Pays {
    /// An account reached through `transport`, whose base URL ends before `/api/v1`. The clock
    /// tells what requests are signed with; no decision about money is taken from it.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        keys: KeyPair,
        currency: Currency,
        unit: AmountUnit,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            transport,
            keys,
            currency,
            unit,
            clock,
            ahead_ms: AtomicI64::new(0),
            only_lists: AtomicBool::new(false),
            pace: Mutex::default(),
        }
    }

    /// Their time, as far as is known.
    fn now_ms(&self, ahead_ms: i64) -> i64 {
        self.clock.now_ms().saturating_add(ahead_ms)
    }

    /// Sends a request, signed. A refusal that tells another time than was signed with is answered
    /// once with the same request, signed anew.
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let ahead_ms = self.ahead_ms.load(Ordering::Relaxed);
        let response = self.send(&request, ahead_ms).await?;
        let Some(theirs_ms) = map::time_of_refusal_ms(&response) else {
            return Ok(response);
        };
        if theirs_ms.abs_diff(self.now_ms(ahead_ms)) < SAME_TIME_MS {
            return Ok(response);
        }
        let ahead_ms = theirs_ms.saturating_sub(self.clock.now_ms());
        let again = self.send(&request, ahead_ms).await?;
        if again.status != 401 {
            self.ahead_ms.store(ahead_ms, Ordering::Relaxed);
            tracing::warn!(
                ahead_ms,
                "the provider's clock differs from this computer's"
            );
        }
        Ok(again)
    }

    async fn send(&self, request: &Request, ahead_ms: i64) -> Result<Response, Failure> {
        self.take_place(request.class)?;
        let timestamp = self.now_ms(ahead_ms).to_string();
        let body = request.body.clone().unwrap_or_default();
        let signature = signature::signature(&self.keys.secret, &timestamp, &body);
        let header = |text: &str| HeaderValue::from_str(text).map_err(|_| NOT_BUILT);
        let signed = request
            .clone()
            .with_secret("x-api-key", header(&self.keys.public)?)
            .with_header("x-timestamp", header(&timestamp)?)
            .with_secret("x-signature", header(&signature.ok_or(NOT_BUILT)?)?)
            .with_header("accept", HeaderValue::from_static("application/json"));
        self.transport.exchange(signed).await
    }

    /// Keeps below the provider's limit. What finds no place is not sent and is reported like the
    /// provider's own 429, so that the till waits as long as it must.
    fn take_place(&self, class: Class) -> Result<(), Failure> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.admit(Instant::now(), class).map_err(|wait| {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            Failure::RateLimited {
                retry_after_ms: Some(wait_ms.saturating_add(1)),
            }
        })
    }

    async fn list(&self, query: &str) -> Result<wire::List, Failure> {
        let path = format!("{PAYMENTS}?{query}");
        let request = Request::new(Class::Read, Method::GET, path);
        map::listed(&self.exchange(request).await?)
    }

    /// A page of what was made since then, newest first.
    async fn page(&self, page: usize, since_ms: i64) -> Result<wire::List, Failure> {
        let from = Timestamp::from_millisecond(since_ms).map_err(|_| NOT_BUILT)?;
        let query =
            format!("page={page}&limit={LIMIT}&sortBy=createdAt&sortOrder=desc&dateFrom={from:.3}");
        self.list(&query).await
    }

    /// Walks the list, newest first, until something is picked or its end is reached.
    async fn search<T>(
        &self,
        pick: impl Fn(&wire::List) -> Result<Option<T>, Failure> + Send + Sync,
    ) -> Result<Option<T>, Failure> {
        let now_ms = self.now_ms(self.ahead_ms.load(Ordering::Relaxed));
        let since_ms = now_ms.saturating_sub(LOOK_BACK_MS);
        for page in 1..=PAGES_MAX {
            let list = self.page(page, since_ms).await?;
            let picked = pick(&list)?;
            if picked.is_some() || list.is_shorter_than(LIMIT) {
                return Ok(picked);
            }
        }
        // "None" would be taken for proof that nothing was made.
        Err(TOO_LONG)
    }

    async fn read_one(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let request = Request::new(Class::Read, Method::GET, format!("{PAYMENTS}/{intent}"));
        let response = self.exchange(request).await?;
        map::seen(intent, self.currency, self.unit, &response)
    }

    async fn read_in_list(&self, intent: &IntentId) -> Result<Option<Seen>, Failure> {
        let pick = |list: &wire::List| map::listed_as(intent, self.currency, self.unit, list);
        self.search(pick).await
    }
}

/// Without the keys and the transport.
impl fmt::Debug for One2Pays {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("One2Pays")
            .field("currency", &self.currency)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for One2Pays {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            channels: System::One2Pays.channels(),
            finds: true,
            // The reference is unique for each merchant, and so is the key in the body.
            repeats_safely: true,
            visible_after_ms: 30_000,
            expiry_grace_ms: 20_000,
            replaces_on_terminal: false,
            declined_stays_open: false,
            finds_orders: false,
            acts: System::One2Pays.acts(),
        }
    }

    async fn create(&self, charge: &Charge) -> Result<Created, Failure> {
        let Way::Link { terms } = &charge.way else {
            return Err(NOT_BUILT);
        };
        let (Some(method), Some(payer)) = (terms.method, &terms.payer) else {
            return Err(NOT_BUILT);
        };
        let is_offered = System::One2Pays
            .link_needs()
            .is_some_and(|needs| (needs.minutes_min..=needs.minutes_max).contains(&terms.minutes));
        if charge.amount.currency() != self.currency || charge.amount.is_zero() || !is_offered {
            return Err(NOT_BUILT);
        }
        let body = wire::create_body(charge, terms, method, payer, self.unit);
        let request = Request::new(Class::Create, Method::POST, PAYMENTS.to_owned())
            .with_header("content-type", HeaderValue::from_static("application/json"))
            .with_body(Bytes::from(body.map_err(|_| NOT_BUILT)?));
        map::created(charge, self.unit, &self.exchange(request).await?)
    }

    /// There is one payment at most: references are unique.
    async fn find(&self, charge: &Charge) -> Result<Option<Created>, Failure> {
        self.search(|list| map::found(charge, self.unit, list))
            .await
    }

    /// That one payment can be read stands in the list of questions only, so "not found" may be
    /// about the path. It is believed where the list does not have the payment either.
    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let absent = if self.only_lists.load(Ordering::Relaxed) {
            Failure::NotFound { said: None }
        } else {
            match self.read_one(intent).await {
                Err(absent) if map::may_be_about_the_path(&absent) => absent,
                outcome => return outcome,
            }
        };
        let seen = self.read_in_list(intent).await?;
        if seen.is_some() {
            self.only_lists.store(true, Ordering::Relaxed);
        }
        seen.ok_or(absent)
    }

    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure> {
        let path = format!("{PAYMENTS}/{intent}/cancel");
        let request = Request::new(Class::Cancel, Method::POST, path).with_body(Bytes::new());
        map::cancelled(&self.exchange(request).await?)
    }

    /// Their list has a filter for one status and those that are open have five: all are asked for at once.
    async fn list(&self, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        let mut all = Vec::new();
        for page in 1..=PAGES_MAX {
            let list = self.page(page, since_ms).await?;
            let here = list.payments.iter();
            all.extend(here.filter_map(|one| map::one_of_list(one, self.currency, self.unit)));
            if list.is_shorter_than(LIMIT) {
                return Ok(newest_first(all));
            }
        }
        Err(TOO_LONG)
    }

    fn reference(&self, key: &IdempotencyKey) -> String {
        wire::reference(key)
    }

    async fn check(&self) -> Result<(), Failure> {
        self.list("page=1&limit=1").await.map(|_| ())
    }
}
