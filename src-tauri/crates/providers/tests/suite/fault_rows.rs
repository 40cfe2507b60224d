//! The table of faults: what a server does, what the till makes of it for each request, and how
//! often the request arrived whole.

use std::time::Duration;

use payment::Failure;
use payment::System;
use payment::failure::{BadAnswer, NoAnswer, NotSent};
use payment::outcome::Verdict;

use providers::NetworkOptions;

use crate::server::{Peer, Server, answer, json};
use crate::shop::{hasty, made_body};

/// What a row expects of create, read and cancel.
pub(crate) type Expected = [Result<(), Failure>; 3];

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) base: String,
    pub(crate) options: NetworkOptions,
    pub(crate) server: Option<Server>,
    pub(crate) expected: Expected,
    pub(crate) verdicts: [Option<Verdict>; 3],
    /// How many whole requests may have arrived for each operation.
    pub(crate) arrive: usize,
}

fn same(failure: &Failure) -> Expected {
    [
        Err(failure.clone()),
        Err(failure.clone()),
        Err(failure.clone()),
    ]
}

/// The body means nothing: of no use to create and read; a cancel does not look at it.
fn body_of_no_use(why: BadAnswer) -> Expected {
    let failure = Failure::BadAnswer { why };
    [Err(failure.clone()), Err(failure), Ok(())]
}

const NOTHING_HAPPENED: [Option<Verdict>; 3] = [
    Some(Verdict::NothingHappened),
    Some(Verdict::TryLater),
    Some(Verdict::TryLater),
];
const MAY_HAVE_HAPPENED: [Option<Verdict>; 3] = [
    Some(Verdict::MayHaveHappened),
    Some(Verdict::TryLater),
    Some(Verdict::ReadToKnow),
];
const MAY_OR_DONE: [Option<Verdict>; 3] = [
    Some(Verdict::MayHaveHappened),
    Some(Verdict::TryLater),
    None,
];

const LOST: Failure = Failure::NoAnswer {
    why: NoAnswer::ConnectionLost,
};
const TIMED_OUT: Failure = Failure::NoAnswer {
    why: NoAnswer::TimedOut,
};
pub(crate) const TOO_LARGE: Failure = Failure::BadAnswer {
    why: BadAnswer::TooLarge,
};

impl Row {
    fn new(name: &'static str, server: Server, expected: Expected, arrive: usize) -> Self {
        let done = expected.iter().any(Result::is_ok);
        Self {
            name,
            base: server.base(),
            options: hasty(),
            server: Some(server),
            expected,
            verdicts: if done { MAY_OR_DONE } else { MAY_HAVE_HAPPENED },
            arrive,
        }
    }

    /// The request arrives whole, and the script does the rest.
    fn after(
        name: &'static str,
        failure: &Failure,
        script: impl Fn(Peer) + Send + Sync + 'static,
    ) -> Self {
        let server = Server::start(move |mut peer| {
            if peer.request().is_some() {
                script(peer);
            }
        });
        Self::new(name, server, same(failure), 1)
    }

    /// The request arrives whole, is answered with these bytes, and the connection closes.
    fn bytes(name: &'static str, failure: &Failure, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::after(name, failure, move |mut peer| {
            peer.write(&bytes);
            peer.close();
        })
    }

    /// The same where the body is of no use.
    fn no_use(name: &'static str, why: BadAnswer, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Server::answering(bytes), body_of_no_use(why), 1)
    }

    fn unsent(name: &'static str, base: String, server: Option<Server>, why: NotSent) -> Self {
        Self {
            name,
            base,
            options: unconnected(),
            server,
            expected: same(&Failure::NotSent { why }),
            verdicts: NOTHING_HAPPENED,
            arrive: 0,
        }
    }
}

/// The limit on connecting is reached long before the one on the whole request, as in a shop, also
/// on a machine that is busy with other tests.
fn unconnected() -> NetworkOptions {
    NetworkOptions {
        connect_ms: 6_000,
        ..NetworkOptions::default()
    }
}

