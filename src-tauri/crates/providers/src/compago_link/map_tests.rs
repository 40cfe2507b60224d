use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;
use bytes::Bytes;
use payment::failure::BadAnswer;
use payment::{IdempotencyKey, LinkTerms, Way};

use super::*;
use crate::answer::web_page;

const ID: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const TWIN: &str = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const PAGE: &str = "https://pay.example/x";

fn charge() -> Charge {
    Charge {
        amount: Money::new(35_050, Currency::Mxn).expect("an amount"),
        way: Way::Link {
            terms: LinkTerms {
                description: "Two coffees".to_owned(),
                minutes: 60,
                method: None,
                payer: None,
                billing: None,
                language: None,
            },
        },
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 1_790_000_000_000,
    }
}

fn pages() -> ReturnPages {
    ReturnPages {
        homepage_url: "https://shop.example/".to_owned(),
        redirect_url: "https://shop.example/thanks".to_owned(),
    }
}

fn intent() -> IntentId {
    IntentId::new(ID).expect("an id")
}

fn answer(status: u16, media: &str, body: &str) -> Response {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media.parse().expect("media"))]);
    Response::new(status, &headers, Bytes::copy_from_slice(body.as_bytes()))
}

fn json(status: u16, body: &str) -> Response {
    answer(status, "application/json", body)
}

/// Fields and what stands in their place.
type Replaced = &'static [(&'static str, &'static str)];

/// The documented object, with fields replaced or, by an empty text, left out.
fn object(replaced: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", format!("\"{ID}\"")),
        ("status", "\"PENDING\"".to_owned()),
        ("description", "\"Two coffees\"".to_owned()),
        ("amount", "350.5".to_owned()),
        ("currency", "\"MXN\"".to_owned()),
        ("externalId", "\"R-1\"".to_owned()),
        ("expiresAt", "\"2026-01-09T10:30:00Z\"".to_owned()),
        ("redirectUrl", "\"https://shop.example/thanks\"".to_owned()),
        ("homepageUrl", "\"https://shop.example/\"".to_owned()),
        ("createdAt", "\"2026-01-09T09:30:00Z\"".to_owned()),
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

fn create(body: &str) -> Result<Created, Failure> {
    created(&charge(), &pages(), &json(201, body))
}

#[test]
fn a_create_answers_a_page_under_any_of_its_names() {
    for name in ["redirectUrl", "checkoutUrl", "paymentUrl", "url"] {
        for status in [200, 201, 202] {
            let answer = json(status, &format!(r#"{{"{name}":"{PAGE}"}}"#));
            let made = created(&charge(), &pages(), &answer).unwrap();
            assert_eq!((made.intent, made.seen.amount), (None, None));
            assert_eq!(made.seen.standing, Standing::Waiting);
            let page = made.seen.page.unwrap();
            assert_eq!((&*page.url, page.expires_at_ms), (PAGE, None));
        }
    }
    let quoted = format!("\"{PAGE}\"");
    let whole = create(&object(&[("redirectUrl", &quoted)])).unwrap();
    assert_eq!(whole.intent, Some(intent()));
    assert_eq!(whole.seen.amount, Some(charge().amount));
    let page = whole.seen.page.unwrap();
    assert_eq!(
        (&*page.url, page.expires_at_ms),
        (PAGE, Some(1_767_954_600_000))
    );
    // The shop's own addresses, told back, are not where the customer pays.
    let echoed = create(&object(&[])).unwrap();
    assert_eq!((echoed.intent, echoed.seen.page), (Some(intent()), None));
    let both = create(&object(&[("checkoutUrl", &quoted)])).unwrap();
    assert_eq!(both.seen.page.unwrap().url, PAGE);
}

#[test]
fn a_create_that_names_neither_page_nor_payment_may_have_happened() {
    let long = format!(
        r#"{{"redirectUrl":"https://a.example/{}"}}"#,
        "x".repeat(2_048)
    );
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"message":"ok"}"#,
        r#"{"redirectUrl":null}"#,
        r#"{"redirectUrl":"javascript:alert(1)"}"#,
        r#"{"redirectUrl":"/pay/x"}"#,
        r#"{"redirectUrl":"https://shop.example/thanks"}"#,
        r#"{"redirectUrl":"https://a.example","redirectUrl":"https://b.example"}"#,
        r#"{"id":".."}"#,
        &long,
    ] {
        assert_eq!(create(body), Err(unreadable()), "{body}");
    }
    let portal = answer(200, "text/html", "<html>{}</html>");
    assert_eq!(created(&charge(), &pages(), &portal), Err(web_page()));
    assert_eq!(create("  <!doctype html><p>Log in</p>"), Err(web_page()));
}

