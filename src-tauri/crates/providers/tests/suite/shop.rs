//! A till's side: one account, one charge, and the three things that can be asked.

use money::{Currency, Money};
use payment::outcome::Asked;
use payment::{Charge, Failure, IdempotencyKey, IntentId, Provider, TerminalCode};
use providers::{BaseUrl, Compago, Network, NetworkOptions};
use secrets::Secret;
use std::sync::Arc;

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

pub(crate) fn charge() -> Charge {
    charge_of("R-1", 35_050, "NEXGO-1")
}

pub(crate) fn charge_of(order: &str, minor: i64, terminal: &str) -> Charge {
    Charge {
        amount: Money::new(minor, Currency::Mxn).expect("an amount"),
        terminal: TerminalCode::new(terminal).expect("a code"),
        key: IdempotencyKey::new(order).expect("a key"),
    }
}

pub(crate) fn intent() -> IntentId {
    IntentId::new(ID).expect("an id")
}

/// The documented answer to a create.
pub(crate) fn created_body() -> String {
    format!(
        r#"{{"id":"{ID}","status":"PENDING","amount":350.5,"currency":"MXN","externalId":"R-1"}}"#
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Cancel,
}

impl Operation {
    pub(crate) const ALL: [Self; 3] = [Self::Create, Self::Read, Self::Cancel];

    /// What an answer to it may be taken for.
    pub(crate) const fn asked(self) -> Asked {
        match self {
            Self::Create => Asked::FirstCreate,
            Self::Read => Asked::Read,
            Self::Cancel => Asked::Cancel,
        }
    }

    pub(crate) async fn run(self, provider: &dyn Provider) -> Result<(), Failure> {
        match self {
            Self::Create => provider.create(&charge()).await.map(|_| ()),
            Self::Read => provider.read(&intent()).await.map(|_| ()),
            Self::Cancel => provider.cancel(&intent()).await,
        }
    }
}
