use ::http::HeaderMap;
use bytes::Bytes;
use money::{Currency, Money};
use payment::{IdempotencyKey, IntentId, Leftover, Prompt, TerminalCode, Way};

use super::*;

fn charge() -> Charge {
    Charge {
        amount: Money::new(1_000, Currency::Gbp).expect("an amount"),
        way: Way::on_terminal(TerminalCode::new("tm_1").expect("a code")),
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 0,
    }
}

fn intent(id: &str, second: u8, minor: i64, fields: &str) -> String {
    format!(
        r#"{{"id":"{id}","reference":"R-1","createdAt":"2026-09-21T14:00:{second:02}Z",
            "amount":{{"value":{minor},"currencyCode":"GBP"}},{fields}}}"#
    )
}

fn found(items: &[String]) -> Page {
    let body = format!(r#"{{"data":[{}],"after":null}}"#, items.join(","));
    let response = Response::new(200, &HeaderMap::new(), Bytes::from(body));
    page(&response).expect("a page")
}

fn picked(items: &[String]) -> Result<Option<String>, Failure> {
    let picked = pick(&charge(), found(items).intents)?;
    Ok(picked.map(|(created, _)| created.intent.expect("a name").to_string()))
}

const CREATED: &str = r#""status":"Created","terminalSessionHistory":[]"#;
const ON_MACHINE: &str = r#""status":"Created","terminalSessionHistory":[{"terminalSession":{"id":"ts_1","status":"Initiated"}}]"#;

#[test]
fn of_several_with_one_reference_the_one_that_matters_is_meant() {
    let paid = |id, second| intent(id, second, 1_000, r#""status":"Captured""#);
    let created = |id, second| intent(id, second, 1_000, CREATED);
    let on_machine = |id, second| intent(id, second, 1_000, ON_MACHINE);
    let gone = |id, second| intent(id, second, 1_000, r#""status":"Canceled""#);
    let other_amount = |id, second| intent(id, second, 999, r#""status":"Captured""#);
    let table = [
        (vec![], None),
        (vec![created("a", 1)], Some("a")),
        (vec![created("a", 1), created("b", 2)], Some("b")),
        (vec![created("b", 2), created("a", 1)], Some("b")),
        (vec![on_machine("a", 1), created("b", 2)], Some("a")),
        (vec![paid("a", 1), on_machine("b", 2)], Some("a")),
        (vec![created("a", 1), gone("b", 2)], Some("a")),
        (vec![gone("a", 1), gone("b", 2)], Some("b")),
        (vec![other_amount("a", 2), created("b", 1)], Some("b")),
    ];
    for (items, expected) in table {
        assert_eq!(picked(&items), Ok(expected.map(str::to_owned)), "{items:?}");
    }
    let other = intent("a", 1, 1_000, CREATED).replace("R-1", "R-10");
    assert_eq!(picked(&[other]), Ok(None));
}

#[test]
fn an_intent_of_another_amount_is_told() {
    let one = intent("a", 1, 999, CREATED);
    let two = intent("b", 2, 999, r#""status":"Captured""#);
    let named = IntentId::new("b").ok();
    assert_eq!(picked(&[one, two]), Err(mismatch("amount 999", named)));
    let euro = intent("a", 1, 1_000, CREATED).replace("GBP", "EUR");
    let named = IntentId::new("a").ok();
    assert_eq!(picked(&[euro]), Err(mismatch("currency EUR", named)));
    let nameless = intent("..", 1, 1_000, CREATED);
    assert_eq!(picked(&[nameless]), Err(unreadable()));
    let wordless = intent("a", 1, 1_000, r#""status":null"#);
    assert_eq!(picked(&[wordless]), Err(unreadable()));
}

/// A list that leaves out what happened on machines does not say that no machine has it.
#[test]
fn a_list_without_sessions_says_nothing_of_terminals() {
    let stands = |fields: &str| {
        let items = [intent("a", 1, 1_000, fields)];
        let picked = pick(&charge(), found(&items).intents).unwrap();
        let (created, live) = picked.unwrap();
        (created.seen.standing, created.seen.prompt, live.is_some())
    };
    let idle = Some(Prompt::TerminalIdle);
    assert_eq!(stands(CREATED), (Standing::NeedsCashier, idle, false));
    assert_eq!(stands(ON_MACHINE), (Standing::Waiting, None, true));
    assert_eq!(
        stands(r#""status":"Created""#),
        (Standing::Processing, None, false)
    );
    let untold = r#""status":"Captured""#;
    assert_eq!(stands(untold), (Standing::Paid, None, false));
}

#[test]
fn a_page_is_read_whole_or_not_at_all() {
    let read = |body: &str| Page::read(body.as_bytes());
    for body in [
        "",
        "[]",
        "{}",
        r#"{"after":"x"}"#,
        r#"{"data":{}}"#,
        r#"{"data":[7]}"#,
        r#"{"data":[{"id":"a","id":"b"}]}"#,
    ] {
        assert!(read(body).is_none(), "{body}");
    }
    let table = [
        (r#"{"data":[]}"#, 0, None),
        (r#"{"data":null,"after":""}"#, 0, None),
        (r#"{"data":[{}],"after":"c-1"}"#, 1, Some("c-1")),
        (r#"{"data":[{}],"after":7}"#, 1, Some("7")),
    ];
    for (body, count, after) in table {
        let page = read(body).unwrap();
        assert_eq!(
            (page.intents.len(), page.after.as_deref()),
            (count, after),
            "{body}"
        );
    }
}

#[test]
fn what_stands_open_is_listed_with_its_link() {
    const NOW_MS: i64 = 1_790_000_000_000;
    let link = r#","paymentLink":"https://pay.dojo.tech:443/checkout/x""#;
    let made = |fields: &str| intent("a", 1, 999, &format!(r#""status":"Created"{fields}"#));
    let table = [
        (made(""), Some(false)),
        (made(link), Some(true)),
        (made(r#","paymentLink":"""#), Some(false)),
        (
            made(&format!(r#"{link},"expireAt":"2026-09-21T14:13:20Z""#)),
            Some(false),
        ),
        (
            made(&format!(r#"{link},"expireAt":"2026-09-21T14:13:21Z""#)),
            Some(true),
        ),
        (intent("a", 1, 999, r#""status":"Captured""#), None),
        (intent("a/b", 1, 999, CREATED), None),
        (intent("a", 1, 999, CREATED).replace("GBP", "XXX"), None),
    ];
    for (item, has_link) in table {
        let all = found(std::slice::from_ref(&item));
        let open = crate::answer::open_first(listed(all, Currency::Gbp, Some(NOW_MS)));
        let expected = has_link.map(|has_link| Leftover {
            intent: IntentId::new("a").unwrap(),
            reference: "R-1".to_owned(),
            amount: Money::new(999, Currency::Gbp).unwrap(),
            made_at_ms: Some(NOW_MS - 800_000 + 1_000),
            has_link,
        });
        assert_eq!(open, Vec::from_iter(expected), "{item}");
    }
}

/// What ended there is in the list too, each with its word; what a machine has open stands open.
#[test]
fn what_is_over_is_listed_with_where_it_stands() {
    let link = r#","paymentLink":"https://pay.dojo.tech:443/checkout/x""#;
    let on_machine = |word: &str| {
        format!(
            r#""status":"Created"{link},"terminalSessionHistory":[{{"terminalSession":{{
            "id":"s-1","terminalId":"tm_1","status":"{word}",
            "details":{{"sessionType":"Sale","sale":{{"paymentIntentId":"a"}}}}}}}}]"#
        )
    };
    let card = r#""status":"Captured","paymentDetails":{"card":{"last4PAN":"0226"}}"#;
    let odd = r#""status":"Captured","paymentDetails":{"card":[1]}"#;
    let table = [
        (card.to_owned(), Standing::Paid, false, Some("0226")),
        (odd.to_owned(), Standing::Paid, false, None),
        (
            r#""status":"Canceled""#.to_owned(),
            Standing::Cancelled,
            false,
            None,
        ),
        (
            r#""status":"Reversed""#.to_owned(),
            Standing::Refunded,
            false,
            None,
        ),
        (
            r#""status":"Refunded""#.to_owned(),
            Standing::Refunded,
            false,
            None,
        ),
        (
            r#""status":"Odd""#.to_owned(),
            Standing::Unrecognised,
            false,
            None,
        ),
        (
            r#""status":"Created""#.to_owned(),
            Standing::Processing,
            false,
            None,
        ),
        (
            format!(r#""status":"Created"{link}"#),
            Standing::Waiting,
            true,
            None,
        ),
        (on_machine("Initiated"), Standing::Waiting, true, None),
        (on_machine("Expired"), Standing::Unconfirmed, true, None),
        (on_machine("Odd"), Standing::Processing, true, None),
        (on_machine("Declined"), Standing::NeedsCashier, true, None),
    ];
    for (fields, standing, has_link, last_four) in table {
        let item = intent("a", 1, 999, &fields);
        let all = listed(found(std::slice::from_ref(&item)), Currency::Gbp, None);
        let one = all.first().expect(&item);
        assert_eq!((one.standing, one.has_link), (standing, has_link), "{item}");
        assert_eq!(one.last_four.as_deref(), last_four, "{item}");
        assert!(!one.raw.is_empty(), "{item}");
    }
}

#[test]
fn an_order_is_found_under_each_of_its_keys_while_it_stands_open_or_paid() {
    let order = OrderRef::new("R-1").expect("an order");
    let now_ms = time_ms("2026-09-21T14:30:00Z");
    let with = |reference: &str, fields: &str| {
        let item = intent("pi_1", 1, 1_000, fields);
        let item = item.replace(
            r#""reference":"R-1""#,
            &format!(r#""reference":"{reference}""#),
        );
        of_order(&order, &found(&[item]), now_ms).len() == 1
    };
    let table = [
        ("R-1", r#""status":"Created""#, true),
        ("R-1-a2", r#""status":"Created""#, true),
        ("R-1", r#""status":"Authorized""#, true),
        ("R-1", r#""status":"Captured""#, true),
        ("R-1", r#""status":"Captured","refundedAmount":999"#, true),
        ("R-1", r#""status":"Captured","refundedAmount":1000"#, false),
        ("R-1", r#""status":"Refunded""#, false),
        ("R-1", r#""status":"Canceled""#, false),
        ("R-1", r#""status":"Reversed""#, false),
        (
            "R-1",
            r#""status":"Created","expireAt":"2026-09-21T14:31:00Z""#,
            true,
        ),
        (
            "R-1",
            r#""status":"Created","expireAt":"2026-09-21T14:30:00Z""#,
            false,
        ),
        ("R-10", r#""status":"Captured""#, false),
    ];
    for (reference, fields, expected) in table {
        assert_eq!(with(reference, fields), expected, "{reference} {fields}");
    }
}
