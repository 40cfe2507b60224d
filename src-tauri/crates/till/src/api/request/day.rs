//! What comes in about the day and the journal's story.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The day so far.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DayReportRequest {
    /// Also hold every account against its provider's list. That asks the providers.
    pub check: bool,
}

/// Close the day.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CloseDayRequest {
    /// Which: the number that the report showed. Two presses close one day.
    pub number: u32,
}

/// The days that were closed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListDaysRequest {}

/// One day that was closed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DayRequest {
    /// Its number.
    pub number: u32,
}

/// A report as a PDF.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DayFileRequest {
    /// Which day; none for the one that goes on.
    pub number: Option<u32>,
    /// The words of the reader's language, by their names.
    pub words: BTreeMap<String, String>,
    /// Write it to the folder for files.
    pub is_saved: bool,
}

/// Which entries of the journal to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuditFilter {
    /// All.
    All,
    /// What was begun and is not finished.
    Unfinished,
}

/// A page of the journal's story.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListAuditRequest {
    /// Which entries.
    pub filter: AuditFilter,
    /// From before this place; none from the newest.
    pub before: Option<String>,
}

/// The whole journal against itself, from its first entry on.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct VerifyAuditRequest {}

/// How a copy of the journal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuditForm {
    /// An object of JSON a line.
    JsonLines,
    /// For spreadsheets.
    Csv,
}

/// A copy of the journal in the folder for files.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportAuditRequest {
    /// How it is written.
    pub form: AuditForm,
}
