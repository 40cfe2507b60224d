//! Sales at the practice store's machines of Dojo, on which a hand presses.

use practice::{DojoUnconfirmed, Faults, Settings};

use crate::harness::{Ran, Shop, press_at};

/// The machine with the TID 21890001, which has the same id in every store.
const COUNTER: &str = "tm_sandbox_6f6fac49db69cee87a3390a3";

/// The machine whose customer taps.
const TAPPED: &str = "tm_sandbox_cd5da677b367aee7bd975d5b";

const NOTHING: [i64; 0] = [];

fn sale<'a>(order: &'a str, terminal: &'a str) -> Vec<&'a str> {
    vec![
        "charge",
        "40.00",
        "--account",
        "practice-dojo",
        "--terminal",
        terminal,
        "--order",
        order,
    ]
}

/// Starts a program, lets its customer press and waits for its end.
#[track_caller]
fn pressed(shop: &Shop, arguments: &[&str], press: &str) -> Option<i32> {
    let mut till = shop.start(arguments);
    till.press(press);
    till.end().code()
}

/// The minor units that were charged.
fn charged(shop: &Shop) -> Vec<i64> {
    let ledger = shop.ledger().into_iter();
    ledger.map(|charge| charge.amount.minor()).collect()
}

fn given_back(shop: &Shop) -> Vec<i64> {
    let refunds = shop.refunds().into_iter();
    refunds.map(|refund| refund.amount.minor()).collect()
}

fn state(ran: &Ran) -> String {
    let last = ran.lines().pop().expect("a line");
    last["payment"]["state"]
        .as_str()
        .expect("a state")
        .to_owned()
}

#[test]
fn a_tap_pays_and_there_is_a_slip() {
    let shop = Shop::new();
    shop.run(&sale("R-1", TAPPED)).ends(0);
    assert_eq!(charged(&shop), [4000]);
    for arguments in [&["receipt", "R-1"][..], &["receipt", "R-1", "--merchant"]] {
        let slip = shop.run(arguments).ends(0).out;
        assert!(slip.contains("40.00"), "{slip}");
    }
}

#[test]
fn after_a_declined_card_another_pays_for_the_same_payment() {
    let shop = Shop::new();
    assert_eq!(pressed(&shop, &sale("R-1", COUNTER), "decline"), Some(11));
    assert_eq!(charged(&shop), NOTHING);
    assert_eq!(pressed(&shop, &["retry", "R-1"], "tap"), Some(0));
    assert_eq!(charged(&shop), [4000]);
}

#[test]
fn a_signature_is_judged_and_only_an_accepted_one_is_charged() {
    for (judgement, exit, charges) in [("accept", 0, &[4000][..]), ("reject", 11, &[])] {
        let shop = Shop::new();
        let charge = sale("R-1", COUNTER);
        assert_eq!(pressed(&shop, &charge, "insert_sign"), Some(11));
        assert_eq!(charged(&shop), NOTHING, "nobody has judged it yet");
        let told = shop.run(&["status", "R-1"]).ends(11);
        assert!(told.out.contains("till sign R-1 accept"), "{}", told.out);
        shop.run(&["sign", "R-1", judgement]).ends(exit);
        assert_eq!(charged(&shop), charges, "{judgement}");
    }
}

#[test]
fn the_red_key_takes_nothing_and_the_order_can_be_withdrawn() {
    let shop = Shop::new();
    let charge = sale("R-1", COUNTER);
    assert_eq!(pressed(&shop, &charge, "cancel_on_terminal"), Some(11));
    let cancelled = shop.json(&["cancel", "R-1"]).ends(0);
    assert_eq!(state(&cancelled), "cancelled");
    assert_eq!(charged(&shop), NOTHING);
}

#[test]
fn a_machine_unplugged_while_it_reads_leaves_a_payment_that_is_found_out() {
    let table: [(DojoUnconfirmed, i32, &[i64]); 2] = [
        (DojoUnconfirmed::ChargedLate, 0, &[4000]),
        (DojoUnconfirmed::NotCharged, 11, &[]),
    ];
    for (choice, exit, charges) in table {
        let settings = Settings {
            dojo_unconfirmed: choice,
            dojo_pay_within_ms: 4000,
            tap_ms: 3500,
            ..Settings::default()
        };
        let shop = Shop::with(settings, Faults::default());
        let mut till = shop.start(&sale("R-1", COUNTER));
        let url = till.press("tap");
        press_at(&url, "unplug");
        assert_eq!(till.end().code(), Some(11), "{choice:?}");
        let again = shop.json(&sale("R-1", TAPPED)).ends(1);
        assert_eq!(again.error_code(), "order_not_known", "{choice:?}");
        // What the machine could not say the system does, as soon as it knows.
        shop.run(&["status", "R-1", "--wait", "20"]).ends(exit);
        assert_eq!(charged(&shop), charges, "{choice:?}");
    }
}

#[test]
fn what_is_held_is_taken_and_given_back_to_the_card_and_at_the_machine() {
    let shop = Shop::new();
    let mut hold = sale("R-1", TAPPED);
    hold.push("--hold");
    shop.run(&hold).ends(0);
    assert_eq!(charged(&shop), NOTHING);
    shop.run(&["capture", "R-1"]).ends(0);
    assert_eq!(charged(&shop), [4000]);
    shop.run(&["refund", "R-1", "--amount", "15.00"]).ends(0);
    assert_eq!(given_back(&shop), [1500]);

    assert_eq!(pressed(&shop, &sale("R-2", COUNTER), "insert_pin"), Some(0));
    let refund = ["refund", "R-2", "--at-terminal"];
    assert_eq!(pressed(&shop, &refund, "tap"), Some(0));
    assert_eq!(given_back(&shop), [1500, 4000]);
    assert_eq!(shop.refunds()[1].terminal, COUNTER);
}

#[test]
fn a_terminal_that_only_one_account_has_needs_no_account_beside_it() {
    let shop = Shop::new();
    let named = ["charge", "40.00", "--practice", "--terminal"];
    for (order, terminal) in [("R-1", TAPPED), ("R-2", "SIP0")] {
        let mut arguments = named.to_vec();
        arguments.extend([terminal, "--order", order]);
        let paid = shop.json(&arguments).ends(0);
        let last = paid.lines().pop().expect("a line");
        assert_eq!(last["payment"]["account"], "practice-dojo", "{terminal}");
    }
    assert_eq!(charged(&shop), [4000, 4000]);
}

#[test]
fn what_the_till_took_off_the_terminal_nobody_cancelled_there() {
    let shop = Shop::new();
    let mut charge = sale("R-1", COUNTER);
    charge.extend(["--wait", "2"]);
    shop.run(&charge).ends(11);
    let cancelled = shop.run(&["cancel", "R-1"]).ends(0);
    let story = shop.run(&["status", "R-1"]).ends(10);
    for told in [cancelled.out, story.out] {
        assert!(!told.contains("Cancelled at"), "{told}");
    }
    assert_eq!(charged(&shop), NOTHING);
}
