//! The commands as they are typed.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use payment::{AmountUnit, Generation, System, Witness};

use crate::command::scenario;
use crate::words::Language;

mod act;
mod day;
mod mail;
mod sale;
mod staff;
mod void;

pub(crate) use act::{Judgement, Order, Receipt, Refund, Retry, Sign};
pub(crate) use day::{Audit, Day, DayWish, Form};
pub(crate) use mail::{Mail, MailSet};
pub(crate) use sale::{BillPart, Card, Charge, Link, Return};
pub(crate) use staff::Staff;
pub(crate) use void::Void;

/// The table of `till help`; `exit.rs` holds the numbers to it.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0   done; for charge, link, card, status, retry and `sign … accept`: paid, or held where
      that was asked for; for cancel and `sign … reject`: nothing was taken; for capture,
      reverse and refund: it is done; for void: nothing of it can be paid any more
  1   not done; a sentence says why
  2   wrong usage
  10  known, and not as wished: ended unpaid; for cancel and `sign … reject`: it turned out
      paid; for capture, reverse and refund: refused; for void: something of it was paid, or
      nothing was sent for it
  11  not known yet, still open, or somebody is needed: a sentence says what to type; else ask
      again with `till status ORDER --wait 60`

The data folder is --data, else TILLSIDE_DATA, else the system's folder for this program.";

/// The till, without its window
#[derive(Debug, Parser)]
#[command(name = "till", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The data folder
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// One object of JSON a line: at, event, payment
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use the practice account without asking: no real money
    #[arg(long, global = true)]
    pub(crate) practice: bool,
    /// The language of the sentences [default: that of LANG]
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Language>,
    /// Who types this, once the shop has staff; their PIN is the first line of standard input
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// The manager whose word there is; their PIN is the next line of standard input
    #[arg(long, global = true, value_name = "NAME", requires_all = ["who", "reason"])]
    pub(crate) approved_by: Option<String>,
    /// Charge despite this warning, by the name that the refusal gave it; once for each. A script names a
    /// kind of warning: unresolved_twin, same_order, same_amount or unusual_amount
    #[arg(long, global = true, value_name = "WARNING")]
    pub(crate) despite: Vec<String>,
    /// Why, for what a manager approves
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play a first sale here, against the practice store
    Practice(Practice),
    /// Serve the practice store on this computer to any other client
    Simulate(Simulate),
    /// Add, list, test or remove an account
    #[command(subcommand)]
    Account(Account),
    /// The card terminals of every account
    Terminals(Terminals),
    /// Charge an order on a terminal and stay until it is known how it ended
    Charge(Charge),
    /// Make a payment link for an order and stay until it is known how it ended
    Link(Link),
    /// Charge a card on file for an order and stay until it is known how it ended
    Card(Card),
    /// How an order's payment stands
    Status(Status),
    /// Withdraw an order's payment and stay until it is known how it ended
    Cancel(Cancel),
    /// Ask for a card again, on the same payment, after one was declined or none came
    Retry(Retry),
    /// Say whether the signature on the slip is the card holder's
    Sign(Sign),
    /// Take the money that is held for an order
    Capture(Order),
    /// Undo an order's whole payment, or let go of what is held
    Reverse(Order),
    /// Give money of a payment back
    Refund(Refund),
    /// Give money back to a card that is presented, without a payment, and stay until it is known how it
    /// ended
    Return(Return),
    /// The slip that an order's terminal printed
    Receipt(Receipt),
    /// Payments that stand open at an account's system and that no till sees through
    Leftovers(Leftovers),
    /// The payments, newest first
    Orders(Orders),
    /// What waits for somebody: payments that are not known, and money that nobody expected
    Inbox(Inbox),
    /// Withdraw several payments at once: orders, a list, or what a rule finds
    Void(Void),
    /// Tell customers by e-mail that their link was withdrawn
    #[command(subcommand)]
    Mail(Mail),
    /// The day: what was taken and given back, and its close
    Day(Day),
    /// Check or copy the journal, or check a copy
    #[command(subcommand)]
    Audit(Audit),
    /// Add, list or remove the people who work here, and set their PINs
    #[command(subcommand)]
    Staff(Staff),
    /// Receive webhooks from a tunnel or a relay, so that a payment is read sooner
    Webhooks(Webhooks),
    /// How this machine is: journal, keychain, accounts
    Doctor,
}

