//! `account` without a keychain: what is wrong is found before a key is asked for or kept.

use crate::harness::{Ran, Shop};

const KEY: &str = "canary-key-5f1d7c";

fn add(shop: &Shop, name: &str, url: &str, terminals: &[&str], key: &str) -> Ran {
    let mut arguments = vec!["--json", "account", "add", "--name", name, "--url", url];
    for terminal in terminals {
        arguments.extend(["--terminal", terminal]);
    }
    shop.run_with(&arguments, key)
}

#[test]
fn what_is_wrong_with_an_account_is_told_by_its_code() {
    let shop = Shop::new();
    let good = "https://api.example.com/api";
    let long = "x".repeat(61);
    for (name, url, terminals, key, code) in [
        (
            "Bar",
            "api.example.com",
            &["T1"][..],
            KEY,
            "address_invalid",
        ),
        (
            "Bar",
            "ftp://api.example.com",
            &["T1"],
            KEY,
            "address_invalid",
        ),
        ("Bar", "", &["T1"], KEY, "address_invalid"),
        (
            "Bar",
            "http://api.example.com",
            &["T1"],
            KEY,
            "address_not_secure",
        ),
        (
            "Bar",
            "http://192.168.0.10/api",
            &["T1"],
            KEY,
            "address_not_secure",
        ),
        (
            "Bar",
            "https://u:p@api.example.com",
            &["T1"],
            KEY,
            "address_too_much",
        ),
        (
            "Bar",
            "https://api.example.com/?k=1",
            &["T1"],
            KEY,
            "address_too_much",
        ),
        ("", good, &["T1"], KEY, "name_empty"),
        (long.as_str(), good, &["T1"], KEY, "name_too_long"),
        ("Bar\u{7}", good, &["T1"], KEY, "name_bad_characters"),
        ("Bar", good, &["T 1"], KEY, "name_bad_characters"),
        ("Bar", good, &["=Bar"], KEY, "name_empty"),
        ("Bar", good, &["T1", "T1=Bar"], KEY, "terminal_twice"),
        ("Bar", good, &["T1"], "", "key_invalid"),
        ("Bar", good, &["T1"], "two words", "key_invalid"),
    ] {
        let ran = add(&shop, name, url, terminals, key).ends(1);
        assert_eq!(ran.error_code(), code, "{name:?} {url:?} {terminals:?}");
        assert!(!ran.err.contains(KEY), "{}", ran.err);
    }
    assert_eq!(shop.entries(), 0);
}

#[test]
fn without_a_keychain_the_sentence_names_it_and_nothing_is_kept() {
    let shop = Shop::new();
    let ran = add(&shop, "Bar", "https://api.example.com/api", &["T1"], KEY).ends(1);
    assert_eq!(ran.error_code(), "keychain_missing");
    assert!(ran.err.contains("keychain service"), "{}", ran.err);
    assert!(ran.err.contains("gnome-keyring"), "{}", ran.err);
    assert!(!ran.err.contains(KEY), "{}", ran.err);
    let listed = shop.json(&["account", "list"]).ends(0).lines();
    let all_practice = listed
        .iter()
        .all(|line| line["account"]["practice"] == true);
    assert!(all_practice, "the practice accounts only: {listed:?}");

    let doctor = shop.json(&["doctor"]).ends(1);
    let keychain = doctor
        .lines()
        .into_iter()
        .find(|line| line["subject"] == "keychain");
    let keychain = keychain.expect("a finding");
    assert_eq!(keychain["ok"], false);
    assert_eq!(keychain["code"], "keychain_missing");
    let words = shop.run(&["doctor"]).ends(1).out;
    assert!(
        words.contains("✗ Keychain: This computer has no keychain service"),
        "{words}"
    );
    assert!(words.contains("✓ Journal"), "{words}");
    assert!(words.contains("✓ Practice store"), "{words}");
    assert!(words.contains(&*shop.data().to_string_lossy()), "{words}");
}

#[test]
fn what_dojo_and_lean_rails_want_is_checked_before_a_key_is_kept() {
    let shop = Shop::new();
    let long = "x".repeat(101);
    // Where all is well the keychain is asked, and there is none.
    let well = "keychain_missing";
    for (system, options, code) in [
        ("dojo", &[][..], well),
        ("dojo", &["--currency", "EUR"], well),
        ("dojo", &["--currency", "gbp", "--reseller", "R-77"], well),
        ("dojo", &["--terminal", "tm_1=Bar"], well),
        ("dojo", &["--currency", "MXN"], "currency_invalid"),
        ("dojo", &["--currency", "pounds"], "currency_invalid"),
        ("dojo", &["--reseller", "two words"], "name_bad_characters"),
        ("dojo", &["--reseller", &long], "name_bad_characters"),
        (
            "dojo",
            &["--terminal", "t", "--terminal", "t"],
            "terminal_twice",
        ),
        ("lean-rails", &[], well),
        (
            "lean-rails",
            &["--currency", "JPY", "--generation", "form"],
            well,
        ),
        ("lean-rails", &["--generation", "json"], well),
        ("lean-rails", &["--currency", "XXX"], "currency_invalid"),
    ] {
        let mut arguments = vec!["--json", "account", "add", "--name", "Bar"];
        arguments.extend(["--url", "https://api.example.com", "--system", system]);
        arguments.extend(options);
        let ran = shop.run_with(&arguments, KEY).ends(1);
        assert_eq!(ran.error_code(), code, "{system} {options:?}");
        assert!(!ran.err.contains(KEY), "{}", ran.err);
    }
    assert_eq!(shop.entries(), 0);
}

#[test]
fn a_doctor_changes_nothing() {
    let shop = Shop::new();
    shop.run(&["doctor"]);
    assert!(!shop.data().exists(), "no journal was made");
    shop.run(&["account", "test", "practice"]).ends(0);
    assert!(!shop.data().exists(), "nor by a test");
}
