//! The power goes at every deed of a story, and what the disk holds then is opened.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use journal::{AppendError, Journal};
use payment::Standing;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::disk::{Disk, image_of, lay_down};
use crate::medium::{Deed, Image, Loss, Medium};
use crate::story::{self, Teller, charge, found, lines, sale, sold};
use crate::vfs;

/// Memory where there is such a folder: the images are many, and what a disk would do is played.
pub(crate) fn place() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// A story as it was written down, and all that it may leave behind.
struct Told {
    name: &'static str,
    start: Image,
    deeds: Vec<Deed>,
    truth: Vec<String>,
    /// Durable before it began.
    before: usize,
    /// The first deed after which the power goes.
    from: usize,
}

/// A folder as a cut left it, and what must be found in it.
struct Case {
    name: String,
    image: Image,
    answered: usize,
    asked: usize,
    is_deep: bool,
}

fn tell(
    name: &'static str,
    folder: &Path,
    before: usize,
    script: impl FnOnce(&mut Teller, &Path),
) -> Told {
    vfs::install();
    let start = image_of(folder);
    let disk = Disk::watch(folder);
    script(&mut Teller::new(&disk, before), folder);
    let deeds = disk.take();
    let (journal, truth) = found(folder).unwrap();
    drop(journal);
    Told {
        name,
        start,
        deeds,
        truth,
        before,
        from: 0,
    }
}

/// A folder that gets its first journal, three sales, eight charges at once, and is closed.
fn first_day() -> Told {
    let folder = place();
    tell("the first day", folder.path(), 0, |teller, folder| {
        let journal = Journal::open(folder).unwrap();
        let ends = [Standing::Paid, Standing::Cancelled, Standing::Declined];
        for (number, end) in (0..).zip(ends) {
            for step in sale(number, end) {
                assert!(teller.tell(&journal, &step).iter().all(Result::is_ok));
            }
        }
        let together = (10..18).map(|number| vec![charge(number)]).collect();
        let commits = journal.commits();
        assert!(teller.tell(&journal, &together).iter().all(Result::is_ok));
        assert!(journal.commits() - commits < 8, "some shared a commit");
    })
}

/// A journal of the form before, brought to this one, and a sale.
fn new_form() -> Told {
    let folder = place();
    let made = place();
    let disk = Disk::watch(made.path());
    let journal = Journal::open(made.path()).unwrap();
    let answers = Teller::new(&disk, 0).tell(&journal, &vec![sold(0..2)]);
    assert!(answers.iter().all(Result::is_ok));
    drop(journal);
    disk.take();
    as_form_1(
        &made.path().join("journal.db"),
        &folder.path().join("journal.db"),
    );
    tell("a new form", folder.path(), 8, |teller, folder| {
        let journal = Journal::open(folder).unwrap();
        for step in sale(2, Standing::Paid) {
            assert!(teller.tell(&journal, &step).iter().all(Result::is_ok));
        }
    })
}

/// The entries of a journal as the first till would have kept them.
fn as_form_1(from: &Path, to: &Path) {
    let old = Connection::open(to).unwrap();
    old.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))
        .unwrap();
    old.execute_batch(include_str!(
        "../../src-tauri/crates/journal/src/schema/1.sql"
    ))
    .unwrap();
    let payment = "seq, id, order_ref, attempt, account, terminal, minor, currency, state, is_open,
         requested_at_ms, changed_at_ms, ended_at_ms, body";
    let entry = "seq, at_ms, kind, payment, body, hash";
    old.execute("ATTACH ?1 AS made", [from.to_str().unwrap()])
        .unwrap();
    old.execute_batch(&format!(
        "INSERT INTO meta (name, value) VALUES ('touched', x''), ('room', x'');
         INSERT INTO entry ({entry}) SELECT {entry} FROM made.entry ORDER BY seq;
         INSERT INTO payment ({payment}) SELECT {payment} FROM made.payment;
         PRAGMA application_id = 1414089804; PRAGMA user_version = 1; DETACH made"
    ))
    .unwrap();
    old.close().unwrap();
}

