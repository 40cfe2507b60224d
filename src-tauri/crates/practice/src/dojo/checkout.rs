//! The page of an intent (`paymentLink`, docs.dojo.tech/api/v3/bundled.json, payment intents): every
//! intent has one, whether a machine shows it or not. What the reference leaves open is answered so: a
//! card that the page refuses leaves the intent as it was; while a machine has the intent its page waits.

use serde::{Deserialize, Serialize};

use super::intent::{CaptureMode, Intent, Status};
use super::session::{Entry, Payment, Session};
use crate::books::Books;
use crate::ids::derived_uuid;
use crate::links::{CustomerAct, Phase, Plan};
use crate::{
    CustomerMode, IntentId, LinkScript, LinkStatus, PagePress, PageRefused, PageView, Race,
    Settings, System, World,
};

/// What goes on on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkout {
    phase: Phase,
    plan: Option<Plan>,
}

impl Default for Checkout {
    fn default() -> Self {
        Self {
            phase: Phase::Waiting,
            plan: None,
        }
    }
}

impl Checkout {
    /// The customer who acts alone comes to the page of an intent that says when it ends: one without
    /// that is made for a machine, and nobody is given its address.
    pub(super) fn of(intent: &Intent, settings: &Settings) -> Self {
        let comes = settings.customer == CustomerMode::Auto && intent.asked.expires_at_ms.is_some();
        let mut checkout = Self::default();
        if comes {
            checkout.plan = Some(Plan {
                script: LinkScript::of_amount(intent.asked.amount),
                step: 0,
                due_ms: None,
            });
            checkout.time_next_step(intent.created_at_ms);
        }
        checkout
    }

    fn time_next_step(&mut self, from_ms: u64) {
        if let Some(plan) = &mut self.plan {
            let step = plan.script.steps().get(plan.step);
            plan.due_ms = step.map(|step| from_ms.saturating_add(step.after_ms));
        }
    }

    fn bank_due_ms(&self) -> Option<u64> {
        match self.phase {
            Phase::Paying { until_ms, .. }
            | Phase::Held { until_ms }
            | Phase::Overtaking { until_ms } => Some(until_ms),
            Phase::Waiting | Phase::Over => None,
        }
    }

    fn due_ms(&self) -> Option<u64> {
        let customer_ms = self.plan.and_then(|plan| plan.due_ms);
        self.bank_due_ms().into_iter().chain(customer_ms).min()
    }

    fn start_paying(&mut self, good: bool, now_ms: u64, settings: &Settings) {
        let until_ms = now_ms.saturating_add(settings.link_paying_ms);
        self.phase = Phase::Paying { good, until_ms };
    }

    fn acts_when_cancelled(&self, script: LinkScript) -> bool {
        self.phase == Phase::Waiting && self.plan.is_some_and(|plan| plan.script == script)
    }
}

impl Intent {
    /// The address of its page.
    pub(super) fn page_url(&self) -> String {
        format!("{}/pay/{}", self.asked.origin, self.id)
    }

    /// When something next happens on its page.
    pub(super) fn page_due_ms(&self) -> Option<u64> {
        self.checkout.due_ms()
    }

    fn page_status(&self, now_ms: u64, settings: &Settings) -> LinkStatus {
        match self.status(now_ms, settings) {
            Some(Status::Created) if now_ms < self.expires_at_ms => LinkStatus::Open,
            Some(Status::Authorized | Status::Captured | Status::Reversed | Status::Refunded) => {
                LinkStatus::Paid
            }
            Some(Status::Canceled) if self.cancelled_at_ms.is_some() => LinkStatus::Cancelled,
            Some(Status::Created | Status::Canceled) | None => LinkStatus::Expired,
        }
    }

    /// Why its page cannot be used now; `None` where it can.
    fn page_refusal(
        &self,
        on_machine: bool,
        now_ms: u64,
        settings: &Settings,
    ) -> Option<PageRefused> {
        match (self.page_status(now_ms, settings), self.checkout.phase) {
            (LinkStatus::Paid, _) => Some(PageRefused::Paid),
            (LinkStatus::Cancelled, _) => Some(PageRefused::Cancelled),
            (LinkStatus::Failed, _) => Some(PageRefused::Failed),
            (LinkStatus::Expired, _) | (LinkStatus::Open, Phase::Over) => {
                Some(PageRefused::Expired)
            }
            (
                LinkStatus::Open,
                Phase::Paying { .. } | Phase::Held { .. } | Phase::Overtaking { .. },
            ) => Some(PageRefused::Paying),
            (LinkStatus::Open, Phase::Waiting) => on_machine.then_some(PageRefused::NotReady),
        }
    }
}

impl Books {
    fn on_machine(&self, id: IntentId) -> bool {
        let mut sessions = self.dojo.sessions.of_intent(id);
        sessions.any(Session::is_open)
    }

    fn refuses_page(&self, id: IntentId, now_ms: u64) -> Option<PageRefused> {
        let Some(intent) = self.dojo.intents.find(id) else {
            return Some(PageRefused::UnknownPage);
        };
        intent.page_refusal(self.on_machine(id), now_ms, &self.settings)
    }

    fn dojo_page(&self, intent: &Intent, now_ms: u64) -> PageView {
        let on_machine = self.on_machine(intent.id);
        let is_usable = intent
            .page_refusal(on_machine, now_ms, &self.settings)
            .is_none();
        PageView {
            id: intent.id,
            reference: intent.asked.reference.clone(),
            system: System::Dojo,
            amount: intent.total(),
            description: intent.asked.description.clone(),
            status: intent.page_status(now_ms, &self.settings),
            expires_at_ms: intent.expires_at_ms,
            url: intent.page_url(),
            allowed: if is_usable {
                PagePress::ALL.to_vec()
            } else {
                Vec::new()
            },
        }
    }

