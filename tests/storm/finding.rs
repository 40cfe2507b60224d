//! What a story found: invariants that did not hold, and among them those whose cause is known.

use std::collections::BTreeSet;

use payment::record::Doubt;
use payment::{Payment, State};

/// A fault that is known and reported and not mended yet; the README tells each story. A finding
/// whose cause is one of these is counted apart, so that it cannot hide a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// Two tills over two journals count the attempts of an order apart.
    KeysApart,
    /// "Not found" is believed too soon after a create that was answered with another amount.
    AbsentTooSoon,
}

impl Known {
    const fn name(self) -> &'static str {
        match self {
            Self::KeysApart => "keys apart",
            Self::AbsentTooSoon => "absent too soon",
        }
    }
}

/// The findings of a story.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Each begins with its invariant's number.
    pub(super) broken: Vec<String>,
    /// The same for what is known; each begins with the name of its cause.
    pub(super) known: BTreeSet<String>,
}

impl Findings {
    /// An invariant did not hold.
    pub(super) fn push(&mut self, line: String) {
        self.push_for(None, line);
    }

    /// An invariant did not hold, perhaps for a known cause.
    pub(super) fn push_for(&mut self, cause: Option<Known>, line: String) {
        match cause {
            Some(known) => {
                self.known.insert(format!("{}: {line}", known.name()));
            }
            None => self.broken.push(line),
        }
    }
}

/// The till was told that nothing happened: the provider never had it.
pub(super) fn never_was(payment: &Payment) -> bool {
    payment.state == State::Failed
        && payment.intent.is_none()
        && payment.refusal.is_some()
        && !payment.by_hand
}

/// It was named with another amount, and then believed to be absent; perhaps found paid since.
pub(super) fn absent_in_doubt(payment: &Payment) -> bool {
    (payment.state == State::Failed || payment.late)
        && payment.intent.is_some()
        && payment.refusal.is_none()
        && !payment.by_hand
        && matches!(payment.doubt, Some(Doubt::OtherAmount { .. }))
}
