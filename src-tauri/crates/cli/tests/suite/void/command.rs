//! `till void` and `till orders` as they are typed.

use crate::harness::Shop;

/// An order that waits for its customer.
fn waiting(shop: &Shop, order: &str, description: &str) {
    let arguments = [
        "link",
        "350.50",
        "--account",
        "practice-link",
        "--order",
        order,
        "--description",
        description,
        "--wait",
        "2",
    ];
    let ran = shop.run(&arguments);
    assert_eq!(ran.code, Some(11), "{ran:#?}");
}

#[test]
fn a_dry_run_sends_nothing_and_a_void_needs_a_reason_and_a_yes() {
    let shop = Shop::new();
    waiting(&shop, "R-1", "Seat 1");
    let before = shop.entries();
    let dry = shop.json(&["void", "R-1", "R-none", "--dry-run"]).ends(0);
    assert_eq!(dry.events(), ["void_planned", "void_plan"]);
    let lines = dry.lines();
    assert_eq!(lines[0]["line"]["verdict"], "will_cancel");
    assert_eq!(lines[1]["line"]["verdict"], "nothing");
    assert_eq!(lines[2]["plan"]["tried"], 1);
    assert_eq!(shop.entries(), before, "nothing is written down");
    let told = shop.run(&["void", "R-1", "--dry-run"]).ends(0).out;
    assert!(told.contains("Will be cancelled"), "{told}");

    shop.run(&["void", "R-1"]).ends(2);
    shop.run(&["void", "--reason", "Mistake"]).ends(2);
    let unagreed = shop.run(&["void", "R-1", "--reason", "Mistake"]).ends(2);
    assert!(unagreed.out.contains("--yes"), "{unagreed:?}");
    let status = shop.json(&["status", "R-1"]);
    assert_eq!(status.code, Some(11), "it is open still");
    let nothing = ["void", "R-none", "--reason", "Mistake", "--yes"];
    assert_eq!(shop.json(&nothing).ends(1).error_code(), "void_nothing");
}

#[test]
fn a_list_is_voided_and_proved() {
    let shop = Shop::new();
    waiting(&shop, "R-1", "Seat 1");
    waiting(&shop, "=R-2", "Seat 2");
    let proof = shop.data().join("proof.csv");
    let proof_name = proof.to_string_lossy().into_owned();
    let paper = shop.data().join("proof.pdf");
    let paper_name = paper.to_string_lossy().into_owned();
    let arguments = [
        "void",
        "--from",
        "-",
        "--reason",
        "Event cancelled",
        "--note",
        "Storm, all of it",
        "--yes",
        "--export",
        &proof_name,
        "--pdf",
        &paper_name,
    ];
    let ran = shop.run_with(&arguments, "Order;Amount\nR-1;1\n=R-2;2\nR-1;1\n");
    let ran = ran.ends(0);
    assert!(
        ran.out.contains("Cancelled, nothing was taken"),
        "{}",
        ran.out
    );
    assert_eq!(shop.ledger(), []);
    let csv = std::fs::read_to_string(&proof).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[0].starts_with("Line,Given,Order,"), "{csv}");
    assert!(lines[1].contains(",R-1,"), "{csv}");
    assert!(lines[1].contains("350.50,MXN,Waiting,Cancelled"), "{csv}");
    assert!(
        lines[1].contains("Event cancelled,\"Storm, all of it\""),
        "{csv}"
    );
    assert!(lines[2].contains(",'=R-2,"), "no formula: {csv}");
    is_proved_on_paper(&shop, &std::fs::read(&paper).unwrap());
    let again = shop.run_with(&arguments, "R-1\n").ends(1);
    assert!(again.err.contains("Nothing in this list"), "{again:?}");

    let history = shop.json(&["void", "--history"]).ends(0).lines();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["void"]["step"], "finished");
    let batch = history[0]["void"]["batch"].as_str().unwrap();
    let shown = shop.json(&["void", "--show", batch]).ends(0);
    assert_eq!(shown.events(), ["void_line", "void_end"]);
    assert_eq!(
        shop.json(&["void", "--resume", batch]).ends(1).error_code(),
        "too_late"
    );
}

/// What stands there, and that its hash is one of the journal's: a copy can be held against the paper.
fn is_proved_on_paper(shop: &Shop, file: &[u8]) {
    assert!(file.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(file);
    for part in [
        "(Proof of a void)",
        "Event cancelled: Storm, all of it)",
        "R-1 ",
        "=R-2 ",
        "MX$350.50",
        "MX$701.00",
        "Cancelled, nothing was taken",
        "(Page 1 of 1)",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let is_hash =
        |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut words = text.split(['(', ')']);
    let head = words.find(is_hash).expect("the head of the journal");
    let copy = shop.data().join("journal.jsonl");
    let copy = copy.to_string_lossy().into_owned();
    shop.run(&["audit", "export", "--out", &copy]).ends(0);
    shop.run(&["audit", "check", &copy, "--head", head]).ends(0);
    let another = "0".repeat(64);
    shop.run(&["audit", "check", &copy, "--head", &another])
        .ends(1);
}

#[test]
fn lists_that_cannot_be_read_say_why() {
    let shop = Shop::new();
    let wrong = |input: &str| {
        let arguments = ["--json", "void", "--from", "-", "--dry-run"];
        shop.run_with(&arguments, input).ends(1).error_code()
    };
    assert_eq!(wrong("name,amount\nAna,3\n"), "void_list_columns");
    assert_eq!(wrong("\n"), "void_list_empty");
    let many: String = (0..100_000).map(|number| format!("R-{number}\n")).collect();
    assert_eq!(wrong(&many), "void_list_too_long");
    let missing = ["void", "--from", "nowhere.csv", "--dry-run"];
    let missing = shop.run(&missing).ends(1);
    assert!(missing.err.contains("nowhere.csv"), "{missing:?}");
}

#[test]
fn duplicates_expiring_and_amounts_are_found() {
    let shop = Shop::new();
    waiting(&shop, "R-1", "Seat 1");
    waiting(&shop, "R-2", "Seat 1");
    waiting(&shop, "S-3", "Seat 3");
    let orders = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["orders"];
        all.extend(arguments);
        let lines = shop.json(&all).ends(0).lines();
        let order =
            |line: &serde_json::Value| line["payment"]["order"].as_str().unwrap().to_owned();
        lines.iter().map(order).collect()
    };
    assert_eq!(orders(&["--duplicates"]), ["R-2", "R-1"]);
    assert_eq!(orders(&["--expiring"]), ["S-3", "R-2", "R-1"]);
    assert_eq!(orders(&["--search", "350.50"]), ["S-3", "R-2", "R-1"]);
    assert_eq!(orders(&["--search", "350.51"]), [""; 0]);
    assert_eq!(orders(&["--open", "--search", "r-"]), ["R-2", "R-1"]);
    let dry = shop
        .json(&["void", "--duplicates", "--dry-run"])
        .ends(0)
        .lines();
    assert_eq!(dry[0]["line"]["given"], "R-1");
    assert_eq!(dry.len(), 2, "one line and the sum: {dry:?}");
}
