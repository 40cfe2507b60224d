//! `cargo xtask test`: every check there is, in the order in which they find faults soonest.

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::ValueEnum;

use crate::bench::{self, Profile};
use crate::bundle;
use crate::fault::Fault;
use crate::need::Need;
use crate::process::{self, cargo, npm};
use crate::step;
use crate::system::{self, System};
use crate::tally::{self, Tally};
use crate::ui;

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Every Rust file is formatted
    Fmt,
    /// No warning in any target
    Clippy,
    /// All Rust tests that need no webview
    Rust,
    /// Twenty thousand seeded stories of the engine against the practice store, under faults
    Storm,
    /// The journal's disk after every power cut, full and failing at every write
    Power,
    /// Every parser of foreign bytes under a minute of mutations each
    Fuzz,
    /// The documentation builds without a warning
    Docs,
    /// The UI: types, unit tests, build
    Ui,
    /// The real window, through WebDriver (Linux)
    E2e,
    /// Make the installers and try the .deb (Debian, as root; not in the default run)
    Bundle,
    /// Licences, sources and advisories of the dependencies (not in the default run)
    Deny,
    /// Spelling (not in the default run)
    Typos,
}

/// What runs when no step is named.
const ALL: [Step; 8] = [
    Step::Fmt,
    Step::Clippy,
    Step::Rust,
    Step::Storm,
    Step::Power,
    Step::Docs,
    Step::Ui,
    Step::E2e,
];

/// Runs the steps and closes with one line, `N passed, N failed`. A failing step does not stop the
/// later ones.
///
/// # Errors
/// When nothing could be checked at all, because the working directory or a pipe is not there.
pub(crate) fn run(steps: &[Step]) -> Result<ExitCode, Fault> {
    let steps = if steps.is_empty() { &ALL } else { steps };
    let tallies = match prepare(steps) {
        // What a person has to install first is said at once, not after minutes of other checks.
        Err(fault @ Fault::Missing { .. }) => {
            step::complain(&fault);
            vec![(None, Tally::FAILED)]
        }
        prepared => {
            let is_ready = prepared.is_ok();
            if let Err(fault) = prepared {
                step::complain(&fault);
            }
            steps
                .iter()
                .map(|&step| (Some(step), attempt(step, is_ready)))
                .collect()
        }
    };
    let failed: Vec<String> = tallies
        .iter()
        .filter(|(_, tally)| tally.failed > 0)
        .filter_map(|(step, _)| step.map(Step::name))
        .collect();
    if !failed.is_empty() {
        step::say(&format!("failed: {}", failed.join(", ")));
    }
    let all: Tally = tallies.into_iter().map(|(_, tally)| tally).sum();
    step::say(&all.to_string());
    Ok(if all.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// What has to be installed before the first step. Clippy and the documentation compile the
    /// window too.
    fn needs(self) -> &'static [Need] {
        match self {
            Self::Clippy | Self::Docs | Self::Bundle => &[Need::Webview],
            Self::E2e => &[Need::Webview, Need::RealWindow],
            Self::Fmt
            | Self::Rust
            | Self::Storm
            | Self::Power
            | Self::Fuzz
            | Self::Ui
            | Self::Deny
            | Self::Typos => &[],
        }
    }

    /// Whether it builds the UI: itself, or because the window has the UI's files inside.
    fn builds_ui(self) -> bool {
        matches!(
            self,
            Self::Clippy | Self::Docs | Self::Ui | Self::E2e | Self::Bundle
        )
    }
}

