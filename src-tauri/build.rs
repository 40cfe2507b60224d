//! Builds the page into the window. The working directory is the repository's root, because the
//! root package is the Tauri package; only the folders Tauri looks up by convention need telling.

#![expect(
    clippy::panic,
    reason = "a build script stops a build with a sentence by panicking"
)]

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// What the built page is made from.
const UI_SOURCES: [&str; 6] = [
    "ui/src",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/vite.config.ts",
    "ui/svelte.config.js",
];

fn main() {
    for watched in [
        "src-tauri/build.rs",
        "src-tauri/capabilities",
        "src-tauri/permissions",
    ] {
        println!("cargo:rerun-if-changed={watched}");
    }
    // `tauri dev` strips this feature and serves the page itself.
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() {
        ensure_page();
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(
            tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/**/*"),
        );
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the window could not be configured: {error:#}");
    }
}

/// Builds ui/dist where it is missing or older than its sources, so that a plain `cargo build` of
/// a fresh clone gives a window with its page inside.
fn ensure_page() {
    for source in UI_SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    println!("cargo:rerun-if-changed=ui/dist/index.html");
    let built = modified(Path::new("ui/dist/index.html"));
    let newest = UI_SOURCES
        .iter()
        .filter_map(|source| newest(Path::new(source)))
        .max();
    if built.is_some() && built >= newest {
        return;
    }
    if !Path::new("ui/node_modules/.package-lock.json").exists() {
        npm(&["ci", "--no-audit", "--no-fund"]);
    }
    npm(&["run", "build"]);
}

fn npm(arguments: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let line = arguments.join(" ");
    let output = match Command::new(program)
        .args(arguments)
        .current_dir("ui")
        .output()
    {
        Ok(output) => output,
        Err(error) => {
            panic!("`{program} {line}` did not start: {error}. Node.js 20.19 or newer is needed.")
        }
    };
    assert!(
        output.status.success(),
        "`npm {line}` failed in ui/:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// The newest change in a file or folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let mut found = modified(path);
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            found = found.max(modified(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}
