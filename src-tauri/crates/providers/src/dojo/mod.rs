//! Dojo: card payments on its terminals.
//!
//! Written from its `OpenAPI` description of 2026-02-27 (docs.dojo.tech/api/v3/bundled.json) and its
//! pages on payment intents, terminal sessions, signature verification, refunds and reversals. A
//! payment is two objects: an *intent*, which alone says whether money was taken, and one *session*
//! for each time that a terminal shows it. Where to find what:
//!
//! - `wire` and `session`: their JSON and its words; `problem`: their errors; `slip`: receipts;
//! - `sale`: a sale on a machine, and one by a link;
//! - `map`: what an answer means; `standing`: where an intent and its sessions put a payment;
//! - `search`: which intent of a search is meant;
//! - `act`: trying again, signatures, captures, reversals, refunds; `returns`: money back without a
//!   payment;
//! - `watched`: which session was on a machine last, so that a reading is one request.
//!
//! What the documents leave open is handled in every plausible form:
//!
//! - a reference need not be unique and a create has no key against repeating: never repeated, but
//!   looked for by its reference;
//! - whether a link may be paid without `isNotOnlineCheckout`, which is for verified partners: it is sent
//!   by a build that was given its own name there;
//! - 409 of a busy terminal is not in the description, 404 of one that is off is;
//! - in which order a search lists, and whether it shows sessions;
//! - whether `refundedAmount` has refunds at terminals in it;
//! - what a second withdrawal answers: whatever it is, a reading decides.

pub(crate) mod account;
mod act;
mod machine;
mod map;
mod problem;
mod returns;
mod sale;
mod search;
mod session;
mod slip;
mod standing;
mod watched;
pub(crate) mod webhook;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::{HeaderValue, Method};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use money::Currency;
use payment::failure::BadAnswer;
use payment::{
    Act, ActName, Capabilities, Charge, Created, Failure, IdempotencyKey, IntentId, Leftover,
    Listed, OrderRef, Provider, Receipts, Seen, System, TerminalCode, TerminalSeen, Way,
};
use secrets::Secret;
use tokio::time::Instant;

use self::session::{Session, SessionId};
use self::standing::Reading;
use self::watched::Watched;
use self::wire::Purpose;
use crate::answer::{NOT_BUILT, newest_first, open_first, read_object};
use crate::http::{Class, Request, Response, Transport};

/// Which edition of their API is spoken. Not a setting: their acceptance asks for that.
const VERSION: &str = "2026-02-27";

/// Who wrote this till, as Dojo knows it: given at the build by whoever is accepted there; what
/// they publish for their sandbox otherwise.
const SOFTWARE_HOUSE: &str = match option_env!("TILLSIDE_DOJO_SOFTWARE_HOUSE") {
    Some(given) => given,
    None => "softwareHouse1",
};

const INTENTS: &str = "/payment-intents";
const SESSIONS: &str = "/terminal-sessions";
const TERMINALS: &str = "/terminals";

/// Intents on one page of a search: at most 100 are allowed, and each may have a long history.
const PAGE: usize = 50;

/// How far a search is walked that must be complete: five thousand intents.
const PAGES_MAX: usize = 100;

/// How far all intents are walked where the search by date found nothing.
const UNDATED_PAGES_MAX: usize = 10;

/// How much later than theirs this computer's clock may be for the search by date. Milliseconds.
const CLOCK_ERROR_MS: i64 = 60 * 60 * 1_000;

/// One Dojo account.
pub struct Dojo {
    transport: Arc<dyn Transport>,
    key: Secret,
    currency: Currency,
    reseller: String,
    watched: Mutex<Watched>,
    /// Their time of day, when it was last told, and when that was.
    told_at: Mutex<Option<(i64, Instant)>>,
}

