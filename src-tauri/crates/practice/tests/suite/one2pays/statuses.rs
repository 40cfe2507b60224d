use http::StatusCode;
use practice::{Effect, LinkStatus, One2PaysStart, One2PaysUrlField, PagePress, Settings};
use serde_json::{Value, json};

use super::{NOBODY, code, data, with};
use crate::support::{Bench, PAYMENTS, payment_body};

/// Brings a payment to a status; the settings are those that lead there.
async fn brought_to(word: &str) -> (Bench, String) {
    let bench = Bench::with(|settings| {
        settings.one2pays_capture_after_ms = 1000;
        settings.one2pays_start = match word {
            "requires_confirmation" => One2PaysStart::RequiresConfirmation,
            "pending" => One2PaysStart::Pending,
            _ => One2PaysStart::RequiresPaymentMethod,
        };
    });
    let id = bench.payment("order-1").await;
    if ![
        "requires_payment_method",
        "requires_confirmation",
        "pending",
    ]
    .contains(&word)
    {
        bench.advance(500);
    }
    let (press, after_ms) = match word {
        "processing" => (Some(PagePress::Pay), 1999),
        "requires_capture" => (Some(PagePress::Pay), 2999),
        "succeeded" => (Some(PagePress::Pay), 3000),
        "payment_failed" => (Some(PagePress::Decline), 2000),
        "expired" => (None, 3_600_000),
        _ => (None, 0),
    };
    if let Some(press) = press {
        bench.press_page(&id, press).unwrap();
    }
    bench.advance(after_ms);
    if word == "canceled" {
        assert_eq!(bench.cancel_payment(&id).await.status, StatusCode::OK);
    }
    assert_eq!(bench.payment_status(&id).await, word);
    (bench, id)
}

#[tokio::test]
async fn a_cancel_is_accepted_in_the_statuses_that_are_not_final() {
    for word in [
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
        "processing",
        "requires_capture",
        "pending",
    ] {
        let (bench, id) = brought_to(word).await;
        let answer = bench.cancel_payment(&id).await;
        assert_eq!(answer.status, StatusCode::OK, "{word}: {}", answer.text);
        let cancelled = data(&answer);
        assert_eq!(cancelled["status"], "canceled", "{word}");
        assert_eq!(cancelled["canceledAt"], cancelled["updatedAt"], "{word}");
        assert_eq!(cancelled["nextAction"], Value::Null, "{word}");
        assert_eq!(bench.last_effect(), Effect::Cancelled);
        bench.advance(86_400_000);
        assert_eq!(bench.payment_status(&id).await, "canceled");
        assert!(bench.charged().is_empty(), "{word}");
        bench.practice.check().unwrap();
    }
}

#[tokio::test]
async fn a_cancel_is_refused_in_the_final_statuses_with_one_and_the_same_sentence() {
    for word in ["succeeded", "canceled", "expired", "payment_failed"] {
        let (bench, id) = brought_to(word).await;
        let charged = bench.charged();
        let answer = bench.cancel_payment(&id).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{word}");
        let expected = json!({"success": false, "error": {
            "code": "VALIDATION_ERROR",
            "message": "Payment cannot be cancelled because it has already been completed",
        }});
        assert_eq!(answer.json(), expected, "{word}");
        assert_eq!(bench.last_effect(), Effect::CancelRefused);
        bench.advance(86_400_000);
        assert_eq!(bench.payment_status(&id).await, word, "it is final");
        assert_eq!(bench.charged(), charged);
    }
}

#[tokio::test]
async fn an_unknown_payment_is_not_found() {
    let bench = Bench::new();
    let link = bench.link("order-1").await;
    for id in ["7", NOBODY, &link] {
        let read = bench.signed("GET", &format!("{PAYMENTS}/{id}"), "").await;
        let cancelled = bench.cancel_payment(id).await;
        for answer in [read, cancelled] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            let error = json!({"code": "RESOURCE_NOT_FOUND", "message": "Payment not found"});
            assert_eq!(answer.json(), json!({"success": false, "error": error}));
            assert_eq!(bench.last_effect(), Effect::NotFound);
        }
    }
    assert_eq!(bench.newest_link().status, LinkStatus::Open);
    for (method, path, status, word) in [
        (
            "POST",
            "/one2pays/api/v1/refunds",
            404,
            "RESOURCE_NOT_FOUND",
        ),
        ("GET", "/one2pays", 404, "RESOURCE_NOT_FOUND"),
        ("DELETE", PAYMENTS, 405, "METHOD_NOT_ALLOWED"),
    ] {
        let answer = bench.signed(method, path, "").await;
        assert_eq!(
            (answer.status.as_u16(), code(&answer).as_str()),
            (status, word)
        );
    }
}

/// The statuses that a payment goes through when somebody looks every 100 ms for 20 s.
async fn seen(bench: &Bench, press: Option<PagePress>) -> Vec<String> {
    let id = bench.payment("order-1").await;
    let mut words: Vec<String> = Vec::new();
    for tenth in 0..200 {
        if tenth == 20
            && let Some(press) = press
        {
            bench.press_page(&id, press).unwrap();
        }
        let word = bench.payment_status(&id).await;
        if words.last() != Some(&word) {
            words.push(word);
        }
        bench.advance(100);
    }
    words
}

