//! The commands about batches.

use std::sync::Arc;
use std::time::Duration;

use money::Money;
use payment::{BatchId, ShopEvent, Verdict, VoidEvent, VoidLine, VoidRules};

use super::batch::{Batch, Status};
use super::find::Plan;
use super::list::REFERENCE_MAX;
use super::plan::sums;
use crate::api::{
    ApiError, ChooseVoidRulesRequest, Code, ListVoidsRequest, MoneyView, OverviewRequest,
    OverviewView, PlanVoidRequest, StartVoidRequest, SteerVoidRequest, VerdictCountView,
    VoidHeadView, VoidPlanView, VoidRequest, VoidView, VoidWish, VoidsView,
};
use crate::elsewhere::{MINUTES_MAX, MINUTES_MIN};
use crate::settings::bounded;
use crate::till::Till;

/// Characters of a reason.
const REASON_LIMIT: usize = 60;

/// Characters of a note.
const NOTE_LIMIT: usize = 200;

/// Reasons to choose from.
const REASONS_LIMIT: usize = 20;

/// Batches of a list.
const LISTED_MAX: usize = 100;

impl Till {
    /// See [`crate::api::COMMANDS`]. Asks providers only for what stands open there, and only where a
    /// choice may be about that.
    ///
    /// # Errors
    /// What is wrong with a list; [`Code::PaymentUnknown`]; [`Code::AmountTooLarge`] where the sum is
    /// beyond what the till handles.
    pub async fn plan_void(&self, request: PlanVoidRequest) -> Result<VoidPlanView, ApiError> {
        let mut plan = self.find(request.choice).await?;
        for line in &mut plan.lines {
            line.given = line.given.chars().take(REFERENCE_MAX).collect();
        }
        let id = self.new_batch_id();
        let view = self.plan_view(id, &plan)?;
        self.board.voids.keep_plan(id, plan);
        Ok(view)
    }

    /// How many lines of a dry run something would be done about, and what they amount to: for whoever is to
    /// approve it. Nothing where it is not remembered, which [`Till::start_void`] says.
    pub(crate) fn planned_sums(&self, plan: &str) -> Result<(u32, Vec<Money>), ApiError> {
        let id = batch_id(plan)?;
        let tried: Vec<VoidLine> = {
            let books = self.board.voids.lock();
            let plan = books.plans.iter().find(|(known, _)| *known == id);
            let lines = plan.map(|(_, plan)| plan.lines.as_slice());
            let tried = lines.unwrap_or_default().iter();
            tried
                .filter(|line| line.verdict.is_tried())
                .cloned()
                .collect()
        };
        let mut amounts = Vec::new();
        for line in &tried {
            amounts.extend(self.amount(line)?);
        }
        let sums = sums(amounts.into_iter())
            .map_err(|error| ApiError::with(Code::AmountTooLarge, error))?;
        Ok((count(tried.len()), sums))
    }

    fn plan_view(&self, id: BatchId, plan: &Plan) -> Result<VoidPlanView, ApiError> {
        let tried = plan.lines.iter().filter(|line| line.verdict.is_tried());
        let mut amounts = Vec::new();
        for line in tried {
            amounts.extend(self.amount(line)?);
        }
        let sums = sums(amounts.iter().copied())
            .map_err(|error| ApiError::with(Code::AmountTooLarge, error))?;
        let counts = Verdict::ALL.map(|verdict| VerdictCountView {
            verdict,
            count: count(
                plan.lines
                    .iter()
                    .filter(|line| line.verdict == verdict)
                    .count(),
            ),
        });
        let rules = self.board.shop().void_rules.clone();
        let lines: Result<Vec<_>, ApiError> =
            plan.lines.iter().map(|line| self.planned(line)).collect();
        Ok(VoidPlanView {
            plan: id.to_string(),
            lines: lines?,
            counts: counts.into_iter().filter(|one| one.count > 0).collect(),
            tried: count(amounts.len()),
            sums: sums.into_iter().map(MoneyView::from).collect(),
            repeated: count(plan.repeated),
            unasked: plan.unasked.clone(),
            column: plan.column.clone(),
            encoding: plan.encoding.to_owned(),
            undo_ms: rules.undo_ms,
            reasons: rules.reasons,
        })
    }

