//! Everything that is printed goes through here: words for people, or one object of JSON a line
//! for scripts.

use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::words::Words;

/// The two ways out, and the language.
pub(crate) struct Output {
    words: Words,
    is_json: bool,
    standing: Mutex<Standing>,
}

/// How standard output does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    /// Who read it has gone (`till orders | head`): nothing more to say, and no fault.
    Closed,
    /// It could not be written, on a full disk for example.
    Failed,
}

impl Output {
    /// An output in words or in JSON.
    pub(crate) fn new(words: Words, is_json: bool) -> Self {
        Self {
            words,
            is_json,
            standing: Mutex::new(Standing::Open),
        }
    }

    /// The sentences.
    pub(crate) const fn words(&self) -> &Words {
        &self.words
    }

    /// Whether a person sits in front of it who can press Enter.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.is_json && io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Whether a picture can be drawn: a person looks at a terminal that knows colours.
    pub(crate) fn draws(&self) -> bool {
        let is_plain = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        !self.is_json && !is_plain && io::stdout().is_terminal()
    }

    /// A line for people.
    pub(crate) fn say(&self, line: &str) {
        if !self.is_json {
            self.print(line);
        }
    }

    /// A text of the files for people.
    pub(crate) fn tell(&self, key: &str, values: &[(&str, &str)]) {
        self.say(&self.words.fill(key, values));
    }

    /// An object for programs. `fields` is an object; `at` and `event` are put before it.
    pub(crate) fn event(&self, event: &str, fields: Value) {
        if self.is_json {
            self.print(&object(event, fields));
        }
    }

    /// A line that is the same for people and programs (the export).
    pub(crate) fn print(&self, line: &str) {
        let mut standing = self.standing();
        if *standing == Standing::Open
            && let Err(error) = writeln!(io::stdout().lock(), "{line}")
        {
            *standing = of(&error);
        }
    }

    /// Why a command failed, on standard error: what was printed so far stays clean.
    pub(crate) fn complain(&self, fault: &Fault) {
        let sentence = fault.sentence(&self.words);
        let text = if self.is_json {
            let code = fault.code().map(|code| code.name());
            let detail = fault.detail();
            object(
                "error",
                json!({ "code": code, "message": sentence, "detail": detail }),
            )
        } else {
            match fault.detail() {
                Some(detail) => format!("till: {sentence}\n      ({detail})"),
                None => format!("till: {sentence}"),
            }
        };
        // Nobody is left to tell where standard error is gone as well.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A question to whoever sits there, beside the answer that a script may be reading.
    pub(crate) fn ask(&self, key: &str) {
        // A question that cannot be seen is answered with nothing, which changes nothing.
        let _ = writeln!(io::stderr().lock(), "{}", self.words.text(key));
    }

    /// How the command ended, all printing considered.
    pub(crate) fn close(&self, exit: Exit) -> Exit {
        let flushed = io::stdout().lock().flush();
        let mut standing = self.standing();
        if let (Standing::Open, Err(error)) = (*standing, flushed) {
            *standing = of(&error);
        }
        match (*standing, exit) {
            (Standing::Failed, Exit::Done) => Exit::Error,
            (Standing::Open | Standing::Closed | Standing::Failed, exit) => exit,
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of(error: &io::Error) -> Standing {
    if error.kind() == ErrorKind::BrokenPipe {
        Standing::Closed
    } else {
        Standing::Failed
    }
}

fn object(event: &str, fields: Value) -> String {
    let mut line = json!({ "at": Timestamp::now().to_string(), "event": event });
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    line.to_string()
}

/// A time of the bridge (RFC 3339 in UTC) as the clock on the wall shows it.
pub(crate) fn wall_clock(at: &str) -> String {
    in_zone(at, TimeZone::system())
}

fn in_zone(at: &str, zone: TimeZone) -> String {
    at.parse::<Timestamp>().map_or_else(
        |_| at.to_owned(),
        |at| at.to_zoned(zone).strftime("%H:%M:%S").to_string(),
    )
}

/// The same with its day.
pub(crate) fn calendar(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(
        |_| at.to_owned(),
        |at| {
            let here = at.to_zoned(TimeZone::system());
            here.strftime("%Y-%m-%d %H:%M:%S").to_string()
        },
    )
}

/// The time of day now.
pub(crate) fn now() -> String {
    Timestamp::now().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_has_its_time_and_event_and_stays_one_line() {
        let line = object("error", json!({ "message": "a\nb", "code": null }));
        assert!(!line.contains('\n'), "{line}");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["event"], "error");
        assert_eq!(value["message"], "a\nb");
        assert!(value["at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    }

    #[test]
    fn times_are_shown_as_on_the_wall() {
        let zone = TimeZone::fixed(jiff::tz::offset(-6));
        assert_eq!(in_zone("2026-03-14T21:04:05.123Z", zone), "15:04:05");
        assert_eq!(in_zone("yesterday", TimeZone::UTC), "yesterday");
    }

    #[test]
    fn only_a_reader_who_left_is_no_fault() {
        for (kind, expected, exit) in [
            (ErrorKind::BrokenPipe, Standing::Closed, Exit::Done),
            (ErrorKind::StorageFull, Standing::Failed, Exit::Error),
        ] {
            assert_eq!(of(&io::Error::from(kind)), expected);
            let output = Output::new(Words::of(crate::words::Language::En), false);
            *output.standing() = expected;
            assert_eq!(output.close(Exit::Done), exit);
            assert_eq!(output.close(Exit::Open), Exit::Open, "never hidden");
        }
    }
}
