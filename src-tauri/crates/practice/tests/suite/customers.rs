use http::StatusCode;
use money::{Currency, Money};
use practice::{
    AMOUNT_ENDINGS, CustomerMode, DeclineShape, Script, Status, Summary, TerminalState,
};

use crate::support::{Bench, START_MS, create_request};

/// What a script has led to ten minutes after the intent was made.
struct End {
    script: Script,
    status: Status,
    summary: Option<Summary>,
    /// When the card was charged, in milliseconds after the intent was made.
    charged_after_ms: Option<u64>,
    expired: bool,
}

const PAID: (Status, Option<Summary>) = (Status::Confirmed, Some(Summary::Success));

fn end(
    script: Script,
    (status, summary): (Status, Option<Summary>),
    charged_after_ms: Option<u64>,
    expired: bool,
) -> End {
    End {
        script,
        status,
        summary,
        charged_after_ms,
        expired,
    }
}

fn ends() -> Vec<End> {
    let declined = (Status::Pending, Some(Summary::Declined));
    let untouched = (Status::Pending, None);
    vec![
        end(Script::Tap, PAID, Some(3200), false),
        end(Script::Pin, PAID, Some(6000), false),
        // 2 s, a PIN of 4 s, 2 s, a PIN of 4 s.
        end(Script::WrongPin, PAID, Some(12_000), false),
        end(Script::Decline, declined, None, true),
        // 2 s, a tap of 1.2 s, the display of 3 s, 2 s, a tap of 1.2 s.
        end(Script::DeclineThenTap, PAID, Some(9400), false),
        end(Script::Walk, untouched, None, true),
        end(Script::Cancel, (Status::Cancelled, None), None, false),
        end(Script::Offline, untouched, None, true),
        end(Script::Slow, PAID, Some(11_200), false),
        end(Script::Race, untouched, None, true),
    ]
}

#[tokio::test]
async fn every_script_plays_to_its_end() {
    let ends = ends();
    assert_eq!(ends.len(), Script::ALL.len());
    for end in ends {
        // Looking all the time and looking once at the end must show the same.
        for step_ms in [100, 600_000] {
            let bench = Bench::new();
            let code = format!("PRACTICE{}", end.script.suffix());
            bench.open("order-1", &code).await;
            for _ in 0..600_000 / step_ms {
                bench.advance(step_ms);
                bench.practice.with(|world, now_ms| world.settle(now_ms));
            }
            let truth = bench.truth("order-1");
            let context = format!("{:?} in steps of {step_ms} ms", end.script);
            assert_eq!(truth.status, end.status, "{context}");
            assert_eq!(truth.summary, end.summary, "{context}");
            assert_eq!(truth.expired, end.expired, "{context}");
            let ledger = bench.practice.ledger();
            let charged: Vec<_> = ledger
                .iter()
                .map(|charge| charge.at_ms - START_MS)
                .collect();
            assert_eq!(charged, Vec::from_iter(end.charged_after_ms), "{context}");
            for charge in ledger {
                assert_eq!(charge.intent_id, truth.id);
                assert_eq!(charge.amount, Money::new(35_050, Currency::Mxn).unwrap());
                assert_eq!(charge.terminal, code);
            }
            let rests = if end.script == Script::Offline {
                TerminalState::Offline
            } else {
                TerminalState::Idle
            };
            assert_eq!(bench.state(&code), rests, "{context}");
            bench.practice.check().unwrap();
        }
    }
}

#[tokio::test]
async fn a_slow_machine_shows_that_it_fetches() {
    let bench = Bench::new();
    bench.open("order-1", "PRACTICE-SLOW").await;
    bench.advance(7999);
    assert_eq!(bench.state("PRACTICE-SLOW"), TerminalState::Fetching);
    bench.advance(1);
    assert_eq!(bench.state("PRACTICE-SLOW"), TerminalState::Showing);
}

#[tokio::test]
async fn a_code_of_ones_own_has_the_customer_of_its_end() {
    let bench = Bench::new();
    assert!(bench.practice.add_terminal("SN-0042-TAP", "Terrace"));
    assert!(!bench.practice.add_terminal("SN-0042-TAP", "Terrace again"));
    bench.open("order-1", "SN-0042-TAP").await;
    bench.advance(3200);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn the_amount_picks_the_customer_of_a_panel_when_it_is_told_to() {
    for (digits, script) in AMOUNT_ENDINGS {
        let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
        bench.create_of("order-1", &format!("20.{digits:02}")).await;
        bench.advance(600_000);
        let truth = bench.truth("order-1");
        let expected = ends()
            .into_iter()
            .find(|end| end.script == *script)
            .unwrap();
        assert_eq!(truth.status, expected.status, "{script:?}");
        assert_eq!(truth.summary, expected.summary, "{script:?}");
        let charges = bench.practice.ledger().len();
        assert_eq!(charges, usize::from(expected.charged_after_ms.is_some()));
    }
    let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
    bench.create_of("order-1", "20.05").await;
    bench.advance(3200);
    assert_eq!(bench.charged(), ["order-1"]);
}

#[tokio::test]
async fn the_amount_says_nothing_where_it_is_not_told_to() {
    let bench = Bench::new();
    bench.create_of("order-1", "20.02").await;
    // A script decides on its machine, whatever the amount.
    let auto = create_request("order-2", "20.01", Some("PRACTICE-TAP"));
    assert_eq!(bench.send(auto).await.status, StatusCode::CREATED);
    bench.advance(3200);
    assert_eq!(bench.status_of("order-1"), Status::Pending);
    assert_eq!(bench.status_of("order-2"), Status::Confirmed);
}

#[tokio::test]
async fn a_decline_shows_as_the_setting_says() {
    let table = [
        (
            DeclineShape::PendingWithSummary,
            "PENDING",
            Some("DECLINED"),
            true,
        ),
        (
            DeclineShape::CancelledWithSummary,
            "CANCELLED",
            Some("DECLINED"),
            false,
        ),
        (DeclineShape::PendingSilent, "PENDING", None, true),
    ];
    for (decline, status, summary, can_still_be_paid) in table {
        let bench = Bench::with(|settings| settings.decline = decline);
        let id = bench.open("order-1", "PRACTICE-DECLINE-THEN-TAP").await;
        bench.advance(3200);
        let answer = bench.read(&id).await.json();
        assert_eq!(answer["status"], status, "{decline:?}");
        let shown = answer
            .get("paymentSummary")
            .map(|shown| shown["status"].clone());
        assert_eq!(shown, summary.map(Into::into), "{decline:?}");
        assert!(bench.charged().is_empty());
        bench.advance(60_000);
        let paid = bench.status(&id).await == "CONFIRMED";
        assert_eq!(paid, can_still_be_paid, "{decline:?}");
        assert_eq!(bench.charged().len(), usize::from(can_still_be_paid));
        bench.practice.check().unwrap();
    }
}
