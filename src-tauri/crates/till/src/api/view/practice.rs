//! The practice store as its customer sees it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;

/// What the practice terminal shows its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PracticeDisplay {
    /// Ready.
    Idle,
    /// Tap, insert or swipe.
    PresentCard,
    /// Reading the card.
    Reading,
    /// Fetching the request.
    PleaseWait,
    /// The PIN was wrong: try again.
    WrongPin,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Cancelled.
    Cancelled,
    /// Without power or network.
    Offline,
}

/// What one can do at the practice terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PracticePress {
    /// Tap a card.
    Tap,
    /// Insert a card and enter its PIN.
    InsertPin,
    /// Insert a card that wants a signature.
    InsertSign,
    /// Insert a card and enter a wrong PIN.
    WrongPin,
    /// Use a card that is declined.
    Decline,
    /// Press cancel on the machine.
    CancelOnTerminal,
    /// Leave.
    WalkAway,
    /// Pull its plug.
    Unplug,
    /// Plug it in.
    PlugIn,
    /// Lose the till's answers.
    CutNetwork,
    /// Let the answers through again.
    RestoreNetwork,
}

impl PracticePress {
    /// Every button.
    pub const ALL: [Self; 11] = [
        Self::Tap,
        Self::InsertPin,
        Self::InsertSign,
        Self::WrongPin,
        Self::Decline,
        Self::CancelOnTerminal,
        Self::WalkAway,
        Self::Unplug,
        Self::PlugIn,
        Self::CutNetwork,
        Self::RestoreNetwork,
    ];
}

/// What one can do on a practice payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PracticePagePress {
    /// Pay.
    Pay,
    /// Try to pay; the bank says no.
    Decline,
    /// Close the page.
    WalkAway,
}

view!(/// A practice payment page, as its customer sees it.
PracticePageView {
    /// The payment's id.
    payment: String,
    /// How much.
    amount: MoneyView,
    /// What the customer reads.
    description: String,
    /// Paid.
    paid: bool,
    /// The buttons that do something now.
    presses: Vec<PracticePagePress>,
});

view!(/// The practice terminal.
PracticeTerminalView {
    /// Its code.
    code: String,
    /// As people call it.
    label: String,
    /// What it shows.
    display: PracticeDisplay,
    /// The amount it shows.
    amount: Option<MoneyView>,
    /// The buttons that do something now.
    presses: Vec<PracticePress>,
    /// Whether the till's answers get lost at the moment.
    network_cut: bool,
});
