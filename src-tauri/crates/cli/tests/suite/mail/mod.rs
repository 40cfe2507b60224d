//! Customers are told by e-mail: the real program, a real keychain, and a mail server on loopback.

mod server;

use std::sync::Arc;

use practice::{CustomerMode, Practice, Settings};
use serde_json::Value;

use crate::harness::{Ran, Shop, files_with};
use crate::keychain::Bus;
use server::{Line, MailServer, Manner, certificate};

const PASSWORD: &str = "mail-canary-77b2";
const ANA: &str = "ana@example.com";
const SHOP_PAGE: &str = "https://shop.example.com";

/// A shop with an account for links of its own, and the provider behind it.
struct Desk {
    shop: Shop,
    _serving: tokio::runtime::Runtime,
}

impl Desk {
    fn open(bus: &Bus) -> Self {
        let practice = Practice::with_system_clock(7);
        practice.set_settings(Settings {
            customer: CustomerMode::Panel,
            ..Settings::default()
        });
        let serving = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = serving.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        serving.spawn(practice::serve(practice, listener));
        let shop = bus.shop();
        let url = format!("http://{address}/api");
        let links = ["account", "add", "--name", "Web", "--url", &url];
        let pages = ["--system", "compago-link", "--homepage", SHOP_PAGE];
        let add = [&links[..], &pages, &["--redirect", SHOP_PAGE]].concat();
        shop.run_with(&add, practice::PRACTICE_KEY).ends(0);
        Self {
            shop,
            _serving: serving,
        }
    }

    /// Sets the server and answers how that ended.
    fn set(&self, server: &str, port: u16, security: &str, more: &[&str]) -> Ran {
        let port = port.to_string();
        let named = ["mail", "set", "--server", server, "--port", &port];
        let from = ["--from", "shop@example.com", "--shop", "Café Centro"];
        let set = [&named[..], &["--security", security], &from, more].concat();
        self.shop.run_with(&set, PASSWORD)
    }

    /// A link for Ana that a cashier withdraws.
    fn withdrawn(&self, order: &str) {
        let link = ["link", "350.50", "--account", "web", "--order", order];
        let ana = [
            "--bill",
            "email=ana@example.com",
            "--bill",
            "first-name=Ana",
        ];
        let link = [&link[..], &ana, &["--minutes", "30", "--wait", "1"]].concat();
        self.shop.run(&link).ends(11);
        self.shop.run(&["cancel", order]).ends(0);
    }

    /// Hands over what waits, and answers the fates.
    fn send(&self) -> Vec<(String, String)> {
        fates(&self.shop.json(&["mail", "send"]).ends(0))
    }

    fn letter(&self, order: &str) -> (String, String) {
        let told = self.shop.json(&["mail", "letter", order]).ends(0);
        fates(&told).pop().expect("one letter")
    }
}

fn fates(ran: &Ran) -> Vec<(String, String)> {
    let lines = ran.lines().into_iter();
    let letters = lines.filter(|line| line["event"] == "letter");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    letters
        .map(|line| (text(&line["letter"]["fate"]), text(&line["letter"]["said"])))
        .collect()
}

#[test]
fn who_was_sent_a_withdrawn_link_gets_one_letter_and_the_password_is_nowhere() {
    let Some(bus) = Bus::start() else { return };
    let desk = Desk::open(&bus);
    let server = MailServer::start(Manner::Takes, Line::Plain);
    let more = ["--user", "shop", "--language", "es"];
    desk.set("127.0.0.1", server.port, "plain", &more).ends(0);
    desk.shop.run(&["mail", "test", ANA]).ends(0);
    desk.withdrawn("R-1");
    assert_eq!(desk.send(), [("sent".to_owned(), String::new())]);
    assert_eq!(desk.send(), [], "once");
    let got = server.got();
    let [test, letter] = &got[..] else {
        panic!("{got:?}");
    };
    assert!(test.to.contains(ANA) && letter.to.contains(ANA));
    assert!(
        letter
            .text
            .contains("Subject: Cancelamos tu liga de pago de R-1")
    );
    assert!(letter.text.contains("MX$350.50"), "{}", letter.text);
    assert!(letter.text.contains("Message-ID: <"), "{}", letter.text);
    let shown = letter.signed_in.as_ref().expect("it signed in");
    let shown = base64_text(shown);
    assert_eq!(shown, format!("\0shop\0{PASSWORD}"));
    let found = files_with(&desk.shop.data(), PASSWORD.as_bytes());
    assert_eq!(found, Vec::<std::path::PathBuf>::new());
    desk.shop.run(&["audit", "verify"]).ends(0);
}

fn base64_text(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text);
    String::from_utf8(bytes.expect("base64")).expect("a text")
}

