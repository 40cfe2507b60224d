//! Withdrawing several payments at once.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// What to withdraw, and why.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").multiple(false))]
pub(crate) struct Void {
    /// Orders, references or names of payments at their system
    #[arg(group = "what")]
    pub(crate) orders: Vec<String>,
    /// A list of them, one a line, or CSV with a column called order or reference; - for standard input
    #[arg(long, value_name = "FILE", group = "what")]
    pub(crate) from: Option<PathBuf>,
    /// Links that expire within so many minutes
    #[arg(long, value_name = "MINUTES", group = "what")]
    pub(crate) expiring: Option<u32>,
    /// What is there twice, but for the newest of each
    #[arg(long, group = "what")]
    pub(crate) duplicates: bool,
    /// What stands open at the accounts' systems and no till sees through
    #[arg(long, group = "what")]
    pub(crate) leftovers: bool,
    /// Go on with a void that was interrupted or paused
    #[arg(long, value_name = "VOID", group = "what")]
    pub(crate) resume: Option<String>,
    /// Show a void and send nothing
    #[arg(long, value_name = "VOID", group = "what")]
    pub(crate) show: Option<String>,
    /// The voids so far, newest first
    #[arg(long, group = "what")]
    pub(crate) history: bool,
    /// Why, in at most 60 characters
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
    /// More about it, in your own words
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) note: String,
    /// Say what would become of each, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Write the proof as CSV to this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    pub(crate) export: Option<PathBuf>,
    /// Write the proof as a PDF to this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf: Option<PathBuf>,
}
