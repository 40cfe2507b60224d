//! Judges the table of faults: each row with each request, on real sockets.

use std::time::{Duration, Instant};

use payment::Failure;
use payment::outcome::verdict;

use crate::fault_rows::{Row, broken_rows, misframed_rows, status_rows, unsent_rows, useless_rows};
use crate::server::Server;
use crate::shop::{KEY, Operation, compago};

async fn judge(row: &Row) {
    for (index, operation) in Operation::ALL.into_iter().enumerate() {
        let before = row.server.as_ref().map_or(0, Server::count);
        // A client of its own: what one operation did to a connection is no excuse for the next.
        let provider = compago(&row.base, row.options.clone());
        let outcome = operation.run(&provider).await;
        let context = format!("{}: {operation:?}", row.name);
        assert_eq!(outcome, row.expected[index], "{context}");
        let found = outcome
            .err()
            .map(|failure| verdict(operation.asked(), &failure));
        assert_eq!(found, row.verdicts[index], "{context}");
        let arrived = row.server.as_ref().map_or(0, Server::count) - before;
        assert_eq!(arrived, row.arrive, "{context}: times it arrived");
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

/// Rows run at once: most of them wait for a limit.
async fn judge_all(rows: Vec<Row>) {
    let started = Instant::now();
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let judging: Vec<_> = rows
        .into_iter()
        .map(|row| tokio::spawn(async move { judge(&row).await }))
        .collect();
    for (judged, name) in judging.into_iter().zip(names) {
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
    judge_all(unsent_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_or_silent_connection_may_have_delivered() {
    judge_all(broken_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_framed_wrongly_may_have_delivered() {
    judge_all(misframed_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_useless_answer_may_have_delivered() {
    judge_all(useless_rows()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_means_what_the_table_says() {
    judge_all(status_rows()).await;
}
