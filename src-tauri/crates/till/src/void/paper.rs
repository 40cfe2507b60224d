//! The proof of a batch as lines on paper: who, why and when, what it came to, and then every payment.
//! Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use money::Money;

use super::plan::sums;
use crate::api::{MoneyView, VoidLineView, VoidOutcome, VoidView};
use crate::paper::{Column, Fit, Line, Sheet, Words, clock, name_of, plain, row, wrap};

const WIDTH: usize = Sheet::Wide.width();

/// Characters of the names of what the head says.
const LABEL: usize = 16;

/// What a proof is made from.
pub(super) struct Proof<'a> {
    pub view: &'a VoidView,
    /// Who asked for it; empty where nobody did.
    pub who: String,
    /// Who approved it; empty where nobody had to.
    pub approved_by: String,
    /// The last entry of the journal that is about it.
    pub entry: u64,
    /// The hash of that entry.
    pub hash: String,
    pub zone: &'a TimeZone,
}

pub(super) fn lines(proof: &Proof<'_>, words: &Words<'_>) -> Vec<Line> {
    let mut lines = vec![Line::Title(words.say("proof", "title"))];
    lines.extend(about(proof, words));
    lines.extend(totals(&proof.view.lines, words));
    lines.extend(payments(proof, words));
    lines.extend([Line::Gap, Line::Heading(words.say("proof", "seal"))]);
    let entry = proof.entry.to_string();
    let head = words.fill("proof", "head", &[("entry", &entry)]);
    lines.extend(sentence(&head));
    lines.push(Line::Text(proof.hash.clone()));
    lines
}

fn about(proof: &Proof<'_>, words: &Words<'_>) -> Vec<Line> {
    let head = &proof.view.head;
    let why = if head.note.is_empty() {
        head.reason.clone()
    } else {
        format!("{}: {}", head.reason, head.note)
    };
    let (begun, tried) = (head.begun.to_string(), head.tried.to_string());
    let step = words.say("void_step", &name_of(&head.step));
    let how_far = words.fill("proof", "progress", &[("begun", &begun), ("tried", &tried)]);
    let said = [
        ("who", proof.who.clone()),
        ("approved_by", proof.approved_by.clone()),
        ("why", why),
        (
            "when",
            clock(&head.asked_at, proof.zone, "%Y-%m-%d %H:%M:%S (UTC%:z)"),
        ),
        ("how_far", format!("{step}, {how_far}")),
        ("batch", head.batch.clone()),
    ];
    let columns = [
        column(LABEL, Fit::Wrap),
        column(WIDTH - LABEL - 1, Fit::Wrap),
    ];
    said.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Line::Row(row(&columns, &[words.say("proof", name), value])))
        .collect()
}

/// How many came to what, and how much that is: of each currency by itself.
fn totals(lines: &[VoidLineView], words: &Words<'_>) -> Vec<Line> {
    let mut outcomes: BTreeMap<VoidOutcome, Vec<&VoidLineView>> = BTreeMap::new();
    for line in lines {
        let outcome = line.outcome.unwrap_or(VoidOutcome::NotTried);
        outcomes.entry(outcome).or_default().push(line);
    }
    let mut rows = Vec::new();
    for (outcome, lines) in &outcomes {
        let word = words.say("outcome", &name_of(outcome));
        rows.extend(total(word, lines.iter().copied(), words));
    }
    rows.extend(total(words.say("proof", "all"), lines.iter(), words));
    let columns = [
        column(60, Fit::Wrap),
        column(9, Fit::Number),
        column(24, Fit::Number),
    ];
    let names = ["outcome", "payments", "sum"].map(|name| words.say("proof", name));
    let mut told = vec![Line::Gap, Line::Names(row(&columns, &names))];
    told.extend(rows.iter().map(|cells| Line::Row(row(&columns, cells))));
    told
}

