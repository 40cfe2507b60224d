//! What is done with a payment that is there already, against a system that offers none of it: each is
//! refused with its sentence, and neither written down nor sent.

use crate::harness::{Shop, sale};

/// Every command about an order's payment, beside `status` and `cancel`.
fn acts(order: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["retry", order],
        vec!["sign", order, "accept"],
        vec!["sign", order, "reject"],
        vec!["capture", order],
        vec!["reverse", order],
        vec!["refund", order],
        vec!["refund", order, "--at-terminal"],
        vec!["refund", order, "--amount", "1.00"],
    ]
}

#[test]
fn what_a_system_does_not_offer_is_refused_open_or_paid() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    let mut open = sale("R-2", "PRACTICE-WALK");
    open.extend(["--wait", "1"]);
    shop.run(&open).ends(11);
    for order in ["R-1", "R-2"] {
        for arguments in acts(order) {
            let ran = shop.json(&arguments).ends(1);
            assert_eq!(ran.error_code(), "too_late", "{arguments:?}");
            assert_eq!(ran.out, "", "{arguments:?}");
        }
        let told = shop.json(&["status", order]).lines();
        assert!(told[0]["payment"]["act"].is_null(), "{order}");
    }
    assert_eq!(shop.ledger().len(), 1, "{:?}", shop.ledger());
    shop.run(&["cancel", "R-2"]).ends(0);
}

#[test]
fn an_amount_to_give_back_is_told_as_what_it_is() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    for (amount, code) in [
        ("", "amount_empty"),
        ("0", "amount_empty"),
        ("-1", "amount_negative"),
        ("1.005", "amount_decimals"),
        ("1,50", "amount_invalid"),
        ("10000000000", "amount_too_large"),
        ("350.51", "refund_too_much"),
    ] {
        let ran = shop.json(&["refund", "R-1", "--amount", amount]).ends(1);
        assert_eq!(ran.error_code(), code, "{amount:?}");
    }
}

#[test]
fn an_order_that_is_not_there_has_nothing_done_to_it() {
    let shop = Shop::new();
    let mut all = acts("nobody's");
    all.push(vec!["receipt", "nobody's"]);
    all.push(vec!["receipt", "nobody's", "--merchant"]);
    for arguments in all {
        let ran = shop.json(&arguments).ends(1);
        assert_eq!(ran.error_code(), "order_unknown", "{arguments:?}");
    }
    assert_eq!(shop.entries(), 0);
}

#[test]
fn a_sale_without_a_slip_says_so() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    for arguments in [&["receipt", "R-1"][..], &["receipt", "R-1", "--merchant"]] {
        let ran = shop.run(arguments).ends(1);
        assert!(ran.err.contains("no such slip for order R-1"), "{ran:?}");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn what_a_system_cannot_list_is_told() {
    let shop = Shop::new();
    for arguments in [
        &["leftovers", "practice"][..],
        &["leftovers", "practice", "--close", "pi_1"],
        &["account", "terminals", "practice"],
        &["account", "terminals", "practice", "--use", "PRACTICE-1"],
        &["account", "terminals", "practice-link"],
    ] {
        let ran = shop.json(arguments).ends(1);
        assert_eq!(ran.error_code(), "no_list_here", "{arguments:?}");
    }
    for arguments in [&["leftovers", "bar"][..], &["account", "terminals", "bar"]] {
        let ran = shop.json(arguments).ends(1);
        assert_eq!(ran.error_code(), "account_unknown", "{arguments:?}");
    }
    assert_eq!(shop.entries(), 0);
}
