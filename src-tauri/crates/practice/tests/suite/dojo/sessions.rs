use http::StatusCode;
use practice::{
    DOJO_TID_ENDS, DojoSecondSession, DojoUnavailable, DojoUnconfirmed, DojoUnsuccessful, Press,
    Settings,
};
use serde_json::json;

use super::{
    COUNTER, NOTHING, SESSIONS, asked, asking, charged, intent, machine, made, sale_body, send,
    session, started, status, virtual_tid, words,
};
use crate::support::Bench;

/// What a virtual terminal leads to: its end, the statuses of the session, those of the intent, and
/// what was charged.
type Ending = (
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static [i64],
);

const SIGNED: &[&str] = &[
    "InitiateRequested",
    "Initiated",
    "SignatureVerificationRequired",
    "SignatureVerificationAccepted",
    "Captured",
];
const PAID: &[&str] = &["InitiateRequested", "Initiated", "Captured"];
const DECLINED: &[&str] = &["InitiateRequested", "Initiated", "Declined"];
const CANCELED: &[&str] = &["InitiateRequested", "Initiated", "Canceled"];
const EXPIRED: &[&str] = &["InitiateRequested", "Initiated", "Expired"];

async fn play(bench: &Bench, (end, statuses, paid, charges): Ending) {
    let id = made(bench).await;
    let session_id = started(bench, &virtual_tid(end), &id).await;
    bench.advance(200_000);
    let told = session(bench, &session_id).await;
    assert_eq!(words(&told, "statusEvents", "status"), statuses, "{end}");
    assert_eq!(told["status"], *statuses.last().unwrap(), "{end}");
    let object = intent(bench, &id).await;
    assert_eq!(object["status"], paid, "{end}");
    let history = &object["terminalSessionHistory"];
    assert_eq!(history.as_array().unwrap().len(), 1, "{end}");
    assert_eq!(
        history[0]["terminalSession"]["status"], told["status"],
        "{end}"
    );
    assert_eq!(charged(bench), charges, "{end}");
}

#[tokio::test]
async fn every_end_of_a_tid_has_its_story() {
    let table: &[Ending] = &[
        ("SIP0", PAID, "Captured", &[1050]),
        ("SCN0", PAID, "Captured", &[1050]),
        ("DIP0", DECLINED, "Created", &[]),
        ("SIS0", SIGNED, "Captured", &[1050]),
        ("DIS0", SIGNED, "Captured", &[1050]),
        ("CIP0", CANCELED, "Created", &[]),
        ("UIP0", CANCELED, "Created", &[]),
        ("TIP0", EXPIRED, "Created", &[]),
        ("SIP1", PAID, "Captured", &[1155]),
        ("SLO0", PAID, "Captured", &[1050]),
        ("WLK0", EXPIRED, "Created", &[]),
        ("RAC0", EXPIRED, "Created", &[]),
    ];
    for ending in table {
        play(&Bench::new(), *ending).await;
    }
    // Nobody gets a session onto the machine that is not connected.
    assert_eq!(table.len() + 1, DOJO_TID_ENDS.len());
}

#[tokio::test]
async fn an_ending_that_nobody_documents_is_a_choice() {
    let lost: [(DojoUnconfirmed, &str, &[i64]); 3] = [
        (DojoUnconfirmed::NotCharged, "Created", &[]),
        (DojoUnconfirmed::Charged, "Captured", &[1050]),
        (DojoUnconfirmed::ChargedLate, "Captured", &[1050]),
    ];
    for (choice, paid, charges) in lost {
        let bench = Bench::with(|settings| settings.dojo_unconfirmed = choice);
        play(&bench, ("TIP0", EXPIRED, paid, charges)).await;
    }
    for (choice, statuses) in [
        (DojoUnsuccessful::Canceled, CANCELED),
        (DojoUnsuccessful::Declined, DECLINED),
        (DojoUnsuccessful::Expired, EXPIRED),
    ] {
        let bench = Bench::with(|settings| settings.dojo_unsuccessful = choice);
        play(&bench, ("UIP0", statuses, "Created", &[])).await;
    }
    let bench = Bench::with(|settings| settings.dojo_authorized_shown = true);
    let statuses = &["InitiateRequested", "Initiated", "Authorized", "Captured"];
    play(&bench, ("SIP0", statuses, "Captured", &[1050])).await;
}

#[tokio::test]
async fn a_late_charge_comes_after_the_session_is_over() {
    let bench = Bench::with(|settings| settings.dojo_unconfirmed = DojoUnconfirmed::ChargedLate);
    let id = made(&bench).await;
    let session_id = started(&bench, &virtual_tid("TIP0"), &id).await;
    bench.advance(300 + 90_000);
    assert_eq!(status(&bench, &session_id).await, "Expired");
    assert_eq!(intent(&bench, &id).await["status"], "Created");
    bench.advance(4999);
    assert_eq!(charged(&bench), NOTHING);
    bench.advance(1);
    assert_eq!(charged(&bench), [1050]);
    assert_eq!(intent(&bench, &id).await["status"], "Captured");
    assert_eq!(status(&bench, &session_id).await, "Expired");
}

