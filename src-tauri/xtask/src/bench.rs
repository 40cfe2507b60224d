//! `cargo xtask bench` and `cargo xtask storm`: programs of the package `tillside-tests` that mean
//! something only in a release build.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::fault::Fault;
use crate::process;
use crate::step;

/// Builds one of the programs and runs it with these arguments. The exit code is its own.
///
/// # Errors
/// When it does not build.
pub(crate) fn run(binary: &str, arguments: &[OsString]) -> Result<ExitCode, Fault> {
    let wanted = ["--release", "--package", "tillside-tests", "--bin", binary];
    step::timed(
        binary,
        "building for release (minutes the first time)",
        || process::run(process::cargo(["build"]).args(wanted)),
    )?;
    let mut program = process::cargo(["run", "--quiet"]);
    program.args(wanted).arg("--").args(arguments);
    let ended = process::attend(&mut program)?;
    let code = ended
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}
