//! The end of a day on a clock that is turned by hand.

use payment::{DayChecked, OpenKind, State};
use practice::Press;
use providers::Class;
use till::api::{ApiError, HeadMemory, LineKey};
use till::api::{
    AuditFilter, AuditKey, CloseDayRequest, Code, DayReportRequest, DayRequest, DayView,
    ListAuditRequest, ListDaysRequest, VerifyAuditRequest,
};
use tillside_tests::world::{LINK_ACCOUNT, Mishap, link_sale};

use crate::counter::{Counter, DIGITS, seconds};

async fn close(counter: &Counter, number: u32) -> Result<DayView, ApiError> {
    let request = CloseDayRequest { number };
    counter.till().close_day(request).await
}

async fn report(counter: &Counter) -> DayView {
    let request = DayReportRequest { check: false };
    counter.till().day_report(request).await.unwrap()
}

async fn paid(counter: &Counter, order: &str) -> String {
    let id = counter.charge(order).await;
    counter.when_asked(Press::Tap).await;
    counter.until(&id, State::Paid).await;
    id
}

/// What the report counts is what the practice store truly charged.
fn charged(counter: &Counter) -> i64 {
    let ledger = counter.world.practice.ledger();
    ledger.iter().map(|charge| charge.amount.minor()).sum()
}

