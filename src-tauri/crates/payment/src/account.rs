//! Accounts and their terminals.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{AccountId, TerminalCode};
use crate::way::{Channel, LinkMethod};

/// A payment system the till can speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Compago payment intents (card present).
    Compago,
    /// Compago one-time payments: a hosted page behind a link.
    CompagoLink,
    /// One2Pays: Thai QR payments and bank transfers, by a link.
    One2Pays,
}

impl System {
    /// Every system, for lists and tests.
    pub const ALL: [Self; 3] = [Self::Compago, Self::CompagoLink, Self::One2Pays];

    /// The currency of its accounts (docs.compago.com, "Create payment intent": MXN only;
    /// One2Pays, "Create payment": THB).
    #[must_use]
    pub const fn currency(self) -> Currency {
        match self {
            Self::Compago | Self::CompagoLink => Currency::Mxn,
            Self::One2Pays => Currency::Thb,
        }
    }

    /// How its customers pay.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::Compago => Channel::Terminal,
            Self::CompagoLink | Self::One2Pays => Channel::Link,
        }
    }

    /// What a link of it needs; `None` where it has none.
    #[must_use]
    pub const fn link_needs(self) -> Option<LinkNeeds> {
        match self {
            Self::Compago => None,
            Self::CompagoLink => Some(LinkNeeds {
                minutes_min: 10,
                minutes_max: 2_880,
                minutes_usual: 60,
                payer: false,
                methods: &[],
                page_follows: false,
            }),
            Self::One2Pays => Some(LinkNeeds {
                minutes_min: 5,
                minutes_max: 1_440,
                minutes_usual: 15,
                payer: true,
                methods: &[LinkMethod::PromptPay, LinkMethod::BankTransfer],
                page_follows: true,
            }),
        }
    }
}

/// What a link of a system needs (docs.compago.com, "Create one-time payment"; One2Pays, "Create
/// payment").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkNeeds {
    /// The shortest life, minutes.
    pub minutes_min: u16,
    /// The longest life, minutes.
    pub minutes_max: u16,
    /// What a till suggests, minutes.
    pub minutes_usual: u16,
    /// The payer's bank account must be told.
    pub payer: bool,
    /// The methods to choose from; empty where there is nothing to choose.
    pub methods: &'static [LinkMethod],
    /// A page that the create does not name comes with a later reading.
    pub page_follows: bool,
}

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
