//! The UI: its npm packages and its built files, made again only when they are older than what
//! they are made from.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::fault::Fault;
use crate::process;
use crate::step;
use crate::system::System;

const WANTED: &str = "ui/package-lock.json";
/// npm writes it last, so a broken-off installation has none.
const INSTALLED: &str = "ui/node_modules/.package-lock.json";
const BUILT: &str = "ui/dist/index.html";
/// What the built files are made from. Pictures for the README and the like are not among it.
const BUILT_FROM: [&str; 8] = [
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/svelte.config.js",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
];

/// Looks for a Node.js that the UI's build tools run on.
///
/// # Errors
/// [`Fault::Missing`] with the line to type.
pub(crate) fn ensure_node() -> Result<(), Fault> {
    let found = process::ask(Command::new("node").arg("--version")).unwrap_or_default();
    if is_new_enough(&found) && process::agrees(&mut process::npm(["--version"])) {
        return Ok(());
    }
    let found = if found.is_empty() { "none" } else { &found };
    Err(Fault::Missing {
        what: format!("Node.js 20.19 or newer with npm (found: {found})"),
        line: System::here().line_for_node().to_owned(),
    })
}

/// What Vite 8 runs on: 20.19 and later of 20, or 22.12 and later (vite.dev/guide).
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
        return false;
    };
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

/// Installs the npm packages unless they are newer than the lock file.
pub(crate) fn ensure_packages() -> Result<(), Fault> {
    let wanted = modified(Path::new(WANTED));
    if is_fresh(modified(Path::new(INSTALLED)), wanted) {
        return Ok(());
    }
    ensure_node()?;
    let mut install = process::npm(["ci", "--no-audit", "--no-fund"]);
    step::timed("npm", "installing the packages of the UI", || {
        process::run(&mut install)
    })
}

/// Builds the UI unless the built files are newer than all that they are made from.
pub(crate) fn ensure_built() -> Result<(), Fault> {
    ensure_packages()?;
    let changed = BUILT_FROM
        .iter()
        .filter_map(|source| newest(Path::new(source)))
        .max();
    if is_fresh(modified(Path::new(BUILT)), changed) {
        return Ok(());
    }
    ensure_node()?;
    step::timed("ui", "building the UI", || {
        process::run(&mut process::npm(["run", "build"]))
    })
}

/// What is made is fresh when it is not older than what it is made from. What is made from nothing
/// is never fresh: the next command then says in its own words what is missing.
fn is_fresh(made: Option<SystemTime>, from: Option<SystemTime>) -> bool {
    matches!((made, from), (Some(made), Some(from)) if made >= from)
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

/// The last change of a file, or of anything in a folder. A folder changes with what is removed.
fn newest(path: &Path) -> Option<SystemTime> {
    let within = std::fs::read_dir(path).into_iter().flatten().flatten();
    within
        .filter_map(|entry| newest(&entry.path()))
        .chain(modified(path))
        .max()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;

    #[test]
    fn node_is_held_against_what_vite_runs_on() {
        for (version, enough) in [
            ("v20.20.2", true),
            ("v20.19.0", true),
            ("v20.18.3", false),
            ("v18.19.0", false),
            ("v21.7.3", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.0.1", true),
            ("", false),
            ("node", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }

    #[test]
    fn fresh_is_what_is_not_older() {
        let early = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let late = early + Duration::from_millis(1);
        for (made, from, fresh) in [
            (Some(late), Some(early), true),
            (Some(early), Some(early), true),
            (Some(early), Some(late), false),
            (None, Some(early), false),
            (Some(late), None, false),
            (None, None, false),
        ] {
            assert_eq!(is_fresh(made, from), fresh, "{made:?} {from:?}");
        }
    }

    #[test]
    fn the_last_change_counts_however_deep() {
        let ui = std::env::temp_dir().join(format!("tillside-xtask-newest-{}", std::process::id()));
        let at = |seconds| SystemTime::now() + Duration::from_secs(seconds);
        let late = at(300);
        for (name, changed) in [
            ("index.html", at(100)),
            ("src/screens/charge/Charge.svelte", late),
            ("src/main.ts", at(200)),
        ] {
            let path = ui.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(&path)
                .unwrap()
                .set_modified(changed)
                .unwrap();
        }
        assert_eq!(newest(&ui), Some(late));
        assert_eq!(newest(&ui.join("src/screens")), Some(late));
        assert_eq!(newest(&ui.join("missing")), None);
        fs::remove_file(ui.join("src/screens/charge/Charge.svelte")).unwrap();
        assert!(
            newest(&ui.join("src/screens")) < Some(at(60)),
            "the folder's own change"
        );
        assert!(newest(&ui.join("src/screens")).is_some());
        fs::remove_dir_all(&ui).unwrap();
    }
}