/// So many commits that the log is copied into the file while the till is open, and a sale after it.
/// The power goes from the first page that is copied on.
fn copied_log() -> Told {
    let folder = place();
    drop(Journal::open(folder.path()).unwrap());
    let told = tell("a copied log", folder.path(), 0, |teller, folder| {
        let journal = Journal::open(folder).unwrap();
        let file = folder.join("journal.db");
        let size = || fs::metadata(&file).unwrap().len();
        let before = size();
        let mut number = 0;
        while size() == before {
            assert!(number < 500, "the log is never copied");
            for step in sale(number, Standing::Paid) {
                assert!(teller.tell(&journal, &step).iter().all(Result::is_ok));
            }
            number += 1;
        }
        for step in sale(number, Standing::Paid) {
            assert!(teller.tell(&journal, &step).iter().all(Result::is_ok));
        }
    });
    let file = told.start.keys().position(|name| name == "journal.db");
    let copies = |deed: &Deed| matches!(deed, Deed::Wrote(inode, ..) if Some(*inode) == file);
    let from = told.deeds.iter().position(copies).unwrap();
    Told { from, ..told }
}

/// How many in a hundred of all images and faults are tried: all where the environment asks for it
/// (`POWER_SHARE=100`, as `cargo xtask test power` does), else a sample that is the same each time.
pub(crate) fn share() -> u8 {
    std::env::var("POWER_SHARE").map_or(8, |share| share.parse().unwrap())
}

/// So many of them there must be at least, where all are this many.
pub(crate) fn at_least(all: usize) -> usize {
    all * usize::from(share()) / 100
}

/// What may be lost at a cut.
const LOSSES: [Loss; 12] = [
    Loss::Nothing,
    Loss::Everything,
    Loss::Torn(512),
    Loss::Torn(4096),
    Loss::Mixed {
        sector: 512,
        kept: 50,
    },
    Loss::Mixed {
        sector: 4096,
        kept: 50,
    },
    Loss::Mixed {
        sector: 512,
        kept: 95,
    },
    Loss::Mixed {
        sector: 4096,
        kept: 20,
    },
    Loss::Mixed {
        sector: 512,
        kept: 99,
    },
    Loss::Mixed {
        sector: 512,
        kept: 80,
    },
    Loss::Mixed {
        sector: 4096,
        kept: 80,
    },
    Loss::Mixed {
        sector: 4096,
        kept: 95,
    },
];

/// Goes along a story and makes the images of its cuts: of each `every`-th deed, and of each that
/// follows or precedes a sync.
fn cut(told: &Told, every: usize, deep: usize, to: &SyncSender<Case>) -> usize {
    let mut random = fastrand::Rng::with_seed(20_418);
    let mut medium = Medium::holding(&told.start);
    let (mut answered, mut asked) = (told.before, told.before);
    let mut known = HashSet::new();
    let share = share();
    for (place, deed) in told.deeds.iter().enumerate() {
        medium.take(deed);
        match deed {
            Deed::Answered(last) => answered = *last,
            Deed::Asked(count) => asked = *count,
            Deed::Made(..)
            | Deed::Removed(_)
            | Deed::Renamed(..)
            | Deed::FolderSynced
            | Deed::Wrote(..)
            | Deed::Lengthened(..)
            | Deed::Cut(..)
            | Deed::Synced(_)
            | Deed::SyncFailed(_) => {}
        }
        let is_edge = |deed: Option<&Deed>| matches!(deed, Some(Deed::Synced(_)));
        let near = is_edge(Some(deed)) || is_edge(told.deeds.get(place + 1));
        if place < told.from || (!near && random.usize(..every) != 0) {
            continue;
        }
        for loss in LOSSES {
            if random.u8(..100) >= share {
                continue;
            }
            let image = medium.image(loss, &mut random);
            let mut sum = DefaultHasher::new();
            (&image, answered).hash(&mut sum);
            if known.insert(sum.finish()) {
                let case = Case {
                    name: format!("{}, after deed {place} ({loss:?})", told.name),
                    image,
                    answered,
                    asked,
                    is_deep: known.len().is_multiple_of(deep),
                };
                to.send(case).unwrap();
            }
            if medium.is_settled() {
                break;
            }
        }
    }
    known.len()
}

/// How many images were opened, and what was wrong with any.
#[derive(Default)]
struct Verdict {
    images: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

impl Verdict {
    fn wrong(&self, what: String) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.push(what);
    }
}

