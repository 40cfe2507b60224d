//! What was made elsewhere: found like what was made here, and no fact.

use std::time::{Duration, Instant};

use journal::{ElsewhereScope, Journal, Place, ReadList, Scope, Search, Word, quarters_around};
use money::{Currency, Money};
use payment::{AccountId, Attempt, IntentId, Listed, PaymentId, Standing};

use crate::story::{MORNING_MS, id, order, requested};

const MINUTE_MS: i64 = 60_000;

fn quarter_of(at_ms: i64) -> u8 {
    u8::try_from(at_ms.rem_euclid(24 * 60 * MINUTE_MS) / (15 * MINUTE_MS)).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn one(name: &str, minor: i64, made_at_ms: Option<i64>, standing: Standing) -> Listed {
    Listed {
        intent: IntentId::new(&format!("pi_{}", name.replace(' ', "-"))).unwrap(),
        reference: name.to_owned(),
        amount: Money::new(minor, Currency::Gbp).unwrap(),
        made_at_ms,
        standing,
        raw: "word".to_owned(),
        has_link: standing.stands_open(),
        last_four: (standing == Standing::Paid).then(|| "0226".to_owned()),
    }
}

fn list(name: &str, read_at_ms: i64, rows: &[Listed]) -> ReadList {
    ReadList {
        account: account(name),
        since_ms: MORNING_MS - 1_000 * MINUTE_MS,
        read_at_ms,
        rows: rows.to_vec(),
    }
}

fn search(words: Vec<Word>) -> Search {
    Search {
        words,
        scope: Scope::All,
        quarter_of,
    }
}

fn word(text: &str) -> Word {
    Word {
        text: text.to_owned(),
        ..Word::default()
    }
}

/// All pages, of so many rows each.
fn pages(journal: &Journal, search: &Search, scope: ElsewhereScope, limit: usize) -> Vec<String> {
    let (mut found, mut before) = (Vec::new(), Place::FIRST);
    loop {
        let page = journal.search_elsewhere(search, scope, before, limit);
        assert!(page.len() <= limit);
        let is_last = page.len() < limit;
        for row in page {
            assert!(row.place < before, "newest first, and none twice");
            before = row.place;
            found.push(row.listed.reference);
        }
        if is_last {
            return found;
        }
    }
}

fn found(journal: &Journal, words: Vec<Word>) -> Vec<String> {
    pages(journal, &search(words), ElsewhereScope::All, 2)
}

fn rows() -> Vec<Listed> {
    let at = |minutes: i64| Some(MORNING_MS + minutes * MINUTE_MS);
    vec![
        one("web 7001", 1_250, at(0), Standing::Waiting),
        one("web 7002", 99_900, at(30), Standing::Paid),
        one("R-1", 500, at(200), Standing::Cancelled),
        one("undated", 700, None, Standing::Processing),
    ]
}

fn check(journal: &Journal) {
    let all = ["undated", "R-1", "web 7002", "web 7001"];
    assert_eq!(found(journal, Vec::new()), all);
    assert_eq!(found(journal, vec![word("7001")]), ["web 7001"]);
    assert_eq!(
        found(journal, vec![word("PI_WEB")]),
        ["web 7002", "web 7001"]
    );
    assert_eq!(found(journal, vec![word("0226")]), ["web 7002"]);
    assert_eq!(found(journal, vec![word("roma")]), all);
    let amount = Word {
        text: "999.00".to_owned(),
        amounts: vec![Money::new(99_900, Currency::Gbp).unwrap()],
        ..Word::default()
    };
    assert_eq!(found(journal, vec![amount.clone()]), ["web 7002"]);
    assert!(found(journal, vec![amount, word("7001")]).is_empty());
    let about = |minute: i64| Word {
        quarters: quarters_around(u16::from(quarter_of(MORNING_MS + minute * MINUTE_MS)) * 15),
        ..Word::default()
    };
    assert_eq!(found(journal, vec![about(200)]), ["R-1"]);
    let open = pages(journal, &search(Vec::new()), ElsewhereScope::Open, 1);
    assert_eq!(open, ["undated", "web 7001"]);
    let late = ElsewhereScope::Since(MORNING_MS + 100 * MINUTE_MS);
    assert_eq!(
        pages(journal, &search(Vec::new()), late, 1),
        ["undated", "R-1"]
    );
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn keep(journal: &Journal, list: &ReadList) {
    wait_until("the index takes it", || {
        journal.keep_elsewhere(list, quarter_of).is_ok()
    });
}

const READ_AT_MS: i64 = MORNING_MS + 300 * MINUTE_MS;

/// Also beside the till that keeps it, and for who has no file.
#[tokio::test]
async fn it_is_found_by_the_words_that_find_a_payment() {
    let journal = Journal::in_memory().unwrap();
    keep(&journal, &list("roma", READ_AT_MS, &rows()));
    check(&journal);
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    journal.index_history(quarter_of);
    keep(&journal, &list("roma", READ_AT_MS, &rows()));
    check(&journal);
    let beside = Journal::open_read_only(folder.path()).unwrap();
    beside.index_history(quarter_of);
    check(&beside);
    // Who only reads writes nothing there, and finds what it read itself.
    keep(&beside, &list("roma", READ_AT_MS, &rows()[..1]));
    assert_eq!(found(&beside, Vec::new()), ["web 7001"]);
    check(&journal);
    drop(journal);
    let again = Journal::open(folder.path()).unwrap();
    again.index_history(quarter_of);
    check(&again);
}

/// Its own name as a UUID, which here is a payment's own name.
#[tokio::test]
async fn a_name_that_is_a_uuid_is_found_by_it() {
    let journal = Journal::in_memory().unwrap();
    let uuid = "0192f0c1-2345-7890-abcd-ef0123456789";
    let mut row = one("link", 100, None, Standing::Waiting);
    row.intent = IntentId::new(uuid).unwrap();
    keep(
        &journal,
        &list("roma", READ_AT_MS, &[row, rows().remove(0)]),
    );
    let payment: PaymentId = uuid.parse().unwrap();
    let scanned = Word {
        payment: Some(payment),
        ..Word::default()
    };
    assert_eq!(found(&journal, vec![scanned]), ["link"]);
}

#[tokio::test]
async fn a_later_list_says_what_changed_and_what_is_gone() {
    let journal = Journal::in_memory().unwrap();
    let roma = account("roma");
    let at = Some(MORNING_MS);
    let names = |standing| one("A", 100, at, standing);
    let intent = names(Standing::Paid).intent;
    let both = [
        names(Standing::Waiting),
        one("B", 100, None, Standing::Waiting),
    ];
    keep(&journal, &list("roma", READ_AT_MS, &both));
    keep(&journal, &list("condesa", READ_AT_MS, &both));
    let first = journal.elsewhere(&roma, &intent).unwrap();
    assert!(first.is_open() && first.read_at_ms == READ_AT_MS);
    keep(
        &journal,
        &list("roma", READ_AT_MS + 1, &[names(Standing::Paid)]),
    );
    let paid = journal.elsewhere(&roma, &intent).unwrap();
    assert_eq!(paid.listed, names(Standing::Paid));
    assert_eq!((paid.place, paid.read_at_ms), (first.place, READ_AT_MS + 1));
    let gone = journal.elsewhere(&roma, &both[1].intent).unwrap();
    assert!(gone.is_gone && !gone.is_open());
    assert_eq!(
        gone.listed.standing,
        Standing::Waiting,
        "as it was told last"
    );
    let open = || pages(&journal, &search(Vec::new()), ElsewhereScope::Open, 9);
    assert_eq!(open().len(), 2, "those of the other account");
    // What is older than the list says nothing about.
    let young = ReadList {
        since_ms: MORNING_MS + 1,
        ..list("roma", READ_AT_MS + 2, &[])
    };
    keep(&journal, &young);
    assert!(!journal.elsewhere(&roma, &intent).unwrap().is_gone);
    let note =
        |standing| journal.note_elsewhere(&account("condesa"), &intent, standing, READ_AT_MS + 9);
    note(Standing::Cancelled).unwrap();
    let noted = journal.elsewhere(&account("condesa"), &intent).unwrap();
    assert_eq!(
        (noted.listed.standing, noted.listed.has_link),
        (Standing::Cancelled, false)
    );
    assert_eq!(open(), ["B"]);
    journal.forget_elsewhere(&account("condesa")).unwrap();
    assert!(open().is_empty());
    assert_eq!(found(&journal, Vec::new()).len(), 2);
    // A quarter of a year later it is nobody's any more.
    let later = READ_AT_MS + 93 * 24 * 60 * MINUTE_MS;
    let late = ReadList {
        since_ms: later,
        ..list("roma", later, &[])
    };
    keep(&journal, &late);
    assert!(found(&journal, Vec::new()).is_empty());
}

/// Nothing of it is a fact: no entry, no commit, no other end of the chain.
#[tokio::test]
async fn it_adds_nothing_to_the_journal_and_a_lost_file_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let journal = Journal::open(folder.path()).unwrap();
        journal.index_history(quarter_of);
        journal
    };
    let journal = open();
    let fact = requested(id(1), &order("R-1"), Attempt::FIRST);
    journal.append(MORNING_MS, vec![fact]).await.unwrap();
    let before = (journal.commits(), journal.last_seq().unwrap());
    let head = journal.hash_at(1).unwrap();
    keep(&journal, &list("roma", READ_AT_MS, &rows()));
    check(&journal);
    assert_eq!((journal.commits(), journal.last_seq().unwrap()), before);
    assert_eq!(journal.hash_at(1).unwrap(), head);
    let all = journal.search(&search(Vec::new()), None, 9).unwrap();
    assert_eq!(
        all.rows.len(),
        1,
        "the journal's own search does not have it"
    );
    drop(journal);
    for bytes in [None, Some(b"not a database".to_vec())] {
        let file = folder.path().join("history.index");
        // What its log still has is not lost.
        let _ = std::fs::remove_file(folder.path().join("history.index-wal"));
        match &bytes {
            None => std::fs::remove_file(&file).unwrap(),
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
        }
        let journal = open();
        wait_until("the index is made anew", || journal.is_indexed());
        assert!(found(&journal, Vec::new()).is_empty());
        keep(&journal, &list("roma", READ_AT_MS, &rows()));
        check(&journal);
        assert!(journal.verify().is_ok());
    }
}

