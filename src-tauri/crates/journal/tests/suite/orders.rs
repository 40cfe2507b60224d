//! An order is never charged twice: the index is the judge, and it judges each caller alone.

use journal::{AppendError, Fact, Health, Journal};
use payment::{Attempt, Event, Misfit, Standing};

use crate::story::{MORNING_MS, answered, fact, id, order, read, requested, sale};

#[tokio::test]
async fn an_order_with_an_open_payment_takes_no_second_one() {
    let journal = Journal::in_memory().unwrap();
    let order = order("R-1");
    let first = requested(id(1), &order, Attempt::FIRST);
    journal.append(MORNING_MS, vec![first]).await.unwrap();
    let next = Attempt::FIRST.following();
    for attempt in [Attempt::FIRST, next] {
        let second = requested(id(2), &order, attempt);
        let refused = journal.append(MORNING_MS, vec![second]).await;
        assert!(
            matches!(&refused, Err(AppendError::OrderIsOpen { payment }) if *payment == id(1)),
            "{refused:?}"
        );
    }
    assert_eq!(journal.payment(id(2)).unwrap(), None);
    let declined = read(id(1), Standing::Declined);
    journal.append(MORNING_MS, vec![declined]).await.unwrap();
    let again = journal
        .append(MORNING_MS, vec![requested(id(2), &order, Attempt::FIRST)])
        .await;
    assert!(
        matches!(&again, Err(AppendError::AttemptTaken { payment }) if *payment == id(1)),
        "{again:?}"
    );
    let second = requested(id(2), &order, next);
    journal.append(MORNING_MS, vec![second]).await.unwrap();
    assert_eq!(journal.verify().unwrap().entries, 3);
    assert_eq!(
        journal.health(),
        Health::Writable,
        "a refusal is no trouble"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_charge_an_order_at_once_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for round in 0..10_u128 {
        let order = order(&format!("R-{round}"));
        let tries: Vec<_> = (0..16)
            .map(|caller| {
                let (journal, order) = (journal.clone(), order.clone());
                let payment = id(round * 100 + caller);
                tokio::spawn(async move {
                    let request = requested(payment, &order, Attempt::FIRST);
                    journal.append(MORNING_MS, vec![request]).await
                })
            })
            .collect();
        let mut taken = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => taken += 1,
                Err(AppendError::OrderIsOpen { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(taken, 1);
        assert_eq!(journal.payments_of(&order).unwrap().len(), 1);
    }
    assert_eq!(journal.open_payments().unwrap().len(), 10);
    assert_eq!(journal.verify().unwrap().entries, 10);
}

#[tokio::test]
async fn facts_that_are_not_a_payments_are_refused_and_leave_nothing() {
    let journal = Journal::in_memory().unwrap();
    let stray = journal
        .append(MORNING_MS, vec![fact(id(1), Event::Dispatched)])
        .await;
    assert!(
        matches!(&stray, Err(AppendError::Misfit { payment, misfit: Misfit::NotRequested })
            if *payment == id(1)),
        "{stray:?}"
    );
    sale(&journal, 2, &order("R-2"), Standing::Paid).await;
    let twice = requested(id(2), &order("R-2"), Attempt::FIRST);
    let twice = journal.append(MORNING_MS, vec![twice]).await;
    assert!(
        matches!(
            &twice,
            Err(AppendError::Misfit {
                misfit: Misfit::RequestedTwice,
                ..
            })
        ),
        "{twice:?}"
    );
    let Fact::Payment { event, .. } = requested(id(3), &order("R-3"), Attempt::FIRST) else {
        panic!("a request is about a payment");
    };
    let misfiled = journal.append(MORNING_MS, vec![fact(id(4), event)]).await;
    assert!(
        matches!(&misfiled, Err(AppendError::Misfiled { payment, named })
            if (*payment, *named) == (id(4), id(3))),
        "{misfiled:?}"
    );
    assert_eq!(journal.verify().unwrap().entries, 4);
}

#[tokio::test]
async fn a_call_is_written_whole_or_not_at_all() {
    let journal = Journal::in_memory().unwrap();
    let facts = vec![
        requested(id(1), &order("R-1"), Attempt::FIRST),
        answered(id(1)),
        fact(id(2), Event::Dispatched),
    ];
    assert!(journal.append(MORNING_MS, facts).await.is_err());
    assert_eq!(journal.last_seq().unwrap(), 0);
    assert_eq!(journal.payment(id(1)).unwrap(), None);
    sale(&journal, 1, &order("R-1"), Standing::Paid).await;
    assert_eq!(
        journal.verify().unwrap().entries,
        4,
        "the chain goes on where it was"
    );
}
