//! What a reading may be believed of money that went back.

use std::borrow::Cow;

use money::Money;

use super::{Act, ActOutcome, ActSeen, Acted, refunded};
use crate::event::{Seen, Standing};
use crate::record::Payment;

/// By how much more than was asked for a refund of ours is told to have given back, in minor units.
pub(super) fn too_much(acted: &Acted, told: &ActSeen) -> i64 {
    match (&acted.act, &told.outcome, told.amount) {
        (Act::Refund { amount: asked, .. }, ActOutcome::Done, Some(named)) => {
            named.minor().saturating_sub(asked.minor()).max(0)
        }
        (
            Act::Refund { .. } | Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Reverse,
            ActOutcome::Done | ActOutcome::UnderWay | ActOutcome::Refused { .. },
            _,
        ) => 0,
    }
}

impl Payment {
    /// The act of ours that a reading speaks of.
    pub(super) fn act_of(&self, told: &ActSeen) -> Option<&Acted> {
        let mut acts = self.acts.iter();
        acts.find(|acted| told.is_of(acted, &self.act_key(acted)))
    }

    /// The reading with each refund of ours counted as what was asked for. A list that names more of
    /// it is in doubt, and never a proof that more money went back: else what the customer has still
    /// paid would be taken for given back, and the order could be charged again.
    #[must_use]
    pub(crate) fn counted<'a>(&self, seen: &'a Seen) -> Cow<'a, Seen> {
        let told = || {
            let acts = seen.acts.iter();
            acts.filter_map(|told| self.act_of(told).map(|acted| (acted, told)))
        };
        let excess: i64 = told().map(|(acted, told)| too_much(acted, told)).sum();
        let Some(returned) = seen.returned.filter(|_| excess > 0) else {
            return Cow::Borrowed(seen);
        };
        let done_now = |acted: &&Acted| {
            told()
                .any(|(ours, told)| ours.number == acted.number && told.outcome == ActOutcome::Done)
        };
        let known: i64 = self
            .acts
            .iter()
            .filter_map(|acted| match &acted.act {
                Act::Refund { amount, .. } if done_now(&acted) => Some(amount.minor()),
                Act::Refund { .. }
                | Act::TryAgain
                | Act::Sign { .. }
                | Act::Capture
                | Act::Reverse => refunded(acted),
            })
            .sum();
        // What the provider's own sum may leave out was still given back.
        let minor = returned.minor().saturating_sub(excess).max(known);
        let minor = minor.min(returned.minor());
        let Ok(counted) = Money::new(minor, returned.currency()) else {
            return Cow::Borrowed(seen);
        };
        Cow::Owned(Seen {
            returned: Some(counted),
            standing: self.standing_with(seen, counted),
            ..seen.clone()
        })
    }

    /// Where it stands with so much given back of what was taken.
    fn standing_with(&self, seen: &Seen, returned: Money) -> Standing {
        let on_top = self.taken().minor().saturating_sub(self.amount.minor());
        let goods = seen.amount.unwrap_or(self.amount).minor();
        let taken = goods.saturating_add(on_top);
        match seen.standing {
            Standing::PartlyRefunded | Standing::Refunded if returned.is_zero() => Standing::Paid,
            Standing::Refunded if returned.minor() < taken => Standing::PartlyRefunded,
            standing @ (Standing::Waiting
            | Standing::Processing
            | Standing::NeedsCashier
            | Standing::Authorised
            | Standing::Paid
            | Standing::Declined
            | Standing::Cancelled
            | Standing::Expired
            | Standing::PartlyRefunded
            | Standing::Refunded
            | Standing::Unconfirmed
            | Standing::Unrecognised) => standing,
        }
    }
}
