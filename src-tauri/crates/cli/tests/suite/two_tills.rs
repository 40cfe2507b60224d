//! One folder, two processes: who writes is alone, who reads is not in the way.

use crate::harness::{Shop, sale};

#[test]
fn while_one_till_sells_another_reads_and_must_not_write() {
    let shop = Shop::new();
    let mut first = shop.start(&sale("R-1", "PRACTICE-WALK"));
    first.wait_for("waiting");

    for writes in [
        sale("R-2", "PRACTICE-TAP"),
        vec!["cancel", "R-1"],
        vec!["status", "R-1", "--wait", "1"],
        vec!["account", "remove", "practice"],
    ] {
        let ran = shop.json(&writes).ends(1);
        assert_eq!(ran.error_code(), "journal_in_use", "{writes:?}");
    }
    let words = shop.run(&sale("R-2", "PRACTICE-TAP")).ends(1);
    assert!(
        words
            .err
            .contains("Another Tillside is open on the same data"),
        "{}",
        words.err
    );

    let open = shop.json(&["orders", "--open"]).ends(0).lines();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["payment"]["order"], "R-1");
    let status = shop.json(&["status", "R-1"]).ends(11).lines();
    assert_eq!(status[0]["payment"]["state"], "waiting");
    shop.run(&["terminals"]).ends(0);
    shop.run(&["audit", "verify"]).ends(0);
    let doctor = shop.run(&["doctor"]).out;
    assert!(doctor.contains("another till has it open"), "{doctor}");
    assert!(doctor.contains("✓ Journal"), "{doctor}");

    first.kill();
    // The lock went with the process.
    shop.run(&["cancel", "R-1"]).ends(0);
}

#[test]
fn a_journal_that_was_changed_is_found_and_sells_no_more() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    let copy = shop.data().join("copy.jsonl");
    let copy = copy.to_string_lossy().into_owned();
    shop.run(&["audit", "export", "--out", &copy]).ends(0);
    let lines = std::fs::read_to_string(&copy).unwrap();
    assert_eq!(
        u64::try_from(lines.lines().count()).unwrap(),
        shop.entries() + 1,
        "each entry and the head"
    );
    // A copy is never overwritten.
    let again = shop.run(&["audit", "export", "--out", &copy]).ends(1);
    assert!(again.err.contains("copy.jsonl"), "{}", again.err);

    let file = shop.data().join("journal.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes
        .windows(6)
        .position(|part| part == b"35050,")
        .expect("the amount");
    bytes[at + 4] = b'1';
    std::fs::write(&file, bytes).unwrap();
    let verify = shop.json(&["audit", "verify"]).ends(1);
    assert_eq!(verify.error_code(), "journal_damaged");
    let charge = shop.json(&sale("R-2", "PRACTICE-TAP")).ends(1);
    assert_eq!(charge.error_code(), "journal_damaged");
    let doctor = shop.json(&["doctor"]).ends(1).lines();
    let journal = doctor
        .into_iter()
        .find(|line| line["subject"] == "journal")
        .unwrap();
    assert_eq!(journal["code"], "journal_damaged", "{journal}");
    assert_eq!(shop.ledger().len(), 1);
}
