use http::StatusCode;
use practice::{Display, Press, Race, Status, TerminalState};

use crate::support::{Bench, create_request};

async fn reading(race: Race) -> (Bench, String) {
    let bench = Bench::with(|settings| settings.race = race);
    let id = bench.open("order-1", "PRACTICE-1").await;
    bench.practice.press("PRACTICE-1", Press::Tap).unwrap();
    bench.advance(1199);
    assert_eq!(bench.state("PRACTICE-1"), TerminalState::Reading);
    assert_eq!(bench.status(&id).await, "PENDING");
    (bench, id)
}

#[tokio::test]
async fn a_cancel_while_the_card_is_read_can_win() {
    let (bench, id) = reading(Race::CancelWins).await;
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    bench.advance(60_000);
    assert_eq!(bench.status(&id).await, "CANCELLED");
    assert!(bench.charged().is_empty());
    assert_eq!(bench.state("PRACTICE-1"), TerminalState::Idle);
}

#[tokio::test]
async fn a_cancel_while_the_card_is_read_can_lose() {
    let (bench, id) = reading(Race::ApprovalWins).await;
    assert_eq!(bench.cancel(&id).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.status(&id).await, "CONFIRMED");
    bench.advance(60_000);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn a_card_that_would_be_declined_does_not_win_against_a_cancel() {
    let bench = Bench::with(|settings| settings.race = Race::ApprovalWins);
    let id = bench.open("order-1", "PRACTICE-1").await;
    bench.practice.press("PRACTICE-1", Press::Decline).unwrap();
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    bench.advance(60_000);
    assert_eq!(bench.status(&id).await, "CANCELLED");
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn an_approval_can_follow_an_accepted_cancel() {
    let (bench, id) = reading(Race::ApprovalAfterCancel).await;
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    assert_eq!(bench.status(&id).await, "CANCELLED");
    bench.advance(1);
    assert_eq!(bench.status(&id).await, "CONFIRMED");
    assert_eq!(bench.charged(), ["order-1"]);
    bench.practice.check().unwrap();
}

#[tokio::test]
async fn in_the_very_millisecond_the_card_was_first() {
    let (bench, id) = reading(Race::CancelWins).await;
    bench.advance(1);
    assert_eq!(bench.cancel(&id).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn the_race_machine_approves_when_a_cancel_arrives() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-RACE").await;
    bench.advance(20_000);
    assert_eq!(bench.status(&id).await, "PENDING");
    assert_eq!(bench.cancel(&id).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.status(&id).await, "CONFIRMED");
    assert_eq!(bench.charged(), ["order-1"]);
    assert_eq!(bench.state("PRACTICE-RACE"), TerminalState::Outcome);
    bench.advance(3000);
    assert_eq!(bench.state("PRACTICE-RACE"), TerminalState::Idle);
}

#[tokio::test]
async fn the_race_machine_lets_an_expired_intent_go() {
    let bench = Bench::new();
    let id = bench.open("order-1", "PRACTICE-RACE").await;
    bench.advance(5 * 60 * 1000);
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn a_new_intent_for_the_machine_races_the_card_as_a_cancel_does() {
    let table = [
        (Race::CancelWins, Status::Cancelled, Status::Cancelled),
        (Race::ApprovalWins, Status::Confirmed, Status::Confirmed),
        (
            Race::ApprovalAfterCancel,
            Status::Cancelled,
            Status::Confirmed,
        ),
    ];
    for (race, at_once, later) in table {
        let (bench, _) = reading(race).await;
        bench.open("order-2", "PRACTICE-1").await;
        assert_eq!(bench.status_of("order-1"), at_once, "{race:?}");
        assert_eq!(bench.status_of("order-2"), Status::Pending, "{race:?}");
        bench.advance(1 + 3000);
        assert_eq!(bench.status_of("order-1"), later, "{race:?}");
        // The machine has turned to the new one and can collect it.
        assert_eq!(
            bench.state("PRACTICE-1"),
            TerminalState::Showing,
            "{race:?}"
        );
        bench.practice.press("PRACTICE-1", Press::Tap).unwrap();
        bench.advance(1200);
        assert_eq!(bench.status_of("order-2"), Status::Confirmed, "{race:?}");
        bench.practice.check().unwrap();
    }
}

#[tokio::test]
async fn a_card_that_is_read_at_the_expiry_is_charged_or_not_as_the_setting_says() {
    for outlives in [true, false] {
        let bench = Bench::with(|settings| settings.reading_outlives_expiry = outlives);
        let id = bench.open("order-1", "PRACTICE-1").await;
        bench.advance(5 * 60 * 1000 - 500);
        bench.practice.press("PRACTICE-1", Press::Tap).unwrap();
        bench.advance(500);
        assert_eq!(bench.read(&id).await.json()["expired"], true);
        bench.advance(10_000);
        assert_eq!(bench.status(&id).await == "CONFIRMED", outlives);
        assert_eq!(bench.charged().len(), usize::from(outlives));
    }
}

#[tokio::test]
async fn a_card_still_being_read_after_a_cancel_is_charged_only_while_the_setting_says_so() {
    let (bench, id) = reading(Race::ApprovalAfterCancel).await;
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    let mut settings = bench.practice.settings();
    settings.race = Race::CancelWins;
    bench.practice.set_settings(settings);
    bench.advance(1);
    assert_eq!(bench.terminal("PRACTICE-1").message, Display::Cancelled);
    assert_eq!(bench.status(&id).await, "CANCELLED");
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn a_pulled_plug_ends_the_race_for_the_card() {
    let (bench, id) = reading(Race::ApprovalWins).await;
    bench.practice.press("PRACTICE-1", Press::Unplug).unwrap();
    assert_eq!(bench.cancel(&id).await.status, StatusCode::OK);
    bench.advance(60_000);
    assert_eq!(bench.status(&id).await, "CANCELLED");
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn a_cancel_does_not_profit_from_a_card_that_another_machine_reads() {
    let (bench, _) = reading(Race::ApprovalWins).await;
    let other = bench.open("order-2", "PRACTICE-2").await;
    assert_eq!(bench.cancel(&other).await.status, StatusCode::OK);
    assert_eq!(bench.status(&other).await, "CANCELLED");
    bench.advance(1);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn the_race_machine_minds_its_own_intent_only() {
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-RACE").await;
    let other = bench.open("order-2", "PRACTICE-1").await;
    assert_eq!(bench.cancel(&other).await.status, StatusCode::OK);
    assert_eq!(bench.status(&other).await, "CANCELLED");
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn an_intent_of_no_machine_in_particular_moves_on_when_the_plug_is_pulled() {
    let bench = Bench::new();
    bench.send(create_request("order-1", "1", None)).await;
    assert_eq!(bench.state("PRACTICE-1"), TerminalState::Showing);
    bench.practice.press("PRACTICE-1", Press::Unplug).unwrap();
    assert_eq!(bench.state("PRACTICE-2"), TerminalState::Showing);
    // Plugged in again, the first machine does not ask for it a second time.
    bench.practice.press("PRACTICE-1", Press::PlugIn).unwrap();
    assert_eq!(bench.state("PRACTICE-1"), TerminalState::Idle);
}
