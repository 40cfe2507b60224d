//! Accounts and their terminals.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{AccountId, TerminalCode};

/// A payment system the till can speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Compago payment intents (card present).
    Compago,
}

/// One merchant account at one system. Its key is in the OS keychain, never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// This till's name of it; also the name of its key in the keychain.
    pub id: AccountId,
    /// As people call it. At most 60 characters.
    pub name: String,
    /// Which system.
    pub system: System,
    /// Where its API is, without a slash at the end.
    pub base_url: String,
    /// The currency it charges in.
    pub currency: Currency,
    /// Its card machines.
    pub terminals: Vec<Terminal>,
    /// Whether this is the embedded practice store: no real money, no key.
    pub practice: bool,
}

/// A card machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    /// As its system names it.
    pub code: TerminalCode,
    /// As people call it ("Counter left"). At most 40 characters.
    pub label: String,
}