fn prepare(steps: &[Step]) -> Result<(), Fault> {
    if steps.iter().any(|step| step.builds_ui()) {
        ui::ensure_node()?;
    }
    let mut needs: Vec<Need> = Vec::new();
    for &need in steps.iter().flat_map(|step| step.needs()) {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    system::ensure(&needs)
}

fn attempt(step: Step, is_ready: bool) -> Tally {
    let name = step.name();
    if !is_ready && !step.needs().is_empty() {
        step::say(&format!(
            "{name}: FAILED, because what it needs is not installed"
        ));
        return Tally::FAILED;
    }
    step::say(&format!("{name}: {}", step.what()));
    let started = Instant::now();
    let tally = step.run().unwrap_or_else(|fault| {
        step::complain(&fault);
        Tally::FAILED
    });
    let verdict = match tally {
        Tally {
            passed: 0,
            failed: 0,
        } => "nothing to do".to_owned(),
        Tally { failed: 0, .. } => tally.to_string(),
        Tally { .. } => format!("FAILED, {tally}"),
    };
    step::say(&format!(
        "{name}: {verdict}, in {}\n",
        step::spell(started.elapsed())
    ));
    tally
}

impl Step {
    fn what(self) -> &'static str {
        match self {
            Self::Fmt => "is every Rust file formatted?",
            Self::Clippy => "is there a warning in any target?",
            Self::Rust => "all Rust tests that need no webview",
            Self::Storm => "the engine under faults, 200,000 seeds",
            Self::Power => "the journal on a disk that loses its current, its room or its bits",
            Self::Fuzz => "every parser of foreign bytes, a minute each",
            Self::Docs => "does the documentation build without a warning?",
            Self::Ui => "types, unit tests and build of the UI",
            Self::E2e => "the real window",
            Self::Bundle => "the installers, and the .deb from installing to removing",
            Self::Deny => "licences, sources and advisories of the dependencies",
            Self::Typos => "spelling",
        }
    }

    fn run(self) -> Result<Tally, Fault> {
        match self {
            Self::Fmt => one(cargo(["fmt", "--all", "--check"])),
            Self::Clippy => {
                let mut clippy = cargo(["clippy", "--workspace", "--all-targets", "--locked"]);
                clippy.args(["--", "-D", "warnings"]);
                one(clippy)
            }
            Self::Rust => rust(),
            Self::Storm => storm(),
            Self::Power => Ok(power()),
            Self::Fuzz => Ok(fuzz()),
            Self::Docs => docs(),
            Self::Ui => ui(),
            Self::E2e => end_to_end(),
            Self::Bundle => bundle::check(),
            Self::Deny => optional("cargo-deny", cargo(["deny", "--locked", "check"])),
            Self::Typos => optional("typos", process::command("typos")),
        }
    }
}

/// A command that counts as one.
fn one(command: Command) -> Result<Tally, Fault> {
    process::follow(command, |_| ()).map(|()| Tally::PASSED)
}

/// A command that counts as one where its program is installed.
fn optional(program: &str, command: Command) -> Result<Tally, Fault> {
    if process::is_on_path(program) {
        return one(command);
    }
    step::say(&format!(
        "{program} is not installed: cargo install --locked {}",
        crate_of(program)
    ));
    Ok(Tally::default())
}

fn crate_of(program: &str) -> &str {
    if program == "typos" {
        "typos-cli"
    } else {
        program
    }
}

/// A runner whose summary lines are counted.
fn counted(command: Command, read: fn(&str) -> Option<Tally>) -> (Tally, Option<Fault>) {
    let mut seen = Tally::default();
    let ended = process::follow(command, |line| {
        seen = [seen, read(line).unwrap_or_default()].into_iter().sum();
    });
    (seen, ended.err())
}

/// Says why a runner failed and settles its count.
fn settle((seen, fault): (Tally, Option<Fault>)) -> Tally {
    if let Some(fault) = &fault {
        step::complain(fault);
    }
    seen.settled(fault.is_none())
}

/// The stories of every run; the tests of `tests/` play some of them unoptimised.
const STORM_SEEDS: &str = "0..200000";

const WITHOUT_WINDOW: [&str; 5] = [
    "--workspace",
    "--exclude",
    "tillside",
    "--locked",
    "--no-fail-fast",
];

fn rust() -> Result<Tally, Fault> {
    let has_nextest = process::is_on_path("cargo-nextest");
    let tests = if has_nextest {
        let mut tests = cargo(["nextest", "run"]);
        tests.args(WITHOUT_WINDOW);
        settle(counted(tests, tally::of_nextest))
    } else {
        let mut tests = cargo(["test", "--all-targets"]);
        tests.args(WITHOUT_WINDOW);
        settle(counted(tests, tally::of_cargo_test))
    };
    // Neither of the two runs the examples in the documentation. There may be none.
    let mut examples = cargo(["test", "--doc"]);
    examples.args(WITHOUT_WINDOW);
    let (seen, fault) = counted(examples, tally::of_cargo_test);
    let examples = if fault.is_none() {
        seen
    } else {
        settle((seen, fault))
    };
    Ok([tests, examples].into_iter().sum())
}

fn storm() -> Result<Tally, Fault> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let arguments = ["--seeds", STORM_SEEDS, "--threads", &threads.to_string()].map(OsString::from);
    let code = bench::run("storm", Profile::Storm, &arguments)?;
    Ok(if code == ExitCode::SUCCESS {
        Tally::PASSED
    } else {
        Tally::FAILED
    })
}

