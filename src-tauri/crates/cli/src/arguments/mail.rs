//! Letters to customers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use payment::MailSecurity;

use super::sale::Tongue;

/// E-mails to customers.
#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Set the mail server; where somebody signs in there, the password is read from standard input
    Set(MailSet),
    /// How letters leave this till
    Show,
    /// Send no letters any more
    Off,
    /// Send a letter to try the settings
    Test {
        /// To whom
        to: String,
    },
    /// The letter of an order's payment, to be copied, and what became of it
    Letter {
        /// Which
        order: String,
        /// Have it sent; once more where its fate is bad or not known
        #[arg(long)]
        send: bool,
    },
    /// Hand over every letter that waits. A till that stays open (the window) does that by itself
    Send,
}

/// A mail server.
#[derive(Debug, Args)]
pub(crate) struct MailSet {
    /// Its host
    #[arg(long)]
    pub(crate) server: String,
    /// Its port
    #[arg(long, default_value_t = 587)]
    pub(crate) port: u16,
    /// How the line to it is protected
    #[arg(long, value_enum, default_value = "starttls")]
    pub(crate) security: Security,
    /// Who signs in there
    #[arg(long, default_value = "")]
    pub(crate) user: String,
    /// The address letters come from
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: String,
    /// What the shop is called in them
    #[arg(long, value_name = "NAME")]
    pub(crate) shop: String,
    /// The language where the customer's is not known
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) language: Tongue,
    /// A file with the words in English: its first line is the subject
    #[arg(long, value_name = "FILE")]
    pub(crate) words_en: Option<PathBuf>,
    /// The same in Spanish
    #[arg(long, value_name = "FILE")]
    pub(crate) words_es: Option<PathBuf>,
}

/// How a line to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Security {
    /// From the first byte on, usually port 465
    Tls,
    /// Before anything is said, usually port 587
    Starttls,
    /// Not at all: only to a server on this computer
    Plain,
}

impl From<Security> for MailSecurity {
    fn from(security: Security) -> Self {
        match security {
            Security::Tls => Self::Tls,
            Security::Starttls => Self::StartTls,
            Security::Plain => Self::Plain,
        }
    }
}
