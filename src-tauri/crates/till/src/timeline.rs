//! What happened to a payment, line by line, in the order of its facts. Pure.

use std::collections::BTreeMap;

use journal::{Entry, Fact};
use payment::{
    CancelAnswer, Channel, Event, Payment, Prompt, Refusal, Seen, Standing, State, Witness,
};

use crate::api::{Line, LineKey, Mark};
use crate::tell::{Names, actor_name, time};

/// The lines of a payment, oldest first; an open one ends with what is awaited.
pub(crate) fn timeline(payment: &Payment, names: &Names, entries: &[Entry]) -> Vec<Line> {
    let mut lines: Vec<Line> = entries
        .iter()
        .filter_map(|entry| line(payment, names, entry))
        .collect();
    if payment.state.is_open() {
        lines.push(Line {
            at: None,
            what: LineKey::Awaiting,
            params: line_params(payment, names),
            mark: Mark::Todo,
        });
        // The last thing that happened is where it stands.
        if let Some(last) = lines.iter_mut().rev().nth(1)
            && last.mark == Mark::Done
            && payment.state != State::NotKnown
        {
            last.mark = Mark::Now;
        }
    }
    lines
}

fn line_params(payment: &Payment, names: &Names) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("provider".to_owned(), names.provider.clone()),
        ("terminal".to_owned(), names.terminal.clone()),
        ("amount".to_owned(), payment.amount.to_string()),
        ("who".to_owned(), String::new()),
        ("said".to_owned(), String::new()),
        (
            "intent".to_owned(),
            payment
                .intent
                .as_ref()
                .map(|intent| short(intent.as_str()))
                .unwrap_or_default(),
        ),
    ])
}

/// The ends of a long name: enough to find it in the provider's own pages.
fn short(intent: &str) -> String {
    let length = intent.chars().count();
    if length <= 12 {
        return intent.to_owned();
    }
    let head: String = intent.chars().take(4).collect();
    let tail: String = intent.chars().skip(length.saturating_sub(4)).collect();
    format!("{head}…{tail}")
}

fn line(payment: &Payment, names: &Names, entry: &Entry) -> Option<Line> {
    let Fact::Payment { event, .. } = &entry.fact else {
        return None;
    };
    let (what, mark, who, said) = told(payment.way.channel(), event)?;
    let mut params = line_params(payment, names);
    params.insert("who".to_owned(), who);
    params.insert("said".to_owned(), said);
    Some(Line {
        at: Some(time(entry.at_ms)),
        what,
        params,
        mark,
    })
}

/// Key, mark, who and what was said. `None`: nothing a cashier needs to read.
fn told(channel: Channel, event: &Event) -> Option<(LineKey, Mark, String, String)> {
    let none = String::new;
    Some(match event {
        Event::Requested { by, .. } => (LineKey::Saved, Mark::Done, actor_name(by), none()),
        Event::Dispatched | Event::Closed => return None,
        Event::Answered { seen, .. } => (LineKey::Accepted, Mark::Done, none(), seen.raw.clone()),
        Event::Refused {
            refusal: Refusal::NotSent { failure },
        } => (LineKey::NotSent, Mark::Warn, none(), chain(failure)),
        Event::Refused {
            refusal: Refusal::Invalid { said },
        } => (LineKey::Refused, Mark::Warn, none(), said.clone()),
        Event::Refused {
            refusal: Refusal::KeyRefused | Refusal::NoKey,
        } => (LineKey::Refused, Mark::Warn, none(), none()),
        Event::AnswerLost { failure } => (LineKey::AnswerLost, Mark::Warn, none(), chain(failure)),
        Event::Interrupted => (LineKey::Interrupted, Mark::Warn, none(), none()),
        Event::ArrivedUnseen { page: Some(_) } => (LineKey::PageMade, Mark::Done, none(), none()),
        Event::ArrivedUnseen { page: None } => (LineKey::ArrivedUnseen, Mark::Warn, none(), none()),
        Event::Mismatched { said, .. } => (LineKey::OtherAmount, Mark::Warn, none(), said.clone()),
        Event::Read { seen } => {
            let (what, mark) = read_line(channel, seen);
            (what, mark, none(), seen.raw.clone())
        }
        Event::ReadingLost { failure } => {
            (LineKey::ReadingLost, Mark::Warn, none(), chain(failure))
        }
        Event::CancelAsked { by } => (LineKey::CancelAsked, Mark::Warn, actor_name(by), none()),
        Event::CancelAnswered {
            answer: CancelAnswer::Accepted,
        } => (LineKey::CancelAccepted, Mark::Done, none(), none()),
        Event::CancelAnswered {
            answer: CancelAnswer::Refused { failure },
        } => (LineKey::CancelRefused, Mark::Warn, none(), chain(failure)),
        Event::CancelAnswered {
            answer: CancelAnswer::Lost { failure },
        } => (LineKey::CancelLost, Mark::Warn, none(), chain(failure)),
        Event::ProvedAbsent => (LineKey::Absent, Mark::Done, none(), none()),
        Event::Witnessed {
            by,
            saw: Witness::Paid,
        } => (LineKey::WitnessedPaid, Mark::Warn, actor_name(by), none()),
        Event::Witnessed {
            by,
            saw: Witness::NotPaid,
        } => (
            LineKey::WitnessedNotPaid,
            Mark::Warn,
            actor_name(by),
            none(),
        ),
    })
}

fn read_line(channel: Channel, seen: &Seen) -> (LineKey, Mark) {
    match (seen.standing, seen.prompt) {
        (Standing::Waiting, None) if channel == Channel::Link => (LineKey::WaitingLink, Mark::Done),
        (_, Some(Prompt::CardDeclined)) => (LineKey::CardDeclined, Mark::Warn),
        (Standing::Waiting, None) => (LineKey::Waiting, Mark::Done),
        (Standing::Processing, None) => (LineKey::Processing, Mark::Done),
        (Standing::NeedsCashier, None) => (LineKey::NeedsCashier, Mark::Warn),
        (Standing::Authorised, None) => (LineKey::Authorised, Mark::Done),
        (Standing::Paid, None) => (LineKey::Paid, Mark::Done),
        (Standing::Declined, None) => (LineKey::Declined, Mark::Warn),
        (Standing::Cancelled, None) => (LineKey::Cancelled, Mark::Done),
        (Standing::Expired, None) => (LineKey::Expired, Mark::Warn),
        (Standing::PartlyRefunded, None) => (LineKey::PartlyRefunded, Mark::Done),
        (Standing::Refunded, None) => (LineKey::Refunded, Mark::Done),
        (Standing::Unrecognised, None) => (LineKey::Unrecognised, Mark::Warn),
    }
}

/// A failure with its cause, for support: "the answer was lost: no answer came in time".
fn chain(failure: &payment::Failure) -> String {
    use std::error::Error as _;
    match failure.source() {
        Some(source) => format!("{failure}: {source}"),
        None => failure.to_string(),
    }
}
