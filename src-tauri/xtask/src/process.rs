//! Starting other programs: quietly, in the open, or in the open while reading along.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::fault::Fault;

/// How long the output must be silent, once the program itself has ended, to count as complete.
const QUIET: Duration = Duration::from_millis(200);

/// Makes the project's root the working directory, so that every path here can be relative to it.
pub(crate) fn enter_project() -> Result<(), Fault> {
    // Cargo says where the package lies now; the path it was compiled with may be another clone's.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = package.join("..").join("..");
    std::env::set_current_dir(&root).map_err(|source| Fault::File {
        verb: "enter",
        path: root,
        source,
    })
}

/// A command without what `cargo run` put into this program's environment.
///
/// Build scripts such as ring's are run again when `CARGO_PKG_NAME` or `CARGO_MANIFEST_DIR` differ
/// from the last time, so a cargo started from here would otherwise rebuild what a cargo started by
/// hand had built, and the other way round.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || matches!(
            variable,
            "CARGO" | "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "CARGO_BIN_NAME"
        )
}

/// The cargo that runs this program, so that the pinned toolchain is used throughout.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// npm, in the folder of the UI.
pub(crate) fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    // npm is a script; on Windows only the name with its ending is found.
    let mut command = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir("ui");
    command
}

/// The command as one could type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Starts a program.
pub(crate) fn spawn(command: &mut Command) -> Result<Child, Fault> {
    command
        .spawn()
        .map_err(|source| not_started(command, source))
}

/// Runs a program in the open, with this terminal as its own, and hands back how it ended.
pub(crate) fn attend(command: &mut Command) -> Result<ExitStatus, Fault> {
    command
        .status()
        .map_err(|source| not_started(command, source))
}

/// How a program ended, as this program's own end. One that was ended by a signal has no code; that
/// is not success.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Runs a program in the open and takes anything but success as a fault.
pub(crate) fn run(command: &mut Command) -> Result<(), Fault> {
    let status = attend(command)?;
    succeeded(command, status)
}

/// Asks a program something and says whether it agreed; a program that is not there does not.
pub(crate) fn agrees(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Asks a program something and hands back what it said on its standard output.
pub(crate) fn ask(command: &mut Command) -> Result<String, Fault> {
    let answer = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| not_started(command, source))?;
    succeeded(command, answer.status)?;
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Runs a program without a standard input, shows every line it writes and lets `see` read it, its
/// colours taken out. Both of its outputs come through one pipe and so keep their order.
pub(crate) fn follow(mut command: Command, mut see: impl FnMut(&str)) -> Result<(), Fault> {
    if io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let (reader, writer) = io::pipe().map_err(|source| not_started(&command, source))?;
    let copy = writer
        .try_clone()
        .map_err(|source| not_started(&command, source))?;
    let mut child = spawn(command.stdin(Stdio::null()).stdout(copy).stderr(writer))?;
    // The command holds the writing ends; while it lives the pipe would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let lines = lines_of(reader);
    let status = loop {
        match lines.recv_timeout(QUIET) {
            Ok(line) => {
                show(&line);
                see(&without_colours(&String::from_utf8_lossy(&line)));
            }
            // A daemon left behind by a test keeps the pipe open long after the program has ended.
            Err(RecvTimeoutError::Timeout) => match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) => {}
                Err(source) => break Err(source),
            },
            Err(RecvTimeoutError::Disconnected) => break child.wait(),
        }
    }
    .map_err(|source| not_started(&command, source))?;
    succeeded(&command, status)
}

fn lines_of(reader: io::PipeReader) -> mpsc::Receiver<Vec<u8>> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    lines
}

/// A reader that went away (`| head`) must not stop an installation half-way: not an error.
fn show(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Takes out the escape sequences that colour a terminal: ESC `[` parameters, then one letter.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = rest
            .strip_prefix(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(rest);
    }
    plain.push_str(rest);
    plain
}

fn not_started(command: &Command, source: io::Error) -> Fault {
    Fault::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<(), Fault> {
    if status.success() {
        return Ok(());
    }
    Err(Fault::Ended {
        line: typed(command),
        ended: status.to_string(),
    })
}

/// Whether a program of this name is on the PATH.
pub(crate) fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| {
            folder.join(program).is_file() || folder.join(format!("{program}.exe")).is_file()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        for (coloured, plain) in [
            ("plain", "plain"),
            ("\u{1b}[32m ok \u{1b}[0m", " ok "),
            ("\u{1b}[1;38;5;10mTests\u{1b}[22m  3", "Tests  3"),
            ("\u{1b}[Kx", "x"),
            ("cut \u{1b}[3", "cut "),
        ] {
            assert_eq!(without_colours(coloured), plain);
        }
    }

    #[test]
    fn the_environment_of_this_package_stays_here() {
        for name in [
            "CARGO",
            "CARGO_PKG_NAME",
            "CARGO_PKG_VERSION_MAJOR",
            "CARGO_MANIFEST_DIR",
        ] {
            assert!(is_of_this_package(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_TERM_COLOR", "PATH"] {
            assert!(!is_of_this_package(name), "{name}");
        }
    }

    #[test]
    fn a_command_reads_as_it_is_typed() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        assert_eq!(typed(command.args(["fmt", "--all"])), "cargo fmt --all");
    }

    #[cfg(unix)]
    #[test]
    fn both_outputs_are_read_and_failure_is_a_fault() {
        let mut seen = Vec::new();
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo one; echo two >&2; printf three; exit 4"]);
        let fault = follow(shell, |line| seen.push(line.trim_end().to_owned())).unwrap_err();
        assert_eq!(seen, ["one", "two", "three"]);
        assert!(
            fault.to_string().ends_with("failed: exit status: 4"),
            "{fault}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_daemon_left_behind_does_not_hold_the_chore() {
        let started = std::time::Instant::now();
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 20 & echo left"]);
        let mut seen = 0;
        follow(shell, |_| seen += 1).unwrap();
        assert_eq!(seen, 1);
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let fault = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(fault.to_string(), "could not start `no-such-program-here`");
        assert!(!agrees(&mut Command::new("no-such-program-here")));
    }
}
