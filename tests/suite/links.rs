//! Sales by a link, at both systems that have them: paid, withdrawn, expired, declined, found after
//! a lost answer, and killed at every exchange.

use payment::State;
use payment::failure::MoneyMoved;
use practice::{
    LinkAnswer, LinkDecline, LinkDuplicate, LinkStatus, LinkView, PagePress, PageRefused, Race,
    Settings,
};
use providers::Class;
use till::api::{ApiError, Code, PaymentView, Telling};
use tillside_tests::trace::Trace;
use tillside_tests::world::{
    Calm, CrashPoint, LINK_ACCOUNT, Mishap, THAI_ACCOUNT, World, link_sale,
};
use tokio::time::{Duration, sleep, timeout};

use crate::counter::{Always, Counter, DIGITS, seconds};

const ACCOUNTS: [&str; 2] = [LINK_ACCOUNT, THAI_ACCOUNT];

async fn try_charge(
    counter: &Counter,
    account: &str,
    order: &str,
) -> Result<PaymentView, ApiError> {
    let request = link_sale(order, DIGITS, account);
    counter.till().start_charge(request).await
}

async fn charge(counter: &Counter, account: &str, order: &str) -> String {
    try_charge(counter, account, order).await.unwrap().id
}

/// The one link of a key.
fn link(counter: &Counter, key: &str) -> LinkView {
    let mut links = counter.world.links(key);
    assert_eq!(links.len(), 1, "links of {key}");
    links.remove(0)
}

/// Waits until the till shows an address, and answers the link that is behind it: the customer
/// opens what the till shows and nothing else.
async fn shown(counter: &Counter, sale: &str) -> LinkView {
    let view = counter
        .until_it(sale, "shown to the customer", |view| view.page.is_some())
        .await;
    let url = view.page.unwrap().url;
    let mut links = counter.world.practice.links().into_iter();
    links.find(|link| link.url == url).unwrap()
}

fn press(counter: &Counter, link: &LinkView, press: PagePress) {
    counter.world.practice.press_page(link.id, press).unwrap();
}

