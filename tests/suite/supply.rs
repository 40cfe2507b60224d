//! What comes in from outside, read from the lock files: from where, unchanged, under which licence, and
//! each thing that guards money once. `.deny.toml` is the list of what may come in; `cargo xtask test
//! deny` holds the same against it with a tool of its own, and against the known holes.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::tidy::root;

/// The one place that crates come from, as cargo writes it.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Of these a second copy would be a second way to speak TLS, to hash, to keep a key or a journal.
const ONCE: [&str; 9] = [
    "argon2",
    "hmac",
    "keyring-core",
    "libsqlite3-sys",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "zeroize",
];

/// What a hash in a lock file must be at least.
const STRONG: [&str; 2] = ["sha512-", "sha384-"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A package of `Cargo.lock`: its fields as they stand.
type Locked<'a> = BTreeMap<&'a str, &'a str>;

fn locked(lock: &str) -> Vec<Locked<'_>> {
    let packages = lock.split("[[package]]").skip(1);
    packages
        .map(|package| {
            let fields = package.lines().filter_map(|line| line.split_once(" = "));
            fields
                .map(|(name, value)| (name, value.trim_matches('"')))
                .collect()
        })
        .collect()
}

/// What is wrong with where crates come from.
fn strays(packages: &[Locked<'_>], ours: &[String]) -> Vec<String> {
    let is_stray = |package: &&Locked<'_>| {
        let name = package["name"];
        match package.get("source") {
            Some(source) => {
                let sum = package.get("checksum").unwrap_or(&"");
                let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
                *source != CRATES || !is_sum
            }
            None => !ours.iter().any(|own| own == name),
        }
    };
    let strays = packages.iter().filter(is_stray);
    strays.map(|package| format!("{package:?}")).collect()
}

fn metadata(arguments: &[&str]) -> Result<Value, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo is there");
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).expect("its JSON"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn packages(metadata: &Value) -> &Vec<Value> {
    metadata["packages"].as_array().expect("a list")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[test]
fn every_crate_comes_from_the_one_registry_with_its_sum() {
    let own = metadata(&["--no-deps"]).expect("our own packages");
    let names = packages(&own)
        .iter()
        .map(|one| text(one, "name").to_owned());
    let ours: Vec<String> = names.collect();
    let lock = read("Cargo.lock");
    let packages = locked(&lock);
    assert!(packages.len() > 300, "{} packages", packages.len());
    assert_eq!(strays(&packages, &ours), [""; 0]);
    // What would be found: another registry, a repository, a sum that is gone, a path of somebody's.
    let sum = "a".repeat(64);
    for wrong in [
        format!(
            "[[package]]\nname = \"x\"\nsource = \"registry+https://example.com/\"\nchecksum = \"{sum}\"\n"
        ),
        "[[package]]\nname = \"x\"\nsource = \"git+https://example.com/x#1\"\n".to_owned(),
        format!("[[package]]\nname = \"x\"\nsource = \"{CRATES}\"\n"),
        "[[package]]\nname = \"x\"\nversion = \"1.0.0\"\n".to_owned(),
    ] {
        assert_eq!(strays(&locked(&wrong), &ours).len(), 1, "{wrong}");
    }
}

#[test]
fn what_guards_money_is_there_once_and_what_is_banned_is_not_there() {
    let lock = read("Cargo.lock");
    let packages = locked(&lock);
    let count = |name: &str| packages.iter().filter(|one| one["name"] == name).count();
    for name in ONCE {
        assert_eq!(count(name), 1, "copies of {name}");
    }
    let deny = read(".deny.toml");
    let banned = deny.lines().filter_map(|line| {
        let (_, rest) = line.split_once("{ crate = \"")?;
        rest.split('"').next()
    });
    let banned: Vec<&str> = banned.collect();
    assert_eq!(banned.len(), 3, "{banned:?}");
    for name in banned {
        assert_eq!(count(name), 0, "{name} is banned");
    }
}

/// The licences that `.deny.toml` allows.
fn allowed() -> Vec<String> {
    let deny = read(".deny.toml");
    let (_, list) = deny.split_once("\nallow = [").expect("a list of licences");
    let (list, _) = list.split_once(']').expect("its end");
    let allowed = list.split('"').skip(1).step_by(2);
    allowed.map(str::to_owned).collect()
}

/// Whether one of the choices that a licence text leaves is allowed.
fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|needed| allowed.contains(&needed.to_string()))
}

#[test]
fn a_licence_is_judged_by_all_of_its_words() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"];
    let allowed = allowed.map(str::to_owned);
    for (licence, expected) in [
        ("MIT", true),
        ("MIT OR GPL-3.0-only", true),
        ("MIT/Apache-2.0", true),
        ("(MIT OR GPL-3.0-only) AND ISC", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ("AGPL-3.0-or-later OR SSPL-1.0", false),
        ("Proprietary", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence, &allowed), expected, "{licence:?}");
    }
}

#[test]
fn every_crate_may_be_shipped() {
    let host = Command::new(env!("CARGO")).arg("-vV").output();
    let host = String::from_utf8(host.expect("cargo is there").stdout).expect("words");
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let all = match metadata(&["--filter-platform", host.expect("its host")]) {
        Ok(all) => all,
        // A folder that never built the window has not fetched all that it is made of.
        Err(why) if why.contains("offline") => {
            println!("skipped: not every crate is on this computer (cargo fetch)");
            return;
        }
        Err(why) => panic!("{why}"),
    };
    let allowed = allowed();
    let foreign = packages(&all).iter().filter(|one| !one["source"].is_null());
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for package in foreign {
        looked_at += 1;
        if !is_allowed(text(package, "license"), &allowed) {
            wrong.push((text(package, "name"), text(package, "license")));
        }
    }
    assert!(looked_at > 200, "{looked_at} crates");
    assert_eq!(wrong, [("", ""); 0]);
}

#[test]
fn every_npm_package_is_the_one_that_was_locked_and_may_be_used() {
    // Tools of the page's build: none of these is in the window, which has its licences in `.deny.toml`.
    let tools = ["0BSD"];
    let allowed: Vec<String> = allowed()
        .into_iter()
        .chain(tools.map(str::to_owned))
        .collect();
    let lock: Value = serde_json::from_str(&read("ui/package-lock.json")).expect("JSON");
    let packages = lock["packages"].as_object().expect("a list");
    assert!(packages.len() > 50, "{} packages", packages.len());
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let sum = text(package, "integrity");
        assert!(
            STRONG.iter().any(|kind| sum.starts_with(kind)),
            "{path} has no sum"
        );
        // npm's own registry is where a package comes from that names no other place.
        assert!(
            package["resolved"].is_null(),
            "{path} names a place of its own"
        );
        assert!(package["link"].is_null(), "{path} is a folder");
        let licence = text(package, "license");
        assert!(is_allowed(licence, &allowed), "{path}: {licence}");
    }
    let shipped = lock["packages"][""]["dependencies"].as_object();
    let shipped: Vec<&String> = shipped.expect("a list").keys().collect();
    assert_eq!(shipped, ["@tauri-apps/api"], "what is in the page");
}
