use http::StatusCode;
use practice::{DojoRefund, DojoUnconfirmed, Effect, Press};
use serde_json::{Value, json};

use super::{
    COUNTER, INTENTS, NOTHING, SESSIONS, asked, charged, given_back, intent, machine, made, paid,
    send, session, started, status, virtual_tid,
};
use crate::support::{Answered, Bench};

async fn refund(bench: &Bench, id: &str, key: Option<&str>, body: &str) -> Answered {
    let mut request = asked("POST", &format!("{INTENTS}/{id}/refunds"), body);
    if let Some(key) = key {
        let headers = request.headers_mut();
        headers.insert("idempotencyKey", key.parse().unwrap());
    }
    bench.send(request).await
}

/// Starts a refund on a machine.
async fn refund_session(bench: &Bench, tid: &str, details: &Value) -> Answered {
    let body = json!({"terminalId": machine(bench, tid), "details": details});
    send(bench, "POST", SESSIONS, &body.to_string()).await
}

fn matched(intent: &str, minor: Option<i64>) -> Value {
    let mut refund = json!({"paymentIntentId": intent});
    if let Some(minor) = minor {
        refund["amount"] = json!({"value": minor, "currencyCode": "GBP"});
    }
    json!({"sessionType": "MatchedRefund", "matchedRefund": refund})
}

