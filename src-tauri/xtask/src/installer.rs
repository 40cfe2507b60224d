//! Trying out the .deb on this machine: install, start, ask the doctor, remove, look for remains.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault::Fault;
use crate::need::Need;
use crate::process;
use crate::step;
use crate::system::{self, System};
use crate::tally::Tally;

/// How long the window must stay up.
const UP: Duration = Duration::from_secs(8);
/// When the window is ended from outside, whatever happens to this program.
const AT_MOST: &str = "30";
/// What the engine of the webview calls its process, as the kernel cuts it off.
const WEB_PROCESS: &str = "WebKitWebProces";
/// Makes an unlocked keyring (a lone newline is an empty password), then becomes the program.
const WITH_KEYRING: &str = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets \
                            >/dev/null 2>&1; exec \"$@\"";

/// Looks whether a .deb can be tried out here.
///
/// # Errors
/// [`Fault::Elsewhere`] when not.
pub(crate) fn ensure_possible() -> Result<(), Fault> {
    if System::here() == System::Apt && system::is_root() {
        return system::ensure(&[Need::RealWindow]);
    }
    Err(Fault::Elsewhere {
        chore: "trying out the .deb",
        only: "as root on Debian or Ubuntu only",
    })
}

/// Takes the package from installing to removing; each look counts as one.
///
/// # Errors
/// When nothing could be tried, because the package itself cannot be read or installed.
pub(crate) fn try_out(package: &Path) -> Result<Tally, Fault> {
    let package = fs::canonicalize(package).map_err(|source| Fault::File {
        verb: "find",
        path: package.to_owned(),
        source,
    })?;
    let name = process::ask(
        Command::new("dpkg-deb")
            .arg("--field")
            .arg(&package)
            .arg("Package"),
    )?;
    if process::agrees(Command::new("dpkg").args(["--status", &name])) {
        return Err(Fault::Wrong(format!(
            "{name} is installed already; remove it first"
        )));
    }
    let home = Home::make()?;
    let mut looks = vec![look("it installs", || {
        apt(&["install"], &package.to_string_lossy())
    })];
    if looks.iter().any(|look| look.failed > 0) {
        return Ok(looks.into_iter().sum());
    }
    let files = process::ask(Command::new("dpkg").args(["--listfiles", &name]))?;
    looks.extend([
        look("it has `tillside` and `till`", || has_programs(&files)),
        look("the window opens and stays", || window_stays(&home)),
        look("`till doctor` is content", || doctor_is_content(&home)),
        look("it can be removed", || apt(&["purge"], &name)),
        look("nothing of it is left", || nothing_is_left(&name, &files)),
    ]);
    Ok(looks.into_iter().sum())
}

fn look(what: &str, work: impl FnOnce() -> Result<(), Fault>) -> Tally {
    match step::timed("installer", what, work) {
        Ok(()) => Tally::PASSED,
        Err(fault) => {
            step::complain(&fault);
            Tally::FAILED
        }
    }
}

fn apt(words: &[&str], what: &str) -> Result<(), Fault> {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .args([
            "--quiet=2",
            "-o",
            "DPkg::Lock::Timeout=300",
            "-o",
            "Dpkg::Use-Pty=0",
        ])
        .args(words)
        .args(["--yes", "--no-install-recommends", what]);
    process::run(apt.stdin(Stdio::null()))
}

fn has_programs(files: &str) -> Result<(), Fault> {
    for program in ["/usr/bin/tillside", "/usr/bin/till"] {
        if !files.lines().any(|file| file == program) || !Path::new(program).is_file() {
            return Err(Fault::Wrong(format!("the package has no {program}")));
        }
    }
    Ok(())
}

/// A home of its own, so that the trial neither sees nor touches a till of this machine.
struct Home(PathBuf);

impl Home {
    fn make() -> Result<Self, Fault> {
        let path = std::env::temp_dir().join(format!("tillside-installer-{}", std::process::id()));
        // The runtime folder must belong to its user alone, or the session's services refuse it.
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(path.join("run"))
            .map_err(|source| Fault::File {
                verb: "make",
                path: path.clone(),
                source,
            })?;
        Ok(Self(path))
    }

