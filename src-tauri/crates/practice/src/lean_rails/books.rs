//! The `PaymentIntents` in the books: made, confirmed, captured, withdrawn, paid back, and checked.

use std::collections::BTreeMap;

use money::Money;
use serde::{Deserialize, Serialize};

use super::card::{Card, Decline, Method};
use super::choices::{LeanRailsAction, LeanRailsCancelTwice, LeanRailsCancellable};
use super::intent::{Attempt, Intent, LeanRailsStatus, Mode, NewIntent, Refund, Step, Then};
use crate::books::{Books, Inconsistency};
use crate::{Charge, IntentId, Race, Settings, System};

/// What is kept of LeanRails.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct LeanRailsBooks {
    pub(super) intents: BTreeMap<IntentId, Intent>,
    pub(super) refunds: BTreeMap<IntentId, Refund>,
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    NotFound,
    /// The status of the intent forbids it.
    Status(LeanRailsStatus),
    /// It has no payment method, and the request names none.
    NoMethod,
    /// Its card asks for an authentication and nothing says where to come back to.
    NoReturnUrl,
    /// More than there is, in minor units.
    MoreThan(i64),
}

/// When something ends by itself that lives so long; for ever where that is 0.
const fn end_ms(now_ms: u64, lifetime_ms: u64) -> Option<u64> {
    if lifetime_ms == 0 {
        None
    } else {
        Some(now_ms.saturating_add(lifetime_ms))
    }
}

/// The next running number of some objects.
pub(super) fn next_number<T>(all: &BTreeMap<IntentId, T>) -> u64 {
    let count = u64::try_from(all.len());
    count.unwrap_or(u64::MAX).saturating_add(1)
}

impl LeanRailsBooks {
    /// When something next happens by itself, and to what.
    pub(crate) fn due(&self) -> impl Iterator<Item = (u64, IntentId)> {
        let intents = self.intents.values();
        let intents = intents.filter_map(|one| Some((one.next_due_ms()?, one.id)));
        let refunds = self.refunds.values();
        let refunds = refunds.filter_map(|one| Some((one.due_ms?, one.id)));
        intents.chain(refunds)
    }

    /// Every intent, oldest first.
    pub(super) fn in_order(&self) -> Vec<&Intent> {
        let mut intents: Vec<_> = self.intents.values().collect();
        intents.sort_unstable_by_key(|intent| intent.number);
        intents
    }
}

impl Books {
    pub(super) fn open_lean_rails(
        &mut self,
        asked: NewIntent,
        method: Option<&Method>,
        now_ms: u64,
    ) -> IntentId {
        let number = next_number(&self.lean_rails.intents);
        let id = IntentId::of_lean_rails(self.seed, "intent", number);
        let status = match method {
            Some(_) => LeanRailsStatus::RequiresConfirmation,
            None => LeanRailsStatus::RequiresPaymentMethod,
        };
        let intent = Intent {
            id,
            number,
            reference: asked.reference(&self.settings),
            received: Money::zero(asked.amount.currency()),
            asked,
            status,
            method: method.and_then(|method| method.id.clone()),
            step: None,
            expires_at_ms: end_ms(now_ms, self.settings.lean_rails.open_lifetime_ms),
            last_error: None,
            attempts: Vec::new(),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            canceled_at_ms: None,
            cancellation_reason: None,
        };
        self.lean_rails.intents.insert(id, intent);
        id
    }

    /// The intent, if its reader already sees it.
    pub(super) fn visible_lean_rails(&self, id: IntentId, now_ms: u64) -> Option<&Intent> {
        let intent = self.lean_rails.intents.get(&id)?;
        let is_visible = intent.is_visible(now_ms, &self.settings);
        is_visible.then_some(intent)
    }

