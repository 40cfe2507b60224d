//! What a sale has beside its amount, and cards on file: what is wrong with them, and what a system does
//! not offer, is told before anything is written or sent.

use crate::harness::Shop;

#[test]
fn what_the_system_does_not_offer_is_refused_and_not_left_out() {
    let shop = Shop::new();
    for options in [
        &["--keyed"][..],
        &["--hold"],
        &["--tip", "1.50"],
        &["--service-charge", "0.90"],
        &["--line", "2 x Coffee=7.00"],
        &["--line", "Coffee=3.50", "--line", "Tea=3.00"],
    ] {
        let ran = with(&shop, options);
        assert_eq!(ran, "sale_option_missing", "{options:?}");
    }
    assert_eq!(shop.entries(), 0);
    assert_eq!(shop.ledger(), []);
}

#[test]
fn what_is_mistyped_beside_the_amount_is_told_as_what_it_is() {
    let shop = Shop::new();
    for (options, code) in [
        (&["--tip", "abc"][..], "amount_invalid"),
        (&["--tip", "-1"], "amount_negative"),
        (&["--tip", "1.005"], "amount_decimals"),
        (&["--service-charge", ""], "amount_empty"),
        (&["--line", "Coffee"], "item_invalid"),
        (&["--line", "=7.00"], "item_invalid"),
        (&["--line", "0 x Coffee=7.00"], "item_invalid"),
        (&["--line", "Coffee=0"], "item_invalid"),
        (&["--line", "Coffee=7,00"], "amount_invalid"),
    ] {
        assert_eq!(with(&shop, options), code, "{options:?}");
    }
    assert_eq!(shop.entries(), 0);
}

/// The code of a sale on the practice terminal that is refused.
fn with(shop: &Shop, options: &[&str]) -> String {
    let mut arguments = vec!["charge", "5", "--practice", "--terminal", "PRACTICE-TAP"];
    arguments.extend(["--order", "R-1"]);
    arguments.extend(options);
    shop.json(&arguments).ends(1).error_code()
}

#[test]
fn a_card_on_file_has_a_name_and_never_a_number() {
    let shop = Shop::new();
    let long = "x".repeat(201);
    for (card, description, code) in [
        ("4242424242424242", "", "card_invalid"),
        ("4242 4242 4242 4242", "", "card_invalid"),
        ("", "", "card_invalid"),
        ("pm_1/../2", "", "card_invalid"),
        ("pm_1", long.as_str(), "link_description"),
        ("pm_1", "a\u{7}", "link_description"),
    ] {
        let mut arguments = vec!["card", "5", "--practice", "--order", "R-1"];
        arguments.extend(["--card", card, "--description", description]);
        let ran = shop.json(&arguments).ends(1);
        assert_eq!(ran.error_code(), code, "{card:?} {description:?}");
        assert!(!ran.err.contains("4242"), "{}", ran.err);
    }
    for account in ["practice", "practice-link", "practice-thai-qr"] {
        let mut arguments = vec!["card", "5", "--account", account, "--order", "R-1"];
        arguments.extend(["--card", "pm_1"]);
        let ran = shop.json(&arguments).ends(1);
        assert_eq!(ran.error_code(), "wrong_channel", "{account}");
    }
    let zero = [
        "card",
        "0",
        "--practice",
        "--order",
        "R-1",
        "--card",
        "pm_1",
    ];
    assert_eq!(shop.json(&zero).ends(1).error_code(), "amount_empty");
    assert_eq!(shop.entries(), 0);
}