/// Before a byte of the request left.
pub(crate) fn unsent_rows() -> Vec<Row> {
    let https = |server: &Server| format!("https://127.0.0.1:{}/api", server.port());
    let junk = Server::start(|mut peer| {
        if peer.first_byte() {
            peer.write(b"HTTP/1.1 400 Bad Request\r\n\r\nthis is not TLS");
            peer.hold();
        }
    });
    let silent = Server::start(|mut peer| peer.hold());
    let slammed = Server::start(|peer| {
        if peer.first_byte() {
            peer.reset();
        }
    });
    let nobody = format!("http://127.0.0.1:{}/api", Server::nobody());
    let mut rows = vec![
        Row::unsent("nobody listens", nobody, None, NotSent::NoConnection),
        Row::unsent(
            "junk in place of TLS",
            https(&junk),
            Some(junk),
            NotSent::NotTrusted,
        ),
        Row::unsent(
            "TLS never answers",
            https(&silent),
            Some(silent),
            NotSent::NoConnection,
        ),
        Row::unsent(
            "reset in the handshake",
            https(&slammed),
            Some(slammed),
            NotSent::NoConnection,
        ),
    ];
    rows.extend(proxy_rows());
    rows
}

/// A proxy that does not connect is told the host, and nothing of the request.
fn proxy_rows() -> Vec<Row> {
    let through = |name, proxy: String, server: Option<Server>, why| {
        let base = "https://api.example.com/api".to_owned();
        let arrive = usize::from(server.is_some());
        let row = Row::unsent(name, base, server, why);
        let options = NetworkOptions {
            proxy: Some(proxy),
            ..unconnected()
        };
        Row {
            options,
            arrive,
            ..row
        }
    };
    let address = |server: &Server| format!("http://127.0.0.1:{}", server.port());
    let refusing = Server::answering("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
    let closing = Server::start(|mut peer| {
        peer.request();
        peer.close();
    });
    let nobody = format!("http://127.0.0.1:{}", Server::nobody());
    // A label of 64 characters is longer than a name may have: refused without asking anyone.
    let no_host = format!("http://{}.invalid:3128", "a".repeat(64));
    vec![
        through("no such host", no_host, None, NotSent::NoSuchHost),
        through("no such proxy", nobody, None, NotSent::NoConnection),
        through(
            "a proxy refuses",
            address(&refusing),
            Some(refusing),
            NotSent::NoConnection,
        ),
        through(
            "a proxy hangs up",
            address(&closing),
            Some(closing),
            NotSent::NoConnection,
        ),
    ]
}

/// The connection breaks or falls silent.
pub(crate) fn broken_rows(system: System) -> Vec<Row> {
    let unread = Server::start(|peer| {
        if peer.first_byte() {
            peer.reset();
        }
    });
    let mut rows = vec![Row::new("reset before reading", unread, same(&LOST), 0)];
    rows.extend([
        Row::after("reset after reading", &LOST, Peer::reset),
        Row::after("closed after reading", &LOST, Peer::close),
        Row::after("half open: silence", &TIMED_OUT, |mut peer| peer.hold()),
        Row::after("half a head, then silence", &TIMED_OUT, |mut peer| {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-le");
            peer.hold();
        }),
        Row::after("half a head, then reset", &LOST, |mut peer| {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-le");
            peer.reset();
        }),
        Row::after("one byte at a time", &TIMED_OUT, |mut peer| {
            peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
            peer.drip(&[b' '; 1000], Duration::from_millis(50));
        }),
        Row::after("a head one byte at a time", &TIMED_OUT, |mut peer| {
            peer.drip(json(&"x".repeat(100)).as_bytes(), Duration::from_millis(50));
        }),
        Row::bytes(
            "half a body, then closed",
            &LOST,
            truncated(&made_body(system)),
        ),
        Row::after("half a body, then reset", &LOST, move |mut peer| {
            peer.write(&truncated(&made_body(system)));
            peer.reset();
        }),
        Row::after("half a body, then silence", &TIMED_OUT, move |mut peer| {
            peer.write(&truncated(&made_body(system)));
            peer.hold();
        }),
    ]);
    rows
}

/// The framing of the answer is broken.
pub(crate) fn misframed_rows() -> Vec<Row> {
    vec![
        Row::bytes(
            "a refusal whose body is cut",
            &LOST,
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 900\r\n\r\n{\"message\":\"no\"}",
        ),
        Row::bytes(
            "chunks that end early",
            &LOST,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n",
        ),
        Row::bytes(
            "a chunk of nonsense length",
            &LOST,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        ),
        Row::bytes("a junk status line", &LOST, "ICY 200 OK\r\n\r\n{}"),
        Row::bytes(
            "binary junk",
            &LOST,
            vec![0_u8, 255, 3, 7, 0, 0, 13, 10, 13, 10],
        ),
        Row::bytes(
            "two lengths",
            &LOST,
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 7\r\n\r\n{}",
        ),
        Row::bytes(
            "a length that is no number",
            &LOST,
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
        ),
        Row::bytes(
            "a head without end",
            &LOST,
            format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2_000_000)),
        ),
    ]
}