/// What a server does, what becomes of the letter, and a part of what the till tells.
const MANNERS: [(Manner, &str, &str); 10] = [
    (Manner::RefusesReader, "refused", "550"),
    (Manner::RefusesText, "refused", "554"),
    (Manner::Later, "waiting", "451"),
    (Manner::WrongPassword, "waiting", "535"),
    (Manner::Silent, "waiting", "in time"),
    (Manner::Drips, "waiting", "in time"),
    (Manner::Garbage, "waiting", ""),
    (Manner::CutsBefore, "waiting", ""),
    (Manner::CutsAfterText, "doubtful", ""),
    (Manner::SilentAfterText, "doubtful", "in time"),
];

#[test]
fn whatever_a_mail_server_does_nothing_is_told_twice_and_nothing_is_lost() {
    // Each has a keychain of its own: who sets a server takes the password of the one before away.
    let play = |bus: &Bus, (manner, fate, said): (Manner, &str, &str)| {
        let desk = Desk::open(bus);
        let server = MailServer::start(manner, Line::Plain);
        let user = ["--user", "shop"];
        desk.set("127.0.0.1", server.port, "plain", &user).ends(0);
        desk.withdrawn("R-1");
        let sent = desk.send();
        let [(found, words)] = &sent[..] else {
            panic!("{manner:?}: {sent:?}");
        };
        assert_eq!(found, fate, "{manner:?}: {words}");
        assert!(
            words.contains(said) && !words.is_empty(),
            "{manner:?}: {words}"
        );
        assert!(!words.contains(PASSWORD), "{words}");
        // The server has come to its senses.
        server.becomes(Manner::Takes);
        let again = desk.send();
        if fate == "waiting" {
            assert_eq!(again, [("sent".to_owned(), String::new())], "{manner:?}");
        } else {
            // Only a person sends that again.
            assert_eq!((again, server.got().len()), (vec![], 0), "{manner:?}");
            desk.shop.run(&["mail", "letter", "R-1", "--send"]).ends(0);
        }
        assert_eq!(desk.letter("R-1").0, "sent", "{manner:?}");
        assert_eq!(server.got().len(), 1, "{manner:?}");
    };
    std::thread::scope(|scope| {
        for row in MANNERS {
            let Some(bus) = Bus::start() else { return };
            scope.spawn(move || play(&bus, row));
        }
    });
}

#[test]
fn a_line_is_protected_or_nothing_is_said() {
    let Some(bus) = Bus::start() else { return };
    let (pem, config) = certificate();
    let trusted = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(trusted.path(), pem).expect("a certificate");
    let lines = [
        ("tls", Line::Tls(Arc::clone(&config)), true, "sent"),
        (
            "starttls",
            Line::StartTls(Arc::clone(&config)),
            true,
            "sent",
        ),
        // Nobody has signed for it.
        ("tls", Line::Tls(Arc::clone(&config)), false, "waiting"),
        ("starttls", Line::StartTls(config), false, "waiting"),
        // It cannot protect a line.
        ("tls", Line::Plain, true, "waiting"),
        ("starttls", Line::Plain, true, "waiting"),
    ];
    for (security, line, is_trusted, fate) in lines {
        let told = format!("{security}, trusted: {is_trusted}, {fate}");
        let mut desk = Desk::open(&bus);
        if is_trusted {
            let file = trusted.path().to_string_lossy();
            desk.shop.set("SSL_CERT_FILE", &file);
        }
        let server = MailServer::start(Manner::Takes, line);
        let user = ["--user", "shop"];
        desk.set("localhost", server.port, security, &user).ends(0);
        desk.withdrawn("R-1");
        let sent = desk.send();
        assert_eq!(sent[0].0, fate, "{told}: {}", sent[0].1);
        let got = server.got();
        assert_eq!(got.len(), usize::from(fate == "sent"), "{told}");
        assert!(got.iter().all(|letter| letter.is_protected), "{told}");
    }
}

#[test]
fn what_is_typed_wrong_is_told_and_nothing_is_kept() {
    let Some(bus) = Bus::start() else { return };
    let desk = Desk::open(&bus);
    let json = |arguments: &[&str]| desk.shop.json(arguments);
    let base = |server: &'static str, from: &'static str, security: &'static str| {
        let named = ["mail", "set", "--server", server, "--from", from];
        [&named[..], &["--shop", "Bar", "--security", security]].concat()
    };
    let table = [
        (base("smtp://x", "a@example.com", "tls"), "mail_server"),
        (
            base("mail.example.com", "a@example.com", "plain"),
            "mail_not_secure",
        ),
        (base("mail.example.com", "nobody", "tls"), "mail_address"),
        (vec!["mail", "test", ANA], "mail_missing"),
        (vec!["mail", "send"], "mail_missing"),
    ];
    for (arguments, expected) in table {
        assert_eq!(json(&arguments).error_code(), expected, "{arguments:?}");
    }
    let shown = json(&["mail", "show"]).ends(0);
    assert_eq!(shown.lines()[0]["mail"]["is_on"], false);
    // Without a server the words are there to be copied.
    desk.withdrawn("R-1");
    let letter = json(&["mail", "letter", "R-1"]).ends(0).lines().remove(0);
    assert_eq!(letter["letter"]["fate"], "none");
    assert!(
        letter["letter"]["text"]
            .as_str()
            .expect("words")
            .contains("R-1")
    );
}
