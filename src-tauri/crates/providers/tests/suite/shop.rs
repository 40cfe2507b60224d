//! A till's side: one account at each system, one charge, and the things that can be asked.

use std::sync::Arc;

use money::{Currency, Money};
use payment::outcome::Asked;
use payment::{
    Account, AccountId, AccountSettings, AmountUnit, CardTerms, Channel, Charge, Failure,
    IdempotencyKey, IntentId, LinkNeeds, LinkTerms, Payer, Provider, System, TerminalCode, Way,
};
use providers::{BaseUrl, Compago, Network, NetworkOptions, connect};
use secrets::Secret;

pub(crate) const ID: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

/// The key of the tests: whoever finds this anywhere but in the `x-api-key` header has found a leak.
pub(crate) const KEY: &str = "canary-key-7f3a91c2d4";

/// The limits of a shop, shortened so that a table of time-outs is done in seconds.
pub(crate) fn hasty() -> NetworkOptions {
    NetworkOptions {
        connect_ms: 400,
        read_idle_ms: 700,
        create_ms: 1_000,
        read_ms: 1_000,
        cancel_ms: 1_000,
        ..NetworkOptions::default()
    }
}

pub(crate) fn compago(base: &str, options: NetworkOptions) -> Compago {
    let base = BaseUrl::parse(base).expect("an address");
    let network = Network::new(base, options).expect("a client");
    let key = Secret::new(KEY).expect("a key");
    Compago::new(Arc::new(network), key, Currency::Mxn)
}

/// The public half of a key pair.
pub(crate) const PUBLIC_KEY: &str = "pk_test_of-the-tests";

/// A live account; what its system wants to know of it is there.
pub(crate) fn account(system: System, base: &str) -> Account {
    let pages = system
        .link_needs()
        .map(|_| "https://shop.example/".to_owned());
    Account {
        id: AccountId::new("a").expect("an id"),
        name: "A".to_owned(),
        system,
        base_url: base.to_owned(),
        currency: system.currency(),
        terminals: Vec::new(),
        settings: AccountSettings {
            homepage_url: pages.clone(),
            redirect_url: pages.map(|pages| pages + "thanks"),
            public_key: Some(PUBLIC_KEY.to_owned()),
            amount_unit: Some(AmountUnit::Major),
            ..AccountSettings::default()
        },
        practice: false,
    }
}

/// An adapter of any system, with the key of the tests.
pub(crate) fn line(system: System, base: &str, options: NetworkOptions) -> Arc<dyn Provider> {
    let key = Secret::new(KEY).expect("a key");
    connect(&account(system, base), Some(key), options).expect("a provider")
}

/// One way to pay at one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) system: System,
    pub(crate) channel: Channel,
}

impl Side {
    pub(crate) fn all() -> Vec<Self> {
        let systems = System::ALL.into_iter();
        let sides = systems.flat_map(|system| {
            let channels = system.channels().iter();
            channels.map(move |channel| Self {
                system,
                channel: *channel,
            })
        });
        sides.collect()
    }

    /// What its links need, where it is by a link.
    pub(crate) fn link_needs(self) -> Option<LinkNeeds> {
        self.system
            .link_needs()
            .filter(|_| self.channel == Channel::Link)
    }

    /// A machine of Dojo takes its moment to let go of a payment.
    pub(crate) fn is_on_dojo_machine(self) -> bool {
        self.system == System::Dojo && self.channel == Channel::Terminal
    }
}

impl From<System> for Side {
    fn from(system: System) -> Self {
        let channel = system.channel();
        Self { system, channel }
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {:?}", self.system, self.channel)
    }
}

/// A charge that a system takes, in the usual way to pay there. The terminal is of use where the
/// system has any.
pub(crate) fn charge_in(system: System, order: &str, minor: i64, terminal: &str) -> Charge {
    charge_by(system.into(), order, minor, terminal)
}