/// A whole answer that is of no use.
pub(crate) fn useless_rows(system: System) -> Vec<Row> {
    let short = made_body(system);
    let short =
        format!("HTTP/1.1 200 OK\r\ncontent-length: 20\r\nconnection: close\r\n\r\n{short}");
    let gzip = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
                content-length: 4\r\n\r\n\u{1f}abc";
    let deep = format!("{{\"id\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let twice = ",\"id\":\"x\",\"success\":true,\"status\":\"CONFIRMED\"}";
    let twice = made_body(system).replace('}', twice);
    let html = answer("200 OK", "text/html; charset=utf-8", "<html>Log in</html>");
    let web_page = Failure::BadAnswer {
        why: BadAnswer::WebPage,
    };
    let mut rows = vec![
        Row::no_use("a length that is too short", BadAnswer::Unreadable, short),
        Row::no_use("nonsense called gzip", BadAnswer::Unreadable, gzip),
        Row::no_use("no body", BadAnswer::Unreadable, json("")),
        Row::no_use(
            "204",
            BadAnswer::Unreadable,
            "HTTP/1.1 204 No Content\r\n\r\n",
        ),
        Row::no_use("a list", BadAnswer::Unreadable, json("[]")),
        Row::no_use(
            "NaN",
            BadAnswer::Unreadable,
            json("{\"id\":NaN,\"status\":NaN}"),
        ),
        Row::no_use("a name of nested lists", BadAnswer::Unreadable, json(&deep)),
        Row::no_use(
            "fields that are there twice",
            BadAnswer::Unreadable,
            json(&twice),
        ),
        Row::new("a web page", Server::answering(html), same(&web_page), 1),
    ];
    rows.push(Row::after("a hundred megabytes", &TOO_LARGE, |mut peer| {
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n");
        while peer.write(&[b' '; 65_536]) {}
    }));
    rows.push(Row::after("chunks without end", &TOO_LARGE, |mut peer| {
        peer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
        while peer.write(chunk.as_bytes()) {}
    }));
    rows
}

/// A status that no documentation knows for these requests.
pub(crate) fn status_rows() -> Vec<Row> {
    let fault = |status| Failure::Fault { status };
    let slow = Failure::RateLimited {
        retry_after_ms: Some(3_000),
    };
    let mut slow = Row::new(
        "429",
        Server::answering(
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n",
        ),
        same(&slow),
        1,
    );
    slow.verdicts = [
        Some(Verdict::MayHaveHappened),
        Some(Verdict::TryLater),
        Some(Verdict::TryLater),
    ];
    let mut refused = Row::new(
        "401",
        Server::answering(answer(
            "401 Unauthorized",
            "application/json",
            "{\"message\":\"no\"}",
        )),
        same(&Failure::KeyRefused),
        1,
    );
    refused.verdicts = NOTHING_HAPPENED;
    vec![
        slow,
        refused,
        Row::bytes(
            "500",
            &fault(500),
            answer("500 Oops", "application/json", "{\"message\":\"x\"}"),
        ),
        Row::bytes(
            "502",
            &fault(502),
            answer("502 Bad Gateway", "text/html", "<html></html>"),
        ),
        Row::bytes(
            "503",
            &fault(503),
            answer("503 Unavailable", "text/plain", ""),
        ),
        Row::bytes(
            "400 without their words",
            &fault(400),
            answer("400 Bad", "text/html", "<p>already</p>"),
        ),
        Row::bytes(
            "304",
            &Failure::Redirected,
            "HTTP/1.1 304 Not Modified\r\n\r\n",
        ),
    ]
}

/// A head that announces more than follows.
fn truncated(body: &str) -> Vec<u8> {
    let half = &body[..body.len() / 2];
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{half}",
        body.len()
    )
    .into_bytes()
}
