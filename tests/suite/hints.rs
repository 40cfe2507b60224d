//! Hints from outside that a payment has changed: they hasten a reading and change nothing else.

use std::time::Duration;

use payment::{AccountId, IntentId, State};
use practice::PagePress;
use till::api::PaymentView;
use tillside_tests::world::{LINK_ACCOUNT, THAI_ACCOUNT, link_sale};
use tokio::time::{Instant, sleep};

use crate::counter::{Counter, DIGITS, seconds};

/// A Thai payment that is paid in the moment in which the customer pays it.
async fn counter() -> Counter {
    Counter::with(|settings| settings.one2pays_processing_ms = 0).await
}

async fn charge(counter: &Counter) -> PaymentView {
    let request = link_sale("R-1", DIGITS, THAI_ACCOUNT);
    let sale = counter.till().start_charge(request).await.unwrap().id;
    counter
        .until_it(&sale, "shown to the customer", |view| view.page.is_some())
        .await
}

fn pay(counter: &Counter) {
    let page = counter.world.links("R-1").remove(0);
    let pressed = counter.world.practice.press_page(page.id, PagePress::Pay);
    pressed.unwrap();
}

fn hint(counter: &Counter, account: &str, intent: &str) {
    let account = AccountId::new(account).unwrap();
    let intent = IntentId::new(intent).unwrap();
    counter.till().hasten(&account, &intent);
}

/// How many requests have left the till.
fn sent(counter: &Counter) -> u64 {
    counter.world.net.sent()
}

/// Waits until the next reading is done.
async fn after_a_reading(counter: &Counter) {
    let before = sent(counter);
    while sent(counter) == before {
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_millis(100)).await;
}

/// How long the till takes to show a payment paid that is paid right after a reading, and for which no
/// reading is due for ten seconds.
async fn time_to_paid(is_told: bool) -> Duration {
    let counter = counter().await;
    let view = charge(&counter).await;
    seconds(400).await;
    after_a_reading(&counter).await;
    pay(&counter);
    let began = Instant::now();
    if is_told {
        hint(&counter, THAI_ACCOUNT, view.intent.as_deref().unwrap());
    }
    counter.until(&view.id, State::Paid).await;
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_hint_shows_at_once_what_the_pace_would_have_shown_later() {
    let untold = time_to_paid(false).await;
    assert!(untold > Duration::from_secs(8), "{untold:?}");
    let told = time_to_paid(true).await;
    assert!(told < Duration::from_secs(1), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hint_is_no_payment() {
    let counter = counter().await;
    let view = charge(&counter).await;
    seconds(400).await;
    hint(&counter, THAI_ACCOUNT, view.intent.as_deref().unwrap());
    seconds(5).await;
    let now = counter.view(&view.id).await;
    assert_eq!((now.state, now.moved), (State::Waiting, view.moved));
    assert_eq!(now.timeline.len(), view.timeline.len(), "nothing happened");
}

#[tokio::test(start_paused = true)]
async fn names_that_are_not_under_way_here_lead_to_nothing() {
    let counter = counter().await;
    let view = charge(&counter).await;
    seconds(400).await;
    after_a_reading(&counter).await;
    let before = sent(&counter);
    let intent = view.intent.as_deref().unwrap();
    hint(&counter, LINK_ACCOUNT, intent);
    hint(
        &counter,
        THAI_ACCOUNT,
        "550e8400-e29b-41d4-a716-446655440000",
    );
    hint(&counter, "nobody", intent);
    seconds(5).await;
    assert_eq!(sent(&counter), before);
    hint(&counter, THAI_ACCOUNT, intent);
    seconds(1).await;
    assert_eq!(sent(&counter), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_hints_is_one_reading_a_second_and_none_is_lost() {
    let counter = counter().await;
    let view = charge(&counter).await;
    let intent = view.intent.as_deref().unwrap();
    seconds(400).await;
    after_a_reading(&counter).await;
    let before = sent(&counter);
    for _ in 0..1_000 {
        hint(&counter, THAI_ACCOUNT, intent);
        sleep(Duration::from_millis(10)).await;
    }
    let readings = sent(&counter) - before;
    assert!((9..=11).contains(&readings), "{readings} in ten seconds");

    // The second of two hints has its reading too: it may be the one that knows.
    seconds(2).await;
    after_a_reading(&counter).await;
    hint(&counter, THAI_ACCOUNT, intent);
    sleep(Duration::from_millis(300)).await;
    pay(&counter);
    hint(&counter, THAI_ACCOUNT, intent);
    let began = Instant::now();
    counter.until(&view.id, State::Paid).await;
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1_200), "{took:?}");
}

/// Late news are looked for five times within an hour. Hints come on top of that: whoever sends a
/// hundred must not make the till stop looking.
#[tokio::test(start_paused = true)]
async fn hints_about_what_is_over_are_followed_and_use_no_look_up() {
    let counter = counter().await;
    let view = charge(&counter).await;
    let intent = view.intent.as_deref().unwrap();
    counter.cancel(&view.id).await.unwrap();
    counter.until(&view.id, State::Cancelled).await;
    seconds(2).await;
    let before = sent(&counter);
    for _ in 0..100 {
        hint(&counter, THAI_ACCOUNT, intent);
        seconds(2).await;
    }
    let readings = sent(&counter) - before;
    assert!((100..=103).contains(&readings), "{readings}");
    assert!(!counter.till().is_idle(), "it is still looked at");
    let before = sent(&counter);
    seconds(3_600).await;
    assert_eq!(sent(&counter) - before, 3, "after 10, 30 and 60 minutes");
    assert!(counter.till().is_idle());
    hint(&counter, THAI_ACCOUNT, intent);
    seconds(5).await;
    assert_eq!(sent(&counter) - before, 3, "nobody follows it any more");
}
