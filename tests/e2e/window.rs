//! Starts the real window under WebKitWebDriver, each in an X server, session bus, keyring and
//! home of its own, so that tests run side by side and leave nothing behind.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::prelude::*;

use crate::machine::Machine;

const START_LIMIT: Duration = Duration::from_secs(30);
const FIND_LIMIT: Duration = Duration::from_secs(45);
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// A child that leads its own process group; the whole group goes with it.
struct Group(Child);

impl Group {
    fn spawn(command: &mut Command, what: &str) -> Self {
        let child = command.process_group(0).spawn();
        Self(child.unwrap_or_else(|error| panic!("{what} did not start: {error}")))
    }
}

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

/// A till's home: what survives when its window is killed.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// The environment of what runs in this home.
    fn environment<'command>(
        &self,
        command: &'command mut Command,
        run: &Path,
    ) -> &'command mut Command {
        let home = self.folder.path();
        command
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", run)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("TILLSIDE_DATA", self.data())
            .env("RUST_LOG", "info")
            .env("LANG", "C.UTF-8")
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
    }

    /// Where the till keeps its journal.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("till")
    }
}

/// How to open a window.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub width: u32,
    pub height: u32,
    pub machine: Machine,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            machine: Machine::Desktop,
        }
    }
}

/// An open window.
pub(crate) struct Window {
    // Never dropped: the client's polite end of a session waits two minutes for a window that is
    // gone, and here every window ends by being killed.
    pub driver: std::mem::ManuallyDrop<WebDriver>,
    display: String,
    // Dropped in this order: the window before the display it draws on.
    chain: Group,
    _display: Group,
    run: TempDir,
}

