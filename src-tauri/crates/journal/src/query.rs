//! What is asked of the journal. Every answer comes from the projection and an index; history is
//! paged by the place of its last row, never by an offset, so the thousandth page costs the same
//! as the first.

use payment::{OrderRef, Payment, PaymentId, Shop, ShopEvent};
use rusqlite::{Connection, OptionalExtension as _, Params};

use crate::chain::Stored;
use crate::error::ReadError;
use crate::fact::{Entry, Fact};
use crate::projection::Projected;

/// Which payments to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    All,
    /// Those that are not over.
    Open,
}

/// A place in the list of payments. Newer payments come before older ones, by the order in which
/// they were written and not by the clock, which may be set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(i64);

impl Cursor {
    /// The number of the payment's first entry.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The place of a number that came from [`Cursor::number`].
    #[must_use]
    pub const fn at(number: i64) -> Self {
        Self(number)
    }
}

/// A payment in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its place: pass that of the last row to get the rows after it.
    pub cursor: Cursor,
    /// The payment.
    pub payment: Payment,
    /// When it was asked for, milliseconds since 1970 UTC.
    pub requested_at_ms: i64,
    /// When the last fact about it came.
    pub changed_at_ms: i64,
    /// When it was over; where it was found paid after another end, when that was found.
    pub ended_at_ms: Option<i64>,
}

impl From<Projected> for Summary {
    fn from(row: Projected) -> Self {
        Self {
            cursor: Cursor(row.seq),
            payment: row.payment,
            requested_at_ms: row.requested_at_ms,
            changed_at_ms: row.changed_at_ms,
            ended_at_ms: row.ended_at_ms,
        }
    }
}

fn rows(
    connection: &Connection,
    rest: &str,
    params: impl Params,
) -> Result<Vec<Projected>, ReadError> {
    let columns = Projected::COLUMNS;
    Ok(connection
        .prepare_cached(&format!("SELECT {columns} FROM payment {rest}"))?
        .query_map(params, Projected::read)?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn payments(
    connection: &Connection,
    rest: &str,
    params: impl Params,
) -> Result<Vec<Payment>, ReadError> {
    let rows = rows(connection, rest, params)?;
    Ok(rows.into_iter().map(|row| row.payment).collect())
}

pub(crate) fn payment(
    connection: &Connection,
    id: PaymentId,
) -> Result<Option<Payment>, ReadError> {
    Ok(summary(connection, id)?.map(|summary| summary.payment))
}

pub(crate) fn summary(
    connection: &Connection,
    id: PaymentId,
) -> Result<Option<Summary>, ReadError> {
    Ok(Projected::load(connection, &id.to_string())?.map(Summary::from))
}

pub(crate) fn payments_of(
    connection: &Connection,
    order: &OrderRef,
) -> Result<Vec<Payment>, ReadError> {
    let rest = "WHERE order_ref = ?1 ORDER BY attempt";
    payments(connection, rest, [order.as_str()])
}

/// Looks through every row: the names are in the payments' bodies, and an index of them would be one
/// more page to write in each sale.
pub(crate) fn payments_named(
    connection: &Connection,
    name: &str,
) -> Result<Vec<Payment>, ReadError> {
    let quoted = serde_json::to_string(name).unwrap_or_default();
    let rest = "WHERE instr(body, ?1) > 0 OR instr(body, ?2) > 0 ORDER BY seq";
    let named = [format!("\"intent\":{quoted}"), format!("\"key\":{quoted}")];
    payments(connection, rest, named)
}

pub(crate) fn open_payments(connection: &Connection) -> Result<Vec<Payment>, ReadError> {
    // Without the hint the whole list may be gone through for the sake of its order.
    let rest = "INDEXED BY payment_open WHERE is_open = 1 ORDER BY seq";
    payments(connection, rest, ())
}

pub(crate) fn acting_payments(connection: &Connection) -> Result<Vec<Payment>, ReadError> {
    // Word for word the condition of the index, or SQLite does not take it.
    let rest = "INDEXED BY payment_acting WHERE is_open = 0
        AND json_extract(body, '$.acts[#-1].progress.kind') IN ('asked', 'accepted', 'lost')
        ORDER BY seq";
    let acting = payments(connection, rest, ())?;
    // Some acts are over once they are taken.
    let is_acting = |payment: &Payment| payment.pending_act().is_some();
    Ok(acting.into_iter().filter(is_acting).collect())
}

pub(crate) fn ended_since(connection: &Connection, at_ms: i64) -> Result<Vec<Payment>, ReadError> {
    let rest = "INDEXED BY payment_ended WHERE ended_at_ms >= ?1 ORDER BY seq";
    payments(connection, rest, [at_ms])
}

pub(crate) fn recent(
    connection: &Connection,
    filter: &Filter,
    before: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Summary>, ReadError> {
    let before = before.map_or(i64::MAX, Cursor::number);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let page = "ORDER BY seq DESC LIMIT ?2";
    let rows = match filter {
        Filter::All => {
            let rest = format!("WHERE seq < ?1 {page}");
            rows(connection, &rest, (before, limit))
        }
        Filter::Open => {
            let rest = format!("INDEXED BY payment_open WHERE is_open = 1 AND seq < ?1 {page}");
            rows(connection, &rest, (before, limit))
        }
    }?;
    Ok(rows.into_iter().map(Summary::from).collect())
}

/// So many rows at most before a number, as [`recent`] has them, for a search that goes through them.
pub(crate) fn before(
    connection: &Connection,
    is_open: bool,
    before: i64,
    limit: usize,
) -> Result<Vec<Summary>, ReadError> {
    let filter = if is_open { Filter::Open } else { Filter::All };
    recent(connection, &filter, Some(Cursor(before)), limit)
}

/// The payment whose first entry has this number.
pub(crate) fn numbered(connection: &Connection, seq: i64) -> Result<Option<Summary>, ReadError> {
    let found = rows(connection, "WHERE seq = ?1", [seq])?;
    Ok(found.into_iter().next().map(Summary::from))
}

pub(crate) fn timeline(connection: &Connection, id: PaymentId) -> Result<Vec<Entry>, ReadError> {
    let columns = Stored::COLUMNS;
    let stored: Vec<Stored> = connection
        .prepare_cached(&format!(
            "SELECT {columns} FROM entry WHERE payment = ?1 ORDER BY seq"
        ))?
        .query_map([id.to_string()], Stored::read)?
        .collect::<rusqlite::Result<_>>()?;
    entries(stored)
}

pub(crate) fn shop(connection: &Connection) -> Result<Shop, ReadError> {
    let columns = Stored::COLUMNS;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {columns} FROM entry INDEXED BY entry_of_shop WHERE kind = 'shop' ORDER BY seq"
    ))?;
    let mut rows = statement.query(())?;
    let mut shop = Shop::default();
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        shop.apply(&shop_event(&stored)?);
    }
    Ok(shop)
}

