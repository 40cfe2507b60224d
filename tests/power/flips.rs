//! A bit is flipped, or a file of the folder is put back as it was: the till sees it or nothing is
//! lost by it, and whoever is refused is told why.

use std::path::Path;
use std::time::{Duration, Instant};

use journal::{AppendError, Filter, Health, Journal};
use payment::{Payment, Standing};

use crate::cuts::{at_least, place, share};
use crate::disk::{Disk, image_of, lay_down};
use crate::medium::{Content, Image};
use crate::story::{Teller, charge, is_in_words, lines, said, sale, sold};
use crate::vfs;

const PAGE: usize = 4096;
/// SQLite's header of the log and of each page in it (sqlite.org/walformat.html).
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What a till makes of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// It takes no charge and says why.
    Refused,
    /// All is there, and a charge is taken.
    Whole,
}

/// What the folder held: its entries, and what was kept about each payment.
#[derive(Debug, PartialEq)]
struct Truth {
    lines: Vec<String>,
    payments: Vec<Payment>,
}

impl Truth {
    fn of(journal: &Journal) -> Self {
        let rows = journal.recent(&Filter::All, None, 100).unwrap();
        Self {
            lines: lines(journal),
            payments: rows.into_iter().map(|row| row.payment).collect(),
        }
    }
}

