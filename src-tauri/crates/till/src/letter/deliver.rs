//! Handing letters over, one after the other.

use std::sync::Arc;
use std::time::Duration;

use payment::{Actor, Event, Handed, LetterEvent, LetterRules, Payment, PaymentId, ShopEvent};
use tokio::time::Instant;

use super::book::pause_ms;
use super::desk::is_elsewhere;
use super::text::{Filling, fill, usual};
use super::{nobody, terms};
use crate::api::{ApiError, Code, LetterFate};
use crate::ports::{OutgoingLetter, Post};
use crate::till::Till;
use crate::trouble::read_error;

/// So long a letter waits: what turns out paid after all is mostly told by the first look after the end.
const HOLD: Duration = Duration::from_secs(15);

/// While something stands in the way of a fact, this long between tries.
const WRITE_AGAIN: Duration = Duration::from_secs(5);

/// Withdrawn links are looked back for so long at the start, milliseconds: a till that was off for a week
/// tells nobody about the week before.
const LOOK_BACK_MS: i64 = 7 * 24 * 3_600_000;

/// Nothing to do: looked at again after this.
const IDLE: Duration = Duration::from_secs(3_600);

/// A letter as it would be written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub to: String,
    pub language: payment::LetterLanguage,
    pub subject: String,
    pub text: String,
}

/// The letter of a payment by these rules; none where nobody is to be told.
pub(super) fn draft(payment: &Payment, rules: &LetterRules) -> Option<Draft> {
    let terms = terms(payment)?;
    let billing = terms.billing.as_deref()?;
    let language = terms.language.unwrap_or(rules.language);
    let mut templates = rules.templates.iter();
    let template = templates
        .find(|template| template.language == language)
        .cloned()
        .unwrap_or_else(|| usual(language));
    let amount = payment.amount.to_string();
    let name = billing.first_name.as_str();
    let filling = Filling {
        order: payment.order.as_str(),
        amount: &amount,
        shop: &rules.shop,
        name: if name.is_empty() {
            nobody(language)
        } else {
            name
        },
    };
    Some(Draft {
        to: billing.email.clone(),
        language,
        subject: fill(&template.subject, filling),
        text: fill(&template.text, filling),
    })
}

impl Till {
    /// Begins to hand letters over. What it begins holds no till.
    pub(crate) fn deliver_letters(&self) {
        let till = self.weak();
        let letters = Arc::clone(&self.board.letters);
        let task = tokio::spawn(async move {
            match till() {
                Some(till) => till.notice_withdrawn(),
                None => return,
            }
            loop {
                let Some(till) = till() else { return };
                let next = till.letters_step().await;
                drop(till);
                let next = next.unwrap_or_else(|| Instant::now() + IDLE);
                tokio::select! {
                    () = letters.wake.notified() => {}
                    () = tokio::time::sleep_until(next) => {}
                }
            }
        });
        self.board.letters.lock().task = Some(task.abort_handle());
        self.board.letters.wake.notify_one();
    }

    /// What was withdrawn while no till handed letters over, or just before the last one stopped.
    fn notice_withdrawn(&self) {
        let Some(since) = self.board.letters.lock().book.on_since_ms else {
            return;
        };
        let since = since.max(self.board.clock.now_ms().saturating_sub(LOOK_BACK_MS));
        match self.board.journal.ended_since(since) {
            Ok(ended) => ended
                .iter()
                .for_each(|payment| self.board.letters.notice(payment)),
            Err(error) => tracing::error!(%error, "withdrawn links could not be looked for"),
        }
        let now = Instant::now();
        let mut books = self.board.letters.lock();
        let books = &mut *books;
        for (id, letter) in &books.book.letters {
            if letter.is_pending() {
                books.due.insert(*id, now);
            }
        }
    }

