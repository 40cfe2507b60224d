//! The list: its filters, its orders, its pages (docs.one2pays.com/docs/reference/payments/list).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::payment::{Method, Payment, Status};
use super::wire::{Invalid, PaymentBody, about, success};
use crate::Settings;
use crate::links::{Details, Link};
use crate::message::{Answer, Received, page_of, timestamp, whole_number};

const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SortBy {
    Amount,
    Status,
    CreatedAt,
    ConfirmedAt,
    CapturedAt,
    ReferenceId,
}

/// Which payments a list asks for.
pub(super) struct Asked {
    page: usize,
    limit: usize,
    status: Option<Status>,
    method: Option<Method>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    sort_by: SortBy,
    ascending: bool,
}

impl Received {
    /// Reads the query of a list.
    pub(super) fn asked_payments(&self) -> Result<Asked, Invalid> {
        let query = self.query();
        let page = whole_number(&query, "page", 1, 1..=usize::MAX);
        let limit = whole_number(&query, "limit", LIMIT_DEFAULT, 1..=LIMIT_MAX);
        let statuses = Status::LISTED.map(|status| (status.word(), status));
        let methods = [
            ("promptpay", Method::PromptPay),
            ("bank_transfer", Method::BankTransfer),
        ];
        let orders = [
            ("amount", SortBy::Amount),
            ("status", SortBy::Status),
            ("createdAt", SortBy::CreatedAt),
            ("confirmedAt", SortBy::ConfirmedAt),
            ("capturedAt", SortBy::CapturedAt),
            ("referenceId", SortBy::ReferenceId),
        ];
        let ways = [("asc", true), ("desc", false)];
        Ok(Asked {
            page: about("page", page)?,
            limit: about("limit", limit)?,
            status: word(&query, "status", &statuses)?,
            method: word(&query, "paymentMethod", &methods)?,
            from: time(&query, "dateFrom")?,
            to: time(&query, "dateTo")?,
            sort_by: word(&query, "sortBy", &orders)?.unwrap_or(SortBy::CreatedAt),
            ascending: word(&query, "sortOrder", &ways)?.unwrap_or(false),
        })
    }
}

/// A parameter that must be one of some words.
fn word<T: Copy>(
    query: &BTreeMap<String, String>,
    name: &'static str,
    words: &[(&str, T)],
) -> Result<Option<T>, Invalid> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let meant = words.iter().find(|(word, _)| word == text);
    match meant {
        Some((_, meant)) => Ok(Some(*meant)),
        None => about(name, Err(format!("{name} is not one of the known words"))),
    }
}

fn time(
    query: &BTreeMap<String, String>,
    name: &'static str,
) -> Result<Option<Timestamp>, Invalid> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let read = text.parse().map(Some);
    about(
        name,
        read.map_err(|_| format!("{name} must be an ISO 8601 time with its zone")),
    )
}

impl Asked {
    fn wants(&self, link: &Link, payment: &Payment, now_ms: u64) -> bool {
        let status = payment.status_of(link, now_ms);
        let created = timestamp(link.created_at_ms);
        self.status.is_none_or(|wanted| wanted == status)
            && self.method.is_none_or(|wanted| wanted == payment.method)
            && self.from.is_none_or(|from| created >= from)
            && self.to.is_none_or(|to| created <= to)
    }

    /// The order asked for; those that are alike in it stay in the order of creation.
    fn order(&self, one: &Link, other: &Link, now_ms: u64) -> Ordering {
        let by = match self.sort_by {
            SortBy::Amount => one.asked.amount.minor().cmp(&other.asked.amount.minor()),
            SortBy::Status => one.word(now_ms).cmp(other.word(now_ms)),
            SortBy::CreatedAt => one.created_at_ms.cmp(&other.created_at_ms),
            SortBy::ConfirmedAt => one.confirmed_at_ms.cmp(&other.confirmed_at_ms),
            SortBy::CapturedAt => one.captured_at_ms.cmp(&other.captured_at_ms),
            SortBy::ReferenceId => one.asked.reference.cmp(&other.asked.reference),
        };
        let by = by.then(one.number.cmp(&other.number));
        if self.ascending { by } else { by.reverse() }
    }

    /// One page of these links.
    pub(super) fn answer(&self, links: Vec<&Link>, now_ms: u64, settings: &Settings) -> Answer {
        let mut wanted: Vec<_> = links
            .into_iter()
            .filter(|link| match &link.asked.details {
                Details::One2Pays(payment) => self.wants(link, payment, now_ms),
                Details::Compago(_) => false,
            })
            .collect();
        wanted.sort_by(|one, other| self.order(one, other, now_ms));
        let total = wanted.len();
        let shown = page_of(wanted, self.page, self.limit).into_iter();
        let data = shown.filter_map(|link| PaymentBody::of(link, now_ms, settings));
        success(&ListBody {
            data: data.collect(),
            total,
            page: self.page,
            limit: self.limit,
            total_pages: total.div_ceil(self.limit),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<'a> {
    data: Vec<PaymentBody<'a>>,
    total: usize,
    page: usize,
    limit: usize,
    total_pages: usize,
}
