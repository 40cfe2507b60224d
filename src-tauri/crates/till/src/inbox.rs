//! What waits for somebody: payments of which nobody knows how they ended, and money that came where none
//! was expected. Each goes out of the list by itself when it is proved, or when a manager has decided.

use payment::record::Doubt;
use payment::{Act, Actor, Decision, Event, Payment, RefundRoute, State};

use crate::act::goes_back;
use crate::api::{
    ActInput, ActRequest, ApiError, Code, DecideRequest, InboxItemView, InboxMissing, InboxTask,
    InboxView, ListInboxRequest, PaymentView,
};
use crate::engine::drive::{Message, can_be_witnessed};
use crate::settings::bounded;
use crate::tell::{actor_name, time};
use crate::till::{Till, payment_id};
use crate::trouble::read_error;

/// Characters of why something was decided.
const REASON_LIMIT: usize = 200;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal cannot read.
    pub async fn list_inbox(&self, _: ListInboxRequest) -> Result<InboxView, ApiError> {
        let journal = &self.board.journal;
        let open = journal
            .open_payments()
            .map_err(|error| read_error(&error))?;
        let unexpected = journal
            .unexpected_payments()
            .map_err(|error| read_error(&error))?;
        let mut items = Vec::new();
        for payment in open.into_iter().chain(unexpected) {
            let payment = self.board.now(payment);
            if let Some(task) = self.task(&payment) {
                items.push(self.item(&payment, task)?);
            }
        }
        Ok(InboxView { items })
    }

    /// How many wait, for the rail.
    pub(crate) fn inbox_count(&self) -> Result<usize, ApiError> {
        let unexpected = self.board.journal.unexpected_payments();
        let unexpected = unexpected.map_err(|error| read_error(&error))?;
        let open = self.board.open_payments().into_iter();
        let waiting = open
            .chain(unexpected)
            .filter(|payment| self.task(payment).is_some());
        Ok(waiting.count())
    }

    /// What somebody has to do about it; `None`: nothing.
    fn task(&self, payment: &Payment) -> Option<InboxTask> {
        if payment.state == State::NotKnown {
            return Some(InboxTask::NotKnown);
        }
        if !payment.is_unexpected() {
            return None;
        }
        match payment.decided.as_ref().map(|decided| decided.decision) {
            Some(Decision::Keep) => None,
            // Where the system has no refund, whoever decided it has given it back.
            Some(Decision::GiveBack) => self.refund(payment).map(|_| InboxTask::GivingBack),
            None if payment.is_contested() => Some(InboxTask::Contested),
            None if payment.late => Some(InboxTask::Late),
            None => Some(InboxTask::PaidBeforeVoid),
        }
    }

    /// The way in which all that is left of it can go back, where its system has one.
    fn refund(&self, payment: &Payment) -> Option<RefundRoute> {
        let acts = self.board.acts(&payment.account).by(&payment.way);
        let is_paid = matches!(payment.state, State::Paid | State::PartlyRefunded);
        if !is_paid || payment.intent.is_none() || payment.by_hand {
            return None;
        }
        payment.returnable()?;
        acts.refund.first().copied()
    }

    fn item(&self, payment: &Payment, task: InboxTask) -> Result<InboxItemView, ApiError> {
        let summary = self.board.journal.summary(payment.id);
        let summary = summary
            .map_err(|error| read_error(&error))?
            .ok_or_else(|| ApiError::new(Code::PaymentUnknown))?;
        let PaymentView {
            telling,
            params,
            checked_at,
            ..
        } = self.board.view(payment)?;
        let acts = self.board.acts(&payment.account);
        let decided = payment.decided.as_ref();
        Ok(InboxItemView {
            row: self.board.row(&summary),
            task,
            channel: payment.way.channel(),
            telling,
            params,
            missing: missing(payment),
            tried_at: self.board.tried_at(payment.id).map(time),
            answered_at: checked_at,
            next_try_at: self.board.next_try_at(payment.id).map(time),
            can_witness: can_be_witnessed(payment, &acts),
            can_refund: self.refund(payment).is_some(),
            cancel_asked_by: payment
                .withdrawal
                .as_ref()
                .map(|withdrawal| actor_name(&withdrawal.by))
                .unwrap_or_default(),
            decided_by: decided
                .map(|decided| actor_name(&decided.by))
                .unwrap_or_default(),
            reason: decided
                .map(|decided| decided.reason.clone())
                .unwrap_or_default(),
            changed_at: time(summary.changed_at_ms),
        })
    }

    /// See [`crate::api::COMMANDS`]. Who decided and why is durable before anything goes back.
    ///
    /// # Errors
    /// [`Code::ReasonMissing`]; [`Code::TooLate`] where there is nothing to decide;
    /// [`Code::ActUnderWay`]; as [`Till::act_payment`].
    pub async fn decide_payment(&self, request: DecideRequest) -> Result<PaymentView, ApiError> {
        let id = payment_id(&request.payment)?;
        let reason = bounded(&request.reason, REASON_LIMIT)
            .map_err(|_| ApiError::new(Code::ReasonMissing))?;
        let payment = self.board.payment(id)?;
        match self.task(&payment) {
            Some(
                InboxTask::Late
                | InboxTask::PaidBeforeVoid
                | InboxTask::Contested
                | InboxTask::GivingBack,
            ) => {}
            Some(InboxTask::NotKnown) | None => return Err(ApiError::with(Code::TooLate, id)),
        }
        if payment.pending_act().is_some() {
            return Err(ApiError::with(Code::ActUnderWay, id));
        }
        let route = match request.decision {
            Decision::Keep => None,
            Decision::GiveBack => self.refund(&payment),
        };
        if let Some(route) = route {
            self.refuse_unrefundable(&payment, route)?;
        }
        self.write_decision(&payment, request.decision, &reason, &self.actor())
            .await?;
        self.tell_overview();
        match route {
            Some(route) => {
                let digits = String::new();
                let act = ActInput::Refund { digits, route };
                let payment = request.payment;
                self.act_payment(ActRequest { payment, act }).await
            }
            None => self.board.view(&self.board.payment(id)?),
        }
    }

    fn refuse_unrefundable(&self, payment: &Payment, route: RefundRoute) -> Result<(), ApiError> {
        let amount = goes_back(payment, "", true)?;
        let amount = payment.returnable().unwrap_or(amount);
        let acts = self.board.acts(&payment.account);
        let act = Act::Refund { amount, route };
        if payment.allows(&act, &acts) {
            Ok(())
        } else {
            Err(ApiError::with(Code::TooLate, payment.id))
        }
    }

    async fn write_decision(
        &self,
        payment: &Payment,
        decision: Decision,
        reason: &str,
        by: &Actor,
    ) -> Result<(), ApiError> {
        let message = |reply| Message::Note {
            event: Event::Decided {
                decision,
                reason: reason.to_owned(),
                by: by.clone(),
            },
            reply,
        };
        // A driver that was just ending did not hear it: the second time there is a new one.
        let said = match self.say_again(payment, message).await {
            Some(said) => Some(said),
            None => self.say_again(payment, message).await,
        };
        said.unwrap_or_else(|| Err(ApiError::with(Code::TooLate, payment.id)))
    }
}

/// Which answer is missing.
fn missing(payment: &Payment) -> InboxMissing {
    if payment.state != State::NotKnown {
        return InboxMissing::Decision;
    }
    match &payment.doubt {
        Some(Doubt::OtherAmount { .. }) => InboxMissing::Amount,
        Some(Doubt::Unconfirmed) => InboxMissing::End,
        Some(Doubt::Unseen) if payment.intent.is_none() => InboxMissing::Name,
        Some(Doubt::AnswerLost { .. } | Doubt::Interrupted) if payment.intent.is_none() => {
            InboxMissing::Create
        }
        Some(Doubt::AnswerLost { .. } | Doubt::Interrupted | Doubt::Unseen) | None => {
            InboxMissing::Reading
        }
    }
}
