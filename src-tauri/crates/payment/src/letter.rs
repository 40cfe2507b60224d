//! Letters: e-mails that tell a customer that a payment link was withdrawn. A letter is queued in the
//! journal, handed to the shop's mail server once, and its fate is a fact like everything else. Whether a
//! letter arrives decides nothing about money.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::Actor;

/// A language that letters are written in.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LetterLanguage {
    /// English.
    #[default]
    En,
    /// Mexican Spanish.
    Es,
}

impl LetterLanguage {
    /// Every language, for tables and forms.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];
}

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// From the first byte on, usually port 465 (RFC 8314).
    Tls,
    /// Asked for before anything is said, usually port 587 (RFC 3207). A server without it gets nothing.
    #[default]
    StartTls,
    /// Not at all: only to a server on this computer.
    Plain,
}

/// The words of a letter in one language, with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterTemplate {
    /// Its language.
    pub language: LetterLanguage,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// How letters leave this till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterRules {
    /// The mail server's host.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub security: MailSecurity,
    /// Who signs in there; empty where nobody does. The password is in the keychain.
    pub user: String,
    /// The address letters come from.
    pub from: String,
    /// What the shop is called in them.
    pub shop: String,
    /// The language where the customer's is not known.
    pub language: LetterLanguage,
    /// One a language.
    pub templates: Vec<LetterTemplate>,
}

/// What became of handing a letter to the mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Handed {
    /// The server took it.
    Taken,
    /// The server said no for good (5xx): it will not be asked again.
    Refused {
        /// In its own words. At most 200 characters.
        said: String,
    },
    /// Nothing was handed over: no connection, or "later" (4xx). It is tried again.
    NotYet {
        /// What stood in the way. At most 200 characters.
        said: String,
    },
    /// The line broke after the letter had left: it may have been sent. It is not tried again, as a
    /// customer who gets it twice believes neither.
    Doubtful {
        /// What happened. At most 200 characters.
        said: String,
    },
}

/// A fact about the letter of a payment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LetterEvent {
    /// It is to be sent.
    Queued {
        /// To whom.
        to: String,
        /// In which language.
        language: LetterLanguage,
        /// Its one line.
        subject: String,
        /// Its text.
        text: String,
        /// Who wished it, where somebody did; else the till's own rule.
        by: Actor,
    },
    /// It is about to be handed over. Durable before the first byte of it leaves.
    Sending,
    /// It was handed over, or not.
    Answered {
        /// How.
        handed: Handed,
    },
    /// Somebody wants it sent once more.
    AskedAgain {
        /// Who.
        by: Actor,
    },
    /// It was tried often enough.
    GivenUp,
    /// The payment is not withdrawn any more: what the letter says is not true.
    Dropped,
}

/// Nobody's address belongs in a log.
impl fmt::Debug for LetterEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued { language, .. } => write!(formatter, "Queued({language:?}, hidden)"),
            Self::Sending => formatter.write_str("Sending"),
            Self::Answered { handed } => write!(formatter, "Answered({handed:?})"),
            Self::AskedAgain { .. } => formatter.write_str("AskedAgain"),
            Self::GivenUp => formatter.write_str("GivenUp"),
            Self::Dropped => formatter.write_str("Dropped"),
        }
    }
}
