//! Telling customers: an e-mail for a payment link that was withdrawn.
//!
//! [`text`] fills a template in and [`book`] says what became of each letter: both are pure. `deliver` hands
//! letters over one after the other, and `desk` has the commands. Money never waits for a letter.
//!
//! A letter is queued once it is proved that the link is withdrawn, and again looked at before it leaves: a
//! customer who won the race is not told that nothing has to be paid. "About to be handed over" is durable
//! before the first byte of it leaves; where its answer was lost it may have been sent, and only a person
//! sends it again.

mod book;
mod deliver;
mod desk;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use payment::{Channel, LetterLanguage, LinkTerms, Payment, PaymentId, ShopEvent, State, Way};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use book::Book;

/// The letters of a till.
pub(crate) struct Letters {
    books: Mutex<Books>,
    /// Somebody has to look at them.
    wake: Notify,
    /// The rules and the password that belongs to them are changed together.
    choosing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Books {
    book: Book,
    /// Withdrawn a moment ago, by whomever.
    noticed: Vec<PaymentId>,
    /// When each of those that wait is handed over.
    due: BTreeMap<PaymentId, Instant>,
    /// The task that hands them over; none at a till that leaves that to another.
    task: Option<AbortHandle>,
}

impl Letters {
    /// The letters that a journal tells of.
    pub(crate) fn of(entries: &[journal::Entry]) -> Self {
        let books = Books {
            book: Book::of(entries),
            ..Books::default()
        };
        Self {
            books: Mutex::new(books),
            wake: Notify::new(),
            choosing: tokio::sync::Mutex::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a fact that is durable.
    pub(crate) fn take_in(&self, event: &ShopEvent, at_ms: i64) {
        self.lock().book.take_in(event, at_ms);
    }

    /// A payment changed: its customer may have to be told.
    pub(crate) fn notice(&self, payment: &Payment) {
        if terms(payment).is_none() {
            return;
        }
        let mut books = self.lock();
        let is_known = books.book.letters.contains_key(&payment.id);
        if is_known || books.task.is_none() || books.noticed.contains(&payment.id) {
            return;
        }
        books.noticed.push(payment.id);
        drop(books);
        self.wake.notify_one();
    }

    /// Stops where it stands, as a killed process would.
    pub(crate) fn stop(&self) {
        if let Some(task) = self.lock().task.take() {
            task.abort();
        }
    }
}

/// The link of a payment that was withdrawn and whose customer can be written to.
fn terms(payment: &Payment) -> Option<&LinkTerms> {
    let is_withdrawn = payment.way.channel() == Channel::Link
        && payment.state == State::Cancelled
        && payment.cancel_asked()
        && !payment.late;
    match &payment.way {
        Way::Link { terms } if is_withdrawn => terms.email().map(|_| terms),
        Way::Link { .. } | Way::Terminal { .. } | Way::CardOnFile { .. } | Way::Return { .. } => {
            None
        }
    }
}

/// What a customer is called who gave no name.
const fn nobody(language: LetterLanguage) -> &'static str {
    match language {
        LetterLanguage::En => "customer",
        LetterLanguage::Es => "cliente",
    }
}
