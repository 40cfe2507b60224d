use axum::body::Body;
use http::{Request, StatusCode};
use practice::{
    ConnectionCut, Effect, Fault, Faults, LinkAnswer, LinkStatus, One2PaysUnit, Operation,
    PagePress, ServerError,
};
use serde_json::{Value, json};

use crate::support::{
    Answered, Bench, LINKS, PAYMENTS, START_MS, answered, get, link_request, patch, payment_body,
    signed_request,
};

impl Bench {
    /// Sends a request that meets this fault.
    async fn meet(&self, fault: Fault, request: Request<Body>) -> Result<Answered, ConnectionCut> {
        self.practice.set_faults(Faults {
            queue: [practice::Ordered { on: None, fault }].into(),
            ..Faults::default()
        });
        let answer = self.practice.exchange(request).await?;
        assert_eq!(self.practice.faults_played().last().unwrap().fault, fault);
        Ok(answered(answer).await)
    }
}

fn payment_request(reference: &str) -> Request<Body> {
    signed_request(
        START_MS,
        "POST",
        PAYMENTS,
        &payment_body(reference, "100.00"),
    )
}

#[tokio::test]
async fn a_lost_answer_leaves_what_was_made_and_a_lost_request_nothing() {
    for create in [link_request("order-1", "1"), payment_request("order-1")] {
        let is_signed = create.headers().contains_key("x-signature");
        let again = || {
            if is_signed {
                payment_request("order-1")
            } else {
                link_request("order-1", "1")
            }
        };
        for (fault, made) in [(Fault::LoseAnswer, 1), (Fault::DropRequest, 0)] {
            let bench = Bench::new();
            assert_eq!(bench.meet(fault, again()).await, Err(ConnectionCut));
            assert_eq!(bench.practice.links().len(), made, "{fault:?} {is_signed}");
            let effect = if made == 1 {
                Effect::Created
            } else {
                Effect::LostOnTheWay
            };
            assert_eq!(bench.last_effect(), effect);
        }
    }
}

#[tokio::test]
async fn errors_come_in_the_form_of_their_system() {
    let statuses = [
        (ServerError::E500, 500),
        (ServerError::E502, 502),
        (ServerError::E503, 503),
        (ServerError::E504, 504),
    ];
    for (status, number) in statuses {
        for takes_effect in [false, true] {
            let fault = Fault::ServerError {
                status,
                takes_effect,
            };
            let bench = Bench::new();
            let answer = bench
                .meet(fault, link_request("order-1", "1"))
                .await
                .unwrap();
            assert_eq!(answer.status.as_u16(), number);
            assert_eq!(answer.json(), json!({"message": "the server failed"}));
            let answer = bench.meet(fault, payment_request("order-1")).await.unwrap();
            assert_eq!(answer.status.as_u16(), number);
            let error = json!({"code": "INTERNAL_ERROR", "message": "the server failed"});
            assert_eq!(answer.json(), json!({"success": false, "error": error}));
            assert_eq!(bench.practice.links().len(), 2 * usize::from(takes_effect));
        }
    }
    let bench = Bench::new();
    let fault = Fault::TooManyRequests { retry_after_s: 7 };
    let answer = bench.meet(fault, payment_request("order-1")).await.unwrap();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.json()["error"]["code"], "RATE_LIMIT_EXCEEDED");
    let answer = bench.meet(fault, get(LINKS)).await.unwrap();
    assert_eq!(answer.json(), json!({"message": "too many requests"}));
    assert!(bench.practice.links().is_empty());
}

#[tokio::test]
async fn a_create_that_arrives_twice_makes_what_the_references_say() {
    let bench = Bench::new();
    bench
        .meet(Fault::DeliverTwice, link_request("order-1", "1"))
        .await
        .unwrap();
    assert_eq!(
        bench.practice.links().len(),
        2,
        "nothing makes a Compago link unique"
    );
    let bench = Bench::new();
    let answer = bench
        .meet(Fault::DeliverTwice, payment_request("order-1"))
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(bench.practice.links().len(), 1);
    let body = payment_body("order-2", "1").replacen('{', r#"{"idempotencyKey":"key-2","#, 1);
    let request = signed_request(START_MS, "POST", PAYMENTS, &body);
    let answer = bench.meet(Fault::DeliverTwice, request).await.unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(
        answer.json()["data"]["id"],
        bench.newest_link().id.to_string()
    );
    assert_eq!(bench.practice.links().len(), 2);
    // A cancel that arrives twice is refused the second time.
    let id = bench.newest_link().id;
    let path = format!("{PAYMENTS}/{id}/cancel");
    let request = signed_request(START_MS, "POST", &path, "");
    let answer = bench.meet(Fault::DeliverTwice, request).await.unwrap();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.newest_link().status, LinkStatus::Cancelled);
}

