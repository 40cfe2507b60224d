//! What a payment can be, and which signal takes it where.
//!
//! [`next`] is the whole machine: one exhaustive `match`, kept as a reviewed table in
//! `snapshots/`. [`join`] is the order of knowledge: `not known ⊑ open ⊑ over unpaid ⊑ paid ⊑
//! refunded`. Once a payment is over, news may only lift it; so two views of one payment merge to
//! the same state in any order, and a paid payment never becomes unpaid.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::{Standing, Witness};

/// The state of one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An answer was lost: nobody may charge the order again until it is known.
    NotKnown,
    /// Durable on this till; nothing has been sent.
    Saved,
    /// On its way to the provider.
    Sending,
    /// The provider has it; a card may come.
    Waiting,
    /// A card is being worked on, or the provider uses a word this build does not know.
    Processing,
    /// The cashier must decide (a signature).
    NeedsCashier,
    /// Held, not taken.
    Authorised,
    /// Over: nothing happened at the provider.
    Failed,
    /// Over: the card was refused.
    Declined,
    /// Over: nobody paid in time.
    Expired,
    /// Over: withdrawn.
    Cancelled,
    /// The money was taken.
    Paid,
    /// Paid, and a part was given back.
    PartlyRefunded,
    /// Paid, and all was given back.
    Refunded,
}

/// The steps of the lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// May still become anything.
    Open,
    /// Over, and as far as is known nothing was taken.
    Unpaid,
    /// Money was taken.
    Paid,
}

/// What an event says, stripped of its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// See [`crate::Event::Dispatched`].
    Dispatched,
    /// See [`crate::Event::Answered`] and [`crate::Event::Read`]: what an object says decides the
    /// same, whichever request brought it.
    Seen(Standing),
    /// The object says paid, but for an amount that is not ours or not proved to be ours.
    SeenPaidOtherwise,
    /// See [`crate::Event::Refused`].
    Refused,
    /// See [`crate::Event::AnswerLost`].
    AnswerLost,
    /// See [`crate::Event::Interrupted`].
    Interrupted,
    /// See [`crate::Event::ArrivedUnseen`].
    ArrivedUnseen,
    /// See [`crate::Event::Mismatched`].
    Mismatched,
    /// See [`crate::Event::ReadingLost`].
    ReadingLost,
    /// See [`crate::Event::CancelAsked`].
    CancelAsked,
    /// See [`crate::Event::CancelAnswered`].
    CancelAnswered,
    /// See [`crate::Event::ActAsked`] and [`crate::Event::ActSent`].
    ActAsked,
    /// See [`crate::Event::ActAnswered`].
    ActAnswered,
    /// See [`crate::Event::ActGivenUp`].
    ActGivenUp,
    /// See [`crate::Event::ReceiptsRead`].
    ReceiptsRead,
    /// See [`crate::Event::ProvedAbsent`].
    ProvedAbsent,
    /// See [`crate::Event::Witnessed`].
    Witnessed(Witness),
    /// See [`crate::Event::Closed`].
    Closed,
    /// Somebody's word about it, which proves nothing: see [`crate::Event::WarningPassed`],
    /// [`crate::Event::AmountChangeAsked`] and [`crate::Event::Decided`].
    Noted,
}

impl State {
    /// Every state, lowest knowledge first: the order of [`join`].
    pub const ALL: [Self; 14] = [
        Self::NotKnown,
        Self::Saved,
        Self::Sending,
        Self::Waiting,
        Self::Processing,
        Self::NeedsCashier,
        Self::Authorised,
        Self::Failed,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::Paid,
        Self::PartlyRefunded,
        Self::Refunded,
    ];

    /// Which step of the lattice it is on.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::NotKnown
            | Self::Saved
            | Self::Sending
            | Self::Waiting
            | Self::Processing
            | Self::NeedsCashier
            | Self::Authorised => Class::Open,
            Self::Failed | Self::Declined | Self::Expired | Self::Cancelled => Class::Unpaid,
            Self::Paid | Self::PartlyRefunded | Self::Refunded => Class::Paid,
        }
    }

    /// Whether it may still become anything.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self.class(), Class::Open)
    }

    /// The stable name, as in the journal and on the bridge.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotKnown => "not_known",
            Self::Saved => "saved",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::NeedsCashier => "needs_cashier",
            Self::Authorised => "authorised",
            Self::Failed => "failed",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Paid => "paid",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
        }
    }
}

