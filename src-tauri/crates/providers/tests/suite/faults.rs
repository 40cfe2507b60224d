//! Judges the table of faults: each row with each system and each request, on real sockets.

use std::time::{Duration, Instant};

use payment::outcome::{Verdict, verdict};
use payment::{Failure, System};

use crate::fault_rows::{
    Row, TOO_LARGE, broken_rows, misframed_rows, status_rows, unsent_rows, useless_rows,
};
use crate::server::Server;
use crate::shop::{KEY, Operation, line};

async fn judge(system: System, row: &Row) {
    let mut operations = vec![
        (0, Operation::Create),
        (1, Operation::Read),
        (2, Operation::Cancel),
    ];
    let finds = line(system, &row.base, row.options.clone())
        .capabilities()
        .finds;
    if finds {
        // What spoils a reading spoils a list.
        operations.push((1, Operation::Find));
    }
    for (index, operation) in operations {
        let before = row.server.as_ref().map_or(0, Server::count);
        // A client of its own: what one operation did to a connection is no excuse for the next.
        let provider = line(system, &row.base, row.options.clone());
        let outcome = operation.run_in(system, &*provider).await;
        let context = format!("{system:?}: {}: {operation:?}", row.name);
        let (expected, meaning) = expected(system, row, operation, index);
        assert_eq!(outcome, expected, "{context}");
        let found = outcome
            .err()
            .map(|failure| verdict(operation.asked(), &failure));
        assert_eq!(found, meaning, "{context}");
        let arrived = row.server.as_ref().map_or(0, Server::count) - before;
        // What is too large may be asked for in smaller pieces, where it is a list.
        let again = operation == Operation::Find && row.expected[index] == Err(TOO_LARGE);
        let most = if again { 2 } else { row.arrive };
        assert!(
            (row.arrive..=most).contains(&arrived),
            "{context}: arrived {arrived} times"
        );
        if matches!(row.expected[index], Err(Failure::NotSent { .. })) {
            let heard = row
                .server
                .as_ref()
                .map(|server| server.with(|arrived| arrived.requests.concat()));
            let heard = heard.unwrap_or_default();
            assert!(
                !heard.contains(KEY) && !heard.contains("R-1"),
                "{context}: {heard}"
            );
        }
    }
}

/// Dojo is asked which machine has a payment before it is withdrawn, so an answer that is of no use
/// to a reading is of no use to a cancel.
fn expected(
    system: System,
    row: &Row,
    operation: Operation,
    index: usize,
) -> (Result<(), Failure>, Option<Verdict>) {
    let looks_first = system == System::Dojo && operation == Operation::Cancel;
    if looks_first && row.expected[index].is_ok() {
        return (row.expected[1].clone(), Some(Verdict::ReadToKnow));
    }
    (row.expected[index].clone(), row.verdicts[index])
}

/// Rows run at once: most of them wait for a limit.
async fn judge_all(rows: impl Fn(System) -> Vec<Row>) {
    let started = Instant::now();
    let mut judging = Vec::new();
    for system in System::ALL {
        for row in rows(system) {
            let name = row.name;
            judging.push((name, tokio::spawn(async move { judge(system, &row).await })));
        }
    }
    for (name, judged) in judging {
        assert!(judged.await.is_ok(), "the row {name:?} failed, see above");
    }
    let limit = Duration::from_secs(60);
    assert!(
        started.elapsed() < limit,
        "some limit of the client did not hold"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_there_is_no_connection() {
    judge_all(|_| unsent_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_or_silent_connection_may_have_delivered() {
    judge_all(broken_rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_framed_wrongly_may_have_delivered() {
    judge_all(|_| misframed_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_useless_answer_may_have_delivered() {
    judge_all(useless_rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_means_what_the_table_says() {
    judge_all(|_| status_rows()).await;
}
