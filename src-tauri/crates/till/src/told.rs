//! What is known to have happened to a payment under way, so that showing it does not read its whole
//! story from the journal at every change.

use std::borrow::Cow;

use journal::{Entry, Journal, ReadError};
use payment::PaymentId;

/// The facts of one payment that has a driver.
#[derive(Debug, Default)]
pub(crate) enum Told {
    /// Nobody has looked yet.
    #[default]
    Unread,
    /// A fact that nobody waits for may not be in the journal yet: what is read now may lack it.
    Ahead,
    /// All of them.
    Whole(Vec<Entry>),
}

impl Told {
    /// A fact was handed to the journal and nobody waits for it.
    pub(crate) fn run_ahead(&mut self) {
        *self = Self::Ahead;
    }

    /// These are in the journal now, and so is everything that was handed to it before them.
    pub(crate) fn add(&mut self, written: &[Entry]) {
        match self {
            Self::Unread => {}
            Self::Ahead => *self = Self::Unread,
            Self::Whole(known) => {
                // Whoever looked between the commit and this has read them already.
                let last = known.last().map_or(0, |entry| entry.seq);
                let new = written.iter().filter(|entry| entry.seq > last);
                known.extend(new.cloned());
            }
        }
    }

    /// The whole story, read where it is not known.
    pub(crate) fn story(
        &mut self,
        journal: &Journal,
        id: PaymentId,
    ) -> Result<Cow<'_, [Entry]>, ReadError> {
        if matches!(self, Self::Unread) {
            *self = Self::Whole(journal.timeline(id)?);
        }
        match self {
            Self::Whole(known) => Ok(Cow::Borrowed(known)),
            Self::Unread | Self::Ahead => journal.timeline(id).map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use journal::Fact;
    use money::{Currency, Money};
    use payment::{AccountId, Actor, Attempt, Event, IdempotencyKey, OrderRef, TerminalCode, Way};

    use super::*;

    fn facts(id: PaymentId) -> Vec<Event> {
        vec![
            Event::Requested {
                payment: id,
                key: IdempotencyKey::of_act(id, 0),
                order: OrderRef::new("R1").unwrap(),
                amount: Money::new(100, Currency::Mxn).unwrap(),
                account: AccountId::new("counter").unwrap(),
                way: Way::on_terminal(TerminalCode::new("T1").unwrap()),
                attempt: Attempt::FIRST,
                by: Actor::Till,
            },
            Event::Dispatched,
            Event::Interrupted,
        ]
    }

    #[tokio::test]
    async fn it_is_what_the_journal_has_whenever_somebody_looks() {
        let id = PaymentId::from_uuid(uuid::Uuid::from_u128(1));
        for looks in 0..8_u32 {
            let journal = Journal::in_memory().unwrap();
            let mut told = Told::default();
            for (number, event) in (0_u32..).zip(facts(id)) {
                let fact = Fact::Payment { id, event };
                let written = journal.append(1, vec![fact]).await.unwrap();
                // Some look between the commit and hearing of it.
                if looks & (1 << number) != 0 {
                    told.story(&journal, id).unwrap();
                }
                told.add(&written);
                assert_eq!(
                    *told.story(&journal, id).unwrap(),
                    *journal.timeline(id).unwrap(),
                    "looks {looks:b}"
                );
            }
        }
    }

    #[tokio::test]
    async fn what_may_lack_a_fact_is_not_kept() {
        let id = PaymentId::from_uuid(uuid::Uuid::from_u128(1));
        let journal = Journal::in_memory().unwrap();
        let mut events = facts(id)
            .into_iter()
            .map(|event| Fact::Payment { id, event });
        let first = events.next().into_iter().collect();
        journal.append(1, first).await.unwrap();
        let mut told = Told::default();
        told.run_ahead();
        assert_eq!(told.story(&journal, id).unwrap().len(), 1);
        // The fact that nobody waited for arrives, and then one that was waited for.
        journal
            .append(2, events.next().into_iter().collect())
            .await
            .unwrap();
        assert_eq!(told.story(&journal, id).unwrap().len(), 2);
        let written = journal.append(3, events.collect()).await.unwrap();
        told.add(&written);
        assert_eq!(told.story(&journal, id).unwrap().len(), 3);
    }
}
