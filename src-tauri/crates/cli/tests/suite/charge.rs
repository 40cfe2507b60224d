//! `charge`, `status` and `cancel` against the practice store, by exit code and by ledger.

use practice::{DeclineShape, Duplicate, Fault, Faults, Operation, Settings};

use crate::harness::{Shop, sale};

#[test]
fn a_paid_sale_ends_with_0_and_is_charged_once() {
    let shop = Shop::new();
    let mut charge = vec!["--json"];
    charge.extend(sale("R-1", "PRACTICE-TAP"));
    let ran = shop.run(&charge).ends(0);
    assert_eq!(ran.events(), ["sending", "waiting", "paid"]);
    let last = ran.lines().pop().unwrap();
    assert_eq!(last["payment"]["state"], "paid");
    assert_eq!(last["payment"]["amount"]["minor"], 35_050);
    assert_eq!(last["payment"]["order"], "R-1");
    assert_eq!(ran.err, "");
    let ledger = shop.ledger();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].amount.minor(), 35_050);
    assert_eq!(ledger[0].terminal, "PRACTICE-TAP");

    // The same order again is refused before anything is sent.
    let again = shop.run(&charge).ends(1);
    assert_eq!(again.error_code(), "order_paid");
    assert_eq!(shop.ledger().len(), 1);

    let status = shop.json(&["status", "R-1"]).ends(0);
    assert_eq!(status.events(), ["status"]);
    // A paid order cannot be withdrawn: the wish was not fulfilled, and that is known.
    let cancel = shop.json(&["cancel", "R-1"]).ends(10);
    assert_eq!(cancel.events(), ["paid"]);
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn a_declined_card_ends_with_10_and_the_order_can_be_charged_again() {
    let settings = Settings {
        decline: DeclineShape::CancelledWithSummary,
        ..Settings::default()
    };
    let shop = Shop::with(settings, Faults::default());
    let ran = shop.run(&sale("R-1", "PRACTICE-DECLINE")).ends(10);
    assert!(ran.out.contains("Card declined"), "{}", ran.out);
    assert!(ran.out.contains("No money moved."), "{}", ran.out);
    shop.run(&["status", "R-1"]).ends(10);
    let again = shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    assert!(again.out.contains("Paid"), "{}", again.out);
    let ledger = shop.ledger();
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    assert_eq!(ledger[0].external_id, "R-1-a2", "the second attempt");
}

#[test]
fn a_sale_cancelled_on_the_terminal_ends_with_10() {
    let shop = Shop::new();
    let mut charge = vec!["--json"];
    charge.extend(sale("R-1", "PRACTICE-CANCEL"));
    let ran = shop.run(&charge).ends(10);
    assert_eq!(ran.events().pop().unwrap(), "cancelled_elsewhere");
    assert_eq!(shop.ledger(), []);
}

#[test]
fn who_waits_no_longer_leaves_it_open_and_can_withdraw_it_later() {
    let shop = Shop::new();
    let mut charge = sale("R-1", "PRACTICE-WALK");
    charge.extend(["--wait", "1"]);
    let ran = shop.run(&charge).ends(11);
    assert!(
        ran.out.contains("till status R-1"),
        "no next step: {}",
        ran.out
    );
    shop.run(&["status", "R-1"]).ends(11);
    let second = shop.run(&[
        "--json",
        "charge",
        "1",
        "--practice",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ]);
    assert_eq!(second.ends(1).error_code(), "order_open");

    let cancel = shop.json(&["cancel", "R-1"]).ends(0);
    assert_eq!(cancel.events().pop().unwrap(), "cancelled");
    // Once more changes nothing, and is no error.
    shop.run(&["cancel", "R-1"]).ends(0);
    shop.run(&["status", "R-1"]).ends(10);
    assert_eq!(shop.ledger(), []);
}