impl Signal {
    /// Every signal, for the table.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Dispatched,
            Self::Refused,
            Self::AnswerLost,
            Self::Interrupted,
            Self::ArrivedUnseen,
            Self::Mismatched,
            Self::ReadingLost,
            Self::CancelAsked,
            Self::CancelAnswered,
            Self::ActAsked,
            Self::ActAnswered,
            Self::ActGivenUp,
            Self::ReceiptsRead,
            Self::ProvedAbsent,
            Self::Witnessed(Witness::Paid),
            Self::Witnessed(Witness::NotPaid),
            Self::Witnessed(Witness::GivenBack),
            Self::SeenPaidOtherwise,
            Self::Closed,
            Self::Noted,
        ];
        all.extend(Standing::ALL.map(Self::Seen));
        all
    }
}

/// The higher of two pieces of knowledge about one payment: commutative, associative, idempotent.
#[must_use]
pub fn join(one: State, other: State) -> State {
    one.max(other)
}

/// Where a signal takes a payment. `None`: it says nothing new about the state in this place.
#[must_use]
pub fn next(state: State, signal: Signal) -> Option<State> {
    let to = match signal {
        Signal::Dispatched => dispatched(state),
        Signal::Seen(standing) => seen(state, meant(standing)),
        Signal::Refused => unanswered(state, State::Failed),
        Signal::AnswerLost | Signal::Interrupted => unanswered(state, State::NotKnown),
        Signal::ArrivedUnseen => unseen(state),
        Signal::Mismatched | Signal::SeenPaidOtherwise => doubted(state),
        Signal::ProvedAbsent => absent(state),
        Signal::Witnessed(saw) => witnessed(state, saw),
        // Requests and failed readings are facts of the timeline; they prove nothing (I7).
        Signal::ReadingLost
        | Signal::CancelAsked
        | Signal::CancelAnswered
        | Signal::ActAsked
        | Signal::ActAnswered
        | Signal::ActGivenUp
        | Signal::ReceiptsRead
        | Signal::Closed
        | Signal::Noted => state,
    };
    (to != state).then_some(to)
}

/// The state an object's standing would be, seen alone.
const fn meant(standing: Standing) -> State {
    match standing {
        Standing::Waiting => State::Waiting,
        // An unknown word keeps the payment open and is never taken for paid.
        Standing::Processing | Standing::Unrecognised => State::Processing,
        Standing::NeedsCashier => State::NeedsCashier,
        Standing::Authorised => State::Authorised,
        Standing::Paid => State::Paid,
        Standing::Declined => State::Declined,
        Standing::Cancelled => State::Cancelled,
        Standing::Expired => State::Expired,
        Standing::PartlyRefunded => State::PartlyRefunded,
        Standing::Refunded => State::Refunded,
        // Nobody may charge the order again before somebody knows.
        Standing::Unconfirmed => State::NotKnown,
    }
}

/// Among open states the latest reading holds (a card may be taken out and put in again); once money
/// is held, or it is over, only higher knowledge counts: a stale replica can neither reopen what is over
/// nor make a hold unknown, which a person could then call unpaid.
fn seen(state: State, to: State) -> State {
    match state {
        State::NotKnown
        | State::Saved
        | State::Sending
        | State::Waiting
        | State::Processing
        | State::NeedsCashier => to,
        State::Authorised
        | State::Failed
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Paid
        | State::PartlyRefunded
        | State::Refunded => join(state, to),
    }
}

const fn dispatched(state: State) -> State {
    match state {
        State::Saved => State::Sending,
        State::NotKnown
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
        | State::Refunded => state,
    }
}

/// What the end of an unanswered create means; where there was an answer, nothing.
const fn unanswered(state: State, to: State) -> State {
    match state {
        State::Saved | State::Sending => to,
        State::NotKnown
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
        | State::Refunded => state,
    }
}

const fn unseen(state: State) -> State {
    unanswered(state, State::NotKnown)
}

/// An object about another amount: whatever was believed while it was open is in doubt.
const fn doubted(state: State) -> State {
    match state.class() {
        Class::Open => State::NotKnown,
        Class::Unpaid | Class::Paid => state,
    }
}

