//! Certificates: only a server that proves to be the host is sent anything.
//!
//! The client trusts what the operating system trusts, so the rows run in a process of their own
//! whose system trusts the authority of this test.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use payment::Failure;
use payment::failure::{NoAnswer, NotSent};
use providers::{NetworkOptions, install_tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::server::{Peer, Server, json};
use crate::shop::{KEY, Operation, compago, created_body};

const FOLDER: &str = "TILLSIDE_TEST_CERTIFICATES";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params, key).expect("an authority")
}

fn certificate(folder: &Path, name: &str, host: &str, last_year: i32, by: &Authority) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a host");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let signed = params.signed_by(&key, by).expect("a certificate");
    std::fs::write(folder.join(format!("{name}.pem")), signed.pem()).expect("written");
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).expect("written");
}

#[test]
fn only_a_server_that_proves_itself_is_sent_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (trusted, stranger) = (authority("Trusted in this test"), authority("Stranger"));
    let trusted_file = folder.path().join("authority.pem");
    std::fs::write(&trusted_file, trusted.pem()).unwrap();
    certificate(folder.path(), "good", "127.0.0.1", 2090, &trusted);
    certificate(folder.path(), "expired", "127.0.0.1", 2021, &trusted);
    certificate(
        folder.path(),
        "other-host",
        "api.example.com",
        2090,
        &trusted,
    );
    certificate(folder.path(), "stranger", "127.0.0.1", 2090, &stranger);
    for test in [
        "where_the_authority_is_trusted",
        "a_refused_stream_is_not_sent_again",
    ] {
        let run = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("tls::{test}"),
                "--ignored",
                "--nocapture",
            ])
            .env("SSL_CERT_FILE", &trusted_file)
            .env_remove("SSL_CERT_DIR")
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        let failed = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}\n{failed}");
        assert!(said.contains("1 passed"), "the rows did not run: {said}");
    }
}

fn config(name: &str, protocols: &[&str]) -> Arc<ServerConfig> {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder of the certificates"));
    let chain = CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).expect("read");
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).expect("read");
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("a server");
    let protocols = protocols
        .iter()
        .map(|protocol| protocol.as_bytes().to_vec());
    config.alpn_protocols = protocols.collect();
    Arc::new(config)
}

fn secured(name: &str, script: impl Fn(Peer) + Send + Sync + 'static) -> Server {
    let config = config(name, &["http/1.1"]);
    Server::start(move |peer| script(peer.secure(&config)))
}

fn honest(mut peer: Peer) {
    while peer.request().is_some() && peer.write(json(&created_body()).as_bytes()) {}
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by only_a_server_that_proves_itself_is_sent_anything"]
async fn where_the_authority_is_trusted() {
    install_tls();
    let untrusted = || {
        Err(Failure::NotSent {
            why: NotSent::NotTrusted,
        })
    };
    let lost = || {
        Err(Failure::NoAnswer {
            why: NoAnswer::ConnectionLost,
        })
    };
    let cut = |mut peer: Peer| {
        if peer.request().is_some() {
            peer.reset();
        }
    };
    // A body that ends with the connection may have been cut by anyone: without TLS's own farewell
    // it is not whole, however it looks.
    let without_farewell = |mut peer: Peer| {
        if peer.request().is_some() {
            peer.write(format!("HTTP/1.1 200 OK\r\n\r\n{}", created_body()).as_bytes());
            peer.close();
        }
    };
    let table = [
        ("good", secured("good", honest), Ok(()), 1),
        ("expired", secured("expired", honest), untrusted(), 0),
        (
            "another host's",
            secured("other-host", honest),
            untrusted(),
            0,
        ),
        ("a stranger's", secured("stranger", honest), untrusted(), 0),
        ("cut after the request", secured("good", cut), lost(), 1),
        ("no farewell", secured("good", without_farewell), lost(), 1),
    ];
    let options = NetworkOptions::default();
    for (name, server, expected, arrive) in table {
        for (index, operation) in Operation::ALL.into_iter().enumerate() {
            let base = format!("https://127.0.0.1:{}/api", server.port());
            let outcome = operation.run(&compago(&base, options.clone())).await;
            assert_eq!(outcome, expected, "{name}: {operation:?}");
            assert_eq!(
                server.count(),
                arrive * (index + 1),
                "{name}: {operation:?}"
            );
        }
        let heard = server.with(|arrived| arrived.requests.concat());
        assert_eq!(heard.contains(KEY), arrive > 0, "{name}");
    }
}

/// HTTP/2, just far enough to refuse each request as "not processed, send it again" (RFC 9113
/// §8.7): a `RST_STREAM` with `REFUSED_STREAM` for each `HEADERS`.
fn refuse_streams(mut peer: Peer) -> Option<()> {
    const HEADERS: u8 = 1;
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    peer.exactly(24)?; // the preface
    peer.write(&SETTINGS);
    loop {
        let head = peer.exactly(9)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        peer.exactly(usize::try_from(length).ok()?)?;
        if head[3] == HEADERS {
            peer.count("stream");
            let mut refusal = vec![0, 0, 4, 3, 0];
            refusal.extend_from_slice(&head[5..9]);
            refusal.extend_from_slice(&[0, 0, 0, 7]);
            peer.write(&refusal);
        }
    }
}

/// Told to send a charge again, the client still leaves that to the till.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by only_a_server_that_proves_itself_is_sent_anything"]
async fn a_refused_stream_is_not_sent_again() {
    install_tls();
    let config = config("good", &["h2"]);
    let server = Server::start(move |peer| {
        refuse_streams(peer.secure(&config));
    });
    let base = format!("https://127.0.0.1:{}/api", server.port());
    for (index, operation) in Operation::ALL.into_iter().enumerate() {
        let provider = compago(&base, NetworkOptions::default());
        let why = NoAnswer::ConnectionLost;
        assert_eq!(
            operation.run(&provider).await,
            Err(Failure::NoAnswer { why })
        );
        assert_eq!(server.count(), index + 1, "{operation:?}");
    }
}
