//! What was withdrawn in bulk, as the journals and the screen have it, against the ledger: each batch
//! ends with one definite verdict for each line (I15), its wish is durable before anything of it is sent
//! (I10), and it is a manager's who had signed in (I11).

use std::collections::BTreeMap;

use journal::{Entry, Fact};
use payment::{
    Actor, BatchId, Class, Event, IntentId, Payment, PaymentId, Role, ShopEvent, StaffEvent,
    StaffId, State, VoidEvent, VoidLine, VoidTarget,
};
use till::api::{VoidOutcome, VoidRequest, VoidStep};

use super::check::Truth;
use super::finding::Findings;
use super::play::Play;
use crate::world::system_of;

/// One batch as its facts have it.
struct Told<'a> {
    id: BatchId,
    seq: u64,
    by: &'a Actor,
    reason: &'a str,
    lines: &'a [VoidLine],
    /// How often it was taken up again.
    resumed: usize,
    is_stopped: bool,
    /// When every line was said to have begun.
    finished: Option<u64>,
}

impl Play {
    /// The last look at every batch.
    pub(super) async fn check_batches(&mut self) {
        if self.managers.is_none() {
            return;
        }
        let truth = Truth::look(&self.world, &self.addresses);
        for seat in 0..self.plan.tills {
            let Ok(story) = self.world.seats[seat].journal.shop_story() else {
                self.findings.push(format!(
                    "I12: the shop's story of till {seat} cannot be read"
                ));
                continue;
            };
            let payments = self.world.payments(seat);
            let batches = told(&story);
            let asked = self.asked_for(seat, &payments);
            check_asked(&batches, &asked, &story, &mut self.findings);
            for batch in &batches {
                self.check_skipped(seat, batch, &asked);
                if self.managers.as_ref().is_some_and(|one| one.is_staffed) {
                    check_authority(batch, &story, &mut self.findings);
                }
                self.check_shown_batch(seat, batch, &payments, &truth).await;
            }
        }
    }

    /// Each wish to withdraw a payment as part of a batch, with its place in the journal and its reason.
    fn asked_for(
        &self,
        seat: usize,
        payments: &[Payment],
    ) -> Vec<(u64, BatchId, PaymentId, String)> {
        let mut asked = Vec::new();
        for payment in payments {
            let entries = self.world.seats[seat].journal.timeline(payment.id);
            for entry in entries.unwrap_or_default() {
                if let Fact::Payment {
                    id,
                    event:
                        Event::CancelAsked {
                            reason,
                            batch: Some(batch),
                            ..
                        },
                } = entry.fact
                {
                    asked.push((entry.seq, batch, id, reason.unwrap_or_default()));
                }
            }
        }
        asked
    }

    /// I15: when a batch says that every line has begun, each was asked for or over by then.
    fn check_skipped(
        &mut self,
        seat: usize,
        batch: &Told<'_>,
        asked: &[(u64, BatchId, PaymentId, String)],
    ) {
        let Some(finished) = batch.finished.filter(|_| !batch.is_stopped) else {
            return;
        };
        for line in batch.lines.iter().filter(|line| line.verdict.is_tried()) {
            let VoidTarget::Payment { id, .. } = &line.target else {
                continue;
            };
            let mut wishes = asked.iter();
            let is_asked = wishes.any(|(_, of, payment, _)| *of == batch.id && payment == id);
            let is_over = || self.over_since(seat, *id).is_some_and(|seq| seq < finished);
            if !is_asked && !is_over() {
                let line = format!("I15: {id} was skipped by {}", batch.id);
                self.findings.push(line);
            }
        }
    }

    /// The fact with which a payment was over.
    fn over_since(&self, seat: usize, id: PaymentId) -> Option<u64> {
        let mut payment: Option<Payment> = None;
        let entries = self.world.seats[seat].journal.timeline(id).ok()?;
        entries.into_iter().find_map(|entry| {
            if let Fact::Payment { event, .. } = &entry.fact {
                payment = payment::apply(payment.as_ref(), event).ok();
            }
            let is_over = payment.as_ref().is_some_and(|one| !one.state.is_open());
            is_over.then_some(entry.seq)
        })
    }

