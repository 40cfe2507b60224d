//! One payment as its facts make it.

use money::Money;
use serde::{Deserialize, Serialize};

use crate::act::{Acted, Progress};
use crate::event::{Actor, CancelAnswer, Event, Prompt, Refusal, Seen, Standing, Witness};
use crate::failure::Failure;
use crate::ids::{AccountId, Attempt, IdempotencyKey, IntentId, OrderRef, PaymentId};
use crate::receipt::Receipts;
use crate::state::{Class, Signal, State, next};
use crate::void::{BatchId, Withdrawal};
use crate::warning::Decided;
use crate::way::{PayPage, Way};
use late::is_late;

/// How far a cancel has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// Nobody asked.
    #[default]
    No,
    /// Asked, and not answered yet.
    Asked,
    /// The provider took it; a reading has still to say so.
    Accepted,
    /// The provider refused it, or the answer was lost.
    Unanswered,
}

/// Why a payment is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Doubt {
    /// The answer to the create was lost.
    AnswerLost {
        /// How.
        failure: Failure,
    },
    /// The till stopped before the answer came.
    Interrupted,
    /// The provider has it, but does not name it.
    Unseen,
    /// The terminal gave no end that can be believed.
    Unconfirmed,
    /// The provider's object is about another amount.
    OtherAmount {
        /// What it named.
        said: String,
    },
}

/// A payment. Only [`apply`] makes or changes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its own name.
    pub id: PaymentId,
    /// What the customer owes for.
    pub order: OrderRef,
    /// How much.
    pub amount: Money,
    /// Through which account.
    pub account: AccountId,
    /// By which way.
    pub way: Way,
    /// Which sending of the order this is.
    pub attempt: Attempt,
    /// The key of this sending.
    pub key: IdempotencyKey,
    /// Who asked for it.
    pub by: Actor,
    /// Where it is.
    pub state: State,
    /// The provider's name of it, once it gave one.
    pub intent: Option<IntentId>,
    /// The last reading.
    pub seen: Option<Seen>,
    /// Where the customer pays, where that is a page.
    #[serde(default)]
    pub page: Option<PayPage>,
    /// How far a cancel has come.
    pub cancel: Cancel,
    /// Why it is, or was, not known. Kept after the end, as the story of the payment.
    pub doubt: Option<Doubt>,
    /// Why nothing happened, where that is how it ended.
    pub refusal: Option<Refusal>,
    /// Readings are failing at the moment.
    pub unreachable: bool,
    /// It turned paid after it was shown as over, or its object says so without proof that the
    /// money is ours: a person must decide (invariant I17).
    pub late: bool,
    /// No late news is expected any more.
    #[serde(default)]
    pub closed: bool,
    /// Its end rests on a person's word and not on the provider's.
    pub by_hand: bool,
    /// What else was asked to be done with it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Acted>,
    /// What has been given back, as the last reading that named it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Money>,
    /// What the customer gave on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// The slips of the terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Receipts>,
    /// Who wants it withdrawn and why, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<Withdrawal>,
    /// The batches before that one which asked for the same: each tells what became of its line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches_before: Vec<BatchId>,
    /// What a manager decided about its money, where that came after it was not expected any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

/// A fact that does not fit: the journal is not one this till wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The first fact of a payment must be its request.
    #[error("a payment's first fact is not its request")]
    NotRequested,
    /// A payment is requested once.
    #[error("a payment was requested twice")]
    RequestedTwice,
}

impl Payment {
    /// The last thing the terminal said, while it matters.
    #[must_use]
    pub fn prompt(&self) -> Option<Prompt> {
        if self.state.is_open() || self.pending_act().is_some() {
            self.seen.as_ref().and_then(|seen| seen.prompt)
        } else {
            None
        }
    }

    /// Whether somebody asked to withdraw it.
    #[must_use]
    pub fn cancel_asked(&self) -> bool {
        self.cancel != Cancel::No
    }

