//! The part of a story that is about Dojo and LeanRails: their customers, and the cashiers who try
//! again, judge signatures, take what is held and give money back.

use payment::{RefundRoute, State, System, Witness};
use practice::{DojoSessionView, Press, TerminalState};
use till::Till;
use till::api::{
    ActInput, ActRequest, Action, PaymentRequest, PaymentView, SaleInput, StartChargeRequest,
};

use super::check::Truth;
use super::plan::Order;
use super::play::Play;
use crate::world::{card_sale, dojo_sale, system_of};

/// After so long nothing of a session can come any more: it has expired, and what its machine could
/// not tell has been charged or not. Milliseconds.
const SESSION_SURELY_OVER_MS: u64 = 10_000 + 90_000 + 10_000 + 10_000;

impl Play {
    /// What the cashier types for an order on one of Dojo's machines.
    pub(super) fn dojo_request(&mut self, order: &Order) -> StartChargeRequest {
        let tid = self.plan.machines[self.acts_random.usize(0..self.plan.machines.len())];
        let machine = self.world.dojo_machine(tid);
        let machine = machine.expect("the machines of a story are there");
        let mut request = dojo_sale(&order.name, &order.digits, &machine);
        request.sale = order.acts.hold.then(|| SaleInput {
            hold: true,
            ..SaleInput::default()
        });
        request
    }

    /// What the cashier types for an order on a card on file.
    pub(super) fn card_request(&mut self, order: &Order) -> StartChargeRequest {
        let mut request = card_sale(&order.name, &order.digits, order.acts.card);
        if let Some(card) = &mut request.card {
            card.hold = order.acts.hold;
        }
        request
    }

    /// A customer at a machine of Dojo, or somebody with a hand on its cable.
    pub(super) fn press_dojo(&mut self) {
        let tid = self.plan.machines[self.acts_random.usize(0..self.plan.machines.len())];
        let press = match self.acts_random.u8(0..20) {
            0..7 => Press::Tap,
            7..10 => Press::InsertPin,
            10 => Press::WrongPin,
            11..14 => Press::Decline,
            14..16 => Press::CancelOnTerminal,
            16 => Press::WalkAway,
            17 => Press::Unplug,
            _ => Press::PlugIn,
        };
        if self.world.practice.press(tid, press).is_ok() {
            self.coverage.saw("dojo press", press);
            let line = format!("{press:?} at {tid}");
            self.world.trace.tell("customer", line);
        }
    }

    /// A cashier, or a manager, does something that the till offers.
    pub(super) async fn act_on_one(&mut self, seat: usize) {
        let Some(till) = self.world.till(seat).cloned() else {
            return;
        };
        let payments = self.world.payments(seat);
        let acted: Vec<_> = payments
            .iter()
            .filter(|one| has_acts(system_of(&one.account)))
            .map(|one| one.id.to_string())
            .collect();
        if acted.is_empty() {
            return;
        }
        let payment = acted[self.acts_random.usize(0..acted.len())].clone();
        let Ok(view) = till.show_payment(PaymentRequest { payment }).await else {
            return;
        };
        let mut offered: Vec<ActInput> = view
            .actions
            .iter()
            .filter_map(|action| self.input(*action, &view))
            .collect();
        if offered.is_empty() {
            return;
        }
        let chosen = offered.swap_remove(self.acts_random.usize(0..offered.len()));
        self.perform(&till, seat, view.id, chosen).await;
    }

    async fn perform(&mut self, till: &Till, seat: usize, payment: String, act: ActInput) {
        self.did(seat, &format!("act: {act:?}"));
        let answer = till.act_payment(ActRequest { payment, act }).await;
        self.answered(&answer);
    }

    /// What is asked for by pressing a button.
    fn input(&mut self, action: Action, view: &PaymentView) -> Option<ActInput> {
        Some(match action {
            Action::TryAgain => ActInput::TryAgain,
            Action::AcceptSignature => ActInput::Sign { accepted: true },
            Action::RejectSignature => ActInput::Sign { accepted: false },
            Action::Capture => ActInput::Capture,
            Action::Reverse if self.acts_random.u8(0..3) == 0 => ActInput::Reverse,
            Action::Refund if self.acts_random.bool() => ActInput::Refund {
                digits: ["", "1000", "2500"][self.acts_random.usize(0..3)].to_owned(),
                route: self.route(view)?,
            },
            Action::Reverse
            | Action::Refund
            | Action::Cancel
            | Action::AskNow
            | Action::NextCustomer
            | Action::ChargeAgain
            | Action::ReturnAgain
            | Action::Witness
            | Action::Receipts => return None,
        })
    }

