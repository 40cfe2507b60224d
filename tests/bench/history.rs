//! A long history, and what is asked of it: the search beside a scan of the table, and the audit of
//! every entry beside hashing the same bytes.

use std::path::Path;
use std::time::{Duration, Instant};

use journal::{Cursor, Journal, Scope, Search, Word};
use money::{Currency, Money};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

use crate::filled::{fill, order};
use crate::numbers::{Pairs, quantile};

/// Payments of a history, unless the command says otherwise.
const PAYMENTS: u32 = 1_000_000;

/// Entries of a journal whose audit is measured.
const ENTRIES: u32 = 1_000_000;

/// Questions of each kind.
const QUESTIONS: usize = 200;

/// Scans of the whole table: each takes long.
const SCANS: usize = 20;

/// Rows of a page, as the window has them.
const PAGE: usize = 50;

fn wait_until_indexed(journal: &Journal) {
    while !journal.is_indexed() {
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn megabytes(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |meta| meta.len() / 1_000_000)
}

fn search(words: &[&str], scope: Scope) -> Search {
    let word = |text: &&str| {
        let is_amount = text.contains('.');
        let amount = Money::from_decimal(text, Currency::Mxn).ok();
        Word {
            text: (*text).to_owned(),
            amounts: amount.filter(|_| is_amount).into_iter().collect(),
            ..Word::default()
        }
    };
    Search {
        words: words.iter().map(word).collect(),
        scope,
        quarter_of: till::quarter_of,
    }
}

/// One question: its first page.
fn ask(journal: &Journal, search: &Search, before: Option<Cursor>) -> Duration {
    let started = Instant::now();
    let page = journal.search(search, before, PAGE).expect("a page");
    let took = started.elapsed();
    std::hint::black_box(page);
    took
}

/// What somebody types, by kind.
fn questions(kind: &str, payments: u32, dice: &mut fastrand::Rng) -> (Search, Option<Cursor>) {
    let number = dice.u32(..payments);
    let name = order(number);
    match kind {
        "whole order" => (search(&[&name], Scope::All), None),
        "beginning of an order" => (search(&[&name[..7]], Scope::All), None),
        "part of an order" => (search(&[&name[5..]], Scope::All), None),
        "three digits" => (search(&[&name[7..]], Scope::All), None),
        "two letters" => (search(&[&name[8..]], Scope::All), None),
        "part of the provider's name" => {
            let intent = format!("{:08x}", number.wrapping_mul(2_654_435_761));
            (search(&[&intent[1..7]], Scope::All), None)
        }
        "amount" => {
            let minor = number.wrapping_mul(2_654_435_761) % 90_000 + 500;
            let amount = format!("{}.{:02}", minor / 100, minor % 100);
            (search(&[&amount], Scope::All), None)
        }
        "cashier and amount" => (search(&["ana", "350.50"], Scope::All), None),
        "nothing there is" => (search(&["zzz-no-such"], Scope::All), None),
        "a page deep in the history" => {
            let before = Cursor::at(i64::from(number) * 3);
            (search(&[], Scope::All), Some(before))
        }
        "open" => (search(&[], Scope::Open), None),
        _ => (search(&[], Scope::All), None),
    }
}

/// The kinds, and the goal for 99 of 100, milliseconds.
const KINDS: [(&str, f64); 12] = [
    ("whole order", 30.0),
    ("beginning of an order", 30.0),
    ("part of an order", 30.0),
    ("three digits", 30.0),
    ("two letters", 30.0),
    ("part of the provider's name", 30.0),
    ("amount", 30.0),
    ("cashier and amount", 30.0),
    ("nothing there is", 30.0),
    ("a page deep in the history", 1.0),
    ("open", 1.0),
    ("newest page", 1.0),
];

/// The search of a history of `payments`.
pub(crate) fn run_search(payments: Option<u32>) {
    let payments = payments.unwrap_or(PAYMENTS);
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    let started = Instant::now();
    fill(&journal, payments, 1_774_000_000_000);
    println!(
        "search: a history of {payments} payments was written in {:.0?}",
        started.elapsed()
    );
    let started = Instant::now();
    journal.index_history(till::quarter_of);
    wait_until_indexed(&journal);
    println!(
        "search: its index was made in {:.0?}; journal {} MB, index {} MB",
        started.elapsed(),
        megabytes(&folder.path().join("journal.db")),
        megabytes(&folder.path().join("history.index")),
    );
    let mut dice = fastrand::Rng::with_seed(7);
    for (kind, goal_ms) in KINDS {
        let took: Vec<f64> = (0..QUESTIONS)
            .map(|_| {
                let (search, before) = questions(kind, payments, &mut dice);
                ask(&journal, &search, before).as_secs_f64() * 1e3
            })
            .collect();
        let (half, most) = (quantile(&took, 0.5), quantile(&took, 0.99));
        let verdict = if most <= goal_ms { "reached" } else { "missed" };
        println!(
            "search, {kind}: p50 {half:.2} ms, p99 {most:.2} ms, goal p99 {goal_ms} ms: {verdict}"
        );
    }
    beside_a_scan(&journal, folder.path(), payments);
}

/// The control: the scan that a table without an index needs, in the same run.
fn beside_a_scan(journal: &Journal, folder: &Path, payments: u32) {
    let file = folder.join("journal.db");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let table = Connection::open_with_flags(file, flags).expect("the journal");
    let mut dice = fastrand::Rng::with_seed(8);
    let mut pairs = Pairs::default();
    for _ in 0..SCANS {
        // Old enough that a scan from the newest on has far to go.
        let name = order(dice.u32(..payments / 10));
        let part = &name[4..];
        let started = Instant::now();
        let found: Vec<i64> = table
            .prepare_cached(
                "SELECT seq FROM payment WHERE order_ref LIKE ?1 ORDER BY seq DESC LIMIT 50",
            )
            .and_then(|mut rows| {
                rows.query_map([format!("%{part}%")], |row| row.get(0))?
                    .collect()
            })
            .expect("rows");
        let control = started.elapsed();
        std::hint::black_box(found);
        pairs.add(ask(journal, &search(&[part], Scope::All), None), control);
    }
    pairs.tell("part of an order by the index / by a scan", 0.01, 0.0);
}

/// The audit of a journal of a million entries.
pub(crate) fn run_audit() {
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    fill(&journal, ENTRIES / 3 + 7, 1_774_000_000_000);
    let file = folder.path().join("journal.db");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let table = Connection::open_with_flags(file, flags).expect("the journal");
    let mut pairs = Pairs::default();
    for _ in 0..5 {
        let started = Instant::now();
        let sum = hash_of_bodies(&table).expect("read");
        let control = started.elapsed();
        std::hint::black_box(sum);
        let started = Instant::now();
        let verified = journal.verify().expect("whole");
        pairs.add(started.elapsed(), control);
        assert!(
            verified.entries >= u64::from(ENTRIES) - 30,
            "{}",
            verified.entries
        );
    }
    pairs.tell(
        "audit verify of 10^6 entries / reading and hashing their bytes",
        2.0,
        0.0,
    );
    let half = quantile(&pairs.ours, 0.5);
    let verdict = if half <= 1_000.0 { "reached" } else { "missed" };
    println!("audit verify of 10^6 entries: {half:.0} ms, goal 1000 ms: {verdict}");
}

fn hash_of_bodies(table: &Connection) -> rusqlite::Result<[u8; 32]> {
    let mut sum = [0; 32];
    let mut statement = table.prepare_cached("SELECT body FROM entry ORDER BY seq")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let mut hash = Sha256::new();
        hash.update(sum);
        hash.update(row.get_ref(0)?.as_str()?.as_bytes());
        sum = hash.finalize().into();
    }
    Ok(sum)
}
