//! What was given back, as the ledger has it, against what the tills asked for and show.

use std::collections::BTreeMap;

use money::Money;
use payment::{Act, Payment, Progress};

use super::check::Truth;
use super::finding::Findings;

/// Money of one intent that went back.
#[derive(Debug)]
pub(super) struct Returned {
    /// The provider's name of the intent.
    pub(super) intent: String,
    pub(super) amount: Money,
}

/// One wish to give money back. `None`: all of it.
fn wish(act: &Act) -> Option<Option<Money>> {
    match act {
        Act::Reverse => Some(None),
        Act::Refund { amount, .. } => Some(Some(*amount)),
        Act::TryAgain | Act::Sign { .. } | Act::Capture => None,
    }
}

/// The wishes of every till about this intent, but for those that are shown as refused: of these
/// the till says that nothing happened.
fn wishes(payments: &[Payment], intent: &str) -> Vec<Option<Money>> {
    let is_of = |one: &&Payment| one.intent.as_ref().map(payment::IntentId::as_str) == Some(intent);
    let acts = payments.iter().filter(is_of).flat_map(|one| &one.acts);
    acts.filter(|acted| !matches!(acted.progress, Progress::Refused { .. }))
        .filter_map(|acted| wish(&acted.act))
        .collect()
}

impl Truth {
    /// Whether all that was charged by this intent went back.
    pub(super) fn is_given_back(&self, intent: &str) -> bool {
        let charges = self.ledger.iter().filter(|one| self.name(one) == intent);
        let charged: i64 = charges.map(|one| one.amount.minor()).sum();
        let given = self.returned.iter().filter(|one| one.intent == intent);
        let given: i64 = given.map(|one| one.amount.minor()).sum();
        charged > 0 && given >= charged
    }

    /// Never more given back than charged, never twice for one wish, never shown as given back
    /// without being it.
    ///
    /// What is shown is not looked at where the network falsifies amounts: whose refunds a list has
    /// is nowhere written, so a wrong amount in it proves itself false to nobody.
    pub(super) fn check_returned(
        &self,
        payments: &[Payment],
        amounts_lie: bool,
        findings: &mut Findings,
    ) {
        let mut by_intent: BTreeMap<&str, Vec<Money>> = BTreeMap::new();
        for one in &self.returned {
            by_intent.entry(&one.intent).or_default().push(one.amount);
        }
        for (intent, given) in &by_intent {
            let charges = self.ledger.iter().filter(|one| self.name(one) == *intent);
            let charged: i64 = charges.map(|one| one.amount.minor()).sum();
            let sum: i64 = given.iter().map(|one| one.minor()).sum();
            if sum > charged {
                findings.push(format!(
                    "I13: {sum} given back of {intent}, {charged} charged"
                ));
            }
            let mut wishes = wishes(payments, intent);
            // The exact ones first: a reversal is of any amount.
            for amount in given {
                let exact = wishes.iter().position(|wish| *wish == Some(*amount));
                let any = exact.or_else(|| wishes.iter().position(Option::is_none));
                match any {
                    Some(index) => drop(wishes.swap_remove(index)),
                    None => findings.push(format!(
                        "I9: {amount} of {intent} given back ({given:?}), and nobody asked for that"
                    )),
                }
            }
        }
        for payment in payments.iter().filter(|_| !amounts_lie) {
            let Some(shown) = payment.returned() else {
                continue;
            };
            let intent = payment.intent.as_ref().map(payment::IntentId::as_str);
            let given = intent.and_then(|intent| by_intent.get(intent));
            let given: i64 = given.into_iter().flatten().map(|one| one.minor()).sum();
            if shown.minor() > given {
                let key = &payment.key;
                findings.push(format!("I13: {key} shows {shown} given back, {given} were"));
            }
        }
    }

    /// In the end what a till calls done is done, and nothing is under way.
    pub(super) fn check_acts(&self, payment: &Payment, is_shared: bool, findings: &mut Findings) {
        let key = &payment.key;
        if payment.pending_act().is_some() {
            findings.push(format!(
                "I14: an act of {key} never ends: {:?}",
                payment.acts
            ));
        }
        let is_done = |one: &&payment::Acted| one.progress == Progress::Shown;
        let done = payment.acts.iter().filter(is_done);
        let done = done
            .filter(|one| matches!(one.act, Act::Refund { .. }))
            .count();
        let intent = payment.intent.as_ref().map(payment::IntentId::as_str);
        let given = self.returned.iter();
        let given = given
            .filter(|one| Some(one.intent.as_str()) == intent)
            .count();
        if !is_shared && done > given {
            findings.push(format!(
                "I5: {key} shows {done} refunds, {given} were given"
            ));
        }
    }
}
