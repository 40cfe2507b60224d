//! The whole journal against itself.

use rusqlite::{Connection, OptionalExtension as _, Statement, Transaction, TransactionBehavior};

use crate::chain::{self, Head, Stored};
use crate::fact::{Fact, Hash};
use crate::health::Damage;
use crate::projection::Projected;
use crate::schema;

/// A journal that was found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one. Kept elsewhere (printed on a report, sent to head office), it
    /// shows later whether this list was cut or written anew.
    pub head: Hash,
}

/// Checks every page, table, entry, hash and kept state, and whether the list still has the entry
/// that was noted as its last before this view of it was taken.
pub(crate) fn verify(connection: &Connection, noted: Option<Head>) -> Result<Verified, Damage> {
    // One view of the file, also while a till goes on writing.
    let view = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    schema::check(&view)?;
    let said: String = view.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if said != "ok" {
        return Err(Damage::File { said });
    }
    let head = chain::walk(&view, Head::START, |stored| match stored.fact() {
        Some(_) => Ok(()),
        None => Err(Damage::Unreadable { seq: stored.seq }),
    })?;
    noted.map_or(Ok(()), |noted| chain::check_note(&view, head, noted))?;
    check_projection(&view)?;
    Ok(Verified {
        entries: head.seq,
        head: head.hash,
    })
}

/// Makes each payment again from its entries, one after the other, and compares it with what is
/// kept; then looks for what is kept without entries.
fn check_projection(connection: &Connection) -> Result<(), Damage> {
    let columns = Stored::COLUMNS;
    let mut entries = connection.prepare(&format!(
        "SELECT {columns} FROM entry WHERE payment IS NOT NULL ORDER BY payment, seq"
    ))?;
    let mut entries = entries.query(())?;
    let mut kept = connection.prepare("SELECT * FROM payment WHERE seq = ?1")?;
    let mut made: Option<(String, Projected)> = None;
    while let Some(row) = entries.next()? {
        let stored = Stored::read(row)?;
        let name = stored.payment.clone().unwrap_or_default();
        if let Some((before, payment)) = &made
            && *before != name
        {
            compare(before, payment, &mut kept)?;
            made = None;
        }
        let payment = replay(made.as_ref().map(|(_, payment)| payment), &name, &stored)?;
        made = Some((name, payment));
    }
    if let Some((name, payment)) = &made {
        compare(name, payment, &mut kept)?;
    }
    let stray: Option<String> = connection
        .query_row(
            "SELECT id FROM payment AS kept WHERE seq IS NOT
                 (SELECT seq FROM entry WHERE payment = kept.id ORDER BY seq LIMIT 1)
             LIMIT 1",
            (),
            |row| row.get(0),
        )
        .optional()?;
    match stray {
        None => Ok(()),
        Some(payment) => Err(Damage::Projection { payment }),
    }
}

fn replay(before: Option<&Projected>, name: &str, stored: &Stored) -> Result<Projected, Damage> {
    let unreadable = Damage::Unreadable { seq: stored.seq };
    let Some(Fact::Payment { event, .. }) = stored.fact() else {
        return Err(unreadable);
    };
    let seq = i64::try_from(stored.seq).map_err(|_| unreadable)?;
    Projected::after(before, seq, stored.at_ms, &event).map_err(|_| Damage::Projection {
        payment: name.to_owned(),
    })
}

fn compare(name: &str, made: &Projected, kept: &mut Statement<'_>) -> Result<(), Damage> {
    match kept.query([made.seq])?.next()? {
        Some(row) if made.is_row(row)? => Ok(()),
        Some(_) | None => Err(Damage::Projection {
            payment: name.to_owned(),
        }),
    }
}
