//! A story of one request and its answers.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use money::Money;
use payment::failure::NoAnswer;
use payment::{Act, Charge, Failure, IdempotencyKey, IntentId, OrderRef, Provider, RefundRoute};
use providers::{Request, Response, Transport};

use super::super::runtime;
use super::super::side::{ORDER, Side, TERMINAL, intent};
use super::{APART, Outcome};

/// Statuses, by the number in a story. `0`: no answer comes.
const STATUSES: [u16; 21] = [
    200, 0, 201, 400, 401, 404, 409, 422, 429, 500, 503, 202, 204, 301, 302, 307, 402, 403, 410,
    502, 504,
];

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a method of the port, or an act")]
pub enum Wish {
    Create,
    Find,
    Read,
    ReadLink,
    ReadPaid,
    Cancel,
    ListOpen,
    Refund,
    Check,
    FindOrder,
    GiveBack,
    ReadReturn,
    CancelReturn,
    TryAgain,
    Sign,
    Capture,
    Reverse,
    RefundOnTerminal,
    Receipts,
    ReturnReceipts,
    Terminals,
    FindReturn,
    List,
}

impl Wish {
    /// Every one, by its number in a story.
    pub const ALL: [Self; 23] = [
        Self::Create,
        Self::Find,
        Self::Read,
        Self::ReadLink,
        Self::ReadPaid,
        Self::Cancel,
        Self::ListOpen,
        Self::Refund,
        Self::Check,
        Self::FindOrder,
        Self::GiveBack,
        Self::ReadReturn,
        Self::CancelReturn,
        Self::TryAgain,
        Self::Sign,
        Self::Capture,
        Self::Reverse,
        Self::RefundOnTerminal,
        Self::Receipts,
        Self::ReturnReceipts,
        Self::Terminals,
        Self::FindReturn,
        Self::List,
    ];

    /// Asks for it.
    pub(crate) async fn ask(
        self,
        line: &dyn Provider,
        charge: &Charge,
        named: &IntentId,
    ) -> Outcome {
        let key = IdempotencyKey::new("act-1").expect("a key");
        let act = async |act: Act| Outcome::Done(line.act(charge, named, &act, &key).await);
        match self {
            Self::Create | Self::GiveBack => Outcome::Made(line.create(charge).await.map(Some)),
            Self::Find | Self::FindReturn => Outcome::Made(line.find(charge).await),
            Self::Read => Outcome::Seen(line.read(named).await),
            Self::ReadLink => Outcome::Seen(line.read_link(named).await),
            Self::ReadPaid => Outcome::Seen(line.read_paid(named).await),
            Self::ReadReturn => Outcome::Seen(line.read_return(named).await),
            Self::Cancel => Outcome::Done(line.cancel(named).await.map(|()| None)),
            Self::CancelReturn => Outcome::Done(line.cancel_return(named).await.map(|()| None)),
            Self::ListOpen => Outcome::Open(line.list_open(0).await),
            Self::List => Outcome::Listed(line.list(0).await),
            Self::Check => Outcome::Done(line.check().await.map(|()| None)),
            Self::FindOrder => {
                let order = OrderRef::new(ORDER).expect("an order");
                Outcome::Named(line.find_order(&order, 0).await)
            }
            Self::TryAgain => act(Act::TryAgain).await,
            Self::Sign => act(Act::Sign { accepted: true }).await,
            Self::Capture => act(Act::Capture).await,
            Self::Reverse => act(Act::Reverse).await,
            Self::Refund => act(refund(charge.amount, RefundRoute::Remote)).await,
            Self::RefundOnTerminal => act(refund(charge.amount, RefundRoute::Terminal)).await,
            Self::Receipts => Outcome::Slips(line.receipts(named).await),
            Self::ReturnReceipts => Outcome::Slips(line.return_receipts(named).await),
            Self::Terminals => Outcome::Machines(line.terminals().await),
        }
    }

    /// Whether it is about money that goes back without a payment.
    #[must_use]
    pub const fn is_return(self) -> bool {
        matches!(
            self,
            Self::GiveBack
                | Self::ReadReturn
                | Self::CancelReturn
                | Self::ReturnReceipts
                | Self::FindReturn
        )
    }
}

const fn refund(amount: Money, route: RefundRoute) -> Act {
    Act::Refund { amount, route }
}

/// A request that arrived, and its answer. None: nothing came back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its method, a space, and its path.
    pub asked: String,
    /// The answer.
    pub answer: Option<Response>,
}