#[test]
fn a_create_about_something_else_is_told() {
    let ours = Some(intent());
    #[rustfmt::skip]
    let table: &[(Replaced, &str, Option<IntentId>)] = &[
        (&[("amount", "350.51")],         "amount 350.51",    ours.clone()),
        (&[("amount", "\"35050\"")],      "amount 35050",     ours.clone()),
        (&[("currency", "\"USD\"")],      "currency USD",     ours),
        (&[("externalId", "\"R-2\"")],    "externalId R-2",   None),
    ];
    for (replaced, said, intent) in table {
        let expected = Failure::Mismatch {
            said: (*said).to_owned(),
            intent: intent.clone(),
        };
        assert_eq!(create(&object(replaced)), Err(expected));
    }
    for amount in ["350.50", "\"350.50\"", "350.500", ""] {
        let made = create(&object(&[("amount", amount)])).unwrap();
        assert_eq!(
            made.seen.amount,
            (!amount.is_empty()).then_some(charge().amount)
        );
    }
}

#[test]
fn a_reading_means_one_thing_in_every_plausible_form() {
    use Standing::*;
    #[rustfmt::skip]
    let table = [
        // status,    expired,      standing,     raw
        ("PENDING",   "",           Waiting,      "PENDING"),
        ("PENDING",   "false",      Waiting,      "PENDING"),
        ("PENDING",   "null",       Waiting,      "PENDING"),
        ("PENDING",   "true",       Expired,      "PENDING, expired"),
        ("PENDING",   "\"true\"",   Expired,      "PENDING, expired"),
        ("CONFIRMED", "",           Paid,         "CONFIRMED"),
        ("CONFIRMED", "true",       Paid,         "CONFIRMED, expired"),
        ("CANCELLED", "",           Cancelled,    "CANCELLED"),
        ("CANCELLED", "true",       Cancelled,    "CANCELLED, expired"),
        ("EXPIRED",   "",           Unrecognised, "EXPIRED"),
        ("REFUNDED",  "",           Unrecognised, "REFUNDED"),
        ("confirmed", "",           Unrecognised, "confirmed"),
        ("",          "",           Unrecognised, ""),
    ];
    for (status, expired, standing, raw) in table {
        let body = object(&[("status", &format!("\"{status}\"")), ("expired", expired)]);
        let read = seen(&intent(), Currency::Mxn, &json(200, &body)).unwrap();
        let expected = Seen {
            standing,
            prompt: None,
            raw: raw.to_owned(),
            amount: Some(charge().amount),
            page: None,
            tip: None,
            returned: None,
            acts: Vec::new(),
        };
        assert_eq!(read, expected, "{body}");
    }
    for body in ["", "{}", "[]", &object(&[("status", "null")])] {
        let read = seen(&intent(), Currency::Mxn, &json(200, body));
        assert_eq!(read, Err(unreadable()), "{body}");
    }
}

#[test]
fn a_reading_about_something_else_is_told() {
    let ours = Some(intent());
    #[rustfmt::skip]
    let table: &[(Replaced, &str, Option<IntentId>)] = &[
        (&[("currency", "\"USD\"")],  "currency USD",   ours.clone()),
        (&[("amount", "350.505")],    "amount 350.505", ours.clone()),
        (&[("amount", "3.5e2")],      "amount 3.5e2",   ours),
        (&[("id", "\"other\"")],      "id other",       None),
    ];
    for (replaced, said, intent_told) in table {
        let read = seen(&intent(), Currency::Mxn, &json(200, &object(replaced)));
        let expected = Failure::Mismatch {
            said: (*said).to_owned(),
            intent: intent_told.clone(),
        };
        assert_eq!(read, Err(expected));
    }
    let other = object(&[("amount", "350.51")]);
    let read = seen(&intent(), Currency::Mxn, &json(200, &other)).unwrap();
    assert_eq!(
        read.amount.map(Money::minor),
        Some(35_051),
        "the engine compares"
    );
}

#[test]
fn the_page_of_a_reading_is_one_that_names_the_payment() {
    let with_name = format!("https://pay.example/{}", ID.to_uppercase());
    let in_query = format!("https://shop.example/old-thanks?id={ID}");
    let table = [
        ("redirectUrl", &*with_name, true),
        ("redirectUrl", &in_query, false),
        ("redirectUrl", "https://shop.example/old-thanks", false),
        ("redirectUrl", "https://shop.example/thanks", false),
        ("checkoutUrl", PAGE, true),
        ("checkoutUrl", "javascript:alert(1)", false),
    ];
    for (name, address, expected) in table {
        let body = object(&[(name, &format!("\"{address}\""))]);
        let read = seen(&intent(), Currency::Mxn, &json(200, &body)).unwrap();
        let url = read.page.map(|page| page.url);
        assert_eq!(
            url.as_deref(),
            expected.then_some(address),
            "{name} {address}"
        );
    }
}

