use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OverviewView, PaymentView, PracticeTerminalView, VoidHeadView};

/// What the till pushes. Everything pushed can be asked for too.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A payment changed.
    Payment {
        /// As it is now.
        view: Box<PaymentView>,
    },
    /// Accounts, look, open payments or the till's health changed.
    Overview {
        /// As it is now.
        view: Box<OverviewView>,
    },
    /// A batch of payments to withdraw changed.
    Void {
        /// As it is now, without its lines.
        head: VoidHeadView,
    },
    /// The practice terminal changed.
    PracticeTerminal {
        /// As it is now.
        view: PracticeTerminalView,
    },
    /// Someone closes the window over live payments: the window asks, in words.
    CloseAsked {
        /// How many are open.
        open: u32,
    },
}
