use payment::{ActName, ActOutcome};

use super::*;

const NOW_MS: i64 = 1_790_000_000_000; // 2026-09-21T14:13:20Z

/// The reading of an intent with these fields beside its name and its amount of 350.50.
fn reading(fields: &str, sessions: &[String]) -> Reading {
    let body = format!(
        r#"{{"id":"pi_1","amount":{{"value":35050,"currencyCode":"GBP"}},{fields},
            "terminalSessionHistory":[{}]}}"#,
        sessions.join(",")
    );
    let intent = Intent::read(body.as_bytes()).expect("an intent");
    Reading::of(intent, Currency::Gbp, None, Some(NOW_MS)).expect("our currency")
}

/// A session of the history, made in that minute.
fn session(minute: u8, status: &str, details: &str) -> String {
    format!(
        r#"{{"terminalSession":{{"id":"ts_{minute}","status":"{status}",
            "createdAt":"2026-09-21T14:{minute:02}:00Z","expireAt":"2026-09-21T14:40:00Z",
            "details":{details}}},"payment":null}}"#
    )
}

fn sale(minute: u8, status: &str) -> String {
    let details = r#"{"sessionType":"Sale","sale":{"paymentIntentId":"pi_1"}}"#;
    session(minute, status, details)
}

fn refund(minute: u8, status: &str, amount: Option<i64>) -> String {
    let amount = amount.map_or_else(String::new, |minor| {
        format!(r#","amount":{{"value":{minor},"currencyCode":"GBP"}}"#)
    });
    let details = format!(
        r#"{{"sessionType":"MatchedRefund","matchedRefund":{{"paymentIntentId":"pi_1"{amount}}}}}"#
    );
    session(minute, status, &details)
}

fn gbp(minor: i64) -> Option<Money> {
    Some(Money::new(minor, Currency::Gbp).expect("an amount"))
}

/// Where a payment stands by each word of the intent (with no session, and with each word of one),
/// as `Auto` and as `Manual`.
#[test]
fn each_intent_with_each_session_stands_in_one_place() {
    use Prompt::{CancelledAtTerminal, CardDeclined, OnItsWay, Signature, TerminalIdle};
    use Standing::*;
    let plain = |standing| (standing, None);
    let needs = |prompt| (NeedsCashier, Some(prompt));
    let sent = (Waiting, Some(OnItsWay));
    type Stands = (Standing, Option<Prompt>);
    #[rustfmt::skip]
    let table: [(&str, [Stands; 6]); 13] = [
        // newest session              Created                     Authorized Auto      Authorized Manual    Canceled              Reversed Auto     Reversed Manual
        ("",                           [needs(TerminalIdle),        plain(Processing),   plain(Authorised),   plain(Cancelled),     plain(Refunded),  plain(Cancelled)]),
        ("InitiateRequested",          [sent,                       sent,                sent,                sent,                 plain(Refunded),  plain(Cancelled)]),
        ("Initiated",                  [plain(Waiting),             plain(Waiting),      plain(Waiting),      plain(Waiting),       plain(Refunded),  plain(Cancelled)]),
        ("CancelRequested",            [plain(Processing),          plain(Processing),   plain(Processing),   plain(Processing),    plain(Refunded),  plain(Cancelled)]),
        ("SignatureVerificationRequired", [needs(Signature),        needs(Signature),    needs(Signature),    needs(Signature),     plain(Refunded),  plain(Cancelled)]),
        ("SignatureVerificationAccepted", [plain(Processing),       plain(Processing),   plain(Authorised),   plain(Unconfirmed),   plain(Refunded),  plain(Cancelled)]),
        ("SignatureVerificationRejected", [needs(CardDeclined),     plain(Processing),   plain(Authorised),   plain(Cancelled),     plain(Cancelled), plain(Cancelled)]),
        ("Authorized",                 [plain(Processing),          plain(Processing),   plain(Authorised),   plain(Unconfirmed),   plain(Refunded),  plain(Cancelled)]),
        ("Captured",                   [plain(Processing),          plain(Processing),   plain(Authorised),   plain(Unconfirmed),   plain(Refunded),  plain(Refunded)]),
        ("Declined",                   [needs(CardDeclined),        plain(Processing),   plain(Authorised),   plain(Cancelled),     plain(Cancelled), plain(Cancelled)]),
        ("Canceled",                   [needs(CancelledAtTerminal), plain(Processing),   plain(Authorised),   plain(Cancelled),     plain(Cancelled), plain(Cancelled)]),
        ("Expired",                    [plain(Unconfirmed),         plain(Processing),   plain(Authorised),   plain(Cancelled),     plain(Cancelled), plain(Cancelled)]),
        ("Settling",                   [plain(Unrecognised),        plain(Processing),   plain(Authorised),   plain(Unconfirmed),   plain(Refunded),  plain(Cancelled)]),
    ];
    let columns = [
        ("Created", "Auto"),
        ("Authorized", "Auto"),
        ("Authorized", "Manual"),
        ("Canceled", "Auto"),
        ("Reversed", "Auto"),
        ("Reversed", "Manual"),
    ];
    let words = table.iter().skip(1).map(|(word, _)| *word);
    let mut known: Vec<_> = Status::ALL.iter().map(|(word, _)| *word).collect();
    known.sort_unstable();
    let mut told: Vec<_> = words.collect();
    told.sort_unstable();
    assert_eq!(told, known, "every word has its row");
    for (word, expected) in table {
        for ((status, mode), expected) in columns.into_iter().zip(expected) {
            let sessions: Vec<String> = match word {
                "" => vec![],
                word => vec![sale(1, word)],
            };
            let fields = format!(r#""status":"{status}","captureMode":"{mode}""#);
            let seen = reading(&fields, &sessions).seen();
            let found = (seen.standing, seen.prompt);
            assert_eq!(found, expected, "{status} {mode}, session {word:?}");
            assert_eq!(seen.amount, gbp(35_050));
        }
    }
}

/// Whatever a machine says: what the intent has captured is paid.
#[test]
fn captured_is_paid_whatever_a_session_says() {
    for (word, _) in Status::ALL {
        let seen = reading(r#""status":"Captured""#, &[sale(1, word)]).seen();
        let found = (seen.standing, seen.prompt, &*seen.raw);
        assert_eq!(found, (Standing::Paid, None, "Captured"), "{word}");
    }
}

#[test]
fn a_word_that_is_not_known_is_shown_and_stays_open() {
    for (status, raw) in [
        ("Settling", "Settling, session Captured"),
        ("captured", "captured, session Captured"),
        ("", ", session Captured"),
    ] {
        let seen = reading(&format!(r#""status":"{status}""#), &[sale(1, "Captured")]).seen();
        assert_eq!((seen.standing, &*seen.raw), (Standing::Unrecognised, raw));
    }
    let seen = reading(r#""status":"Created""#, &[sale(1, "Settling")]).seen();
    assert_eq!(seen.raw, "Created, session Settling");
}

#[test]
fn a_session_on_a_machine_counts_before_a_newer_one_that_ended() {
    let of = |sessions: &[String]| reading(r#""status":"Created""#, sessions);
    let newest = of(&[sale(2, "Initiated"), sale(1, "Declined")]);
    assert_eq!(
        newest.seen().standing,
        Standing::Waiting,
        "by time, not by place"
    );
    let older = of(&[sale(1, "Initiated"), sale(2, "Declined")]);
    assert_eq!(older.seen().standing, Standing::Waiting);
    assert_eq!(older.live().expect("a session").to_string(), "ts_1");
    let over = of(&[sale(1, "Expired"), sale(2, "Declined")]);
    assert_eq!(over.seen().prompt, Some(Prompt::CardDeclined));
    assert!(over.live().is_none());
    let refunds = of(&[sale(1, "Declined"), refund(2, "Initiated", None)]);
    assert_eq!(refunds.seen().prompt, Some(Prompt::CardDeclined));
    assert!(refunds.live().is_none(), "a refund is no sale");
}

#[test]
fn a_session_read_just_before_counts_before_what_the_intent_knows_of_it() {
    let declined = r#"{"id":"ts_1","status":"Declined","createdAt":"2026-09-21T14:01:00Z"}"#;
    for history in ["[]", "null", &format!("[{}]", sale(1, "Initiated"))] {
        let body = format!(r#"{{"status":"Created","terminalSessionHistory":{history}}}"#);
        let intent = Intent::read(body.as_bytes()).unwrap();
        let fresh = Session::read(declined.as_bytes());
        let reading = Reading::of(intent, Currency::Gbp, fresh, None).unwrap();
        assert_eq!(
            reading.seen().prompt,
            Some(Prompt::CardDeclined),
            "{history}"
        );
        assert!(reading.live().is_none());
    }
}

#[test]
fn a_session_that_is_overdue_is_not_watched_and_still_open() {
    let of = |now_ms| {
        let body = format!(
            r#"{{"status":"Created","terminalSessionHistory":[{}]}}"#,
            sale(1, "Initiated")
        );
        let intent = Intent::read(body.as_bytes()).unwrap();
        Reading::of(intent, Currency::Gbp, None, now_ms).unwrap()
    };
    let ends_ms = NOW_MS + 1_600_000;
    assert!(
        of(None).live().is_some(),
        "a clock that is not told is none"
    );
    assert!(of(Some(ends_ms + 30_000)).live().is_some());
    let overdue = of(Some(ends_ms + 30_001));
    assert!(overdue.live().is_none());
    assert_eq!(overdue.seen().standing, Standing::Waiting);
    assert_eq!(overdue.seen().raw, "Created, session Initiated");
}

#[test]
fn what_was_given_back_decides_between_paid_partly_and_refunded() {
    use Standing::{Paid, PartlyRefunded, Refunded};
    let total = r#","totalAmount":{"value":36000,"currencyCode":"GBP"}"#;
    let done = |amount| refund(2, "Captured", amount);
    type Row = (
        &'static str,
        &'static str,
        Vec<String>,
        Standing,
        Option<i64>,
    );
    #[rustfmt::skip]
    let table: [Row; 15] = [
        ("Captured", "",                               vec![],                     Paid,           None),
        ("Captured", r#","refundedAmount":0"#,         vec![],                     Paid,           None),
        ("Captured", r#","refundedAmount":null"#,      vec![],                     Paid,           None),
        ("Captured", r#","refundedAmount":1"#,         vec![],                     PartlyRefunded, Some(1)),
        ("Captured", r#","refundedAmount":35049"#,     vec![],                     PartlyRefunded, Some(35_049)),
        ("Captured", r#","refundedAmount":35050"#,     vec![],                     Refunded,       Some(35_050)),
        ("Refunded", r#","refundedAmount":35050"#,     vec![],                     Refunded,       Some(35_050)),
        ("Refunded", r#","refundedAmount":100"#,       vec![],                     PartlyRefunded, Some(100)),
        ("Refunded", "",                               vec![],                     Refunded,       Some(35_050)),
        ("Captured", "",                               vec![done(Some(100))],      PartlyRefunded, Some(100)),
        ("Captured", r#","refundedAmount":100"#,       vec![done(Some(50))],       PartlyRefunded, Some(100)),
        ("Captured", r#","refundedAmount":50"#,        vec![done(Some(100))],      PartlyRefunded, Some(100)),
        ("Captured", "",                               vec![done(None)],           Refunded,       Some(35_050)),
        ("Captured", "",                               vec![refund(2, "Declined", Some(100))], Paid, None),
        ("Captured", r#","refundedAmount":"junk""#,    vec![],                     Paid,           None),
    ];
    for (status, fields, sessions, standing, returned) in table {
        let seen = reading(&format!(r#""status":"{status}"{fields}"#), &sessions).seen();
        let found = (seen.standing, seen.returned);
        assert_eq!(
            found,
            (standing, returned.and_then(gbp)),
            "{status} {fields}"
        );
    }
    let tipped = format!(r#""status":"Captured","refundedAmount":35050{total}"#);
    let seen = reading(&tipped, &[]).seen();
    assert_eq!(
        (seen.standing, seen.tip),
        (PartlyRefunded, gbp(950)),
        "the tip stays"
    );
    let all = format!(r#""status":"Reversed"{total}"#);
    let seen = reading(&all, &[]).seen();
    assert_eq!((seen.standing, seen.returned), (Refunded, gbp(36_000)));
}

#[test]
fn a_refund_at_a_terminal_shows_beside_the_payment() {
    let table = [
        ("InitiateRequested", Some(Prompt::RefundWaiting)),
        ("Initiated", Some(Prompt::RefundWaiting)),
        ("CancelRequested", Some(Prompt::RefundWaiting)),
        ("Authorized", Some(Prompt::RefundWaiting)),
        ("SignatureVerificationRequired", Some(Prompt::RefundWaiting)),
        ("SignatureVerificationAccepted", Some(Prompt::RefundWaiting)),
        (
            "SignatureVerificationRejected",
            Some(Prompt::RefundDeclined),
        ),
        ("Settling", Some(Prompt::RefundWaiting)),
        ("Declined", Some(Prompt::RefundDeclined)),
        ("Canceled", Some(Prompt::RefundDeclined)),
        ("Expired", Some(Prompt::RefundUnconfirmed)),
        ("Captured", None),
    ];
    assert_eq!(table.len(), Status::ALL.len());
    for (word, prompt) in table {
        let sessions = [sale(1, "Captured"), refund(2, word, Some(100))];
        let seen = reading(r#""status":"Captured""#, &sessions).seen();
        assert_eq!(seen.prompt, prompt, "{word}");
        let outcome = seen.acts.first().map(|told| &told.outcome);
        let refused = matches!(outcome, Some(ActOutcome::Refused { .. }));
        assert_eq!(refused, prompt == Some(Prompt::RefundDeclined), "{word}");
        let done = outcome == Some(&ActOutcome::Done);
        assert_eq!(done, word == "Captured", "{word}");
        let is_back = word == "Captured";
        let standing = if is_back {
            Standing::PartlyRefunded
        } else {
            Standing::Paid
        };
        assert_eq!(seen.standing, standing, "{word}");
    }
    let again = [refund(2, "Declined", None), refund(3, "Initiated", None)];
    let seen = reading(r#""status":"Captured""#, &again).seen();
    let told = seen
        .acts
        .iter()
        .map(|told| (told.name.as_ref().map(ActName::as_str), &told.outcome));
    let said = "session Declined".to_owned();
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (Some("ts_2"), &ActOutcome::Refused { said }),
            (Some("ts_3"), &ActOutcome::UnderWay)
        ],
        "each by its own name"
    );
    assert_eq!(
        seen.prompt,
        Some(Prompt::RefundWaiting),
        "the newest counts"
    );
}

#[test]
fn what_was_given_on_top_is_read_in_both_places_and_only_of_money() {
    let money =
        |name: &str, minor: i64| format!(r#","{name}":{{"value":{minor},"currencyCode":"GBP"}}"#);
    let table = [
        (String::new(), None),
        (money("tipsAmount", 0), None),
        (money("tipsAmount", 500), Some(500)),
        (money("totalAmount", 35_050), None),
        (money("totalAmount", 35_550), Some(500)),
        (
            money("tipsAmount", 500) + &money("totalAmount", 35_550),
            Some(500),
        ),
        (
            money("tipsAmount", 0) + &money("totalAmount", 35_550),
            Some(500),
        ),
        (
            money("serviceChargeAmount", 300) + &money("totalAmount", 35_850),
            Some(500),
        ),
        (
            money("cashbackAmount", 800) + &money("totalAmount", 35_850),
            None,
        ),
        (money("totalAmount", 30_000), None),
    ];
    for (fields, tip) in table {
        let seen = reading(&format!(r#""status":"Captured"{fields}"#), &[]).seen();
        assert_eq!(seen.tip, tip.and_then(gbp), "{fields}");
        let held = format!(r#""status":"Authorized","captureMode":"Manual"{fields}"#);
        assert_eq!(reading(&held, &[]).seen().tip, tip.and_then(gbp));
        let open = reading(&format!(r#""status":"Created"{fields}"#), &[]).seen();
        assert_eq!(open.tip, None, "{fields}: nobody gave anything yet");
    }
}

/// A part that was captured is not the payment that was asked for.
#[test]
fn a_capture_of_less_is_told_as_less() {
    let table = [
        ("[]", 35_050),
        (r#"[{"amount":35050,"status":"Successful"}]"#, 35_050),
        (r#"[{"amount":36000,"status":"Successful"}]"#, 35_050),
        (r#"[{"amount":100,"status":"Successful"}]"#, 100),
        (
            r#"[{"amount":100,"status":"Successful"},{"amount":34950,"status":"Created"}]"#,
            35_050,
        ),
        (
            r#"[{"amount":100,"status":"Successful"},{"amount":34950,"status":"Failed"}]"#,
            100,
        ),
        (r#"[{"amount":"x"}]"#, 35_050),
    ];
    for (captures, amount) in table {
        let fields = format!(r#""status":"Captured","captureMode":"Manual","captures":{captures}"#);
        assert_eq!(
            reading(&fields, &[]).seen().amount,
            gbp(amount),
            "{captures}"
        );
    }
}

#[test]
fn what_the_terminal_said_last_is_shown() {
    let of = |events: &str| {
        let body = format!(r#"{{"id":"ts_1","status":"Initiated","notificationEvents":{events}}}"#);
        live(&Session::read(body.as_bytes()).unwrap())
    };
    let one = |word: &str| of(&format!(r#"[{{"notificationType":"{word}"}}]"#));
    let table = [
        ("PresentCard", Some(Prompt::PresentCard)),
        ("InsertCard", Some(Prompt::InsertCard)),
        ("PresentOnlyOneCard", Some(Prompt::PresentOnlyOneCard)),
        ("EnterPin", Some(Prompt::EnterPin)),
        ("PleaseWait", Some(Prompt::PleaseWait)),
        ("RemoveCard", Some(Prompt::RemoveCard)),
        ("CardUnsupported", Some(Prompt::CardUnsupported)),
        ("CardError", Some(Prompt::CardError)),
        ("ReEnterCard", Some(Prompt::ReEnterCard)),
        ("Approved", Some(Prompt::Approved)),
        ("Declined", Some(Prompt::CardDeclined)),
        ("Dance", None),
    ];
    for (word, prompt) in table {
        let seen = one(word);
        assert_eq!(
            (seen.standing, seen.prompt),
            (Standing::Waiting, prompt),
            "{word}"
        );
        assert_eq!(seen.raw, "session Initiated");
    }
    let unordered = of(r#"[
        {"notificationType":"EnterPin","createdAt":"2026-09-21T14:00:02.5Z"},
        {"notificationType":"PresentCard","createdAt":"2026-09-21T14:00:01Z"},
        {"notificationType":"RemoveCard"}]"#);
    assert_eq!(
        unordered.prompt,
        Some(Prompt::EnterPin),
        "by time, not by place"
    );
    for nothing in ["[]", "null", "[{}]"] {
        assert_eq!(of(nothing).prompt, None, "{nothing}");
    }
}
