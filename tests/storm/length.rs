//! How long a story is, and with whom: its kind.

use till::api::PaymentRequest;

use super::cast::Cast;
use super::managers;
use super::play::Play;

/// Sets the dice that choose the length apart from the others: a long story is the one it was before
/// there were short ones.
const LENGTH_SALT: u64 = 0x5eed_1e97_0000_0000;

/// Of so many stories one is long, and so many are short; all others are brief.
const OF: u8 = 128;
const LONG: u8 = 1;
const SHORT: u8 = 11;

/// How long a story is. Most mistakes show in a short one, and of these several can be told in the
/// time of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// One order (two where there is a manager), one till or the two that share it, a few seconds of
    /// trouble, after which what is open is withdrawn.
    Brief,
    /// One or two orders, of which each till charges one at once, and less than a minute of trouble;
    /// in most, what is open is withdrawn when the shop closes.
    Short,
    /// As every story was before there were short ones: up to four orders, one to four minutes of
    /// trouble, or as long as a link lives.
    Long,
}

impl Length {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Brief, Self::Short, Self::Long];

    /// The length of a seed in every run of the tests.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        match Self::random(seed).u8(0..OF) {
            0..LONG => Self::Long,
            LONG..=SHORT => Self::Short,
            _ => Self::Brief,
        }
    }

    /// What only short and brief stories draw from.
    pub(super) fn random(seed: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(seed ^ LENGTH_SALT)
    }

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Short => "short",
            Self::Long => "long",
        }
    }

    /// The length of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.name() == name)
    }
}

/// What kind of story a seed tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The systems it is about.
    pub cast: Cast,
    /// How long it is.
    pub length: Length,
    /// Whether there are managers, who withdraw in bulk.
    pub managers: bool,
}

impl Kind {
    /// The kind of a seed in every run of the tests.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self {
            cast: Cast::of(seed),
            length: Length::of(seed),
            managers: managers::are_there(seed),
        }
    }
}

impl Play {
    /// Withdraws what is open, once.
    pub(super) async fn close_shop(&mut self) {
        for seat in 0..self.plan.tills {
            let Some(till) = self.world.till(seat).cloned() else {
                continue;
            };
            for payment in &*self.world.payments(seat) {
                if payment.state.is_open() {
                    self.did(seat, "cancel");
                    let payment = payment.id.to_string();
                    let answer = till.cancel_payment(PaymentRequest { payment }).await;
                    self.answered(&answer);
                }
            }
        }
    }
}
