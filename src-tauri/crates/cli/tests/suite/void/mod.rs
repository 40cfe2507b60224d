//! Withdrawing several payments at once, against the practice stores over real HTTP: the engine as the
//! window has it, and the command as it is typed.

mod command;
mod many;
mod trouble;

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cli::session::{Session, SessionOptions};
use journal::Fact;
use payment::{Event, PaymentId};
use practice::{LinkStatus, PagePress};
use till::api::{
    ChooseVoidRulesRequest, LinkInput, PayerInput, PlanVoidRequest, StartChargeRequest,
    StartVoidRequest, SteerVoidRequest, Verdict, VoidChoice, VoidHeadView, VoidOutcome,
    VoidPlanView, VoidRequest, VoidStep, VoidView, VoidWish,
};

use crate::harness::LIMIT;

pub(crate) const LINKS: &str = "practice-link";
pub(crate) const THAI: &str = "practice-thai-qr";

/// A till on a folder.
pub(crate) async fn open(folder: &Path) -> Session {
    let options = SessionOptions {
        seed: Some(7),
        ..SessionOptions::at(folder.to_owned())
    };
    Session::open(options).await.unwrap()
}

/// Stops a till as a killed process would: what is durable stays.
pub(crate) async fn kill(session: Session) {
    session.till.stop();
    drop(session);
    // The last task lets go of the journal.
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// How long a batch can be undone.
pub(crate) async fn undo_within(session: &Session, undo_s: u32) {
    let request = ChooseVoidRulesRequest {
        undo_s,
        reasons: Vec::new(),
        close_links_after_min: None,
    };
    session.till.choose_void_rules(request).await.unwrap();
}

/// A sale by a link; the id of its payment.
pub(crate) async fn link(session: &Session, order: &str, account: &str, digits: &str) -> String {
    let is_thai = account == THAI;
    let request = StartChargeRequest {
        order: order.to_owned(),
        digits: digits.to_owned(),
        account: account.to_owned(),
        terminal: String::new(),
        link: Some(LinkInput {
            description: format!("Order {order}"),
            minutes: 30,
            method: is_thai.then_some(payment::LinkMethod::PromptPay),
            payer: is_thai.then(|| PayerInput {
                account_name: "Somchai J.".to_owned(),
                account_number: "1234567890".to_owned(),
                bank_code: "004".to_owned(),
            }),
            billing: None,
            language: None,
        }),
        sale: None,
        card: None,
    };
    session.till.start_charge(request).await.unwrap().id
}

/// Waits until it is so.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) -> impl Future<Output = ()> {
    let (what, began) = (what.to_owned(), Instant::now());
    async move {
        while !is_so() {
            assert!(began.elapsed() < LIMIT * 4, "not so: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A payment by its id.
pub(crate) fn payment(session: &Session, id: &str) -> payment::Payment {
    let id: PaymentId = id.parse().unwrap();
    session.journal.payment(id).unwrap().unwrap()
}

/// Waits until each has its name at its provider.
pub(crate) async fn all_waiting(session: &Session, ids: &[String]) {
    until("every link is made", || {
        ids.iter()
            .all(|id| payment(session, id).state == payment::State::Waiting)
    })
    .await;
}

pub(crate) async fn plan(session: &Session, choice: VoidChoice) -> VoidPlanView {
    let request = PlanVoidRequest { choice };
    session.till.plan_void(request).await.unwrap()
}

pub(crate) fn list(text: &str) -> VoidChoice {
    VoidChoice::List {
        base64: STANDARD.encode(text),
    }
}

pub(crate) async fn start(session: &Session, plan: &VoidPlanView) -> VoidHeadView {
    let request = StartVoidRequest {
        plan: plan.plan.clone(),
        reason: "Event cancelled".to_owned(),
        note: "Storm".to_owned(),
    };
    session.till.start_void(request).await.unwrap().head
}

pub(crate) async fn show(session: &Session, batch: &str) -> VoidView {
    let batch = batch.to_owned();
    session.till.show_void(VoidRequest { batch }).await.unwrap()
}

pub(crate) async fn steer(session: &Session, batch: &str, wish: VoidWish) -> VoidHeadView {
    let batch = batch.to_owned();
    let request = SteerVoidRequest { batch, wish };
    session.till.steer_void(request).await.unwrap()
}

/// Waits until a batch stands there, or further.
pub(crate) async fn until_head(
    session: &Session,
    batch: &str,
    what: &str,
    is_so: impl Fn(&VoidHeadView) -> bool,
) -> VoidHeadView {
    let began = Instant::now();
    loop {
        let head = show(session, batch).await.head;
        if is_so(&head) {
            return head;
        }
        assert!(began.elapsed() < LIMIT * 4, "not {what}: {head:#?}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

pub(crate) async fn finished(session: &Session, batch: &str) -> VoidView {
    until_head(session, batch, "finished", |head| {
        head.step == VoidStep::Finished
    })
    .await;
    show(session, batch).await
}

pub(crate) fn count(head: &VoidHeadView, outcome: VoidOutcome) -> u32 {
    let found = head.counts.iter().find(|one| one.outcome == outcome);
    found.map_or(0, |one| one.count)
}

pub(crate) fn planned(plan: &VoidPlanView, verdict: Verdict) -> u32 {
    let found = plan.counts.iter().find(|one| one.verdict == verdict);
    found.map_or(0, |one| one.count)
}

/// The customer of a link pays.
pub(crate) fn pay(session: &Session, order: &str) {
    let pages = session.practice.pages();
    let page = pages.iter().find(|page| page.reference == order).unwrap();
    session
        .practice
        .press_page(page.id, PagePress::Pay)
        .unwrap();
}

/// How a link stands at the store.
pub(crate) fn at_store(session: &Session, order: &str) -> LinkStatus {
    let links = session.practice.links();
    let link = links.iter().find(|link| link.reference == order).unwrap();
    link.status
}

/// How often a batch wrote down that a payment is to be withdrawn.
pub(crate) fn times_asked(session: &Session, id: &str) -> usize {
    let entries = session.journal.timeline(id.parse().unwrap()).unwrap();
    let is_ask = |fact: &Fact| {
        matches!(
            fact,
            Fact::Payment {
                event: Event::CancelAsked { batch: Some(_), .. },
                ..
            }
        )
    };
    entries.iter().filter(|entry| is_ask(&entry.fact)).count()
}
