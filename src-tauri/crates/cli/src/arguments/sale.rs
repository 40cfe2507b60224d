//! What is charged, and how the customer pays.

use clap::{Args, ValueEnum};
use payment::{LetterLanguage, LinkMethod};

/// A sale.
#[derive(Debug, Args)]
pub(crate) struct Charge {
    /// How much, in the account's currency: 350.50
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: String,
    /// The account's id or name [default: the only one]
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// The card terminal's code, or its name at the counter
    #[arg(long)]
    pub(crate) terminal: String,
    /// Your own reference for what the customer owes
    #[arg(long)]
    pub(crate) order: String,
    /// The card's number is typed into the terminal: the customer is on the telephone
    #[arg(long)]
    pub(crate) keyed: bool,
    /// Hold the money now; `till capture ORDER` takes it
    #[arg(long)]
    pub(crate) hold: bool,
    /// A tip on top of the amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub(crate) tip: Option<String>,
    /// A service charge on top of the amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub(crate) service_charge: Option<String>,
    /// What was sold, for the slip: "2 x Coffee=7.00", where 7.00 is for both. Once for each line. What
    /// is added to each or taken off stands behind it: "2 x Coffee=7.00; Oat milk=0.50; Student=-1.00"
    #[arg(long = "line", value_name = "[N x ]NAME=AMOUNT[; ...]")]
    pub(crate) lines: Vec<String>,
    /// Stop waiting after so many seconds; the payment stays open
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

/// Money back without a payment.
#[derive(Debug, Args)]
pub(crate) struct Return {
    /// How much, in the account's currency: 350.50
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: String,
    /// The account's id or name [default: the only one]
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// The card terminal's code, or its name at the counter
    #[arg(long)]
    pub(crate) terminal: String,
    /// Your own reference for what goes back; once for each
    #[arg(long)]
    pub(crate) order: String,
    /// Why it goes back: the journal keeps it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The card's number is typed into the terminal: the customer is on the telephone
    #[arg(long)]
    pub(crate) keyed: bool,
    /// Stop waiting after so many seconds; it stays open
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

/// A charge of a card on file.
#[derive(Debug, Args)]
pub(crate) struct Card {
    /// How much, in the account's currency: 350.50
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: String,
    /// The card, by the name that the payment system has for it: pm_…; never its number
    #[arg(long, value_name = "NAME")]
    pub(crate) card: String,
    /// The account's id or name [default: the only one that has cards on file]
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Your own reference for what the customer owes
    #[arg(long)]
    pub(crate) order: String,
    /// What it is for [default: nothing]
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) description: String,
    /// Hold the money now; `till capture ORDER` takes it
    #[arg(long)]
    pub(crate) hold: bool,
    /// Stop waiting after so many seconds; the payment stays open
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

/// A payment link.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// How much, in the account's currency: 350.50
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: String,
    /// The account's id or name [default: the only one that has links]
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Your own reference for what the customer owes
    #[arg(long)]
    pub(crate) order: String,
    /// What the customer reads on the page [default: the order]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// How long it can be paid [default: what is usual for the account's system]
    #[arg(long)]
    pub(crate) minutes: Option<u16>,
    /// How the customer pays, where the system has several ways
    #[arg(long, value_enum)]
    pub(crate) method: Option<Method>,
    /// The name on the payer's bank account, where the system asks for it
    #[arg(
        long,
        value_name = "NAME",
        requires = "payer_account",
        requires = "payer_bank"
    )]
    pub(crate) payer_name: Option<String>,
    /// The number of that account
    #[arg(long, value_name = "DIGITS", requires = "payer_name")]
    pub(crate) payer_account: Option<String>,
    /// The code of its bank, three digits
    #[arg(long, value_name = "CODE", requires = "payer_name")]
    pub(crate) payer_bank: Option<String>,
    /// Whom the bill is for, where the system takes that: first-name, last-name, email, phone, address,
    /// city, state or zip. Once for each
    #[arg(long, value_name = "PART=TEXT", value_parser = bill_part)]
    pub(crate) bill: Vec<(BillPart, String)>,
    /// The language the customer is written to, should the link be withdrawn [default: the shop's usual one]
    #[arg(long, value_enum)]
    pub(crate) language: Option<Tongue>,
    /// Stop waiting after so many seconds; the payment stays open
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

/// A language that customers are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tongue {
    /// English
    En,
    /// Mexican Spanish
    Es,
}

impl From<Tongue> for LetterLanguage {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::En,
            Tongue::Es => Self::Es,
        }
    }
}

/// A part of whom a bill is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BillPart {
    /// Given name
    FirstName,
    /// Family name
    LastName,
    /// Where the bill is sent
    Email,
    /// With the country's number
    Phone,
    /// Street and number
    Address,
    /// City
    City,
    /// State
    State,
    /// Postal code
    Zip,
}

fn bill_part(text: &str) -> Result<(BillPart, String), String> {
    let (part, value) = text.split_once('=').ok_or("PART=TEXT")?;
    Ok((BillPart::from_str(part, true)?, value.to_owned()))
}

/// A way to pay behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// A Thai QR code, paid in seconds
    PromptPay,
    /// A bank transfer, some minutes
    BankTransfer,
}

impl From<Method> for LinkMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::PromptPay => Self::PromptPay,
            Method::BankTransfer => Self::BankTransfer,
        }
    }
}
