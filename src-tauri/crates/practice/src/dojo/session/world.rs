//! Sessions as the wire asks for them: the entries of the world, with their time.

use money::Money;

use super::{Session, SessionStatus, Task};
use crate::dojo::machine;
use crate::{DojoSecondSession, DojoTerminal, DojoUnavailable, IntentId, World};

/// What the create of a session asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewSession {
    pub(super) terminal: String,
    pub(super) task: Task,
    pub(super) amount: Money,
}

/// Why a session was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dojo) enum StartRefused {
    UnknownTerminal,
    Unavailable(DojoUnavailable),
    SecondSession,
}

/// The words of a machine's `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dojo) enum MachineStatus {
    Available,
    Offline,
    InUse,
}

impl MachineStatus {
    pub(in crate::dojo) fn word(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Offline => "Offline",
            Self::InUse => "InUse",
        }
    }
}

impl World {
    /// Adds a machine of Dojo; the end of its TID says who stands in front of it
    /// ([`DOJO_TID_ENDS`](crate::DOJO_TID_ENDS)). Answers `false`, and changes nothing, where the
    /// TID is taken.
    pub fn add_dojo_terminal(&mut self, tid: &str, label: &str) -> bool {
        let taken = self.dojo_terminals.iter();
        if taken.into_iter().any(|one| one.tid.as_deref() == Some(tid)) {
            return false;
        }
        self.dojo_terminals.push(machine::machine(tid, label));
        self.touch();
        true
    }

    /// The machines of Dojo, in the order in which they were added.
    pub fn dojo_terminals(&mut self, now_ms: u64) -> Vec<DojoTerminal> {
        self.settle(now_ms);
        let machines = self.dojo_terminals.iter();
        let views = machines.map(|one| DojoTerminal {
            id: one.code.clone(),
            tid: one.tid.clone().unwrap_or_default(),
            label: one.label.clone(),
            panel: one.view(&self.books, self.is_network_cut()),
        });
        views.collect()
    }

    /// The ids, TIDs and statuses as the wire tells them.
    pub(in crate::dojo) fn machine_statuses(&self) -> Vec<(&str, &str, MachineStatus)> {
        let machines = self.dojo_terminals.iter();
        let told = machines.map(|one| {
            let tid = one.tid.as_deref().unwrap_or_default();
            let status = if !one.is_on() {
                MachineStatus::Offline
            } else if one.is_reading() || self.has_open_session(&one.code) {
                MachineStatus::InUse
            } else {
                MachineStatus::Available
            };
            (one.code.as_str(), tid, status)
        });
        told.collect()
    }

    fn has_open_session(&self, terminal: &str) -> bool {
        let sessions = self.books.dojo.sessions.in_order();
        let mut here = sessions.iter().filter(|one| one.terminal == terminal);
        here.any(|session| session.is_open() && !session.is_undelivered)
    }

    /// Makes a session and sends it to its machine.
    pub(super) fn start_session(
        &mut self,
        now_ms: u64,
        asked: NewSession,
    ) -> Result<IntentId, StartRefused> {
        let now_ms = self.settle(now_ms);
        let machines = self.machine_statuses();
        let machine = machines.iter().find(|(id, ..)| *id == asked.terminal);
        let (_, tid, status) = machine.ok_or(StartRefused::UnknownTerminal)?;
        let tid = (*tid).to_owned();
        let unavailable = match status {
            MachineStatus::Available => None,
            MachineStatus::InUse => Some(self.books.settings.dojo_busy),
            MachineStatus::Offline => Some(self.books.settings.dojo_offline),
        };
        match unavailable {
            None | Some(DojoUnavailable::Accepted) => {}
            Some(refused) => return Err(StartRefused::Unavailable(refused)),
        }
        if let Some(intent) = asked.task.intent()
            && self.books.settings.dojo_second_session == DojoSecondSession::Conflict
        {
            let mut others = self.books.dojo.sessions.of_intent(intent);
            if others.any(Session::is_open) {
                return Err(StartRefused::SecondSession);
            }
        }
        let id = self.open_session(now_ms, asked, tid, unavailable.is_some());
        self.touch();
        self.settle(now_ms);
        Ok(id)
    }

    fn open_session(
        &mut self,
        now_ms: u64,
        asked: NewSession,
        tid: String,
        is_undelivered: bool,
    ) -> IntentId {
        let within_ms = self.books.settings.dojo_initiate_within_ms;
        let sessions = &mut self.books.dojo.sessions;
        let number = u64::try_from(sessions.all.len()).unwrap_or(u64::MAX);
        let id = IntentId::of_session(self.books.seed, number.saturating_add(1));
        let code = asked.terminal.clone();
        sessions.all.push(Session {
            id,
            terminal: asked.terminal,
            tid,
            task: asked.task,
            amount: asked.amount,
            status: SessionStatus::InitiateRequested,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(within_ms),
            statuses: vec![(SessionStatus::InitiateRequested, now_ms)],
            notifications: Vec::new(),
            entry: None,
            payment: None,
            is_over: false,
            cancel_due_ms: None,
            decided_at_ms: None,
            late_due_ms: None,
            is_lost: false,
            is_undelivered,
        });
        if !is_undelivered
            && let Some(machine) = self.dojo_terminals.iter_mut().find(|one| one.code == code)
        {
            machine.offer(id, now_ms, &mut self.books);
        }
        id
    }

    /// Asks for a session back. Answers whether it was not too late to ask.
    pub(super) fn ask_session_back(&mut self, now_ms: u64, id: IntentId) -> bool {
        let now_ms = self.settle(now_ms);
        let is_asked = self.books.ask_session_back(id, now_ms);
        if is_asked {
            for machine in &mut self.dojo_terminals {
                machine.cancel_asked(id, now_ms, &mut self.books);
            }
            self.touch();
        }
        is_asked
    }

    /// The clerk's word on a signature. Answers whether it was waited for.
    pub(super) fn sign_session(&mut self, now_ms: u64, id: IntentId, accepted: bool) -> bool {
        let now_ms = self.settle(now_ms);
        let was_wanted = self.books.session_signed(id, accepted, now_ms);
        self.touch();
        was_wanted
    }

    /// Ends the open sessions of an intent that is about to be cancelled. Answers `false`, and
    /// changes nothing, where a card was presented.
    pub(in crate::dojo) fn end_sessions_of(&mut self, now_ms: u64, intent: IntentId) -> bool {
        let has_ended = self.books.end_sessions_of(intent, now_ms);
        self.let_go(now_ms);
        has_ended
    }

    /// What a session does by itself, and its machine with it.
    pub(crate) fn play_session(&mut self, id: IntentId, now_ms: u64) {
        let code = self.books.dojo.session(id).map(|one| one.terminal.clone());
        let mut machines = self.dojo_terminals.iter();
        let machine = machines.find(|one| Some(&one.code) == code.as_ref());
        let is_on = machine.is_some_and(|machine| machine.is_on());
        self.books.play_session(id, is_on, now_ms);
        self.let_go(now_ms);
    }

    fn let_go(&mut self, now_ms: u64) {
        for machine in &mut self.dojo_terminals {
            machine.let_go(now_ms, &self.books);
        }
    }
}
