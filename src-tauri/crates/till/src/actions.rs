//! What can be done with a payment now: its buttons. Pure.

use payment::record::{Cancel, Doubt};
use payment::{Act, Acts, Class, Payment, Prompt, State};

use crate::api::Action;
use crate::engine::drive::can_be_witnessed;

/// The buttons, the safest last: what the state offers, then what its system offers.
pub(crate) fn actions(payment: &Payment, acts: &Acts) -> Vec<Action> {
    let mut actions = offered(payment, acts);
    actions.extend(of_state(payment, acts));
    if payment.receipts.is_some() {
        actions.push(Action::Receipts);
    }
    actions
}

/// What the payment's system offers beside cancelling it.
fn offered(payment: &Payment, acts: &Acts) -> Vec<Action> {
    let all = payment.returnable();
    let refund = all.is_some_and(|amount| {
        acts.refund.iter().any(|route| {
            payment.allows(
                &Act::Refund {
                    amount,
                    route: *route,
                },
                acts,
            )
        })
    });
    [
        (Action::TryAgain, payment.allows(&Act::TryAgain, acts)),
        (
            Action::AcceptSignature,
            payment.allows(&Act::Sign { accepted: true }, acts),
        ),
        (
            Action::RejectSignature,
            payment.allows(&Act::Sign { accepted: false }, acts),
        ),
        (Action::Capture, payment.allows(&Act::Capture, acts)),
        (Action::Refund, refund),
        (Action::Reverse, payment.allows(&Act::Reverse, acts)),
    ]
    .into_iter()
    .filter_map(|(action, is_allowed)| is_allowed.then_some(action))
    .collect()
}

fn of_state(payment: &Payment, acts: &Acts) -> Vec<Action> {
    let witness = can_be_witnessed(payment, acts);
    match payment.state {
        State::NotKnown => {
            let mut actions = Vec::new();
            if witness {
                actions.push(Action::Witness);
            }
            let is_named = payment.intent.is_some() || !payment.gives_back();
            if !witness || (is_named && !matches!(payment.doubt, Some(Doubt::Unseen))) {
                actions.push(Action::AskNow);
            }
            actions.push(Action::NextCustomer);
            if can_cancel(payment, acts) {
                actions.push(Action::Cancel);
            }
            actions
        }
        State::Saved
        | State::Sending
        | State::Waiting
        | State::Processing
        | State::NeedsCashier
        | State::Authorised => {
            let first = if can_cancel(payment, acts) {
                Action::Cancel
            } else {
                Action::AskNow
            };
            vec![first, Action::NextCustomer]
        }
        // The machine said no to a card: nothing went back, and another card is the same wish.
        State::Declined if payment.gives_back() && !payment.is_contested() => {
            vec![Action::NextCustomer, Action::ReturnAgain]
        }
        State::Failed | State::Declined | State::Expired | State::Cancelled
            // Whoever gives money back again says so again, with a reason.
            if payment.is_contested() || payment.gives_back() =>
        {
            vec![Action::NextCustomer]
        }
        State::Failed | State::Declined | State::Expired | State::Cancelled => {
            vec![Action::NextCustomer, Action::ChargeAgain]
        }
        State::Paid | State::PartlyRefunded | State::Refunded => vec![Action::NextCustomer],
    }
}

/// A second cancel would say nothing new. Where the provider does not name the payment there is
/// nothing to cancel: the terminal is the place.
fn can_cancel(payment: &Payment, acts: &Acts) -> bool {
    payment.cancel == Cancel::No
        // Without a name there is nothing to withdraw, and an ended session is not withdrawn.
        && !(payment.gives_back() && payment.state == State::NotKnown)
        // What is held is let go by undoing it, where there is that.
        && !(payment.state == State::Authorised && acts.reverse)
        // The card has been: rejecting the signature is the way back.
        && payment.prompt() != Some(Prompt::Signature)
        && !matches!(payment.doubt, Some(Doubt::Unseen) if payment.intent.is_none())
}

pub(crate) fn enter(payment: &Payment) -> Option<Action> {
    match payment.state.class() {
        Class::Open => None,
        Class::Unpaid | Class::Paid => Some(Action::NextCustomer),
    }
}
