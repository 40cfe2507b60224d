//! How often the payments under way are looked at.

use std::time::Duration;

use payment::{Channel, Payment};

use super::{Board, locked};
use crate::engine::habit::Lasted;
use crate::engine::pace;

impl Board {
    /// How long until the next reading of this payment at this age. Links may be open by the hundred:
    /// beyond the newest ones they share what may be asked of their account.
    pub(crate) fn pause(&self, payment: &Payment, age: Duration) -> Duration {
        let channel = payment.way.channel();
        let own = locked(&self.habit).waiting(channel, age);
        match channel {
            Channel::Terminal => own,
            Channel::Link | Channel::CardOnFile => {
                let (all, newer) = self.unattended_beside(payment);
                own.max(pace::shared(all, newer))
            }
        }
    }

    /// The open payments at its account that wait at no machine, and how many of them are newer.
    fn unattended_beside(&self, payment: &Payment) -> (usize, usize) {
        let live = locked(&self.live);
        let beside = live.iter().filter(|(_, live)| {
            live.payment.account == payment.account
                && live.payment.way.channel() != Channel::Terminal
                && live.payment.state.is_open()
        });
        beside.fold((0, 0), |(all, newer), (id, _)| {
            (all + 1, newer + usize::from(*id > payment.id))
        })
    }

    /// A payment was over after so long, and somebody watched.
    pub(crate) fn learn(&self, payment: &Payment, age: Duration) {
        let lasted = u64::try_from(age.as_millis()).ok();
        if let Some(lasted) = lasted.and_then(|for_ms| Lasted::of(payment, for_ms)) {
            locked(&self.habit).learn(lasted);
        }
    }
}
