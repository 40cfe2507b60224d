//! What was made elsewhere, against the practice stores over real HTTP: found like what was made here,
//! withdrawn by the void desk, closed by the till itself where the shop says so, and never a fact.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cli::session::{Session, SessionOptions};
use journal::Fact;
use money::{Currency, Money};
use payment::{
    Actor, Charge, IdempotencyKey, IntentId, LinkTerms, Provider, ShopEvent, State, TerminalCode,
    VoidEvent, Way,
};
use practice::{Fault, Faults, Operation, Ordered};
use providers::NetworkOptions;
use till::api::{
    ChooseVoidRulesRequest, Code, DayReportRequest, ElsewhereView, ListPaymentsRequest,
    ListVoidsRequest, LookElsewhereRequest, OverviewRequest, PaymentRequest, PaymentRowView,
    PaymentsFilter, ProveVoidRequest, Verdict, VoidChoice, VoidOutcome, VoidProofForm, VoidStep,
};

use crate::harness::Shop;
use crate::void::{
    LINKS, THAI, all_waiting, count, finished, kill, link, list, open, pay, plan, planned, start,
    undo_within, until,
};

const DOJO: &str = "practice-dojo";

fn line(session: &Session, account: &str) -> Arc<dyn Provider> {
    let accounts = &session.practice_accounts;
    let account = accounts.iter().find(|one| one.id.as_str() == account);
    providers::connect(account.unwrap(), None, NetworkOptions::default()).unwrap()
}

/// Another system makes a payment by a link: this till hears nothing of it.
async fn made_elsewhere(session: &Session, account: &str, order: &str, minor: i64) -> IntentId {
    let way = Way::Link {
        terms: LinkTerms {
            description: "Web shop".to_owned(),
            minutes: 600,
            method: None,
            payer: None,
            billing: None,
            language: None,
        },
    };
    make(session, account, order, minor, way).await
}

async fn make(session: &Session, account: &str, order: &str, minor: i64, way: Way) -> IntentId {
    let currency = if account == DOJO {
        Currency::Gbp
    } else {
        Currency::Mxn
    };
    let charge = Charge {
        amount: Money::new(minor, currency).unwrap(),
        way,
        key: IdempotencyKey::new(order).unwrap(),
        asked_at_ms: i64::try_from(practice::system_clock()()).unwrap(),
    };
    let line = line(session, account);
    line.create(&charge).await.unwrap();
    let found = line.find(&charge).await.unwrap();
    found.unwrap().intent.unwrap()
}

async fn look(session: &Session) -> ElsewhereView {
    let request = LookElsewhereRequest { is_pressed: true };
    session.till.look_elsewhere(request).await.unwrap()
}

async fn rows(session: &Session, filter: PaymentsFilter, search: &str) -> Vec<PaymentRowView> {
    let request = ListPaymentsRequest {
        filter,
        search: search.to_owned(),
        before: None,
    };
    session.till.list_payments(request).await.unwrap().rows
}

async fn orders(session: &Session, filter: PaymentsFilter, search: &str) -> Vec<String> {
    let rows = rows(session, filter, search).await;
    rows.into_iter().map(|row| row.order).collect()
}

