//! The chain: each entry's hash covers the entry and the hash before it, so that no entry can be
//! edited, taken out, put in or moved without every later hash being wrong.
//!
//! It shows tampering by whoever does not write all hashes anew. Against the owner of the machine,
//! who can, only a head kept elsewhere helps; [`crate::Verified::head`] is what to keep.

use rusqlite::{Connection, OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};

use crate::fact::{Encoded, Entry, Fact, Hash};
use crate::health::Damage;

/// What the first entry follows. Changing it would break every journal there is.
const GENESIS: Hash = Hash(*b"tillside: journal genesis, 2026.");

/// How many of the last entries are hashed again when a journal is opened; all are when it is
/// verified. A thousand take about a millisecond.
pub(crate) const TAIL_ENTRIES: u64 = 1000;

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Head {
    pub(crate) const START: Self = Self {
        seq: 0,
        hash: GENESIS,
    };

    /// The head after one more entry.
    pub(crate) fn following(self, at_ms: i64, fact: &Encoded) -> Self {
        let seq = self.seq.saturating_add(1);
        let hash = seal(
            self.hash,
            seq,
            at_ms,
            fact.kind,
            fact.payment.as_deref(),
            &fact.body,
        );
        Self { seq, hash }
    }

    /// As the note beside the journal has it: the number, big-endian, and the hash.
    pub(crate) fn to_bytes(self) -> [u8; 40] {
        let mut bytes = [0; 40];
        let (seq, hash) = bytes.split_at_mut(8);
        seq.copy_from_slice(&self.seq.to_be_bytes());
        hash.copy_from_slice(&self.hash.0);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (seq, hash) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            seq: u64::from_be_bytes(*seq),
            hash: Hash(hash.try_into().ok()?),
        })
    }
}

/// `SHA-256(previous || seq || at_ms || kind || payment || body)`: numbers as eight bytes,
/// big-endian; texts behind their length in bytes, so that no two entries have the same bytes. An
/// entry about the shop has the empty text as its payment.
fn seal(
    previous: Hash,
    seq: u64,
    at_ms: i64,
    kind: &str,
    payment: Option<&str>,
    body: &str,
) -> Hash {
    let mut sum = Sha256::new();
    sum.update(previous.0);
    sum.update(seq.to_be_bytes());
    sum.update(at_ms.to_be_bytes());
    for text in [kind, payment.unwrap_or_default(), body] {
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        sum.update(length.to_be_bytes());
        sum.update(text);
    }
    Hash(sum.finalize().into())
}

/// An entry as its row has it, not yet believed, for as long as the row is looked at: whoever goes through
/// a million of them copies none.
pub(crate) struct Line<'a> {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) kind: &'a str,
    pub(crate) payment: Option<&'a str>,
    pub(crate) body: &'a str,
    pub(crate) hash: Hash,
}

impl<'a> Line<'a> {
    /// Wants [`Stored::COLUMNS`].
    pub(crate) fn of(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: number(row)?,
            at_ms: row.get(1)?,
            kind: row.get_ref(2)?.as_str()?,
            payment: row.get_ref(3)?.as_str_or_null()?,
            body: row.get_ref(4)?.as_str()?,
            hash: Hash(row.get(5)?),
        })
    }

    /// Whether it is the entry that follows this head, unchanged.
    pub(crate) fn check(&self, head: Head) -> Result<Head, Damage> {
        let seq = head.seq.saturating_add(1);
        if self.seq != seq {
            return Err(Damage::Missing { seq });
        }
        let Self {
            at_ms,
            kind,
            payment,
            body,
            ..
        } = *self;
        let hash = seal(head.hash, seq, at_ms, kind, payment, body);
        if hash != self.hash {
            return Err(Damage::Altered { seq });
        }
        Ok(Head { seq, hash })
    }

    /// What happened, where it can be read.
    pub(crate) fn fact(&self) -> Option<Fact> {
        Fact::decode(self.kind, self.payment, self.body)
    }
}

