//! What the till needs from outside, given by whoever wires it together (window, command line,
//! tests). The till knows no payment system and no practice store by name.

use std::sync::Arc;

use async_trait::async_trait;
use payment::{Account, Handed, LetterRules, Provider};
use secrets::Secret;

use crate::api::{ApiError, Code, PracticePagePress, PracticePress, PracticeTerminalView};

/// Opens lines to payment systems.
pub trait Connector: Send + Sync {
    /// A line to an account. `key` is none for the practice store, which needs none.
    ///
    /// # Errors
    /// The code to show: a missing key, a wrong address.
    fn connect(
        &self,
        account: &Account,
        key: Option<Secret>,
    ) -> Result<Arc<dyn Provider>, ApiError>;

    /// Checks and tidies the address of an account.
    ///
    /// # Errors
    /// [`Code::AddressInvalid`], [`Code::AddressNotSecure`], [`Code::AddressTooMuch`].
    fn check_address(&self, text: &str) -> Result<String, Code>;
}

/// A letter on its way to the mail server. It has no Debug: nobody's address belongs in a log.
#[derive(Clone)]
pub struct OutgoingLetter {
    /// Its own name, the same whenever it is sent: a mailbox that gets it twice can tell.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Its one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The time of day it is dated with, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// The way to the shop's mail server.
#[async_trait]
pub trait Post: Send + Sync {
    /// Hands a letter over, once. It answers in a bounded time, and says *not yet* only where nothing of
    /// the letter can have been taken.
    async fn hand_over(
        &self,
        rules: &LetterRules,
        password: Option<Secret>,
        letter: &OutgoingLetter,
    ) -> Handed;
}

/// The hands on the practice store's terminals: its customer.
pub trait PracticeControls: Send + Sync {
    /// What a terminal shows; none for a code it does not have.
    fn terminal(&self, code: &str) -> Option<PracticeTerminalView>;

    /// Presses a button.
    ///
    /// # Errors
    /// [`Code::PracticeRefused`] where the button does nothing now, [`Code::TerminalUnknown`].
    fn press(&self, code: &str, press: PracticePress) -> Result<(), ApiError>;

    /// The payment page made with this key; none where there is none.
    fn page(&self, key: &str) -> Option<PracticePage>;

    /// Presses a button of that page.
    ///
    /// # Errors
    /// [`Code::PracticeRefused`] where the button does nothing now.
    fn press_page(&self, key: &str, press: PracticePagePress) -> Result<(), ApiError>;
}

/// A payment page of the practice store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticePage {
    /// What the customer reads.
    pub description: String,
    /// Paid.
    pub paid: bool,
    /// The buttons that do something now.
    pub presses: Vec<PracticePagePress>,
}

/// The embedded practice store.
#[derive(Clone)]
pub struct PracticeStore {
    /// Its accounts: never in the journal, as their address is new at every start.
    pub accounts: Vec<Account>,
    /// Its terminals' and pages' buttons.
    pub controls: Arc<dyn PracticeControls>,
}
