//! Who types it: `till staff`, `--as` and `--approved-by`, with a keychain of its own.

use crate::harness::{Ran, Shop};
use crate::keychain::Bus;

const LUZ: &str = "592617\n";
const ANA: &str = "4821\n";

fn assert_refused(ran: &Ran, word: &str) {
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(word), "{}", ran.err);
}

#[test]
fn from_the_first_manager_on_every_command_asks_who_types_it() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let charge = |order: &'static str| {
        let terminal = ["--account", "practice", "--terminal", "PRACTICE-TAP"];
        [&["charge", "350.50", "--order", order], &terminal[..]].concat()
    };
    assert_eq!(
        shop.run(&charge("R-1")).code,
        Some(0),
        "nobody is asked yet"
    );

    assert_refused(&shop.run_with(&["staff", "add", "Ana"], ANA), "manager");
    let manager = ["staff", "add", "Luz", "--role", "manager"];
    assert_refused(&shop.run_with(&manager, "123456\n"), "easy to guess");
    let added = shop.run_with(&manager, LUZ);
    assert_eq!(added.code, Some(0), "{}", added.err);

    assert_refused(&shop.run(&charge("R-2")), "signed in");
    let as_luz = ["--as", "luz"];
    let ana = [&as_luz[..], &["staff", "add", "Ana"]].concat();
    assert_eq!(shop.run_with(&ana, &[LUZ, ANA].concat()).code, Some(0));
    let listed = shop.run(&["staff", "list"]);
    assert_eq!(listed.out, "Luz  Manager\nAna  Cashier\n");

    let as_ana = [&["--as", "Ana"], &charge("R-2")[..]].concat();
    assert_refused(&shop.run_with(&as_ana, "9999\n"), "not the PIN");
    let sold = shop.run_with(&as_ana, ANA);
    assert_eq!(sold.code, Some(0), "{}{}", sold.out, sold.err);

    let remove = ["--as", "Ana", "staff", "remove", "Luz"];
    assert_refused(&shop.run_with(&remove, ANA), "Only a manager");
    let exported = shop.run(&["audit", "export"]).out;
    let sale = exported.lines().find(|line| line.contains("\"R-2\""));
    let sale = sale.expect("the sale is in the journal");
    assert!(sale.contains("\"name\":\"Ana\""), "{sale}");
    for typed in ["592617", "4821", "9999"] {
        assert!(!exported.contains(&format!("\"{typed}\"")), "{typed}");
    }
}

#[test]
fn a_cashiers_refund_names_the_manager_who_approved_it() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let luz = ["staff", "add", "Luz", "--role", "manager"];
    assert_eq!(shop.run_with(&luz, LUZ).code, Some(0));
    let ana = ["--as", "Luz", "staff", "add", "Ana"];
    assert_eq!(shop.run_with(&ana, &[LUZ, ANA].concat()).code, Some(0));
    let card = "--as Ana card 20 --practice --order R-1 --card pm_card_visa";
    let card: Vec<&str> = card.split(' ').collect();
    let sold = shop.run_with(&card, ANA);
    assert_eq!(sold.code, Some(0), "{}{}", sold.out, sold.err);
    let refund = ["--as", "Ana", "refund", "R-1"];
    assert_refused(&shop.run_with(&refund, ANA), "manager must approve");
    let by_luz = ["--approved-by", "Luz", "--reason", "Wrong size"];
    let refund = [&by_luz[..], &refund[..]].concat();
    assert_refused(
        &shop.run_with(&refund, &[ANA, "111111\n"].concat()),
        "not the PIN",
    );
    let done = shop.run_with(&refund, &[ANA, LUZ].concat());
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let exported = shop.run(&["audit", "export"]).out;
    let asked = exported.lines().find(|line| line.contains("act_asked"));
    let asked = asked.expect("the act is in the journal");
    for part in [
        "\"name\":\"Ana\"",
        "\"approved_by\":{",
        "\"name\":\"Luz\"",
        "Wrong size",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
}

#[test]
fn whoever_knows_their_pin_changes_it_themselves() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let manager = ["staff", "add", "Luz", "--role", "manager"];
    shop.run_with(&manager, LUZ).ends(0);
    let ana = ["--as", "luz", "staff", "add", "Ana"];
    shop.run_with(&ana, &[LUZ, ANA].concat()).ends(0);
    assert_refused(&shop.run(&["staff", "own-pin"]), "signed in");
    let own = ["--as", "ana", "staff", "own-pin"];
    let typed =
        |old: &str, new: &str, again: &str| shop.run_with(&own, &[old, new, again].concat());
    assert_refused(&typed("9999\n", "5930\n", "5930\n"), "not the PIN");
    assert_refused(&typed(ANA, "5930\n", "5931\n"), "two ways");
    assert_refused(&typed(ANA, "1234\n", "1234\n"), "easy to guess");
    let changed = typed(ANA, "5930\n", "5930\n").ends(0);
    assert_eq!(changed.out, "Your PIN is changed.\n");
    assert_refused(&typed(ANA, "6042\n", "6042\n"), "not the PIN");
    typed("5930\n", "6042\n", "6042\n").ends(0);
    let exported = shop.run(&["audit", "export"]).out;
    for typed in ["4821", "5930", "6042"] {
        assert!(!exported.contains(&format!("\"{typed}\"")), "{typed}");
    }
}

#[test]
fn without_a_keychain_there_is_no_staff_and_the_till_sells_as_ever() {
    let shop = Shop::new();
    let manager = ["staff", "add", "Luz", "--role", "manager"];
    let refused = shop.run_with(&manager, LUZ);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    let terminal = ["--account", "practice", "--terminal", "PRACTICE-TAP"];
    let charge = [&["charge", "350.50", "--order", "R-1"], &terminal[..]].concat();
    assert_eq!(shop.run(&charge).code, Some(0));
}