/// A charge that a system takes, in one of the ways to pay there.
pub(crate) fn charge_by(side: Side, order: &str, minor: i64, terminal: &str) -> Charge {
    let system = side.system;
    let way = match side.channel {
        Channel::Terminal => Way::on_terminal(TerminalCode::new(terminal).expect("a code")),
        Channel::Link => {
            let needs = system.link_needs().expect("what a link needs");
            let terms = LinkTerms {
                description: "Two coffees".to_owned(),
                minutes: needs.minutes_usual,
                method: needs.methods.first().copied(),
                payer: needs.payer.then(payer),
                billing: None,
                language: None,
            };
            Way::Link { terms }
        }
        Channel::CardOnFile => with_card("pm_card_visa", false),
    };
    assert_eq!(way.channel(), side.channel);
    Charge {
        amount: Money::new(minor, system.currency()).expect("an amount"),
        way,
        key: IdempotencyKey::new(order).expect("a key"),
        asked_at_ms: 1_790_000_000_000,
    }
}

/// A card that a customer left there (docs.leanrails.com/guides/testing).
pub(crate) fn with_card(card: &str, hold: bool) -> Way {
    let (card, description) = (card.to_owned(), "Two coffees".to_owned());
    let terms = CardTerms {
        card,
        description,
        hold,
    };
    Way::CardOnFile { terms }
}

fn payer() -> Payer {
    Payer {
        account_name: "Somchai Jaidee".to_owned(),
        account_number: "1234567890".to_owned(),
        bank_code: "004".to_owned(),
    }
}

pub(crate) fn charge_of(order: &str, minor: i64, terminal: &str) -> Charge {
    charge_in(System::Compago, order, minor, terminal)
}

pub(crate) fn intent() -> IntentId {
    IntentId::new(ID).expect("an id")
}

/// The documented answer to a create.
pub(crate) fn created_body() -> String {
    made_body(System::Compago)
}

/// An answer that is good for a create and for a reading.
pub(crate) fn made_body(system: System) -> String {
    match system {
        System::Compago => format!(
            r#"{{"id":"{ID}","status":"PENDING","amount":350.5,"currency":"MXN","externalId":"R-1"}}"#
        ),
        System::CompagoLink => format!(
            r#"{{"id":"{ID}","status":"PENDING","amount":350.5,"currency":"MXN","externalId":"R-1","checkoutUrl":"https://pay.example/1"}}"#
        ),
        System::One2Pays => format!(
            r#"{{"success":true,"data":{{"id":"{ID}","status":"requires_action","amount":"350.50","currency":"THB","referenceId":"R-1"}}}}"#
        ),
        System::Dojo => format!(
            r#"{{"id":"{ID}","status":"Created","captureMode":"Auto","amount":{{"value":35050,"currencyCode":"GBP"}},"reference":"R-1"}}"#
        ),
        System::LeanRails => lean_rails_body("processing"),
    }
}

pub(crate) fn lean_rails_body(status: &str) -> String {
    format!(
        r#"{{"id":"{ID}","object":"payment_intent","status":"{status}","amount":35050,"currency":"usd","metadata":{{"order_key":"R-1"}}}}"#
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Cancel,
    Find,
}

impl Operation {
    pub(crate) const ALL: [Self; 3] = [Self::Create, Self::Read, Self::Cancel];

    /// What an answer to it may be taken for.
    pub(crate) const fn asked(self) -> Asked {
        match self {
            Self::Create => Asked::FirstCreate,
            Self::Read | Self::Find => Asked::Read,
            Self::Cancel => Asked::Cancel,
        }
    }

    /// At Compago's terminals.
    pub(crate) async fn run(self, provider: &dyn Provider) -> Result<(), Failure> {
        self.run_in(System::Compago, provider).await
    }

    pub(crate) async fn run_in(
        self,
        system: System,
        provider: &dyn Provider,
    ) -> Result<(), Failure> {
        let charge = charge_in(system, "R-1", 35_050, "NEXGO-1");
        match self {
            Self::Create => provider.create(&charge).await.map(|_| ()),
            Self::Read => provider.read(&intent()).await.map(|_| ()),
            Self::Cancel => provider.cancel(&intent()).await,
            Self::Find => provider.find(&charge).await.map(|_| ()),
        }
    }
}
