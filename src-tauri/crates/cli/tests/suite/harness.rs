//! A data folder with a practice store in it, and the program run on it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use practice::{Charge, Faults, Practice, Settings};
use serde_json::Value;
use tempfile::TempDir;

/// A loaded machine is slow; a till that hangs is found all the same.
pub(crate) const LIMIT: Duration = Duration::from_secs(90);

/// A shop: its data folder and what is known of its surroundings.
pub(crate) struct Shop {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Shop {
    /// A new shop whose practice store is as delivered.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // No keychain unless a test brings one: that of the developer is none of ours.
        let nowhere = folder.path().join("nowhere");
        let nowhere = nowhere.to_string_lossy();
        let bus = format!("unix:path={nowhere}/bus");
        let variables = vec![
            ("DBUS_SESSION_BUS_ADDRESS".to_owned(), bus),
            ("XDG_RUNTIME_DIR".to_owned(), nowhere.into_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ];
        Self { folder, variables }
    }

    /// A shop whose practice store behaves otherwise.
    pub(crate) fn with(settings: Settings, faults: Faults) -> Self {
        let shop = Self::new();
        std::fs::create_dir(shop.data()).expect("the data folder");
        let practice = Practice::open(&shop.store_file(), 7, practice::system_clock());
        let practice = practice.expect("a new store");
        practice.set_settings(settings);
        practice.set_faults(faults);
        shop
    }

    /// Sets a variable for every till of this shop.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn store_file(&self) -> PathBuf {
        self.data().join("practice.json")
    }

    /// What the practice store truly charged.
    pub(crate) fn ledger(&self) -> Vec<Charge> {
        Practice::load(&self.store_file(), practice::system_clock())
            .expect("the store's file")
            .ledger()
    }

    /// What it truly gave back.
    pub(crate) fn refunds(&self) -> Vec<practice::Refund> {
        Practice::load(&self.store_file(), practice::system_clock())
            .expect("the store's file")
            .refunds()
    }

    /// What the practice store truly gave back, in minor units.
    pub(crate) fn given_back(&self) -> Vec<i64> {
        let store = Practice::load(&self.store_file(), practice::system_clock());
        let refunds = store.expect("the store's file").refunds().into_iter();
        refunds.map(|refund| refund.amount.minor()).collect()
    }

    /// Waits until a customer has paid.
    #[track_caller]
    pub(crate) fn wait_for_charge(&self) {
        let deadline = Instant::now() + LIMIT;
        while self.ledger().is_empty() {
            assert!(Instant::now() < deadline, "nobody pays");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// How many entries the journal has, by the program's own check of the whole of it.
    pub(crate) fn entries(&self) -> u64 {
        let ran = self.json(&["audit", "verify"]);
        ran.lines()[0]["entries"].as_u64().expect("a number")
    }

    /// The program with its arguments, in a clean environment. The stories charge the same amount again and
    /// again, and say so.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
        let charges = arguments
            .iter()
            .any(|word| ["charge", "link", "card"].contains(word));
        let is_warned_of = arguments.contains(&"--despite");
        if charges && !is_warned_of {
            command.args(["--despite", "same_amount", "--despite", "unresolved_twin"]);
        }
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TILLSIDE_DATA", self.data())
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// The same, for programs.
    pub(crate) fn json(&self, arguments: &[&str]) -> Ran {
        let mut with = vec!["--json"];
        with.extend(arguments);
        self.run(&with)
    }

    /// Runs it with something on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("piped");
        // A program that needs no input may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Runs it to its end with a terminal as its standard output. What stood on it is given back.
    #[cfg(unix)]
    pub(crate) fn run_at_terminal(&self, arguments: &[&str]) -> String {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use std::os::unix::ffi::OsStrExt as _;

        let reads = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&reads).expect("it is ours");
        unlockpt(&reads).expect("it opens");
        let name = ptsname(&reads, Vec::new()).expect("its name");
        let name = std::ffi::OsStr::from_bytes(name.as_bytes());
        let writes = std::fs::OpenOptions::new().write(true).open(name);
        let mut command = self.command(arguments);
        command.stdout(writes.expect("its other side"));
        let mut child = command.spawn().expect("the program starts");
        // Until this side is closed here too, the reading below has no end.
        drop(command);
        let mut shown = Vec::new();
        // Linux ends the reading of a terminal that nobody writes to any more with an error.
        let _ = std::fs::File::from(reads).read_to_end(&mut shown);
        child.wait().expect("the program ends");
        String::from_utf8(shown).expect("UTF-8")
    }

    /// Starts it with `--json` and lets it run.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut with = vec!["--json"];
        with.extend(arguments);
        let mut child = self
            .command(&with)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("a line of JSON");
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Running { child, lines }
    }
}