    /// Hands over everything that waits, once, for somebody who does only that. What became of each.
    pub(crate) async fn deliver_waiting(&self) -> Result<Vec<PaymentId>, ApiError> {
        let since = self.board.letters.lock().book.on_since_ms;
        let since = since.ok_or_else(|| ApiError::new(Code::MailMissing))?;
        let since = since.max(self.board.clock.now_ms().saturating_sub(LOOK_BACK_MS));
        let ended = self.board.journal.ended_since(since);
        for payment in ended.map_err(|error| read_error(&error))? {
            if terms(&payment).is_some() && self.fate(payment.id) == LetterFate::None {
                self.queue_letter(payment.id).await?;
            }
        }
        let waiting: Vec<PaymentId> = {
            let books = self.board.letters.lock();
            let letters = books.book.letters.iter();
            let waiting = letters.filter(|(_, letter)| letter.is_pending());
            waiting.map(|(id, _)| *id).collect()
        };
        for id in &waiting {
            self.hand_over(*id).await?;
        }
        Ok(waiting)
    }

    /// Queues what was noticed and hands over what is due. When the next one is.
    async fn letters_step(&self) -> Option<Instant> {
        let noticed = std::mem::take(&mut self.board.letters.lock().noticed);
        for (index, id) in noticed.iter().enumerate() {
            if self.queue_letter(*id).await.is_err() {
                let mut books = self.board.letters.lock();
                books.noticed.extend(&noticed[index..]);
                return Some(Instant::now() + WRITE_AGAIN);
            }
        }
        loop {
            let next = self.next_letter()?;
            if next.1 > Instant::now() {
                return Some(next.1);
            }
            if let Err(error) = self.hand_over(next.0).await {
                tracing::error!(payment.id = %next.0, code = error.code.name(), "a letter could not be handed over");
                let again = Instant::now() + WRITE_AGAIN;
                self.board.letters.lock().due.insert(next.0, again);
            }
        }
    }

    fn next_letter(&self) -> Option<(PaymentId, Instant)> {
        let books = self.board.letters.lock();
        let next = books.due.iter().min_by_key(|(_, due)| **due)?;
        Some((*next.0, *next.1))
    }

    /// Writes down that a customer is to be told, if a person withdrew the link and letters are sent. What
    /// the till withdrew by itself after a lost answer was never shown to anybody.
    async fn queue_letter(&self, id: PaymentId) -> Result<(), ApiError> {
        let payment = self.board.payment(id)?;
        let rules = self.board.shop().letters.clone();
        let is_practice = self
            .board
            .account(&payment.account)
            .is_none_or(|account| account.practice);
        let Some(draft) = rules.and_then(|rules| draft(&payment, &rules)) else {
            return Ok(());
        };
        if is_practice || !self.is_withdrawn_by_hand(id)? {
            return Ok(());
        }
        self.write_letter(&payment, queued(draft, Actor::Till))
            .await?;
        let due = Instant::now() + HOLD;
        self.board.letters.lock().due.insert(id, due);
        Ok(())
    }

    /// Whether a person withdrew it, since letters are sent.
    fn is_withdrawn_by_hand(&self, id: PaymentId) -> Result<bool, ApiError> {
        let since = self.board.letters.lock().book.on_since_ms;
        let since = since.unwrap_or(i64::MAX);
        let story = self.board.journal.timeline(id);
        let story = story.map_err(|error| read_error(&error))?;
        let mut asked = story.iter().filter(|entry| entry.at_ms >= since);
        Ok(asked.any(|entry| {
            matches!(
                &entry.fact,
                journal::Fact::Payment {
                    event: Event::CancelAsked {
                        by: Actor::Cashier { .. } | Actor::Staff { .. },
                        ..
                    },
                    ..
                }
            )
        }))
    }

