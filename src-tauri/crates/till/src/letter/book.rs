//! What has become of each letter, as the journal's facts make it. Pure.

use std::collections::BTreeMap;

use journal::{Entry, Fact};
use payment::{Handed, LetterEvent, PaymentId, ShopEvent};

use crate::api::LetterFate;

/// How often a letter is handed over before the till gives it up: with the pauses of [`pause_ms`], more
/// than three days.
const TRIES_MAX: u32 = 80;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub fate: LetterFate,
    pub said: String,
    /// Since somebody last wanted it sent.
    pub tries: u32,
    pub changed_at_ms: i64,
}

/// The letters of a till.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub letters: BTreeMap<PaymentId, Letter>,
    /// Since when letters are sent. What was withdrawn before that is told to nobody.
    pub on_since_ms: Option<i64>,
}

impl Letter {
    /// Whether the till should hand it over, now or later.
    pub(super) const fn is_pending(&self) -> bool {
        matches!(self.fate, LetterFate::Queued | LetterFate::Waiting)
    }

    /// Whether somebody should look at it.
    pub(super) const fn is_failed(&self) -> bool {
        matches!(
            self.fate,
            LetterFate::Refused | LetterFate::Doubtful | LetterFate::GivenUp
        )
    }

    /// It was tried often enough.
    pub(super) const fn is_spent(&self) -> bool {
        self.tries >= TRIES_MAX
    }

    fn answered(&mut self, handed: &Handed) {
        let (fate, said) = match handed {
            Handed::Taken => (LetterFate::Sent, ""),
            Handed::Refused { said } => (LetterFate::Refused, said.as_str()),
            Handed::NotYet { said } => (LetterFate::Waiting, said.as_str()),
            Handed::Doubtful { said } => (LetterFate::Doubtful, said.as_str()),
        };
        self.fate = fate;
        said.clone_into(&mut self.said);
    }
}

/// How long after so many tries the next one comes, milliseconds: 10 s, a minute, five, fifteen, an hour.
pub(super) const fn pause_ms(tries: u32) -> u64 {
    match tries {
        0 => 0,
        1 => 10_000,
        2 => 60_000,
        3 => 300_000,
        4 => 900_000,
        _ => 3_600_000,
    }
}

impl Book {
    /// The letters that a journal tells of. One that was on its way when the till stopped may have left.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut book = Self::default();
        for entry in entries {
            if let Fact::Shop(event) = &entry.fact {
                book.take_in(event, entry.at_ms);
            }
        }
        for letter in book.letters.values_mut() {
            if letter.fate == LetterFate::Sending {
                letter.fate = LetterFate::Doubtful;
            }
        }
        book
    }

    /// Takes a fact of the shop in, if it is about letters.
    pub(super) fn take_in(&mut self, event: &ShopEvent, at_ms: i64) {
        match event {
            ShopEvent::LettersChosen { rules } => {
                let since = self.on_since_ms.unwrap_or(at_ms);
                self.on_since_ms = rules.is_some().then_some(since);
            }
            ShopEvent::Letter { payment, event } => self.apply(*payment, event, at_ms),
            ShopEvent::AccountSaved { .. }
            | ShopEvent::AccountRemoved { .. }
            | ShopEvent::LookChosen { .. }
            | ShopEvent::LeftoverClosed { .. }
            | ShopEvent::Void { .. }
            | ShopEvent::VoidRulesChosen { .. }
            | ShopEvent::Staff { .. }
            | ShopEvent::DayClosed { .. }
            | ShopEvent::CashierNamed { .. } => {}
        }
    }

    fn apply(&mut self, payment: PaymentId, event: &LetterEvent, at_ms: i64) {
        if let LetterEvent::Queued {
            to, subject, text, ..
        } = event
        {
            self.letters.entry(payment).or_insert_with(|| Letter {
                to: to.clone(),
                subject: subject.clone(),
                text: text.clone(),
                fate: LetterFate::Queued,
                said: String::new(),
                tries: 0,
                changed_at_ms: at_ms,
            });
            return;
        }
        let Some(letter) = self.letters.get_mut(&payment) else {
            return;
        };
        letter.changed_at_ms = at_ms;
        match event {
            LetterEvent::Queued { .. } => {}
            LetterEvent::Sending => {
                letter.fate = LetterFate::Sending;
                letter.tries = letter.tries.saturating_add(1);
            }
            LetterEvent::Answered { handed } => letter.answered(handed),
            LetterEvent::AskedAgain { .. } => {
                letter.fate = LetterFate::Queued;
                letter.tries = 0;
            }
            LetterEvent::GivenUp => letter.fate = LetterFate::GivenUp,
            LetterEvent::Dropped => letter.fate = LetterFate::Dropped,
        }
    }
}

