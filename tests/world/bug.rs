//! Mistakes a till could make, planted between the adapter and the network, to see that the storm
//! finds them. The engine itself is never changed.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use payment::failure::NotSent;
use payment::{Failure, IntentId, System};
use providers::{Request, Response};

use super::asked::{Asked, Wish};

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
    /// The journal is not on the disk when the till is killed.
    ForgetsOnCrash = "forgets-on-crash",
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
        if self == Self::ExpiredSessionIsCancelled && asked.session.is_some() {
            return answer.map(|response| renamed(response, &[("\"Expired\"", "\"Canceled\"")]));
        }
        if self == Self::UnknownIsPaid {
            return answer.map(|response| renamed(response, &UNKNOWN_PAID));
        }
        if self == Self::UnknownIsCancelled {
            return answer.map(|response| renamed(response, &UNKNOWN_CANCELLED));
        }
        if self == Self::WaitingIsPaid && asked.intent.is_some() {
            return answer.map(|response| renamed(response, &WAITING_PAID));
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
        let is_paid = answer.as_ref().is_ok_and(|response| says(response, &PAID));
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
            || (self == Self::ThreeSilences && *silences >= SILENCES_MAX);
        if is_taken_for_cancelled {
            cancelled(asked.system, intent)
        } else {
            answer
        }
    }
}

/// How each system writes the shop's own reference, and how it is missed.
const REFERENCES: [(&str, &str); 4] = [
    ("\"externalId\":\"", "\"externalId\":\"not-"),
    ("\"referenceId\":\"", "\"referenceId\":\"not-"),
    ("\"reference\":\"", "\"reference\":\"not-"),
    ("\"order_key\":\"", "\"order_key\":\"not-"),
];

const UNKNOWN_PAID: [(&str, &str); 3] = [
    ("SETTLING", "CONFIRMED"),
    ("settling", "succeeded"),
    ("Settling", "Captured"),
];

const UNKNOWN_CANCELLED: [(&str, &str); 3] = [
    ("SETTLING", "CANCELLED"),
    ("settling", "canceled"),
    ("Settling", "Canceled"),
];

const WAITING_PAID: [(&str, &str); 4] = [
    ("\"status\":\"PENDING\"", "\"status\":\"CONFIRMED\""),
    ("\"status\":\"requires_action\"", "\"status\":\"succeeded\""),
    (
        "\"status\":\"requires_payment_method\"",
        "\"status\":\"succeeded\"",
    ),
    ("\"status\":\"Created\"", "\"status\":\"Captured\""),
];

const PAID: [&str; 3] = [
    "\"status\":\"confirmed\"",
    "\"status\":\"succeeded\"",
    "\"status\":\"captured\"",
];

fn says(response: &Response, words: &[&str]) -> bool {
    let text = String::from_utf8_lossy(&response.body).to_lowercase();
    words.iter().any(|word| text.contains(word))
}

fn renamed(mut response: Response, words: &[(&str, &str)]) -> Response {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let text = words
        .iter()
        .fold(text, |text, (word, wrong)| text.replace(word, wrong));
    response.body = Bytes::from(text);
    response
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

fn nothing_was_sent() -> Result<Response, Failure> {
    Err(Failure::NotSent {
        why: NotSent::NoConnection,
    })
}

fn cancelled(system: System, intent: &IntentId) -> Result<Response, Failure> {
    let body = match system {
        System::Compago | System::CompagoLink => {
            format!(r#"{{"id":"{intent}","status":"CANCELLED"}}"#)
        }
        System::One2Pays => format!(r#"{{"data":{{"id":"{intent}","status":"canceled"}}}}"#),
        System::Dojo => format!(r#"{{"id":"{intent}","status":"Canceled"}}"#),
        System::LeanRails => format!(r#"{{"id":"{intent}","status":"canceled"}}"#),
    };
    Ok(Response::new(200, &HeaderMap::new(), Bytes::from(body)))
}