/// Opens it as a till does and charges.
fn opened(image: &Image, truth: &Truth) -> Result<Found, String> {
    let folder = place();
    lay_down(image, folder.path());
    let journal = match Journal::open(folder.path()) {
        Ok(journal) => journal,
        Err(error) if is_in_words(&error) => return Ok(Found::Refused),
        Err(error) => return Err(format!("no sentence: {error}")),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let charged = runtime.block_on(journal.append(1, vec![charge(9_999)]));
    match (journal.health(), charged) {
        (Health::ReadOnly(_), Err(AppendError::NotWritable { .. })) => Ok(Found::Refused),
        (Health::Writable, Ok(_)) => {
            if let Err(damage) = journal.verify() {
                return Err(format!("charged before it was seen that {}", said(&damage)));
            }
            let mut found = Truth::of(&journal);
            found.lines.pop();
            found.payments.remove(0);
            if found == *truth {
                Ok(Found::Whole)
            } else {
                Err(format!("charged over {found:?}"))
            }
        }
        (health, charged) => Err(format!("{health:?}, and {charged:?}")),
    }
}

/// The note of the last entry follows its answer: on a busy machine some time later.
fn wait_for_note(folder: &Path, entries: usize) {
    let last = u64::try_from(entries).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while noted(folder) != Some(last) {
        assert!(Instant::now() < deadline, "{:?} of {last}", noted(folder));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The number that the note beside the journal begins with.
fn noted(folder: &Path) -> Option<u64> {
    let note = std::fs::read(folder.join("journal.head")).ok()?;
    note.first_chunk::<8>().copied().map(u64::from_be_bytes)
}

/// A journal as a killed till leaves it: six sales in the file, two in the log.
fn killed() -> (Image, Truth) {
    vfs::install();
    let folder = place();
    let disk = Disk::watch(folder.path());
    let mut teller = Teller::new(&disk, 0);
    let journal = Journal::open(folder.path()).unwrap();
    assert!(teller.tell(&journal, &vec![sold(0..6)])[0].is_ok());
    drop(journal);
    let journal = Journal::open(folder.path()).unwrap();
    for step in sale(6, Standing::Paid)
        .iter()
        .chain(&sale(7, Standing::Paid))
    {
        assert!(teller.tell(&journal, step)[0].is_ok());
    }
    let truth = Truth::of(&journal);
    wait_for_note(folder.path(), truth.lines.len());
    drop(disk.take());
    let image = image_of(folder.path());
    (image, truth)
}

/// The places of a file that are tried: some of every page or frame, all kinds of header.
fn places(name: &str, content: &Content, random: &mut fastrand::Rng) -> Vec<usize> {
    let used = content.bytes.len();
    let mut places = Vec::new();
    let (first, step, header) = if name.ends_with("-wal") {
        (LOG_HEADER, FRAME_HEADER + PAGE, FRAME_HEADER)
    } else {
        (0, PAGE, 100)
    };
    places.extend((0..LOG_HEADER.min(used)).step_by(3));
    let mut start = first;
    while start < used {
        let end = (start + step).min(used);
        let header = (start + header).min(end);
        places.extend((0..4).map(|_| random.usize(start..header)));
        places.extend((0..12).map(|_| random.usize(start..end)));
        start = end;
    }
    places
}

#[test]
fn a_flipped_bit_in_any_page_or_frame_loses_nothing_in_silence() {
    let started = Instant::now();
    let (image, truth) = killed();
    assert_eq!(truth.lines.len(), 32);
    assert_eq!(opened(&image, &truth), Ok(Found::Whole));
    let mut random = fastrand::Rng::with_seed(4);
    let (mut seen, mut harmless, mut wrong) = (0, 0, Vec::new());
    for (name, content) in &image {
        for at in places(name, content, &mut random) {
            if random.u8(..100) >= share() {
                continue;
            }
            let mut flipped = image.clone();
            let bit = random.u8(..8);
            flipped.get_mut(name).unwrap().bytes[at] ^= 1 << bit;
            match opened(&flipped, &truth) {
                Ok(Found::Refused) => seen += 1,
                Ok(Found::Whole) => harmless += 1,
                Err(what) => wrong.push(format!("{name}, byte {at}, bit {bit}: {what}")),
            }
        }
    }
    println!(
        "{seen} flips seen at the start, {harmless} harmless, {} wrong, in {:.1?}",
        wrong.len(),
        started.elapsed()
    );
    let shown: Vec<_> = wrong.iter().take(10).collect();
    assert!(wrong.is_empty(), "{} wrong: {shown:#?}", wrong.len());
    assert!(seen > at_least(450), "only {seen} were seen");
}

/// Every file by itself, and any two, as they were before: with the note of now, nothing that was
/// answered is ever missed.
#[test]
fn files_put_back_from_before_are_seen_wherever_the_note_is_of_now() {
    vfs::install();
    let folder = place();
    let disk = Disk::watch(folder.path());
    let mut teller = Teller::new(&disk, 0);
    let mut moments = Vec::new();
    for number in 0..4 {
        let journal = Journal::open(folder.path()).unwrap();
        for step in sale(number, Standing::Paid) {
            assert!(teller.tell(&journal, &step)[0].is_ok());
        }
        moments.push(image_of(folder.path()));
        drop(journal);
        moments.push(image_of(folder.path()));
    }
    let journal = Journal::open(folder.path()).unwrap();
    for step in sale(4, Standing::Paid) {
        assert!(teller.tell(&journal, &step)[0].is_ok());
    }
    let truth = Truth::of(&journal);
    disk.take();
    drop(journal);
    let now = image_of(folder.path());
    let (mut seen, mut whole) = (0, 0);
    for (moment, before) in moments.iter().enumerate() {
        for (file, log) in [(true, false), (false, true), (true, true)] {
            let mut mixed = now.clone();
            for (name, is_back) in [("journal.db", file), ("journal.db-wal", log)] {
                if is_back {
                    mixed.remove(name);
                    mixed.extend(before.get(name).map(|old| (name.to_owned(), old.clone())));
                }
            }
            match opened(&mixed, &truth) {
                Ok(Found::Refused) => seen += 1,
                Ok(Found::Whole) => whole += 1,
                Err(what) => panic!("moment {moment}, file {file}, log {log}: {what}"),
            }
        }
    }
    println!("{seen} seen, {whole} whole");
    assert!(seen >= 2 * moments.len(), "only {seen} were seen");
}
