use http::StatusCode;
use practice::{DojoChange, DojoReceipts, DojoUnconfirmed, Press};
use serde_json::{Value, json};

use super::{
    BODY, COUNTER, INTENTS, asking, charged, intent, made, paid, send, session, started, status,
    virtual_tid,
};
use crate::support::{Answered, Bench};

fn money(minor: i64) -> Value {
    json!({"value": minor, "currencyCode": "GBP"})
}

fn body_with(more: &Value) -> String {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

async fn made_with(bench: &Bench, more: Value) -> Answered {
    let answer = send(bench, "POST", INTENTS, &body_with(&more)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer
}

#[tokio::test]
async fn what_comes_on_top_is_charged_and_read_back_apart() {
    let bench = Bench::new();
    let lines = json!([{
        "id": "1", "name": "Burger", "quantity": 1, "amountTotal": money(1100),
        "modifiers": [{
            "id": "m", "name": "Happy hour", "quantity": 1, "amountPerModifier": money(-50),
        }],
    }]);
    let more = json!({
        "tipsAmount": money(100), "serviceChargeAmount": money(20), "cashbackAmount": money(500),
        "itemLines": lines, "taxLines": [{"caption": "VAT", "amountTotal": money(175)}],
    });
    let answer = made_with(&bench, more).await;
    let object = answer.json();
    assert_eq!(object["amount"], money(1050));
    assert_eq!(object["totalAmount"], money(1670));
    assert_eq!(object["tipsAmount"], money(100));
    assert_eq!(object["serviceChargeAmount"], money(20));
    assert_eq!(object["cashbackAmount"], money(500));
    assert_eq!(object["itemLines"], lines);
    let session_id = started(&bench, &virtual_tid("SIP0"), &answer.id()).await;
    bench.advance(10_000);
    assert_eq!(status(&bench, &session_id).await, "Captured");
    assert_eq!(charged(&bench), [1670]);
    let told = session(&bench, &session_id).await.to_string();
    assert!(told.contains("CASHBACK           £5.00"), "{told}");
    assert!(told.contains("TOTAL              £16.70"), "{told}");
}

#[tokio::test]
async fn a_tip_that_is_added_on_the_machine_is_read_back() {
    let bench = Bench::new();
    let answer = made_with(&bench, json!({"tipsAmount": money(50)})).await;
    started(&bench, &virtual_tid("SIP1"), &answer.id()).await;
    bench.advance(10_000);
    let object = intent(&bench, &answer.id()).await;
    assert_eq!(object["tipsAmount"], money(155));
    assert_eq!(object["totalAmount"], money(1205));
    assert_eq!(object["amount"], money(1050));
    assert_eq!(charged(&bench), [1205]);
}

#[tokio::test]
async fn an_amount_or_a_tip_is_changed_where_the_create_allows_it() {
    let allowed = json!({"payment": {"customAmountAllowed": true, "tipsAllowed": true}});
    for (config, choice, expected) in [
        (&allowed, DojoChange::AsAllowed, 200),
        (&json!({}), DojoChange::AsAllowed, 405),
        (&allowed, DojoChange::Never, 405),
    ] {
        let bench = Bench::with(|settings| {
            settings.dojo_amount_change = choice;
            settings.dojo_tips_change = choice;
        });
        let id = made_with(&bench, json!({"config": config})).await.id();
        let path = format!("{INTENTS}/{id}");
        let amount = json!({"amount": money(2000)}).to_string();
        let answer = send(&bench, "POST", &format!("{path}/amount"), &amount).await;
        assert_eq!(answer.status.as_u16(), expected, "{config} {choice:?}");
        let tips = json!({"tipsAmount": money(300)}).to_string();
        let answer = send(&bench, "POST", &format!("{path}/tips-amount"), &tips).await;
        assert_eq!(answer.status.as_u16(), expected, "{config} {choice:?}");
        let object = intent(&bench, &id).await;
        if expected == 405 {
            assert_eq!(object["totalAmount"], money(1050));
            continue;
        }
        assert_eq!(object["totalAmount"], money(2300));
        assert_eq!(object["requestedAmount"], money(1050));
        for (what, wrong) in [
            ("amount", json!({"amount": money(0)})),
            (
                "amount",
                json!({"amount": {"value": 1, "currencyCode": "EUR"}}),
            ),
            ("amount", json!({"amount": 100})),
            ("tips-amount", json!({})),
            ("tips-amount", json!({"tipsAmount": money(-1)})),
        ] {
            let path = format!("{path}/{what}");
            let answer = send(&bench, "POST", &path, &wrong.to_string()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what} {wrong}");
        }
        // Not while a machine asks for it, nor once it is paid.
        started(&bench, COUNTER, &id).await;
        for wait_ms in [300, 1200] {
            bench.advance(wait_ms);
            let answer = send(&bench, "POST", &format!("{path}/amount"), &amount).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
            let _ = bench.practice.press(COUNTER, Press::Tap);
        }
        assert_eq!(charged(&bench), [2300]);
    }
}

#[tokio::test]
async fn a_late_charge_is_of_the_amount_that_the_machine_showed() {
    let bench = Bench::with(|settings| settings.dojo_unconfirmed = DojoUnconfirmed::ChargedLate);
    let allowed = json!({"config": {"payment": {"customAmountAllowed": true}}});
    let id = made_with(&bench, allowed).await.id();
    started(&bench, &virtual_tid("TIP0"), &id).await;
    bench.advance(300 + 90_000);
    let body = json!({"amount": money(9)}).to_string();
    let answer = send(&bench, "POST", &format!("{INTENTS}/{id}/amount"), &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    bench.advance(5000);
    assert_eq!(charged(&bench), [1050]);
}

#[tokio::test]
async fn slips_are_where_the_choice_says() {
    for (choice, names) in [
        (
            DojoReceipts::Copies,
            &["customerReceipt", "merchantReceipt"][..],
        ),
        (DojoReceipts::One, &["receipt"]),
        (
            DojoReceipts::All,
            &["receipt", "customerReceipt", "merchantReceipt"],
        ),
    ] {
        let bench = Bench::with(|settings| settings.dojo_receipts = choice);
        let (_, session_id) = asking(&bench).await;
        let all = ["receipt", "customerReceipt", "merchantReceipt"];
        let told = session(&bench, &session_id).await;
        assert!(all.iter().all(|name| told.get(name).is_none()));
        bench.practice.press(COUNTER, Press::Decline).unwrap();
        bench.advance(1200);
        let told = session(&bench, &session_id).await;
        for name in all {
            let lines = told.get(name).map(|slip| slip["lines"].to_string());
            assert_eq!(lines.is_some(), names.contains(&name), "{choice:?} {name}");
            let lines = lines.unwrap_or("DECLINED".to_owned());
            assert!(lines.contains("DECLINED"), "{lines}");
            assert!(!lines.contains("AUTH CODE"), "{lines}");
        }
    }
    // Somebody signs the shop's copy.
    let bench = Bench::with(|settings| settings.dojo_signature_within_ms = 0);
    let id = made(&bench).await;
    let session_id = started(&bench, &virtual_tid("SIS0"), &id).await;
    bench.advance(20_000);
    let told = session(&bench, &session_id).await;
    assert!(told["merchantReceipt"].to_string().contains("SIGNATURE"));
    assert!(!told["customerReceipt"].to_string().contains("SIGNATURE"));
    assert!(told["customerReceipt"].to_string().contains("AUTH CODE:"));
}

#[tokio::test]
async fn a_receipt_is_sent_for_what_is_paid() {
    let bench = Bench::new();
    let unpaid = made(&bench).await;
    let paid = paid(&bench).await;
    let good = r#"{"emails":["a@shop.example"]}"#;
    for (id, body, expected) in [
        (&paid, good, 204),
        (&paid, r#"{"emails":[]}"#, 400),
        (&paid, r#"{"emails":["x"]}"#, 400),
        (&paid, "{}", 400),
        (&unpaid, good, 400),
        (&"pi_sandbox_x".to_owned(), good, 404),
    ] {
        let path = format!("{INTENTS}/{id}/receipt");
        let answer = send(&bench, "POST", &path, body).await;
        assert_eq!(answer.status.as_u16(), expected, "{body}");
        assert_eq!(answer.text.is_empty(), expected == 204, "{body}");
    }
}
