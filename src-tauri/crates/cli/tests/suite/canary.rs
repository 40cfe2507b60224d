//! Keys that are recognisable, one a system, through a whole day of the program with its log at the
//! finest level: what was printed, kept or left behind has none of them, in whatever writing.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem;
use practice::{DeclineShape, Practice, Settings};
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{LIMIT, Ran, Shop};
use crate::keychain::Bus;

const COMPAGO: &str = "canary-compago-4b0c7d19e2";
const LINKS: &str = "canary-links-93f1a6c05d";
const ONE2PAYS: &str = "canary-one2pays-70e2bb41fa";
const DOJO: &str = "canary-dojo-1d58c3e97a";
const LEAN_RAILS: &str = "canary-leanrails-c26e04d8b3";
const WEBHOOKS: &str = "canary-webhooks-5ea90f3c71";
/// One that no provider takes.
const REFUSED: &str = "canary-refused-e8417b2f60";
/// One that is no key: it has a space.
const BROKEN: &str = "canary-broken-09d3 f7a1c4";

const CANARIES: [&str; 8] = [
    COMPAGO, LINKS, ONE2PAYS, DOJO, LEAN_RAILS, WEBHOOKS, REFUSED, BROKEN,
];

/// A secret as it might be written: as it is, in hexadecimal, in two bytes a letter, with percent signs,
/// and in Base64 wherever it stands in what is encoded (`key:` of a basic authorization, say).
fn writings(secret: &str) -> Vec<Vec<u8>> {
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let reversed: String = secret.chars().rev().collect();
    let mut writings = vec![
        secret.as_bytes().to_vec(),
        secret.to_uppercase().into_bytes(),
        reversed.into_bytes(),
        each(&|byte| format!("{byte:02x}")).into_bytes(),
        each(&|byte| format!("{byte:02X}")).into_bytes(),
        each(&|byte| format!("%{byte:02X}")).into_bytes(),
        each(&|byte| format!("%{byte:02x}")).into_bytes(),
        secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    for before in 0..3 {
        let whole = [vec![b'x'; before], secret.as_bytes().to_vec()].concat();
        // The letters at both ends also hold bits of what stands beside the secret.
        let from = (before * 8).div_ceil(6);
        let until = whole.len() * 8 / 6;
        for alphabet in [&STANDARD, &URL_SAFE] {
            let text = alphabet.encode(&whole);
            writings.push(text.as_bytes()[from..until].to_vec());
        }
    }
    writings
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let found = || leaks(folder.path()).contains(&(LEAN_RAILS, file.clone()));
    let percent: String = LEAN_RAILS
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    let wide: Vec<u8> = LEAN_RAILS
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for written in [
        format!("key={LEAN_RAILS};").into_bytes(),
        STANDARD.encode(format!("{LEAN_RAILS}:")).into_bytes(),
        STANDARD.encode(format!("a{LEAN_RAILS}")).into_bytes(),
        STANDARD.encode(format!("ab{LEAN_RAILS}cde")).into_bytes(),
        percent.into_bytes(),
        wide,
    ] {
        std::fs::write(&file, &written).expect("a file");
        assert!(found(), "{}", written.escape_ascii());
    }
    std::fs::write(&file, "canary-leanrails").expect("a file");
    assert!(!found(), "a part of it is not it");
}

/// The providers, in this process: they take the canaries, and later do not any more.
struct Providers {
    practice: Practice,
    origin: String,
    _runtime: tokio::runtime::Runtime,
}

impl Providers {
    fn start() -> Self {
        let practice = Practice::with_system_clock(7);
        practice.set_settings(Settings {
            decline: DeclineShape::CancelledWithSummary,
            ..Settings::default()
        });
        practice.accept_keys(&[COMPAGO, LINKS]);
        practice.accept_one2pays_keys("pk_test_canary", ONE2PAYS);
        practice.accept_dojo_key(DOJO);
        practice.accept_lean_rails_key(LEAN_RAILS);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(practice::serve(practice.clone(), listener));
        Self {
            practice,
            origin: format!("http://{address}"),
            _runtime: runtime,
        }
    }
}

/// A day, and everything that was printed.
struct Day<'a> {
    shop: &'a Shop,
    providers: &'a Providers,
    printed: Vec<u8>,
}

