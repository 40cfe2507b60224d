use ::http::HeaderMap;
use ::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use bytes::Bytes;
use payment::failure::BadAnswer;
use payment::{IdempotencyKey, TerminalCode, Way};

use super::*;
use crate::harmony::cancelled;

const ID: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

fn charge() -> Charge {
    Charge {
        amount: Money::new(35_050, Currency::Mxn).expect("an amount"),
        way: Way::on_terminal(TerminalCode::new("NEXGO-1").expect("a code")),
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

/// The documented answer to a create, with fields replaced or, by an empty text, left out.
fn object(replaced: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", format!("\"{ID}\"")),
        ("status", "\"PENDING\"".to_owned()),
        ("amount", "350.5".to_owned()),
        ("currency", "\"MXN\"".to_owned()),
        ("externalId", "\"R-1\"".to_owned()),
        ("organizationId", "\"o\"".to_owned()),
        ("createdAt", "\"2026-01-01T00:00:00Z\"".to_owned()),
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

#[test]
fn the_documented_answer_to_a_create_is_a_payment() {
    for status in [200, 201, 202] {
        let made = created(&charge(), &json(status, &object(&[]))).unwrap();
        assert_eq!(made.intent, Some(intent()));
        assert_eq!(made.seen.standing, Standing::Waiting);
        assert_eq!(made.seen.amount, Some(charge().amount));
        assert_eq!(made.seen.raw, "PENDING");
    }
}

#[test]
fn a_create_may_be_answered_in_every_plausible_form() {
    let amount = Some(charge().amount);
    #[rustfmt::skip]
    let table: &[(Replaced, Standing, Option<Money>)] = &[
        (&[("amount", "350.50")],                      Standing::Waiting,      amount),
        (&[("amount", "\"350.50\"")],                  Standing::Waiting,      amount),
        (&[("amount", "350.500")],                     Standing::Waiting,      amount),
        (&[("amount", "")],                            Standing::Waiting,      None),
        (&[("amount", "null")],                        Standing::Waiting,      None),
        (&[("currency", "")],                          Standing::Waiting,      amount),
        (&[("currency", "\"mxn\"")],                   Standing::Waiting,      amount),
        (&[("externalId", "")],                        Standing::Waiting,      amount),
        (&[("status", "\"CONFIRMED\"")],               Standing::Paid,         amount),
        (&[("status", "\"CANCELLED\"")],               Standing::Cancelled,    amount),
        (&[("status", "\"ACCEPTED\"")],                Standing::Unrecognised, amount),
        (&[("status", "")],                            Standing::Unrecognised, amount),
        (&[("status", "7")],                           Standing::Unrecognised, amount),
        (&[("new", "{\"deep\":[1,2,{\"x\":null}]}")],  Standing::Waiting,      amount),
    ];
    for (replaced, standing, amount) in table {
        let made = created(&charge(), &json(200, &object(replaced)));
        let made = made.unwrap_or_else(|failure| panic!("{replaced:?}: {failure:?}"));
        assert_eq!(
            (made.seen.standing, made.seen.amount),
            (*standing, *amount),
            "{replaced:?}"
        );
    }
}

#[test]
fn a_create_about_something_else_is_a_mismatch() {
    let ours = Some(intent());
    #[rustfmt::skip]
    let table: &[(Replaced, &str, Option<IntentId>)] = &[
        (&[("amount", "350.51")],            "amount 350.51",                     ours.clone()),
        (&[("amount", "35050")],             "amount 35050",                      ours.clone()),
        (&[("amount", "350.505")],           "amount 350.505",                    ours.clone()),
        (&[("amount", "-350.50")],           "amount -350.50",                    ours.clone()),
        (&[("amount", "1e400")],             "amount 1e400",                      ours.clone()),
        (&[("amount", "\"\"")],              "amount",                            ours.clone()),
        (&[("amount", "\"NaN\"")],           "amount NaN",                        ours.clone()),
        (&[("amount", "true")],              "amount true",                       ours.clone()),
        (&[("currency", "\"USD\"")],         "currency USD",                      ours.clone()),
        (&[("externalId", "\"R-2\"")],       "externalId R-2",                    None),
        (&[("externalId", "\"r-1\"")],       "externalId r-1",                    None),
        (&[("amount", "1"), ("currency", "\"USD\""), ("externalId", "\"X\"")],
                                             "amount 1, currency USD, externalId X", None),
    ];
    for (replaced, said, intent) in table {
        let failure = created(&charge(), &json(200, &object(replaced))).unwrap_err();
        let expected = Failure::Mismatch {
            said: (*said).to_owned(),
            intent: intent.clone(),
        };
        assert_eq!(failure, expected, "{replaced:?}");
    }
}

#[test]
fn an_answer_of_no_use_is_told_apart() {
    let unreadable = Failure::BadAnswer {
        why: BadAnswer::Unreadable,
    };
    let web_page = Failure::BadAnswer {
        why: BadAnswer::WebPage,
    };
    let no_id = object(&[("id", "")]);
    let above = object(&[("id", "\"..\"")]);
    let number = object(&[("id", "[1]")]);
    let cut = object(&[]).replace('}', "");
    let twice = object(&[]).replace('}', ",\"amount\":1}");
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "{\"id\":NaN}",
        &no_id,
        &above,
        &number,
        &cut,
        &twice,
    ] {
        assert_eq!(
            created(&charge(), &json(200, body)),
            Err(unreadable.clone()),
            "{body}"
        );
    }
    for body in ["", "{}", "[]", "null", "{\"status\":null}", &cut, &twice] {
        let read = seen(&intent(), Currency::Mxn, &json(200, body));
        assert_eq!(read, Err(unreadable.clone()), "{body}");
    }
    let unmarked = json(200, "  <!doctype html><p>Log in</p>");
    for portal in [page(200), unmarked] {
        assert_eq!(created(&charge(), &portal), Err(web_page.clone()));
        assert_eq!(
            seen(&intent(), Currency::Mxn, &portal),
            Err(web_page.clone())
        );
        assert_eq!(checked(&portal), Err(web_page.clone()));
    }
    assert_eq!(cancelled(&page(200)), Err(web_page));
}

