//! What was truly charged.

use money::Money;
use serde::{Deserialize, Serialize};

use crate::IntentId;

/// One card that was charged. There is exactly one for each intent that is `CONFIRMED`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The intent that was paid.
    pub intent_id: IntentId,
    /// The shop's own reference of that intent.
    pub external_id: String,
    /// What was taken from the card.
    pub amount: Money,
    /// The code of the machine that read the card.
    pub terminal: String,
    /// When, in milliseconds of the store's clock.
    pub at_ms: u64,
}
