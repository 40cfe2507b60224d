//! A report as lines on paper, in the reader's words. Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::api::{DayRowView, DayView};
use crate::paper::{self, Line, Sheet, clock, cut, name_of, plain};

const WIDTH: usize = Sheet::Upright.width();

const CLOCK: &str = "%Y-%m-%d %H:%M";

struct Words<'a>(paper::Words<'a>);

impl Words<'_> {
    fn say(&self, name: &str) -> String {
        self.0.say("day", name)
    }

    fn fill(&self, name: &str, values: &[(&str, &str)]) -> String {
        self.0.fill("day", name, values)
    }
}

pub(super) fn lines(
    view: &DayView,
    words: &BTreeMap<String, String>,
    zone: &TimeZone,
) -> Vec<Line> {
    let words = Words(paper::Words(words));
    let number = view.number.to_string();
    let title = if view.closed { "z_title" } else { "x_title" };
    let mut lines = vec![Line::Title(words.fill(title, &[("number", &number)]))];
    lines.extend(about(view, &words, zone));
    let tables = [
        ("by_currency", &view.totals),
        ("by_account", &view.accounts),
        ("by_terminal", &view.terminals),
        ("by_cashier", &view.cashiers),
    ];
    for (heading, rows) in tables {
        lines.extend(table(heading, rows, &words));
    }
    lines.extend(voids(view, &words));
    lines.extend(open(view, &words));
    lines.extend(checks(view, &words));
    lines.extend(seal(view, &words));
    lines
}

fn about(view: &DayView, words: &Words<'_>, zone: &TimeZone) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(opened_at) = &view.opened_at {
        lines.push(text(
            words.fill("from_at", &[("time", &clock(opened_at, zone, CLOCK))]),
        ));
    }
    let at = clock(&view.at, zone, CLOCK);
    let until = if view.closed { "closed_at" } else { "now_at" };
    lines.push(text(words.fill(until, &[("time", &at)])));
    if view.closed && !view.by.is_empty() {
        lines.push(text(words.fill("closed_by", &[("who", &view.by)])));
    }
    let entries = [("from", view.from.to_string()), ("to", view.to.to_string())];
    let entries = entries
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    lines.push(text(words.fill("entries", &entries)));
    lines
}

fn table(heading: &str, rows: &[DayRowView], words: &Words<'_>) -> Vec<Line> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::Gap, Line::Heading(words.say(heading))];
    let names = ["column_taken", "column_returned", "column_net"].map(|name| words.say(name));
    lines.push(Line::Names(vec![columns("", &names)]));
    for row in rows {
        let name = match (row.name.as_str(), row.under.as_str()) {
            ("", _) => words.say("nobody"),
            (name, "") => name.to_owned(),
            (name, under) => format!("{name} ({under})"),
        };
        let name = if row.practice {
            format!("{name} · {}", words.say("practice"))
        } else {
            name
        };
        let sum = &row.sum;
        let cells = [
            format!("{}  {}", sum.taken, plain(&sum.taken_sum)),
            format!("{}  {}", sum.returned, plain(&sum.returned_sum)),
            plain(&sum.net_sum),
        ];
        lines.push(text(columns(&name, &cells)));
    }
    lines
}

fn voids(view: &DayView, words: &Words<'_>) -> Vec<Line> {
    if view.voids.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::Gap, Line::Heading(words.say("voids"))];
    for void in &view.voids {
        let reason = if void.reason.is_empty() {
            words.say("no_reason")
        } else {
            void.reason.clone()
        };
        let name = if void.by.is_empty() {
            reason
        } else {
            format!("{reason} · {}", void.by)
        };
        let cells = [void.count.to_string(), String::new(), plain(&void.sum)];
        lines.push(text(columns(&name, &cells)));
    }
    lines
}

fn open(view: &DayView, words: &Words<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let carried = view
        .carried
        .iter()
        .map(|one| (one.kind, one.count, one.sum.clone()));
    let blocked = view
        .blocked
        .iter()
        .map(|one| (one.kind, 1, one.row.amount.clone()));
    for (kind, count, sum) in blocked.chain(carried) {
        if lines.is_empty() {
            lines.extend([Line::Gap, Line::Heading(words.say("open"))]);
        }
        let name = words.say(&format!("open_{}", name_of(&kind)));
        let cells = [count.to_string(), String::new(), plain(&sum)];
        lines.push(text(columns(&name, &cells)));
    }
    lines
}

fn checks(view: &DayView, words: &Words<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for check in &view.checks {
        if lines.is_empty() {
            lines.extend([Line::Gap, Line::Heading(words.say("checks"))]);
        }
        let outcome = format!("check_{}", name_of(&check.outcome));
        let said = words.fill(&outcome, &[("count", &check.count.to_string())]);
        lines.push(text(format!("{}: {said}", check.account_name)));
    }
    if view.read_again > 0 || view.unread > 0 {
        let (read, unread) = (view.read_again.to_string(), view.unread.to_string());
        let said = words.fill("read_again", &[("read", &read), ("unread", &unread)]);
        lines.push(text(said));
    }
    lines
}

/// The head with its signature: what shows later that the journal is still the one that was counted.
fn seal(view: &DayView, words: &Words<'_>) -> Vec<Line> {
    let mut lines = vec![Line::Gap, Line::Heading(words.say("seal"))];
    let entry = view.to.to_string();
    lines.push(text(words.fill("head", &[("entry", &entry)])));
    lines.push(text(view.head.clone()));
    match (&view.public_key, &view.signature) {
        (Some(key), Some(signature)) => {
            lines.push(text(words.say("public_key")));
            lines.push(text(key.clone()));
            lines.push(text(words.say("signature")));
            let middle = signature.len().min(64);
            let (first, rest) = signature
                .split_at_checked(middle)
                .unwrap_or((signature, ""));
            lines.extend([first, rest].map(|half| text(half.to_owned())));
        }
        (None, _) | (_, None) if view.closed => lines.push(text(words.say("unsigned"))),
        (None, _) | (_, None) => {}
    }
    if view.replaced {
        lines.push(text(words.say("replaced")));
    }
    lines
}

/// A name on the left, three columns on the right.
fn columns(name: &str, cells: &[String; 3]) -> String {
    let [first, second, third] = cells;
    let right = format!("{first:>19}{second:>17}{third:>16}");
    let room = WIDTH.saturating_sub(right.chars().count());
    let name = cut(name, room.saturating_sub(1));
    format!("{name:<room$}{right}")
}

/// Lines that are too long are cut: only names and reasons of people are, whose beginning tells them.
fn text(line: String) -> Line {
    Line::Text(cut(&line, WIDTH))
}
