//! The journal's story: who did what, and why.

use payment::{Channel, Deed};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::super::story::{AuditKey, LineKey};

view!(/// An entry.
AuditRowView {
    /// Its number.
    #[ts(type = "number")]
    seq: u64,
    /// When it was written, RFC 3339 in UTC.
    at: String,
    /// What happened to a payment; none where it happened to the shop.
    line: Option<LineKey>,
    /// What happened to the shop; none where it happened to a payment.
    shop: Option<AuditKey>,
    /// What the words need.
    params: std::collections::BTreeMap<String, String>,
    /// How the payment's customer pays.
    channel: Option<Channel>,
    /// Whether the payment gives money back.
    gives_back: bool,
    /// The payment; none where it is about the shop.
    payment: Option<String>,
    /// Its order.
    order: String,
    /// Who did it; empty for the till itself, and for a person where no name is set.
    who: String,
    /// A person did it.
    by_person: bool,
    /// Who approved it.
    approved_by: String,
    /// What was approved.
    deed: Option<Deed>,
    /// Why.
    reason: String,
    /// It began something that is not finished.
    unfinished: bool,
});

view!(/// A page of the story, newest first.
AuditView {
    /// The entries.
    rows: Vec<AuditRowView>,
    /// For the next page; none at the end.
    next: Option<String>,
});

/// What this computer's keychain remembers of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HeadMemory {
    /// An entry that is in the journal, unchanged.
    Agrees,
    /// An entry that the journal does not have so: it was shortened, replaced, or is an old copy.
    Differs,
    /// Nothing yet.
    Nothing,
    /// There is no keychain to ask.
    Unasked,
}

impl HeadMemory {
    /// Every outcome, for tables and texts.
    pub const ALL: [Self; 4] = [Self::Agrees, Self::Differs, Self::Nothing, Self::Unasked];
}

view!(/// What became of checking the whole journal.
AuditVerdictView {
    /// It is whole in itself.
    whole: bool,
    /// What is wrong with it, for support.
    damage: String,
    /// How many entries it has.
    #[ts(type = "number")]
    entries: u64,
    /// The hash of the last one.
    head: String,
    /// The public key that signs it; none where no keychain gave one.
    public_key: Option<String>,
    /// The signature.
    signature: Option<String>,
    /// What this computer's keychain remembers.
    memory: HeadMemory,
    /// The entry it remembers.
    #[ts(type = "number | null")]
    remembered: Option<u64>,
});
