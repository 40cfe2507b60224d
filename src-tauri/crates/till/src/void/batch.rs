//! A batch as its facts make it, and what has become of each of its lines. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Entry, Fact};
use payment::record::Cancel;
use payment::{
    Actor, BatchId, Class, Payment, ShopEvent, Standing, State, Verdict, VoidEvent, VoidLine,
    VoidTarget,
};

use crate::api::VoidOutcome;

/// How far the will of people has brought a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is to go on.
    Going,
    /// Not before somebody says so.
    Paused,
    /// Never.
    Stopped,
    /// Every line has begun.
    Finished,
}

/// What is known of a line that is none of this till's payments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftoverSeen {
    /// Its cancel is durable, and may have been sent.
    pub asked_at_ms: Option<i64>,
    /// The last reading that was answered, and whether it came after the cancel.
    pub read: Option<(Standing, bool)>,
    /// When.
    pub read_at_ms: Option<i64>,
    /// The last try to read it failed.
    pub unread: bool,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub id: BatchId,
    pub by: Actor,
    pub reason: String,
    pub note: String,
    pub asked_at_ms: i64,
    pub undo_ms: u64,
    pub lines: Vec<VoidLine>,
    pub status: Status,
    /// Who paused, stopped or resumed it last.
    pub steered_by: Option<Actor>,
    /// By line.
    pub leftovers: BTreeMap<usize, LeftoverSeen>,
}

impl Batch {
    /// The words of the reason, with the note.
    pub(crate) fn why(&self) -> String {
        if self.note.is_empty() {
            self.reason.clone()
        } else {
            format!("{}: {}", self.reason, self.note)
        }
    }

    /// Takes a fact in.
    pub(crate) fn apply(&mut self, event: &VoidEvent, at_ms: i64) {
        let is_over = matches!(self.status, Status::Stopped | Status::Finished);
        match event {
            VoidEvent::Asked { .. } => {}
            VoidEvent::Paused { by } if !is_over => {
                self.status = Status::Paused;
                self.steered_by = Some(by.clone());
            }
            VoidEvent::Resumed { by } if !is_over => {
                self.status = Status::Going;
                self.steered_by = Some(by.clone());
            }
            VoidEvent::Stopped { by } if !is_over => {
                self.status = Status::Stopped;
                self.steered_by = Some(by.clone());
            }
            VoidEvent::Finished if !is_over => self.status = Status::Finished,
            VoidEvent::Paused { .. }
            | VoidEvent::Resumed { .. }
            | VoidEvent::Stopped { .. }
            | VoidEvent::Finished => {}
            VoidEvent::LeftoverRead {
                line,
                standing,
                asked,
            } => {
                let index = usize::try_from(*line).unwrap_or(usize::MAX);
                let seen = self.leftovers.entry(index).or_default();
                seen.unread = standing.is_none();
                if let Some(standing) = standing {
                    seen.read = Some((*standing, *asked));
                    seen.read_at_ms = Some(at_ms);
                }
            }
        }
    }

    /// Whether it has a line about one that was made elsewhere.
    pub(crate) fn is_about(
        &self,
        account: &payment::AccountId,
        intent: &payment::IntentId,
    ) -> bool {
        self.leftover(account, intent).is_some()
    }

    fn leftover(&self, account: &payment::AccountId, intent: &payment::IntentId) -> Option<usize> {
        self.lines.iter().position(|line| match &line.target {
            VoidTarget::Leftover {
                account: of,
                intent: named,
                ..
            } => of == account && named == intent,
            VoidTarget::Payment { .. } | VoidTarget::Nothing => false,
        })
    }

    fn leftover_asked(
        &mut self,
        account: &payment::AccountId,
        intent: &payment::IntentId,
        at_ms: i64,
    ) {
        if let Some(index) = self.leftover(account, intent) {
            self.leftovers.entry(index).or_default().asked_at_ms = Some(at_ms);
        }
    }
}

/// Every batch that a journal tells of.
pub(crate) fn batches(entries: &[Entry]) -> BTreeMap<BatchId, Arc<Batch>> {
    let mut batches = BTreeMap::new();
    for entry in entries {
        if let Fact::Shop(event) = &entry.fact {
            take_in(&mut batches, event, entry.at_ms);
        }
    }
    batches
}

