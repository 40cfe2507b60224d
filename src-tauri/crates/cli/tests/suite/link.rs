//! `link`: payments on a page, whose customer acts by the amount's last digits.

use practice::{CustomerMode, Faults, Settings};

use crate::harness::Shop;

/// A shop whose customers act alone.
fn shop() -> Shop {
    let settings = Settings {
        customer: CustomerMode::Auto,
        ..Settings::default()
    };
    Shop::with(settings, Faults::default())
}

const PAYER: [&str; 6] = [
    "--payer-name",
    "Somchai Jaidee",
    "--payer-account",
    "1234567890",
    "--payer-bank",
    "004",
];

#[test]
fn a_link_is_told_paid_and_charged_once() {
    let shop = shop();
    let ran = shop
        .json(&[
            "link",
            "350.50",
            "--account",
            "practice-link",
            "--order",
            "R-1",
        ])
        .ends(0);
    let last = ran.lines().pop().unwrap();
    assert_eq!(last["payment"]["state"], "paid");
    assert_eq!(last["payment"]["channel"], "link");
    assert!(ran.out.contains("/pay/"), "the page is told: {}", ran.out);
    assert_eq!(shop.ledger().len(), 1);
    // What has words for a card machine has others for a link.
    let status = shop.run(&["status", "R-1"]).ends(0);
    assert!(!status.out.contains("terminal"), "{}", status.out);
}

#[test]
fn a_thai_payment_wants_a_payer_and_is_paid() {
    let shop = shop();
    let link = [
        "link",
        "99.00",
        "--account",
        "practice-thai-qr",
        "--order",
        "R-1",
    ];
    let refused = shop.json(&link).ends(1);
    assert_eq!(refused.error_code(), "payer_invalid");
    let mut whole = link.to_vec();
    whole.extend(PAYER);
    let ran = shop.json(&whole).ends(0);
    let last = ran.lines().pop().unwrap();
    assert_eq!(last["payment"]["amount"]["currency"], "THB");
    assert_eq!(shop.ledger().len(), 1);
}

/// An account with card machines has links as well.
#[test]
fn a_dojo_payment_is_made_by_link() {
    let shop = shop();
    let link = |amount: &'static str, order: &'static str| {
        [
            "link",
            amount,
            "--account",
            "practice-dojo",
            "--order",
            order,
            "--minutes",
            "5",
        ]
    };
    let ran = shop.json(&link("35.00", "R-1")).ends(0);
    let last = ran.lines().pop().unwrap();
    assert_eq!(last["payment"]["state"], "paid");
    assert_eq!(last["payment"]["channel"], "link");
    assert_eq!(last["payment"]["amount"]["currency"], "GBP");
    assert!(ran.out.contains("/pay/"), "the page is told: {}", ran.out);
    // The page refuses the card, and it may be followed by another.
    shop.json(&link("35.04", "R-2")).ends(0);
    assert_eq!(shop.ledger().len(), 2);
    let long = [&link("5.00", "R-3")[..7], &["10081"]].concat();
    assert_eq!(shop.json(&long).ends(1).error_code(), "link_minutes");
}

#[test]
fn a_terminal_is_no_link_and_a_link_no_terminal() {
    let shop = shop();
    let by_link = ["link", "5", "--account", "practice", "--order", "R-1"];
    assert_eq!(shop.json(&by_link).ends(1).error_code(), "wrong_channel");
    let terminal = [
        "charge",
        "5",
        "--account",
        "practice-link",
        "--order",
        "R-1",
        "--terminal",
        "PRACTICE-1",
    ];
    assert_eq!(shop.json(&terminal).ends(1).error_code(), "wrong_channel");
    assert_eq!(shop.ledger(), []);
}

/// What every code has and no sentence does.
const SQUARES: &str = "▀▀▀▀";

fn charge_by_link(order: &str) -> [&str; 6] {
    [
        "link",
        "5.00",
        "--account",
        "practice-link",
        "--order",
        order,
    ]
}

#[test]
fn who_reads_a_pipe_gets_the_address_and_no_picture() {
    let shop = shop();
    for ran in [
        shop.run(&charge_by_link("R-1")),
        shop.json(&charge_by_link("R-2")),
    ] {
        let ran = ran.ends(0);
        assert!(ran.out.contains("/pay/"), "{}", ran.out);
        assert!(!ran.out.contains(SQUARES), "{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn who_looks_at_a_terminal_gets_a_code_to_scan() {
    let mut shop = shop();
    let shown = shop.run_at_terminal(&charge_by_link("R-1"));
    assert!(shown.contains("/pay/"), "{shown}");
    assert!(shown.contains(SQUARES), "{shown}");
    let mut json = vec!["--json"];
    json.extend(charge_by_link("R-2"));
    let shown = shop.run_at_terminal(&json);
    assert!(shown.contains("/pay/"), "{shown}");
    assert!(!shown.contains(SQUARES), "{shown}");
    shop.set("TERM", "dumb");
    let shown = shop.run_at_terminal(&charge_by_link("R-3"));
    assert!(!shown.contains(SQUARES), "{shown}");
}
