//! Mistakes a till could make, planted between the adapter and the network, to see that the storm
//! finds them. The engine itself is never changed.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::HeaderValue;
use payment::{Failure, IntentId};
use providers::{Request, Response};

mod words;

use super::asked::{Asked, Wish};
use super::hands::account_id;
use words::{
    CANCELLED_PAID, HELD_PAID, PAID, PROCESSING_PAID, REFERENCES, SESSION_CANCELLED,
    UNKNOWN_CANCELLED, UNKNOWN_PAID, WAITING_PAID, cancelled, done, nothing_was_sent, paid,
    renamed, says,
};

/// How long Odoo's till waits for a card machine before it calls the payment failed
/// (the notes on other tills).
const NINETY_SECONDS_MS: u64 = 90_000;

/// After so many readings without an answer an impatient till gives up.
const SILENCES_MAX: u32 = 3;

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident = $name:literal,)*) => {
        /// A planted mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $bug,)*
        }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$bug,)*];

            /// Its name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bug => $name,)*
                }
            }
        }
    };
}

bugs! {
    /// A create without an answer is taken for one that was never sent.
    SilenceIsRefusal = "silence-is-refusal",
    /// A create that met an error of the server is taken for one that did nothing.
    ServerErrorIsRefusal = "server-error-is-refusal",
    /// "This reference is taken" is read as "nothing was made".
    DuplicateIsRefusal = "duplicate-is-refusal",
    /// A create that is repeated gets a key of its own.
    NewKeyOnRepeat = "new-key-on-repeat",
    /// Lists and searches are read as if nothing was in them.
    FindsNothing = "finds-nothing",
    /// What waits for a card is shown as paid.
    WaitingIsPaid = "waiting-is-paid",
    /// A status word nobody knows is taken for paid.
    UnknownIsPaid = "unknown-is-paid",
    /// A status word nobody knows is taken for cancelled.
    UnknownIsCancelled = "unknown-is-cancelled",
    /// Any answer to a cancel is taken for its success.
    CancelIsDone = "cancel-is-done",
    /// A cancel that was refused is taken for one of something that is over.
    RefusedCancelIsDone = "refused-cancel-is-done",
    /// A cancel without an answer is taken for its success.
    SilentCancelIsDone = "silent-cancel-is-done",
    /// What turns out paid after a cancel is shown as cancelled.
    PaidAfterCancelIsCancelled = "paid-after-cancel-is-cancelled",
    /// "Not found" is read as cancelled.
    NotFoundIsCancelled = "not-found-is-cancelled",
    /// A reading without an answer is read as cancelled.
    UnreachableIsCancelled = "unreachable-is-cancelled",
    /// A reading that met an error of the server is read as cancelled.
    ServerErrorIsCancelled = "server-error-is-cancelled",
    /// A key that is refused is read as cancelled.
    KeyRefusedIsCancelled = "key-refused-is-cancelled",
    /// An answer that cannot be read is read as cancelled.
    UnreadableIsCancelled = "unreadable-is-cancelled",
    /// After ninety seconds of waiting it is called cancelled.
    NinetySeconds = "ninety-seconds",
    /// After three readings without an answer it is called cancelled.
    ThreeSilences = "three-silences",
    /// A session of Dojo that expired is taken for one that was cancelled.
    ExpiredSessionIsCancelled = "expired-session-is-cancelled",
    /// A card that was asked for without an answer is taken for one that was not.
    LostChargeIsRefused = "lost-charge-is-refused",
    /// A refund without an answer is taken for one that was never sent.
    LostRefundIsRefused = "lost-refund-is-refused",
    /// A refund that met an error of the server is taken for one that did nothing.
    ServerErrorOnRefundIsRefused = "server-error-on-refund-is-refused",
    /// A refund that is sent again gets a key of its own.
    NewKeyOnRefund = "new-key-on-refund",
    /// A refund whose answer cannot be read is taken for one that was never sent.
    UnreadableRefundIsRefused = "unreadable-refund-is-refused",
    /// A create whose answer cannot be read is taken for one that did nothing.
    UnreadableCreateIsRefusal = "unreadable-create-is-refusal",
    /// A create asks for another amount than the cashier did.
    WrongAmountIsSent = "wrong-amount-is-sent",
    /// A create is sent with the key of the order before.
    KeyOfTheOrderBefore = "key-of-the-order-before",
    /// A cancel never leaves, and is taken for done.
    CancelIsNotSent = "cancel-is-not-sent",
    /// A cancel withdraws the first payment that was ever read, whichever it is for.
    CancelsTheFirst = "cancels-the-first",
    /// A reading without an answer is read as paid.
    UnreachableIsPaid = "unreachable-is-paid",
    /// A reading that met an error of the server is read as paid.
    ServerErrorIsPaid = "server-error-is-paid",
    /// "Not found" is read as paid.
    NotFoundIsPaid = "not-found-is-paid",
    /// A key that is refused is read as paid.
    KeyRefusedIsPaid = "key-refused-is-paid",
    /// An answer that cannot be read is read as paid.
    UnreadableIsPaid = "unreadable-is-paid",
    /// What is cancelled is shown as paid.
    CancelledIsPaid = "cancelled-is-paid",
    /// What a bank still works on is shown as paid.
    ProcessingIsPaid = "processing-is-paid",
    /// What is only held is shown as paid.
    HeldIsPaid = "held-is-paid",
    /// A reading shows the state of the payment that was paid last.
    ReadsAnothersState = "reads-anothers-state",
    /// The first reading of a payment is shown again for each later one.
    ReadsFromACache = "reads-from-a-cache",
    /// The journal is not on the disk when the till is killed.
    ForgetsOnCrash = "forgets-on-crash",
    /// After a crash a line of a batch that was asked for is asked for once more.
    VoidIsAskedTwice = "void-is-asked-twice",
    /// After a crash a batch counts as gone through, and its last lines are skipped.
    VoidIsOverAfterACrash = "void-is-over-after-a-crash",
    /// What a batch withdrew is on the disk when the till is killed, and the batch is not.
    VoidIsForgotten = "void-is-forgotten",
    /// A customer who paid first is told as withdrawn.
    WinIsToldCancelled = "win-is-told-cancelled",
}

