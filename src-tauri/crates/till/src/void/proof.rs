//! The proof of a batch: a file that anybody can read a year later.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::desk::batch_id;
use crate::api::{ApiError, Code, ProveVoidRequest, VoidHeadView, VoidLineView, VoidProofView};
use crate::till::Till;

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

impl Till {
    /// See [`crate::api::COMMANDS`]. The columns are always the same; their names and the sentences are
    /// in the reader's words.
    ///
    /// # Errors
    /// [`Code::VoidUnknown`]; [`Code::FileNotSaved`].
    pub async fn prove_void(&self, request: ProveVoidRequest) -> Result<VoidProofView, ApiError> {
        let id = batch_id(&request.batch)?;
        let view = self.view_void(id)?;
        let csv = csv(&view.head, &view.lines, &request.words)
            .map_err(|error| ApiError::with(Code::FileNotSaved, error))?;
        let name = format!("void-{id}.csv");
        let path = match self.exports.as_deref().filter(|_| request.is_saved) {
            Some(folder) => save(folder, &name, &csv)
                .map_err(|error| ApiError::with(Code::FileNotSaved, error))?,
            None => String::new(),
        };
        Ok(VoidProofView { name, path, csv })
    }
}

/// Never over a file that is there: an earlier proof stays.
fn save(folder: &Path, name: &str, csv: &str) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "csv"));
    for number in 1..1_000 {
        let name = if number == 1 {
            name.to_owned()
        } else {
            format!("{stem}-{number}.{ending}")
        };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                // The mark by which spreadsheets know UTF-8.
                file.write_all("\u{feff}".as_bytes())?;
                file.write_all(csv.as_bytes())?;
                file.sync_all()?;
                return Ok(path.to_string_lossy().into_owned());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

fn csv(
    head: &VoidHeadView,
    lines: &[VoidLineView],
    words: &BTreeMap<String, String>,
) -> Result<String, csv::Error> {
    let word = |group: &str, key: &str| {
        words
            .get(&format!("{group}.{key}"))
            .map_or_else(|| key.to_owned(), Clone::clone)
    };
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
            word("verdict", &key(&line.verdict)),
            line.outcome
                .map(|outcome| word("outcome", &key(&outcome)))
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
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error);
    Ok(String::from_utf8_lossy(&bytes?).into_owned())
}

/// As a program reads it: digits, a point, and no sign of a currency.
fn decimal(amount: &crate::api::MoneyView) -> String {
    let currency: Option<money::Currency> = amount.currency.parse().ok();
    currency
        .and_then(|currency| money::Money::new(amount.minor, currency).ok())
        .map_or_else(String::new, money::Money::to_decimal)
}

/// The stable name of a closed set's member, as it crosses the bridge.
fn key(of: &impl serde::Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}

/// A spreadsheet must not take a reference for a formula (OWASP, "CSV Injection").
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
