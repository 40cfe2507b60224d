//! Compago Harmony: one-time payments, a hosted page behind a link.
//!
//! Written from docs.compago.com: api-reference/one-time-payment/create and /list, the guide to
//! cancelling a one-time payment, get-started/authentication. What those leave open is handled in
//! every plausible form, here and in `map`:
//!
//! - what a create answers: the address of the page alone, under one of several names, or the
//!   whole object. An answer without `id` names no payment; [`Provider::find`] does;
//! - whether `externalId` is unique. The reference says so, and the guide to cancelling shows a
//!   search for several open payments with one. A create is therefore never repeated: looking is
//!   the only way to learn what became of a lost one;
//! - the order of the list, and what `count` counts: neither is relied on;
//! - whether amounts are numbers or texts, and whether `redirectUrl` of a listed payment is the
//!   shop's own address or that of the page;
//! - which parts of `billingInformation` a create needs, if any: none are sent.
//!
//! Being expired is a flag beside `PENDING`, which the list does not show; a reading does. There is
//! no refund and no search.

pub(crate) mod account;
mod map;
mod wire;

use std::fmt;
use std::sync::Arc;

use ::http::{HeaderValue, Method};
use async_trait::async_trait;
use bytes::Bytes;
use money::Currency;
use payment::failure::{BadAnswer, NoAnswer};
use payment::{
    Capabilities, Charge, Created, Failure, IntentId, Leftover, Listed, Provider, Seen, Standing,
    System, Way,
};
use secrets::Secret;

use self::wire::Link;
use crate::answer::{NOT_BUILT, newest_first, open_first};
use crate::harmony;
use crate::http::{Class, Request, Response, Transport};

/// Where one-time payments are, below the account's base URL (which ends in `/api`).
const PAYMENTS: &str = "/one-time-payment";

/// How many payments one answer of the list is asked for: the most that it may hold, and where that
/// is more than the client reads, the number that is usual there
/// (docs.compago.com/api-reference/one-time-payment/list).
const PAGE_SIZES: [usize; 2] = [500, 100];

/// How many payments are looked at. Beyond them nothing is claimed.
const LINKS_MAX: usize = 10_000;

/// A withdrawn payment that can still be paid: looked at again with the next find.
const STILL_OPEN: Failure = Failure::NoAnswer {
    why: NoAnswer::TimedOut,
};

/// The list was not read to its end: more was sold by links than is looked through.
const TOO_LONG: Failure = Failure::BadAnswer {
    why: BadAnswer::Unreadable,
};

const TOO_LARGE: Failure = Failure::BadAnswer {
    why: BadAnswer::TooLarge,
};

/// Where the hosted page leads the customer; a create needs both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPages {
    /// Where "back" leads.
    pub homepage_url: String,
    /// Where the customer is after the payment. Compago adds `id` and `externalId` to its query.
    pub redirect_url: String,
}

/// What the list is walked for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// The payments with the charge's key.
    Key(&'a Charge),
    /// Every payment that can be paid.
    Open,
    /// Every payment.
    All,
}

impl Wanted<'_> {
    const fn is_one(self) -> bool {
        match self {
            Self::Key(_) => true,
            Self::Open | Self::All => false,
        }
    }

    /// The statuses that the list is asked for: all, or one.
    const fn status(self) -> Option<&'static str> {
        match self {
            Self::Key(_) | Self::All => None,
            Self::Open => Some("PENDING"),
        }
    }

    /// By what the list told at this time of theirs.
    fn is(self, link: &Link, told_at_ms: Option<i64>) -> bool {
        match self {
            Self::Key(charge) => link.has_key(charge),
            Self::Open => map::is_open(link, told_at_ms),
            Self::All => true,
        }
    }
}

/// A payment of the list, and when that was told by their clock.
struct Found {
    link: Link,
    told_at_ms: Option<i64>,
}

/// One Compago account that sells by links.
pub struct CompagoLink {
    transport: Arc<dyn Transport>,
    key: Secret,
    currency: Currency,
    pages: ReturnPages,
}

