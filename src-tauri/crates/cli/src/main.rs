//! The command line of the till: the same engine as the window's, for scripts, tests and support.

mod arguments;
mod command;
mod exit;
mod fault;
mod output;
mod qr;
mod receiver;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tracing::level_filters::LevelFilter;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;
use crate::words::{Language, Words};

/// How long what is still under way (a keychain that asks for its password) may hold up the end.
const END_LIMIT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    start_log();
    cli::session::guard_memory();
    let arguments = Arguments::parse();
    let language = arguments
        .global
        .lang
        .unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()));
    let output = Output::new(Words::of(language), arguments.global.json);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let exit = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(command::run(arguments, &output));
            runtime.shutdown_timeout(END_LIMIT);
            exit
        }
        Err(error) => {
            output.complain(&Fault::NoThreads(error));
            Exit::Error
        }
    };
    output.close(exit).into()
}

/// The log is for support, on standard error, and off until it is asked for (`RUST_LOG=debug`):
/// whatever a person should know is said in words.
fn start_log() {
    cli::log::start(LevelFilter::OFF);
}
