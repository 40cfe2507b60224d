//! What happened in one story: a digest to compare two runs by, and lines for people to read.

use std::fmt::{Display, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The trace of one story. Lines are kept only where somebody asked to read them.
#[derive(Debug)]
pub struct Trace {
    began: Instant,
    told: Mutex<Told>,
}

#[derive(Debug)]
struct Told {
    digest: DefaultHasher,
    /// The line that is being told, in memory that is used again.
    line: String,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A trace that begins now.
    #[must_use]
    pub fn new(readable: bool) -> Self {
        Self {
            began: Instant::now(),
            told: Mutex::new(Told {
                digest: DefaultHasher::new(),
                line: String::new(),
                lines: readable.then(Vec::new),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Simulated milliseconds since the story began.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes that something happened.
    pub fn tell(&self, who: impl Display, what: impl Display) {
        let now_ms = self.now_ms();
        let mut told = self.lock();
        let told = &mut *told;
        told.line.clear();
        write!(told.line, "{now_ms:>9} ms  {who}: {what}").expect("a text takes more text");
        told.line.hash(&mut told.digest);
        if let Some(lines) = &mut told.lines {
            lines.push(told.line.clone());
        }
    }

    /// The same for two runs of one seed.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.lock().digest.finish()
    }

    /// The lines told so far; empty where nobody asked for them.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lock().lines.clone().unwrap_or_default()
    }
}
