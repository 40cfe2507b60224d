//! Window, command line and engine ask what a system can do, and never which it is: a system's name
//! stands in its description, its adapter and its practice, and nowhere else.

use std::fs;

use payment::System;

use crate::tidy::{files, root};

/// Where a system may be named: what it is, how it is spoken to, and what it is practised against.
const HOMES: [&str; 3] = [
    "src-tauri/crates/payment/src/system.rs",
    "src-tauri/crates/providers/src/",
    "src-tauri/crates/practice/src/",
];

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a text has these words, and not only as a part of a longer name.
fn names(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        let is_inside = |one: Option<char>| one.is_some_and(is_of_a_name);
        let begins_inside = words.starts_with(is_of_a_name) && is_inside(before);
        !begins_inside && !is_inside(after)
    })
}

/// A source without its tests, which may name whom they like.
fn without_tests(source: &str) -> &str {
    let tests = source.find("#[cfg(test)]\nmod tests {");
    tests.map_or(source, |at| &source[..at])
}

/// The places of Rust that name a system, by its variant or its word.
fn named_in(source: &str) -> Vec<String> {
    let said = System::ALL.iter().flat_map(|system| {
        let word = system.description().word;
        [format!("::{system:?}"), format!("\"{word}\"")]
    });
    let source = without_tests(source);
    said.filter(|words| names(source, words)).collect()
}

#[test]
fn what_names_a_system_is_found() {
    let table: [(&str, &[&str]); 7] = [
        ("match system { System::Dojo => 1 }", &["::Dojo"]),
        (
            "Self::LeanRails|Self::One2Pays",
            &["::One2Pays", "::LeanRails"],
        ),
        ("of_word(\"compago_link\")", &["\"compago_link\""]),
        ("practice::DojoTerminal, dojo_terminals", &[]),
        ("System::CompagoLink", &["::CompagoLink"]),
        ("/// Dojo wants \"dojo_url\"", &[]),
        ("fn a() {}\n#[cfg(test)]\nmod tests { System::Dojo }", &[]),
    ];
    for (source, found) in table {
        assert_eq!(named_in(source), found, "{source}");
    }
}

#[test]
fn no_system_is_named_outside_its_adapter() {
    let mut named = Vec::new();
    let mut homes = 0;
    for file in files("src-tauri", &[".rs"]) {
        let path = file.strip_prefix(root()).unwrap();
        let place = path.to_str().unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let is_test = place.contains("/tests/") || stem.ends_with("tests");
        let found = named_in(&fs::read_to_string(&file).unwrap());
        if HOMES.iter().any(|home| place.starts_with(home)) {
            homes += found.len();
        } else if !is_test {
            named.extend(found.iter().map(|name| format!("{place} names {name}")));
        }
    }
    // The registry and the description name each; fewer would mean that nothing was read.
    assert!(homes >= 2 * System::ALL.len(), "{homes}");
    for file in files("ui/src", &[".ts", ".svelte"]) {
        let path = file.strip_prefix(root()).unwrap();
        let is_generated = path.starts_with("ui/src/bridge/generated");
        let source = fs::read_to_string(&file).unwrap();
        let words = System::ALL.map(|system| system.description().word);
        let found = words.into_iter().filter(|word| names(&source, word));
        if !is_generated && !path.starts_with("ui/src/text") {
            named.extend(found.map(|word| format!("{} names {word}", path.display())));
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}
