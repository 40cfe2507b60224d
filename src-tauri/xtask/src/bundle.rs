//! `cargo xtask bundle`: the installers of this system, made by the Tauri CLI.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use crate::fault::Fault;
use crate::installer;
use crate::need::Need;
use crate::process;
use crate::step;
use crate::system::{self, System};
use crate::tally::Tally;
use crate::ui;

/// The endings of what the Tauri CLI makes.
const ENDINGS: [&str; 6] = ["deb", "rpm", "AppImage", "dmg", "msi", "exe"];

/// Makes the installers and, when asked, tries the .deb on this machine.
///
/// # Errors
/// When something is missing, does not build or cannot be packed.
pub(crate) fn run(check: bool) -> Result<ExitCode, Fault> {
    system::ensure(&[Need::Webview])?;
    if !check {
        make()?;
        return Ok(ExitCode::SUCCESS);
    }
    let tally = self::check()?;
    step::say(&tally.to_string());
    Ok(if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes the installers and takes the .deb from installing to removing.
pub(crate) fn check() -> Result<Tally, Fault> {
    installer::ensure_possible()?;
    let made = make()?;
    let package = made
        .iter()
        .find(|file| file.extension().is_some_and(|ending| ending == "deb"))
        .ok_or_else(|| Fault::Wrong("no .deb was made".to_owned()))?;
    installer::try_out(package)
}

/// What this system can make for sure, and what it can make when the tools are to be had.
fn kinds(system: System) -> (&'static str, Option<&'static str>) {
    match system {
        System::MacOs => ("dmg", None),
        System::Windows => ("msi,nsis", None),
        System::Apt | System::Dnf | System::Pacman | System::Zypper | System::OtherLinux => {
            ("deb,rpm", Some("appimage"))
        }
    }
}

fn make() -> Result<Vec<PathBuf>, Fault> {
    let (surely, perhaps) = kinds(System::here());
    let release = release_folder()?;
    ui::ensure_packages()?;
    // The file systems of some machines keep whole seconds only.
    let started = SystemTime::now() - std::time::Duration::from_secs(1);
    // The packages carry the command line too, and the Tauri CLI builds only the window.
    step::timed(
        "bundle",
        "building `till` for release (minutes the first time)",
        || {
            let mut build = process::cargo(["build", "--release", "--locked"]);
            process::run(build.args(["--package", "cli", "--bin", "till"]))
        },
    )?;
    let place = where_the_command_line_is(&release.join("till"));
    let mut options = vec!["--config", &place];
    if !System::here().is_linux() {
        // Only the packages of Linux carry it, and cmd.exe would trip over the quotes.
        options.clear();
    }
    let what = format!("building the window for release and packing {surely}");
    step::timed("bundle", &what, || {
        let mut build = process::npm(["run", "tauri", "--", "build", "--bundles", surely]);
        process::run(build.args(&options))
    })?;
    if let Some(perhaps) = perhaps {
        let what = format!("packing {perhaps} (its tools are fetched from github.com)");
        let packed = step::timed("bundle", &what, || {
            let mut pack = process::npm(["run", "tauri", "--", "bundle", "--bundles", perhaps]);
            process::run(pack.args(&options))
        });
        if packed.is_err() {
            step::say(&format!(
                "bundle: no {perhaps}: its tools could not be had; going on"
            ));
        }
    }
    let made = newer_than(&release.join("bundle"), started)?;
    for file in &made {
        let size_bytes = file.metadata().map(|data| data.len()).unwrap_or_default();
        step::say(&format!(
            "bundle: {} {}",
            in_mib(size_bytes),
            file.display()
        ));
    }
    Ok(made)
}

/// The folder of release builds. This program lies in its neighbour, wherever cargo was told to
/// build: `target/debug/xtask`.
fn release_folder() -> Result<PathBuf, Fault> {
    let program = std::env::current_exe().map_err(|source| Fault::File {
        verb: "find",
        path: PathBuf::from("xtask"),
        source,
    })?;
    let target = program
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new("target"));
    Ok(target.join("release"))
}

/// Tells the Tauri CLI where `till` lies: tauri.conf.json can only name `target`, and cargo may have
/// been told to build elsewhere. JSON Merge Patch, as v2.tauri.app/reference/cli says of --config.
fn where_the_command_line_is(program: &Path) -> String {
    let program = program
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let files = format!(r#"{{"files":{{"/usr/bin/till":"{program}"}}}}"#);
    format!(r#"{{"bundle":{{"linux":{{"deb":{files},"rpm":{files}}}}}}}"#)
}

fn newer_than(bundle: &Path, time: SystemTime) -> Result<Vec<PathBuf>, Fault> {
    let read = |folder: &Path| {
        let entries = std::fs::read_dir(folder).map_err(|source| Fault::File {
            verb: "read",
            path: folder.to_owned(),
            source,
        })?;
        Ok::<Vec<PathBuf>, Fault>(entries.flatten().map(|entry| entry.path()).collect())
    };
    let mut made = Vec::new();
    for folder in read(bundle)?.into_iter().filter(|path| path.is_dir()) {
        made.extend(read(&folder)?.into_iter().filter(|path| {
            let is_installer = path
                .extension()
                .and_then(|ending| ending.to_str())
                .is_some_and(|ending| ENDINGS.contains(&ending));
            let changed = path.metadata().and_then(|data| data.modified());
            path.is_file() && is_installer && changed.is_ok_and(|changed| changed >= time)
        }));
    }
    made.sort();
    Ok(made)
}

/// A size for people, in MiB with two decimals cut off.
fn in_mib(size_bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    format!(
        "{}.{:02} MiB",
        size_bytes / MIB,
        size_bytes % MIB * 100 / MIB
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (size_bytes, text) in [
            (0, "0.00 MiB"),
            (1024 * 1024, "1.00 MiB"),
            (6_585_057, "6.27 MiB"),
            (10 * 1024 * 1024 - 1, "9.99 MiB"),
        ] {
            assert_eq!(in_mib(size_bytes), text);
        }
    }

    #[test]
    fn paths_of_windows_stay_json() {
        assert_eq!(
            where_the_command_line_is(Path::new("C:\\a \"b\"\\till")),
            r#"{"bundle":{"linux":{"deb":{"files":{"/usr/bin/till":"C:\\a \"b\"\\till"}},"rpm":{"files":{"/usr/bin/till":"C:\\a \"b\"\\till"}}}}}"#
        );
    }

    #[test]
    fn only_new_installers_are_shown() {
        let bundle =
            std::env::temp_dir().join(format!("tillside-xtask-made-{}", std::process::id()));
        let early = SystemTime::now() - Duration::from_secs(60);
        for (name, is_new) in [
            ("deb/tillside_0.1.0_amd64.deb", true),
            ("deb/tillside_0.0.9_amd64.deb", false),
            ("deb/tillside_0.1.0_amd64/control.tar.gz", true),
            ("rpm/tillside-0.1.0-1.x86_64.rpm", true),
            ("rpm/notes.txt", true),
        ] {
            let path = bundle.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs::File::create(&path).unwrap();
            if !is_new {
                file.set_modified(early - Duration::from_secs(60)).unwrap();
            }
        }
        let made = newer_than(&bundle, early).unwrap();
        let names: Vec<_> = made.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(
            names,
            ["tillside_0.1.0_amd64.deb", "tillside-0.1.0-1.x86_64.rpm"]
        );
        fs::remove_dir_all(&bundle).unwrap();
        assert!(newer_than(&bundle, early).is_err());
    }
}
