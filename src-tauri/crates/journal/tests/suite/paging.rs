//! Pages of history.

use journal::{Cursor, Filter, Journal, Summary};
use payment::{Attempt, Standing};

use crate::story::{MORNING_MS, id, order, read, requested, sold};

fn orders(page: &[Summary]) -> Vec<&str> {
    page.iter().map(|row| row.payment.order.as_str()).collect()
}

#[tokio::test]
async fn pages_are_newest_first_and_stay_put_while_payments_arrive() {
    let journal = Journal::in_memory().unwrap();
    sold(&journal, 25).await;
    let mut seen = Vec::new();
    let mut before: Option<Cursor> = None;
    for page in 0..5 {
        let rows = journal.recent(&Filter::All, before, 7).unwrap();
        assert_eq!(rows.len(), [7, 7, 7, 4, 0][page]);
        before = rows.last().map(|row| row.cursor).or(before);
        seen.extend(rows);
        let newer = requested(
            id(1000 + u128::try_from(page).unwrap()),
            &order(&format!("N-{page}")),
            Attempt::FIRST,
        );
        journal.append(MORNING_MS, vec![newer]).await.unwrap();
    }
    let expected: Vec<String> = (0..25).rev().map(|number| format!("R-{number}")).collect();
    assert_eq!(orders(&seen), expected);
    let from = Cursor::at(seen[4].cursor.number());
    let next = journal.recent(&Filter::All, Some(from), 1).unwrap();
    assert_eq!(orders(&next), [expected[5].as_str()]);
}

#[tokio::test]
async fn a_clock_set_back_does_not_change_the_order() {
    let journal = Journal::in_memory().unwrap();
    for (number, at_ms) in [(1, MORNING_MS), (2, 0), (3, -5)] {
        let request = requested(id(number), &order(&format!("R-{number}")), Attempt::FIRST);
        journal.append(at_ms, vec![request]).await.unwrap();
    }
    let rows = journal.recent(&Filter::All, None, 9).unwrap();
    assert_eq!(orders(&rows), ["R-3", "R-2", "R-1"]);
    assert_eq!(journal.last_order().unwrap(), Some(order("R-3")));
}

#[tokio::test]
async fn filters_find_what_they_name() {
    let journal = Journal::in_memory().unwrap();
    let names = [
        "Mesa 4 ñ",
        "100%",
        "1000",
        "a_b",
        "aXb",
        "back\\slash",
        "mesa 5",
    ];
    for (name, number) in names.iter().zip(1..) {
        let request = requested(id(number), &order(name), Attempt::FIRST);
        journal.append(MORNING_MS, vec![request]).await.unwrap();
    }
    journal
        .append(MORNING_MS, vec![read(id(3), Standing::Paid)])
        .await
        .unwrap();
    let open = journal.recent(&Filter::Open, None, 99).unwrap();
    assert_eq!(
        orders(&open),
        ["mesa 5", "back\\slash", "aXb", "a_b", "100%", "Mesa 4 ñ"]
    );
    let rest = journal
        .recent(&Filter::Open, Some(open[3].cursor), 99)
        .unwrap();
    assert_eq!(orders(&rest), ["100%", "Mesa 4 ñ"]);
}
