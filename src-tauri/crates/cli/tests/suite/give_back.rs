//! `till return`: money back to a card that is presented, without a payment.

use practice::{Fault, Faults, Operation, Settings};

use crate::harness::{Ran, Shop};

fn give_back<'a>(order: &'a str, terminal: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["return", "20", "--account", "practice-dojo"];
    arguments.extend(["--terminal", terminal, "--order", order]);
    arguments.extend(["--reason", "brought back"]);
    arguments.extend(options);
    arguments
}

#[track_caller]
fn payment(ran: &Ran) -> serde_json::Value {
    let last = ran.lines().pop().expect("something was told");
    last["payment"].clone()
}

#[test]
fn money_goes_back_once_with_its_reason_and_its_slip() {
    let shop = Shop::new();
    let ran = shop.json(&give_back("R-1", "SIP0", &[])).ends(0);
    let told = payment(&ran);
    assert_eq!(told["state"], "refunded");
    assert_eq!(told["returned"]["text"], "£20.00");
    assert_eq!(told["gives_back"]["reason"], "brought back");
    assert_eq!(shop.ledger(), []);
    assert_eq!(shop.given_back(), [2_000]);
    let status = shop.run(&["status", "R-1"]).ends(0).out;
    assert!(status.contains("Reason: brought back"), "{status}");
    assert!(status.contains("Given back"), "{status}");
    assert!(status.contains("terminal session"), "{status}");
    let slip = shop.run(&["receipt", "R-1"]).ends(0).out;
    assert!(slip.contains("REFUND"), "{slip}");
    let twice = shop.json(&give_back("R-1", "SIP0", &[])).ends(1);
    assert_eq!(twice.error_code(), "order_returned");
    let typed = shop.json(&give_back("R-2", "SIP0", &["--keyed"])).ends(0);
    assert_eq!(payment(&typed)["gives_back"]["keyed"], true);
    assert_eq!(shop.given_back(), [2_000, 2_000]);
}

#[test]
fn what_did_not_go_back_is_told_as_that() {
    let shop = Shop::new();
    let refused = shop.run(&give_back("R-1", "DIP0", &[])).ends(10).out;
    assert!(refused.contains("Nothing went back"), "{refused}");
    let off = shop.run(&give_back("R-2", "OFF0", &[])).ends(10).out;
    assert!(off.contains("Offline"), "{off}");
    let waits = shop
        .run(&give_back("R-3", "WLK0", &["--wait", "2"]))
        .ends(11);
    assert!(waits.out.contains("Hold the card to WLK0"), "{}", waits.out);
    shop.run(&["cancel", "R-3"]).ends(0);
    assert_eq!(shop.given_back(), Vec::<i64>::new());
    assert_eq!(shop.ledger(), []);
}

#[test]
fn a_lost_answer_is_told_by_whoever_looks() {
    let faults = Faults::next(Operation::Start, Fault::LoseAnswer);
    let shop = Shop::with(Settings::default(), faults);
    let lost = shop.run(&give_back("R-1", "SIP0", &[])).ends(11).out;
    assert!(lost.contains("--saw given-back"), "{lost}");
    let blocked = shop.json(&give_back("R-1", "SIP0", &[])).ends(1);
    assert_eq!(blocked.error_code(), "order_not_known");
    let paid = shop.json(&["status", "R-1", "--saw", "paid"]).ends(1);
    assert_eq!(paid.error_code(), "too_late");
    let seen = shop.run(&["status", "R-1", "--saw", "given-back"]).ends(0);
    assert!(seen.out.contains("Recorded as given back"), "{}", seen.out);
    assert!(shop.given_back().len() <= 1);
}

#[test]
fn what_is_missing_or_not_offered_is_refused_before_anything_is_written() {
    let shop = Shop::new();
    let mut silent = give_back("R-1", "SIP0", &[]);
    silent.truncate(silent.len() - 2);
    shop.run(&silent).ends(2);
    let blank = [
        "return",
        "20",
        "--account",
        "practice-dojo",
        "--terminal",
        "SIP0",
        "--order",
        "R-1",
        "--reason",
        " ",
    ];
    assert_eq!(shop.json(&blank).ends(1).error_code(), "return_reason");
    let compago = [
        "return",
        "20",
        "--practice",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
        "--reason",
        "cold",
    ];
    let refused = shop.json(&compago).ends(1);
    assert_eq!(refused.error_code(), "sale_option_missing");
    assert_eq!(shop.entries(), 0);
}