/// What a mistake goes by.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Intents that the till is told are cancelled.
    over: BTreeSet<IntentId>,
    /// Intents that a cancel was sent for.
    withdrawn: BTreeSet<IntentId>,
    /// When each was read first. Milliseconds since the story began.
    first_read_ms: BTreeMap<IntentId, u64>,
    /// Readings without an answer, one after the other.
    silences: BTreeMap<IntentId, u32>,
    /// How often each refund's key was sent.
    refunds: BTreeMap<Vec<u8>, u32>,
    /// The key of the create before, at each system.
    keys: BTreeMap<&'static str, String>,
    /// The payment that was read first, at each system.
    first: BTreeMap<&'static str, IntentId>,
    /// The payment that was read paid last, at each system, and what was said of it.
    paid: BTreeMap<&'static str, (IntentId, Response)>,
    /// The first reading of each.
    cached: BTreeMap<IntentId, Response>,
}

/// What an answer is, as far as these mistakes care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Silence,
    NotSent,
    ServerError,
    NotFound,
    KeyRefused,
    Taken,
    Refused,
    Unreadable,
    Readable,
}

impl Kind {
    fn of(answer: &Result<Response, Failure>) -> Self {
        match answer {
            Ok(response) => match response.status {
                500.. => Self::ServerError,
                404 => Self::NotFound,
                401 | 403 => Self::KeyRefused,
                400 | 409 | 422 if says(response, &["exist", "duplicate", "already"]) => {
                    Self::Taken
                }
                300..=499 => Self::Refused,
                _ if serde_json::from_slice::<serde_json::Value>(&response.body).is_err() => {
                    Self::Unreadable
                }
                _ => Self::Readable,
            },
            Err(Failure::NotSent { .. }) => Self::NotSent,
            Err(_) => Self::Silence,
        }
    }
}

