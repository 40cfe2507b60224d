//! What is printed, in which language, and what becomes of it where nobody reads.

use std::process::Stdio;

use crate::harness::{Shop, sale};

#[test]
fn the_sentences_are_in_the_language_that_was_asked_for() {
    let mut shop = Shop::new();
    let arguments = |lang: &'static str| {
        let mut arguments = vec![
            "charge",
            "0",
            "--practice",
            "--terminal",
            "T",
            "--order",
            "R",
        ];
        if !lang.is_empty() {
            arguments.extend(["--lang", lang]);
        }
        arguments
    };
    let english = shop.run(&arguments("")).ends(1).err;
    assert_eq!(english.trim(), "till: Type an amount first.");
    shop.set("LANG", "es_MX.UTF-8");
    let spanish = shop.run(&arguments("")).ends(1).err;
    assert_ne!(spanish, english);
    assert_eq!(shop.run(&arguments("es")).ends(1).err, spanish);
    assert_eq!(shop.run(&arguments("en")).ends(1).err, english);
    let paid = shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0).out;
    assert!(paid.contains("Pagado"), "{paid}");
    assert!(paid.contains("sin dinero real"), "{paid}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    for arguments in [
        &["orders"][..],
        &["terminals"],
        &["audit", "export"],
        &["audit", "verify"],
        &["status", "R-1"],
    ] {
        let mut child = shop
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(err, "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_list_that_could_not_be_written_is_an_error() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    for arguments in [&["orders"][..], &["audit", "export"]] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let status = shop
            .command(arguments)
            .stdout(full)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn the_data_folder_is_the_arguments_then_the_environments() {
    let shop = Shop::new();
    shop.run(&sale("R-1", "PRACTICE-TAP")).ends(0);
    shop.run(&["status", "R-1"]).ends(0);
    let other = tempfile::tempdir().unwrap();
    let named = other.path().to_string_lossy();
    let elsewhere = shop.json(&["status", "R-1", "--data", &named]).ends(1);
    assert_eq!(elsewhere.error_code(), "order_unknown");
    let none = shop.json(&["audit", "verify", "--data", &named]).ends(1);
    assert_eq!(none.error_code(), "", "no journal there");
    assert!(none.err.contains(&*named), "{}", none.err);
}
