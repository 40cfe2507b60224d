//! What speaks against a sale.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MoneyView, PaymentRowView};

/// See [`payment::Warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// A payment of the same amount is not known yet.
    UnresolvedTwin,
    /// The order was paid before, or one that is written almost like it is there.
    SameOrder,
    /// The same amount in the same place a moment ago.
    SameAmount,
    /// Ten times what is usual here.
    UnusualTen,
    /// A hundred times what is usual here.
    UnusualHundred,
}

impl WarningKind {
    /// Every kind, for texts.
    pub const ALL: [Self; 5] = [
        Self::UnresolvedTwin,
        Self::SameOrder,
        Self::SameAmount,
        Self::UnusualTen,
        Self::UnusualHundred,
    ];
}

view!(/// One warning.
WarningView {
    /// The name by which it is gone past.
    name: String,
    /// What it is.
    kind: WarningKind,
    /// The payment that it is about, where it is about one.
    twin: Option<PaymentRowView>,
    /// What is usual at this till, where it is about the amount.
    usual: Option<MoneyView>,
});

view!(/// What speaks against a sale.
WarningsView {
    /// The gravest first.
    warnings: Vec<WarningView>,
});