const fn absent(state: State) -> State {
    match state.class() {
        Class::Open => State::Failed,
        Class::Unpaid | Class::Paid => state,
    }
}

/// A person's word counts only where the provider cannot be asked.
const fn witnessed(state: State, saw: Witness) -> State {
    match (state, saw) {
        (State::NotKnown, Witness::Paid) => State::Paid,
        (State::NotKnown, Witness::NotPaid) => State::Failed,
        (State::NotKnown, Witness::GivenBack) => State::Refunded,
        (
            State::Saved
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
            Witness::Paid | Witness::NotPaid | Witness::GivenBack,
        ) => state,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn any_state() -> impl Strategy<Value = State> {
        prop::sample::select(State::ALL.to_vec())
    }

    /// The whole table, as a page to review. A dot means: stays where it is.
    #[test]
    fn state_by_signal_table() {
        let mut table = String::new();
        for signal in Signal::all() {
            let _ = writeln!(table, "{signal:?}");
            for state in State::ALL {
                let to = next(state, signal).map_or("·".to_owned(), |to| format!("{to:?}"));
                let _ = writeln!(table, "    {:<15} {to}", format!("{state:?}"));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn no_signal_takes_a_payment_down_a_class() {
        for state in State::ALL {
            for signal in Signal::all() {
                let to = next(state, signal).unwrap_or(state);
                assert!(
                    to.class() >= state.class(),
                    "{state:?} by {signal:?} to {to:?}"
                );
                if !state.is_open() {
                    assert!(to >= state, "{state:?} by {signal:?} to {to:?}");
                }
            }
        }
    }

    #[test]
    fn only_an_object_or_a_person_makes_a_payment_paid() {
        for state in State::ALL
            .into_iter()
            .filter(|state| state.class() != Class::Paid)
        {
            for signal in Signal::all() {
                let becomes_paid = next(state, signal).is_some_and(|to| to.class() == Class::Paid);
                let may = match signal {
                    Signal::Seen(standing) => meant(standing).class() == Class::Paid,
                    Signal::Witnessed(saw) => saw != Witness::NotPaid && state == State::NotKnown,
                    Signal::Dispatched
                    | Signal::SeenPaidOtherwise
                    | Signal::Refused
                    | Signal::AnswerLost
                    | Signal::Interrupted
                    | Signal::ArrivedUnseen
                    | Signal::Mismatched
                    | Signal::ReadingLost
                    | Signal::CancelAsked
                    | Signal::CancelAnswered
                    | Signal::ActAsked
                    | Signal::ActAnswered
                    | Signal::ActGivenUp
                    | Signal::ReceiptsRead
                    | Signal::ProvedAbsent
                    | Signal::Closed
                    | Signal::Noted => false,
                };
                assert_eq!(becomes_paid, may, "{state:?} by {signal:?}");
            }
        }
    }

    #[test]
    fn failures_and_requests_end_nothing() {
        let proves_nothing = [
            Signal::AnswerLost,
            Signal::ReadingLost,
            Signal::CancelAsked,
            Signal::CancelAnswered,
            Signal::ActAsked,
            Signal::ActAnswered,
            Signal::ActGivenUp,
            Signal::ReceiptsRead,
            Signal::Noted,
        ];
        for state in State::ALL.into_iter().filter(|state| state.is_open()) {
            for signal in proves_nothing {
                assert!(
                    next(state, signal).unwrap_or(state).is_open(),
                    "{state:?} {signal:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn join_is_a_join(a in any_state(), b in any_state(), c in any_state()) {
            prop_assert_eq!(join(a, b), join(b, a));
            prop_assert_eq!(join(a, join(b, c)), join(join(a, b), c));
            prop_assert_eq!(join(a, a), a);
            prop_assert!(join(a, b) >= a && join(a, b) >= b);
        }

        /// Once over, readings in any order and any number lead to the same state.
        #[test]
        fn readings_of_what_is_over_commute(
            start in any_state().prop_filter("over", |state| !state.is_open()),
            mut standings in prop::collection::vec(prop::sample::select(Standing::ALL.to_vec()), 0..8),
        ) {
            let fold = |standings: &[Standing]| standings.iter().fold(start, |state, standing| {
                next(state, Signal::Seen(*standing)).unwrap_or(state)
            });
            let forward = fold(&standings);
            standings.reverse();
            prop_assert_eq!(forward, fold(&standings));
        }
    }
}
