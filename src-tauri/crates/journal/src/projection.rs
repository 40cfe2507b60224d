//! Where each payment stands, kept beside the entries that make it so.

use payment::{Event, Misfit, Payment, TerminalCode, apply};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, named_params};

/// A payment with what its entries say about time. The one way to make it is [`Projected::after`],
/// for the writer and for the verifier alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Projected {
    /// The number of its request's entry.
    pub(crate) seq: i64,
    pub(crate) payment: Payment,
    pub(crate) requested_at_ms: i64,
    /// Of the last entry about it.
    pub(crate) changed_at_ms: i64,
    /// Of the entry that brought it to the class its end has: a payment that was cancelled and
    /// then found paid ended when it was found paid.
    pub(crate) ended_at_ms: Option<i64>,
}

impl Projected {
    /// Where a payment stands after one more fact.
    pub(crate) fn after(
        before: Option<&Self>,
        seq: i64,
        at_ms: i64,
        event: &Event,
    ) -> Result<Self, Misfit> {
        let payment = apply(before.map(|before| &before.payment), event)?;
        let ended_at_ms = if payment.state.is_open() {
            None
        } else {
            before
                .filter(|before| before.payment.state.class() == payment.state.class())
                .map_or(Some(at_ms), |before| before.ended_at_ms)
        };
        Ok(Self {
            seq: before.map_or(seq, |before| before.seq),
            requested_at_ms: before.map_or(at_ms, |before| before.requested_at_ms),
            changed_at_ms: at_ms,
            ended_at_ms,
            payment,
        })
    }

    /// The columns [`Projected::read`] wants, in its order.
    pub(crate) const COLUMNS: &str = "seq, body, requested_at_ms, changed_at_ms, ended_at_ms";

    pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let payment = serde_json::from_str(row.get_ref(1)?.as_str()?).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
        })?;
        Ok(Self {
            seq: row.get(0)?,
            payment,
            requested_at_ms: row.get(2)?,
            changed_at_ms: row.get(3)?,
            ended_at_ms: row.get(4)?,
        })
    }

    /// Finds a payment by its first entry: an index of its own would be one more page in each new
    /// payment's commit, which the card machine waits for. The hint keeps SQLite from holding the
    /// name against the conditions of the other indexes, for which it would prepare the statement
    /// anew at each call.
    pub(crate) fn load(connection: &Connection, payment: &str) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT seq, body, requested_at_ms, changed_at_ms, ended_at_ms FROM payment
                 WHERE seq = (SELECT seq FROM entry INDEXED BY entry_of_payment
                     WHERE payment = ?1 ORDER BY seq LIMIT 1)",
            )?
            .query_row([payment], Self::read)
            .optional()
    }

    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let payment = &self.payment;
        connection
            .prepare_cached(
                "INSERT INTO payment (seq, id, order_ref, attempt, account, terminal, minor,
                     currency, state, is_open, requested_at_ms, changed_at_ms, ended_at_ms, body)
                 VALUES (:seq, :id, :order_ref, :attempt, :account, :terminal, :minor,
                     :currency, :state, :is_open, :requested_at_ms, :changed_at_ms, :ended_at_ms,
                     :body)",
            )?
            .execute(named_params! {
                ":seq": self.seq,
                ":id": payment.id.to_string(),
                ":order_ref": payment.order.as_str(),
                ":attempt": payment.attempt.number(),
                ":account": payment.account.as_str(),
                ":terminal": payment.way.terminal().map_or("", TerminalCode::as_str),
                ":minor": payment.amount.minor(),
                ":currency": payment.amount.currency().code(),
                ":state": payment.state.name(),
                ":is_open": payment.state.is_open(),
                ":requested_at_ms": self.requested_at_ms,
                ":changed_at_ms": self.changed_at_ms,
                ":ended_at_ms": self.ended_at_ms,
                ":body": self.body()?,
            })
            .map(|_| ())
    }

    pub(crate) fn update(&self, before: &Self, connection: &Connection) -> rusqlite::Result<()> {
        let state = self.payment.state;
        let (name, body) = (state.name(), self.body()?);
        // Naming an indexed column writes its index even where the value stays, and every page
        // written is four kilobytes more for the disk to take before the card machine is asked.
        let stays = state.is_open() == before.payment.state.is_open()
            && self.ended_at_ms == before.ended_at_ms;
        let rows = if stays {
            connection
                .prepare_cached(
                    "UPDATE payment SET state = ?2, changed_at_ms = ?3, body = ?4 WHERE seq = ?1",
                )?
                .execute((self.seq, name, self.changed_at_ms, body))?
        } else {
            connection
                .prepare_cached(
                    "UPDATE payment SET state = ?2, changed_at_ms = ?3, body = ?4,
                         is_open = ?5, ended_at_ms = ?6
                     WHERE seq = ?1",
                )?
                .execute((
                    self.seq,
                    name,
                    self.changed_at_ms,
                    body,
                    state.is_open(),
                    self.ended_at_ms,
                ))?
        };
        if rows == 1 {
            Ok(())
        } else {
            Err(rusqlite::Error::StatementChangedRows(rows))
        }
    }

    fn body(&self) -> rusqlite::Result<String> {
        serde_json::to_string(&self.payment)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }

    /// The columns [`Projected::is_row`] wants, in its order: all there are.
    pub(crate) const ALL_COLUMNS: &str = "seq, id, order_ref, attempt, account, terminal, minor, \
         currency, state, is_open, requested_at_ms, changed_at_ms, ended_at_ms, body";

    /// Whether the row is in every column what this is.
    pub(crate) fn is_row(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<bool> {
        let payment = &self.payment;
        let terminal = payment.way.terminal().map_or("", TerminalCode::as_str);
        let text = |index: usize, expected: &str| {
            Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_str()? == expected)
        };
        Ok(row.get::<_, i64>(0)? == self.seq
            && text(1, &payment.id.to_string())?
            && text(2, payment.order.as_str())?
            && row.get::<_, u32>(3)? == payment.attempt.number()
            && text(4, payment.account.as_str())?
            && text(5, terminal)?
            && row.get::<_, i64>(6)? == payment.amount.minor()
            && text(7, payment.amount.currency().code())?
            && text(8, payment.state.name())?
            && row.get::<_, bool>(9)? == payment.state.is_open()
            && row.get::<_, i64>(10)? == self.requested_at_ms
            && row.get::<_, i64>(11)? == self.changed_at_ms
            && row.get::<_, Option<i64>>(12)? == self.ended_at_ms
            && text(13, &self.body()?)?)
    }
}
