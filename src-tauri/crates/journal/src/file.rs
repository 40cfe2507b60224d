//! A copy of the journal that anybody can check with nothing but the copy: every hash is made again, the
//! head is compared and its signature is verified.
//!
//! JSON Lines: an entry a line, then `{"head": …}`. CSV: the same columns, and a last row of the kind
//! `head`. In both, the text of a fact is byte for byte what was hashed.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use payment::{DayClose, ShopEvent};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::chain::{Head, Stored};
use crate::error::ExportError;
use crate::fact::{Fact, Hash};
use crate::health::Damage;
use crate::signature::{HeadKey, is_signed};

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// An object of JSON a line.
    JsonLines,
    /// Comma-separated values, for spreadsheets.
    Csv,
}

/// A copy that was found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: Hash,
    /// The public key by which the head is signed, in hexadecimal; `None` where it is not. Whose key that
    /// is the file cannot say: compare it with the one that is printed on the day's report.
    pub signed_by: Option<String>,
    /// Days that were closed in it, each of whose heads and signatures were checked too.
    pub closes: u64,
    /// Every public key that signed anything in it.
    pub keys: BTreeSet<String>,
}

/// What is wrong with a copy.
#[derive(Debug, thiserror::Error)]
pub enum FileDamage {
    /// It could not be read.
    #[error("the file could not be read")]
    Read(#[from] std::io::Error),
    /// A line is no entry.
    #[error("line {line} of the file is no entry of a journal")]
    Line {
        /// Which, from 1.
        line: u64,
    },
    /// An entry was altered, moved or taken out.
    #[error("the file is not as it was written")]
    Chain(#[source] Damage),
    /// It does not say where it ends: its end was cut off.
    #[error("the file has no head after its last entry {seq}: its end is missing")]
    NoHead {
        /// The last entry there is.
        seq: u64,
    },
    /// It ends elsewhere than its head says.
    #[error("the file ends at entry {seq}, and its head is that of entry {head}")]
    OtherHead {
        /// The last entry there is.
        seq: u64,
        /// The one that the head names.
        head: u64,
    },
    /// A signature is none of this head by this key.
    #[error("the signature of the head of entry {seq} is wrong")]
    Signature {
        /// The entry.
        seq: u64,
    },
    /// A day's report has another head than the chain had there.
    #[error("the head of day {number} is not that of the chain")]
    Close {
        /// The day.
        number: u32,
    },
}

/// An entry as a line. `fact` is byte for byte what was hashed.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    at_ms: i64,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<&'a str>,
    fact: &'a RawValue,
    hash: String,
}

/// The end of a copy.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedHead {
    entries: u64,
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl SignedHead {
    fn of(head: Head, key: Option<&HeadKey>) -> Self {
        Self {
            entries: head.seq,
            hash: head.hash.to_string(),
            public_key: key.map(HeadKey::public),
            signature: key.map(|key| key.sign(head.seq, &head.hash)),
        }
    }
}

/// The columns of a CSV copy.
const COLUMNS: [&str; 8] = [
    "seq",
    "at_ms",
    "kind",
    "payment",
    "fact",
    "hash",
    "public_key",
    "signature",
];

/// The kind of the last row.
const HEAD: &str = "head";

/// Writes every entry as a line of JSON and gives back how many. It copies what is there, damaged or
/// not: judging is [`crate::Journal::verify`]'s business.
pub(crate) fn export_lines(
    connection: &Connection,
    to: &mut dyn Write,
) -> Result<u64, ExportError> {
    let head = each(connection, |stored| write_line(stored, to))?;
    to.flush()?;
    Ok(head.seq)
}

/// The same in a form, with the head behind it.
pub(crate) fn export(
    connection: &Connection,
    form: FileForm,
    key: Option<&HeadKey>,
    to: &mut dyn Write,
) -> Result<u64, ExportError> {
    match form {
        FileForm::JsonLines => {
            let head = each(connection, |stored| write_line(stored, to))?;
            let signed = serde_json::to_string(&SignedHead::of(head, key))
                .map_err(|_| ExportError::Entry { seq: head.seq })?;
            writeln!(to, "{{\"{HEAD}\":{signed}}}")?;
            to.flush()?;
            Ok(head.seq)
        }
        FileForm::Csv => export_csv(connection, key, to),
    }
}

fn export_csv(
    connection: &Connection,
    key: Option<&HeadKey>,
    to: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(COLUMNS).map_err(csv_error)?;
    let head = each(connection, |stored| {
        let (seq, at_ms) = (stored.seq.to_string(), stored.at_ms.to_string());
        let (payment, hash) = (stored.payment.as_deref(), stored.hash.to_string());
        let cells = [
            &seq,
            &at_ms,
            &stored.kind,
            payment.unwrap_or_default(),
            &stored.body,
            &hash,
            "",
            "",
        ];
        writer.write_record(cells).map_err(csv_error)
    })?;
    let signed = SignedHead::of(head, key);
    let seq = signed.entries.to_string();
    let public_key = signed.public_key.unwrap_or_default();
    let signature = signed.signature.unwrap_or_default();
    let cells = [
        &seq,
        "",
        HEAD,
        "",
        "",
        &signed.hash,
        &public_key,
        &signature,
    ];
    writer.write_record(cells).map_err(csv_error)?;
    writer.flush()?;
    Ok(head.seq)
}

fn csv_error(error: csv::Error) -> ExportError {
    ExportError::Write(std::io::Error::other(error))
}

/// Hands every entry on, in order, and gives back where they end.
fn each(
    connection: &Connection,
    mut write: impl FnMut(&Stored) -> Result<(), ExportError>,
) -> Result<Head, ExportError> {
    let columns = Stored::COLUMNS;
    let mut statement = connection.prepare(&format!("SELECT {columns} FROM entry ORDER BY seq"))?;
    let mut rows = statement.query(())?;
    let mut head = Head::START;
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        write(&stored)?;
        head = Head {
            seq: head.seq.saturating_add(1),
            hash: stored.hash,
        };
    }
    Ok(head)
}

