//! Appends facts to a journal of its own, one commit each, so that what a commit asks of the disk
//! can be counted from outside (`strace -f -c -e trace=fsync,fdatasync`) and made to fail there.
//!
//! `commits append FOLDER COUNT` appends and says what became of it.
//! `commits aftercopy FOLDER COUNT` lets the log be copied first, then appends.
//! `commits compare FOLDER COUNT` alternates commits with a bare append and fdatasync of as many
//! bytes as an entry has, and prints the medians and the median ratio of the pairs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use journal::{AppendError, Entry, Fact, Health, Journal};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, OrderRef, PaymentId, TerminalCode, Way,
};
use uuid::Uuid;

/// Between the two of a pair: what the journal does after its answer must not slow the bare append.
const UNTIL_IDLE: Duration = Duration::from_millis(2);

/// A shop pauses; the journal copies its log then.
const ROUNDS_BETWEEN_PAUSES: u128 = 100;
const UNTIL_QUIET: Duration = Duration::from_millis(400);

type Failed = Box<dyn std::error::Error>;

/// More payments than the log holds before it is copied, in one commit, so that no quiet moment
/// comes between.
const UNTIL_COPIED: u128 = 5000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder, count] = words.as_slice() else {
        return Err("usage: commits append|aftercopy|compare FOLDER COUNT".into());
    };
    let (folder, count) = (Path::new(folder), count.parse()?);
    let journal = Journal::open(folder)?;
    match what.as_str() {
        "append" => append_all(&journal, 0, count).await?,
        "aftercopy" => {
            let before = folder.join("journal.db").metadata()?.len();
            let facts: Result<Vec<Fact>, Failed> = (0..UNTIL_COPIED).map(request).collect();
            journal.append(1_774_000_000_000, facts?).await?;
            until_copied(&folder.join("journal.db"), before).await?;
            append_all(&journal, UNTIL_COPIED, count).await?;
        }
        "compare" => compare(&journal, folder, count).await?,
        _ => return Err("append, aftercopy or compare?".into()),
    }
    let mut out = io::stdout().lock();
    match journal.health() {
        Health::Writable => writeln!(out, "writable, {} entries", journal.last_seq()?)?,
        Health::ReadOnly(trouble) => {
            writeln!(out, "trouble: {trouble}, {} entries", journal.last_seq()?)?;
        }
    }
    Ok(())
}

async fn append_all(journal: &Journal, from: u128, count: u128) -> Result<(), Failed> {
    for number in from..from + count {
        if let Err(error) = append(journal, number).await {
            let durable = if error.may_be_durable() {
                "unsure"
            } else {
                "not written"
            };
            writeln!(io::stdout().lock(), "refused {number}, {durable}: {error}")?;
        }
    }
    Ok(())
}

async fn append(journal: &Journal, number: u128) -> Result<Vec<Entry>, AppendError> {
    let Ok(request) = request(number) else {
        return Ok(Vec::new());
    };
    journal.append(1_774_000_000_000, vec![request]).await
}

fn request(number: u128) -> Result<Fact, Failed> {
    let id = PaymentId::from_uuid(Uuid::from_u128(number));
    let order = OrderRef::new(&format!("R-{number}"))?;
    let event = Event::Requested {
        payment: id,
        amount: Money::new(35_050, Currency::Mxn)?,
        account: AccountId::new("practice")?,
        way: Way::on_terminal(TerminalCode::new("PRACTICE-1")?),
        attempt: Attempt::FIRST,
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        by: Actor::Till,
    };
    Ok(Fact::Payment { id, event })
}

/// The file grows when the log is copied into it, and at no other time.
async fn until_copied(file: &Path, before: u64) -> Result<(), Failed> {
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if file.metadata()?.len() > before {
            // The warming commit comes right after.
            tokio::time::sleep(Duration::from_millis(500)).await;
            return Ok(());
        }
    }
    Err("the log was not copied".into())
}

async fn compare(journal: &Journal, folder: &Path, count: u128) -> Result<(), Failed> {
    let mut raw = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("raw"))?;
    let (mut ours, mut bare, mut permille) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..count {
        if number % ROUNDS_BETWEEN_PAUSES == 0 {
            tokio::time::sleep(UNTIL_QUIET).await;
        }
        let start = Instant::now();
        append_raw(&mut raw)?;
        let raw_ns = start.elapsed().as_nanos();
        tokio::time::sleep(UNTIL_IDLE).await;
        let start = Instant::now();
        append(journal, number).await?;
        let commit_ns = start.elapsed().as_nanos();
        tokio::time::sleep(UNTIL_IDLE).await;
        bare.push(raw_ns);
        ours.push(commit_ns);
        permille.push(commit_ns * 1000 / raw_ns.max(1));
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "raw append + fdatasync  p50 {:>7} us",
        median(&mut bare) / 1000
    )?;
    writeln!(
        out,
        "journal commit          p50 {:>7} us",
        median(&mut ours) / 1000
    )?;
    writeln!(
        out,
        "ratio of the pairs      p50 {:>7} permille",
        median(&mut permille)
    )?;
    Ok(())
}

/// Two hundred and fifty-six bytes: about what an entry has.
fn append_raw(file: &mut File) -> io::Result<()> {
    file.write_all(&[7; 256])?;
    file.sync_data()
}

fn median(values: &mut [u128]) -> u128 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
