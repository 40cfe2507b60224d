use http::StatusCode;
use practice::{CustomerMode, Display, Press, PressRefused, Status, TerminalState};
use serde_json::json;

use crate::support::{Bench, START_MS, create_request, get, post};

const COUNTER: &str = "PRACTICE-1";

#[tokio::test]
async fn a_tap_is_read_approved_and_shown() {
    let bench = Bench::new();
    assert_eq!(bench.terminal(COUNTER).message, Display::Ready);
    bench.open("order-1", COUNTER).await;
    let shown = bench.terminal(COUNTER);
    assert_eq!(shown.message, Display::PresentCard);
    assert_eq!(shown.amount.map(|amount| amount.minor()), Some(35_050));
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    assert_eq!(bench.terminal(COUNTER).message, Display::ReadingCard);
    assert!(bench.charged().is_empty());
    bench.advance(1200);
    assert_eq!(bench.terminal(COUNTER).message, Display::Approved);
    assert_eq!(bench.charged(), ["order-1"]);
    bench.advance(3000);
    let rests = bench.terminal(COUNTER);
    assert_eq!((rests.message, rests.amount), (Display::Ready, None));
}

#[tokio::test]
async fn a_press_takes_effect_at_once_where_nothing_takes_time() {
    let bench = Bench::with(|settings| settings.tap_ms = 0);
    bench.open("order-1", COUNTER).await;
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn a_declined_card_leaves_the_machine_asking_for_another() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    bench.practice.press(COUNTER, Press::Decline).unwrap();
    bench.advance(1200);
    assert_eq!(bench.terminal(COUNTER).message, Display::Declined);
    bench.advance(3000);
    assert_eq!(bench.terminal(COUNTER).message, Display::PresentCard);
    bench.practice.press(COUNTER, Press::InsertPin).unwrap();
    bench.advance(4000);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn three_wrong_pins_decline_the_card() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    for _ in 0..2 {
        bench.practice.press(COUNTER, Press::WrongPin).unwrap();
        bench.advance(4000);
        assert_eq!(bench.terminal(COUNTER).message, Display::WrongPin);
        let tapped = bench.practice.press(COUNTER, Press::Tap);
        assert_eq!(tapped, Err(PressRefused::CardInside));
    }
    bench.practice.press(COUNTER, Press::WrongPin).unwrap();
    bench.advance(4000);
    assert_eq!(bench.terminal(COUNTER).message, Display::Declined);
    assert!(bench.charged().is_empty());
}

#[tokio::test]
async fn the_wrong_pins_of_one_card_are_not_counted_against_the_next() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    for _ in 0..2 {
        for _ in 0..2 {
            bench.practice.press(COUNTER, Press::WrongPin).unwrap();
            bench.advance(4000);
            assert_eq!(bench.terminal(COUNTER).message, Display::WrongPin);
        }
        bench.practice.press(COUNTER, Press::WalkAway).unwrap();
    }
}

#[tokio::test]
async fn the_red_key_cancels_the_intent() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    bench
        .practice
        .press(COUNTER, Press::CancelOnTerminal)
        .unwrap();
    assert_eq!(bench.status_of("order-1"), Status::Cancelled);
    assert_eq!(bench.terminal(COUNTER).message, Display::Cancelled);
}

#[tokio::test]
async fn whoever_walks_away_takes_the_card_along() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    bench.practice.press(COUNTER, Press::WrongPin).unwrap();
    bench.advance(4000);
    bench.practice.press(COUNTER, Press::WalkAway).unwrap();
    assert_eq!(bench.terminal(COUNTER).message, Display::PresentCard);
    assert_eq!(bench.status_of("order-1"), Status::Pending);
}