    /// A refund at a machine has no key: delivered twice, it may be given twice, whatever a till
    /// does. So nobody asks for one where the network delivers again.
    fn route(&mut self, view: &PaymentView) -> Option<RefundRoute> {
        let routes = view.refund_routes.iter().copied();
        let routes: Vec<_> = routes
            .filter(|route| *route == RefundRoute::Remote || !self.delivers_again)
            .collect();
        let among = routes.len();
        (among > 0).then(|| routes[self.acts_random.usize(0..among)])
    }

    /// In the quiet nobody leaves anything undecided: what waits for a cashier is withdrawn, what is
    /// held is taken.
    pub(super) async fn decide_all(&mut self) {
        if !self.plan.cast.has_acts() {
            return;
        }
        for seat in 0..self.plan.tills {
            let Some(till) = self.world.till(seat).cloned() else {
                continue;
            };
            for payment in &*self.world.payments(seat) {
                let system = system_of(&payment.account);
                let waits = match payment.state {
                    State::NeedsCashier | State::Authorised => true,
                    State::NotKnown => system == System::Dojo,
                    State::Waiting | State::Processing => system == System::LeanRails,
                    State::Saved
                    | State::Sending
                    | State::Failed
                    | State::Declined
                    | State::Expired
                    | State::Cancelled
                    | State::Paid
                    | State::PartlyRefunded
                    | State::Refunded => false,
                };
                if waits {
                    self.decide(&till, seat, payment.id.to_string()).await;
                }
            }
        }
    }

    async fn decide(&mut self, till: &Till, seat: usize, payment: String) {
        let request = PaymentRequest { payment };
        let Ok(view) = till.show_payment(request.clone()).await else {
            return;
        };
        let offers = |action: Action| view.actions.contains(&action);
        if offers(Action::Capture) {
            self.perform(till, seat, view.id, ActInput::Capture).await;
        } else if offers(Action::AcceptSignature) {
            let accepted = true;
            self.perform(till, seat, view.id, ActInput::Sign { accepted })
                .await;
        } else if offers(Action::Cancel) && !offers(Action::Witness) {
            self.did(seat, "cancel");
            let answer = till.cancel_payment(request).await;
            self.answered(&answer);
        }
    }

    /// What an honest person can say of a payment of Dojo after looking at its machine and the
    /// slips. What the machine still asks for they cancel there first; where it may still have been
    /// charged they say nothing.
    pub(super) fn go_and_look_at_dojo(&mut self, truth: &Truth, intent: &str) -> Option<Witness> {
        let intent = truth.dojo.iter().find(|one| one.wire_id == intent)?;
        if !intent.charged.is_zero() {
            return Some(Witness::Paid);
        }
        let now_ms = truth.now_ms;
        let is_of = |one: &&DojoSessionView| one.intent == Some(intent.id) && one.is_sale;
        for session in truth.dojo_sessions.iter().filter(is_of) {
            if session.is_open {
                let machines = self.world.practice.dojo_terminals();
                let machine = machines.iter().find(|one| one.id == session.terminal);
                let state = machine.map(|one| one.panel.state);
                if state == Some(TerminalState::Showing) {
                    // A machine that plays its own customer cannot be pressed.
                    let _ = self
                        .world
                        .practice
                        .press(&session.terminal, Press::CancelOnTerminal);
                }
                return None;
            }
            if now_ms.saturating_sub(session.created_at_ms) < SESSION_SURELY_OVER_MS {
                return None;
            }
        }
        Some(Witness::NotPaid)
    }
}

fn has_acts(system: System) -> bool {
    match system {
        System::Dojo | System::LeanRails => true,
        System::Compago | System::CompagoLink | System::One2Pays => false,
    }
}
