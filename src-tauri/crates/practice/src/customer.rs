//! The customers in front of the terminals, as data.

use money::Money;
use serde::{Deserialize, Serialize};

/// What a customer does with a machine that asks for a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gesture {
    /// Holds a good card against it.
    Tap,
    /// Inserts a good card (where none is inside) and enters the right PIN.
    Pin,
    /// Inserts a good card (where none is inside) and enters a wrong PIN.
    WrongPin,
    /// Holds a card against it that the bank declines.
    BadCard,
    /// Presses the red key.
    Cancel,
    /// Swipes a good card that wants a signature.
    Sign,
    /// Inserts a good card, adds a tip of a tenth and enters the right PIN.
    PinAndTip,
    /// Holds a card against it whose result the machine never tells.
    Lose,
    /// Holds a card against it, and the payment is "unsuccessful".
    Fail,
}

/// One gesture, so many milliseconds after the machine asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) after_ms: u64,
    pub(crate) gesture: Gesture,
}

/// The customers that act alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Taps and pays.
    Tap,
    /// Inserts the card, enters the PIN and pays.
    Pin,
    /// Enters a wrong PIN first.
    WrongPin,
    /// The bank declines; the customer leaves.
    Decline,
    /// The bank declines; another card pays.
    DeclineThenTap,
    /// Leaves without a card.
    Walk,
    /// Presses the red key.
    Cancel,
    /// The machine is not connected.
    Offline,
    /// The machine fetches the request late; then the customer taps.
    Slow,
    /// The card is approved in the millisecond in which a cancel arrives.
    Race,
    /// Swipes a card that wants a signature (Dojo).
    Signature,
    /// The payment is "unsuccessful" (Dojo).
    Unsuccessful,
    /// The result never arrives (Dojo).
    NoResult,
    /// Pays with a PIN and a tip (Dojo).
    PinWithTip,
}

impl Script {
    /// Every script that a terminal of Compago can have.
    pub const ALL: [Self; 10] = [
        Self::Tap,
        Self::Pin,
        Self::WrongPin,
        Self::Decline,
        Self::DeclineThenTap,
        Self::Walk,
        Self::Cancel,
        Self::Offline,
        Self::Slow,
        Self::Race,
    ];