    /// See [`crate::api::COMMANDS`]. The batch is durable when this returns; nothing is sent before the
    /// time to undo it is over.
    ///
    /// # Errors
    /// [`Code::VoidReason`], [`Code::NameTooLong`] for the note, [`Code::VoidPlanGone`],
    /// [`Code::VoidNothing`]; what the journal refuses.
    pub async fn start_void(&self, request: StartVoidRequest) -> Result<VoidView, ApiError> {
        let reason = bounded(&request.reason, REASON_LIMIT)
            .map_err(|error| ApiError::with(Code::VoidReason, error))?;
        let note = match request.note.trim() {
            "" => String::new(),
            note => bounded(note, NOTE_LIMIT)?,
        };
        let id = batch_id(&request.plan)?;
        self.board.refuse_if_troubled().await?;
        let plan = self.board.voids.take_plan(id);
        let plan = plan.ok_or_else(|| ApiError::new(Code::VoidPlanGone))?;
        if !plan.lines.iter().any(|line| line.verdict.is_tried()) {
            return Err(ApiError::new(Code::VoidNothing));
        }
        let undo_ms = self.board.shop().void_rules.undo_ms;
        let event = VoidEvent::Asked {
            by: self.actor(),
            reason,
            note,
            undo_ms,
            lines: plan.lines,
        };
        self.board
            .write_shop(ShopEvent::Void { batch: id, event })
            .await?;
        self.run(id, Some(Duration::from_millis(undo_ms)));
        self.view_void(id)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::VoidUnknown`].
    pub async fn show_void(&self, request: VoidRequest) -> Result<VoidView, ApiError> {
        self.view_void(batch_id(&request.batch)?)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal cannot read.
    pub async fn list_voids(&self, _: ListVoidsRequest) -> Result<VoidsView, ApiError> {
        let ids: Vec<BatchId> = {
            let books = self.board.voids.lock();
            books
                .batches
                .keys()
                .rev()
                .take(LISTED_MAX)
                .copied()
                .collect()
        };
        let rows: Result<Vec<VoidHeadView>, ApiError> =
            ids.into_iter().map(|id| self.void_head(id)).collect();
        Ok(VoidsView { rows: rows? })
    }

    /// See [`crate::api::COMMANDS`]. To go on also takes up a batch that the till left when it stopped.
    ///
    /// # Errors
    /// [`Code::VoidUnknown`]; [`Code::TooLate`] where it is over; what the journal refuses.
    pub async fn steer_void(&self, request: SteerVoidRequest) -> Result<VoidHeadView, ApiError> {
        let id = batch_id(&request.batch)?;
        let by = self.actor();
        let event = match (self.batch(id)?.status, request.wish) {
            (Status::Stopped | Status::Finished, _) => return Err(ApiError::new(Code::TooLate)),
            (Status::Going, VoidWish::Pause) => Some(VoidEvent::Paused { by }),
            (Status::Going | Status::Paused, VoidWish::Stop) => Some(VoidEvent::Stopped { by }),
            (Status::Going | Status::Paused, VoidWish::Resume) => Some(VoidEvent::Resumed { by }),
            (Status::Paused, VoidWish::Pause) => None,
        };
        if let Some(event) = event {
            self.board
                .write_shop(ShopEvent::Void { batch: id, event })
                .await?;
        }
        if request.wish == VoidWish::Resume {
            self.run(id, None);
        }
        self.tell_void(id);
        self.void_head(id)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::VoidReason`] for a reason that is none; [`Code::BadRequest`] for a time that is too long.
    pub async fn choose_void_rules(
        &self,
        request: ChooseVoidRulesRequest,
    ) -> Result<OverviewView, ApiError> {
        let undo_ms = u64::from(request.undo_s).saturating_mul(1_000);
        let minutes = request.close_links_after_min;
        let is_offered = |minutes: u32| (MINUTES_MIN..=MINUTES_MAX).contains(&minutes);
        if undo_ms > VoidRules::UNDO_MS_MAX
            || request.reasons.len() > REASONS_LIMIT
            || !minutes.is_none_or(is_offered)
        {
            return Err(ApiError::new(Code::BadRequest));
        }
        let reasons: Result<Vec<String>, ApiError> = request
            .reasons
            .iter()
            .map(|reason| {
                bounded(reason, REASON_LIMIT)
                    .map_err(|error| ApiError::with(Code::VoidReason, error))
            })
            .collect();
        let rules = VoidRules {
            undo_ms,
            reasons: reasons?,
            close_links_after_min: minutes,
        };
        self.board
            .write_shop(ShopEvent::VoidRulesChosen { rules })
            .await?;
        self.overview(OverviewRequest {}).await
    }

    /// A batch as it is now.
    pub(super) fn batch(&self, id: BatchId) -> Result<Arc<Batch>, ApiError> {
        let books = self.board.voids.lock();
        let batch = books.batches.get(&id).map(Arc::clone);
        batch.ok_or_else(|| ApiError::new(Code::VoidUnknown))
    }

    pub(crate) fn new_batch_id(&self) -> BatchId {
        let payment = self.new_payment_id(self.board.clock.now_ms());
        BatchId::from_uuid(payment.uuid())
    }
}

pub(super) fn batch_id(text: &str) -> Result<BatchId, ApiError> {
    text.parse().map_err(|_| ApiError::new(Code::VoidUnknown))
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
