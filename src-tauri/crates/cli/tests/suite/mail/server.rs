//! A mail server on loopback: SMTP (RFC 5321) over real sockets, with TLS (RFC 8314, RFC 3207), and with
//! every bad manner a till has to live with.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes every letter.
    Takes,
    /// Knows no such reader.
    RefusesReader,
    /// Has no time now.
    Later,
    /// Reads the letter and does not want it.
    RefusesText,
    /// Does not know the password.
    WrongPassword,
    /// Takes the connection and says nothing.
    Silent,
    /// Greets a byte a second.
    Drips,
    /// Is no mail server.
    Garbage,
    /// Goes in the middle of the talk.
    CutsBefore,
    /// Goes after the letter came, without a word.
    CutsAfterText,
    /// Stays after the letter came, without a word.
    SilentAfterText,
}

/// How its line is protected.
#[derive(Clone)]
pub(crate) enum Line {
    /// Not at all.
    Plain,
    /// From the first byte on.
    Tls(Arc<ServerConfig>),
    /// When asked.
    StartTls(Arc<ServerConfig>),
}

/// A letter that reached the server whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) to: String,
    pub(crate) text: String,
    /// What was shown of user and password, as it came (base64).
    pub(crate) signed_in: Option<String>,
    pub(crate) is_protected: bool,
}

pub(crate) struct MailServer {
    pub(crate) port: u16,
    manner: Arc<Mutex<Manner>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl MailServer {
    pub(crate) fn start(manner: Manner, line: Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let manner = Arc::new(Mutex::new(manner));
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let (now, box_) = (Arc::clone(&manner), Arc::clone(&got));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let manner = *now.lock().expect("no test breaks it");
                let (line, got) = (line.clone(), Arc::clone(&box_));
                std::thread::spawn(move || {
                    // Whoever hangs up is told nothing.
                    let _ = serve(stream, manner, &line, &got);
                });
            }
        });
        Self { port, manner, got }
    }

    pub(crate) fn becomes(&self, manner: Manner) {
        *self.manner.lock().expect("no test breaks it") = manner;
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("no test breaks it").clone()
    }
}

/// A certificate for `localhost` that signs itself, and the server's side of it.
pub(crate) fn certificate() -> (String, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let made = made.expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let chain: Vec<CertificateDer<'static>> = vec![made.cert.der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("what rustls has")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("they fit");
    (made.cert.pem(), Arc::new(config))
}

fn protect(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
) -> StreamOwned<ServerConnection, TcpStream> {
    let connection = ServerConnection::new(Arc::clone(config)).expect("a connection");
    StreamOwned::new(connection, stream)
}

fn serve(
    mut stream: TcpStream,
    manner: Manner,
    line: &Line,
    got: &Mutex<Vec<Got>>,
) -> std::io::Result<()> {
    match manner {
        Manner::Silent => {
            std::thread::sleep(Duration::from_secs(120));
            return Ok(());
        }
        Manner::Drips => {
            for byte in b"220 mail.example.com is here and takes its time as it always does\r\n" {
                stream.write_all(&[*byte])?;
                std::thread::sleep(Duration::from_secs(1));
            }
            return Ok(());
        }
        Manner::Garbage => return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Manner::Takes
        | Manner::RefusesReader
        | Manner::Later
        | Manner::RefusesText
        | Manner::WrongPassword
        | Manner::CutsBefore
        | Manner::CutsAfterText
        | Manner::SilentAfterText => {}
    }
    match line {
        Line::Plain => talk(&mut stream, manner, true, false, false, got).map(|_| ()),
        Line::Tls(config) => {
            let mut stream = protect(stream, config);
            talk(&mut stream, manner, true, false, true, got).map(|_| ())
        }
        Line::StartTls(config) => {
            if !talk(&mut stream, manner, true, true, false, got)? {
                return Ok(());
            }
            let mut stream = protect(stream, config);
            talk(&mut stream, manner, false, false, true, got).map(|_| ())
        }
    }
}

/// The talk. True where the line is to be protected now.
fn talk<S: Read + Write>(
    stream: &mut S,
    manner: Manner,
    greets: bool,
    offers_tls: bool,
    is_protected: bool,
    got: &Mutex<Vec<Got>>,
) -> std::io::Result<bool> {
    let mut reader = BufReader::new(stream);
    let say = |reader: &mut BufReader<&mut S>, line: &str| {
        let stream = reader.get_mut();
        stream.write_all(line.as_bytes())?;
        stream.write_all(b"\r\n")?;
        stream.flush()
    };
    if greets {
        say(&mut reader, "220 localhost ESMTP")?;
    }
    let (mut to, mut signed_in) = (String::new(), None);
    loop {
        let mut command = String::new();
        if reader.read_line(&mut command)? == 0 {
            return Ok(false);
        }
        let word = command.split_whitespace().next().unwrap_or_default();
        match word.to_ascii_uppercase().as_str() {
            "EHLO" if offers_tls => {
                say(&mut reader, "250-localhost\r\n250-STARTTLS\r\n250 8BITMIME")?;
            }
            "EHLO" => say(
                &mut reader,
                "250-localhost\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            )?,
            "STARTTLS" => {
                say(&mut reader, "220 go ahead")?;
                return Ok(true);
            }
            "AUTH" if manner == Manner::WrongPassword => {
                say(&mut reader, "535 5.7.8 not this password")?;
            }
            "AUTH" => {
                signed_in = command.split_whitespace().nth(2).map(str::to_owned);
                say(&mut reader, "235 welcome")?;
            }
            "MAIL" if manner == Manner::CutsBefore => return Ok(false),
            "MAIL" => say(&mut reader, "250 ok")?,
            "RCPT" if manner == Manner::RefusesReader => {
                say(&mut reader, "550 5.1.1 no such user here")?;
            }
            "RCPT" if manner == Manner::Later => say(&mut reader, "451 4.7.1 try again later")?,
            "RCPT" => {
                to = command.trim().to_owned();
                say(&mut reader, "250 ok")?;
            }
            "DATA" => {
                say(&mut reader, "354 go on")?;
                let text = letter(&mut reader)?;
                match manner {
                    Manner::RefusesText => say(&mut reader, "554 5.7.1 not wanted")?,
                    Manner::CutsAfterText => return Ok(false),
                    Manner::SilentAfterText => std::thread::sleep(Duration::from_secs(120)),
                    Manner::Takes
                    | Manner::RefusesReader
                    | Manner::Later
                    | Manner::WrongPassword
                    | Manner::Silent
                    | Manner::Drips
                    | Manner::Garbage
                    | Manner::CutsBefore => {
                        got.lock().expect("no test breaks it").push(Got {
                            to: to.clone(),
                            text,
                            signed_in: signed_in.clone(),
                            is_protected,
                        });
                        say(&mut reader, "250 2.0.0 taken")?;
                    }
                }
            }
            "QUIT" => {
                say(&mut reader, "221 bye")?;
                return Ok(false);
            }
            _ => say(&mut reader, "502 what?")?,
        }
    }
}

fn letter(reader: &mut impl std::io::BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}
