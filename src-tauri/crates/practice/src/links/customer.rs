//! The customers of payment pages, as data.

use money::Money;
use serde::{Deserialize, Serialize};

/// What a customer does with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Pay,
    Decline,
}

/// One act, so many milliseconds after the page could be used (again).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) after_ms: u64,
    pub(crate) act: Act,
}

/// The customers of pages that act alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkScript {
    /// Pays at once.
    Pay,
    /// The bank declines; the customer leaves.
    Decline,
    /// Closes the page.
    Close,
    /// Never opens the link.
    Walk,
    /// The bank declines; another try pays.
    DeclineThenPay,
    /// Pays late.
    PayLate,
    /// Pays in the millisecond in which a cancel arrives, and was first.
    PayBeforeCancel,
    /// Pays in the millisecond in which a cancel arrives, and was too late.
    PayTooLate,
    /// Pays in the millisecond in which a cancel arrives, and both are accepted.
    PayDespiteCancel,
}

impl LinkScript {
    /// Every script.
    pub const ALL: [Self; 9] = [
        Self::Pay,
        Self::Decline,
        Self::Close,
        Self::Walk,
        Self::DeclineThenPay,
        Self::PayLate,
        Self::PayBeforeCancel,
        Self::PayTooLate,
        Self::PayDespiteCancel,
    ];

    /// What happens, in one sentence, for the documents.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Pay => "pays after 2 s",
            Self::Decline => "the bank declines after 2 s; the customer leaves",
            Self::Close => "closes the page: nothing happens until the link expires",
            Self::Walk => "never opens the link: nothing happens until it expires",
            Self::DeclineThenPay => "the bank declines; another try pays, where the link lives on",
            Self::PayLate => "pays after 60 s",
            Self::PayBeforeCancel => "pays when a cancel arrives, and the cancel is refused",
            Self::PayTooLate => "pays when a cancel arrives, and is not charged",
            Self::PayDespiteCancel => "pays when a cancel arrives: cancelled, a moment later paid",
        }
    }

    /// The script that the last two digits of an amount ask for ([`LINK_AMOUNT_ENDINGS`]); any
    /// other amount is paid at once.
    #[must_use]
    pub fn of_amount(amount: Money) -> Self {
        let ending = amount.minor() % 100;
        LINK_AMOUNT_ENDINGS
            .iter()
            .find(|(digits, _)| *digits == ending)
            .map_or(Self::Pay, |(_, script)| *script)
    }

    /// The acts, each timed from the moment in which the page can be used.
    pub(crate) const fn steps(self) -> &'static [Step] {
        const fn after(after_ms: u64, act: Act) -> Step {
            Step { after_ms, act }
        }
        const PAY: &[Step] = &[after(2000, Act::Pay)];
        const LATE: &[Step] = &[after(60_000, Act::Pay)];
        const DECLINE: &[Step] = &[after(2000, Act::Decline)];
        const TWICE: &[Step] = &[after(2000, Act::Decline), after(2000, Act::Pay)];
        match self {
            Self::Pay => PAY,
            Self::PayLate => LATE,
            Self::Decline => DECLINE,
            Self::DeclineThenPay => TWICE,
            Self::Close
            | Self::Walk
            | Self::PayBeforeCancel
            | Self::PayTooLate
            | Self::PayDespiteCancel => &[],
        }
    }
}

/// What the last two digits of an amount mean to the customer of a page in
/// [`CustomerMode::Auto`](crate::CustomerMode::Auto). The first four mean what they mean at a
/// terminal ([`crate::AMOUNT_ENDINGS`]).
pub const LINK_AMOUNT_ENDINGS: &[(i64, LinkScript)] = &[
    (1, LinkScript::Decline),
    (2, LinkScript::Close),
    (3, LinkScript::Walk),
    (4, LinkScript::DeclineThenPay),
    (5, LinkScript::PayLate),
    (6, LinkScript::PayBeforeCancel),
    (7, LinkScript::PayTooLate),
    (8, LinkScript::PayDespiteCancel),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../README.md");
        for (digits, script) in LINK_AMOUNT_ENDINGS {
            let row = format!("| `.{digits:02}` | {} |", script.meaning());
            assert!(readme.contains(&row), "the README lacks {row}");
        }
        let rest = format!("| any other | {} |", LinkScript::Pay.meaning());
        assert!(readme.contains(&rest), "the README lacks {rest}");
    }

    #[test]
    fn every_script_but_paying_has_one_ending() {
        for script in LinkScript::ALL {
            let endings = LINK_AMOUNT_ENDINGS.iter();
            let count = endings.filter(|(_, of)| *of == script).count();
            assert_eq!(count, usize::from(script != LinkScript::Pay), "{script:?}");
        }
    }
}
