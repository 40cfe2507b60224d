//! From the cashier's Enter to the first byte on the wire, beside one raw append and fdatasync.

use std::sync::Arc;
use std::time::Instant;

use journal::Journal;
use money::Currency;
use payment::{Account, AccountId, AccountSettings, Provider, System, Terminal, TerminalCode};
use providers::{BaseUrl, Compago, Network, NetworkOptions};
use secrets::{MemoryVault, Secret};
use till::api::{ApiError, Code, StartChargeRequest};
use till::{Connector, Parts, PracticeControls, PracticePage, PracticeStore, Till};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::disk::Raw;
use crate::numbers::Pairs;

const ROUNDS: u32 = 400;

/// A provider that refuses everything at once and says when the first byte came.
async fn refuse(listener: TcpListener, seen: UnboundedSender<Instant>) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else {
            return;
        };
        let seen = seen.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok(read) = stream.read(&mut buffer).await {
                if read == 0 {
                    return;
                }
                let now = Instant::now();
                // The head and the body may come in two pieces; only the head's is the first byte.
                if buffer.starts_with(b"POST") {
                    let _ = seen.send(now);
                }
                if buffer[..read].ends_with(b"}") {
                    let body = r#"{"message":"no such terminal"}"#;
                    let answer = format!(
                        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
                         content-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        });
    }
}

struct Direct(String);

impl Connector for Direct {
    fn connect(&self, account: &Account, _: Option<Secret>) -> Result<Arc<dyn Provider>, ApiError> {
        let base = BaseUrl::parse(&self.0).map_err(|_| ApiError::new(Code::AddressInvalid))?;
        let network = Network::new(base, NetworkOptions::default())
            .map_err(|_| ApiError::new(Code::AddressInvalid))?;
        let key = Secret::new("practice").map_err(|_| ApiError::new(Code::KeyInvalid))?;
        Ok(Arc::new(Compago::new(
            Arc::new(network),
            key,
            account.currency,
        )))
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        Ok(text.to_owned())
    }
}

/// Nobody presses anything.
pub(crate) struct NoHands;

impl PracticeControls for NoHands {
    fn terminal(&self, _: &str) -> Option<till::api::PracticeTerminalView> {
        None
    }

    fn press(&self, _: &str, _: till::api::PracticePress) -> Result<(), ApiError> {
        Err(ApiError::new(Code::PracticeMissing))
    }

    fn page(&self, _: &str) -> Option<PracticePage> {
        None
    }

    fn press_page(&self, _: &str, _: till::api::PracticePagePress) -> Result<(), ApiError> {
        Err(ApiError::new(Code::PracticeMissing))
    }
}

/// A clock that stands.
pub(crate) struct Midnight;

impl payment::Clock for Midnight {
    fn now_ms(&self) -> i64 {
        0
    }
}

async fn open(folder: &std::path::Path, url: &str) -> Till {
    let account = Account {
        id: AccountId::new("bench").expect("a name"),
        name: "Bench".to_owned(),
        system: System::Compago,
        base_url: url.to_owned(),
        currency: Currency::Mxn,
        terminals: vec![Terminal {
            code: TerminalCode::new("T-1").expect("a code"),
            label: "T".to_owned(),
        }],
        settings: AccountSettings::default(),
        practice: true,
    };
    let parts = Parts {
        journal: Journal::open(folder).expect("a journal"),
        blocked: None,
        post: None,
        delivers: false,
        looks_elsewhere: false,
        vault: Arc::new(MemoryVault::default()),
        connector: Arc::new(Direct(url.to_owned())),
        clock: Arc::new(Midnight),
        practice: Some(PracticeStore {
            accounts: vec![account],
            controls: Arc::new(NoHands),
        }),
        takes_up: true,
        exports: None,
        seed: 1,
    };
    Till::open(parts).await.expect("a till")
}

async fn charge(till: &Till, number: u32) {
    let request = StartChargeRequest {
        order: format!("R-{number}"),
        digits: "35050".to_owned(),
        account: "bench".to_owned(),
        terminal: "T-1".to_owned(),
        link: None,
        sale: None,
        card: None,
    };
    till.start_charge(request).await.expect("started");
}

async fn measure(till: &Till, raw: &mut Raw, seen: &mut UnboundedReceiver<Instant>) -> Pairs {
    let mut pairs = Pairs::default();
    for number in 0..ROUNDS {
        let control = raw.append();
        let clicked = Instant::now();
        charge(till, number).await;
        let first_byte = seen.recv().await.expect("a request");
        pairs.add(first_byte.duration_since(clicked), control);
        while till.open_count() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
    pairs
}

/// Alternates the two.
pub(crate) fn run() {
    providers::install_tls();
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("it");
    let pairs = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/api", listener.local_addr().expect("an address"));
        let (sender, mut seen) = unbounded_channel();
        tokio::spawn(refuse(listener, sender));
        let till = open(folder.path(), &url).await;
        let mut raw = Raw::new(folder.path());
        measure(&till, &mut raw, &mut seen).await
    });
    pairs.tell(
        "Enter to first byte, less 1 ms / raw append+fdatasync",
        1.10,
        1.0,
    );
}
