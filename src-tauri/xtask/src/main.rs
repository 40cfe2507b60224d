//! `cargo xtask`: set-up and chores of the project, in Rust, so that they are the same on every
//! system and nothing but Rust and Node has to be there first.
//!
//! It finds what is missing, installs it where it can, says what it does and how long that took,
//! and leaves with an error when something failed. It never touches a payment, a key or a journal.

mod bench;
mod bundle;
mod fault;
mod installer;
mod need;
mod process;
mod start;
mod step;
mod system;
mod tally;
mod test;
mod ui;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::bench::Profile;
use crate::fault::Fault;

/// Set-up and chores of Tillside.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
enum Chore {
    /// Set up what is missing and open the till; without a display, play a sale in the terminal
    Start {
        /// Handed on to the till
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Check everything, or only the steps named; the last line is `N passed, N failed`
    Test {
        /// The steps to run, in this order; none means fmt, clippy, rust, storm, power,
        /// docs, ui, e2e
        #[arg(value_enum)]
        steps: Vec<test::Step>,
    },
    /// Run the seeded simulation of the engine against the practice store
    Storm {
        /// Handed on to the storm
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure, in a release build; without a name every benchmark
    Bench {
        /// The benchmark's name and options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Make the installers of this system
    Bundle {
        /// Install the .deb, use it, remove it again and see that nothing is left (Debian, as root)
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let chore = Chore::parse();
    match process::enter_project().and_then(|()| run(chore)) {
        Ok(code) => code,
        Err(fault) => {
            step::complain(&fault);
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result<ExitCode, Fault> {
    match chore {
        Chore::Start { arguments } => start::run(&arguments),
        Chore::Test { steps } => test::run(&steps),
        Chore::Storm { arguments } => bench::run("storm", Profile::Storm, &arguments),
        Chore::Bench { arguments } => bench::run("bench", Profile::Release, &arguments),
        Chore::Bundle { check } => bundle::run(check),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Chore::command().debug_assert();
    }

    #[test]
    fn options_after_start_go_to_the_till() {
        let chore = Chore::parse_from(["cargo xtask", "start", "--practice", "--data", "x"]);
        let Chore::Start { arguments } = chore else {
            panic!("not start: {chore:?}")
        };
        assert_eq!(arguments, ["--practice", "--data", "x"]);
    }

    #[test]
    fn steps_keep_the_order_they_were_typed_in() {
        let chore = Chore::parse_from(["cargo xtask", "test", "ui", "fmt"]);
        let Chore::Test { steps } = chore else {
            panic!("not test: {chore:?}")
        };
        assert_eq!(steps, [test::Step::Ui, test::Step::Fmt]);
        assert!(Chore::try_parse_from(["cargo xtask", "test", "everything"]).is_err());
    }
}
