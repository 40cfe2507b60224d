//! What the facts of a day say. Pure.
//!
//! A payment counts by what it adds: what is known of it at the end of the day less what was known at its
//! beginning. See [`payment::day`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::{Entry, Fact};
use money::{Currency, Money};
use payment::{
    Act, Channel, Class, DayHour, DayKey, DayLine, DayOpen, DaySum, DayTotals, DayVoid, Event,
    OpenKind, Payment, PaymentId, State,
};

use crate::tell::actor_name;

/// What people call the places of a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub practice: bool,
    pub account_name: String,
    /// The card machine; empty where there is none.
    pub place: String,
}

/// What of a payment is in the shop's hands, as far as is known: taken, and given back. Minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Worth {
    taken: i64,
    returned: i64,
}

impl Worth {
    fn of(payment: Option<&Payment>) -> Self {
        let Some(payment) = payment.filter(|payment| payment.state.class() == Class::Paid) else {
            return Self::default();
        };
        if payment.gives_back() {
            let returned = payment.amount.minor();
            return Self { taken: 0, returned };
        }
        let taken = payment.taken().minor();
        let said = payment.returned().map(Money::minor);
        let returned = if payment.state == State::Refunded {
            said.unwrap_or(taken)
        } else {
            said.unwrap_or(0)
        };
        Self { taken, returned }
    }
}

/// A payment that is not over, or from which money is on its way back.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub payment: Payment,
    pub kind: OpenKind,
    /// How much of it.
    pub amount: Money,
}

impl Open {
    /// Of a payment without an end.
    pub(crate) fn of(payment: Payment) -> Option<Self> {
        Some(Self {
            kind: open_kind(&payment)?,
            amount: payment.amount,
            payment,
        })
    }

    /// Of one that is over and has an act under way. A customer may be holding a card to the machine.
    pub(crate) fn acting(payment: Payment) -> Option<Self> {
        let amount = match &payment.pending_act()?.act {
            Act::Refund { amount, .. } => *amount,
            Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Reverse => payment.taken(),
        };
        let kind = if payment.is_on_machine() {
            OpenKind::Live
        } else {
            OpenKind::Refund
        };
        Some(Self {
            payment,
            kind,
            amount,
        })
    }
}

/// Why a payment that is open is open; `None` where it is over.
fn open_kind(payment: &Payment) -> Option<OpenKind> {
    let is_link = payment.way.channel() == Channel::Link;
    match payment.state {
        State::NotKnown => Some(OpenKind::NotKnown),
        State::Authorised => Some(OpenKind::Held),
        State::Waiting if is_link && !payment.cancel_asked() => Some(OpenKind::Link),
        State::Saved
        | State::Sending
        | State::Waiting
        | State::Processing
        | State::NeedsCashier => Some(OpenKind::Live),
        State::Failed
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Paid
        | State::PartlyRefunded
        | State::Refunded => None,
    }
}

/// The entries of some payments, put together by payment, each in its order.
pub(crate) fn stories(entries: Vec<Entry>) -> BTreeMap<PaymentId, Vec<Entry>> {
    let mut stories: BTreeMap<PaymentId, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        if let Fact::Payment { id, .. } = &entry.fact {
            stories.entry(*id).or_default().push(entry);
        }
    }
    stories
}

/// One payment over one day.
struct Turn {
    before: Option<Payment>,
    after: Payment,
    /// When it was first found paid in this day, by the till's clock.
    paid_at_ms: Option<i64>,
    /// Who asked last to withdraw it.
    withdrawn_by: String,
}

/// Goes through a payment's whole story; the day begins with entry `from`.
fn turn(story: &[Entry], from: u64) -> Option<Turn> {
    let mut before = None;
    let mut now: Option<Payment> = None;
    let mut paid_at_ms = None;
    let mut withdrawn_by = String::new();
    for entry in story {
        let Fact::Payment { event, .. } = &entry.fact else {
            continue;
        };
        if let Event::CancelAsked { by, .. } = event {
            withdrawn_by = actor_name(by);
        }
        let had = Worth::of(now.as_ref()).taken;
        now = payment::apply(now.as_ref(), event).ok().or(now);
        if entry.seq < from {
            before.clone_from(&now);
        } else if had == 0 && Worth::of(now.as_ref()).taken > 0 {
            paid_at_ms = paid_at_ms.or(Some(entry.at_ms));
        }
    }
    Some(Turn {
        before,
        after: now?,
        paid_at_ms,
        withdrawn_by,
    })
}

impl Turn {
    fn added(&self) -> Worth {
        let (before, after) = (
            Worth::of(self.before.as_ref()),
            Worth::of(Some(&self.after)),
        );
        Worth {
            taken: after.taken.saturating_sub(before.taken),
            returned: after.returned.saturating_sub(before.returned),
        }
    }

    /// Whether it came to this state in this day.
    fn became(&self, is_so: impl Fn(State) -> bool) -> bool {
        is_so(self.after.state) && !self.before.as_ref().is_some_and(|one| is_so(one.state))
    }