impl Day<'_> {
    #[track_caller]
    fn run(&mut self, arguments: &[&str], input: &str, code: i32) -> Ran {
        let ran = self.shop.run_with(arguments, input).ends(code);
        self.printed.extend(ran.out.bytes());
        self.printed.extend(ran.err.bytes());
        ran
    }

    #[track_caller]
    fn add(&mut self, name: &str, path: &str, key: &str, options: &[&str]) {
        let url = format!("{}{path}", self.providers.origin);
        let mut arguments = vec!["account", "add", "--name", name, "--url", &url];
        arguments.extend(options);
        self.run(&arguments, &format!("{key}\n"), 0);
    }

    fn accounts(&mut self) {
        let machines = [
            "--terminal",
            "PRACTICE-TAP",
            "--terminal",
            "PRACTICE-DECLINE",
        ];
        let walk = ["--terminal", "PRACTICE-WALK"];
        self.add("Bar", "/api", COMPAGO, &[&machines[..], &walk].concat());
        let pages = [
            "--homepage",
            "https://a.example",
            "--redirect",
            "https://a.example",
        ];
        let links = [&["--system", "compago-link"][..], &pages].concat();
        self.add("Links", "/api", LINKS, &links);
        let pair = ["--public-key", "pk_test_canary", "--amount-unit", "major"];
        let thai = [&["--system", "one2-pays"][..], &pair].concat();
        self.add("Thai", "/one2pays", ONE2PAYS, &thai);
        self.add("Dojo", practice::DOJO_PATH, DOJO, &["--system", "dojo"]);
        let cards = ["--system", "lean-rails"];
        self.add("Cards", practice::LEAN_RAILS_BASE_PATH, LEAN_RAILS, &cards);
        self.add("Refused", "/api", REFUSED, &walk);
        let url = format!("{}/api", self.providers.origin);
        let broken = [
            "account",
            "add",
            "--name",
            "Broken",
            "--url",
            &url,
            "--terminal",
            "T",
        ];
        self.run(&broken, BROKEN, 1);
        self.run(&["account", "webhook-secret", "thai"], WEBHOOKS, 0);
        for account in ["bar", "links", "thai", "dojo", "cards"] {
            self.run(&["account", "test", account], "", 0);
        }
        self.run(&["account", "test", "refused"], "", 1);
    }

    fn sales(&mut self) {
        let sale = |terminal: &'static str, order: &'static str| {
            let what = ["charge", "12.34", "--account", "bar"];
            [&what[..], &["--terminal", terminal, "--order", order]].concat()
        };
        self.run(&sale("PRACTICE-TAP", "R-1"), "", 0);
        self.run(&sale("PRACTICE-DECLINE", "R-2"), "", 10);
        let card = [
            "card",
            "12.50",
            "--account",
            "cards",
            "--card",
            "pm_card_visa",
        ];
        self.run(&[&card[..], &["--order", "R-3"]].concat(), "", 0);
        self.run(&["refund", "R-3"], "", 0);
        let payer = [
            "--payer-name",
            "Somchai Jaidee",
            "--payer-account",
            "1234567890",
        ];
        let thai = [
            "link",
            "99",
            "--account",
            "thai",
            "--order",
            "R-4",
            "--wait",
            "1",
        ];
        self.run(
            &[&thai[..], &payer, &["--payer-bank", "004"]].concat(),
            "",
            11,
        );
        let link = [
            "link",
            "99",
            "--account",
            "links",
            "--order",
            "R-5",
            "--wait",
            "1",
        ];
        self.run(&link, "", 11);
        for order in ["R-4", "R-5"] {
            self.run(&["cancel", order], "", 0);
        }
        // From now on nobody takes the key any more: 401.
        self.providers.practice.accept_keys(&["another-one"]);
        self.run(&sale("PRACTICE-TAP", "R-6"), "", 10);
        self.run(&["doctor"], "", 1);
    }

    fn webhooks(&mut self) {
        let receiver = self.shop.start(&["webhooks", "--listen", "127.0.0.1:0"]);
        let told = receiver.wait_for("listening");
        let url = format!("{}/thai", told["url"].as_str().expect("a text"));
        let event = r#"{"id":"evt_1","paymentId":"pay-1"}"#;
        assert_eq!(crate::webhooks::send(&url, WEBHOOKS, event), 204);
        assert_eq!(crate::webhooks::send(&url, REFUSED, event), 401);
        for told in [
            told,
            receiver.wait_for("webhook"),
            receiver.wait_for("webhook"),
        ] {
            self.printed.extend(told.to_string().bytes());
        }
    }
}