fn judge(case: &Case, truth: &[String], verdict: &Verdict) {
    let folder = place();
    lay_down(&case.image, folder.path());
    let disk = case.is_deep.then(|| Disk::watch(folder.path()));
    let is_eighth = verdict
        .images
        .fetch_add(1, Ordering::Relaxed)
        .is_multiple_of(8);
    match holds(folder.path(), case, truth) {
        Err(what) => verdict.wrong(format!("{}: {what}", case.name)),
        // What is cut again is to hold the story and nothing after it.
        Ok(journal) if disk.is_none() && is_eighth => {
            if let Err(what) = goes_on(&journal) {
                verdict.wrong(format!("{}: {what}", case.name));
            }
        }
        Ok(_) => {}
    }
    if let Some(disk) = disk {
        cut_again(case, &disk.take(), truth, verdict);
    }
}

/// The journal of a folder, if it holds what was answered, nothing that was not asked for, and all
/// of it in its place.
fn holds(folder: &Path, case: &Case, truth: &[String]) -> Result<Journal, String> {
    let (journal, lines) = found(folder)?;
    let is_front = truth.starts_with(&lines);
    if !is_front {
        return Err(format!(
            "{} entries that were never written so",
            lines.len()
        ));
    }
    if lines.len() < case.answered || lines.len() > case.asked {
        let (answered, asked) = (case.answered, case.asked);
        return Err(format!(
            "{} entries, {answered} were answered, {asked} asked",
            lines.len()
        ));
    }
    Ok(journal)
}

/// A new charge is taken, once.
fn goes_on(journal: &Journal) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let count = lines(journal).len();
    let again = || runtime.block_on(journal.append(1, vec![charge(9_999)]));
    again().map_err(|error| story::said(&error))?;
    match again() {
        Err(AppendError::OrderIsOpen { .. } | AppendError::Misfit { .. }) => {}
        other => return Err(format!("a second charge of an open order: {other:?}")),
    }
    let verified = journal.verify().map_err(|damage| story::said(&damage))?;
    if usize::try_from(verified.entries).unwrap() == count + 1 {
        Ok(())
    } else {
        Err(format!(
            "{} entries after {count} and one",
            verified.entries
        ))
    }
}

/// The power goes again while the image is opened, read and closed (fault C3).
fn cut_again(case: &Case, deeds: &[Deed], truth: &[String], verdict: &Verdict) {
    let mut random = fastrand::Rng::with_seed(7);
    let mut medium = Medium::holding(&case.image);
    for (place, deed) in deeds.iter().enumerate() {
        medium.take(deed);
        let loss = LOSSES[random.usize(..LOSSES.len())];
        let again = Case {
            name: format!("{}, again after deed {place} ({loss:?})", case.name),
            image: medium.image(loss, &mut random),
            is_deep: false,
            ..*case
        };
        let folder = place_for(&again.image);
        verdict.images.fetch_add(1, Ordering::Relaxed);
        if let Err(what) = holds(folder.path(), &again, truth) {
            verdict.wrong(format!("{}: {what}", again.name));
        }
    }
}

fn place_for(image: &Image) -> TempDir {
    let folder = place();
    lay_down(image, folder.path());
    folder
}

/// Opens every image of a story's cuts, on all processors.
fn survive(told: &Told, every: usize, deep: usize) -> usize {
    let started = Instant::now();
    let verdict = Verdict::default();
    let threads = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (to, from): (SyncSender<Case>, Receiver<Case>) = sync_channel(threads * 2);
    let from = Mutex::new(from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = from.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(case) = next else { break };
                    judge(&case, &told.truth, &verdict);
                }
            });
        }
        cut(told, every, deep, &to);
        drop(to);
    });
    let images = verdict.images.into_inner();
    let wrong = verdict
        .wrong
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    println!(
        "{}: {} deeds, {images} images opened in {:.1?}, {} wrong",
        told.name,
        told.deeds.len(),
        started.elapsed(),
        wrong.len()
    );
    let shown: Vec<_> = wrong.iter().take(10).collect();
    assert!(wrong.is_empty(), "{} of {images}: {shown:#?}", wrong.len());
    images
}

#[test]
fn a_power_cut_on_the_first_day_loses_nothing_that_was_answered() {
    let images = survive(&first_day(), 1, 40);
    assert!(images > at_least(1_500), "only {images} images");
}

#[test]
fn a_power_cut_while_a_journal_gets_a_new_form_loses_nothing() {
    let images = survive(&new_form(), 1, 30);
    assert!(images > at_least(500), "only {images} images");
}

#[test]
fn a_power_cut_while_the_log_is_copied_loses_nothing() {
    let images = survive(&copied_log(), 2, 100);
    assert!(images > at_least(500), "only {images} images");
}
