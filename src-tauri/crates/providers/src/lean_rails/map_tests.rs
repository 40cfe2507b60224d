use ::http::HeaderMap;
use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use bytes::Bytes;
use money::Money;
use payment::outcome::{Asked, Verdict, verdict};
use payment::{CardTerms, IdempotencyKey, Leftover, Way};

use super::super::refusal::decline;
use super::*;

const ID: &str = "pi_1";
const USD: Currency = Currency::Usd;

fn money(minor: i64) -> Money {
    Money::new(minor, USD).expect("an amount")
}

fn charge() -> Charge {
    Charge {
        amount: money(35_050),
        way: Way::CardOnFile {
            terms: CardTerms {
                card: "pm_1".to_owned(),
                description: String::new(),
                hold: false,
            },
        },
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 0,
    }
}

fn intent() -> IntentId {
    IntentId::new(ID).expect("an id")
}

fn json(status: u16, body: &str) -> Response {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, "application/json".parse().expect("media"))]);
    Response::new(status, &headers, Bytes::copy_from_slice(body.as_bytes()))
}

fn page(status: u16) -> Response {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, "text/html".parse().expect("media"))]);
    Response::new(status, &headers, Bytes::from_static(b"<html>{}</html>"))
}

/// Fields and what stands in their place.
type Replaced = &'static [(&'static str, &'static str)];

/// The documented object, with fields replaced or, by an empty text, left out.
fn object(replaced: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", format!("\"{ID}\"")),
        ("object", "\"payment_intent\"".to_owned()),
        ("amount", "35050".to_owned()),
        ("amount_received", "0".to_owned()),
        ("currency", "\"usd\"".to_owned()),
        ("status", "\"requires_payment_method\"".to_owned()),
        ("metadata", r#"{"order_key":"R-1"}"#.to_owned()),
        ("last_payment_error", "null".to_owned()),
        ("client_secret", "\"pi_1_secret_x\"".to_owned()),
        ("created", "1767954600".to_owned()),
    ];
    for (name, value) in replaced {
        fields.retain(|(field, _)| field != name);
        if !value.is_empty() {
            fields.push((name, (*value).to_owned()));
        }
    }
    let fields: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn create(body: &str) -> Result<(IntentId, Seen), Failure> {
    created(&charge(), &json(200, body))
}

fn confirm(body: &str) -> Result<Seen, Failure> {
    confirmed(&charge(), &intent(), &json(200, body))
}

fn read(body: &str) -> Result<Seen, Failure> {
    seen(&intent(), USD, &json(200, body))
}