/// Whatever is looked for: the words of the index propose all that a look through every row finds.
#[tokio::test]
async fn its_index_proposes_all_that_is_to_be_found() {
    let journal = Journal::in_memory().unwrap();
    let mut random = fastrand::Rng::with_seed(0x715);
    let parts = ["R", "-", "1", "0", "2", "Mesa", " ", "ñ", "_", "%", "ab"];
    let text = |random: &mut fastrand::Rng, most: usize| -> String {
        let many = random.usize(1..most);
        (0..many)
            .map(|_| parts[random.usize(..parts.len())])
            .collect()
    };
    let rows: Vec<Listed> = (0..600_i64)
        .map(|number| Listed {
            intent: IntentId::new(&format!("pi-{number}")).unwrap(),
            reference: text(&mut random, 6),
            // Many of one moment.
            ..one(
                "x",
                1 + number % 7,
                Some(MORNING_MS + number / 50),
                Standing::Paid,
            )
        })
        .collect();
    keep(&journal, &list("roma", READ_AT_MS, &rows));
    assert_eq!(found(&journal, Vec::new()).len(), 600);
    for _ in 0..80 {
        let wanted = text(&mut random, 4).trim().to_lowercase();
        let with = pages(
            &journal,
            &search(vec![word(&wanted)]),
            ElsewhereScope::All,
            7,
        );
        let least = rows.iter().filter(|row| {
            wanted.chars().count() >= 3 && row.reference.to_lowercase().contains(&wanted)
        });
        assert!(with.len() >= least.count(), "{wanted:?}");
    }
}
