//! What became of the key a payment was sent with: whether the order's next sending may use it.

use super::{Doubt, Payment};
use crate::event::Refusal;
use crate::failure::Failure;
use crate::state::State;

impl Payment {
    /// The provider never took this key for anything: no byte left, or it refused to know who
    /// asks. The order's next sending uses it again, so that two tills with journals of their own
    /// stay with one key, and so with one payment.
    #[must_use]
    pub fn key_is_free(&self) -> bool {
        self.state == State::Failed
            && match &self.refusal {
                Some(Refusal::NotSent {
                    failure: Failure::NotSent { .. },
                })
                | Some(Refusal::NoKey | Refusal::KeyRefused) => true,
                // Some systems keep a refused request under its key.
                Some(Refusal::NotSent { .. } | Refusal::Invalid { .. }) | None => false,
            }
    }

    /// Its answer was lost, and the provider's list was seen without it for long enough. At a system
    /// that makes no second payment of a key ([`crate::Capabilities::repeats_safely`]) the next
    /// sending uses the key again: another till may have made a payment with it meanwhile, and a
    /// first request that arrives after all meets its own key. Elsewhere a late first would be taken
    /// for the second. An object of another amount is something: its key is taken.
    #[must_use]
    pub fn was_never_seen(&self) -> bool {
        let nothing_came = match &self.doubt {
            Some(Doubt::AnswerLost { .. } | Doubt::Interrupted) => true,
            Some(Doubt::Unseen | Doubt::Unconfirmed | Doubt::OtherAmount { .. }) | None => false,
        };
        let is_absent = self.state == State::Failed && self.refusal.is_none();
        is_absent && nothing_came && self.intent.is_none() && !self.by_hand
    }

    /// It was never seen, and what its create met was a fault of the provider's. A provider that keeps
    /// the answer to a key repeats a fault as well, for a day (docs.leanrails.com/guides/idempotency).
    #[must_use]
    pub fn met_a_fault(&self) -> bool {
        let is_fault = match &self.doubt {
            Some(Doubt::AnswerLost { failure }) => matches!(failure, Failure::Fault { .. }),
            Some(
                Doubt::Interrupted | Doubt::Unseen | Doubt::Unconfirmed | Doubt::OtherAmount { .. },
            )
            | None => false,
        };
        is_fault && self.was_never_seen()
    }
}
