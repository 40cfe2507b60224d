//! One line before a step, one after it.

use std::error::Error;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::fault::Fault;

/// Writes one line to standard output.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    // A closed pipe is the reader's choice, not a reason to leave a machine half set up.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a fault and what caused it to standard error.
pub(crate) fn complain(fault: &Fault) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "{}", in_full(fault));
}

fn in_full(fault: &Fault) -> String {
    let mut text = format!("error: {fault}\n");
    let mut cause = fault.source();
    while let Some(error) = cause {
        text.push_str(&format!("  because: {error}\n"));
        cause = error.source();
    }
    text
}

/// Does one piece of work: says what, and then how long it took.
pub(crate) fn timed<T>(
    name: &str,
    what: &str,
    work: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    say(&format!("{name}: {what}"));
    let started = Instant::now();
    let result = work();
    let took = spell(started.elapsed());
    match &result {
        Ok(_) => say(&format!("{name}: done in {took}")),
        Err(_) => say(&format!("{name}: FAILED after {took}")),
    }
    result
}

/// A duration for people: `0.4 s`, `71.2 s` up to two minutes, then `3 min 12 s`.
pub(crate) fn spell(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_for_people() {
        for (time_ms, text) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (71_250, "71.2 s"),
            (119_999, "119.9 s"),
            (120_000, "2 min 0 s"),
            (192_400, "3 min 12 s"),
        ] {
            assert_eq!(spell(Duration::from_millis(time_ms)), text);
        }
    }

    #[test]
    fn a_fault_names_its_cause_once() {
        let fault = Fault::Start {
            program: "npm".to_owned(),
            source: io::Error::new(io::ErrorKind::NotFound, "no such file"),
        };
        assert_eq!(
            in_full(&fault),
            "error: could not start `npm`\n  because: no such file\n"
        );
    }
}
