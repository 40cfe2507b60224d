//! `till day` and `till audit`: a report, a close, and a copy that anybody checks without a till.

use std::fs;

use crate::harness::{Shop, sale};
use crate::keychain::Bus;

#[test]
fn a_day_is_reported_closed_listed_and_kept_as_a_pdf() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    let so_far = shop.run(&["day"]).ends(0);
    assert!(so_far.out.contains("Day 1 so far (X)"), "{}", so_far.out);
    assert!(so_far.out.contains("MX$350.50"), "{}", so_far.out);

    let closed = shop.json(&["day", "close"]).ends(0);
    let closed = &closed.lines()[0];
    assert_eq!(closed["event"], "day_closed");
    assert_eq!(closed["day"]["number"], 1);
    assert_eq!(closed["day"]["totals"][0]["sum"]["taken"], 1);
    assert_eq!(closed["day"]["totals"][0]["practice"], true);
    assert!(closed["day"]["signature"].is_null(), "no keychain here");

    let listed = shop.run(&["day", "list"]).ends(0);
    assert!(listed.out.starts_with("1  "), "{}", listed.out);
    let paper = shop.data().join("day.pdf");
    let name = paper.to_string_lossy().into_owned();
    let shown = shop.run(&["day", "show", "1", "--pdf", &name]).ends(0);
    assert!(shown.out.contains("Day 1 (Z)"), "{}", shown.out);
    let bytes = fs::read(&paper).expect("the report");
    assert!(bytes.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&bytes);
    let text = text.to_uppercase();
    // A line with a letter that is not ASCII is written in hexadecimal.
    for part in ["DAY 1", "MX$350.50", "NOT SIGNED"] {
        let hex: String = part.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(text.contains(part) || text.contains(&hex), "{part}");
    }
    let again = shop.run(&["day", "show", "1", "--pdf", &name]).ends(1);
    assert!(
        again.err.contains("day.pdf"),
        "never over a file: {}",
        again.err
    );
    let unknown = shop.json(&["day", "show", "7"]).ends(1);
    assert_eq!(unknown.error_code(), "day_unknown");
}

/// What was done to a copy, and that `till audit check` says so without a till's folder.
#[test]
fn a_copy_is_checked_with_nothing_but_the_copy() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    let closed = shop.json(&["day", "close"]).ends(0);
    let first = closed.lines()[0]["day"].clone();
    let key = first["public_key"].as_str().expect("signed").to_owned();
    let elsewhere = Shop::new();
    for format in ["jsonl", "csv"] {
        let file = |name: &str| shop.data().join(format!("{name}.{format}"));
        let old = file("old");
        let name = old.to_string_lossy().into_owned();
        let export = ["audit", "export", "--format", format, "--out", &name];
        shop.run(&export).ends(0);
        let head = first["head"].as_str().expect("a head");
        let check = ["audit", "check", &name, "--head", head, "--key", &key];
        let checked = elsewhere.json(&check).ends(0);
        assert_eq!(checked.lines()[0]["signed_by"], key.as_str());

        let whole = fs::read_to_string(&old).expect("the copy");
        let lines: Vec<&str> = whole.lines().collect();
        let rest = |lines: &[&str]| format!("{}\n", lines.join("\n"));
        let mut moved = lines.clone();
        moved.swap(2, 3);
        let mut gone = lines.clone();
        gone.remove(2);
        let table = [
            ("edit", whole.replacen("35050", "3505", 1)),
            ("deletion", rest(&gone)),
            ("reordering", rest(&moved)),
            ("cut", rest(&lines[..lines.len() - 2])),
        ];
        for (what, text) in table {
            let path = file(what);
            fs::write(&path, text).expect("a tampered copy");
            let name = path.to_string_lossy().into_owned();
            let found = elsewhere.run(&["audit", "check", &name]).ends(1);
            assert!(
                found.err.contains("not as it was written"),
                "{what}: {}",
                found.err
            );
        }
    }
    // A newer report's head is not in an older copy.
    shop.run(&sale("R-2", "PRACTICE-TAP")).ends(0);
    let closed = shop.json(&["day", "close"]).ends(0);
    let head = closed.lines()[0]["day"]["head"]
        .as_str()
        .expect("a head")
        .to_owned();
    let name = shop.data().join("old.jsonl").to_string_lossy().into_owned();
    let found = elsewhere
        .run(&["audit", "check", &name, "--head", &head])
        .ends(1);
    assert!(
        found.out.contains("older than that report"),
        "{}",
        found.out
    );
    elsewhere
        .run(&["audit", "check", &name, "--head", "zz"])
        .ends(2);
}

/// The journal is whole in itself, and the keychain remembers a longer one.
#[test]
fn an_old_journal_put_back_is_noticed() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    let names = ["journal.db", "journal.db-wal", "journal.head"];
    let old = names.map(|name| (name, fs::read(shop.data().join(name)).ok()));
    shop.run(&sale("R-2", "PRACTICE-TAP")).ends(0);
    shop.run(&["day", "close"]).ends(0);
    let verified = shop.json(&["audit", "verify"]).ends(0);
    assert_eq!(verified.lines()[0]["memory"], "agrees");
    for (name, bytes) in old {
        let path = shop.data().join(name);
        match bytes {
            Some(bytes) => fs::write(path, bytes).expect("put back"),
            None => {
                let _ = fs::remove_file(path);
            }
        }
    }
    let verified = shop.json(&["audit", "verify"]).ends(1);
    assert_eq!(verified.lines()[0]["memory"], "differs");
}

#[test]
fn closing_needs_a_manager_once_there_is_one_and_looking_does_not() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let luz = ["staff", "add", "Luz", "--role", "manager"];
    shop.run_with(&luz, "592617\n").ends(0);
    let ana = ["--as", "Luz", "staff", "add", "Ana"];
    shop.run_with(&ana, "592617\n4821\n").ends(0);
    shop.run(&["day"]).ends(0);
    let refused = shop
        .run_with(&["--json", "--as", "Ana", "day", "close"], "4821\n")
        .ends(1);
    assert_eq!(refused.error_code(), "needs_approval");
    let approved = [
        "--as",
        "Ana",
        "--approved-by",
        "Luz",
        "--reason",
        "End of the day",
        "day",
        "close",
    ];
    let closed = shop.run_with(&approved, "4821\n592617\n").ends(0);
    assert!(closed.out.contains("Closed by Ana + Luz"), "{}", closed.out);
}