impl Dojo {
    /// An account reached through `transport`, whose base URL is the host. `reseller`: who sold the
    /// till, as Dojo knows them; whoever wrote it where it is empty.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        key: Secret,
        currency: Currency,
        reseller: &str,
    ) -> Self {
        let reseller = match reseller.trim() {
            "" => SOFTWARE_HOUSE,
            named => named,
        };
        Self {
            transport,
            key,
            currency,
            reseller: reseller.to_owned(),
            watched: Mutex::default(),
            told_at: Mutex::default(),
        }
    }

    /// The key is sent as it is, not encoded (their page on authentication). The headers of the
    /// vendor are asked for on terminals and sessions; their testers asked for them on intents too.
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let header = |text: &str| HeaderValue::from_str(text).map_err(|_| NOT_BUILT);
        let request = request
            .with_secret(
                "authorization",
                header(&format!("Basic {}", self.key.expose()))?,
            )
            .with_header("version", HeaderValue::from_static(VERSION))
            .with_header("software-house-id", header(SOFTWARE_HOUSE)?)
            .with_header("reseller-id", header(&self.reseller)?)
            .with_header("accept", HeaderValue::from_static("application/json"));
        let response = self.transport.exchange(request).await?;
        if let Some(at_ms) = response.date_ms {
            *self.told_at.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((at_ms, Instant::now()));
        }
        Ok(response)
    }

    /// The time of day by their clock; `None` before they have told it. Milliseconds since 1970-01-01
    /// UTC.
    fn their_time_ms(&self) -> Option<i64> {
        let told_at = *self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        let (at_ms, then) = told_at?;
        Some(at_ms.saturating_add(i64::try_from(then.elapsed().as_millis()).ok()?))
    }

    async fn get(&self, path: String) -> Result<Response, Failure> {
        let request = Request::new(Class::Read, Method::GET, path);
        self.exchange(request).await
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remembered(&self, intent: &IntentId) -> Option<SessionId> {
        self.watched().session(intent)
    }

    fn watch(&self, intent: &IntentId, session: Option<SessionId>) {
        let mut watched = self.watched();
        match session {
            Some(session) => watched.remember(intent, session),
            None => watched.forget(intent),
        }
    }

    /// Reads the intent; `fresh` is a session of it that was read just before. A withdrawn intent
    /// is only shown to whoever asks for it.
    async fn read_intent(
        &self,
        intent: &IntentId,
        fresh: Option<Session>,
    ) -> Result<Reading, Failure> {
        let response = self
            .get(format!("{}?returnCanceled=true", path(intent)))
            .await?;
        let reading = map::read(intent, self.currency, &response, fresh)?;
        self.watch(intent, reading.live());
        Ok(reading)
    }

    /// Puts a payment or a refund on a machine.
    async fn start(
        &self,
        terminal: &TerminalCode,
        purpose: &Purpose<'_>,
    ) -> Result<Response, Failure> {
        let body = wire::session_body(terminal, purpose);
        self.exchange(json(
            Class::Create,
            Method::POST,
            SESSIONS.to_owned(),
            body,
        )?)
        .await
    }

    /// Walks a search to its end, or as far as `pages`. `None`: its end was not reached.
    async fn walk(
        &self,
        statuses: &[&str],
        start_ms: Option<i64>,
        pages: usize,
        mut look: impl FnMut(wire::Page, Option<i64>) + Send,
    ) -> Result<Option<()>, Failure> {
        let start = start_ms.map(Timestamp::from_millisecond).transpose();
        let start = start.map_err(|_| NOT_BUILT)?;
        let start = start.map(|start| format!("{start:.3}"));
        let mut after: Option<String> = None;
        for _ in 0..pages {
            let body = wire::search_body(statuses, start.as_deref(), PAGE, after.as_deref());
            let path = format!("{INTENTS}/search");
            let response = self
                .exchange(json(Class::Read, Method::POST, path, body)?)
                .await?;
            let page = search::page(&response)?;
            // A cursor that leads to where it was, or to nothing, is the end.
            let next = page
                .after
                .clone()
                .filter(|next| after.as_ref() != Some(next));
            let is_empty = page.intents.is_empty();
            look(page, response.date_ms);
            if next.is_none() || is_empty {
                return Ok(Some(()));
            }
            after = next;
        }
        Ok(None)
    }

    async fn listed(&self, statuses: &[&str], since_ms: i64) -> Result<Vec<Listed>, Failure> {
        let mut all = Vec::new();
        let ended = self
            .walk(statuses, Some(since_ms), PAGES_MAX, |page, now_ms| {
                all.extend(search::listed(page, self.currency, now_ms));
            })
            .await?;
        // In which order they come is not documented: the newest may be on the next page.
        ended.map(|()| all).ok_or(TOO_LARGE)
    }

    async fn with_key(
        &self,
        charge: &Charge,
        start_ms: Option<i64>,
        pages: usize,
    ) -> Result<(Vec<wire::Intent>, bool), Failure> {
        let mut found = Vec::new();
        let ended = self
            .walk(&[], start_ms, pages, |page, _| {
                let intents = page.intents.into_iter();
                found.extend(intents.filter(|intent| intent.has_key(charge)));
            })
            .await?;
        Ok((found, ended.is_some()))
    }
}

