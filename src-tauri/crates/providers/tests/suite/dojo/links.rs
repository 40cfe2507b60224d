//! Payments on the page of an intent.

use payment::{
    Channel, Charge, Created, Failure, IntentId, PayPage, Prompt, Seen, Standing, System,
};
use practice::{DojoVoided, LinkStatus, PagePress};
use serde_json::{Value, json};

use super::script::{MAKE, READ, SEARCH, Script, WITHDRAW, by_link, history, intent, pi};
use crate::server::{answer, json as ok};
use crate::shop::Side;
use crate::store::{Act, Store};

const PAGE: &str = "https://pay.dojo.tech:443/checkout/pi_1";
const ENDS: &str = "2026-09-21T15:13:20Z";
const ENDS_MS: i64 = 1_790_003_600_000;

fn page() -> Value {
    json!({"paymentLink": PAGE, "expireAt": ENDS})
}

const SIDE: Side = Side {
    system: System::Dojo,
    channel: Channel::Link,
};

/// An answer with a time of day.
fn dated(date: &str, body: &str) -> String {
    let (_, body) = body.split_once("\r\n\r\n").expect("a whole answer");
    let head = format!("200 OK\r\ndate: {date}");
    answer(&head, "application/json", body)
}

async fn made(script: &Script, charge: &Charge) -> Seen {
    let created = script.dojo.create(charge).await.expect("a payment");
    assert_eq!(created.intent, Some(pi()));
    created.seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_one_request_and_the_page_of_its_answer() {
    let script = Script::of([(MAKE, intent("Created", &page()))]);
    let seen = made(&script, &by_link()).await;
    let expected = PayPage {
        url: PAGE.to_owned(),
        expires_at_ms: Some(ENDS_MS),
    };
    assert_eq!((seen.standing, seen.prompt), (Standing::Waiting, None));
    assert_eq!(seen.page, Some(expected));
    let sent = script.done();
    let (_, body) = sent[0].split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        body["expireAt"], "2026-09-21T15:13:20.000Z",
        "an hour later"
    );
    assert_eq!(body["description"], "Two coffees");
    assert_eq!(body["captureMode"], "Auto");
}

/// This computer's clock may be wrong by hours; theirs says when the link ends.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_link_is_counted_from_their_clock() {
    let listed = ok(r#"{"data":[]}"#);
    let date = "Mon, 21 Sep 2026 20:00:00 GMT";
    let script = Script::of([
        (SEARCH, dated(date, &listed)),
        (MAKE, intent("Created", &page())),
    ]);
    let order = payment::OrderRef::new("R-1").expect("an order");
    assert_eq!(script.dojo.find_order(&order, 0).await, Ok(vec![]));
    made(&script, &by_link()).await;
    let sent = script.done();
    assert!(
        sent[1].contains("\"expireAt\":\"2026-09-21T21:00:0"),
        "{}",
        sent[1]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_without_a_page_says_so_by_having_none() {
    for beside in [
        json!({}),
        json!({"paymentLink": null}),
        json!({"paymentLink": "javascript:alert(1)"}),
    ] {
        let script = Script::of([(MAKE, intent("Created", &beside))]);
        let seen = made(&script, &by_link()).await;
        assert_eq!(
            (seen.standing, seen.page),
            (Standing::Waiting, None),
            "{beside}"
        );
        script.done();
    }
}

/// What an intent says, read as one that has no machine; a time of day where one is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_stands_where_its_intent_does() {
    let before = "Mon, 21 Sep 2026 15:13:00 GMT";
    let after = "Mon, 21 Sep 2026 15:13:20 GMT";
    let table = [
        ("Created", Some(before), Standing::Waiting),
        ("Created", Some(after), Standing::Waiting),
        ("Created", None, Standing::Waiting),
        ("Captured", None, Standing::Paid),
        ("Refunded", None, Standing::Refunded),
        ("Canceled", Some(before), Standing::Cancelled),
        ("Canceled", Some(after), Standing::Expired),
        ("Canceled", None, Standing::Cancelled),
        ("Reversed", None, Standing::Refunded),
        ("Surprise", None, Standing::Unrecognised),
    ];
    for (status, date, standing) in table {
        let body = intent(status, &page());
        let body = date.map_or(body.clone(), |date| dated(date, &body));
        let script = Script::of([(READ, body)]);
        let seen = script.dojo.read_link(&pi()).await.expect("a reading");
        assert_eq!(seen.standing, standing, "{status} {date:?}");
        let has_page = standing == Standing::Waiting;
        assert_eq!(seen.page.is_some(), has_page, "{status} {date:?}");
        script.done();
    }
}

/// Somebody put it on a machine: there it is, and the page is no place to send a customer to.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_put_on_a_machine_stands_where_that_has_it() {
    let mut beside = page();
    beside["terminalSessionHistory"] = history("Declined")["terminalSessionHistory"].clone();
    let script = Script::of([(READ, intent("Created", &beside))]);
    let seen = script.dojo.read_link(&pi()).await.expect("a reading");
    let declined = (Standing::NeedsCashier, Some(Prompt::CardDeclined), None);
    assert_eq!((seen.standing, seen.prompt, seen.page), declined);
    script.done();
}

