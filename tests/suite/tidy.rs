//! The house's own rules, read from its manifests and sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use payment::System;
use serde_json::Value;
use till::api::{COMMANDS, Code, LineKey, Telling};

/// The longest source file of a crate, in lines.
const LINES_MAX: usize = 500;

pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder whose name ends so, without what tools made.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let made = ["target", "node_modules", "dist", "gen", ".git"];
                if !made.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// The normal dependencies of every package of the workspace, by name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter();
            let normal = normal.filter(|dependency| dependency["kind"].is_null());
            let names = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

#[test]
fn the_arrows_between_the_crates_are_those_of_the_design() {
    let dependencies = dependencies();
    let never = [
        ("money", &["tokio", "reqwest", "rusqlite", "tauri"][..]),
        ("payment", &["tokio", "reqwest", "rusqlite", "tauri"]),
        (
            "till",
            &["providers", "practice", "tauri", "reqwest", "rusqlite"],
        ),
        (
            "providers",
            &["journal", "till", "practice", "tauri", "rusqlite"],
        ),
        (
            "journal",
            &["till", "providers", "practice", "tauri", "reqwest"],
        ),
        (
            "secrets",
            &["till", "providers", "journal", "payment", "tauri"],
        ),
    ];
    for (package, forbidden) in never {
        for other in forbidden {
            let has = dependencies[package].contains(*other);
            assert!(!has, "{package} depends on {other}");
        }
    }
    let ours: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    let of_ours = |package: &str| -> Vec<&str> {
        let names = dependencies[package].iter().map(String::as_str);
        names.filter(|name| ours.contains(name)).collect()
    };
    assert_eq!(of_ours("money"), Vec::<&str>::new());
    assert_eq!(of_ours("payment"), ["money"]);
    assert_eq!(of_ours("practice"), ["money"]);
    for (package, names) in &dependencies {
        let window = package == "tillside" || !names.contains("tauri");
        assert!(window, "{package} depends on tauri");
        assert!(
            !names.contains("tillside"),
            "{package} depends on the window"
        );
    }
}

#[test]
fn only_the_window_names_tauri() {
    for file in files("src-tauri", &[".rs"]) {
        let path = file.strip_prefix(root()).unwrap();
        // An empty window is what the benchmark compares ours with.
        let is_window = path.starts_with("src-tauri/src")
            || path.starts_with("src-tauri/benches")
            || path.ends_with("build.rs");
        let text = fs::read_to_string(&file).unwrap();
        assert!(is_window || !text.contains("tauri::"), "{}", path.display());
    }
    for file in files("ui/src", &[".ts", ".svelte", ".js"]) {
        let path = file.strip_prefix(root()).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let is_bridge = path.starts_with("ui/src/bridge");
        assert!(
            is_bridge || !text.contains("@tauri-apps/"),
            "{}",
            path.display()
        );
    }
}

/// The texts in double quotes between two marks.
fn quoted_between<'a>(text: &'a str, from: &str, to: &str) -> BTreeSet<&'a str> {
    let rest = text.split_once(from).unwrap().1;
    let list = rest.split_once(to).unwrap().0;
    list.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_window_may_ask_for_the_commands_of_the_table_and_nothing_else() {
    let mut commands: BTreeSet<&str> = COMMANDS.iter().map(|row| row.name).collect();
    commands.insert("close_anyway");
    let permissions = read("src-tauri/permissions/till.toml");
    assert_eq!(
        quoted_between(&permissions, "commands.allow = [", "]"),
        commands
    );
    commands.extend(["plugin:event|listen", "plugin:event|unlisten"]);
    let isolation = read("src-tauri/isolation/isolation.js");
    assert_eq!(quoted_between(&isolation, "new Set([", "]"), commands);
}

