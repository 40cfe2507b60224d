//! What happened to a payment, line by line, in the order of its facts. Pure.

use std::collections::BTreeMap;

use journal::{Entry, Fact};
use payment::{
    Act, ActOutcome, ActSeen, Actor, CancelAnswer, Channel, Decision, Event, Payment, Prompt,
    Refusal, Seen, Shop, Standing, State, Warning, Witness,
};

use crate::api::{Line, LineKey, Mark};
use crate::tell::{self, Names, actor_name, time};

/// The lines of a payment, oldest first; an open one ends with what is awaited.
pub(crate) fn timeline(payment: &Payment, names: &Names, entries: &[Entry]) -> Vec<Line> {
    let mut lines = happened(payment, names, entries);
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

/// A line for each fact that says something new. A reading that is news to the till alone (another
/// word of the provider's for the same thing) is told once.
fn happened(payment: &Payment, names: &Names, entries: &[Entry]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut read_last = None;
    let mut is_cancelling = false;
    for entry in entries {
        let Fact::Payment { event, .. } = &entry.fact else {
            continue;
        };
        is_cancelling |= matches!(event, Event::CancelAsked { .. });
        let Some(line) = line(payment, names, entry.at_ms, event) else {
            continue;
        };
        // The terminal let go because the till asked: nobody pressed its red key.
        if is_cancelling && line.what == LineKey::CancelledAtTerminal {
            continue;
        }
        let read = matches!(event, Event::Read { .. }).then_some(line.what);
        if read.is_none() || read != read_last || quotes_provider(line.what) {
            lines.push(line);
        }
        read_last = read;
    }
    lines
}

/// The line shows the provider's own word, so that another word is another line.
const fn quotes_provider(line: LineKey) -> bool {
    matches!(
        line,
        LineKey::Unrecognised | LineKey::TerminalIdle | LineKey::Unconfirmed
    )
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

/// One fact as a line, whatever stands beside it; `None` where it says nothing to people.
pub(crate) fn one_line(shop: &Shop, payment: &Payment, at_ms: i64, event: &Event) -> Option<Line> {
    line(payment, &tell::names(shop, payment), at_ms, event)
}

fn line(payment: &Payment, names: &Names, at_ms: i64, event: &Event) -> Option<Line> {
    let (what, mark, who, said) = told(payment.way.channel(), event)?;
    let mut params = line_params(payment, names);
    params.insert("who".to_owned(), who);
    params.insert("said".to_owned(), said);
    Some(Line {
        at: Some(time(at_ms)),
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
        Event::Dispatched | Event::ActSent { .. } | Event::Closed => return None,
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
        Event::CancelAsked {
            by,
            reason: Some(reason),
            ..
        } => (
            LineKey::VoidAsked,
            Mark::Warn,
            actor_name(by),
            reason.clone(),
        ),
        Event::CancelAsked {
            by, reason: None, ..
        } => (LineKey::CancelAsked, Mark::Warn, actor_name(by), none()),
        Event::CancelAnswered {
            answer: CancelAnswer::Accepted,
        } => (LineKey::CancelAccepted, Mark::Done, none(), none()),
        Event::CancelAnswered {
            answer: CancelAnswer::Refused { failure },
        } => (LineKey::CancelRefused, Mark::Warn, none(), chain(failure)),
        Event::CancelAnswered {
            answer: CancelAnswer::Lost { failure },
        } => (LineKey::CancelLost, Mark::Warn, none(), chain(failure)),
        Event::ActAsked { act, by, .. } => {
            let (what, said) = act_line(act);
            (what, Mark::Warn, actor_name(by), said)
        }
        Event::ActAnswered {
            answer: CancelAnswer::Accepted,
            ..
        } => (LineKey::ActAccepted, Mark::Done, none(), none()),
        Event::ActAnswered {
            answer: CancelAnswer::Refused { failure },
            ..
        } => (LineKey::ActRefused, Mark::Warn, none(), failure.said()),
        Event::ActAnswered {
            answer: CancelAnswer::Lost { failure },
            ..
        } => (LineKey::ActLost, Mark::Warn, none(), chain(failure)),
        Event::ActGivenUp { .. } => (LineKey::ActUnshown, Mark::Warn, none(), none()),
        Event::ReceiptsRead { .. } => (LineKey::ReceiptsKept, Mark::Done, none(), none()),
        Event::WarningPassed { warning, order, by } => {
            let of = order.as_ref().map(ToString::to_string);
            let (what, said) = match warning {
                Warning::UnresolvedTwin { .. } => (LineKey::PassedUnresolvedTwin, of),
                Warning::SameOrder { .. } => (LineKey::PassedSameOrder, of),
                Warning::SameAmount { .. } => (LineKey::PassedSameAmount, of),
                Warning::UnusualAmount { usual, .. } => {
                    (LineKey::PassedUnusualAmount, Some(usual.to_string()))
                }
            };
            (what, Mark::Warn, actor_name(by), said.unwrap_or_default())
        }
        Event::AmountChangeAsked { amount, by } => (
            LineKey::AmountChangeAsked,
            Mark::Warn,
            actor_name(by),
            amount.to_string(),
        ),
        Event::Decided {
            decision,
            reason,
            by,
        } => {
            let what = match decision {
                Decision::Keep => LineKey::DecidedKeep,
                Decision::GiveBack => LineKey::DecidedGiveBack,
            };
            (what, Mark::Warn, actor_name(by), reason.clone())
        }
        Event::ProvedAbsent => (LineKey::Absent, Mark::Done, none(), none()),
        Event::Witnessed {
            by,
            saw: Witness::Paid,
            receipt,
            checked,
        } => {
            let who = word(by, receipt.as_deref(), checked.as_deref());
            (LineKey::WitnessedPaid, Mark::Warn, who, none())
        }
        Event::Witnessed {
            by,
            saw: Witness::GivenBack,
            receipt,
            checked,
        } => {
            let who = word(by, receipt.as_deref(), checked.as_deref());
            (LineKey::WitnessedGivenBack, Mark::Warn, who, none())
        }
        Event::Witnessed {
            by,
            saw: Witness::NotPaid,
            receipt,
            checked,
        } => {
            let who = word(by, receipt.as_deref(), checked.as_deref());
            (LineKey::WitnessedNotPaid, Mark::Warn, who, none())
        }
    })
}

/// Who gave their word, and what it rests on: the receipt's reference and what was checked.
fn word(by: &Actor, receipt: Option<&str>, checked: Option<&str>) -> String {
    let rests_on = receipt.into_iter().chain(checked).map(str::to_owned);
    let parts: Vec<String> = [actor_name(by)].into_iter().chain(rests_on).collect();
    parts.join(" · ")
}

fn act_line(act: &Act) -> (LineKey, String) {
    match act {
        Act::TryAgain => (LineKey::TryAgainAsked, String::new()),
        Act::Sign { accepted: true } => (LineKey::SignatureAccepted, String::new()),
        Act::Sign { accepted: false } => (LineKey::SignatureRejected, String::new()),
        Act::Capture => (LineKey::CaptureAsked, String::new()),
        Act::Reverse => (LineKey::ReverseAsked, String::new()),
        Act::Refund { amount, .. } => (LineKey::RefundAsked, amount.to_string()),
    }
}

/// What a reading says: while it is open, what the terminal shows says more than the standing.
fn read_line(channel: Channel, seen: &Seen) -> (LineKey, Mark) {
    let is_refused = |told: &ActSeen| matches!(told.outcome, ActOutcome::Refused { .. });
    if seen.acts.iter().any(is_refused) {
        return (LineKey::RefundDeclined, Mark::Warn);
    }
    match (seen.standing, seen.prompt) {
        (Standing::Unconfirmed, _) => (LineKey::Unconfirmed, Mark::Warn),
        (Standing::Waiting | Standing::Processing | Standing::NeedsCashier, Some(prompt))
        | (
            Standing::Paid | Standing::PartlyRefunded | Standing::Refunded,
            Some(
                prompt @ (Prompt::RefundWaiting
                | Prompt::RefundDeclined
                | Prompt::RefundUnconfirmed),
            ),
        ) => prompt_line(prompt),
        (Standing::Waiting, None) if channel == Channel::Link => (LineKey::WaitingLink, Mark::Done),
        (Standing::Waiting, None) => (LineKey::Waiting, Mark::Done),
        (Standing::Processing, None) => (LineKey::Processing, Mark::Done),
        (Standing::NeedsCashier, None) => (LineKey::NeedsCashier, Mark::Warn),
        (Standing::Authorised, _) => (LineKey::Authorised, Mark::Done),
        (Standing::Paid, _) => (LineKey::Paid, Mark::Done),
        (Standing::Declined, _) => (LineKey::Declined, Mark::Warn),
        (Standing::Cancelled, _) => (LineKey::Cancelled, Mark::Done),
        (Standing::Expired, _) => (LineKey::Expired, Mark::Warn),
        (Standing::PartlyRefunded, _) => (LineKey::PartlyRefunded, Mark::Done),
        (Standing::Refunded, _) => (LineKey::Refunded, Mark::Done),
        (Standing::Unrecognised, _) => (LineKey::Unrecognised, Mark::Warn),
    }
}

const fn prompt_line(prompt: Prompt) -> (LineKey, Mark) {
    match prompt {
        Prompt::CardDeclined => (LineKey::CardDeclined, Mark::Warn),
        Prompt::CancelledAtTerminal => (LineKey::CancelledAtTerminal, Mark::Warn),
        Prompt::TerminalIdle => (LineKey::TerminalIdle, Mark::Warn),
        Prompt::Signature => (LineKey::Signature, Mark::Warn),
        Prompt::OnItsWay => (LineKey::OnItsWay, Mark::Done),
        Prompt::PresentCard
        | Prompt::InsertCard
        | Prompt::PresentOnlyOneCard
        | Prompt::ReEnterCard => (LineKey::PresentCard, Mark::Done),
        Prompt::EnterPin => (LineKey::EnterPin, Mark::Done),
        Prompt::PleaseWait => (LineKey::PleaseWait, Mark::Done),
        Prompt::RemoveCard => (LineKey::RemoveCard, Mark::Done),
        Prompt::CardUnsupported | Prompt::CardError => (LineKey::CardError, Mark::Warn),
        Prompt::Approved => (LineKey::TerminalApproved, Mark::Done),
        Prompt::RefundWaiting => (LineKey::RefundWaiting, Mark::Done),
        Prompt::RefundDeclined => (LineKey::RefundDeclined, Mark::Warn),
        Prompt::RefundUnconfirmed => (LineKey::RefundUnconfirmed, Mark::Warn),
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
