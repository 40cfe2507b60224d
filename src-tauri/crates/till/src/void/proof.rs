//! The proof of a batch: a file that anybody can read a year later, as a table or on paper.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use journal::{Entry, Fact};
use payment::{BatchId, ShopEvent, VoidTarget};

use super::desk::batch_id;
use super::paper::{self, Proof};
use crate::api::{
    ApiError, Code, FileView, ProveVoidRequest, VoidHeadView, VoidLineView, VoidProofForm,
};
use crate::paper::{Sheet, Words, name_of, pages};
use crate::tell::names_of_actor;
use crate::till::Till;
use crate::trouble::read_error;

const COLUMNS: [&str; 18] = [
    "line",
    "given",
    "order",
    "payment",
    "account",
    "provider_name",
    "amount",
    "currency",
    "before",
    "after",
    "verdict",
    "outcome",
    "asked_at",
    "ended_at",
    "by",
    "reason",
    "note",
    "batch",
];

/// The mark by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

impl Till {
    /// See [`crate::api::COMMANDS`]. The columns are always the same; their names and the sentences are
    /// in the reader's words.
    ///
    /// # Errors
    /// [`Code::VoidUnknown`]; [`Code::FileNotSaved`]; what the journal cannot read.
    pub async fn prove_void(&self, request: ProveVoidRequest) -> Result<FileView, ApiError> {
        let id = batch_id(&request.batch)?;
        let mut view = self.view_void(id)?;
        if view.head.by_till {
            name_the_till(&mut view.head, &Words(&request.words));
        }
        let (name, bytes) = match request.form {
            VoidProofForm::Csv => {
                let csv = csv(&view.head, &view.lines, &request.words)
                    .map_err(|error| ApiError::with(Code::FileNotSaved, error))?;
                let mark = if request.is_saved { MARK } else { "" };
                (format!("void-{id}.csv"), [mark.as_bytes(), &csv].concat())
            }
            VoidProofForm::Pdf => {
                let (who, approved_by) = names_of_actor(&self.batch(id)?.by);
                let (entry, hash) = self.last_entry_of(id)?;
                let proof = Proof {
                    view: &view,
                    who,
                    approved_by,
                    entry,
                    hash,
                    zone: &TimeZone::system(),
                };
                let words = Words(&request.words);
                let lines = paper::lines(&proof, &words);
                let bytes = pages(Sheet::Wide, &lines, |page, of| words.foot(page, of));
                (format!("void-{id}.pdf"), bytes)
            }
        };
        self.hand_out(name, &bytes, request.is_saved)
    }

    /// The last entry of the journal that is about a batch or a payment of it, and its hash: with that the
    /// proof can be held against a copy of the journal.
    fn last_entry_of(&self, id: BatchId) -> Result<(u64, String), ApiError> {
        let journal = &self.board.journal;
        let story = journal.shop_story().map_err(|error| read_error(&error))?;
        let of_batch = story.iter().filter(|entry| is_about(entry, id));
        let mut last = of_batch.map(|entry| entry.seq).max().unwrap_or_default();
        for line in &self.batch(id)?.lines {
            if let VoidTarget::Payment { id, .. } = &line.target {
                let story = journal.timeline(*id).map_err(|error| read_error(&error))?;
                last = last.max(story.last().map(|entry| entry.seq).unwrap_or_default());
            }
        }
        let hash = journal.hash_at(last).map_err(|error| read_error(&error))?;
        Ok((last, hash.map(|hash| hash.to_string()).unwrap_or_default()))
    }
}

/// What the till did by itself has a rule where others have a name and a reason.
fn name_the_till(head: &mut VoidHeadView, words: &Words<'_>) {
    head.by = words.say("proof", "by_till");
    head.reason = words.fill("proof", "left_open", &[("note", &head.note)]);
    head.note.clear();
}

fn is_about(entry: &Entry, id: BatchId) -> bool {
    match &entry.fact {
        Fact::Shop(
            ShopEvent::Void { batch, .. }
            | ShopEvent::LeftoverClosed {
                batch: Some(batch), ..
            },
        ) => *batch == id,
        Fact::Shop(_) | Fact::Payment { .. } => false,
    }
}

fn csv(
    head: &VoidHeadView,
    lines: &[VoidLineView],
    words: &BTreeMap<String, String>,
) -> Result<Vec<u8>, csv::Error> {
    let words = Words(words);
    let word = |group: &str, key: &str| words.say(group, key);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|column| word("column", column)))?;
    for (index, line) in lines.iter().enumerate() {
        let state = |state: Option<payment::State>| {
            state.map_or_else(String::new, |state| word("state", state.name()))
        };
        let amount = line.amount.as_ref();
        let cells = [
            index.saturating_add(1).to_string(),
            line.given.clone(),
            line.reference.clone(),
            line.payment.clone().unwrap_or_default(),
            line.account_name.clone(),
            line.intent.clone(),
            amount.map(decimal).unwrap_or_default(),
            amount
                .map(|amount| amount.currency.clone())
                .unwrap_or_default(),
            state(line.before),
            state(line.after),
            word("verdict", &name_of(&line.verdict)),
            line.outcome
                .map(|outcome| word("outcome", &name_of(&outcome)))
                .unwrap_or_default(),
            line.asked_at.clone().unwrap_or_default(),
            line.ended_at.clone().unwrap_or_default(),
            head.by.clone(),
            head.reason.clone(),
            head.note.clone(),
            head.batch.clone(),
        ];
        writer.write_record(cells.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    let bytes = writer.into_inner();
    Ok(bytes.map_err(csv::IntoInnerError::into_error)?)
}

/// As a program reads it: digits, a point, and no sign of a currency.
fn decimal(amount: &crate::api::MoneyView) -> String {
    let currency: Option<money::Currency> = amount.currency.parse().ok();
    currency
        .and_then(|currency| money::Money::new(amount.minor, currency).ok())
        .map_or_else(String::new, money::Money::to_decimal)
}

/// A spreadsheet must not take a reference for a formula (OWASP, "CSV Injection").
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
