//! The key is in the header of a request and nowhere else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use payment::{Account, AccountId, System};
use providers::{Class, NetworkOptions, Request, connect};
use secrets::Secret;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Server, answer, json};
use crate::shop::{KEY, Operation, compago, created_body, hasty};

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
    for bytes in [json(&created_body()), echo, "junk\r\n\r\n".to_owned()] {
        let server = Server::answering(bytes);
        let provider = compago(&server.base(), hasty());
        for operation in Operation::ALL {
            let outcome = operation.run(&provider).await;
            assert!(!format!("{outcome:?}").contains(KEY));
        }
        let sent = server.with(|arrived| arrived.requests.concat());
        assert!(
            sent.contains(KEY),
            "it was sent, so there was something to leak"
        );
    }
    let text = heard.text();
    assert!(text.contains("answered"), "the client's own line was heard");
    assert!(text.contains("reqwest"), "the libraries were heard");
    assert!(!text.contains(KEY), "the key is in the log");
    assert!(!text.contains("NEXGO-1"), "a body is in the log");
}

#[test]
fn the_key_is_in_no_debug_text() {
    let key = || Secret::new(KEY).unwrap();
    let request = Request::new(Class::Read, reqwest::Method::GET, "/x".to_owned())
        .with_secret("x-api-key", reqwest::header::HeaderValue::from_static(KEY))
        .with_body(format!("{{\"key\":\"{KEY}\"}}").into());
    let provider = compago("http://127.0.0.1:9/api", NetworkOptions::default());
    let account = Account {
        id: AccountId::new("a").unwrap(),
        name: "a".to_owned(),
        system: System::Compago,
        base_url: "http://api.example.com".to_owned(),
        currency: money::Currency::Mxn,
        terminals: Vec::new(),
        practice: false,
    };
    let refused = connect(&account, Some(key()), NetworkOptions::default());
    let refused = refused.err().expect("plain http is refused");
    let text = format!("{request:?} {provider:?} {refused:?} {refused} {:?}", key());
    assert!(!text.contains(KEY), "{text}");
    assert!(!text.contains("7f3a91"), "{text}");
}
