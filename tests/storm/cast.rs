//! Which systems a story is about.

use payment::System;

/// Keeps what is drawn for links apart from everything else: a story of card machines is the same
/// as before there were links.
const LINKS_SALT: u64 = 0x11_4B5;

/// The systems at which a story's orders are charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Card machines only.
    Terminals,
    /// Compago's links only.
    CompagoLinks,
    /// One2Pays only.
    ThaiLinks,
    /// All; an order may go from one to another.
    Everything,
}

impl Cast {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Terminals,
        Self::CompagoLinks,
        Self::ThaiLinks,
        Self::Everything,
    ];

    /// The cast of a seed: of eight stories three, one, one and three.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        match Self::random(seed).u8(0..8) {
            0..3 => Self::Terminals,
            3 => Self::CompagoLinks,
            4 => Self::ThaiLinks,
            _ => Self::Everything,
        }
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
            Self::Everything => &System::ALL,
        }
    }

    /// Whether anybody pays at this system in it.
    #[must_use]
    pub fn has(self, system: System) -> bool {
        self.systems().contains(&system)
    }
}
