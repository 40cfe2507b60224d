//! What goes in comes out: facts, timelines, states, the shop.

use journal::{Entry, Fact, Health, Journal};
use payment::{Attempt, Event, Language, ShopEvent, Standing, State, Theme};

use crate::story::{MORNING_MS, answered, fact, id, order, read, requested, sale};

#[tokio::test]
async fn facts_come_back_in_order_with_a_chain_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.health(), Health::Writable);
    let (payment, order) = (id(1), order("R-1"));
    let facts = [
        requested(payment, &order, Attempt::FIRST),
        answered(payment),
        read(payment, Standing::Paid),
    ];
    let mut written: Vec<Entry> = Vec::new();
    for (fact, at_ms) in facts.iter().zip(MORNING_MS..) {
        let entries = journal.append(at_ms, vec![fact.clone()]).await.unwrap();
        assert_eq!(entries.len(), 1);
        written.extend(entries);
    }
    let seqs: Vec<u64> = written.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2, 3]);
    let facts_back: Vec<Fact> = written.iter().map(|entry| entry.fact.clone()).collect();
    assert_eq!(facts_back, facts);
    assert_eq!(journal.timeline(payment).unwrap(), written);
    assert_eq!(journal.last_seq().unwrap(), 3);
    let verified = journal.verify().unwrap();
    assert_eq!(verified.entries, 3);
    assert_eq!(verified.head, written[2].hash);
}

#[tokio::test]
async fn a_payment_stands_where_its_facts_put_it_with_its_times() {
    let journal = Journal::in_memory().unwrap();
    let (payment, order) = (id(1), order("R-1"));
    let at = |minute: i64| MORNING_MS + minute * 60_000;
    let request = requested(payment, &order, Attempt::FIRST);
    journal
        .append(at(0), vec![request, answered(payment)])
        .await
        .unwrap();
    let open = journal.summary(payment).unwrap().unwrap();
    assert_eq!(
        (open.payment.state, open.ended_at_ms),
        (State::Waiting, None)
    );
    assert_eq!(journal.open_payments().unwrap(), [open.payment]);

    journal
        .append(at(1), vec![read(payment, Standing::Cancelled)])
        .await
        .unwrap();
    let over = journal.summary(payment).unwrap().unwrap();
    assert_eq!(over.payment.state, State::Cancelled);
    assert_eq!(over.ended_at_ms, Some(at(1)));
    assert_eq!(journal.open_payments().unwrap(), []);

    journal
        .append(at(2), vec![fact(payment, Event::Dispatched)])
        .await
        .unwrap();
    let still = journal.summary(payment).unwrap().unwrap();
    assert_eq!(
        (still.changed_at_ms, still.ended_at_ms),
        (at(2), Some(at(1)))
    );

    journal
        .append(at(3), vec![read(payment, Standing::Paid)])
        .await
        .unwrap();
    let late = journal.summary(payment).unwrap().unwrap();
    assert!(late.payment.late);
    assert_eq!(
        (late.requested_at_ms, late.ended_at_ms),
        (at(0), Some(at(3)))
    );

    journal
        .append(at(4), vec![read(payment, Standing::PartlyRefunded)])
        .await
        .unwrap();
    let refunded = journal.summary(payment).unwrap().unwrap();
    assert_eq!(
        refunded.ended_at_ms,
        Some(at(3)),
        "it was paid when it was paid"
    );
}

#[tokio::test]
async fn payments_of_an_order_come_by_attempt_and_ends_by_time() {
    let journal = Journal::in_memory().unwrap();
    let order = order("R-1");
    sale(&journal, 1, &order, Standing::Declined).await;
    let second = requested(id(2), &order, Attempt::FIRST.following());
    journal.append(MORNING_MS + 10, vec![second]).await.unwrap();
    let states: Vec<State> = journal
        .payments_of(&order)
        .unwrap()
        .iter()
        .map(|payment| payment.state)
        .collect();
    assert_eq!(states, [State::Declined, State::Saved]);
    let ended = |at_ms| journal.ended_since(at_ms).unwrap().len();
    assert_eq!((ended(MORNING_MS + 3), ended(MORNING_MS + 4)), (1, 0));
    assert_eq!(journal.last_order().unwrap(), Some(order));
}

#[tokio::test]
async fn the_shop_is_what_its_facts_make_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.last_order().unwrap(), None);
    let facts = vec![
        Fact::Shop(ShopEvent::CashierNamed {
            name: "Ana R.".into(),
        }),
        Fact::Shop(ShopEvent::LookChosen {
            language: Language::Es,
            theme: Theme::Dark,
        }),
        Fact::Shop(ShopEvent::CashierNamed {
            name: "Luis".into(),
        }),
    ];
    journal.append(MORNING_MS, facts).await.unwrap();
    drop(journal);
    let journal = Journal::open(folder.path()).unwrap();
    let shop = journal.shop().unwrap();
    assert_eq!(
        (shop.cashier.as_str(), shop.language, shop.theme),
        ("Luis", Language::Es, Theme::Dark)
    );
    assert_eq!(journal.verify().unwrap().entries, 3);
}

#[tokio::test]
async fn what_nobody_waits_for_is_written_in_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let payment = id(1);
    let request = requested(payment, &order("R-1"), Attempt::FIRST);
    journal.append_soon(MORNING_MS, vec![request]);
    journal.append_soon(MORNING_MS, vec![fact(payment, Event::Dispatched)]);
    let last = journal
        .append(MORNING_MS, vec![answered(payment)])
        .await
        .unwrap();
    assert_eq!(last[0].seq, 3);
    journal.append_soon(MORNING_MS, vec![read(payment, Standing::Paid)]);
    drop(journal);
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(
        journal.timeline(payment).unwrap().len(),
        4,
        "closing writes what waits"
    );
}

#[tokio::test]
async fn nothing_is_appended_by_an_empty_call() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.append(MORNING_MS, Vec::new()).await.unwrap(), []);
    assert_eq!((journal.commits(), journal.last_seq().unwrap()), (0, 0));
}

#[tokio::test]
async fn the_export_has_a_line_for_each_entry_with_its_hash() {
    let journal = Journal::in_memory().unwrap();
    sale(&journal, 1, &order("R-1"), Standing::Paid).await;
    let mut copy = Vec::new();
    assert_eq!(journal.export(&mut copy).unwrap(), 4);
    let copy = String::from_utf8(copy).unwrap();
    let lines: Vec<serde_json::Value> = copy
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["seq"], 1);
    assert_eq!(lines[0]["kind"], "payment");
    assert_eq!(lines[0]["fact"]["kind"], "requested");
    assert_eq!(lines[3]["hash"], journal.verify().unwrap().head.to_string());
}