fn taken(view: &DayView) -> i64 {
    view.totals.iter().map(|row| row.sum.taken_sum.minor).sum()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_blocks_the_close_and_a_person_clears_it() {
    let counter = Counter::open().await;
    paid(&counter, "R-1").await;
    counter.order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let lost = counter.charge("R-2").await;
    counter.until(&lost, State::NotKnown).await;
    let view = report(&counter).await;
    assert_eq!(view.blocked.len(), 1);
    assert_eq!(view.blocked[0].kind, OpenKind::NotKnown);
    assert_eq!(view.blocked[0].row.id, lost);
    let refused = close(&counter, 1).await.unwrap_err();
    assert_eq!(refused.code, Code::DayBlocked);
    assert_eq!(refused.detail.as_deref(), Some("1"));
    for _ in 0..600 {
        counter.attend(&lost, "R-2-a1").await;
        if counter.view(&lost).await.state != State::NotKnown {
            break;
        }
        seconds(1).await;
    }
    seconds(900).await;
    let closed = close(&counter, 1).await.unwrap();
    assert!(closed.closed && closed.blocked.is_empty());
    assert_eq!(taken(&closed), charged(&counter));
    counter.world.seats[0].journal.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_live_payment_blocks_and_an_unpaid_link_is_carried_over() {
    let counter = Counter::open().await;
    let request = link_sale("L-1", DIGITS, LINK_ACCOUNT);
    let link = counter.till().start_charge(request).await.unwrap().id;
    counter.until(&link, State::Waiting).await;
    let live = counter.charge("R-1").await;
    counter.until(&live, State::Waiting).await;
    assert_eq!(close(&counter, 1).await.unwrap_err().code, Code::DayBlocked);
    counter.when_asked(Press::Tap).await;
    counter.until(&live, State::Paid).await;
    let closed = close(&counter, 1).await.unwrap();
    assert_eq!(closed.carried.len(), 1);
    assert_eq!(closed.carried[0].kind, OpenKind::Link);
    assert_eq!(taken(&closed), charged(&counter));

    // Paid on the next day, it is counted there, and the first report stays as it was.
    let pages = counter.world.practice.pages();
    let page = pages
        .iter()
        .find(|page| page.reference.starts_with("L-1"))
        .unwrap();
    counter
        .world
        .practice
        .press_page(page.id, practice::PagePress::Pay)
        .unwrap();
    counter.until(&link, State::Paid).await;
    let second = close(&counter, 2).await.unwrap();
    assert_eq!(second.from, closed.to + 1);
    assert_eq!(taken(&closed) + taken(&second), charged(&counter));
    let shown = counter
        .till()
        .show_day(DayRequest { number: 1 })
        .await
        .unwrap();
    assert_eq!((shown.totals, shown.head), (closed.totals, closed.head));
}

#[tokio::test(start_paused = true)]
async fn a_day_is_closed_once_whoever_presses_and_whatever_the_clock_says() {
    let counter = Counter::open().await;
    paid(&counter, "R-1").await;
    let (one, other) = tokio::join!(close(&counter, 1), close(&counter, 1));
    let refused = [one, other].into_iter().filter_map(Result::err);
    let codes: Vec<Code> = refused.map(|error| error.code).collect();
    assert_eq!(codes, [Code::DayMoved], "one of the two");
    paid(&counter, "R-2").await;
    let mut counter = counter;
    counter.restart().await;
    let second = close(&counter, 2).await.unwrap();
    let days = counter.till().list_days(ListDaysRequest {}).await.unwrap();
    let numbers: Vec<u32> = days.rows.iter().map(|day| day.number).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(
        second.totals[0].sum.taken, 1,
        "what was closed is not counted again"
    );
    let unknown = counter.till().show_day(DayRequest { number: 3 }).await;
    assert_eq!(unknown.unwrap_err().code, Code::DayUnknown);
}

/// Every system with a list is held against it; of one without the report says so.
#[tokio::test(start_paused = true)]
async fn the_close_is_held_against_the_lists_of_the_providers() {
    let counter = Counter::open().await;
    let closed = close(&counter, 1).await.unwrap();
    assert!(!closed.checks.is_empty());
    for check in &closed.checks {
        let fits = matches!(check.outcome, DayChecked::Agrees | DayChecked::NoList);
        assert!(fits, "{check:?}");
    }
    let outcomes: Vec<DayChecked> = closed.checks.iter().map(|check| check.outcome).collect();
    assert!(outcomes.contains(&DayChecked::Agrees), "{outcomes:?}");
    assert!(outcomes.contains(&DayChecked::NoList), "{outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn the_story_is_paged_newest_first_and_shows_what_is_not_finished() {
    let counter = Counter::open().await;
    for number in 0..30 {
        paid(&counter, &format!("R-{number}")).await;
    }
    let live = counter.charge("R-live").await;
    counter.until(&live, State::Waiting).await;
    counter.cancel(&live).await.unwrap();
    let page = |filter, before| {
        let request = ListAuditRequest { filter, before };
        counter.till().list_audit(request)
    };
    let unfinished = page(AuditFilter::Unfinished, None).await.unwrap();
    let lines: Vec<Option<LineKey>> = unfinished.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [Some(LineKey::CancelAsked), Some(LineKey::Saved)]);
    counter.until(&live, State::Cancelled).await;
    close(&counter, 1).await.unwrap();
    let unfinished = page(AuditFilter::Unfinished, None).await.unwrap();
    assert_eq!(unfinished.rows, []);
    let (mut seqs, mut before) = (Vec::new(), None);
    loop {
        let view = page(AuditFilter::All, before).await.unwrap();
        if seqs.is_empty() {
            assert_eq!(view.rows[0].shop, Some(AuditKey::DayClosed));
        }
        seqs.extend(view.rows.iter().map(|row| row.seq));
        before = view.next;
        if before.is_none() {
            break;
        }
    }
    let last = counter.world.seats[0].journal.last_seq().unwrap();
    assert!(last > 120, "more than one page");
    assert!(
        seqs.iter().copied().eq((1..=last).rev()),
        "each once, in order"
    );
}

#[tokio::test(start_paused = true)]
async fn the_head_is_signed_and_remembered() {
    let counter = Counter::open().await;
    paid(&counter, "R-1").await;
    let verify = || counter.till().verify_audit(VerifyAuditRequest {});
    assert_eq!(verify().await.unwrap().memory, HeadMemory::Nothing);
    paid(&counter, "R-2").await;
    let verdict = verify().await.unwrap();
    assert_eq!(verdict.memory, HeadMemory::Agrees);
    let closed = close(&counter, 1).await.unwrap();
    let (key, signature) = (closed.public_key.unwrap(), closed.signature.unwrap());
    assert_eq!(verdict.public_key.as_deref(), Some(key.as_str()), "one key");
    let hash = journal::Hash::from_hex(&closed.head).unwrap();
    assert!(journal::is_signed(closed.to, &hash, &key, &signature));
    assert!(!closed.replaced);
}
