//! The seeded storm: one seed is one story of a shop in which everything goes wrong, checked
//! against the practice store's ledger from outside.
//!
//! A story has two parts. For up to four simulated minutes, in most for less than one, cashiers,
//! customers, crashes and the network do by chance what they like, and the safety invariants must hold at every step. Then
//! the trouble stops, and within five simulated minutes everything must be known.

mod acts;
mod acts_plan;
mod batches;
mod cast;
mod check;
mod coverage;
mod finding;
mod heal;
mod judge;
mod length;
mod links;
mod made;
mod managers;
mod plan;
mod play;
mod returned;
pub mod seed_bank;
mod weather;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

pub use cast::Cast;
pub use coverage::Coverage;
pub use length::{Kind, Length};
use play::Play;

use crate::trace::Trace;
use crate::world::{Bug, World};

/// What one seed told.
#[derive(Debug, Clone)]
pub struct Story {
    /// Which.
    pub seed: u64,
    /// The same in every run of the seed.
    pub digest: u64,
    /// Every step in words, where it was asked for.
    pub lines: Vec<String>,
    /// The invariants that did not hold; each begins with its number.
    pub broken: Vec<String>,
    /// What happened.
    pub coverage: Coverage,
    /// How much time went by in it. Milliseconds.
    pub simulated_ms: u64,
    /// How many requests were sent.
    pub exchanges: u64,
}

/// Plays one seed.
#[must_use]
pub fn play(seed: u64, readable: bool) -> Story {
    play_with(seed, readable, None)
}

/// Plays one seed with a planted mistake.
#[must_use]
pub fn play_with(seed: u64, readable: bool, bug: Option<Bug>) -> Story {
    play_as(seed, Kind::of(seed), readable, bug)
}

/// Plays one seed as a kind of story that it need not have drawn.
#[must_use]
pub fn play_as(seed: u64, kind: Kind, readable: bool, bug: Option<Bug>) -> Story {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O can be made");
    runtime.block_on(async move {
        let trace = Trace::new(readable);
        let mut play = Play::new(seed, kind, |seats| World::new(seed, seats, trace));
        play.world.net.plant(bug);
        play.play().await;
        Story {
            seed,
            digest: play.world.trace.digest(),
            lines: play.world.trace.lines(),
            broken: play.findings.broken,
            coverage: play.coverage,
            simulated_ms: play.world.trace.now_ms(),
            exchanges: play.world.net.sent(),
        }
    })
}

impl Story {
    /// A story that is told otherwise the second time could not be looked at again.
    fn hold_against(&mut self, again: &Self) {
        if self.digest != again.digest {
            self.broken
                .push("the same seed told another story".to_owned());
        }
    }
}

/// Every so many seeds one is played twice.
const PLAYED_TWICE_EVERY: u64 = 64;

/// What many seeds told.
#[derive(Debug, Clone, Default)]
pub struct Storm {
    /// How many were played.
    pub seeds: u64,
    /// Those in which an invariant did not hold, by seed.
    pub failed: Vec<(u64, Vec<String>)>,
    /// What happened in all of them.
    pub coverage: Coverage,
    /// Simulated time of all of them. Milliseconds.
    pub simulated_ms: u64,
    /// Requests of all of them.
    pub exchanges: u64,
    /// Of the traces of all of them, in whatever order they were played: what makes the storm faster
    /// must not change it.
    pub digest: u64,
}

impl Storm {
    fn take(&mut self, story: Story) {
        self.seeds += 1;
        self.simulated_ms += story.simulated_ms;
        self.exchanges += story.exchanges;
        self.digest = self.digest.wrapping_add(story.digest);
        self.coverage.merge(&story.coverage);
        if !story.broken.is_empty() {
            self.failed.push((story.seed, story.broken));
        }
    }
}

/// Plays every seed of a range on so many threads. Which thread plays which seed makes no
/// difference to any of them.
#[must_use]
pub fn blow(seeds: std::ops::Range<u64>, threads: usize, bug: Option<Bug>) -> Storm {
    blow_as(seeds, Kind::of, threads, bug)
}

/// Plays every seed of a range as kinds of stories that they need not have drawn.
#[must_use]
pub fn blow_as(
    seeds: std::ops::Range<u64>,
    kind_of: impl Fn(u64) -> Kind + Sync,
    threads: usize,
    bug: Option<Bug>,
) -> Storm {
    let next = AtomicU64::new(seeds.start);
    let storm = Mutex::new(Storm::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let mut story = play_as(seed, kind_of(seed), false, bug);
                    if seed.is_multiple_of(PLAYED_TWICE_EVERY) {
                        story.hold_against(&play_as(seed, kind_of(seed), false, bug));
                    }
                    storm
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take(story);
                }
            });
        }
    });
    let mut storm = storm.into_inner().unwrap_or_else(PoisonError::into_inner);
    storm.failed.sort_unstable();
    storm
}

/// How many seeds it takes to find a planted mistake, from the beginning of each of so many parts of
/// the range on. A part in which it is not found is missing.
#[must_use]
pub fn seeds_to_find(seeds: std::ops::Range<u64>, parts: usize, bug: Bug) -> Vec<u64> {
    let count = u64::try_from(parts.max(1)).unwrap_or(1);
    let length = (seeds.end - seeds.start) / count;
    let look = |part: u64| {
        let start = seeds.start + part * length;
        let found = (start..start + length)
            .find(|seed| !play_with(*seed, false, Some(bug)).broken.is_empty());
        found.map(|seed| seed - start + 1)
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..count)
            .map(|part| scope.spawn(move || look(part)))
            .collect();
        parts
            .into_iter()
            .filter_map(|part| part.join().ok().flatten())
            .collect()
    })
}
