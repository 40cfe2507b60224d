//! Kept connections that are no longer what they seem.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use payment::failure::NoAnswer;
use payment::{Failure, Provider, Standing};

use crate::server::{Server, json};
use crate::shop::{Operation, compago, created_body, hasty, intent};

/// The provider closes the kept connection in the moment the charge is written to it: the charge
/// may have arrived, so it is not sent again on another connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_charge_on_a_dying_connection_is_not_sent_twice() {
    for (reset, read_first) in [(true, true), (true, false), (false, true)] {
        let server = Server::start(move |mut peer| {
            if peer.request().is_none() {
                return;
            }
            peer.write(json(&created_body()).as_bytes());
            // The next request on this connection meets its end.
            let arrived = if read_first {
                peer.request().is_some()
            } else {
                peer.first_byte()
            };
            if arrived && reset {
                peer.reset();
            } else {
                peer.close();
            }
        });
        let provider = compago(&server.base(), hasty());
        assert_eq!(Operation::Read.run(&provider).await, Ok(()));
        // A busy machine may not have put the connection back yet, and a new one would be made.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let second = Operation::Create.run(&provider).await;
        let why = NoAnswer::ConnectionLost;
        assert_eq!(
            second,
            Err(Failure::NoAnswer { why }),
            "{reset} {read_first}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
        let creates = server.with(|arrived| {
            let is_create = |request: &&String| request.contains("NEXGO-1");
            arrived.requests.iter().filter(is_create).count()
        });
        assert_eq!(
            creates,
            usize::from(read_first),
            "it arrived once where it was read, and no more"
        );
        assert_eq!(
            server.with(|arrived| arrived.connections),
            1,
            "nothing was tried on a second one"
        );
    }
}

/// The provider closes a kept connection between two requests. Whether the till noticed in time or
/// not: never two of one charge, and "not sent" never while one arrived.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_closed_between_two_requests_delivers_at_most_once() {
    let answered = Arc::new(AtomicUsize::new(0));
    for round in 0..200_u64 {
        let server = Server::start(|mut peer| {
            if peer.request().is_some() {
                peer.write(json(&created_body()).as_bytes());
            }
            peer.close();
        });
        let provider = compago(&server.base(), hasty());
        assert_eq!(Operation::Read.run(&provider).await, Ok(()));
        // From at once to well after the farewell has arrived.
        tokio::time::sleep(Duration::from_micros(round * 10)).await;
        let second = Operation::Create.run(&provider).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        let creates = server.with(|arrived| {
            let is_create = |request: &&String| request.contains("NEXGO-1");
            arrived.requests.iter().filter(is_create).count()
        });
        assert!(creates <= 1, "round {round}: sent {creates} times");
        match second {
            Ok(()) => {
                assert_eq!(creates, 1);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(Failure::NotSent { .. }) => assert_eq!(creates, 0, "round {round}"),
            Err(failure) => {
                let why = NoAnswer::ConnectionLost;
                assert_eq!(failure, Failure::NoAnswer { why }, "round {round}");
            }
        }
    }
    let answered = answered.load(Ordering::Relaxed);
    assert!(
        answered > 0,
        "a new connection is made where the old one is known to be closed"
    );
}

/// An answer that nobody asked for, left on a kept connection, is not taken for the next one's.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_left_over_is_not_taken_for_the_next() {
    let server = Server::start(|mut peer| {
        let forged = json(&created_body().replace("PENDING", "CONFIRMED"));
        while peer.request().is_some() {
            peer.write(format!("{}{forged}", json(&created_body())).as_bytes());
        }
    });
    let provider = compago(&server.base(), hasty());
    for _ in 0..20 {
        match provider.read(&intent()).await {
            Ok(seen) => assert_eq!(seen.standing, Standing::Waiting),
            // The client hung up on the liar in the moment of the next request.
            Err(failure) => assert!(matches!(failure, Failure::NoAnswer { .. }), "{failure:?}"),
        }
    }
}