    /// Whether this batch has asked to withdraw it.
    #[must_use]
    pub fn is_withdrawn_by(&self, batch: BatchId) -> bool {
        let last = self.withdrawal.as_ref();
        last.is_some_and(|withdrawal| withdrawal.batch == Some(batch))
            || self.batches_before.contains(&batch)
    }

    /// Shown as over without money, and its object says otherwise: whether money moved is open.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        self.late && self.state.class() == Class::Unpaid
    }

    /// Whether this reading would tell anything new. An answer that leaves out the amount another
    /// one named is no news, and neither is our own amount, unless another was seen before.
    #[must_use]
    pub fn is_news(&self, seen: &Seen) -> bool {
        let Some(known) = &self.seen else {
            return true;
        };
        let seen = &self.counted(seen);
        let expected = known.amount.unwrap_or(self.amount);
        let other_amount = seen.amount.is_some_and(|amount| amount != expected);
        let settles_doubt = self.doubt.is_some() && seen.amount != known.amount;
        self.unreachable
            || other_amount
            || settles_doubt
            || self.is_cleared_by(seen)
            || self.has_act_news(seen)
            || (seen.page.is_some() && seen.page != self.page)
            || more(seen.returned, self.returned)
            || (seen.tip.is_some() && seen.tip != self.tip)
            || (known.standing, known.prompt, &known.raw) != (seen.standing, seen.prompt, &seen.raw)
    }

    /// Another amount was told once, and the object that stands where it stood before names ours.
    fn is_cleared_by(&self, seen: &Seen) -> bool {
        matches!(self.doubt, Some(Doubt::OtherAmount { .. }))
            && self.state == State::NotKnown
            && seen.amount == Some(self.amount)
            && next(self.state, self.seen_signal(seen)).is_some()
    }

    fn requested(event: &Event) -> Result<Self, Misfit> {
        let Event::Requested {
            payment,
            order,
            amount,
            account,
            way,
            attempt,
            key,
            by,
        } = event
        else {
            return Err(Misfit::NotRequested);
        };
        Ok(Self {
            id: *payment,
            order: order.clone(),
            amount: *amount,
            account: account.clone(),
            way: way.clone(),
            attempt: *attempt,
            key: key.clone(),
            by: by.clone(),
            state: State::Saved,
            intent: None,
            seen: None,
            page: None,
            cancel: Cancel::No,
            doubt: None,
            refusal: None,
            unreachable: false,
            late: false,
            closed: false,
            by_hand: false,
            acts: Vec::new(),
            returned: None,
            tip: None,
            receipts: None,
            withdrawal: None,
            batches_before: Vec::new(),
            decided: None,
        })
    }

    /// Whether an object that says *paid* proves it of this payment: it names our amount, or names
    /// none and was never seen with another (invariant I5).
    fn is_proof(&self, seen: &Seen) -> bool {
        match seen.amount {
            Some(amount) => amount == self.amount,
            None => !matches!(self.doubt, Some(Doubt::OtherAmount { .. })),
        }
    }

    fn signal(&self, event: &Event) -> Result<Signal, Misfit> {
        Ok(match event {
            Event::Requested { .. } => return Err(Misfit::RequestedTwice),
            Event::Dispatched => Signal::Dispatched,
            Event::Answered { seen, .. } | Event::Read { seen } => {
                self.seen_signal(&self.counted(seen))
            }
            Event::Refused { .. } => Signal::Refused,
            Event::AnswerLost { .. } => Signal::AnswerLost,
            Event::Interrupted => Signal::Interrupted,
            Event::ArrivedUnseen { .. } => Signal::ArrivedUnseen,
            Event::Mismatched { .. } => Signal::Mismatched,
            Event::ReadingLost { .. } => Signal::ReadingLost,
            Event::CancelAsked { .. } => Signal::CancelAsked,
            Event::CancelAnswered { .. } => Signal::CancelAnswered,
            Event::ActAsked { .. } | Event::ActSent { .. } => Signal::ActAsked,
            Event::ActAnswered { .. } => Signal::ActAnswered,
            Event::ActGivenUp { .. } => Signal::ActGivenUp,
            Event::ReceiptsRead { .. } => Signal::ReceiptsRead,
            Event::ProvedAbsent => Signal::ProvedAbsent,
            Event::Witnessed { saw, .. } => Signal::Witnessed(*saw),
            Event::Closed => Signal::Closed,
            Event::WarningPassed { .. }
            | Event::AmountChangeAsked { .. }
            | Event::Decided { .. } => Signal::Noted,
        })
    }

    fn seen_signal(&self, seen: &Seen) -> Signal {
        let takes_money = match seen.standing {
            Standing::Paid
            | Standing::PartlyRefunded
            | Standing::Refunded
            | Standing::Authorised => true,
            Standing::Waiting
            | Standing::Processing
            | Standing::NeedsCashier
            | Standing::Declined
            | Standing::Cancelled
            | Standing::Expired
            | Standing::Unconfirmed
            | Standing::Unrecognised => false,
        };
        if takes_money && !self.is_proof(seen) {
            Signal::SeenPaidOtherwise
        } else {
            Signal::Seen(seen.standing)
        }
    }

    /// Takes in what the event says beside the state.
    fn note(&mut self, event: &Event) {
        match event {
            Event::Requested { .. }
            | Event::Dispatched
            | Event::ProvedAbsent
            | Event::WarningPassed { .. }
            | Event::AmountChangeAsked { .. } => {}
            Event::Answered { intent, seen } => {
                self.intent = Some(intent.clone());
                self.saw(self.counted(seen).into_owned());
            }
            Event::Read { seen } => self.saw(self.counted(seen).into_owned()),
            Event::Refused { refusal } => {
                if self.state.is_open() {
                    self.refusal = Some(refusal.clone());
                }
            }
            Event::AnswerLost { failure } => {
                self.doubt = Some(Doubt::AnswerLost {
                    failure: failure.clone(),
                });
            }
            Event::Interrupted => self.doubt = Some(Doubt::Interrupted),
            Event::ArrivedUnseen { page } => {
                self.doubt = Some(Doubt::Unseen);
                self.learn_page(page.as_ref());
            }
            Event::Mismatched { intent, said } => {
                if self.intent.is_none() {
                    self.intent.clone_from(intent);
                }
                self.doubt = Some(Doubt::OtherAmount { said: said.clone() });
            }
            Event::ReadingLost { .. } => self.unreachable = true,
            Event::CancelAsked { by, reason, batch } => {
                if reason.is_some() || batch.is_some() {
                    let before = self.withdrawal.replace(Withdrawal {
                        by: by.clone(),
                        reason: reason.clone(),
                        batch: *batch,
                    });
                    self.batches_before
                        .extend(before.and_then(|before| before.batch));
                }
                let is_chargeable = self.state.is_open() || self.state == State::Declined;
                if is_chargeable && self.cancel != Cancel::Accepted {
                    self.cancel = Cancel::Asked;
                }
            }
            Event::CancelAnswered { answer } => {
                self.cancel = match answer {
                    CancelAnswer::Accepted => Cancel::Accepted,
                    CancelAnswer::Refused { .. } | CancelAnswer::Lost { .. } => Cancel::Unanswered,
                };
            }
            Event::Witnessed {
                saw: Witness::Paid | Witness::NotPaid,
                ..
            } => {
                self.by_hand = self.state == State::NotKnown;
            }
            Event::Witnessed {
                saw: Witness::GivenBack,
                ..
            } => {
                self.by_hand = self.state == State::NotKnown;
                if self.by_hand {
                    self.learn_returned(Some(self.amount));
                }
            }
            Event::Closed => self.closed = true,
            Event::Decided {
                decision,
                reason,
                by,
            } => self.decide(*decision, reason, by),
            Event::ActAsked {
                number,
                act,
                by,
                reason,
            } => self.acts.push(Acted {
                number: *number,
                act: act.clone(),
                by: by.clone(),
                reason: reason.clone(),
                progress: Progress::Asked,
                returned_before: self.returned,
                name: None,
                sent: false,
            }),
            Event::ActSent { number } => {
                if let Some(acted) = self.acts.iter_mut().find(|acted| acted.number == *number) {
                    acted.sent = true;
                }
            }
            Event::ActAnswered {
                number,
                answer,
                name,
            } => {
                if let Some(acted) = self.acts.iter_mut().find(|acted| acted.number == *number) {
                    acted.answered(answer, name.as_ref());
                }
            }
            Event::ActGivenUp { number } => {
                if let Some(acted) = self.acts.iter_mut().find(|acted| acted.number == *number) {
                    acted.given_up();
                }
            }
            Event::ReceiptsRead { receipts } => self.receipts = Some(receipts.clone()),
        }
    }

    /// A later answer may leave the page out; what was told once stays.
    fn learn_page(&mut self, page: Option<&PayPage>) {
        if let Some(page) = page {
            self.page = Some(page.clone());
        }
    }

    /// Money that went back does not come again: an older reading takes nothing away.
    fn learn_returned(&mut self, returned: Option<Money>) {
        if more(returned, self.returned) {
            self.returned = returned;
        }
    }

    /// What a reading makes of its acts. By its name any of them is told, by anything else only the
    /// last, as at most one is under way.
    fn acts_shown(&mut self, seen: &Seen) {
        let (id, state, returned) = (self.id, self.state, self.returned);
        let key = |acted: &Acted| IdempotencyKey::of_act(id, acted.number);
        for acted in &mut self.acts {
            acted.told(seen, &key(acted));
        }
        if let Some(acted) = self.acts.last_mut() {
            acted.shown(state, seen, returned, &key(acted));
        }
    }

    fn saw(&mut self, seen: Seen) {
        self.unreachable = false;
        self.learn_page(seen.page.as_ref());
        self.tip = seen.tip.or(self.tip);
        self.learn_returned(seen.returned);
        let is_of_ours = !matches!(self.doubt, Some(Doubt::OtherAmount { .. }));
        let is_held = self.state == State::Authorised;
        if seen.standing == Standing::Unconfirmed && is_of_ours && !is_held {
            self.doubt = Some(Doubt::Unconfirmed);
        }
        if let Some(amount) = seen.amount
            && amount != self.amount
        {
            self.doubt = Some(Doubt::OtherAmount {
                said: amount.to_string(),
            });
        }
        self.seen = Some(seen);
    }
}