#[cfg(test)]
mod tests {
    use payment::{Actor, LetterLanguage};
    use uuid::Uuid;

    use super::*;

    fn queued() -> LetterEvent {
        LetterEvent::Queued {
            to: "ana@example.com".to_owned(),
            language: LetterLanguage::Es,
            subject: "S".to_owned(),
            text: "T".to_owned(),
            by: Actor::Till,
        }
    }

    fn answered(handed: Handed) -> LetterEvent {
        LetterEvent::Answered { handed }
    }

    fn after(events: &[LetterEvent]) -> Letter {
        let payment = PaymentId::from_uuid(Uuid::nil());
        let mut book = Book::default();
        for event in events {
            book.apply(payment, event, 1);
        }
        book.letters.remove(&payment).unwrap()
    }

    #[test]
    fn a_letter_goes_where_its_facts_put_it() {
        use LetterEvent::{AskedAgain, Dropped, GivenUp, Sending};
        let said = || "why".to_owned();
        let refused = || answered(Handed::Refused { said: said() });
        let not_yet = || answered(Handed::NotYet { said: said() });
        let doubtful = || answered(Handed::Doubtful { said: said() });
        let again = || AskedAgain { by: Actor::Till };
        let table = [
            (vec![queued()], LetterFate::Queued, 0),
            (vec![queued(), Sending], LetterFate::Sending, 1),
            (
                vec![queued(), Sending, answered(Handed::Taken)],
                LetterFate::Sent,
                1,
            ),
            (vec![queued(), Sending, not_yet()], LetterFate::Waiting, 1),
            (
                vec![queued(), Sending, not_yet(), Sending, refused()],
                LetterFate::Refused,
                2,
            ),
            (vec![queued(), Sending, doubtful()], LetterFate::Doubtful, 1),
            (
                vec![queued(), Sending, doubtful(), again()],
                LetterFate::Queued,
                0,
            ),
            (
                vec![queued(), Sending, not_yet(), GivenUp],
                LetterFate::GivenUp,
                1,
            ),
            (vec![queued(), Dropped], LetterFate::Dropped, 0),
            // A second wish to write the same letter changes nothing.
            (
                vec![queued(), Sending, answered(Handed::Taken), queued()],
                LetterFate::Sent,
                1,
            ),
        ];
        for (events, fate, tries) in table {
            let letter = after(&events);
            assert_eq!((letter.fate, letter.tries), (fate, tries), "{events:?}");
            let is_said = matches!(
                fate,
                LetterFate::Waiting | LetterFate::Refused | LetterFate::Doubtful
            );
            assert!(!is_said || letter.said == "why", "{events:?}");
        }
    }

    #[test]
    fn it_is_tried_for_more_than_three_days_and_never_faster_than_before() {
        let pauses: Vec<u64> = (0..TRIES_MAX).map(pause_ms).collect();
        assert!(pauses.is_sorted());
        assert!(pauses.iter().sum::<u64>() > 3 * 24 * 3_600_000);
    }
}
