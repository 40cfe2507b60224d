//! Withdrawing several payments at once: what is asked, before anything is sent, and what becomes of
//! it. A batch withdraws a payment in the way one cancel does; what these facts add is who wanted which
//! of them withdrawn, and why.

use std::fmt;
use std::str::FromStr;

use money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::event::{Actor, Standing};
use crate::ids::{AccountId, IntentId, NameError, PaymentId};
use crate::state::State;

/// One batch. UUID v7, made by this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(Uuid);

impl BatchId {
    /// A name for a new batch, from the caller's clock and randomness.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for BatchId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| NameError::BadCharacters)
    }
}

/// What a dry run says of a line before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is open, and its system withdraws it when asked.
    WillCancel,
    /// It is not known yet whether the provider has it: withdrawn as soon as it is found.
    NotKnownYet,
    /// It is paid: only giving the money back helps.
    NeedsRefund,
    /// Its terminal holds it, or waits for a decision there.
    NeedsTerminal,
    /// The money is held and not taken: it is let go by undoing it.
    CannotHeld,
    /// It is over, and nothing was taken.
    CannotOver,
    /// The money has gone back already.
    CannotReturned,
    /// Its account is not on this till any more, so nobody can be asked.
    CannotAsk,
    /// Its provider has a word for where it stands that this build does not know.
    CannotTell,
    /// Nothing here has that name.
    Nothing,
}

impl Verdict {
    /// Every verdict, for tables and texts.
    pub const ALL: [Self; 10] = [
        Self::WillCancel,
        Self::NotKnownYet,
        Self::NeedsRefund,
        Self::NeedsTerminal,
        Self::CannotHeld,
        Self::CannotOver,
        Self::CannotReturned,
        Self::CannotAsk,
        Self::CannotTell,
        Self::Nothing,
    ];

    /// Whether the batch does anything about such a line.
    #[must_use]
    pub const fn is_tried(self) -> bool {
        match self {
            Self::WillCancel | Self::NotKnownYet => true,
            Self::NeedsRefund
            | Self::NeedsTerminal
            | Self::CannotHeld
            | Self::CannotOver
            | Self::CannotReturned
            | Self::CannotAsk
            | Self::CannotTell
            | Self::Nothing => false,
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum VoidTarget {
    /// A payment of this till.
    Payment {
        /// Which.
        id: PaymentId,
        /// Where it stood when the batch was asked for.
        state: State,
    },
    /// A payment that stands open at a provider, and is none of this till's.
    Leftover {
        /// Through which account.
        account: AccountId,
        /// The provider's name of it.
        intent: IntentId,
        /// The reference it was made with.
        reference: String,
        /// How much.
        amount: Money,
    },
    /// Nothing has that name.
    Nothing,
}

/// One line of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidLine {
    /// What was typed, pasted or scanned. At most 128 characters; the order where it was selected.
    pub given: String,
    /// What it was found to be.
    pub target: VoidTarget,
    /// What the dry run said.
    pub verdict: Verdict,
}

/// A fact about a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum VoidEvent {
    /// It was asked for. Durable before the first request leaves.
    Asked {
        /// Who.
        by: Actor,
        /// Why: one of the shop's reasons.
        reason: String,
        /// In their own words.
        note: String,
        /// How long it can be undone before anything is sent. Milliseconds.
        undo_ms: u64,
        /// What.
        lines: Vec<VoidLine>,
    },
    /// No line that has not begun is begun until it goes on.
    Paused {
        /// Who.
        by: Actor,
    },
    /// It goes on.
    Resumed {
        /// Who.
        by: Actor,
    },
    /// No line that has not begun is begun any more.
    Stopped {
        /// Who.
        by: Actor,
    },
    /// Every line has begun, and is over or waits for its provider.
    Finished,
    /// A reading of a payment that is none of this till's, before or after it was withdrawn.
    LeftoverRead {
        /// Which line, from 0.
        line: u32,
        /// Where it stands; `None` where the provider could not be asked.
        standing: Option<Standing>,
        /// Whether its cancel had been sent.
        asked: bool,
    },
}

/// Who wants a payment withdrawn, and why, where somebody said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Who.
    pub by: Actor,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// As part of which batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
}

/// How the shop withdraws several payments at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidRules {
    /// How long a batch can be undone before anything is sent. Milliseconds, at most a minute.
    pub undo_ms: u64,
    /// The reasons to choose from; empty for those that the till comes with.
    pub reasons: Vec<String>,
    /// After so many minutes the till closes by itself what was made elsewhere for a card machine, stands
    /// open and can still be paid by its link. None: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_links_after_min: Option<u32>,
}

impl VoidRules {
    /// The longest time to undo. Milliseconds.
    pub const UNDO_MS_MAX: u64 = 60_000;
}

impl Default for VoidRules {
    fn default() -> Self {
        Self {
            undo_ms: 5_000,
            reasons: Vec::new(),
            close_links_after_min: None,
        }
    }
}
