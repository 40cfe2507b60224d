//! How a command ended, for scripts.

use std::process::ExitCode;

use payment::{Class, State};
use till::api::ActProgress;

/// The exit codes. They are a promise to scripts: a meaning never moves to another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done. Where money is wanted: paid, or held as asked for. For `cancel`: nothing was taken.
    Done,
    /// Not done; a sentence says why.
    Error,
    /// The command line itself is wrong. clap ends with the same number.
    Usage,
    /// Known, and not as wished: `charge` and `status` ended unpaid, `cancel` found it paid, an act
    /// was refused.
    Otherwise,
    /// Not known yet, still open, or somebody is needed.
    Open,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Otherwise => 10,
            Self::Open => 11,
        }
    }

    /// For a command that wants the money, or wants it held where `is_hold`.
    pub(crate) const fn of_charge(state: State, is_hold: bool) -> Self {
        match state.class() {
            Class::Paid => Self::Done,
            Class::Unpaid => Self::Otherwise,
            Class::Open if is_hold && matches!(state, State::Authorised) => Self::Done,
            Class::Open => Self::Open,
        }
    }

    /// For a command that wants nothing taken.
    pub(crate) const fn of_cancel(state: State) -> Self {
        match state.class() {
            Class::Unpaid => Self::Done,
            Class::Paid => Self::Otherwise,
            Class::Open => Self::Open,
        }
    }

    /// For a command that wants something done with a payment. `None`: it was never asked for.
    pub(crate) const fn of_act(progress: Option<ActProgress>) -> Self {
        match progress {
            Some(ActProgress::Done) => Self::Done,
            Some(ActProgress::Refused) => Self::Otherwise,
            Some(ActProgress::UnderWay | ActProgress::Unknown) | None => Self::Open,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_help() {
        let table = [
            (Exit::Done, 0),
            (Exit::Error, 1),
            (Exit::Usage, 2),
            (Exit::Otherwise, 10),
            (Exit::Open, 11),
        ];
        for (exit, number) in table {
            assert_eq!(exit.number(), number);
            let told = format!("  {number:<3}");
            assert!(crate::arguments::EXIT_CODES.contains(&told), "{told:?}");
        }
    }

    #[test]
    fn charge_and_cancel_wish_for_opposite_ends_and_never_for_doubt() {
        for state in State::ALL {
            let (charge, cancel) = (Exit::of_charge(state, false), Exit::of_cancel(state));
            let expected = if state.is_open() {
                (Exit::Open, Exit::Open)
            } else if state.class() == Class::Paid {
                (Exit::Done, Exit::Otherwise)
            } else {
                (Exit::Otherwise, Exit::Done)
            };
            assert_eq!((charge, cancel), expected, "{state:?}");
        }
    }

    #[test]
    fn held_money_is_what_was_wished_only_where_holding_was() {
        for state in State::ALL {
            let plain = Exit::of_charge(state, false);
            let expected = if state == State::Authorised {
                assert_eq!(plain, Exit::Open, "held is not paid");
                Exit::Done
            } else {
                plain
            };
            assert_eq!(Exit::of_charge(state, true), expected, "{state:?}");
        }
    }

    #[test]
    fn an_act_is_done_refused_or_not_known() {
        let table = [
            (Some(ActProgress::Done), Exit::Done),
            (Some(ActProgress::Refused), Exit::Otherwise),
            (Some(ActProgress::Unknown), Exit::Open),
            (Some(ActProgress::UnderWay), Exit::Open),
            (None, Exit::Open),
        ];
        for (progress, expected) in table {
            assert_eq!(Exit::of_act(progress), expected, "{progress:?}");
        }
    }
}
