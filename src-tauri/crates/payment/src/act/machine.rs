//! Whether a card machine has a payment, and whether it can be put there again.

use super::{Act, RefundRoute};
use crate::event::{Prompt, Standing};
use crate::record::Payment;
use crate::state::State;

impl Payment {
    /// Nothing is under way on a terminal, and nothing says that money was taken.
    pub(super) fn may_try_again(&self, prompt: Option<Prompt>) -> bool {
        let standing = self.seen.as_ref().map(|seen| seen.standing);
        match (self.state, standing, prompt) {
            (
                State::NeedsCashier,
                Some(Standing::NeedsCashier),
                Some(Prompt::CardDeclined | Prompt::CancelledAtTerminal | Prompt::TerminalIdle),
            )
            | (State::NotKnown, Some(Standing::Unconfirmed), _) => true,
            (
                State::NotKnown
                | State::Saved
                | State::Sending
                | State::Waiting
                | State::Processing
                | State::NeedsCashier
                | State::Authorised
                | State::Failed
                | State::Declined
                | State::Expired
                | State::Cancelled
                | State::Paid
                | State::PartlyRefunded
                | State::Refunded,
                _,
                _,
            ) => false,
        }
    }

    /// Whether a card machine may ask for a card because of it now: it is open on one, or money goes
    /// back there.
    #[must_use]
    pub fn is_on_machine(&self) -> bool {
        if self.way.terminal().is_none() {
            return false;
        }
        let waits = self.seen.as_ref().and_then(|seen| seen.prompt) == Some(Prompt::RefundWaiting);
        let goes_back = self.acts.last().is_some_and(|acted| match acted.act {
            Act::Refund { route, .. } => {
                route == RefundRoute::Terminal && (acted.is_pending() || waits)
            }
            Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Reverse => false,
        });
        self.state.is_open() || goes_back
    }

    /// Whether a terminal has it on its screen, as far as is known.
    #[must_use]
    pub fn holds_terminal(&self) -> bool {
        let prompt = self.seen.as_ref().and_then(|seen| seen.prompt);
        let is_idle = self.pending_act().is_none() && self.may_try_again(prompt);
        let is_shown = match self.state {
            State::Saved
            | State::Sending
            | State::Waiting
            | State::Processing
            | State::NeedsCashier => true,
            // What is held needs no machine; what is not known may be pushed off it.
            State::Authorised
            | State::NotKnown
            | State::Failed
            | State::Declined
            | State::Expired
            | State::Cancelled
            | State::Paid
            | State::PartlyRefunded
            | State::Refunded => false,
        };
        is_shown && !is_idle
    }
}
