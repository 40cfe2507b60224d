//! Many links, several systems, and what wins against a void.

use practice::{Fault, Faults, LinkStatus, Operation, Ordered, Race, ServerError};
use till::api::{
    AccountRequest, StartChargeRequest, Verdict, VoidChoice, VoidOutcome, VoidStep, VoidWish,
};

use super::*;

/// The event is cancelled: forty links at two systems (three hundred are in the scenarios, where time
/// is turned by hand). One was paid before, one is paid while the manager
/// looks, one is no order at all; and of the cancels one
/// answer is lost, one fails, one never arrives and one is too many.
#[tokio::test(flavor = "multi_thread")]
async fn forty_links_are_withdrawn_and_three_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 1).await;
    let mut settings = session.practice.settings();
    // Links are looked at each second while they are new; the limit is another test's.
    settings.one2pays_requests_per_minute = 1_000_000;
    session.practice.set_settings(settings);
    let mut ids = Vec::new();
    for number in 1..=39 {
        let account = if number <= 30 { LINKS } else { THAI };
        ids.push(link(&session, &format!("R-{number}"), account, "1000").await);
    }
    all_waiting(&session, &ids).await;
    pay(&session, "R-10");
    let tenth = ids[9].clone();
    until("R-10 is seen paid", || {
        payment(&session, &tenth).state == payment::State::Paid
    })
    .await;

    let text: String = (1..=39).map(|number| format!("R-{number}\n")).collect();
    let text = format!("order\n{text}R-1\nR-nobody\n");
    let plan = plan(&session, list(&text)).await;
    assert_eq!(plan.lines.len(), 40);
    assert_eq!(plan.repeated, 1);
    assert_eq!(planned(&plan, Verdict::WillCancel), 38);
    assert_eq!(planned(&plan, Verdict::NeedsRefund), 1);
    assert_eq!(planned(&plan, Verdict::Nothing), 1);
    let sums: Vec<&str> = plan.sums.iter().map(|sum| sum.text.as_str()).collect();
    assert_eq!(sums, ["MX$290.00", "฿90.00"]);

    let fault = |fault| Ordered {
        on: Some(Operation::Cancel),
        fault,
    };
    session.practice.set_faults(Faults {
        queue: [
            fault(Fault::LoseAnswer),
            fault(Fault::ServerError {
                status: ServerError::E502,
                takes_effect: false,
            }),
            fault(Fault::DropRequest),
            fault(Fault::TooManyRequests { retry_after_s: 1 }),
        ]
        .into(),
        ..Faults::default()
    });
    let head = start(&session, &plan).await;
    assert_eq!(head.step, VoidStep::Undo);
    // The customer is faster than the time to undo.
    pay(&session, "R-20");
    let view = finished(&session, &head.batch).await;
    assert_eq!(
        count(&view.head, VoidOutcome::Cancelled),
        37,
        "{:#?}",
        view.head
    );
    assert_eq!(count(&view.head, VoidOutcome::PaidBefore), 1);
    assert_eq!(count(&view.head, VoidOutcome::NotTried), 2);
    let line = |given: &str| view.lines.iter().find(|line| line.given == given).unwrap();
    assert_eq!(line("R-20").outcome, Some(VoidOutcome::PaidBefore));
    assert!(line("R-30").asked_at.is_some() && line("R-30").ended_at.is_some());

    // The store is the judge: two charges, and nothing that anybody could still pay.
    assert_eq!(session.practice.ledger().len(), 2);
    let links = session.practice.links();
    let open = links.iter().filter(|link| link.status == LinkStatus::Open);
    assert_eq!(open.count(), 0);
    assert!(ids.iter().all(|id| times_asked(&session, id) <= 1));
    session.journal.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_undone_in_time_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    let ids = [
        link(&session, "R-1", LINKS, "1000").await,
        link(&session, "R-2", THAI, "1000").await,
    ];
    all_waiting(&session, &ids).await;
    let payments = ids.to_vec();
    let plan = plan(&session, VoidChoice::Payments { payments }).await;
    assert_eq!(plan.undo_ms, 5_000, "as a till comes");
    let head = start(&session, &plan).await;
    assert!(head.undo_left_ms > 3_000, "{head:?}");
    let stopped = steer(&session, &head.batch, VoidWish::Stop).await;
    assert_eq!(stopped.step, VoidStep::Stopped);
    tokio::time::sleep(Duration::from_secs(6)).await;
    let view = show(&session, &head.batch).await;
    assert_eq!(
        count(&view.head, VoidOutcome::LeftAlone),
        2,
        "{:?}",
        view.head
    );
    assert!(ids.iter().all(|id| times_asked(&session, id) == 0));
    assert_eq!(at_store(&session, "R-1"), LinkStatus::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_wins_the_race_is_told_and_nothing_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    let mut settings = session.practice.settings();
    settings.race = Race::ApprovalWins;
    settings.link_paying_ms = 4_000;
    session.practice.set_settings(settings);
    let ids = vec![link(&session, "R-1", LINKS, "1000").await];
    all_waiting(&session, &ids).await;
    let plan = plan(&session, list("R-1")).await;
    pay(&session, "R-1");
    let head = start(&session, &plan).await;
    let view = finished(&session, &head.batch).await;
    assert_eq!(view.lines[0].outcome, Some(VoidOutcome::PaidBefore));
    assert_eq!(session.practice.ledger().len(), 1);
    assert_eq!(session.practice.refunds().len(), 0);
}