/// The answer to the create names nothing there, and the link has to be found in a list.
#[tokio::test(start_paused = true)]
async fn a_link_that_its_create_does_not_name_is_looked_for_at_once() {
    let counter = Counter::open().await;
    let started = tokio::time::Instant::now();
    let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
    counter.until(&sale, State::Waiting).await;
    let took = started.elapsed();
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_is_paid_and_so_is_the_sale() {
    for account in ACCOUNTS {
        let counter = Counter::open().await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        press(&counter, &page, PagePress::Pay);
        let view = counter.until(&sale, State::Paid).await;
        assert_eq!((view.telling, view.moved), (Telling::Paid, MoneyMoved::Yes));
        let ledger = counter.world.practice.ledger();
        let charged: Vec<_> = ledger.iter().map(|charge| charge.amount).collect();
        assert_eq!(charged, [page.amount], "{account}");
        assert_eq!(view.intent, Some(page.id.to_string()));
        let again = try_charge(&counter, account, "R-1").await;
        assert_eq!(again.unwrap_err().code, Code::OrderPaid);
        assert!(counter.world.net.broken().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_link_can_be_paid_no_more_and_frees_the_order() {
    for account in ACCOUNTS {
        let counter = Counter::open().await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        counter.cancel(&sale).await.unwrap();
        let view = counter.until(&sale, State::Cancelled).await;
        assert_eq!(
            (view.telling, view.moved),
            (Telling::Cancelled, MoneyMoved::No)
        );
        let refused = counter.world.practice.press_page(page.id, PagePress::Pay);
        assert_eq!(refused, Err(PageRefused::Cancelled), "{account}");
        let again = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &again).await;
        press(&counter, &page, PagePress::Pay);
        assert_eq!(counter.until(&again, State::Paid).await.attempt, 2);
        assert_eq!(counter.world.practice.ledger().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_nobody_opens_expires_only_after_a_grace() {
    for account in ACCOUNTS {
        let counter = Counter::open().await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        seconds(605).await;
        let view = counter.view(&sale).await;
        assert!(view.open, "{account}: a bank may still be asking");
        let view = counter.until(&sale, State::Expired).await;
        assert!(view.elapsed_s >= 620, "over after {} s", view.elapsed_s);
        assert_eq!(view.moved, MoneyMoved::No);
        let refused = counter.world.practice.press_page(page.id, PagePress::Pay);
        assert_eq!(refused, Err(PageRefused::Expired), "{account}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_payment_made_in_the_last_moment_is_never_shown_expired() {
    for account in ACCOUNTS {
        let counter = Counter::with(|settings| {
            settings.link_paying_ms = 15_000;
            settings.one2pays_processing_ms = 15_000;
        })
        .await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        seconds(595).await;
        press(&counter, &page, PagePress::Pay);
        let view = counter.until_it(&sale, "over", |view| !view.open).await;
        assert_eq!(view.telling, Telling::Paid, "{account}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_decline_ends_a_thai_payment_and_the_order_can_be_charged_again() {
    let counter = Counter::open().await;
    let sale = charge(&counter, THAI_ACCOUNT, "R-1").await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Decline);
    let view = counter.until(&sale, State::Declined).await;
    assert_eq!(view.moved, MoneyMoved::No);
    let again = charge(&counter, THAI_ACCOUNT, "R-1").await;
    let page = shown(&counter, &again).await;
    press(&counter, &page, PagePress::Pay);
    counter.until(&again, State::Paid).await;
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
}

#[tokio::test(start_paused = true)]
async fn a_decline_on_a_compago_page_is_the_customers_to_try_again_or_the_end() {
    let counter = Counter::open().await;
    let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Decline);
    seconds(10).await;
    assert!(counter.view(&sale).await.open);
    press(&counter, &page, PagePress::Pay);
    counter.until(&sale, State::Paid).await;

    let counter = Counter::with(|settings| settings.link_decline = LinkDecline::Cancelled).await;
    let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Decline);
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(view.telling, Telling::CancelledElsewhere);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_by_its_key_and_paid() {
    for account in ACCOUNTS {
        let counter = Counter::with(|settings| settings.link_items_show_page = true).await;
        counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
        let sale = charge(&counter, account, "R-1").await;
        counter.until(&sale, State::NotKnown).await;
        let again = try_charge(&counter, account, "R-1").await;
        assert_eq!(again.unwrap_err().code, Code::OrderNotKnown);
        counter.until(&sale, State::Waiting).await;
        let page = shown(&counter, &sale).await;
        press(&counter, &page, PagePress::Pay);
        counter.until(&sale, State::Paid).await;
        assert_eq!(link(&counter, "R-1").status, LinkStatus::Paid, "{account}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_found_link_without_its_address_says_so_and_is_withdrawn() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
    let view = counter.until(&sale, State::Waiting).await;
    assert_eq!(view.telling, Telling::WaitingLinkLost);
    counter.cancel(&sale).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    assert_eq!(link(&counter, "R-1").status, LinkStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_makes_one_link_or_none() {
    for account in ACCOUNTS {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Create, Mishap::RequestLost)]);
        let sale = charge(&counter, account, "R-1").await;
        counter.until(&sale, State::NotKnown).await;
        if account == THAI_ACCOUNT {
            // Its references are unique: the same request is sent again.
            let page = shown(&counter, &sale).await;
            press(&counter, &page, PagePress::Pay);
            counter.until(&sale, State::Paid).await;
            assert_eq!(link(&counter, "R-1").status, LinkStatus::Paid);
        } else {
            // Here a second request could be a second link: the list is believed after a while.
            let view = counter.until(&sale, State::Failed).await;
            assert_eq!(view.telling, Telling::FailedAbsent);
            assert!(view.elapsed_s >= 30, "after {} s", view.elapsed_s);
            assert!(counter.world.links("R-1").is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_request_delivered_twice_leaves_one_link_that_can_be_paid() {
    for duplicate in [
        LinkDuplicate::Accepted,
        LinkDuplicate::Replay,
        LinkDuplicate::BadRequest,
        LinkDuplicate::Conflict,
    ] {
        let counter = Counter::with(|settings| settings.link_duplicate = duplicate).await;
        let twice = Mishap::Store(practice::Fault::DeliverTwice);
        counter.order_mishaps(&[(Class::Create, twice)]);
        let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
        counter.until(&sale, State::Waiting).await;
        let links = counter.world.links("R-1");
        let open = links.iter().filter(|link| link.status == LinkStatus::Open);
        assert_eq!(open.count(), 1, "{duplicate:?}");
        assert!(counter.world.net.broken().is_empty(), "{duplicate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_loses_the_race_to_a_bank_ends_in_paid_and_says_so() {
    for account in ACCOUNTS {
        let counter = Counter::with(|settings| settings.race = Race::ApprovalWins).await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        press(&counter, &page, PagePress::Pay);
        counter.cancel(&sale).await.unwrap();
        let view = counter.until(&sale, State::Paid).await;
        assert_eq!(view.telling, Telling::PaidAfterCancel, "{account}");
        assert_eq!(counter.world.practice.ledger().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn money_after_an_accepted_cancel_is_found_and_raises_the_alarm() {
    for account in ACCOUNTS {
        let counter = Counter::with(|settings| {
            settings.race = Race::ApprovalAfterCancel;
            settings.link_paying_ms = 6_000;
            settings.one2pays_processing_ms = 6_000;
        })
        .await;
        let sale = charge(&counter, account, "R-1").await;
        let page = shown(&counter, &sale).await;
        press(&counter, &page, PagePress::Pay);
        counter.cancel(&sale).await.unwrap();
        counter.until(&sale, State::Cancelled).await;
        let view = counter.until(&sale, State::Paid).await;
        assert_eq!(view.telling, Telling::PaidLate, "{account}");
        let again = try_charge(&counter, account, "R-1").await;
        assert_eq!(again.unwrap_err().code, Code::OrderPaid);
    }
}

/// Waits until a sale that never arrives has been given up, with a clear sky at the end.
async fn never_arrives(world: &World, account: &str) {
    world.net.set_weather(Always(Mishap::RequestLost));
    let till = world.till(0).unwrap();
    let request = link_sale("R-1", DIGITS, account);
    till.start_charge(request).await.unwrap();
    // Long enough for a system whose creates are repeated while somebody waits.
    seconds(125).await;
    world.net.set_weather(Calm);
    seconds(120).await;
    let seen = world.payments(0).first().map(|payment| payment.state);
    assert_eq!(seen, Some(State::Failed), "{account}");
}

fn keys(world: &World) -> Vec<String> {
    let links = world.practice.links().into_iter();
    links.map(|link| link.reference).collect()
}

/// A till that has rightly seen for long enough that nothing was made goes on with the same key:
/// another till, over another journal, may have made a payment with it meanwhile.
#[tokio::test(start_paused = true)]
async fn two_tills_charge_one_order_once_after_one_of_them_saw_none() {
    let mut world = World::new(7, 2, Trace::new(true)).unwrap();
    let first = world.start(0).await.unwrap();
    let second = world.start(1).await.unwrap();
    never_arrives(&world, THAI_ACCOUNT).await;
    let request = || link_sale("R-1", DIGITS, THAI_ACCOUNT);
    second.start_charge(request()).await.unwrap();
    seconds(10).await;
    first.start_charge(request()).await.unwrap();
    seconds(10).await;
    assert_eq!(keys(&world), ["R-1"]);
}

/// Where one key may make two links, a first that arrives very late must not be taken for the
/// second: its name would be watched, and the other's money would be in no journal.
#[tokio::test(start_paused = true)]
async fn a_link_that_arrives_very_late_is_not_taken_for_the_next() {
    let counter = Counter::with(|settings| settings.visibility_lag_ms = 20_000).await;
    counter.order_mishaps(&[(Class::Create, Mishap::RequestLate(120_000))]);
    let sale = charge(&counter, LINK_ACCOUNT, "R-1").await;
    counter.until(&sale, State::Failed).await;
    seconds(120).await;
    assert_eq!(link(&counter, "R-1").status, LinkStatus::Open);
    let again = charge(&counter, LINK_ACCOUNT, "R-1").await;
    let page = shown(&counter, &again).await;
    press(&counter, &page, PagePress::Pay);
    counter.until(&again, State::Paid).await;
    assert!(counter.is_charged("R-1-a2") && !counter.is_charged("R-1"));
}

// --- killed at every exchange

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Pays,
    IsCancelled,
    PaysWhileCancelled,
}

async fn perform(counter: &Counter, account: &str, script: Script) {
    let Ok(sale) = try_charge(counter, account, "R-1").await else {
        return;
    };
    let page = shown(counter, &sale.id).await;
    // Between two readings: one under way would be given up for the cancel.
    sleep(Duration::from_millis(2_500)).await;
    if script != Script::IsCancelled {
        press(counter, &page, PagePress::Pay);
    }
    if script != Script::Pays {
        let _ = counter.cancel(&sale.id).await;
    }
    counter.until_it(&sale.id, "over", |view| !view.open).await;
}

/// After the crash: the till starts, is killed at once, starts again; then everything must become
/// known, at the latest once the link has expired, and agree with the ledger.
async fn recover(counter: &mut Counter, told: &str) {
    counter.restart().await;
    let once = counter.world.payments(0);
    counter.restart().await;
    assert_eq!(once, counter.world.payments(0), "{told}");
    for _ in 0..90 {
        seconds(10).await;
        let payments = counter.world.payments(0);
        if payments.iter().all(|payment| !payment.state.is_open()) {
            break;
        }
    }
    for payment in &*counter.world.payments(0) {
        assert!(!payment.state.is_open(), "{told}: {payment:?}");
        let shown_paid = payment.state.class() == payment::Class::Paid;
        let is_charged = counter.is_charged(payment.key.as_str());
        assert_eq!(shown_paid, is_charged, "{told}: {:?}", payment.state);
    }
    assert!(counter.world.practice.ledger().len() <= 1, "{told}");
    assert!(counter.world.practice.links().len() <= 1, "{told}");
    assert_eq!(counter.world.net.broken(), Vec::<String>::new(), "{told}");
    counter.world.seats[0].journal.verify().unwrap();
}

async fn every_point(account: &str, script: Script, change: impl Fn(&mut Settings)) {
    let whole = Counter::with(&change).await;
    perform(&whole, account, script).await;
    let exchanges = whole.world.net.sent();
    assert!(exchanges >= 3, "{exchanges} exchanges");
    for number in 0..exchanges {
        for point in CrashPoint::ALL {
            let told = format!("{account}, {script:?}, exchange {number}, {point:?}");
            let mut counter = Counter::with(&change).await;
            counter.world.net.set_trap(number, point);
            let trapped = async {
                tokio::select! {
                    biased;
                    () = counter.world.net.trapped() => true,
                    () = perform(&counter, account, script) => false,
                }
            };
            let trapped = timeout(Duration::from_secs(600), trapped).await;
            assert_eq!(trapped, Ok(true), "{told}: the exchange never came");
            recover(&mut counter, &told).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_compago_link_survives_a_crash_anywhere() {
    for script in [
        Script::Pays,
        Script::IsCancelled,
        Script::PaysWhileCancelled,
    ] {
        for answer in [LinkAnswer::RedirectUrl, LinkAnswer::WholeObject] {
            every_point(LINK_ACCOUNT, script, |settings| {
                settings.link_answer = answer
            })
            .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_thai_payment_survives_a_crash_anywhere() {
    for script in [
        Script::Pays,
        Script::IsCancelled,
        Script::PaysWhileCancelled,
    ] {
        every_point(THAI_ACCOUNT, script, |_| {}).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_thai_payment_survives_wrong_clocks() {
    for ahead_ms in [-3_600_000, 3_600_000] {
        let counter = Counter::with(|settings| settings.one2pays_clock_ahead_ms = ahead_ms).await;
        let sale = charge(&counter, THAI_ACCOUNT, "R-1").await;
        let page = shown(&counter, &sale).await;
        counter.world.clock.jump(ahead_ms * 2);
        press(&counter, &page, PagePress::Pay);
        counter.until(&sale, State::Paid).await;
        assert_eq!(counter.world.practice.ledger().len(), 1);
    }
}