    /// How the code of a machine ends that has this customer; of those that only Dojo has, how the
    /// TID ends.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Tap => "-TAP",
            Self::Pin => "-PIN",
            Self::WrongPin => "-WRONGPIN",
            Self::Decline => "-DECLINE",
            Self::DeclineThenTap => "-DECLINE-THEN-TAP",
            Self::Walk => "-WALK",
            Self::Cancel => "-CANCEL",
            Self::Offline => "-OFFLINE",
            Self::Slow => "-SLOW",
            Self::Race => "-RACE",
            Self::Signature => "SIS0",
            Self::Unsuccessful => "UIP0",
            Self::NoResult => "TIP0",
            Self::PinWithTip => "SIP1",
        }
    }

    /// What happens, in one sentence, for the documents.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Tap => "taps after 2 s; approved",
            Self::Pin => "inserts a card after 2 s and enters the PIN; approved after 6 s",
            Self::WrongPin => "enters a wrong PIN, then the right one; approved",
            Self::Decline => "the card is declined; the customer leaves",
            Self::DeclineThenTap => "the card is declined; another card is approved",
            Self::Walk => "walks away: nothing happens until the intent expires",
            Self::Cancel => "presses the red key after 2 s: the intent is cancelled",
            Self::Offline => "the machine is not connected: the intent stays open, unpaid",
            Self::Slow => "the machine fetches the request after 8 s, then a tap; approved",
            Self::Race => "waits; approved in the millisecond in which a cancel arrives",
            Self::Signature => "swipes a card that wants a signature, which the clerk judges",
            Self::Unsuccessful => "presents a card; the payment is unsuccessful",
            Self::NoResult => "presents a card; the result never arrives and the session expires",
            Self::PinWithTip => "adds a tip of 10 % and enters the PIN; approved",
        }
    }

    /// The script that the code of a machine asks for: the longest suffix that fits, so that
    /// `-DECLINE-THEN-TAP` is not taken for `-TAP`.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .filter(|script| code.ends_with(script.suffix()))
            .max_by_key(|script| script.suffix().len())
    }

    /// The script that the last two digits of an amount ask for ([`AMOUNT_ENDINGS`]); any other
    /// amount is paid with a tap.
    #[must_use]
    pub fn of_amount(amount: Money) -> Self {
        let ending = amount.minor() % 100;
        AMOUNT_ENDINGS
            .iter()
            .find(|(digits, _)| *digits == ending)
            .map_or(Self::Tap, |(_, script)| *script)
    }

    /// The gestures, each timed from the moment in which the machine asks for it.
    pub(crate) const fn steps(self) -> &'static [Step] {
        const fn after_2_s(gesture: Gesture) -> Step {
            Step {
                after_ms: 2000,
                gesture,
            }
        }
        const TAP: &[Step] = &[after_2_s(Gesture::Tap)];
        const PIN: &[Step] = &[after_2_s(Gesture::Pin)];
        const WRONG_PIN: &[Step] = &[after_2_s(Gesture::WrongPin), after_2_s(Gesture::Pin)];
        const DECLINE: &[Step] = &[after_2_s(Gesture::BadCard)];
        const DECLINE_THEN_TAP: &[Step] = &[after_2_s(Gesture::BadCard), after_2_s(Gesture::Tap)];
        const CANCEL: &[Step] = &[after_2_s(Gesture::Cancel)];
        const SIGN: &[Step] = &[after_2_s(Gesture::Sign)];
        const PIN_AND_TIP: &[Step] = &[after_2_s(Gesture::PinAndTip)];
        const LOSE: &[Step] = &[after_2_s(Gesture::Lose)];
        const FAIL: &[Step] = &[after_2_s(Gesture::Fail)];
        match self {
            Self::Signature => SIGN,
            Self::Unsuccessful => FAIL,
            Self::NoResult => LOSE,
            Self::PinWithTip => PIN_AND_TIP,
            Self::Tap | Self::Slow => TAP,
            Self::Pin => PIN,
            Self::WrongPin => WRONG_PIN,
            Self::Decline => DECLINE,
            Self::DeclineThenTap => DECLINE_THEN_TAP,
            Self::Cancel => CANCEL,
            Self::Walk | Self::Offline | Self::Race => &[],
        }
    }
}

/// What the last two digits of an amount mean to the customer of
/// [`CustomerMode::Auto`](crate::CustomerMode::Auto).
pub const AMOUNT_ENDINGS: &[(i64, Script)] = &[
    (1, Script::Decline),
    (2, Script::Cancel),
    (3, Script::Walk),
    (4, Script::WrongPin),
];

#[cfg(test)]
mod tests {
    use money::Currency;

    use super::*;

    #[test]
    fn the_longest_suffix_decides() {
        for script in Script::ALL {
            let code = format!("PRACTICE{}", script.suffix());
            assert_eq!(Script::of_code(&code), Some(script), "{code}");
        }
        for manual in ["PRACTICE-1", "PRACTICE-2", "TAP", "PRACTICE-TAP-2", ""] {
            assert_eq!(Script::of_code(manual), None, "{manual}");
        }
    }

    #[test]
    fn the_ending_of_an_amount_decides() {
        for (minor, script) in [
            (101, Script::Decline),
            (35_002, Script::Cancel),
            (3, Script::Walk),
            (99_904, Script::WrongPin),
            (100, Script::Tap),
            (105, Script::Tap),
            (1010, Script::Tap),
        ] {
            let amount = Money::new(minor, Currency::Mxn).unwrap();
            assert_eq!(Script::of_amount(amount), script, "{amount}");
        }
    }

    #[test]
    fn the_readme_has_both_tables() {
        let readme = include_str!("../README.md");
        for script in Script::ALL {
            let row = format!("| `{}` | {} |", script.suffix(), script.meaning());
            assert!(readme.contains(&row), "the README lacks {row}");
        }
        for (digits, script) in AMOUNT_ENDINGS {
            let row = format!("| `.{digits:02}` | as `{}` |", script.suffix());
            assert!(readme.contains(&row), "the README lacks {row}");
        }
    }
}
