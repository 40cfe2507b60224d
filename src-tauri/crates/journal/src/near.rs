//! What is asked of the journal before money moves: what was charged a moment ago, and how much this till
//! usually charges. Both look at the newest payments only and read no body, as a customer waits for it.

use money::{Currency, Money};
use payment::{OrderRef, Payment, PaymentId};
use rusqlite::Connection;

use crate::error::ReadError;
use crate::query;

/// A payment of a moment ago, without its story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Which.
    pub id: PaymentId,
    /// The order.
    pub order: OrderRef,
    /// How much.
    pub amount: Money,
    /// When it was asked for, milliseconds since 1970 UTC.
    pub requested_at_ms: i64,
    /// When it was over.
    pub ended_at_ms: Option<i64>,
}

pub(crate) fn newest(connection: &Connection, limit: usize) -> Result<Vec<Brief>, ReadError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT id, order_ref, minor, currency, requested_at_ms, ended_at_ms FROM payment
         ORDER BY seq DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([limit])?;
    let mut briefs = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, order): (String, String) = (row.get(0)?, row.get(1)?);
        let currency: Option<Currency> = row.get::<_, String>(3)?.parse().ok();
        let amount = currency.and_then(|currency| Money::new(row.get(2).ok()?, currency).ok());
        // A row that cannot be read is no reason not to be warned of the others.
        if let (Ok(id), Ok(order), Some(amount)) = (id.parse(), OrderRef::new(&order), amount) {
            briefs.push(Brief {
                id,
                order,
                amount,
                requested_at_ms: row.get(4)?,
                ended_at_ms: row.get(5)?,
            });
        }
    }
    Ok(briefs)
}

/// Of the newest payments that were asked for, those that were paid in this currency: minor units, newest
/// first. What gives money back is none of them, and what went back again says nothing about what is usual.
pub(crate) fn paid(
    connection: &Connection,
    currency: Currency,
    limit: usize,
) -> Result<Vec<i64>, ReadError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection
        .prepare_cached(
            "SELECT minor FROM (SELECT seq, minor, currency, state FROM payment
                 ORDER BY seq DESC LIMIT ?2)
             WHERE currency = ?1 AND state IN ('paid', 'partly_refunded') ORDER BY seq DESC",
        )?
        .query_map((currency.code(), limit), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Money that came where none was expected, and of which a manager has not said that it stays.
pub(crate) fn unexpected(connection: &Connection) -> Result<Vec<Payment>, ReadError> {
    // Word for word the condition of the index, or SQLite does not take it.
    let rest = "INDEXED BY payment_unexpected WHERE is_open = 0
        AND state <> 'refunded'
        AND (json_extract(body, '$.late') = 1
            OR (json_extract(body, '$.withdrawal.batch') IS NOT NULL
                AND state IN ('paid', 'partly_refunded')))
        AND coalesce(json_extract(body, '$.decided.decision'), '') <> 'keep'
        ORDER BY seq";
    query::payments(connection, rest, ())
}
