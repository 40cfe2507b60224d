use http::StatusCode;
use practice::{DojoRejected, DojoUnconfirmed, Press, PressRefused};

use super::{
    COUNTER, SESSIONS, asking, charged, intent, made, send, session, started, status, virtual_tid,
    words,
};
use crate::support::{Answered, Bench};

/// A session that waits for the clerk since this very millisecond.
async fn unsigned(bench: &Bench) -> (String, String) {
    let id = made(bench).await;
    let session_id = started(bench, &virtual_tid("SIS0"), &id).await;
    bench.advance(300 + 2000 + 1200);
    let word = status(bench, &session_id).await;
    assert_eq!(word, "SignatureVerificationRequired");
    (id, session_id)
}

async fn sign(bench: &Bench, session_id: &str, body: &str) -> Answered {
    let path = format!("{SESSIONS}/{session_id}/signature");
    send(bench, "PUT", &path, body).await
}

#[tokio::test]
async fn the_clerk_decides_and_the_end_comes_later() {
    let table: [(&str, DojoRejected, &str, &str, &str, usize); 4] = [
        (
            r#"{"accepted":true}"#,
            DojoRejected::Declined,
            "SignatureVerificationAccepted",
            "Captured",
            "Captured",
            1,
        ),
        (
            r#"{"accepted":false}"#,
            DojoRejected::Declined,
            "SignatureVerificationRejected",
            "Declined",
            "Created",
            0,
        ),
        (
            r#"{"accepted":false}"#,
            DojoRejected::Canceled,
            "SignatureVerificationRejected",
            "Canceled",
            "Created",
            0,
        ),
        (
            r#"{"accepted":false}"#,
            DojoRejected::Stays,
            "SignatureVerificationRejected",
            "SignatureVerificationRejected",
            "Created",
            0,
        ),
    ];
    for (body, choice, decided, ended, paid, charges) in table {
        let bench = Bench::with(|settings| settings.dojo_rejected = choice);
        let (id, session_id) = unsigned(&bench).await;
        let answer = sign(&bench, &session_id, body).await;
        assert_eq!(answer.json()["status"], decided, "{body} {choice:?}");
        assert_eq!(charged(&bench).len(), 0);
        bench.advance(1000);
        assert_eq!(
            status(&bench, &session_id).await,
            ended,
            "{body} {choice:?}"
        );
        assert_eq!(intent(&bench, &id).await["status"], paid, "{choice:?}");
        bench.advance(200_000);
        assert_eq!(
            status(&bench, &session_id).await,
            ended,
            "{body} {choice:?}"
        );
        assert_eq!(charged(&bench).len(), charges, "{body} {choice:?}");
        // The machine is free for the next one.
        started(&bench, &virtual_tid("SIS0"), &made(&bench).await).await;
    }
}

#[tokio::test]
async fn silence_for_eighty_seconds_is_a_yes_and_a_late_word_is_422() {
    let bench = Bench::new();
    let (_, session_id) = unsigned(&bench).await;
    bench.advance(79_999);
    let word = status(&bench, &session_id).await;
    assert_eq!(word, "SignatureVerificationRequired");
    bench.advance(1);
    let late = sign(&bench, &session_id, r#"{"accepted":false}"#).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    bench.advance(1000);
    assert_eq!(status(&bench, &session_id).await, "Captured");
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn a_word_that_nobody_waits_for_is_refused() {
    let bench = Bench::new();
    let (_, session_id) = asking(&bench).await;
    let early = sign(&bench, &session_id, r#"{"accepted":true}"#).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, session_id) = unsigned(&bench).await;
    for body in ["", "{}", r#"{"accepted":"yes"}"#, r#"{"accepted":null}"#] {
        let answer = sign(&bench, &session_id, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    sign(&bench, &session_id, r#"{"accepted":true}"#).await;
    let twice = sign(&bench, &session_id, r#"{"accepted":false}"#).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = sign(&bench, "ts_sandbox_x", r#"{"accepted":true}"#).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_signature_can_be_asked_for_on_a_machine_with_a_panel() {
    // A hand inserts such a card, or the store's choice makes every card that is inserted one.
    for (card, reading_ms) in [(Press::InsertSign, 1200), (Press::InsertPin, 4000)] {
        by_hand(card, reading_ms).await;
    }
}

async fn by_hand(card: Press, reading_ms: u64) {
    for (choice, charges) in [
        (DojoUnconfirmed::NotCharged, 0),
        (DojoUnconfirmed::Charged, 1),
        (DojoUnconfirmed::ChargedLate, 1),
    ] {
        for is_unplugged in [false, true] {
            let bench = Bench::with(|settings| {
                settings.dojo_inserted_is_signed = card == Press::InsertPin;
                settings.dojo_unconfirmed = choice;
            });
            let (_, session_id) = asking(&bench).await;
            bench.practice.press(COUNTER, card).unwrap();
            bench.advance(reading_ms);
            let word = status(&bench, &session_id).await;
            assert_eq!(word, "SignatureVerificationRequired");
            if is_unplugged {
                bench.practice.press(COUNTER, Press::Unplug).unwrap();
            }
            bench.advance(200_000);
            let told = session(&bench, &session_id).await;
            let ended = if is_unplugged { "Expired" } else { "Captured" };
            assert_eq!(told["status"], ended, "{choice:?}");
            let count = if is_unplugged { charges } else { 1 };
            assert_eq!(charged(&bench).len(), count, "{choice:?} {is_unplugged}");
            let words = words(&told, "statusEvents", "status");
            assert_eq!(words.len(), if is_unplugged { 4 } else { 5 });
        }
    }
}

#[tokio::test]
async fn a_card_that_wants_a_signature_is_inserted_only_where_signatures_are_known() {
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-1").await;
    assert!(
        !bench
            .terminal("PRACTICE-1")
            .allowed
            .contains(&Press::InsertSign)
    );
    let refused = bench.practice.press("PRACTICE-1", Press::InsertSign);
    assert_eq!(refused, Err(PressRefused::NoSignatures));
    // A card that is inside has to come out first.
    asking(&bench).await;
    bench.practice.press(COUNTER, Press::WrongPin).unwrap();
    bench.advance(4000);
    let refused = bench.practice.press(COUNTER, Press::InsertSign);
    assert_eq!(refused, Err(PressRefused::CardInside));
    bench.practice.press(COUNTER, Press::WalkAway).unwrap();
    bench.practice.press(COUNTER, Press::InsertSign).unwrap();
}
