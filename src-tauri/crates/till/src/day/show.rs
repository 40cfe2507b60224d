//! A report as it is drawn: tables that are sums of the finest parts, and the heights of the bars. Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use money::{Currency, Money};
use payment::{DayClose, DayKey, DayLine, DaySum};

use super::count::by;
use crate::api::{
    DayBarView, DayBlockView, DayCheckView, DayHeadView, DayOpenView, DayRowView, DaySumView,
    DayView, DayVoidView, MoneyView,
};
use crate::tell::{actor_name, time};

/// Days of the chart.
const DAYS_SHOWN: usize = 28;

/// How many of the last days of the same name make what is usual.
const USUAL_DAYS: usize = 5;

/// Until so many hours after midnight it is the evening before: for the name of a day, and on its chart.
const NIGHT_HOURS: u8 = 4;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// The height of a whole chart.
const WHOLE: i64 = 1_000;

/// What a report is drawn from.
pub(super) struct Report<'a> {
    pub close: &'a DayClose,
    pub is_closed: bool,
    pub blocked: Vec<DayBlockView>,
    /// Every day that was closed, oldest first.
    pub closes: &'a [DayClose],
    pub zone: &'a TimeZone,
}

/// Real money and practice money, by currency: what may be added up.
type Purse = (bool, Currency);

pub(super) fn view(report: Report<'_>) -> DayView {
    let Report {
        close,
        is_closed,
        blocked,
        closes,
        zone,
    } = report;
    let lines = &close.totals.lines;
    let totals = by(lines, |key| (key.practice, key.currency));
    // With nothing taken yet the chart is of what was taken last.
    let earlier = closes.iter().rev().flat_map(|close| &close.totals.lines);
    let purse = totals.keys().next().copied();
    let purse = purse.or_else(|| earlier.map(|line| purse_of(&line.key)).next());
    let before: Vec<&DayClose> = closes
        .iter()
        .filter(|one| one.number < close.number)
        .collect();
    DayView {
        number: close.number,
        closed: is_closed,
        from: close.from,
        to: close.to,
        opened_at: (close.to >= close.from).then(|| time(close.opened_at_ms)),
        at: time(close.closed_at_ms),
        date: date(close.closed_at_ms, zone).date().to_string(),
        by: actor_name(&close.by),
        totals: totals
            .into_iter()
            .map(|((practice, currency), sum)| {
                row(
                    currency.code().to_owned(),
                    String::new(),
                    (practice, currency),
                    sum,
                )
            })
            .collect(),
        accounts: table(lines, |key| (key.account_name.clone(), String::new())),
        terminals: table(lines, |key| {
            if key.place.is_empty() {
                (key.account_name.clone(), String::new())
            } else {
                (key.place.clone(), key.account_name.clone())
            }
        }),
        cashiers: table(lines, |key| (key.cashier.clone(), String::new())),
        voids: voids(close),
        blocked,
        carried: carried(close),
        checks: checks(close),
        read_again: count(close.read_again),
        unread: count(close.unread),
        hours: purse.map_or_else(Vec::new, |purse| hours(close, &before, purse, zone)),
        days: purse.map_or_else(Vec::new, |purse| {
            days(close, is_closed, &before, purse, zone)
        }),
        head: close.head.clone(),
        public_key: close.public_key.clone(),
        signature: close.signature.clone(),
        replaced: close.replaced,
    }
}

/// A day of the list.
pub(super) fn head(close: &DayClose) -> DayHeadView {
    let totals = by(&close.totals.lines, |key| (key.practice, key.currency));
    let is_practice = !totals.is_empty() && totals.keys().all(|(practice, _)| *practice);
    let shown = totals
        .into_iter()
        .filter(|((practice, _), _)| *practice == is_practice);
    DayHeadView {
        number: close.number,
        closed_at: time(close.closed_at_ms),
        by: actor_name(&close.by),
        sums: shown
            .map(|((_, currency), sum)| amount(sum.net_minor(), currency))
            .collect(),
        practice: is_practice,
    }
}

fn purse_of(key: &DayKey) -> Purse {
    (key.practice, key.currency)
}

/// Rows of one table, real money first. Two currencies are never one row.
fn table(lines: &[DayLine], name: impl Fn(&DayKey) -> (String, String)) -> Vec<DayRowView> {
    by(lines, |key| (purse_of(key), name(key)))
        .into_iter()
        .map(|((purse, (name, under)), sum)| row(name, under, purse, sum))
        .collect()
}