/// One order, open here by a link and at Dojo by another till: both are found by one reference.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_open_at_two_providers_is_two_lines() {
    let other = tempfile::tempdir().unwrap();
    let till = open(other.path()).await;
    let machines = till.practice.dojo_terminals();
    let machine = machines
        .iter()
        .find(|one| one.tid.contains("OFF0"))
        .unwrap();
    let request = StartChargeRequest {
        order: "R-1".to_owned(),
        digits: "4200".to_owned(),
        account: "practice-dojo".to_owned(),
        terminal: machine.id.clone(),
        link: None,
        sale: None,
        card: None,
    };
    till.till.start_charge(request).await.unwrap();
    until("Dojo has it", || till.practice.dojo_intents().len() == 1).await;
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("practice.json");
    till.practice.save(&kept).unwrap();
    kill(till).await;

    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    let ids = vec![link(&session, "R-1", LINKS, "1000").await];
    all_waiting(&session, &ids).await;
    let found = plan(&session, list("R-1\n")).await;
    assert_eq!(found.lines.len(), 2, "{found:#?}");
    assert_eq!(found.tried, 2);
    let left = found.lines.iter().find(|line| line.is_leftover).unwrap();
    assert_eq!(left.amount.as_ref().unwrap().text, "£42.00");
    let all = plan(&session, VoidChoice::Leftovers).await;
    assert_eq!(all.lines.len(), 1);
    let head = start(&session, &found).await;
    let view = finished(&session, &head.batch).await;
    assert_eq!(count(&view.head, VoidOutcome::Cancelled), 2, "{view:#?}");
    assert_eq!(at_store(&session, "R-1"), LinkStatus::Cancelled);
    let again = plan(&session, VoidChoice::Leftovers).await;
    assert_eq!(again.lines.len(), 0);
}

/// What another till made by link stands open there for everybody; what this one made it sees through,
/// whatever its provider makes of the order's characters.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_another_till_is_a_leftover_and_an_own_one_is_none() {
    for (account, order) in [(LINKS, "Mesa 4/ñ"), (THAI, "Mesa 4/ñ")] {
        let folder = tempfile::tempdir().unwrap();
        let session = open(folder.path()).await;
        let ids = vec![link(&session, order, account, "1000").await];
        all_waiting(&session, &ids).await;
        let of_account = || AccountRequest {
            account: account.to_owned(),
        };
        let ours = session.till.list_leftovers(of_account()).await.unwrap();
        assert_eq!(ours.rows.len(), 0, "{ours:?}");
        let other = tempfile::tempdir().unwrap();
        let store = other.path().join("practice.json");
        session.practice.save(&store).unwrap();
        kill(session).await;

        let session = open(other.path()).await;
        undo_within(&session, 0).await;
        let left = session.till.list_leftovers(of_account()).await.unwrap();
        assert_eq!(left.rows.len(), 1, "{left:?}");
        let found = plan(&session, VoidChoice::Leftovers).await;
        let head = start(&session, &found).await;
        let view = finished(&session, &head.batch).await;
        assert_eq!(count(&view.head, VoidOutcome::Cancelled), 1, "{view:#?}");
        let left = session.till.list_leftovers(of_account()).await.unwrap();
        assert_eq!(left.rows.len(), 0, "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_of_each_duplicate_and_what_expires_later_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    let mut ids = Vec::new();
    for order in ["R-1", "R-2", "R-3"] {
        let request = StartChargeRequest {
            order: order.to_owned(),
            digits: "1000".to_owned(),
            account: LINKS.to_owned(),
            terminal: String::new(),
            link: Some(LinkInput {
                description: "Concert, one seat".to_owned(),
                minutes: if order == "R-2" { 600 } else { 30 },
                method: None,
                payer: None,
                billing: None,
                language: None,
            }),
            sale: None,
            card: None,
        };
        ids.push(session.till.start_charge(request).await.unwrap().id);
    }
    ids.push(link(&session, "R-4", LINKS, "1000").await);
    all_waiting(&session, &ids).await;
    let given = |plan: &VoidPlanView| -> Vec<String> {
        let mut given: Vec<String> = plan.lines.iter().map(|line| line.given.clone()).collect();
        given.sort();
        given
    };
    let minutes = 60;
    let expiring = plan(&session, VoidChoice::Expiring { minutes }).await;
    assert_eq!(given(&expiring), ["R-1", "R-3", "R-4"]);
    let twice = plan(&session, VoidChoice::Duplicates).await;
    assert_eq!(given(&twice), ["R-1", "R-2"], "R-3 is the newest");
    let head = start(&session, &twice).await;
    finished(&session, &head.batch).await;
    assert_eq!(at_store(&session, "R-3"), LinkStatus::Open);
    assert_eq!(at_store(&session, "R-4"), LinkStatus::Open);
    let again = plan(&session, VoidChoice::Duplicates).await;
    assert_eq!(given(&again), [""; 0]);
}
