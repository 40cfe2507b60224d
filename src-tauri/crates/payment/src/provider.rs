//! The ports: what a payment system must answer, and the clock.

use async_trait::async_trait;
use money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::act::{Act, Acts};
use crate::event::{Seen, Standing};
use crate::failure::{Failure, NotSent};
use crate::ids::{ActName, IdempotencyKey, IntentId, OrderRef, TerminalCode};
use crate::receipt::Receipts;
use crate::way::{Channel, Way};

/// What to charge. All of it is in the journal before it is handed to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// How much.
    pub amount: Money,
    /// By which way.
    pub way: Way,
    /// The key of this attempt; systems without a key of their own get it as the reference.
    pub key: IdempotencyKey,
    /// When the till asked for it first, by its own clock: where to begin to look for it. No decision
    /// is taken from it. Milliseconds since 1970-01-01 UTC.
    pub asked_at_ms: i64,
}

/// A payment the provider made for a [`Charge`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its name there. `None`: it was made, and the answer does not name it; [`Provider::find`]
    /// does.
    pub intent: Option<IntentId>,
    /// Where it stands.
    pub seen: Seen,
}

/// What a system can do, so that nobody asks for its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How its customers can pay, the usual way first.
    pub channels: &'static [Channel],
    /// [`Provider::find`] answers: a payment can be found by its key, without its name.
    pub finds: bool,
    /// A create may be repeated with the same key: it makes no second payment.
    pub repeats_safely: bool,
    /// How long a "not found" after a create may be a reading that lags. Milliseconds.
    pub visible_after_ms: u64,
    /// How long after "expired" a card that was already in the terminal may still be paid.
    /// Milliseconds.
    pub expiry_grace_ms: u64,
    /// A new payment on a terminal withdraws the one that waits there.
    pub replaces_on_terminal: bool,
    /// A payment whose card was refused can still be charged there, by another card or from the
    /// provider's own pages. Nobody tries it again from here, so it is withdrawn.
    pub declined_stays_open: bool,
    /// [`Provider::find_order`] answers, and nothing else keeps two tills from charging one order: it
    /// is asked before each charge.
    pub finds_orders: bool,
    /// What else can be done with a payment.
    pub acts: Acts,
}

/// A card machine as its system sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalSeen {
    /// As its system names it in requests.
    pub code: TerminalCode,
    /// As people can tell it from the others: what is printed on its slips.
    pub label: String,
    /// How it is.
    pub state: TerminalState,
}

/// How a card machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// Ready.
    Available,
    /// Not connected.
    Offline,
    /// A payment is on it.
    Busy,
    /// A word this build does not know.
    Unrecognised,
}

/// A payment that stands open at the provider, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Its name there.
    pub intent: IntentId,
    /// The reference it was made with. At most 60 characters.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it was made, where the provider says so. Milliseconds since 1970-01-01 UTC.
    pub made_at_ms: Option<i64>,
    /// Whether somebody could pay it by a link now.
    pub has_link: bool,
}

/// A payment as its provider's list has it, whoever made it and whether it is open or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name there.
    pub intent: IntentId,
    /// The reference it was made with; empty where it has none.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it was made, where the provider says so. Milliseconds since 1970-01-01 UTC.
    pub made_at_ms: Option<i64>,
    /// Where it stands, as far as the list tells: what was given back a list may leave out.
    pub standing: Standing,
    /// The provider's own word for that.
    pub raw: String,
    /// Whether somebody could pay it by a link now.
    pub has_link: bool,
    /// The last four digits of the card, where the list has them.
    pub last_four: Option<String>,
}

impl Listed {
    /// The same as what stands open there; `None` where it does not.
    #[must_use]
    pub fn leftover(self) -> Option<Leftover> {
        self.standing.stands_open().then_some(Leftover {
            intent: self.intent,
            reference: self.reference,
            amount: self.amount,
            made_at_ms: self.made_at_ms,
            has_link: self.has_link,
        })
    }
}

/// How many open payments are told of an account: more nobody reads.
pub const LEFTOVERS_MAX: usize = 100;

