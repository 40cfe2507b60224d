//! What speaks against a charge is told before anything is sent, and a script says what it goes past.

use crate::harness::Shop;

/// `--despite` keeps the harness from going past everything.
const NOTHING: [&str; 3] = ["--json", "--despite", "unusual_amount"];

fn charge<'a>(order: &'a str, terminal: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let sale = [
        "charge",
        "350.50",
        "--account",
        "practice",
        "--order",
        order,
    ];
    [&NOTHING[..], &sale, &["--terminal", terminal], more].concat()
}

#[test]
fn the_same_amount_a_moment_later_is_asked_about_and_not_sent() {
    let shop = Shop::new();
    shop.run(&charge("R-1", "PRACTICE-TAP", &[])).ends(0);
    let refused = shop.run(&charge("R-2", "PRACTICE-TAP", &[])).ends(1);
    assert_eq!(refused.error_code(), "charge_warned");
    let warnings = refused.lines();
    let warning = warnings.iter().find(|line| line["event"] == "warning");
    let warning = &warning.expect("it is told")["warning"];
    assert_eq!(warning["kind"], "same_amount");
    assert_eq!(warning["twin"]["order"], "R-1");
    assert_eq!(shop.ledger().len(), 1, "nothing was sent");
    // On another machine stands another customer.
    shop.run(&charge("R-3", "PRACTICE-PIN", &[])).ends(0);
    // By its whole name, and by its kind.
    let name = warning["name"].as_str().expect("a name");
    shop.run(&charge("R-4", "PRACTICE-TAP", &["--despite", name]))
        .ends(0);
    let again = shop.run(&charge("R-5", "PRACTICE-TAP", &["--despite", name]));
    assert_eq!(
        again.ends(1).error_code(),
        "charge_warned",
        "of another one"
    );
    let kind = ["--despite", "same_amount"];
    shop.run(&charge("R-5", "PRACTICE-TAP", &kind)).ends(0);
    assert_eq!(shop.ledger().len(), 4);
}
