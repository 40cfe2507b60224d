//! What a person sees of a machine, and what a hand on it does.

use super::{Card, Outcome, Phase, Terminal, work};
use crate::books::Books;
use crate::customer::Gesture;
use crate::{Display, IntentId, Press, PressRefused, Script, TerminalState, TerminalView};

impl Terminal {
    /// A hand on the panel or on the plug. The network is the store's and not handled here.
    pub(crate) fn press(
        &mut self,
        press: Press,
        now_ms: u64,
        books: &mut Books,
    ) -> Result<(), PressRefused> {
        if self.script.is_some() {
            return Err(PressRefused::PlaysItself);
        }
        match (press, self.plugged) {
            (Press::PlugIn, true) => return Err(PressRefused::SwitchedOn),
            (Press::PlugIn, false) => {
                self.plugged = true;
                self.take_up(now_ms, books);
                return Ok(());
            }
            (Press::Unplug, true) => {
                self.unplug(now_ms, books);
                return Ok(());
            }
            (_, false) => return Err(PressRefused::SwitchedOff),
            (_, true) => {}
        }
        match press {
            Press::InsertSign if !self.takes_signatures() => {
                return Err(PressRefused::NoSignatures);
            }
            Press::Tap => self.gesture(Gesture::Tap, now_ms, books)?,
            Press::InsertPin => self.gesture(Gesture::Pin, now_ms, books)?,
            Press::InsertSign => self.gesture(Gesture::Sign, now_ms, books)?,
            Press::WrongPin => self.gesture(Gesture::WrongPin, now_ms, books)?,
            Press::Decline => self.gesture(Gesture::BadCard, now_ms, books)?,
            Press::CancelOnTerminal => self.gesture(Gesture::Cancel, now_ms, books)?,
            Press::WalkAway => self.walk_away(now_ms, books)?,
            Press::Unplug | Press::PlugIn | Press::CutNetwork | Press::RestoreNetwork => {}
        }
        if let Some(plan) = &mut self.plan {
            plan.by_hand = true;
            plan.due_ms = None;
        }
        Ok(())
    }

    fn walk_away(&mut self, now_ms: u64, books: &mut Books) -> Result<(), PressRefused> {
        match self.phase {
            Phase::Showing { .. } => Ok(()),
            Phase::AskingPin { intent } => {
                self.show(intent, now_ms, books);
                Ok(())
            }
            Phase::Idle | Phase::Fetching { .. } => Err(PressRefused::NothingToPay),
            Phase::Reading { .. } | Phase::Held { .. } => Err(PressRefused::ReadingCard),
            Phase::Outcome { .. } => Err(PressRefused::ShowingResult),
        }
    }

    /// Without power a card that was being read is not charged; at Dojo it depends on the settings.
    /// An intent of no machine in particular is left to the others.
    fn unplug(&mut self, now_ms: u64, books: &mut Books) {
        match self.phase {
            Phase::Reading {
                intent,
                card: Card::Good | Card::Signed,
                ..
            }
            | Phase::Held { intent } => work::lose(books, intent, now_ms),
            Phase::Idle
            | Phase::Fetching { .. }
            | Phase::Showing { .. }
            | Phase::Reading { .. }
            | Phase::AskingPin { .. }
            | Phase::Outcome { .. } => {}
        }
        let kept = self.assigned.filter(|id| {
            let intent = books.intent(*id);
            intent.is_some_and(|intent| intent.terminal.is_some())
        });
        self.clear();
        self.assigned = kept;
        self.plugged = false;
    }

    /// Lets go of what has ended elsewhere: the till withdrew it, or its time is over.
    pub(crate) fn let_go(&mut self, now_ms: u64, books: &Books) {
        let is_asking = match self.phase {
            Phase::Fetching { .. }
            | Phase::Showing { .. }
            | Phase::AskingPin { .. }
            | Phase::Held { .. } => true,
            Phase::Idle | Phase::Reading { .. } | Phase::Outcome { .. } => false,
        };
        let shown = self
            .shown()
            .filter(|id| is_asking && work::has_ended(books, *id));
        if let Some(intent) = shown {
            self.end(intent, Outcome::Cancelled, now_ms, books);
        }
    }

    /// The till asks to have a session back. The customer of the race has been waiting for it.
    pub(crate) fn cancel_asked(&mut self, session: IntentId, now_ms: u64, books: &mut Books) {
        let is_shown = self.phase == Phase::Showing { intent: session };
        if is_shown && self.plugged && self.script == Some(Script::Race) {
            // A machine that asks for a card has a use for one.
            let _ = self.gesture(Gesture::Tap, now_ms, books);
        }
    }

    /// Only Dojo has a word for a signature (docs.dojo.tech, terminal sessions).
    fn takes_signatures(&self) -> bool {
        self.tid.is_some()
    }

    /// Whether anybody can reach it.
    pub(crate) fn is_on(&self) -> bool {
        self.plugged
    }

    /// Whether it has a card in hand.
    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.phase, Phase::Reading { .. })
    }

    pub(crate) fn view(&self, books: &Books, network_cut: bool) -> TerminalView {
        let (state, message) = self.face();
        TerminalView {
            code: self.code.clone(),
            label: self.label.clone(),
            state,
            amount: self.shown().and_then(|id| work::amount(books, id)),
            message,
            online: self.plugged,
            script: self.script,
            allowed: self.allowed(network_cut),
        }
    }

    fn face(&self) -> (TerminalState, Display) {
        if !self.plugged {
            return (TerminalState::Offline, Display::Off);
        }
        match self.phase {
            Phase::Idle => (TerminalState::Idle, Display::Ready),
            Phase::Fetching { .. } => (TerminalState::Fetching, Display::PleaseWait),
            Phase::Showing { .. } => (TerminalState::Showing, Display::PresentCard),
            Phase::Reading { .. } => (TerminalState::Reading, Display::ReadingCard),
            Phase::AskingPin { .. } => (TerminalState::AskingPin, Display::WrongPin),
            Phase::Held { .. } => (TerminalState::Reading, Display::PleaseWait),
            Phase::Outcome { outcome, .. } => {
                let message = match outcome {
                    Outcome::Approved => Display::Approved,
                    Outcome::Declined => Display::Declined,
                    Outcome::Cancelled => Display::Cancelled,
                };
                (TerminalState::Outcome, message)
            }
        }
    }

    fn allowed(&self, network_cut: bool) -> Vec<Press> {
        if self.script.is_some() {
            return Vec::new();
        }
        let mut allowed: Vec<Press> = match (self.plugged, self.phase) {
            (false, _) => vec![Press::PlugIn],
            (true, Phase::Showing { .. }) => vec![
                Press::Tap,
                Press::InsertPin,
                Press::InsertSign,
                Press::WrongPin,
                Press::Decline,
                Press::CancelOnTerminal,
                Press::WalkAway,
                Press::Unplug,
            ],
            (true, Phase::AskingPin { .. }) => vec![
                Press::InsertPin,
                Press::WrongPin,
                Press::CancelOnTerminal,
                Press::WalkAway,
                Press::Unplug,
            ],
            (
                true,
                Phase::Idle
                | Phase::Fetching { .. }
                | Phase::Reading { .. }
                | Phase::Held { .. }
                | Phase::Outcome { .. },
            ) => vec![Press::Unplug],
        };
        allowed.retain(|press| *press != Press::InsertSign || self.takes_signatures());
        allowed.push(if network_cut {
            Press::RestoreNetwork
        } else {
            Press::CutNetwork
        });
        allowed
    }
}