#[test]
fn no_key_is_printed_kept_or_left_behind() {
    let Some(bus) = Bus::start() else { return };
    let mut shop = bus.shop();
    shop.set("RUST_LOG", "trace");
    let providers = Providers::start();
    let mut day = Day {
        shop: &shop,
        providers: &providers,
        printed: Vec::new(),
    };
    day.accounts();
    day.sales();
    day.webhooks();
    for looks in [&["orders"][..], &["status", "R-1"], &["account", "list"]] {
        day.run(looks, "", 0);
    }
    let export = shop.data().join("export.jsonl");
    day.run(
        &["audit", "export", "--out", &export.to_string_lossy()],
        "",
        0,
    );
    day.run(&["audit", "verify"], "", 0);
    assert_eq!(providers.practice.ledger().len(), 2, "R-1 and R-3");
    assert!(
        String::from_utf8_lossy(&day.printed).contains("TRACE"),
        "the log was on"
    );
    let printed = shop.data().join("printed");
    std::fs::write(printed, &day.printed).expect("a file");
    assert_nowhere(&shop.data());
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The canaries in a folder's files, each with its file.
fn leaks(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let writings = CANARIES.map(|canary| (canary, writings(canary)));
    let mut leaks = Vec::new();
    for file in files(folder) {
        // A socket, or what was gone meanwhile.
        let Ok(bytes) = std::fs::read(&file) else {
            continue;
        };
        for (canary, writings) in &writings {
            if writings
                .iter()
                .any(|one| memmem::find(&bytes, one).is_some())
            {
                leaks.push((*canary, file.clone()));
            }
        }
    }
    leaks
}

#[track_caller]
fn assert_nowhere(folder: &Path) {
    let leaks = leaks(folder);
    assert!(leaks.is_empty(), "{leaks:?}");
}

/// Runs a line of a shell that lets its programs leave core files in a folder.
fn with_cores(folder: &Path, program: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\""])
        .arg(program.get_program())
        .args(program.get_args())
        .env_clear()
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    shell
}

/// Lets a program die as one that found itself broken does, once it is ready.
fn struck(mut program: Command, is_ready: impl Fn(u32) -> bool) -> ExitStatus {
    let mut child = program.spawn().expect("it starts");
    let deadline = Instant::now() + LIMIT;
    while !is_ready(child.id()) {
        assert!(Instant::now() < deadline, "it never gets ready");
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(Pid::from_child(&child), Signal::ABORT).expect("it runs");
    child.wait().expect("it ends")
}

/// A program that dies leaves its memory on the disk, where the system is asked to keep it. The till
/// asks for nothing of it to be kept, whatever it was started with.
#[test]
fn a_till_that_dies_leaves_no_memory_behind() {
    let Some(bus) = Bus::start() else { return };
    let shop = bus.shop();
    let providers = Providers::start();
    let mut day = Day {
        shop: &shop,
        providers: &providers,
        printed: Vec::new(),
    };
    day.add("Bar", "/api", COMPAGO, &["--terminal", "PRACTICE-WALK"]);
    let cores = tempfile::tempdir().expect("a folder");
    // The control: a program of the system, started in the same way.
    let mut sleep = Command::new("sleep");
    sleep.arg("60");
    let sleep = struck(with_cores(cores.path(), &sleep), |id| name(id) == "sleep");
    assert_eq!(sleep.signal(), Some(Signal::ABORT.as_raw()));
    if !sleep.core_dumped() {
        // Nothing here could leave a core: the limit is looked at all the same.
        println!("this system keeps no cores");
    }
    let charge = ["charge", "5", "--account", "bar", "--order", "R-1"];
    let arguments = [&charge[..], &["--terminal", "PRACTICE-WALK"]].concat();
    let till = with_cores(cores.path(), &shop.command(&arguments));
    let till = struck(till, |id| {
        let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap_or_default();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let numbers = core.map(|line| line.split_whitespace().skip(4).take(2));
        let is_none = numbers.is_some_and(|mut both| both.all(|number| number == "0"));
        // The key is in its memory by then.
        is_none && !providers.practice.intents().is_empty()
    });
    assert_eq!(till.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!till.core_dumped(), "its memory was written down");
    assert_nowhere(cores.path());
    assert_nowhere(&shop.data());
}

fn name(id: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{id}/comm"));
    name.unwrap_or_default().trim().to_owned()
}