/// Nothing given back yet is no news, and neither is an older sum.
fn more(told: Option<Money>, known: Option<Money>) -> bool {
    let minor = |money: Option<Money>| money.map_or(0, Money::minor);
    minor(told) > minor(known)
}

/// Takes one fact in: the only way a payment is made or changed.
///
/// # Errors
/// [`Misfit`]: the facts are not a payment's. A fact that merely says nothing new is no error.
pub fn apply(payment: Option<&Payment>, event: &Event) -> Result<Payment, Misfit> {
    let Some(payment) = payment else {
        return Payment::requested(event);
    };
    let signal = payment.signal(event)?;
    let to = next(payment.state, signal).unwrap_or(payment.state);
    let mut after = payment.clone();
    after.note(event);
    after.late = payment.late || is_late(payment.state, signal, to);
    // The provider's own word replaces a person's.
    let read = matches!(signal, Signal::Seen(_)) && to != payment.state;
    after.by_hand &= !read;
    after.state = to;
    if let (Signal::Seen(_), Event::Answered { seen, .. } | Event::Read { seen }) = (signal, event)
    {
        after.acts_shown(seen);
    }
    Ok(after)
}

mod key;
mod late;
#[cfg(test)]
mod looked_tests;
#[cfg(test)]
mod return_tests;
#[cfg(test)]
mod tests;