/// The network delivered the request twice: the older of two that can be paid is withdrawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_link_of_one_request_is_withdrawn() {
    let one = |id: &str, at: &str| {
        json!({
            "id": id, "status": "Created", "reference": "R-1", "createdAt": at,
            "amount": {"value": 35_050, "currencyCode": "GBP"}, "paymentLink": PAGE,
        })
    };
    let (old, new) = (
        one("pi_1", "2026-09-21T14:00:00Z"),
        one("pi_2", "2026-09-21T14:00:01Z"),
    );
    let script = Script::of([
        (SEARCH, ok(&json!({"data": [old, new]}).to_string())),
        (READ, intent("Created", &page())),
        (WITHDRAW, intent("Canceled", &page())),
    ]);
    let found = script.dojo.find(&by_link()).await.expect("a list");
    let Created { intent, seen } = found.expect("one");
    assert_eq!(intent, Some(IntentId::new("pi_2").expect("an id")));
    assert_eq!(seen.standing, Standing::Waiting);
    assert!(seen.page.is_some(), "it can be shown after all");
    script.done();
}

/// On the practice store: a refused card leaves the page as it was, and the shop sees what was paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_card_can_be_followed_by_another_on_the_same_page() {
    let store = Store::open(SIDE).await;
    let charge = store.charge("R-1");
    let created = store.line.create(&charge).await.expect("a payment");
    let intent = created.intent.expect("a name");
    store.act("R-1", Act::Decline);
    let seen = store.read(&intent).await;
    assert_eq!((seen.standing, seen.prompt), (Standing::Waiting, None));
    assert_eq!(seen.page, created.seen.page);
    store.act("R-1", Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    assert_eq!(store.charged(), [charge.amount]);
    store.practice.check().expect("books that agree");
}

/// Where a payment whose time is over is gone, or stays as it was: it is never taken for paid, and what
/// stays can be withdrawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_time_is_over_is_never_taken_for_paid() {
    for voided in [DojoVoided::Canceled, DojoVoided::Gone, DojoVoided::Created] {
        let store = Store::with(SIDE, |settings| settings.dojo_voided = voided).await;
        let intent = store.sale("R-1").await;
        store.pass(2 * 60 * 60 * 1_000);
        let read = store.reading(&intent).await.map(|seen| seen.standing);
        match voided {
            DojoVoided::Canceled => assert_eq!(read, Ok(Standing::Expired)),
            DojoVoided::Gone => assert!(matches!(read, Err(Failure::NotFound { .. })), "{read:?}"),
            DojoVoided::Created => {
                assert_eq!(read, Ok(Standing::Waiting));
                assert_eq!(store.line.cancel(&intent).await, Ok(()));
            }
        }
        let page = &store.practice.pages()[0];
        assert_ne!(page.status, LinkStatus::Open, "{voided:?}");
        assert!(store.press_page("R-1", PagePress::Pay).is_err());
        assert!(store.charged().is_empty());
    }
}
