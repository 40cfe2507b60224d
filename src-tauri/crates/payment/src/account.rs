//! Accounts and their terminals.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{AccountId, TerminalCode};
use crate::system::System;

/// What one system wants to know of an account and another does not. Never a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// Where "back" on a hosted page leads. https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage_url: Option<String>,
    /// Where a hosted page leads after the payment. https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// The public half of a key pair, sent with each request. Its secret half is in the keychain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// What "100.00" means to One2Pays. Not settled by its documents, so no payment is made before
    /// somebody has tried it in the sandbox and chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_unit: Option<AmountUnit>,
    /// Who sold the till, where Dojo wants to know. Visible ASCII, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reseller_id: Option<String>,
    /// Which API of LeanRails the account speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
}

/// The two APIs of LeanRails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// JSON, at api.leanrails.com.
    Json,
    /// Its successor: forms, at api.fluveo.dev.
    Form,
}

/// The unit of a decimal amount whose documents contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// "100.00" is a hundred baht.
    Major,
    /// "100.00" is a hundred satang: one baht.
    Minor,
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
    /// What its system wants besides.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: AccountSettings,
    /// Whether this is the embedded practice store: no real money, no key.
    pub practice: bool,
}

fn is_default(settings: &AccountSettings) -> bool {
    *settings == AccountSettings::default()
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
