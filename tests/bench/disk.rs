//! One commit of the journal beside one raw append and fdatasync.

use std::fs::File;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use journal::{Fact, Journal};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, OrderRef, PaymentId, TerminalCode, Way,
};

use rusqlite::Connection;

use crate::numbers::Pairs;

const ROUNDS: u32 = 1_000;

/// What the goal was set on: a disk that flushes in some 4 ms (a consumer's drive needs 1 to 10).
const SLOW_FLUSH_MS: u32 = 4;

/// The argument with which the program measures the same under a flush made slow.
pub(crate) const SLOWED: &str = "disk-slowed";

/// The raw control: 256 bytes and a flush.
pub(crate) struct Raw(File);

impl Raw {
    pub(crate) fn new(folder: &std::path::Path) -> Self {
        Self(File::create(folder.join("raw")).expect("a file"))
    }

    pub(crate) fn append(&mut self) -> Duration {
        let started = Instant::now();
        self.0.write_all(&[7; 256]).expect("written");
        self.0.sync_data().expect("flushed");
        started.elapsed()
    }
}

/// The least that SQLite's durable commit costs: one row of 256 bytes in a table without an index, on
/// the caller's own thread, with the journal's settings.
struct Plain(Connection);

impl Plain {
    fn new(folder: &std::path::Path) -> Self {
        let connection = Connection::open(folder.join("plain.db")).expect("a database");
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA wal_autocheckpoint = 0;
                 CREATE TABLE row (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
            )
            .expect("a table");
        Self(connection)
    }

    fn append(&self) -> Duration {
        let started = Instant::now();
        self.0
            .prepare_cached("INSERT INTO row (body) VALUES (?1)")
            .expect("a statement")
            .execute([[7_u8; 256]])
            .expect("durable");
        started.elapsed()
    }
}

fn requested(number: u32) -> (PaymentId, Event) {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let payment = PaymentId::from_uuid(uuid::Uuid::from_bytes(bytes));
    let order = OrderRef::new(&format!("R-{number}")).expect("an order");
    let event = Event::Requested {
        payment,
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(35_050, Currency::Mxn).expect("an amount"),
        account: AccountId::new("bench").expect("an account"),
        way: Way::on_terminal(TerminalCode::new("T-1").expect("a terminal")),
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    (payment, event)
}

/// On the disk that is here, then on one whose flush takes as long as a shop's. What a commit costs
/// besides its flush is the processor's and stays the same, so the ratio depends on the flush.
pub(crate) fn run() {
    alternate("raw append+fdatasync");
    let program = std::env::current_exe().expect("this program");
    let delay = format!("inject=fdatasync:delay_exit={}", SLOW_FLUSH_MS * 1_000);
    let traced = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-o", "/dev/null"])
        .args(["-e", "trace=fdatasync", "-e", &delay])
        .arg(program)
        .arg(SLOWED)
        .status();
    if !traced.is_ok_and(|status| status.success()) {
        println!("a flush of {SLOW_FLUSH_MS} ms: not measured, as strace cannot run here");
    }
}

/// Under `strace`, which makes both flushes slow.
pub(crate) fn run_slowed() {
    let name = format!("raw, each flush {SLOW_FLUSH_MS} ms slower");
    alternate(&name);
}

fn alternate(name: &str) {
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("it");
    let journal = Journal::open(folder.path()).expect("a journal");
    let mut raw = Raw::new(folder.path());
    let plain = Plain::new(folder.path());
    let (mut pairs, mut least, mut beside) = (Pairs::default(), Pairs::default(), Pairs::default());
    for number in 0..ROUNDS {
        let control = raw.append();
        let (id, event) = requested(number);
        let started = Instant::now();
        let appended = journal.append(0, vec![Fact::Payment { id, event }]);
        runtime.block_on(appended).expect("appended");
        let ours = started.elapsed();
        pairs.add(ours, control);
        let floor = plain.append();
        least.add(floor, control);
        beside.add(ours, floor);
    }
    pairs.tell(&format!("journal commit / {name}"), 1.10, 0.0);
    least.tell(&format!("one plain row by SQLite / {name}"), 1.10, 0.0);
    beside.tell(
        &format!("journal commit / one plain row by SQLite, {name}"),
        1.10,
        0.0,
    );
}
