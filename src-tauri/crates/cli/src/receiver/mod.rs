//! The receiver of webhooks, for a shop that has a tunnel or a relay.
//!
//! It is a process of its own beside the till. It reads the accounts, checks who signed what came, and
//! leaves a hint ([`cli::hints`]) that this payment should be read now. It charges nothing, cancels
//! nothing and writes no fact: whatever somebody manages to send here costs at most one reading a second.

mod outcome;
mod replay;
mod server;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode};
use cli::hints::Hints;
use cli::session::Session;
use jiff::Timestamp;
use payment::{Account, AccountId};
use providers::webhook::{self, Notified, PRACTICE_WEBHOOK_SECRET, Rejected};
use secrets::Secret;
use till::api::Code;
use tokio::sync::mpsc::{Receiver as Lines, Sender, channel};
use tokio::time::Instant;

pub(crate) use self::outcome::{Outcome, Said};
use self::replay::Replays;
pub(crate) use self::server::serve;

/// Requests taken within a second, of all accounts together. A shop has a few payments a minute and a
/// few events each; the rest is somebody trying.
const PER_SECOND_MAX: u32 = 50;

/// How long a secret from the keychain is used before it is asked for again. A keychain may open a
/// dialog, so it is not asked for each request that anybody sends.
const SECRET_KEPT: Duration = Duration::from_secs(60);

/// Lines that wait to be printed. Beyond it they are left out: the sender is not to wait for a terminal.
const LINES_MAX: usize = 256;

/// What the keychain said about a secret, and when.
type Kept = (Instant, Result<Option<Secret>, Code>);

/// The receiver.
pub(crate) struct Receiver {
    session: Session,
    hints: Arc<Hints>,
    replays: Mutex<Replays>,
    secrets: tokio::sync::Mutex<BTreeMap<AccountId, Kept>>,
    window: Mutex<Window>,
    said: Sender<Said>,
}

/// The requests of the second that began then.
#[derive(Debug)]
struct Window {
    began: Instant,
    count: u32,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    /// A receiver for the accounts of a session that reads, which leaves its hints in `folder`; and the
    /// lines it says.
    pub(crate) fn new(session: Session, folder: &Path) -> (Arc<Self>, Lines<Said>) {
        let (said, lines) = channel(LINES_MAX);
        let receiver = Self {
            session,
            hints: Arc::new(Hints::of(folder)),
            replays: Mutex::default(),
            secrets: tokio::sync::Mutex::default(),
            window: Mutex::new(Window::beginning(Instant::now())),
            said,
        };
        (Arc::new(receiver), lines)
    }

    /// The accounts whose systems send webhooks, and whether their secret is known.
    pub(crate) async fn listed(&self) -> Vec<(Account, Result<bool, Code>)> {
        let accounts = self.session.accounts().unwrap_or_default();
        let mut listed = Vec::new();
        for account in accounts {
            if account.system.sends_webhooks() {
                let secret = self.secret(&account).await;
                listed.push((account, secret.map(|secret| secret.is_some())));
            }
        }
        listed
    }

    /// What to do with a request to an account, done and said.
    async fn hear(&self, account: &str, request: Request) -> StatusCode {
        let account = AccountId::new(account).ok();
        let account = account.and_then(|id| self.account(&id));
        let counted = locked(&self.window).count(Instant::now());
        let outcome = match (counted, &account) {
            (Counted::TooMany { is_first }, _) => {
                if is_first {
                    self.say(None, Outcome::TooMany);
                }
                return Outcome::TooMany.status();
            }
            (Counted::Within, None) => Outcome::UnknownAccount,
            (Counted::Within, Some(account)) => match self.take(account, request).await {
                Ok(outcome) | Err(outcome) => outcome,
            },
        };
        let status = outcome.status();
        self.say(account.map(|account| account.id), outcome);
        status
    }

    fn account(&self, id: &AccountId) -> Option<Account> {
        let accounts = self.session.accounts().ok()?;
        accounts.into_iter().find(|account| account.id == *id)
    }

    async fn take(&self, account: &Account, request: Request) -> Result<Outcome, Outcome> {
        if !account.system.sends_webhooks() {
            return Err(Outcome::Rejected(Rejected::NoWebhooks));
        }
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, &()).await;
        let body = body.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Outcome::Rejected(Rejected::TooLarge)
            } else {
                Outcome::CutOff
            }
        })?;
        let secret = self.secret(account).await.map_err(Outcome::Keychain)?;
        let secret = secret.ok_or(Outcome::NoSecret)?;
        let notified = check(account, &secret, &headers, &body).map_err(Outcome::Rejected)?;
        Ok(self.follow(&account.id, notified).await)
    }

    async fn follow(&self, account: &AccountId, notified: Notified) -> Outcome {
        let Notified { intent, event, .. } = notified;
        let event = (account.clone(), event);
        if !locked(&self.replays).note(event.clone()) {
            return Outcome::Repeated(intent);
        }
        let (hints, of_account, named) = (Arc::clone(&self.hints), account.clone(), intent.clone());
        let left = tokio::task::spawn_blocking(move || hints.add(&of_account, &named)).await;
        match left {
            Ok(Ok(())) => Outcome::Taken(intent),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a hint could not be left");
                locked(&self.replays).forget(&event);
                Outcome::NotLeft
            }
            Err(_) => {
                locked(&self.replays).forget(&event);
                Outcome::NotLeft
            }
        }
    }

    /// The secret of an account's webhooks; that of a practice account is fixed.
    async fn secret(&self, account: &Account) -> Result<Option<Secret>, Code> {
        if account.practice {
            return Ok(Secret::new(PRACTICE_WEBHOOK_SECRET).ok());
        }
        // Held while the keychain is asked: requests that come together ask it once.
        let mut secrets = self.secrets.lock().await;
        let now = Instant::now();
        if let Some((asked_at, secret)) = secrets.get(&account.id)
            && now.duration_since(*asked_at) < SECRET_KEPT
        {
            return secret.clone();
        }
        let secret = self.session.till.webhook_secret(&account.id).await;
        let secret = secret.map_err(|error| error.code);
        secrets.insert(account.id.clone(), (now, secret.clone()));
        secret
    }

    fn say(&self, account: Option<AccountId>, outcome: Outcome) {
        // Full: the line is left out. What was taken is followed all the same.
        let _ = self.said.try_send(Said { account, outcome });
    }
}

impl Window {
    const fn beginning(began: Instant) -> Self {
        Self { began, count: 0 }
    }

    /// Counts a request that came now.
    fn count(&mut self, now: Instant) -> Counted {
        if now.duration_since(self.began) >= Duration::from_secs(1) {
            *self = Self::beginning(now);
        }
        self.count = self.count.saturating_add(1);
        if self.count <= PER_SECOND_MAX {
            Counted::Within
        } else {
            Counted::TooMany {
                is_first: self.count == PER_SECOND_MAX.saturating_add(1),
            }
        }
    }
}

/// Whether a request is within the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Within,
    TooMany {
        /// The first of its second, which is said; the others are not.
        is_first: bool,
    },
}

fn check(
    account: &Account,
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Notified, Rejected> {
    let now_ms = Timestamp::now().as_millisecond();
    webhook::receive(account.system, secret, headers, body, now_ms)
}