fn display(look: Look) -> (Group, String) {
    let screen = format!("{}x{}x24", look.width, look.height);
    let mut group = Group::spawn(
        Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                &screen,
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
        "Xvfb (package xvfb)",
    );
    let mut number = String::new();
    BufReader::new(group.0.stdout.take().expect("piped"))
        .read_line(&mut number)
        .expect("Xvfb names its display");
    (group, format!(":{}", number.trim()))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

impl Window {
    pub(crate) async fn open(home: &Home) -> Self {
        Self::open_as(home, Look::default()).await
    }

    pub(crate) async fn open_as(home: &Home, look: Look) -> Self {
        // The test shares the program's reqwest, which has no TLS provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let run = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(run.path(), std::fs::Permissions::from_mode(0o700)).expect("mode");
        let (display_group, display) = display(look);
        let port = free_port();
        let verbose = std::env::var_os("E2E_VERBOSE").is_some();
        let chain = Group::spawn(
            home.environment(&mut look.machine.command(run.path()), run.path())
                .arg(format!("--port={port}"))
                .arg("--host=127.0.0.1")
                .env("DISPLAY", &display)
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(Stdio::null())
                .stderr(if verbose {
                    Stdio::inherit()
                } else {
                    Stdio::null()
                }),
            "dbus-run-session (packages dbus-daemon, webkit2gtk-driver)",
        );
        wait_for_port(port).await;
        let driver = session(port).await;
        Self {
            driver: std::mem::ManuallyDrop::new(driver),
            display,
            chain,
            _display: display_group,
            run,
        }
    }

    /// Kills the program as a power cut would, and everything around it.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Starts the program a second time on the same desktop and answers whether it ended by itself
    /// within the time given, and well.
    pub(crate) async fn start_another(&self, home: &Home, limit: Duration) -> bool {
        let bus = std::fs::read_to_string(self.run.path().join("bus")).expect("the bus");
        let mut other = Group::spawn(
            home.environment(
                &mut Command::new(env!("CARGO_BIN_EXE_tillside")),
                self.run.path(),
            )
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
            "a second till",
        );
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(status) = other.0.try_wait().expect("its status") {
                return status.success();
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        false
    }

    /// A folder as this window's machine sees it, which may have disks of its own.
    pub(crate) fn inside(&self, folder: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.chain.0.id()));
        root.join(folder.strip_prefix("/").expect("an absolute path"))
    }

    pub(crate) async fn find(&self, id: &str) -> WebElement {
        let found = self
            .driver
            .query(By::Css(format!("[data-testid='{id}']")))
            .first()
            .await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.picture(&format!("failed-{id}")).await;
                let shown = self.run("return document.body.innerText;", vec![]).await;
                panic!("nothing on the screen is {id}, which shows {shown}: {error}")
            }
        }
    }

    pub(crate) async fn has(&self, id: &str) -> bool {
        self.driver
            .find(By::Css(format!("[data-testid='{id}']")))
            .await
            .is_ok()
    }

    /// The window is no larger than its screen, and nothing in it has to be scrolled sideways.
    pub(crate) async fn fits(&self, look: Look) {
        let script =
            "return [window.innerWidth, window.innerHeight, document.documentElement.scrollWidth];";
        let mut shown = Value::Null;
        for _ in 0..40 {
            shown = self.run(script, vec![]).await;
            let number = |index: usize| shown[index].as_u64().unwrap_or(u64::MAX);
            let (width, height) = (u64::from(look.width), u64::from(look.height));
            if number(0) <= width && number(1) <= height && number(2) <= number(0) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!(
            "the window is {shown} on a screen of {}x{}",
            look.width, look.height
        );
    }

    pub(crate) async fn text(&self, id: &str) -> String {
        self.find(id).await.text().await.expect("its text")
    }

    /// Presses it as soon as it can be pressed. What is looked at may be drawn anew meanwhile, so it is
    /// looked for again.
    pub(crate) async fn click(&self, id: &str) {
        let deadline = Instant::now() + FIND_LIMIT;
        loop {
            let element = self.find(id).await;
            let can_be_pressed = element.is_clickable().await.unwrap_or(false);
            let pressed = if can_be_pressed {
                element.click().await.map_err(|error| error.to_string())
            } else {
                Err("it is disabled or hidden".to_owned())
            };
            match pressed {
                Ok(()) => return,
                Err(why) if Instant::now() > deadline => {
                    self.picture(&format!("failed-{id}")).await;
                    panic!("{id} cannot be pressed: {why}");
                }
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Types into whatever has the focus, as a cashier at the keyboard does.
    pub(crate) async fn keys(&self, keys: &str) {
        self.driver
            .action_chain()
            .send_keys(keys)
            .perform()
            .await
            .expect("keys are typed");
    }

    /// Writes over what a field has. The driver empties it without anybody's focus, so what the till
    /// suggests may come back in between: as a person would see, it is written once more.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        let deadline = Instant::now() + FIND_LIMIT;
        loop {
            let element = self.find(id).await;
            element.clear().await.expect("it can be emptied");
            // The driver takes no empty keys.
            if text.is_empty() {
                return;
            }
            element.send_keys(text).await.expect("it can be typed into");
            let written = element.prop("value").await.expect("its value");
            if written.is_none_or(|written| !written.ends_with(text) || written == text) {
                return;
            }
            assert!(Instant::now() < deadline, "{id} cannot be written over");
        }
    }

    /// Waits until an attribute of an element is as expected.
    pub(crate) async fn wait_for(&self, id: &str, attribute: &str, expected: &str) {
        self.wait_within(id, attribute, expected, FIND_LIMIT).await;
    }

    pub(crate) async fn wait_within(
        &self,
        id: &str,
        attribute: &str,
        expected: &str,
        limit: Duration,
    ) {
        let deadline = Instant::now() + limit;
        let mut last = String::from("nothing");
        while Instant::now() < deadline {
            let selector = By::Css(format!("[data-testid='{id}']"));
            if let Ok(element) = self.driver.find(selector).await {
                last = element
                    .attr(attribute)
                    .await
                    .ok()
                    .flatten()
                    .unwrap_or_default();
                if last == expected {
                    return;
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.picture(&format!("failed-{id}")).await;
        panic!("{id} has {attribute} {last:?} and not {expected:?} after {limit:?}");
    }

    /// Waits until the live screen shows a state.
    pub(crate) async fn wait_for_state(&self, state: &str) {
        self.wait_for("state-band", "data-state", state).await;
    }

    /// Closes the window as the button of its frame does: it asks, and may be refused. Frames come
    /// from a window manager, which an X server alone does not have.
    pub(crate) async fn close_like_a_person(&self) {
        let _frames = Group::spawn(
            Command::new("openbox")
                .env("DISPLAY", &self.display)
                .stderr(Stdio::null()),
            "openbox (package openbox)",
        );
        for _ in 0..40 {
            let asked = Command::new("wmctrl")
                .args(["-F", "-c", "Tillside"])
                .env("DISPLAY", &self.display)
                .stderr(Stdio::null())
                .status();
            assert!(asked.is_ok(), "wmctrl (package wmctrl)");
            tokio::time::sleep(Duration::from_millis(300)).await;
            if self.driver.title().await.is_err() || self.has("close-stay").await {
                return;
            }
        }
        self.picture("failed-close").await;
        panic!("the window was not asked to close");
    }

    /// Runs a script in the page; `arguments[n]` are the values.
    pub(crate) async fn run(&self, script: &str, values: Vec<Value>) -> Value {
        let answer = self.driver.execute(script, values).await;
        answer
            .unwrap_or_else(|error| panic!("{script}: {error}"))
            .json()
            .clone()
    }

    /// Runs a script that answers later, through its last argument.
    pub(crate) async fn run_async(&self, script: &str, values: Vec<Value>) -> Value {
        let answer = self.driver.execute_async(script, values).await;
        answer
            .unwrap_or_else(|error| panic!("{script}: {error}"))
            .json()
            .clone()
    }

    /// A picture is taken when the page is drawn next, and a page at rest is not drawn until its
    /// clock moves on. A dot that nobody can see keeps it drawing for as long as the picture takes.
    pub(crate) async fn picture(&self, name: &str) {
        let keep_drawing = "const done = arguments[0]; \
            const dot = document.createElement('div'); \
            dot.style.cssText = 'position:fixed;left:0;top:0;width:1px;height:1px;background:#777'; \
            document.body.append(dot); let turn = 0; \
            const timer = setInterval(() => { dot.style.opacity = (turn++ % 2) ? 0.01 : 0.02; }, 20); \
            setTimeout(() => { clearInterval(timer); dot.remove(); }, 3000); \
            requestAnimationFrame(() => requestAnimationFrame(() => done(true))); \
            setTimeout(() => done(false), 500);";
        self.run_async(keep_drawing, vec![]).await;
        let folder = pictures();
        std::fs::create_dir_all(&folder).expect("the folder of pictures");
        self.driver
            .screenshot(&folder.join(format!("{name}.png")))
            .await
            .expect("a picture");
    }

    /// No violation of WCAG 2.2 A and AA that axe-core finds. Tauri's own isolation frame is not on
    /// the screen and answers nobody.
    pub(crate) async fn is_accessible(&self, screen: &str) {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("axe-core (npm ci in ui/)");
        self.run(&axe, vec![]).await;
        let found = self
            .run_async(
                "const done = arguments[0]; axe.run({exclude: ['#__tauri_isolation__']}, {iframes: false, runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})\
                 .then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))), e => done([String(e)]));",
                vec![],
            )
            .await;
        assert_eq!(found, json!([]), "{screen}");
    }
}

/// Where pictures go: outside git, unless told otherwise.
fn pictures() -> PathBuf {
    match std::env::var_os("E2E_PICTURES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/e2e"),
    }
}

async fn session(port: u16) -> WebDriver {
    let mut capabilities = Capabilities::new();
    let options = json!({ "binary": env!("CARGO_BIN_EXE_tillside"), "args": [] });
    capabilities
        .set("webkitgtk:browserOptions", options)
        .expect("capabilities");
    let poller = ElementPollerWithTimeout::new(FIND_LIMIT, LOOK_EVERY);
    let url = format!("http://127.0.0.1:{port}");
    let building = async {
        WebDriver::builder(&url, capabilities)
            .poller(std::sync::Arc::new(poller))
            .await
    };
    // WebKitWebDriver waits for ever for a program that died while it started.
    tokio::time::timeout(START_LIMIT, building)
        .await
        .expect("the window did not open in time; E2E_VERBOSE=1 shows what it said")
        .expect("a session")
}

async fn wait_for_port(port: u16) {
    let deadline = Instant::now() + START_LIMIT;
    while tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .is_err()
    {
        assert!(
            Instant::now() < deadline,
            "nothing listens on {port}: is webkit2gtk-driver there?"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
