//! The key is in the header of a request and nowhere else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use money::Currency;
use payment::{AmountUnit, Clock, Generation, System};
use providers::{
    BaseUrl, Class, Compago, CompagoLink, Dojo, KeyPair, LeanRails, Network, NetworkOptions,
    One2Pays, Request, ReturnPages, connect,
};
use secrets::Secret;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Server, answer, json};
use crate::shop::{KEY, Operation, account, hasty, line, made_body};

/// Everything any library of this process logs, at the finest level.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Heard {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl log::Log for Heard {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(self.clone(), "{} {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

/// Listens to `tracing` and to `log`, once in a process.
fn listen() -> &'static Heard {
    static HEARD: OnceLock<Heard> = OnceLock::new();
    HEARD.get_or_init(|| {
        let heard = Heard::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(heard.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        log::set_boxed_logger(Box::new(heard.clone())).expect("the only logger");
        log::set_max_level(log::LevelFilter::Trace);
        heard
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_in_no_log() {
    let heard = listen();
    let echo = answer(
        "400 Bad Request",
        "application/json",
        r#"{"message":"bad request"}"#,
    );
    for system in System::ALL {
        let mut sent = String::new();
        for bytes in [
            json(&made_body(system)),
            echo.clone(),
            "junk\r\n\r\n".to_owned(),
        ] {
            let server = Server::answering(bytes);
            let provider = line(system, &server.base(), hasty());
            for operation in [
                Operation::Create,
                Operation::Read,
                Operation::Cancel,
                Operation::Find,
            ] {
                let outcome = operation.run_in(system, &*provider).await;
                assert!(!format!("{outcome:?}").contains(KEY));
            }
            sent += &server.with(|arrived| arrived.requests.concat());
        }
        // The half of a pair that signs is never sent; its signature is, and is no less secret.
        let signs = sent.contains("x-signature: sha256=");
        let names = sent.contains(&format!("authorization: Basic {}", as_a_name()));
        assert_eq!(
            sent.contains(KEY),
            !(signs || names),
            "{system:?}: something was there to leak"
        );
    }
    let text = heard.text();
    assert!(text.contains("answered"), "the client's own line was heard");
    assert!(text.contains("reqwest"), "the libraries were heard");
    assert!(!text.contains(KEY), "the key is in the log");
    assert!(!text.contains(&as_a_name()), "the key is in the log");
    assert!(!text.contains("sha256="), "a signature is in the log");
    assert!(
        !text.contains("1234567890"),
        "a payer's account is in the log"
    );
    assert!(!text.contains("NEXGO-1"), "a body is in the log");
}

/// The key as LeanRails is sent it: a name without a password.
fn as_a_name() -> String {
    STANDARD.encode(format!("{KEY}:"))
}

struct Stopped;

impl Clock for Stopped {
    fn now_ms(&self) -> i64 {
        0
    }
}

#[test]
fn the_key_is_in_no_debug_text() {
    let key = || Secret::new(KEY).unwrap();
    let request = Request::new(Class::Read, reqwest::Method::GET, "/x".to_owned())
        .with_secret("x-api-key", reqwest::header::HeaderValue::from_static(KEY))
        .with_body(format!("{{\"key\":\"{KEY}\"}}").into());
    let network = || {
        let base = BaseUrl::parse("http://127.0.0.1:9/api").unwrap();
        Arc::new(Network::new(base, NetworkOptions::default()).unwrap())
    };
    let (mxn, thb) = (Currency::Mxn, Currency::Thb);
    let pages = ReturnPages {
        homepage_url: "https://shop.example".to_owned(),
        redirect_url: "https://shop.example".to_owned(),
    };
    let keys = KeyPair {
        public: "pk_test".to_owned(),
        secret: key(),
    };
    let providers = (
        Compago::new(network(), key(), mxn),
        CompagoLink::new(network(), key(), mxn, pages),
        keys.clone(),
        Dojo::new(network(), key(), Currency::Gbp, "reseller"),
        One2Pays::new(network(), keys, thb, AmountUnit::Major, Arc::new(Stopped)),
        LeanRails::new(network(), key(), Currency::Usd, Generation::Form),
    );
    let account = account(System::Compago, "http://api.example.com");
    let refused = connect(&account, Some(key()), NetworkOptions::default());
    let refused = refused.err().expect("plain http is refused");
    let text = format!(
        "{request:?} {providers:?} {refused:?} {refused} {:?}",
        key()
    );
    assert!(!text.contains(KEY), "{text}");
    assert!(!text.contains("7f3a91"), "{text}");
}
