//! A day of the till as it is counted and closed. Pure.
//!
//! What a day counts is decided by the order of the journal and by no clock: everything between the last
//! entry of the close before and the last entry of this one (invariant I22). A payment is counted by what
//! it adds: what is known of it at the end of the day less what was known at its beginning. So a payment
//! that turns paid after its day was closed is counted in the next one, nothing is counted twice, and all
//! days together are what all facts say.

use money::Currency;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::Actor;
use crate::ids::AccountId;

/// What belongs together in a report: the finest part of it. Every table of it is a sum of these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayKey {
    /// No real money: never added to what is.
    pub practice: bool,
    /// In which currency.
    pub currency: Currency,
    /// Through which account.
    pub account: AccountId,
    /// As people called it then.
    pub account_name: String,
    /// The card machine as people called it then; empty for a link or a card on file.
    pub place: String,
    /// Who asked for it.
    pub cashier: String,
}

/// Counts and sums, in minor units of one currency. A sum is below zero where the provider took back what
/// it had said before the day began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaySum {
    /// Payments that were taken.
    pub taken: u64,
    /// How much, tips and service charges included.
    pub taken_minor: i64,
    /// Payments of which something was given back, and returns without a payment.
    pub returned: u64,
    /// How much.
    pub returned_minor: i64,
    /// Payments that were withdrawn before anybody paid.
    pub voided: u64,
    /// For how much.
    pub voided_minor: i64,
    /// Payments that were declined, ran out or failed.
    pub unpaid: u64,
}

impl DaySum {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            taken: self.taken.saturating_add(other.taken),
            taken_minor: self.taken_minor.saturating_add(other.taken_minor),
            returned: self.returned.saturating_add(other.returned),
            returned_minor: self.returned_minor.saturating_add(other.returned_minor),
            voided: self.voided.saturating_add(other.voided),
            voided_minor: self.voided_minor.saturating_add(other.voided_minor),
            unpaid: self.unpaid.saturating_add(other.unpaid),
        }
    }

    /// What was taken less what was given back, minor units.
    #[must_use]
    pub const fn net_minor(self) -> i64 {
        self.taken_minor.saturating_sub(self.returned_minor)
    }
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayLine {
    /// Of what.
    pub key: DayKey,
    /// How much.
    pub sum: DaySum,
}

/// What was withdrawn for one reason by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayVoid {
    /// No real money.
    pub practice: bool,
    /// In which currency.
    pub currency: Currency,
    /// Why; empty where nobody said.
    pub reason: String,
    /// Who; empty for the till itself, a terminal or the provider.
    pub by: String,
    /// How many.
    pub count: u64,
    /// For how much, minor units.
    pub minor: i64,
}

/// What was taken in one hour of the shop's own day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayHour {
    /// No real money.
    pub practice: bool,
    /// In which currency.
    pub currency: Currency,
    /// From 0 to 23, where the till stands.
    pub hour: u8,
    /// How many payments.
    pub count: u64,
    /// How much, minor units.
    pub minor: i64,
}

/// Why a payment is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpenKind {
    /// Nobody knows whether money moved: the day cannot be closed.
    NotKnown,
    /// A card may be on its way: the day cannot be closed.
    Live,
    /// A link that its customer may still pay. It is counted on the day it is paid.
    Link,
    /// Held, not taken. It is counted on the day it is taken.
    Held,
    /// Money that is on its way back, or of which nobody knows. It is counted once a reading shows it.
    Refund,
}

impl OpenKind {
    /// Every kind, for tables and texts.
    pub const ALL: [Self; 5] = [
        Self::NotKnown,
        Self::Live,
        Self::Link,
        Self::Held,
        Self::Refund,
    ];

    /// Whether the day cannot be closed over it.
    #[must_use]
    pub const fn blocks(self) -> bool {
        match self {
            Self::NotKnown | Self::Live => true,
            Self::Link | Self::Held | Self::Refund => false,
        }
    }
}

