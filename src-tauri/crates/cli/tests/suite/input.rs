//! What people mistype, each with its code and sentence, and nothing written or sent.

use crate::harness::Shop;

#[test]
fn an_amount_that_is_none_is_told_as_what_it_is() {
    let shop = Shop::new();
    for (amount, code) in [
        ("", "amount_empty"),
        ("0", "amount_empty"),
        ("0.00", "amount_empty"),
        ("-5", "amount_negative"),
        ("-0.01", "amount_negative"),
        ("10000000000.00", "amount_too_large"),
        ("99999999999999999999999999", "amount_too_large"),
        ("1.005", "amount_decimals"),
        ("350,50", "amount_invalid"),
        ("1e3", "amount_invalid"),
        ("+5", "amount_invalid"),
        ("5.", "amount_invalid"),
        ("MX$5", "amount_invalid"),
        ("٣", "amount_invalid"),
    ] {
        let ran = shop.json(&[
            "charge",
            amount,
            "--practice",
            "--terminal",
            "PRACTICE-TAP",
            "--order",
            "R-1",
        ]);
        assert_eq!(ran.ends(1).error_code(), code, "{amount:?}");
    }
    assert_eq!(shop.entries(), 0);
    assert_eq!(shop.ledger(), []);
}

#[test]
fn an_order_that_is_none_is_told_as_what_it_is() {
    let shop = Shop::new();
    let long = "x".repeat(49);
    for (order, code) in [
        ("", "order_empty"),
        ("   ", "order_empty"),
        (long.as_str(), "order_too_long"),
        ("a\nb", "order_bad_characters"),
        ("a\u{202e}b", "order_bad_characters"),
    ] {
        let ran = shop.json(&[
            "charge",
            "5",
            "--practice",
            "--terminal",
            "PRACTICE-TAP",
            "--order",
            order,
        ]);
        assert_eq!(ran.ends(1).error_code(), code, "{order:?}");
    }
    for command in ["status", "cancel"] {
        let ran = shop.json(&[command, "nobody's"]);
        assert_eq!(ran.ends(1).error_code(), "order_unknown", "{command}");
    }
    assert_eq!(shop.entries(), 0);
}

#[test]
fn a_terminal_or_account_that_is_not_there_is_told() {
    let shop = Shop::new();
    let terminal = shop.json(&[
        "charge",
        "5",
        "--practice",
        "--terminal",
        "NOWHERE",
        "--order",
        "R-1",
    ]);
    assert_eq!(terminal.ends(1).error_code(), "terminal_unknown");
    let account = shop.json(&[
        "charge",
        "5",
        "--account",
        "bar",
        "--terminal",
        "T",
        "--order",
        "R-1",
    ]);
    assert_eq!(account.ends(1).error_code(), "account_unknown");
    // No account, and nobody said that it is practice: real money is never a guess.
    let none = shop.json(&[
        "charge",
        "5",
        "--terminal",
        "PRACTICE-TAP",
        "--order",
        "R-1",
    ]);
    assert_eq!(none.ends(2).error_code(), "");
    for command in ["test", "remove"] {
        let ran = shop.json(&["account", command, "bar"]);
        assert_eq!(ran.ends(1).error_code(), "account_unknown", "{command}");
    }
    let practice = shop.json(&["account", "remove", "practice"]);
    assert_eq!(practice.ends(1).error_code(), "account_is_practice");
    assert_eq!(shop.entries(), 0);
}

#[test]
fn a_terminal_is_busy_with_one_payment_at_a_time() {
    let shop = Shop::new();
    let charge = |order| {
        shop.json(&[
            "charge",
            "5",
            "--practice",
            "--terminal",
            "PRACTICE-WALK",
            "--order",
            order,
            "--wait",
            "0",
        ])
    };
    charge("R-1").ends(11);
    assert_eq!(charge("R-2").ends(1).error_code(), "terminal_replaces");
    let terminals = shop.json(&["terminals"]).ends(0).lines();
    for line in terminals {
        let terminal = &line["terminal"];
        let busy = terminal["code"] == "PRACTICE-WALK" && terminal["account"] == "practice";
        assert_eq!(line["order"].as_str(), busy.then_some("R-1"), "{line}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_names_the_mistake() {
    let shop = Shop::new();
    for (arguments, named) in [
        (&["sell"][..], "sell"),
        (&["charge", "5"], "--terminal"),
        (
            &[
                "charge",
                "5",
                "--terminal",
                "T",
                "--order",
                "O",
                "--wait",
                "soon",
            ],
            "soon",
        ),
        (&["practice", "--scenario", "hurricane"], "hurricane"),
        (&["status"], "<ORDER>"),
        (&["status", "R-1", "--saw", "maybe"], "maybe"),
        (&["orders", "--lang", "de"], "de"),
        (
            &[
                "account", "add", "--name", "Bar", "--url", "x", "--system", "cash",
            ],
            "cash",
        ),
        (&["link", "5", "--account", "practice-link"], "--order"),
        (&["account", "add", "--key", "k-1"], "--key"),
        (
            &[
                "account",
                "add",
                "--name",
                "Bar",
                "--url",
                "x",
                "--generation",
                "xml",
            ],
            "xml",
        ),
        (&["card", "5", "--order", "O"], "--card"),
        (&["card", "5", "--card", "pm_1"], "--order"),
        (&["retry"], "<ORDER>"),
        (&["retry", "R-1", "--wait", "soon"], "soon"),
        (&["sign", "R-1"], "<JUDGEMENT>"),
        (&["sign", "R-1", "perhaps"], "perhaps"),
        (&["capture"], "<ORDER>"),
        (&["reverse"], "<ORDER>"),
        (&["refund"], "<ORDER>"),
        (&["refund", "R-1", "--amount"], "--amount"),
        (&["receipt"], "<ORDER>"),
        (&["leftovers"], "<ACCOUNT>"),
        (&["account", "terminals"], "<ID>"),
        (&["simulate"], "--listen"),
        (&[], "Usage"),
    ] {
        let ran = shop.run(arguments).ends(2);
        assert!(ran.err.contains(named), "{arguments:?}: {}", ran.err);
    }
    let help = shop.run(&["--help"]).ends(0);
    assert!(help.out.contains("Exit codes:"), "{}", help.out);
    assert!(!shop.data().exists(), "nothing was opened");
}
