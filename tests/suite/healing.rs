//! How soon it is known again, and what that costs: lost answers, outages of an hour, the budget of requests.

use std::time::Duration;

use payment::State;
use practice::{CustomerMode, Duplicate, PagePress, Press, Settings};
use providers::Class;
use till::api::StartChargeRequest;
use tillside_tests::trace::Trace;
use tillside_tests::world::{
    ACCOUNT, CARD_ACCOUNT, DOJO_ACCOUNT, LINK_ACCOUNT, Mishap, THAI_ACCOUNT, World, card_sale,
    dojo_sale, link_sale, sale,
};
use tokio::time::{Instant, sleep};

use crate::counter::{Always, Counter, DIGITS, TERMINAL, seconds};
use crate::dojo::TID;

const ACCOUNTS: [&str; 5] = [
    ACCOUNT,
    LINK_ACCOUNT,
    THAI_ACCOUNT,
    DOJO_ACCOUNT,
    CARD_ACCOUNT,
];
/// Sales a system, each with other dice.
const SALES: u64 = 60;
const ORDER: &str = "R-1000";

async fn counter(seed: u64) -> Counter {
    let mut world = World::new(seed, 1, Trace::new(true)).unwrap();
    world.practice.set_settings(Settings {
        // Where a used key is only refused, nobody but a person can name the payment.
        duplicate: Duplicate::Replay,
        customer: CustomerMode::Panel,
        ..world.practice.settings()
    });
    world.start(0).await.unwrap();
    Counter { world }
}

fn request(world: &World, account: &str) -> StartChargeRequest {
    match account {
        ACCOUNT => sale(ORDER, DIGITS, TERMINAL),
        DOJO_ACCOUNT => dojo_sale(ORDER, DIGITS, &world.dojo_machine(TID).unwrap()),
        CARD_ACCOUNT => card_sale(ORDER, DIGITS, "pm_card_visa"),
        link => link_sale(ORDER, DIGITS, link),
    }
}

async fn charge(counter: &Counter, account: &str) -> String {
    let request = request(&counter.world, account);
    let view = counter.till().start_charge(request).await.unwrap();
    view.id
}

/// How long until the till knows what became of its create.
async fn known_after(counter: &Counter, payment: &str) -> Duration {
    let began = Instant::now();
    let is_known = |state| !matches!(state, State::Saved | State::Sending | State::NotKnown);
    counter
        .until_it(payment, "known", |view| is_known(view.state))
        .await;
    began.elapsed()
}

fn quantile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_known_again_within_seconds() {
    for account in ACCOUNTS {
        for lost in [Mishap::AnswerLost, Mishap::RequestLost] {
            // Where a create must not be repeated, only "not found" can be known of one that never
            // arrived, and that is not believed for thirty seconds.
            let looks = [LINK_ACCOUNT, DOJO_ACCOUNT].contains(&account);
            let waits = if looks && lost == Mishap::RequestLost {
                31
            } else {
                0
            };
            let mut took = Vec::new();
            let sales = if waits > 0 { 4 } else { SALES };
            for seed in 0..sales {
                let counter = counter(seed).await;
                counter.order_mishaps(&[(Class::Create, lost)]);
                let payment = charge(&counter, account).await;
                took.push(known_after(&counter, &payment).await);
            }
            took.sort_unstable();
            let (half, most) = (quantile(&took, 50), quantile(&took, 99));
            println!("{account}, {}: {half:?}, {most:?}", lost.name());
            let within = |limit: u64| Duration::from_secs(waits.max(limit));
            assert!(half <= within(3), "{account} {lost:?} {half:?}");
            assert!(most <= within(10), "{account} {lost:?} {most:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_an_hour_is_over_within_a_minute() {
    for account in ACCOUNTS {
        for seed in 0..8 {
            let counter = counter(seed).await;
            // The create takes effect, and then there is no provider.
            counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
            let payment = charge(&counter, account).await;
            sleep(Duration::from_millis(200)).await;
            let gone = if seed % 2 == 0 {
                Mishap::Refused
            } else {
                Mishap::RequestSwallowed
            };
            counter.world.net.set_weather(Always(gone));
            seconds(3_600).await;
            assert_ne!(counter.view(&payment).await.state, State::Paid);
            counter.calm();
            let took = known_after(&counter, &payment).await;
            println!("{account}, {}: {took:?}", gone.name());
            assert!(
                took <= Duration::from_secs(60),
                "{account} {gone:?} {took:?}"
            );
        }
    }
}

/// What the customer did while nobody could be asked is seen within a minute as well.
#[tokio::test(start_paused = true)]
async fn what_was_paid_during_an_outage_is_seen_within_a_minute() {
    for account in [ACCOUNT, LINK_ACCOUNT, THAI_ACCOUNT, DOJO_ACCOUNT] {
        for seed in 0..8 {
            let counter = counter(seed).await;
            let payment = charge(&counter, account).await;
            counter.until(&payment, State::Waiting).await;
            seconds(5).await;
            counter.world.net.set_weather(Always(Mishap::Refused));
            pay(&counter, account).await;
            seconds(3_600).await;
            assert_eq!(counter.view(&payment).await.state, State::Waiting);
            counter.calm();
            let began = Instant::now();
            counter.until(&payment, State::Paid).await;
            let took = began.elapsed();
            println!("{account}: {took:?}");
            assert!(took <= Duration::from_secs(60), "{account} {took:?}");
        }
    }
}

async fn pay(counter: &Counter, account: &str) {
    let practice = &counter.world.practice;
    match account {
        ACCOUNT => practice.press(TERMINAL, Press::Tap).unwrap(),
        DOJO_ACCOUNT => practice.press(TID, Press::Tap).unwrap(),
        _ => {
            let page = practice.pages().pop().unwrap();
            practice.press_page(page.id, PagePress::Pay).unwrap();
        }
    }
}

/// Customers as a usual shop has them: when they hold their card to the machine. Milliseconds.
const TAPS_MS: [u64; 10] = [
    3_800, 5_500, 6_900, 8_200, 9_500, 11_000, 12_900, 15_200, 18_600, 26_000,
];

#[tokio::test(start_paused = true)]
async fn a_payment_costs_ten_requests_and_an_abandoned_one_a_hundred_and_ten() {
    let counter = counter(1).await;
    let before = counter.world.net.sent();
    for (number, tap_ms) in TAPS_MS.into_iter().cycle().take(50).enumerate() {
        // No two of the same amount: the till would ask whether that is meant.
        let digits = (20_000 + number).to_string();
        let request = sale(&format!("R-{number}"), &digits, TERMINAL);
        let payment = counter.till().start_charge(request).await.unwrap().id;
        counter.until(&payment, State::Waiting).await;
        sleep(Duration::from_millis(tap_ms)).await;
        counter.press(Press::Tap);
        counter.until(&payment, State::Paid).await;
        seconds(5).await;
    }
    let each_tenths = (counter.world.net.sent() - before) * 10 / 50;
    println!("{each_tenths} tenths of a request a payment");
    assert!(each_tenths <= 100, "{each_tenths}");

    let before = counter.world.net.sent();
    let payment = charge(&counter, ACCOUNT).await;
    seconds(300).await;
    let sent = counter.world.net.sent() - before;
    println!("{sent} requests for a payment that is abandoned");
    assert!(sent <= 110, "{sent}");
    assert_ne!(counter.view(&payment).await.state, State::Paid);
}
