//! `cargo xtask start`: from a fresh clone to an open till.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use crate::fault::Fault;
use crate::need::Need;
use crate::process;
use crate::step;
use crate::system::{self, System};
use crate::ui;

/// Sets up what is missing, builds the till and runs it with these arguments. The exit code is the
/// till's own.
///
/// # Errors
/// When something is missing that cannot be installed here, or does not build.
pub(crate) fn run(arguments: &[OsString]) -> Result<ExitCode, Fault> {
    let variable = |name: &str| std::env::var_os(name);
    if has_display(System::here(), variable) {
        system::ensure(&[Need::Webview])?;
        ui::ensure_built()?;
        build_and_run("the till", "tillside", "tillside", &[], arguments)
    } else {
        // The terminal needs no webview, so a machine without a screen is spared the libraries.
        step::say("start: no display here (DISPLAY and WAYLAND_DISPLAY are not set)");
        step::say("start: playing the same sale in the terminal instead");
        build_and_run(
            "the till for the terminal",
            "cli",
            "till",
            &["practice"],
            arguments,
        )
    }
}

/// Whether a window can be opened. Outside Linux there always is a desktop.
fn has_display(system: System, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    !system.is_linux() || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn build_and_run(
    name: &str,
    package: &str,
    binary: &str,
    first: &[&str],
    arguments: &[OsString],
) -> Result<ExitCode, Fault> {
    step::timed(
        "start",
        &format!("building {name} (minutes the first time)"),
        || {
            process::run(&mut process::cargo([
                "build",
                "--package",
                package,
                "--bin",
                binary,
            ]))
        },
    )?;
    let mut till = process::cargo([
        "run",
        "--quiet",
        "--package",
        package,
        "--bin",
        binary,
        "--",
    ]);
    till.args(first.iter().map(OsStr::new)).args(arguments);
    Ok(process::exit_code(process::attend(&mut till)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_looked_for_on_linux_only() {
        let with = |set: &'static [(&'static str, &'static str)]| {
            move |name: &str| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            }
        };
        for (system, variables, expected) in [
            (System::Apt, with(&[("DISPLAY", ":0")]), true),
            (
                System::Pacman,
                with(&[("WAYLAND_DISPLAY", "wayland-0")]),
                true,
            ),
            (
                System::Apt,
                with(&[("DISPLAY", ""), ("WAYLAND_DISPLAY", "")]),
                false,
            ),
            (System::OtherLinux, with(&[]), false),
            (System::MacOs, with(&[]), true),
            (System::Windows, with(&[]), true),
        ] {
            assert_eq!(has_display(system, variables), expected, "{system:?}");
        }
    }
}
