//! Whole charges of cards on file at LeanRails' practice store, where the card decides.

use crate::harness::{Ran, Shop};

/// A charge of this card.
fn card<'a>(order: &'a str, card: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["card", "12.50", "--practice", "--order", order];
    arguments.extend(["--card", card]);
    arguments.extend(options);
    arguments
}

/// The state of the payment that was told last.
#[track_caller]
fn state(ran: &Ran) -> String {
    let last = ran.lines().pop().expect("something was told");
    last["payment"]["state"]
        .as_str()
        .expect("a state")
        .to_owned()
}

#[test]
fn a_card_on_file_is_charged_once_and_given_back_in_parts() {
    let shop = Shop::new();
    let paid = shop.json(&card("R-1", "pm_card_visa", &[])).ends(0);
    assert_eq!(state(&paid), "paid");
    assert_eq!(shop.ledger().len(), 1);
    let part = shop.json(&["refund", "R-1", "--amount", "2.50"]).ends(0);
    assert_eq!(state(&part), "partly_refunded");
    let words = shop.run(&["refund", "R-1"]).ends(0).out;
    assert!(words.contains("Given back so far: US$12.50"), "{words}");
    let more = shop.json(&["refund", "R-1"]).ends(1);
    assert_eq!(more.error_code(), "refund_too_much");
    // It has no machine at which anybody could hold a card.
    shop.run(&card("R-2", "pm_card_visa", &[])).ends(0);
    for arguments in [&["refund", "R-2", "--at-terminal"][..], &["reverse", "R-2"]] {
        assert_eq!(shop.json(arguments).ends(1).error_code(), "too_late");
    }
    shop.run(&["receipt", "R-1"]).ends(1);
}

#[test]
fn held_money_is_what_was_asked_for_and_is_taken_or_let_go() {
    let shop = Shop::new();
    let held = shop.json(&card("R-1", "pm_card_visa", &["--hold"])).ends(0);
    assert_eq!(state(&held), "authorised");
    let told = shop.run(&["status", "R-1"]).ends(0).out;
    assert!(told.contains("till capture R-1"), "{told}");
    assert_eq!(state(&shop.json(&["capture", "R-1"]).ends(0)), "paid");
    let twice = shop.json(&["capture", "R-1"]).ends(1);
    assert_eq!(twice.error_code(), "too_late");

    shop.run(&card("R-2", "pm_card_visa", &["--hold"])).ends(0);
    assert_eq!(state(&shop.json(&["cancel", "R-2"]).ends(0)), "cancelled");
    assert_eq!(shop.ledger().len(), 1, "only the first was taken");
}

#[test]
fn a_card_that_is_declined_or_asks_for_its_holder_charges_nothing() {
    let shop = Shop::new();
    shop.run(&card("R-1", "pm_card_declined", &[])).ends(10);
    let asks = card("R-2", "pm_card_3ds_required", &["--wait", "1"]);
    shop.run(&asks).ends(11);
    shop.run(&["cancel", "R-2"]).ends(0);
    assert_eq!(shop.ledger(), []);
}
