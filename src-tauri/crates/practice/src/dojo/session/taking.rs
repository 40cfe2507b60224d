//! The money that a session moves: captured, held or given back.

use money::Money;

use super::{Entry, Payment, Session, Task};
use crate::books::Books;
use crate::dojo::intent::{CaptureMode, GivenBack, Intent};
use crate::ids::derived_uuid;
use crate::ledger::Refund;
use crate::{Charge, DojoCancelInSession, IntentId, System};

impl Books {
    /// Whether the money of this session may move now.
    pub(super) fn may_take(&self, id: IntentId) -> bool {
        let Some(session) = self.dojo.session(id) else {
            return false;
        };
        let find = |id: IntentId| self.dojo.intents.find(id);
        match &session.task {
            Task::Sale { intent } => find(*intent).is_some_and(|intent| self.is_chargeable(intent)),
            Task::MatchedRefund { intent, .. } => find(*intent).is_some_and(|intent| {
                intent.reversed.is_none() && session.amount.minor() <= intent.refundable().minor()
            }),
            Task::UnlinkedRefund { .. } => true,
        }
    }

    fn is_chargeable(&self, intent: &Intent) -> bool {
        let goes_on = self.settings.dojo_cancel_in_session == DojoCancelInSession::SessionGoesOn;
        intent.is_unpaid() && (intent.cancelled_at_ms.is_none() || goes_on)
    }

    /// Moves the money of a session; the only place where a card does. Answers whether it moved.
    pub(super) fn take(&mut self, id: IntentId, now_ms: u64) -> bool {
        if !self.may_take(id) {
            return false;
        }
        let seed = self.seed;
        let Some(session) = self.dojo.sessions.find_mut(id) else {
            return false;
        };
        let payment = Payment {
            transaction_id: derived_uuid(seed, &session.id.to_string(), 1).to_string(),
            auth_code: auth_code(seed, session),
            at_ms: now_ms,
            entry: session.entry.unwrap_or(Entry::Contactless),
        };
        session.payment = Some(payment.clone());
        let (amount, terminal) = (session.amount, session.terminal.clone());
        let number = derived_uuid(seed, &session.id.to_string(), 3);
        let task = session.task.clone();
        match task {
            Task::Sale { intent } => self.take_sale(intent, amount, payment, terminal, now_ms),
            Task::MatchedRefund { intent, .. } => {
                let given_back = GivenBack {
                    id: number.to_string(),
                    amount,
                    at_ms: now_ms,
                    asked: None,
                };
                self.give_back(intent, given_back, terminal);
            }
            Task::UnlinkedRefund { .. } => self.record_refund(Refund {
                system: System::Dojo,
                intent_id: id,
                refund_id: None,
                external_id: None,
                amount,
                terminal,
                at_ms: now_ms,
            }),
        }
        true
    }

    /// Takes what the machine showed, whatever the intent asks for by now.
    fn take_sale(
        &mut self,
        id: IntentId,
        amount: Money,
        payment: Payment,
        terminal: String,
        now_ms: u64,
    ) {
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        let transaction = payment.transaction_id.clone();
        intent.payment = Some(payment);
        match intent.asked.capture {
            CaptureMode::Manual => intent.hold(amount, now_ms),
            CaptureMode::Auto => {
                self.capture(id, amount, None, transaction, terminal, now_ms);
            }
        }
    }

    /// Captures money of an intent: the only place that writes a charge of Dojo.
    pub(in crate::dojo) fn capture(
        &mut self,
        id: IntentId,
        amount: Money,
        tips: Option<Money>,
        capture: String,
        terminal: String,
        now_ms: u64,
    ) {
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        intent.capture(amount, tips, capture, now_ms);
        let whole = tips.and_then(|tips| amount.plus(tips).ok());
        let charge = Charge {
            system: System::Dojo,
            intent_id: id,
            external_id: intent.asked.reference.clone(),
            amount: whole.unwrap_or(amount),
            terminal,
            at_ms: now_ms,
        };
        self.record(charge);
    }

    /// Gives money of an intent back: the only place that writes a refund of one.
    pub(in crate::dojo) fn give_back(
        &mut self,
        id: IntentId,
        given_back: GivenBack,
        terminal: String,
    ) {
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        let refund = Refund {
            system: System::Dojo,
            intent_id: id,
            refund_id: None,
            external_id: Some(intent.asked.reference.clone()),
            amount: given_back.amount,
            terminal,
            at_ms: given_back.at_ms,
        };
        intent.updated_at_ms = given_back.at_ms;
        intent.given_back.push(given_back);
        self.record_refund(refund);
    }
}

/// Six digits that depend on the session alone.
fn auth_code(seed: u64, session: &Session) -> String {
    let number = derived_uuid(seed, &session.id.to_string(), 2).as_u128() % 1_000_000;
    format!("{number:06}")
}