#[tokio::test]
async fn a_payment_goes_through_its_statuses_in_order() {
    let start = |one2pays_start, one2pays_capture_after_ms| {
        move |settings: &mut Settings| {
            settings.one2pays_start = one2pays_start;
            settings.one2pays_capture_after_ms = one2pays_capture_after_ms;
            settings.one2pays_requests_per_minute = 10_000;
        }
    };
    let paid = ["requires_action", "processing", "succeeded"];
    for (first, word) in [
        (
            One2PaysStart::RequiresPaymentMethod,
            "requires_payment_method",
        ),
        (One2PaysStart::RequiresConfirmation, "requires_confirmation"),
        (One2PaysStart::Processing, "processing"),
        (One2PaysStart::Pending, "pending"),
    ] {
        let words = seen(&Bench::with(start(first, 0)), Some(PagePress::Pay)).await;
        assert_eq!(words, [[word].as_slice(), &paid].concat(), "{first:?}");
    }
    let first = One2PaysStart::RequiresAction;
    let words = seen(&Bench::with(start(first, 0)), Some(PagePress::Pay)).await;
    assert_eq!(words, paid);
    let words = seen(&Bench::with(start(first, 3000)), Some(PagePress::Pay)).await;
    assert_eq!(
        words,
        [
            "requires_action",
            "processing",
            "requires_capture",
            "succeeded"
        ]
    );
    let words = seen(&Bench::with(start(first, 3000)), Some(PagePress::Decline)).await;
    assert_eq!(words, ["requires_action", "processing", "payment_failed"]);
    let words = seen(&Bench::with(start(first, 0)), None).await;
    assert_eq!(words, ["requires_action"]);
}

#[tokio::test]
async fn the_page_shows_in_next_action_once_it_is_ready() {
    for (field, pointer) in [
        (One2PaysUrlField::Url, "/url"),
        (One2PaysUrlField::RedirectUrl, "/redirectUrl"),
        (One2PaysUrlField::QrUrl, "/qrUrl"),
        (One2PaysUrlField::RedirectToUrl, "/redirectToUrl/url"),
    ] {
        let bench = Bench::with(|settings| settings.one2pays_url_field = field);
        let id = bench.payment("order-1").await;
        let path = format!("{PAYMENTS}/{id}");
        bench.advance(499);
        assert_eq!(
            data(&bench.signed("GET", &path, "").await)["nextAction"],
            Value::Null
        );
        bench.advance(1);
        let ready = data(&bench.signed("GET", &path, "").await);
        assert_eq!(ready["nextAction"]["type"], "use_payment_app");
        let url = ready["nextAction"].pointer(pointer).cloned();
        assert_eq!(url, Some(json!(bench.newest_link().url)), "{field:?}");
        assert_eq!(ready["nextAction"].as_object().unwrap().len(), 2);
        assert!(ready["clientSecret"].is_string());
        assert_eq!(ready["updatedAt"], "2026-01-01T00:00:00.500Z");
        bench.press_page(&id, PagePress::Pay).unwrap();
        let processing = data(&bench.signed("GET", &path, "").await);
        assert_eq!(processing["nextAction"], Value::Null);
    }
    let at_once = Bench::with(|settings| settings.one2pays_action_after_ms = 0);
    let body = payment_body("order-1", "1");
    let created = data(&at_once.signed("POST", PAYMENTS, &body).await);
    assert_eq!(created["status"], "requires_action");
    assert_eq!(created["nextAction"]["type"], "use_payment_app");
}

#[tokio::test]
async fn a_bank_transfer_takes_minutes_and_promptpay_seconds() {
    for (method, takes_ms) in [("promptpay", 2000), ("bank_transfer", 300_000)] {
        let bench = Bench::new();
        let body = with("paymentMethod", Some(json!(method)));
        bench.signed("POST", PAYMENTS, &body).await;
        let id = bench.newest_link().id.to_string();
        bench.advance(500);
        bench.press_page(&id, PagePress::Pay).unwrap();
        bench.advance(takes_ms - 1);
        assert_eq!(bench.payment_status(&id).await, "processing", "{method}");
        bench.advance(1);
        assert_eq!(bench.payment_status(&id).await, "succeeded", "{method}");
    }
}

#[tokio::test]
async fn the_times_of_a_payment_say_when_it_was_confirmed_and_captured() {
    let bench = Bench::with(|settings| settings.one2pays_capture_after_ms = 3000);
    let id = bench.payment("order-1").await;
    bench.advance(500);
    bench.press_page(&id, PagePress::Pay).unwrap();
    let path = format!("{PAYMENTS}/{id}");
    bench.advance(2000);
    let held = data(&bench.signed("GET", &path, "").await);
    assert_eq!(held["status"], "requires_capture");
    assert_eq!(held["confirmedAt"], "2026-01-01T00:00:02.500Z");
    assert_eq!(held["capturedAt"], Value::Null);
    assert!(bench.charged().is_empty(), "held is not taken");
    bench.advance(3000);
    let taken = data(&bench.signed("GET", &path, "").await);
    assert_eq!(taken["confirmedAt"], "2026-01-01T00:00:02.500Z");
    assert_eq!(taken["capturedAt"], "2026-01-01T00:00:05.500Z");
    assert_eq!(taken["updatedAt"], "2026-01-01T00:00:05.500Z");
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn a_payment_expires_when_its_minutes_are_over() {
    for (minutes, lifetime_ms) in [(None, 3_600_000), (Some(5), 300_000)] {
        let bench = Bench::new();
        let body = with("expiresInMinutes", minutes.map(|minutes| json!(minutes)));
        bench.signed("POST", PAYMENTS, &body).await;
        let id = bench.newest_link().id.to_string();
        bench.advance(lifetime_ms - 1);
        assert_eq!(bench.payment_status(&id).await, "requires_action");
        bench.advance(1);
        assert_eq!(bench.payment_status(&id).await, "expired");
        assert_eq!(bench.newest_link().status, LinkStatus::Expired);
    }
}