    async fn check_shown_batch(
        &mut self,
        seat: usize,
        batch: &Told<'_>,
        payments: &[Payment],
        truth: &Truth,
    ) {
        let Some(till) = self.world.till(seat).cloned() else {
            return;
        };
        let request = VoidRequest {
            batch: batch.id.to_string(),
        };
        let id = batch.id;
        let view = match till.show_void(request).await {
            Ok(view) => self.world.void_shown(view),
            Err(error) => {
                return self
                    .findings
                    .push(format!("I15: {id} is not shown: {error}"));
            }
        };
        self.coverage.saw("void step", view.head.step);
        let is_over = matches!(view.head.step, VoidStep::Finished | VoidStep::Stopped);
        if !is_over {
            self.findings
                .push(format!("I15: {id} never ends: {:?}", view.head.step));
        }
        if batch.lines.len() != view.lines.len() {
            self.findings.push(format!("I15: {id} shows other lines"));
        }
        for (line, shown) in batch.lines.iter().zip(&view.lines) {
            let Some(outcome) = shown.outcome else {
                let line = format!("I15: a line of {id} has no outcome");
                self.findings.push(line);
                continue;
            };
            self.coverage.saw("void outcome", outcome);
            let wrong = wrong_outcome(batch, line, outcome, payments, truth);
            if let Some(wrong) = wrong {
                let reference = &shown.reference;
                let line = format!("I15: {reference} in {id} is told {outcome:?}: {wrong}");
                self.findings.push(line);
            }
        }
    }
}

fn told(story: &[Entry]) -> Vec<Told<'_>> {
    let mut batches: BTreeMap<BatchId, Told<'_>> = BTreeMap::new();
    for entry in story {
        let Fact::Shop(ShopEvent::Void { batch, event }) = &entry.fact else {
            continue;
        };
        match event {
            VoidEvent::Asked {
                by, reason, lines, ..
            } => {
                let told = Told {
                    id: *batch,
                    seq: entry.seq,
                    by,
                    reason,
                    lines,
                    resumed: 0,
                    is_stopped: false,
                    finished: None,
                };
                batches.insert(*batch, told);
            }
            VoidEvent::Resumed { .. } => {
                if let Some(told) = batches.get_mut(batch) {
                    told.resumed += 1;
                }
            }
            VoidEvent::Stopped { .. } => {
                if let Some(told) = batches.get_mut(batch) {
                    told.is_stopped = true;
                }
            }
            VoidEvent::Finished => {
                if let Some(told) = batches.get_mut(batch) {
                    told.finished.get_or_insert(entry.seq);
                }
            }
            VoidEvent::Paused { .. } | VoidEvent::LeftoverRead { .. } => {}
        }
    }
    batches.into_values().collect()
}

