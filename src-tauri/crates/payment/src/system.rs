//! The payment systems the till can speak to, each described once.
//!
//! Engine, window and command line ask a system what it can do and what its accounts are asked for; none
//! of them knows one by name. Another system is a variant and its [`Description`] here, its folder and
//! its line in the registry of `providers`, its folder and its line in the fronts of `practice`, and its
//! two sentences in the texts.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::account::Generation;
use crate::act::{Acts, RefundRoute, Returns};
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
    /// Every system, in the order of lists.
    pub const ALL: [Self; 5] = [
        Self::Compago,
        Self::CompagoLink,
        Self::One2Pays,
        Self::Dojo,
        Self::LeanRails,
    ];

    /// All that is known of it before anybody has an account there.
    #[must_use]
    pub const fn description(self) -> &'static Description {
        match self {
            Self::Compago => &COMPAGO,
            Self::CompagoLink => &COMPAGO_LINK,
            Self::One2Pays => &ONE2PAYS,
            Self::Dojo => &DOJO,
            Self::LeanRails => &LEAN_RAILS,
        }
    }

    /// The system of this word; see [`Description::word`].
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|system| system.description().word == word)
    }

    /// As people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.description().name
    }

    /// The currencies its accounts may have, the usual one first.
    #[must_use]
    pub const fn currencies(self) -> &'static [Currency] {
        self.description().currencies
    }

    /// The currency most of its accounts have.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.description().currency
    }

    /// How most of its customers pay: the first of [`System::channels`].
    #[must_use]
    pub const fn channel(self) -> Channel {
        self.description().channel
    }

    /// Every way its customers can pay.
    #[must_use]
    pub const fn channels(self) -> &'static [Channel] {
        self.description().channels
    }

    /// Whether an account of it is asked for this.
    #[must_use]
    pub fn asks(self, ask: Ask) -> bool {
        self.description().asks.contains(&ask)
    }

    /// Whether it tells its card machines and how they are, so that nobody types their names.
    #[must_use]
    pub fn lists_terminals(self) -> bool {
        self.asks(Ask::Machines)
    }

    /// Whether it lists its payments, whoever made them ([`crate::Provider::list`],
    /// [`crate::Provider::list_open`]).
    #[must_use]
    pub const fn lists_open(self) -> bool {
        self.description().lists_open
    }

    /// Whether what is made for its card machines can be paid on a page as well, for as long as nobody
    /// withdraws it.
    #[must_use]
    pub fn has_pages_beside_machines(self) -> bool {
        let channels = self.channels();
        channels.contains(&Channel::Terminal) && channels.contains(&Channel::Link)
    }

    /// Whether it sends webhooks, which are signed with a secret of the account.
    #[must_use]
    pub fn sends_webhooks(self) -> bool {
        self.asks(Ask::WebhookSecret)
    }

    /// What can be done with a payment of it, beside withdrawing it.
    #[must_use]
    pub const fn acts(self) -> Acts {
        self.description().acts
    }

    /// What a sale on its card machines, or with its cards on file, may have beside its amount.
    #[must_use]
    pub const fn sale_options(self) -> SaleOptions {
        self.description().sale_options
    }

    /// What a link of it needs; `None` where it has none.
    #[must_use]
    pub const fn link_needs(self) -> Option<LinkNeeds> {
        self.description().link_needs
    }
}

/// What an account is asked for, beside its name, its address and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Its card machines, typed by their codes.
    Terminals,
    /// Which of the card machines that its system lists are used.
    Machines,
    /// Where "back" on a hosted page leads, and where the page leads after the payment.
    Pages,
    /// The public half of its key.
    PublicKey,
    /// What "100.00" means to it.
    AmountUnit,
    /// Who sold the till. May be left empty.
    ResellerId,
    /// Which of its system's APIs it speaks.
    Generation,
    /// The secret with which its webhooks are signed. May be left empty.
    WebhookSecret,
}

/// Where an API usually is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualAddress {
    /// Which of the system's APIs; `None` where it has one.
    pub generation: Option<Generation>,
    /// The base URL, without a slash at the end.
    pub url: &'static str,
}

