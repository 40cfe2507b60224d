//! Accounts and their terminals.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::act::{Acts, RefundRoute, Returns};
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
    /// Dojo: payment intents on terminals (card present).
    Dojo,
    /// LeanRails: cards on file.
    LeanRails,
}

impl System {
    /// Every system, for lists and tests.
    pub const ALL: [Self; 5] = [
        Self::Compago,
        Self::CompagoLink,
        Self::One2Pays,
        Self::Dojo,
        Self::LeanRails,
    ];

    /// The currencies its accounts may have, the usual one first (docs.compago.com, "Create payment
    /// intent": MXN only; One2Pays, "Create payment": THB; Dojo, "Create payment intent": GBP and
    /// EUR; LeanRails, "Create a payment intent": any three letters).
    #[must_use]
    pub const fn currencies(self) -> &'static [Currency] {
        match self {
            Self::Compago | Self::CompagoLink => &[Currency::Mxn],
            Self::One2Pays => &[Currency::Thb],
            Self::Dojo => &[Currency::Gbp, Currency::Eur],
            Self::LeanRails => &[
                Currency::Usd,
                Currency::Mxn,
                Currency::Eur,
                Currency::Gbp,
                Currency::Jpy,
                Currency::Thb,
                Currency::Kwd,
            ],
        }
    }

    /// The currency most of its accounts have.
    #[must_use]
    pub const fn currency(self) -> Currency {
        match self {
            Self::Compago | Self::CompagoLink => Currency::Mxn,
            Self::One2Pays => Currency::Thb,
            Self::Dojo => Currency::Gbp,
            Self::LeanRails => Currency::Usd,
        }
    }

    /// How most of its customers pay: the first of [`System::channels`].
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::Compago | Self::Dojo => Channel::Terminal,
            Self::CompagoLink | Self::One2Pays => Channel::Link,
            Self::LeanRails => Channel::CardOnFile,
        }
    }

    /// Every way its customers can pay (Dojo, "Create payment intent": each intent has a
    /// `paymentLink` beside the card machines).
    #[must_use]
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            Self::Compago => &[Channel::Terminal],
            Self::CompagoLink | Self::One2Pays => &[Channel::Link],
            Self::Dojo => &[Channel::Terminal, Channel::Link],
            Self::LeanRails => &[Channel::CardOnFile],
        }
    }

    /// Whether it tells its card machines and how they are, so that nobody types their names.
    #[must_use]
    pub const fn lists_terminals(self) -> bool {
        match self {
            Self::Dojo => true,
            Self::Compago | Self::CompagoLink | Self::One2Pays | Self::LeanRails => false,
        }
    }

    /// Whether it lists the payments that stand open there, whoever made them
    /// ([`crate::Provider::list_open`]).
    #[must_use]
    pub const fn lists_open(self) -> bool {
        match self {
            Self::Dojo | Self::LeanRails => true,
            Self::Compago | Self::CompagoLink | Self::One2Pays => false,
        }
    }

    /// Whether it sends webhooks, which are signed with a secret of the account.
    #[must_use]
    pub const fn sends_webhooks(self) -> bool {
        match self {
            Self::One2Pays | Self::Dojo | Self::LeanRails => true,
            Self::Compago | Self::CompagoLink => false,
        }
    }

    /// What can be done with a payment of it, beside withdrawing it.
    #[must_use]
    pub const fn acts(self) -> Acts {
        match self {
            Self::Compago | Self::CompagoLink | Self::One2Pays => Acts::NONE,
            // docs.dojo.tech, "Signature verification" (80 s), "Refunds", "Reversals"; its description of
            // 2026-02-27, "Create a session on a terminal" (`UnlinkedRefund`; no operation lists sessions).
            Self::Dojo => Acts {
                try_again: true,
                sign_within_ms: Some(80_000),
                capture: true,
                reverse: true,
                refund: &[RefundRoute::Terminal, RefundRoute::Remote],
                receipts: true,
                returns: Some(Returns {
                    keyed: true,
                    finds: false,
                }),
            },
            // Confirming again is its second try.
            Self::LeanRails => Acts {
                try_again: true,
                capture: true,
                refund: &[RefundRoute::Remote],
                ..Acts::NONE
            },
        }
    }

    /// What a sale on its card machines, or with its cards on file, may have beside its amount.
    #[must_use]
    pub const fn sale_options(self) -> SaleOptions {
        match self {
            Self::Compago | Self::CompagoLink | Self::One2Pays => SaleOptions::NONE,
            Self::Dojo => SaleOptions {
                keyed: true,
                hold: true,
                tip: true,
                service_charge: true,
                lines: true,
            },
            Self::LeanRails => SaleOptions {
                hold: true,
                ..SaleOptions::NONE
            },
        }
    }

    /// What a link of it needs; `None` where it has none.
    #[must_use]
    pub const fn link_needs(self) -> Option<LinkNeeds> {
        match self {
            Self::Compago | Self::LeanRails => None,
            // Its `expireAt` has no limits that are written down: 30 days where it is left out.
            Self::Dojo => Some(LinkNeeds {
                minutes_min: 5,
                minutes_max: 10_080,
                minutes_usual: 60,
                payer: false,
                billing: false,
                methods: &[],
                page_follows: false,
            }),
            Self::CompagoLink => Some(LinkNeeds {
                minutes_min: 10,
                minutes_max: 2_880,
                minutes_usual: 60,
                payer: false,
                billing: true,
                methods: &[],
                page_follows: false,
            }),
            Self::One2Pays => Some(LinkNeeds {
                minutes_min: 5,
                minutes_max: 1_440,
                minutes_usual: 15,
                payer: true,
                billing: false,
                methods: &[LinkMethod::PromptPay, LinkMethod::BankTransfer],
                page_follows: true,
            }),
        }
    }
}

/// What a sale may have beside its amount: see [`crate::SaleTerms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleOptions {
    /// The card's number typed into the machine.
    pub keyed: bool,
    /// Held now, taken later.
    pub hold: bool,
    /// A tip.
    pub tip: bool,
    /// A service charge.
    pub service_charge: bool,
    /// What was sold, line by line.
    pub lines: bool,
}

impl SaleOptions {
    /// The amount and nothing else.
    pub const NONE: Self = Self {
        keyed: false,
        hold: false,
        tip: false,
        service_charge: false,
        lines: false,
    };
}

/// What a link of a system needs (docs.compago.com, "Create one-time payment"; One2Pays, "Create
/// payment"; Dojo, "Create payment intent").
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
    /// It may be told whom the bill is for.
    pub billing: bool,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_has_links_where_one_of_its_ways_is_a_link() {
        for system in System::ALL {
            let channels = system.channels();
            assert_eq!(channels.first(), Some(&system.channel()), "{system:?}");
            let by_link = channels.contains(&Channel::Link);
            assert_eq!(system.link_needs().is_some(), by_link, "{system:?}");
        }
    }
}