fn row(name: String, under: String, (practice, currency): Purse, sum: DaySum) -> DayRowView {
    DayRowView {
        name,
        under,
        practice,
        sum: DaySumView {
            taken: count(sum.taken),
            taken_sum: amount(sum.taken_minor, currency),
            returned: count(sum.returned),
            returned_sum: amount(sum.returned_minor, currency),
            net_sum: amount(sum.net_minor(), currency),
            voided: count(sum.voided),
            voided_sum: amount(sum.voided_minor, currency),
            unpaid: count(sum.unpaid),
        },
    }
}

fn voids(close: &DayClose) -> Vec<DayVoidView> {
    let voids = close.totals.voids.iter().map(|void| DayVoidView {
        reason: void.reason.clone(),
        by: void.by.clone(),
        practice: void.practice,
        count: count(void.count),
        sum: amount(void.minor, void.currency),
    });
    voids.collect()
}

fn carried(close: &DayClose) -> Vec<DayOpenView> {
    let carried = close.totals.open.iter().filter(|open| !open.kind.blocks());
    carried
        .map(|open| DayOpenView {
            kind: open.kind,
            practice: open.practice,
            count: count(open.count),
            sum: amount(open.minor, open.currency),
        })
        .collect()
}

fn checks(close: &DayClose) -> Vec<DayCheckView> {
    let checks = close.checks.iter().map(|check| DayCheckView {
        account_name: check.account_name.clone(),
        outcome: check.outcome,
        count: count(check.count),
    });
    checks.collect()
}

/// From the first hour in which anything was taken, today or usually, to the last: those after midnight are
/// the end of the day.
fn hours(close: &DayClose, before: &[&DayClose], purse: Purse, zone: &TimeZone) -> Vec<DayBarView> {
    let now = of_day(by_hour(close, purse));
    let usual = of_day(usual(close, before, purse, zone));
    let mut all = now.keys().chain(usual.keys()).copied();
    let Some(first) = all.next() else {
        return Vec::new();
    };
    let (first, last) = all.fold((first, first), |(first, last), hour| {
        (first.min(hour), last.max(hour))
    });
    let highest = now.values().chain(usual.values()).copied().max();
    let highest = highest.unwrap_or(0);
    (first..=last)
        .map(|hour| {
            let minor = now.get(&hour).copied().unwrap_or(0);
            let on_the_wall = hour.saturating_add(NIGHT_HOURS) % 24;
            DayBarView {
                label: format!("{on_the_wall:02}"),
                sum: amount(minor, purse.1),
                height: height(minor, highest),
                usual: usual.get(&hour).map(|minor| height(*minor, highest)),
                now: false,
            }
        })
        .collect()
}

/// By how many hours after the night.
fn of_day(hours: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    let late = 24_u8.saturating_sub(NIGHT_HOURS);
    hours
        .into_iter()
        .map(|(hour, minor)| (hour.saturating_add(late) % 24, minor))
        .collect()
}

fn by_hour(close: &DayClose, purse: Purse) -> BTreeMap<u8, i64> {
    let mut hours: BTreeMap<u8, i64> = BTreeMap::new();
    for one in &close.totals.hours {
        if (one.practice, one.currency) == purse {
            let known = hours.entry(one.hour).or_default();
            *known = known.saturating_add(one.minor);
        }
    }
    hours
}

/// The mean of the last days with the same name of the week.
fn usual(
    close: &DayClose,
    before: &[&DayClose],
    purse: Purse,
    zone: &TimeZone,
) -> BTreeMap<u8, i64> {
    let weekday = date(close.closed_at_ms, zone).weekday();
    let same = before.iter().rev();
    let same: Vec<&&DayClose> = same
        .filter(|one| date(one.closed_at_ms, zone).weekday() == weekday)
        .take(USUAL_DAYS)
        .collect();
    let Ok(days) = i64::try_from(same.len()) else {
        return BTreeMap::new();
    };
    let mut sums: BTreeMap<u8, i64> = BTreeMap::new();
    for (hour, minor) in same.into_iter().flat_map(|one| by_hour(one, purse)) {
        let known = sums.entry(hour).or_default();
        *known = known.saturating_add(minor);
    }
    let mean = |sum: i64| sum.checked_div(days).unwrap_or(0);
    sums.into_iter()
        .map(|(hour, sum)| (hour, mean(sum)))
        .collect()
}

fn days(
    close: &DayClose,
    is_closed: bool,
    before: &[&DayClose],
    purse: Purse,
    zone: &TimeZone,
) -> Vec<DayBarView> {
    let skipped = before.len().saturating_sub(DAYS_SHOWN.saturating_sub(1));
    let shown: Vec<&DayClose> = before
        .iter()
        .skip(skipped)
        .copied()
        .chain([close])
        .collect();
    let taken = |close: &DayClose| {
        let totals = by(&close.totals.lines, purse_of);
        totals.get(&purse).map_or(0, |sum| sum.taken_minor)
    };
    let highest = shown.iter().map(|close| taken(close)).max().unwrap_or(0);
    shown
        .into_iter()
        .map(|one| DayBarView {
            label: date(one.closed_at_ms, zone).date().to_string(),
            sum: amount(taken(one), purse.1),
            height: height(taken(one), highest),
            usual: None,
            now: !is_closed && one.number == close.number,
        })
        .collect()
}

