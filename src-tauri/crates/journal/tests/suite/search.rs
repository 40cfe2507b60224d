//! The search of the history, with its index and without it.

use std::time::{Duration, Instant};

use journal::{Cursor, Fact, Journal, Scope, Search, Word, quarters_around};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, PaymentId, Receipts, Slip, SlipLine,
    SlipSize, Standing, TerminalCode, Way,
};

use crate::story::{MORNING_MS, answered, fact, id, order, read, requested};

const HOUR_MS: i64 = 3_600_000;

/// As if the till stood in London in winter.
fn quarter_of(at_ms: i64) -> u8 {
    u8::try_from(at_ms.rem_euclid(24 * HOUR_MS) / (HOUR_MS / 4)).unwrap()
}

fn word(text: &str) -> Word {
    Word {
        text: text.to_owned(),
        ..Word::default()
    }
}

fn search(words: Vec<Word>, scope: Scope) -> Search {
    Search {
        words,
        scope,
        quarter_of,
    }
}

/// All pages, of seven rows each.
fn found(journal: &Journal, search: &Search) -> Vec<String> {
    let (mut orders, mut before): (Vec<String>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = journal.search(search, before, 7).unwrap();
        orders.extend(page.rows.iter().map(|row| row.payment.order.to_string()));
        before = page.next;
        if before.is_none() {
            return orders;
        }
    }
}

fn texts(journal: &Journal, texts: &[&str]) -> Vec<String> {
    let words = texts.iter().copied().map(word).collect();
    found(journal, &search(words, Scope::All))
}

fn asked(number: u128, name: &str, minor: i64, terminal: &str, who: &str) -> Fact {
    let (payment, order) = (id(number), order(name));
    fact(
        payment,
        Event::Requested {
            payment,
            key: IdempotencyKey::of(&order, Attempt::FIRST),
            order,
            amount: Money::new(minor, Currency::Mxn).unwrap(),
            account: AccountId::new("practice").unwrap(),
            way: Way::on_terminal(TerminalCode::new(terminal).unwrap()),
            attempt: Attempt::FIRST,
            by: Actor::Cashier { name: who.into() },
        },
    )
}

fn slip(payment: PaymentId, text: &str) -> Fact {
    let line = SlipLine::Text {
        text: text.to_owned(),
        size: SlipSize::Body,
        align: payment::SlipAlign::default(),
        bold: false,
    };
    let receipts = Receipts {
        customer: Slip { lines: vec![line] },
        merchant: Slip::default(),
    };
    fact(payment, Event::ReceiptsRead { receipts })
}

