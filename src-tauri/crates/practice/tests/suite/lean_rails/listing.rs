use http::StatusCode;
use practice::{Effect, FLUVEO_BASE_PATH, LeanRailsOrder};
use serde_json::{Value, json};

use super::{Till, body, get};

/// The ids of a page.
fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap().iter();
    data.map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn made(till: &Till, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..count {
        made.push(till.open(&format!("order-{number}")).await);
        till.bench.advance(1000);
    }
    made
}

#[tokio::test]
async fn a_list_is_cut_into_pages() {
    for order in [LeanRailsOrder::NewestFirst, LeanRailsOrder::OldestFirst] {
        let till = Till::with(|settings| settings.list_order = order);
        let mut expected = made(&till, 12).await;
        if order == LeanRailsOrder::NewestFirst {
            expected.reverse();
        }
        let first = till.get("/payment_intents").await.json();
        assert_eq!(first["object"], "list");
        assert_eq!(first["url"], "/v1/payment_intents");
        assert_eq!(first["has_more"], true);
        assert_eq!(first["next_cursor"], expected[9]);
        assert_eq!(ids(&first), expected[..10]);
        assert_eq!(till.bench.last_effect(), Effect::Listed);
        let table = [
            ("limit=5".to_owned(), 0..5, true),
            (
                format!("limit=5&starting_after={}", expected[4]),
                5..10,
                true,
            ),
            (
                format!("limit=5&starting_after={}", expected[9]),
                10..12,
                false,
            ),
            (format!("starting_after={}", expected[11]), 12..12, false),
            (
                format!("limit=2&starting_after={}", expected[9]),
                10..12,
                false,
            ),
            (format!("limit=5&ending_before={}", expected[7]), 2..7, true),
            (
                format!("limit=5&ending_before={}", expected[5]),
                0..5,
                false,
            ),
            (format!("ending_before={}", expected[0]), 0..0, false),
            ("limit=100&status=succeeded&tip=1".to_owned(), 0..12, false),
        ];
        for (query, range, has_more) in table {
            let list = till.get(&format!("/payment_intents?{query}")).await.json();
            assert_eq!(ids(&list), expected[range], "{order:?} {query}");
            assert_eq!(list["has_more"], has_more, "{order:?} {query}");
            assert_eq!(list["next_cursor"].is_string(), has_more, "{query}");
        }
    }
}

#[tokio::test]
async fn a_query_that_is_not_valid_is_named() {
    let till = Till::new();
    let id = till.open("order-1").await;
    for (query, param) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=101".to_owned(), "limit"),
        ("limit=ten".to_owned(), "limit"),
        ("starting_after=pi_1".to_owned(), "starting_after"),
        ("ending_before=".to_owned(), "ending_before"),
        (
            format!("starting_after={id}&ending_before={id}"),
            "ending_before",
        ),
    ] {
        for path in ["/payment_intents", "/charges", "/refunds"] {
            let answer = till.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}?{query}");
            assert_eq!(answer.error().2.as_deref(), Some(param), "{query}");
            assert_eq!(till.bench.last_effect(), Effect::Invalid, "{query}");
        }
    }
}

#[tokio::test]
async fn charges_are_listed_by_their_intent() {
    let till = Till::new();
    let id = till.open("order-1").await;
    till.confirm(&id, "pm_card_declined").await;
    till.bench.advance(5000);
    till.confirm(&id, "pm_card_visa").await;
    let other = till.paid("order-2").await;
    let list = till
        .get(&format!("/charges?payment_intent={id}"))
        .await
        .json();
    assert_eq!(list["url"], "/v1/charges");
    let data = list["data"].as_array().unwrap();
    let words: Vec<_> = data.iter().map(|one| one["status"].clone()).collect();
    assert_eq!(words, [json!("succeeded"), json!("failed")]);
    let charges = till.read(&id).await.json()["charges"]["data"].clone();
    assert_eq!(charges, json!([data[1].clone(), data[0].clone()]));
    assert_eq!(data[0]["object"], "charge");
    assert_eq!(data[0]["amount"], 2000);
    assert_eq!(data[0]["payment_method"], "pm_card_visa");
    assert_eq!(data[0]["failure_code"], Value::Null);
    assert_eq!(data[1]["failure_message"], "Your card was declined.");
    let all = till.get("/charges").await.json();
    assert_eq!(all["data"].as_array().unwrap().len(), 3);
    let nobody = till.get("/charges?payment_intent=pi_1").await.json();
    assert_eq!(nobody["data"], json!([]));
    till.change(|settings| settings.declines_are_charges = false);
    let all = till.get("/charges").await.json();
    let intents: Vec<_> = all["data"].as_array().unwrap().iter().collect();
    let intents: Vec<_> = intents
        .iter()
        .map(|one| one["payment_intent"].clone())
        .collect();
    assert_eq!(intents, [json!(other), json!(id)]);
}

#[tokio::test]
async fn the_later_generation_filters_by_customer_and_refuses_what_it_does_not_know() {
    let till = Till::new();
    let mut asked = body("order-1");
    asked["customer"] = json!("cus_7");
    let mine = till.create(&asked).await.id();
    till.open("order-2").await;
    let list = |query: &str| get(&format!("{FLUVEO_BASE_PATH}{query}"));
    let found = till.send(list("/payment_intents?customer=cus_7")).await;
    assert_eq!(ids(&found.json()), [mine]);
    assert!(found.json().get("next_cursor").is_none());
    for hidden in ["client_secret", "next_action", "last_payment_error"] {
        assert_eq!(found.json()["data"][0][hidden], Value::Null, "{hidden}");
    }
    for (query, param) in [
        ("/payment_intents?status=succeeded", "status"),
        ("/payment_intents?payment_intent=pi_1", "payment_intent"),
        ("/refunds?payment_intent=pi_1", "payment_intent"),
        ("/charges?created=7", "created"),
    ] {
        let answer = till.send(list(query)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.error().2.as_deref(), Some(param), "{query}");
    }
}
