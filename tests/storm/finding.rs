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
    /// A person's "not paid" is taken while a create can still arrive.
    WordBeforeArrival,
    /// A payment over in doubt about its amount stays over when it is read as paid.
    PaidInDoubt,
    /// Which ends are read again after a start is decided by the time of day.
    LateByTheClock,
}

impl Known {
    const fn name(self) -> &'static str {
        match self {
            Self::KeysApart => "keys apart",
            Self::WordBeforeArrival => "word before arrival",
            Self::PaidInDoubt => "paid in doubt",
            Self::LateByTheClock => "late by the clock",
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

/// A person ended it whose creates were never answered, by a duplicate or otherwise.
pub(super) fn ended_by_word_alone(payment: &Payment) -> bool {
    let lost = match payment.doubt {
        Some(Doubt::AnswerLost { .. } | Doubt::Interrupted) => true,
        Some(Doubt::Unseen | Doubt::OtherAmount { .. }) | None => false,
    };
    payment.by_hand && payment.state == State::Failed && lost
}

/// It was withdrawn because the provider spoke of another amount.
pub(super) fn over_in_doubt(payment: &Payment) -> bool {
    !payment.state.is_open() && matches!(payment.doubt, Some(Doubt::OtherAmount { .. }))
}
