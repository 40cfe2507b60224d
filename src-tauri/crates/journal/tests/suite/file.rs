//! A copy of the journal is checked with nothing but the copy, whatever was done to it.

use journal::{Damage, Fact, FileDamage, FileForm, Hash, HeadKey, Journal, check_file, has_head};
use payment::{Actor, DayClose, DayTotals, ShopEvent};

use crate::story::{MORNING_MS, sold};

const FORMS: [FileForm; 2] = [FileForm::JsonLines, FileForm::Csv];

fn key() -> HeadKey {
    HeadKey::new(&[5; 32])
}

fn copy(journal: &Journal, form: FileForm, key: Option<&HeadKey>) -> String {
    let mut bytes = Vec::new();
    journal.export_as(form, key, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn close(journal: &Journal, number: u32, from: u64) -> Hash {
    let to = journal.last_seq().unwrap();
    let head = journal.hash_at(to).unwrap().unwrap();
    let close = DayClose {
        number,
        from,
        to,
        opened_at_ms: MORNING_MS,
        closed_at_ms: MORNING_MS,
        by: Actor::Cashier {
            name: "Luz, \"the boss\"".into(),
        },
        totals: DayTotals::default(),
        checks: Vec::new(),
        read_again: 0,
        unread: 0,
        head: head.to_string(),
        public_key: Some(key().public()),
        signature: Some(key().sign(to, &head)),
        replaced: false,
    };
    let event = ShopEvent::DayClosed {
        close: Box::new(close),
    };
    journal
        .append(MORNING_MS, vec![Fact::Shop(event)])
        .await
        .unwrap();
    head
}

/// Four sales, a close, and nothing after: 13 entries.
async fn a_day() -> (Journal, Hash) {
    let journal = Journal::in_memory().unwrap();
    sold(&journal, 4).await;
    let head = close(&journal, 1, 1).await;
    (journal, head)
}

fn said(copy: &str) -> Result<u64, String> {
    match check_file(&mut copy.as_bytes()) {
        Ok(checked) => Ok(checked.entries),
        Err(FileDamage::Chain(damage)) => Err(format!("{damage:?}")),
        Err(damage) => Err(damage.to_string()),
    }
}

#[tokio::test]
async fn a_copy_is_whole_in_both_forms_and_names_who_signed_it() {
    let (journal, head) = a_day().await;
    for form in FORMS {
        let text = copy(&journal, form, Some(&key()));
        let (checked, found) = has_head(&mut text.as_bytes(), &head).unwrap();
        assert!(found, "{form:?}");
        assert_eq!((checked.entries, checked.closes), (13, 1));
        assert_eq!(checked.signed_by, Some(key().public()));
        assert_eq!(checked.keys.len(), 1);
        assert_eq!(checked.head, journal.verify().unwrap().head);
        let unsigned = copy(&journal, form, None);
        let checked = check_file(&mut unsigned.as_bytes()).unwrap();
        assert_eq!(checked.signed_by, None, "{form:?}");
    }
    let empty = copy(&Journal::in_memory().unwrap(), FileForm::Csv, None);
    assert_eq!(said(&empty), Ok(0));
}

#[tokio::test]
async fn an_edit_a_deletion_a_reordering_and_a_cut_are_found() {
    let (journal, _) = a_day().await;
    for form in FORMS {
        let whole = copy(&journal, form, Some(&key()));
        let lines: Vec<&str> = whole.lines().collect();
        let heading = usize::from(form == FileForm::Csv);
        let entry = |seq: usize| seq - 1 + heading;
        let rest = |lines: &[&str]| format!("{}\n", lines.join("\n"));
        let without = |gone: std::ops::Range<usize>| {
            let mut lines = lines.clone();
            lines.drain(gone);
            rest(&lines)
        };
        let mut swapped = lines.clone();
        swapped.swap(entry(5), entry(6));
        let end = lines.len();
        let table = [
            (
                whole.replacen("35050", "3505", 1),
                Some(Damage::Altered { seq: 1 }),
            ),
            (
                without(entry(1)..entry(2)),
                Some(Damage::Missing { seq: 1 }),
            ),
            (
                without(entry(7)..entry(8)),
                Some(Damage::Missing { seq: 7 }),
            ),
            (rest(&swapped), Some(Damage::Missing { seq: 5 })),
        ];
        for (text, damage) in table {
            let damage = damage.map(|damage| format!("{damage:?}"));
            assert_eq!(said(&text).err(), damage, "{form:?}");
        }
        // Cut with its head, and with its head put back.
        let cut = said(&without(entry(10)..end)).unwrap_err();
        assert!(cut.contains("its end is missing"), "{form:?}: {cut}");
        let cut = said(&without(entry(10)..end - 1)).unwrap_err();
        assert!(cut.contains("ends at entry 9"), "{form:?}: {cut}");
        let more = format!("{whole}{}\n", lines[entry(13)]);
        assert!(said(&more).unwrap_err().contains("no entry"), "{form:?}");
        assert!(said("not a journal").is_err());
        assert!(said("").is_err());
    }
}

/// Whoever writes every hash anew must sign the head anew, and cannot: a forger has another key.
#[tokio::test]
async fn a_head_that_another_key_signed_says_so_and_a_wrong_signature_is_found() {
    let (journal, _) = a_day().await;
    let forger = HeadKey::new(&[6; 32]);
    for form in FORMS {
        let forged = copy(&journal, form, Some(&forger));
        let checked = check_file(&mut forged.as_bytes()).unwrap();
        assert_eq!(checked.signed_by, Some(forger.public()));
        assert_eq!(checked.keys.len(), 2, "the day was signed by another");
        let lied = forged.replace(&forger.public(), &key().public());
        assert!(said(&lied).unwrap_err().contains("signature"), "{form:?}");
    }
}

/// An old copy is whole in itself. What the newest report prints is not in it.
#[tokio::test]
async fn an_old_copy_lacks_the_head_of_a_newer_report() {
    let (journal, first) = a_day().await;
    let old = FORMS.map(|form| copy(&journal, form, Some(&key())));
    sold_more(&journal).await;
    let second = close(&journal, 2, 13).await;
    for (form, old) in FORMS.into_iter().zip(old) {
        assert_eq!(said(&old), Ok(13), "whole in itself");
        let (_, has) = has_head(&mut old.as_bytes(), &first).unwrap();
        assert!(has, "{form:?}");
        let (_, has) = has_head(&mut old.as_bytes(), &second).unwrap();
        assert!(!has, "{form:?}");
        let new = copy(&journal, form, Some(&key()));
        let (checked, has) = has_head(&mut new.as_bytes(), &second).unwrap();
        assert!(has && checked.closes == 2, "{form:?}");
    }
}

async fn sold_more(journal: &Journal) {
    let named = ShopEvent::CashierNamed {
        name: "Ana, \"new\"\nline".into(),
    };
    let fact = Fact::Shop(named);
    journal.append(MORNING_MS, vec![fact]).await.unwrap();
}

#[tokio::test]
async fn entries_are_paged_by_their_numbers() {
    let (journal, _) = a_day().await;
    let numbers = |entries: Vec<journal::Entry>| -> Vec<u64> {
        entries.into_iter().map(|entry| entry.seq).collect()
    };
    let page = |before, limit| numbers(journal.entries_before(before, limit).unwrap());
    assert_eq!(page(None, 3), [13, 12, 11]);
    assert_eq!(page(Some(11), 2), [10, 9]);
    assert_eq!(page(Some(2), 5), [1]);
    assert_eq!(page(Some(1), 5), [0_u64; 0]);
    let between = numbers(journal.entries_between(3, 6).unwrap());
    assert_eq!(between, [4, 5, 6]);
    assert_eq!(journal.hash_at(14).unwrap(), None);
    assert_eq!(journal.first_time_after(0).unwrap(), Some(MORNING_MS));
    assert_eq!(journal.first_time_after(13).unwrap(), None);
}