#[test]
fn every_key_has_its_words_in_every_language() {
    for language in ["en", "es"] {
        let texts: Value =
            serde_json::from_str(&read(&format!("ui/src/text/{language}.json"))).unwrap();
        let has = |group: &str, key: &str| match &texts[group][key] {
            Value::String(text) => !text.trim().is_empty(),
            Value::Object(parts) => {
                !parts.is_empty()
                    && parts
                        .values()
                        .all(|part| part.as_str().is_some_and(|text| !text.trim().is_empty()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
        };
        let missing: Vec<String> = Code::ALL
            .iter()
            .map(|code| ("code", code.name()))
            .chain(Telling::ALL.iter().map(|key| ("telling", key.name())))
            .chain(LineKey::ALL.iter().map(|key| ("line", key.name())))
            .chain(System::ALL.map(|system| ("system", system.description().word)))
            .filter(|(group, key)| !has(group, key))
            .map(|(group, key)| format!("{group}.{key}"))
            .collect();
        assert!(missing.is_empty(), "{language}.json lacks {missing:?}");
    }
}

/// What the sources of every crate, the tests' own too, must not hold. Written in parts, as this
/// file is one of them.
#[test]
fn nothing_is_left_to_do_and_no_file_knows_this_machine() {
    let forbidden = [
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["/wo", "rk/"].concat(),
        ["/ho", "me/"].concat(),
        ["/ro", "ot/"].concat(),
        ["C:\\Us", "ers"].concat(),
    ];
    let mut all = files("src-tauri", &[".rs", ".toml", ".md", ".json", ".js"]);
    all.extend(files("tests", &[".rs", ".toml", ".md"]));
    all.extend(files("ui/src", &[".ts", ".svelte", ".json", ".css"]));
    for file in all {
        let text = fs::read_to_string(&file).unwrap();
        for word in &forbidden {
            let path = file.strip_prefix(root()).unwrap();
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// The lines of a manifest's lints, from one heading to the end of the last.
fn lints<'a>(manifest: &'a str, rust: &str, clippy: &str) -> Vec<&'a str> {
    let after = |heading: &str| manifest.split_once(heading).unwrap().1;
    let part = |text: &'a str| text.lines().skip(1).take_while(|line| line.contains('='));
    part(after(rust)).chain(part(after(clippy))).collect()
}

/// One file calls SQLite's file system through C: its package says `deny` where the others `forbid`.
#[test]
fn unsafe_is_in_one_file_and_every_other_lint_is_the_workspaces() {
    let (workspace, tests) = (read("Cargo.toml"), read("tests/Cargo.toml"));
    let workspace = lints(
        &workspace,
        "[workspace.lints.rust]",
        "[workspace.lints.clippy]",
    );
    let word = ["unsafe", "_code"].concat();
    let (forbids, denies) = (format!("{word} = \"forbid\""), format!("{word} = \"deny\""));
    assert!(workspace.contains(&forbids.as_str()));
    let but_one: Vec<&str> = workspace
        .into_iter()
        .map(|line| if line == forbids { &denies } else { line })
        .collect();
    assert_eq!(lints(&tests, "[lints.rust]", "[lints.clippy]"), but_one);
    let mut all = files("src-tauri", &[".rs"]);
    all.extend(files("tests", &[".rs"]));
    let may: Vec<String> = all
        .iter()
        .filter(|file| fs::read_to_string(file).unwrap().contains(&word))
        .map(|file| file.strip_prefix(root()).unwrap().display().to_string())
        .collect();
    assert_eq!(may, ["tests/power/vfs.rs"]);
    for manifest in files("src-tauri", &["Cargo.toml"]) {
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{}",
            manifest.display()
        );
    }
}

/// What the threat model calls proved is proved by a test that is there.
#[test]
fn every_test_that_the_threats_name_is_there() {
    let threats = read("src-tauri/THREATS.md");
    let rows = threats.lines().filter(|line| line.starts_with("| "));
    let proofs = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names = proofs.flat_map(|proof| proof.split('`').skip(1).step_by(2));
    let names: BTreeSet<&str> = names.collect();
    assert!(names.len() > 20, "{names:?}");
    let mut sources = files("src-tauri", &[".rs"]);
    sources.extend(files("tests", &[".rs"]));
    let sources = sources.iter().map(|file| fs::read_to_string(file).unwrap());
    let sources: Vec<String> = sources.collect();
    let is_there = |name: &&&str| {
        let test = format!("fn {name}() {{");
        sources.iter().any(|source| source.contains(&test))
    };
    let gone: Vec<&&str> = names.iter().filter(|name| !is_there(name)).collect();
    assert!(gone.is_empty(), "no test is called {gone:?}");
}

#[test]
fn no_source_file_is_longer_than_it_may_be() {
    let mut long = Vec::new();
    let mut all = files("src-tauri/crates", &[".rs"]);
    all.retain(|file| file.components().any(|part| part.as_os_str() == "src"));
    all.extend(files("tests", &[".rs"]));
    for file in all {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > LINES_MAX {
            let path = file.strip_prefix(root()).unwrap();
            long.push(format!("{}: {lines}", path.display()));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}
