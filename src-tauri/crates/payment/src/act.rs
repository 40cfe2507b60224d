//! What can be done with a payment that a provider has made, beside reading and withdrawing it.
//!
//! An act is a request like a cancel is: its wish is durable before it leaves
//! ([`crate::Event::ActAsked`]), its answer is a fact ([`crate::Event::ActAnswered`]), and only a
//! reading of the authoritative object says what became of it.

use money::Money;
use serde::{Deserialize, Serialize};

use crate::event::{Actor, CancelAnswer, Prompt, Seen};
use crate::ids::{ActName, IdempotencyKey};
use crate::record::Payment;
use crate::state::{Class, State};

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// Ask for a card again, on the same payment: the first was refused, or its end is not known.
    TryAgain,
    /// The cashier's word about the signature on the slip.
    Sign {
        /// It is the card holder's.
        accepted: bool,
    },
    /// Take all of the money that is held.
    Capture,
    /// Undo the whole payment before it is settled, or give back what is held.
    Reverse,
    /// Give money back.
    Refund {
        /// How much of it.
        amount: Money,
        /// How it goes back.
        route: RefundRoute,
    },
}

/// How money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RefundRoute {
    /// To the card it came from; nobody needs to be there.
    Remote,
    /// The customer holds the card to the terminal again.
    Terminal,
}

/// What a system offers of these, so that nobody asks for its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acts {
    /// [`Act::TryAgain`].
    pub try_again: bool,
    /// [`Act::Sign`]: how long the cashier has, milliseconds. Silence accepts.
    pub sign_within_ms: Option<u64>,
    /// [`Act::Capture`].
    pub capture: bool,
    /// [`Act::Reverse`].
    pub reverse: bool,
    /// [`Act::Refund`], each way.
    pub refund: &'static [RefundRoute],
    /// [`crate::Provider::receipts`].
    pub receipts: bool,
    /// Money back without a payment ([`crate::Way::Return`]); `None` where there is no such thing.
    pub returns: Option<Returns>,
}

/// What a system offers of money that goes back without a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returns {
    /// The card's number may be typed into the machine.
    pub keyed: bool,
    /// One whose answer was lost can be found ([`crate::Provider::find`]). Where it cannot, a person
    /// says what the terminal shows.
    pub finds: bool,
}

impl Acts {
    /// A system that can only be read and withdrawn from.
    pub const NONE: Self = Self {
        try_again: false,
        sign_within_ms: None,
        capture: false,
        reverse: false,
        refund: &[],
        receipts: false,
        returns: None,
    };
}

/// How far an act has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Progress {
    /// Durable; not answered yet.
    Asked,
    /// The provider took it; a reading has still to show it.
    Accepted,
    /// The provider refused it. Nothing happened.
    Refused {
        /// In its own words.
        said: String,
    },
    /// Its answer did not come.
    Lost,
    /// A reading shows what it did.
    Shown,
    /// No reading has shown it for long enough: somebody must look in the provider's own pages
    /// before it is asked for again.
    Unshown,
}

/// An act of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acted {
    /// Which of the payment's acts, from 1: part of its key.
    pub number: u32,
    /// What.
    pub act: Act,
    /// Who asked.
    pub by: Actor,
    /// Why, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far it has come.
    pub progress: Progress,
    /// What had been given back when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_before: Option<Money>,
    /// The provider's name of it, once it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ActName>,
    /// Its request has left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
}

/// What a reading says of one act, which it names: a refund of the provider's list, a terminal
/// session that gives money back. Whose it is, only its name tells: another till, or somebody at the
/// provider's own pages, may have asked for it, and an older one stays in the list for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActSeen {
    /// The provider's name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ActName>,
    /// Our key of it, where the provider keeps that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// What became of it.
    pub outcome: ActOutcome,
    /// How much it gave back, where it names that. What was asked for here counts instead
    /// (`counted`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActOutcome {
    /// Nothing yet.
    UnderWay,
    /// It was done.
    Done,
    /// It was refused, or failed in the end: nothing happened.
    Refused {
        /// In the provider's words; empty where it has none. At most 200 characters.
        said: String,
    },
}

impl ActSeen {
    fn is_of(&self, acted: &Acted, key: &IdempotencyKey) -> bool {
        let is_named = self.name.is_some() && self.name == acted.name;
        is_named || self.key.as_ref() == Some(key)
    }
}

impl Act {
    /// Whether the same request may be sent again after its answer was lost, as a second one has no
    /// effect of its own: a refund has a key, and a signature is judged once.
    #[must_use]
    pub const fn repeats_safely(&self) -> bool {
        match self {
            Self::Refund { route, .. } => matches!(route, RefundRoute::Remote),
            Self::Sign { .. } => true,
            Self::TryAgain | Self::Capture | Self::Reverse => false,
        }
    }
}