#[tokio::test]
async fn a_lie_is_told_in_every_answer_that_has_the_field() {
    let bench = Bench::with(|settings| settings.link_answer = LinkAnswer::WholeObject);
    let link = bench.link("order-1").await;
    let payment = bench.payment("order-1").await;
    let one = format!("{LINKS}/{link}");
    let signed = |path: &str| signed_request(START_MS, "GET", path, "");
    let payment = format!("{PAYMENTS}/{payment}");
    for (fault, field, compago, one2pays) in [
        (Fault::WrongAmount, "amount", json!(100.01), json!("100.01")),
        (Fault::WrongCurrency, "currency", json!("USD"), json!("USD")),
        (
            Fault::UnknownStatus,
            "status",
            json!("SETTLING"),
            json!("settling"),
        ),
    ] {
        let read = bench.meet(fault, get(&one)).await.unwrap().json();
        assert_eq!(read[field], compago);
        let list = bench.meet(fault, get(LINKS)).await.unwrap().json();
        assert_eq!(list["items"][0][field], compago);
        let read = bench.meet(fault, signed(&payment)).await.unwrap().json();
        assert_eq!(read["data"][field], one2pays);
        let list = bench.meet(fault, signed(PAYMENTS)).await.unwrap().json();
        assert_eq!(list["data"]["data"][0][field], one2pays);
        let create = link_request(&format!("{field}-1"), "100.00");
        let made = bench.meet(fault, create).await.unwrap().json();
        assert_eq!(made[field], compago);
        let made = bench
            .meet(fault, payment_request(field))
            .await
            .unwrap()
            .json();
        assert_eq!(made["data"][field], one2pays);
    }
    let cancelled = bench
        .meet(Fault::WrongAmount, patch(&format!("{one}/cancel")))
        .await;
    assert_eq!(cancelled.unwrap().json()["amount"], json!(100.01));
    // Where satang are counted, a lie is a whole one.
    let mut settings = bench.practice.settings();
    settings.one2pays_unit = One2PaysUnit::Minor;
    bench.practice.set_settings(settings);
    let read = bench
        .meet(Fault::WrongAmount, signed(&payment))
        .await
        .unwrap()
        .json();
    assert_eq!(read["data"]["amount"], "10001.00");
}

#[tokio::test]
async fn a_stale_answer_shows_nothing_of_the_end() {
    let bench = Bench::with(|settings| settings.one2pays_action_after_ms = 0);
    let (link, payment) = (bench.link("order-1").await, bench.payment("order-1").await);
    for id in [&link, &payment] {
        bench.press_page(id, PagePress::Pay).unwrap();
    }
    bench.advance(2000);
    let now_ms = START_MS + 2000;
    let stale = Fault::StaleStatus;
    let read = bench
        .meet(stale, get(&format!("{LINKS}/{link}")))
        .await
        .unwrap();
    assert_eq!(read.json()["status"], "PENDING");
    let path = format!("{PAYMENTS}/{payment}");
    let read = bench
        .meet(stale, signed_request(now_ms, "GET", &path, ""))
        .await
        .unwrap()
        .json();
    assert_eq!(read["data"]["status"], "requires_action");
    assert_eq!(read["data"]["confirmedAt"], Value::Null);
    assert_eq!(read["data"]["capturedAt"], Value::Null);
    let list = bench
        .meet(stale, signed_request(now_ms, "GET", PAYMENTS, ""))
        .await
        .unwrap();
    assert_eq!(list.json()["data"]["data"][0]["status"], "requires_action");
    assert_eq!(bench.payment_status(&payment).await, "succeeded");
}

#[tokio::test]
async fn the_pages_of_customers_meet_no_fault() {
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    bench
        .practice
        .set_faults(Faults::next(Operation::Read, Fault::LoseAnswer));
    let answer = bench
        .practice
        .exchange(get(&format!("/pay/{id}")))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(bench.practice.faults_played().is_empty());
}