/// What is known of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// As the journal and the bridge write it: the word that serde makes of the variant.
    pub word: &'static str,
    /// As people call it. The same for two that are doors to one company.
    pub name: &'static str,
    /// What it is for, in the help of the command line.
    pub summary: &'static str,
    /// How most of its customers pay.
    pub channel: Channel,
    /// Every way its customers can pay, the usual one first.
    pub channels: &'static [Channel],
    /// The currency most of its accounts have: the first of those they may have.
    pub currency: Currency,
    /// The currencies its accounts may have.
    pub currencies: &'static [Currency],
    /// Where its API is, that of its first generation first; empty where its documents do not say.
    pub addresses: &'static [UsualAddress],
    /// What its accounts are asked for.
    pub asks: &'static [Ask],
    /// Whether it lists its payments, whoever made them.
    pub lists_open: bool,
    /// What can be done with a payment of it, beside withdrawing it.
    pub acts: Acts,
    /// What a sale may have beside its amount.
    pub sale_options: SaleOptions,
    /// What a link of it needs; `None` where it has none.
    pub link_needs: Option<LinkNeeds>,
}

/// Compago's production address (docs.compago.com/get-started/authentication).
const COMPAGO_ADDRESSES: &[UsualAddress] = &[UsualAddress {
    generation: None,
    url: "https://api.harmony.compago.com/api",
}];

/// docs.compago.com, "Create payment intent": MXN only.
const COMPAGO: Description = Description {
    word: "compago",
    name: "Compago",
    summary: "Compago payment intents, on card terminals",
    channel: Channel::Terminal,
    channels: &[Channel::Terminal],
    currency: Currency::Mxn,
    currencies: &[Currency::Mxn],
    addresses: COMPAGO_ADDRESSES,
    asks: &[Ask::Terminals],
    lists_open: false,
    acts: Acts::NONE,
    sale_options: SaleOptions::NONE,
    link_needs: None,
};

/// docs.compago.com, "Create one-time payment": MXN only; 10 to 2880 minutes.
const COMPAGO_LINK: Description = Description {
    word: "compago_link",
    name: "Compago",
    summary: "Compago one-time payments, by a link",
    channel: Channel::Link,
    channels: &[Channel::Link],
    currency: Currency::Mxn,
    currencies: &[Currency::Mxn],
    addresses: COMPAGO_ADDRESSES,
    asks: &[Ask::Pages],
    lists_open: true,
    acts: Acts::NONE,
    sale_options: SaleOptions::NONE,
    link_needs: Some(LinkNeeds {
        minutes_min: 10,
        minutes_max: 2_880,
        minutes_usual: 60,
        payer: false,
        billing: true,
        methods: &[],
        page_follows: false,
    }),
};

/// One2Pays, "Create payment": THB. docs.one2pays.com leaves its address blank.
const ONE2PAYS: Description = Description {
    word: "one2_pays",
    name: "One2Pays",
    summary: "One2Pays: Thai QR payments and bank transfers, by a link",
    channel: Channel::Link,
    channels: &[Channel::Link],
    currency: Currency::Thb,
    currencies: &[Currency::Thb],
    addresses: &[],
    asks: &[Ask::PublicKey, Ask::AmountUnit, Ask::WebhookSecret],
    lists_open: true,
    acts: Acts::NONE,
    sale_options: SaleOptions::NONE,
    link_needs: Some(LinkNeeds {
        minutes_min: 5,
        minutes_max: 1_440,
        minutes_usual: 15,
        payer: true,
        billing: false,
        methods: &[LinkMethod::PromptPay, LinkMethod::BankTransfer],
        page_follows: true,
    }),
};

