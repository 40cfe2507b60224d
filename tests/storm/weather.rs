//! What goes wrong in one story: a random subset of everything that can, at random rates (a swarm:
//! a story with few kinds of trouble finds what a story with all of them hides).

use payment::System;
use practice::{Fault, ServerError};
use providers::Class;
use tokio::time::Instant;

use crate::world::{Asked, Mishap, Passage, Weather, Wish};

/// How often a kind of trouble comes in stories that have it, per thousand requests.
const RATES: [u16; 4] = [10, 40, 120, 300];

/// Readings are many, creates and cancels few: these meet trouble so much more often.
const WRITES_MEET_MORE: u16 = 3;

/// The most kinds of trouble in one story.
const KINDS_MAX: usize = 7;

/// The weather of a story.
pub(super) struct Swarm {
    random: fastrand::Rng,
    began: Instant,
    chances: Vec<(Mishap, u16)>,
    outage_ms: Option<(u64, u64)>,
    latency_max_ms: u64,
}

impl Swarm {
    /// Draws the weather of a story that lasts so long. Milliseconds.
    ///
    /// Where refusals heal nothing is delivered again: a provider that refuses a request and later
    /// takes the very same bytes has told the till something untrue, and no till can be right there.
    pub(super) fn draw(mut random: fastrand::Rng, lasts_ms: u64, refusals_heal: bool) -> Self {
        let mut kinds = kinds(&mut random);
        random.shuffle(&mut kinds);
        kinds.truncate(random.usize(0..=KINDS_MAX));
        kinds.retain(|mishap| !refusals_heal || !matches!(mishap, Mishap::Twice(_)));
        let chances = kinds
            .into_iter()
            .map(|mishap| (mishap, RATES[random.usize(0..RATES.len())]))
            .collect();
        let outage_ms = (random.u8(0..10) == 0).then(|| {
            let from_ms = random.u64(0..lasts_ms);
            (from_ms, from_ms + random.u64(1_000..90_000))
        });
        Self {
            chances,
            outage_ms,
            latency_max_ms: [40, 250, 1_500][random.usize(0..3)],
            began: Instant::now(),
            random,
        }
    }

    /// Whether a request may be delivered a second time in it.
    pub(super) fn delivers_again(&self) -> bool {
        self.chances.iter().any(|(mishap, _)| is_again(*mishap))
    }

    /// Whether this may happen in it.
    pub(super) fn has(&self, mishap: Mishap) -> bool {
        self.chances.iter().any(|(known, _)| *known == mishap)
    }

    fn mishap(&mut self, asked: &Asked) -> Mishap {
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self
            .outage_ms
            .is_some_and(|(from_ms, to_ms)| (from_ms..to_ms).contains(&now_ms))
        {
            return Mishap::Refused;
        }
        let more = match asked.class {
            Class::Create | Class::Cancel => WRITES_MEET_MORE,
            Class::Read => 1,
        };
        // An intent of Dojo that is made twice has a twin that the till does not withdraw.
        let makes_twins = asked.system == System::Dojo && asked.wish == Wish::Make;
        for (mishap, per_mille) in &self.chances {
            if makes_twins && is_again(*mishap) {
                continue;
            }
            if self.random.u16(0..1000) < per_mille.saturating_mul(more).min(700) {
                return *mishap;
            }
        }
        Mishap::Nothing
    }
}

const fn is_again(mishap: Mishap) -> bool {
    matches!(
        mishap,
        Mishap::Twice(_) | Mishap::Store(Fault::DeliverTwice)
    )
}

impl Weather for Swarm {
    fn passage(&mut self, asked: &Asked) -> Passage {
        Passage {
            there_ms: self.random.u64(1..=self.latency_max_ms),
            back_ms: self.random.u64(1..=self.latency_max_ms),
            mishap: self.mishap(asked),
        }
    }
}

/// Every kind of trouble, with lengths drawn once a story.
fn kinds(random: &mut fastrand::Rng) -> Vec<Mishap> {
    let mut all = vec![
        Mishap::Refused,
        Mishap::RequestLost,
        Mishap::RequestSwallowed,
        Mishap::RequestLate(random.u64(500..60_000)),
        Mishap::RequestLate(random.u64(10_000..180_000)),
        Mishap::AnswerLost,
        Mishap::AnswerLate(random.u64(500..30_000)),
        Mishap::Twice(random.u64(0..120_000)),
    ];
    let store = [
        Fault::Stall,
        Fault::TooManyRequests {
            retry_after_s: random.u32(0..20),
        },
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
    all.extend(store.map(Mishap::Store));
    for status in [ServerError::E500, ServerError::E503] {
        for takes_effect in [true, false] {
            all.push(Mishap::Store(Fault::ServerError {
                status,
                takes_effect,
            }));
        }
    }
    all
}