impl Bug {
    /// The bug of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.name() == name)
    }

    /// What it makes of a request. `sent` is how often its key was sent before.
    pub(super) fn on_request(
        self,
        asked: &Asked,
        sent: u32,
        memory: &mut Memory,
        request: &mut Request,
    ) {
        if asked.wish == Wish::Withdraw {
            memory.withdrawn.extend(asked.intent.clone());
        }
        if self == Self::NewKeyOnRepeat
            && sent > 0
            && let (Some(key), Some(body)) = (&asked.key, &request.body)
        {
            let text = String::from_utf8_lossy(body);
            let named = format!("\"{key}\"");
            let renamed = text.replace(&named, &format!("\"{key}-a9{sent}\""));
            request.body = Some(Bytes::from(renamed));
        }
        if self == Self::NewKeyOnRefund && asked.wish == Wish::Refund {
            rekey(memory, request);
        }
        if self == Self::WrongAmountIsSent && asked.wish == Wish::Make {
            raise(request);
        }
        if self == Self::KeyOfTheOrderBefore
            && let (Some(key), Some(body)) = (&asked.key, &request.body)
        {
            let account = account_id(asked.system);
            let before = memory.keys.entry(account).or_insert_with(|| key.clone());
            let text = String::from_utf8_lossy(body);
            let named = text.replace(&format!("\"{key}\""), &format!("\"{before}\""));
            before.clone_from(key);
            request.body = Some(Bytes::from(named));
        }
        if self == Self::CancelsTheFirst
            && let (Wish::Withdraw, Some(intent)) = (asked.wish, &asked.intent)
            && let Some(first) = memory.first.get(account_id(asked.system))
        {
            let path = &request.path_and_query;
            request.path_and_query = path.replace(intent.as_str(), first.as_str());
        }
    }

    /// What it says of a request that it never sends.
    pub(super) fn instead_of_sending(self, asked: &Asked) -> Option<Result<Response, Failure>> {
        let is_kept = self == Self::CancelIsNotSent && asked.wish == Wish::Withdraw;
        is_kept.then(done)
    }

    /// What it makes of an answer at this time of the story.
    pub(super) fn on_answer(
        self,
        asked: &Asked,
        now_ms: u64,
        memory: &mut Memory,
        answer: Result<Response, Failure>,
    ) -> Result<Response, Failure> {
        let kind = Kind::of(&answer);
        match asked.wish {
            Wish::Read => self.on_reading(asked, now_ms, memory, kind, answer),
            Wish::Withdraw => {
                let is_silent = matches!(kind, Kind::Silence | Kind::NotSent);
                let is_refused = matches!(kind, Kind::Refused | Kind::NotFound | Kind::Taken);
                let is_taken_for_done = (self == Self::CancelIsDone && !is_silent)
                    || (self == Self::RefusedCancelIsDone && is_refused)
                    || (self == Self::SilentCancelIsDone && kind == Kind::Silence);
                if is_taken_for_done {
                    memory.over.extend(asked.intent.clone());
                }
                answer
            }
            wish @ (Wish::Make
            | Wish::Charge
            | Wish::Sign
            | Wish::Capture
            | Wish::Reverse
            | Wish::Refund) => {
                let is_taken_for_nothing = matches!(
                    (self, wish, kind),
                    (Self::SilenceIsRefusal, Wish::Make, Kind::Silence)
                        | (Self::LostChargeIsRefused, Wish::Charge, Kind::Silence)
                        | (Self::LostRefundIsRefused, Wish::Refund, Kind::Silence)
                        | (Self::ServerErrorIsRefusal, Wish::Make, Kind::ServerError)
                        | (
                            Self::ServerErrorOnRefundIsRefused,
                            Wish::Refund,
                            Kind::ServerError
                        )
                        | (Self::DuplicateIsRefusal, Wish::Make, Kind::Taken)
                        | (
                            Self::UnreadableCreateIsRefusal,
                            Wish::Make,
                            Kind::Unreadable
                        )
                        | (
                            Self::UnreadableRefundIsRefused,
                            Wish::Refund,
                            Kind::Unreadable
                        )
                );
                if is_taken_for_nothing {
                    nothing_was_sent()
                } else {
                    answer
                }
            }
        }
    }

    fn on_reading(
        self,
        asked: &Asked,
        now_ms: u64,
        memory: &mut Memory,
        kind: Kind,
        answer: Result<Response, Failure>,
    ) -> Result<Response, Failure> {
        if self == Self::FindsNothing && asked.intent.is_none() && asked.session.is_none() {
            return answer.map(|response| renamed(response, &REFERENCES));
        }
        if let Some(words) = self.misread_words(asked) {
            return answer.map(|response| renamed(response, words));
        }
        let Some(intent) = &asked.intent else {
            return answer;
        };
        let first_ms = *memory.first_read_ms.entry(intent.clone()).or_insert(now_ms);
        let silences = memory.silences.entry(intent.clone()).or_default();
        *silences = if kind == Kind::Silence {
            silences.saturating_add(1)
        } else {
            0
        };
        let silences = *silences;
        let is_paid = answer.as_ref().is_ok_and(|response| says(response, &PAID));
        if let Some(instead) = self.remembers(asked, intent, is_paid, memory, &answer) {
            return instead;
        }
        let is_paid_by_kind = matches!(
            (self, kind),
            (Self::NotFoundIsPaid, Kind::NotFound)
                | (Self::UnreachableIsPaid, Kind::Silence)
                | (Self::ServerErrorIsPaid, Kind::ServerError)
                | (Self::KeyRefusedIsPaid, Kind::KeyRefused)
                | (Self::UnreadableIsPaid, Kind::Unreadable)
        );
        if is_paid_by_kind {
            return paid(asked.system, intent);
        }
        let is_by_kind = matches!(
            (self, kind),
            (Self::NotFoundIsCancelled, Kind::NotFound)
                | (Self::UnreachableIsCancelled, Kind::Silence)
                | (Self::ServerErrorIsCancelled, Kind::ServerError)
                | (Self::KeyRefusedIsCancelled, Kind::KeyRefused)
                | (Self::UnreadableIsCancelled, Kind::Unreadable)
        );
        let is_late = !is_paid && now_ms > first_ms + NINETY_SECONDS_MS;
        let is_withdrawn = is_paid && memory.withdrawn.contains(intent);
        let is_taken_for_cancelled = is_by_kind
            || memory.over.contains(intent)
            || (self == Self::PaidAfterCancelIsCancelled && is_withdrawn)
            || (self == Self::NinetySeconds && is_late)
            || (self == Self::ThreeSilences && silences >= SILENCES_MAX);
        if is_taken_for_cancelled {
            cancelled(asked.system, intent)
        } else {
            answer
        }
    }

    /// The words that it takes for others in a reading.
    fn misread_words(self, asked: &Asked) -> Option<&'static [(&'static str, &'static str)]> {
        let table: [(Self, &[(&str, &str)]); 6] = [
            (Self::ExpiredSessionIsCancelled, &SESSION_CANCELLED),
            (Self::UnknownIsPaid, &UNKNOWN_PAID),
            (Self::UnknownIsCancelled, &UNKNOWN_CANCELLED),
            (Self::CancelledIsPaid, &CANCELLED_PAID),
            (Self::ProcessingIsPaid, &PROCESSING_PAID),
            (Self::HeldIsPaid, &HELD_PAID),
        ];
        if self == Self::ExpiredSessionIsCancelled && asked.session.is_none() {
            return None;
        }
        if self == Self::WaitingIsPaid && asked.intent.is_some() {
            return Some(&WAITING_PAID);
        }
        let mine = table.into_iter().find(|(bug, _)| *bug == self);
        mine.map(|(_, words)| words)
    }

    /// What it answers out of its memory, and what it remembers for later.
    fn remembers(
        self,
        asked: &Asked,
        intent: &IntentId,
        is_paid: bool,
        memory: &mut Memory,
        answer: &Result<Response, Failure>,
    ) -> Option<Result<Response, Failure>> {
        let account = account_id(asked.system);
        memory
            .first
            .entry(account)
            .or_insert_with(|| intent.clone());
        let Ok(response) = answer else {
            return None;
        };
        if self == Self::ReadsFromACache {
            let cached = memory.cached.entry(intent.clone());
            return Some(Ok(cached.or_insert_with(|| response.clone()).clone()));
        }
        if self != Self::ReadsAnothersState {
            return None;
        }
        if is_paid {
            let paid = (intent.clone(), response.clone());
            memory.paid.insert(account, paid);
            return None;
        }
        let (other, paid) = memory.paid.get(account)?;
        let named = [(other.as_str(), intent.as_str())];
        Some(Ok(renamed(paid.clone(), &named)))
    }
}

