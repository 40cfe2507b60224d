//! Orders whose charge is being prepared: a second press would look for longer than the first
//! payment may live.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use payment::OrderRef;

use crate::api::{ApiError, Code};

/// The orders whose charge is being prepared.
#[derive(Debug, Default)]
pub(crate) struct Looking(Mutex<BTreeSet<OrderRef>>);

/// One of them, until this is dropped.
#[derive(Debug)]
pub(crate) struct LooksFor<'a>(&'a Looking, OrderRef);

impl Looking {
    fn orders(&self) -> MutexGuard<'_, BTreeSet<OrderRef>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// [`Code::OrderOpen`] where it is one already.
    pub(crate) fn begin(&self, order: &OrderRef) -> Result<LooksFor<'_>, ApiError> {
        if self.orders().insert(order.clone()) {
            Ok(LooksFor(self, order.clone()))
        } else {
            Err(ApiError::new(Code::OrderOpen))
        }
    }
}

impl Drop for LooksFor<'_> {
    fn drop(&mut self) {
        self.0.orders().remove(&self.1);
    }
}
