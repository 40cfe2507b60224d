use http::StatusCode;
use practice::{DojoCancelInSession, DojoUnconfirmed, Press};
use serde_json::json;

use super::{
    COUNTER, INTENTS, NOTHING, SESSIONS, asking, charged, intent, made, send, session, started,
    status, virtual_tid, words,
};
use crate::support::{Answered, Bench};

async fn cancel(bench: &Bench, session_id: &str) -> Answered {
    send(bench, "PUT", &format!("{SESSIONS}/{session_id}/cancel"), "").await
}

#[tokio::test]
async fn a_session_is_had_back_until_a_card_is_presented() {
    let bench = Bench::new();
    let (id, session_id) = asking(&bench).await;
    let asked = cancel(&bench, &session_id).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(asked.json()["status"], "CancelRequested");
    // Asking again changes nothing.
    assert_eq!(cancel(&bench, &session_id).await.status, StatusCode::OK);
    bench.advance(499);
    assert_eq!(status(&bench, &session_id).await, "CancelRequested");
    bench.advance(1);
    let told = session(&bench, &session_id).await;
    assert_eq!(
        words(&told, "statusEvents", "status"),
        [
            "InitiateRequested",
            "Initiated",
            "CancelRequested",
            "Canceled"
        ]
    );
    assert_eq!(intent(&bench, &id).await["status"], "Created");
    // The intent can be tried again.
    bench.advance(3000);
    started(&bench, COUNTER, &id).await;
}

#[tokio::test]
async fn a_cancel_that_comes_too_late_is_422_and_changes_nothing() {
    let presses: [(&[Press], u64, &str); 5] = [
        (&[Press::Tap], 0, "Initiated"),
        (&[Press::WrongPin], 4000, "Initiated"),
        (&[Press::Tap], 1200, "Captured"),
        (&[Press::Decline], 1200, "Declined"),
        (&[Press::CancelOnTerminal], 0, "Canceled"),
    ];
    for (pressed, wait_ms, before) in presses {
        let bench = Bench::new();
        let (_, session_id) = asking(&bench).await;
        for press in pressed {
            bench.practice.press(COUNTER, *press).unwrap();
        }
        bench.advance(wait_ms);
        let refused = cancel(&bench, &session_id).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status(&bench, &session_id).await, before, "{pressed:?}");
        bench.advance(100_000);
        let is_paid = pressed == [Press::Tap];
        assert_eq!(charged(&bench).len(), usize::from(is_paid), "{pressed:?}");
    }
    let bench = Bench::new();
    let unknown = cancel(&bench, "ts_sandbox_x").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_card_that_comes_before_the_machine_hears_of_the_cancel_pays() {
    let bench = Bench::new();
    let (_, session_id) = asking(&bench).await;
    cancel(&bench, &session_id).await;
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    bench.advance(500);
    assert_eq!(status(&bench, &session_id).await, "CancelRequested");
    bench.advance(700);
    assert_eq!(status(&bench, &session_id).await, "Captured");
    assert_eq!(charged(&bench), [1050]);
    // The customer of the race does just that.
    let bench = Bench::new();
    let id = made(&bench).await;
    let session_id = started(&bench, &virtual_tid("RAC0"), &id).await;
    bench.advance(20_000);
    assert_eq!(
        cancel(&bench, &session_id).await.json()["status"],
        "CancelRequested"
    );
    bench.advance(1200);
    assert_eq!(status(&bench, &session_id).await, "Captured");
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn a_machine_without_power_hears_of_no_cancel() {
    let bench = Bench::new();
    let (_, session_id) = asking(&bench).await;
    bench.practice.press(COUNTER, Press::Unplug).unwrap();
    cancel(&bench, &session_id).await;
    bench.advance(5000);
    assert_eq!(status(&bench, &session_id).await, "CancelRequested");
    bench.advance(85_000);
    assert_eq!(status(&bench, &session_id).await, "Expired");
}

#[tokio::test]
async fn a_session_is_had_back_before_its_machine_shows_it() {
    let bench = Bench::new();
    let id = made(&bench).await;
    let session_id = started(&bench, &virtual_tid("SLO0"), &id).await;
    bench.advance(1000);
    cancel(&bench, &session_id).await;
    bench.advance(20_000);
    let told = session(&bench, &session_id).await;
    assert_eq!(
        words(&told, "statusEvents", "status"),
        ["InitiateRequested", "CancelRequested", "Canceled"]
    );
    assert_eq!(charged(&bench), NOTHING);
}

#[tokio::test]
async fn a_cancel_of_the_intent_while_a_machine_has_it_is_a_choice() {
    // The answer, what becomes of the session, and what of the intent when the customer taps.
    for (choice, code, ended, paid) in [
        (DojoCancelInSession::Refused, 400, "Captured", "Captured"),
        (
            DojoCancelInSession::EndsSession,
            200,
            "Canceled",
            "Canceled",
        ),
        (
            DojoCancelInSession::SessionGoesOn,
            200,
            "Captured",
            "Captured",
        ),
    ] {
        let bench = Bench::with(|settings| settings.dojo_cancel_in_session = choice);
        let (id, session_id) = asking(&bench).await;
        let answer = send(&bench, "DELETE", &format!("{INTENTS}/{id}"), "").await;
        assert_eq!(answer.status.as_u16(), code, "{choice:?}");
        let taps = bench.practice.press(COUNTER, Press::Tap).is_ok();
        assert_eq!(taps, choice != DojoCancelInSession::EndsSession);
        bench.advance(1200);
        assert_eq!(status(&bench, &session_id).await, ended, "{choice:?}");
        assert_eq!(intent(&bench, &id).await["status"], paid, "{choice:?}");
        let is_paid = paid == "Captured";
        assert_eq!(charged(&bench).len(), usize::from(is_paid), "{choice:?}");
    }
    // A card that was presented is not taken back.
    let bench = Bench::with(|settings| {
        settings.dojo_cancel_in_session = DojoCancelInSession::EndsSession;
    });
    let (id, _) = asking(&bench).await;
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    let answer = send(&bench, "DELETE", &format!("{INTENTS}/{id}"), "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_intent_that_was_cancelled_after_its_session_expired_is_not_charged_late() {
    let bench = Bench::with(|settings| settings.dojo_unconfirmed = DojoUnconfirmed::ChargedLate);
    let id = made(&bench).await;
    started(&bench, &virtual_tid("TIP0"), &id).await;
    bench.advance(300 + 90_000);
    let answer = send(&bench, "DELETE", &format!("{INTENTS}/{id}"), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    bench.advance(60_000);
    assert_eq!(charged(&bench), NOTHING);
    assert_eq!(intent(&bench, &id).await["status"], "Canceled");
    assert_eq!(intent(&bench, &id).await["captures"], json!([]));
}
