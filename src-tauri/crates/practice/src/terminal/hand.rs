//! What a person sees of a machine, and what a hand on it does.

use super::{Outcome, Phase, Terminal};
use crate::books::Books;
use crate::customer::Gesture;
use crate::{Display, Press, PressRefused, TerminalState, TerminalView};

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
                self.unplug(books);
                return Ok(());
            }
            (_, false) => return Err(PressRefused::SwitchedOff),
            (_, true) => {}
        }
        match press {
            Press::Tap => self.gesture(Gesture::Tap, now_ms, books)?,
            Press::InsertPin => self.gesture(Gesture::Pin, now_ms, books)?,
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

    fn walk_away(&mut self, now_ms: u64, books: &Books) -> Result<(), PressRefused> {
        match self.phase {
            Phase::Showing { .. } => Ok(()),
            Phase::AskingPin { intent } => {
                self.show(intent, now_ms, books);
                Ok(())
            }
            Phase::Idle | Phase::Fetching { .. } => Err(PressRefused::NothingToPay),
            Phase::Reading { .. } => Err(PressRefused::ReadingCard),
            Phase::Outcome { .. } => Err(PressRefused::ShowingResult),
        }
    }

    /// Without power a card that was being read is not charged. An intent of no machine in
    /// particular is left to the others.
    fn unplug(&mut self, books: &Books) {
        let kept = self.assigned.filter(|id| {
            let intent = books.intent(*id);
            intent.is_some_and(|intent| intent.terminal.is_some())
        });
        self.clear();
        self.assigned = kept;
        self.plugged = false;
    }

    pub(crate) fn view(&self, books: &Books, network_cut: bool) -> TerminalView {
        let (state, message) = self.face();
        TerminalView {
            code: self.code.clone(),
            label: self.label.clone(),
            state,
            amount: self.shown().and_then(|id| books.amount(id)),
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
                | Phase::Outcome { .. },
            ) => vec![Press::Unplug],
        };
        allowed.push(if network_cut {
            Press::RestoreNetwork
        } else {
            Press::CutNetwork
        });
        allowed
    }
}
