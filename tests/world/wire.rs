//! The network between the tills and the practice store, in memory. A request that has left goes
//! its way even where the till that sent it is gone.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use http::HeaderValue;
use http::header::HOST;
use journal::Journal;
use payment::failure::{NoAnswer, NotSent};
use payment::{Failure, System};
use practice::{Faults, Ordered, Practice};
use providers::{Class, Request, Response, Transport};
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};

use super::asked::Asked;
use super::bug::{Bug, Memory};
use super::hands;
use super::mishap::{Calm, Mishap, Passage, Weather};
use crate::trace::Trace;

/// The largest answer that is taken, as in the client of the shop.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Where in the life of an exchange a till is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// Before a byte has left.
    BeforeSending,
    /// The store has it; no answer has come.
    BeforeTheAnswer,
    /// The answer is here and has not been looked at.
    BeforeReading,
}

impl CrashPoint {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::BeforeSending,
        Self::BeforeTheAnswer,
        Self::BeforeReading,
    ];
}

/// What all wires of a shop share.
pub struct Net {
    pub(super) practice: Practice,
    trace: Arc<Trace>,
    state: Mutex<NetState>,
    sprung: Notify,
}

struct NetState {
    weather: Box<dyn Weather>,
    sent: u64,
    /// By account and key.
    creates: BTreeMap<(&'static str, String), CreatesOfKey>,
    mishaps: BTreeMap<&'static str, u64>,
    broken: Vec<String>,
    trap: Option<(u64, CrashPoint)>,
    bug: Option<Bug>,
    memory: Memory,
}

/// What the network knows of the creates of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatesOfKey {
    /// How many tills sent.
    pub sent: u32,
    /// How many are still on their way to the store.
    pub under_way: u32,
    /// When the last was sent. Milliseconds since the story began.
    pub last_sent_ms: u64,
    /// The body of the last, by till: two tills may charge one order on two terminals.
    bodies: BTreeMap<usize, Vec<u8>>,
}

impl Net {
    pub(super) fn new(practice: Practice, trace: Arc<Trace>) -> Self {
        Self {
            practice,
            trace,
            state: Mutex::new(NetState {
                weather: Box::new(Calm),
                sent: 0,
                creates: BTreeMap::new(),
                mishaps: BTreeMap::new(),
                broken: Vec::new(),
                trap: None,
                bug: None,
                memory: Memory::default(),
            }),
            sprung: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, NetState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the weather from the next request on.
    pub fn set_weather(&self, weather: impl Weather + 'static) {
        self.lock().weather = Box::new(weather);
    }

    /// Plants a mistake from the next request on.
    pub fn plant(&self, bug: Option<Bug>) {
        self.lock().bug = bug;
    }

    /// The planted mistake.
    #[must_use]
    pub fn bug(&self) -> Option<Bug> {
        self.lock().bug
    }

    /// How many requests were sent.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.lock().sent
    }

    /// What is known of the creates of a key at a system.
    #[must_use]
    pub fn creates(&self, system: System, key: &str) -> CreatesOfKey {
        let name = (hands::account_id(system), key.to_owned());
        self.lock().creates.get(&name).cloned().unwrap_or_default()
    }

    /// How often each mishap happened.
    #[must_use]
    pub fn mishaps(&self) -> BTreeMap<&'static str, u64> {
        self.lock().mishaps.clone()
    }