fn path(intent: &IntentId) -> String {
    format!("{INTENTS}/{intent}")
}

/// A request with a body in JSON.
fn json(
    class: Class,
    method: Method,
    path: String,
    body: Result<Vec<u8>, serde_json::Error>,
) -> Result<Request, Failure> {
    let body = Bytes::from(body.map_err(|_| NOT_BUILT)?);
    Ok(Request::new(class, method, path)
        .with_header("content-type", HeaderValue::from_static("application/json"))
        .with_body(body))
}

const TOO_LARGE: Failure = Failure::BadAnswer {
    why: BadAnswer::TooLarge,
};

/// Without the key and the transport.
impl fmt::Debug for Dojo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dojo")
            .field("currency", &self.currency)
            .field("reseller", &self.reseller)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for Dojo {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            channels: System::Dojo.channels(),
            finds: true,
            // A second create is a second intent: only refunds have a key.
            repeats_safely: false,
            visible_after_ms: 30_000,
            // A session that ran out is not an end. A link is one, and a bank may still be asking the
            // customer when it expires.
            expiry_grace_ms: 60_000,
            replaces_on_terminal: false,
            declined_stays_open: false,
            // A reference need not be unique there.
            finds_orders: true,
            acts: System::Dojo.acts(),
        }
    }

    /// Makes the intent; where it is for a machine, puts it there.
    async fn create(&self, charge: &Charge) -> Result<Created, Failure> {
        if charge.amount.currency() != self.currency || charge.amount.is_zero() {
            return Err(NOT_BUILT);
        }
        match &charge.way {
            Way::Terminal { code, terms } => self.sell_at(charge, code, terms).await,
            Way::Link { terms } => self.sell_by_link(charge, terms).await,
            Way::Return { code, terms } => self.give_back(charge, code, terms).await,
            Way::CardOnFile { .. } => Err(NOT_BUILT),
        }
    }

    /// Looks among the intents since the charge was asked for; where there is none, among the newest
    /// of all, as this computer's clock may be ahead of theirs.
    async fn find(&self, charge: &Charge) -> Result<Option<Created>, Failure> {
        if charge.way.return_terms().is_some() {
            return Err(NOT_BUILT);
        }
        let since_ms = charge.asked_at_ms.saturating_sub(CLOCK_ERROR_MS);
        let (mut found, ended) = self.with_key(charge, Some(since_ms), PAGES_MAX).await?;
        if found.is_empty() {
            if !ended {
                // "None" would be taken for proof that nothing was made.
                return Err(TOO_LARGE);
            }
            (found, _) = self.with_key(charge, None, UNDATED_PAGES_MAX).await?;
        }
        let payable = search::payable(charge, &found);
        let Some((created, live)) = search::pick(charge, found)? else {
            return Ok(None);
        };
        self.withdraw_twins(charge, &created, payable).await;
        if let (Some(intent), Some(live)) = (&created.intent, live) {
            self.watch(intent, Some(live));
        }
        Ok(Some(created))
    }

    async fn find_order(&self, order: &OrderRef, since_ms: i64) -> Result<Vec<IntentId>, Failure> {
        let mut found = Vec::new();
        let ended = self
            .walk(search::LIVE, Some(since_ms), PAGES_MAX, |page, now_ms| {
                found.extend(search::of_order(order, &page, now_ms));
            })
            .await?;
        // "None" would be taken for leave to charge.
        ended.map(|()| found).ok_or(TOO_LARGE)
    }

    /// While a machine has it, the session says all there is to say; once it does not, the intent is
    /// asked, and decides.
    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let mut fresh = None;
        if let Some(session) = self.remembered(intent) {
            let response = self.get(format!("{SESSIONS}/{session}")).await?;
            match map::watched(intent, &response) {
                Ok((Some(seen), _)) => return Ok(seen),
                Ok((None, ended)) if !ended.is_of_another(intent) => fresh = Some(ended),
                Ok((None, _)) | Err(Failure::NotFound { .. }) => {}
                Err(failure) => return Err(failure),
            }
            self.watch(intent, None);
        }
        Ok(self.read_intent(intent, fresh).await?.seen())
    }

    async fn read_link(&self, intent: &IntentId) -> Result<Seen, Failure> {
        Ok(self.read_intent(intent, None).await?.seen_by_link())
    }

    /// A machine is asked first to let go of it, and the intent is withdrawn once none has it: a
    /// card that is being charged must find its intent. So a withdrawal takes two calls where a
    /// machine takes its time.
    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure> {
        let mut session = self.remembered(intent);
        if session.is_none() {
            let reading = self.read_intent(intent, None).await?;
            session = match reading.intent.word() {
                "Created" => {
                    let unended = reading.sessions.unended_sale();
                    unended
                        .map(|sale| sale.usable_id().ok_or(NOT_BUILT))
                        .transpose()?
                }
                // Withdrawn, and a machine still asks for a card.
                "Canceled" => reading.live_on_machine().and_then(Session::usable_id),
                // Too late, or done before: their own words say so.
                _ => None,
            };
        }
        if let Some(session) = session {
            let path = format!("{SESSIONS}/{session}/cancel");
            let request = Request::new(Class::Cancel, Method::PUT, path).with_body(Bytes::new());
            let outcome = self.exchange(request).await;
            let is_free = outcome.and_then(|response| act::freed(&response));
            if is_free != Ok(false) {
                // Either nobody has it any more, or what was remembered may be wrong.
                self.watch(intent, None);
            }
            if !is_free? {
                return Ok(());
            }
        }
        let request = Request::new(Class::Cancel, Method::DELETE, path(intent));
        map::accepted(&self.exchange(request).await?)
    }

    async fn act(
        &self,
        charge: &Charge,
        intent: &IntentId,
        act: &Act,
        key: &IdempotencyKey,
    ) -> Result<Option<ActName>, Failure> {
        self.perform(charge, intent, act, key).await
    }

    /// From the newest session that may have any.
    async fn receipts(&self, intent: &IntentId) -> Result<Receipts, Failure> {
        let reading = self.read_intent(intent, None).await?;
        let finished = reading.sessions.finished_sale();
        let Some(session) = finished.and_then(Session::usable_id) else {
            return Ok(Receipts::default());
        };
        let response = self.get(format!("{SESSIONS}/{session}")).await?;
        if !response.is_success() {
            return Err(problem::refused(&response));
        }
        read_object(&response, slip::read)
    }

    async fn read_return(&self, intent: &IntentId) -> Result<Seen, Failure> {
        self.read_given_back(intent).await
    }

    async fn cancel_return(&self, intent: &IntentId) -> Result<(), Failure> {
        self.cancel_given_back(intent).await
    }

    async fn return_receipts(&self, intent: &IntentId) -> Result<Receipts, Failure> {
        self.given_back_receipts(intent).await
    }

    async fn terminals(&self) -> Result<Vec<TerminalSeen>, Failure> {
        let response = self.get(TERMINALS.to_owned()).await?;
        if !response.is_success() {
            return Err(problem::refused(&response));
        }
        let listed = read_object(&response, wire::terminals)?;
        Ok(listed.into_iter().filter_map(machine::seen).collect())
    }

    async fn list(&self, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        Ok(newest_first(self.listed(&[], since_ms).await?))
    }

    /// The search takes the one word of those that stand open.
    async fn list_open(&self, since_ms: i64) -> Result<Vec<Leftover>, Failure> {
        let created = self.listed(&["Created"], since_ms).await?;
        Ok(open_first(created))
    }

    async fn check(&self) -> Result<(), Failure> {
        self.terminals().await.map(|_| ())
    }
}
