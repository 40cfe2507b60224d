//! What the till knows about its shop, kept as facts like everything else.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::account::Account;
use crate::day::{DayClose, DayClosed};
use crate::event::Actor;
use crate::ids::{AccountId, IntentId, PaymentId};
use crate::letter::{LetterEvent, LetterRules};
use crate::staff::{Staff, StaffEvent};
use crate::void::{BatchId, VoidEvent, VoidRules};

/// The language of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system says, English where that is none of ours.
    #[default]
    System,
    /// English.
    En,
    /// Mexican Spanish.
    Es,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A fact about the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ShopEvent {
    /// An account was added or changed.
    AccountSaved {
        /// As it is now.
        account: Account,
    },
    /// An account was removed. Its payments stay.
    AccountRemoved {
        /// Which.
        account: AccountId,
    },
    /// Language or theme were chosen.
    LookChosen {
        /// The language.
        language: Language,
        /// The theme.
        theme: Theme,
    },
    /// Someone closed a payment that stood open at a provider and was none of this till's. Durable
    /// before the request leaves.
    LeftoverClosed {
        /// Through which account.
        account: AccountId,
        /// The provider's name of it.
        intent: IntentId,
        /// Who.
        by: Actor,
        /// As part of which batch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<BatchId>,
    },
    /// Something about several payments that are withdrawn at once.
    Void {
        /// Which batch.
        batch: BatchId,
        /// What.
        event: VoidEvent,
    },
    /// How several payments are withdrawn at once was set.
    VoidRulesChosen {
        /// As it is now.
        rules: VoidRules,
    },
    /// Something about the people who work here.
    Staff {
        /// What.
        event: StaffEvent,
    },
    /// How letters to customers leave this till was set.
    LettersChosen {
        /// As it is now; none where no letters are sent.
        rules: Option<LetterRules>,
    },
    /// Something about the letter of a payment.
    Letter {
        /// Of which payment.
        payment: PaymentId,
        /// What.
        event: LetterEvent,
    },
    /// A day was closed. There is no fact that opens it again.
    DayClosed {
        /// What was counted.
        close: Box<DayClose>,
    },
    /// The cashier's name on this till was set.
    CashierNamed {
        /// At most 40 characters.
        name: String,
    },
}

/// The shop as its facts make it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shop {
    /// In the order they were added.
    pub accounts: Vec<Account>,
    /// The language of the window.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Who stands at this till, as the receipt names them. Empty until set.
    pub cashier: String,
    /// How several payments are withdrawn at once.
    pub void_rules: VoidRules,
    /// How letters leave this till; none where none are sent.
    pub letters: Option<LetterRules>,
    /// Who works here. Empty: nobody is asked for a PIN.
    pub staff: Staff,
    /// The last day that was closed.
    pub day: Option<DayClosed>,
}

impl Shop {
    /// Takes a fact in.
    pub fn apply(&mut self, event: &ShopEvent) {
        match event {
            ShopEvent::AccountSaved { account } => {
                match self
                    .accounts
                    .iter_mut()
                    .find(|known| known.id == account.id)
                {
                    Some(known) => *known = account.clone(),
                    None => self.accounts.push(account.clone()),
                }
            }
            ShopEvent::AccountRemoved { account } => {
                self.accounts.retain(|known| known.id != *account);
            }
            ShopEvent::LookChosen { language, theme } => {
                self.language = *language;
                self.theme = *theme;
            }
            // For the audit; the provider keeps what is open.
            ShopEvent::LeftoverClosed { .. } => {}
            // A story of its own: see `till::void`.
            ShopEvent::Void { .. } => {}
            // A story of its own: see `till::letter`.
            ShopEvent::Letter { .. } => {}
            ShopEvent::LettersChosen { rules } => self.letters.clone_from(rules),
            ShopEvent::VoidRulesChosen { rules } => self.void_rules.clone_from(rules),
            ShopEvent::Staff { event } => self.staff.apply(event),
            ShopEvent::DayClosed { close } => {
                // A second close of a number, or one that counts again what is counted, is none.
                if close.follows(self.day) {
                    self.day = Some(DayClosed {
                        number: close.number,
                        to: close.to,
                    });
                }
            }
            ShopEvent::CashierNamed { name } => self.cashier.clone_from(name),
        }
    }

    /// The account of a name.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == *id)
    }
}
