//! What happens to a driver that waits: an answer, the end of its patience, a crash, a person.

use payment::failure::NotSent;
use payment::{Actor, Class, Event, Failure, State};

use super::super::Mistake;
use super::super::shop::{Letter, Place, Shop, spend};
use super::{Mind, Request, no_answer};
use crate::engine::drive::can_be_witnessed;
use crate::engine::learn;

impl Shop {
    pub(in crate::engine::model) fn told_of_cancel(&mut self, to: Place, sending: u8, taken: bool) {
        let awaited = self.at(to).mind.awaited;
        if awaited.is_some_and(|awaited| awaited.sending == sending) {
            let refused = Failure::Invalid {
                said: "too late".to_owned(),
            };
            self.cancelled(to, if taken { Ok(()) } else { Err(refused) });
        }
    }

    fn cancelled(&mut self, place: Place, answer: Result<(), Failure>) {
        let held = self.at(place);
        held.mind.awaited = None;
        held.mind.cancels_sent += 1;
        held.learn(&[learn::from_cancel(answer)]);
    }

    /// Patience ends: of itself where nothing can come any more, else as a loss.
    pub(in crate::engine::model) fn give_up(&mut self, place: Place) -> Option<()> {
        let awaited = self.at(place).mind.awaited?;
        let is_ours = |from: &Place, sending: &u8| *from == place && *sending == awaited.sending;
        let may_come = self.network.iter().any(|letter| match letter {
            Letter::Create { from, sending, .. } | Letter::Cancel { from, sending, .. } => {
                is_ours(from, sending)
            }
            Letter::Made { to, sending, .. } | Letter::Withdrawn { to, sending, .. } => {
                is_ours(to, sending)
            }
        });
        if may_come {
            spend(&mut self.left.losses)?;
        }
        if awaited.asked == Request::Cancel {
            self.cancelled(place, Err(no_answer()));
        } else if self.mistake == Some(Mistake::TimeOutIsNothing) {
            let why = NotSent::NoConnection;
            self.created(place, Request::First, &Err(Failure::NotSent { why }));
        } else {
            self.created(place, awaited.asked, &Err(no_answer()));
        }
        Some(())
    }

    /// What was in memory is gone; what the next start does with each payment is `Till::take_up`'s.
    pub(in crate::engine::model) fn crash(&mut self, till: usize) {
        let forgets = self.mistake == Some(Mistake::ForgottenSending);
        for held in &mut self.tills[till].held {
            let payment = held.payment();
            let is_taken_up = payment.state.is_open()
                || (payment.state.class() == Class::Unpaid
                    && payment.intent.is_some()
                    && !payment.closed);
            let is_unanswered = matches!(payment.state, State::Saved | State::Sending);
            held.mind = Mind {
                is_done: !is_taken_up,
                ..Mind::default()
            };
            if is_unanswered {
                let found = if forgets {
                    Event::ProvedAbsent
                } else {
                    Event::Interrupted
                };
                held.learn(&[found]);
            }
        }
    }

    pub(in crate::engine::model) fn look(&mut self, place: Place) -> Option<()> {
        let payment = self.at(place).payment().clone();
        if !can_be_witnessed(&payment) {
            return None;
        }
        let saw = self.seen_by_a_person(&payment.key)?;
        let by = Actor::Cashier {
            name: "Ana".to_owned(),
        };
        self.at(place).learn(&[Event::Witnessed { by, saw }]);
        Some(())
    }

    pub(super) fn forget_late_reading(&mut self, place: Place) {
        let never = self.mistake == Some(Mistake::NoLateReading);
        let held = self.at(place);
        if never && held.payment().state.class() == Class::Unpaid {
            held.mind.is_done = true;
        }
    }
}
