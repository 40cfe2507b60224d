//! The provider's books: every intent, every charge, and the few moves that change them.

use std::collections::BTreeMap;

use money::Money;
use serde::{Deserialize, Serialize};

use crate::compago::{Intent, NewIntent, Status, Summary};
use crate::lean_rails::LeanRailsBooks;
use crate::ledger::Refund;
use crate::links::Link;
use crate::{Charge, DeclineShape, IntentId, Race, Settings, System, dojo};

/// The books contradict themselves; found when they are read from a file, and by the tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistency {
    /// A paid intent or link without exactly one charge of its amount.
    #[error("payment {0} is confirmed and does not have exactly one charge of its amount")]
    ConfirmedWithoutCharge(IntentId),
    /// A charge whose intent or link is not paid.
    #[error("there is a charge for payment {0}, which is not confirmed")]
    ChargeWithoutConfirmed(IntentId),
    /// A reference that does not lead to exactly one intent, or one payment of One2Pays.
    #[error("the reference {0:?} does not belong to exactly one payment")]
    ReferenceNotUnique(String),
    /// A payment intent of Dojo that is not where its id says, or ended before it began.
    #[error("the Dojo payment intent {0} is out of its place or its time")]
    DojoIntentMisplaced(IntentId),
    /// What was given back is not what the payment says, or more than was taken.
    #[error("what was given back for payment {0} is not what its refunds say")]
    RefundMismatch(IntentId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Books {
    pub(crate) seed: u64,
    pub(crate) settings: Settings,
    intents: BTreeMap<IntentId, Intent>,
    by_external_id: BTreeMap<String, IntentId>,
    pub(crate) links: BTreeMap<IntentId, Link>,
    pub(crate) dojo: dojo::Dojo,
    ledger: Vec<Charge>,
    #[serde(default)]
    pub(crate) lean_rails: LeanRailsBooks,
    refunds: Vec<Refund>,
}

impl Books {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            settings: Settings::default(),
            intents: BTreeMap::new(),
            by_external_id: BTreeMap::new(),
            links: BTreeMap::new(),
            dojo: dojo::Dojo::default(),
            ledger: Vec::new(),
            lean_rails: LeanRailsBooks::default(),
            refunds: Vec::new(),
        }
    }

    pub(crate) fn ledger(&self) -> &[Charge] {
        &self.ledger
    }

    /// Writes a charge. Whoever calls this makes its payment paid in the same move.
    pub(crate) fn record(&mut self, charge: Charge) {
        self.ledger.push(charge);
    }

    pub(crate) fn refunds(&self) -> &[Refund] {
        &self.refunds
    }

    /// Writes a refund. Whoever calls this gives the money back in the same move.
    pub(crate) fn record_refund(&mut self, refund: Refund) {
        self.refunds.push(refund);
    }

    pub(crate) fn intent(&self, id: IntentId) -> Option<&Intent> {
        self.intents.get(&id)
    }

    pub(crate) fn with_external_id(&self, external_id: &str) -> Option<&Intent> {
        self.intents.get(self.by_external_id.get(external_id)?)
    }

    /// Every intent, oldest first.
    pub(crate) fn in_order(&self) -> Vec<&Intent> {
        let mut intents: Vec<_> = self.intents.values().collect();
        intents.sort_unstable_by_key(|intent| intent.number);
        intents
    }

    /// The open intents that were sent to this machine, or to none in particular; oldest first.
    /// Expired ones are still open: their word is `PENDING`.
    pub(crate) fn pending_for(&self, terminal: Option<&str>) -> Vec<IntentId> {
        let mut open: Vec<_> = self
            .intents
            .values()
            .filter(|intent| intent.status == Status::Pending)
            .filter(|intent| intent.terminal.as_deref() == terminal)
            .collect();
        open.sort_unstable_by_key(|intent| intent.number);
        open.into_iter().map(|intent| intent.id).collect()
    }

    pub(crate) fn amount(&self, id: IntentId) -> Option<Money> {
        self.intent(id).map(|intent| intent.amount)
    }

    pub(crate) fn is_collectable(&self, id: IntentId, now_ms: u64) -> bool {
        self.intent(id)
            .is_some_and(|intent| intent.is_collectable(now_ms))
    }

    /// When the machine must stop asking for it; `None` for one that has ended.
    pub(crate) fn expires_at_ms(&self, id: IntentId) -> Option<u64> {
        self.intent(id)
            .filter(|intent| intent.status == Status::Pending)
            .map(|intent| intent.expires_at_ms)
    }

    /// Adds an open intent. The caller has made sure that its reference is free.
    pub(crate) fn open(&mut self, asked: NewIntent, now_ms: u64) -> IntentId {
        let number = u64::try_from(self.intents.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let id = IntentId::derived(self.seed, number);
        self.by_external_id.insert(asked.external_id.clone(), id);
        let intent = Intent {
            id,
            number,
            external_id: asked.external_id,
            amount: asked.amount,
            terminal: asked.terminal,
            status: Status::Pending,
            summary: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(self.settings.lifetime_ms),
        };
        self.intents.insert(id, intent);
        id
    }

    /// The bank said yes. This is the only place where an intent becomes paid and the only one
    /// that writes a charge, so the two cannot differ. Answers whether the card was charged.
    pub(crate) fn approve(&mut self, id: IntentId, terminal: &str, now_ms: u64) -> bool {
        let race = self.settings.race;
        let Some(intent) = self.intents.get_mut(&id) else {
            return false;
        };
        let may_be_charged = match intent.status {
            Status::Pending => true,
            Status::Cancelled => race == Race::ApprovalAfterCancel,
            Status::Confirmed => false,
        };
        if !may_be_charged {
            return false;
        }
        intent.status = Status::Confirmed;
        intent.summary = Some(Summary::Success);
        intent.updated_at_ms = now_ms;
        let charge = Charge {
            system: System::CompagoIntent,
            intent_id: id,
            external_id: intent.external_id.clone(),
            amount: intent.amount,
            terminal: terminal.to_owned(),
            at_ms: now_ms,
        };
        self.record(charge);
        true
    }

    /// The bank said no.
    pub(crate) fn decline(&mut self, id: IntentId, now_ms: u64) {
        let shape = self.settings.decline;
        let Some(intent) = self.pending_mut(id) else {
            return;
        };
        match shape {
            DeclineShape::PendingWithSummary => intent.summary = Some(Summary::Declined),
            DeclineShape::CancelledWithSummary => {
                intent.summary = Some(Summary::Declined);
                intent.status = Status::Cancelled;
            }
            DeclineShape::PendingSilent => return,
        }
        intent.updated_at_ms = now_ms;
    }

    /// Withdraws an open intent. Answers whether it was open.
    pub(crate) fn cancel(&mut self, id: IntentId, now_ms: u64) -> bool {
        let Some(intent) = self.pending_mut(id) else {
            return false;
        };
        intent.status = Status::Cancelled;
        intent.updated_at_ms = now_ms;
        true
    }

    fn pending_mut(&mut self, id: IntentId) -> Option<&mut Intent> {
        self.intents
            .get_mut(&id)
            .filter(|intent| intent.status == Status::Pending)
    }

    /// Checks that paid means charged exactly once, charged means paid, and that one reference
    /// means one intent, or one payment of One2Pays.
    ///
    /// # Errors
    /// The first contradiction found.
    pub(crate) fn check(&self) -> Result<(), Inconsistency> {
        let mut charged: BTreeMap<IntentId, Vec<Money>> = BTreeMap::new();
        for charge in &self.ledger {
            let amounts = charged.entry(charge.intent_id).or_default();
            amounts.push(charge.amount);
        }
        for intent in self.intents.values() {
            let amounts = charged.remove(&intent.id).unwrap_or_default();
            if intent.status == Status::Confirmed {
                if amounts != [intent.amount] {
                    return Err(Inconsistency::ConfirmedWithoutCharge(intent.id));
                }
            } else if !amounts.is_empty() {
                return Err(Inconsistency::ChargeWithoutConfirmed(intent.id));
            }
            if self.by_external_id.get(&intent.external_id) != Some(&intent.id) {
                return Err(Inconsistency::ReferenceNotUnique(
                    intent.external_id.clone(),
                ));
            }
        }
        self.check_links(&mut charged)?;
        self.check_lean_rails(&mut charged)?;
        let mut refunded: BTreeMap<IntentId, Vec<Money>> = BTreeMap::new();
        // Those of LeanRails were compared one by one above.
        let others = self.refunds.iter();
        for refund in others.filter(|refund| refund.system != System::LeanRails) {
            let amounts = refunded.entry(refund.intent_id).or_default();
            amounts.push(refund.amount);
        }
        self.dojo.check(self.seed, &mut charged, &mut refunded)?;
        // What is left was charged for payments that the books do not have.
        if let Some(id) = charged.keys().next() {
            return Err(Inconsistency::ChargeWithoutConfirmed(*id));
        }
        match refunded.keys().next() {
            Some(id) => Err(Inconsistency::RefundMismatch(*id)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use money::Currency;

    use super::*;

    fn books_with_one_paid() -> (Books, IntentId) {
        let mut books = Books::new(7);
        let asked = NewIntent {
            external_id: "A".to_owned(),
            amount: Money::new(100, Currency::Mxn).unwrap(),
            terminal: None,
        };
        let id = books.open(asked, 0);
        assert!(books.approve(id, "PRACTICE-1", 1));
        (books, id)
    }

    #[test]
    fn a_paid_intent_is_charged_once_and_stays_paid() {
        let (mut books, id) = books_with_one_paid();
        assert!(!books.approve(id, "PRACTICE-1", 2));
        assert!(!books.cancel(id, 2));
        books.decline(id, 2);
        assert_eq!(books.ledger().len(), 1);
        assert_eq!(books.intent(id).unwrap().status, Status::Confirmed);
        assert_eq!(books.check(), Ok(()));
    }

    #[test]
    fn a_cancelled_intent_is_charged_only_where_the_race_says_so() {
        for race in [
            Race::CancelWins,
            Race::ApprovalWins,
            Race::ApprovalAfterCancel,
        ] {
            let mut books = Books::new(7);
            books.settings.race = race;
            let asked = NewIntent {
                external_id: "A".to_owned(),
                amount: Money::new(100, Currency::Mxn).unwrap(),
                terminal: None,
            };
            let id = books.open(asked, 0);
            assert!(books.cancel(id, 1));
            let charged = books.approve(id, "PRACTICE-1", 2);
            assert_eq!(charged, race == Race::ApprovalAfterCancel, "{race:?}");
            assert_eq!(books.ledger().len(), usize::from(charged));
            assert_eq!(books.check(), Ok(()));
        }
    }

    #[test]
    fn every_contradiction_is_found() {
        let (mut books, id) = books_with_one_paid();
        books.ledger.clear();
        assert_eq!(
            books.check(),
            Err(Inconsistency::ConfirmedWithoutCharge(id))
        );

        let (mut books, id) = books_with_one_paid();
        let twice = books.ledger.clone();
        books.ledger.extend(twice);
        assert_eq!(
            books.check(),
            Err(Inconsistency::ConfirmedWithoutCharge(id))
        );

        let (mut books, id) = books_with_one_paid();
        if let Some(charge) = books.ledger.first_mut() {
            charge.amount = Money::new(101, Currency::Mxn).unwrap();
        }
        assert_eq!(
            books.check(),
            Err(Inconsistency::ConfirmedWithoutCharge(id))
        );

        let (mut books, id) = books_with_one_paid();
        if let Some(intent) = books.intents.get_mut(&id) {
            intent.status = Status::Pending;
        }
        assert_eq!(
            books.check(),
            Err(Inconsistency::ChargeWithoutConfirmed(id))
        );

        let (mut books, id) = books_with_one_paid();
        books.intents.clear();
        assert_eq!(
            books.check(),
            Err(Inconsistency::ChargeWithoutConfirmed(id))
        );

        let (mut books, _) = books_with_one_paid();
        books.by_external_id.clear();
        let missing = Inconsistency::ReferenceNotUnique("A".to_owned());
        assert_eq!(books.check(), Err(missing));
    }
}
