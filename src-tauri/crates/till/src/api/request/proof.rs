//! What comes in about the proof of a batch.

use std::collections::BTreeMap;

use serde::Deserialize;
use ts_rs::TS;

/// The proof of a batch as a file, in the reader's words.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProveVoidRequest {
    /// Its id.
    pub batch: String,
    /// How it is written.
    pub form: VoidProofForm,
    /// The words of columns (`column.order`), outcomes (`outcome.cancelled`), verdicts, states and of the
    /// proof itself. What has no word is written by its key.
    pub words: BTreeMap<String, String>,
    /// Whether to save it where this till keeps files for people.
    pub is_saved: bool,
}

/// How the proof of a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoidProofForm {
    /// For spreadsheets: every line with all that is known of it.
    Csv,
    /// For people, on paper.
    Pdf,
}