fn problem(view: &ElsewhereView, account: &str) -> Option<Code> {
    let one = view.accounts.iter().find(|one| one.account == account);
    one.unwrap().problem
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_is_found_and_voided_like_what_was_made_here() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    undo_within(&session, 0).await;
    made_elsewhere(&session, LINKS, "W-1", 12_345).await;
    made_elsewhere(&session, DOJO, "W-2", 4_200).await;
    made_elsewhere(&session, LINKS, "W-3", 500).await;
    pay(&session, "W-3");
    // This till's own are its own, also where they are over and whatever their provider calls them.
    let ids = vec![
        link(&session, "R-1", LINKS, "1000").await,
        link(&session, "Mesa 4/ñ", THAI, "1000").await,
    ];
    all_waiting(&session, &ids).await;
    let request = PaymentRequest {
        payment: ids[0].clone(),
    };
    session.till.cancel_payment(request).await.unwrap();
    until("R-1 is cancelled", || {
        crate::void::payment(&session, &ids[0]).state == State::Cancelled
    })
    .await;
    let until_paid = async || {
        while rows(&session, PaymentsFilter::Elsewhere, "W-3")
            .await
            .iter()
            .all(|row| row.state != State::Paid)
        {
            look(&session).await;
        }
    };

    let facts = session.journal.last_seq().unwrap();
    let view = look(&session).await;
    tokio::time::timeout(Duration::from_secs(60), until_paid())
        .await
        .unwrap();
    // This till's own may still be read; of what was made elsewhere there is no fact.
    let last = session.journal.last_seq().unwrap();
    for entry in session.journal.entries_between(facts, last).unwrap() {
        let is_own =
            matches!(&entry.fact, Fact::Payment { id, .. } if ids.contains(&id.to_string()));
        assert!(is_own, "{entry:?}");
    }
    // Each account says how it is, also the one that has no list.
    assert_eq!(problem(&view, "practice"), Some(Code::NoListHere));
    for account in [LINKS, THAI, DOJO] {
        assert_eq!(problem(&view, account), None, "{account}");
    }
    let overview = session.till.overview(OverviewRequest {}).await.unwrap();
    let links = overview.elsewhere.links;
    assert_eq!(
        links.iter().map(|one| one.count).sum::<u32>(),
        2,
        "{links:?}"
    );

    let elsewhere = orders(&session, PaymentsFilter::Elsewhere, "").await;
    assert_eq!(elsewhere, ["W-3", "W-2", "W-1"], "newest first");
    let all = rows(&session, PaymentsFilter::All, "").await;
    let told: Vec<(&str, bool)> = all
        .iter()
        .map(|row| (row.order.as_str(), row.elsewhere.is_some()))
        .collect();
    let expected = [
        ("Mesa 4/ñ", false),
        ("R-1", false),
        ("W-3", true),
        ("W-2", true),
        ("W-1", true),
    ];
    assert_eq!(told, expected);
    let open_ones = orders(&session, PaymentsFilter::Open, "").await;
    assert_eq!(open_ones, ["Mesa 4/ñ", "W-2", "W-1"]);
    assert_eq!(
        orders(&session, PaymentsFilter::All, "123.45").await,
        ["W-1"]
    );
    assert_eq!(orders(&session, PaymentsFilter::All, "w-").await.len(), 3);
    assert_eq!(
        orders(&session, PaymentsFilter::Today, "W-2").await,
        ["W-2"]
    );
    let nobody = orders(&session, PaymentsFilter::NotKnown, "").await;
    assert!(nobody.is_empty(), "{nobody:?}");
    let report = session
        .till
        .day_report(DayReportRequest { check: false })
        .await
        .unwrap();
    assert!(
        !format!("{report:?}").contains("W-"),
        "the day knows nothing of it"
    );

    // Selected with one of this till's: a line each, by the way of every void.
    let chosen = all.iter().filter(|row| row.order != "R-1");
    let payments: Vec<String> = chosen.map(|row| row.id.clone()).collect();
    let dry = plan(&session, VoidChoice::Payments { payments }).await;
    assert_eq!(planned(&dry, Verdict::WillCancel), 3, "{dry:#?}");
    assert_eq!(planned(&dry, Verdict::NeedsRefund), 1);
    assert_eq!(dry.lines.iter().filter(|one| one.is_leftover).count(), 3);
    let head = start(&session, &dry).await;
    let view = finished(&session, &head.batch).await;
    assert_eq!(count(&view.head, VoidOutcome::Cancelled), 3, "{view:#?}");
    // What its readings said is known without another list.
    let after = rows(&session, PaymentsFilter::Elsewhere, "").await;
    let states: Vec<State> = after.iter().map(|row| row.state).collect();
    assert_eq!(states, [State::Paid, State::Cancelled, State::Cancelled]);
    let overview = session.till.overview(OverviewRequest {}).await.unwrap();
    assert!(overview.elsewhere.links.is_empty());
    session.journal.verify().unwrap();
}

/// One reference at two providers, and neither is this till's: two lines, none chosen silently.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_two_providers_have_is_two_rows_and_two_lines() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    made_elsewhere(&session, LINKS, "W-1", 1_000).await;
    made_elsewhere(&session, DOJO, "W-1", 2_000).await;
    look(&session).await;
    assert_eq!(orders(&session, PaymentsFilter::All, "W-1").await.len(), 2);
    let twins = rows(&session, PaymentsFilter::Duplicates, "").await;
    assert_eq!(twins.len(), 2, "{twins:#?}");
    let both = twins.iter().map(|row| row.id.clone()).collect();
    let selected = plan(&session, VoidChoice::Payments { payments: both }).await;
    let pasted = plan(&session, list("W-1\n")).await;
    for dry in [selected, pasted] {
        assert_eq!(dry.lines.len(), 2, "{dry:#?}");
        assert_eq!(dry.tried, 2);
        let mut accounts: Vec<&str> = dry.lines.iter().map(|one| &*one.account_name).collect();
        accounts.dedup();
        assert_eq!(accounts.len(), 2, "{dry:#?}");
    }
}