/// The rows of one outcome: its currencies one below the other. A sum beyond what the till handles is said
/// to be one, and never shown as a smaller one.
fn total<'a>(
    word: String,
    lines: impl Iterator<Item = &'a VoidLineView> + Clone,
    words: &Words<'_>,
) -> Vec<[String; 3]> {
    let count = lines.clone().count().to_string();
    let amounts = lines.filter_map(|line| line.amount.as_ref().and_then(money));
    let texts: Vec<String> = match sums(amounts) {
        Ok(sums) => sums.into_iter().map(|sum| plain(&sum.into())).collect(),
        Err(_) => vec![words.say("proof", "too_large")],
    };
    let mut texts = texts.into_iter();
    let first = texts.next().unwrap_or_default();
    let mut rows = vec![[word, count, first]];
    rows.extend(texts.map(|text| [String::new(), String::new(), text]));
    rows
}

fn money(amount: &MoneyView) -> Option<Money> {
    let currency: money::Currency = amount.currency.parse().ok()?;
    Money::new(amount.minor, currency).ok()
}

fn payments(proof: &Proof<'_>, words: &Words<'_>) -> Vec<Line> {
    let lines = &proof.view.lines;
    let amounts: Vec<String> = lines
        .iter()
        .map(|line| line.amount.as_ref().map(plain).unwrap_or_default())
        .collect();
    let name = words.say("column", "amount");
    let widest = amounts.iter().chain(std::iter::once(&name));
    let amount_width = widest.map(|text| text.chars().count()).max().unwrap_or(0);
    let columns = columns(amount_width);
    let names = [
        "number", "order", "account", "amount", "planned", "before", "outcome", "after", "asked",
        "over",
    ]
    .map(|name| words.say("proof", name));
    let mut told = vec![Line::Gap, Line::Names(row(&columns, &names))];
    for (index, (line, amount)) in lines.iter().zip(amounts).enumerate() {
        let cells = cells(index.saturating_add(1), line, amount, proof.zone, words);
        told.push(Line::Row(row(&columns, &cells)));
    }
    told
}

/// What amounts need is taken from the orders.
fn columns(amount: usize) -> [Column; 10] {
    let mut columns = [
        column(5, Fit::Number),
        column(0, Fit::Cut),
        column(18, Fit::Cut),
        column(amount, Fit::Number),
        column(20, Fit::Wrap),
        column(10, Fit::Wrap),
        column(28, Fit::Wrap),
        column(10, Fit::Wrap),
        column(14, Fit::Wrap),
        column(14, Fit::Wrap),
    ];
    let taken: usize = columns
        .iter()
        .map(|column| match column.fit {
            Fit::Number => column.width.saturating_add(2),
            Fit::Cut | Fit::Wrap => column.width.saturating_add(1),
        })
        .sum();
    if let Some(order) = columns.get_mut(1) {
        order.width = WIDTH.saturating_add(1).saturating_sub(taken).max(8);
    }
    columns
}

fn cells(
    number: usize,
    line: &VoidLineView,
    amount: String,
    zone: &TimeZone,
    words: &Words<'_>,
) -> [String; 10] {
    let state = |state: Option<payment::State>| {
        state.map_or_else(String::new, |state| words.say("state", state.name()))
    };
    let time = |at: &Option<String>| {
        at.as_ref()
            .map_or_else(String::new, |at| clock(at, zone, "%m-%d %H:%M:%S"))
    };
    let reference = if line.reference.is_empty() {
        &line.given
    } else {
        &line.reference
    };
    let outcome = line
        .outcome
        .map(|outcome| words.say("outcome", &name_of(&outcome)));
    [
        number.to_string(),
        reference.clone(),
        line.account_name.clone(),
        amount,
        words.say("verdict", &name_of(&line.verdict)),
        state(line.before),
        outcome.unwrap_or_default(),
        state(line.after),
        time(&line.asked_at),
        time(&line.ended_at),
    ]
}

fn sentence(text: &str) -> Vec<Line> {
    wrap(text, WIDTH).into_iter().map(Line::Text).collect()
}

const fn column(width: usize, fit: Fit) -> Column {
    Column { width, fit }
}
