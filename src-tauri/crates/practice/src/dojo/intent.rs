//! The payment intents of Dojo: what they ask for, what was held, captured and given back.

use std::collections::BTreeMap;

use money::Money;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checkout::Checkout;
use super::session::Payment;
use super::{DojoPartialCapture, DojoVoided};
use crate::books::Inconsistency;
use crate::{IntentId, Settings};

/// How long an intent lives that names no `expireAt`: 30 days.
const LIFETIME_MS: u64 = 30 * DAY_MS;

/// How long a hold lives that names no `autoExpireIn`: 7 days.
const HOLD_MS: u64 = 7 * DAY_MS;

pub(super) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// When the money is taken (`captureMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CaptureMode {
    Auto,
    Manual,
}

/// What becomes of a hold when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum AutoExpireAction {
    Release,
    Capture,
}

/// What the create of an intent asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewIntent {
    pub(super) amount: Money,
    pub(super) tips: Option<Money>,
    pub(super) service_charge: Option<Money>,
    pub(super) cashback: Option<Money>,
    pub(super) reference: String,
    pub(super) description: Option<String>,
    /// Scheme and host under which the till reached the store; the page is there as well.
    #[serde(default)]
    pub(super) origin: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) expires_at_ms: Option<u64>,
    pub(super) capture: CaptureMode,
    /// `autoExpireIn`, as it was written and in milliseconds.
    pub(super) auto_expire_in: Option<(String, u64)>,
    pub(super) auto_expire_action: Option<AutoExpireAction>,
    /// The card is keyed in by hand (`cardHolderNotPresent`).
    pub(super) is_keyed: bool,
    pub(super) item_lines: Value,
    pub(super) tax_lines: Value,
    pub(super) amount_may_change: bool,
    pub(super) tips_may_change: bool,
}

impl NewIntent {
    /// What the card is charged: the amount and all that comes on top. `None` beyond what can be
    /// paid.
    pub(super) fn total(&self) -> Option<Money> {
        let extras = [self.tips, self.service_charge, self.cashback];
        let mut extras = extras.into_iter().flatten();
        extras.try_fold(self.amount, |total, extra| total.plus(extra).ok())
    }
}

/// Money that the bank holds for a `Manual` intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hold {
    pub(super) left: Money,
    pub(super) until_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Capture {
    pub(super) id: String,
    pub(super) amount: Money,
    pub(super) tips: Option<Money>,
    pub(super) at_ms: u64,
}

/// What the till asked for with a refund that is no session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundAsked {
    pub(super) key: String,
    pub(super) body_sha256: String,
    pub(super) reason: Option<String>,
    pub(super) notes: Option<String>,
}

/// Money that was given back; without `asked` it was on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GivenBack {
    pub(super) id: String,
    pub(super) amount: Money,
    pub(super) at_ms: u64,
    pub(super) asked: Option<RefundAsked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(super) id: IntentId,
    pub(super) asked: NewIntent,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
    pub(super) expires_at_ms: u64,
    pub(super) cancelled_at_ms: Option<u64>,
    /// The amount of the create, where it was changed.
    pub(super) first_amount: Option<Money>,
    pub(super) hold: Option<Hold>,
    pub(super) captures: Vec<Capture>,
    pub(super) given_back: Vec<GivenBack>,
    /// What a reversal gave back; zero where it let a hold go.
    pub(super) reversed: Option<Money>,
    pub(super) payment: Option<Payment>,
    /// How many sessions, and tries on the page, ended without success.
    pub(super) failed_tries: u32,
    /// Its page.
    #[serde(default)]
    pub(super) checkout: Checkout,
}

/// The words of `status` that an intent has here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Created,
    Authorized,
    Captured,
    Reversed,
    Refunded,
    Canceled,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Authorized => "Authorized",
            Self::Captured => "Captured",
            Self::Reversed => "Reversed",
            Self::Refunded => "Refunded",
            Self::Canceled => "Canceled",
        }
    }
}

fn sum(amounts: impl Iterator<Item = Money>, zero: Money) -> Money {
    amounts.fold(zero, |sum, amount| sum.plus(amount).unwrap_or(sum))
}

impl Intent {
    fn zero(&self) -> Money {
        Money::zero(self.asked.amount.currency())
    }

    /// What the card is charged in the end; checked when it was asked for.
    pub(super) fn total(&self) -> Money {
        self.asked.total().unwrap_or(self.asked.amount)
    }

    pub(super) fn captured(&self) -> Money {
        let amounts = self.captures.iter();
        let amounts = amounts.flat_map(|one| [Some(one.amount), one.tips]);
        sum(amounts.flatten(), self.zero())
    }

    pub(super) fn refunded(&self) -> Money {
        let amounts = self.given_back.iter().map(|one| one.amount);
        sum(amounts, self.zero())
    }

