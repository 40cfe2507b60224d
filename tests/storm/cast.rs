//! Which systems a story is about.

use payment::System;

/// Keeps what is drawn for links apart from everything else: a story of card machines is the same
/// as before there were links.
const LINKS_SALT: u64 = 0x11_4B5;

/// The same for what can be done with a payment at Dojo and LeanRails.
const ACTS_SALT: u64 = 0xD0_70;

/// The systems at which a story's orders are charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Card machines only.
    Terminals,
    /// Compago's links only.
    CompagoLinks,
    /// One2Pays only.
    ThaiLinks,
    /// Dojo's machines only.
    Dojo,
    /// LeanRails' cards on file only.
    Cards,
    /// All; an order may go from one to another.
    Everything,
}

impl Cast {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Terminals,
        Self::CompagoLinks,
        Self::ThaiLinks,
        Self::Dojo,
        Self::Cards,
        Self::Everything,
    ];

    /// The cast of a seed in every run of the tests: of twelve stories two are of card machines at
    /// Compago, two of each kind of link, two of Dojo's machines, one of cards on file, and in three an
    /// order may go from any system to another.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        match Self::random(seed).u8(0..12) {
            0 | 1 => Self::Terminals,
            2 | 3 => Self::CompagoLinks,
            4 | 5 => Self::ThaiLinks,
            6 | 7 => Self::Dojo,
            8 => Self::Cards,
            _ => Self::Everything,
        }
    }

    /// What Dojo and LeanRails draw from, so that a story of links is the one it was before them.
    pub(super) fn acts_random(seed: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(seed ^ ACTS_SALT)
    }

    /// What links draw from.
    pub(super) fn random(seed: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(seed ^ LINKS_SALT)
    }

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminals => "terminals",
            Self::CompagoLinks => "compago-links",
            Self::ThaiLinks => "thai-links",
            Self::Dojo => "dojo",
            Self::Cards => "cards",
            Self::Everything => "everything",
        }
    }

    /// The cast of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cast| cast.name() == name)
    }

    /// Its systems.
    #[must_use]
    pub const fn systems(self) -> &'static [System] {
        match self {
            Self::Terminals => &[System::Compago],
            Self::CompagoLinks => &[System::CompagoLink],
            Self::ThaiLinks => &[System::One2Pays],
            Self::Dojo => &[System::Dojo],
            Self::Cards => &[System::LeanRails],
            Self::Everything => &System::ALL,
        }
    }

    /// Whether anybody pays at this system in it.
    #[must_use]
    pub fn has(self, system: System) -> bool {
        self.systems().contains(&system)
    }

    /// Whether anybody opens a page in it.
    #[must_use]
    pub fn has_links(self) -> bool {
        self.has(System::CompagoLink) || self.has(System::One2Pays)
    }

    /// Whether more can be done with a payment in it than to withdraw it.
    #[must_use]
    pub fn has_acts(self) -> bool {
        self.has(System::Dojo) || self.has(System::LeanRails)
    }
}
