//! A day as it is counted: while it goes on (an X report) and once it is closed (a Z report).

use payment::{DayChecked, OpenKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MoneyView, PaymentRowView};

view!(/// Counts and sums.
DaySumView {
    /// Payments that were taken.
    taken: u32,
    /// How much, tips and service charges included.
    taken_sum: MoneyView,
    /// Payments of which something was given back.
    returned: u32,
    /// How much.
    returned_sum: MoneyView,
    /// What was taken less what was given back.
    net_sum: MoneyView,
    /// Payments that were withdrawn before anybody paid.
    voided: u32,
    /// For how much.
    voided_sum: MoneyView,
    /// Payments that were declined, ran out or failed.
    unpaid: u32,
});

view!(/// A row of a table of a report.
DayRowView {
    /// An account, a card machine, a cashier; empty where there is no name.
    name: String,
    /// The account behind it, where that says more.
    under: String,
    /// No real money.
    practice: bool,
    /// How much.
    sum: DaySumView,
});

view!(/// What was withdrawn for one reason by one person.
DayVoidView {
    /// Why; empty where nobody said.
    reason: String,
    /// Who; empty for the till itself, a terminal or the provider.
    by: String,
    /// No real money.
    practice: bool,
    /// How many.
    count: u32,
    /// For how much.
    sum: MoneyView,
});

view!(/// A payment over which the day cannot be closed.
DayBlockView {
    /// Why.
    kind: OpenKind,
    /// The payment.
    row: PaymentRowView,
});

view!(/// What is carried over to the next day.
DayOpenView {
    /// Why it is open.
    kind: OpenKind,
    /// No real money.
    practice: bool,
    /// How many.
    count: u32,
    /// For how much.
    sum: MoneyView,
});

view!(/// An account held against its provider's own list.
DayCheckView {
    /// The account.
    account_name: String,
    /// What was found.
    outcome: DayChecked,
    /// How many stand open there that are none of this till's.
    count: u32,
});

view!(/// A bar of a chart.
DayBarView {
    /// Under it: an hour, or a day's number.
    label: String,
    /// What was taken.
    sum: MoneyView,
    /// Its height in thousandths of the chart's.
    height: u32,
    /// The height of what is usual, where that is known.
    usual: Option<u32>,
    /// The day that goes on.
    now: bool,
});

view!(/// A report.
DayView {
    /// From 1.
    number: u32,
    /// It was closed, and is not opened again.
    closed: bool,
    /// The first entry of the journal that it counts.
    #[ts(type = "number")]
    from: u64,
    /// The last one.
    #[ts(type = "number")]
    to: u64,
    /// When the first entry was written, RFC 3339 in UTC; none where there is none yet.
    opened_at: Option<String>,
    /// When it was closed, or now, RFC 3339 in UTC.
    at: String,
    /// The day on the calendar that it is, as "2026-11-21": until four in the morning the evening's before.
    date: String,
    /// Who closed it.
    by: String,
    /// By currency, real money first. Practice money is a row of its own.
    totals: Vec<DayRowView>,
    /// By account.
    accounts: Vec<DayRowView>,
    /// By card machine and link.
    terminals: Vec<DayRowView>,
    /// By cashier.
    cashiers: Vec<DayRowView>,
    /// What was withdrawn, by reason.
    voids: Vec<DayVoidView>,
    /// What the day cannot be closed over.
    blocked: Vec<DayBlockView>,
    /// What is carried over.
    carried: Vec<DayOpenView>,
    /// Every account held against its provider's list; empty where that was not asked for.
    checks: Vec<DayCheckView>,
    /// Ended payments that were read once more.
    read_again: u32,
    /// How many of them could not be read.
    unread: u32,
    /// What was taken by hour, in the currency of the first total.
    hours: Vec<DayBarView>,
    /// What was taken on the last days, in the same currency, the oldest first.
    days: Vec<DayBarView>,
    /// The hash of the last entry.
    head: String,
    /// The public key that signed it.
    public_key: Option<String>,
    /// The signature.
    signature: Option<String>,
    /// This computer's keychain remembered another journal, or a longer one.
    replaced: bool,
});

view!(/// A day of the list.
DayHeadView {
    /// Its number.
    number: u32,
    /// When it was closed, RFC 3339 in UTC.
    closed_at: String,
    /// Who closed it.
    by: String,
    /// What was taken less what was given back, by currency.
    sums: Vec<MoneyView>,
    /// All of it is practice money.
    practice: bool,
});

view!(/// The days that were closed, newest first.
DaysView {
    /// One row a day.
    rows: Vec<DayHeadView>,
});

view!(/// A file that was made.
FileView {
    /// What it is called.
    name: String,
    /// Where it was put; empty where it was not.
    path: String,
    /// Its bytes in Base64, where it was not put anywhere.
    base64: String,
});