impl Acted {
    /// Whether something is still to be sent or to be read because of it.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        match (&self.progress, &self.act) {
            (Progress::Asked, _)
            | (Progress::Lost, Act::Sign { .. })
            | (
                Progress::Accepted | Progress::Lost,
                Act::Capture | Act::Reverse | Act::Refund { .. },
            ) => true,
            // Where it stands is what the readings say; a second one does no harm.
            (Progress::Accepted, Act::TryAgain | Act::Sign { .. })
            | (Progress::Lost, Act::TryAgain)
            | (Progress::Refused { .. } | Progress::Shown | Progress::Unshown, _) => false,
        }
    }

    /// Whether it is to be sent now: for the first time, or again.
    #[must_use]
    pub const fn is_to_send(&self) -> bool {
        match self.progress {
            Progress::Asked => true,
            Progress::Lost => self.act.repeats_safely(),
            Progress::Accepted | Progress::Refused { .. } | Progress::Shown | Progress::Unshown => {
                false
            }
        }
    }

    /// No reading shows it.
    pub(crate) fn given_up(&mut self) {
        if self.is_pending() {
            self.progress = Progress::Unshown;
        }
    }

    /// Whether the customer holds a card to the terminal for it.
    #[must_use]
    pub const fn is_at_terminal(&self) -> bool {
        match self.act {
            Act::Refund { route, .. } => matches!(route, RefundRoute::Terminal),
            Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Reverse => false,
        }
    }

    pub(crate) fn answered(&mut self, answer: &CancelAnswer, name: Option<&ActName>) {
        if let Some(name) = name {
            self.name = Some(name.clone());
        }
        if self.progress == Progress::Shown {
            return;
        }
        self.progress = match answer {
            CancelAnswer::Accepted => Progress::Accepted,
            CancelAnswer::Refused { failure } => Progress::Refused {
                said: failure.said(),
            },
            CancelAnswer::Lost { .. } => Progress::Lost,
        };
    }

    /// Whether a reading may still say what became of it.
    const fn is_undecided(&self) -> bool {
        match self.progress {
            Progress::Refused { .. } | Progress::Shown => false,
            Progress::Asked | Progress::Accepted | Progress::Lost | Progress::Unshown => true,
        }
    }

    /// What a reading says of it by its name; `key` is its own.
    fn outcome<'a>(&self, seen: &'a Seen, key: &IdempotencyKey) -> Option<&'a ActOutcome> {
        let mut acts = seen.acts.iter();
        let named = acts.find(|told| told.is_of(self, key))?;
        Some(&named.outcome).filter(|_| self.is_undecided())
    }

    /// Takes in what a reading says of it by its name, however long ago it was given up.
    pub(crate) fn told(&mut self, seen: &Seen, key: &IdempotencyKey) {
        match self.outcome(seen, key) {
            Some(ActOutcome::Done) => self.progress = Progress::Shown,
            Some(ActOutcome::Refused { said }) => {
                self.progress = Progress::Refused { said: said.clone() };
            }
            Some(ActOutcome::UnderWay) | None => {}
        }
    }

    /// What a reading makes of it beside its name; `key` is its own.
    pub(crate) fn shown(
        &mut self,
        state: State,
        seen: &Seen,
        returned: Option<Money>,
        key: &IdempotencyKey,
    ) {
        // What is known by its name to be under way is not shown by what else was given back.
        if !self.is_undecided() || self.outcome(seen, key).is_some() {
            return;
        }
        let is_shown = match &self.act {
            // Whatever was signed for, nobody is asked any more.
            Act::Sign { .. } => seen.prompt != Some(Prompt::Signature),
            // Answered, and read since.
            Act::TryAgain => self.progress == Progress::Accepted,
            Act::Capture => state.class() == Class::Paid,
            Act::Reverse => state == State::Refunded || state.class() == Class::Unpaid,
            Act::Refund { .. } if state == State::Refunded => true,
            // A first part, by a system that does not say how much.
            Act::Refund { .. } if returned.is_none() => state == State::PartlyRefunded,
            Act::Refund { amount, .. } => grew(self.returned_before, returned, *amount),
        };
        let is_released = self.act == Act::Capture && state.class() == Class::Unpaid;
        if is_shown {
            self.progress = Progress::Shown;
        } else if is_released {
            // What was held went back before it was taken.
            self.progress = Progress::Unshown;
        }
    }
}

/// Whether at least that much more was given back than before: a sum that was told a little wrong
/// once proves no refund.
fn grew(before: Option<Money>, after: Option<Money>, amount: Money) -> bool {
    let minor = |money: Option<Money>| money.map_or(0, Money::minor);
    minor(after).saturating_sub(minor(before)) >= amount.minor()
}

/// What a refund that was done gave back, in minor units.
const fn refunded(acted: &Acted) -> Option<i64> {
    match (&acted.act, &acted.progress) {
        (Act::Refund { amount, .. }, Progress::Shown) => Some(amount.minor()),
        (
            Act::Refund { .. },
            Progress::Asked
            | Progress::Accepted
            | Progress::Refused { .. }
            | Progress::Lost
            | Progress::Unshown,
        )
        | (Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Reverse, _) => None,
    }
}

