//! What of a provider's list is this till's own. By name and by reference, and over payments too: what
//! this till sold yesterday was not made elsewhere.

use std::collections::BTreeSet;

use journal::{Cursor, Elsewhere, Filter, Journal, ReadError, Scope, Search, Summary, Word};
use payment::{AccountId, IdempotencyKey, IntentId, Listed, OrderRef, Payment};

use crate::typed::quarter_of;
use crate::void::order_of;

/// Rows of one look into the journal.
const ROWS: usize = 500;

/// So many payments in a row that are too old, and no more are expected: a clock may have been set back,
/// but not for that many.
const OLDER_MAX: usize = 1_000;

/// This computer's clock may be ahead of theirs, though not by more. Milliseconds.
const CLOCK_MS: i64 = 24 * 60 * 60 * 1_000;

/// A list, and how to tell whose its rows are.
pub(super) struct Ours<'a> {
    pub journal: &'a Journal,
    pub account: &'a AccountId,
    /// The reference of a payment that was made with a key.
    pub reference_of: &'a dyn Fn(&IdempotencyKey) -> String,
    pub since_ms: i64,
}

impl Ours<'_> {
    /// The rows that no payment of this till is. Blocks for some looks into the journal a row.
    pub(super) fn without_ours(&self, listed: Vec<Listed>) -> Result<Vec<Listed>, ReadError> {
        let mut rest = Vec::new();
        let mut is_any_new = false;
        for one in listed {
            if self.is_of_its_order(&one)? || self.is_named(&one.intent)? {
                continue;
            }
            is_any_new |= self.kept(&one.intent).is_none();
            rest.push(one);
        }
        // Where a system does not take a reference as it is, and the name was never answered, only the
        // keys tell. What was not ours the last time is not ours now: a key is written before it is sent.
        if is_any_new {
            let references = self.references()?;
            rest.retain(|one| !references.contains(&one.reference));
        }
        Ok(rest)
    }

    fn kept(&self, intent: &IntentId) -> Option<Elsewhere> {
        self.journal.elsewhere(self.account, intent)
    }

    /// By the order that its reference names.
    fn is_of_its_order(&self, one: &Listed) -> Result<bool, ReadError> {
        let names = BTreeSet::from([one.reference.as_str(), order_of(&one.reference)]);
        for name in names {
            let Ok(order) = OrderRef::new(name) else {
                continue;
            };
            let payments = self.journal.payments_of(&order)?;
            if payments.iter().any(|payment| self.is(payment, one)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is(&self, payment: &Payment, one: &Listed) -> bool {
        payment.account == *self.account
            && (payment.intent.as_ref() == Some(&one.intent)
                || (self.reference_of)(&payment.key) == one.reference)
    }

    /// By the provider's name, which the index of the history has.
    fn is_named(&self, intent: &IntentId) -> Result<bool, ReadError> {
        let search = Search {
            words: vec![Word {
                text: intent.to_string(),
                ..Word::default()
            }],
            scope: Scope::All,
            quarter_of,
        };
        let page = self.journal.search(&search, None, ROWS)?;
        let is_it = |row: &Summary| {
            row.payment.account == *self.account && row.payment.intent.as_ref() == Some(intent)
        };
        Ok(page.rows.iter().any(is_it))
    }

    /// The references of all payments that the list can have.
    fn references(&self) -> Result<BTreeSet<String>, ReadError> {
        let since_ms = self.since_ms.saturating_sub(CLOCK_MS);
        let (mut references, mut older) = (BTreeSet::new(), 0_usize);
        let mut before: Option<Cursor> = None;
        loop {
            let rows = self.journal.recent(&Filter::All, before, ROWS)?;
            for row in &rows {
                let is_old = row.requested_at_ms < since_ms;
                older = if is_old { older.saturating_add(1) } else { 0 };
                if row.payment.account == *self.account {
                    references.insert((self.reference_of)(&row.payment.key));
                }
            }
            before = rows.last().map(|row| row.cursor);
            if rows.len() < ROWS || older > OLDER_MAX {
                return Ok(references);
            }
        }
    }
}
