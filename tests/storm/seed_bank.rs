//! Seeds that once found something. Each is played in every run, for ever.

use super::{Cast, Length};

/// A seed, and what it found.
#[derive(Debug, Clone, Copy)]
pub struct Banked {
    /// The seed.
    pub seed: u64,
    /// The systems it was about.
    pub cast: Cast,
    /// How long its story is.
    pub length: Length,
    /// Whether it has managers.
    pub managers: bool,
    /// The invariant it broke, and how.
    pub found: &'static str,
}

/// The bank.
pub const BANK: &[Banked] = &[
    Banked {
        seed: 1,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I2: two tills, one order: no connection at the first moved its key on alone",
    },
    Banked {
        seed: 24,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I3: the same, and both were paid",
    },
    Banked {
        seed: 130,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I13: killed after a cancel, clock years ahead at the next start: the approval that \
                came after it is never read",
    },
    Banked {
        seed: 348,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I13: as 422, with a PIN",
    },
    Banked {
        seed: 383,
        cast: Cast::ThaiLinks,
        length: Length::Long,
        managers: false,
        found: "I2: two tills, one order: one saw for long enough that nothing was made, and went on \
                to a new key beside the other's",
    },
    Banked {
        seed: 12_693,
        cast: Cast::CompagoLinks,
        length: Length::Long,
        managers: false,
        found: "I4: a key used again where one key may make two links: a first that arrived two \
                minutes late was taken for the second, and the second was paid",
    },
    Banked {
        seed: 422,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I13: withdrawn for another amount, then read as CONFIRMED: stays cancelled, in \
                silence",
    },
    Banked {
        seed: 477,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I4: a person said not paid while the till's own repeat was on its way",
    },
    Banked {
        seed: 1642,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I4: answered with another currency, then 404 for a while: believed absent, and paid",
    },
    Banked {
        seed: 1732,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I3: the same with another amount; charged again, and twice",
    },
    Banked {
        seed: 18_653,
        cast: Cast::Terminals,
        length: Length::Long,
        managers: false,
        found: "I13: two late readings spoilt by an unknown word count as done: the approval is \
                found ten minutes late",
    },
    Banked {
        seed: 629,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I14: a hold, then one answer in another currency: every true one after it was no \
                news, and it stayed not known",
    },
    Banked {
        seed: 658,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I4: withdrawn while a machine still asks for a card, and shown as cancelled",
    },
    Banked {
        seed: 1_627,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I4: as 658, where the session is read with a word that nobody knows",
    },
    Banked {
        seed: 1_324,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I4: a person said not paid while a request for another card was on its way",
    },
    Banked {
        seed: 9_595,
        cast: Cast::ThaiLinks,
        length: Length::Long,
        managers: false,
        found: "I13: two late readings older than the cancel count as done: what was paid in the same \
                moment is never found",
    },
    Banked {
        seed: 20_381,
        cast: Cast::Cards,
        length: Length::Long,
        managers: false,
        found: "I2: a list of refunds named a cent too much, twice: a payment that still holds a cent \
                was taken for given back whole, and its order was charged again",
    },
    Banked {
        seed: 29_006,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I5: a list of refunds named too much: two were counted where one was given",
    },
    Banked {
        seed: 120,
        cast: Cast::ThaiLinks,
        length: Length::Short,
        managers: true,
        found: "I15: two batches asked for one payment, the till was killed, and the first asked again: \
                only the last of them was remembered",
    },
    Banked {
        seed: 78,
        cast: Cast::Dojo,
        length: Length::Short,
        managers: true,
        found: "I15: as 120, and what the first withdrew was told as left alone",
    },
    Banked {
        seed: 92_007,
        cast: Cast::Dojo,
        length: Length::Long,
        managers: false,
        found: "I4: money was held, an older reading made it not known, and a person could call it unpaid",
    },
];