    fn is_voided(&self) -> bool {
        self.became(|state| state == State::Cancelled) && !self.after.gives_back()
    }

    fn sum(&self) -> DaySum {
        let added = self.added();
        let is_unpaid = |state| matches!(state, State::Failed | State::Declined | State::Expired);
        let was_paid = Worth::of(self.before.as_ref()).taken > 0;
        let is_paid = Worth::of(Some(&self.after)).taken > 0;
        DaySum {
            taken: u64::from(is_paid && !was_paid),
            taken_minor: added.taken,
            returned: u64::from(added.returned > 0),
            returned_minor: added.returned,
            voided: u64::from(self.is_voided()),
            voided_minor: if self.is_voided() {
                self.after.amount.minor()
            } else {
                0
            },
            unpaid: u64::from(self.became(is_unpaid)),
        }
    }
}

/// What a day says that begins with entry `from`: `stories` are the whole stories, up to the day's last
/// entry, of every payment that the day touches; `open` is what is open at its end.
pub(crate) fn count(
    stories: &BTreeMap<PaymentId, Vec<Entry>>,
    from: u64,
    open: &[Open],
    zone: &TimeZone,
    place: impl Fn(&Payment) -> Place,
) -> DayTotals {
    let mut lines: BTreeMap<DayKey, DaySum> = BTreeMap::new();
    let mut voids: BTreeMap<(bool, Currency, String, String), (u64, i64)> = BTreeMap::new();
    let mut hours: BTreeMap<(bool, Currency, u8), (u64, i64)> = BTreeMap::new();
    for turn in stories.values().filter_map(|story| turn(story, from)) {
        let payment = &turn.after;
        let Place {
            practice,
            account_name,
            place,
        } = place(payment);
        let currency = payment.amount.currency();
        let sum = turn.sum();
        if sum == DaySum::default() {
            continue;
        }
        if turn.is_voided() {
            let withdrawal = payment.withdrawal.as_ref();
            let reason = withdrawal.and_then(|one| one.reason.clone());
            let key = (
                practice,
                currency,
                reason.unwrap_or_default(),
                turn.withdrawn_by.clone(),
            );
            add(voids.entry(key).or_default(), sum.voided_minor);
        }
        if let Some(at_ms) = turn.paid_at_ms.filter(|_| sum.taken > 0) {
            let key = (practice, currency, hour(at_ms, zone));
            add(hours.entry(key).or_default(), sum.taken_minor);
        }
        let key = DayKey {
            practice,
            currency,
            account: payment.account.clone(),
            account_name,
            place,
            cashier: actor_name(&payment.by),
        };
        let known = lines.entry(key).or_default();
        *known = known.plus(sum);
    }
    DayTotals {
        lines: lines
            .into_iter()
            .map(|(key, sum)| DayLine { key, sum })
            .collect(),
        voids: void_lines(voids),
        hours: hour_lines(hours),
        open: carried(open, place),
    }
}

fn void_lines(voids: BTreeMap<(bool, Currency, String, String), (u64, i64)>) -> Vec<DayVoid> {
    voids
        .into_iter()
        .map(
            |((practice, currency, reason, by), (count, minor))| DayVoid {
                practice,
                currency,
                reason,
                by,
                count,
                minor,
            },
        )
        .collect()
}

fn hour_lines(hours: BTreeMap<(bool, Currency, u8), (u64, i64)>) -> Vec<DayHour> {
    hours
        .into_iter()
        .map(|((practice, currency, hour), (count, minor))| DayHour {
            practice,
            currency,
            hour,
            count,
            minor,
        })
        .collect()
}

fn carried(open: &[Open], place: impl Fn(&Payment) -> Place) -> Vec<DayOpen> {
    let mut kinds: BTreeMap<(bool, Currency, OpenKind), (u64, i64)> = BTreeMap::new();
    for one in open {
        let key = (
            place(&one.payment).practice,
            one.amount.currency(),
            one.kind,
        );
        add(kinds.entry(key).or_default(), one.amount.minor());
    }
    kinds
        .into_iter()
        .map(|((practice, currency, kind), (count, minor))| DayOpen {
            practice,
            currency,
            kind,
            count,
            minor,
        })
        .collect()
}

fn add((count, minor): &mut (u64, i64), more: i64) {
    *count = count.saturating_add(1);
    *minor = minor.saturating_add(more);
}

/// The hour on the clock on the wall.
fn hour(at_ms: i64, zone: &TimeZone) -> u8 {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    u8::try_from(at.to_zoned(zone.clone()).hour()).unwrap_or(0)
}

/// The sums of a report by any part of its lines' names. Every such table adds up to the whole.
pub(crate) fn by<Key: Ord>(
    lines: &[DayLine],
    key: impl Fn(&DayKey) -> Key,
) -> BTreeMap<Key, DaySum> {
    let mut sums: BTreeMap<Key, DaySum> = BTreeMap::new();
    for line in lines {
        let known = sums.entry(key(&line.key)).or_default();
        *known = known.plus(line.sum);
    }
    sums
}
