//! Whole sales at Dojo's practice store: signatures, other tries, held money, refunds, slips. Every
//! terminal there has a customer of its own.

use crate::harness::{Ran, Shop};

/// A sale on the terminal of this customer.
fn charge<'a>(order: &'a str, terminal: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["charge", "20", "--account", "practice-dojo"];
    arguments.extend(["--terminal", terminal, "--order", order]);
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
fn a_sale_with_all_that_is_typed_beside_it_is_paid_and_has_its_slips() {
    let shop = Shop::new();
    let beside = ["--tip", "1.50", "--service-charge", "0.90"];
    let mut options = beside.to_vec();
    options.extend(["--line", "2 x Coffee=20.00; Oat milk=0.50; Student=-1.00"]);
    let ran = shop.json(&charge("R-1", "SCN0", &options)).ends(0);
    let payment = ran.lines().pop().unwrap()["payment"].clone();
    assert_eq!(payment["state"], "paid");
    assert_eq!(payment["total"]["text"], "£22.40");
    let line = &payment["sale"]["lines"][0];
    assert_eq!(line["quantity"], 2);
    assert_eq!(line["modifiers"][0]["name"], "Oat milk");
    let student = &line["modifiers"][1];
    assert_eq!(student["amount"]["text"], "£1.00");
    assert_eq!(student["discount"], true);
    assert_eq!(shop.ledger().len(), 1);
    for (options, copy) in [
        (&[][..], "CUSTOMER COPY"),
        (&["--merchant"], "MERCHANT COPY"),
    ] {
        let mut arguments = vec!["receipt", "R-1"];
        arguments.extend(options);
        let slip = shop.run(&arguments).ends(0).out;
        assert!(slip.contains(copy), "{slip}");
        assert!(slip.contains("£22.40"), "{slip}");
        assert!(
            slip.lines().all(|line| line.chars().count() <= 80),
            "{slip}"
        );
    }
    let told = shop.run(&["status", "R-1"]).ends(0).out;
    assert!(told.contains("Altogether: £22.40"), "{told}");
    let sentence = "Dojo confirms £22.40 for order R-1, £1.50 of it tip.";
    assert!(told.contains(sentence), "{told}");
}

#[test]
fn a_signature_ends_the_waiting_and_is_judged_by_the_next_command() {
    let shop = Shop::new();
    let asked = shop.run(&charge("R-1", "SIS0", &[])).ends(11);
    assert!(asked.out.contains("till sign R-1 accept"), "{}", asked.out);
    assert!(asked.out.contains("Present the card"), "{}", asked.out);
    let signed = shop.json(&["sign", "R-1", "accept"]).ends(0);
    assert_eq!(state(&signed), "paid");
    assert_eq!(shop.ledger().len(), 1);
    let twice = shop.json(&["sign", "R-1", "accept"]).ends(1);
    assert_eq!(twice.error_code(), "too_late");

    shop.run(&charge("R-2", "SIS0", &[])).ends(11);
    // Dojo lets another card be tried: nothing was taken, and the payment is still open.
    let rejected = shop.run(&["sign", "R-2", "reject"]).ends(11);
    assert!(rejected.out.contains("till retry R-2"), "{}", rejected.out);
    shop.run(&["cancel", "R-2"]).ends(0);
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn another_try_stays_one_payment_and_does_not_end_on_the_old_news() {
    let shop = Shop::new();
    let first = shop.run(&charge("R-1", "DIP0", &[])).ends(11);
    assert!(first.out.contains("till retry R-1"), "{}", first.out);
    let again = shop.run(&["retry", "R-1"]).ends(11).out;
    let declined = again.matches("Card declined").count();
    assert_eq!(declined, 1, "once for the new try: {again}");
    assert!(again.contains("Another try asked"), "{again}");
    assert!(again.contains("Present the card"), "{again}");
    let told = shop.json(&["status", "R-1"]).ends(11).lines();
    assert_eq!(told[0]["payment"]["attempt"], 1);
    shop.run(&["cancel", "R-1"]).ends(0);
    assert_eq!(shop.ledger(), []);
}

#[test]
fn held_money_is_taken_given_back_and_let_go() {
    let shop = Shop::new();
    let held = shop.json(&charge("R-1", "SIP0", &["--hold"])).ends(0);
    assert_eq!(state(&held), "authorised");
    shop.run(&["status", "R-1"]).ends(0);
    assert_eq!(state(&shop.json(&["capture", "R-1"]).ends(0)), "paid");
    assert_eq!(shop.ledger().len(), 1);
    let part = shop.json(&["refund", "R-1", "--amount", "5"]).ends(0);
    assert_eq!(state(&part), "partly_refunded");
    let more = shop.json(&["refund", "R-1", "--amount", "15.01"]).ends(1);
    assert_eq!(more.error_code(), "refund_too_much");
    let rest = shop.json(&["refund", "R-1", "--at-terminal"]).ends(0);
    assert_eq!(state(&rest), "refunded");

    shop.run(&charge("R-2", "SIP0", &["--hold"])).ends(0);
    assert_eq!(state(&shop.json(&["reverse", "R-2"]).ends(0)), "cancelled");
    assert_eq!(shop.ledger().len(), 1);
}

#[test]
fn its_terminals_and_what_stands_open_there_are_listed() {
    let shop = Shop::new();
    let listed = shop.json(&["terminals", "--refresh"]).ends(0).lines();
    for line in listed {
        let terminal = &line["terminal"];
        let expected = match (terminal["account"].as_str(), terminal["label"].as_str()) {
            (Some("practice-dojo"), Some("OFF0")) => Some("offline"),
            (Some("practice-dojo"), _) => Some("available"),
            _ => None,
        };
        assert_eq!(terminal["state"].as_str(), expected, "{line}");
    }
    let own = shop
        .json(&["account", "terminals", "practice-dojo"])
        .ends(0);
    assert!(own.lines().len() >= 10, "{own:?}");
    let fixed = ["account", "terminals", "practice-dojo", "--use", "tm_none"];
    assert_eq!(shop.json(&fixed).ends(1).error_code(), "terminal_unknown");

    shop.run(&charge("R-1", "OFF0", &[])).ends(11);
    let ours = shop.json(&["leftovers", "practice-dojo"]).ends(0);
    assert_eq!(ours.lines().len(), 0, "this till sees it through: {ours:?}");
    // A till that knows nothing of it, at the same store.
    let other = Shop::new();
    std::fs::create_dir(other.data()).unwrap();
    let store = |shop: &Shop| shop.data().join("practice.json");
    std::fs::copy(store(&shop), store(&other)).unwrap();
    let left = other.json(&["leftovers", "practice-dojo"]).ends(0).lines();
    assert_eq!(left.len(), 1, "{left:?}");
    let intent = left[0]["leftover"]["intent"].as_str().unwrap();
    let close = ["leftovers", "practice-dojo", "--close", intent];
    // It is the first till's, which still waits for it: nobody closes that without having been told.
    let asked = other.json(&close).ends(1);
    assert_eq!(asked.error_code(), "leftover_unconfirmed");
    let left = other.json(&["leftovers", "practice-dojo"]).ends(0).lines();
    assert_eq!(left.len(), 1, "it stands open: {left:?}");
    let close = [&close[..], &["--sure"]].concat();
    let closed = other.json(&close).ends(0);
    assert_eq!(closed.events(), ["leftover_closed"]);
    assert_eq!(other.json(&close).ends(1).error_code(), "too_late");
}