/// A rehearsal.
#[derive(Debug, Args)]
pub(crate) struct Practice {
    /// What happens
    #[arg(long, value_name = "NAME", default_value = scenario::FIRST, value_parser = PossibleValuesParser::new(scenario::names()))]
    pub(crate) scenario: String,
    /// Decides every chance, for the same play again
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// The practice store for others.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Where, on this computer: 127.0.0.1:4100, or port 0 for a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: String,
    /// Decides every chance
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Remember the store in this file [default: in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// A receiver.
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    /// Where, on this computer: 127.0.0.1:4200, or port 0 for a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: String,
    /// Let other computers reach it, without transport security. A tunnel or relay does not need this
    #[arg(long)]
    pub(crate) beyond_this_computer: bool,
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Add an account; its key is read from standard input and goes to this computer's keychain
    Add {
        /// As you call it
        #[arg(long)]
        name: String,
        /// The address of the API, https://…
        #[arg(long)]
        url: String,
        /// Which payment system
        #[arg(long, value_parser = system_parser(), default_value = System::ALL[0].description().word)]
        system: System,
        /// A card terminal: its code, or CODE=LABEL. Once for each; none for links
        #[arg(long = "terminal", value_name = "CODE[=LABEL]")]
        terminals: Vec<String>,
        /// Where "back" on a payment page leads (Compago links)
        #[arg(
            long,
            value_name = "URL",
            default_value = "",
            hide_default_value = true
        )]
        homepage: String,
        /// Where a payment page leads after the payment (Compago links)
        #[arg(
            long,
            value_name = "URL",
            default_value = "",
            hide_default_value = true
        )]
        redirect: String,
        /// The public half of the key (One2Pays); the secret half is read from standard input
        #[arg(
            long,
            value_name = "KEY",
            default_value = "",
            hide_default_value = true
        )]
        public_key: String,
        /// What "100.00" means, tried in the sandbox (One2Pays)
        #[arg(long, value_enum)]
        amount_unit: Option<Unit>,
        /// The account's currency where its system has several (Dojo: GBP, EUR; LeanRails)
        #[arg(
            long,
            value_name = "CODE",
            default_value = "",
            hide_default_value = true
        )]
        currency: String,
        /// Who sold the till (Dojo)
        #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
        reseller: String,
        /// Which API (LeanRails)
        #[arg(long, value_enum)]
        generation: Option<Api>,
    },
    /// The accounts, and whether their keys are in the keychain
    List,
    /// Whether address and key of an account are right; charges nothing
    Test {
        /// The account's id or name
        id: String,
    },
    /// The card terminals that an account's system has, and which of them this till uses
    Terminals {
        /// The account's id or name
        id: String,
        /// Use this terminal from now on: its code, or CODE=LABEL. Once for each; those not named
        /// are used no more [default: only list them]
        #[arg(long = "use", value_name = "CODE[=LABEL]")]
        uses: Vec<String>,
    },
    /// Keep the secret of an account's webhooks; it is read from standard input and goes to the keychain
    WebhookSecret {
        /// The account's id or name
        id: String,
    },
    /// Remove an account and its key; its payments stay in the journal
    Remove {
        /// The account's id or name
        id: String,
    },
}

/// The payment systems, each by its word with dashes.
fn system_parser() -> impl TypedValueParser<Value = System> {
    let names = System::ALL.map(|system| {
        let said = system.description();
        PossibleValue::new(said.word.replace('_', "-")).help(said.summary)
    });
    PossibleValuesParser::new(names).try_map(|name| {
        let word = name.replace('-', "_");
        System::of_word(&word).ok_or("there is no such payment system")
    })
}

/// Which API of LeanRails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    /// JSON, at api.leanrails.com
    Json,
    /// Its successor: forms, at api.fluveo.dev
    Form,
}

impl From<Api> for Generation {
    fn from(api: Api) -> Self {
        match api {
            Api::Json => Self::Json,
            Api::Form => Self::Form,
        }
    }
}

