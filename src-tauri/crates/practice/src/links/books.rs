//! The links in the books: made, charged, withdrawn, and checked.

use std::collections::{BTreeMap, BTreeSet};

use money::Money;

use super::{Details, Link, LinkStatus, NewLink, Phase};
use crate::books::{Books, Inconsistency};
use crate::{Charge, IntentId, LinkScript, Race, Settings, System};

/// Why a link was not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkCancelRefused {
    NotFound,
    /// It has ended so. `Open` is a Compago link whose time is over.
    Ended(LinkStatus),
}

impl Books {
    pub(crate) fn link(&self, id: IntentId) -> Option<&Link> {
        self.links.get(&id)
    }

    pub(super) fn link_mut(&mut self, id: IntentId) -> Option<&mut Link> {
        self.links.get_mut(&id)
    }

    /// Every link, oldest first.
    pub(crate) fn links_in_order(&self) -> Vec<&Link> {
        let mut links: Vec<_> = self.links.values().collect();
        links.sort_unstable_by_key(|link| link.number);
        links
    }

    /// The links of one system that its reader sees, oldest first.
    pub(crate) fn visible_links(&self, system: System, now_ms: u64) -> Vec<&Link> {
        let mut links = self.links_in_order();
        links.retain(|link| link.system() == system && link.is_visible(now_ms, &self.settings));
        links
    }

    /// The link of this system, if its reader already sees it.
    pub(crate) fn visible_link(&self, system: System, id: IntentId, now_ms: u64) -> Option<&Link> {
        let link = self.link(id)?;
        let is_visible = link.system() == system && link.is_visible(now_ms, &self.settings);
        is_visible.then_some(link)
    }

    /// The first link of a system for which this is true, seen by its reader or not.
    pub(crate) fn find_link(
        &self,
        system: System,
        is_wanted: impl Fn(&Link) -> bool,
    ) -> Option<&Link> {
        let mut links = self.links.values();
        links.find(|link| link.system() == system && is_wanted(link))
    }

    /// Adds an open link. The caller has made sure that it may be added.
    pub(crate) fn open_link(&mut self, asked: NewLink, now_ms: u64) -> IntentId {
        let number = u64::try_from(self.links.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let id = IntentId::of_link(self.seed, number);
        let delay_ms = match asked.details {
            Details::Compago(_) => 0,
            Details::One2Pays(_) => self.settings.one2pays_action_after_ms,
        };
        let mut link = Link {
            id,
            number,
            status: LinkStatus::Open,
            phase: Phase::Waiting,
            plan: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            ready_at_ms: now_ms.saturating_add(delay_ms),
            expires_at_ms: now_ms.saturating_add(asked.lifetime_ms),
            confirmed_at_ms: None,
            captured_at_ms: None,
            cancelled_at_ms: None,
            asked,
        };
        link.await_customer(&self.settings);
        self.links.insert(id, link);
        id
    }

    /// The bank took the money. This is the only place where a link becomes paid and the only one
    /// that writes its charge, so the two cannot differ.
    pub(super) fn charge_link(&mut self, id: IntentId, now_ms: u64) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        if link.status == LinkStatus::Paid {
            return;
        }
        link.end(LinkStatus::Paid, now_ms);
        link.confirmed_at_ms.get_or_insert(now_ms);
        link.captured_at_ms = Some(now_ms);
        let charge = Charge {
            system: link.system(),
            intent_id: id,
            external_id: link.asked.reference.clone(),
            amount: link.asked.amount,
            terminal: String::new(),
            at_ms: now_ms,
        };
        self.record(charge);
    }

    /// Withdraws an open link, unless its customer was charged first.
    pub(crate) fn cancel_link(
        &mut self,
        system: System,
        id: IntentId,
        now_ms: u64,
    ) -> Result<(), LinkCancelRefused> {
        let visible = self.visible_link(system, id, now_ms);
        let link = visible.ok_or(LinkCancelRefused::NotFound)?;
        let is_dead = system == System::CompagoLink && link.is_past(now_ms);
        if link.status != LinkStatus::Open || is_dead {
            return Err(LinkCancelRefused::Ended(link.status));
        }
        if is_charged_first(link, now_ms, &self.settings) {
            self.charge_link(id, now_ms);
            return Err(LinkCancelRefused::Ended(LinkStatus::Paid));
        }
        let goes_on = phase_after_cancel(link, now_ms, &self.settings);
        if let Some(link) = self.link_mut(id) {
            link.end(LinkStatus::Cancelled, now_ms);
            link.cancelled_at_ms = Some(now_ms);
            link.phase = goes_on;
        }
        Ok(())
    }

    /// Checks that paid means charged exactly once, and that a One2Pays reference means one link.
    /// Takes the charges of links out of those given.
    pub(crate) fn check_links(
        &self,
        charged: &mut BTreeMap<IntentId, Vec<Money>>,
    ) -> Result<(), Inconsistency> {
        let mut references = BTreeSet::new();
        for link in self.links.values() {
            let amounts = charged.remove(&link.id).unwrap_or_default();
            if link.status == LinkStatus::Paid {
                if amounts != [link.asked.amount] {
                    return Err(Inconsistency::ConfirmedWithoutCharge(link.id));
                }
            } else if !amounts.is_empty() {
                return Err(Inconsistency::ChargeWithoutConfirmed(link.id));
            }
            let reference = &link.asked.reference;
            if link.system() == System::One2Pays && !references.insert(reference) {
                return Err(Inconsistency::ReferenceNotUnique(reference.clone()));
            }
        }
        Ok(())
    }
}

/// Whether the customer is charged in the very moment in which the link is withdrawn.
fn is_charged_first(link: &Link, now_ms: u64, settings: &Settings) -> bool {
    match link.phase {
        Phase::Paying { good: true, .. } => settings.race == Race::ApprovalWins,
        Phase::Waiting => pays_when_cancelled(link, LinkScript::PayBeforeCancel, now_ms),
        Phase::Paying { good: false, .. }
        | Phase::Held { .. }
        | Phase::Overtaking { .. }
        | Phase::Over => false,
    }
}

fn pays_when_cancelled(link: &Link, script: LinkScript, now_ms: u64) -> bool {
    let is_his = link.plan.is_some_and(|plan| plan.script == script);
    is_his && link.is_payable(now_ms)
}

fn phase_after_cancel(link: &Link, now_ms: u64, settings: &Settings) -> Phase {
    match link.phase {
        Phase::Paying {
            good: true,
            until_ms,
        } if settings.race == Race::ApprovalAfterCancel => Phase::Overtaking { until_ms },
        Phase::Waiting if pays_when_cancelled(link, LinkScript::PayDespiteCancel, now_ms) => {
            let until_ms = now_ms.saturating_add(1);
            Phase::Overtaking { until_ms }
        }
        Phase::Waiting
        | Phase::Paying { .. }
        | Phase::Held { .. }
        | Phase::Overtaking { .. }
        | Phase::Over => Phase::Over,
    }
}
