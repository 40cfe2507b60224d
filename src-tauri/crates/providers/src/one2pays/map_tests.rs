use ::http::HeaderMap;
use ::http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use bytes::Bytes;
use payment::{IdempotencyKey, LinkMethod, LinkTerms, Way};

use super::*;

const ID: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const PAGE: &str = "https://pay.example/x";

fn charge() -> Charge {
    Charge {
        amount: Money::new(35_050, Currency::Thb).expect("an amount"),
        way: Way::Link {
            terms: LinkTerms {
                description: "Two coffees".to_owned(),
                minutes: 15,
                method: Some(LinkMethod::PromptPay),
                payer: None,
                billing: None,
                language: None,
            },
        },
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 1_790_000_000_000,
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

/// The documented payment, with fields replaced or, by an empty text, left out.
fn object(replaced: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", format!("\"{ID}\"")),
        ("amount", "\"350.50\"".to_owned()),
        ("currency", "\"THB\"".to_owned()),
        ("status", "\"requires_action\"".to_owned()),
        ("paymentMethod", "\"promptpay\"".to_owned()),
        ("referenceId", "\"R-1\"".to_owned()),
        ("metadata", "{}".to_owned()),
        ("clientSecret", "null".to_owned()),
        ("nextAction", "null".to_owned()),
        ("expiresAt", "\"2026-01-09T10:30:00.000Z\"".to_owned()),
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

fn data(replaced: &[(&str, &str)]) -> String {
    format!(r#"{{"success":true,"data":{}}}"#, object(replaced))
}

fn create(body: &str) -> Result<Created, Failure> {
    created(&charge(), AmountUnit::Major, &json(201, body))
}

fn read(body: &str) -> Result<Seen, Failure> {
    seen(
        &intent(),
        Currency::Thb,
        AmountUnit::Major,
        &json(200, body),
    )
}

#[test]
fn the_documented_answer_to_a_create_is_a_payment() {
    for status in [200, 201, 202] {
        let made = created(&charge(), AmountUnit::Major, &json(status, &data(&[]))).unwrap();
        assert_eq!(made.intent, Some(intent()));
        assert_eq!(made.seen.standing, Standing::Waiting);
        assert_eq!(made.seen.amount, Some(charge().amount));
        assert_eq!(made.seen.page, None, "a create is asynchronous");
    }
    let action = format!(r#"{{"type":"use_payment_app","url":"{PAGE}"}}"#);
    let made = create(&data(&[("nextAction", &action)])).unwrap();
    let expected = PayPage {
        url: PAGE.to_owned(),
        expires_at_ms: Some(1_767_954_600_000),
    };
    assert_eq!(made.seen.page, Some(expected));
}

#[test]
fn the_unit_of_the_account_decides_what_an_amount_is() {
    let satang = data(&[("amount", "\"35050.00\"")]);
    let made = created(&charge(), AmountUnit::Minor, &json(201, &satang)).unwrap();
    assert_eq!(made.seen.amount, Some(charge().amount));
    let as_baht = created(&charge(), AmountUnit::Major, &json(201, &satang));
    assert_eq!(as_baht, Err(mismatch("amount 35050.00", Some(intent()))));
    let as_satang = created(&charge(), AmountUnit::Minor, &json(201, &data(&[])));
    assert_eq!(as_satang, Err(mismatch("amount 350.50", Some(intent()))));
    let read = seen(
        &intent(),
        Currency::Thb,
        AmountUnit::Minor,
        &json(200, &satang),
    )
    .unwrap();
    assert_eq!(read.amount, Some(charge().amount));
}

#[test]
fn an_answer_about_something_else_is_told() {
    let ours = Some(intent());
    #[rustfmt::skip]
    let table: &[(Replaced, &str, Option<IntentId>)] = &[
        (&[("amount", "\"350.51\"")],     "amount 350.51",    ours.clone()),
        (&[("amount", "\"3.5e2\"")],      "amount 3.5e2",     ours.clone()),
        (&[("currency", "\"USD\"")],      "currency USD",     ours),
        (&[("referenceId", "\"R-2\"")],   "referenceId R-2",  None),
    ];
    for (replaced, said, intent) in table {
        let expected = mismatch(said, intent.clone());
        assert_eq!(create(&data(replaced)), Err(expected));
    }
    for amount in ["350.50", "\"350.5\"", "\"350.500\""] {
        assert!(create(&data(&[("amount", amount)])).is_ok(), "{amount}");
    }
    assert_eq!(
        read(&data(&[("id", "\"other\"")])),
        Err(mismatch("id other", None))
    );
    let usd = read(&data(&[("currency", "\"USD\"")]));
    assert_eq!(usd, Err(mismatch("currency USD", Some(intent()))));
    let junk = read(&data(&[("amount", "\"1.005\"")]));
    assert_eq!(junk, Err(mismatch("amount 1.005", Some(intent()))));
}

#[test]
fn an_answer_of_no_use_may_have_happened() {
    let failed = data(&[]).replace("true", "false");
    let twice = data(&[]).replace("\"id\"", "\"id\":\"x\",\"id\"");
    for body in [
        "",
        "{}",
        "[]",
        "null",
        &object(&[]),
        &failed,
        &twice,
        &data(&[("id", "")]),
        &data(&[("id", "\"..\"")]),
        &data(&[("id", "\"a/b\"")]),
    ] {
        assert_eq!(create(body), Err(unreadable()), "{body}");
    }
    for body in [
        "",
        "{}",
        &object(&[]),
        &failed,
        &twice,
        &data(&[("status", "null")]),
    ] {
        assert_eq!(read(body), Err(unreadable()), "{body}");
    }
    assert_eq!(
        created(&charge(), AmountUnit::Major, &page(200)),
        Err(web_page())
    );
    assert_eq!(create(" <!doctype html>"), Err(web_page()));
    assert_eq!(cancelled(&page(200)), Err(web_page()));
    assert_eq!(listed(&page(200)).err(), Some(web_page()));
}

#[test]
fn each_status_means_one_thing() {
    use Standing::*;
    let table = [
        ("requires_payment_method", Waiting),
        ("requires_confirmation", Waiting),
        ("requires_action", Waiting),
        ("pending", Waiting),
        ("processing", Processing),
        ("requires_capture", Authorised),
        ("succeeded", Paid),
        ("canceled", Cancelled),
        ("expired", Expired),
        ("payment_failed", Declined),
        ("Succeeded", Unrecognised),
        ("paid", Unrecognised),
        ("settling", Unrecognised),
        ("refunded", Unrecognised),
        ("", Unrecognised),
    ];
    for (status, standing) in table {
        let body = data(&[("status", &format!("\"{status}\""))]);
        let found = read(&body).unwrap();
        assert_eq!((found.standing, &*found.raw), (standing, status));
    }
}

#[test]
fn a_refusal_is_what_its_status_code_and_words_say() {
    let form = |code: &str, said: &str| {
        format!(r#"{{"success":false,"error":{{"code":"{code}","message":"{said}"}}}}"#)
    };
    let invalid = |said: &str| Failure::Invalid {
        said: said.to_owned(),
    };
    let not_found = |said: Option<&str>| Failure::NotFound {
        said: said.map(str::to_owned),
    };
    let fault = |status| Failure::Fault { status };
    let slow = Failure::RateLimited {
        retry_after_ms: None,
    };
    #[rustfmt::skip]
    let table = [
        // answer,                                                 create,             the others
        (json(400, &form("VALIDATION_ERROR", "no")),               invalid("no"),      invalid("no")),
        (json(422, &form("VALIDATION_ERROR", "no")),               invalid("no"),      invalid("no")),
        (json(400, &form("DUPLICATE_REFERENCE_ID", "taken")),      Failure::Duplicate, invalid("taken")),
        (json(409, &form("DUPLICATE_REFERENCE_ID", "taken")),      Failure::Duplicate, invalid("taken")),
        (json(409, ""),                                            Failure::Duplicate, fault(409)),
        (json(401, &form("INVALID_CREDENTIALS", "no")),            Failure::KeyRefused, Failure::KeyRefused),
        (page(401),                                                Failure::KeyRefused, Failure::KeyRefused),
        (json(403, &form("FORBIDDEN", "no")),                      Failure::KeyRefused, Failure::KeyRefused),
        (json(404, &form("RESOURCE_NOT_FOUND", "Payment not found")), not_found(Some("Payment not found")), not_found(Some("Payment not found"))),
        (page(404),                                                not_found(None),    not_found(None)),
        (json(400, r#"{"message":"not their form"}"#),             fault(400),         fault(400)),
        (json(429, &form("RATE_LIMIT_EXCEEDED", "slow")),          slow.clone(),       slow),
        (json(302, ""),                                            Failure::Redirected, Failure::Redirected),
        (json(402, &form("X", "no")),                              fault(402),         fault(402)),
        (json(500, &form("INTERNAL_ERROR", "no")),                 fault(500),         fault(500)),
        (page(502),                                                fault(502),         fault(502)),
    ];
    for (response, create, other) in table {
        let unit = AmountUnit::Major;
        assert_eq!(created(&charge(), unit, &response), Err(create));
        let read = seen(&intent(), Currency::Thb, unit, &response);
        assert_eq!(read, Err(other.clone()));
        assert_eq!(cancelled(&response), Err(other.clone()));
        assert_eq!(listed(&response).err(), Some(other));
    }
}

#[test]
fn a_payment_is_found_by_its_reference_and_must_be_the_one_asked_for() {
    let list = |objects: &[String]| {
        let body = format!(
            r#"{{"success":true,"data":{{"data":[{}]}}}}"#,
            objects.join(",")
        );
        listed(&json(200, &body)).unwrap()
    };
    let find = |objects: &[String]| found(&charge(), AmountUnit::Major, &list(objects));
    let other = object(&[("referenceId", "\"R-2\""), ("id", "\"x\"")]);
    assert_eq!(find(&[]), Ok(None));
    assert_eq!(find(std::slice::from_ref(&other)), Ok(None));
    let made = find(&[other, object(&[("status", "\"succeeded\"")])])
        .unwrap()
        .unwrap();
    assert_eq!(made.intent, Some(intent()));
    assert_eq!(made.seen.standing, Standing::Paid);
    let table = [
        (
            ("amount", "\"1.00\""),
            mismatch("amount 1.00", Some(intent())),
        ),
        (
            ("currency", "\"USD\""),
            mismatch("currency USD", Some(intent())),
        ),
        (("id", ""), unreadable()),
        (("status", ""), unreadable()),
    ];
    for (replaced, expected) in table {
        assert_eq!(find(&[object(&[replaced])]), Err(expected), "{replaced:?}");
    }
}

#[test]
fn a_refusal_tells_their_time_in_its_body_or_by_its_date() {
    let refusal = |status: u16, metadata: &str, date: &str| {
        let body =
            format!(r#"{{"error":{{"code":"INVALID_CREDENTIALS","message":"old"{metadata}}}}}"#);
        let headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
        time_of_refusal_ms(&Response::new(status, &headers, Bytes::from(body)))
    };
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    let told = r#","metadata":{"serverTime":1767225600000}"#;
    assert_eq!(refusal(401, "", date), Some(1_445_412_480_000));
    assert_eq!(refusal(401, told, date), Some(1_767_225_600_000));
    assert_eq!(refusal(401, "", "yesterday"), None);
    assert_eq!(refusal(403, told, date), None);
    assert_eq!(refusal(200, told, date), None);
    let headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
    let portal = Response::new(401, &headers, Bytes::from_static(b"<html>Log in</html>"));
    assert_eq!(
        time_of_refusal_ms(&portal),
        None,
        "only their own form is believed"
    );
}

#[test]
fn the_time_to_wait_and_the_words_are_passed_on_clean() {
    let headers = HeaderMap::from_iter([(RETRY_AFTER, "7".parse().unwrap())]);
    let response = Response::new(429, &headers, Bytes::new());
    let slow = Failure::RateLimited {
        retry_after_ms: Some(7_000),
    };
    assert_eq!(cancelled(&response), Err(slow));
    let body = r#"{"error":{"code":"VALIDATION_ERROR","message":"card 4111 1111 1111 1111"}}"#;
    let said = "card •••• •••• •••• ••••".to_owned();
    assert_eq!(cancelled(&json(400, body)), Err(Failure::Invalid { said }));
}
