//! The keychain against a real Secret Service, each case in a desktop session of its own: a D-Bus
//! and a gnome-keyring that nobody else uses, in a folder that is thrown away.
//!
//! A test starts the session and runs one of the `inside` tests in it. Where the two programs are
//! not installed, the cases that need them say so and are left out.
#![cfg(all(target_os = "linux", feature = "keychain"))]

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use secrets::{Keychain, Secret, Vault, VaultError};
use tempfile::TempDir;

/// The key of these tests.
const KEY: &str = "canary-key-51e0bb77";

fn key() -> Secret {
    Secret::new(KEY).expect("a key")
}

/// A folder for the session's sockets and keyrings, for its owner only as D-Bus demands.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(folder.path(), private).expect("permissions");
    folder
}

/// This test program again, with one test of the other half.
fn inside(test: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    format!(
        "'{}' --exact {test} --ignored --nocapture",
        program.display()
    )
}

#[expect(
    clippy::print_stdout,
    reason = "whoever reads the test's output must see what was not tested"
)]
/// Runs shell commands in a session of their own; `None` where the programs are not installed.
fn session(folder: &Path, commands: &str) -> Option<Output> {
    let installed = |program: &str| {
        let found = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        !matches!(found, Err(error) if error.kind() == io::ErrorKind::NotFound)
    };
    if !installed("dbus-run-session") || !installed("gnome-keyring-daemon") {
        println!("left out: dbus-run-session and gnome-keyring are not installed");
        return None;
    }
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", commands])
        .env("XDG_DATA_HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("HOME", folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output();
    Some(output.expect("the session ran"))
}

/// One test passed in there, and printed no key.
fn assert_passed(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{failed}");
    assert!(said.contains("1 passed"), "the test did not run: {said}");
    assert!(
        !said.contains(KEY) && !failed.contains(KEY),
        "the key was printed"
    );
}

const UNLOCK: &str = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";

#[test]
fn an_unlocked_keychain_keeps_a_key_from_one_start_to_the_next() {
    let folder = folder();
    let keep = inside("inside_keeps_and_forgets");
    let find = inside("inside_finds_what_was_kept");
    if let Some(output) = session(folder.path(), &format!("{UNLOCK}; {keep} && exec {find}")) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said.matches("1 passed").count(), 2, "{said}");
        assert_passed(&output);
    }
    for entry in walk(folder.path()) {
        let bytes = std::fs::read(&entry).unwrap_or_default();
        let plain = bytes
            .windows(KEY.len())
            .any(|window| window == KEY.as_bytes());
        assert!(!plain, "the key is readable in {}", entry.display());
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path()),
            Ok(kind) if kind.is_file() => vec![entry.path()],
            Ok(_) | Err(_) => Vec::new(),
        })
        .collect()
}

#[test]
#[ignore = "run by an_unlocked_keychain_keeps_a_key_from_one_start_to_the_next"]
fn inside_keeps_and_forgets() {
    let keychain = Keychain::new();
    assert_eq!(keychain.status().as_deref(), Ok("Secret Service, unlocked"));
    let loaded = |name: &str| {
        keychain
            .load(name)
            .map(|key| key.map(|key| key.expose().to_owned()))
    };
    assert_eq!(loaded("shop"), Ok(None));
    keychain
        .store("shop", &Secret::new("first-key").unwrap())
        .unwrap();
    keychain
        .store("other", &Secret::new("other-key").unwrap())
        .unwrap();
    keychain.store("shop", &key()).unwrap();
    assert_eq!(
        loaded("shop").unwrap().as_deref(),
        Some(KEY),
        "the second replaces the first"
    );
    keychain.remove("other").unwrap();
    keychain.remove("other").unwrap();
    assert_eq!(loaded("other"), Ok(None));
}

#[test]
#[ignore = "run by an_unlocked_keychain_keeps_a_key_from_one_start_to_the_next"]
fn inside_finds_what_was_kept() {
    let kept = Keychain::new().load("shop").unwrap().expect("kept");
    assert_eq!(
        (kept.expose() == KEY, kept.last_four()),
        (true, Some("bb77"))
    );
}

/// The keyring has a password that nobody types: there is no display for its dialog.
#[test]
fn a_locked_keychain_says_so() {
    let folder = folder();
    let password =
        "printf 'a password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
    let keep = inside("inside_keeps_and_forgets");
    if let Some(output) = session(folder.path(), &format!("{password}; exec {keep}")) {
        assert_passed(&output);
        let start =
            "gnome-keyring-daemon --start --foreground --components=secrets >/dev/null 2>&1 &";
        let locked = inside("inside_is_locked");
        let again = session(folder.path(), &format!("{start} sleep 1; exec {locked}"));
        assert_passed(&again.expect("installed, as before"));
    }
}