impl Payment {
    /// The act that is under way: at most one at a time.
    #[must_use]
    pub fn pending_act(&self) -> Option<&Acted> {
        self.acts.last().filter(|acted| acted.is_pending())
    }

    /// The key of one of its acts.
    #[must_use]
    pub fn act_key(&self, acted: &Acted) -> IdempotencyKey {
        IdempotencyKey::of_act(self.id, acted.number)
    }

    /// What a reading says of acts that were asked for here and are not decided, or that it tells
    /// otherwise than they were asked for. Of others it is no business of this payment.
    #[must_use]
    pub fn acts_told(&self, seen: &Seen) -> Vec<ActSeen> {
        let is_ours = |told: &&ActSeen| {
            let ours = self.act_of(told);
            ours.is_some_and(|acted| acted.is_undecided() || too_much(acted, told) > 0)
        };
        seen.acts.iter().filter(is_ours).cloned().collect()
    }

    /// Whether a reading says something new of one of its acts.
    pub(crate) fn has_act_news(&self, seen: &Seen) -> bool {
        let known = self.seen.as_ref().map(|known| &known.acts);
        let is_known = |told: &ActSeen| known.is_some_and(|known| known.contains(told));
        self.acts_told(seen).iter().any(|told| !is_known(told))
    }

    /// Whether the last reading said by its name that an act is under way.
    #[must_use]
    pub fn is_act_under_way(&self, acted: &Acted) -> bool {
        let seen = self.seen.as_ref();
        let outcome = seen.and_then(|seen| acted.outcome(seen, &self.act_key(acted)));
        outcome == Some(&ActOutcome::UnderWay)
    }

    /// Whether it gives money back and takes none ([`crate::Way::Return`]).
    #[must_use]
    pub const fn gives_back(&self) -> bool {
        self.way.return_terms().is_some()
    }

    /// What may still be given back, as far as is known. What the provider says was given back may
    /// leave out one of the ways it went ("Get payment intent", docs.dojo.tech: whether
    /// `refundedAmount` has refunds at terminals in it is nowhere written), so it is held against
    /// what this till knows was done.
    #[must_use]
    pub fn returnable(&self) -> Option<Money> {
        if self.gives_back() {
            return None;
        }
        let known: i64 = self.acts.iter().filter_map(refunded).sum();
        let given_back = self.returned().map_or(0, Money::minor).max(known);
        let left = self.taken().minor().checked_sub(given_back)?;
        Money::new(left, self.amount.currency())
            .ok()
            .filter(|left| !left.is_zero())
    }

    /// What the customer pays altogether: the amount, a service charge and a tip. Nothing where
    /// money goes back without a payment.
    #[must_use]
    pub fn taken(&self) -> Money {
        if self.gives_back() {
            return Money::zero(self.amount.currency());
        }
        let terms = self.way.sale_terms();
        let service_charge = terms.and_then(|terms| terms.service_charge);
        let on_top = [self.tip_taken(), service_charge].into_iter().flatten();
        on_top.fold(self.amount, |sum, part| sum.plus(part).unwrap_or(sum))
    }

    /// The tip in it: what the object names, else what was asked for.
    #[must_use]
    pub fn tip_taken(&self) -> Option<Money> {
        let terms = self.way.sale_terms();
        self.tip.or(terms.and_then(|terms| terms.tip))
    }

    /// What was given back, as the last reading that named it said.
    #[must_use]
    pub fn returned(&self) -> Option<Money> {
        self.returned
    }

    /// Whether an act may be asked for now, at a system that offers `acts`.
    #[must_use]
    pub fn allows(&self, act: &Act, acts: &Acts) -> bool {
        if self.pending_act().is_some() || self.intent.is_none() || self.by_hand {
            return false;
        }
        // Nothing but the machine's own question is asked about money that goes back: a second try
        // would be a second return.
        if self.gives_back() && !matches!(act, Act::Sign { .. }) {
            return false;
        }
        let acts = acts.by(&self.way);
        let prompt = self.seen.as_ref().and_then(|seen| seen.prompt);
        match act {
            Act::TryAgain => acts.try_again && !self.cancel_asked() && self.may_try_again(prompt),
            Act::Sign { .. } => {
                acts.sign_within_ms.is_some()
                    && self.state == State::NeedsCashier
                    && prompt == Some(Prompt::Signature)
            }
            Act::Capture => acts.capture && self.state == State::Authorised && !self.cancel_asked(),
            Act::Reverse => acts.reverse && matches!(self.state, State::Authorised | State::Paid),
            Act::Refund { amount, route } => {
                let is_paid = matches!(self.state, State::Paid | State::PartlyRefunded);
                let is_within = self.returnable().is_some_and(|left| {
                    left.currency() == amount.currency() && left.minor() >= amount.minor()
                });
                is_paid && is_within && !amount.is_zero() && acts.refund.contains(route)
            }
        }
    }
}

mod counted;
mod machine;
#[cfg(test)]
mod tests;

use counted::too_much;
