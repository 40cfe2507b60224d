//! What a machine tells of a session, and what becomes of the money.

use money::Money;

use super::{Entry, GRACE_MS, LATE_MS, Notification, Session, SessionStatus, Task};
use crate::books::Books;
use crate::dojo::intent::CaptureMode;
use crate::{DojoRejected, DojoUnconfirmed, DojoUnsuccessful, IntentId};

/// What the machine hears of a card that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Approved,
    Declined,
    Cancelled,
    /// Somebody else has to say something first.
    Held,
}

impl Books {
    fn session_mut(&mut self, id: IntentId) -> Option<&mut Session> {
        self.dojo.sessions.find_mut(id)
    }

    /// The machine asks for a card, or for the details of one that is not there.
    pub(crate) fn session_shown(&mut self, id: IntentId, now_ms: u64) {
        let pay_within_ms = self.settings.dojo_pay_within_ms;
        let is_keyed = self.is_keyed(id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.entry = None;
        if session.status == SessionStatus::InitiateRequested {
            session.turn(SessionStatus::Initiated, now_ms);
            session.expires_at_ms = now_ms.saturating_add(pay_within_ms);
        }
        let shown = if is_keyed {
            Notification::PleaseWait
        } else {
            Notification::PresentCard
        };
        session.note(shown, now_ms);
    }

    fn is_keyed(&self, id: IntentId) -> bool {
        let Some(session) = self.dojo.session(id) else {
            return false;
        };
        match session.task {
            Task::Sale { intent } => {
                let intent = self.dojo.intents.find(intent);
                intent.is_some_and(|intent| intent.asked.is_keyed)
            }
            Task::MatchedRefund { .. } => false,
            Task::UnlinkedRefund { is_keyed } => is_keyed,
        }
    }

    /// A card is presented. From here on the till cannot have the session back.
    pub(crate) fn session_presented(&mut self, id: IntentId, entry: Entry, now_ms: u64) {
        let is_keyed = self.is_keyed(id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.note(Notification::PleaseWait, now_ms);
        if !is_keyed && entry == Entry::ChipAndPin {
            session.note(Notification::EnterPin, now_ms);
        }
        session.entry = Some(if is_keyed { Entry::Keyed } else { entry });
    }

    pub(crate) fn session_pin_again(&mut self, id: IntentId, now_ms: u64) {
        if let Some(session) = self.session_mut(id) {
            session.note(Notification::EnterPin, now_ms);
        }
    }

    /// The customer adds a tip of a tenth on the machine.
    pub(crate) fn session_tipped(&mut self, id: IntentId) {
        let Some(session) = self.dojo.sessions.find_mut(id) else {
            return;
        };
        let Task::Sale { intent } = session.task else {
            return;
        };
        let Some(intent) = self.dojo.intents.find_mut(intent) else {
            return;
        };
        let tenth = intent.asked.amount.minor() / 10;
        let more = Money::new(tenth, intent.asked.amount.currency());
        let before = intent.asked.tips;
        intent.asked.tips = match (before, more) {
            (None, Ok(more)) => Some(more),
            (Some(tips), Ok(more)) => tips.plus(more).ok(),
            (tips, Err(_)) => tips,
        };
        match intent.asked.total() {
            Some(total) => session.amount = total,
            None => intent.asked.tips = before,
        }
    }

    /// The bank said yes.
    pub(crate) fn session_approved(&mut self, id: IntentId, now_ms: u64) -> Told {
        let is_shown = self.settings.dojo_authorized_shown;
        let Some(session) = self.dojo.session(id) else {
            return Told::Cancelled;
        };
        if !session.is_open() {
            // Nobody hears of it any more.
            self.session_lost(id, now_ms);
            return Told::Approved;
        }
        if is_shown && session.task.is_sale() && self.takes_at_once(id) && self.may_take(id) {
            return self.decided(id, SessionStatus::Authorized, now_ms);
        }
        self.taken(id, now_ms)
    }

    fn takes_at_once(&self, id: IntentId) -> bool {
        let intent = self.dojo.session(id).and_then(|one| one.task.intent());
        let intent = intent.and_then(|intent| self.dojo.intents.find(intent));
        intent.is_none_or(|intent| intent.asked.capture == CaptureMode::Auto)
    }

    fn decided(&mut self, id: IntentId, status: SessionStatus, now_ms: u64) -> Told {
        let decided_ms = self.settings.dojo_decided_ms;
        if let Some(session) = self.session_mut(id) {
            session.turn(status, now_ms);
            session.decided_at_ms = Some(now_ms);
            let done_ms = now_ms.saturating_add(decided_ms);
            session.expires_at_ms = done_ms.saturating_add(GRACE_MS);
        }
        Told::Held
    }

    /// Takes or gives the money, and ends the session.
    fn taken(&mut self, id: IntentId, now_ms: u64) -> Told {
        if !self.take(id, now_ms) {
            self.session_declined(id, now_ms);
            return Told::Declined;
        }
        let at_once = self.takes_at_once(id);
        if let Some(session) = self.session_mut(id) {
            if session.entry == Some(Entry::ChipAndPin) {
                session.note(Notification::RemoveCard, now_ms);
            }
            session.note(Notification::Approved, now_ms);
            let is_hold = session.task.is_sale() && !at_once;
            session.end(
                if is_hold {
                    SessionStatus::Authorized
                } else {
                    SessionStatus::Captured
                },
                now_ms,
            );
        }
        Told::Approved
    }

    pub(crate) fn session_declined(&mut self, id: IntentId, now_ms: u64) {
        if let Some(session) = self.session_mut(id)
            && session.is_open()
        {
            session.note(Notification::Declined, now_ms);
            session.end(SessionStatus::Declined, now_ms);
        }
        self.count_failure(id);
    }

    /// The customer pressed the red key.
    pub(crate) fn session_cancelled(&mut self, id: IntentId, now_ms: u64) {
        if let Some(session) = self.session_mut(id)
            && session.is_open()
        {
            session.end(SessionStatus::Canceled, now_ms);
        }
        self.count_failure(id);
    }

    fn count_failure(&mut self, id: IntentId) {
        let session = self.dojo.session(id);
        let intent = session.filter(|session| session.task.is_sale());
        let intent = intent.and_then(|session| session.task.intent());
        if let Some(intent) = intent.and_then(|id| self.dojo.intents.find_mut(id)) {
            intent.failed_tries = intent.failed_tries.saturating_add(1);
        }
    }

    /// The card wants a signature: the clerk has so long to judge it.
    pub(crate) fn session_signature_wanted(&mut self, id: IntentId, now_ms: u64) -> Told {
        let within_ms = self.settings.dojo_signature_within_ms;
        let Some(session) = self.session_mut(id) else {
            return Told::Cancelled;
        };
        if !session.is_open() {
            return self.session_approved(id, now_ms);
        }
        session.turn(SessionStatus::SignatureVerificationRequired, now_ms);
        let silent_ms = now_ms.saturating_add(within_ms);
        session.expires_at_ms = silent_ms.saturating_add(GRACE_MS);
        Told::Held
    }

    /// The clerk's word, or the silence that counts as yes. Answers whether it was waited for.
    pub(crate) fn session_signed(&mut self, id: IntentId, accepted: bool, now_ms: u64) -> bool {
        let session = self.dojo.session(id);
        let wanted = SessionStatus::SignatureVerificationRequired;
        if !session.is_some_and(|one| one.is_open() && one.status == wanted) {
            return false;
        }
        let word = if accepted {
            SessionStatus::SignatureVerificationAccepted
        } else {
            SessionStatus::SignatureVerificationRejected
        };
        self.decided(id, word, now_ms);
        true
    }

    /// What the machine waited for is there: see [`Session::held_due_ms`].
    pub(crate) fn session_concluded(&mut self, id: IntentId, now_ms: u64) -> Told {
        let rejected = self.settings.dojo_rejected;
        let Some(session) = self.session_mut(id) else {
            return Told::Cancelled;
        };
        match session.status {
            SessionStatus::SignatureVerificationRequired => {
                self.session_signed(id, true, now_ms);
                Told::Held
            }
            SessionStatus::SignatureVerificationAccepted | SessionStatus::Authorized => {
                self.taken(id, now_ms)
            }
            SessionStatus::SignatureVerificationRejected => {
                match rejected {
                    DojoRejected::Declined => session.end(SessionStatus::Declined, now_ms),
                    DojoRejected::Canceled => session.end(SessionStatus::Canceled, now_ms),
                    DojoRejected::Stays => session.close(),
                }
                self.count_failure(id);
                Told::Declined
            }
            SessionStatus::InitiateRequested
            | SessionStatus::Initiated
            | SessionStatus::Captured
            | SessionStatus::CancelRequested
            | SessionStatus::Canceled
            | SessionStatus::Expired
            | SessionStatus::Declined => Told::Held,
        }
    }

    /// The payment is "unsuccessful".
    pub(crate) fn session_unsuccessful(&mut self, id: IntentId, now_ms: u64) -> Told {
        match self.settings.dojo_unsuccessful {
            DojoUnsuccessful::Canceled => {
                self.session_cancelled(id, now_ms);
                Told::Cancelled
            }
            DojoUnsuccessful::Declined => {
                self.session_declined(id, now_ms);
                Told::Declined
            }
            DojoUnsuccessful::Expired => {
                if let Some(session) = self.session_mut(id) {
                    session.is_lost = true;
                }
                Told::Held
            }
        }
    }

    /// A card was read, and the machine does not get to tell how it ended.
    pub(crate) fn session_lost(&mut self, id: IntentId, now_ms: u64) {
        let choice = self.settings.dojo_unconfirmed;
        let Some(session) = self.session_mut(id) else {
            return;
        };
        if session.is_lost {
            return;
        }
        session.is_lost = true;
        match choice {
            DojoUnconfirmed::NotCharged => {}
            DojoUnconfirmed::Charged => {
                self.take(id, now_ms);
            }
            DojoUnconfirmed::ChargedLate => {
                let end_ms = session.expires_at_ms.max(now_ms);
                session.late_due_ms = Some(end_ms.saturating_add(LATE_MS));
            }
        }
    }

    /// What a session does by itself. Only a machine that is on hears of a cancel.
    pub(crate) fn play_session(&mut self, id: IntentId, is_machine_on: bool, now_ms: u64) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        if is_due(session.late_due_ms) {
            session.late_due_ms = None;
            self.take(id, now_ms);
        } else if is_due(session.cancel_due_ms) {
            session.cancel_due_ms = None;
            let is_asked = session.status == SessionStatus::CancelRequested;
            if is_machine_on && is_asked && session.entry.is_none() {
                session.end(SessionStatus::Canceled, now_ms);
            }
        } else if session.is_open() && session.expires_at_ms <= now_ms {
            session.end(SessionStatus::Expired, now_ms);
        }
    }

    /// Asks for a session back. Answers whether it was not too late to ask.
    pub(crate) fn ask_session_back(&mut self, id: IntentId, now_ms: u64) -> bool {
        let cancel_ms = self.settings.dojo_cancel_ms;
        let Some(session) = self.session_mut(id) else {
            return false;
        };
        let is_early = session.is_open() && session.entry.is_none();
        match session.status {
            SessionStatus::InitiateRequested | SessionStatus::Initiated if is_early => {
                session.turn(SessionStatus::CancelRequested, now_ms);
                session.cancel_due_ms = Some(now_ms.saturating_add(cancel_ms));
                true
            }
            SessionStatus::CancelRequested => is_early,
            SessionStatus::InitiateRequested
            | SessionStatus::Initiated
            | SessionStatus::Authorized
            | SessionStatus::Captured
            | SessionStatus::Canceled
            | SessionStatus::SignatureVerificationAccepted
            | SessionStatus::SignatureVerificationRejected
            | SessionStatus::SignatureVerificationRequired
            | SessionStatus::Expired
            | SessionStatus::Declined => false,
        }
    }

    /// Ends the open sessions of an intent that is cancelled itself. Answers `false`, and changes
    /// nothing, where a card was presented.
    pub(crate) fn end_sessions_of(&mut self, intent: IntentId, now_ms: u64) -> bool {
        let mine = |one: &Session| one.is_open() && one.task.intent() == Some(intent);
        let sessions = &mut self.dojo.sessions.all;
        if sessions.iter().any(|one| mine(one) && one.entry.is_some()) {
            return false;
        }
        for session in sessions.iter_mut().filter(|one| mine(one)) {
            session.end(SessionStatus::Canceled, now_ms);
        }
        true
    }
}