    /// What can still be refunded.
    pub(super) fn refundable(&self) -> Money {
        let left = self.captured().minus(self.refunded());
        left.unwrap_or_else(|_| self.zero())
    }

    /// Whether no card has paid for it yet.
    pub(super) fn is_unpaid(&self) -> bool {
        self.captures.is_empty() && self.hold.is_none() && self.reversed.is_none()
    }

    /// `None` where it is voided and gone.
    pub(super) fn status(&self, now_ms: u64, settings: &Settings) -> Option<Status> {
        if self.reversed.is_some() {
            return Some(Status::Reversed);
        }
        if !self.captures.is_empty() {
            let stays = settings.dojo_partial_capture == DojoPartialCapture::StaysAuthorized;
            return Some(if self.refundable().is_zero() {
                Status::Refunded
            } else if self.hold.is_some() && stays {
                Status::Authorized
            } else {
                Status::Captured
            });
        }
        if self.hold.is_some() {
            return Some(Status::Authorized);
        }
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

    /// The bank holds so much.
    pub(super) fn hold(&mut self, amount: Money, now_ms: u64) {
        let lives_ms = match &self.asked.auto_expire_in {
            Some((_, lives_ms)) => *lives_ms,
            None => HOLD_MS,
        };
        self.hold = Some(Hold {
            left: amount,
            until_ms: now_ms.saturating_add(lives_ms),
        });
        self.updated_at_ms = now_ms;
    }

    /// Adds a capture; the caller writes its charge in the same move.
    pub(super) fn capture(&mut self, amount: Money, tips: Option<Money>, id: String, now_ms: u64) {
        let left = self.hold.as_ref().map(|hold| hold.left);
        let left = left.and_then(|left| left.minus(amount).ok());
        if let (Some(hold), Some(left)) = (&mut self.hold, left) {
            hold.left = left;
        }
        if left.is_none_or(Money::is_zero) {
            self.hold = None;
        }
        self.captures.push(Capture {
            id,
            amount,
            tips,
            at_ms: now_ms,
        });
        self.updated_at_ms = now_ms;
    }

    /// The object must not be older than its own ending.
    fn is_timed(&self, earlier_ms: u64) -> bool {
        let ended_ms = self.cancelled_at_ms.unwrap_or(self.created_at_ms);
        earlier_ms <= self.created_at_ms && self.created_at_ms <= ended_ms
    }
}

/// Every payment intent of Dojo, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Intents {
    all: Vec<Intent>,
}

impl Intents {
    pub(super) fn in_order(&self) -> &[Intent] {
        &self.all
    }

    pub(super) fn find(&self, id: IntentId) -> Option<&Intent> {
        self.all.iter().find(|intent| intent.id == id)
    }

    pub(super) fn find_mut(&mut self, id: IntentId) -> Option<&mut Intent> {
        self.all.iter_mut().find(|intent| intent.id == id)
    }

    pub(super) fn open(
        &mut self,
        seed: u64,
        asked: NewIntent,
        now_ms: u64,
        settings: &Settings,
    ) -> IntentId {
        let id = IntentId::of_dojo(seed, number_after(self.all.len()));
        let lives_until_ms = now_ms.saturating_add(LIFETIME_MS);
        let mut intent = Intent {
            id,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            expires_at_ms: asked.expires_at_ms.unwrap_or(lives_until_ms),
            cancelled_at_ms: None,
            first_amount: None,
            hold: None,
            captures: Vec::new(),
            given_back: Vec::new(),
            reversed: None,
            payment: None,
            failed_tries: 0,
            checkout: Checkout::default(),
            asked,
        };
        intent.checkout = Checkout::of(&intent, settings);
        self.all.push(intent);
        id
    }

    /// The caller has made sure that it may be cancelled.
    pub(super) fn cancel(&mut self, id: IntentId, now_ms: u64) {
        if let Some(intent) = self.find_mut(id) {
            intent.cancelled_at_ms = Some(now_ms);
            intent.updated_at_ms = now_ms;
        }
    }

    /// The next hold whose time is over.
    pub(super) fn next_due_ms(&self) -> Option<u64> {
        let holds = self.all.iter().filter_map(|intent| intent.hold.as_ref());
        holds.map(|hold| hold.until_ms).min()
    }

    /// When something next happens on a page, and on which.
    pub(super) fn next_page_due(&self) -> Option<(u64, IntentId)> {
        let due = self.all.iter();
        due.filter_map(|intent| Some((intent.page_due_ms()?, intent.id)))
            .min()
    }