    /// Asks the bank. What it says is in the intent, now or later.
    pub(super) fn confirm_lean_rails(
        &mut self,
        id: IntentId,
        method: &Method,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let settings = self.settings.lean_rails.clone();
        let intent = self.lean_rails.intents.get_mut(&id);
        let intent = intent.ok_or(Refused::NotFound)?;
        match intent.status {
            LeanRailsStatus::RequiresPaymentMethod | LeanRailsStatus::RequiresConfirmation => {}
            LeanRailsStatus::RequiresAction
            | LeanRailsStatus::Processing
            | LeanRailsStatus::RequiresCapture
            | LeanRailsStatus::Canceled
            | LeanRailsStatus::Succeeded => return Err(Refused::Status(intent.status)),
        }
        intent.method.clone_from(&method.id);
        intent.last_error = None;
        intent.updated_at_ms = now_ms;
        intent.expires_at_ms = None;
        let (status, after_ms, then) = match (method.card, settings.action) {
            (Card::Good, _) => (
                LeanRailsStatus::Processing,
                settings.processing_ms,
                Then::Approve,
            ),
            (Card::Declined(decline), _) => (
                LeanRailsStatus::Processing,
                settings.processing_ms,
                Then::Decline(decline),
            ),
            (Card::AsksForAction, LeanRailsAction::Stays) => {
                intent.status = LeanRailsStatus::RequiresAction;
                intent.expires_at_ms = end_ms(now_ms, settings.open_lifetime_ms);
                return Ok(());
            }
            (Card::AsksForAction, LeanRailsAction::Passes) => (
                LeanRailsStatus::RequiresAction,
                settings.action_ms,
                Then::Approve,
            ),
            (Card::AsksForAction, LeanRailsAction::Fails) => (
                LeanRailsStatus::RequiresAction,
                settings.action_ms,
                Then::Decline(Decline::Generic),
            ),
        };
        intent.status = status;
        let due_ms = now_ms.saturating_add(after_ms);
        intent.step = Some(Step { due_ms, then });
        if status == LeanRailsStatus::Processing && after_ms == 0 {
            self.play_lean_rails(id, now_ms);
        }
        Ok(())
    }

