//! The vocabulary of a payment and the rules about it. Pure: no I/O, no clock, no runtime.
//!
//! Start with [`state`]: what a payment can be, and the one function that changes it. [`event`]
//! lists the facts that change it, [`outcome`] says what an observation may be taken to mean, and
//! [`provider`] is what a payment system must answer.
//!
//! Promises: a paid payment never becomes unpaid; no time-out, refusal of a cancel or unreadable
//! answer ends a payment; every failure answers *may money have moved?*
//!
//! Never here: files, sockets, threads, the time of day.
#![deny(clippy::arithmetic_side_effects)]

pub mod account;
pub mod act;
pub mod day;
pub mod event;
pub mod failure;
pub mod ids;
pub mod letter;
pub mod outcome;
pub mod provider;
pub mod receipt;
pub mod record;
pub mod shop;
pub mod staff;
pub mod state;
pub mod system;
pub mod void;
pub mod warning;
pub mod way;

pub use account::{Account, AccountSettings, AmountUnit, Generation, Terminal};
pub use act::{Act, ActOutcome, ActSeen, Acted, Acts, Progress, RefundRoute, Returns};
pub use day::{
    DayCheck, DayChecked, DayClose, DayClosed, DayHour, DayKey, DayLine, DayOpen, DaySum,
    DayTotals, DayVoid, OpenKind,
};
pub use event::{Actor, CancelAnswer, Event, Prompt, Refusal, Seen, Standing, Witness};
pub use failure::{Failure, MoneyMoved};
pub use ids::{
    AccountId, ActName, Attempt, IdempotencyKey, IntentId, OrderRef, PaymentId, StaffId,
    TerminalCode,
};
pub use letter::{Handed, LetterEvent, LetterLanguage, LetterRules, LetterTemplate, MailSecurity};
pub use provider::{
    Capabilities, Charge, Clock, Created, LEFTOVERS_MAX, Leftover, Listed, Provider, TerminalSeen,
    TerminalState,
};
pub use receipt::{Receipts, Slip, SlipAlign, SlipLine, SlipSize};
pub use record::{Misfit, Payment, apply};
pub use shop::{Language, Shop, ShopEvent, Theme};
pub use staff::{
    Approver, Deed, Misses, PinHash, Role, Staff, StaffEvent, StaffMember, StaffRules,
};
pub use state::{Class, Signal, State, join, next};
pub use system::{Ask, Description, LinkNeeds, SaleOptions, System, UsualAddress};
pub use void::{BatchId, Verdict, VoidEvent, VoidLine, VoidRules, VoidTarget, Withdrawal};
pub use warning::{Decided, Decision, NoWarning, Warning};
pub use way::{
    Billing, CardTerms, Channel, ItemLine, LinkMethod, LinkTerms, Modifier, PayPage, Payer,
    ReturnTerms, SaleTerms, Way,
};