#[test]
fn a_reading_means_one_thing_in_every_plausible_form() {
    use Standing::*;
    #[rustfmt::skip]
    let table = [
        // status, expired, paymentSummary,            standing,  card declined, raw
        ("PENDING",   "false", "",                      Waiting,      false, "PENDING"),
        ("PENDING",   "",      "null",                  Waiting,      false, "PENDING"),
        ("PENDING",   "",      "{}",                    Waiting,      false, "PENDING"),
        ("PENDING",   "",      r#"{"status":null}"#,    Waiting,      false, "PENDING"),
        ("PENDING",   "",      "\"DECLINED\"",          Waiting,      false, "PENDING"),
        ("PENDING",   "",      r#"{"status":"DECLINED"}"#, Waiting,   true,  "PENDING, payment DECLINED"),
        ("PENDING",   "",      r#"{"status":"declined"}"#, Waiting,   true,  "PENDING, payment DECLINED"),
        ("PENDING",   "",      r#"{"status":"Failed"}"#,   Waiting,   true,  "PENDING, payment FAILED"),
        ("PENDING",   "",      r#"{"status":"REJECTED"}"#, Waiting,   true,  "PENDING, payment REJECTED"),
        ("PENDING",   "",      r#"{"status":"ERROR"}"#,    Waiting,   true,  "PENDING, payment ERROR"),
        ("PENDING",   "",      r#"{"status":"denied"}"#,   Waiting,   true,  "PENDING, payment DENIED"),
        ("PENDING",   "",      r#"{"status":"SUCCESS"}"#,  Processing, false, "PENDING, payment SUCCESS"),
        ("PENDING",   "",      r#"{"status":"approved"}"#, Processing, false, "PENDING, payment APPROVED"),
        ("PENDING",   "",      r#"{"status":"READING"}"#,  Processing, false, "PENDING, payment READING"),
        ("PENDING",   "true",  "",                      Expired,      false, "PENDING, expired"),
        ("PENDING",   "\"true\"", "",                   Expired,      false, "PENDING, expired"),
        ("PENDING",   "true",  r#"{"status":"DECLINED"}"#, Expired,   false, "PENDING, expired, payment DECLINED"),
        ("PENDING",   "true",  r#"{"status":"SUCCESS"}"#, Processing, false, "PENDING, expired, payment SUCCESS"),
        ("CONFIRMED", "false", r#"{"status":"SUCCESS"}"#, Paid,       false, "CONFIRMED, payment SUCCESS"),
        ("CONFIRMED", "",      "",                      Paid,         false, "CONFIRMED"),
        ("CONFIRMED", "true",  "",                      Paid,         false, "CONFIRMED, expired"),
        ("CANCELLED", "false", "",                      Cancelled,    false, "CANCELLED"),
        ("CANCELLED", "true",  "",                      Cancelled,    false, "CANCELLED, expired"),
        ("CANCELLED", "",      r#"{"status":"DECLINED"}"#, Declined,  false, "CANCELLED, payment DECLINED"),
        ("CANCELLED", "",      r#"{"status":"VOIDED"}"#,   Cancelled, false, "CANCELLED, payment VOIDED"),
        ("CANCELLED", "",      r#"{"status":"SUCCESS"}"#, Unrecognised, false, "CANCELLED, payment SUCCESS"),
        ("confirmed", "",      "",                      Unrecognised, false, "confirmed"),
        ("SUCCESS",   "",      "",                      Unrecognised, false, "SUCCESS"),
        ("",          "",      "",                      Unrecognised, false, ""),
    ];
    for (status, expired, summary, standing, declined, raw) in table {
        let mut body = format!(r#"{{"id":"{ID}","status":"{status}""#);
        for (name, value) in [("expired", expired), ("paymentSummary", summary)] {
            if !value.is_empty() {
                body.push_str(&format!(",\"{name}\":{value}"));
            }
        }
        body.push('}');
        let read = seen(&intent(), Currency::Mxn, &json(200, &body)).unwrap();
        let prompt = declined.then_some(Prompt::CardDeclined);
        let expected = Seen {
            standing,
            prompt,
            raw: raw.to_owned(),
            amount: None,
            page: None,
            tip: None,
            returned: None,
            acts: Vec::new(),
        };
        assert_eq!(read, expected, "{body}");
    }
}

#[test]
fn a_reading_is_compared_with_what_it_names() {
    let read = |more: &str| {
        let body = format!(r#"{{"status":"CONFIRMED","expired":false{more}}}"#);
        seen(&intent(), Currency::Mxn, &json(200, &body))
    };
    let mismatch = |said: &str, intent| Failure::Mismatch {
        said: said.to_owned(),
        intent,
    };
    let amount = |more| read(more).unwrap().amount.map(Money::minor);
    assert_eq!(amount(""), None);
    assert_eq!(amount(r#","amount":350.5"#), Some(35_050));
    assert_eq!(
        amount(r#","amount":"350.50","currency":"MXN""#),
        Some(35_050)
    );
    assert_eq!(amount(r#","amount":350.51"#), Some(35_051));
    assert_eq!(amount(&format!(r#","id":"{}""#, ID.to_uppercase())), None);
    let table = [
        (
            r#","currency":"USD""#,
            mismatch("currency USD", Some(intent())),
        ),
        (
            r#","amount":1e400"#,
            mismatch("amount 1e400", Some(intent())),
        ),
        (
            r#","amount":350.505"#,
            mismatch("amount 350.505", Some(intent())),
        ),
        (r#","id":"other""#, mismatch("id other", None)),
    ];
    for (more, expected) in table {
        assert_eq!(read(more), Err(expected), "{more}");
    }
}

#[test]
fn a_refusal_is_what_its_status_and_words_say() {
    let invalid = |said: &str| Failure::Invalid {
        said: said.to_owned(),
    };
    let not_found = |said: Option<&str>| Failure::NotFound {
        said: said.map(str::to_owned),
    };
    let bare = |status| Failure::Fault { status };
    let slow = Failure::RateLimited {
        retry_after_ms: None,
    };
    #[rustfmt::skip]
    let table = [
        // status, body,                             create,                        read and cancel
        (400, r#"{"message":"amount is negative"}"#, invalid("amount is negative"), invalid("amount is negative")),
        (422, r#"{"message":["a","b"]}"#,            invalid("a; b"),               invalid("a; b")),
        (400, r#"{"message":"Terminal does not exist"}"#, invalid("Terminal does not exist"), invalid("Terminal does not exist")),
        (400, r#"{"message":"La terminal no existe"}"#, invalid("La terminal no existe"), invalid("La terminal no existe")),
        (400, r#"{"message":"externalId already exists"}"#, Failure::Duplicate, invalid("externalId already exists")),
        (400, r#"{"message":"externalId must be unique"}"#, Failure::Duplicate, invalid("externalId must be unique")),
        (422, r#"{"message":"Duplicate reference"}"#, Failure::Duplicate, invalid("Duplicate reference")),
        (400, r#"{"message":"El externalId ya existe"}"#, Failure::Duplicate, invalid("El externalId ya existe")),
        (400, r#"{"message":"La referencia ya fue usada"}"#, Failure::Duplicate, invalid("La referencia ya fue usada")),
        (400, r#"{"message":"Intento duplicado"}"#,  Failure::Duplicate, invalid("Intento duplicado")),
        (400, "",                                    bare(400), bare(400)),
        (400, "<html>already</html>",                bare(400), bare(400)),
        (422, r#"{"error":"already"}"#,              bare(422), bare(422)),
        (409, r#"{"message":"busy"}"#,               Failure::Duplicate, invalid("busy")),
        (409, "",                                    Failure::Duplicate, bare(409)),
        (401, r#"{"message":"Unauthorized"}"#,       Failure::KeyRefused, Failure::KeyRefused),
        (403, "",                                    Failure::KeyRefused, Failure::KeyRefused),
        (404, r#"{"message":"Payment intent not found"}"#, not_found(Some("Payment intent not found")), not_found(Some("Payment intent not found"))),
        (404, "nope",                                not_found(None), not_found(None)),
        (404, r#"{"message":"\u0000"}"#,             not_found(None), not_found(None)),
        (429, r#"{"message":"slow down"}"#,          slow.clone(), slow),
        (301, "",                                    Failure::Redirected, Failure::Redirected),
        (302, "",                                    Failure::Redirected, Failure::Redirected),
        (307, "",                                    Failure::Redirected, Failure::Redirected),
        (308, r#"{"message":"moved"}"#,              Failure::Redirected, Failure::Redirected),
        (402, r#"{"message":"pay"}"#,                bare(402), bare(402)),
        (405, "",                                    bare(405), bare(405)),
        (418, "",                                    bare(418), bare(418)),
        (500, r#"{"message":"oops"}"#,               bare(500), bare(500)),
        (502, "<html></html>",                       bare(502), bare(502)),
        (503, "",                                    bare(503), bare(503)),
        (504, r#"{"message":"timed out"}"#,          bare(504), bare(504)),
        (999, "",                                    bare(999), bare(999)),
    ];
    for (status, body, create, other) in table {
        let response = json(status, body);
        assert_eq!(
            created(&charge(), &response),
            Err(create),
            "create {status} {body}"
        );
        let read = seen(&intent(), Currency::Mxn, &response);
        assert_eq!(read, Err(other.clone()), "read {status} {body}");
        assert_eq!(cancelled(&response), Err(other), "cancel {status} {body}");
    }
}

#[test]
fn a_duplicate_that_proves_to_be_ours_is_the_payment() {
    let with = |object: &str| format!(r#"{{"message":"externalId already exists",{object}}}"#);
    let flat = |replaced: &[(&str, &str)]| with(object(replaced).trim_matches(['{', '}']));
    let inside = |name: &str| {
        with(&format!(
            "\"{name}\":{}",
            object(&[("status", "\"CONFIRMED\"")])
        ))
    };
    for status in [400, 409, 422] {
        let made = created(&charge(), &json(status, &flat(&[]))).unwrap();
        assert_eq!(
            (made.intent, made.seen.standing),
            (Some(intent()), Standing::Waiting)
        );
        for name in ["paymentIntent", "existing", "data"] {
            let made = created(&charge(), &json(status, &inside(name))).unwrap();
            assert_eq!(made.seen.standing, Standing::Paid, "{name}");
            assert_eq!(made.seen.amount, Some(charge().amount));
        }
        let untrusted: [&[(&str, &str)]; 7] = [
            &[("amount", "350.51")],
            &[("amount", "")],
            &[("currency", "\"USD\"")],
            &[("externalId", "\"R-2\"")],
            &[("externalId", "")],
            &[("id", "")],
            &[("id", "\"..\"")],
        ];
        for replaced in untrusted {
            let made = created(&charge(), &json(status, &flat(replaced)));
            assert_eq!(made, Err(Failure::Duplicate), "{status} {replaced:?}");
        }
    }
    for status in [401, 404, 500, 302] {
        assert!(
            created(&charge(), &json(status, &flat(&[]))).is_err(),
            "{status}"
        );
    }
}

#[test]
fn a_cancel_is_accepted_by_any_success_and_never_called_a_duplicate() {
    for (status, body) in [
        (200, "{}"),
        (204, ""),
        (200, "null"),
        (201, "{\"id\":"),
        (200, "ok"),
    ] {
        assert_eq!(cancelled(&json(status, body)), Ok(()), "{status} {body}");
    }
    let late = r#"{"message":"Cannot cancel: already CONFIRMED"}"#;
    let said = "Cannot cancel: already CONFIRMED".to_owned();
    assert_eq!(cancelled(&json(400, late)), Err(Failure::Invalid { said }));
}

#[test]
fn a_check_wants_not_found_with_the_key_and_a_refusal_without() {
    let web_page = Err(Failure::BadAnswer {
        why: BadAnswer::WebPage,
    });
    let unreadable = Err(Failure::BadAnswer {
        why: BadAnswer::Unreadable,
    });
    let said = |said: &str| {
        Err(Failure::NotFound {
            said: Some(said.to_owned()),
        })
    };
    let fault = |status| Err(Failure::Fault { status });
    let (ok, refused) = (Ok(()), Err(Failure::KeyRefused));
    let not_found = r#"{"message":"not here"}"#;
    #[rustfmt::skip]
    let table = [
        // answer,               with the key,     without it
        (json(404, not_found),   ok.clone(),       said("not here")),
        (json(404, ""),          ok.clone(),       Err(Failure::NotFound { said: None })),
        (json(200, &object(&[])), ok.clone(),      unreadable.clone()),
        (json(200, "[]"),        unreadable.clone(), unreadable),
        (page(200),              web_page.clone(), web_page.clone()),
        (page(404),              ok.clone(),       web_page),
        (json(401, ""),          refused.clone(),  ok.clone()),
        (json(403, ""),          refused.clone(),  ok.clone()),
        (page(401),              refused,          ok),
        (json(500, ""),          fault(500),       fault(500)),
        (json(302, ""),          Err(Failure::Redirected), Err(Failure::Redirected)),
    ];
    for (response, with_key, without_key) in table {
        assert_eq!(checked(&response), with_key, "{response:?}");
        assert_eq!(guarded(&response), without_key, "{response:?}");
    }
}

#[test]
fn what_they_say_is_cut_and_free_of_card_numbers() {
    let long = format!(
        r#"{{"message":"card 4111 1111 1111 1111 {}"}}"#,
        "x".repeat(500)
    );
    let Err(Failure::Invalid { said }) = cancelled(&json(400, &long)) else {
        panic!("not invalid");
    };
    assert_eq!(said.chars().count(), 200);
    assert!(said.starts_with("card •••• •••• •••• •••• x"), "{said}");
    let amount = object(&[("externalId", "\"4111111111111111\"")]);
    let Err(Failure::Mismatch { said, .. }) = created(&charge(), &json(200, &amount)) else {
        panic!("no mismatch");
    };
    assert_eq!(said, "externalId ••••••••••••••••");
    let word = format!(r#"{{"status":"4111111111111111 {}"}}"#, "y".repeat(100));
    let raw = seen(&intent(), Currency::Mxn, &json(200, &word))
        .unwrap()
        .raw;
    assert_eq!((raw.chars().count(), raw.contains('4')), (80, false));
}

#[test]
fn the_time_to_wait_is_passed_on() {
    let headers = HeaderMap::from_iter([
        (RETRY_AFTER, "7".parse().unwrap()),
        (LOCATION, "https://elsewhere.example".parse().unwrap()),
    ]);
    let response = Response::new(429, &headers, Bytes::new());
    let slow = Failure::RateLimited {
        retry_after_ms: Some(7_000),
    };
    assert_eq!(created(&charge(), &response), Err(slow.clone()));
    assert_eq!(cancelled(&response), Err(slow));
}