/// What is carried over to the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayOpen {
    /// No real money.
    pub practice: bool,
    /// In which currency.
    pub currency: Currency,
    /// Why it is open.
    pub kind: OpenKind,
    /// How many.
    pub count: u64,
    /// For how much, minor units.
    pub minor: i64,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayTotals {
    /// The finest parts.
    pub lines: Vec<DayLine>,
    /// What was withdrawn, by reason and person.
    pub voids: Vec<DayVoid>,
    /// What was taken, by hour.
    pub hours: Vec<DayHour>,
    /// What is carried over.
    pub open: Vec<DayOpen>,
}

/// What a provider's own list says beside the till's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DayChecked {
    /// Nothing stands open there that this till does not know.
    Agrees,
    /// Something stands open there that is none of this till's.
    Others,
    /// Its system has no such list: only its own pages tell.
    NoList,
    /// It could not be asked.
    Unasked,
}

impl DayChecked {
    /// Every outcome, for tables and texts.
    pub const ALL: [Self; 4] = [Self::Agrees, Self::Others, Self::NoList, Self::Unasked];
}

/// One account held against its provider's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayCheck {
    /// As people called it then.
    pub account_name: String,
    /// What was found.
    pub outcome: DayChecked,
    /// How many stand open there that are none of this till's.
    pub count: u64,
}

/// A day that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayClose {
    /// From 1, without a gap.
    pub number: u32,
    /// The first entry of the journal that it counts.
    pub from: u64,
    /// The last one.
    pub to: u64,
    /// When that first entry was written, by the till's clock, milliseconds since 1970 UTC.
    pub opened_at_ms: i64,
    /// When it was closed, by the same clock. It decides nothing.
    pub closed_at_ms: i64,
    /// Who closed it.
    pub by: Actor,
    /// What was counted.
    pub totals: DayTotals,
    /// The accounts held against their providers' lists.
    pub checks: Vec<DayCheck>,
    /// Payments that had ended unpaid and were read once more before they were counted.
    pub read_again: u64,
    /// How many of them could not be read.
    pub unread: u64,
    /// The hash of the last entry, in hexadecimal: the head of the chain.
    pub head: String,
    /// The public half of the key that signed it, in hexadecimal. `None` where no keychain gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The signature, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// This computer's keychain remembered another journal, or a longer one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
}

impl DayClose {
    /// Whether it is the next one after the last.
    #[must_use]
    pub fn follows(&self, last: Option<DayClosed>) -> bool {
        let (number, to) = last.map_or((0, 0), |last| (last.number, last.to));
        Some(self.number) == number.checked_add(1)
            && Some(self.from) == to.checked_add(1)
            && self.to >= to
    }
}

/// Where the last close left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayClosed {
    /// Its number.
    pub number: u32,
    /// The last entry of the journal that it counted.
    pub to: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Shop, ShopEvent};

    fn close(number: u32, from: u64, to: u64) -> ShopEvent {
        ShopEvent::DayClosed {
            close: Box::new(DayClose {
                number,
                from,
                to,
                opened_at_ms: 0,
                closed_at_ms: 0,
                by: Actor::Till,
                totals: DayTotals::default(),
                checks: Vec::new(),
                read_again: 0,
                unread: 0,
                head: "00".repeat(32),
                public_key: None,
                signature: None,
                replaced: false,
            }),
        }
    }

    #[test]
    fn a_day_is_closed_once_and_the_next_begins_where_it_ended() {
        let mut shop = Shop::default();
        let closed = |number, to| Some(DayClosed { number, to });
        let table = [
            (close(2, 1, 5), None),
            (close(1, 2, 5), None),
            (close(1, 1, 5), closed(1, 5)),
            (close(1, 1, 9), closed(1, 5)),
            (close(2, 5, 9), closed(1, 5)),
            (close(2, 7, 9), closed(1, 5)),
            (close(3, 6, 9), closed(1, 5)),
            (close(2, 6, 5), closed(2, 5)),
            (close(3, 6, 12), closed(3, 12)),
        ];
        for (event, expected) in table {
            shop.apply(&event);
            assert_eq!(shop.day, expected, "{event:?}");
        }
    }

    #[test]
    fn a_close_comes_back_from_the_journal_whole() {
        let event = close(4, 10, 20);
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<ShopEvent>(&text).unwrap(), event);
        assert!(!text.contains("replaced"), "{text}");
    }
}
