//! Which requests are sent, in which order, and whether Dojo's own description allows each.

use money::{Currency, Money};
use payment::failure::NotSent;
use payment::{
    Act, ActName, Charge, Created, Failure, IdempotencyKey, IntentId, ItemLine, Modifier, Prompt,
    RefundRoute, SaleTerms, Standing, System, TerminalCode, TerminalState, Way,
};
use serde_json::{Value, json};

use super::script::{
    LOOK, MAKE, READ, SEARCH, START, STOP, Script, WITHDRAW, charge, history, intent, pi, refused,
    session, the_session,
};
use crate::server::{Server, json as ok};
use crate::shop::{KEY, account, hasty};

/// A sale that is on its machine.
async fn begun() -> Script {
    let script = Script::of([
        (MAKE, intent("Created", &json!({}))),
        (START, session("InitiateRequested")),
    ]);
    let created = script.dojo.create(&charge()).await.expect("a payment");
    assert_eq!(created.intent, Some(pi()));
    assert_eq!(created.seen.standing, Standing::Waiting);
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_one_request_until_the_machine_is_done() {
    let script = begun().await;
    let waiting = [
        "InitiateRequested",
        "Initiated",
        "Initiated",
        "CancelRequested",
    ];
    script.then(waiting.map(|status| (LOOK, session(status))));
    for _ in waiting {
        script.dojo.read(&pi()).await.expect("a reading");
    }
    // The session has ended: the intent decides, now and from now on.
    script.then([
        (LOOK, session("Captured")),
        (READ, intent("Created", &history("Initiated"))),
        (READ, intent("Captured", &history("Captured"))),
        (READ, intent("Captured", &history("Captured"))),
    ]);
    let mut stands = Vec::new();
    for _ in 0..3 {
        stands.push(script.dojo.read(&pi()).await.expect("a reading").standing);
    }
    use Standing::{Paid, Processing};
    assert_eq!(
        stands,
        [Processing, Paid, Paid],
        "a session alone is not paid"
    );
    assert_eq!(script.done().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_was_started_anew_finds_the_session_in_the_intent() {
    let script = Script::of([
        (READ, intent("Created", &history("Initiated"))),
        (LOOK, session("SignatureVerificationRequired")),
        (LOOK, refused("404 Not Found")),
        (READ, intent("Created", &history("Declined"))),
        (READ, refused("404 Not Found")),
    ]);
    let mut stands = Vec::new();
    for _ in 0..3 {
        let seen = script.dojo.read(&pi()).await.expect("a reading");
        stands.push((seen.standing, seen.prompt));
    }
    let needs = |prompt| (Standing::NeedsCashier, Some(prompt));
    let expected = [
        (Standing::Waiting, None),
        needs(Prompt::Signature),
        needs(Prompt::CardDeclined),
    ];
    assert_eq!(stands, expected);
    let gone = script.dojo.read(&pi()).await;
    let said = Some("no [trace t-1]".to_owned());
    assert_eq!(gone, Err(Failure::NotFound { said }));
    script.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_does_not_begin_leaves_a_payment_that_can_be_tried_again() {
    let script = Script::of([
        (MAKE, intent("Created", &json!({}))),
        (START, refused("409 Conflict")),
        (START, refused("409 Conflict")),
        (START, session("Initiated")),
        (LOOK, session("Initiated")),
    ]);
    let Created { intent, seen } = script.dojo.create(&charge()).await.expect("a payment");
    let stands = (seen.standing, seen.prompt, &*seen.raw);
    let idle = Some(Prompt::TerminalIdle);
    assert_eq!(stands, (Standing::NeedsCashier, idle, "no [trace t-1]"));
    assert_eq!(intent, Some(pi()));
    let key = IdempotencyKey::new("k-1").expect("a key");
    let again = async || {
        let act = Act::TryAgain;
        script.dojo.act(&charge(), &pi(), &act, &key).await
    };
    assert_eq!(again().await, Err(Failure::Duplicate), "still busy");
    assert_eq!(again().await, Ok(None));
    let seen = script.dojo.read(&pi()).await.expect("a reading");
    assert_eq!(seen.standing, Standing::Waiting);
    script.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_lets_go_before_the_intent_is_withdrawn() {
    // The machine takes its time: the intent is withdrawn by the second call.
    let script = begun().await;
    script.then([(STOP, session("CancelRequested"))]);
    assert_eq!(script.dojo.cancel(&pi()).await, Ok(()));
    script.then([
        (LOOK, session("Canceled")),
        (READ, intent("Created", &history("Canceled"))),
    ]);
    let seen = script.dojo.read(&pi()).await.expect("a reading");
    assert_eq!(seen.prompt, Some(Prompt::CancelledAtTerminal));
    script.then([
        (READ, intent("Created", &history("Canceled"))),
        (WITHDRAW, intent("Canceled", &json!({}))),
        (READ, intent("Canceled", &history("Canceled"))),
    ]);
    assert_eq!(script.dojo.cancel(&pi()).await, Ok(()));
    let seen = script.dojo.read(&pi()).await.expect("a reading");
    assert_eq!(seen.standing, Standing::Cancelled);
    let requests = script.done();
    let stop = requests.iter().find(|request| request.starts_with(STOP));
    assert!(stop.expect("it was sent").contains("content-length: 0"));

    // It lets go at once.
    let script = begun().await;
    script.then([
        (STOP, session("Canceled")),
        (WITHDRAW, intent("Canceled", &json!({}))),
    ]);
    assert_eq!(script.dojo.cancel(&pi()).await, Ok(()));
    script.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_is_not_withdrawn_while_a_card_may_be_charged() {
    let invalid = Err(Failure::Invalid {
        said: "no [trace t-1]".to_owned(),
    });
    for status in [
        "InitiateRequested",
        "Initiated",
        "SignatureVerificationRequired",
        "SignatureVerificationAccepted",
        "Authorized",
        "Captured",
        "CancelRequested",
        "Settling",
    ] {
        let script = Script::of([
            (READ, intent("Created", &history(status))),
            (STOP, refused("422 Too late")),
        ]);
        assert_eq!(script.dojo.cancel(&pi()).await, invalid, "{status}");
        script.done();
    }
    for status in [
        "Canceled",
        "Declined",
        "Expired",
        "SignatureVerificationRejected",
    ] {
        let script = Script::of([
            (READ, intent("Created", &history(status))),
            (WITHDRAW, refused("400 Too late")),
        ]);
        assert_eq!(script.dojo.cancel(&pi()).await, invalid, "{status}");
        script.done();
    }
    // What is over is refused in their own words, whatever they are.
    let script = Script::of([
        (READ, intent("Captured", &history("Captured"))),
        (WITHDRAW, refused("400 Too late")),
    ]);
    assert_eq!(script.dojo.cancel(&pi()).await, invalid);
    script.done();
    // Whether a machine has it is not known: nothing is withdrawn.
    let script = Script::of([(READ, refused("500 Oops"))]);
    assert_eq!(
        script.dojo.cancel(&pi()).await,
        Err(Failure::Fault { status: 500 })
    );
    script.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_is_one_request() {
    let held = json!({
        "captureMode": "Manual",
        "tipsAmount": {"value": 500, "currencyCode": "GBP"},
        "serviceChargeAmount": {"value": 300, "currencyCode": "GBP"},
        "totalAmount": {"value": 35_850, "currencyCode": "GBP"},
    });
    let some = Money::new(100, Currency::Gbp).expect("an amount");
    let refund = |route| Act::Refund {
        amount: some,
        route,
    };
    let done = || ok("{}");
    let refunds = "POST /payment-intents/pi_1/refunds";
    let captures = "POST /payment-intents/pi_1/captures";
    let signature = "PUT /terminal-sessions/ts_1/signature";
    let to_sign = history("SignatureVerificationRequired");
    #[rustfmt::skip]
    let table = [
        (Act::TryAgain,                  vec![(START, session("Initiated"))],                                r#"{"terminalId":"tm_1","details":{"sessionType":"Sale","sale":{"paymentIntentId":"pi_1"}}}"#),
        (Act::Sign { accepted: true },   vec![(READ, intent("Created", &to_sign)), (signature, done())],     r#"{"accepted":true}"#),
        (Act::Sign { accepted: false },  vec![(READ, intent("Created", &to_sign)), (signature, done())],     r#"{"accepted":false}"#),
        (Act::Capture,                   vec![(READ, intent("Authorized", &held)), (captures, done())],      r#"{"amount":35850}"#),
        (Act::Reverse,                   vec![("POST /payment-intents/pi_1/reversal", done())],              ""),
        (refund(RefundRoute::Remote),    vec![(refunds, done())],                                            r#"{"amount":100}"#),
        (refund(RefundRoute::Terminal),  vec![(START, session("Initiated"))],                                r#"{"terminalId":"tm_1","details":{"sessionType":"MatchedRefund","matchedRefund":{"paymentIntentId":"pi_1","amount":{"value":100,"currencyCode":"GBP"}}}}"#),
    ];
    let key = IdempotencyKey::new("018f-2").expect("a key");
    for (act, steps, body) in table {
        let script = Script::of(steps);
        let outcome = script.dojo.act(&charge(), &pi(), &act, &key).await;
        // Only a session of its own has a name that readings tell.
        let named = act == refund(RefundRoute::Terminal);
        let name = named.then(|| ActName::new("ts_1").expect("a name"));
        assert_eq!(outcome, Ok(name), "{act:?}");
        let requests = script.done();
        let last = requests.last().expect("a request");
        assert!(
            last.ends_with(&format!("\r\n\r\n{body}")),
            "{act:?}: {last}"
        );
        let is_keyed = last.contains("idempotencykey: 018f-2\r\n");
        assert_eq!(is_keyed, act == refund(RefundRoute::Remote), "{act:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_without_its_object_is_refused_and_not_sent() {
    let key = IdempotencyKey::new("018f-2").expect("a key");
    for (status, shown) in [
        ("Created", "Created"),
        ("Captured", "Captured"),
        ("Canceled", "Canceled"),
        // Found by fuzzing: a word is the provider's, and was told as it came.
        ("4111-1111-1111-1111", "••••-••••-••••-••••"),
    ] {
        let script = Script::of([(READ, intent(status, &json!({})))]);
        let outcome = script.dojo.act(&charge(), &pi(), &Act::Capture, &key).await;
        let said = format!("nothing is held: {shown}");
        assert_eq!(outcome, Err(Failure::Invalid { said }));
        script.done();
    }
    let script = Script::of([(READ, intent("Created", &history("Captured")))]);
    let sign = Act::Sign { accepted: true };
    let outcome = script.dojo.act(&charge(), &pi(), &sign, &key).await;
    let said = Some("no session waits for a signature".to_owned());
    assert_eq!(outcome, Err(Failure::NotFound { said }));
    script.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_looked_for_page_by_page_and_once_without_a_date() {
    let page = |ids: &[&str], after: Value| {
        let items: Vec<Value> = ids
            .iter()
            .map(|id| {
                json!({"id": id, "status": "Captured", "reference": format!("R-{id}"),
                    "amount": {"value": 35_050, "currencyCode": "GBP"}})
            })
            .collect();
        ok(&json!({"data": items, "before": null, "after": after}).to_string())
    };
    let script = Script::of([
        (SEARCH, page(&["7", "8"], json!("c-1"))),
        (SEARCH, page(&["1"], json!("c-2"))),
        (SEARCH, page(&["9"], json!(null))),
    ]);
    let found = script.dojo.find(&charge()).await.expect("a list");
    let found = found.expect("it is there");
    assert_eq!(found.intent, IntentId::new("1").ok());
    assert_eq!(found.seen.standing, Standing::Paid);
    let bodies: Vec<String> = script.done().iter().map(|request| body(request)).collect();
    let expected = [
        r#"{"startDate":"2026-09-21T13:13:20.000Z","cursor":{"limit":50}}"#,
        r#"{"startDate":"2026-09-21T13:13:20.000Z","cursor":{"limit":50,"after":"c-1"}}"#,
        r#"{"startDate":"2026-09-21T13:13:20.000Z","cursor":{"limit":50,"after":"c-2"}}"#,
    ];
    assert_eq!(bodies, expected);

    // The shop's clock was ahead: the second look has no date, and an end.
    let script = Script::of([
        (SEARCH, page(&[], json!("c-1"))),
        (SEARCH, page(&["7"], json!("c-1"))),
        (SEARCH, page(&["8"], json!("c-1"))),
    ]);
    assert_eq!(script.dojo.find(&charge()).await, Ok(None));
    assert_eq!(body(&script.done()[1]), r#"{"cursor":{"limit":50}}"#);
    let many = (1..=11).map(|number| match number {
        1 => (SEARCH, page(&[], json!(null))),
        number => (SEARCH, page(&["7"], json!(format!("c-{number}")))),
    });
    let script = Script::of(many);
    assert_eq!(script.dojo.find(&charge()).await, Ok(None));
    script.done();
}

fn body(request: &str) -> String {
    let (_, body) = request.split_once("\r\n\r\n").expect("a whole request");
    body.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_open_payments_and_slips_are_listed() {
    let terminals = json!([
        {"id": "tm_1", "properties": {"tid": "VCMPYC8SIP0"}, "status": "Available"},
        {"id": "tm_2", "properties": {}, "status": "InUse"},
        {"id": "tm_3", "status": "Offline"},
        {"id": "tm_4", "status": "Asleep"},
        {"id": "not a name", "status": "Available"},
    ]);
    let open = json!({"data": [
        {"id": "pi_1", "status": "Created", "reference": "A", "createdAt": "2026-09-21T14:00:00Z",
            "amount": {"value": 1, "currencyCode": "GBP"}},
        {"id": "pi_2", "status": "Created", "reference": "B", "createdAt": "2026-09-21T14:00:01Z",
            "amount": {"value": 2, "currencyCode": "GBP"},
            "paymentLink": "https://pay.dojo.tech/x"},
    ]});
    let mut slips = the_session("ts_1", "Captured");
    slips["customerReceipt"] = json!({"lines": [{"lineType": "NewLine"}]});
    let script = Script::of([
        ("GET /terminals", ok(&terminals.to_string())),
        ("GET /terminals", ok("{}")),
        (SEARCH, ok(&open.to_string())),
        (READ, intent("Captured", &history("Captured"))),
        (LOOK, ok(&slips.to_string())),
        (READ, intent("Created", &json!({}))),
    ]);
    let found = script.dojo.terminals().await.expect("terminals");
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.code.as_str(), &*one.label, one.state))
        .collect();
    use TerminalState::{Available, Busy, Offline, Unrecognised};
    let expected = [
        ("tm_1", "VCMPYC8SIP0", Available),
        ("tm_2", "tm_2", Busy),
        ("tm_3", "tm_3", Offline),
        ("tm_4", "tm_4", Unrecognised),
    ];
    assert_eq!(found, expected);
    assert!(script.dojo.check().await.is_err(), "an object is no list");
    let open = script
        .dojo
        .list_open(1_790_000_000_000)
        .await
        .expect("a list");
    let open: Vec<_> = open
        .iter()
        .map(|one| (&*one.reference, one.has_link))
        .collect();
    assert_eq!(open, [("B", true), ("A", false)], "newest first");
    let receipts = script.dojo.receipts(&pi()).await.expect("slips");
    assert_eq!(
        (receipts.customer.lines.len(), receipts.merchant.is_empty()),
        (1, true)
    );
    let none = script.dojo.receipts(&pi()).await.expect("no slips");
    assert!(none.is_empty(), "no session has finished");
    let requests = script.done();
    let search =
        r#"{"statuses":["Created"],"startDate":"2026-09-21T14:13:20.000Z","cursor":{"limit":50}}"#;
    assert_eq!(body(&requests[2]), search);
}

/// The vendor is fixed in the build; the reseller is the account's, or the vendor.
#[tokio::test(flavor = "multi_thread")]
async fn who_sold_the_till_is_told() {
    for (reseller, told) in [
        (None, "softwareHouse1"),
        (Some(" "), "softwareHouse1"),
        (Some("reseller1"), "reseller1"),
    ] {
        let server = Server::answering(ok("[]"));
        let mut account = account(System::Dojo, &format!("http://127.0.0.1:{}", server.port()));
        account.settings.reseller_id = reseller.map(str::to_owned);
        let key = secrets::Secret::new(KEY).expect("a key");
        let dojo = providers::connect(&account, Some(key), hasty()).expect("a provider");
        assert_eq!(dojo.check().await, Ok(()));
        let sent = server.with(|arrived| arrived.requests.concat());
        assert!(sent.contains(&format!("reseller-id: {told}\r\n")), "{sent}");
        assert!(
            sent.contains("software-house-id: softwareHouse1\r\n"),
            "{sent}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_sale_may_have_is_sent_or_nothing_is() {
    let gbp = |minor| Money::new(minor, Currency::Gbp).expect("an amount");
    let terms = SaleTerms {
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
    };
    let of = |terms: SaleTerms| Charge {
        way: Way::Terminal {
            code: TerminalCode::new("tm_1").expect("a code"),
            terms,
        },
        ..charge()
    };
    let script = Script::of([
        (MAKE, intent("Created", &json!({}))),
        (START, session("Initiated")),
    ]);
    assert!(script.dojo.create(&of(terms.clone())).await.is_ok());
    script.done();
    let eur = Money::new(1, Currency::Eur).ok();
    let line = |name: &str, quantity, total| SaleTerms {
        lines: vec![ItemLine {
            name: name.to_owned(),
            quantity,
            total,
            modifiers: Vec::new(),
        }],
        ..SaleTerms::PLAIN
    };
    let modified = |name: &str, quantity, amount, count| {
        let modifier = Modifier {
            name: name.to_owned(),
            quantity,
            amount,
            discount: true,
        };
        let mut terms = line("x", 1, gbp(1));
        terms.lines[0].modifiers = vec![modifier; count];
        terms
    };
    let strange = [
        SaleTerms {
            tip: eur,
            ..SaleTerms::PLAIN
        },
        SaleTerms {
            service_charge: eur,
            ..SaleTerms::PLAIN
        },
        line("x", 1, eur.expect("an amount")),
        line("", 1, gbp(1)),
        line(&"x".repeat(101), 1, gbp(1)),
        line("x", u32::MAX, gbp(1)),
        modified("x", 1, eur.expect("an amount"), 1),
        modified("", 1, gbp(1), 1),
        modified("x", u32::MAX, gbp(1), 1),
        modified("x", 1, gbp(1), 21),
        SaleTerms {
            lines: vec![terms.lines[0].clone(); 101],
            ..SaleTerms::PLAIN
        },
    ];
    let why = NotSent::NotBuilt;
    for terms in strange {
        let script = Script::of([]);
        let refused = script.dojo.create(&of(terms)).await;
        assert_eq!(refused, Err(Failure::NotSent { why }));
        assert!(script.done().is_empty());
    }
}
