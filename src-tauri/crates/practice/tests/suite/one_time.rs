use http::StatusCode;
use practice::{
    CreatedStatus, Effect, LinkAmounts, LinkAnswer, LinkCount, LinkDuplicate, LinkOrder,
    LinkStatus, PagePress,
};
use serde_json::{Value, json};

use crate::support::{Bench, LINKS, get, link_body, link_request, patch, post};

#[tokio::test]
async fn a_create_answers_as_the_setting_says() {
    let table = [
        (LinkAnswer::RedirectUrl, "redirectUrl", 1),
        (LinkAnswer::Url, "url", 1),
        (LinkAnswer::CheckoutUrl, "checkoutUrl", 1),
        (LinkAnswer::WholeObject, "redirectUrl", 12),
    ];
    for (link_answer, field, fields) in table {
        let bench = Bench::with(|settings| settings.link_answer = link_answer);
        let mut request = link_request("order-1", "100.5");
        let host = "127.0.0.1:8099".parse().unwrap();
        request.headers_mut().insert("host", host);
        let answer = bench.send(request).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        let truth = bench.newest_link();
        assert_eq!(truth.url, format!("http://127.0.0.1:8099/pay/{}", truth.id));
        assert_eq!(answer.json()[field], truth.url, "{link_answer:?}");
        assert_eq!(answer.json().as_object().unwrap().len(), fields);
        let tells_id = answer.json().get("id").is_some();
        assert_eq!(tells_id, link_answer == LinkAnswer::WholeObject);
        assert_eq!(truth.amount.minor(), 10_050);
        assert_eq!(bench.last_effect(), Effect::Created);
    }
    let bench = Bench::with(|settings| settings.created = CreatedStatus::Ok);
    let answer = bench.send(link_request("order-1", "1")).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_host_that_is_no_host_does_not_get_into_the_address() {
    let bench = Bench::new();
    let mut request = link_request("order-1", "1");
    let host = "evil.example/<b>".parse().unwrap();
    request.headers_mut().insert("host", host);
    bench.send(request).await;
    assert!(bench.newest_link().url.starts_with("http://127.0.0.1/pay/"));
}

#[tokio::test]
async fn a_read_answers_the_object_and_its_flag() {
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    let answer = bench.read_link(&id).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(r#""amount":100,"#), "{}", answer.text);
    let expected = json!({
        "id": id, "status": "PENDING", "expired": false, "description": "Two <teas> & a cake",
        "amount": 100, "currency": "MXN", "externalId": "order-1",
        "expiresAt": "2026-01-03T00:00:00Z", "redirectUrl": "https://shop.example/thanks?lang=es",
        "homepageUrl": "https://shop.example/", "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(bench.last_effect(), Effect::Read);
    bench.advance(48 * 3_600_000 - 1);
    assert_eq!(bench.read_link(&id).await.json()["expired"], false);
    bench.advance(1);
    let expired = bench.read_link(&id).await.json();
    assert_eq!(
        (&expired["expired"], &expired["status"]),
        (&json!(true), &json!("PENDING"))
    );
    assert!(bench.newest_link().expired);
}

#[tokio::test]
async fn amounts_and_addresses_are_written_as_the_settings_say() {
    for (link_amounts, sent, written) in [
        (LinkAmounts::Shortest, "100.00", "100"),
        (LinkAmounts::Shortest, "350.50", "350.5"),
        (LinkAmounts::Shortest, "0.05", "0.05"),
        (LinkAmounts::Shortest, "200", "200"),
        (LinkAmounts::Number, "100", "100.00"),
        (LinkAmounts::Text, "100", r#""100.00""#),
    ] {
        let bench = Bench::with(|settings| {
            settings.link_amounts = link_amounts;
            settings.link_items_show_page = true;
        });
        let id = bench.link_of("order-1", sent).await;
        let read = bench.read_link(&id).await;
        let amount = format!(r#""amount":{written},"#);
        assert!(read.text.contains(&amount), "{}", read.text);
        assert_eq!(read.json()["redirectUrl"], bench.newest_link().url);
    }
}

/// Changes one field of a valid create; `None` leaves it out.
fn with(field: &str, value: Option<&str>) -> String {
    let mut body: Value = serde_json::from_str(&link_body("o", "1")).unwrap();
    match value {
        Some(value) => body[field] = serde_json::from_str(value).unwrap(),
        None => {
            body.as_object_mut().unwrap().remove(field);
        }
    }
    body.to_string()
}

/// Bodies of a create that is not valid, with what the answer must say.
fn invalid_creates() -> Vec<(String, &'static str)> {
    let long = format!("\"{}\"", "x".repeat(101));
    let mut table = vec![
        ("{".to_owned(), "the body must be"),
        ("[]".to_owned(), "the body must be"),
        (link_body("o", "0"), "amount must be positive"),
        (link_body("o", "-1"), "amount must be positive"),
        (
            link_body("o", "1.005"),
            "amount must not have more than two",
        ),
        (link_body("o", "1e3"), "amount must be a plain decimal"),
        (link_body("o", "\"1.00\""), "amount must be a number"),
        (link_body("o", "true"), "amount must be a number"),
        (with("currency", Some(r#""USD""#)), "currency must be MXN"),
        (
            with("externalId", Some(&long)),
            "externalId must not be longer",
        ),
        (
            with("description", Some(r#"" ""#)),
            "description must not be empty",
        ),
        (
            with("description", Some("7")),
            "description must be a string",
        ),
        (
            with("homepageUrl", Some(r#""/home""#)),
            "homepageUrl must be a web",
        ),
        (
            with("homepageUrl", Some(r#""https:///x""#)),
            "homepageUrl must be a web",
        ),
        (
            with("redirectUrl", Some(r#""javascript:alert(1)""#)),
            "redirectUrl must be",
        ),
        (
            with("redirectUrl", Some(r#""ftp://shop.example""#)),
            "redirectUrl must be",
        ),
        (with("ttlMinutes", Some("9")), "ttlMinutes must be from"),
        (with("ttlMinutes", Some("2881")), "ttlMinutes must be from"),
        (
            with("ttlMinutes", Some("10.5")),
            "ttlMinutes must be a whole",
        ),
        (
            with("ttlMinutes", Some(r#""60""#)),
            "ttlMinutes must be a whole",
        ),
        (
            with("billingInformation", Some("[]")),
            "billingInformation must be",
        ),
    ];
    let required = [
        ("amount", "amount is required"),
        ("currency", "currency is required"),
        ("externalId", "externalId is required"),
        ("description", "description is required"),
        ("homepageUrl", "homepageUrl is required"),
        ("redirectUrl", "redirectUrl is required"),
    ];
    table.extend(required.map(|(field, text)| (with(field, None), text)));
    table
}

#[tokio::test]
async fn an_invalid_create_is_refused_by_the_name_of_its_field() {
    for (body, expected) in invalid_creates() {
        let bench = Bench::new();
        let answer = bench.send(post(LINKS, &body)).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            answer.text
        );
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{body}: {message}");
        assert!(bench.practice.links().is_empty(), "{body}");
        assert_eq!(bench.last_effect(), Effect::Invalid);
    }
}

#[tokio::test]
async fn the_limits_themselves_and_the_optional_fields_are_accepted() {
    let bench = Bench::new();
    for (minutes, expires_at) in [
        ("10", "2026-01-01T00:10:00Z"),
        ("2880", "2026-01-03T00:00:00Z"),
    ] {
        bench
            .send(post(LINKS, &with("ttlMinutes", Some(minutes))))
            .await;
        let id = bench.newest_link().id.to_string();
        assert_eq!(bench.read_link(&id).await.json()["expiresAt"], expires_at);
    }
    let billing = r#"{"email":"a@b.example","address":{"city":"Oaxaca"}}"#;
    bench
        .send(post(LINKS, &with("billingInformation", Some(billing))))
        .await;
    let id = bench.newest_link().id.to_string();
    let read = bench.read_link(&id).await.json();
    assert_eq!(read["billingInformation"]["address"]["city"], "Oaxaca");
    let text = Bench::with(|settings| settings.link_amount_text_accepted = true);
    for amount in ["\"100.00\"", "100"] {
        let answer = text.send(link_request("order-1", amount)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!(text.newest_link().amount.minor(), 10_000);
    }
}

#[tokio::test]
async fn a_taken_reference_answers_as_the_setting_says() {
    let table = [
        (LinkDuplicate::Accepted, StatusCode::CREATED, 2),
        (LinkDuplicate::Replay, StatusCode::CREATED, 1),
        (LinkDuplicate::BadRequest, StatusCode::BAD_REQUEST, 1),
        (LinkDuplicate::Conflict, StatusCode::CONFLICT, 1),
    ];
    for (link_duplicate, status, made) in table {
        let bench = Bench::with(|settings| settings.link_duplicate = link_duplicate);
        // An intent with the same reference is another matter.
        bench.open("order-1", "PRACTICE-1").await;
        let first = bench.link("order-1").await;
        let again = bench.send(link_request("order-1", "7")).await;
        assert_eq!(again.status, status, "{link_duplicate:?}");
        assert_eq!(bench.practice.links().len(), made);
        if made == 1 {
            assert_eq!(bench.last_effect(), Effect::DuplicateReference);
            let log = bench.practice.requests();
            assert_eq!(log[2].intent.unwrap().to_string(), first);
            assert_eq!(log[2].repeats, Some(2));
        }
        if link_duplicate == LinkDuplicate::Replay {
            assert_eq!(again.json()["redirectUrl"], bench.newest_link().url);
        }
        bench.practice.check().unwrap();
    }
}

fn references(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    let references = items.map(|item| item["externalId"].as_str().unwrap().to_owned());
    references.collect()
}

#[tokio::test]
async fn a_list_is_paged_counted_ordered_and_filtered() {
    let orders = [
        (LinkOrder::NewestFirst, ["order-5", "order-4"], ["order-1"]),
        (LinkOrder::OldestFirst, ["order-1", "order-2"], ["order-5"]),
    ];
    for (link_order, first, last) in orders {
        for (link_count, counts) in [(LinkCount::Total, (5, 5)), (LinkCount::Page, (2, 1))] {
            let bench = Bench::with(|settings| {
                settings.link_order = link_order;
                settings.link_count = link_count;
            });
            for number in 1..=5 {
                bench.link(&format!("order-{number}")).await;
                bench.advance(1000);
            }
            let list = |query: &str| bench.send(get(&format!("{LINKS}?{query}")));
            let page = list("page=1&pageSize=2").await.json();
            assert_eq!(references(&page), first);
            assert_eq!((&page["page"], &page["pageSize"]), (&json!(1), &json!(2)));
            assert_eq!(page["count"], counts.0);
            let page = list("page=3&pageSize=2").await.json();
            assert_eq!(references(&page), last);
            assert_eq!(page["count"], counts.1);
            assert!(references(&list("page=4&pageSize=2").await.json()).is_empty());
            let all = bench.send(get(LINKS)).await.json();
            assert_eq!(references(&all).len(), 5);
            assert_eq!(all["pageSize"], 100);
            assert!(all["items"][0].get("expired").is_none());
            assert_eq!(bench.last_effect(), Effect::Listed);
        }
    }
}

#[tokio::test]
async fn a_list_shows_one_status_and_only_what_is_visible() {
    let bench = Bench::with(|settings| settings.visibility_lag_ms = 1000);
    let paid = bench.link("paid").await;
    bench.link("open").await;
    let cancelled = bench.link("cancelled").await;
    let one2pays = bench.payment("elsewhere").await;
    assert_eq!(bench.read_link(&paid).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.cancel_link(&paid).await.status, StatusCode::NOT_FOUND);
    assert!(references(&bench.send(get(LINKS)).await.json()).is_empty());
    bench.advance(1000);
    assert_eq!(bench.cancel_link(&cancelled).await.status, StatusCode::OK);
    bench.press_page(&paid, PagePress::Pay).unwrap();
    bench.advance(1200);
    for (query, expected) in [
        ("status=PENDING", vec!["open"]),
        ("status=CONFIRMED&currency=MXN", vec!["paid"]),
        ("status=CANCELLED", vec!["cancelled"]),
        ("currency=MXN", vec!["cancelled", "open", "paid"]),
    ] {
        let answer = bench.send(get(&format!("{LINKS}?{query}"))).await;
        assert_eq!(references(&answer.json()), expected, "{query}");
    }
    // An expired one is still PENDING by its word.
    bench.advance(48 * 3_600_000);
    let pending = bench.send(get(&format!("{LINKS}?status=PENDING"))).await;
    assert_eq!(references(&pending.json()), ["open"]);
    // A payment of the other system is not known here.
    assert_eq!(
        bench.read_link(&one2pays).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        bench.cancel_link(&one2pays).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_list_out_of_bounds_is_refused() {
    let bench = Bench::new();
    for (query, field) in [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=-1", "page"),
        ("pageSize=0", "pageSize"),
        ("pageSize=501", "pageSize"),
        ("status=pending", "status"),
        ("currency=USD", "currency"),
    ] {
        let answer = bench.send(get(&format!("{LINKS}?{query}"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.starts_with(&format!("{field} must be")),
            "{message}"
        );
        assert_eq!(bench.last_effect(), Effect::Invalid);
    }
    let largest = bench.send(get(&format!("{LINKS}?pageSize=500"))).await;
    assert_eq!(largest.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cancel_answers_the_object_and_everything_later_is_refused() {
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    bench.advance(5000);
    let answer = bench.cancel_link(&id).await;
    assert_eq!(answer.status, StatusCode::OK);
    // The nine fields of the reference's sample and no others.
    let expected = json!({
        "id": id, "status": "CANCELLED", "description": "Two <teas> & a cake", "amount": 100,
        "currency": "MXN", "externalId": "order-1", "expiresAt": "2026-01-03T00:00:00Z",
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:05Z",
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(bench.last_effect(), Effect::Cancelled);
    let paid = bench.link("order-2").await;
    bench.press_page(&paid, PagePress::Pay).unwrap();
    bench.advance(1200);
    let expired = bench.link("order-3").await;
    bench.advance(48 * 3_600_000);
    for (id, reason) in [(id, "CANCELLED"), (paid, "CONFIRMED"), (expired, "expired")] {
        let refused = bench.cancel_link(&id).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(reason), "{message}");
        assert_eq!(bench.last_effect(), Effect::CancelRefused);
    }
    let statuses: Vec<_> = bench
        .practice
        .links()
        .iter()
        .map(|link| link.status)
        .collect();
    let expected = [LinkStatus::Cancelled, LinkStatus::Paid, LinkStatus::Open];
    assert_eq!(statuses, expected);
    assert_eq!(bench.charged(), ["order-2"]);
}

#[tokio::test]
async fn every_operation_wants_the_key_and_an_id_that_exists() {
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    let path = format!("{LINKS}/{id}");
    let cancel = format!("{path}/cancel");
    for mut request in [
        link_request("order-2", "1"),
        get(LINKS),
        get(&path),
        patch(&cancel),
    ] {
        request
            .headers_mut()
            .insert("x-api-key", "wrong".parse().unwrap());
        let answer = bench.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(bench.last_effect(), Effect::Unauthorised);
    }
    assert_eq!(bench.practice.links().len(), 1);
    for id in ["7", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"] {
        assert_eq!(bench.read_link(id).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.cancel_link(id).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.last_effect(), Effect::NotFound);
    }
    let posted = bench.send(post(&cancel, "")).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_whole_billing_information_is_wanted_where_the_setting_says_so() {
    let whole = json!({
        "email": "ana@shop.example", "firstName": "Ana", "lastName": "Luna",
        "phoneNumber": "+525555555555",
        "address": {"addressLine": "Reforma 1", "city": "México", "state": "CDMX", "zip": "06600"},
    });
    let bench = Bench::with(|settings| settings.link_billing_required = true);
    let refused = async |billing: Option<Value>, expected: &str| {
        let text = billing.map(|billing| billing.to_string());
        let body = with("billingInformation", text.as_deref());
        let answer = bench.send(post(LINKS, &body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{expected}: {message}");
    };
    refused(None, "billingInformation is required").await;
    for name in ["email", "firstName", "lastName", "phoneNumber", "address"] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(name);
        refused(Some(part), name).await;
    }
    for name in ["addressLine", "city", "state", "zip"] {
        let mut part = whole.clone();
        part["address"][name] = json!("");
        refused(Some(part), name).await;
    }
    assert!(bench.practice.links().is_empty());
    let body = with("billingInformation", Some(&whole.to_string()));
    let answer = bench.send(post(LINKS, &body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

#[tokio::test]
async fn an_older_server_knows_no_ttl() {
    let bench = Bench::with(|settings| settings.link_ttl_heeded = false);
    for minutes in ["10", "2881", "\"soon\""] {
        bench
            .send(post(LINKS, &with("ttlMinutes", Some(minutes))))
            .await;
        let link = bench.newest_link();
        assert_eq!(link.expires_at_ms - link.created_at_ms, 48 * 3_600_000);
    }
    assert_eq!(bench.practice.links().len(), 3);
}
