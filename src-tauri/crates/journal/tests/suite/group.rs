//! Who waits together shares an fsync, and nothing else.

use std::collections::BTreeSet;

use journal::{AppendError, Health, Journal};
use payment::{Attempt, Event};

use crate::story::{MORNING_MS, fact, id, order, requested};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_share_commits_and_all_are_durable() {
    const CALLERS: u128 = 400;
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let calls: Vec<_> = (0..CALLERS)
        .map(|number| {
            let journal = journal.clone();
            tokio::spawn(async move {
                let order = order(&format!("R-{number}"));
                let request = requested(id(number), &order, Attempt::FIRST);
                journal.append(MORNING_MS, vec![request]).await
            })
        })
        .collect();
    let mut seqs = BTreeSet::new();
    for call in calls {
        let entries = call.await.unwrap().unwrap();
        seqs.extend(entries.iter().map(|entry| entry.seq));
    }
    assert_eq!(seqs, (1..=400).collect());
    assert!(journal.commits() < 400, "{} commits", journal.commits());
    drop(journal);
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.open_payments().unwrap().len(), 400);
    assert_eq!(journal.verify().unwrap().entries, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refused_caller_does_not_spoil_the_others_of_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let calls: Vec<_> = (0..300_u128)
        .map(|number| {
            let journal = journal.clone();
            tokio::spawn(async move {
                let order = order(&format!("R-{number}"));
                let mut facts = vec![requested(id(number), &order, Attempt::FIRST)];
                if number % 3 == 0 {
                    // Refused for its second fact, after the first was already in.
                    facts.push(fact(id(10_000), Event::Dispatched));
                }
                (number, journal.append(MORNING_MS, facts).await)
            })
        })
        .collect();
    for call in calls {
        let (number, answer) = call.await.unwrap();
        let refused = matches!(answer, Err(AppendError::Misfit { .. }));
        assert_eq!(refused, number % 3 == 0, "{number}: {answer:?}");
        assert_eq!(journal.payment(id(number)).unwrap().is_some(), !refused);
    }
    assert!(journal.commits() < 200, "{} commits", journal.commits());
    assert_eq!(journal.verify().unwrap().entries, 200);
    assert_eq!(journal.health(), Health::Writable);
}

#[tokio::test]
async fn facts_of_a_caller_that_stopped_waiting_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let request = requested(id(1), &order("R-1"), Attempt::FIRST);
    let append = journal.append(MORNING_MS, vec![request]);
    // Polled once, so that it is handed over, and then given up.
    let given_up = tokio::time::timeout(std::time::Duration::ZERO, append).await;
    drop(given_up);
    let after = requested(id(2), &order("R-2"), Attempt::FIRST);
    journal.append(MORNING_MS, vec![after]).await.unwrap();
    assert!(journal.payment(id(1)).unwrap().is_some());
}