/// All that `cargo test` tries a sample of, in the storm's profile.
fn power() -> Tally {
    let mut tests = cargo(["test", "--profile", "storm", "--locked", "--no-fail-fast"]);
    tests.args(["--package", "tillside-tests", "--test", "power"]);
    // One after the other: each uses every processor by itself. What they count is printed.
    tests.args(["--", "--test-threads", "1", "--nocapture"]);
    tests.env("POWER_SHARE", "100");
    settle(counted(tests, tally::of_cargo_test))
}

/// What `cargo test` does for some seconds, in the storm's profile.
fn fuzz() -> Tally {
    let mut tests = cargo(["test", "--profile", "storm", "--locked", "--no-fail-fast"]);
    tests.args(["--package", "tillside-tests", "--test", "fuzz"]);
    // How many inputs were tried is printed.
    tests.args(["--", "--nocapture"]);
    tests.env("FUZZ_SECONDS", "60");
    // The mistakes that are found on purpose say so, and need not say where.
    tests.env("RUST_BACKTRACE", "0");
    settle(counted(tests, tally::of_cargo_test))
}

fn docs() -> Result<Tally, Fault> {
    let mut documentation = cargo(["doc", "--workspace", "--no-deps", "--locked"]);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    one(documentation)
}

fn ui() -> Result<Tally, Fault> {
    ui::ensure_packages()?;
    let check = count_one(npm(["run", "check"]));
    let mut tests = npm(["test"]);
    // With CI set Vitest neither waits for changes nor writes snapshots that nobody has reviewed.
    tests.env("CI", "true");
    let tests = settle(counted(tests, tally::of_vitest));
    let build = count_one(npm(["run", "build"]));
    Ok([check, tests, build].into_iter().sum())
}

fn count_one(command: Command) -> Tally {
    one(command).unwrap_or_else(|fault| {
        step::complain(&fault);
        Tally::FAILED
    })
}

fn end_to_end() -> Result<Tally, Fault> {
    if !System::here().is_linux() {
        step::say("e2e: only Linux has a driver for this window; not run");
        return Ok(Tally::default());
    }
    ui::ensure_built()?;
    let tests = cargo([
        "test",
        "--package",
        "tillside",
        "--locked",
        "--no-fail-fast",
    ]);
    Ok(settle(counted(tests, tally::of_cargo_test)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_run_has_the_promised_order() {
        let names: Vec<_> = ALL.into_iter().map(Step::name).collect();
        assert_eq!(
            names,
            [
                "fmt", "clippy", "rust", "storm", "power", "docs", "ui", "e2e"
            ]
        );
    }

    #[test]
    fn what_compiles_the_window_asks_for_its_libraries() {
        for step in Step::value_variants() {
            let compiles_window =
                matches!(step, Step::Clippy | Step::Docs | Step::E2e | Step::Bundle);
            assert_eq!(
                step.needs().contains(&Need::Webview),
                compiles_window,
                "{step:?}"
            );
            assert!(!compiles_window || step.builds_ui(), "{step:?}");
        }
        assert!(Step::E2e.needs().contains(&Need::RealWindow));
    }

    #[test]
    fn a_step_whose_needs_failed_counts_as_failed_and_is_not_run() {
        assert_eq!(attempt(Step::E2e, false), Tally::FAILED);
    }

    #[cfg(unix)]
    #[test]
    fn a_runner_is_counted_by_its_own_words() {
        let shell = |script: &str| {
            let mut shell = process::command("sh");
            shell.args(["-c", script]);
            settle(counted(shell, tally::of_cargo_test))
        };
        let two = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; \
                   echo 'test result: ok. 3 passed; 0 failed; 0 ignored'";
        assert_eq!(
            shell(two),
            Tally {
                passed: 5,
                failed: 0
            }
        );
        assert_eq!(
            shell(&format!("{two}; exit 101")),
            Tally {
                passed: 5,
                failed: 1
            }
        );
        assert_eq!(
            shell("echo 'error: could not compile'; exit 101"),
            Tally::FAILED
        );
        assert_eq!(shell("true"), Tally::FAILED);
    }

    #[test]
    fn a_program_that_is_not_there_is_neither_passed_nor_failed() {
        let absent = process::command("no-such-program-here");
        assert_eq!(
            optional("no-such-program-here", absent).unwrap(),
            Tally::default()
        );
    }
}