#[tokio::test]
async fn a_refund_is_made_once_for_each_key() {
    let bench = Bench::new();
    let id = paid(&bench).await;
    let body = r#"{"amount":300,"refundReason":"cold","notes":"soup"}"#;
    let first = refund(&bench, &id, Some("key-1"), body).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(first.json()["paymentIntentId"], id.as_str());
    assert_eq!(first.json()["refundReason"], "cold");
    assert_eq!(bench.last_effect(), Effect::GivenBack);
    let again = refund(&bench, &id, Some("key-1"), body).await;
    assert_eq!(again.json(), first.json());
    let other = refund(&bench, &id, Some("key-1"), r#"{"amount":301}"#).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert_eq!(given_back(&bench), [300]);
    let object = intent(&bench, &id).await;
    assert_eq!(object["status"], "Captured");
    assert_eq!(object["refundedAmount"], 300);
    let refund_id = first.json()["refundId"].as_str().unwrap().to_owned();
    let read = |id: String| format!("{INTENTS}/refunds/{id}");
    let told = send(&bench, "GET", &read(refund_id), "").await;
    assert_eq!(told.json(), first.json());
    let unknown = send(&bench, "GET", &read("x".to_owned()), "").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let rest = refund(&bench, &id, Some("key-2"), r#"{"amount":750}"#).await;
    assert_eq!(rest.status, StatusCode::OK);
    assert_eq!(intent(&bench, &id).await["status"], "Refunded");
    assert_eq!(given_back(&bench), [300, 750]);
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused() {
    let bench = Bench::new();
    let unpaid = made(&bench).await;
    let paid = paid(&bench).await;
    let long = "k".repeat(101);
    for (id, key, body) in [
        (&paid, None, r#"{"amount":1}"#),
        (&paid, Some(long.as_str()), r#"{"amount":1}"#),
        (&paid, Some("key"), r#"{"amount":1051}"#),
        (&paid, Some("key"), r#"{"amount":0}"#),
        (&paid, Some("key"), r#"{"amount":-5}"#),
        (&paid, Some("key"), r#"{"amount":{"value":1}}"#),
        (&paid, Some("key"), r#"{"amount":1,"reason":"x"}"#),
        (&unpaid, Some("key"), r#"{"amount":1}"#),
    ] {
        let answer = refund(&bench, id, key, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key:?} {body}");
    }
    assert_eq!(given_back(&bench), NOTHING);
}

#[tokio::test]
async fn a_refund_may_fail_or_be_refused_after_a_decline() {
    let bench = Bench::with(|settings| settings.dojo_refund = DojoRefund::Failed);
    let id = paid(&bench).await;
    let answer = refund(&bench, &id, Some("key"), r#"{"amount":1}"#).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["detail"], "Status: Failed");
    for (is_allowed, expected) in [(false, 400), (true, 200)] {
        let bench = Bench::with(|settings| settings.dojo_refund_after_attempts = is_allowed);
        let id = made(&bench).await;
        started(&bench, &virtual_tid("DIP0"), &id).await;
        bench.advance(10_000);
        started(&bench, &virtual_tid("SCN0"), &id).await;
        bench.advance(10_000);
        let answer = refund(&bench, &id, Some("key"), r#"{"amount":1}"#).await;
        assert_eq!(answer.status.as_u16(), expected, "{is_allowed}");
        // The machine gives back in any case.
        let answer = refund_session(&bench, &virtual_tid("SCN0"), &matched(&id, Some(9))).await;
        bench.advance(10_000);
        assert_eq!(status(&bench, &answer.id()).await, "Captured");
    }
}

#[tokio::test]
async fn a_machine_gives_back_what_an_intent_was_charged() {
    let bench = Bench::new();
    let id = paid(&bench).await;
    let part = refund_session(&bench, &virtual_tid("SIP0"), &matched(&id, Some(50))).await;
    assert_eq!(part.status, StatusCode::OK, "{}", part.text);
    bench.advance(10_000);
    let told = session(&bench, &part.id()).await;
    assert_eq!(told["status"], "Captured");
    assert!(told["customerReceipt"].to_string().contains("REFUND"));
    assert_eq!(intent(&bench, &id).await["refundedAmount"], 50);
    let too_much = refund_session(&bench, COUNTER, &matched(&id, Some(1001))).await;
    assert_eq!(too_much.status, StatusCode::BAD_REQUEST);
    // Without an amount it is all that is left.
    let declined = refund_session(&bench, &virtual_tid("DIP0"), &matched(&id, None)).await;
    bench.advance(10_000);
    assert_eq!(status(&bench, &declined.id()).await, "Declined");
    assert_eq!(given_back(&bench), [50]);
    let rest = refund_session(&bench, &virtual_tid("SIP0"), &matched(&id, None)).await;
    bench.advance(10_000);
    assert_eq!(status(&bench, &rest.id()).await, "Captured");
    assert_eq!(intent(&bench, &id).await["status"], "Refunded");
    assert_eq!(given_back(&bench), [50, 1000]);
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn a_machine_gives_money_back_without_an_intent() {
    for is_keyed in [false, true] {
        let bench = Bench::new();
        let details = json!({
            "sessionType": "UnlinkedRefund",
            "unlinkedRefund": {
                "amount": {"value": 800, "currencyCode": "EUR"}, "cardholderNotPresent": is_keyed,
            },
        });
        let answer = refund_session(&bench, COUNTER, &details).await;
        assert_eq!(answer.json()["details"], details);
        bench.advance(300);
        bench.practice.press(COUNTER, Press::Tap).unwrap();
        bench.advance(1200);
        let told = session(&bench, &answer.id()).await;
        assert_eq!(told["status"], "Captured");
        let entry = if is_keyed {
            "ManualEntry"
        } else {
            "Contactless"
        };
        assert_eq!(told["paymentDetails"]["card"]["entryMode"], entry);
        assert_eq!(given_back(&bench), [800]);
        let refund = bench.practice.refunds().pop().unwrap();
        assert_eq!(refund.external_id, None);
        assert_eq!(refund.terminal, machine(&bench, COUNTER));
        assert_eq!(charged(&bench), NOTHING);
    }
}

#[tokio::test]
async fn a_refund_that_a_machine_does_not_confirm_may_have_been_made() {
    for (choice, count) in [
        (DojoUnconfirmed::NotCharged, 0),
        (DojoUnconfirmed::Charged, 1),
        (DojoUnconfirmed::ChargedLate, 1),
    ] {
        let bench = Bench::with(|settings| settings.dojo_unconfirmed = choice);
        let id = paid(&bench).await;
        let answer = refund_session(&bench, &virtual_tid("TIP0"), &matched(&id, None)).await;
        bench.advance(100_000);
        assert_eq!(status(&bench, &answer.id()).await, "Expired");
        assert_eq!(given_back(&bench).len(), count, "{choice:?}");
    }
}

#[tokio::test]
async fn the_rest_is_given_back_once_however_it_is_asked_for() {
    let bench = Bench::new();
    let id = paid(&bench).await;
    let answer = refund_session(&bench, COUNTER, &matched(&id, None)).await;
    bench.advance(300);
    // While the machine asks for the card the back office is faster.
    let all = refund(&bench, &id, Some("key"), r#"{"amount":1050}"#).await;
    assert_eq!(all.status, StatusCode::OK);
    bench.practice.press(COUNTER, Press::Tap).unwrap();
    bench.advance(1200);
    assert_eq!(status(&bench, &answer.id()).await, "Declined");
    assert_eq!(given_back(&bench), [1050]);
}
