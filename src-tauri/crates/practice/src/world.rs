//! The whole store as one value: no I/O and no clock of its own, so that a test can turn time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::books::{Books, Inconsistency};
use crate::compago::{Intent, NewIntent, Status};
use crate::fault::FaultPlayed;
use crate::ids::sha256_hex;
use crate::lean_rails;
use crate::one2pays::Gate;
use crate::request_log::RequestLog;
use crate::terminal::{Terminal, Withdrawal};
use crate::{
    Charge, Fault, Faults, IntentId, IntentView, LinkView, LoggedRequest, Operation, Press,
    PressRefused, Refund, Script, Settings, TerminalView, dojo,
};

/// The API key that a new store accepts. It opens nothing real.
pub const PRACTICE_KEY: &str = "practice";

/// How many played faults are remembered; older ones are forgotten first.
const FAULTS_KEPT_MAX: usize = 1000;

/// The practice store: intents, machines, customers, charges, and what arrived over the wire.
///
/// Every entry takes the time, in milliseconds. What was due until then is played first, in the
/// order of time, so it makes no difference how often anybody looks. Time never goes back: an
/// earlier `now_ms` counts as the latest one seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    now_ms: u64,
    pub(crate) books: Books,
    terminals: Vec<Terminal>,
    /// The machines of Dojo; none of them takes an intent of Compago.
    pub(crate) dojo_terminals: Vec<Terminal>,
    /// SHA-256 of the accepted keys: somebody may type a real one, which must not be kept.
    accepted_keys: Vec<String>,
    /// The same for Dojo.
    accepted_dojo_key: String,
    network_cut: bool,
    faults: Faults,
    faults_drawn: u64,
    faults_played: VecDeque<FaultPlayed>,
    requests: RequestLog,
    pub(crate) one2pays: Gate,
    #[serde(default)]
    pub(crate) lean_rails: lean_rails::Gate,
    /// Grows with every change that a file must not miss.
    revision: u64,
}

/// What goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Terminal(usize),
    DojoTerminal(usize),
    DojoSession(IntentId),
    DojoHolds,
    DojoPage(IntentId),
    Link(IntentId),
    LeanRails(IntentId),
}

/// Why an intent was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateRefused {
    /// The reference belongs to this intent.
    #[error("the external id is already in use")]
    Duplicate(IntentId),
    /// No machine has this code.
    #[error("there is no terminal with this code")]
    UnknownTerminal,
}

/// Why an intent was not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefused {
    /// There is none with this id, or not yet for the reader.
    #[error("there is no payment intent with this id")]
    NotFound,
    /// It is paid.
    #[error("the payment intent is confirmed")]
    Confirmed,
    /// It is cancelled.
    #[error("the payment intent is already cancelled")]
    Cancelled,
}

