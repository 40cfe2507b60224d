//! The whole journal against itself.

use rusqlite::{Connection, OptionalExtension as _, Statement, Transaction, TransactionBehavior};

use crate::chain::{self, Head, Line, Stored};
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

/// Checks every page, table and index of the file.
pub(crate) fn verify_file(connection: &Connection) -> Result<(), Damage> {
    schema::check(connection)?;
    let said: String = connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if said == "ok" {
        Ok(())
    } else {
        Err(Damage::File { said })
    }
}

/// Checks every entry, hash and kept state, and whether the list still has the entry that was noted as
/// its last before this view of it was taken.
pub(crate) fn verify_entries(
    connection: &Connection,
    noted: Option<Head>,
) -> Result<Verified, Damage> {
    // One view of the file, also while a till goes on writing.
    let view = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    // What is about a payment is read once, where the payment is made again from it.
    let head = chain::walk(&view, Head::START, |line| {
        if line.payment.is_some() || line.fact().is_some() {
            Ok(())
        } else {
            Err(Damage::Unreadable { seq: line.seq })
        }
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
    let mut kept = connection.prepare(&format!(
        "SELECT {} FROM payment WHERE seq = ?1",
        Projected::ALL_COLUMNS
    ))?;
    let mut name = String::new();
    let mut made: Option<Projected> = None;
    while let Some(row) = entries.next()? {
        let line = Line::of(row)?;
        let of = line.payment.unwrap_or_default();
        if of != name {
            if let Some(payment) = made.take() {
                compare(&name, &payment, &mut kept)?;
            }
            of.clone_into(&mut name);
        }
        made = Some(replay(made.as_ref(), &line)?);
    }
    if let Some(payment) = &made {
        compare(&name, payment, &mut kept)?;
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

fn replay(before: Option<&Projected>, line: &Line<'_>) -> Result<Projected, Damage> {
    let unreadable = Damage::Unreadable { seq: line.seq };
    let Some(Fact::Payment { event, .. }) = line.fact() else {
        return Err(unreadable);
    };
    let seq = i64::try_from(line.seq).map_err(|_| unreadable)?;
    Projected::after(before, seq, line.at_ms, &event).map_err(|_| Damage::Projection {
        payment: line.payment.unwrap_or_default().to_owned(),
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