fn wait_until_indexed(journal: &Journal) {
    let until = Instant::now() + Duration::from_secs(20);
    while !journal.is_indexed() {
        assert!(Instant::now() < until, "the index is not fed");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn history(journal: &Journal) {
    let rows = [
        ("Mesa 4 ñ", 1_250, "PRACTICE-1", "Ana R."),
        ("100%", 35_050, "PRACTICE-2", "Ana R."),
        ("1000", 100_000, "PRACTICE-1", "Luis"),
        ("a_b", 5, "PRACTICE-1", "Luis"),
        ("aXb", 1_250, "PRACTICE-1", "Luis"),
        ("back\\slash \"q\"", 100, "PRACTICE-1", "Ana R."),
        ("mesa 5", 99, "PRACTICE-3", "Zoë"),
    ];
    for ((name, minor, terminal, who), number) in rows.into_iter().zip(1..) {
        let asked = asked(number, name, minor, terminal, who);
        let at_ms = MORNING_MS + i64::try_from(number).unwrap() * HOUR_MS;
        journal.append(at_ms, vec![asked]).await.unwrap();
    }
    let later = vec![
        read(id(2), Standing::Paid),
        // Another amount than was asked for: nobody knows.
        read(id(3), Standing::Paid),
        answered(id(4)),
        slip(id(2), "VISA ************4242"),
    ];
    journal.append(MORNING_MS, later).await.unwrap();
}

fn check(journal: &Journal) {
    assert_eq!(texts(journal, &["mesa"]), ["mesa 5", "Mesa 4 ñ"]);
    assert_eq!(texts(journal, &["MESA", "5"]), ["mesa 5"]);
    assert_eq!(texts(journal, &["mesa", "zoë"]), ["mesa 5"]);
    assert_eq!(texts(journal, &["0%"]), ["100%"]);
    assert_eq!(texts(journal, &["10"]), ["1000", "100%"]);
    assert_eq!(texts(journal, &["a_b"]), ["a_b"]);
    assert_eq!(texts(journal, &["k\\s"]), ["back\\slash \"q\""]);
    assert_eq!(texts(journal, &["\"q\""]), ["back\\slash \"q\""]);
    assert_eq!(texts(journal, &["ñ"]), ["Mesa 4 ñ"]);
    assert_eq!(texts(journal, &["practice-2"]), ["100%"]);
    assert_eq!(texts(journal, &["luis"]), ["aXb", "a_b", "1000"]);
    assert_eq!(texts(journal, &["4242"]), ["100%"]);
    let intent = format!("pi-{}", id(4));
    assert_eq!(texts(journal, &[&intent]), ["a_b"]);
    assert_eq!(texts(journal, &[&intent[8..]]), ["a_b"]);
    assert!(texts(journal, &["'; DROP TABLE entry"]).is_empty());
    assert!(texts(journal, &["\u{1}\u{1}"]).is_empty());
    assert_eq!(texts(journal, &[]).len(), 7);
    let amount = Word {
        amounts: vec![Money::new(1_250, Currency::Mxn).unwrap()],
        ..word("12.50")
    };
    let amounts = |words| found(journal, &search(words, Scope::All));
    assert_eq!(amounts(vec![amount.clone()]), ["aXb", "Mesa 4 ñ"]);
    assert_eq!(amounts(vec![amount, word("luis")]), ["aXb"]);
    let at = |at_ms: i64| Word {
        quarters: quarters_around(u16::from(quarter_of(at_ms)) * 15),
        ..Word::default()
    };
    assert_eq!(amounts(vec![at(MORNING_MS + 4 * HOUR_MS)]), ["a_b"]);
    let scanned = Word {
        payment: Some(id(6)),
        ..word("whatever")
    };
    assert_eq!(amounts(vec![scanned]), ["back\\slash \"q\""]);
    let called = Word {
        terminals: vec![TerminalCode::new("PRACTICE-3").unwrap()],
        ..word("Terminal B")
    };
    assert_eq!(amounts(vec![called]), ["mesa 5"]);
    let open = found(journal, &search(vec![word("mesa")], Scope::Open));
    assert_eq!(open, ["mesa 5", "Mesa 4 ñ"]);
    assert_eq!(found(journal, &search(vec![], Scope::Open)).len(), 6);
    let unknown = found(journal, &search(vec![word("100")], Scope::NotKnown));
    assert_eq!(unknown, ["1000"]);
    let since = Scope::Since(MORNING_MS + 6 * HOUR_MS);
    assert_eq!(
        found(journal, &search(vec![], since)),
        ["mesa 5", "back\\slash \"q\""]
    );
    assert_eq!(
        found(journal, &search(vec![word("mesa")], since)),
        ["mesa 5"]
    );
}

#[tokio::test]
async fn one_box_finds_it_all_without_an_index() {
    let journal = Journal::in_memory().unwrap();
    history(&journal).await;
    check(&journal);
}

#[tokio::test]
async fn one_box_finds_it_all_in_the_index_in_what_is_not_in_it_yet_and_beside_a_running_till() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    journal.index_history(quarter_of);
    history(&journal).await;
    // Now the index has nothing yet, or a part.
    check(&journal);
    wait_until_indexed(&journal);
    check(&journal);
    let beside = Journal::open_read_only(folder.path()).unwrap();
    beside.index_history(quarter_of);
    check(&beside);
}

#[tokio::test]
async fn the_index_proposes_all_that_a_look_through_the_journal_finds() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let without = Journal::in_memory().unwrap();
    let mut random = fastrand::Rng::with_seed(0x7113);
    let letters = [
        "R", "-", "1", "0", "2", "Mesa", " ", "ñ", "é", "_", "%", "ab",
    ];
    let text = |random: &mut fastrand::Rng, parts: usize| -> String {
        let parts = (0..parts).map(|_| letters[random.usize(..letters.len())]);
        parts.collect::<String>()
    };
    let mut facts = Vec::new();
    for number in 0..400_u128 {
        let parts = random.usize(1..6);
        let name = format!("{}.{number}", text(&mut random, parts));
        let minor = random.i64(1..400);
        let terminal = format!("T-{}", random.u8(..9));
        let who = text(&mut random, 2);
        facts.push(asked(number, &name, minor, &terminal, &who));
        if random.bool() {
            facts.push(answered(id(number)));
        }
    }
    without.append(MORNING_MS, facts.clone()).await.unwrap();
    journal.append(MORNING_MS, facts).await.unwrap();
    journal.index_history(quarter_of);
    wait_until_indexed(&journal);
    for _ in 0..60 {
        let parts = random.usize(1..4);
        let words = (0..random.usize(1..3)).map(|_| word(text(&mut random, parts).trim()));
        let search = search(words.collect(), Scope::All);
        let first = |journal: &Journal| {
            let page = journal.search(&search, None, 40).unwrap();
            let rows = page.rows.into_iter();
            rows.map(|row| row.cursor.number()).collect::<Vec<_>>()
        };
        let (with, without) = (first(&journal), first(&without));
        assert_eq!(with, without, "{search:?}");
    }
}

