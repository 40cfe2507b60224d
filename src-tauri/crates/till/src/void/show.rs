//! Batches as they are shown.

use std::collections::BTreeMap;

use journal::Fact;
use money::Money;
use payment::{Actor, BatchId, Class, Event, Payment, PaymentId, State, VoidLine, VoidTarget};
use tokio::time::Instant;

use super::batch::{Batch, Status, leftover_outcome, outcome};
use super::desk::count;
use super::plan::sums;
use crate::api::{
    ApiError, Code, MoneyView, OutcomeCountView, VoidHeadView, VoidLineView, VoidOutcome, VoidStep,
    VoidView,
};
use crate::tell::{actor_name, time};
use crate::till::Till;
use crate::trouble::read_error;

/// When a batch asked for a payment, and when that was over.
type Times = (Option<String>, Option<String>);

/// The times of the lines of one batch that are over, with the state each was in and whether the batch had
/// asked for it.
#[derive(Debug, Default)]
pub(super) struct Over {
    batch: Option<BatchId>,
    lines: BTreeMap<PaymentId, ((State, bool), Times)>,
}

impl Over {
    fn of(batch: BatchId) -> Self {
        Self {
            batch: Some(batch),
            lines: BTreeMap::new(),
        }
    }
}

impl Till {
    pub(super) fn view_void(&self, id: BatchId) -> Result<VoidView, ApiError> {
        let batch = self.batch(id)?;
        let lines: Result<Vec<VoidLineView>, ApiError> = batch
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| self.line_view(&batch, index, line))
            .collect();
        Ok(VoidView {
            head: self.void_head(id)?,
            lines: lines?,
        })
    }

    pub(super) fn void_head(&self, id: BatchId) -> Result<VoidHeadView, ApiError> {
        let batch = self.batch(id)?;
        let mut counts: BTreeMap<VoidOutcome, u32> = BTreeMap::new();
        let mut withdrawn = Vec::new();
        let (mut tried, mut begun) = (0_u32, 0_u32);
        for (index, line) in batch.lines.iter().enumerate() {
            let outcome = self.outcome(&batch, index, line)?;
            let known = counts.entry(outcome).or_default();
            *known = known.saturating_add(1);
            if outcome == VoidOutcome::Cancelled {
                withdrawn.extend(self.amount(line)?);
            }
            if line.verdict.is_tried() {
                tried = tried.saturating_add(1);
                let waits = matches!(outcome, VoidOutcome::Queued | VoidOutcome::UnderWay);
                begun = begun.saturating_add(u32::from(!waits));
            }
        }
        let sums = sums(withdrawn.into_iter())
            .map_err(|error| ApiError::with(Code::AmountTooLarge, error))?;
        let (step, undo_left_ms) = self.step(&batch);
        Ok(VoidHeadView {
            batch: batch.id.to_string(),
            step,
            by: actor_name(&batch.by),
            by_till: batch.by == Actor::Till,
            reason: batch.reason.clone(),
            note: batch.note.clone(),
            asked_at: time(batch.asked_at_ms),
            undo_left_ms,
            total: count(batch.lines.len()),
            tried,
            begun,
            counts: counts
                .into_iter()
                .map(|(outcome, count)| OutcomeCountView { outcome, count })
                .collect(),
            sums: sums.into_iter().map(MoneyView::from).collect(),
        })
    }

    fn step(&self, batch: &Batch) -> (VoidStep, u64) {
        let books = self.board.voids.lock();
        let is_running = books.running.contains_key(&batch.id);
        let undo_until = books.undo_until.get(&batch.id).copied();
        let left = undo_until.map(|until| until.saturating_duration_since(Instant::now()));
        let left_ms = left.map_or(0, |left| {
            u64::try_from(left.as_millis()).unwrap_or(u64::MAX)
        });
        let step = match batch.status {
            Status::Finished => VoidStep::Finished,
            Status::Stopped => VoidStep::Stopped,
            Status::Paused if is_running => VoidStep::Paused,
            Status::Going if is_running && undo_until.is_some() => VoidStep::Undo,
            Status::Going if is_running => VoidStep::Running,
            Status::Going | Status::Paused => VoidStep::Interrupted,
        };
        let left_ms = if step == VoidStep::Undo { left_ms } else { 0 };
        (step, left_ms)
    }

    fn outcome(
        &self,
        batch: &Batch,
        index: usize,
        line: &VoidLine,
    ) -> Result<VoidOutcome, ApiError> {
        if !line.verdict.is_tried() {
            return Ok(VoidOutcome::NotTried);
        }
        Ok(match &line.target {
            VoidTarget::Payment { id, .. } => {
                let look = |payment: &Payment| outcome(batch, line.verdict, payment);
                self.board.look_at(*id, look)?
            }
            VoidTarget::Leftover { .. } => leftover_outcome(batch, index),
            VoidTarget::Nothing => VoidOutcome::NotTried,
        })
    }

    /// How much a line is about.
    pub(super) fn amount(&self, line: &VoidLine) -> Result<Option<Money>, ApiError> {
        Ok(match &line.target {
            VoidTarget::Payment { id, .. } => {
                Some(self.board.look_at(*id, |payment| payment.amount)?)
            }
            VoidTarget::Leftover { amount, .. } => Some(*amount),
            VoidTarget::Nothing => None,
        })
    }

    pub(crate) fn account_name(&self, id: &payment::AccountId) -> String {
        self.board
            .account(id)
            .map_or_else(|| id.to_string(), |account| account.name)
    }

    /// A line of a dry run.
    pub(super) fn planned(&self, line: &VoidLine) -> Result<VoidLineView, ApiError> {
        let nothing = VoidLineView {
            given: line.given.clone(),
            payment: None,
            reference: String::new(),
            amount: self.amount(line)?.map(MoneyView::from),
            account_name: String::new(),
            intent: String::new(),
            is_leftover: false,
            before: None,
            after: None,
            verdict: line.verdict,
            outcome: None,
            asked_at: None,
            ended_at: None,
        };
        Ok(match &line.target {
            VoidTarget::Payment { id, state } => {
                let payment = self.board.payment(*id)?;
                VoidLineView {
                    payment: Some(id.to_string()),
                    reference: payment.order.to_string(),
                    account_name: self.account_name(&payment.account),
                    intent: payment
                        .intent
                        .map(|intent| intent.to_string())
                        .unwrap_or_default(),
                    before: Some(*state),
                    ..nothing
                }
            }
            VoidTarget::Leftover {
                account,
                intent,
                reference,
                ..
            } => VoidLineView {
                reference: reference.clone(),
                account_name: self.account_name(account),
                intent: intent.to_string(),
                is_leftover: true,
                ..nothing
            },
            VoidTarget::Nothing => nothing,
        })
    }

    fn line_view(
        &self,
        batch: &Batch,
        index: usize,
        line: &VoidLine,
    ) -> Result<VoidLineView, ApiError> {
        let planned = self.planned(line)?;
        let outcome = Some(self.outcome(batch, index, line)?);
        Ok(match &line.target {
            VoidTarget::Payment { id, .. } => {
                let payment = self.board.payment(*id)?;
                let (asked_at, ended_at) = self.times(batch, &payment)?;
                VoidLineView {
                    after: Some(payment.state),
                    outcome,
                    asked_at,
                    ended_at,
                    ..planned
                }
            }
            VoidTarget::Leftover { .. } => {
                let seen = batch.leftovers.get(&index).copied().unwrap_or_default();
                VoidLineView {
                    outcome,
                    asked_at: seen.asked_at_ms.map(time),
                    ended_at: seen.read_at_ms.map(time),
                    ..planned
                }
            }
            VoidTarget::Nothing => VoidLineView { outcome, ..planned },
        })
    }

    /// When this batch asked for it, and when it was over.
    fn times(&self, batch: &Batch, payment: &Payment) -> Result<Times, ApiError> {
        let known = {
            let mut books = self.board.voids.lock();
            if books.over.batch != Some(batch.id) {
                books.over = Over::of(batch.id);
            }
            books.over.lines.get(&payment.id).cloned()
        };
        let stands = (payment.state, payment.is_withdrawn_by(batch.id));
        if let Some((_, times)) = known.filter(|(stood, _)| *stood == stands) {
            return Ok(times);
        }
        let times = self.read_times(batch, payment)?;
        if payment.state.class() != Class::Open {
            let mut books = self.board.voids.lock();
            if books.over.batch == Some(batch.id) {
                let line = (stands, times.clone());
                books.over.lines.insert(payment.id, line);
            }
        }
        Ok(times)
    }

    /// The same, by the payment's own facts.
    fn read_times(&self, batch: &Batch, payment: &Payment) -> Result<Times, ApiError> {
        let asked_at = if payment.is_withdrawn_by(batch.id) {
            self.asked_at(batch.id, payment.id)?.map(time)
        } else {
            None
        };
        let summary = self.board.journal.summary(payment.id);
        let summary = summary.map_err(|error| read_error(&error))?;
        let ended_at_ms = summary.and_then(|summary| summary.ended_at_ms);
        Ok((asked_at, ended_at_ms.map(time)))
    }

    fn asked_at(&self, id: BatchId, payment: PaymentId) -> Result<Option<i64>, ApiError> {
        let entries = self.board.journal.timeline(payment);
        let entries = entries.map_err(|error| read_error(&error))?;
        let is_ours = |fact: &Fact| {
            matches!(
                fact,
                Fact::Payment {
                    event: Event::CancelAsked {
                        batch: Some(batch),
                        ..
                    },
                    ..
                } if *batch == id
            )
        };
        let asked = entries.iter().find(|entry| is_ours(&entry.fact));
        Ok(asked.map(|entry| entry.at_ms))
    }
}
