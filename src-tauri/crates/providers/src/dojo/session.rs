//! A terminal session: its words, what the terminal tells meanwhile, and which of an intent's
//! sessions counts.

use std::fmt;

use payment::{ActName, ActOutcome, IntentId, Prompt};
use serde::Deserialize;

use super::wire::Amount;
use crate::answer::time_ms;
use crate::json::{self, Word, object};
use crate::said::{WORDS_LIMIT, clean};

/// A session whose time is over for longer than this by the provider's own clock, and which does
/// not say how it ended, is looked for in its intent instead. Milliseconds.
const OVERDUE_MS: i64 = 30_000;

/// Their name of a session. It goes into the path of a URL like an intent's does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionId(IntentId);

impl SessionId {
    /// The name of a session that is a payment of its own.
    pub(super) fn into_intent(self) -> IntentId {
        self.0
    }

    /// Whether it is this one.
    pub(super) fn is(&self, name: &IntentId) -> bool {
        self.0 == *name
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where a session stands ("Terminal sessions", `TerminalSessionStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Sent to the machine.
    InitiateRequested,
    /// On the machine.
    Initiated,
    /// The card's bank agreed; the intent says what that means.
    Authorized,
    /// The cashier must judge a signature.
    SignatureRequired,
    /// It was judged, or nobody judged it in time; the intent says what came of it.
    SignatureAccepted,
    /// It was judged not to be the card holder's.
    SignatureRejected,
    /// Asked to stop, not stopped yet.
    CancelRequested,
    /// Ended: the card was charged, or, in a refund, the money went back.
    Captured,
    /// Ended: stopped.
    Canceled,
    /// Ended: refused.
    Declined,
    /// Ended, and how is not known.
    Expired,
    /// A word this build does not know, or none.
    Unknown,
}

impl Status {
    /// Every status, for tables.
    #[cfg(test)]
    pub(super) const ALL: [(&'static str, Self); 12] = [
        ("InitiateRequested", Self::InitiateRequested),
        ("Initiated", Self::Initiated),
        ("Authorized", Self::Authorized),
        ("SignatureVerificationRequired", Self::SignatureRequired),
        ("SignatureVerificationAccepted", Self::SignatureAccepted),
        ("SignatureVerificationRejected", Self::SignatureRejected),
        ("CancelRequested", Self::CancelRequested),
        ("Captured", Self::Captured),
        ("Canceled", Self::Canceled),
        ("Declined", Self::Declined),
        ("Expired", Self::Expired),
        ("Settling", Self::Unknown),
    ];

    fn of(word: &str) -> Self {
        match word {
            "InitiateRequested" => Self::InitiateRequested,
            "Initiated" => Self::Initiated,
            "Authorized" => Self::Authorized,
            "SignatureVerificationRequired" => Self::SignatureRequired,
            "SignatureVerificationAccepted" => Self::SignatureAccepted,
            "SignatureVerificationRejected" => Self::SignatureRejected,
            "CancelRequested" => Self::CancelRequested,
            "Captured" => Self::Captured,
            "Canceled" => Self::Canceled,
            "Declined" => Self::Declined,
            "Expired" => Self::Expired,
            _ => Self::Unknown,
        }
    }

    /// Whether the machine has it on its screen: nothing has been decided, so the session alone
    /// says where the payment stands.
    pub(super) const fn is_live(self) -> bool {
        match self {
            Self::InitiateRequested
            | Self::Initiated
            | Self::SignatureRequired
            | Self::CancelRequested => true,
            Self::Authorized
            | Self::SignatureAccepted
            | Self::SignatureRejected
            | Self::Captured
            | Self::Canceled
            | Self::Declined
            | Self::Expired
            | Self::Unknown => false,
        }
    }

    /// Whether it ended without having charged anything, as far as the session says. While one has
    /// not, its intent is not withdrawn: a card may be being charged.
    pub(super) const fn is_over_unpaid(self) -> bool {
        match self {
            Self::SignatureRejected | Self::Canceled | Self::Declined | Self::Expired => true,
            Self::InitiateRequested
            | Self::Initiated
            | Self::Authorized
            | Self::SignatureRequired
            | Self::SignatureAccepted
            | Self::CancelRequested
            | Self::Captured
            | Self::Unknown => false,
        }
    }

    /// Whether there may be slips of it.
    pub(super) const fn is_finished(self) -> bool {
        match self {
            Self::Authorized
            | Self::SignatureAccepted
            | Self::SignatureRejected
            | Self::Captured
            | Self::Canceled
            | Self::Declined
            | Self::Expired => true,
            Self::InitiateRequested
            | Self::Initiated
            | Self::SignatureRequired
            | Self::CancelRequested
            | Self::Unknown => false,
        }
    }
}

/// A session as any of their answers may show it. Every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    id: Option<Word>,
    status: Option<Word>,
    created_at: Option<Word>,
    expire_at: Option<Word>,
    notification_events: Option<Vec<Notification>>,
    details: Option<Details>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    notification_type: Option<Word>,
    created_at: Option<Word>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    session_type: Option<Word>,
    sale: Option<Linked>,
    matched_refund: Option<Linked>,
    unlinked_refund: Option<Unlinked>,
}

#[derive(Debug, Deserialize)]
struct Unlinked {
    amount: Option<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    payment_intent_id: Option<Word>,
    amount: Option<Amount>,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// To take money.
    Sale,
    /// To give it back.
    Refund,
}

fn moment(word: Option<&Word>) -> Option<i64> {
    time_ms(word?.text())
}

impl Session {
    /// Reads an answer; `None` for anything but a JSON object.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// Their name of it, where it is one that can be asked for.
    pub(super) fn usable_id(&self) -> Option<SessionId> {
        json::usable_id(self.id.as_ref()?).map(SessionId)
    }

    /// Their name of it, where it is an act of its own.
    pub(super) fn name(&self) -> Option<ActName> {
        ActName::new(self.id.as_ref()?.text()).ok()
    }

    /// What became of the refund that it is for. `None` where it does not tell.
    pub(super) fn refund_outcome(&self) -> Option<ActOutcome> {
        match self.status() {
            Status::Captured => Some(ActOutcome::Done),
            Status::Declined | Status::Canceled | Status::SignatureRejected => {
                let said = clean(&format!("session {}", self.word()), WORDS_LIMIT);
                Some(ActOutcome::Refused { said })
            }
            Status::InitiateRequested
            | Status::Initiated
            | Status::Authorized
            | Status::SignatureRequired
            | Status::SignatureAccepted
            | Status::CancelRequested => Some(ActOutcome::UnderWay),
            Status::Expired | Status::Unknown => None,
        }
    }

    pub(super) fn status(&self) -> Status {
        Status::of(self.word())
    }

    /// The status as it came.
    pub(super) fn word(&self) -> &str {
        self.status.as_ref().map_or("no status", Word::text)
    }

    pub(super) fn kind(&self) -> Kind {
        let Some(details) = &self.details else {
            return Kind::Sale;
        };
        match details.session_type.as_ref().map(Word::text) {
            Some("MatchedRefund" | "UnlinkedRefund") => Kind::Refund,
            None if details.matched_refund.is_some() || details.unlinked_refund.is_some() => {
                Kind::Refund
            }
            Some(_) | None => Kind::Sale,
        }
    }

    /// How much a refund gives back, in minor units, where it says so.
    pub(super) fn refunds(&self) -> Option<i64> {
        let refund = self.details.as_ref()?.matched_refund.as_ref()?;
        refund.amount.as_ref()?.minor()
    }

    /// How much goes back without a payment, where it says so.
    pub(super) fn given_back(&self) -> Option<&Amount> {
        let details = self.details.as_ref()?;
        details.unlinked_refund.as_ref()?.amount.as_ref()
    }

    /// Whether it says what it is for.
    pub(super) fn is_of_something(&self) -> bool {
        let details = self.details.as_ref();
        details.is_some_and(|details| details.session_type.is_some() || details.sale.is_some())
    }

    /// Whether it is about a payment intent.
    pub(super) fn is_linked(&self) -> bool {
        let details = self.details.as_ref();
        details.is_some_and(|details| details.sale.is_some() || details.matched_refund.is_some())
    }

    /// Whether it names another intent than this one.
    pub(super) fn is_of_another(&self, intent: &IntentId) -> bool {
        let details = self.details.as_ref();
        let linked = details.and_then(|details| {
            let sale = details.sale.as_ref();
            sale.or(details.matched_refund.as_ref())
        });
        let named = linked.and_then(|linked| linked.payment_intent_id.as_ref());
        named.is_some_and(|named| named.text() != intent.as_str())
    }

    /// Whether its time ended long ago by `now_ms`, the provider's own clock, where that is known.
    pub(super) fn is_overdue(&self, now_ms: Option<i64>) -> bool {
        let (Some(now_ms), Some(until_ms)) = (now_ms, moment(self.expire_at.as_ref())) else {
            return false;
        };
        now_ms.saturating_sub(until_ms) > OVERDUE_MS
    }

    /// What the terminal said last, by the time it said it: the list is in no promised order.
    pub(super) fn prompt(&self) -> Option<Prompt> {
        let events = self.notification_events.iter().flatten();
        let last = events.max_by_key(|event| moment(event.created_at.as_ref()))?;
        Some(match last.notification_type.as_ref()?.text() {
            "PresentCard" => Prompt::PresentCard,
            "InsertCard" => Prompt::InsertCard,
            "PresentOnlyOneCard" => Prompt::PresentOnlyOneCard,
            "EnterPin" => Prompt::EnterPin,
            "PleaseWait" => Prompt::PleaseWait,
            "RemoveCard" => Prompt::RemoveCard,
            "CardUnsupported" => Prompt::CardUnsupported,
            "CardError" => Prompt::CardError,
            "ReEnterCard" => Prompt::ReEnterCard,
            "Approved" => Prompt::Approved,
            "Declined" => Prompt::CardDeclined,
            _ => return None,
        })
    }
}

/// The sessions of one intent, oldest first.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Session>);

impl Sessions {
    /// From an intent's history, and from a session that was read just before: what it said itself
    /// is newer than what the intent knows of it.
    pub(super) fn of(history: Vec<Session>, fresh: Option<Session>) -> Self {
        let mut sessions = history;
        if let Some(fresh) = fresh {
            let same = sessions
                .iter_mut()
                .find(|session| session.usable_id() == fresh.usable_id());
            match same {
                Some(same) => *same = fresh,
                None => sessions.push(fresh),
            }
        }
        // Stable: those without a time stay where they are among their like.
        sessions.sort_by_key(|session| moment(session.created_at.as_ref()));
        Self(sessions)
    }

    pub(super) fn sales(&self) -> impl DoubleEndedIterator<Item = &Session> {
        let sessions = self.0.iter();
        sessions.filter(|session| session.kind() == Kind::Sale)
    }

    pub(super) fn refunds(&self) -> impl DoubleEndedIterator<Item = &Session> {
        let sessions = self.0.iter();
        sessions.filter(|session| session.kind() == Kind::Refund)
    }

    /// The sale that says where the payment stands: the newest, unless another one is still on a
    /// machine (two tills, or a second start whose first answer was lost).
    pub(super) fn sale(&self) -> Option<&Session> {
        let live = self.sales().rfind(|sale| sale.status().is_live());
        live.or_else(|| self.sales().next_back())
    }

    /// The sale a card may be charged by; the intent must not be withdrawn before it has ended.
    pub(super) fn unended_sale(&self) -> Option<&Session> {
        let live = self.sales().rfind(|sale| sale.status().is_live());
        live.or_else(|| self.sales().rfind(|sale| !sale.status().is_over_unpaid()))
    }

    /// The newest sale that may have slips.
    pub(super) fn finished_sale(&self) -> Option<&Session> {
        self.sales().rfind(|sale| sale.status().is_finished())
    }
}
