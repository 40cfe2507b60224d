//! A disk that is full or fails, and how often it is asked. `strace`, where there is one, counts
//! and breaks the system's own calls.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use journal::{AppendError, Health, Journal, Trouble};
use payment::{Attempt, Standing};

use crate::story::{MORNING_MS, id, order, requested, sale};

#[tokio::test]
async fn a_full_disk_takes_no_facts_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    for journal in [
        Journal::open(folder.path()).unwrap(),
        Journal::in_memory().unwrap(),
    ] {
        sale(&journal, 0, &order("R-0"), Standing::Paid).await;
        journal.limit_growth(3).await;
        let mut number: u128 = 1;
        let refused = loop {
            assert!(number < 1000, "three pages hold no thousand payments");
            let request = requested(id(number), &order(&format!("R-{number}")), Attempt::FIRST);
            match journal.append(MORNING_MS, vec![request]).await {
                Ok(_) => number += 1,
                Err(error) => break error,
            }
        };
        assert!(
            matches!(
                refused,
                AppendError::NotWritable {
                    trouble: Trouble::Full
                }
            ),
            "{refused:?}"
        );
        assert!(!refused.may_be_durable());
        assert_eq!(journal.payment(id(number)).unwrap(), None);
        assert_eq!(journal.health(), Health::ReadOnly(Trouble::Full));
        assert!(
            journal.payment(id(0)).unwrap().is_some(),
            "history stays readable"
        );

        let commits = journal.commits();
        let known = requested(id(number), &order("R-new"), Attempt::FIRST);
        assert!(
            journal
                .append(MORNING_MS, vec![known.clone()])
                .await
                .is_err()
        );
        assert_eq!(journal.commits(), commits);
        assert_eq!(
            journal.retry_health().await,
            Health::ReadOnly(Trouble::Full)
        );

        journal.limit_growth(1000).await;
        assert_eq!(journal.retry_health().await, Health::Writable);
        journal.append(MORNING_MS, vec![known]).await.unwrap();
        let entries = u64::try_from(number).unwrap() + 4;
        assert_eq!(journal.verify().unwrap().entries, entries);
    }
}

/// The program that appends, built beside the tests.
fn commits() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let name = format!("commits{}", std::env::consts::EXE_SUFFIX);
    let program = here.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(
        program.exists(),
        "{} is missing: `cargo build -p journal --example commits` makes it",
        program.display()
    );
    program
}

fn has_strace() -> bool {
    let traced = Command::new("strace")
        .args(["-e", "trace=none", "true"])
        .output();
    let has = traced.is_ok_and(|output| output.status.success());
    if !has {
        println!("skipped: strace is missing or may not trace here");
    }
    has
}

fn traced(options: &[&str], what: &str, folder: &Path, count: &str) -> Output {
    Command::new("strace")
        .arg("-f")
        .args(options)
        .arg(commits())
        .args([what.as_ref(), folder.as_os_str(), count.as_ref()])
        .output()
        .unwrap()
}

/// How often the disk was asked to make something durable.
fn fsyncs(what: &str, count: &str) -> u32 {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let options = [
        "-c",
        "-e",
        "trace=fsync,fdatasync",
        "-o",
        report.to_str().unwrap(),
    ];
    let output = traced(&options, what, &folder.path().join("journal"), count);
    assert!(output.status.success(), "{output:?}");
    let report = std::fs::read_to_string(report).unwrap();
    report
        .lines()
        .filter(|line| line.ends_with("fsync") || line.ends_with("fdatasync"))
        .map(|line| {
            line.split_whitespace()
                .nth(3)
                .unwrap()
                .parse::<u32>()
                .unwrap()
        })
        .sum()
}

#[test]
fn a_commit_costs_one_fsync() {
    if has_strace() {
        assert_eq!(fsyncs("append", "45") - fsyncs("append", "5"), 40);
    }
}

#[test]
fn the_first_commit_after_the_log_was_copied_costs_one_fsync() {
    if has_strace() {
        let none = fsyncs("aftercopy", "0");
        assert_eq!(fsyncs("aftercopy", "1") - none, 1);
    }
}

/// Runs the program while a call on the log fails, from its n-th time on in a thread; then looks
/// at what is left.
fn broken(fault: &str) -> (String, u64) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("journal");
    drop(Journal::open(&folder).unwrap());
    let log = folder.join("journal.db-wal");
    let inject = format!("inject={fault}");
    let options = [
        "-o",
        "/dev/null",
        "-P",
        log.to_str().unwrap(),
        "-e",
        &inject,
    ];
    let output = traced(&options, "append", &folder, "8");
    let said = String::from_utf8(output.stdout).unwrap();
    let journal = Journal::open(&folder).unwrap();
    assert_eq!(journal.health(), Health::Writable, "{said}");
    (said, journal.verify().unwrap().entries)
}

#[test]
fn a_failed_fsync_is_never_tried_again_and_nobody_is_told_no() {
    if !has_strace() {
        return;
    }
    let (said, entries) = broken("fsync,fdatasync:error=EIO:when=4+");
    let written = said
        .lines()
        .find(|line| line.starts_with("refused"))
        .unwrap();
    let first: u64 = written.split([' ', ',']).nth(1).unwrap().parse().unwrap();
    assert!(written.contains("unsure"), "{said}");
    assert_eq!(said.matches("unsure").count(), 1, "{said}");
    assert!(
        said.contains(&format!("refused {}, not written", first + 1)),
        "{said}"
    );
    assert!(said.contains("trouble: the disk is failing"), "{said}");
    assert!(
        (first..=first + 1).contains(&entries),
        "{entries} entries; {said}"
    );
}

#[test]
fn a_write_that_finds_no_room_is_told_as_not_written() {
    if !has_strace() {
        return;
    }
    let (said, entries) = broken("write,pwrite64:error=ENOSPC:when=60+");
    assert!(said.contains("trouble: the disk is full"), "{said}");
    assert!(!said.contains("unsure"), "{said}");
    let refused = u64::try_from(said.matches("not written").count()).unwrap();
    assert!((1..8).contains(&refused), "{said}");
    assert_eq!(entries, 8 - refused, "{said}");
}
