//! What is looked for in the history, and whether a payment is that. The index only proposes
//! ([`crate::index`]); what is decided here is what is found, with the index and without it.

use std::ops::RangeInclusive;

use money::Money;
use payment::receipt::SlipLine;
use payment::{AccountId, Actor, Listed, Payment, PaymentId, TerminalCode};

use crate::elsewhere::Elsewhere;
use crate::query::{Cursor, Summary};

/// The quarter of an hour of the day, 0 to 95, in which a moment is where the till stands. Moments
/// are milliseconds since 1970 UTC; the journal knows no time zones, so callers bring this.
pub type QuarterOf = fn(i64) -> u8;

/// Shorter texts are in too many payments: they are found at the ends of a name and where a word
/// begins.
pub(crate) const GRAM: usize = 3;

/// Which payments a search goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every one.
    All,
    /// Those that are not over.
    Open,
    /// Those of which it is not known whether money moved.
    NotKnown,
    /// Those that were asked for at this time or later, milliseconds since 1970 UTC.
    Since(i64),
}

/// What is looked for: payments that every word finds.
#[derive(Debug, Clone)]
pub struct Search {
    /// The words.
    pub words: Vec<Word>,
    /// Among which.
    pub scope: Scope,
    /// The time of day of a payment.
    pub quarter_of: QuarterOf,
}

/// One word of a search. A payment is found by any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// A part of the order's reference, of its key, of the provider's name for the payment, of the
    /// machine's code, the account or who asked for it, or the last four digits of the card where
    /// a slip has them. Whatever the case of its letters.
    pub text: String,
    /// Machines that people call so, which the journal does not know.
    pub terminals: Vec<TerminalCode>,
    /// Accounts that people call so.
    pub accounts: Vec<AccountId>,
    /// Exactly so much.
    pub amounts: Vec<Money>,
    /// Asked for in one of these quarters of an hour of the day.
    pub quarters: Vec<u8>,
    /// The payment of this name.
    pub payment: Option<PaymentId>,
}

/// Rows of a search.
#[derive(Debug, Clone)]
pub struct Page {
    /// What was found, newest first.
    pub rows: Vec<Summary>,
    /// Where to go on; `None` at the end. There may be more also where few were found: a search
    /// stops after some tens of milliseconds so that nobody waits.
    pub next: Option<Cursor>,
}

impl Search {
    /// Whether a payment is what is looked for, whatever the scope. `requested_at_ms`: milliseconds
    /// since 1970 UTC.
    #[must_use]
    pub fn finds(&self, payment: &Payment, requested_at_ms: i64) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let terminal = payment.way.terminal();
        let marks = Marks {
            names: &names(payment),
            amount: payment.amount,
            account: &payment.account,
            quarter: (self.quarter_of)(requested_at_ms),
        };
        self.words.iter().all(|word| {
            word.payment == Some(payment.id)
                || terminal.is_some_and(|code| word.terminals.contains(code))
                || word.finds(&marks)
        })
    }

    /// The same for one that was made elsewhere.
    #[must_use]
    pub fn finds_elsewhere(&self, row: &Elsewhere) -> bool {
        self.finds_listed(&row.account, &row.listed, row.place.at_ms)
    }

    /// `at_ms`: when it was made.
    #[must_use]
    pub(crate) fn finds_listed(&self, account: &AccountId, listed: &Listed, at_ms: i64) -> bool {
        let marks = Marks {
            names: &names_of_listed(account, listed),
            amount: listed.amount,
            account,
            quarter: (self.quarter_of)(at_ms),
        };
        // What is written like a payment's own name here may be a provider's name there.
        let is_named = |id: PaymentId| listed.intent.as_str().eq_ignore_ascii_case(&id.to_string());
        self.words
            .iter()
            .all(|word| word.payment.is_some_and(is_named) || word.finds(&marks))
    }
}

/// What a payment is found by.
struct Marks<'a> {
    names: &'a [String],
    amount: Money,
    account: &'a AccountId,
    quarter: u8,
}

impl Word {
    fn finds(&self, marks: &Marks<'_>) -> bool {
        self.quarters.contains(&marks.quarter)
            || self.amounts.contains(&marks.amount)
            || self.accounts.contains(marks.account)
            || is_in(&self.text.to_lowercase(), marks.names)
    }
}

fn is_in(text: &str, names: &[String]) -> bool {
    let length = text.chars().count();
    if length == 0 {
        return false;
    }
    if length >= GRAM {
        return names.iter().any(|name| name.contains(text));
    }
    names.iter().any(|name| {
        name.starts_with(text)
            || name.ends_with(text)
            || words(name).any(|word| word.starts_with(text))
    })
}