#[tokio::test]
async fn a_session_tells_its_steps_and_when_it_expires() {
    let bench = Bench::new();
    let id = made(&bench).await;
    let body = sale_body(&bench, &virtual_tid("SIP0"), &id);
    let first = send(&bench, "POST", SESSIONS, &body).await;
    let told = first.json();
    assert!(first.id().starts_with("ts_sandbox_"));
    assert_eq!(told["status"], "InitiateRequested");
    assert_eq!(told["expireAt"], "2026-01-01T00:00:10Z");
    assert_eq!(told["notificationEvents"], json!([]));
    assert_eq!(told["details"]["sale"]["paymentIntentId"], id.as_str());
    bench.advance(300);
    let told = session(&bench, &first.id()).await;
    assert_eq!(told["status"], "Initiated");
    assert_eq!(told["expireAt"], "2026-01-01T00:01:30.3Z");
    bench.advance(6000);
    let told = session(&bench, &first.id()).await;
    assert_eq!(
        words(&told, "notificationEvents", "notificationType"),
        [
            "PresentCard",
            "PleaseWait",
            "EnterPin",
            "RemoveCard",
            "Approved"
        ]
    );
    assert_eq!(told["paymentDetails"]["card"]["entryMode"], "ContactChip");
    assert_eq!(told["paymentDetails"]["card"]["verificationMethod"], "Pin");
    let object = intent(&bench, &id).await;
    assert_eq!(object["captures"][0]["amount"], 1050);
    assert_eq!(
        object["paymentDetails"]["authCode"],
        told["paymentDetails"]["authCode"]
    );
}

