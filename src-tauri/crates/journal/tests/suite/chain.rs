//! Whoever changes the file behind the till's back is found out.

use std::fs;
use std::path::Path;

use journal::{AppendError, Damage, Filter, Health, Journal, Summary, Trouble};
use payment::Attempt;
use rusqlite::Connection;

use crate::story::{MORNING_MS, id, order, requested, sold};

/// Twelve sales of three entries each: 36 entries.
const SALES: u128 = 12;

async fn written(folder: &Path) {
    let journal = Journal::open(folder).unwrap();
    sold(&journal, SALES).await;
    assert_eq!(journal.verify().unwrap().entries, 36);
}

/// Runs SQL as someone would who knows the tables: the triggers are put aside and back again.
fn tamper(folder: &Path, sql: &str) {
    let connection = Connection::open(folder.join("journal.db")).unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(triggers.len(), 3);
    for (name, _) in &triggers {
        connection
            .execute_batch(&format!("DROP TRIGGER {name}"))
            .unwrap();
    }
    connection.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
}

#[tokio::test]
async fn what_was_tampered_with_is_found() {
    let swap = "UPDATE entry SET seq = 1000 WHERE seq = 5; UPDATE entry SET seq = 5 WHERE seq = 6;
        UPDATE entry SET seq = 6 WHERE seq = 1000";
    let forge =
        "INSERT INTO entry SELECT 37, at_ms, kind, payment, body, hash FROM entry WHERE seq = 36";
    // Leaves a journal that is whole in itself: only the note beside it tells.
    let forget = "DELETE FROM entry WHERE seq > 33; DELETE FROM payment WHERE seq > 33";
    let empty = "DELETE FROM entry; DELETE FROM payment";
    let twice = "INSERT INTO payment SELECT 35, id, 'R-other', attempt, account, terminal, minor,
        currency, state, is_open, requested_at_ms, changed_at_ms, ended_at_ms, body
        FROM payment WHERE seq = 34";
    let made_up = "INSERT INTO payment SELECT 35, 'nobody', 'R-other', attempt, account, terminal,
        minor, currency, state, is_open, requested_at_ms, changed_at_ms, ended_at_ms, body
        FROM payment WHERE seq = 34";
    let payment = |number| Damage::Projection {
        payment: id(number).to_string(),
    };
    let table = [
        (
            "UPDATE entry SET body = replace(body, '35050', '3505') WHERE seq = 1",
            Damage::Altered { seq: 1 },
        ),
        (
            "UPDATE entry SET at_ms = at_ms + 1 WHERE seq = 5",
            Damage::Altered { seq: 5 },
        ),
        (
            "UPDATE entry SET hash = zeroblob(32) WHERE seq = 5",
            Damage::Altered { seq: 5 },
        ),
        (
            "UPDATE entry SET payment = (SELECT payment FROM entry WHERE seq = 9) WHERE seq = 5",
            Damage::Altered { seq: 5 },
        ),
        (
            "DELETE FROM entry WHERE seq = 1",
            Damage::Missing { seq: 1 },
        ),
        (
            "DELETE FROM entry WHERE seq = 20",
            Damage::Missing { seq: 20 },
        ),
        (swap, Damage::Altered { seq: 5 }),
        (
            "DELETE FROM entry WHERE seq > 33",
            Damage::Shortened { seq: 36 },
        ),
        (forget, Damage::Shortened { seq: 36 }),
        (empty, Damage::Shortened { seq: 36 }),
        (forge, Damage::Altered { seq: 37 }),
        (twice, payment(11)),
        (
            made_up,
            Damage::Projection {
                payment: "nobody".to_owned(),
            },
        ),
        (
            "UPDATE payment SET state = 'failed' WHERE seq = 1",
            payment(0),
        ),
        ("UPDATE payment SET minor = 1 WHERE seq = 4", payment(1)),
        ("UPDATE payment SET is_open = 1 WHERE seq = 4", payment(1)),
        ("DELETE FROM payment WHERE seq = 7", payment(2)),
        ("DROP INDEX payment_open", Damage::Tables),
        ("CREATE TABLE more (x)", Damage::Tables),
    ];
    for (sql, found) in table {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path()).await;
        tamper(folder.path(), sql);
        let journal = Journal::open_read_only(folder.path()).unwrap();
        assert_eq!(journal.verify(), Err(found), "{sql}");
    }
}

