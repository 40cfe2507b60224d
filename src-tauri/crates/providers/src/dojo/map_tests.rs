use ::http::HeaderMap;
use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use bytes::Bytes;
use money::Money;
use payment::failure::{NoAnswer, NotSent};
use payment::{IdempotencyKey, TerminalCode, Way};

use super::*;

fn charge() -> Charge {
    Charge {
        amount: Money::new(35_050, Currency::Gbp).expect("an amount"),
        way: Way::on_terminal(TerminalCode::new("tm_1").expect("a code")),
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 1_790_000_000_000,
    }
}

fn pi() -> IntentId {
    IntentId::new("pi_1").expect("an id")
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

/// An intent with fields replaced or, by an empty text, left out.
fn intent(replaced: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", "\"pi_1\""),
        ("status", "\"Created\""),
        ("amount", r#"{"value":35050,"currencyCode":"GBP"}"#),
        ("reference", "\"R-1\""),
        ("terminalSessionHistory", "[]"),
    ];
    for (name, value) in replaced {
        fields.retain(|(field, _)| field != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    let fields = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn seen(body: &str) -> Result<Seen, Failure> {
    read(&pi(), Currency::Gbp, &json(200, body), None).map(|reading| reading.seen())
}

#[test]
fn an_answer_about_something_else_is_told() {
    assert_eq!(made(&charge(), &json(200, &intent(&[]))), Ok(pi()));
    let gbp = |value: &str| format!(r#"{{"value":{value},"currencyCode":"GBP"}}"#);
    let eur = r#"{"value":35050,"currencyCode":"EUR"}"#;
    #[rustfmt::skip]
    let table: [(&str, &str, &str, Option<IntentId>); 5] = [
        ("amount",    &gbp("35051"),     "amount 35051",   Some(pi())),
        ("amount",    &gbp("350.50"),    "amount 350.50",  Some(pi())),
        ("amount",    &gbp("\"x\""),     "amount x",       Some(pi())),
        ("amount",    eur,               "currency EUR",   Some(pi())),
        ("reference", "\"R-2\"",         "reference R-2",  None),
    ];
    for (field, value, said, named) in table {
        let body = intent(&[(field, value)]);
        let found = made(&charge(), &json(200, &body));
        assert_eq!(found, Err(mismatch(said, named)), "{field} {value}");
    }
    // What is not named is no difference.
    for field in ["amount", "reference", "terminalSessionHistory", "status"] {
        for value in ["", "null"] {
            let body = intent(&[(field, value)]);
            assert_eq!(
                made(&charge(), &json(200, &body)),
                Ok(pi()),
                "{field} {value}"
            );
        }
    }
    let other = seen(&intent(&[("id", "\"pi_2\"")]));
    assert_eq!(other, Err(mismatch("id pi_2", None)));
    let other = seen(&intent(&[("amount", eur)]));
    assert_eq!(other, Err(mismatch("currency EUR", Some(pi()))));
    let unnamed = seen(&intent(&[("amount", "null"), ("status", "\"Captured\"")])).unwrap();
    assert_eq!((unnamed.standing, unnamed.amount), (Standing::Paid, None));
}

#[test]
fn an_answer_of_no_use_may_have_happened() {
    let twice = intent(&[]).replace("\"id\"", "\"id\":\"x\",\"id\"");
    let in_their_list = format!("[{}]", intent(&[]));
    for body in ["", "{}", "[]", "null", "7", &twice, &in_their_list] {
        assert_eq!(
            made(&charge(), &json(200, body)),
            Err(unreadable()),
            "{body}"
        );
        assert_eq!(seen(body), Err(unreadable()), "{body}");
    }
    for id in ["", "null", "\"..\"", "\"a/b\"", "\"\""] {
        let body = intent(&[("id", id)]);
        assert_eq!(
            made(&charge(), &json(200, &body)),
            Err(unreadable()),
            "{id}"
        );
    }
    for history in ["7", "{}", "[7]", r#"[{"terminalSession":7}]"#] {
        let body = intent(&[("terminalSessionHistory", history)]);
        assert_eq!(seen(&body), Err(unreadable()), "{history}");
    }
    for history in ["null", "[]", "[{}]", r#"[{"terminalSession":null}]"#] {
        let body = intent(&[("terminalSessionHistory", history)]);
        let idle = seen(&body).unwrap();
        assert_eq!(idle.prompt, Some(Prompt::TerminalIdle), "{history}");
    }
    assert_eq!(seen(&intent(&[("status", "null")])), Err(unreadable()));
    assert_eq!(made(&charge(), &page(200)), Err(web_page()));
    assert_eq!(seen(" <!doctype html>"), Err(web_page()));
    assert_eq!(accepted(&page(200)), Err(web_page()));
    assert_eq!(accepted(&json(204, "")), Ok(()));
    assert_eq!(watched(&pi(), &page(200)).err(), Some(web_page()));
}

const FORM: &str = r#"{"title":"No","detail":"no","traceId":"t-1"}"#;

#[test]
fn a_refusal_is_what_its_status_code_and_words_say() {
    let said = || "no [trace t-1]".to_owned();
    let invalid = || Failure::Invalid { said: said() };
    let not_found = |said: Option<String>| Failure::NotFound { said };
    let fault = |status| Failure::Fault { status };
    let slow = || Failure::RateLimited {
        retry_after_ms: None,
    };
    #[rustfmt::skip]
    let table = [
        // answer             to make something,        to read
        (json(400, FORM),     invalid(),                invalid()),
        (json(422, FORM),     invalid(),                invalid()),
        (json(405, FORM),     invalid(),                invalid()),
        (json(409, FORM),     Failure::Duplicate,       invalid()),
        (json(409, ""),       Failure::Duplicate,       fault(409)),
        (page(409),           Failure::Duplicate,       fault(409)),
        (json(401, FORM),     Failure::KeyRefused,      Failure::KeyRefused),
        (json(403, ""),       Failure::KeyRefused,      Failure::KeyRefused),
        (json(404, FORM),     not_found(Some(said())),  not_found(Some(said()))),
        (page(404),           not_found(None),          not_found(None)),
        (json(400, "{}"),     fault(400),               fault(400)),
        (page(400),           fault(400),               fault(400)),
        (json(429, FORM),     slow(),                   slow()),
        (json(302, ""),       Failure::Redirected,      Failure::Redirected),
        (json(402, FORM),     fault(402),               fault(402)),
        (json(500, FORM),     fault(500),               fault(500)),
        (page(502),           fault(502),               fault(502)),
    ];
    for (response, make, other) in table {
        assert_eq!(made(&charge(), &response), Err(make.clone()));
        assert_eq!(accepted(&response), Err(make));
        let found = read(&pi(), Currency::Gbp, &response, None).map(|_| ());
        assert_eq!(found, Err(other.clone()));
        assert_eq!(watched(&pi(), &response).err(), Some(other));
    }
    let headers = HeaderMap::from_iter([(RETRY_AFTER, "7".parse().unwrap())]);
    let slow = accepted(&Response::new(429, &headers, Bytes::new()));
    let retry_after_ms = Some(7_000);
    assert_eq!(slow, Err(Failure::RateLimited { retry_after_ms }));
}

/// The intent is made: whatever becomes of the session, the payment exists and has a name.
#[test]
fn a_session_that_was_refused_leaves_a_payment_without_a_terminal() {
    let lost = || {
        Err(Failure::NoAnswer {
            why: NoAnswer::TimedOut,
        })
    };
    let unsent = || {
        Err(Failure::NotSent {
            why: NotSent::NoConnection,
        })
    };
    let begun = |status: &str| {
        let body = format!(r#"{{"id":"ts_1","terminalId":"tm_1","status":"{status}"}}"#);
        Ok(json(200, &body))
    };
    let idle = (Standing::NeedsCashier, Some(Prompt::TerminalIdle));
    let unknown = (Standing::Processing, None);
    let on_its_way = (Standing::Waiting, Some(Prompt::OnItsWay));
    #[rustfmt::skip]
    let table = [
        (begun("InitiateRequested"),  on_its_way,                 "session InitiateRequested"),
        (begun("Initiated"),          (Standing::Waiting, None),  "session Initiated"),
        (begun("Captured"),           unknown,                    "session Captured"),
        (begun("Declined"),           unknown,                    "session Declined"),
        (begun("Settling"),           unknown,                    "session Settling"),
        (Ok(json(200, "{}")),         unknown,                    "session no status"),
        (Ok(json(409, FORM)),         idle,                       "no [trace t-1]"),
        (Ok(json(409, "")),           idle,                       "session refused, 409"),
        (Ok(json(404, FORM)),         idle,                       "no [trace t-1]"),
        (Ok(json(400, FORM)),         idle,                       "no [trace t-1]"),
        (Ok(json(401, "")),           idle,                       "session refused, 401"),
        (unsent(),                    idle,                       "nothing was sent"),
        (lost(),                      unknown,                    "session answer lost"),
        (Ok(json(200, "junk")),       unknown,                    "session answer lost"),
        (Ok(page(200)),               unknown,                    "session answer lost"),
        (Ok(page(404)),               unknown,                    "session answer lost"),
        (Ok(json(400, "")),           unknown,                    "session answer lost"),
        (Ok(json(429, FORM)),         unknown,                    "session answer lost"),
        (Ok(json(500, FORM)),         unknown,                    "session answer lost"),
    ];
    for (outcome, stands, raw) in table {
        let context = format!("{outcome:?}");
        let seen = beginning(&started(outcome));
        let found = ((seen.standing, seen.prompt), &*seen.raw);
        assert_eq!(found, (stands, raw), "{context}");
    }
}

#[test]
fn a_session_tells_while_it_is_on_a_machine_and_of_this_intent() {
    let told = |status: &str, intent: &str, until: &str| {
        let body = format!(
            r#"{{"id":"ts_1","status":"{status}","expireAt":"{until}",
                "details":{{"sessionType":"Sale","sale":{{"paymentIntentId":"{intent}"}}}}}}"#
        );
        let date = "Mon, 21 Sep 2026 14:13:20 GMT".parse().unwrap();
        let headers = HeaderMap::from_iter([(::http::header::DATE, date)]);
        let response = Response::new(200, &headers, Bytes::from(body));
        watched(&pi(), &response)
            .unwrap()
            .0
            .map(|seen| seen.standing)
    };
    let soon = "2026-09-21T14:13:30Z";
    let table = [
        ("InitiateRequested", Some(Standing::Waiting)),
        ("Initiated", Some(Standing::Waiting)),
        ("CancelRequested", Some(Standing::Processing)),
        (
            "SignatureVerificationRequired",
            Some(Standing::NeedsCashier),
        ),
        ("SignatureVerificationAccepted", None),
        ("SignatureVerificationRejected", None),
        ("Authorized", None),
        ("Captured", None),
        ("Canceled", None),
        ("Declined", None),
        ("Expired", None),
        ("Settling", None),
    ];
    for (status, standing) in table {
        assert_eq!(told(status, "pi_1", soon), standing, "{status}");
        assert_eq!(told(status, "pi_2", soon), None, "{status} of another");
        assert_eq!(
            told(status, "pi_1", "2026-09-21T14:12:00Z"),
            None,
            "overdue"
        );
    }
}
