//! A raw TCP server: each connection is handed to a script that may read, write, dawdle, lie about
//! lengths, or reset. It counts what arrived.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection};
use socket2::{Domain, Socket, Type};

/// How long a script waits for a client that does nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// What arrived at a server.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// Connections taken.
    pub(crate) connections: usize,
    /// Whole requests, head and body, in order.
    pub(crate) requests: Vec<String>,
    /// Bytes a script could write before the client hung up.
    pub(crate) bytes_written: usize,
}

/// A listening server. It goes on until the process ends.
pub(crate) struct Server {
    port: u16,
    arrived: Arc<Mutex<Arrived>>,
}

/// One connection of a script.
pub(crate) struct Peer {
    stream: TcpStream,
    tls: Option<ServerConnection>,
    arrived: Arc<Mutex<Arrived>>,
}

impl Server {
    /// Runs a script on each connection.
    pub(crate) fn start(script: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let arrived: Arc<Mutex<Arrived>> = Arc::default();
        let shared = Arc::clone(&arrived);
        let script = Arc::new(script);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(PATIENCE));
                shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .connections += 1;
                let (script, arrived) = (Arc::clone(&script), Arc::clone(&shared));
                thread::spawn(move || {
                    script(Peer {
                        stream,
                        tls: None,
                        arrived,
                    })
                });
            }
        });
        Self { port, arrived }
    }

    /// A port where nobody listens. It stays taken until the process ends: another test's server
    /// could otherwise be given it meanwhile.
    pub(crate) fn nobody() -> u16 {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&here.into()).expect("a free port");
        let address = socket.local_addr().expect("an address").as_socket();
        static TAKEN: Mutex<Vec<Socket>> = Mutex::new(Vec::new());
        TAKEN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(socket);
        address.expect("an address of IPv4").port()
    }

    /// Answers every request on every connection with the same bytes.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut peer| while peer.request().is_some() && peer.write(&answer) {})
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.port)
    }

    /// How many whole requests have arrived.
    pub(crate) fn count(&self) -> usize {
        self.with(|arrived| arrived.requests.len())
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Arrived) -> T) -> T {
        look(&self.arrived.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Peer {
    /// Reads one whole request and counts it; `None` where the client hung up before its end.
    pub(crate) fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(at) = find(&bytes, b"\r\n\r\n") {
                break at + 4;
            }
            self.more(&mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(str::to_owned)
            })
            .map_or(0, |length| length.trim().parse().expect("a length"));
        while bytes.len() < head_end + length {
            self.more(&mut bytes)?;
        }
        let request = String::from_utf8_lossy(&bytes).into_owned();
        self.note(|arrived| arrived.requests.push(request.clone()));
        Some(request)
    }

    /// Reads so many bytes; `None` where the client hung up before.
    pub(crate) fn exactly(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        let mut filled = 0;
        while filled < count {
            let more = self.read(&mut bytes[filled..]).ok();
            filled += more.filter(|more| *more > 0)?;
        }
        Some(bytes)
    }

    /// Counts something as a request that arrived.
    pub(crate) fn count(&self, what: &str) {
        self.note(|arrived| arrived.requests.push(what.to_owned()));
    }

    /// Waits for the first byte and leaves it unread.
    pub(crate) fn first_byte(&self) -> bool {
        self.stream.peek(&mut [0]).is_ok_and(|count| count > 0)
    }

    /// Waits until the client hangs up, reading nothing of what matters.
    pub(crate) fn hold(&mut self) {
        let mut sink = [0; 1024];
        loop {
            match self.read(&mut sink) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// Writes; `false` where the client has hung up.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        let outcome = match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.stream).write_all(bytes),
            None => self.stream.write_all(bytes),
        };
        let written = outcome.is_ok();
        if written {
            self.note(|arrived| arrived.bytes_written += bytes.len());
        }
        written
    }

    /// Writes a byte at a time.
    pub(crate) fn drip(&mut self, bytes: &[u8], pause: Duration) {
        for byte in bytes {
            if !self.write(&[*byte]) {
                return;
            }
            thread::sleep(pause);
        }
    }

    /// Closes with a reset in place of a farewell.
    pub(crate) fn reset(self) {
        let socket = socket2::SockRef::from(&self.stream);
        socket.set_linger(Some(Duration::ZERO)).expect("linger");
    }

    /// Closes in good order.
    pub(crate) fn close(self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Speaks TLS from here on.
    pub(crate) fn secure(mut self, config: &Arc<ServerConfig>) -> Self {
        self.tls = Some(ServerConnection::new(Arc::clone(config)).expect("a TLS server"));
        self
    }

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.stream).read(bytes),
            None => self.stream.read(bytes),
        }
    }

    fn more(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let mut piece = [0; 4096];
        let count = self.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        Some(())
    }

    fn note(&self, change: impl FnOnce(&mut Arrived)) {
        change(&mut self.arrived.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// A whole answer with an honest length.
pub(crate) fn answer(status: &str, media: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A whole answer in JSON.
pub(crate) fn json(body: &str) -> String {
    answer("200 OK", "application/json", body)
}
