//! The slips a terminal would print, line by line.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The two slips of a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Receipts {
    /// For the customer. Empty where the system gave none.
    #[serde(skip_serializing_if = "Slip::is_empty")]
    pub customer: Slip,
    /// For the shop, with the line for a signature where one is wanted.
    #[serde(skip_serializing_if = "Slip::is_empty")]
    pub merchant: Slip,
}

/// A slip.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slip {
    /// From the top. At most 200.
    pub lines: Vec<SlipLine>,
}

impl Slip {
    /// The most lines that are kept.
    pub const LINES_LIMIT: usize = 200;

    /// Whether there is nothing to print.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl Receipts {
    /// Whether there is nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.customer.is_empty() && self.merchant.is_empty()
    }
}

/// One line of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SlipLine {
    /// Words. Card-like numbers are masked before they come here.
    Text {
        /// At most 80 characters.
        text: String,
        /// How large.
        #[serde(default)]
        size: SlipSize,
        /// Where on the line.
        #[serde(default)]
        align: SlipAlign,
        /// Bold.
        #[serde(default)]
        bold: bool,
    },
    /// A line across.
    Rule,
    /// An empty line.
    Blank,
}

/// How large a line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SlipSize {
    /// A heading.
    Large,
    /// A smaller heading.
    Medium,
    /// The rest.
    #[default]
    Body,
}

/// Where a line's words are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SlipAlign {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}
