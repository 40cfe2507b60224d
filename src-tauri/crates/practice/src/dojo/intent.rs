//! The payment intents of Dojo in the books.

use std::collections::BTreeMap;

use money::Money;
use serde::{Deserialize, Serialize};

use super::DojoVoided;
use crate::books::Inconsistency;
use crate::{IntentId, Settings};

/// How long an intent lives that names no `expireAt`: 30 days.
const LIFETIME_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// What the create of an intent asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewIntent {
    pub(super) amount: Money,
    pub(super) reference: String,
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) expires_at_ms: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) id: IntentId,
    pub(super) asked: NewIntent,
    pub(super) created_at_ms: u64,
    pub(super) expires_at_ms: u64,
    pub(super) cancelled_at_ms: Option<u64>,
}

/// The words of `status` that an intent has here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Created,
    Canceled,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Canceled => "Canceled",
        }
    }
}

impl Intent {
    /// `None` where it is voided and gone.
    pub(super) fn status(&self, now_ms: u64, settings: &Settings) -> Option<Status> {
        if self.cancelled_at_ms.is_some() {
            return Some(Status::Canceled);
        }
        if now_ms < self.expires_at_ms {
            return Some(Status::Created);
        }
        match settings.dojo_voided {
            DojoVoided::Canceled => Some(Status::Canceled),
            DojoVoided::Gone => None,
            DojoVoided::Created => Some(Status::Created),
        }
    }

    pub(super) fn is_visible(&self, now_ms: u64, settings: &Settings) -> bool {
        let seen_at_ms = self
            .created_at_ms
            .saturating_add(settings.visibility_lag_ms);
        now_ms >= seen_at_ms && self.status(now_ms, settings).is_some()
    }
}

/// Every payment intent of Dojo, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Intents {
    all: Vec<Intent>,
    /// How many refusals were written: each has a `traceId` of its own.
    pub(super) refusals: u64,
}

impl Intents {
    pub(super) fn in_order(&self) -> &[Intent] {
        &self.all
    }

    pub(super) fn find(&self, id: IntentId) -> Option<&Intent> {
        self.all.iter().find(|intent| intent.id == id)
    }

    pub(super) fn open(&mut self, seed: u64, asked: NewIntent, now_ms: u64) -> IntentId {
        let id = IntentId::of_dojo(seed, number_after(self.all.len()));
        let lives_until_ms = now_ms.saturating_add(LIFETIME_MS);
        self.all.push(Intent {
            id,
            created_at_ms: now_ms,
            expires_at_ms: asked.expires_at_ms.unwrap_or(lives_until_ms),
            cancelled_at_ms: None,
            asked,
        });
        id
    }

    /// The caller has made sure that it may be cancelled.
    pub(super) fn cancel(&mut self, id: IntentId, now_ms: u64) {
        if let Some(intent) = self.all.iter_mut().find(|intent| intent.id == id) {
            intent.cancelled_at_ms = Some(now_ms);
        }
    }

    /// Checks that every intent is where its id says, in the order of time, and did not end before
    /// it began. That none is charged follows from the check of the ledger.
    pub(crate) fn check(&self, seed: u64) -> Result<(), Inconsistency> {
        let mut earlier_ms = 0;
        for (index, intent) in self.all.iter().enumerate() {
            let is_placed = intent.id == IntentId::of_dojo(seed, number_after(index));
            let ended_ms = intent.cancelled_at_ms.unwrap_or(intent.created_at_ms);
            let is_timed = earlier_ms <= intent.created_at_ms && intent.created_at_ms <= ended_ms;
            if !is_placed || !is_timed {
                return Err(Inconsistency::DojoIntentMisplaced(intent.id));
            }
            earlier_ms = intent.created_at_ms;
        }
        Ok(())
    }
}

fn number_after(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use money::Currency;

    use super::*;

    #[test]
    fn intents_that_changed_places_or_end_too_early_are_found() {
        let asked = NewIntent {
            amount: Money::new(100, Currency::Gbp).unwrap(),
            reference: "order".to_owned(),
            description: None,
            metadata: BTreeMap::new(),
            expires_at_ms: None,
        };
        let mut intents = Intents::default();
        let first = intents.open(1, asked.clone(), 10);
        let second = intents.open(1, asked, 10);
        assert_eq!(intents.check(1), Ok(()));
        let mut swapped = intents.clone();
        swapped.all.swap(0, 1);
        let found = Err(Inconsistency::DojoIntentMisplaced(second));
        assert_eq!(swapped.check(1), found);
        intents.cancel(first, 9);
        let found = Err(Inconsistency::DojoIntentMisplaced(first));
        assert_eq!(intents.check(1), found);
    }
}
