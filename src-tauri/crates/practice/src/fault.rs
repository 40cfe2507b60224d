//! What can go wrong between the till and the store: drawn from a seed, or ordered one by one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Fault {
    /// The request takes effect; its answer comes late.
    Delay {
        /// How late, in milliseconds.
        ms: u64,
    },
    /// The request takes effect; nothing ever comes back and the connection stays open.
    Stall,
    /// The connection closes before the request has any effect.
    DropRequest,
    /// The request takes effect; the connection closes without a byte.
    LoseAnswer,
    /// A server error.
    ServerError {
        /// Which one.
        status: ServerError,
        /// Whether the request took effect all the same.
        takes_effect: bool,
    },
    /// 429, without effect.
    TooManyRequests {
        /// The `Retry-After` header, in seconds.
        retry_after_s: u32,
    },
    /// The request takes effect; the connection closes in the middle of the body.
    CutBody,
    /// 200 and a page in HTML: a hotel's login page, or a gateway's apology.
    Html {
        /// Whether the request took effect all the same.
        takes_effect: bool,
    },
    /// The request takes effect; the answer is half of its JSON, and claims to be whole.
    TruncatedJson,
    /// The request takes effect; the answer has no body.
    EmptyBody,
    /// The request takes effect; an amount in the answer is one minor unit too much, in a
    /// list every amount. An answer without an amount stays as it is.
    WrongAmount,
    /// The request takes effect; a currency in the answer is another one. An answer without a
    /// currency stays as it is.
    WrongCurrency,
    /// The request takes effect; a status in the answer is a word nobody knows.
    UnknownStatus,
    /// A status in the answer is `PENDING` (One2Pays: `requires_action`, LeanRails:
    /// `requires_payment_method` and nothing received, Dojo: `Created`, of a
    /// session `InitiateRequested`, of a terminal `Available`), whatever it was: a replica that lags
    /// behind. Only reading and listing go to a replica.
    StaleStatus,
    /// 307 to another path of the same store, without effect.
    Redirect,
    /// The network delivers the request twice; the answer to the second is returned.
    DeliverTwice,
}

/// The server errors of [`Fault::ServerError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerError {
    /// Internal Server Error.
    #[serde(rename = "500")]
    E500,
    /// Bad Gateway.
    #[serde(rename = "502")]
    E502,
    /// Service Unavailable.
    #[serde(rename = "503")]
    E503,
    /// Gateway Timeout.
    #[serde(rename = "504")]
    E504,
}

/// The requests that a fault can be meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Making an intent or a link.
    Create,
    /// Reading one.
    Read,
    /// Cancelling one, or asking for a session back.
    Cancel,
    /// Listing links, searching for intents, listing terminals, listing anything of LeanRails.
    List,
    /// Charging the card of a `PaymentIntent` of LeanRails.
    Confirm,
    /// Taking what a card of LeanRails holds.
    Capture,
    /// Starting a session on a machine.
    Start,
    /// Changing one: its amount, its tip, a capture, a decision on a signature; or asking for a
    /// receipt.
    Change,
    /// Giving money back, or reversing a payment.
    Refund,
}

/// A fault ordered for the next request of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Which requests; `None` for any.
    pub on: Option<Operation>,
    /// What happens to the next of them.
    pub fault: Fault,
}

/// A fault that happens by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chance {
    /// What happens.
    pub fault: Fault,
    /// To how many of a thousand requests.
    pub per_mille: u16,
}

/// The faults of a store. None by default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Decides every draw: the same seed and the same requests meet the same faults.
    pub seed: u64,
    /// Drawn for each request, in this order; the first hit counts.
    pub chances: Vec<Chance>,
    /// Faults ordered one by one; they come before chance, each once.
    pub queue: VecDeque<Ordered>,
}

