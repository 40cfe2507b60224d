//! The ways a customer can pay.

use money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::act::{Acts, RefundRoute};
use crate::ids::TerminalCode;
use crate::letter::LetterLanguage;

/// What kind of way it is. Window, command line and engine ask this, never a system's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A card machine shows the amount.
    Terminal,
    /// A page of the provider, opened by a link or its QR code.
    Link,
    /// A card that the customer left with the provider earlier. Nobody needs to be there.
    CardOnFile,
}

/// The longest that a bank transfer takes (One2Pays, its page on bank transfers: 5 to 30 minutes).
const BANK_TRANSFER_MS: u64 = 30 * 60 * 1_000;

/// By which way the money of one payment is to come. All of it is in the journal before anything
/// is sent, as a repeat must say the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Way {
    /// A card machine.
    Terminal {
        /// As its system names it.
        code: TerminalCode,
        /// What the sale has beside its amount.
        #[serde(default, skip_serializing_if = "SaleTerms::is_plain")]
        terms: SaleTerms,
    },
    /// A link.
    Link {
        /// What the page says and for how long it is there.
        terms: LinkTerms,
    },
    /// A card on file.
    CardOnFile {
        /// Which card, and what for.
        terms: CardTerms,
    },
    /// The other way round: money that goes back to whichever card is presented to a card machine,
    /// without a payment of this till (Dojo, "Create a session on a terminal", `UnlinkedRefund`).
    Return {
        /// As its system names the machine.
        code: TerminalCode,
        /// Why, and how the card comes to the machine.
        terms: ReturnTerms,
    },
}

impl Way {
    /// A plain sale on a card machine.
    #[must_use]
    pub const fn on_terminal(code: TerminalCode) -> Self {
        let terms = SaleTerms::PLAIN;
        Self::Terminal { code, terms }
    }

    /// What kind it is.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Terminal { .. } | Self::Return { .. } => Channel::Terminal,
            Self::Link { .. } => Channel::Link,
            Self::CardOnFile { .. } => Channel::CardOnFile,
        }
    }

    /// How long after its end money may still come that was sent in time. Milliseconds.
    #[must_use]
    pub const fn expiry_grace_ms(&self) -> u64 {
        match self {
            Self::Link {
                terms:
                    LinkTerms {
                        method: Some(LinkMethod::BankTransfer),
                        ..
                    },
            } => BANK_TRANSFER_MS,
            Self::Terminal { .. }
            | Self::Link { .. }
            | Self::CardOnFile { .. }
            | Self::Return { .. } => 0,
        }
    }

    /// The card machine, where there is one.
    #[must_use]
    pub const fn terminal(&self) -> Option<&TerminalCode> {
        match self {
            Self::Terminal { code, .. } | Self::Return { code, .. } => Some(code),
            Self::Link { .. } | Self::CardOnFile { .. } => None,
        }
    }

    /// What the sale has beside its amount, where it is one on a card machine.
    #[must_use]
    pub const fn sale_terms(&self) -> Option<&SaleTerms> {
        match self {
            Self::Terminal { terms, .. } => Some(terms),
            Self::Link { .. } | Self::CardOnFile { .. } | Self::Return { .. } => None,
        }
    }

    /// Whether the money is to be held and taken later.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        match self {
            Self::Terminal { terms, .. } => terms.hold,
            Self::CardOnFile { terms } => terms.hold,
            Self::Link { .. } | Self::Return { .. } => false,
        }
    }

    /// What is to be known of money that goes back without a payment; `None` where money is to come.
    #[must_use]
    pub const fn return_terms(&self) -> Option<&ReturnTerms> {
        match self {
            Self::Return { terms, .. } => Some(terms),
            Self::Terminal { .. } | Self::Link { .. } | Self::CardOnFile { .. } => None,
        }
    }
}

impl Acts {
    /// What is left of it for a payment that came by this way: without a card machine nobody can be
    /// asked for another card, sign, or hold a card to it, and it printed nothing.
    #[must_use]
    pub fn by(self, way: &Way) -> Self {
        match way.channel() {
            Channel::Terminal | Channel::CardOnFile => self,
            Channel::Link => Self {
                try_again: false,
                sign_within_ms: None,
                refund: if self.refund.contains(&RefundRoute::Remote) {
                    &[RefundRoute::Remote]
                } else {
                    &[]
                },
                receipts: false,
                ..self
            },
        }
    }
}