#[tokio::test]
async fn a_pulled_plug_charges_nothing_and_the_machine_takes_up_the_intent_again() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    bench.practice.press(COUNTER, Press::Unplug).unwrap();
    bench.advance(60_000);
    let dark = bench.terminal(COUNTER);
    assert_eq!((dark.online, dark.message), (false, Display::Off));
    assert_eq!(dark.amount, None);
    assert_eq!(bench.status_of("order-1"), Status::Pending);
    assert!(bench.charged().is_empty());
    bench.practice.press(COUNTER, Press::PlugIn).unwrap();
    assert_eq!(bench.state(COUNTER), TerminalState::Showing);
    bench.practice.press(COUNTER, Press::Unplug).unwrap();
    bench.advance(5 * 60 * 1000);
    bench.practice.press(COUNTER, Press::PlugIn).unwrap();
    assert_eq!(bench.state(COUNTER), TerminalState::Idle);
}

#[tokio::test]
async fn what_arrives_while_the_plug_is_out_waits() {
    let bench = Bench::new();
    bench.practice.press(COUNTER, Press::Unplug).unwrap();
    bench.open("order-1", COUNTER).await;
    assert_eq!(bench.terminal(COUNTER).amount, None);
    bench.practice.press(COUNTER, Press::PlugIn).unwrap();
    assert_eq!(bench.state(COUNTER), TerminalState::Showing);
}

#[tokio::test]
async fn a_result_stays_for_its_time_and_a_withdrawal_gives_way_at_once() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    bench.advance(1200);
    bench.open("order-2", COUNTER).await;
    bench.advance(2999);
    assert_eq!(bench.terminal(COUNTER).message, Display::Approved);
    bench.advance(1);
    assert_eq!(bench.terminal(COUNTER).message, Display::PresentCard);
    bench
        .practice
        .press(COUNTER, Press::CancelOnTerminal)
        .unwrap();
    assert_eq!(bench.terminal(COUNTER).message, Display::Cancelled);
    bench.open("order-3", COUNTER).await;
    assert_eq!(bench.terminal(COUNTER).message, Display::PresentCard);
}

#[tokio::test]
async fn a_hand_on_the_panel_takes_over_from_the_customer_who_acts_alone() {
    let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
    bench.open("order-1", COUNTER).await;
    bench.advance(1000);
    bench.practice.press(COUNTER, Press::Decline).unwrap();
    bench.advance(60_000);
    assert_eq!(bench.state(COUNTER), TerminalState::Showing);
    assert!(bench.charged().is_empty());
    // The next intent has a customer of its own again.
    bench.open("order-2", COUNTER).await;
    bench.advance(3200);
    assert_eq!(bench.charged(), ["order-2"]);
}

#[tokio::test]
async fn a_machine_that_is_free_late_times_the_next_payment_from_then() {
    let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
    let bar = "PRACTICE-2";
    bench.practice.press(bar, Press::Unplug).unwrap();
    // Nobody pays the first by itself; its PIN is entered, wrongly, over its expiry.
    bench.create_of("first", "20.03").await;
    bench.advance(100_000);
    bench.send(create_request("second", "7.00", None)).await;
    bench.advance(199_000);
    bench.practice.press(COUNTER, Press::WrongPin).unwrap();
    bench.advance(600_000);
    let charges = bench.practice.ledger();
    assert_eq!(charges.len(), 1);
    // Expired at 300 s, read until 303 s; then 2 s and a tap of 1.2 s.
    assert_eq!(charges[0].external_id, "second");
    assert_eq!(charges[0].at_ms - START_MS, 306_200);
}

