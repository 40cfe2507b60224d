use axum::body::Body;
use http::{Request, StatusCode};
use money::{Currency, Money};
use practice::{
    CustomerMode, LINK_AMOUNT_ENDINGS, LinkDecline, LinkScript, LinkStatus, PagePress, PageRefused,
    Race, System,
};
use serde_json::json;

use crate::support::{Bench, START_MS, get, post};

fn form(id: &str, body: &str) -> Request<Body> {
    Request::post(format!("/pay/{id}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

#[tokio::test]
async fn a_person_pays_on_the_page() {
    let bench = Bench::new();
    let id = bench.link("order/1 ñ").await;
    let page = bench.send(get(&format!("/pay/{id}"))).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "MX$100.00",
        "Two &lt;teas&gt; &amp; a cake",
        "no money here is real",
        "Pay",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("<teas>") && !page.text.contains("<script"));
    let pressed = bench.send(form(&id, "press=pay")).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER);
    let waiting = bench.send(get(&format!("/pay/{id}"))).await;
    assert!(waiting.text.contains("already being made") && !waiting.text.contains("<form"));
    let again = bench.send(form(&id, "press=pay")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    bench.advance(1200);
    assert_eq!(bench.charged(), ["order/1 ñ"]);
    let paid = bench.send(get(&format!("/pay/{id}"))).await;
    let back =
        format!("https://shop.example/thanks?lang=es&amp;id={id}&amp;externalId=order%2F1+%C3%B1");
    assert!(paid.text.contains(&back), "{}", paid.text);
}

#[tokio::test]
async fn the_page_is_html_that_runs_nothing() {
    use tower::ServiceExt;
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    let request = get(&format!("/pay/{id}"));
    let answer = bench.practice.router().oneshot(request).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
}

#[tokio::test]
async fn a_form_can_decline_and_nonsense_is_refused() {
    let bench = Bench::new();
    let id = bench.link("order-1").await;
    for nonsense in ["", "press=steal", "pay", "press=walk_away"] {
        let answer = bench.send(form(&id, nonsense)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
    let declined = bench.send(form(&id, "press=decline")).await;
    assert_eq!(declined.status, StatusCode::SEE_OTHER);
    bench.advance(1200);
    assert!(bench.charged().is_empty());
    for nowhere in ["7", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"] {
        let page = bench.send(get(&format!("/pay/{nowhere}"))).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let pressed = bench.send(form(nowhere, "press=pay")).await;
        assert_eq!(pressed.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn pages_can_be_driven_over_http() {
    let bench = Bench::new();
    let id = bench.payment("order-1").await;
    bench.advance(500);
    let pages = bench.send(get("/practice/pages")).await.json();
    assert_eq!(pages[0]["id"], id);
    assert_eq!(pages[0]["system"], "one2_pays");
    assert_eq!(
        pages[0]["amount"],
        json!({"minor": 10_000, "currency": "THB"})
    );
    assert_eq!(pages[0]["allowed"], json!(["pay", "decline", "walk_away"]));
    let path = format!("/practice/pages/{id}/press");
    let pressed = bench.send(post(&path, r#"{"press":"pay"}"#)).await;
    assert_eq!(pressed.status, StatusCode::NO_CONTENT);
    let again = bench.send(post(&path, r#"{"press":"pay"}"#)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.json()["code"], "paying");
    let nowhere = post("/practice/pages/7/press", r#"{"press":"pay"}"#);
    assert_eq!(bench.send(nowhere).await.status, StatusCode::NOT_FOUND);
    bench.advance(2000);
    let links = bench.send(get("/practice/links")).await.json();
    assert_eq!(links[0]["status"], "paid");
    assert_eq!(links[0]["word"], "succeeded");
    let ledger = bench.practice.ledger();
    assert_eq!(ledger[0].system, System::One2Pays);
    assert_eq!(ledger[0].terminal, "");
    assert_eq!(ledger[0].amount, Money::new(10_000, Currency::Thb).unwrap());
    assert_eq!(ledger[0].intent_id.to_string(), id);
    assert!(bench.practice.intents().is_empty());
}

/// What a script has led to three days after the create: the status, and when it was charged.
fn end(script: LinkScript, system: System) -> (LinkStatus, Option<u64>) {
    let is_one2pays = system == System::One2Pays;
    let (ready_ms, bank_ms) = if is_one2pays { (500, 2000) } else { (0, 1200) };
    let left = if is_one2pays {
        LinkStatus::Expired
    } else {
        LinkStatus::Open
    };
    let failed = if is_one2pays {
        LinkStatus::Failed
    } else {
        LinkStatus::Open
    };
    match script {
        LinkScript::Pay => (LinkStatus::Paid, Some(ready_ms + 2000 + bank_ms)),
        LinkScript::PayLate => (LinkStatus::Paid, Some(ready_ms + 60_000 + bank_ms)),
        LinkScript::Decline => (failed, None),
        LinkScript::DeclineThenPay if is_one2pays => (failed, None),
        LinkScript::DeclineThenPay => (LinkStatus::Paid, Some(2 * (2000 + bank_ms))),
        LinkScript::Close
        | LinkScript::Walk
        | LinkScript::PayBeforeCancel
        | LinkScript::PayTooLate
        | LinkScript::PayDespiteCancel => (left, None),
    }
}

async fn made(bench: &Bench, system: System, minor: i64) -> String {
    let amount = Money::new(minor, Currency::Mxn).unwrap().to_decimal();
    if system == System::One2Pays {
        bench.payment_of("order-1", &amount).await
    } else {
        bench.link_of("order-1", &amount).await
    }
}

#[tokio::test]
async fn every_script_plays_to_its_end() {
    let endings = LINK_AMOUNT_ENDINGS.iter().copied();
    for (digits, script) in endings.chain([(0, LinkScript::Pay), (99, LinkScript::Pay)]) {
        for system in [System::CompagoLink, System::One2Pays] {
            // Looking all the time and looking once at the end must show the same.
            for step_ms in [100, 100_000] {
                let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
                made(&bench, system, 2000 + digits).await;
                for _ in 0..100_000 / step_ms {
                    bench.advance(step_ms);
                    bench.practice.with(|world, now_ms| world.settle(now_ms));
                }
                bench.advance(3 * 86_400_000);
                let (status, charged_after_ms) = end(script, system);
                let context = format!("{script:?} of {system:?} in steps of {step_ms} ms");
                assert_eq!(bench.newest_link().status, status, "{context}");
                let ledger = bench.practice.ledger();
                let charged: Vec<_> = ledger
                    .iter()
                    .map(|charge| charge.at_ms - START_MS)
                    .collect();
                assert_eq!(charged, Vec::from_iter(charged_after_ms), "{context}");
                bench.practice.check().unwrap();
            }
        }
    }
}

#[tokio::test]
async fn customers_who_wait_for_a_cancel_meet_it_each_in_their_way() {
    let table = [
        (6, StatusCode::BAD_REQUEST, LinkStatus::Paid),
        (7, StatusCode::OK, LinkStatus::Cancelled),
        (8, StatusCode::OK, LinkStatus::Paid),
    ];
    for (digits, answered, end) in table {
        for system in [System::CompagoLink, System::One2Pays] {
            let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
            let id = made(&bench, system, 2000 + digits).await;
            bench.advance(30_000);
            let answer = if system == System::One2Pays {
                bench.cancel_payment(&id).await
            } else {
                bench.cancel_link(&id).await
            };
            assert_eq!(answer.status, answered, "{digits} {system:?}");
            if answered == StatusCode::OK {
                assert_eq!(bench.newest_link().status, LinkStatus::Cancelled);
            }
            bench.advance(1);
            assert_eq!(bench.newest_link().status, end, "{digits} {system:?}");
            bench.practice.check().unwrap();
        }
    }
}

#[tokio::test]
async fn a_cancel_races_a_payment_as_the_setting_says() {
    let table = [
        (
            Race::CancelWins,
            StatusCode::OK,
            LinkStatus::Cancelled,
            LinkStatus::Cancelled,
        ),
        (
            Race::ApprovalWins,
            StatusCode::BAD_REQUEST,
            LinkStatus::Paid,
            LinkStatus::Paid,
        ),
        (
            Race::ApprovalAfterCancel,
            StatusCode::OK,
            LinkStatus::Cancelled,
            LinkStatus::Paid,
        ),
    ];
    for (race, answered, at_once, later) in table {
        for system in [System::CompagoLink, System::One2Pays] {
            let bench = Bench::with(|settings| settings.race = race);
            let id = made(&bench, system, 2000).await;
            bench.advance(500);
            bench.press_page(&id, PagePress::Pay).unwrap();
            bench.advance(1199);
            let answer = if system == System::One2Pays {
                bench.cancel_payment(&id).await
            } else {
                bench.cancel_link(&id).await
            };
            assert_eq!(answer.status, answered, "{race:?} {system:?}");
            assert_eq!(bench.newest_link().status, at_once, "{race:?} {system:?}");
            bench.advance(10_000);
            assert_eq!(bench.newest_link().status, later, "{race:?} {system:?}");
            let charges = usize::from(later == LinkStatus::Paid);
            assert_eq!(bench.practice.ledger().len(), charges);
            bench.practice.check().unwrap();
        }
    }
}

#[tokio::test]
async fn a_payment_that_would_be_declined_does_not_win_against_a_cancel() {
    for race in [Race::ApprovalWins, Race::ApprovalAfterCancel] {
        let bench = Bench::with(|settings| settings.race = race);
        let id = bench.link("order-1").await;
        bench.press_page(&id, PagePress::Decline).unwrap();
        assert_eq!(bench.cancel_link(&id).await.status, StatusCode::OK);
        bench.advance(10_000);
        assert_eq!(bench.newest_link().status, LinkStatus::Cancelled);
        assert!(bench.charged().is_empty());
    }
}

#[tokio::test]
async fn a_decline_of_a_link_shows_as_the_setting_says() {
    for (link_decline, word, can_be_paid) in [
        (LinkDecline::StaysPending, "PENDING", true),
        (LinkDecline::Cancelled, "CANCELLED", false),
    ] {
        let bench = Bench::with(|settings| settings.link_decline = link_decline);
        let id = bench.link("order-1").await;
        bench.press_page(&id, PagePress::Decline).unwrap();
        bench.advance(1200);
        assert_eq!(bench.read_link(&id).await.json()["status"], word);
        let again = bench.press_page(&id, PagePress::Pay);
        assert_eq!(again.is_ok(), can_be_paid);
        bench.advance(1200);
        assert_eq!(bench.charged().len(), usize::from(can_be_paid));
    }
}

#[tokio::test]
async fn a_payment_in_the_making_at_the_expiry_is_charged_or_not_as_the_setting_says() {
    for outlives in [true, false] {
        for system in [System::CompagoLink, System::One2Pays] {
            let bench = Bench::with(|settings| settings.reading_outlives_expiry = outlives);
            let id = made(&bench, system, 2000).await;
            let expires_at_ms = bench.newest_link().expires_at_ms;
            bench.advance(expires_at_ms - START_MS - 500);
            bench.press_page(&id, PagePress::Pay).unwrap();
            bench.advance(10_000);
            let link = bench.newest_link();
            assert_eq!(link.status == LinkStatus::Paid, outlives, "{system:?}");
            assert_eq!(link.expired, !outlives, "{system:?}");
            assert_eq!(bench.charged().len(), usize::from(outlives));
        }
    }
}

#[tokio::test]
async fn a_press_is_refused_where_the_page_does_not_offer_it() {
    let bench = Bench::new();
    let refused = |id: &str| {
        let pages = bench.practice.pages();
        let page = pages.into_iter().find(|page| page.id.to_string() == id);
        assert!(page.unwrap().allowed.is_empty());
        bench.press_page(id, PagePress::Pay).unwrap_err()
    };
    let early = bench.payment("early").await;
    assert_eq!(refused(&early), PageRefused::NotReady);
    let paying = bench.link("paying").await;
    bench.press_page(&paying, PagePress::WalkAway).unwrap();
    bench.press_page(&paying, PagePress::Pay).unwrap();
    assert_eq!(refused(&paying), PageRefused::Paying);
    bench.advance(1200);
    assert_eq!(refused(&paying), PageRefused::Paid);
    bench.cancel_payment(&early).await;
    assert_eq!(refused(&early), PageRefused::Cancelled);
    let failed = bench.payment("failed").await;
    bench.advance(500);
    bench.press_page(&failed, PagePress::Decline).unwrap();
    bench.advance(2000);
    assert_eq!(refused(&failed), PageRefused::Failed);
    let (link, payment) = (bench.link("late").await, bench.payment("late").await);
    bench.advance(3 * 86_400_000);
    assert_eq!(refused(&link), PageRefused::Expired);
    assert_eq!(refused(&payment), PageRefused::Expired);
    let nobody = practice::IntentId::parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee").unwrap();
    let unknown = bench.practice.press_page(nobody, PagePress::Pay);
    assert_eq!(unknown, Err(PageRefused::UnknownPage));
}

#[tokio::test]
async fn a_hand_takes_over_from_the_customer_who_acts_alone() {
    let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
    let id = bench.link_of("order-1", "20.00").await;
    bench.press_page(&id, PagePress::WalkAway).unwrap();
    bench.advance(60_000);
    assert!(bench.charged().is_empty());
    assert_eq!(bench.newest_link().status, LinkStatus::Open);
}

#[tokio::test]
async fn nobody_pays_on_a_page_that_is_not_ready() {
    for digits in 6..=8 {
        let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
        let id = made(&bench, System::One2Pays, 2000 + digits).await;
        bench.advance(499);
        assert_eq!(bench.cancel_payment(&id).await.status, StatusCode::OK);
        bench.advance(86_400_000);
        assert_eq!(bench.newest_link().status, LinkStatus::Cancelled);
        assert!(bench.charged().is_empty());
    }
}
