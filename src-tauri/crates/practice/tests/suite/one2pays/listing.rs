use std::collections::BTreeSet;

use http::StatusCode;
use practice::{Effect, PagePress};
use serde_json::{Value, json};

use super::{code, data, with};
use crate::support::{Bench, PAYMENTS};

fn references(list: &Value) -> Vec<&str> {
    let payments = list["data"].as_array().unwrap().iter();
    payments
        .map(|payment| payment["referenceId"].as_str().unwrap())
        .collect()
}

/// Six payments, one second apart: paid, failed, cancelled, open, open by transfer, held.
async fn shop() -> Bench {
    let bench = Bench::with(|settings| settings.one2pays_action_after_ms = 0);
    for (reference, amount) in [("f", "6"), ("e", "20"), ("d", "30"), ("c", "4"), ("b", "5")] {
        bench.payment_of(reference, amount).await;
        bench.advance(1000);
    }
    let transfer = with("paymentMethod", Some(json!("bank_transfer")));
    let transfer = transfer.replace("order-1", "a");
    bench.signed("POST", PAYMENTS, &transfer).await;
    let ids: Vec<_> = bench
        .practice
        .links()
        .iter()
        .map(|link| link.id.to_string())
        .collect();
    bench.press_page(&ids[1], PagePress::Pay).unwrap();
    bench.advance(100);
    bench.press_page(&ids[0], PagePress::Pay).unwrap();
    bench.press_page(&ids[2], PagePress::Decline).unwrap();
    bench.cancel_payment(&ids[3]).await;
    bench.advance(60_000);
    bench
}

#[tokio::test]
async fn a_list_is_filtered_and_sorted() {
    let bench = shop().await;
    for (query, expected) in [
        ("", "abcdef"),
        ("sortOrder=asc", "fedcba"),
        ("sortBy=createdAt&sortOrder=desc", "abcdef"),
        ("sortBy=amount&sortOrder=asc", "cbfeda"),
        ("sortBy=referenceId", "fedcba"),
        ("sortBy=status&sortOrder=asc", "cdbafe"),
        // Whoever has not been confirmed comes before everybody who has.
        ("sortBy=confirmedAt", "feabcd"),
        ("sortBy=capturedAt&sortOrder=asc", "dcbaef"),
        ("status=succeeded", "ef"),
        ("status=payment_failed", "d"),
        ("status=canceled", "c"),
        ("status=requires_action", "ab"),
        ("status=requires_action&paymentMethod=promptpay", "b"),
        ("status=expired", ""),
        ("paymentMethod=bank_transfer", "a"),
        // On the time of creation, both ends included.
        ("dateFrom=2026-01-01T00:00:03Z", "abc"),
        ("dateFrom=2026-01-01T00:00:03.001Z", "ab"),
        ("dateTo=2026-01-01T00:00:01.000Z", "ef"),
        ("dateTo=2026-01-01T00:00:00.999Z", "f"),
        (
            "dateFrom=2026-01-01T07:00:01%2B07:00&dateTo=2026-01-01T00:00:02Z",
            "de",
        ),
        ("dateFrom=2026-01-02T00:00:00Z", ""),
        // No filter on the reference: the parameter is unknown and changes nothing.
        ("referenceId=a", "abcdef"),
    ] {
        let answer = bench
            .signed("GET", &format!("{PAYMENTS}?{query}"), "")
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
        assert_eq!(references(&data(&answer)).concat(), expected, "{query}");
        assert_eq!(data(&answer)["total"], expected.len(), "{query}");
        assert_eq!(bench.last_effect(), Effect::Listed);
    }
}

#[tokio::test]
async fn a_list_is_paged() {
    let bench = Bench::new();
    for number in 1..=25 {
        bench.payment(&format!("order-{number}")).await;
        bench.link(&format!("order-{number}")).await;
        bench.advance(10);
    }
    for (query, page, limit, pages, count) in [
        ("", 1, 10, 3, 10),
        ("page=3", 3, 10, 3, 5),
        ("page=4", 4, 10, 3, 0),
        ("limit=100", 1, 100, 1, 25),
        ("limit=25", 1, 25, 1, 25),
        ("limit=1&page=25", 25, 1, 25, 1),
        ("limit=10&status=succeeded", 1, 10, 0, 0),
    ] {
        let answer = bench
            .signed("GET", &format!("{PAYMENTS}?{query}"), "")
            .await;
        let list = data(&answer);
        let total = if query.contains("succeeded") { 0 } else { 25 };
        let found = [
            &list["total"],
            &list["page"],
            &list["limit"],
            &list["totalPages"],
        ];
        assert_eq!(
            found,
            [&json!(total), &json!(page), &json!(limit), &json!(pages)],
            "{query}"
        );
        assert_eq!(references(&list).len(), count, "{query}");
    }
    let mut all = BTreeSet::new();
    for page in 1..=3 {
        let answer = bench
            .signed("GET", &format!("{PAYMENTS}?page={page}"), "")
            .await;
        all.extend(references(&data(&answer)).into_iter().map(str::to_owned));
    }
    assert_eq!(all.len(), 25, "no payment is on two pages");
}

#[tokio::test]
async fn a_list_out_of_bounds_is_refused() {
    let bench = Bench::new();
    for (query, field) in [
        ("page=0", "page"),
        ("page=x", "page"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("status=PENDING", "status"),
        ("paymentMethod=card", "paymentMethod"),
        ("dateFrom=yesterday", "dateFrom"),
        ("dateTo=1767225600000", "dateTo"),
        ("sortBy=updatedAt", "sortBy"),
        ("sortOrder=up", "sortOrder"),
    ] {
        let answer = bench
            .signed("GET", &format!("{PAYMENTS}?{query}"), "")
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(code(&answer), "VALIDATION_ERROR");
        assert_eq!(
            answer.json()["error"]["metadata"]["field"],
            field,
            "{query}"
        );
        assert_eq!(bench.last_effect(), Effect::Invalid);
    }
}

#[tokio::test]
async fn where_one_cannot_be_read_the_list_still_has_it() {
    let bench = Bench::with(|settings| settings.one2pays_reads_one = false);
    let id = bench.payment("order-1").await;
    let read = bench.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    assert_eq!(code(&read), "RESOURCE_NOT_FOUND");
    let message = read.json()["error"]["message"].clone();
    assert_eq!(message, "there is nothing at this path");
    assert_eq!(bench.last_effect(), Effect::NotFound);
    let list = bench.signed("GET", PAYMENTS, "").await;
    assert_eq!(references(&data(&list)), ["order-1"]);
    assert_eq!(bench.cancel_payment(&id).await.status, StatusCode::OK);
}
