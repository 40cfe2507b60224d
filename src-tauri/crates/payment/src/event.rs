//! The facts of a payment. The journal is a list of these and nothing else.
//!
//! A fact is written in the past tense and is never wrong later: "the provider's answer was lost",
//! not "the payment failed". What the facts amount to is [`crate::record::apply`]'s business.

use money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::act::{Act, ActSeen};
use crate::failure::Failure;
use crate::ids::{
    AccountId, ActName, Attempt, IdempotencyKey, IntentId, OrderRef, PaymentId, StaffId,
};
use crate::receipt::Receipts;
use crate::staff::{Approver, Role};
use crate::void::BatchId;
use crate::warning::{Decision, Warning};
use crate::way::{PayPage, Way};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person at the till or at the command line.
    Cashier {
        /// As the receipt names them.
        name: String,
    },
    /// One of the shop's staff, who typed a PIN.
    Staff {
        /// Which of them.
        id: StaffId,
        /// As they were called then.
        name: String,
        /// What they were trusted with.
        role: Role,
        /// Who stood in for it, where they may not do it alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<Approver>,
        /// Why, where that was asked. At most 200 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The till itself, by a rule.
    Till,
}

/// Where the authoritative object of the provider stands, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Open: a card may come.
    Waiting,
    /// Open: a card is being worked on.
    Processing,
    /// Open: the cashier must decide something (a signature).
    NeedsCashier,
    /// The money is held, not taken.
    Authorised,
    /// The money is taken.
    Paid,
    /// Over: the card was refused.
    Declined,
    /// Over: withdrawn.
    Cancelled,
    /// Over: nobody paid in time.
    Expired,
    /// A part was given back.
    PartlyRefunded,
    /// All was given back.
    Refunded,
    /// The terminal gave no end that can be believed (Dojo, a session that is Expired): whether
    /// money was taken is not known until the object says so, or a person has looked.
    Unconfirmed,
    /// A word this build does not know: stays open, is shown as it came, is never paid.
    Unrecognised,
}

impl Standing {
    /// Every standing, for tables and tests.
    pub const ALL: [Self; 12] = [
        Self::Waiting,
        Self::Processing,
        Self::NeedsCashier,
        Self::Authorised,
        Self::Paid,
        Self::Declined,
        Self::Cancelled,
        Self::Expired,
        Self::PartlyRefunded,
        Self::Refunded,
        Self::Unconfirmed,
        Self::Unrecognised,
    ];

    /// Whether a payment that stands so at its provider is open there. What it is nobody knows of a word
    /// that this build does not know, so nobody should close it from here.
    #[must_use]
    pub const fn stands_open(self) -> bool {
        match self {
            Self::Waiting
            | Self::Processing
            | Self::NeedsCashier
            | Self::Authorised
            | Self::Unconfirmed => true,
            Self::Unrecognised
            | Self::Paid
            | Self::PartlyRefunded
            | Self::Refunded
            | Self::Declined
            | Self::Cancelled
            | Self::Expired => false,
        }
    }
}

/// Something the terminal tells the customer, passed through to the cashier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// A card was refused while the payment stays open: another card may be tried.
    CardDeclined,
    /// The customer cancelled at the terminal while the payment stays open.
    CancelledAtTerminal,
    /// The payment is made and no terminal shows it.
    TerminalIdle,
    /// It was sent to the terminal, which does not show it yet.
    OnItsWay,
    /// The signature on the slip must be judged.
    Signature,
    /// A card is awaited.
    PresentCard,
    /// The card must go into the slot.
    InsertCard,
    /// More than one card was held to it.
    PresentOnlyOneCard,
    /// The customer enters the PIN.
    EnterPin,
    /// The terminal works.
    PleaseWait,
    /// The card may be taken out.
    RemoveCard,
    /// This kind of card is not taken.
    CardUnsupported,
    /// The card could not be read.
    CardError,
    /// The card must be presented again.
    ReEnterCard,
    /// The terminal says approved. Not paid before the object says so.
    Approved,
    /// A refund at the terminal is waiting for the card.
    RefundWaiting,
    /// The newest refund at the terminal was refused. Whose it was, [`Seen::acts`] says.
    RefundDeclined,
    /// A refund at the terminal ended, and its result is not confirmed.
    RefundUnconfirmed,
}

/// One reading of the provider's authoritative object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Where it stands.
    pub standing: Standing,
    /// What the terminal says beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// The provider's own words, for support ("PENDING, expired"). At most 80 characters.
    pub raw: String,
    /// The amount the object names, where it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Where the customer pays, where that is a page and the object names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PayPage>,
    /// What the customer gave on top, where the object names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// What has been given back so far, where the object names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Money>,
    /// What became of acts that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<ActSeen>,
}

impl Seen {
    /// A reading that says where it stands and nothing else.
    #[must_use]
    pub fn new(standing: Standing, raw: &str) -> Self {
        Self {
            standing,
            prompt: None,
            raw: raw.to_owned(),
            amount: None,
            page: None,
            tip: None,
            returned: None,
            acts: Vec::new(),
        }
    }
}