/// One account at one payment system. Translation only: it never stores, never retries a charge,
/// never makes up a key.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What this system can do.
    fn capabilities(&self) -> Capabilities;

    /// Asks for a payment.
    ///
    /// # Errors
    /// A [`Failure`]; [`crate::outcome::verdict`] says what it means.
    async fn create(&self, charge: &Charge) -> Result<Created, Failure>;

    /// Looks for the payment of a key, where [`Capabilities::finds`]. `None`: the provider shows
    /// none, which may be a list that lags.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn find(&self, charge: &Charge) -> Result<Option<Created>, Failure>;

    /// The payments of an order, whoever made them and under whichever of its keys, that stand open or
    /// are paid, where [`Capabilities::finds_orders`]. Only those that were made since then are looked
    /// for: a list of all would be long. Milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn find_order(&self, order: &OrderRef, since_ms: i64) -> Result<Vec<IntentId>, Failure> {
        let _ = (order, since_ms);
        Err(NOT_OFFERED)
    }

    /// Reads the authoritative object.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure>;

    /// Reads a payment that was made by a link ([`Way::Link`]), where the object itself does not say
    /// by which way it is to be paid: what has no card machine waits for its page.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn read_link(&self, intent: &IntentId) -> Result<Seen, Failure> {
        self.read(intent).await
    }

    /// Asks to withdraw. Whatever it answers, only a reading decides.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure>;

    /// Asks for something else to be done with it: try again, judge a signature, capture, reverse,
    /// refund. Whatever it answers, only a reading decides. `key` is the act's own, the same at each
    /// sending. Answers the provider's name of it, by which readings tell what became of it, where
    /// there is one.
    ///
    /// # Errors
    /// A [`Failure`]; [`NotSent::NotBuilt`] for what [`Capabilities::acts`] does not offer.
    async fn act(
        &self,
        charge: &Charge,
        intent: &IntentId,
        act: &Act,
        key: &IdempotencyKey,
    ) -> Result<Option<ActName>, Failure> {
        let _ = (charge, intent, act, key);
        Err(NOT_OFFERED)
    }

    /// Reads a payment that is paid, with what was given back since: more than [`Provider::read`]
    /// where a system keeps that elsewhere.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn read_paid(&self, intent: &IntentId) -> Result<Seen, Failure> {
        self.read(intent).await
    }

    /// The slips of its terminal, where [`Acts::receipts`].
    ///
    /// # Errors
    /// A [`Failure`].
    async fn receipts(&self, intent: &IntentId) -> Result<Receipts, Failure> {
        let _ = intent;
        Err(NOT_OFFERED)
    }

    /// Reads money that goes back without a payment ([`Way::Return`]), by the name that its create
    /// was answered with: given back is [`crate::Standing::Refunded`].
    ///
    /// # Errors
    /// A [`Failure`]; [`NotSent::NotBuilt`] without [`Acts::returns`].
    async fn read_return(&self, intent: &IntentId) -> Result<Seen, Failure> {
        let _ = intent;
        Err(NOT_OFFERED)
    }

    /// Asks to withdraw it. Whatever it answers, only a reading decides.
    ///
    /// # Errors
    /// As [`Provider::read_return`].
    async fn cancel_return(&self, intent: &IntentId) -> Result<(), Failure> {
        let _ = intent;
        Err(NOT_OFFERED)
    }

    /// The slips of its terminal, where [`Acts::receipts`].
    ///
    /// # Errors
    /// As [`Provider::read_return`].
    async fn return_receipts(&self, intent: &IntentId) -> Result<Receipts, Failure> {
        let _ = intent;
        Err(NOT_OFFERED)
    }

    /// Its card machines, where [`crate::System::lists_terminals`].
    ///
    /// # Errors
    /// A [`Failure`].
    async fn terminals(&self) -> Result<Vec<TerminalSeen>, Failure> {
        Err(NOT_OFFERED)
    }

    /// The payments that were made there since then, whoever made them and however they ended: newest
    /// first, all of them or none. Milliseconds since 1970-01-01 UTC. Nothing about money is decided by
    /// a list: what is to be done with one of them reads it first.
    ///
    /// # Errors
    /// A [`Failure`], also where the list is longer than it is walked; [`NotSent::NotBuilt`] where the
    /// system has no list.
    async fn list(&self, since_ms: i64) -> Result<Vec<Listed>, Failure> {
        let _ = since_ms;
        Err(NOT_OFFERED)
    }

    /// Those of them that stand open: newest first, at most [`LEFTOVERS_MAX`]. A system that lists these
    /// alone is asked for these alone.
    ///
    /// # Errors
    /// As [`Provider::list`].
    async fn list_open(&self, since_ms: i64) -> Result<Vec<Leftover>, Failure> {
        let listed = self.list(since_ms).await?.into_iter();
        Ok(listed
            .filter_map(Listed::leftover)
            .take(LEFTOVERS_MAX)
            .collect())
    }

    /// The [`Leftover::reference`] of the payment that was made with this key: a till knows by it a
    /// payment of its own whose name it has not been told yet.
    fn reference(&self, key: &IdempotencyKey) -> String {
        key.as_str().to_owned()
    }

    /// Whether address and key are right, without touching any payment.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn check(&self) -> Result<(), Failure>;
}

const NOT_OFFERED: Failure = Failure::NotSent {
    why: NotSent::NotBuilt,
};

/// The time of day, for records only: no decision about money is taken from it (invariant I22).
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_ms(&self) -> i64;
}