    /// A program in a session of its own, with a message bus and an unlocked keyring, that `timeout`
    /// ends together with everything it started.
    fn session(&self, program: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", AT_MOST, "dbus-run-session", "--"])
            .args(["sh", "-c", WITH_KEYRING, "sh"])
            .args(program)
            .env("HOME", &self.0)
            .env("XDG_RUNTIME_DIR", self.0.join("run"))
            .env("XDG_DATA_HOME", self.0.join("data"))
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .env("XDG_CACHE_HOME", self.0.join("cache"))
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Left-overs in the temporary folder are not worth a failed trial.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running program that is asked to end when this goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked, not killed: Xvfb takes its lock file along, and `timeout` hands the signal on to
        // the whole session.
        process::agrees(Command::new("kill").arg(self.0.id().to_string()));
        let _ = self.0.wait();
    }
}

fn window_stays(home: &Home) -> Result<(), Fault> {
    let mut display = Running(process::spawn(
        Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?);
    let mut number = String::new();
    if let Some(out) = display.0.stdout.take() {
        // An Xvfb that could not start closes its end and leaves the number empty.
        let _ = BufReader::new(out).read_line(&mut number);
    }
    let mut session = home.session(&["tillside"]);
    session
        .env("DISPLAY", format!(":{}", number.trim()))
        .env("GDK_BACKEND", "x11");
    let mut window = Running(process::spawn(&mut session)?);
    let group = window.0.id();
    let started = Instant::now();
    let mut shown = false;
    while started.elapsed() < UP {
        if let Ok(Some(status)) = window.0.try_wait() {
            return Err(Fault::Wrong(format!(
                "the window was gone after a moment: {status}"
            )));
        }
        shown = shown || web_process_in(group);
        thread::sleep(Duration::from_millis(100));
    }
    if shown {
        Ok(())
    } else {
        Err(Fault::Wrong("the window never started its page".to_owned()))
    }
}

/// Whether the page's process runs in this process group (proc(5): `pid (comm) state ppid pgrp`).
fn web_process_in(group: u32) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| fs::read_to_string(process.path().join("stat")).ok())
        .any(|stat| is_web_process(&stat, group))
}

fn is_web_process(stat: &str, group: u32) -> bool {
    let Some((before, after)) = stat.rsplit_once(") ") else {
        return false;
    };
    let is_named = before
        .split_once(" (")
        .is_some_and(|(_, name)| name == WEB_PROCESS);
    is_named
        && after
            .split(' ')
            .nth(2)
            .is_some_and(|id| id == group.to_string())
}

fn doctor_is_content(home: &Home) -> Result<(), Fault> {
    process::run(&mut home.session(&["till", "doctor"]))
}

fn nothing_is_left(name: &str, files: &str) -> Result<(), Fault> {
    let left = remains(name, files, &["/usr", "/etc", "/opt"])?;
    if left.is_empty() {
        return Ok(());
    }
    Err(Fault::Wrong(format!(
        "still there after removing: {}",
        left.join(", ")
    )))
}

/// What is left of the package's files, and what else bears its name below these folders.
fn remains(name: &str, files: &str, folders: &[&str]) -> Result<Vec<String>, Fault> {
    // Folders such as /usr/bin are in the list too: they belong to every package.
    let is_file = |path: &&str| fs::symlink_metadata(path).is_ok_and(|data| !data.is_dir());
    let mut left: Vec<String> = files.lines().filter(is_file).map(str::to_owned).collect();
    let mut find = Command::new("find");
    find.args(folders)
        .args(["-xdev", "-iname", &format!("*{name}*")]);
    left.extend(process::ask(&mut find)?.lines().map(str::to_owned));
    left.sort();
    left.dedup();
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_known_by_its_name_and_group() {
        for (stat, expected) in [
            ("4242 (WebKitWebProces) S 4200 77 77 0 -1", true),
            ("4242 (WebKitWebProces) S 4200 78 78 0 -1", false),
            ("4242 (tillside) S 4200 77 77 0 -1", false),
            ("4242 (a) S 1 (WebKitWebProces) S 4200 77 77", false),
            ("", false),
        ] {
            assert_eq!(is_web_process(stat, 77), expected, "{stat}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn remains_are_found() {
        let root = std::env::temp_dir().join(format!("xtask-remains-{}", std::process::id()));
        let at = |name: &str| root.join(name).to_string_lossy().into_owned();
        fs::create_dir_all(root.join("share/Tillside/icons")).unwrap();
        fs::write(root.join("till"), "").unwrap();
        let (folder, till, gone) = (at("share"), at("till"), at("tillside"));
        let found = remains("tillside", &format!("{folder}\n{till}\n{gone}"), &[&at("")]).unwrap();
        assert_eq!(found, [at("share/Tillside"), till]);
        fs::remove_dir_all(&root).unwrap();
        assert!(
            remains("tillside", &format!("{folder}\n{gone}"), &["/proc/self"])
                .unwrap()
                .is_empty()
        );
    }
}
