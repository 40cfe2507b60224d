//! What is done with a payment that is there already.

use clap::{Args, ValueEnum};

/// How long an act is waited for, in seconds, where nobody says otherwise.
const USUAL_WAIT: u64 = 120;

/// Another try.
#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Your own reference
    pub(crate) order: String,
    /// Stop waiting after so many seconds; the payment stays open
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

/// The cashier's word about a signature.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// Your own reference
    pub(crate) order: String,
    /// Whether it is the card holder's
    #[arg(value_enum)]
    pub(crate) judgement: Judgement,
    /// Stop waiting for the outcome after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_WAIT)]
    pub(crate) wait: u64,
}

/// What the cashier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Judgement {
    /// It is the card holder's
    Accept,
    /// It is not: take nothing
    Reject,
}

/// An order, and how long to wait.
#[derive(Debug, Args)]
pub(crate) struct Order {
    /// Your own reference
    pub(crate) order: String,
    /// Stop waiting for the outcome after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_WAIT)]
    pub(crate) wait: u64,
}

/// Money that goes back.
#[derive(Debug, Args)]
pub(crate) struct Refund {
    /// Your own reference
    pub(crate) order: String,
    /// How much [default: all that is left]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) amount: Option<String>,
    /// The customer holds the card to the terminal again [default: to the card it came from,
    /// where the system can]
    #[arg(long)]
    pub(crate) at_terminal: bool,
    /// Stop waiting for the outcome after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_WAIT)]
    pub(crate) wait: u64,
}

/// A slip.
#[derive(Debug, Args)]
pub(crate) struct Receipt {
    /// Your own reference
    pub(crate) order: String,
    /// The shop's own slip and not the customer's
    #[arg(long)]
    pub(crate) merchant: bool,
}
