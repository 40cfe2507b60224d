//! How the card machines were when their systems were last asked.

use payment::{AccountId, TerminalCode, TerminalSeen, TerminalState};

use super::{Board, locked};

impl Board {
    /// Keeps how an account's card machines were a moment ago. True where something changed.
    pub(crate) fn note_terminals(&self, account: &AccountId, seen: &[TerminalSeen]) -> bool {
        let mut known = locked(&self.terminals);
        let before = known.clone();
        known.retain(|(of, _), _| of != account);
        for terminal in seen {
            known.insert((account.clone(), terminal.code.clone()), terminal.state);
        }
        *known != before
    }

    /// How a card machine was when its system was last asked.
    pub(crate) fn terminal_state(
        &self,
        account: &AccountId,
        code: &TerminalCode,
    ) -> Option<TerminalState> {
        let known = locked(&self.terminals);
        known.get(&(account.clone(), code.clone())).copied()
    }
}
