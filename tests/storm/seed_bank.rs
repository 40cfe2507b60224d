//! Seeds that once found something. Each is played in every run, for ever.

/// A seed, and what it found.
#[derive(Debug, Clone, Copy)]
pub struct Banked {
    /// The seed.
    pub seed: u64,
    /// The invariant it broke, and how.
    pub found: &'static str,
}

/// The bank.
pub const BANK: &[Banked] = &[];