#[tokio::test]
async fn a_press_is_allowed_exactly_when_it_is_not_refused() {
    // Each row leads a machine to a state; then every press is tried on a copy of that machine.
    let leads: [(TerminalState, &[(Press, u64)]); 6] = [
        (TerminalState::Showing, &[]),
        (TerminalState::Reading, &[(Press::Tap, 0)]),
        (TerminalState::AskingPin, &[(Press::WrongPin, 4000)]),
        (TerminalState::Outcome, &[(Press::Tap, 1200)]),
        (TerminalState::Idle, &[(Press::Tap, 4200)]),
        (TerminalState::Offline, &[(Press::Unplug, 0)]),
    ];
    for (state, lead) in leads {
        for press in Press::ALL {
            for network_is_cut in [false, true] {
                let bench = Bench::new();
                bench.open("order-1", COUNTER).await;
                if network_is_cut {
                    bench.practice.press(COUNTER, Press::CutNetwork).unwrap();
                }
                for (lead, wait_ms) in lead {
                    bench.practice.press(COUNTER, *lead).unwrap();
                    bench.advance(*wait_ms);
                }
                let view = bench.terminal(COUNTER);
                assert_eq!(view.state, state);
                let before = bench.practice.with(|world, _| world.clone());
                let pressed = bench.practice.press(COUNTER, press);
                assert_eq!(
                    pressed.is_ok(),
                    view.allowed.contains(&press),
                    "{press:?} in {state:?}: {pressed:?}"
                );
                if pressed.is_err() {
                    let after = bench.practice.with(|world, _| world.clone());
                    assert_eq!(before, after, "a refused {press:?} changed something");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_machine_with_a_customer_of_its_own_cannot_be_pressed() {
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-WALK").await;
    assert!(bench.terminal("PRACTICE-WALK").allowed.is_empty());
    let pressed = bench.practice.press("PRACTICE-WALK", Press::Tap);
    assert_eq!(pressed, Err(PressRefused::PlaysItself));
    let nowhere = bench.practice.press("PRACTICE-99", Press::Tap);
    assert_eq!(nowhere, Err(PressRefused::UnknownTerminal));
}

#[tokio::test]
async fn the_panel_can_be_driven_over_http() {
    let bench = Bench::new();
    bench.open("order-1", COUNTER).await;
    let path = format!("/practice/terminals/{COUNTER}/press");
    let pressed = bench.send(post(&path, r#"{"press":"tap"}"#)).await;
    assert_eq!(pressed.status, StatusCode::NO_CONTENT);
    let again = bench.send(post(&path, r#"{"press":"tap"}"#)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.json()["code"], "reading_card");
    let nonsense = bench.send(post(&path, r#"{"press":"kick"}"#)).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = post("/practice/terminals/X/press", r#"{"press":"tap"}"#);
    assert_eq!(bench.send(nowhere).await.status, StatusCode::NOT_FOUND);
    bench.advance(1200);
    let ledger = bench.send(get("/practice/ledger")).await.json();
    assert_eq!(ledger[0]["external_id"], "order-1");
    assert_eq!(
        ledger[0]["amount"],
        json!({"minor": 35_050, "currency": "MXN"})
    );
    let terminals = bench.send(get("/practice/terminals")).await.json();
    assert_eq!(terminals[0]["code"], COUNTER);
    assert_eq!(terminals[0]["message"], "approved");
    let intents = bench.send(get("/practice/intents")).await.json();
    assert_eq!(intents[0]["status"], "CONFIRMED");
    let requests = bench.send(get("/practice/requests")).await.json();
    assert_eq!(requests[0]["effect"], "created");
}

#[tokio::test]
async fn settings_can_be_changed_over_http_and_a_misspelt_one_is_refused() {
    let bench = Bench::new();
    let change = post(
        "/practice/settings",
        r#"{"race":"approval_wins","tap_ms":5}"#,
    );
    assert_eq!(bench.send(change).await.status, StatusCode::NO_CONTENT);
    let settings = bench.send(get("/practice/settings")).await.json();
    assert_eq!(settings["race"], "approval_wins");
    assert_eq!(settings["tap_ms"], 5);
    assert_eq!(settings["lifetime_ms"], 300_000);
    let misspelt = post("/practice/settings", r#"{"tap":5}"#);
    let refused = bench.send(misspelt).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
