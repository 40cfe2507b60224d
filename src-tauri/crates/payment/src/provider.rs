//! The ports: what a payment system must answer, and the clock.

use async_trait::async_trait;
use money::Money;

use crate::event::Seen;
use crate::failure::Failure;
use crate::ids::{IdempotencyKey, IntentId};
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
    /// How its customers pay.
    pub channel: Channel,
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
}

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

    /// Reads the authoritative object.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn read(&self, intent: &IntentId) -> Result<Seen, Failure>;

    /// Asks to withdraw. Whatever it answers, only a reading decides.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn cancel(&self, intent: &IntentId) -> Result<(), Failure>;

    /// Whether address and key are right, without touching any payment.
    ///
    /// # Errors
    /// A [`Failure`].
    async fn check(&self) -> Result<(), Failure>;
}

/// The time of day, for records only: no decision about money is taken from it (invariant I22).
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_ms(&self) -> i64;
}
