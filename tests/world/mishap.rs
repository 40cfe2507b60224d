//! What can happen to one request between a till and the practice store.

use practice::Fault;

use super::asked::Asked;

/// What the network, or the store behind it, does to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It arrives, and so does its answer.
    Nothing,
    /// No connection: not a byte leaves.
    Refused,
    /// It leaves and never arrives; the connection breaks.
    RequestLost,
    /// It leaves and never arrives; nothing ever comes back.
    RequestSwallowed,
    /// It arrives this much later, whether or not anybody still waits. Milliseconds.
    RequestLate(u64),
    /// It takes effect; the connection breaks before the answer.
    AnswerLost,
    /// It takes effect; the answer comes this much later. Milliseconds.
    AnswerLate(u64),
    /// It arrives, is answered, and arrives once more so much later. Milliseconds.
    Twice(u64),
    /// The store, or a gateway in front of it, answers badly.
    Store(Fault),
}

impl Mishap {
    /// Its name in the coverage table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Refused => "refused connection",
            Self::RequestLost => "request lost",
            Self::RequestSwallowed => "request swallowed",
            Self::RequestLate(_) => "request late",
            Self::AnswerLost => "answer lost",
            Self::AnswerLate(_) => "answer late",
            Self::Twice(_) => "delivered again later",
            Self::Store(fault) => store_fault_name(fault),
        }
    }
}

const fn store_fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Delay { .. } => "store: delay",
        Fault::Stall => "store: stall",
        Fault::DropRequest => "store: request dropped",
        Fault::LoseAnswer => "store: answer dropped",
        Fault::ServerError {
            takes_effect: true, ..
        } => "store: 5xx with effect",
        Fault::ServerError {
            takes_effect: false,
            ..
        } => "store: 5xx without effect",
        Fault::TooManyRequests { .. } => "store: 429",
        Fault::CutBody => "store: body cut",
        Fault::Html { .. } => "store: web page",
        Fault::TruncatedJson => "store: half of the JSON",
        Fault::EmptyBody => "store: no body",
        Fault::WrongAmount => "store: wrong amount",
        Fault::WrongCurrency => "store: wrong currency",
        Fault::UnknownStatus => "store: unknown status",
        Fault::StaleStatus => "store: stale status",
        Fault::Redirect => "store: redirect",
        Fault::DeliverTwice => "store: delivered twice",
    }
}

/// One request's way there and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// How long it takes to arrive. Milliseconds.
    pub there_ms: u64,
    /// How long the answer takes. Milliseconds.
    pub back_ms: u64,
    /// What happens on the way.
    pub mishap: Mishap,
}

impl Passage {
    /// A quick way on which nothing happens.
    pub const CALM: Self = Self::with(Mishap::Nothing);

    /// A quick way on which this happens.
    #[must_use]
    pub const fn with(mishap: Mishap) -> Self {
        Self {
            there_ms: 20,
            back_ms: 20,
            mishap,
        }
    }
}

/// Decides what happens to each request.
pub trait Weather: Send {
    /// What happens to this one.
    fn passage(&mut self, asked: &Asked) -> Passage;
}

/// Nothing ever happens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calm;

impl Weather for Calm {
    fn passage(&mut self, _asked: &Asked) -> Passage {
        Passage::CALM
    }
}