    /// Hands a letter over that is due.
    async fn hand_over(&self, id: PaymentId) -> Result<(), ApiError> {
        let payment = self.board.payment(id)?;
        let (rules, post) = (self.board.shop().letters.clone(), self.lines.post());
        let (Some(rules), Some(post)) = (rules, post) else {
            self.board.letters.lock().due.remove(&id);
            return Ok(());
        };
        if terms(&payment).is_none() {
            self.board.letters.lock().due.remove(&id);
            return self.write_letter(&payment, LetterEvent::Dropped).await;
        }
        let Some(letter) = self.outgoing(id) else {
            self.board.letters.lock().due.remove(&id);
            return Ok(());
        };
        self.write_letter(&payment, LetterEvent::Sending).await?;
        // From here on nothing may hand it over a second time by itself.
        self.board.letters.lock().due.remove(&id);
        let handed = self.through(&*post, &rules, &letter).await;
        let is_later = matches!(handed, Handed::NotYet { .. });
        let answered = LetterEvent::Answered { handed };
        if let Err(error) = self.write_letter(&payment, answered.clone()).await {
            // What happened is shown all the same; after a start it counts as doubtful.
            let event = ShopEvent::Letter {
                payment: id,
                event: answered,
            };
            self.board
                .letters
                .take_in(&event, self.board.clock.now_ms());
            tracing::error!(payment.id = %id, code = error.code.name(), "a letter's fate could not be written");
        }
        if is_later {
            self.put_off(&payment).await?;
        }
        Ok(())
    }

    /// A letter with the password its server wants.
    pub(super) async fn through(
        &self,
        post: &dyn Post,
        rules: &LetterRules,
        letter: &OutgoingLetter,
    ) -> Handed {
        let password = if rules.user.is_empty() {
            Ok(None)
        } else {
            match self.lines.mail_password().await {
                Ok(None) => Err(ApiError::new(Code::MailPasswordMissing)),
                found => found,
            }
        };
        // Meanwhile somebody may have chosen another server: what was read now may be its password.
        if is_elsewhere(Some(rules), self.board.shop().letters.as_ref()) {
            return Handed::NotYet {
                said: "the mail server was changed".to_owned(),
            };
        }
        match password {
            Ok(password) => post.hand_over(rules, password, letter).await,
            Err(error) => Handed::NotYet {
                said: error.code.name().replace('_', " "),
            },
        }
    }

    /// It is tried again, or was tried often enough.
    async fn put_off(&self, payment: &Payment) -> Result<(), ApiError> {
        let (tries, is_spent) = {
            let books = self.board.letters.lock();
            let letter = books.book.letters.get(&payment.id);
            letter.map_or((0, true), |letter| (letter.tries, letter.is_spent()))
        };
        if is_spent {
            return self.write_letter(payment, LetterEvent::GivenUp).await;
        }
        let due = Instant::now() + Duration::from_millis(pause_ms(tries));
        self.board.letters.lock().due.insert(payment.id, due);
        Ok(())
    }

    fn outgoing(&self, id: PaymentId) -> Option<OutgoingLetter> {
        let books = self.board.letters.lock();
        let letter = books.book.letters.get(&id)?;
        let is_due = letter.is_pending();
        is_due.then(|| OutgoingLetter {
            id: id.to_string(),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text: letter.text.clone(),
            at_ms: self.board.clock.now_ms(),
        })
    }

    pub(super) async fn write_letter(
        &self,
        payment: &Payment,
        event: LetterEvent,
    ) -> Result<(), ApiError> {
        self.board
            .write_shop(ShopEvent::Letter {
                payment: payment.id,
                event,
            })
            .await?;
        self.board.retell(payment.id);
        Ok(())
    }

    /// Has a letter handed over as soon as may be.
    pub(super) fn hasten_letter(&self, id: PaymentId) {
        let mut books = self.board.letters.lock();
        if books.task.is_some() {
            books.due.insert(id, Instant::now());
            drop(books);
            self.board.letters.wake.notify_one();
        }
    }

    /// What has become of a payment's letter.
    pub(super) fn fate(&self, id: PaymentId) -> LetterFate {
        let books = self.board.letters.lock();
        let letter = books.book.letters.get(&id);
        letter.map_or(LetterFate::None, |letter| letter.fate)
    }
}

pub(super) fn queued(draft: Draft, by: Actor) -> LetterEvent {
    LetterEvent::Queued {
        to: draft.to,
        language: draft.language,
        subject: draft.subject,
        text: draft.text,
        by,
    }
}