    /// Does what is due to an intent or a refund. In one and the same millisecond the bank's answer
    /// comes before the end of a lifetime.
    pub(crate) fn play_lean_rails(&mut self, id: IntentId, now_ms: u64) {
        if self.lean_rails.refunds.contains_key(&id) {
            self.settle_refund(id, now_ms);
            return;
        }
        let Some(intent) = self.lean_rails.intents.get_mut(&id) else {
            return;
        };
        match intent.step {
            Some(step) if step.due_ms <= now_ms => {
                intent.step = None;
                match step.then {
                    Then::Approve => self.approve_lean_rails(id, now_ms),
                    Then::Decline(decline) => self.decline_lean_rails(id, decline, now_ms),
                }
            }
            Some(_) | None => {
                if intent.expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
                    withdraw(intent, Some("abandoned".to_owned()), now_ms);
                }
            }
        }
    }

    /// The bank said yes.
    fn approve_lean_rails(&mut self, id: IntentId, now_ms: u64) {
        let hold_ms = self.settings.lean_rails.hold_lifetime_ms;
        let Some(intent) = self.lean_rails.intents.get_mut(&id) else {
            return;
        };
        intent.step = None;
        intent.attempts.push(Attempt {
            at_ms: now_ms,
            method: intent.method.clone(),
            declined: None,
        });
        match intent.asked.capture {
            Mode::Automatic => {
                let amount = intent.asked.amount;
                self.take_lean_rails(id, amount, now_ms);
            }
            Mode::Manual => {
                intent.status = LeanRailsStatus::RequiresCapture;
                intent.expires_at_ms = end_ms(now_ms, hold_ms);
                intent.updated_at_ms = now_ms;
            }
        }
    }

    /// The bank said no.
    fn decline_lean_rails(&mut self, id: IntentId, decline: Decline, now_ms: u64) {
        let open_ms = self.settings.lean_rails.open_lifetime_ms;
        let Some(intent) = self.lean_rails.intents.get_mut(&id) else {
            return;
        };
        intent.attempts.push(Attempt {
            at_ms: now_ms,
            method: intent.method.take(),
            declined: Some(decline),
        });
        intent.status = LeanRailsStatus::RequiresPaymentMethod;
        intent.last_error = Some(decline);
        intent.expires_at_ms = end_ms(now_ms, open_ms);
        intent.updated_at_ms = now_ms;
    }

    /// Takes money. This is the only place where an intent succeeds and the only one that writes
    /// its charge, so the two cannot differ.
    fn take_lean_rails(&mut self, id: IntentId, amount: Money, now_ms: u64) {
        let Some(intent) = self.lean_rails.intents.get_mut(&id) else {
            return;
        };
        intent.status = LeanRailsStatus::Succeeded;
        intent.received = amount;
        intent.expires_at_ms = None;
        intent.updated_at_ms = now_ms;
        let charge = Charge {
            system: System::LeanRails,
            intent_id: id,
            external_id: intent.reference.clone(),
            amount,
            terminal: String::new(),
            at_ms: now_ms,
        };
        self.record(charge);
    }

    /// Takes what is held, or a part of it; what is left is given back.
    pub(super) fn capture_lean_rails(
        &mut self,
        id: IntentId,
        minor: Option<i64>,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let intent = self.visible_lean_rails(id, now_ms);
        let intent = intent.ok_or(Refused::NotFound)?;
        if intent.status != LeanRailsStatus::RequiresCapture {
            return Err(Refused::Status(intent.status));
        }
        let held = intent.asked.amount;
        let wanted = minor.unwrap_or(held.minor());
        let amount = Money::new(wanted, held.currency());
        let amount = amount.ok().filter(|amount| amount.minor() <= held.minor());
        let amount = amount.ok_or(Refused::MoreThan(held.minor()))?;
        self.take_lean_rails(id, amount, now_ms);
        Ok(())
    }

    /// Withdraws an intent, unless its card was charged first.
    pub(super) fn cancel_lean_rails(
        &mut self,
        id: IntentId,
        reason: Option<String>,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let intent = self.visible_lean_rails(id, now_ms);
        let intent = intent.ok_or(Refused::NotFound)?;
        if intent.status == LeanRailsStatus::Canceled
            && self.settings.lean_rails.cancel_twice == LeanRailsCancelTwice::Accepted
        {
            return Ok(());
        }
        if !is_cancellable(intent.status, &self.settings) {
            return Err(Refused::Status(intent.status));
        }
        let pays = intent.status == LeanRailsStatus::Processing
            && intent.step.is_some_and(|step| step.then == Then::Approve);
        if pays && self.settings.race == Race::ApprovalWins {
            self.approve_lean_rails(id, now_ms);
        }
        let overtakes = pays && self.settings.race == Race::ApprovalAfterCancel;
        let intent = self.lean_rails.intents.get_mut(&id);
        let intent = intent.ok_or(Refused::NotFound)?;
        if intent.status == LeanRailsStatus::Succeeded {
            return Err(Refused::Status(intent.status));
        }
        let step = intent.step.filter(|_| overtakes);
        withdraw(intent, reason, now_ms);
        // Neither side notices the other: the card is charged after all.
        intent.step = step;
        Ok(())
    }

    /// Checks that succeeded means charged exactly once with what was received, and that what was
    /// paid back is what the refunds say. Takes the charges of intents out of those given.
    pub(crate) fn check_lean_rails(
        &self,
        charged: &mut BTreeMap<IntentId, Vec<Money>>,
    ) -> Result<(), Inconsistency> {
        for intent in self.lean_rails.intents.values() {
            let amounts = charged.remove(&intent.id).unwrap_or_default();
            if intent.status == LeanRailsStatus::Succeeded {
                if amounts != [intent.received] {
                    return Err(Inconsistency::ConfirmedWithoutCharge(intent.id));
                }
            } else if !amounts.is_empty() {
                return Err(Inconsistency::ChargeWithoutConfirmed(intent.id));
            }
        }
        self.check_refunds()
    }
}

fn withdraw(intent: &mut Intent, reason: Option<String>, now_ms: u64) {
    intent.status = LeanRailsStatus::Canceled;
    intent.step = None;
    intent.expires_at_ms = None;
    intent.canceled_at_ms = Some(now_ms);
    intent.cancellation_reason = reason;
    intent.updated_at_ms = now_ms;
}

fn is_cancellable(status: LeanRailsStatus, settings: &Settings) -> bool {
    let cancellable = settings.lean_rails.cancellable;
    match status {
        LeanRailsStatus::RequiresPaymentMethod
        | LeanRailsStatus::RequiresConfirmation
        | LeanRailsStatus::RequiresAction => true,
        LeanRailsStatus::Processing => cancellable == LeanRailsCancellable::NonFinal,
        LeanRailsStatus::RequiresCapture => cancellable != LeanRailsCancellable::BeforeTheBank,
        LeanRailsStatus::Canceled | LeanRailsStatus::Succeeded => false,
    }
}
