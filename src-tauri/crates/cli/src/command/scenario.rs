//! The plays of `till practice`, as a table.

use payment::State;
use practice::{Duplicate, Fault, Faults, Operation, Race, Settings};
use till::api::{PracticeDisplay, PracticePress};

/// The play of who names none.
pub(crate) const FIRST: &str = "first-sale";

/// A play.
pub(crate) struct Scenario {
    /// As it is typed.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) about: &'static str,
    /// How the practice store behaves.
    pub(crate) settings: fn() -> Settings,
    /// What goes wrong on the way.
    pub(crate) faults: fn() -> Faults,
    /// One after the other.
    pub(crate) sales: &'static [Sale],
}

/// A sale of a play.
pub(crate) struct Sale {
    /// In pesos.
    pub(crate) amount: &'static str,
    /// What people do, one after the other.
    pub(crate) moves: &'static [Move],
    /// How it must end.
    pub(crate) end: State,
}

/// What somebody does.
pub(crate) struct Move {
    /// When the terminal shows this.
    pub(crate) when: PracticeDisplay,
    /// What.
    pub(crate) act: Act,
    /// Not left to a person at the keyboard: the moment is what matters.
    pub(crate) is_quick: bool,
}

/// A hand on the terminal, or on the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The customer's.
    Press(PracticePress),
    /// The cashier's.
    Cancel,
}

const fn press(press: PracticePress) -> Move {
    Move {
        when: PracticeDisplay::PresentCard,
        act: Act::Press(press),
        is_quick: false,
    }
}

const CANCEL: Move = Move {
    when: PracticeDisplay::PresentCard,
    act: Act::Cancel,
    is_quick: false,
};

const CANCEL_WHILE_READING: Move = Move {
    when: PracticeDisplay::Reading,
    act: Act::Cancel,
    is_quick: true,
};

const RIGHT_PIN: Move = Move {
    when: PracticeDisplay::WrongPin,
    act: Act::Press(PracticePress::InsertPin),
    is_quick: false,
};

const TAP: Move = press(PracticePress::Tap);

const fn sale(amount: &'static str, moves: &'static [Move], end: State) -> Sale {
    Sale { amount, moves, end }
}

const fn scenario(
    name: &'static str,
    about: &'static str,
    sales: &'static [Sale],
    settings: fn() -> Settings,
    faults: fn() -> Faults,
) -> Scenario {
    Scenario {
        name,
        about,
        settings,
        faults,
        sales,
    }
}

/// Every play.
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario(
        FIRST,
        "scenario.first_sale",
        &[
            sale("350.50", &[TAP], State::Paid),
            sale("120.00", &[CANCEL], State::Cancelled),
        ],
        Settings::default,
        Faults::default,
    ),
    scenario(
        "decline",
        "scenario.decline",
        &[sale(
            "89.90",
            &[press(PracticePress::Decline), TAP],
            State::Paid,
        )],
        Settings::default,
        Faults::default,
    ),
    scenario(
        "wrong-pin",
        "scenario.wrong_pin",
        &[sale(
            "540.00",
            &[press(PracticePress::WrongPin), RIGHT_PIN],
            State::Paid,
        )],
        Settings::default,
        Faults::default,
    ),
    scenario(
        "cancel",
        "scenario.cancel",
        &[sale("120.00", &[CANCEL], State::Cancelled)],
        Settings::default,
        Faults::default,
    ),
    scenario(
        "cancel-on-terminal",
        "scenario.cancel_on_terminal",
        &[sale(
            "75.00",
            &[press(PracticePress::CancelOnTerminal)],
            State::Cancelled,
        )],
        Settings::default,
        Faults::default,
    ),
    scenario(
        "cancel-too-late",
        "scenario.cancel_too_late",
        &[sale("350.50", &[TAP, CANCEL_WHILE_READING], State::Paid)],
        approval_wins,
        Faults::default,
    ),
    scenario(
        "lost-answer",
        "scenario.lost_answer",
        &[sale("350.50", &[TAP], State::Paid)],
        repeats_are_answered,
        answer_is_lost,
    ),
    scenario(
        "walk-away",
        "scenario.walk_away",
        &[sale("60.00", &[], State::Expired)],
        short_patience,
        Faults::default,
    ),
];

/// The card is read for long enough to cancel meanwhile, and is charged all the same.
fn approval_wins() -> Settings {
    Settings {
        race: Race::ApprovalWins,
        tap_ms: 6000,
        ..Settings::default()
    }
}

/// A system that answers a repeated request with the payment it has made already.
fn repeats_are_answered() -> Settings {
    Settings {
        duplicate: Duplicate::Replay,
        ..Settings::default()
    }
}

/// Nobody wants to watch five minutes of nothing.
fn short_patience() -> Settings {
    Settings {
        lifetime_ms: 6000,
        ..Settings::default()
    }
}

/// The store makes the payment, and its answer never comes.
fn answer_is_lost() -> Faults {
    Faults::next(Operation::Create, Fault::LoseAnswer)
}

/// The names to choose from.
pub(crate) fn names() -> Vec<&'static str> {
    SCENARIOS.iter().map(|scenario| scenario.name).collect()
}

/// The play of a name.
pub(crate) fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_play_has_its_own_name_and_ends() {
        let names: BTreeSet<_> = names().into_iter().collect();
        assert_eq!(names.len(), SCENARIOS.len());
        assert!(find(FIRST).is_some());
        for scenario in SCENARIOS {
            assert!(!scenario.sales.is_empty(), "{}", scenario.name);
            for sale in scenario.sales {
                assert!(!sale.end.is_open(), "{} would never end", scenario.name);
            }
        }
    }
}