fn write_line(stored: &Stored, to: &mut dyn Write) -> Result<(), ExportError> {
    let damaged = |_| ExportError::Entry { seq: stored.seq };
    let line = Line {
        seq: stored.seq,
        at_ms: stored.at_ms,
        kind: &stored.kind,
        payment: stored.payment.as_deref(),
        fact: serde_json::from_str(&stored.body).map_err(damaged)?,
        hash: stored.hash.to_string(),
    };
    let line = serde_json::to_string(&line).map_err(damaged)?;
    writeln!(to, "{line}")?;
    Ok(())
}

/// Checks a copy in either form with nothing but itself: every hash from the first entry on, the head,
/// its signature, and the head and signature of every day that was closed.
///
/// An older copy is whole in itself. To tell that it is old, look for a newer head in it, as a day's
/// report has it: [`has_head`].
///
/// # Errors
/// The first [`FileDamage`] found.
pub fn check_file(file: &mut dyn BufRead) -> Result<CheckedFile, FileDamage> {
    Ok(check(file)?.0)
}

/// As [`check_file`], and whether the chain in it once had this hash.
///
/// # Errors
/// The first [`FileDamage`] found.
pub fn has_head(file: &mut dyn BufRead, head: &Hash) -> Result<(CheckedFile, bool), FileDamage> {
    let (checked, hashes) = check(file)?;
    Ok((checked, hashes.contains(head)))
}

fn check(file: &mut dyn BufRead) -> Result<(CheckedFile, Vec<Hash>), FileDamage> {
    let mut walk = Walk::new();
    if file.fill_buf()?.first() == Some(&b'{') {
        walk_lines(file, &mut walk)?;
    } else {
        walk_csv(file, &mut walk)?;
    }
    walk.finish()
}

/// How far a copy has been gone through.
struct Walk {
    head: Head,
    hashes: Vec<Hash>,
    closes: u64,
    keys: BTreeSet<String>,
    end: Option<SignedHead>,
}

impl Walk {
    const fn new() -> Self {
        Self {
            head: Head::START,
            hashes: Vec::new(),
            closes: 0,
            keys: BTreeSet::new(),
            end: None,
        }
    }

    fn take(&mut self, stored: &Stored) -> Result<(), FileDamage> {
        self.head = stored.check(self.head).map_err(FileDamage::Chain)?;
        match stored.fact() {
            Some(Fact::Shop(ShopEvent::DayClosed { close })) => self.take_close(&close)?,
            Some(Fact::Shop(_) | Fact::Payment { .. }) => {}
            None => {
                let seq = stored.seq;
                return Err(FileDamage::Chain(Damage::Unreadable { seq }));
            }
        }
        self.hashes.push(self.head.hash);
        Ok(())
    }