/// A program that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code; none where a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) out: String,
    /// What it printed beside that.
    pub(crate) err: String,
}

impl Ran {
    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The lines of JSON, each with its time and event.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.out.lines().map(|line| {
            let value: Value = serde_json::from_str(line).expect("a line of JSON");
            assert!(value["at"].is_string(), "{line}");
            assert!(value["event"].is_string(), "{line}");
            value
        });
        lines.collect()
    }

    /// The events, without repetitions in a row.
    pub(crate) fn events(&self) -> Vec<String> {
        let mut events: Vec<String> = self.lines().iter().map(event).collect();
        events.dedup();
        events
    }

    /// The code of the error it ended with.
    #[track_caller]
    pub(crate) fn error_code(&self) -> String {
        let error: Value = serde_json::from_str(self.err.trim())
            .unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        assert_eq!(error["event"], "error", "{self:#?}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|said| said.len() > 10),
            "no sentence: {self:#?}"
        );
        error["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A program under way.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<Value>,
}

impl Running {
    /// Waits for an event and gives its line back.
    #[track_caller]
    pub(crate) fn wait_for(&self, wanted: &str) -> Value {
        let deadline = Instant::now() + LIMIT;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if event(&line) == wanted => return line,
                Ok(line) => seen.push(event(&line)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no {wanted} came, only {seen:?}")
                }
            }
        }
    }

    /// Presses a button of the practice terminal that this program asks its customer to press, as
    /// soon as the terminal takes it. Answers the address that was told, for further presses.
    #[track_caller]
    pub(crate) fn press(&self, press: &str) -> String {
        let told = self.wait_for("press_there");
        let url = told["url"].as_str().expect("an address").to_owned();
        press_at(&url, press);
        url
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Presses Ctrl-C.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    /// Stops it where it stands, as a closed lid does.
    #[cfg(unix)]
    pub(crate) fn sleep(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// Lets it go on.
    #[cfg(unix)]
    pub(crate) fn wake(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Presses a button of a practice terminal, as soon as it takes it.
#[track_caller]
pub(crate) fn press_at(url: &str, press: &str) {
    let deadline = Instant::now() + LIMIT;
    loop {
        let status = post(url, &format!(r#"{{"press":"{press}"}}"#));
        if status == "204" {
            return;
        }
        // 409: not yet.
        let is_early = status == "409" && Instant::now() < deadline;
        assert!(is_early, "{press} was answered with {status}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Sends JSON to this computer and answers the status.
fn post(url: &str, body: &str) -> String {
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    let (host, path) = rest.split_once('/').expect("a path");
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn event(line: &Value) -> String {
    line["event"].as_str().expect("an event").to_owned()
}

/// The arguments of a sale on the practice store.
pub(crate) fn sale<'a>(order: &'a str, terminal: &'a str) -> Vec<&'a str> {
    vec![
        "charge",
        "350.50",
        "--practice",
        "--terminal",
        terminal,
        "--order",
        order,
    ]
}

/// Every file below a folder that has these bytes in it.
#[cfg(target_os = "linux")]
pub(crate) fn files_with(folder: &std::path::Path, wanted: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, wanted));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(wanted.len()).any(|part| part == wanted))
        {
            found.push(path);
        }
    }
    found
}