/// Money that goes back without a payment: nothing but these words says later what it was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnTerms {
    /// Why it goes back. 1 to 200 characters.
    pub reason: String,
    /// The customer is on the telephone: the card's number is typed into the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keyed: bool,
}

/// What a sale on a card machine has beside its amount (Dojo, "Create payment intent"). The amount
/// itself is the goods; what is added here is on top of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SaleTerms {
    /// The customer is on the telephone: the card's number is typed into the machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keyed: bool,
    /// The money is held now and taken later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
    /// For the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// For the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_charge: Option<Money>,
    /// What was sold, for an itemised slip. At most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ItemLine>,
}

impl SaleTerms {
    /// Nothing beside the amount.
    pub const PLAIN: Self = Self {
        keyed: false,
        hold: false,
        tip: None,
        service_charge: None,
        lines: Vec::new(),
    };

    /// The most lines of one sale.
    pub const LINES_LIMIT: usize = 100;

    /// The most modifiers of one line.
    pub const MODIFIERS_LIMIT: usize = 20;

    /// Whether there is nothing beside the amount.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::PLAIN
    }
}

/// Something that was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemLine {
    /// At most 100 characters.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// For all of them together, without what its modifiers add or take off.
    pub total: Money,
    /// What was asked for beside it, or taken off. At most [`SaleTerms::MODIFIERS_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
}

/// What changes one thing that was sold: extra cheese, a student's discount (Dojo, "Create payment
/// intent", `modifiers`). Its amount is not part of the line's total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modifier {
    /// At most 100 characters.
    pub name: String,
    /// How many for each single thing of the line.
    pub quantity: u32,
    /// For the modifier.
    pub amount: Money,
    /// It is taken off and not added.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discount: bool,
}

/// A payment with a card on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTerms {
    /// The provider's name of the stored card (`pm_…`); never a card's number. Letters, digits,
    /// `-` and `_`, at most 128.
    pub card: String,
    /// What it is for. At most 200 characters; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The money is held now and taken later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
}

/// What a payment link needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkTerms {
    /// What the customer reads on the page. 1 to 200 characters.
    pub description: String,
    /// How long it can be paid, in minutes. The limits are the system's.
    pub minutes: u16,
    /// Which of the system's methods, where it wants one named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<LinkMethod>,
    /// Who pays, where the system wants to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
    /// Whom the bill is for, where the system takes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Box<Billing>>,
    /// In which language the customer is written to; none where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LetterLanguage>,
}

impl LinkTerms {
    /// Where the customer can be written to.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        let billing = self.billing.as_deref()?;
        Some(billing.email.as_str()).filter(|email| !email.is_empty())
    }
}

/// Whom the bill is for (docs.compago.com, "Create one-time payment", `billingInformation`; which
/// parts of it are wanted is not said, so each may be empty). At most 200 characters each.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Billing {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where the bill is sent.
    pub email: String,
    /// With the country's number.
    pub phone: String,
    /// Street and number.
    pub address_line: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Postal code.
    pub zip: String,
}

impl Billing {
    /// Whether nothing of it is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Nobody's name and address belong in a log.
impl std::fmt::Debug for Billing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Billing(hidden)")
    }
}

/// A method behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkMethod {
    /// Thailand's QR payment: confirmed in seconds.
    PromptPay,
    /// A bank transfer: 5 to 30 minutes.
    BankTransfer,
}

/// The payer's bank account, which One2Pays wants with every payment
/// (its reference, page "Create payment").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    /// The name on the account. At most 100 characters.
    pub account_name: String,
    /// Digits. At most 20.
    pub account_number: String,
    /// The bank's Thai code: three digits.
    pub bank_code: String,
}

/// Nobody's bank account belongs in a log.
impl std::fmt::Debug for Payer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Payer(hidden)")
    }
}

/// Where the customer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayPage {
    /// The address behind the link and its QR code, http(s); or, where a system has a code and no
    /// page (One2Pays, PromptPay), the text of that EMV code. At most 2048 characters.
    pub url: String,
    /// When it can be paid no more, where the provider says so. Milliseconds since 1970-01-01 UTC,
    /// for display only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
}
