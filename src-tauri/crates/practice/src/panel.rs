//! What a person sees of a machine and can do with it.

use money::Money;
use serde::{Deserialize, Serialize};

use crate::Script;

/// What a person in front of a terminal, or with a hand on its cable, can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    /// Hold a good card against it.
    Tap,
    /// Insert a good card, unless one is inside, and enter the right PIN.
    InsertPin,
    /// Insert a good card that wants a signature, on a machine of a system that has signatures.
    InsertSign,
    /// Insert a good card, unless one is inside, and enter a wrong PIN.
    WrongPin,
    /// Hold a card against it that the bank declines.
    Decline,
    /// Press the red key.
    CancelOnTerminal,
    /// Leave, taking the card along.
    WalkAway,
    /// Pull the plug.
    Unplug,
    /// Plug it in again.
    PlugIn,
    /// From now on no answer reaches the till; what the till sends still arrives.
    CutNetwork,
    /// Answers reach the till again.
    RestoreNetwork,
}

impl Press {
    /// Every press.
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

/// Why a press makes no sense now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PressRefused {
    /// No machine has this code.
    #[error("there is no terminal with this code")]
    UnknownTerminal,
    /// The customer of this machine acts alone.
    #[error("this terminal plays its own customer and cannot be pressed")]
    PlaysItself,
    /// Off.
    #[error("the terminal is switched off")]
    SwitchedOff,
    /// On.
    #[error("the terminal is already switched on")]
    SwitchedOn,
    /// Idle, or still fetching the request.
    #[error("the terminal is not asking for a payment")]
    NothingToPay,
    /// A card is being read.
    #[error("the terminal is reading a card; wait for the result")]
    ReadingCard,
    /// The last result is still on the display.
    #[error("the terminal is still showing the last result")]
    ShowingResult,
    /// A card is inside and the machine wants its PIN.
    #[error("a card is in the terminal, which is waiting for its PIN")]
    CardInside,
    /// A machine of Compago, which knows no signatures.
    #[error("this terminal does not take a signature")]
    NoSignatures,
    /// The network is cut.
    #[error("the network is already cut")]
    NetworkCut,
    /// The network is up.
    #[error("the network is not cut")]
    NetworkUp,
}

/// What a machine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// Switched off, or not connected.
    Offline,
    /// Ready.
    Idle,
    /// Fetching a request.
    Fetching,
    /// Asking for a card.
    Showing,
    /// Reading a card, or asking the bank.
    Reading,
    /// A card is inside; its PIN is wanted again.
    AskingPin,
    /// Showing how it ended.
    Outcome,
}

/// What stands on the little display. The words for it are the user interface's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// Dark.
    Off,
    /// Ready.
    Ready,
    /// Fetching a request.
    PleaseWait,
    /// An amount, and "present your card".
    PresentCard,
    /// "Reading, do not remove the card".
    ReadingCard,
    /// "Wrong PIN, try again".
    WrongPin,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Withdrawn, on the machine or by the till.
    Cancelled,
}

/// A machine as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TerminalView {
    /// Its serial number: the `terminalCode` of the wire.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// What it is doing.
    pub state: TerminalState,
    /// The amount on its display.
    pub amount: Option<Money>,
    /// The message on its display.
    pub message: Display,
    /// Whether it can be reached.
    pub online: bool,
    /// The customer who acts alone, where there is one; such a machine cannot be pressed.
    pub script: Option<Script>,
    /// The presses that make sense now.
    pub allowed: Vec<Press>,
}
