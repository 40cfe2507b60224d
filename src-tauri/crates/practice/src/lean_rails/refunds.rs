//! Money that is paid back (docs.leanrails.com/api-reference/refunds).

use std::collections::BTreeMap;

use money::Money;

use super::books::{Refused, next_number};
use super::choices::LeanRailsRefundDefault;
use super::intent::{LeanRailsStatus, NewRefund, Refund, RefundStatus};
use crate::books::{Books, Inconsistency};
use crate::{IntentId, System, ledger};

impl Books {
    /// The refunds of an intent, oldest first.
    pub(super) fn refunds_of(&self, id: IntentId) -> Vec<&Refund> {
        let mut refunds = self.refunds_in_order();
        refunds.retain(|refund| refund.intent == id);
        refunds
    }

    /// Every refund, oldest first.
    pub(super) fn refunds_in_order(&self) -> Vec<&Refund> {
        let mut refunds: Vec<_> = self.lean_rails.refunds.values().collect();
        refunds.sort_unstable_by_key(|refund| refund.number);
        refunds
    }

    /// What was paid back of an intent, in minor units, or is about to be: a refund that is still
    /// pending counts in full.
    pub(super) fn refunded_minor(&self, id: IntentId) -> i64 {
        let refunds = self.refunds_of(id).into_iter();
        let counted = refunds.filter(|refund| refund.status != RefundStatus::Failed);
        counted.fold(0, |sum: i64, refund| {
            sum.saturating_add(refund.amount.minor())
        })
    }

    /// Begins to pay back.
    pub(super) fn open_refund(
        &mut self,
        asked: NewRefund,
        now_ms: u64,
    ) -> Result<IntentId, Refused> {
        let intent = self.visible_lean_rails(asked.intent, now_ms);
        let intent = intent.ok_or(Refused::NotFound)?;
        if intent.status != LeanRailsStatus::Succeeded {
            return Err(Refused::Status(intent.status));
        }
        let received = intent.received;
        let refunded_minor = self.refunded_minor(asked.intent);
        let rest_minor = received.minor().saturating_sub(refunded_minor);
        let settings = &self.settings.lean_rails;
        let wanted_minor = match (asked.amount_minor, settings.refund_default) {
            (Some(minor), _) => minor,
            (None, LeanRailsRefundDefault::Rest) => rest_minor,
            (None, LeanRailsRefundDefault::Whole) => received.minor(),
        };
        let amount = Money::new(wanted_minor, received.currency()).ok();
        let amount = amount.filter(|one| !one.is_zero() && one.minor() <= rest_minor);
        let amount = amount.ok_or(Refused::MoreThan(rest_minor))?;
        let pending_ms = settings.refund_pending_ms;
        let number = next_number(&self.lean_rails.refunds);
        let id = IntentId::of_lean_rails(self.seed, "refund", number);
        let refund = Refund {
            id,
            number,
            intent: asked.intent,
            amount,
            reason: asked.reason,
            metadata: asked.metadata,
            status: RefundStatus::Pending,
            due_ms: Some(now_ms.saturating_add(pending_ms)),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        };
        self.lean_rails.refunds.insert(id, refund);
        if pending_ms == 0 {
            self.settle_refund(id, now_ms);
        }
        Ok(id)
    }

    /// The bank paid back, or did not. This is the only place where a refund succeeds and the only
    /// one that writes it down as given back, so the two cannot differ.
    pub(super) fn settle_refund(&mut self, id: IntentId, now_ms: u64) {
        let succeeds = self.settings.lean_rails.refunds_succeed;
        let Some(refund) = self.lean_rails.refunds.get_mut(&id) else {
            return;
        };
        refund.due_ms = None;
        refund.updated_at_ms = now_ms;
        if !succeeds {
            refund.status = RefundStatus::Failed;
            return;
        }
        refund.status = RefundStatus::Succeeded;
        let (intent_id, amount) = (refund.intent, refund.amount);
        let intent = self.lean_rails.intents.get(&intent_id);
        let reference = intent.map(|intent| intent.reference.clone());
        self.record_refund(ledger::Refund {
            system: System::LeanRails,
            intent_id,
            refund_id: Some(id),
            external_id: reference,
            amount,
            terminal: String::new(),
            at_ms: now_ms,
        });
    }

    /// Checks that each refund that succeeded was paid back once, that no other was, and that no
    /// intent was paid back beyond what it received.
    pub(super) fn check_refunds(&self) -> Result<(), Inconsistency> {
        let mut given_back: BTreeMap<IntentId, Vec<(IntentId, Money)>> = BTreeMap::new();
        let mine = self.refunds().iter();
        for one in mine.filter(|one| one.system == System::LeanRails) {
            let mismatch = Inconsistency::RefundMismatch(one.intent_id);
            let refund = one.refund_id.ok_or(mismatch)?;
            let moved = given_back.entry(refund).or_default();
            moved.push((one.intent_id, one.amount));
        }
        for refund in self.lean_rails.refunds.values() {
            let moved = given_back.remove(&refund.id).unwrap_or_default();
            let is_right = if refund.status == RefundStatus::Succeeded {
                moved == [(refund.intent, refund.amount)]
            } else {
                moved.is_empty()
            };
            if !is_right {
                return Err(Inconsistency::RefundMismatch(refund.intent));
            }
        }
        for intent in self.lean_rails.intents.values() {
            if self.refunded_minor(intent.id) > intent.received.minor() {
                return Err(Inconsistency::RefundMismatch(intent.id));
            }
        }
        match given_back.into_values().flatten().next() {
            Some((intent, _)) => Err(Inconsistency::RefundMismatch(intent)),
            None => Ok(()),
        }
    }
}
