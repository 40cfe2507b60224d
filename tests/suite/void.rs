//! Three hundred links of a cancelled event, on a clock that is turned by hand.

use payment::{Decision, State};
use practice::{Fault, LinkStatus, PagePress, ServerError};
use providers::Class;
use till::api::{
    DecideRequest, InboxTask, ListInboxRequest, PlanVoidRequest, StartVoidRequest, VoidChoice,
    VoidOutcome, VoidRequest, VoidStep, VoidView,
};
use tillside_tests::world::{LINK_ACCOUNT, Mishap, link_sale};
use tokio::time::Instant;

use crate::counter::{Counter, seconds};

const COUNT: usize = 300;

async fn links(counter: &Counter) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 1..=COUNT {
        let request = link_sale(&format!("R-{number}"), "1000", LINK_ACCOUNT);
        ids.push(counter.till().start_charge(request).await.unwrap().id);
    }
    seconds(5).await;
    let payments = counter.world.payments(0);
    assert!(
        payments
            .iter()
            .all(|payment| payment.state == State::Waiting)
    );
    ids
}

/// Each at its own pace they would be a reading a second and more, three hundred times, and the provider
/// would refuse the sale at the counter with them. The newest is still seen paid as soon as ever.
#[tokio::test(start_paused = true)]
async fn three_hundred_links_share_what_may_be_asked_of_their_account() {
    let counter = Counter::open().await;
    links(&counter).await;
    let before = counter.world.net.sent();
    seconds(60).await;
    let readings = counter.world.net.sent() - before;
    // Eight a second of the newest at the most, and five of the others.
    assert!((60..=780).contains(&readings), "{readings} in a minute");
    // Whoever comes to the counter now is the newest.
    let request = link_sale("R-301", "1000", LINK_ACCOUNT);
    let newest = counter.till().start_charge(request).await.unwrap().id;
    counter.until(&newest, State::Waiting).await;
    let practice = &counter.world.practice;
    let pages = practice.pages();
    let page = pages.iter().find(|page| page.reference == "R-301").unwrap();
    practice.press_page(page.id, PagePress::Pay).unwrap();
    let began = Instant::now();
    counter.until(&newest, State::Paid).await;
    assert!(began.elapsed().as_secs() <= 15, "{:?}", began.elapsed());
}

async fn start(counter: &Counter, payments: Vec<String>) -> String {
    let choice = VoidChoice::Payments { payments };
    let request = PlanVoidRequest { choice };
    let plan = counter.till().plan_void(request).await.unwrap();
    assert_eq!(plan.lines.len(), COUNT);
    let request = StartVoidRequest {
        plan: plan.plan,
        reason: "Event cancelled".to_owned(),
        note: String::new(),
    };
    let started = counter.till().start_void(request).await.unwrap();
    assert_eq!(started.head.step, VoidStep::Undo);
    started.head.batch
}