    /// Does what is due on a page: the bank's answer first, then the customer.
    pub(crate) fn play_dojo_page(&mut self, id: IntentId, now_ms: u64) {
        let settings = self.settings.clone();
        let is_refused = self.refuses_page(id, now_ms).is_some();
        let was_on_machine = self.dojo.sessions.of_intent(id).next().is_some();
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        let is_late = now_ms >= intent.expires_at_ms && !settings.reading_outlives_expiry;
        let checkout = &mut intent.checkout;
        if checkout
            .bank_due_ms()
            .is_some_and(|due_ms| due_ms <= now_ms)
        {
            let phase = std::mem::replace(&mut checkout.phase, Phase::Waiting);
            match phase {
                Phase::Overtaking { .. } => self.pay_page(id, now_ms),
                Phase::Paying { .. } if is_late => {}
                Phase::Paying { good: true, .. } => self.pay_page(id, now_ms),
                Phase::Paying { good: false, .. } => {
                    checkout.time_next_step(now_ms);
                    intent.failed_tries = intent.failed_tries.saturating_add(1);
                }
                Phase::Held { .. } | Phase::Waiting | Phase::Over => {}
            }
            return;
        }
        let Some(plan) = &mut checkout.plan else {
            return;
        };
        plan.due_ms = None;
        let step = plan.script.steps().get(plan.step);
        plan.step = plan.step.saturating_add(1);
        if let Some(step) = step
            && !is_refused
            && !was_on_machine
        {
            checkout.start_paying(step.act == CustomerAct::Pay, now_ms, &settings);
        }
    }

    /// The bank said yes.
    fn pay_page(&mut self, id: IntentId, now_ms: u64) {
        let seed = self.seed;
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        intent.checkout = Checkout {
            phase: Phase::Over,
            plan: None,
        };
        if !intent.is_unpaid() {
            return;
        }
        let number = |of: u64| derived_uuid(seed, &format!("page of {id}"), of);
        let transaction = number(1).to_string();
        intent.payment = Some(Payment {
            transaction_id: transaction.clone(),
            auth_code: format!("{:06}", number(2).as_u128() % 1_000_000),
            at_ms: now_ms,
            entry: Entry::Keyed,
        });
        let amount = intent.total();
        match intent.asked.capture {
            CaptureMode::Manual => intent.hold(amount, now_ms),
            CaptureMode::Auto => {
                self.capture(id, amount, None, transaction, String::new(), now_ms);
            }
        }
    }

    /// What becomes of the page of an intent that is being withdrawn. `false`: its customer was first.
    pub(super) fn page_lets_go(&mut self, id: IntentId, now_ms: u64) -> bool {
        let race = self.settings.race;
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return true;
        };
        let checkout = &mut intent.checkout;
        let is_first = match checkout.phase {
            Phase::Paying { good: true, .. } => race == Race::ApprovalWins,
            Phase::Waiting => checkout.acts_when_cancelled(LinkScript::PayBeforeCancel),
            Phase::Paying { good: false, .. }
            | Phase::Held { .. }
            | Phase::Overtaking { .. }
            | Phase::Over => false,
        };
        if is_first {
            self.pay_page(id, now_ms);
            return false;
        }
        checkout.phase = match checkout.phase {
            Phase::Paying {
                good: true,
                until_ms,
            } if race == Race::ApprovalAfterCancel => Phase::Overtaking { until_ms },
            Phase::Waiting if checkout.acts_when_cancelled(LinkScript::PayDespiteCancel) => {
                let until_ms = now_ms.saturating_add(1);
                Phase::Overtaking { until_ms }
            }
            Phase::Waiting
            | Phase::Paying { .. }
            | Phase::Held { .. }
            | Phase::Overtaking { .. }
            | Phase::Over => Phase::Over,
        };
        checkout.plan = None;
        true
    }
}

impl World {
    /// The pages of Dojo, oldest first.
    pub(crate) fn dojo_pages(&self, now_ms: u64) -> Vec<PageView> {
        let intents = self.books.dojo.intents.in_order().iter();
        intents
            .map(|intent| self.books.dojo_page(intent, now_ms))
            .collect()
    }

    /// A customer on a page of Dojo; at the present time.
    pub(crate) fn press_dojo_page(
        &mut self,
        now_ms: u64,
        id: IntentId,
        press: PagePress,
    ) -> Result<(), PageRefused> {
        if let Some(refused) = self.books.refuses_page(id, now_ms) {
            return Err(refused);
        }
        let settings = self.books.settings.clone();
        let intent = self.books.dojo.intents.find_mut(id);
        let checkout = &mut intent.ok_or(PageRefused::UnknownPage)?.checkout;
        checkout.plan = None;
        match press {
            PagePress::Pay => checkout.start_paying(true, now_ms, &settings),
            PagePress::Decline => checkout.start_paying(false, now_ms, &settings),
            PagePress::WalkAway => {}
        }
        Ok(())
    }

    /// Why a page cannot be used now, of whichever system it is.
    pub(crate) fn page_refusal(&self, id: IntentId, now_ms: u64) -> Option<PageRefused> {
        match self.link(id) {
            Some(link) => link.refusal(now_ms),
            None => self.books.refuses_page(id, now_ms),
        }
    }
}