#[test]
fn a_refusal_is_what_its_status_and_words_say() {
    let taken = r#"{"message":"externalId is already in use"}"#;
    let said = "externalId is already in use".to_owned();
    let invalid = Failure::Invalid { said };
    #[rustfmt::skip]
    let table = [
        // answer,                    create,                       read and list
        (json(400, taken),            Failure::Duplicate,           invalid.clone()),
        (json(409, taken),            Failure::Duplicate,           invalid),
        (json(401, ""),               Failure::KeyRefused,          Failure::KeyRefused),
        (json(404, ""),               Failure::NotFound { said: None }, Failure::NotFound { said: None }),
        (json(400, ""),               Failure::Fault { status: 400 }, Failure::Fault { status: 400 }),
        (json(307, ""),               Failure::Redirected,          Failure::Redirected),
        (json(503, ""),               Failure::Fault { status: 503 }, Failure::Fault { status: 503 }),
        (json(429, ""),               Failure::RateLimited { retry_after_ms: None }, Failure::RateLimited { retry_after_ms: None }),
    ];
    for (response, create, other) in table {
        assert_eq!(created(&charge(), &pages(), &response), Err(create));
        assert_eq!(
            seen(&intent(), Currency::Mxn, &response),
            Err(other.clone())
        );
        assert_eq!(listed(&response).err(), Some(other));
    }
}

fn links(objects: &[String]) -> Vec<Link> {
    let body = format!(r#"{{"items":[{}]}}"#, objects.join(","));
    listed(&json(200, &body)).unwrap().links
}

fn twin(replaced: &[(&str, &str)]) -> String {
    let id = format!("\"{TWIN}\"");
    object(&[&[("id", &*id)], replaced].concat())
}

#[test]
fn of_several_with_one_key_the_paid_then_the_open_then_the_newest_is_kept() {
    let later = ("createdAt", "\"2026-01-09T09:30:01Z\"");
    let (confirmed, cancelled) = (("status", "\"CONFIRMED\""), ("status", "\"CANCELLED\""));
    let other_amount = ("amount", "1.00");
    #[rustfmt::skip]
    let table: &[(Vec<String>, &str, &[&str])] = &[
        // found,                                                   kept, withdrawn
        (vec![object(&[])],                                         ID,   &[]),
        (vec![object(&[cancelled])],                                ID,   &[]),
        (vec![object(&[]), twin(&[later])],                         TWIN, &[ID]),
        (vec![twin(&[later]), object(&[])],                         TWIN, &[ID]),
        (vec![object(&[confirmed]), twin(&[later])],                ID,   &[TWIN]),
        (vec![object(&[]), twin(&[later, cancelled])],              ID,   &[]),
        (vec![object(&[cancelled]), twin(&[later, cancelled])],     TWIN, &[]),
        (vec![object(&[confirmed]), twin(&[later, confirmed])],     TWIN, &[]),
        (vec![object(&[]), twin(&[later, other_amount])],           ID,   &[]),
        (vec![object(&[("createdAt", "")]), twin(&[later])],        TWIN, &[ID]),
    ];
    for (objects, kept, twins) in table {
        let choice = choose(&charge(), &links(objects)).unwrap().unwrap();
        assert_eq!(choice.kept.intent.unwrap().as_str(), *kept, "{objects:?}");
        let withdrawn: Vec<_> = choice.twins.iter().map(IntentId::as_str).collect();
        assert_eq!(withdrawn, *twins, "{objects:?}");
    }
    assert_eq!(choose(&charge(), &[]), Ok(None));
}

#[test]
fn a_match_of_another_amount_or_without_a_name_is_no_match() {
    let table = [
        (
            ("amount", "350.51"),
            mismatch("amount 350.51", Some(intent())),
        ),
        (
            ("currency", "\"USD\""),
            mismatch("currency USD", Some(intent())),
        ),
        (("id", ""), unreadable()),
        (("status", ""), unreadable()),
    ];
    for (replaced, expected) in table {
        let found = choose(&charge(), &links(&[object(&[replaced])]));
        assert_eq!(found, Err(expected), "{replaced:?}");
    }
    let why = BadAnswer::Unreadable;
    assert_eq!(
        listed(&json(200, r#"{"items":[7]}"#)).err(),
        Some(Failure::BadAnswer { why })
    );
}
