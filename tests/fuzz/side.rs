//! A till's side of an answer: one account in each of the ways in which the systems are spoken to, and
//! one charge.

use std::sync::Arc;

use money::Money;
use payment::{
    Account, AccountId, AccountSettings, AmountUnit, CardTerms, Channel, Charge, Generation,
    IdempotencyKey, IntentId, LinkTerms, Payer, Provider, ReturnTerms, System, TerminalCode, Way,
};
use providers::{Transport, over};
use secrets::Secret;

/// What the payment that is asked for is called there.
pub const INTENT: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

/// The card machine.
pub const TERMINAL: &str = "PRACTICE-1";

/// What is charged, in minor units.
pub const MINOR: i64 = 35_050;

/// The shop's own reference of it.
pub const ORDER: &str = "R-1";

/// The key of the tests. It is in no answer, so it is in nothing that is made of one.
pub const KEY: &str = "canary-key-5d1c0e93b7";

/// One way in which a system is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// The system.
    pub system: System,
    /// How the customer pays.
    pub channel: Channel,
    /// What "100.00" means at One2Pays.
    pub unit: AmountUnit,
    /// Which API of LeanRails.
    pub generation: Generation,
}

const fn side(system: System, channel: Channel) -> Side {
    Side {
        system,
        channel,
        unit: AmountUnit::Major,
        generation: Generation::Json,
    }
}

impl Side {
    /// Every one.
    pub const ALL: [Self; 8] = [
        side(System::Compago, Channel::Terminal),
        side(System::CompagoLink, Channel::Link),
        side(System::One2Pays, Channel::Link),
        Self {
            unit: AmountUnit::Minor,
            ..side(System::One2Pays, Channel::Link)
        },
        side(System::Dojo, Channel::Terminal),
        side(System::Dojo, Channel::Link),
        side(System::LeanRails, Channel::CardOnFile),
        Self {
            generation: Generation::Form,
            ..side(System::LeanRails, Channel::CardOnFile)
        },
    ];

    /// Its adapter over a transport. With the key of the tests, or for the practice store.
    ///
    /// # Panics
    /// Never: the account is whole.
    #[must_use]
    pub fn line(self, transport: Arc<dyn Transport>, practice: bool) -> Arc<dyn Provider> {
        let key = (!practice).then(|| Secret::new(KEY).expect("a key"));
        over(&self.account(practice), key, transport).expect("a whole account")
    }

    fn account(self, practice: bool) -> Account {
        let page = || Some("https://shop.example/".to_owned());
        let is_link = self.system == System::CompagoLink;
        Account {
            id: AccountId::new("a").expect("an id"),
            name: "A".to_owned(),
            system: self.system,
            base_url: "http://127.0.0.1/".to_owned(),
            currency: self.system.currency(),
            terminals: Vec::new(),
            settings: AccountSettings {
                homepage_url: is_link.then(page).flatten(),
                redirect_url: is_link.then(page).flatten(),
                public_key: (!practice).then(|| "pk_test".to_owned()),
                amount_unit: Some(self.unit),
                reseller_id: None,
                generation: Some(self.generation),
            },
            practice,
        }
    }

    /// The charge that every answer is held against.
    ///
    /// # Panics
    /// Never: each part of it is one that is allowed.
    #[must_use]
    pub fn charge(self, terminal: &str) -> Charge {
        Charge {
            amount: self.amount(),
            way: self.way(terminal),
            key: IdempotencyKey::new(ORDER).expect("a key"),
            asked_at_ms: 1_790_000_000_000,
        }
    }

    /// The same money, going back without a payment.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn giving_back(self, terminal: &str) -> Charge {
        let code = TerminalCode::new(terminal).expect("a code");
        let terms = ReturnTerms {
            reason: "Broken cup".to_owned(),
            keyed: false,
        };
        Charge {
            way: Way::Return { code, terms },
            ..self.charge(terminal)
        }
    }

    /// How much.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn amount(self) -> Money {
        Money::new(MINOR, self.system.currency()).expect("an amount")
    }

    fn way(self, terminal: &str) -> Way {
        match self.channel {
            Channel::Terminal => Way::on_terminal(TerminalCode::new(terminal).expect("a code")),
            Channel::Link => Way::Link {
                terms: self.link_terms(),
            },
            Channel::CardOnFile => Way::CardOnFile {
                terms: CardTerms {
                    card: "pm_card_visa".to_owned(),
                    description: "Two coffees".to_owned(),
                    hold: false,
                },
            },
        }
    }

    fn link_terms(self) -> LinkTerms {
        let needs = self.system.link_needs().expect("a system with links");
        let payer = || Payer {
            account_name: "Somchai Jaidee".to_owned(),
            account_number: "1234567890".to_owned(),
            bank_code: "004".to_owned(),
        };
        LinkTerms {
            description: "Two coffees".to_owned(),
            minutes: needs.minutes_usual,
            method: needs.methods.first().copied(),
            payer: needs.payer.then(payer),
            billing: None,
            language: None,
        }
    }
}

/// See [`INTENT`].
///
/// # Panics
/// Never.
#[must_use]
pub fn intent() -> IntentId {
    IntentId::new(INTENT).expect("an id")
}
