//! The people who work here.

use clap::{Subcommand, ValueEnum};
use payment::Role;

/// Staff.
#[derive(Debug, Subcommand)]
pub(crate) enum Staff {
    /// Add somebody; their PIN is read from standard input. The first must be a manager, and from then on
    /// every command asks who types it
    Add {
        /// As people call them
        name: String,
        /// What they are trusted with
        #[arg(long, value_enum, default_value = "cashier")]
        role: RoleName,
    },
    /// Who works here
    List,
    /// Somebody works here no more; their deeds stay in the journal
    Remove {
        /// Whom
        name: String,
    },
    /// Change your own PIN: name yourself with --as; standard input has the PIN you have, the new one, and the
    /// new one again
    OwnPin,
    /// Give somebody a new PIN; it is read from standard input
    Pin {
        /// Whom
        name: String,
    },
}

/// What somebody is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Sells, and withdraws what was not paid
    Cashier,
    /// Gives money back, and decides who works here
    Manager,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Cashier => Self::Cashier,
            RoleName::Manager => Self::Manager,
        }
    }
}
