//! What was truly charged, and given back.

use money::Money;
use serde::{Deserialize, Serialize};

use crate::IntentId;

/// The payment systems that this store serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Compago payment intents, paid at a terminal.
    CompagoIntent,
    /// Compago one-time payments, paid on a page.
    CompagoLink,
    /// One2Pays, paid on a page.
    One2Pays,
    /// LeanRails, of either generation: a card on file is charged.
    LeanRails,
    /// Dojo, paid at a terminal.
    Dojo,
}

/// One card or account that was charged. There is exactly one for each payment that is paid; only a
/// `Manual` intent of Dojo has one for each capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The system whose payment it was.
    pub system: System,
    /// The intent or link that was paid.
    pub intent_id: IntentId,
    /// The shop's own reference of it.
    pub external_id: String,
    /// What was taken.
    pub amount: Money,
    /// The code of the machine that read the card; empty for a link, which has none.
    pub terminal: String,
    /// When, in milliseconds of the store's clock.
    pub at_ms: u64,
}

/// Money that was given back: by a refund, at a machine or without one, or by a reversal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The system that gave it back.
    pub system: System,
    /// The payment whose money it was; of a refund of Dojo without one, the session.
    pub intent_id: IntentId,
    /// The refund, where it is an object of its own: at LeanRails.
    pub refund_id: Option<IntentId>,
    /// The shop's own reference of the payment, where there is a payment.
    pub external_id: Option<String>,
    /// What was given back.
    pub amount: Money,
    /// The code of the machine that read the card; empty where none did.
    pub terminal: String,
    /// When, in milliseconds of the store's clock.
    pub at_ms: u64,
}
