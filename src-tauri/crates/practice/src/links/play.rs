//! When a page goes on by itself, and what happens then.

use super::customer::Act;
use super::{Details, Link, LinkStatus, Phase, Plan};
use crate::books::Books;
use crate::compago::LinkDecline;
use crate::{CustomerMode, IntentId, LinkScript, Settings};

impl Link {
    /// Brings the customer who acts alone, where there is one.
    pub(super) fn await_customer(&mut self, settings: &Settings) {
        if settings.customer == CustomerMode::Auto {
            let script = LinkScript::of_amount(self.asked.amount);
            self.plan = Some(Plan {
                script,
                step: 0,
                due_ms: None,
            });
            self.time_next_step(self.ready_at_ms);
        }
    }

    fn time_next_step(&mut self, from_ms: u64) {
        if let Some(plan) = &mut self.plan {
            let step = plan.script.steps().get(plan.step);
            plan.due_ms = step.map(|step| from_ms.saturating_add(step.after_ms));
        }
    }

    /// When this page next does something by itself.
    pub(crate) fn next_due_ms(&self, settings: &Settings) -> Option<u64> {
        let due = [
            self.page_due_ms(),
            self.expiry_due_ms(settings),
            self.customer_due_ms(),
        ];
        due.into_iter().flatten().min()
    }

    fn page_due_ms(&self) -> Option<u64> {
        match self.phase {
            Phase::Paying { until_ms, .. }
            | Phase::Held { until_ms }
            | Phase::Overtaking { until_ms } => Some(until_ms),
            Phase::Waiting | Phase::Over => None,
        }
    }

    fn expiry_due_ms(&self, settings: &Settings) -> Option<u64> {
        match self.phase {
            Phase::Waiting => Some(self.expires_at_ms),
            Phase::Paying { .. } if !settings.reading_outlives_expiry => Some(self.expires_at_ms),
            Phase::Paying { .. } | Phase::Held { .. } | Phase::Overtaking { .. } | Phase::Over => {
                None
            }
        }
    }

    fn customer_due_ms(&self) -> Option<u64> {
        self.plan.and_then(|plan| plan.due_ms)
    }

    /// The customer presses "pay" with a good or a bad card; the bank is asked from here.
    pub(super) fn start_paying(&mut self, good: bool, now_ms: u64, settings: &Settings) {
        let takes_ms = match &self.asked.details {
            Details::Compago(_) => settings.link_paying_ms,
            Details::One2Pays(payment) => payment.processing_ms(settings),
        };
        let until_ms = now_ms.saturating_add(takes_ms);
        self.phase = Phase::Paying { good, until_ms };
        if let Details::One2Pays(_) = self.asked.details {
            self.updated_at_ms = now_ms;
        }
    }

    /// Nothing more happens here.
    pub(super) fn end(&mut self, status: LinkStatus, now_ms: u64) {
        self.status = status;
        self.phase = Phase::Over;
        self.plan = None;
        self.updated_at_ms = now_ms;
    }

    fn expire(&mut self, now_ms: u64) {
        match self.asked.details {
            // Its word stays: being expired is a flag.
            Details::Compago(_) => {
                self.phase = Phase::Over;
                self.plan = None;
            }
            Details::One2Pays(_) => self.end(LinkStatus::Expired, now_ms),
        }
    }

    fn play_customer(&mut self, now_ms: u64, settings: &Settings) {
        let Some(plan) = &mut self.plan else { return };
        plan.due_ms = None;
        let Some(step) = plan.script.steps().get(plan.step) else {
            return;
        };
        plan.step = plan.step.saturating_add(1);
        if self.is_payable(now_ms) {
            self.start_paying(step.act == Act::Pay, now_ms, settings);
        }
    }

    /// The bank said no.
    fn decline(&mut self, now_ms: u64, settings: &Settings) {
        let stays = match self.asked.details {
            Details::Compago(_) => settings.link_decline == LinkDecline::StaysPending,
            Details::One2Pays(_) => false,
        };
        if stays {
            self.phase = Phase::Waiting;
            self.time_next_step(now_ms);
            return;
        }
        match self.asked.details {
            Details::Compago(_) => self.end(LinkStatus::Cancelled, now_ms),
            Details::One2Pays(_) => self.end(LinkStatus::Failed, now_ms),
        }
    }
}

impl Books {
    /// Does what is due on a page. In one and the same millisecond the bank's answer comes first,
    /// then expiry, then the customer.
    pub(crate) fn play_link(&mut self, id: IntentId, now_ms: u64) {
        let settings = self.settings.clone();
        let Some(link) = self.link_mut(id) else {
            return;
        };
        let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        if is_due(link.page_due_ms()) {
            self.finish_link(id, now_ms, &settings);
        } else if is_due(link.expiry_due_ms(&settings)) {
            link.expire(now_ms);
        } else if is_due(link.customer_due_ms()) {
            link.play_customer(now_ms, &settings);
        }
    }

    fn finish_link(&mut self, id: IntentId, now_ms: u64, settings: &Settings) {
        let Some(link) = self.link_mut(id) else {
            return;
        };
        let is_open = link.status == LinkStatus::Open;
        match link.phase {
            Phase::Paying { good: true, .. } if is_open => match link.asked.details {
                Details::One2Pays(_) if settings.one2pays_capture_after_ms > 0 => {
                    let until_ms = now_ms.saturating_add(settings.one2pays_capture_after_ms);
                    link.phase = Phase::Held { until_ms };
                    link.confirmed_at_ms = Some(now_ms);
                    link.updated_at_ms = now_ms;
                }
                Details::Compago(_) | Details::One2Pays(_) => self.charge_link(id, now_ms),
            },
            Phase::Held { .. } if is_open => self.charge_link(id, now_ms),
            Phase::Overtaking { .. } => self.charge_link(id, now_ms),
            Phase::Paying { good: false, .. } if is_open => link.decline(now_ms, settings),
            Phase::Paying { .. } | Phase::Held { .. } | Phase::Waiting | Phase::Over => {
                link.phase = Phase::Over;
            }
        }
    }
}
