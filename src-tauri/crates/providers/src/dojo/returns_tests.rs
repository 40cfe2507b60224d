use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;
use payment::failure::BadAnswer;
use payment::{IdempotencyKey, Way};

use super::*;

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp).expect("an amount")
}

fn charge() -> Charge {
    Charge {
        amount: pounds(1_200),
        way: Way::Return {
            code: TerminalCode::new("tm_1").expect("a code"),
            terms: ReturnTerms {
                reason: "brought back".to_owned(),
                keyed: false,
            },
        },
        key: IdempotencyKey::new("R-1").expect("a key"),
        asked_at_ms: 1_790_000_000_000,
    }
}

fn json(status: u16, body: &str) -> Response {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, "application/json".parse().expect("media"))]);
    Response::new(status, &headers, Bytes::copy_from_slice(body.as_bytes()))
}

fn session(status: &str, details: &str) -> String {
    format!(
        r#"{{"id":"ts_1","status":"{status}","expireAt":"2026-03-01T10:00:00Z","details":{details}}}"#
    )
}

const UNLINKED: &str = r#"{"sessionType":"UnlinkedRefund","unlinkedRefund":{"amount":{"value":1200,"currencyCode":"GBP"}}}"#;

fn of(status: &str) -> Seen {
    let read = Session::read(session(status, UNLINKED).as_bytes()).expect("a session");
    seen(&read, Currency::Gbp, None).expect("ours")
}

/// Every status of theirs; only one of them is money that went back.
#[test]
fn only_captured_is_given_back() {
    for (word, status) in Status::ALL {
        let expected = match status {
            Status::InitiateRequested | Status::Initiated => (Standing::Waiting, None),
            Status::CancelRequested | Status::SignatureAccepted | Status::Authorized => {
                (Standing::Processing, None)
            }
            Status::SignatureRequired => (Standing::NeedsCashier, Some(Prompt::Signature)),
            Status::Captured => (Standing::Refunded, None),
            Status::Declined | Status::SignatureRejected => (Standing::Declined, None),
            Status::Canceled => (Standing::Cancelled, None),
            Status::Expired => (Standing::Unconfirmed, None),
            Status::Unknown => (Standing::Unrecognised, None),
        };
        let seen = of(word);
        assert_eq!((seen.standing, seen.prompt), expected, "{word}");
        assert_eq!(seen.amount, Some(pounds(1_200)), "{word}");
        let returned = (status == Status::Captured).then(|| pounds(1_200));
        assert_eq!(seen.returned, returned, "{word}");
    }
}

#[test]
fn a_session_that_never_ends_is_not_confirmed() {
    let read = Session::read(session("Initiated", UNLINKED).as_bytes()).expect("a session");
    let end_ms = 1_772_359_200_000;
    for (now_ms, standing) in [
        (end_ms, Standing::Waiting),
        (end_ms + 30_000, Standing::Waiting),
        (end_ms + 30_001, Standing::Unconfirmed),
    ] {
        let seen = seen(&read, Currency::Gbp, Some(now_ms)).expect("ours");
        assert_eq!(seen.standing, standing, "{now_ms}");
    }
}

#[test]
fn a_session_about_something_else_is_not_ours() {
    for details in [
        r#"{"sessionType":"Sale","sale":{"paymentIntentId":"pi_1"}}"#,
        r#"{"sessionType":"MatchedRefund","matchedRefund":{"paymentIntentId":"pi_1"}}"#,
        r#"{"sessionType":"UnlinkedRefund","unlinkedRefund":{"amount":{"value":1200,"currencyCode":"EUR"}}}"#,
        r#"{"sessionType":"UnlinkedRefund","unlinkedRefund":{"amount":{"value":12.5,"currencyCode":"GBP"}}}"#,
    ] {
        let answer = begun(&charge(), &json(200, &session("Initiated", details)));
        let Err(Failure::Mismatch { intent, .. }) = answer else {
            panic!("{details}: {answer:?}");
        };
        // So that it can be withdrawn.
        assert_eq!(intent, IntentId::new("ts_1").ok(), "{details}");
    }
}

#[test]
fn what_begins_has_a_name_or_is_not_known() {
    let begun = |status, body: &str| begun(&charge(), &json(status, body));
    let created = begun(200, &session("InitiateRequested", UNLINKED)).expect("begun");
    assert_eq!(created.intent, IntentId::new("ts_1").ok());
    assert_eq!(created.seen.standing, Standing::Waiting);
    let why = BadAnswer::Unreadable;
    assert_eq!(begun(200, "{}"), Err(Failure::BadAnswer { why }));
    // The machine may be busy with this very request, delivered twice on its way.
    for (status, code) in [(400, ""), (404, ""), (409, "INVALID_REQUEST")] {
        let code = if code.is_empty() {
            "TERMINAL_UNAVAILABLE"
        } else {
            code
        };
        let body = format!(r#"{{"title":"no","status":{status},"code":"{code}"}}"#);
        assert_eq!(begun(status, &body), Err(Failure::Duplicate), "{status}");
    }
    let invalid = r#"{"Title":"no","Status":400,"Code":"INVALID_REQUEST"}"#;
    let said = "no".to_owned();
    assert_eq!(begun(400, invalid), Err(Failure::Invalid { said }));
}