/// What "100.00" means to One2Pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// A hundred baht
    Major,
    /// A hundred satang: one baht
    Minor,
}

impl From<Unit> for AmountUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Major => Self::Major,
            Unit::Minor => Self::Minor,
        }
    }
}

/// A look.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Your own reference
    pub(crate) order: String,
    /// Take the payment up and ask the provider for up to so many seconds [default: only look]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
    /// Record what the terminal shows, where the provider cannot say
    #[arg(long, value_enum)]
    pub(crate) saw: Option<Saw>,
    /// The reference on the receipt, for --saw in a shop with managers
    #[arg(long, value_name = "TEXT", requires = "saw")]
    pub(crate) receipt: Option<String>,
    /// What was checked, for --saw in a shop with managers
    #[arg(long, value_name = "TEXT", requires = "saw")]
    pub(crate) checked: Option<String>,
}

/// What a person saw on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Saw {
    /// The terminal or its receipt says paid
    Paid,
    /// The terminal shows that nothing was paid, or that nothing was given back
    NotPaid,
    /// The terminal or its receipt says that the money of a `till return` went back
    GivenBack,
}

impl From<Saw> for Witness {
    fn from(saw: Saw) -> Self {
        match saw {
            Saw::Paid => Self::Paid,
            Saw::NotPaid => Self::NotPaid,
            Saw::GivenBack => Self::GivenBack,
        }
    }
}

/// A wish to withdraw.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// Your own reference
    pub(crate) order: String,
    /// Stop waiting for the outcome after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub(crate) wait: u64,
}

/// A list of card terminals.
#[derive(Debug, Args)]
pub(crate) struct Terminals {
    /// Ask the systems that list their terminals how they are [default: ask nobody]
    #[arg(long)]
    pub(crate) refresh: bool,
}

/// A search for open payments.
#[derive(Debug, Args)]
pub(crate) struct Leftovers {
    /// The account's id or name
    pub(crate) account: String,
    /// Close this one, by the name that its system has for it
    #[arg(long, value_name = "INTENT")]
    pub(crate) close: Option<String>,
    /// No other till waits for it
    #[arg(long, requires = "close")]
    pub(crate) sure: bool,
}

/// What waits, and what a manager decides about it.
#[derive(Debug, Args)]
pub(crate) struct Inbox {
    /// The shop keeps the money of this order: the customer owes it
    #[arg(
        long,
        value_name = "ORDER",
        requires = "why",
        conflicts_with = "give_back"
    )]
    pub(crate) keep: Option<String>,
    /// The money of this order goes back
    #[arg(long, value_name = "ORDER", requires = "why")]
    pub(crate) give_back: Option<String>,
    /// Why it is decided so: the journal keeps it
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
}

/// A list.
#[derive(Debug, Args)]
pub(crate) struct Orders {
    /// Only those that may still become anything
    #[arg(long)]
    pub(crate) open: bool,
    /// Only those that are there twice
    #[arg(long, conflicts_with = "open")]
    pub(crate) duplicates: bool,
    /// Only links that expire within an hour
    #[arg(long, conflicts_with_all = ["open", "duplicates"])]
    pub(crate) expiring: bool,
    /// Only those of which it is not known whether money moved
    #[arg(long, conflicts_with_all = ["open", "duplicates", "expiring"])]
    pub(crate) not_known: bool,
    /// Only those of today
    #[arg(long, conflicts_with_all = ["open", "duplicates", "expiring", "not_known"])]
    pub(crate) today: bool,
    /// Only those that this till did not make: the systems' lists are read first
    #[arg(long, conflicts_with_all = ["open", "duplicates", "expiring", "not_known", "today"])]
    pub(crate) elsewhere: bool,
    /// Only those with all these words: parts of a reference, an amount (12.50), the last four digits of
    /// a card, a terminal, a cashier, a time of day (14:00, "about 2 pm")
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_amount_below_zero_is_an_amount_and_no_option() {
        let typed = ["till", "charge", "-5", "--terminal", "T", "--order", "O"];
        let Command::Charge(charge) = Arguments::try_parse_from(typed).unwrap().command else {
            panic!("another command");
        };
        assert_eq!(charge.amount, "-5");
    }
}
