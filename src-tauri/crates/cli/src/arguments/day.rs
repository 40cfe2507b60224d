//! The day, and the journal behind it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The day.
#[derive(Debug, Args)]
pub(crate) struct Day {
    /// What about it [default: the report so far, X]
    #[command(subcommand)]
    pub(crate) wish: Option<DayWish>,
    /// Also compare every account with its provider's own list
    #[arg(long)]
    pub(crate) check: bool,
}

/// What about it.
#[derive(Debug, Subcommand)]
pub(crate) enum DayWish {
    /// Close the day (Z). It is not opened again
    Close,
    /// The days that were closed, newest first
    List,
    /// One of them as it was closed
    Show {
        /// Its number
        number: u32,
        /// Write it to this file as a PDF; it must not exist yet
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
}

/// The journal.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check every entry, its hash, and what they add up to
    Verify,
    /// Write every entry, then the head they end in, signed where the keychain has a key
    Export {
        /// To this file, which must not exist yet [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// How it is written
        #[arg(long, value_enum, default_value_t = Form::Jsonl)]
        format: Form,
    },
    /// Check an exported file with nothing but the file
    Check {
        /// Which
        file: PathBuf,
        /// It must have this head in it: the hash that a day's report prints. An old copy has not
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
        /// It must be signed by this public key, which a day's report prints
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// An object of JSON a line
    Jsonl,
    /// For spreadsheets
    Csv,
}