impl CompagoLink {
    /// An account reached through `transport`, whose base URL ends in `/api`.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        key: Secret,
        currency: Currency,
        pages: ReturnPages,
    ) -> Self {
        Self {
            transport,
            key,
            currency,
            pages,
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let key = HeaderValue::from_str(self.key.expose()).map_err(|_| NOT_BUILT)?;
        let request = request
            .with_secret("x-api-key", key)
            .with_header("accept", HeaderValue::from_static("application/json"));
        self.transport.exchange(request).await
    }

    async fn list(
        &self,
        page: usize,
        page_size: usize,
        status: Option<&str>,
    ) -> Result<wire::List, Failure> {
        let status = status.map_or_else(String::new, |status| format!("&status={status}"));
        let path = format!("{PAYMENTS}?page={page}&pageSize={page_size}{status}");
        let request = Request::new(Class::Read, Method::GET, path);
        map::listed(&self.exchange(request).await?)
    }

    /// What is looked for, in pages as large as the client reads.
    async fn look_for(&self, wanted: Wanted<'_>) -> Result<Vec<Found>, Failure> {
        let mut outcome = Err(TOO_LARGE);
        for page_size in PAGE_SIZES {
            outcome = self.walk(wanted, page_size).await;
            if outcome.as_ref().err() != Some(&TOO_LARGE) {
                break;
            }
        }
        outcome
    }

    /// The order of the list is not documented, so it is walked from its first page on until the
    /// key is found or the end is reached.
    ///
    /// A request that the network delivered twice made two, one behind the other: where the last
    /// of a page is ours, the next page is read as well.
    async fn walk(&self, wanted: Wanted<'_>, page_size: usize) -> Result<Vec<Found>, Failure> {
        let mut found = Vec::new();
        for page in 1..=LINKS_MAX / page_size {
            let list = self.list(page, page_size, wanted.status()).await?;
            let is_last = list.is_shorter_than(page_size);
            let is_wanted = |link: &Link| wanted.is(link, list.told_at_ms);
            let ends_with_one = list.links.last().is_some_and(is_wanted);
            let told_at_ms = list.told_at_ms;
            let wanted_here = list.links.into_iter().filter(is_wanted);
            found.extend(wanted_here.map(|link| Found { link, told_at_ms }));
            let is_enough = wanted.is_one() && !found.is_empty() && !ends_with_one;
            if is_last || is_enough {
                return Ok(found);
            }
        }
        if wanted.is_one() && !found.is_empty() {
            return Ok(found);
        }
        // "None" would be taken for proof that nothing was made, and the newest of those that stand
        // open may be on the next page.
        Err(TOO_LONG)
    }

    /// The list takes no dates: all of it is walked, and what is older is left out here.
    async fn listed(&self, wanted: Wanted<'_>, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        let found = self.look_for(wanted).await?;
        let listed = found
            .iter()
            .filter_map(|found| map::one_of_list(&found.link, self.currency, found.told_at_ms));
        let is_new = |one: &Listed| one.made_at_ms.is_none_or(|at_ms| at_ms >= since_ms);
        Ok(listed.filter(is_new).collect())
    }

    /// Withdraws a second payment with the same key, so that a customer cannot pay both. `Some`:
    /// it turned out to be paid.
    async fn withdraw_twin(&self, twin: &IntentId) -> Result<Option<Created>, Failure> {
        let refused = self.cancel(twin).await.err();
        // Whatever it answered, only a reading decides.
        let seen = self.read(twin).await?;
        match seen.standing {
            Standing::Paid | Standing::PartlyRefunded | Standing::Refunded => Ok(Some(Created {
                intent: Some(twin.clone()),
                seen,
            })),
            Standing::Declined | Standing::Cancelled | Standing::Expired => Ok(None),
            Standing::Waiting
            | Standing::Processing
            | Standing::NeedsCashier
            | Standing::Authorised
            | Standing::Unconfirmed
            | Standing::Unrecognised => Err(refused.unwrap_or(STILL_OPEN)),
        }
    }
}

/// Without the key and the transport.
impl fmt::Debug for CompagoLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CompagoLink")
            .field("currency", &self.currency)
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for CompagoLink {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            channels: System::CompagoLink.channels(),
            finds: true,
            repeats_safely: false,
            visible_after_ms: 30_000,
            // A bank may still be asking the customer when the link expires.
            expiry_grace_ms: 60_000,
            replaces_on_terminal: false,
            declined_stays_open: false,
            finds_orders: false,
            acts: System::CompagoLink.acts(),
        }
    }

    async fn create(&self, charge: &Charge) -> Result<Created, Failure> {
        let Way::Link { terms } = &charge.way else {
            return Err(NOT_BUILT);
        };
        let is_offered = System::CompagoLink
            .link_needs()
            .is_some_and(|needs| (needs.minutes_min..=needs.minutes_max).contains(&terms.minutes));
        if charge.amount.currency() != self.currency || charge.amount.is_zero() || !is_offered {
            return Err(NOT_BUILT);
        }
        let body = wire::create_body(charge, terms, &self.pages).map_err(|_| NOT_BUILT)?;
        let request = Request::new(Class::Create, Method::POST, PAYMENTS.to_owned())
            .with_header("content-type", HeaderValue::from_static("application/json"))
            .with_body(Bytes::from(body));
        map::created(charge, &self.pages, &self.exchange(request).await?)
    }

    /// Walks the list. As a key may have made more than one payment here, all but one of those
    /// that are still open are withdrawn, as the provider's own page on cancelling does: the
    /// customer must not be able to pay two.
    async fn find(&self, charge: &Charge) -> Result<Option<Created>, Failure> {
        let found = self.look_for(Wanted::Key(charge)).await?.into_iter();
        let links: Vec<Link> = found.map(|found| found.link).collect();
        let Some(choice) = map::choose(charge, &links)? else {
            return Ok(None);
        };
        let mut kept = choice.kept;
        let is_paid = kept.seen.standing == Standing::Paid;
        for twin in &choice.twins {
            match self.withdraw_twin(twin).await {
                Ok(Some(paid)) => kept = paid,
                Ok(None) => {}
                // What is known to be paid is told whatever became of the others.
                Err(_) if is_paid => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Some(kept))
    }

    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let request = Request::new(Class::Read, Method::GET, format!("{PAYMENTS}/{intent}"));
        map::seen(intent, self.currency, &self.exchange(request).await?)
    }

    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure> {
        let path = format!("{PAYMENTS}/{intent}/cancel");
        let request = Request::new(Class::Cancel, Method::PATCH, path).with_body(Bytes::new());
        harmony::cancelled(&self.exchange(request).await?)
    }

    async fn list(&self, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        Ok(newest_first(self.listed(Wanted::All, since_ms).await?))
    }

    /// The list takes a status: the others are not even asked for.
    async fn list_open(&self, since_ms: i64) -> Result<Vec<Leftover>, Failure> {
        Ok(open_first(self.listed(Wanted::Open, since_ms).await?))
    }

    async fn check(&self) -> Result<(), Failure> {
        self.list(1, 1, None).await.map(|_| ())
    }
}
