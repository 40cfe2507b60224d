//! Lists: their limit, their cursors and their filters
//! (docs.leanrails.com/api-reference/paymentintents/list-paymentintents).

use serde_json::{Value, json};

use super::Generation;
use super::choices::LeanRailsOrder;
use super::failure::Failure;
use super::intent::{read_id, wire_id};
use super::wire::Writing;
use crate::message::{Received, whole_number};

const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    Intents,
    Charges,
    Refunds,
}

impl Listed {
    const fn url(self) -> &'static str {
        match self {
            Self::Intents => "/v1/payment_intents",
            Self::Charges => "/v1/charges",
            Self::Refunds => "/v1/refunds",
        }
    }

    /// The filters that there are besides the limit and the cursors. Any other is not read in the
    /// first generation and 400 in the later one.
    const fn filters(self, generation: Generation) -> &'static [&'static str] {
        match (self, generation) {
            (Self::Intents, Generation::Json) | (Self::Refunds, Generation::Form) => &[],
            (Self::Intents, Generation::Form) => &["customer"],
            (Self::Charges | Self::Refunds, Generation::Json) => &["payment_intent"],
            (Self::Charges, Generation::Form) => &["customer", "payment_intent"],
        }
    }
}

/// One entry of a list before it is cut to a page.
struct Entry {
    id: String,
    body: Value,
}

impl Writing<'_> {
    /// The page of a list that a query asks for.
    pub(super) fn list(
        &self,
        listed: Listed,
        received: &Received,
        now_ms: u64,
    ) -> Result<Value, Failure> {
        const CURSORS: [&str; 2] = ["starting_after", "ending_before"];
        let query = received.query();
        let filters = listed.filters(self.generation);
        if self.generation == Generation::Form {
            let is_known =
                |name: &str| name == "limit" || CURSORS.contains(&name) || filters.contains(&name);
            if let Some(name) = query.keys().find(|name| !is_known(name)) {
                let message = format!("Received unknown parameter: {name}");
                return Err(Failure::invalid(name, message));
            }
        }
        let limit = whole_number(&query, "limit", LIMIT_DEFAULT, 1..=LIMIT_MAX);
        let limit = limit.map_err(|message| Failure::invalid("limit", message))?;
        let wanted = |name: &str| {
            let is_filter = filters.contains(&name);
            query.get(name).filter(|_| is_filter).map(String::as_str)
        };
        let mut entries =
            self.entries(listed, wanted("payment_intent"), wanted("customer"), now_ms);
        if self.books.settings.lean_rails.list_order == LeanRailsOrder::NewestFirst {
            entries.reverse();
        }
        let [after, before] = CURSORS.map(|name| query.get(name));
        let (page, has_more) = match (after, before) {
            (Some(_), Some(_)) => {
                let message = "starting_after and ending_before exclude each other.";
                return Err(Failure::invalid("ending_before", message));
            }
            (Some(after), None) => {
                let at = position(&entries, after, "starting_after")?;
                first(entries.split_off(at.saturating_add(1)), limit)
            }
            (None, Some(before)) => {
                let at = position(&entries, before, "ending_before")?;
                entries.truncate(at);
                let has_more = entries.len() > limit;
                let page = entries.split_off(entries.len().saturating_sub(limit));
                (page, has_more)
            }
            (None, None) => first(entries, limit),
        };
        Ok(self.envelope(listed, page, has_more))
    }

    fn envelope(&self, listed: Listed, page: Vec<Entry>, has_more: bool) -> Value {
        let last = page.last().map(|entry| entry.id.clone());
        let data: Vec<_> = page.into_iter().map(|entry| entry.body).collect();
        match self.generation {
            Generation::Json => json!({
                "object": "list",
                "data": data,
                "has_more": has_more,
                "url": listed.url(),
                "next_cursor": last.filter(|_| has_more),
            }),
            Generation::Form => json!({
                "object": "list",
                "data": data,
                "has_more": has_more,
                "url": listed.url(),
            }),
        }
    }

    /// Everything that passes the filters, oldest first.
    fn entries(
        &self,
        listed: Listed,
        intent: Option<&str>,
        customer: Option<&str>,
        now_ms: u64,
    ) -> Vec<Entry> {
        let all: Vec<Entry> = match listed {
            Listed::Intents => {
                let intents = self.books.lean_rails.in_order().into_iter();
                let visible = intents.filter(|one| one.is_visible(now_ms, &self.books.settings));
                let entries = visible.map(|one| Entry {
                    id: wire_id("pi", one.id),
                    body: self.intent(one, true),
                });
                entries.collect()
            }
            Listed::Charges => {
                let charges = self.charges(now_ms);
                let entries = charges.iter().map(|one| Entry {
                    id: one.id.clone(),
                    body: self.charge(one),
                });
                entries.collect()
            }
            Listed::Refunds => {
                let refunds = self.books.refunds_in_order().into_iter();
                let entries = refunds.map(|one| Entry {
                    id: self.refund_id(one.id),
                    body: self.refund(one),
                });
                entries.collect()
            }
        };
        let has = |entry: &Entry, name: &str, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| entry.body.get(name).and_then(Value::as_str) == Some(wanted))
        };
        let wanted = all
            .into_iter()
            .filter(|one| has(one, "payment_intent", intent) && has(one, "customer", customer));
        wanted.collect()
    }

    /// One charge by its id.
    pub(super) fn charge_with_id(&self, id: &str, now_ms: u64) -> Option<Value> {
        let charges = self.charges(now_ms);
        let found = charges.iter().find(|charge| charge.id == id)?;
        Some(self.charge(found))
    }

    /// One refund by its id.
    pub(super) fn refund_with_id(&self, id: &str) -> Option<Value> {
        let id = read_id(self.generation.refund_word(), id)?;
        let refund = self.books.lean_rails.refunds.get(&id)?;
        Some(self.refund(refund))
    }
}

fn first(mut entries: Vec<Entry>, limit: usize) -> (Vec<Entry>, bool) {
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    (entries, has_more)
}

fn position(entries: &[Entry], id: &str, name: &str) -> Result<usize, Failure> {
    let found = entries.iter().position(|entry| entry.id == id);
    found.ok_or_else(|| Failure::invalid(name, format!("No such object: '{id}'.")))
}
