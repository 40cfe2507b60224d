//! What a till writes on a day, told step by step; and what may be found of it later.

use std::path::Path;
use std::sync::Arc;

use journal::{AppendError, Entry, Fact, Health, Journal, OpenError};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, IntentId, OrderRef, PaymentId, Seen,
    Standing, TerminalCode, Way,
};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::disk::Disk;
use crate::medium::Deed;

const MORNING_MS: i64 = 1_774_000_000_000;

/// Facts that are handed over at once, each call by itself.
pub(crate) type Step = Vec<Vec<Fact>>;

fn id(number: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(number))
}

fn fact(number: u128, event: Event) -> Fact {
    let id = id(number);
    Fact::Payment { id, event }
}

/// A charge of an order of its own.
pub(crate) fn charge(number: u128) -> Fact {
    let order = OrderRef::new(&format!("R-{number}")).unwrap();
    let event = Event::Requested {
        payment: id(number),
        amount: Money::new(35_050, Currency::Mxn).unwrap(),
        account: AccountId::new("practice").unwrap(),
        way: Way::on_terminal(TerminalCode::new("PRACTICE-1").unwrap()),
        attempt: Attempt::FIRST,
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        by: Actor::Till,
    };
    fact(number, event)
}

/// A payment from its charge to its end, a commit for each fact.
pub(crate) fn sale(number: u128, end: Standing) -> Vec<Step> {
    let intent = IntentId::new(&format!("pi-{number}")).unwrap();
    let waiting = Seen::new(Standing::Waiting, "waiting");
    let answered = Event::Answered {
        intent,
        seen: waiting,
    };
    let read = Event::Read {
        seen: Seen::new(end, "the end"),
    };
    let facts = [
        charge(number),
        fact(number, Event::Dispatched),
        fact(number, answered),
        fact(number, read),
    ];
    facts.into_iter().map(|fact| vec![vec![fact]]).collect()
}

/// Sales of which each is one call.
pub(crate) fn sold(numbers: std::ops::Range<u128>) -> Vec<Fact> {
    numbers
        .flat_map(|number| sale(number, Standing::Paid).into_iter().flatten().flatten())
        .collect()
}

/// What became of a call.
pub(crate) type Answer = Result<Vec<Entry>, AppendError>;

pub(crate) struct Teller {
    runtime: Runtime,
    disk: Arc<Disk>,
    asked: usize,
}

impl Teller {
    pub(crate) fn new(disk: &Arc<Disk>, asked: usize) -> Self {
        Self {
            runtime: Builder::new_current_thread().build().unwrap(),
            disk: Arc::clone(disk),
            asked,
        }
    }

    /// Hands a step's calls over together, and notes what was asked and what was answered.
    pub(crate) fn tell(&mut self, journal: &Journal, step: &Step) -> Vec<Answer> {
        self.asked += step.iter().flatten().count();
        self.disk.mark(Deed::Asked(self.asked));
        let mut answers = Vec::new();
        let mut calls: Vec<_> = step
            .iter()
            .map(|facts| Box::pin(journal.append(MORNING_MS, facts.clone())))
            .collect();
        self.runtime.block_on(async {
            // Polled once each, so that all are handed over before the first answer is awaited.
            for call in &mut calls {
                let first = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(call.as_mut().poll(context))
                });
                if let std::task::Poll::Ready(answer) = first.await {
                    answers.push(Some(answer));
                } else {
                    answers.push(None);
                }
            }
            for (call, answer) in calls.iter_mut().zip(&mut answers) {
                if answer.is_none() {
                    *answer = Some(call.await);
                }
            }
        });
        let answers: Vec<Answer> = answers.into_iter().flatten().collect();
        let last = answers.iter().flatten().flatten().map(|entry| entry.seq);
        if let Some(last) = last.max() {
            self.disk
                .mark(Deed::Answered(usize::try_from(last).unwrap()));
        }
        answers
    }
}

/// Every entry as a line, in order.
pub(crate) fn lines(journal: &Journal) -> Vec<String> {
    let mut bytes = Vec::new();
    journal.export(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Opens a folder and reads it through.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn found(folder: &Path) -> Result<(Journal, Vec<String>), String> {
    let journal = Journal::open(folder).map_err(|error| said(&error))?;
    if let Health::ReadOnly(trouble) = journal.health() {
        return Err(said(&trouble));
    }
    journal.verify().map_err(|damage| said(&damage))?;
    let lines = lines(&journal);
    Ok((journal, lines))
}

/// An error with what is behind it.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(behind) = source {
        words = format!("{words}: {behind}");
        source = behind.source();
    }
    words
}

/// Whether it is a till's sentence and not a slip: every refusal to open is shown to a person.
pub(crate) fn is_in_words(error: &OpenError) -> bool {
    let words = error.to_string();
    words.len() > 20 && words.contains(' ') && !words.contains("Error")
}
