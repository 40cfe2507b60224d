//! What was made elsewhere: payments and links that another till, a web shop or somebody at the
//! provider's own pages made, back-filled from each provider's list where it has one.
//!
//! They are shown among this till's payments and can be withdrawn by the void desk, and nothing else:
//! no fact is made of them ([`journal::Elsewhere`] says why). `refresh` reads the lists, `ours` tells
//! what is this till's own, `show` draws them, [`pace`] says when an account is read again. What
//! stands open there for too long is closed by `closing`, where the shop says so; [`due`] is the rule.

mod closing;
mod due;
mod ours;
mod pace;
mod refresh;
mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use payment::AccountId;
use tokio::task::AbortHandle;

use pace::Pace;

pub(crate) use due::{MINUTES_MAX, MINUTES_MIN};
pub(crate) use show::{Both, Pages, Row, merge};

use crate::api::Code;

/// What is known of an account's list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// When it was read last. Milliseconds since 1970 UTC.
    pub read_at_ms: Option<i64>,
    /// Why it could not be read the last time, and what was said about that.
    pub problem: Option<(Code, String)>,
    /// It is being read.
    pub looking: bool,
    pub pace: Pace,
}

/// What is known of every account's list. It goes with the program: the rows do not.
#[derive(Default)]
pub(crate) struct Books {
    readings: Mutex<BTreeMap<AccountId, Reading>>,
    task: Mutex<Option<AbortHandle>>,
}

impl Books {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountId, Reading>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn task(&self) -> MutexGuard<'_, Option<AbortHandle>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops reading where it stands, as a killed process would.
    pub(crate) fn stop(&self) {
        if let Some(task) = self.task().take() {
            task.abort();
        }
    }

    /// Another address or key: what was said of the last one says nothing of this one.
    pub(crate) fn forget(&self, account: &AccountId) {
        self.lock().remove(account);
    }
}
