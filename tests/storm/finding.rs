//! What a story found: invariants that did not hold.

use payment::{Payment, State};

/// The findings of a story.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Each begins with its invariant's number.
    pub(super) broken: Vec<String>,
}

impl Findings {
    /// An invariant did not hold.
    pub(super) fn push(&mut self, line: String) {
        self.broken.push(line);
    }
}

/// The till was told that nothing happened, or saw for long enough that nothing had: the provider
/// never had it.
pub(super) fn never_was(payment: &Payment) -> bool {
    payment.state == State::Failed && payment.intent.is_none() && !payment.by_hand
}
