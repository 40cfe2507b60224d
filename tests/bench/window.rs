//! Start and memory of the window beside an empty window of the same Tauri, alternating, each under
//! an X server and a session bus of its own.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::numbers::Pairs;

const ROUNDS: usize = 9;
const SETTLE: Duration = Duration::from_secs(3);
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// The line both print once they can be used.
const USABLE: &str = "tillside: usable";

struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

struct Opened {
    took: Duration,
    memory_kb: u64,
}

/// A screen and a session bus, ready before the program starts, so that only the program is timed.
struct Desk {
    display: String,
    bus: String,
    _screen: Group,
    _bus: Group,
}

/// Starts a program that prints one line once it is ready.
fn ready(command: &mut Command) -> Option<(Group, String)> {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut group = Group(child.ok()?);
    let mut line = String::new();
    BufReader::new(group.0.stdout.take()?)
        .read_line(&mut line)
        .ok()?;
    Some((group, line.trim().to_owned()))
}

fn desk() -> Option<Desk> {
    let screen = [
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ];
    let (screen, number) = ready(Command::new("Xvfb").args(screen))?;
    let bus = ["--session", "--nofork", "--print-address"];
    let (bus_group, bus) = ready(Command::new("dbus-daemon").args(bus))?;
    Some(Desk {
        display: format!(":{number}"),
        bus,
        _screen: screen,
        _bus: bus_group,
    })
}

/// Opens a program, waits until it can be used, lets it settle and measures its memory.
fn open(program: &Path, renderer: Option<&str>) -> Option<Opened> {
    let desk = desk()?;
    let home = tempfile::tempdir().ok()?;
    let mut command = Command::new(program);
    command
        .env("DISPLAY", &desk.display)
        .env("DBUS_SESSION_BUS_ADDRESS", &desk.bus)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("TILLSIDE_DATA", home.path().join("till"))
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .env("TILLSIDE_SAY_USABLE", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    match renderer {
        Some(value) => command.env(RENDERER, value),
        None => command.env_remove(RENDERER),
    };
    let started = Instant::now();
    let mut group = Group(command.spawn().ok()?);
    let root = group.0.id();
    let mut lines = BufReader::new(group.0.stderr.take()?)
        .lines()
        .map_while(Result::ok);
    lines.find(|line| line.contains(USABLE))?;
    let took = started.elapsed();
    std::thread::sleep(SETTLE);
    Some(Opened {
        took,
        memory_kb: memory_kb(root),
    })
}

/// The proportional memory of a process and everything it started.
fn memory_kb(root: u32) -> u64 {
    let mut wanted = vec![root];
    let mut total_kb = 0;
    while let Some(id) = wanted.pop() {
        wanted.extend(
            processes()
                .iter()
                .filter(|one| one.parent == id)
                .map(|one| one.id),
        );
        let rollup =
            std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find(|line| line.starts_with("Pss:"));
        total_kb += line
            .and_then(|line| line.split_whitespace().nth(1))
            .and_then(|number| number.parse::<u64>().ok())
            .unwrap_or(0);
    }
    total_kb
}

struct Process {
    id: u32,
    parent: u32,
}

fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let (_, tail) = stat.rsplit_once(')')?;
            let parent = tail.split_whitespace().nth(1)?.parse().ok()?;
            Some(Process { id, parent })
        })
        .collect()
}

/// Alternates the two programs, for each way of drawing.
pub(crate) fn run() {
    let folder = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()));
    let ours = folder.join("release/tillside");
    let empty = folder.join("release/examples/empty_window");
    if !ours.exists() || !empty.exists() {
        println!(
            "window: build both first: cargo build --release --package tillside --bin tillside --example empty_window"
        );
        return;
    }
    for (name, renderer) in [
        ("as chosen at start", None),
        ("drawing in memory", Some("1")),
        ("DMABUF", Some("0")),
    ] {
        let (mut starts, mut memory) = (Pairs::default(), Pairs::default());
        for _ in 0..ROUNDS {
            let (Some(control), Some(till)) = (open(&empty, renderer), open(&ours, renderer))
            else {
                println!("window: a window did not open; are xvfb and dbus-daemon there?");
                return;
            };
            starts.add(till.took, control.took);
            // Kept as milliseconds so that one table does for both: 1 ms is 1 MB.
            memory.add(
                Duration::from_micros(till.memory_kb),
                Duration::from_micros(control.memory_kb),
            );
        }
        starts.tell(&format!("window usable, {name} / empty window"), 1.25, 0.0);
        memory.tell(
            &format!("memory (MB, PSS of all processes), {name} / empty window"),
            1.3,
            0.0,
        );
    }
}