#[test]
#[ignore = "run by a_locked_keychain_says_so"]
fn inside_is_locked() {
    let keychain = Keychain::new();
    let status = keychain.status().unwrap();
    assert_eq!(
        status,
        "Secret Service, locked: it will ask for its password"
    );
    assert_eq!(keychain.load("shop").unwrap_err(), VaultError::Locked);
    assert_eq!(keychain.store("shop", &key()), Err(VaultError::Locked));
    assert_eq!(keychain.remove("shop"), Err(VaultError::Locked));
}

/// The service runs, but nobody ever made a keyring: reading finds nothing, keeping is refused.
#[test]
fn a_service_without_a_keyring_says_so() {
    let folder = folder();
    let start = "gnome-keyring-daemon --start --foreground --components=secrets >/dev/null 2>&1 &";
    let bare = inside("inside_has_no_keyring");
    if let Some(output) = session(folder.path(), &format!("{start} sleep 1; exec {bare}")) {
        assert_passed(&output);
    }
}

#[test]
#[ignore = "run by a_service_without_a_keyring_says_so"]
fn inside_has_no_keyring() {
    let keychain = Keychain::new();
    assert!(keychain.load("shop").unwrap().is_none());
    for refused in [
        keychain.store("shop", &key()),
        keychain.status().map(|_| ()),
    ] {
        let Err(VaultError::Refused { detail }) = refused else {
            panic!("{refused:?}");
        };
        assert!(detail.contains("no default keyring"), "{detail}");
    }
}

/// A service that starts after the till is found without starting the till again.
#[test]
fn a_service_that_starts_late_is_found() {
    let folder = folder();
    let late = inside("inside_waits_for_the_service");
    if let Some(output) = session(folder.path(), &format!("exec {late}")) {
        assert_passed(&output);
    }
}

#[test]
#[ignore = "run by a_service_that_starts_late_is_found"]
fn inside_waits_for_the_service() {
    let keychain = Keychain::new();
    // Where the bus can start the service by itself, it already has: then it has no keyring yet.
    let before = keychain.store("shop", &key()).unwrap_err();
    let expected = matches!(
        before,
        VaultError::NoService { .. } | VaultError::Refused { .. }
    );
    assert!(expected, "{before:?}");
    // A daemon that the bus started gives way to one that unlocks.
    let unlock = UNLOCK.replace("--unlock", "--replace --unlock");
    let started = Command::new("sh").args(["-c", &unlock]).status().unwrap();
    assert!(started.success());
    let deadline = Instant::now() + Duration::from_secs(10);
    while keychain.store("shop", &key()).is_err() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(keychain.load("shop").unwrap().is_some());
}

#[test]
fn without_a_session_the_missing_service_is_named() {
    let folder = folder();
    let dead = folder.path().join("bus");
    let output = Command::new("sh")
        .args(["-c", &format!("exec {}", inside("inside_has_no_service"))])
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", dead.display()),
        )
        .output()
        .unwrap();
    assert_passed(&output);
}

#[test]
#[ignore = "run by without_a_session_the_missing_service_is_named"]
fn inside_has_no_service() {
    let keychain = Keychain::new();
    let failures = [
        keychain.store("shop", &key()).unwrap_err(),
        keychain.load("shop").map(|_| ()).unwrap_err(),
        keychain.remove("shop").unwrap_err(),
        keychain.status().map(|_| ()).unwrap_err(),
    ];
    for failure in failures {
        assert!(
            matches!(failure, VaultError::NoService { .. }),
            "{failure:?}"
        );
        let sentence = failure.to_string();
        assert!(sentence.contains("Secret Service"), "{sentence}");
        assert!(sentence.contains("gnome-keyring"), "{sentence}");
    }
}

/// A bus that takes the connection and never says a word, as one does behind a dialog.
#[test]
fn a_silent_keychain_is_given_up() {
    let folder = folder();
    let silent = folder.path().join("bus");
    let listener = UnixListener::bind(&silent).unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("exec {}", inside("inside_hears_nothing"))])
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", silent.display()),
        )
        .output()
        .unwrap();
    drop(listener);
    assert_passed(&output);
}

#[test]
#[ignore = "run by a_silent_keychain_is_given_up"]
fn inside_hears_nothing() {
    let keychain = Keychain::new().with_limit(Duration::from_millis(300));
    let started = Instant::now();
    assert_eq!(keychain.store("shop", &key()), Err(VaultError::TimedOut));
    assert_eq!(keychain.load("shop").unwrap_err(), VaultError::TimedOut);
    assert_eq!(keychain.status(), Err(VaultError::TimedOut));
    assert!(started.elapsed() < Duration::from_secs(5));
}