async fn finished(counter: &Counter, batch: &str) -> VoidView {
    for _ in 0..3_000 {
        let batch = batch.to_owned();
        let view = counter.till().show_void(VoidRequest { batch }).await;
        let view = view.unwrap();
        if view.head.step == VoidStep::Finished {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("it never ends");
}

fn count(view: &VoidView, outcome: VoidOutcome) -> u32 {
    let mut found = view.head.counts.iter();
    let found = found.find(|one| one.outcome == outcome);
    found.map_or(0, |one| one.count)
}

fn open_at_the_store(counter: &Counter) -> usize {
    let links = counter.world.practice.links();
    let open = links.iter().filter(|link| link.status == LinkStatus::Open);
    open.count()
}

/// The customer of one pays while it can be undone; of the cancels one answer is lost, one request never
/// arrives, one meets a fault and one is too many.
#[tokio::test(start_paused = true)]
async fn three_hundred_are_withdrawn_and_four_fail_in_four_ways_on_the_way() {
    let counter = Counter::open().await;
    let ids = links(&counter).await;
    let fault = |fault| (Class::Cancel, Mishap::Store(fault));
    counter.order_mishaps(&[
        (Class::Cancel, Mishap::AnswerLost),
        (Class::Cancel, Mishap::RequestLost),
        fault(Fault::ServerError {
            status: ServerError::E503,
            takes_effect: false,
        }),
        fault(Fault::TooManyRequests { retry_after_s: 2 }),
    ]);
    let batch = start(&counter, ids).await;
    let pages = counter.world.practice.pages();
    let page = pages.iter().find(|page| page.reference == "R-7").unwrap();
    counter
        .world
        .practice
        .press_page(page.id, PagePress::Pay)
        .unwrap();
    let view = finished(&counter, &batch).await;
    assert_eq!(count(&view, VoidOutcome::Cancelled), 299, "{:?}", view.head);
    assert_eq!(count(&view, VoidOutcome::PaidBefore), 1);
    assert_eq!(counter.world.practice.ledger().len(), 1);
    assert_eq!(open_at_the_store(&counter), 0);
    assert_eq!(counter.world.net.broken(), Vec::<String>::new());
    counter.world.seats[0].journal.verify().unwrap();
}

/// Seen paid between the dry run and the void: nothing is sent for it, and somebody decides about the money.
#[tokio::test(start_paused = true)]
async fn what_was_seen_paid_before_the_void_waits_for_a_decision() {
    let mut counter = Counter::open().await;
    let request = link_sale("R-1", "1000", LINK_ACCOUNT);
    let id = counter.till().start_charge(request).await.unwrap().id;
    counter.until(&id, State::Waiting).await;
    let choice = VoidChoice::Payments {
        payments: vec![id.clone()],
    };
    let plan = counter.till().plan_void(PlanVoidRequest { choice }).await;
    let pages = counter.world.practice.pages();
    let practice = &counter.world.practice;
    practice.press_page(pages[0].id, PagePress::Pay).unwrap();
    counter.until(&id, State::Paid).await;
    let request = StartVoidRequest {
        plan: plan.unwrap().plan,
        reason: "Event cancelled".to_owned(),
        note: String::new(),
    };
    let batch = counter.till().start_void(request).await.unwrap().head.batch;
    let view = finished(&counter, &batch).await;
    assert_eq!(view.lines[0].outcome, Some(VoidOutcome::PaidBefore));
    let cancels = counter.world.practice.requests();
    let cancels = cancels.iter().filter(|sent| sent.path.ends_with("/cancel"));
    assert_eq!(cancels.count(), 0, "there was nothing to withdraw");
    counter.restart().await;
    let till = counter.till();
    let inbox = till.list_inbox(ListInboxRequest {}).await.unwrap();
    assert_eq!(inbox.items.len(), 1);
    assert_eq!(inbox.items[0].task, InboxTask::PaidBeforeVoid);
    assert_eq!(counter.view(&id).await.state, State::Paid);
    let request = DecideRequest {
        payment: id,
        decision: Decision::Keep,
        reason: "They come all the same".to_owned(),
    };
    till.decide_payment(request).await.unwrap();
    let inbox = till.list_inbox(ListInboxRequest {}).await.unwrap();
    assert_eq!(inbox.items.len(), 0);
    counter.world.seats[0].journal.verify().unwrap();
}

/// Sixteen at once, a reading before and one after: with 40 ms for each request there and back, three
/// hundred take no longer than the waves that they are.
#[tokio::test(start_paused = true)]
async fn three_hundred_take_as_long_as_their_requests_sixteen_at_once() {
    let counter = Counter::open().await;
    let ids = links(&counter).await;
    let batch = start(&counter, ids).await;
    seconds(5).await;
    let began = Instant::now();
    let view = finished(&counter, &batch).await;
    assert_eq!(count(&view, VoidOutcome::Cancelled), 300);
    let took_ms = began.elapsed().as_millis();
    let ideal_ms = 300_u128.div_ceil(16) * 3 * 40;
    assert!(
        took_ms * 4 <= ideal_ms * 5 + 400,
        "{took_ms} ms and not {ideal_ms} ms"
    );
}

#[tokio::test(start_paused = true)]
async fn killed_in_the_middle_nothing_more_begins_before_somebody_says_so() {
    let mut counter = Counter::open().await;
    let ids = links(&counter).await;
    let batch = start(&counter, ids).await;
    tokio::time::sleep(std::time::Duration::from_millis(6_000)).await;
    counter.restart().await;
    seconds(30).await;
    let request = || VoidRequest {
        batch: batch.clone(),
    };
    let view = counter.till().show_void(request()).await.unwrap();
    assert_eq!(view.head.step, VoidStep::Interrupted);
    let done = count(&view, VoidOutcome::Cancelled);
    let queued = count(&view, VoidOutcome::Queued);
    assert!(
        done > 0 && queued > 0 && done + queued == 300,
        "{:?}",
        view.head
    );
    assert_eq!(
        open_at_the_store(&counter),
        usize::try_from(queued).unwrap()
    );
    let request = till::api::SteerVoidRequest {
        batch: batch.clone(),
        wish: till::api::VoidWish::Resume,
    };
    counter.till().steer_void(request).await.unwrap();
    let view = finished(&counter, &batch).await;
    assert_eq!(count(&view, VoidOutcome::Cancelled), 300);
    assert_eq!(open_at_the_store(&counter), 0);
}