/// What is asked, what is answered, and, once it was played, what was said.
#[derive(Debug)]
pub struct Story {
    /// Whose adapter.
    pub side: Side,
    /// What is asked of it.
    pub wish: Wish,
    answers: Vec<Option<Response>>,
    is_endless: bool,
    /// What was exchanged.
    pub told: Vec<Exchange>,
}

impl Story {
    /// Reads one; none where there are not even two bytes.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let ([side, wish], rest) = bytes.split_first_chunk::<2>()?;
        let is_endless = *wish > 127;
        let wish = usize::from(wish & 127) % Wish::ALL.len();
        Some(Self {
            side: Side::ALL[usize::from(*side) % Side::ALL.len()],
            wish: Wish::ALL[wish],
            answers: rest.split(|byte| *byte == APART).map(answer).collect(),
            is_endless,
            told: Vec::new(),
        })
    }

    /// Writes one.
    #[must_use]
    pub fn write(side: usize, wish: Wish, told: &[Exchange]) -> Option<Vec<u8>> {
        let wish = Wish::ALL.iter().position(|one| *one == wish)?;
        let mut bytes = vec![u8::try_from(side).ok()?, u8::try_from(wish).ok()?];
        for (place, exchange) in told.iter().enumerate() {
            if place > 0 {
                bytes.push(APART);
            }
            let status = exchange.answer.as_ref().map_or(0, |answer| answer.status);
            let status = STATUSES.iter().position(|one| *one == status)?;
            bytes.extend([u8::try_from(status).ok()?, 0]);
            let body = exchange.answer.as_ref().map(|answer| &answer.body);
            bytes.extend(body.into_iter().flatten());
        }
        Some(bytes)
    }

    /// The charge it is about.
    #[must_use]
    pub fn charge(&self) -> Charge {
        if self.wish.is_return() {
            self.side.giving_back(TERMINAL)
        } else {
            self.side.charge(TERMINAL)
        }
    }

    pub(crate) fn play(&mut self) -> Outcome {
        let script = Arc::new(Script {
            answers: std::mem::take(&mut self.answers),
            is_endless: self.is_endless,
            told: Mutex::default(),
        });
        let transport: Arc<dyn Transport> = Arc::<Script>::clone(&script);
        let line = self.side.line(transport, false);
        let (charge, named) = (self.charge(), intent());
        let outcome = runtime().block_on(self.wish.ask(&*line, &charge, &named));
        let mut told = script.told.lock().unwrap_or_else(PoisonError::into_inner);
        self.told = std::mem::take(&mut told);
        outcome
    }
}

/// A status, the headers, and a body.
fn answer(bytes: &[u8]) -> Option<Response> {
    let (status, headers, body) = match bytes {
        [] => (0, 0, &[][..]),
        [status] => (*status, 0, &[][..]),
        [status, headers, body @ ..] => (*status, *headers, body),
    };
    let status = STATUSES[usize::from(status) % STATUSES.len()];
    if status == 0 {
        return None;
    }
    let headers = self::headers(headers, body);
    Some(Response::new(
        status,
        &headers,
        Bytes::copy_from_slice(body),
    ))
}

/// JSON, a page, nothing, a provider that asks to wait, or whatever the first line of the body says.
fn headers(choice: u8, body: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name, value: &[u8]| {
        // What no header can hold does not come over a network either.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    };
    match choice % 5 {
        0 => put(CONTENT_TYPE, b"application/json"),
        1 => put(CONTENT_TYPE, b"text/html; charset=utf-8"),
        2 => {}
        3 => {
            put(RETRY_AFTER, b"120");
            put(DATE, b"Sat, 21 Nov 2026 07:28:00 GMT");
        }
        _ => {
            let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
            put(CONTENT_TYPE, line);
            put(RETRY_AFTER, line);
            put(DATE, line);
        }
    }
    headers
}

/// Answers in their order; after the last one nothing comes, or the last one for ever.
struct Script {
    answers: Vec<Option<Response>>,
    is_endless: bool,
    told: Mutex<Vec<Exchange>>,
}

#[async_trait]
impl Transport for Script {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.is_endless.then(|| self.answers.last()).flatten();
        let answer = self.answers.get(told.len()).or(last).cloned().flatten();
        told.push(Exchange {
            asked: format!("{} {}", request.method, request.path_and_query),
            answer: answer.clone(),
        });
        answer.ok_or(Failure::NoAnswer {
            why: NoAnswer::TimedOut,
        })
    }
}
