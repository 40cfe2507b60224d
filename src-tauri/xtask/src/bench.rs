//! `cargo xtask bench` and `cargo xtask storm`: programs of the package `tillside-tests` that mean
//! something only when they are optimised.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::fault::Fault;
use crate::process;
use crate::step;

/// How a program is optimised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it is shipped: what is measured must be what the shop runs.
    Release,
    /// Quick to build, with every check of the dev profile on (`[profile.storm]`).
    Storm,
}

/// Builds one of the programs and runs it with these arguments. The exit code is its own.
///
/// # Errors
/// When it does not build.
pub(crate) fn run(
    binary: &str,
    profile: Profile,
    arguments: &[OsString],
) -> Result<ExitCode, Fault> {
    let profile = match profile {
        Profile::Release => "release",
        Profile::Storm => "storm",
    };
    let wanted = [
        "--profile",
        profile,
        "--package",
        "tillside-tests",
        "--bin",
        binary,
    ];
    let what = format!("building it, profile {profile} (minutes the first time)");
    step::timed(binary, &what, || {
        process::run(process::cargo(["build"]).args(wanted))
    })?;
    let mut program = process::cargo(["run", "--quiet"]);
    program.args(wanted).arg("--").args(arguments);
    Ok(process::exit_code(process::attend(&mut program)?))
}
