//! Sales on the page of a Dojo intent: the customer opens what the till shows, and no machine is asked.

use payment::failure::MoneyMoved;
use payment::{RefundRoute, State};
use practice::{PagePress, PageRefused, PageView, Press, Race};
use providers::Class;
use till::api::{ActInput, Action, Code, Telling};
use tillside_tests::world::{DOJO_ACCOUNT, Mishap, link_sale};

use super::{act, assert_nothing_charged, assert_once, when_asked};
use crate::counter::{Counter, DIGITS, seconds};

async fn charge(counter: &Counter, order: &str) -> String {
    let request = link_sale(order, DIGITS, DOJO_ACCOUNT);
    counter.till().start_charge(request).await.unwrap().id
}

/// Waits until the till shows an address, and answers the page that is behind it.
async fn shown(counter: &Counter, sale: &str) -> PageView {
    let view = counter
        .until_it(sale, "shown to the customer", |view| view.page.is_some())
        .await;
    let url = view.page.unwrap().url;
    let mut pages = counter.world.practice.pages().into_iter();
    pages.find(|page| page.url == url).unwrap()
}

fn press(counter: &Counter, page: &PageView, press: PagePress) {
    counter.world.practice.press_page(page.id, press).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_page_is_paid_without_a_machine_and_its_money_goes_back_without_one() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let page = shown(&counter, &sale).await;
    assert_eq!(page.description.as_deref(), Some("Order R-1"));
    let view = counter.view(&sale).await;
    assert_eq!(
        (view.telling, view.on_machine),
        (Telling::WaitingLink, false)
    );
    press(&counter, &page, PagePress::Pay);
    let view = counter.until(&sale, State::Paid).await;
    assert_eq!(view.moved, MoneyMoved::Yes);
    assert_once(&counter, 0);
    // Nothing was printed, and there is no machine to hold a card to.
    seconds(60).await;
    let view = counter.view(&sale).await;
    assert!(!view.actions.contains(&Action::Receipts));
    assert_eq!(view.refund_routes, [RefundRoute::Remote]);
    let back = |route| ActInput::Refund {
        digits: DIGITS.to_owned(),
        route,
    };
    let refused = act(&counter, &sale, back(RefundRoute::Terminal)).await;
    assert_eq!(refused.unwrap_err().code, Code::TooLate);
    act(&counter, &sale, back(RefundRoute::Remote))
        .await
        .unwrap();
    counter.until(&sale, State::Refunded).await;
}

/// The same account's machine and its pages, one after the other, for one order.
#[tokio::test(start_paused = true)]
async fn a_withdrawn_page_can_be_paid_no_more_and_the_order_goes_to_a_machine() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let page = shown(&counter, &sale).await;
    counter.cancel(&sale).await.unwrap();
    let view = counter.until(&sale, State::Cancelled).await;
    assert_eq!(view.telling, Telling::Cancelled);
    let refused = counter.world.practice.press_page(page.id, PagePress::Pay);
    assert_eq!(refused, Err(PageRefused::Cancelled));
    assert_nothing_charged(&counter);
    let again = super::charge(&counter, "R-1").await;
    when_asked(&counter.world, Press::Tap).await;
    assert_eq!(counter.until(&again, State::Paid).await.attempt, 2);
    assert_eq!(counter.world.practice.ledger().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_whose_answer_was_lost_is_found_and_shown() {
    let counter = Counter::open().await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let sale = charge(&counter, "R-1").await;
    counter.until(&sale, State::NotKnown).await;
    counter.until(&sale, State::Waiting).await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Pay);
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 0);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_refused_a_card_takes_another_or_expires_unpaid() {
    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Decline);
    seconds(30).await;
    assert_eq!(counter.view(&sale).await.telling, Telling::WaitingLink);
    press(&counter, &page, PagePress::Pay);
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 0);

    let counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let page = shown(&counter, &sale).await;
    press(&counter, &page, PagePress::Decline);
    seconds(605).await;
    assert!(counter.view(&sale).await.open, "a bank may still be asking");
    let view = counter.until(&sale, State::Expired).await;
    assert_eq!(view.moved, MoneyMoved::No);
    assert_nothing_charged(&counter);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_and_a_payment_at_once_end_as_the_money_does() {
    for race in [
        Race::CancelWins,
        Race::ApprovalWins,
        Race::ApprovalAfterCancel,
    ] {
        let counter = Counter::with(|settings| settings.race = race).await;
        let sale = charge(&counter, "R-1").await;
        let page = shown(&counter, &sale).await;
        press(&counter, &page, PagePress::Pay);
        counter.cancel(&sale).await.unwrap();
        let over = counter.until_it(&sale, "over", |view| !view.open).await;
        if race == Race::CancelWins {
            assert_eq!(over.telling, Telling::Cancelled);
            assert_nothing_charged(&counter);
        } else {
            counter.until(&sale, State::Paid).await;
            assert_once(&counter, 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_till_that_was_killed_goes_on_watching_the_page() {
    let mut counter = Counter::open().await;
    let sale = charge(&counter, "R-1").await;
    let page = shown(&counter, &sale).await;
    counter.restart().await;
    let view = counter.until(&sale, State::Waiting).await;
    assert_eq!(view.page.map(|page| page.url), Some(page.url.clone()));
    press(&counter, &page, PagePress::Pay);
    counter.until(&sale, State::Paid).await;
    assert_once(&counter, 0);
}