fn number(row: &Row<'_>) -> rusqlite::Result<u64> {
    let seq: i64 = row.get(0)?;
    u64::try_from(seq).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, seq))
}

/// An entry as its row has it, not yet believed.
pub(crate) struct Stored {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) kind: String,
    pub(crate) payment: Option<String>,
    pub(crate) body: String,
    pub(crate) hash: Hash,
}

impl Stored {
    /// The columns [`Stored::read`] wants, in its order.
    pub(crate) const COLUMNS: &str = "seq, at_ms, kind, payment, body, hash";

    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: number(row)?,
            at_ms: row.get(1)?,
            kind: row.get(2)?,
            payment: row.get(3)?,
            body: row.get(4)?,
            hash: Hash(row.get(5)?),
        })
    }

    /// Whether it is the entry that follows this head, unchanged.
    pub(crate) fn check(&self, head: Head) -> Result<Head, Damage> {
        self.line().check(head)
    }

    fn line(&self) -> Line<'_> {
        Line {
            seq: self.seq,
            at_ms: self.at_ms,
            kind: &self.kind,
            payment: self.payment.as_deref(),
            body: &self.body,
            hash: self.hash,
        }
    }

    /// What happened, where it can be read.
    pub(crate) fn fact(&self) -> Option<Fact> {
        self.line().fact()
    }

    pub(crate) fn entry(self) -> Option<Entry> {
        Some(Entry {
            seq: self.seq,
            at_ms: self.at_ms,
            fact: self.fact()?,
            hash: self.hash,
        })
    }
}

/// Checks the end of the chain, its last [`TAIL_ENTRIES`], and gives back where it ends. That it
/// was once longer only a note outside of the journal can tell ([`check_note`]).
pub(crate) fn check_tail(connection: &Connection) -> Result<Head, Damage> {
    let last: Option<i64> =
        connection.query_row("SELECT max(seq) FROM entry", (), |row| row.get(0))?;
    let last = u64::try_from(last.unwrap_or(0)).map_err(|_| Damage::Missing { seq: 1 })?;
    let from = last.saturating_sub(TAIL_ENTRIES);
    walk(connection, head_at(connection, from)?, |_| Ok(()))
}

/// Whether the chain that ends at `head` still has the entry that was noted as its last, unchanged.
pub(crate) fn check_note(connection: &Connection, head: Head, noted: Head) -> Result<(), Damage> {
    if noted.seq > head.seq {
        return Err(Damage::Shortened { seq: noted.seq });
    }
    if head_at(connection, noted.seq)? != noted {
        return Err(Damage::Altered { seq: noted.seq });
    }
    Ok(())
}

/// The head as it was when an entry was the last; before the first, the start.
pub(crate) fn head_at(connection: &Connection, seq: u64) -> Result<Head, Damage> {
    if seq == 0 {
        return Ok(Head::START);
    }
    let row = i64::try_from(seq).map_err(|_| Damage::Missing { seq })?;
    let hash: Option<[u8; 32]> = connection
        .query_row("SELECT hash FROM entry WHERE seq = ?1", [row], |row| {
            row.get(0)
        })
        .optional()?;
    let hash = Hash(hash.ok_or(Damage::Missing { seq })?);
    Ok(Head { seq, hash })
}

/// Goes along the chain from a head to its end and hands each checked entry on.
pub(crate) fn walk(
    connection: &Connection,
    start: Head,
    mut visit: impl FnMut(&Line<'_>) -> Result<(), Damage>,
) -> Result<Head, Damage> {
    let columns = Stored::COLUMNS;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {columns} FROM entry WHERE seq > ?1 ORDER BY seq"
    ))?;
    let after = i64::try_from(start.seq).map_err(|_| Damage::Missing { seq: start.seq })?;
    let mut rows = statement.query([after])?;
    let mut head = start;
    while let Some(row) = rows.next()? {
        let line = Line::of(row)?;
        head = line.check(head)?;
        visit(&line)?;
    }
    Ok(head)
}
