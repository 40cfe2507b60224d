//! What was made elsewhere, in the index's file or in memory: see [`crate::elsewhere`].

use std::collections::BTreeSet;

use money::{Currency, Money};
use payment::{AccountId, IntentId, Listed, Standing};
use rusqlite::{
    Connection, OptionalExtension as _, Params, Row, Transaction, TransactionBehavior, params,
};

use super::text;
use crate::elsewhere::{Elsewhere, ElsewhereScope, Place, ReadList};
use crate::search::{QuarterOf, Search, names_of_listed};

/// The tables.
pub(super) const FORM: &str = "
    CREATE TABLE elsewhere (
        number     INTEGER PRIMARY KEY,
        account    TEXT NOT NULL,
        intent     TEXT NOT NULL,
        reference  TEXT NOT NULL,
        minor      INTEGER NOT NULL,
        currency   TEXT NOT NULL,
        made_at_ms INTEGER,
        at_ms      INTEGER NOT NULL,
        standing   TEXT NOT NULL,
        raw        TEXT NOT NULL,
        has_link   INTEGER NOT NULL,
        last_four  TEXT,
        read_at_ms INTEGER NOT NULL,
        is_gone    INTEGER NOT NULL,
        is_open    INTEGER NOT NULL,
        UNIQUE (account, intent)
    ) STRICT;
    CREATE INDEX elsewhere_place ON elsewhere (at_ms, number);
    CREATE INDEX elsewhere_open ON elsewhere (at_ms, number) WHERE is_open = 1;
    CREATE VIRTUAL TABLE elsewhere_text USING fts5(
        text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
    );";

const COLUMNS: &str = "number, account, intent, reference, minor, currency, made_at_ms, at_ms,
    standing, raw, has_link, last_four, read_at_ms, is_gone";

/// So long one is kept after it was made: a quarter of a year. Milliseconds.
const KEPT_MS: i64 = 92 * 24 * 60 * 60 * 1_000;

/// Rows of one look.
const ROWS: usize = 500;

/// One that is gone with the program.
pub(crate) fn in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(FORM)?;
    Ok(connection)
}

/// Where they are.
pub(crate) struct Shelf<'a>(pub(crate) &'a Connection);