/// Why a charge never came to be: nothing happened at the provider, and trying again is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// Not a byte left: no connection, no such host, no trust in the certificate.
    NotSent {
        /// What stood in the way.
        failure: Failure,
    },
    /// The provider does not accept the key (401, 403).
    KeyRefused,
    /// There is no key on this machine, or the keychain would not give it.
    NoKey,
    /// The provider refused the request as such, in its own words.
    Invalid {
        /// At most 200 characters, card-like numbers masked.
        said: String,
    },
}

/// How a cancel was answered. It decides nothing: a reading does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CancelAnswer {
    /// 2xx.
    Accepted,
    /// The provider refused: too late, or already cancelled.
    Refused {
        /// In its own words.
        failure: Failure,
    },
    /// No usable answer.
    Lost {
        /// What went wrong.
        failure: Failure,
    },
}

/// What a person saw on the terminal or its receipt when the provider could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The terminal approved it.
    Paid,
    /// The terminal shows nothing of it, or it was cancelled there; no money came, or went back.
    NotPaid,
    /// The terminal gave the money back ([`crate::Way::Return`]).
    GivenBack,
}

/// A fact about one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A charge was asked for. Durable before the first byte leaves (invariant I1).
    Requested {
        /// The payment's own name.
        payment: PaymentId,
        /// What the customer owes for.
        order: OrderRef,
        /// How much.
        amount: Money,
        /// Through which account.
        account: AccountId,
        /// By which way.
        way: Way,
        /// Which sending of the order this is.
        attempt: Attempt,
        /// The key of this sending.
        key: IdempotencyKey,
        /// Who asked.
        by: Actor,
    },
    /// The request is on its way.
    Dispatched,
    /// The provider made the payment and named it.
    Answered {
        /// Its name there.
        intent: IntentId,
        /// Where it stands.
        seen: Seen,
    },
    /// The provider refused, or nothing was sent: nothing happened.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The request may have arrived, its answer did not.
    AnswerLost {
        /// What went wrong.
        failure: Failure,
    },
    /// The till stopped between saving and the answer; found at the next start.
    Interrupted,
    /// It exists, and its name is not known: a repeat was refused as already there, or the answer
    /// did not name it.
    ArrivedUnseen {
        /// Where the customer pays, where the answer said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PayPage>,
    },
    /// The provider's object names another amount or order than was asked for.
    Mismatched {
        /// Its name, where it gave one, so that it can be withdrawn.
        intent: Option<IntentId>,
        /// What it named instead. At most 80 characters.
        said: String,
    },
    /// The authoritative object was read and stands differently than before.
    Read {
        /// Where it stands.
        seen: Seen,
    },
    /// Readings began to fail; the first of a row.
    ReadingLost {
        /// What went wrong.
        failure: Failure,
    },
    /// Someone asked to cancel. Durable before the cancel leaves.
    CancelAsked {
        /// Who.
        by: Actor,
        /// Why, where somebody said so. At most 300 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// As part of which batch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<BatchId>,
    },
    /// The cancel was answered, or not.
    CancelAnswered {
        /// How.
        answer: CancelAnswer,
    },
    /// Someone asked for something else to be done with it. Durable before the request leaves.
    ActAsked {
        /// Which of the payment's acts, from 1.
        number: u32,
        /// What.
        act: Act,
        /// Who.
        by: Actor,
        /// Why, where somebody said so. At most 300 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// That request is on its way. Nobody waits for this to be durable; where it is missing after a
    /// start, nobody knows whether the wish was ever taken.
    ActSent {
        /// Which act.
        number: u32,
    },
    /// That request was answered, or not. It decides nothing: a reading does.
    ActAnswered {
        /// Which act.
        number: u32,
        /// How.
        answer: CancelAnswer,
        /// The provider's name of it, where the answer gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<ActName>,
    },
    /// No reading has shown what that request did, for long enough.
    ActGivenUp {
        /// Which act.
        number: u32,
    },
    /// The slips of the terminal were read, to be printed or kept.
    ReceiptsRead {
        /// Them.
        receipts: Receipts,
    },
    /// By the rule of [`crate::outcome::ABSENCE`] the provider has no such payment.
    ProvedAbsent,
    /// A person looked at the terminal because the provider cannot be asked.
    Witnessed {
        /// Who looked.
        by: Actor,
        /// What they saw.
        saw: Witness,
        /// The reference on the receipt, where it was asked for. At most 60 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<String>,
        /// What was checked, in their words. At most 200 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked: Option<String>,
    },
    /// It is over and was read again often enough: no late news is expected any more.
    Closed,
    /// Somebody was warned and charged nevertheless. Durable with the request.
    WarningPassed {
        /// Of what.
        warning: Warning,
        /// The order of the payment it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderRef>,
        /// Who.
        by: Actor,
    },
    /// Somebody wants another amount for the order: this payment is withdrawn, and once that is proved the
    /// order is charged anew. Durable before the cancel leaves.
    AmountChangeAsked {
        /// How much instead.
        amount: Money,
        /// Who.
        by: Actor,
    },
    /// A manager decided what becomes of money that was not expected any more. It moves nothing by itself.
    Decided {
        /// What.
        decision: Decision,
        /// Why, at most 200 characters.
        reason: String,
        /// Who.
        by: Actor,
    },
}
