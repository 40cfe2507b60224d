//! Whatever facts come, in whatever calls: what is kept is what the facts make.

use std::collections::BTreeMap;

use journal::{AppendError, Fact, Journal};
use payment::failure::NoAnswer;
use payment::{
    Actor, Attempt, CancelAnswer, Decision, Event, Failure, Payment, PaymentId, Standing, Warning,
    Witness, apply,
};
use proptest::prelude::*;

use crate::story::{MORNING_MS, answered, fact, id, order, read, requested};

fn any_fact() -> impl Strategy<Value = Fact> {
    let failure = Failure::NoAnswer {
        why: NoAnswer::TimedOut,
    };
    let payments = (0..4_u128).prop_map(id);
    let standings = prop::sample::select(Standing::ALL.to_vec());
    let events = prop::sample::select(vec![
        Event::Dispatched,
        Event::Interrupted,
        Event::ArrivedUnseen { page: None },
        Event::ProvedAbsent,
        Event::AnswerLost {
            failure: failure.clone(),
        },
        Event::ReadingLost { failure },
        Event::CancelAsked {
            by: Actor::Till,
            reason: None,
            batch: None,
        },
        Event::CancelAnswered {
            answer: CancelAnswer::Accepted,
        },
        Event::Witnessed {
            by: Actor::Till,
            saw: Witness::NotPaid,
            receipt: None,
            checked: None,
        },
        Event::WarningPassed {
            warning: Warning::SameAmount { payment: id(3) },
            order: Some(order("R-9")),
            by: Actor::Till,
        },
        Event::Decided {
            decision: Decision::Keep,
            reason: "it was owed".to_owned(),
            by: Actor::Till,
        },
    ]);
    prop_oneof![
        3 => (payments.clone(), 0..2_u8, 0..2_u8).prop_map(|(payment, order_number, again)| {
            let attempt = if again == 0 { Attempt::FIRST } else { Attempt::FIRST.following() };
            requested(payment, &order(&format!("R-{order_number}")), attempt)
        }),
        4 => (payments.clone(), standings).prop_map(|(payment, standing)| read(payment, standing)),
        1 => payments.clone().prop_map(answered),
        4 => (payments, events).prop_map(|(payment, event)| fact(payment, event)),
    ]
}

/// The journal as a list and a map: what a call would do to it, or that it is refused.
#[derive(Default, Clone)]
struct Model {
    payments: BTreeMap<PaymentId, Payment>,
    timelines: BTreeMap<PaymentId, Vec<Fact>>,
}

impl Model {
    fn after(&self, facts: &[Fact]) -> Option<Self> {
        let mut after = self.clone();
        for fact in facts {
            let Fact::Payment { id, event } = fact else {
                continue;
            };
            let payment = apply(after.payments.get(id), event).ok()?;
            let clashes = after.payments.values().any(|other| {
                other.id != *id
                    && other.order == payment.order
                    && (other.attempt == payment.attempt
                        || (other.state.is_open() && payment.state.is_open()))
            });
            if clashes {
                return None;
            }
            after.payments.insert(*id, payment);
            after.timelines.entry(*id).or_default().push(fact.clone());
        }
        Some(after)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_kept_is_what_the_facts_make(
        calls in prop::collection::vec(prop::collection::vec(any_fact(), 1..4), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let journal = Journal::in_memory().unwrap();
        let mut model = Model::default();
        for (facts, at_ms) in calls.into_iter().zip(MORNING_MS..) {
            let answer = runtime.block_on(journal.append(at_ms, facts.clone()));
            match (model.after(&facts), answer) {
                (Some(after), Ok(entries)) => {
                    prop_assert_eq!(entries.len(), facts.len());
                    model = after;
                }
                (None, Err(AppendError::Misfit { .. } | AppendError::OrderIsOpen { .. }
                    | AppendError::AttemptTaken { .. })) => {}
                (expected, answer) => prop_assert!(
                    false, "{facts:?} expected {}, got {answer:?}", expected.is_some()),
            }
        }
        for (id, payment) in &model.payments {
            let kept = journal.payment(*id).unwrap();
            prop_assert_eq!(kept.as_ref(), Some(payment));
            let facts: Vec<Fact> = journal.timeline(*id).unwrap().into_iter()
                .map(|entry| entry.fact).collect();
            prop_assert_eq!(&facts, &model.timelines[id]);
        }
        let open: Vec<PaymentId> = model.payments.values()
            .filter(|payment| payment.state.is_open()).map(|payment| payment.id).collect();
        let mut kept_open: Vec<PaymentId> = journal.open_payments().unwrap().iter()
            .map(|payment| payment.id).collect();
        kept_open.sort_unstable();
        prop_assert_eq!(kept_open, open);
        let entries: usize = model.timelines.values().map(Vec::len).sum();
        prop_assert_eq!(usize::try_from(journal.verify().unwrap().entries).unwrap(), entries);
    }
}