fn form(code: &str, said: &str) -> String {
    format!(r#"{{"error":{{"type":"invalid_request_error","code":"{code}","message":"{said}"}}}}"#)
}

#[test]
fn the_documented_answer_to_a_create_waits_for_a_card() {
    for status in [200, 201] {
        let (named, seen) = created(&charge(), &json(status, &object(&[]))).unwrap();
        assert_eq!(named, intent());
        let stands = (seen.standing, seen.prompt, seen.amount);
        let idle = Some(Prompt::TerminalIdle);
        let expected = (Standing::NeedsCashier, idle, Some(charge().amount));
        assert_eq!(stands, expected);
    }
}

#[test]
fn each_status_means_one_thing() {
    use Standing::*;
    let idle = Some(Prompt::TerminalIdle);
    let error = (
        "last_payment_error",
        r#"{"type":"payment_error","code":"card_declined","decline_code":"do_not_honor"}"#,
    );
    let place = (
        "next_action",
        r#"{"redirect_to_url":{"url":"https://bank.example/3ds"}}"#,
    );
    let nothing = ("x", "1");
    #[rustfmt::skip]
    let table = [
        ("requires_payment_method", nothing, NeedsCashier, idle, "requires_payment_method"),
        ("requires_payment_method", ("last_payment_error", "{}"), NeedsCashier, idle, "requires_payment_method"),
        ("requires_payment_method", ("last_payment_error", ""),   NeedsCashier, idle, "requires_payment_method"),
        ("requires_payment_method", error,   Declined,     None, "requires_payment_method, do_not_honor"),
        ("requires_confirmation",   nothing, NeedsCashier, idle, "requires_confirmation"),
        ("requires_action",         nothing, Processing,   None, "requires_action"),
        ("requires_action",         place,   Waiting,      None, "requires_action"),
        ("processing",              nothing, Processing,   None, "processing"),
        ("requires_capture",        nothing, Authorised,   None, "requires_capture"),
        ("canceled",                nothing, Cancelled,    None, "canceled"),
        ("cancelled",               nothing, Unrecognised, None, "cancelled"),
        ("Succeeded",               nothing, Unrecognised, None, "Succeeded"),
        ("paid",                    nothing, Unrecognised, None, "paid"),
        ("",                        nothing, Unrecognised, None, ""),
    ];
    for (status, replaced, standing, prompt, raw) in table {
        let body = object(&[("status", &format!("\"{status}\"")), replaced]);
        for seen in [
            read(&body),
            confirm(&body),
            create(&body).map(|made| made.1),
        ] {
            let seen = seen.unwrap();
            let found = (seen.standing, seen.prompt, &*seen.raw, seen.amount);
            assert_eq!(
                found,
                (standing, prompt, raw, Some(money(35_050))),
                "{body}"
            );
            assert_eq!(seen.page.is_some(), standing == Waiting, "{body}");
        }
    }
}

#[test]
fn paid_is_as_much_as_was_received() {
    let paid = ("status", "\"succeeded\"");
    let table = [
        ("35050", Some(35_050)),
        ("\"35050\"", Some(35_050)),
        ("100", Some(100)),
        ("0", Some(0)),
        ("null", Some(35_050)),
        ("", Some(35_050)),
    ];
    for (received, amount) in table {
        let seen = read(&object(&[paid, ("amount_received", received)])).unwrap();
        assert_eq!(seen.standing, Standing::Paid, "{received}");
        assert_eq!(seen.amount.map(Money::minor), amount, "{received}");
    }
    let junk = read(&object(&[paid, ("amount_received", "350.50")]));
    assert_eq!(junk, Err(mismatch("amount 350.50", Some(intent()))));
    let held = ("status", "\"requires_capture\"");
    let seen = read(&object(&[held, ("amount_received", "0")])).unwrap();
    assert_eq!(seen.amount, Some(money(35_050)));
}

#[test]
fn an_answer_about_something_else_is_told() {
    let ours = Some(intent());
    #[rustfmt::skip]
    let table: &[(Replaced, &str, Option<IntentId>)] = &[
        (&[("amount", "35051")],       "amount 35051",  ours.clone()),
        (&[("amount", "350.50")],      "amount 350.50", ours.clone()),
        (&[("amount", "35050.0")],     "amount 35050.0", ours.clone()),
        (&[("currency", "\"mxn\"")],   "currency mxn",  ours.clone()),
        (&[("amount", "1"), ("metadata", "{}")], "amount 1", ours),
        (&[("metadata", r#"{"order_key":"R-2"}"#)], "order_key R-2", None),
    ];
    for (replaced, said, named) in table {
        let expected = mismatch(said, named.clone());
        assert_eq!(create(&object(replaced)), Err(expected.clone()));
        assert_eq!(confirm(&object(replaced)), Err(expected));
    }
    for metadata in ["{}", "null", "[]", "\"x\"", ""] {
        assert!(create(&object(&[("metadata", metadata)])).is_ok());
    }
    let other = object(&[("id", "\"pi_2\"")]);
    assert_eq!(read(&other), Err(mismatch("id pi_2", None)));
    assert_eq!(confirm(&other), Err(mismatch("id pi_2", Some(intent()))));
    let mxn = read(&object(&[("currency", "\"mxn\"")]));
    assert_eq!(mxn, Err(mismatch("currency mxn", Some(intent()))));
}

#[test]
fn an_answer_of_no_use_may_have_happened() {
    let twice = object(&[]).replace("\"id\"", "\"id\":\"x\",\"id\"");
    for body in [
        "",
        "{}",
        "[]",
        "null",
        &twice,
        &object(&[("status", "")]),
        &object(&[("status", "null")]),
        &object(&[("id", "")]),
        &object(&[("id", "\"..\"")]),
        &object(&[("id", "\"a/b\"")]),
    ] {
        assert_eq!(create(body), Err(unreadable()), "{body}");
        assert_eq!(confirm(body), Err(unreadable()), "{body}");
    }
    for body in ["", "{}", "[]", &twice, &object(&[("status", "")])] {
        assert_eq!(read(body), Err(unreadable()), "{body}");
    }
    assert_eq!(created(&charge(), &page(200)), Err(web_page()));
    assert_eq!(accepted(&page(200)), Err(web_page()));
    assert_eq!(listed::<Intent>(&page(200)).err(), Some(web_page()));
}

#[test]
fn a_refusal_is_what_its_status_code_and_words_say() {
    let invalid = |said: &str| Failure::Invalid {
        said: said.to_owned(),
    };
    let not_found = |said: Option<&str>| Failure::NotFound {
        said: said.map(str::to_owned),
    };
    let fault = |status| Failure::Fault { status };
    let slow = || Failure::RateLimited {
        retry_after_ms: None,
    };
    let declined = r#"{"error":{"type":"payment_error","code":"card_declined","decline_code":"lost_card","message":"No."}}"#;
    let of_type = r#"{"error":{"type":"idempotency_error","message":"no"}}"#;
    let param = r#"{"error":{"code":"parameter_invalid","message":"Too small","param":"amount"}}"#;
    #[rustfmt::skip]
    let table = [
        // answer,                                        create,               the others
        (json(400, &form("parameter_invalid", "no")),     invalid("no"),        invalid("no")),
        (json(422, &form("parameter_missing", "no")),     invalid("no"),        invalid("no")),
        (json(400, param),                                invalid("Too small (amount)"), invalid("Too small (amount)")),
        (json(400, &form("parameter_invalid", "")),       invalid("parameter_invalid"), invalid("parameter_invalid")),
        (json(422, &form("idempotency_key_reuse", "no")), Failure::Duplicate,   invalid("no")),
        (json(400, &form("idempotency_error", "no")),     Failure::Duplicate,   invalid("no")),
        (json(400, of_type),                              Failure::Duplicate,   invalid("no")),
        (json(409, &form("idempotency_key_reuse", "no")), Failure::Duplicate,   fault(409)),
        (json(409, &form("", "at work")),                 fault(409),           fault(409)),
        (json(409, ""),                                   fault(409),           fault(409)),
        (json(402, declined),                             fault(402),           invalid("No.")),
        (json(402, ""),                                   fault(402),           fault(402)),
        (json(401, &form("", "no")),                      Failure::KeyRefused,  Failure::KeyRefused),
        (page(401),                                       Failure::KeyRefused,  Failure::KeyRefused),
        (json(403, &form("", "no")),                      Failure::KeyRefused,  Failure::KeyRefused),
        (json(403, &form("authentication_required", "no")), invalid("no"),      invalid("no")),
        (json(404, &form("resource_missing", "none")),    not_found(Some("none")), not_found(Some("none"))),
        (json(400, &form("resource_missing", "none")),    not_found(Some("none")), not_found(Some("none"))),
        (page(404),                                       not_found(None),      not_found(None)),
        (json(400, r#"{"message":"not their form"}"#),    fault(400),           fault(400)),
        (json(400, r#"{"error":"no"}"#),                  fault(400),           fault(400)),
        (json(400, r#"{"error":{}}"#),                    fault(400),           fault(400)),
        (json(429, &form("rate_limit_exceeded", "slow")), slow(),               slow()),
        (json(302, ""),                                   Failure::Redirected,  Failure::Redirected),
        (json(500, &form("", "no")),                      fault(500),           fault(500)),
        (page(502),                                       fault(502),           fault(502)),
    ];
    for (response, create, other) in table {
        assert_eq!(created(&charge(), &response), Err(create), "{response:?}");
        let expected = Err(other.clone());
        assert_eq!(seen(&intent(), USD, &response), expected);
        assert_eq!(confirmed(&charge(), &intent(), &response), expected);
        assert_eq!(accepted(&response), Err(other.clone()));
        assert_eq!(listed::<Intent>(&response).err(), Some(other));
    }
}

/// Another request with the same key, and a key that is used for something else, never prove that
/// nothing happened.
#[test]
fn a_key_in_use_leaves_everything_open() {
    let table = [
        (409, form("", "at work"), Verdict::MayHaveHappened),
        (
            422,
            form("idempotency_key_reuse", "x"),
            Verdict::ExistsUnseen,
        ),
        (400, form("idempotency_error", "x"), Verdict::ExistsUnseen),
        (402, form("card_declined", "x"), Verdict::MayHaveHappened),
    ];
    for (status, body, expected) in table {
        let failure = created(&charge(), &json(status, &body)).unwrap_err();
        assert_eq!(verdict(Asked::FirstCreate, &failure), expected, "{body}");
    }
}

#[test]
fn a_refused_card_is_named_by_its_most_exact_word() {
    let told = |status, inside: &str| {
        let body = format!(r#"{{"error":{{{inside}}}}}"#);
        decline(&json(status, &body))
    };
    let both = r#""code":"card_declined","decline_code":"lost_card","message":"No.""#;
    let table = [
        (402, both, Some("lost_card")),
        (
            402,
            r#""code":"expired_card","message":"No.""#,
            Some("expired_card"),
        ),
        (402, r#""message":"No.""#, Some("No.")),
        (
            402,
            r#""message":"card 4111111111111111""#,
            Some("card ••••••••••••••••"),
        ),
        (402, "", None),
        (400, both, None),
    ];
    for (status, inside, expected) in table {
        assert_eq!(told(status, inside).as_deref(), expected, "{inside}");
    }
}

#[test]
fn after_a_refused_confirm_the_reading_decides() {
    let invalid = Failure::Invalid {
        said: "No such payment method".to_owned(),
    };
    let read = |status: &str| read(&object(&[("status", &format!("\"{status}\""))])).unwrap();
    let lost = || Some("lost_card".to_owned());
    #[rustfmt::skip]
    let table = [
        ("requires_payment_method", None,   Standing::NeedsCashier, Some(Prompt::TerminalIdle), "No such payment method"),
        ("requires_confirmation",   None,   Standing::NeedsCashier, Some(Prompt::TerminalIdle), "No such payment method"),
        ("requires_payment_method", lost(), Standing::Declined,     None, "lost_card"),
        // The refusal was the replay of an old one.
        ("succeeded",               lost(), Standing::Paid,         None, "succeeded"),
        ("processing",              lost(), Standing::Processing,   None, "processing"),
        ("canceled",                None,   Standing::Cancelled,    None, "canceled"),
    ];
    for (status, word, standing, prompt, raw) in table {
        let seen = after_refusal(read(status), word, &invalid);
        let found = (seen.standing, seen.prompt, &*seen.raw);
        assert_eq!(found, (standing, prompt, raw), "{status}");
    }
    let unread = unconfirmed(&charge(), &Failure::Fault { status: 503 });
    assert_eq!(unread.standing, Standing::Processing);
    assert_eq!(unread.raw, "confirm: the provider failed with status 503");
    assert_eq!(unread.amount, Some(charge().amount));
}

fn list(objects: &[String]) -> List<Intent> {
    let body = format!(r#"{{"object":"list","data":[{}]}}"#, objects.join(","));
    listed(&json(200, &body)).unwrap()
}

#[test]
fn a_payment_is_found_by_its_key_and_must_be_the_one_asked_for() {
    let find = |objects: &[String]| found(&charge(), &list(objects));
    let other = object(&[("metadata", r#"{"order_key":"R-2"}"#), ("id", "\"x\"")]);
    let stranger = object(&[("metadata", "{}"), ("id", "\"y\"")]);
    assert_eq!(find(&[]), Ok(None));
    assert_eq!(find(&[other.clone(), stranger]), Ok(None));
    let paid = ("status", "\"succeeded\"");
    let withdrawn = ("status", "\"canceled\"");
    let twin = object(&[("id", "\"pi_2\""), withdrawn]);
    let open = object(&[("id", "\"pi_3\"")]);
    let dear = object(&[("id", "\"pi_4\""), ("amount", "1")]);
    let rows = [
        (vec![other, object(&[paid])], ID),
        (vec![twin.clone(), open.clone(), object(&[paid])], ID),
        (vec![twin.clone(), open], "pi_3"),
        (vec![dear.clone(), twin], "pi_2"),
    ];
    for (objects, expected) in rows {
        let created = find(&objects).unwrap().unwrap();
        let named = created.intent.unwrap();
        assert_eq!(named.as_str(), expected);
    }
    let named = IntentId::new("pi_4").ok();
    assert_eq!(find(&[dear]), Err(mismatch("amount 1", named)));
    for replaced in [("id", ""), ("status", "")] {
        assert_eq!(find(&[object(&[replaced])]), Err(unreadable()));
    }
}

#[test]
fn only_what_stands_open_is_a_leftover() {
    let left = |replaced: &[(&str, &str)]| {
        let list = list(&[object(replaced)]);
        one_of_list(&list.rows[0])?.leftover()
    };
    let expected = Leftover {
        intent: intent(),
        reference: "R-1".to_owned(),
        amount: money(35_050),
        made_at_ms: Some(1_767_954_600_000),
        has_link: false,
    };
    assert_eq!(left(&[]), Some(expected.clone()));
    let place = r#"{"redirect_to_url":{"url":"https://bank.example"}}"#;
    let waits = left(&[("status", "\"requires_action\""), ("next_action", place)]);
    assert_eq!(
        waits,
        Some(Leftover {
            has_link: true,
            ..expected.clone()
        })
    );
    let elsewhere = left(&[("metadata", "{}"), ("description", "\"Web shop\"")]).unwrap();
    assert_eq!(elsewhere.reference, "Web shop");
    let yen = left(&[("currency", "\"jpy\"")]).unwrap();
    assert_eq!(yen.amount.currency(), Currency::Jpy);
    let declined = ("last_payment_error", r#"{"code":"card_declined"}"#);
    for replaced in [
        ("status", "\"succeeded\""),
        ("status", "\"canceled\""),
        ("status", "\"settling\""),
        declined,
        ("currency", "\"xau\""),
        ("amount", "\"much\""),
        ("id", "\"a/b\""),
    ] {
        assert_eq!(left(&[replaced]), None, "{replaced:?}");
    }
    for status in ["requires_confirmation", "processing", "requires_capture"] {
        assert!(left(&[("status", &format!("\"{status}\""))]).is_some());
    }
}

#[test]
fn a_cancel_has_worked_where_its_answer_says_so() {
    let table = [
        (json(200, &object(&[("status", "\"canceled\"")])), true),
        // As the sample in the reference has it.
        (json(200, &object(&[])), false),
        (json(400, &form("x", "canceled")), false),
        (json(200, ""), false),
    ];
    for (response, expected) in table {
        assert_eq!(is_withdrawn(&response), expected, "{response:?}");
    }
}

#[test]
fn the_time_to_wait_and_the_words_are_passed_on_clean() {
    let headers = HeaderMap::from_iter([(RETRY_AFTER, "7".parse().unwrap())]);
    let response = Response::new(429, &headers, Bytes::new());
    let slow = Failure::RateLimited {
        retry_after_ms: Some(7_000),
    };
    assert_eq!(accepted(&response), Err(slow));
    let said = "card •••• •••• •••• ••••".to_owned();
    let body = form("parameter_invalid", "card 4111 1111 1111 1111");
    assert_eq!(accepted(&json(400, &body)), Err(Failure::Invalid { said }));
}
