use payment::Way;

use super::*;

fn terms(description: &str, hold: bool) -> CardTerms {
    CardTerms {
        card: "pm_1".to_owned(),
        description: description.to_owned(),
        hold,
    }
}

fn charge(minor: i64, currency: Currency, key: &str) -> Charge {
    Charge {
        amount: Money::new(minor, currency).unwrap(),
        way: Way::CardOnFile {
            terms: terms("", false),
        },
        key: IdempotencyKey::new(key).unwrap(),
        asked_at_ms: 0,
    }
}

fn text(body: Result<Bytes, Failure>) -> String {
    String::from_utf8(body.unwrap().to_vec()).unwrap()
}

#[test]
fn a_create_is_written_as_documented_in_both_generations() {
    let coffees = charge(35_050, Currency::Usd, "R-1");
    let create = |generation, charge, terms| text(create_body(generation, charge, terms));
    let table = [
        (
            create(
                Generation::Json,
                &coffees,
                &terms("Two \"coffees\" ñ", false),
            ),
            concat!(
                r#"{"amount":35050,"currency":"usd","capture_method":"automatic","#,
                r#""description":"Two \"coffees\" ñ","metadata":{"order_key":"R-1"}}"#
            ),
        ),
        (
            create(Generation::Json, &coffees, &terms("", true)),
            r#"{"amount":35050,"currency":"usd","capture_method":"manual","metadata":{"order_key":"R-1"}}"#,
        ),
        (
            create(Generation::Form, &coffees, &terms("a&b=ñ c", true)),
            concat!(
                "amount=35050&capture_method=manual&currency=usd&description=a%26b%3D%C3%B1+c",
                "&metadata%5Border_key%5D=R-1"
            ),
        ),
        (
            create(
                Generation::Json,
                &charge(money::MAX_MINOR, Currency::Jpy, "Mesa 4 ñ"),
                &terms("", false),
            ),
            concat!(
                r#"{"amount":999999999999,"currency":"jpy","capture_method":"automatic","#,
                r#""metadata":{"order_key":"Mesa 4 ñ"}}"#
            ),
        ),
    ];
    for (written, expected) in table {
        assert_eq!(written, expected);
    }
}

#[test]
fn the_other_bodies_are_written_as_documented() {
    let (json, form) = (Generation::Json, Generation::Form);
    let intent = IntentId::new("pi_1").unwrap();
    let amount = Money::new(5, Currency::Kwd).unwrap();
    let card = terms("", false);
    let act = IdempotencyKey::new("a-1").unwrap();
    let table = [
        (confirm_body(json, &card), r#"{"payment_method":"pm_1"}"#),
        (confirm_body(form, &card), "payment_method=pm_1"),
        (
            cancel_body(json),
            r#"{"cancellation_reason":"requested_by_customer"}"#,
        ),
        (
            cancel_body(form),
            "cancellation_reason=requested_by_customer",
        ),
        (capture_body(json), "{}"),
        (capture_body(form), ""),
        (
            refund_body(json, &intent, amount, &act),
            r#"{"payment_intent":"pi_1","amount":5,"metadata":{"act_key":"a-1"}}"#,
        ),
        (
            refund_body(form, &intent, amount, &act),
            "amount=5&metadata%5Bact_key%5D=a-1&payment_intent=pi_1",
        ),
    ];
    for (written, expected) in table {
        assert_eq!(text(written), expected);
    }
}

#[test]
fn a_key_fits_its_header_and_stays_apart_from_all_others() {
    let header = |text: &str| header_key(&IdempotencyKey::new(text).unwrap());
    assert_eq!(header("R-20418-2"), "R-20418-2");
    assert_eq!(header("R/1#a?b"), "R/1#a?b");
    let others = [
        "Mesa 4 ñ",
        "Mesa-4--",
        "Mesa 4 n",
        "Mesa:4:-",
        "R-1:confirm",
    ];
    let headers: Vec<String> = others.iter().map(|text| header(text)).collect();
    for (index, one) in headers.iter().enumerate() {
        assert!(one.bytes().all(|byte| byte.is_ascii_graphic()), "{one}");
        assert!(!headers[..index].contains(one), "{one}");
    }
    assert!(headers[0].starts_with("Mesa-4--:"), "{}", headers[0]);
    assert!(!headers[4].contains(":confirm"), "an ending of ours");
    assert_eq!(header(&"ñ".repeat(60)).len(), 93);
}

#[test]
fn an_amount_is_a_whole_number_of_minor_units() {
    let table = [
        ("2000", Some(2_000)),
        ("0", Some(0)),
        ("999999999999", Some(999_999_999_999)),
        ("1000000000000", None),
        ("99999999999999999999", None),
        ("20.00", None),
        ("2e3", None),
        ("-5", None),
        ("+5", None),
        ("", None),
    ];
    for (text, expected) in table {
        let found = amount(text, Currency::Usd).map(Money::minor);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn only_a_list_of_objects_is_a_list() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"data":null}"#,
        r#"{"data":{}}"#,
        r#"{"data":[null]}"#,
        r#"{"data":[[]]}"#,
        r#"{"data":["pi_1"]}"#,
        r#"{"data":[{"id":"a","id":"b"}]}"#,
        r#"{"data":[],"data":[]}"#,
        r#"{"data":["#,
        "<html>",
    ] {
        assert!(List::<Intent>::read(body.as_bytes()).is_none(), "{body}");
    }
}