impl World {
    /// A store with the two machines that have a panel, one machine for each [`Script`], the
    /// machines of Dojo, and [`PRACTICE_KEY`]. The seed decides every id of a payment.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut world = Self {
            now_ms: 0,
            books: Books::new(seed),
            terminals: Vec::new(),
            dojo_terminals: dojo::machines(),
            accepted_keys: vec![sha256_hex(PRACTICE_KEY.as_bytes())],
            accepted_dojo_key: sha256_hex(dojo::DOJO_KEY.as_bytes()),
            network_cut: false,
            faults: Faults::default(),
            faults_drawn: 0,
            faults_played: VecDeque::new(),
            requests: RequestLog::default(),
            one2pays: Gate::default(),
            lean_rails: lean_rails::Gate::default(),
            revision: 0,
        };
        world.add_terminal("PRACTICE-1", "Counter");
        world.add_terminal("PRACTICE-2", "Bar");
        for script in Script::ALL {
            let suffix = script.suffix();
            world.add_terminal(&format!("PRACTICE{suffix}"), suffix.trim_start_matches('-'));
        }
        world
    }

    /// Adds a machine; the end of its code says who stands in front of it. Answers `false`, and
    /// changes nothing, where the code is taken.
    pub fn add_terminal(&mut self, code: &str, label: &str) -> bool {
        if self.terminals.iter().any(|one| one.code == code) {
            return false;
        }
        self.terminals.push(Terminal::new(code, label));
        self.touch();
        true
    }

    /// Accepts these API keys and no others.
    pub fn accept_keys(&mut self, keys: &[&str]) {
        let digests = keys.iter().map(|key| sha256_hex(key.as_bytes()));
        self.accepted_keys = digests.collect();
        self.touch();
    }

    /// Whether the store accepts this API key.
    pub(crate) fn accepts(&self, key: &[u8]) -> bool {
        self.accepted_keys.contains(&sha256_hex(key))
    }

    /// Accepts this key of Dojo and no other.
    pub fn accept_dojo_key(&mut self, key: &str) {
        self.accepted_dojo_key = sha256_hex(key.as_bytes());
        self.touch();
    }

    /// Whether the store accepts this key of Dojo.
    pub(crate) fn accepts_dojo(&self, key: &str) -> bool {
        self.accepted_dojo_key == sha256_hex(key.as_bytes())
    }

    pub(crate) fn touch(&mut self) {
        self.revision = self.revision.saturating_add(1);
    }

    /// Grows with every change to the store, except reading and the log of requests.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The latest time this store has seen, in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// When a machine or a customer next does something by itself, in milliseconds.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        self.next_due().map(|(due_ms, _)| due_ms)
    }

    fn next_due(&self) -> Option<(u64, Due)> {
        let terminals = self.terminals.iter().enumerate();
        let terminals = terminals.filter_map(|(index, one)| {
            let due_ms = one.next_due_ms(&self.books)?;
            Some((due_ms.max(self.now_ms), Due::Terminal(index)))
        });
        let links = self.books.links.values().filter_map(|link| {
            let due_ms = link.next_due_ms(&self.books.settings)?;
            Some((due_ms.max(self.now_ms), Due::Link(link.id)))
        });
        let lean_rails = self.books.lean_rails.due();
        let lean_rails = lean_rails.map(|(due_ms, id)| {
            let due_ms = due_ms.max(self.now_ms);
            (due_ms, Due::LeanRails(id))
        });
        let machines = self.dojo_terminals.iter().enumerate();
        let machines = machines.filter_map(|(index, one)| {
            let due_ms = one.next_due_ms(&self.books)?;
            Some((due_ms.max(self.now_ms), Due::DojoTerminal(index)))
        });
        let dojo = &self.books.dojo;
        let session = dojo.next_session_due();
        let session = session.map(|(due_ms, id)| (due_ms.max(self.now_ms), Due::DojoSession(id)));
        let holds = dojo.next_hold_due_ms();
        let holds = holds.map(|due_ms| (due_ms.max(self.now_ms), Due::DojoHolds));
        let page = dojo.next_page_due();
        let page = page.map(|(due_ms, id)| (due_ms.max(self.now_ms), Due::DojoPage(id)));
        let others = machines.chain(session).chain(holds).chain(page);
        terminals.chain(links).chain(others).chain(lean_rails).min()
    }

    /// Plays everything that is due until `now_ms`, and answers the time it is now.
    pub fn settle(&mut self, now_ms: u64) -> u64 {
        while let Some((due_ms, due)) = self.next_due()
            && due_ms <= now_ms.max(self.now_ms)
        {
            self.now_ms = due_ms;
            match due {
                Due::Terminal(index) => {
                    if let Some(terminal) = self.terminals.get_mut(index) {
                        terminal.play(due_ms, &mut self.books);
                    }
                    self.hand_out();
                }
                Due::DojoTerminal(index) => {
                    if let Some(machine) = self.dojo_terminals.get_mut(index) {
                        machine.play(due_ms, &mut self.books);
                    }
                }
                Due::DojoSession(id) => self.play_session(id, due_ms),
                Due::DojoPage(id) => self.books.play_dojo_page(id, due_ms),
                Due::DojoHolds => self.books.play_holds(due_ms),
                Due::Link(id) => self.books.play_link(id, due_ms),
                Due::LeanRails(id) => self.books.play_lean_rails(id, due_ms),
            }
            self.touch();
        }
        self.now_ms = self.now_ms.max(now_ms);
        self.now_ms
    }

    /// Gives the intents that name no machine to free ones, oldest first: "any terminal of the
    /// organisation may take it" (docs.compago.com/api-reference/payment-intent/create).
    fn hand_out(&mut self) {
        for id in self.books.pending_for(None) {
            let is_held = self.terminals.iter().any(|one| one.holds(id));
            if is_held || !self.books.is_collectable(id, self.now_ms) {
                continue;
            }
            let Some(free) = self.terminals.iter_mut().find(|one| one.is_free()) else {
                return;
            };
            free.offer(id, self.now_ms, &mut self.books);
        }
    }

    /// Makes an intent and shows it on its machine. Every other open intent of that machine is
    /// cancelled (docs.compago.com/api-reference/payment-intent/create).
    ///
    /// # Errors
    /// See [`CreateRefused`]; then nothing has changed.
    pub fn create(&mut self, now_ms: u64, asked: NewIntent) -> Result<IntentId, CreateRefused> {
        let now_ms = self.settle(now_ms);
        if let Some(taken) = self.books.with_external_id(&asked.external_id) {
            return Err(CreateRefused::Duplicate(taken.id));
        }
        let terminal = asked.terminal.clone();
        if let Some(code) = &terminal {
            if !self.terminals.iter().any(|one| one.code == *code) {
                return Err(CreateRefused::UnknownTerminal);
            }
            for earlier in self.books.pending_for(Some(code)) {
                self.withdraw(earlier);
            }
        }
        let id = self.books.open(asked, now_ms);
        let named = terminal.as_deref().and_then(|code| {
            let mut terminals = self.terminals.iter_mut();
            terminals.find(|one| one.code == code)
        });
        if let Some(terminal) = named {
            terminal.offer(id, now_ms, &mut self.books);
        }
        self.hand_out();
        self.touch();
        self.settle(now_ms);
        Ok(id)
    }

    /// Takes an open intent back from the machine that has it, and cancels it unless its card was
    /// charged first.
    fn withdraw(&mut self, id: IntentId) -> Withdrawal {
        let now_ms = self.now_ms;
        for terminal in &mut self.terminals {
            if terminal.withdraw(id, now_ms, &mut self.books) == Withdrawal::TooLate {
                return Withdrawal::TooLate;
            }
        }
        self.books.cancel(id, now_ms);
        Withdrawal::Dropped
    }

    /// Cancels an open intent, expired or not.
    ///
    /// # Errors
    /// See [`CancelRefused`].
    pub fn cancel(&mut self, now_ms: u64, id: IntentId) -> Result<(), CancelRefused> {
        let now_ms = self.settle(now_ms);
        let visible = self.visible(now_ms, id).ok_or(CancelRefused::NotFound)?;
        match visible.status {
            Status::Confirmed => return Err(CancelRefused::Confirmed),
            Status::Cancelled => return Err(CancelRefused::Cancelled),
            Status::Pending => {}
        }
        let withdrawal = self.withdraw(id);
        self.hand_out();
        self.touch();
        self.settle(now_ms);
        match withdrawal {
            Withdrawal::Dropped => Ok(()),
            Withdrawal::TooLate => Err(CancelRefused::Confirmed),
        }
    }

    /// The intent as the organisation's reader sees it; `None` where there is none, or not yet.
    pub fn read(&mut self, now_ms: u64, id: IntentId) -> Option<IntentView> {
        let now_ms = self.settle(now_ms);
        let settings = &self.books.settings;
        let visible = self.visible(now_ms, id)?;
        Some(visible.view(now_ms, settings))
    }

    fn visible(&self, now_ms: u64, id: IntentId) -> Option<&Intent> {
        let intent = self.books.intent(id)?;
        let is_visible = intent.is_visible(now_ms, &self.books.settings);
        is_visible.then_some(intent)
    }

    /// The truth about an intent that was just made or collided with, lag or not.
    pub(crate) fn truth(&self, id: IntentId) -> Option<IntentView> {
        let intent = self.books.intent(id)?;
        Some(intent.view(self.now_ms, &self.books.settings))
    }

    /// The `terminalId` of the machine with this code.
    pub(crate) fn terminal_id(&self, code: &str) -> Option<uuid::Uuid> {
        let terminal = self.terminals.iter().find(|one| one.code == code)?;
        Some(terminal.id(self.books.seed))
    }

    pub(crate) fn organization_id(&self) -> uuid::Uuid {
        crate::ids::derived_uuid(self.books.seed, "organization", 0)
    }

    /// A hand on a machine, of Compago by its code, of Dojo by its id or its TID.
    ///
    /// # Errors
    /// See [`PressRefused`]; then nothing has changed.
    pub fn press(&mut self, now_ms: u64, code: &str, press: Press) -> Result<(), PressRefused> {
        let now_ms = self.settle(now_ms);
        let machines = self.terminals.iter_mut().chain(&mut self.dojo_terminals);
        let mut named = machines.filter(|one| one.code == code || one.tid.as_deref() == Some(code));
        let terminal = named.next();
        let terminal = terminal.ok_or(PressRefused::UnknownTerminal)?;
        match press {
            Press::CutNetwork if self.network_cut => return Err(PressRefused::NetworkCut),
            Press::CutNetwork => self.network_cut = true,
            Press::RestoreNetwork if !self.network_cut => return Err(PressRefused::NetworkUp),
            Press::RestoreNetwork => self.network_cut = false,
            Press::Tap
            | Press::InsertPin
            | Press::InsertSign
            | Press::WrongPin
            | Press::Decline
            | Press::CancelOnTerminal
            | Press::WalkAway
            | Press::Unplug
            | Press::PlugIn => terminal.press(press, now_ms, &mut self.books)?,
        }
        self.hand_out();
        self.touch();
        self.settle(now_ms);
        Ok(())
    }

    pub(crate) fn is_network_cut(&self) -> bool {
        self.network_cut
    }

    /// The machines of Compago, in the order in which they were added.
    pub fn terminals(&mut self, now_ms: u64) -> Vec<TerminalView> {
        self.settle(now_ms);
        let views = self.terminals.iter();
        let views = views.map(|one| one.view(&self.books, self.network_cut));
        views.collect()
    }

    /// What was charged, oldest first.
    pub fn ledger(&mut self, now_ms: u64) -> Vec<Charge> {
        self.settle(now_ms);
        self.books.ledger().to_vec()
    }

    /// What was given back, oldest first.
    pub fn refunds(&mut self, now_ms: u64) -> Vec<Refund> {
        self.settle(now_ms);
        self.books.refunds().to_vec()
    }

    /// The truth about every intent of Compago, oldest first.
    pub fn intents(&mut self, now_ms: u64) -> Vec<IntentView> {
        let now_ms = self.settle(now_ms);
        let intents = self.books.in_order().into_iter();
        let views = intents.map(|intent| intent.view(now_ms, &self.books.settings));
        views.collect()
    }

    /// The truth about every link, oldest first.
    pub fn links(&mut self, now_ms: u64) -> Vec<LinkView> {
        let now_ms = self.settle(now_ms);
        let links = self.books.links_in_order().into_iter();
        let views = links.map(|link| link.view(now_ms, &self.books.settings));
        views.collect()
    }

    /// The choices of this store.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.books.settings
    }

    /// Changes the choices. What is already timed keeps its time.
    pub fn set_settings(&mut self, now_ms: u64, settings: Settings) {
        self.settle(now_ms);
        self.books.settings = settings;
        self.touch();
    }

    /// The faults that are still to come.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Changes the faults; the draws start anew.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
        self.faults_drawn = 0;
        self.touch();
    }

    /// Decides what goes wrong with a request that is about to arrive.
    pub(crate) fn draw_fault(&mut self, now_ms: u64, operation: Operation) -> Option<Fault> {
        let at_ms = self.settle(now_ms);
        self.faults_drawn = self.faults_drawn.saturating_add(1);
        let drawn = self.faults.draw(operation, self.faults_drawn);
        let cut = self.network_cut.then_some(Fault::LoseAnswer);
        let fault = cut.or(drawn)?;
        if self.faults_played.len() >= FAULTS_KEPT_MAX {
            self.faults_played.pop_front();
        }
        self.faults_played.push_back(FaultPlayed {
            at_ms,
            operation,
            fault,
        });
        self.touch();
        Some(fault)
    }

    /// The faults that happened, oldest first; a thousand at most.
    #[must_use]
    pub fn faults_played(&self) -> Vec<FaultPlayed> {
        self.faults_played.iter().copied().collect()
    }

    /// What arrived over the wire, oldest first; [`crate::REQUESTS_KEPT_MAX`] at most.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.requests.kept().cloned().collect()
    }

    pub(crate) fn log(&mut self, request: LoggedRequest) {
        self.requests.push(request);
    }

    /// Checks that paid means charged exactly once, and that one reference means one intent, or one
    /// payment of One2Pays.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), Inconsistency> {
        self.books.check()
    }
}
