use serde_json::Value;

use payment::{IdempotencyKey, Way};

use super::super::session::{Kind, Status};
use super::super::slip;
use super::*;

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp).unwrap()
}

fn written(terms: SaleTerms) -> String {
    let charge = Charge {
        amount: gbp(35_050),
        way: Way::Terminal {
            code: TerminalCode::new("tm_1").unwrap(),
            terms: terms.clone(),
        },
        key: IdempotencyKey::new("Mesa \"4\" ñ").unwrap(),
        asked_at_ms: 0,
    };
    String::from_utf8(intent_body(&charge, &terms).unwrap()).unwrap()
}

#[test]
fn an_intent_says_what_the_sale_has_and_nothing_else() {
    let plain = written(SaleTerms::PLAIN);
    let expected = concat!(
        r#"{"amount":{"value":35050,"currencyCode":"GBP"},"reference":"Mesa \"4\" ñ","#,
        r#""captureMode":"Auto","metadata":{"tillsideKey":"Mesa \"4\" ñ"}}"#
    );
    assert_eq!(plain, expected);
    let zeros = written(SaleTerms {
        tip: Some(gbp(0)),
        service_charge: Some(gbp(0)),
        ..SaleTerms::PLAIN
    });
    assert_eq!(zeros, expected, "nothing is not sent");
    let full = written(SaleTerms {
        keyed: true,
        hold: true,
        tip: Some(gbp(500)),
        service_charge: Some(gbp(300)),
        lines: vec![ItemLine {
            name: "Flat white".to_owned(),
            quantity: 2,
            total: gbp(700),
            modifiers: vec![
                Modifier {
                    name: "Oat milk".to_owned(),
                    quantity: 1,
                    amount: gbp(50),
                    discount: false,
                },
                Modifier {
                    name: "Student".to_owned(),
                    quantity: 1,
                    amount: gbp(100),
                    discount: true,
                },
            ],
        }],
    });
    let expected = concat!(
        r#"{"amount":{"value":35050,"currencyCode":"GBP"},"reference":"Mesa \"4\" ñ","#,
        r#""captureMode":"Manual","autoExpireIn":"06.23:00:00","autoExpireAction":"Release","#,
        r#""tipsAmount":{"value":500,"currencyCode":"GBP"},"#,
        r#""serviceChargeAmount":{"value":300,"currencyCode":"GBP"},"#,
        r#""cardHolderNotPresent":true,"#,
        r#""itemLines":[{"name":"Flat white","quantity":2,"#,
        r#""amountTotal":{"value":700,"currencyCode":"GBP"},"#,
        r#""modifiers":[{"id":"1","name":"Oat milk","quantity":1,"#,
        r#""amountPerModifier":{"value":50,"currencyCode":"GBP"}},"#,
        r#"{"id":"2","name":"Student","quantity":1,"#,
        r#""amountPerModifier":{"value":-100,"currencyCode":"GBP"}}]}],"#,
        r#""metadata":{"tillsideKey":"Mesa \"4\" ñ"}}"#
    );
    assert_eq!(full, expected);
}

#[test]
fn captures_and_refunds_have_bare_amounts_and_sessions_have_not() {
    let text = |body: Result<Vec<u8>, _>| String::from_utf8(body.unwrap()).unwrap();
    assert_eq!(text(bare_body(100)), r#"{"amount":100}"#);
    let terminal = TerminalCode::new("tm_1").unwrap();
    let refund = Purpose::Refund {
        intent: "pi_1",
        amount: gbp(100),
    };
    let expected = concat!(
        r#"{"terminalId":"tm_1","details":{"sessionType":"MatchedRefund","#,
        r#""matchedRefund":{"paymentIntentId":"pi_1","amount":{"value":100,"currencyCode":"GBP"}}}}"#
    );
    assert_eq!(text(session_body(&terminal, &refund)), expected);
    let sale = Purpose::Sale { intent: "pi_1" };
    let expected = concat!(
        r#"{"terminalId":"tm_1","details":{"sessionType":"Sale","#,
        r#""sale":{"paymentIntentId":"pi_1"}}}"#
    );
    assert_eq!(text(session_body(&terminal, &sale)), expected);
}

/// The examples of answers in their description.
fn example(name: &str) -> Vec<u8> {
    let examples = include_str!("../../tests/fixtures/dojo/answers-2026-02-27.json");
    let examples: Value = serde_json::from_str(examples).unwrap();
    serde_json::to_vec(&examples[name]).unwrap()
}

#[test]
fn the_published_answers_are_read() {
    let intent = Intent::read(&example("intent")).unwrap();
    assert_eq!(intent.status.as_ref().unwrap().text(), "Captured");
    assert_eq!(intent.amount.as_ref().unwrap().money(), Some(gbp(1_000)));
    assert_eq!(intent.total(), Some(1_000));
    let mut withdrawn = Intent::read(&example("withdrawn")).unwrap();
    assert_eq!(withdrawn.status.as_ref().unwrap().text(), "Canceled");
    assert_eq!(withdrawn.sessions().map(|all| all.len()), Some(0));
    let sessions = [
        ("session_begun", Status::InitiateRequested, None),
        (
            "session_ended",
            Status::Captured,
            Some(payment::Prompt::RemoveCard),
        ),
        (
            "session_cancelled",
            Status::CancelRequested,
            Some(payment::Prompt::Approved),
        ),
        (
            "session_signed",
            Status::SignatureAccepted,
            Some(payment::Prompt::RemoveCard),
        ),
    ];
    for (name, status, prompt) in sessions {
        let session = Session::read(&example(name)).unwrap();
        let found = (session.status(), session.kind(), session.prompt());
        assert_eq!(found, (status, Kind::Sale, prompt), "{name}");
        assert!(session.usable_id().is_some());
    }
    let slips = slip::read(&example("session_ended")).unwrap();
    assert_eq!(slips.customer.lines.len(), 25);
    assert_eq!(slips.merchant.lines.len(), 27);
    let terminals = terminals(&example("terminals")).unwrap();
    let tid = terminals[0].properties.as_ref().unwrap().tid.as_ref();
    assert_eq!((terminals.len(), tid.unwrap().text()), (2, "VCMPYC8SIP0"));
    assert!(super::terminals(b"{}").is_none());
}

#[test]
fn amounts_are_whole_minor_units_of_a_known_currency() {
    let money = |text: &str| serde_json::from_str::<Amount>(text).unwrap().money();
    assert_eq!(
        money(r#"{"value":100,"currencyCode":"gbp"}"#),
        Some(gbp(100))
    );
    assert_eq!(
        money(r#"{"value":"100","currencyCode":"GBP"}"#),
        Some(gbp(100))
    );
    for text in [
        r#"{"value":1.5,"currencyCode":"GBP"}"#,
        r#"{"value":1e2,"currencyCode":"GBP"}"#,
        r#"{"value":-1,"currencyCode":"GBP"}"#,
        r#"{"value":99999999999999999999,"currencyCode":"GBP"}"#,
        r#"{"value":100,"currencyCode":"XXX"}"#,
        r#"{"value":100}"#,
        "{}",
    ] {
        assert_eq!(money(text), None, "{text}");
    }
}