/// Everything that happened to the shop itself, oldest first.
pub(crate) fn shop_story(connection: &Connection) -> Result<Vec<Entry>, ReadError> {
    let columns = Stored::COLUMNS;
    let stored: Vec<Stored> = connection
        .prepare_cached(&format!(
            "SELECT {columns} FROM entry INDEXED BY entry_of_shop WHERE kind = 'shop' ORDER BY seq"
        ))?
        .query_map((), Stored::read)?
        .collect::<rusqlite::Result<_>>()?;
    entries(stored)
}

pub(crate) fn entries(stored: Vec<Stored>) -> Result<Vec<Entry>, ReadError> {
    stored
        .into_iter()
        .map(|stored| {
            let seq = stored.seq;
            stored.entry().ok_or(ReadError::Unreadable { seq })
        })
        .collect()
}

fn shop_event(stored: &Stored) -> Result<ShopEvent, ReadError> {
    match stored.fact() {
        Some(Fact::Shop(event)) => Ok(event),
        Some(Fact::Payment { .. }) | None => Err(ReadError::Unreadable { seq: stored.seq }),
    }
}

pub(crate) fn last_order(connection: &Connection) -> Result<Option<OrderRef>, ReadError> {
    let last = rows(connection, "ORDER BY seq DESC LIMIT 1", ())?;
    Ok(last.into_iter().next().map(|row| row.payment.order))
}

/// The number of the last entry; 0 where there is none.
pub(crate) fn last_seq(connection: &Connection) -> Result<u64, ReadError> {
    let last: Option<i64> = connection
        .query_row(
            "SELECT seq FROM entry ORDER BY seq DESC LIMIT 1",
            (),
            |row| row.get(0),
        )
        .optional()?;
    Ok(last.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
}