/// The last entries and what they made are gone, and the note beside the journal tells it: a till
/// takes no facts on top of the rest.
#[tokio::test]
async fn a_till_whose_last_entries_were_taken_out_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let forget = "DELETE FROM entry WHERE seq > 33; DELETE FROM payment WHERE seq > 33";
    tamper(folder.path(), forget);
    let journal = Journal::open(folder.path()).unwrap();
    let damage = Damage::Shortened { seq: 36 };
    assert_eq!(
        journal.health(),
        Health::ReadOnly(Trouble::Damaged { damage })
    );
    drop(journal);
    fs::remove_file(folder.path().join("journal.head")).unwrap();
    let without = Journal::open(folder.path()).unwrap();
    assert_eq!(
        without.verify().map(|verified| verified.entries),
        Ok(33),
        "in itself it is whole"
    );
}

#[tokio::test]
async fn a_broken_chain_takes_no_facts_and_shows_its_history() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    tamper(folder.path(), "UPDATE entry SET at_ms = 0 WHERE seq = 5");
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let trouble = Trouble::Damaged {
        damage: Damage::Altered { seq: 5 },
    };
    assert_eq!(journal.health(), Health::ReadOnly(trouble.clone()));
    let request = requested(id(99), &order("R-99"), Attempt::FIRST);
    let refused = journal.append(MORNING_MS, vec![request]).await;
    assert!(
        matches!(&refused, Err(AppendError::NotWritable { trouble: said }) if *said == trouble),
        "{refused:?}"
    );
    assert_eq!(journal.recent(&Filter::All, None, 50).unwrap().len(), 12);
    assert_eq!(journal.retry_health().await, Health::ReadOnly(trouble));
    drop(journal);
    let after = fs::read(folder.path().join("journal.db")).unwrap();
    assert!(before == after, "a damaged file stays as it was found");
}

#[tokio::test]
async fn the_tables_themselves_refuse_to_forget() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let connection = Connection::open(folder.path().join("journal.db")).unwrap();
    let table = [
        (
            "UPDATE entry SET at_ms = 0 WHERE seq = 5",
            "an entry is never changed",
        ),
        (
            "DELETE FROM entry WHERE seq = 36",
            "an entry is never deleted",
        ),
        (
            "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 5",
            "an entry follows the last one",
        ),
        (
            "INSERT INTO entry SELECT 38, at_ms, kind, payment, body, hash FROM entry WHERE seq = 5",
            "an entry follows the last one",
        ),
    ];
    for (sql, said) in table {
        let refused = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(refused.contains(said), "{sql}: {refused}");
    }
}

/// Everything a till would read.
fn all(journal: &Journal) -> Option<(Vec<Summary>, Vec<journal::Entry>)> {
    let list = journal.recent(&Filter::All, None, 1000).ok()?;
    let mut entries = Vec::new();
    for number in 0..SALES {
        entries.extend(journal.timeline(id(number)).ok()?);
    }
    Some((list, entries))
}

#[tokio::test]
async fn a_flipped_bit_is_found_or_changes_nothing_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let whole = fs::read(folder.path().join("journal.db")).unwrap();
    let truth = all(&Journal::open_read_only(folder.path()).unwrap()).unwrap();
    let mut random = fastrand::Rng::with_seed(20_418);
    let mut found = 0;
    for _ in 0..200 {
        let mut bytes = whole.clone();
        let (place, bit) = (random.usize(..bytes.len()), random.u8(..8));
        bytes[place] ^= 1 << bit;
        let flipped = tempfile::tempdir().unwrap();
        fs::write(flipped.path().join("journal.db"), bytes).unwrap();
        let Ok(journal) = Journal::open_read_only(flipped.path()) else {
            found += 1;
            continue;
        };
        if journal.verify().is_err() {
            found += 1;
        } else {
            assert_eq!(
                all(&journal).as_ref(),
                Some(&truth),
                "byte {place}, bit {bit}"
            );
        }
    }
    assert!(found > 50, "only {found} of 200 flips met anything");
}
