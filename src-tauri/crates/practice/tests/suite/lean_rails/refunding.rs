use http::StatusCode;
use practice::{Effect, Inconsistency, LeanRailsRefundDefault, System, World};
use serde_json::{Value, json};

use super::Till;
use crate::support::START_MS;

#[tokio::test]
async fn a_refund_pays_back_and_is_in_the_ledger() {
    let till = Till::new();
    let id = till.paid("order-1").await;
    let asked = json!({
        "payment_intent": id, "amount": 500, "reason": "cold tea", "metadata": {"clerk": "A"},
    });
    let refunded = till.refund(&asked).await;
    assert_eq!(refunded.status, StatusCode::CREATED);
    assert_eq!(till.bench.last_effect(), Effect::Refunded);
    let refund = refunded.json();
    let charge = till.read(&id).await.json()["charges"]["data"][0].clone();
    let expected = json!({
        "id": refund["id"],
        "object": "refund",
        "amount": 500,
        "currency": "usd",
        "payment_intent": id,
        "status": "succeeded",
        "created": START_MS / 1000,
        "livemode": false,
        "charge": charge["id"],
        "reason": "cold tea",
        "metadata": {"clerk": "A"},
    });
    assert_eq!(refund, expected);
    assert!(refunded.id().starts_with("ref_"));
    let read = till.get(&format!("/refunds/{}", refunded.id())).await;
    assert_eq!((read.status, read.json()), (StatusCode::OK, expected));
    assert_eq!(charge["amount_refunded"], 500);
    assert_eq!(charge["amount_captured"], 2000);
    assert_eq!(till.status(&id).await, "succeeded");
    assert_eq!(till.charged(), [2000]);
    let refunds = till.bench.practice.refunds();
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0].system, System::LeanRails);
    assert_eq!(refunds[0].external_id.as_deref(), Some("order-1"));
    assert_eq!(refunds[0].intent_id, till.made()[0].id);
    assert_eq!(refunds[0].amount.minor(), 500);
}

#[tokio::test]
async fn books_whose_refunds_are_not_what_was_given_back_are_found() {
    let till = Till::new();
    let id = till.paid("order-1").await;
    till.refund(&json!({"payment_intent": id, "amount": 500}))
        .await;
    let intent_id = till.made()[0].id;
    let practice = &till.bench.practice;
    let good = practice.with(|world, _| serde_json::to_value(&*world).unwrap());
    let tampered = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut text = good.clone();
        change(text["books"]["refunds"].as_array_mut().unwrap());
        let world: World = serde_json::from_value(text).unwrap();
        world.check()
    };
    assert_eq!(tampered(&|_| {}), Ok(()));
    let mismatch = Err(Inconsistency::RefundMismatch(intent_id));
    assert_eq!(tampered(&Vec::clear), mismatch, "gone");
    assert_eq!(tampered(&|all| all.push(all[0].clone())), mismatch, "twice");
    for (field, value) in [
        ("amount", json!({"minor": 501, "currency": "USD"})),
        ("refund_id", Value::Null),
        ("refund_id", json!(intent_id)),
        ("system", json!("dojo")),
        ("system", json!("one2_pays")),
    ] {
        let found = tampered(&|all| all[0][field] = value.clone());
        assert_eq!(found, mismatch, "{field} {value}");
    }
    let other = tampered(&|all| all[0]["intent_id"] = all[0]["refund_id"].clone());
    assert_eq!(other, mismatch, "of another payment");
}

#[tokio::test]
async fn no_more_is_paid_back_than_was_taken() {
    let till = Till::new();
    let id = till.open_as("order-1", "manual").await;
    till.confirm(&id, "pm_card_visa").await;
    let held = till.refund(&json!({"payment_intent": id})).await;
    assert_eq!(held.code(), "payment_intent_unexpected_state");
    assert_eq!(till.bench.last_effect(), Effect::StatusRefused);
    till.capture(&id, &json!({"amount": 1000})).await;
    for (amount, is_accepted) in [
        (1001, false),
        (600, true),
        (401, false),
        (400, true),
        (1, false),
    ] {
        let asked = json!({"payment_intent": id, "amount": amount});
        let answer = till.refund(&asked).await;
        assert_eq!(
            answer.status == StatusCode::CREATED,
            is_accepted,
            "{amount}"
        );
        if !is_accepted {
            assert_eq!(answer.code(), "parameter_invalid", "{amount}");
            assert_eq!(answer.error().2.as_deref(), Some("amount"), "{amount}");
        }
    }
    assert_eq!(till.repaid(), [600, 400]);
    let nothing = till.refund(&json!({"payment_intent": id})).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    let list = till
        .get(&format!("/refunds?payment_intent={id}"))
        .await
        .json();
    let amounts: Vec<_> = list["data"].as_array().unwrap().iter().collect();
    let amounts: Vec<_> = amounts.iter().map(|one| one["amount"].clone()).collect();
    assert_eq!(amounts, [json!(400), json!(600)]);
    assert_eq!(list["url"], "/v1/refunds");
}

