//! Ctrl-C, and the power cut: `kill -9` at the worst moments, then another start.

use practice::{Duplicate, Fault, Faults, Operation, Ordered, Settings};

use crate::harness::{Shop, sale};

#[test]
fn ctrl_c_asks_to_cancel_and_waits_for_the_outcome() {
    let shop = Shop::new();
    let mut till = shop.start(&sale("R-1", "PRACTICE-WALK"));
    till.wait_for("waiting");
    till.interrupt();
    till.wait_for("cancelled");
    assert_eq!(till.end().code(), Some(10));
    assert_eq!(shop.ledger(), []);
}

#[test]
fn ctrl_c_too_late_ends_paid() {
    let shop = Shop::new();
    let mut till = shop.start(&sale("R-1", "PRACTICE-RACE"));
    till.wait_for("waiting");
    till.interrupt();
    till.wait_for("paid_after_cancel");
    assert_eq!(till.end().code(), Some(0));
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn a_second_ctrl_c_leaves_it_open() {
    let lost = Ordered {
        on: Some(Operation::Cancel),
        fault: Fault::DropRequest,
    };
    let faults = Faults {
        queue: vec![lost; 3].into(),
        ..Faults::default()
    };
    let shop = Shop::with(Settings::default(), faults);
    let mut till = shop.start(&sale("R-1", "PRACTICE-WALK"));
    till.wait_for("waiting");
    till.interrupt();
    till.wait_for("cancelling");
    till.interrupt();
    assert_eq!(till.end().code(), Some(11));
    // The wish was durable: the next start goes on with it.
    let status = shop.run(&["status", "R-1", "--wait", "60"]).ends(10);
    assert!(status.out.contains("Cancelled"), "{}", status.out);
    assert_eq!(shop.ledger(), []);
}

#[test]
fn killed_while_waiting_the_payment_is_found_by_the_next_start() {
    let shop = Shop::new();
    let mut till = shop.start(&sale("R-1", "PRACTICE-TAP"));
    till.wait_for("waiting");
    till.kill();
    // Looking changes nothing and asks nobody.
    let before = shop.entries();
    shop.run(&["status", "R-1"]).ends(11);
    shop.run(&["orders"]).ends(0);
    shop.run(&["terminals"]).ends(0);
    assert_eq!(shop.entries(), before);
    let status = shop.json(&["status", "R-1", "--wait", "60"]).ends(0);
    assert_eq!(status.lines().pop().unwrap()["payment"]["state"], "paid");
    assert_eq!(shop.ledger().len(), 1);
    shop.run(&["audit", "verify"]).ends(0);
}

#[test]
fn killed_before_the_answer_what_is_unpaid_is_withdrawn() {
    let settings = Settings {
        duplicate: Duplicate::Replay,
        ..Settings::default()
    };
    // The store makes the payment and never answers.
    let faults = Faults::next(Operation::Create, Fault::Stall);
    let shop = Shop::with(settings, faults);
    let mut till = shop.start(&sale("R-1", "PRACTICE-WALK"));
    till.wait_for("sending");
    std::thread::sleep(std::time::Duration::from_millis(500));
    till.kill();
    let mut again = vec!["--json"];
    again.extend(sale("R-1", "PRACTICE-TAP"));
    assert_eq!(shop.run(&again).ends(1).error_code(), "order_not_known");
    let status = shop.json(&["status", "R-1", "--wait", "60"]).ends(10);
    assert_eq!(status.events().pop().unwrap(), "status");
    assert_eq!(
        status.lines().pop().unwrap()["payment"]["state"],
        "cancelled"
    );
    assert_eq!(shop.ledger(), []);
    // Now it is proved dead, so the order may be charged anew.
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    assert_eq!(shop.ledger().len(), 1);
}