/// The day on the calendar on the wall.
fn date(at_ms: i64, zone: &TimeZone) -> Zoned {
    let night_ms = i64::from(NIGHT_HOURS).saturating_mul(HOUR_MS);
    let at = Timestamp::from_millisecond(at_ms.saturating_sub(night_ms));
    at.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
}

/// In thousandths, rounded down; what was taken at all can be seen.
fn height(minor: i64, highest: i64) -> u32 {
    let part = minor.max(0).saturating_mul(WHOLE).checked_div(highest);
    let part = u32::try_from(part.unwrap_or(0)).unwrap_or(0);
    if minor > 0 { part.max(4) } else { 0 }
}

/// An amount that may be below zero, or beyond what one payment may have: both only in sums.
fn amount(minor: i64, currency: Currency) -> MoneyView {
    let size = i64::try_from(minor.unsigned_abs()).unwrap_or(i64::MAX);
    let mut view = match Money::new(size, currency) {
        Ok(amount) => MoneyView::from(amount),
        Err(_) => large(size, currency),
    };
    if minor < 0 {
        view.minor = minor;
        view.major = format!("−{}", view.major);
        view.text = format!("−{}", view.text);
    }
    view
}

fn large(minor: i64, currency: Currency) -> MoneyView {
    let per_major = currency.minor_per_major();
    let major = minor.checked_div(per_major).unwrap_or(minor).to_string();
    let part = minor.checked_rem(per_major).unwrap_or(0);
    let width = currency.exponent();
    let fraction = if width == 0 {
        String::new()
    } else {
        format!("{part:0width$}")
    };
    let point = if width == 0 { "" } else { "." };
    MoneyView {
        minor,
        currency: currency.code().to_owned(),
        symbol: currency.symbol().to_owned(),
        text: format!("{}{major}{point}{fraction}", currency.symbol()),
        major,
        fraction,
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_may_be_below_zero_or_beyond_one_payment() {
        let text = |minor, currency| amount(minor, currency).text;
        assert_eq!(text(118_000, Currency::Mxn), "MX$1,180.00");
        assert_eq!(text(-118_000, Currency::Mxn), "−MX$1,180.00");
        assert_eq!(text(1_000_000_000_001, Currency::Mxn), "MX$10000000000.01");
        assert!(text(i64::MIN, Currency::Mxn).starts_with('−'));
    }

    /// Hours as the clock on the wall names them, in the order of the day.
    #[test]
    fn what_is_taken_after_midnight_is_the_end_of_the_evening_and_of_its_chart() {
        let hour = |hour| payment::DayHour {
            practice: false,
            currency: Currency::Mxn,
            hour,
            count: 1,
            minor: 100,
        };
        let closed_at_ms = "2026-11-22T01:30:00Z".parse::<Timestamp>();
        let close = DayClose {
            number: 1,
            from: 1,
            to: 9,
            opened_at_ms: 0,
            closed_at_ms: closed_at_ms.unwrap().as_millisecond(),
            by: payment::Actor::Till,
            totals: payment::DayTotals {
                hours: vec![hour(1), hour(22)],
                ..payment::DayTotals::default()
            },
            checks: Vec::new(),
            read_again: 0,
            unread: 0,
            head: String::new(),
            public_key: None,
            signature: None,
            replaced: false,
        };
        let purse = (false, Currency::Mxn);
        let bars = hours(&close, &[], purse, &TimeZone::UTC);
        let labels: Vec<&str> = bars.iter().map(|bar| bar.label.as_str()).collect();
        assert_eq!(labels, ["22", "23", "00", "01"]);
        let view = view(Report {
            close: &close,
            is_closed: true,
            blocked: Vec::new(),
            closes: &[],
            zone: &TimeZone::UTC,
        });
        assert_eq!(view.date, "2026-11-21");
        let days = days(&close, true, &[], purse, &TimeZone::UTC);
        assert_eq!(days[0].label, view.date, "the heading and the chart agree");
    }

    #[test]
    fn the_highest_bar_is_the_chart_and_what_was_taken_is_seen() {
        assert_eq!(height(500, 500), 1_000);
        assert_eq!(height(250, 500), 500);
        assert_eq!(height(1, 1_000_000), 4);
        assert_eq!(height(0, 0), 0);
        assert_eq!(height(-5, 500), 0);
    }
}