    fn take_close(&mut self, close: &DayClose) -> Result<(), FileDamage> {
        let number = close.number;
        let index = usize::try_from(close.to)
            .ok()
            .and_then(|to| to.checked_sub(1));
        let hash = index.and_then(|index| self.hashes.get(index));
        let hash = hash.filter(|hash| hash.to_string() == close.head);
        let hash = hash.ok_or(FileDamage::Close { number })?;
        if let (Some(key), Some(signature)) = (&close.public_key, &close.signature) {
            if !is_signed(close.to, hash, key, signature) {
                return Err(FileDamage::Signature { seq: close.to });
            }
            self.keys.insert(key.clone());
        }
        self.closes = self.closes.saturating_add(1);
        Ok(())
    }

    fn finish(mut self) -> Result<(CheckedFile, Vec<Hash>), FileDamage> {
        let seq = self.head.seq;
        let end = self.end.ok_or(FileDamage::NoHead { seq })?;
        if end.entries != seq || end.hash != self.head.hash.to_string() {
            let head = end.entries;
            return Err(FileDamage::OtherHead { seq, head });
        }
        if let (Some(key), Some(signature)) = (&end.public_key, &end.signature) {
            if !is_signed(seq, &self.head.hash, key, signature) {
                return Err(FileDamage::Signature { seq });
            }
            self.keys.insert(key.clone());
        }
        let checked = CheckedFile {
            entries: seq,
            head: self.head.hash,
            signed_by: end.public_key.filter(|_| end.signature.is_some()),
            closes: self.closes,
            keys: self.keys,
        };
        Ok((checked, self.hashes))
    }
}

fn walk_lines(file: &mut dyn BufRead, walk: &mut Walk) -> Result<(), FileDamage> {
    let mut text = String::new();
    let mut line: u64 = 0;
    loop {
        text.clear();
        line = line.saturating_add(1);
        if file.read_line(&mut text)? == 0 {
            return Ok(());
        }
        let bad = || FileDamage::Line { line };
        // Behind the head nothing may follow.
        if walk.end.is_some() {
            return Err(bad());
        }
        match read_line(text.trim_end_matches(['\r', '\n'])).ok_or_else(bad)? {
            Parsed::Entry(stored) => walk.take(&stored)?,
            Parsed::Head(head) => walk.end = Some(head),
        }
    }
}

enum Parsed {
    Entry(Stored),
    Head(SignedHead),
}

fn read_line(text: &str) -> Option<Parsed> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct EntryLine<'a> {
        seq: u64,
        at_ms: i64,
        kind: String,
        #[serde(default)]
        payment: Option<String>,
        #[serde(borrow)]
        fact: &'a RawValue,
        hash: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct HeadLine {
        head: SignedHead,
    }
    if let Ok(HeadLine { head }) = serde_json::from_str(text) {
        return Some(Parsed::Head(head));
    }
    let line: EntryLine<'_> = serde_json::from_str(text).ok()?;
    Some(Parsed::Entry(Stored {
        seq: line.seq,
        at_ms: line.at_ms,
        kind: line.kind,
        payment: line.payment,
        body: line.fact.get().to_owned(),
        hash: Hash::from_hex(&line.hash)?,
    }))
}

fn walk_csv(file: &mut dyn BufRead, walk: &mut Walk) -> Result<(), FileDamage> {
    let mut reader = csv::Reader::from_reader(file);
    let first = FileDamage::Line { line: 1 };
    match reader.headers() {
        Ok(columns) if columns.iter().eq(COLUMNS) => {}
        Ok(_) | Err(_) => return Err(first),
    }
    for (index, row) in reader.records().enumerate() {
        let line = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2);
        let bad = || FileDamage::Line { line };
        if walk.end.is_some() {
            return Err(bad());
        }
        let row = row.map_err(|_| bad())?;
        match read_row(&row).ok_or_else(bad)? {
            Parsed::Entry(stored) => walk.take(&stored)?,
            Parsed::Head(head) => walk.end = Some(head),
        }
    }
    Ok(())
}

fn read_row(row: &csv::StringRecord) -> Option<Parsed> {
    let cell = |index: usize| row.get(index).map(str::to_owned);
    let given = |index: usize| cell(index).filter(|text| !text.is_empty());
    let seq = cell(0)?.parse().ok()?;
    if row.get(2)? == HEAD {
        return Some(Parsed::Head(SignedHead {
            entries: seq,
            hash: cell(5)?,
            public_key: given(6),
            signature: given(7),
        }));
    }
    Some(Parsed::Entry(Stored {
        seq,
        at_ms: cell(1)?.parse().ok()?,
        kind: cell(2)?,
        payment: given(3),
        body: cell(4)?,
        hash: Hash::from_hex(row.get(5)?)?,
    }))
}