/// I10: each wish of a batch comes after the batch, with its reason; I15: once for each of its lines.
fn check_asked(
    batches: &[Told<'_>],
    asked: &[(u64, BatchId, PaymentId, String)],
    story: &[Entry],
    findings: &mut Findings,
) {
    let mut times: BTreeMap<(BatchId, PaymentId), u32> = BTreeMap::new();
    for (seq, id, payment, reason) in asked {
        *times.entry((*id, *payment)).or_default() += 1;
        let Some(batch) = batches.iter().find(|batch| batch.id == *id) else {
            findings.push(format!(
                "I10: {payment} was withdrawn by {id}, which nobody asked for"
            ));
            continue;
        };
        if *seq < batch.seq || reason.is_empty() || !reason.starts_with(batch.reason) {
            findings.push(format!(
                "I10: {payment} was withdrawn before {id} was durable"
            ));
        }
        let is_of = |line: &VoidLine| match &line.target {
            VoidTarget::Payment { id, .. } => id == payment && line.verdict.is_tried(),
            VoidTarget::Leftover { .. } | VoidTarget::Nothing => false,
        };
        if !batch.lines.iter().any(is_of) {
            findings.push(format!(
                "I15: {payment} is none of what {id} was to withdraw"
            ));
        }
    }
    for ((id, payment), count) in times.iter().filter(|(_, count)| **count > 1) {
        findings.push(format!(
            "I15: {payment} was withdrawn {count} times by {id}"
        ));
    }
    let mut leftovers: BTreeMap<(BatchId, &IntentId), usize> = BTreeMap::new();
    for entry in story {
        if let Fact::Shop(ShopEvent::LeftoverClosed {
            intent,
            batch: Some(id),
            ..
        }) = &entry.fact
        {
            *leftovers.entry((*id, intent)).or_default() += 1;
            let before = batches.iter().find(|batch| batch.id == *id);
            if before.is_none_or(|batch| batch.seq > entry.seq) {
                findings.push(format!(
                    "I10: {intent} was withdrawn before {id} was durable"
                ));
            }
        }
    }
    for ((id, intent), count) in leftovers {
        let resumed = batches.iter().find(|batch| batch.id == id);
        let resumed = resumed.map_or(0, |batch| batch.resumed);
        // After a crash a reading says whether it is to be asked for once more.
        if count > 1 + resumed {
            findings.push(format!("I15: {intent} was withdrawn {count} times by {id}"));
        }
    }
}

/// I11: it is a manager's, who had signed in with a PIN and not gone.
fn check_authority(batch: &Told<'_>, story: &[Entry], findings: &mut Findings) {
    let mut present: Option<StaffId> = None;
    for entry in story.iter().take_while(|entry| entry.seq < batch.seq) {
        if let Fact::Shop(ShopEvent::Staff { event }) = &entry.fact {
            match event {
                StaffEvent::SignedIn { id, verified } => present = verified.then_some(*id),
                StaffEvent::SignedOut { .. } => present = None,
                StaffEvent::Added { .. }
                | StaffEvent::Changed { .. }
                | StaffEvent::Removed { .. }
                | StaffEvent::PinSet { .. }
                | StaffEvent::PinRefused { .. }
                | StaffEvent::ApprovalGiven { .. }
                | StaffEvent::RulesChosen { .. } => {}
            }
        }
    }
    let is_authorised = match batch.by {
        Actor::Staff { id, role, .. } => *role == Role::Manager && present == Some(*id),
        Actor::Cashier { .. } | Actor::Till => false,
    };
    if !is_authorised {
        let (id, by) = (batch.id, batch.by);
        findings.push(format!(
            "I11: {id} is by {by:?}, and {present:?} had signed in"
        ));
    }
}

/// Whether what was paid with the key of one that was never seen is told as the money of another payment,
/// which was sent with the same key later.
fn is_anothers(payment: &Payment, payments: &[Payment], truth: &Truth) -> bool {
    let mut others = payments.iter().filter(|other| other.id != payment.id);
    payment.was_never_seen()
        && others.any(|other| {
            other.key == payment.key
                && other.account == payment.account
                && other.state.class() == Class::Paid
                && truth.is_charged(other)
        })
}

/// What is wrong with what a line is told to have become.
fn wrong_outcome(
    batch: &Told<'_>,
    line: &VoidLine,
    outcome: VoidOutcome,
    payments: &[Payment],
    truth: &Truth,
) -> Option<String> {
    if !line.verdict.is_tried() {
        return (outcome != VoidOutcome::NotTried).then(|| "nothing was to be done".to_owned());
    }
    match &line.target {
        VoidTarget::Payment { id, .. } => {
            let payment = payments.iter().find(|one| one.id == *id)?;
            let is_asked = payment.is_withdrawn_by(batch.id);
            match outcome {
                VoidOutcome::LeftAlone => (!batch.is_stopped).then(|| "it was skipped".to_owned()),
                // The cancel was taken, and the bank holds the money all the same: as long as it does,
                // nothing more can be said.
                VoidOutcome::UnderWay if payment.state == State::Authorised => None,
                VoidOutcome::Queued | VoidOutcome::UnderWay | VoidOutcome::NotTried => {
                    Some("that is no verdict".to_owned())
                }
                VoidOutcome::Cancelled => truth
                    .taken_of(payment)
                    .or_else(|| (!is_asked).then(|| "nobody asked for it".to_owned())),
                // Its key was free again, and what has it now is another payment of the order.
                VoidOutcome::OverBefore | VoidOutcome::OverUnpaid
                    if payment.key_is_free() || is_anothers(payment, payments, truth) =>
                {
                    None
                }
                VoidOutcome::OverBefore | VoidOutcome::OverUnpaid => truth.taken_of(payment),
                VoidOutcome::PaidBefore | VoidOutcome::PaidLate | VoidOutcome::Returned => {
                    let is_known = payment.by_hand || truth.is_charged(payment);
                    (!is_known).then(|| "nothing was charged".to_owned())
                }
                // Watched until it ends: where it stands is I14's business.
                VoidOutcome::StillTrying | VoidOutcome::NotKnown => {
                    let is_undecided = payment.state.is_open() || payment.is_contested();
                    (!is_undecided).then(|| format!("it is {:?}", payment.state))
                }
                VoidOutcome::NotDone => Some("it is a payment of this till".to_owned()),
            }
        }
        VoidTarget::Leftover {
            account, intent, ..
        } => match outcome {
            VoidOutcome::LeftAlone => (!batch.is_stopped).then(|| "it was skipped".to_owned()),
            VoidOutcome::Queued
            | VoidOutcome::UnderWay
            | VoidOutcome::NotTried
            | VoidOutcome::StillTrying
            | VoidOutcome::NotKnown
            | VoidOutcome::PaidLate => Some("that is no verdict".to_owned()),
            VoidOutcome::Cancelled | VoidOutcome::OverBefore | VoidOutcome::OverUnpaid => {
                truth.taken_of_leftover(system_of(account), intent)
            }
            // What it became later is nobody's of this batch.
            VoidOutcome::PaidBefore | VoidOutcome::Returned | VoidOutcome::NotDone => None,
        },
        VoidTarget::Nothing => Some("nothing has that name".to_owned()),
    }
}
