//! A session on a card machine: its words, its times and what it tells
//! (docs.dojo.tech/api/v3/bundled.json, terminal sessions).

pub(super) mod answers;
mod moves;
mod receipt;
mod taking;
mod wire;
mod world;

use std::collections::BTreeMap;

use money::Money;
use serde::{Deserialize, Serialize};

pub(crate) use moves::Told;
pub(super) use wire::{history_payment, id_of as wire_id, object, payment_details};
use world::StartRefused;

use crate::books::Inconsistency;
use crate::{IntentId, Settings};

/// How much longer than its own clock the system waits for a machine that has to say how a decided
/// payment ended, in milliseconds.
const GRACE_MS: u64 = 10_000;

/// How long after the end of a session a late charge comes
/// ([`DojoUnconfirmed::ChargedLate`](crate::DojoUnconfirmed)), in milliseconds.
const LATE_MS: u64 = 5000;

/// The words of `status`, written as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SessionStatus {
    InitiateRequested,
    Initiated,
    Authorized,
    Captured,
    CancelRequested,
    Canceled,
    SignatureVerificationAccepted,
    SignatureVerificationRejected,
    SignatureVerificationRequired,
    Expired,
    Declined,
}

impl SessionStatus {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::InitiateRequested => "InitiateRequested",
            Self::Initiated => "Initiated",
            Self::Authorized => "Authorized",
            Self::Captured => "Captured",
            Self::CancelRequested => "CancelRequested",
            Self::Canceled => "Canceled",
            Self::SignatureVerificationAccepted => "SignatureVerificationAccepted",
            Self::SignatureVerificationRejected => "SignatureVerificationRejected",
            Self::SignatureVerificationRequired => "SignatureVerificationRequired",
            Self::Expired => "Expired",
            Self::Declined => "Declined",
        }
    }
}

/// What the machine shows, as it is told to the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Notification {
    PresentCard,
    PleaseWait,
    EnterPin,
    RemoveCard,
    Approved,
    Declined,
}

/// How a card came to the machine, and who proved to be its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    Contactless,
    ChipAndPin,
    Signed,
    Keyed,
}

/// What a card did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payment {
    pub(super) transaction_id: String,
    pub(super) auth_code: String,
    pub(super) at_ms: u64,
    pub(super) entry: Entry,
}

/// What a session is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(super) enum Task {
    Sale {
        intent: IntentId,
    },
    MatchedRefund {
        intent: IntentId,
        /// `None` for all that is left.
        asked: Option<Money>,
    },
    UnlinkedRefund {
        is_keyed: bool,
    },
}

impl Task {
    pub(super) fn intent(&self) -> Option<IntentId> {
        match self {
            Self::Sale { intent } | Self::MatchedRefund { intent, .. } => Some(*intent),
            Self::UnlinkedRefund { .. } => None,
        }
    }

    pub(super) fn is_sale(&self) -> bool {
        matches!(self, Self::Sale { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(super) id: IntentId,
    /// The id of the machine, `tm_…`.
    pub(super) terminal: String,
    pub(super) tid: String,
    pub(super) task: Task,
    pub(crate) amount: Money,
    pub(super) status: SessionStatus,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
    pub(crate) expires_at_ms: u64,
    pub(super) statuses: Vec<(SessionStatus, u64)>,
    pub(super) notifications: Vec<(Notification, u64)>,
    /// How the last card was presented, while it is there.
    entry: Option<Entry>,
    pub(super) payment: Option<Payment>,
    is_over: bool,
    /// When the machine hears that the till wants it back.
    cancel_due_ms: Option<u64>,
    /// When the payment was decided upon, by the clerk or by the bank.
    decided_at_ms: Option<u64>,
    /// When a card is charged that no machine told of.
    late_due_ms: Option<u64>,
    /// The machine did not get to tell how it ended.
    is_lost: bool,
    /// It never gets to the machine.
    pub(super) is_undelivered: bool,
}

impl Session {
    pub(crate) fn is_open(&self) -> bool {
        !self.is_over
    }

    /// Whether a machine may take it up.
    pub(crate) fn is_collectable(&self, now_ms: u64) -> bool {
        let is_early = match self.status {
            SessionStatus::InitiateRequested | SessionStatus::Initiated => true,
            SessionStatus::Authorized
            | SessionStatus::Captured
            | SessionStatus::CancelRequested
            | SessionStatus::Canceled
            | SessionStatus::SignatureVerificationAccepted
            | SessionStatus::SignatureVerificationRejected
            | SessionStatus::SignatureVerificationRequired
            | SessionStatus::Expired
            | SessionStatus::Declined => false,
        };
        is_early && self.is_open() && now_ms < self.expires_at_ms
    }

    /// When what the machine waits for goes on by itself: the clerk was silent for too long, or
    /// what was decided is carried out.
    pub(crate) fn held_due_ms(&self, settings: &Settings) -> Option<u64> {
        if self.is_over || self.is_lost {
            return None;
        }
        if self.status == SessionStatus::SignatureVerificationRequired {
            return Some(
                self.updated_at_ms
                    .saturating_add(settings.dojo_signature_within_ms),
            );
        }
        let decided_at_ms = self.decided_at_ms?;
        Some(decided_at_ms.saturating_add(settings.dojo_decided_ms))
    }

    fn turn(&mut self, status: SessionStatus, now_ms: u64) {
        self.status = status;
        self.updated_at_ms = now_ms;
        self.statuses.push((status, now_ms));
    }

    fn end(&mut self, status: SessionStatus, now_ms: u64) {
        self.turn(status, now_ms);
        self.close();
    }

    fn close(&mut self) {
        self.is_over = true;
        self.cancel_due_ms = None;
        self.decided_at_ms = None;
    }

    fn note(&mut self, notification: Notification, now_ms: u64) {
        self.notifications.push((notification, now_ms));
    }

    fn next_due_ms(&self) -> Option<u64> {
        let expires_at_ms = self.is_open().then_some(self.expires_at_ms);
        let due = [expires_at_ms, self.cancel_due_ms, self.late_due_ms];
        due.into_iter().flatten().min()
    }
}

/// Every session, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Sessions {
    all: Vec<Session>,
}

impl Sessions {
    pub(super) fn in_order(&self) -> &[Session] {
        &self.all
    }

    pub(super) fn find(&self, id: IntentId) -> Option<&Session> {
        self.all.iter().find(|session| session.id == id)
    }

    fn find_mut(&mut self, id: IntentId) -> Option<&mut Session> {
        self.all.iter_mut().find(|session| session.id == id)
    }

    /// The sessions for an intent, oldest first.
    pub(super) fn of_intent(&self, id: IntentId) -> impl Iterator<Item = &Session> {
        let sessions = self.all.iter();
        sessions.filter(move |session| session.task.intent() == Some(id))
    }

    pub(super) fn next_due(&self) -> Option<(u64, IntentId)> {
        let sessions = self.all.iter();
        sessions
            .filter_map(|session| Some((session.next_due_ms()?, session.id)))
            .min()
    }

    /// Checks that every refund of a machine without an intent has a session that took it.
    pub(super) fn check(
        &self,
        refunded: &mut BTreeMap<IntentId, Vec<Money>>,
    ) -> Result<(), Inconsistency> {
        for session in &self.all {
            let refunds = refunded.remove(&session.id).unwrap_or_default();
            let is_paid = session.payment.is_some() && session.task.intent().is_none();
            let told: &[Money] = if is_paid { &[session.amount] } else { &[] };
            if refunds != told {
                return Err(Inconsistency::RefundMismatch(session.id));
            }
        }
        Ok(())
    }
}