#[test]
fn a_cancel_that_loses_the_race_ends_with_10_and_says_that_it_is_paid() {
    let shop = Shop::new();
    let mut charge = sale("R-1", "PRACTICE-RACE");
    charge.extend(["--wait", "1"]);
    shop.run(&charge).ends(11);
    let cancel = shop.run(&["cancel", "R-1"]).ends(10);
    assert!(
        cancel.out.contains("The cancel came too late"),
        "{}",
        cancel.out
    );
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn a_lost_answer_is_found_out_and_charged_once() {
    let settings = Settings {
        duplicate: Duplicate::Replay,
        ..Settings::default()
    };
    let faults = Faults::next(Operation::Create, Fault::LoseAnswer);
    let shop = Shop::with(settings, faults);
    let mut charge = vec!["--json"];
    charge.extend(sale("R-1", "PRACTICE-TAP"));
    let ran = shop.run(&charge).ends(0);
    assert_eq!(
        ran.events(),
        ["sending", "not_known_lost", "waiting", "paid"]
    );
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn where_the_provider_cannot_say_a_person_does_and_nobody_charges_again() {
    // 409 without the payment's name: the store has it, and nobody can ask for it.
    let faults = Faults::next(Operation::Create, Fault::LoseAnswer);
    let shop = Shop::with(Settings::default(), faults);
    let ran = shop.run(&sale("R-1", "PRACTICE-TAP")).ends(11);
    assert!(ran.out.contains("--saw paid"), "no next step: {}", ran.out);
    let mut again = vec!["--json"];
    again.extend(sale("R-1", "PRACTICE-TAP"));
    let again = shop.run(&again).ends(1);
    assert_eq!(again.error_code(), "order_not_known");
    shop.run(&["status", "R-1"]).ends(11);
    shop.wait_for_charge();
    let seen = shop.run(&["status", "R-1", "--saw", "paid"]).ends(0);
    assert!(seen.out.contains("Recorded as paid"), "{}", seen.out);
    let twice = shop.json(&["status", "R-1", "--saw", "not-paid"]).ends(1);
    assert_eq!(twice.error_code(), "too_late");
    assert_eq!(shop.ledger().len(), 1, "what was seen is what happened");
}

#[test]
fn orders_are_listed_newest_first_and_found_by_a_part_of_their_name() {
    let shop = Shop::new();
    let none = shop.run(&["orders"]).ends(0);
    assert!(none.out.contains("No payments yet"), "{}", none.out);
    for order in ["Mesa 4", "R-7", "R-8"] {
        let mut charge = sale(order, "PRACTICE-WALK");
        charge.extend(["--wait", "0"]);
        shop.run(&charge).ends(11);
        if order != "R-8" {
            shop.run(&["cancel", order]).ends(0);
        }
    }
    let listed = |arguments: &[&str]| {
        let mut with = vec!["orders"];
        with.extend(arguments);
        let ran = shop.json(&with).ends(0);
        let orders = ran.lines().into_iter().map(|line| {
            let order = line["payment"]["order"].as_str();
            order.unwrap().to_owned()
        });
        orders.collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["R-8", "R-7", "Mesa 4"]);
    assert_eq!(listed(&["--limit", "2"]), ["R-8", "R-7"]);
    assert_eq!(listed(&["--limit", "0"]), [""; 0]);
    assert_eq!(listed(&["--search", "r-"]), ["R-8", "R-7"]);
    assert_eq!(listed(&["--search", "esa"]), ["Mesa 4"]);
    assert_eq!(listed(&["--search", "%"]), [""; 0]);
    assert_eq!(listed(&["--open"]), ["R-8"]);
    assert_eq!(listed(&["--open", "--search", "mesa"]), [""; 0]);
    let table = shop.run(&["orders", "--search", "Mesa"]).ends(0).out;
    assert!(
        table.contains("MX$350.50  Cancelled  WALK (Practice)"),
        "{table}"
    );
}
