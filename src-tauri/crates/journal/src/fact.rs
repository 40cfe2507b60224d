//! What the journal holds: facts, and entries, which are facts with their place in the list.

use std::fmt;

use payment::{Event, PaymentId, ShopEvent};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", content = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// To a payment.
    Payment {
        /// Which.
        id: PaymentId,
        /// What.
        event: Event,
    },
    /// To the shop: its accounts, its look, its cashier.
    Shop(ShopEvent),
}

/// A fact in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1, without a gap. The order of things is this one, never the clock's.
    pub seq: u64,
    /// When it was written down, by the till's clock, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What happened.
    pub fact: Fact,
    /// What seals it and everything before it.
    pub hash: Hash,
}

/// A SHA-256 sum. Shown in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A fact as its row has it. The bytes of `body` are what is hashed, so they are made once.
pub(crate) struct Encoded {
    pub(crate) kind: &'static str,
    pub(crate) payment: Option<String>,
    pub(crate) body: String,
}

const PAYMENT: &str = "payment";
const SHOP: &str = "shop";

impl Fact {
    pub(crate) fn encode(&self) -> Result<Encoded, serde_json::Error> {
        Ok(match self {
            Self::Payment { id, event } => Encoded {
                kind: PAYMENT,
                payment: Some(id.to_string()),
                body: serde_json::to_string(event)?,
            },
            Self::Shop(event) => Encoded {
                kind: SHOP,
                payment: None,
                body: serde_json::to_string(event)?,
            },
        })
    }

    /// `None`: not a fact this till wrote.
    pub(crate) fn decode(kind: &str, payment: Option<&str>, body: &str) -> Option<Self> {
        match (kind, payment) {
            (PAYMENT, Some(id)) => Some(Self::Payment {
                id: id.parse().ok()?,
                event: serde_json::from_str(body).ok()?,
            }),
            (SHOP, None) => serde_json::from_str(body).ok().map(Self::Shop),
            _ => None,
        }
    }
}