impl Faults {
    /// Every fault that comes back by itself, each with the same chance. [`Fault::Stall`] is not
    /// among them: it costs a whole time-out each time.
    #[must_use]
    pub fn storm(seed: u64, per_mille: u16) -> Self {
        let mut all = vec![
            Fault::Delay { ms: 300 },
            Fault::DropRequest,
            Fault::LoseAnswer,
            Fault::TooManyRequests { retry_after_s: 1 },
            Fault::CutBody,
            Fault::Html { takes_effect: true },
            Fault::Html {
                takes_effect: false,
            },
            Fault::TruncatedJson,
            Fault::EmptyBody,
            Fault::WrongAmount,
            Fault::WrongCurrency,
            Fault::UnknownStatus,
            Fault::StaleStatus,
            Fault::Redirect,
            Fault::DeliverTwice,
        ];
        for status in [
            ServerError::E500,
            ServerError::E502,
            ServerError::E503,
            ServerError::E504,
        ] {
            for takes_effect in [true, false] {
                all.push(Fault::ServerError {
                    status,
                    takes_effect,
                });
            }
        }
        let chances = all.into_iter().map(|fault| Chance { fault, per_mille });
        Self {
            seed,
            chances: chances.collect(),
            queue: VecDeque::new(),
        }
    }

    /// One fault for the next request of a kind and none afterwards.
    #[must_use]
    pub fn next(on: Operation, fault: Fault) -> Self {
        let ordered = Ordered {
            on: Some(on),
            fault,
        };
        Self {
            queue: VecDeque::from([ordered]),
            ..Self::default()
        }
    }

    /// The fault that this request meets. `number` counts the draws and takes the place of a
    /// generator's state, so that a store read back from a file goes on where it was.
    pub(crate) fn draw(&mut self, operation: Operation, number: u64) -> Option<Fault> {
        let mine = |ordered: &Ordered| ordered.on.is_none_or(|on| on == operation);
        if let Some(index) = self.queue.iter().position(mine) {
            return self.queue.remove(index).map(|ordered| ordered.fault);
        }
        // The multiplier of a 64-bit Fibonacci hash spreads neighbouring numbers over all bits.
        let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut dice = fastrand::Rng::with_seed(self.seed ^ spread);
        self.chances
            .iter()
            .find(|chance| dice.u16(0..1000) < chance.per_mille)
            .map(|chance| chance.fault)
    }
}

/// A fault that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultPlayed {
    /// When, in milliseconds of the store's clock.
    pub at_ms: u64,
    /// To which request.
    pub operation: Operation,
    /// What.
    pub fault: Fault,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thousand(faults: &Faults) -> Vec<Option<Fault>> {
        let mut faults = faults.clone();
        (0..1000)
            .map(|number| faults.draw(Operation::Read, number))
            .collect()
    }

    #[test]
    fn a_seed_decides_and_another_seed_decides_otherwise() {
        assert_eq!(
            thousand(&Faults::storm(1, 20)),
            thousand(&Faults::storm(1, 20))
        );
        assert_ne!(
            thousand(&Faults::storm(1, 20)),
            thousand(&Faults::storm(2, 20))
        );
    }

    #[test]
    fn the_chances_are_kept_roughly() {
        let never = thousand(&Faults::storm(1, 0));
        assert!(never.iter().all(Option::is_none));
        let always = thousand(&Faults::storm(1, 1000));
        assert!(always.iter().all(Option::is_some));
        let half = Faults {
            seed: 3,
            chances: vec![Chance {
                fault: Fault::LoseAnswer,
                per_mille: 500,
            }],
            queue: VecDeque::new(),
        };
        let hits = thousand(&half).into_iter().flatten().count();
        assert!((430..570).contains(&hits), "{hits} of a thousand");
    }

    #[test]
    fn a_storm_has_every_fault_in_it() {
        let mut faults = Faults::storm(5, 40);
        let drawn: Vec<_> = (0..5000)
            .filter_map(|number| faults.draw(Operation::Create, number))
            .collect();
        for chance in &faults.chances {
            assert!(drawn.contains(&chance.fault), "never {:?}", chance.fault);
        }
    }

    #[test]
    fn an_ordered_fault_comes_once_to_the_request_it_is_meant_for() {
        let mut faults = Faults::next(Operation::Create, Fault::LoseAnswer);
        assert_eq!(faults.draw(Operation::Read, 1), None);
        assert_eq!(faults.draw(Operation::Create, 2), Some(Fault::LoseAnswer));
        assert_eq!(faults.draw(Operation::Create, 3), None);
    }

    #[test]
    fn faults_are_written_as_the_readme_shows() {
        let text = r#"{"seed":7,"chances":[{"fault":{"kind":"server_error","status":"503","takes_effect":true},"per_mille":20}],"queue":[{"on":"create","fault":{"kind":"lose_answer"}}]}"#;
        assert!(include_str!("../README.md").contains(text));
        let faults: Faults = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&faults).unwrap(), text);
    }
}