/// It is said, the rows of before stay, and what the provider wants is kept to.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_fails_says_so_and_is_not_hammered() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    made_elsewhere(&session, LINKS, "W-1", 1_000).await;
    look(&session).await;
    let refusal = Fault::TooManyRequests { retry_after_s: 2 };
    session.practice.set_faults(Faults {
        queue: vec![
            Ordered {
                on: Some(Operation::List),
                fault: refusal,
            };
            4
        ]
        .into(),
        ..Faults::default()
    });
    let listed = || {
        let requests = session.practice.requests();
        let lists = requests
            .iter()
            .filter(|one| one.method == "GET" && one.path.ends_with("/one-time-payment"));
        lists.count()
    };
    let view = look(&session).await;
    assert_eq!(problem(&view, LINKS), Some(Code::ProviderBusy), "{view:#?}");
    assert_eq!(
        orders(&session, PaymentsFilter::Elsewhere, "").await,
        ["W-1"]
    );
    let before = listed();
    let again = look(&session).await;
    assert_eq!(problem(&again, LINKS), Some(Code::ProviderBusy));
    assert_eq!(listed(), before, "not before its time, whoever presses");
    session.practice.set_faults(Faults::default());
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    let view = look(&session).await;
    assert_eq!(problem(&view, LINKS), None, "{view:#?}");
    assert!(listed() > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(folder.path()).await;
    made_elsewhere(&session, LINKS, "W-1", 1_000).await;
    look(&session).await;
    kill(session).await;
    let session = open(folder.path()).await;
    assert_eq!(
        orders(&session, PaymentsFilter::Elsewhere, "").await,
        ["W-1"],
        "kept"
    );
    kill(session).await;
    for name in ["history.index", "history.index-wal", "history.index-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let session = open(folder.path()).await;
    assert!(
        orders(&session, PaymentsFilter::Elsewhere, "")
            .await
            .is_empty()
    );
    look(&session).await;
    assert_eq!(
        orders(&session, PaymentsFilter::Elsewhere, "").await,
        ["W-1"]
    );
}

/// The same store an hour later: what it made is as old as that.
fn an_hour_later(session: &Session, folder: &Path) {
    fn older(value: &mut serde_json::Value) {
        if let Some(fields) = value.as_object_mut() {
            for (name, field) in fields {
                match field.as_u64() {
                    Some(at_ms) if name == "created_at_ms" => *field = (at_ms - 3_600_000).into(),
                    Some(_) | None => older(field),
                }
            }
        } else if let Some(items) = value.as_array_mut() {
            items.iter_mut().for_each(older);
        }
    }
    let file = folder.join("practice.json");
    session.practice.save(&file).unwrap();
    let text = std::fs::read(&file).unwrap();
    let mut store: serde_json::Value = serde_json::from_slice(&text).unwrap();
    older(&mut store);
    std::fs::write(&file, store.to_string()).unwrap();
}

async fn open_as_window(folder: &Path) -> Session {
    let options = SessionOptions {
        seed: Some(7),
        ..SessionOptions::at(folder.to_owned())
    };
    Session::open(options.with_hands()).await.unwrap()
}

fn machine(session: &Session, ending: &str) -> Way {
    let machines = session.practice.dojo_terminals();
    let machine = machines.iter().find(|one| one.tid.contains(ending));
    Way::on_terminal(TerminalCode::new(&machine.unwrap().id).unwrap())
}

fn closed(session: &Session) -> Vec<(Actor, bool)> {
    let story = session.journal.shop_story().unwrap();
    let closed = story.iter().filter_map(|entry| {
        if let Fact::Shop(ShopEvent::LeftoverClosed { by, batch, .. }) = &entry.fact {
            Some((by.clone(), batch.is_some()))
        } else {
            None
        }
    });
    closed.collect()
}

async fn close_after(session: &Session, minutes: Option<u32>) -> Result<(), Code> {
    let request = ChooseVoidRulesRequest {
        undo_s: 5,
        reasons: Vec::new(),
        close_links_after_min: minutes,
    };
    let chosen = session.till.choose_void_rules(request).await;
    chosen.map(drop).map_err(|error| error.code)
}

/// Off until somebody sets it; then what was left at a machine long ago is closed, in the till's own name.
/// What is on a machine, what this till sees through and what a link system sent to a customer is not.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_open_is_closed_where_the_shop_says_so() {
    let first = tempfile::tempdir().unwrap();
    let session = open(first.path()).await;
    let walked_away = machine(&session, "OFF0");
    let left = make(&session, DOJO, "L-1", 4_200, walked_away).await;
    let busy = machine(&session, "SIP0");
    make(&session, DOJO, "L-2", 900, busy).await;
    made_elsewhere(&session, LINKS, "W-1", 1_000).await;
    let folder = tempfile::tempdir().unwrap();
    an_hour_later(&session, folder.path());
    kill(session).await;

    let session = open_as_window(folder.path()).await;
    made_elsewhere(&session, DOJO, "young", 700).await;
    look(&session).await;
    assert_eq!(closed(&session), [], "off as a till comes");
    assert_eq!(close_after(&session, Some(4)).await, Err(Code::BadRequest));
    assert_eq!(
        close_after(&session, Some(20_000)).await,
        Err(Code::BadRequest)
    );
    close_after(&session, Some(30)).await.unwrap();
    look(&session).await;
    until("the till has closed it", || closed(&session).len() == 1).await;
    assert_eq!(closed(&session), [(Actor::Till, true)]);
    let voids = session.till.list_voids(ListVoidsRequest {}).await.unwrap();
    assert_eq!(voids.rows.len(), 1, "{voids:#?}");
    let head = &voids.rows[0];
    assert!(head.by_till && head.note == "30 min", "{head:#?}");
    let view = finished(&session, &head.batch).await;
    assert_eq!(count(&view.head, VoidOutcome::Cancelled), 1, "{view:#?}");
    assert_eq!(view.head.step, VoidStep::Finished);
    assert_eq!(view.lines[0].intent, left.as_str());
    // Read again by its list: nothing more is due.
    look(&session).await;
    assert_eq!(closed(&session).len(), 1);
    let mut open_still = orders(&session, PaymentsFilter::Open, "").await;
    open_still.retain(|order| order != "L-2");
    assert_eq!(open_still, ["young", "W-1"]);
    prove_names_the_rule(&session, &head.batch).await;
    // Durable in this order: the batch, the till's wish, the reading after it.
    let story = session.journal.shop_story().unwrap();
    let step = |fact: &Fact| {
        if matches!(fact, Fact::Shop(ShopEvent::LeftoverClosed { .. })) {
            return Some("closed");
        }
        let Fact::Shop(ShopEvent::Void { event, .. }) = fact else {
            return None;
        };
        let by_till = matches!(
            event,
            VoidEvent::Asked {
                by: Actor::Till,
                ..
            }
        );
        let after = matches!(event, VoidEvent::LeftoverRead { asked: true, .. });
        let is_over = *event == VoidEvent::Finished;
        Some(match (by_till, after, is_over) {
            (true, ..) => "asked",
            (_, true, _) => "read",
            (.., true) => "finished",
            (false, false, false) => "other",
        })
    };
    let steps: Vec<&str> = story.iter().filter_map(|entry| step(&entry.fact)).collect();
    assert_eq!(steps, ["asked", "closed", "read", "finished"]);
}