#[tokio::test]
async fn an_index_that_is_missing_damaged_or_of_another_journal_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.index");
    let open = || {
        let journal = Journal::open(folder.path()).unwrap();
        journal.index_history(quarter_of);
        journal
    };
    let journal = open();
    history(&journal).await;
    wait_until_indexed(&journal);
    drop(journal);
    let whole = std::fs::read(&file).unwrap();
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..].fill(0xa5);
    let states: [Option<Vec<u8>>; 4] = [
        None,
        Some(torn),
        Some(b"not a database at all".to_vec()),
        Some(Vec::new()),
    ];
    for state in states {
        match &state {
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let journal = open();
        check(&journal);
        // Whoever asks finds the damage; the next look comes when it is made anew.
        let until = Instant::now() + Duration::from_secs(20);
        while !journal.is_indexed() && Instant::now() < until {
            check(&journal);
            std::thread::sleep(Duration::from_millis(50));
        }
        check(&journal);
        drop(journal);
    }
    // The journal of another till in the same folder.
    for name in ["journal.db", "journal.head", "journal.db-wal"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let journal = open();
    for number in 0..20 {
        let request = requested(
            id(900 + number),
            &order(&format!("X-{number}")),
            Attempt::FIRST,
        );
        journal.append(MORNING_MS, vec![request]).await.unwrap();
    }
    wait_until_indexed(&journal);
    assert!(texts(&journal, &["mesa"]).is_empty());
    assert_eq!(texts(&journal, &["X-1"]).len(), 11);
}

/// Facts are durable whatever becomes of the index, and one commit is one commit.
#[tokio::test]
async fn the_index_adds_nothing_to_a_commit_and_nothing_depends_on_it() {
    let folder = tempfile::tempdir().unwrap();
    // A folder where its file would be.
    std::fs::create_dir(folder.path().join("history.index")).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    journal.index_history(quarter_of);
    let before = journal.commits();
    history(&journal).await;
    assert_eq!(journal.commits() - before, 8);
    check(&journal);
    drop(journal);
    assert!(Journal::open(folder.path()).unwrap().verify().is_ok());
}