    /// Checks that every intent is where its id says, in the order of time, did not end before it
    /// began, and has charges and refunds of exactly what it says was captured and given back.
    pub(super) fn check(
        &self,
        seed: u64,
        charged: &mut BTreeMap<IntentId, Vec<Money>>,
        refunded: &mut BTreeMap<IntentId, Vec<Money>>,
    ) -> Result<(), Inconsistency> {
        let mut earlier_ms = 0;
        for (index, intent) in self.all.iter().enumerate() {
            let is_placed = intent.id == IntentId::of_dojo(seed, number_after(index));
            if !is_placed || !intent.is_timed(earlier_ms) {
                return Err(Inconsistency::DojoIntentMisplaced(intent.id));
            }
            earlier_ms = intent.created_at_ms;
            let zero = intent.zero();
            let charges = charged.remove(&intent.id).unwrap_or_default();
            // At once means once.
            let is_twice = intent.asked.capture == CaptureMode::Auto && charges.len() > 1;
            if is_twice
                || charges.len() != intent.captures.len()
                || sum(charges.into_iter(), zero) != intent.captured()
            {
                return Err(Inconsistency::ConfirmedWithoutCharge(intent.id));
            }
            let refunds = refunded.remove(&intent.id).unwrap_or_default();
            let told = sum([intent.refunded()].into_iter().chain(intent.reversed), zero);
            if sum(refunds.into_iter(), zero) != told || told.minor() > intent.captured().minor() {
                return Err(Inconsistency::RefundMismatch(intent.id));
            }
        }
        Ok(())
    }
}

fn number_after(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
pub(super) mod tests {
    use money::Currency;
    use serde_json::json;

    use super::*;

    pub(crate) fn asked() -> NewIntent {
        NewIntent {
            amount: Money::new(100, Currency::Gbp).unwrap(),
            tips: None,
            service_charge: None,
            cashback: None,
            reference: "order".to_owned(),
            description: None,
            origin: String::new(),
            metadata: BTreeMap::new(),
            expires_at_ms: None,
            capture: CaptureMode::Auto,
            auto_expire_in: None,
            auto_expire_action: None,
            is_keyed: false,
            item_lines: json!([]),
            tax_lines: json!([]),
            amount_may_change: false,
            tips_may_change: false,
        }
    }

    fn checked(intents: &Intents, charges: &[i64], refunds: &[i64]) -> Result<(), Inconsistency> {
        let id = IntentId::of_dojo(1, 1);
        let amounts = |minors: &[i64]| {
            let minors = minors.iter();
            let amounts = minors.map(|minor| Money::new(*minor, Currency::Gbp).unwrap());
            BTreeMap::from([(id, amounts.collect::<Vec<_>>())])
        };
        intents.check(1, &mut amounts(charges), &mut amounts(refunds))
    }

    #[test]
    fn intents_that_changed_places_or_end_too_early_are_found() {
        let mut intents = Intents::default();
        let first = intents.open(1, asked(), 10, &Settings::default());
        let second = intents.open(1, asked(), 10, &Settings::default());
        assert_eq!(checked(&intents, &[], &[]), Ok(()));
        let mut swapped = intents.clone();
        swapped.all.swap(0, 1);
        let found = Err(Inconsistency::DojoIntentMisplaced(second));
        assert_eq!(checked(&swapped, &[], &[]), found);
        intents.cancel(first, 9);
        let found = Err(Inconsistency::DojoIntentMisplaced(first));
        assert_eq!(checked(&intents, &[], &[]), found);
    }

    #[test]
    fn what_was_charged_and_given_back_must_be_what_the_intent_says() {
        let mut intents = Intents::default();
        let id = intents.open(1, asked(), 10, &Settings::default());
        let hundred = Money::new(100, Currency::Gbp).unwrap();
        let uncharged = Err(Inconsistency::ConfirmedWithoutCharge(id));
        assert_eq!(checked(&intents, &[100], &[]), uncharged);
        let intent = intents.find_mut(id).unwrap();
        intent.capture(hundred, None, "c".to_owned(), 11);
        assert_eq!(checked(&intents, &[100], &[]), Ok(()));
        for charges in [&[][..], &[99], &[100, 100], &[50, 50]] {
            assert_eq!(checked(&intents, charges, &[]), uncharged, "{charges:?}");
        }
        let mut twice = intents.clone();
        let intent = twice.find_mut(id).unwrap();
        intent.capture(hundred, None, "d".to_owned(), 12);
        assert_eq!(checked(&twice, &[100, 100], &[]), uncharged);
        let mismatch = Err(Inconsistency::RefundMismatch(id));
        assert_eq!(checked(&intents, &[100], &[1]), mismatch);
        let given_back = GivenBack {
            id: "r".to_owned(),
            amount: hundred,
            at_ms: 12,
            asked: None,
        };
        let intent = intents.find_mut(id).unwrap();
        intent.given_back = vec![given_back.clone()];
        assert_eq!(checked(&intents, &[100], &[100]), Ok(()));
        let intent = intents.find_mut(id).unwrap();
        intent.given_back = vec![given_back.clone(), given_back];
        assert_eq!(checked(&intents, &[100], &[100, 100]), mismatch);
    }
}