/// Another digit before the amount.
fn raise(request: &mut Request) {
    let body = request.body.as_deref().unwrap_or_default();
    let Ok(mut object) = serde_json::from_slice::<serde_json::Value>(body) else {
        return;
    };
    let place = match object.pointer("/amount/value") {
        Some(_) => "/amount/value",
        None => "/amount",
    };
    let Some(amount) = object.pointer_mut(place) else {
        return;
    };
    let raised = match amount.as_str() {
        Some(text) => Ok(serde_json::Value::from(format!("1{text}"))),
        None => serde_json::from_str(&format!("1{amount}")),
    };
    if let Ok(raised) = raised {
        *amount = raised;
        request.body = Some(Bytes::from(object.to_string()));
    }
}

fn rekey(memory: &mut Memory, request: &mut Request) {
    let names: Vec<_> = request.headers.keys().cloned().collect();
    let key = names
        .into_iter()
        .find(|name| name.as_str().contains("idempotency"));
    let Some(name) = key else {
        return;
    };
    let Some(before) = request.headers.get(&name).cloned() else {
        return;
    };
    let sent = memory
        .refunds
        .entry(before.as_bytes().to_vec())
        .or_default();
    if *sent > 0 {
        let text = String::from_utf8_lossy(before.as_bytes());
        // A UUID stays one: only its last digits are other ones.
        let kept = text.len().saturating_sub(3);
        let text = format!("{}{sent:03}", text.get(..kept).unwrap_or_default());
        if let Ok(value) = HeaderValue::from_str(&text) {
            request.headers.insert(name, value);
        }
    }
    *sent = sent.saturating_add(1);
}
