//! `POST /payment-intents/search` (docs.dojo.tech/api/v3/bundled.json, list all payment intents).

use serde::Deserialize;
use serde_json::{Value, json};

use super::intent::Intent;
use super::problem::Refused;
use super::wire::{object, parse_id, time_ms, wire_id};
use super::{Dojo, DojoOrder};
use crate::message::Received;
use crate::{IntentId, Settings};

const STATUSES: [&str; 6] = [
    "Created",
    "Authorized",
    "Captured",
    "Reversed",
    "Refunded",
    "Canceled",
];
const LIMIT_OR: usize = 50;
const LIMIT_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireSearch {
    statuses: Option<Vec<String>>,
    start_date: Option<String>,
    end_date: Option<String>,
    cursor: Option<WireCursor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCursor {
    limit: Option<usize>,
    before: Option<String>,
    after: Option<String>,
}

/// What a search asks for; both dates are included.
pub(super) struct Search {
    statuses: Vec<String>,
    from_ms: u64,
    until_ms: u64,
    limit: usize,
    before: Option<IntentId>,
    after: Option<IntentId>,
}

pub(super) fn asked(received: &Received) -> Result<Search, Refused> {
    let body = |told: String| Refused::invalid("Body", told);
    received.fields().map_err(body)?;
    let bytes = received.body.as_deref().unwrap_or_default();
    let wire: WireSearch = serde_json::from_slice(bytes)
        .map_err(|_| body("a field of the search is unknown or of another type".to_owned()))?;
    let statuses = wire.statuses.unwrap_or_default();
    if statuses
        .iter()
        .any(|word| !STATUSES.contains(&word.as_str()))
    {
        return Err(Refused::invalid(
            "Statuses",
            "statuses has an unknown status",
        ));
    }
    let cursor = wire.cursor;
    let limit = cursor
        .as_ref()
        .and_then(|cursor| cursor.limit)
        .unwrap_or(LIMIT_OR);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Refused::invalid("Limit", "limit must be from 1 to 100"));
    }
    let (before, after) = cursor.map_or((None, None), |cursor| (cursor.before, cursor.after));
    if before.is_some() && after.is_some() {
        let sentence = "before and after are mutually exclusive";
        return Err(Refused::invalid("Cursor", sentence));
    }
    let place = |text: Option<String>| match text {
        None => Ok(None),
        Some(text) => match parse_id(&text) {
            Some(id) => Ok(Some(id)),
            None => Err(Refused::invalid(
                "Cursor",
                "this is not a cursor of a search",
            )),
        },
    };
    let from = wire.start_date.map(|at| time_ms("StartDate", &at));
    let until = wire.end_date.map(|at| time_ms("EndDate", &at));
    Ok(Search {
        statuses,
        from_ms: from.transpose()?.unwrap_or(0),
        until_ms: until.transpose()?.unwrap_or(u64::MAX),
        limit,
        before: place(before)?,
        after: place(after)?,
    })
}

impl Search {
    fn wants(&self, intent: &Intent, now_ms: u64, settings: &Settings) -> bool {
        let Some(status) = intent.status(now_ms, settings) else {
            return false;
        };
        let is_named = self.statuses.iter().any(|word| word == status.word());
        intent.is_visible(now_ms, settings)
            && (self.statuses.is_empty() || is_named)
            && (self.from_ms..=self.until_ms).contains(&intent.created_at_ms)
    }

    /// One page. A cursor is the id of the intent at its edge, and only there where more follows.
    pub(super) fn answer(&self, dojo: &Dojo, now_ms: u64, settings: &Settings) -> Value {
        let wanted = |intent: &&Intent| self.wants(intent, now_ms, settings);
        let mut found: Vec<&Intent> = dojo.intents.in_order().iter().filter(wanted).collect();
        match settings.dojo_order {
            DojoOrder::NewestFirst => found.reverse(),
            DojoOrder::OldestFirst => {}
        }
        let place = |id: IntentId| found.iter().position(|intent| intent.id == id);
        let first = match (self.after, self.before) {
            (Some(after), _) => place(after).map_or(found.len(), |at| at.saturating_add(1)),
            (None, Some(before)) => place(before).unwrap_or(0).saturating_sub(self.limit),
            (None, None) => 0,
        };
        let end = match self.before {
            Some(before) => place(before).unwrap_or(0),
            None => first.saturating_add(self.limit).min(found.len()),
        };
        let page = found.get(first..end).unwrap_or_default();
        let edge = |intent: Option<&&Intent>| intent.map(|intent| wire_id(intent.id));
        let objects = page
            .iter()
            .filter_map(|intent| object(intent, dojo, now_ms, settings));
        json!({
            "data": objects.collect::<Vec<_>>(),
            "before": edge(page.first()).filter(|_| first > 0),
            "after": edge(page.last()).filter(|_| end < found.len()),
        })
    }
}
