//! A till that is killed, a provider that is down or wants less, a cashier who goes on selling.

use practice::{Chance, Fault, Faults, LinkStatus, Operation, Ordered, Press};
use till::api::{StartChargeRequest, VoidOutcome, VoidStep, VoidWish};

use super::*;

async fn links(session: &Session, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(link(session, &format!("R-{number}"), LINKS, "1000").await);
    }
    all_waiting(session, &ids).await;
    ids
}

fn orders(count: usize) -> String {
    (1..=count).map(|number| format!("R-{number}\n")).collect()
}

/// So many cancels are answered late; nothing else is, as the links are looked at all the time.
fn cancels_late(count: usize, ms: u64) -> Faults {
    let late = Ordered {
        on: Some(Operation::Cancel),
        fault: Fault::Delay { ms },
    };
    Faults {
        queue: vec![late; count].into(),
        ..Faults::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_is_killed_in_the_middle_goes_on_when_somebody_says_so_and_does_none_twice() {
    const COUNT: usize = 90;
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    let ids = links(&session, COUNT).await;
    let plan = plan(&session, list(&orders(COUNT))).await;
    session.practice.set_faults(cancels_late(COUNT, 1_500));
    let head = start(&session, &plan).await;
    until_head(&session, &head.batch, "in the middle", |head| {
        count(head, VoidOutcome::Cancelled) >= 5
    })
    .await;
    let store = folder.path().join("practice.json");
    session.till.stop();
    session.practice.set_faults(Faults::default());
    session.practice.save(&store).unwrap();
    kill(session).await;

    let session = open(folder.path()).await;
    let found = show(&session, &head.batch).await.head;
    assert_eq!(found.step, VoidStep::Interrupted, "it waits for somebody");
    assert!(count(&found, VoidOutcome::Queued) > 0, "{found:?}");
    // What was asked for before is seen through; nothing else is begun.
    let left = until_head(&session, &head.batch, "seen through", |head| {
        count(head, VoidOutcome::UnderWay) == 0 && count(head, VoidOutcome::StillTrying) == 0
    })
    .await;
    assert_eq!(left.step, VoidStep::Interrupted);
    let queued = count(&left, VoidOutcome::Queued);
    assert!(queued > 0, "{left:?}");
    steer(&session, &head.batch, VoidWish::Resume).await;
    let view = finished(&session, &head.batch).await;
    assert_eq!(
        usize::try_from(count(&view.head, VoidOutcome::Cancelled)).unwrap(),
        COUNT
    );
    for id in &ids {
        assert_eq!(times_asked(&session, id), 1, "{id}");
    }
    let links = session.practice.links();
    assert!(
        links
            .iter()
            .all(|link| link.status == LinkStatus::Cancelled)
    );
    session.journal.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_paused_goes_on_and_is_stopped_with_the_rest_left_alone() {
    const COUNT: usize = 120;
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    links(&session, COUNT).await;
    let plan = plan(&session, list(&orders(COUNT))).await;
    session.practice.set_faults(cancels_late(COUNT, 1_500));
    let head = start(&session, &plan).await;
    until_head(&session, &head.batch, "begun", |head| head.begun > 0).await;
    let paused = steer(&session, &head.batch, VoidWish::Pause).await;
    assert_eq!(paused.step, VoidStep::Paused);
    let settled = until_head(&session, &head.batch, "settled", |head| {
        count(head, VoidOutcome::UnderWay) == 0
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let still = show(&session, &head.batch).await.head;
    assert_eq!(
        still.counts, settled.counts,
        "nothing begins while it is paused"
    );
    steer(&session, &head.batch, VoidWish::Resume).await;
    until_head(&session, &head.batch, "further", |head| {
        head.begun > settled.begun
    })
    .await;
    steer(&session, &head.batch, VoidWish::Stop).await;
    let view = until_head(&session, &head.batch, "stopped", |head| {
        head.step == VoidStep::Stopped && count(head, VoidOutcome::UnderWay) == 0
    })
    .await;
    let left = usize::try_from(count(&view, VoidOutcome::LeftAlone)).unwrap();
    let gone = usize::try_from(count(&view, VoidOutcome::Cancelled)).unwrap();
    assert!(left > 0 && gone > 0 && left + gone == COUNT, "{view:?}");
    session.practice.set_faults(Faults::default());
    let open = session.practice.links();
    let open = open.iter().filter(|link| link.status == LinkStatus::Open);
    assert_eq!(open.count(), left, "what was left alone can be paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_in_the_middle_is_waited_for() {
    const COUNT: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    let ids = links(&session, COUNT).await;
    let plan = plan(&session, list(&orders(COUNT))).await;
    session.practice.set_faults(cancels_late(COUNT, 1_500));
    let head = start(&session, &plan).await;
    until_head(&session, &head.batch, "in the middle", |head| {
        head.begun >= 5
    })
    .await;
    session.practice.set_faults(Faults {
        chances: vec![Chance {
            fault: Fault::DropRequest,
            per_mille: 1_000,
        }],
        ..Faults::default()
    });
    tokio::time::sleep(Duration::from_secs(4)).await;
    let down = show(&session, &head.batch).await.head;
    assert_eq!(down.step, VoidStep::Running);
    assert!(count(&down, VoidOutcome::Cancelled) < 40, "{down:?}");
    session.practice.set_faults(Faults::default());
    let view = finished(&session, &head.batch).await;
    assert_eq!(
        usize::try_from(count(&view.head, VoidOutcome::Cancelled)).unwrap(),
        COUNT
    );
    assert!(ids.iter().all(|id| times_asked(&session, id) == 1));
}

/// After "too many, eight seconds" nothing of the batch begins for eight seconds, whatever else waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_wants_less_is_given_less() {
    const COUNT: usize = 40;
    // Longer than anything that had left already can take here.
    const WISH_S: u32 = 8;
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    links(&session, COUNT).await;
    let plan = plan(&session, list(&orders(COUNT))).await;
    let too_many = Ordered {
        on: Some(Operation::Cancel),
        fault: Fault::TooManyRequests {
            retry_after_s: WISH_S,
        },
    };
    session.practice.set_faults(Faults {
        queue: [too_many].into(),
        ..Faults::default()
    });
    let head = start(&session, &plan).await;
    finished(&session, &head.batch).await;
    let requests = session.practice.requests();
    let played = session.practice.faults_played();
    let at_ms = played.last().expect("one was too many").at_ms;
    // What had left already may still arrive: at most as many as were under way at once.
    let wish_ms = u64::from(WISH_S) * 1_000;
    let cancels = requests.iter().filter(|one| one.method == "PATCH");
    let (soon, later): (Vec<u64>, Vec<u64>) = cancels
        .map(|one| one.at_ms)
        .filter(|at| *at > at_ms)
        .partition(|at| *at < at_ms + wish_ms);
    assert!(
        soon.len() <= 16,
        "{soon:?} although it was too many at {at_ms}"
    );
    assert!(later.len() >= COUNT - 17, "{later:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cashier_sells_while_a_void_runs() {
    const COUNT: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    links(&session, COUNT).await;
    let plan = plan(&session, list(&orders(COUNT))).await;
    session.practice.set_faults(cancels_late(COUNT, 600));
    let head = start(&session, &plan).await;
    until_head(&session, &head.batch, "begun", |head| head.begun > 0).await;
    let request = StartChargeRequest {
        order: "S-1".to_owned(),
        digits: "35050".to_owned(),
        account: "practice".to_owned(),
        terminal: "PRACTICE-1".to_owned(),
        link: None,
        sale: None,
        card: None,
    };
    let sale = session.till.start_charge(request).await.unwrap().id;
    until("the machine asks for a card", || {
        payment(&session, &sale).state == payment::State::Waiting
    })
    .await;
    let running = show(&session, &head.batch).await.head;
    assert_eq!(
        running.step,
        VoidStep::Running,
        "the sale did not wait for it"
    );
    session.practice.set_faults(Faults::default());
    until("a card is taken", || {
        session.practice.press("PRACTICE-1", Press::Tap).is_ok()
    })
    .await;
    until("the sale is paid", || {
        payment(&session, &sale).state == payment::State::Paid
    })
    .await;
    let view = finished(&session, &head.batch).await;
    assert_eq!(
        usize::try_from(count(&view.head, VoidOutcome::Cancelled)).unwrap(),
        COUNT
    );
    assert_eq!(session.practice.ledger().len(), 1);
}