    /// What was sent without being written down first (I1), or was sent with another body (I9).
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        self.lock().broken.clone()
    }

    /// Holds the exchange of this number at this point for ever; [`Net::trapped`] tells when.
    pub fn set_trap(&self, number: u64, point: CrashPoint) {
        self.lock().trap = Some((number, point));
    }

    /// Waits until an exchange has stepped into the trap.
    pub async fn trapped(&self) {
        self.sprung.notified().await;
    }

    async fn trap(&self, number: u64, point: CrashPoint) {
        if self.lock().trap == Some((number, point)) {
            self.sprung.notify_one();
            pending::<()>().await;
        }
    }

    fn note(&self, asked: &Asked, body: &[u8], is_written: bool) {
        let mut state = self.lock();
        if !is_written {
            let line = format!("I1: sent before it was written down: {asked:?}");
            state.broken.push(line);
        }
        if let (Some(key), Some(name)) = (&asked.key, named(asked)) {
            let creates = state.creates.entry(name).or_default();
            creates.sent += 1;
            creates.last_sent_ms = self.trace.now_ms();
            let may_be_there = creates.under_way > 0 || is_taken(&self.practice, key);
            let before = creates.bodies.insert(asked.till, body.to_owned());
            // A key that the store never took is as good as new, and two tills that know nothing of
            // each other may charge one order on two terminals.
            let is_alone = creates.bodies.len() == 1;
            if is_alone && may_be_there && before.is_some_and(|before| before != body) {
                let line = format!("I9: the key {key} was sent with another body");
                state.broken.push(line);
            }
        }
    }

    fn under_way(&self, asked: &Asked, change: impl FnOnce(&mut u32)) {
        if let Some(name) = named(asked)
            && let Some(creates) = self.lock().creates.get_mut(&name)
        {
            change(&mut creates.under_way);
        }
    }

    fn leaves(&self, asked: &Asked) {
        self.under_way(asked, |count| *count = count.saturating_add(1));
    }

    fn arrives(&self, asked: &Asked) {
        self.under_way(asked, |count| *count = count.saturating_sub(1));
    }

    /// Takes a request to the store and its answer back. Dropping `answer` breaks the connection.
    async fn carry(
        self: Arc<Self>,
        asked: Asked,
        request: Request,
        passage: Passage,
        answer: oneshot::Sender<Result<Response, Failure>>,
    ) {
        let wait = |ms| sleep(Duration::from_millis(ms));
        wait(passage.there_ms).await;
        match passage.mishap {
            Mishap::RequestLost | Mishap::Refused => self.arrives(&asked),
            Mishap::RequestSwallowed => {
                self.arrives(&asked);
                wait(120_000).await;
                drop(answer);
            }
            Mishap::Nothing | Mishap::AnswerLate(_) | Mishap::RequestLate(_) => {
                if let Mishap::RequestLate(ms) = passage.mishap {
                    wait(ms).await;
                }
                self.arrives(&asked);
                let answered = self.at_the_store(asked.system, &request).await;
                self.trap(asked.number, CrashPoint::BeforeTheAnswer).await;
                if let Mishap::AnswerLate(ms) = passage.mishap {
                    wait(ms).await;
                }
                wait(passage.back_ms).await;
                // The till may have given up: an answer nobody waits for is lost.
                let _ = answer.send(answered);
            }
            Mishap::AnswerLost => {
                self.arrives(&asked);
                let _lost = self.at_the_store(asked.system, &request).await;
                wait(passage.back_ms).await;
                drop(answer);
            }
            Mishap::Twice(again_after_ms) => {
                let answered = self.at_the_store(asked.system, &request).await;
                wait(passage.back_ms).await;
                let _ = answer.send(answered);
                wait(again_after_ms).await;
                self.arrives(&asked);
                let _nobody_listens = self.at_the_store(asked.system, &request).await;
            }
            Mishap::Store(fault) => {
                let queue = [Ordered { on: None, fault }].into();
                self.practice.set_faults(Faults {
                    queue,
                    ..Faults::default()
                });
                self.arrives(&asked);
                let answered = self
                    .practice
                    .exchange(on_the_wire(asked.system, &request))
                    .await;
                wait(passage.back_ms).await;
                if let Ok(answered) = answered {
                    let _ = answer.send(received(answered).await);
                }
            }
        }
    }

    async fn at_the_store(&self, system: System, request: &Request) -> Result<Response, Failure> {
        let answered = self.practice.plain(on_the_wire(system, request)).await;
        received(answered).await
    }
}

/// The account and the key of a create: each system has names of its own.
fn named(asked: &Asked) -> Option<(&'static str, String)> {
    Some((hands::account_id(asked.system), asked.key.clone()?))
}

fn is_taken(practice: &Practice, key: &str) -> bool {
    let intents = practice.intents();
    let links = practice.links();
    let of_dojo = practice.dojo_intents();
    let of_cards = practice.lean_rails_intents();
    intents.iter().any(|intent| intent.external_id == key)
        || links.iter().any(|link| link.reference == key)
        || of_dojo.iter().any(|intent| intent.reference == key)
        || of_cards.iter().any(|intent| intent.reference == key)
}