/// Dojo, "Create payment intent": GBP and EUR. docs.dojo.tech, "Signature verification" (80 s),
/// "Refunds", "Reversals"; its description of 2026-02-27, "Create a session on a terminal"
/// (`UnlinkedRefund`; no operation lists sessions).
const DOJO: Description = Description {
    word: "dojo",
    name: "Dojo",
    summary: "Dojo, on card terminals that it lists itself",
    channel: Channel::Terminal,
    // Each intent has a `paymentLink` beside the card machines (docs.dojo.tech, "Create payment
    // intent").
    channels: &[Channel::Terminal, Channel::Link],
    currency: Currency::Gbp,
    currencies: &[Currency::Gbp, Currency::Eur],
    // For real and test keys alike (docs.dojo.tech/api).
    addresses: &[UsualAddress {
        generation: None,
        url: "https://api.dojo.tech",
    }],
    asks: &[Ask::Machines, Ask::ResellerId, Ask::WebhookSecret],
    lists_open: true,
    acts: Acts {
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
    sale_options: SaleOptions {
        keyed: true,
        hold: true,
        tip: true,
        service_charge: true,
        lines: true,
    },
    // Its `expireAt` has no limits that are written down: 30 days where it is left out.
    link_needs: Some(LinkNeeds {
        minutes_min: 5,
        minutes_max: 10_080,
        minutes_usual: 60,
        payer: false,
        billing: false,
        methods: &[],
        page_follows: false,
    }),
};

/// LeanRails, "Create a payment intent": any three letters.
const LEAN_RAILS: Description = Description {
    word: "lean_rails",
    name: "LeanRails",
    summary: "LeanRails: cards on file",
    channel: Channel::CardOnFile,
    channels: &[Channel::CardOnFile],
    currency: Currency::Usd,
    currencies: &[
        Currency::Usd,
        Currency::Mxn,
        Currency::Eur,
        Currency::Gbp,
        Currency::Jpy,
        Currency::Thb,
        Currency::Kwd,
    ],
    // docs.leanrails.com/quickstart; github.com/fluveohq.
    addresses: &[
        UsualAddress {
            generation: Some(Generation::Json),
            url: "https://api.leanrails.com/v1",
        },
        UsualAddress {
            generation: Some(Generation::Form),
            url: "https://api.fluveo.dev/v1",
        },
    ],
    asks: &[Ask::Generation, Ask::WebhookSecret],
    lists_open: true,
    // Confirming again is its second try.
    acts: Acts {
        try_again: true,
        capture: true,
        refund: &[RefundRoute::Remote],
        ..Acts::NONE
    },
    sale_options: SaleOptions {
        hold: true,
        ..SaleOptions::NONE
    },
    link_needs: None,
};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_system_is_the_one_of_journal_and_bridge() {
        let declared = System::decl(&ts_rs::Config::default());
        for system in System::ALL {
            let word = system.description().word;
            assert_eq!(serde_json::to_value(system).unwrap(), word);
            assert_eq!(System::of_word(word), Some(system));
            assert!(declared.contains(&format!("\"{word}\"")), "{declared}");
        }
        let declared = declared.matches('"').count() / 2;
        assert_eq!(declared, System::ALL.len(), "a system is not in the list");
        assert_eq!(System::of_word("cash"), None);
    }

    #[test]
    fn what_is_said_of_a_system_holds_together() {
        for system in System::ALL {
            let said = system.description();
            let is_terminal = said.channel == Channel::Terminal;
            let asks = |ask| system.asks(ask);
            assert_eq!(said.currencies.first(), Some(&said.currency), "{system:?}");
            assert_eq!(said.channels.first(), Some(&said.channel), "{system:?}");
            let by_link = said.channels.contains(&Channel::Link);
            assert_eq!(said.link_needs.is_some(), by_link, "{system:?}");
            // Either the machines are typed, or the system lists them.
            assert_eq!(
                is_terminal,
                asks(Ask::Terminals) != asks(Ask::Machines),
                "{system:?}"
            );
            let generations = said.addresses.iter();
            let generations: Vec<_> = generations.filter_map(|one| one.generation).collect();
            assert_eq!(asks(Ask::Generation), generations.len() > 1, "{system:?}");
            for address in said.addresses {
                assert!(address.url.starts_with("https://"), "{address:?}");
                assert!(!address.url.ends_with('/'), "{address:?}");
            }
        }
    }
}