/// The texts by which a payment is found, in lower case.
pub(crate) fn names(payment: &Payment) -> Vec<String> {
    let order = payment.order.as_str();
    let mut names = vec![
        order.to_lowercase(),
        payment.account.as_str().to_lowercase(),
    ];
    names.extend(
        payment
            .way
            .terminal()
            .map(|code| code.as_str().to_lowercase()),
    );
    names.extend(
        payment
            .intent
            .as_ref()
            .map(|intent| intent.as_str().to_lowercase()),
    );
    match &payment.by {
        Actor::Cashier { name } | Actor::Staff { name, .. } => names.push(name.to_lowercase()),
        Actor::Till => {}
    }
    names.extend(last_four(payment));
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}

/// The texts by which one that was made elsewhere is found, in lower case.
pub(crate) fn names_of_listed(account: &AccountId, listed: &Listed) -> Vec<String> {
    let mut names = vec![
        listed.reference.to_lowercase(),
        account.as_str().to_lowercase(),
        listed.intent.as_str().to_lowercase(),
    ];
    names.extend(listed.last_four.clone());
    names.retain(|name| !name.is_empty());
    names
}

/// What is left of a name from where each of its words begins, but for the first.
pub(crate) fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut before = None;
    name.char_indices().filter_map(move |(index, letter)| {
        let begins = before.is_some_and(|before: char| !before.is_alphanumeric());
        before = Some(letter);
        (begins && letter.is_alphanumeric()).then(|| name.get(index..).unwrap_or_default())
    })
}

/// Signs with which slips hide the rest of a card's number.
const MASKS: [char; 5] = ['*', '•', 'x', 'X', '#'];

/// How many of them a number has at least: "x 1234" is no card.
const MASKED_MIN: usize = 4;

/// The last four digits of the card, as the terminal's slip has them.
fn last_four(payment: &Payment) -> Option<String> {
    let slips = payment.receipts.as_ref()?;
    let lines = slips.customer.lines.iter().chain(&slips.merchant.lines);
    lines
        .filter_map(|line| match line {
            SlipLine::Text { text, .. } => masked_digits(text),
            SlipLine::Rule | SlipLine::Blank => None,
        })
        .next()
}

fn masked_digits(text: &str) -> Option<String> {
    let (mut masked, mut digits) = (0_usize, String::new());
    for letter in text.chars().chain([' ', '\n']) {
        if letter.is_ascii_digit() && masked >= MASKED_MIN {
            digits.push(letter);
        } else if digits.len() == 4 && !letter.is_alphanumeric() {
            return Some(digits);
        } else if MASKS.contains(&letter) {
            masked = masked.saturating_add(1);
            digits.clear();
        } else if letter != ' ' && letter != '-' {
            masked = 0;
            digits.clear();
        }
    }
    None
}

/// The quarters around a time of day, half an hour to either side. `minute`: of the day.
#[must_use]
pub fn quarters_around(minute: u16) -> Vec<u8> {
    const QUARTERS: i32 = 96;
    let middle = i32::from(minute) / 15;
    let around: RangeInclusive<i32> = (middle - 2)..=(middle + 2);
    around
        .filter_map(|quarter| u8::try_from(quarter.rem_euclid(QUARTERS)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_digits_are_taken_from_what_is_masked() {
        let table = [
            ("CARD ************1111", Some("1111")),
            ("VISA XXXX XXXX XXXX 4242 CHIP", Some("4242")),
            ("•••• •••• •••• 0005", Some("0005")),
            ("xxxx-xxxx-xxxx-9", None),
            // A longer number is none of four digits, and what is not masked is no card.
            ("**** 12345", None),
            ("AUTH 123456", None),
            ("Table 1111", None),
            ("x 1234", None),
        ];
        for (text, digits) in table {
            assert_eq!(masked_digits(text).as_deref(), digits, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_has_half_an_hour_to_either_side_also_at_midnight() {
        assert_eq!(quarters_around(14 * 60), [54, 55, 56, 57, 58]);
        assert_eq!(quarters_around(0), [94, 95, 0, 1, 2]);
        assert_eq!(quarters_around(23 * 60 + 59), [93, 94, 95, 0, 1]);
    }

    #[test]
    fn words_begin_after_a_sign() {
        let begun: Vec<&str> = words("mesa 4-ñu").collect();
        assert_eq!(begun, ["4-ñu", "ñu"]);
    }
}
