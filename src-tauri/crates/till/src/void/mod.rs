//! Withdrawing several payments at once: the manager's void.
//!
//! `list` reads references, [`plan`] is the dry run and [`batch`] what became of each line: all three are
//! pure. `find` looks up what a reference may be, `run` asks for one line after the other to be withdrawn,
//! by the very way one cancel goes ([`crate::Till::withdraw`]), and `desk` has the commands.
//!
//! A batch is durable before anything is sent. What became of a line is not written a second time: it is
//! where its payment stands, by the payment's own facts.

mod batch;
mod desk;
mod find;
mod leftover;
mod list;
mod paper;
mod plan;
mod proof;
mod run;
mod show;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use payment::{AccountId, Actor, BatchId, IntentId, ShopEvent};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::changes::Changes;
use batch::Batch;
use find::Plan;
use show::Over;

pub(crate) use plan::order_of;

/// Dry runs that are remembered.
const PLANS_KEPT: usize = 4;

/// The batches of a till.
pub(crate) struct Voids {
    books: Mutex<Books>,
    /// Grows with every change of somebody's will.
    steered: Changes,
}

#[derive(Default)]
struct Books {
    batches: BTreeMap<BatchId, Arc<Batch>>,
    plans: VecDeque<(BatchId, Plan)>,
    /// Those that a task of this till sees through.
    running: BTreeMap<BatchId, AbortHandle>,
    /// Until when they can be undone.
    undo_until: BTreeMap<BatchId, Instant>,
    /// When the lines of the batch that is shown were over: a screen asks for hundreds several times a
    /// second, and each is a look into the journal.
    over: Over,
}

impl Voids {
    /// The batches that a journal tells of.
    pub(crate) fn of(entries: &[journal::Entry]) -> Self {
        let books = Books {
            batches: batch::batches(entries),
            ..Books::default()
        };
        Self {
            books: Mutex::new(books),
            steered: Changes::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a fact that is durable.
    pub(crate) fn take_in(&self, event: &ShopEvent, at_ms: i64) {
        batch::take_in(&mut self.lock().batches, event, at_ms);
        self.steered.tell();
    }

    /// Stops every batch where it stands, as a killed process would.
    pub(crate) fn stop(&self) {
        for task in std::mem::take(&mut self.lock().running).into_values() {
            task.abort();
        }
    }

    /// The batches that are to go on or wait for somebody: begun and not finished.
    pub(crate) fn unfinished(&self) -> BTreeSet<BatchId> {
        let books = self.lock();
        let batches = books.batches.iter();
        batches
            .filter(|(_, batch)| match batch.status {
                batch::Status::Going | batch::Status::Paused => true,
                batch::Status::Stopped | batch::Status::Finished => false,
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// How often the till itself began to close one that was made elsewhere.
    pub(crate) fn tries_by_till(&self, account: &AccountId, intent: &IntentId) -> usize {
        let books = self.lock();
        let by_till = books
            .batches
            .values()
            .filter(|batch| batch.by == Actor::Till);
        by_till
            .filter(|batch| batch.is_about(account, intent))
            .count()
    }

    /// Whether a batch that is under way withdraws one that was made elsewhere.
    pub(crate) fn is_under_way(&self, account: &AccountId, intent: &IntentId) -> bool {
        let books = self.lock();
        let mut running = books.running.keys().filter_map(|id| books.batches.get(id));
        running.any(|batch| batch.is_about(account, intent))
    }

    fn keep_plan(&self, id: BatchId, plan: Plan) {
        let mut books = self.lock();
        books.plans.push_back((id, plan));
        while books.plans.len() > PLANS_KEPT {
            books.plans.pop_front();
        }
    }

    /// A dry run is started once: two presses make one batch.
    fn take_plan(&self, id: BatchId) -> Option<Plan> {
        let mut books = self.lock();
        let index = books.plans.iter().position(|(known, _)| *known == id)?;
        books.plans.remove(index).map(|(_, plan)| plan)
    }
}