fn on_the_wire(system: System, request: &Request) -> http::Request<Body> {
    let mut sent = http::Request::new(Body::from(request.body.clone().unwrap_or_default()));
    *sent.method_mut() = request.method.clone();
    *sent.uri_mut() = format!("{}{}", hands::path(system), request.path_and_query)
        .parse()
        .expect("the adapter writes paths");
    sent.headers_mut().clone_from(&request.headers);
    let host = HeaderValue::from_static("127.0.0.1");
    sent.headers_mut().insert(HOST, host);
    sent
}

async fn received(answer: http::Response<Body>) -> Result<Response, Failure> {
    let (parts, body) = answer.into_parts();
    match axum::body::to_bytes(body, ANSWER_LIMIT).await {
        Ok(body) => Ok(Response::new(parts.status.as_u16(), &parts.headers, body)),
        Err(_) => Err(Failure::NoAnswer {
            why: NoAnswer::ConnectionLost,
        }),
    }
}

/// The total times of the shop's own client, by the kind of request.
const fn limit(class: Class) -> Duration {
    match class {
        Class::Create => Duration::from_secs(15),
        Class::Read => Duration::from_secs(8),
        Class::Cancel => Duration::from_secs(10),
    }
}

/// One till's line into the network, to one system.
#[derive(Clone)]
pub struct Wire {
    pub(super) net: Arc<Net>,
    pub(super) system: System,
    pub(super) till: usize,
    pub(super) journal: Journal,
}

impl Wire {
    fn outcome(answer: &Result<Response, Failure>) -> String {
        match answer {
            Ok(response) => format!(
                "{} {}",
                response.status,
                String::from_utf8_lossy(&response.body)
                    .chars()
                    .take(160)
                    .collect::<String>()
            ),
            Err(failure) => format!("{failure:?}"),
        }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, mut request: Request) -> Result<Response, Failure> {
        let (asked, passage) = {
            let mut state = self.net.lock();
            let state = &mut *state;
            let asked = Asked::of(self.till, state.sent, self.system, &request);
            state.sent += 1;
            if let Some(bug) = state.bug {
                let before = named(&asked).and_then(|name| state.creates.get(&name));
                let before = before.map_or(0, |creates| creates.sent);
                bug.on_request(&asked, before, &mut state.memory, &mut request);
            }
            let passage = state.weather.passage(&asked);
            *state.mishaps.entry(passage.mishap.name()).or_default() += 1;
            (asked, passage)
        };
        let who = format_args!("till {} #{}", self.till, asked.number).to_string();
        let named = match (&asked.key, &asked.intent) {
            (Some(key), _) => key.clone(),
            (None, Some(intent)) => intent.to_string(),
            (None, None) => asked.session.clone().unwrap_or_default(),
        };
        let sends = format!("sends {:?} {named} ({:?})", asked.wish, passage.mishap);
        self.net.trace.tell(&who, sends);
        self.net.trap(asked.number, CrashPoint::BeforeSending).await;
        if let Some(said) = self
            .net
            .bug()
            .and_then(|bug| bug.instead_of_sending(&asked))
        {
            return said;
        }
        if passage.mishap == Mishap::Refused {
            sleep(Duration::from_millis(passage.there_ms)).await;
            return Err(Failure::NotSent {
                why: NotSent::NoConnection,
            });
        }
        let is_written = asked.class == Class::Read || self.is_written_down(&asked);
        self.net.note(
            &asked,
            request.body.as_deref().unwrap_or_default(),
            is_written,
        );
        self.net.leaves(&asked);
        let class = request.class;
        let number = asked.number;
        let (sender, answer) = oneshot::channel();
        tokio::spawn(Arc::clone(&self.net).carry(asked.clone(), request, passage, sender));
        let mut answer = match timeout(limit(class), answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Failure::NoAnswer {
                why: NoAnswer::ConnectionLost,
            }),
            Err(_) => Err(Failure::NoAnswer {
                why: NoAnswer::TimedOut,
            }),
        };
        self.net.trap(number, CrashPoint::BeforeReading).await;
        if let Some(bug) = self.net.bug() {
            let now_ms = self.net.trace.now_ms();
            answer = bug.on_answer(&asked, now_ms, &mut self.net.lock().memory, answer);
        }
        self.net.trace.tell(&who, Self::outcome(&answer));
        answer
    }
}