#[tokio::test]
async fn what_a_refund_without_an_amount_pays_back_is_a_choice() {
    for (default, repaid) in [
        (LeanRailsRefundDefault::Rest, vec![500, 1500]),
        (LeanRailsRefundDefault::Whole, vec![500]),
    ] {
        let till = Till::with(|settings| settings.refund_default = default);
        let id = till.paid("order-1").await;
        till.refund(&json!({"payment_intent": id, "amount": 500}))
            .await;
        till.refund(&json!({"payment_intent": id})).await;
        assert_eq!(till.repaid(), repaid, "{default:?}");
        let other = till.paid("order-2").await;
        let whole = till.refund(&json!({"payment_intent": other})).await;
        assert_eq!(whole.json()["amount"], 2000, "{default:?}");
    }
}

#[tokio::test]
async fn a_refund_can_take_its_time_and_can_fail() {
    for (succeeds, word, repaid) in [(true, "succeeded", vec![2000]), (false, "failed", vec![])] {
        let till = Till::with(|settings| {
            settings.refund_pending_ms = 3000;
            settings.refunds_succeed = succeeds;
        });
        let id = till.paid("order-1").await;
        let refund = till.refund(&json!({"payment_intent": id})).await;
        assert_eq!(refund.word(), "pending");
        let path = format!("/refunds/{}", refund.id());
        // What is pending counts as paid back.
        let second = till
            .refund(&json!({"payment_intent": id, "amount": 1}))
            .await;
        assert_eq!(second.code(), "parameter_invalid");
        till.bench.advance(2999);
        assert_eq!(till.get(&path).await.word(), "pending");
        assert!(till.repaid().is_empty());
        till.bench.advance(1);
        assert_eq!(till.get(&path).await.word(), word);
        assert_eq!(till.repaid(), repaid);
        // What failed can be tried again.
        till.change(|settings| settings.refunds_succeed = true);
        let again = till
            .refund(&json!({"payment_intent": id, "amount": 1}))
            .await;
        assert_eq!(again.status == StatusCode::CREATED, !succeeds);
    }
    let till = Till::with(|settings| settings.refunds_succeed = false);
    let id = till.paid("order-1").await;
    let refund = till.refund(&json!({"payment_intent": id})).await;
    assert_eq!(
        (refund.status, &*refund.word()),
        (StatusCode::CREATED, "failed")
    );
    assert!(till.repaid().is_empty());
}

#[tokio::test]
async fn a_refund_that_is_not_valid_is_named() {
    let till = Till::new();
    let id = till.paid("order-1").await;
    let open = till.open("order-2").await;
    let long = "x".repeat(1001);
    for (asked, param) in [
        (json!({}), "payment_intent"),
        (json!({"payment_intent": 7}), "payment_intent"),
        (json!({"payment_intent": id, "amount": 0}), "amount"),
        (json!({"payment_intent": id, "amount": "5"}), "amount"),
        (json!({"payment_intent": id, "reason": long}), "reason"),
        (json!({"payment_intent": id, "metadata": []}), "metadata"),
    ] {
        let answer = till.refund(&asked).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{asked}");
        assert_eq!(answer.error().2.as_deref(), Some(param), "{asked}");
    }
    let unpaid = till.refund(&json!({"payment_intent": open})).await;
    assert_eq!(unpaid.code(), "payment_intent_unexpected_state");
    let unknown = till.refund(&json!({"payment_intent": "pi_1"})).await;
    assert_eq!(unknown.code(), "resource_missing");
    assert_eq!(unknown.error().2.as_deref(), Some("payment_intent"));
    let read = till.get("/refunds/re_1").await;
    assert_eq!(read.code(), "resource_missing");
    assert_eq!(till.bench.last_effect(), Effect::NotFound);
    assert!(till.repaid().is_empty());
    let list = till.get("/refunds").await.json();
    assert_eq!(list["data"], Value::Array(Vec::new()));
}