/// A proof without a name or a reason would be none.
async fn prove_names_the_rule(session: &Session, batch: &str) {
    let said = [
        ("proof.by_till", "The till"),
        ("proof.left_open", "Left open ({note})"),
    ];
    let request = ProveVoidRequest {
        batch: batch.to_owned(),
        form: VoidProofForm::Csv,
        words: said.map(|(name, text)| (name.into(), text.into())).into(),
        is_saved: true,
    };
    let file = session.till.prove_void(request).await.unwrap();
    let csv = std::fs::read_to_string(file.path).unwrap();
    assert!(csv.contains(",The till,Left open (30 min),,"), "{csv}");
}

/// As it is typed: another till's folder has the journal, this one's shop has the same store.
#[test]
fn orders_made_elsewhere_are_listed_at_the_command_line() {
    let (others, shop) = (Shop::new(), Shop::new());
    for (till, order) in [(&others, "W-1"), (&shop, "R-1")] {
        let account = ["link", "350.50", "--account", LINKS, "--order", order];
        let ran = till.run(&[&account[..], &["--description", "Seat 1", "--wait", "2"]].concat());
        assert_eq!(ran.code, Some(11), "{ran:#?}");
    }
    let mine = others.json(&["orders", "--elsewhere"]).ends(0);
    let own = mine
        .events()
        .iter()
        .filter(|event| *event == "order")
        .count();
    assert_eq!(own, 0, "its own is not made elsewhere");
    std::fs::copy(
        others.data().join("practice.json"),
        shop.data().join("practice.json"),
    )
    .unwrap();
    let entries = shop.entries();
    let listed = shop
        .json(&["orders", "--elsewhere", "--search", "w-1"])
        .ends(0);
    let lines = listed.lines();
    let unread = lines
        .iter()
        .find(|line| line["event"] == "elsewhere_unread");
    assert_eq!(unread.unwrap()["problem"], "no_list_here");
    let row = lines.iter().find(|line| line["event"] == "order").unwrap();
    assert_eq!(row["payment"]["order"], "W-1");
    assert_eq!(row["payment"]["elsewhere"]["is_open"], true);
    let told = shop.run(&["orders", "--elsewhere"]).ends(0).out;
    assert!(told.contains("W-1") && told.contains("350.50"), "{told}");
    assert!(told.contains("Made elsewhere"), "{told}");
    assert_eq!(shop.entries(), entries, "nothing is written down");
}
