use payment::Way;

use super::*;

fn payer() -> Payer {
    Payer {
        account_name: "Somchai Jaidee".to_owned(),
        account_number: "1234567890".to_owned(),
        bank_code: "004".to_owned(),
    }
}

fn terms() -> LinkTerms {
    LinkTerms {
        description: "Two \"coffees\" ก".to_owned(),
        minutes: 15,
        method: Some(LinkMethod::PromptPay),
        payer: Some(payer()),
        billing: None,
        language: None,
    }
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

fn charge(minor: i64) -> Charge {
    Charge {
        amount: Money::new(minor, Currency::Thb).unwrap(),
        way: Way::Link { terms: terms() },
        key: key("R-1"),
        asked_at_ms: 1_790_000_000_000,
    }
}

#[test]
fn a_create_is_written_as_documented() {
    let write = |method, unit| {
        let body = create_body(&charge(35_050), &terms(), method, &payer(), unit).unwrap();
        String::from_utf8(body).unwrap()
    };
    let expected = concat!(
        r#"{"amount":"350.50","currency":"THB","referenceId":"R-1","#,
        r#""paymentMethod":"promptpay","customerBankAccountName":"Somchai Jaidee","#,
        r#""customerBankAccountNumber":"1234567890","customerBankCode":"004","#,
        r#""description":"Two \"coffees\" ก","idempotencyKey":"R-1","expiresInMinutes":15}"#
    );
    let written = write(LinkMethod::PromptPay, AmountUnit::Major);
    assert_eq!(written, expected);
    let expected = expected
        .replace("350.50", "35050.00")
        .replace("promptpay", "bank_transfer");
    let written = write(LinkMethod::BankTransfer, AmountUnit::Minor);
    assert_eq!(written, expected);
}

#[test]
fn an_amount_is_read_as_its_unit_says() {
    let table = [
        // text,        baht,           satang
        ("350.50", Some(35_050), None),
        ("35050.00", Some(3_505_000), Some(35_050)),
        ("35050", Some(3_505_000), Some(35_050)),
        ("35050.", None, None),
        ("0.05", Some(5), None),
        ("999999999999.00", None, Some(999_999_999_999)),
        ("1000000000000.00", None, None),
        ("99999999999999999999", None, None),
        ("1e3", None, None),
        ("-5.00", None, None),
        ("+5.00", None, None),
        (" 5.00", None, None),
        ("1,000.00", None, None),
        ("", None, None),
        (".00", None, None),
    ];
    for (text, baht, satang) in table {
        let read = |unit| amount(text, unit, Currency::Thb).map(Money::minor);
        assert_eq!(read(AmountUnit::Major), baht, "{text}");
        assert_eq!(read(AmountUnit::Minor), satang, "{text}");
    }
    for unit in [AmountUnit::Major, AmountUnit::Minor] {
        for minor in [1, 5, 99, 100, 35_050, money::MAX_MINOR] {
            let whole = charge(minor).amount;
            let read = amount(&written(whole, unit), unit, Currency::Thb);
            assert_eq!(read, Some(whole), "{unit:?}");
        }
    }
}

#[test]
fn a_reference_has_allowed_characters_only_and_is_never_anothers() {
    assert_eq!(reference(&key("R-20418_a.2")), "R-20418_a.2");
    // `printf 'Mesa 4 ñ' | sha256sum`, its first 32 digits
    assert_eq!(
        reference(&key("Mesa 4 ñ")),
        "Mesa-4--.2d9cf367ad7bffaf194b126907c5f6c5"
    );
    let long = "ก".repeat(60);
    let all = [
        "Mesa 4 ñ",
        "Mesa 4 n",
        "Mesa-4 ñ",
        "Mesa 4 ñ-a2",
        "#1",
        "#2",
        &long,
    ];
    let references: std::collections::BTreeSet<_> =
        all.iter().map(|text| reference(&key(text))).collect();
    assert_eq!(references.len(), all.len());
    for reference in references {
        let is_allowed = |one: char| one.is_ascii_alphanumeric() || "_-.".contains(one);
        assert!(reference.chars().all(is_allowed), "{reference}");
        assert!((1..=255).contains(&reference.len()), "{reference}");
    }
}

#[test]
fn only_a_success_has_content() {
    let table = [
        (r#"{"success":true,"data":{"id":"a"}}"#, true),
        (r#"{"data":{"id":"a"}}"#, true),
        (r#"{"success":false,"data":{"id":"a"}}"#, false),
        (r#"{"success":null,"data":{"id":"a"}}"#, true),
        (r#"{"success":true}"#, false),
        (r#"{"success":true,"data":null}"#, false),
        (r#"{"success":true,"data":[]}"#, false),
        (r#"{"success":true,"data":{"id":"a","id":"b"}}"#, false),
        (
            r#"{"success":true,"data":{"id":"a"},"data":{"id":"b"}}"#,
            false,
        ),
        (r#"{"id":"a","status":"succeeded"}"#, false),
        ("[]", false),
        ("", false),
    ];
    for (body, expected) in table {
        assert_eq!(Payment::read(body.as_bytes()).is_some(), expected, "{body}");
    }
}

#[test]
fn a_list_is_nested_and_whole() {
    let read = |body: &str| List::read(body.as_bytes());
    let list =
        read(r#"{"success":true,"data":{"data":[{"id":"a"},{"id":"b"}],"total":9,"limit":2}}"#);
    let list = list.unwrap();
    assert_eq!(list.payments.len(), 2);
    assert!(!list.is_shorter_than(100), "they give two at a time");
    let list = read(r#"{"success":true,"data":{"data":[{"id":"a"}],"limit":100}}"#).unwrap();
    assert!(list.is_shorter_than(100) && !list.is_shorter_than(1));
    for body in [
        r#"{"success":true,"data":{"data":[null]}}"#,
        r#"{"success":true,"data":{"data":null}}"#,
        r#"{"success":true,"data":{}}"#,
        r#"{"success":true,"data":[]}"#,
        r#"{"success":false,"data":{"data":[]}}"#,
        "",
    ] {
        assert!(read(body).is_none(), "{body}");
    }
}

#[test]
fn a_refusal_says_why_and_about_what() {
    let refusal = |code: &str, said: &str, server_time_ms| {
        Some(Refusal {
            code: code.to_owned(),
            said: said.to_owned(),
            server_time_ms,
        })
    };
    let table = [
        (
            r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"too small","metadata":{"field":"amount"}}}"#,
            refusal("VALIDATION_ERROR", "too small (amount)", None),
        ),
        (
            r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"amount is required","metadata":{"field":"amount"}}}"#,
            refusal("VALIDATION_ERROR", "amount is required", None),
        ),
        (r#"{"error":{"message":"no"}}"#, refusal("", "no", None)),
        (
            r#"{"error":{"code":"FORBIDDEN"}}"#,
            refusal("FORBIDDEN", "FORBIDDEN", None),
        ),
        (
            r#"{"error":{"code":"X","message":"old","metadata":{"serverTime":1767225600123}}}"#,
            refusal("X", "old", Some(1_767_225_600_123)),
        ),
        (
            r#"{"error":{"code":"X","message":"old","metadata":{"serverTime":"2026-01-01T00:00:00.123Z"}}}"#,
            refusal("X", "old", Some(1_767_225_600_123)),
        ),
        (
            r#"{"error":{"code":"X","message":"old","metadata":{"serverTime":1767225600}}}"#,
            refusal("X", "old", Some(1_767_225_600_000)),
        ),
        (
            r#"{"error":{"code":"X","message":"old","metadata":{"timestamp":1767225600}}}"#,
            refusal("X", "old", None),
        ),
        (
            r#"{"error":{"code":"X","message":"old","metadata":[]}}"#,
            refusal("X", "old", None),
        ),
        (r#"{"error":{"message":""}}"#, None),
        (r#"{"error":{}}"#, None),
        (r#"{"error":"no"}"#, None),
        (r#"{"message":"no"}"#, None),
        ("<html>", None),
        ("", None),
    ];
    for (body, expected) in table {
        assert_eq!(Refusal::read(body.as_bytes()), expected, "{body}");
    }
}