#[tokio::test]
async fn a_declined_intent_is_tried_again_and_paid_once() {
    let bench = Bench::new();
    let id = made(&bench).await;
    started(&bench, &virtual_tid("DIP0"), &id).await;
    bench.advance(10_000);
    let second = started(&bench, &virtual_tid("SCN0"), &id).await;
    bench.advance(10_000);
    assert_eq!(status(&bench, &second).await, "Captured");
    let object = intent(&bench, &id).await;
    assert_eq!(
        object["terminalSessionHistory"].as_array().unwrap().len(),
        2
    );
    assert_eq!(charged(&bench), [1050]);
    // What is paid is not collected again.
    let body = sale_body(&bench, &virtual_tid("SCN0"), &id);
    let third = send(&bench, "POST", SESSIONS, &body).await;
    assert_eq!(third.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn terminals_are_listed_with_their_state() {
    let bench = Bench::new();
    let listed = async |query: &str| {
        let answer = send(&bench, "GET", &format!("/dojo/terminals{query}"), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let all = answer.json().as_array().unwrap().clone();
        let tids = all.iter().map(|one| one["properties"]["tid"].clone());
        tids.collect::<Vec<_>>()
    };
    assert_eq!(listed("").await.len(), 2 + DOJO_TID_ENDS.len());
    assert_eq!(listed("?statuses=Offline").await, [json!("PRACTICEOFF0")]);
    assert!(listed("?statuses=InUse").await.is_empty());
    asking(&bench).await;
    assert_eq!(listed("?statuses=InUse").await, [json!(COUNTER)]);
    for both in [
        "?statuses=InUse&statuses=Offline",
        "?statuses=InUse,Offline",
    ] {
        assert_eq!(listed(both).await.len(), 2, "{both}");
    }
    let wrong = send(&bench, "GET", "/dojo/terminals?statuses=Busy", "").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let id = machine(&bench, COUNTER);
    let one = send(&bench, "GET", &format!("/dojo/terminals/{id}"), "").await;
    assert_eq!(one.json()["status"], "InUse");
    assert_eq!(one.json()["id"], id.as_str());
    let none = send(&bench, "GET", "/dojo/terminals/tm_sandbox_0", "").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(none.json()["code"], "INVALID_REQUEST");
    // The machines of Compago are others.
    assert!(bench.practice.terminals().iter().all(|one| one.code != id));
}

#[tokio::test]
async fn terminals_and_sessions_ask_for_the_headers_of_the_vendor() {
    for (is_required, sent, passes) in [
        (false, &[][..], false),
        (false, &["software-house-id"], true),
        (false, &["reseller-id"], false),
        (true, &["software-house-id"], false),
        (true, &["software-house-id", "reseller-id"], true),
    ] {
        let bench = Bench::with(|settings| settings.dojo_reseller_required = is_required);
        for path in ["/dojo/terminals", "/dojo/terminal-sessions/x"] {
            let mut request = asked("GET", path, "");
            request.headers_mut().remove("software-house-id");
            for name in sent {
                request.headers_mut().insert(*name, "x".parse().unwrap());
            }
            let answer = bench.send(request).await;
            let is_refused = answer.status == StatusCode::BAD_REQUEST;
            assert_eq!(!is_refused, passes, "{path} {is_required} {sent:?}");
        }
    }
}

#[tokio::test]
async fn a_session_that_is_not_valid_makes_nothing() {
    let bench = Bench::new();
    let id = made(&bench).await;
    let terminal = machine(&bench, COUNTER);
    let sale = json!({"paymentIntentId": id});
    let unlinked = json!({"amount": {"value": 5, "currencyCode": "GBP"}});
    let unknown = json!({"paymentIntentId": "pi_sandbox_x"});
    let zero = json!({"amount": {"value": 0, "currencyCode": "GBP"}});
    for (details, expected) in [
        (json!({"sessionType": "Sale"}), 400),
        (json!({"sessionType": "Refund", "sale": sale}), 400),
        (json!({"sessionType": "UnlinkedRefund", "sale": sale}), 400),
        (
            json!({"sessionType": "Sale", "sale": sale, "unlinkedRefund": unlinked}),
            400,
        ),
        (json!({"sessionType": "Sale", "sale": unknown}), 404),
        (
            json!({"sessionType": "UnlinkedRefund", "unlinkedRefund": zero}),
            400,
        ),
        // Nothing is paid that could be given back.
        (
            json!({"sessionType": "MatchedRefund", "matchedRefund": sale}),
            400,
        ),
    ] {
        let body = json!({"terminalId": terminal, "details": details}).to_string();
        let answer = send(&bench, "POST", SESSIONS, &body).await;
        assert_eq!(answer.status.as_u16(), expected, "{body}");
        assert!(answer.json()["traceId"].is_string());
    }
    let details = json!({"sessionType": "Sale", "sale": sale});
    let body = json!({"terminalId": "tm_sandbox_0", "details": details}).to_string();
    let answer = send(&bench, "POST", SESSIONS, &body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(bench.practice.dojo_sessions().is_empty());
}

#[tokio::test]
async fn a_machine_that_is_busy_or_switched_off_answers_as_chosen() {
    type Choose = fn(&mut Settings, DojoUnavailable);
    let busy: Choose = |settings, choice| settings.dojo_busy = choice;
    let offline: Choose = |settings, choice| settings.dojo_offline = choice;
    for (choose, is_busy) in [(busy, true), (offline, false)] {
        for (choice, expected) in [
            (DojoUnavailable::Conflict, 409),
            (DojoUnavailable::NotFound, 404),
            (DojoUnavailable::BadRequest, 400),
            (DojoUnavailable::Accepted, 200),
        ] {
            let bench = Bench::with(|settings| choose(settings, choice));
            if is_busy {
                asking(&bench).await;
            } else {
                bench.practice.press(COUNTER, Press::Unplug).unwrap();
            }
            let id = made(&bench).await;
            let body = sale_body(&bench, COUNTER, &id);
            let answer = send(&bench, "POST", SESSIONS, &body).await;
            assert_eq!(answer.status.as_u16(), expected, "{choice:?} {is_busy}");
            if expected != 200 {
                assert_eq!(answer.json()["code"], "TERMINAL_UNAVAILABLE");
                continue;
            }
            bench.advance(10_000);
            let told = session(&bench, &answer.id()).await;
            let statuses = words(&told, "statusEvents", "status");
            assert_eq!(statuses, ["InitiateRequested", "Expired"], "{is_busy}");
        }
    }
}

#[tokio::test]
async fn two_sessions_for_one_intent_take_one_card() {
    let bench = Bench::new();
    let (id, _) = asking(&bench).await;
    let body = sale_body(&bench, "21890002", &id);
    let answer = send(&bench, "POST", SESSIONS, &body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let bench = Bench::with(|settings| settings.dojo_second_session = DojoSecondSession::Accepted);
    let (id, first) = asking(&bench).await;
    let second = started(&bench, "21890002", &id).await;
    bench.advance(300);
    for tid in [COUNTER, "21890002"] {
        bench.practice.press(tid, Press::Tap).unwrap();
    }
    bench.advance(1200);
    let mut ends = [status(&bench, &first).await, status(&bench, &second).await];
    ends.sort();
    assert_eq!(ends, ["Captured", "Declined"]);
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn a_new_session_is_not_there_for_a_replica_that_lags_behind() {
    let bench = Bench::with(|settings| settings.visibility_lag_ms = 500);
    let id = made(&bench).await;
    bench.advance(500);
    let session_id = started(&bench, COUNTER, &id).await;
    let path = format!("{SESSIONS}/{session_id}");
    let early = send(&bench, "GET", &path, "").await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    bench.advance(500);
    assert_eq!(status(&bench, &session_id).await, "Initiated");
}