/// Takes a fact of the shop in, if it is about a batch.
pub(crate) fn take_in(batches: &mut BTreeMap<BatchId, Arc<Batch>>, event: &ShopEvent, at_ms: i64) {
    match event {
        ShopEvent::Void { batch, event } => {
            if let Some(known) = batches.get_mut(batch) {
                Arc::make_mut(known).apply(event, at_ms);
            } else if let Some(asked) = asked(*batch, event, at_ms) {
                batches.insert(*batch, Arc::new(asked));
            }
        }
        ShopEvent::LeftoverClosed {
            account,
            intent,
            batch: Some(batch),
            ..
        } => {
            if let Some(known) = batches.get_mut(batch) {
                Arc::make_mut(known).leftover_asked(account, intent, at_ms);
            }
        }
        ShopEvent::LeftoverClosed { batch: None, .. }
        | ShopEvent::AccountSaved { .. }
        | ShopEvent::AccountRemoved { .. }
        | ShopEvent::LookChosen { .. }
        | ShopEvent::Staff { .. }
        | ShopEvent::VoidRulesChosen { .. }
        | ShopEvent::LettersChosen { .. }
        | ShopEvent::Letter { .. }
        | ShopEvent::DayClosed { .. }
        | ShopEvent::CashierNamed { .. } => {}
    }
}

fn asked(id: BatchId, event: &VoidEvent, at_ms: i64) -> Option<Batch> {
    let VoidEvent::Asked {
        by,
        reason,
        note,
        undo_ms,
        lines,
    } = event
    else {
        return None;
    };
    Some(Batch {
        id,
        by: by.clone(),
        reason: reason.clone(),
        note: note.clone(),
        asked_at_ms: at_ms,
        undo_ms: *undo_ms,
        lines: lines.clone(),
        status: Status::Going,
        steered_by: None,
        leftovers: BTreeMap::new(),
    })
}

/// What has become of a line that is one of this till's payments, as it stands now.
pub(crate) fn outcome(batch: &Batch, verdict: Verdict, payment: &Payment) -> VoidOutcome {
    if !verdict.is_tried() {
        return VoidOutcome::NotTried;
    }
    let is_asked = payment.is_withdrawn_by(batch.id);
    match payment.state.class() {
        Class::Paid => match payment.state {
            State::PartlyRefunded | State::Refunded => VoidOutcome::Returned,
            State::Paid if payment.late => VoidOutcome::PaidLate,
            State::Paid
            | State::Saved
            | State::Sending
            | State::Waiting
            | State::Processing
            | State::NeedsCashier
            | State::Authorised
            | State::NotKnown
            | State::Failed
            | State::Declined
            | State::Expired
            | State::Cancelled => VoidOutcome::PaidBefore,
        },
        Class::Unpaid if payment.is_contested() => VoidOutcome::NotKnown,
        Class::Unpaid if !is_asked => VoidOutcome::OverBefore,
        Class::Unpaid if payment.state == State::Cancelled => VoidOutcome::Cancelled,
        Class::Unpaid => VoidOutcome::OverUnpaid,
        Class::Open if !is_asked => match batch.status {
            Status::Stopped | Status::Finished => VoidOutcome::LeftAlone,
            Status::Going | Status::Paused => VoidOutcome::Queued,
        },
        Class::Open if payment.state == State::NotKnown => VoidOutcome::NotKnown,
        Class::Open if payment.unreachable || payment.cancel == Cancel::Unanswered => {
            VoidOutcome::StillTrying
        }
        Class::Open => VoidOutcome::UnderWay,
    }
}

/// The same for one that is none of this till's.
pub(crate) fn leftover_outcome(batch: &Batch, line: usize) -> VoidOutcome {
    let seen = batch.leftovers.get(&line).copied().unwrap_or_default();
    let over = match seen.read {
        Some((Standing::Paid, _)) => Some(VoidOutcome::PaidBefore),
        Some((Standing::PartlyRefunded | Standing::Refunded, _)) => Some(VoidOutcome::Returned),
        Some((Standing::Cancelled, true)) => Some(VoidOutcome::Cancelled),
        Some((Standing::Cancelled | Standing::Declined | Standing::Expired, false)) => {
            Some(VoidOutcome::OverBefore)
        }
        Some((Standing::Declined | Standing::Expired, true)) => Some(VoidOutcome::OverUnpaid),
        Some((
            Standing::Waiting
            | Standing::Processing
            | Standing::NeedsCashier
            | Standing::Authorised
            | Standing::Unconfirmed
            | Standing::Unrecognised,
            _,
        ))
        | None => None,
    };
    let is_open_after_cancel = matches!(seen.read, Some((_, true)));
    over.unwrap_or(match (seen.asked_at_ms, batch.status) {
        (Some(_), _) if is_open_after_cancel || seen.unread => VoidOutcome::NotDone,
        (Some(_), Status::Finished | Status::Stopped) => VoidOutcome::NotDone,
        (Some(_), Status::Going | Status::Paused) => VoidOutcome::UnderWay,
        (None, _) if seen.unread => VoidOutcome::NotDone,
        (None, Status::Stopped | Status::Finished) => VoidOutcome::LeftAlone,
        (None, Status::Going | Status::Paused) => VoidOutcome::Queued,
    })
}