impl Shelf<'_> {
    /// Takes in a whole list.
    pub(crate) fn keep(&self, list: &ReadList, quarter_of: QuarterOf) -> rusqlite::Result<()> {
        let transaction = Transaction::new_unchecked(self.0, TransactionBehavior::Immediate)?;
        let account = list.account.as_str();
        let mut missing: BTreeSet<String> = transaction
            .prepare_cached(
                "SELECT intent FROM elsewhere
                 WHERE account = ?1 AND (made_at_ms IS NULL OR made_at_ms >= ?2)",
            )?
            .query_map((account, list.since_ms), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for one in &list.rows {
            missing.remove(one.intent.as_str());
            put(&transaction, list, one, quarter_of)?;
        }
        for intent in missing {
            // Where it stands now nobody told: what is known of it stays as it was told last.
            transaction
                .prepare_cached(
                    "UPDATE elsewhere SET is_gone = 1, is_open = 0
                     WHERE account = ?1 AND intent = ?2",
                )?
                .execute((account, intent))?;
        }
        let old = list.read_at_ms.saturating_sub(KEPT_MS);
        delete(&transaction, "at_ms < ?1", [old])?;
        transaction.commit()
    }

    /// Takes in a reading of one.
    pub(crate) fn note(
        &self,
        account: &AccountId,
        intent: &IntentId,
        standing: Standing,
        read_at_ms: i64,
    ) -> rusqlite::Result<()> {
        let is_open = standing.stands_open();
        self.0
            .prepare_cached(
                "UPDATE elsewhere SET standing = ?3, raw = '', is_gone = 0, is_open = ?4,
                     has_link = has_link AND ?4, read_at_ms = ?5
                 WHERE account = ?1 AND intent = ?2 AND standing <> ?3",
            )?
            .execute(params![
                account.as_str(),
                intent.as_str(),
                word(standing),
                is_open,
                read_at_ms
            ])
            .map(|_| ())
    }

    /// Takes out what was made through an account.
    pub(crate) fn forget(&self, account: &AccountId) -> rusqlite::Result<()> {
        let transaction = Transaction::new_unchecked(self.0, TransactionBehavior::Immediate)?;
        delete(&transaction, "account = ?1", [account.as_str()])?;
        transaction.commit()
    }

    pub(crate) fn one(
        &self,
        account: &AccountId,
        intent: &IntentId,
    ) -> rusqlite::Result<Option<Elsewhere>> {
        let sql = format!("SELECT {COLUMNS} FROM elsewhere WHERE account = ?1 AND intent = ?2");
        let mut statement = self.0.prepare_cached(&sql)?;
        let found = statement
            .query_row((account.as_str(), intent.as_str()), read)
            .optional()?;
        Ok(found.flatten())
    }

    /// A page of them. The words of the index only propose: each row is held against the search.
    pub(crate) fn search(
        &self,
        search: &Search,
        scope: ElsewhereScope,
        before: Place,
        limit: usize,
    ) -> rusqlite::Result<Vec<Elsewhere>> {
        let expression = text::expression(search);
        let since = match scope {
            ElsewhereScope::All | ElsewhereScope::Open => i64::MIN,
            ElsewhereScope::Since(at_ms) => at_ms,
        };
        let open = match scope {
            ElsewhereScope::All | ElsewhereScope::Since(_) => "",
            ElsewhereScope::Open => "AND is_open = 1",
        };
        let proposed = match expression {
            Some(_) => {
                "AND number IN (SELECT rowid FROM elsewhere_text WHERE elsewhere_text MATCH ?4)"
            }
            None => "AND ?4 IS NULL",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM elsewhere
             WHERE (at_ms, number) < (?1, ?2) AND at_ms >= ?3 {open} {proposed}
             ORDER BY at_ms DESC, number DESC LIMIT ?5"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let at_once = i64::try_from(limit.max(ROWS)).unwrap_or(i64::MAX);
        let (mut found, mut before) = (Vec::new(), before);
        loop {
            let rows: Vec<(Place, Option<Elsewhere>)> = statement
                .query_map(
                    params![before.at_ms, before.number, since, expression, at_once],
                    |row| Ok((place(row)?, read(row)?)),
                )?
                .collect::<rusqlite::Result<_>>()?;
            let is_end = i64::try_from(rows.len()).unwrap_or(0) < at_once;
            for (place, row) in rows {
                before = place;
                let is_meant = |row: &Elsewhere| {
                    search.finds_listed(&row.account, &row.listed, row.place.at_ms)
                };
                found.extend(row.filter(is_meant));
                if found.len() >= limit {
                    return Ok(found);
                }
            }
            if is_end {
                return Ok(found);
            }
        }
    }
}

fn put(
    transaction: &Transaction<'_>,
    list: &ReadList,
    one: &Listed,
    quarter_of: QuarterOf,
) -> rusqlite::Result<()> {
    // Where the provider does not say when it was made, it keeps the time at which it was seen first.
    let (number, at_ms): (i64, i64) = transaction
        .prepare_cached(
            "INSERT INTO elsewhere (account, intent, reference, minor, currency, made_at_ms, at_ms,
                 standing, raw, has_link, last_four, read_at_ms, is_gone, is_open)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?6, ?11), ?7, ?8, ?9, ?10, ?11, 0, ?12)
             ON CONFLICT (account, intent) DO UPDATE SET reference = ?3, minor = ?4,
                 currency = ?5, made_at_ms = ?6, at_ms = coalesce(?6, at_ms), standing = ?7,
                 raw = ?8, has_link = ?9, last_four = coalesce(?10, last_four), read_at_ms = ?11,
                 is_gone = 0, is_open = ?12
             RETURNING number, at_ms",
        )?
        .query_row(
            params![
                list.account.as_str(),
                one.intent.as_str(),
                one.reference,
                one.amount.minor(),
                one.amount.currency().code(),
                one.made_at_ms,
                word(one.standing),
                one.raw,
                one.has_link,
                one.last_four,
                list.read_at_ms,
                one.standing.stands_open(),
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    let names = names_of_listed(&list.account, one);
    let text = text::document_of(&names, one.amount, quarter_of(at_ms));
    transaction
        .prepare_cached("INSERT OR REPLACE INTO elsewhere_text (rowid, text) VALUES (?1, ?2)")?
        .execute((number, text))
        .map(|_| ())
}

fn delete(
    transaction: &Transaction<'_>,
    which: &str,
    params: impl Params + Clone,
) -> rusqlite::Result<()> {
    let text = format!(
        "DELETE FROM elsewhere_text WHERE rowid IN (SELECT number FROM elsewhere WHERE {which})"
    );
    transaction.prepare_cached(&text)?.execute(params.clone())?;
    let rows = format!("DELETE FROM elsewhere WHERE {which}");
    transaction.prepare_cached(&rows)?.execute(params)?;
    Ok(())
}

fn word(standing: Standing) -> String {
    let value = serde_json::to_value(standing).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        number: row.get("number")?,
        at_ms: row.get("at_ms")?,
    })
}

/// A row that cannot be what it says is none: the next reading writes it anew.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<Elsewhere>> {
    let (account, intent): (String, String) = (row.get("account")?, row.get("intent")?);
    let (minor, code): (i64, String) = (row.get("minor")?, row.get("currency")?);
    let standing: String = row.get("standing")?;
    let known = Currency::ALL.into_iter().find(|known| known.code() == code);
    let amount = known.and_then(|currency| Money::new(minor, currency).ok());
    let standing = Standing::ALL
        .into_iter()
        .find(|known| word(*known) == standing);
    let (Ok(account), Ok(intent)) = (AccountId::new(&account), IntentId::new(&intent)) else {
        return Ok(None);
    };
    let (Some(amount), Some(standing)) = (amount, standing) else {
        return Ok(None);
    };
    Ok(Some(Elsewhere {
        place: place(row)?,
        account,
        listed: Listed {
            intent,
            reference: row.get("reference")?,
            amount,
            made_at_ms: row.get("made_at_ms")?,
            standing,
            raw: row.get("raw")?,
            has_link: row.get("has_link")?,
            last_four: row.get("last_four")?,
        },
        read_at_ms: row.get("read_at_ms")?,
        is_gone: row.get("is_gone")?,
    }))
}
