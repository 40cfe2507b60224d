//! Exact amounts of money.
//!
//! An amount is a whole number of minor units (cents, satang, fils) and a currency. Nothing here
//! uses a float, rounds, or converts: what a cashier types, what the journal keeps and what a
//! provider is sent are the same integer.
#![deny(clippy::arithmetic_side_effects)]

mod amount;
mod currency;
mod typed;

pub use amount::{AmountError, MAX_MINOR, Money};
pub use currency::{Currency, UnknownCurrency};
pub use typed::Typed;