#[test]
fn what_follows_a_page_is_said_by_its_cursor_or_its_last_row() {
    let next = |more: &str, limit| {
        let body = format!(r#"{{"data":[{{"id":"a"}},{{"id":"b"}}]{more}}}"#);
        List::<Intent>::read(body.as_bytes()).unwrap().next(limit)
    };
    let after = |cursor: &str| Next::After(cursor.to_owned());
    let table = [
        (r#","has_more":false"#, 2, Next::End),
        (r#","has_more":"false","next_cursor":"c""#, 2, Next::End),
        (r#","has_more":true"#, 100, after("b")),
        (r#","has_more":true,"next_cursor":"c""#, 100, after("c")),
        (r#","has_more":true,"next_cursor":null"#, 100, after("b")),
        (r#","has_more":true,"next_cursor":"""#, 100, after("b")),
        // A list that does not say it is measured by what was asked for.
        ("", 100, Next::End),
        ("", 2, after("b")),
    ];
    for (more, limit, expected) in table {
        assert_eq!(next(more, limit), expected, "{more} {limit}");
    }
    for data in ["[]", r#"[{"object":"payment_intent"}]"#] {
        let body = format!(r#"{{"data":{data},"has_more":true}}"#);
        let list = List::<Intent>::read(body.as_bytes()).unwrap();
        assert_eq!(list.next(100), Next::Nowhere, "{data}");
    }
}

#[test]
fn a_place_to_go_is_an_address_of_the_web() {
    let url = |action: &str| {
        let body = format!(r#"{{"next_action":{action}}}"#);
        Intent::read(body.as_bytes()).unwrap().action_url()
    };
    let page = "https://bank.example/3ds";
    let table = [
        (
            format!(
                r#"{{"type":"redirect_to_url","redirect_to_url":{{"url":"{page}","return_url":"https://shop.example"}}}}"#
            ),
            Some(page),
        ),
        (format!(r#"{{"url":"{page}"}}"#), Some(page)),
        (
            r#"{"redirect_to_url":{"return_url":"https://shop.example"}}"#.to_owned(),
            None,
        ),
        (
            r#"{"redirect_to_url":{"url":"javascript:alert(1)"}}"#.to_owned(),
            None,
        ),
        (r#"{"redirect_to_url":"x"}"#.to_owned(), None),
        (format!(r#""{page}""#), None),
        ("null".to_owned(), None),
        (
            format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
            None,
        ),
    ];
    for (action, expected) in table {
        assert_eq!(url(&action).as_deref(), expected, "{action}");
    }
}

#[test]
fn a_time_is_told_in_seconds_or_in_iso() {
    let table = [
        (r#"{"created":1767954600}"#, Some(1_767_954_600_000)),
        (r#"{"created":"1767954600"}"#, Some(1_767_954_600_000)),
        (
            r#"{"created_at":"2026-01-09T10:30:00Z"}"#,
            Some(1_767_954_600_000),
        ),
        (r#"{"created":"yesterday"}"#, None),
        (r#"{"created":null}"#, None),
        ("{}", None),
    ];
    for (body, expected) in table {
        let intent = Intent::read(body.as_bytes()).unwrap();
        assert_eq!(intent.made_at_ms(), expected, "{body}");
    }
}
