//! What the index has of a payment, and what is asked of it. Pure.
//!
//! A payment is one text, of which FTS5 keeps every three letters in a row (its trigram tokenizer).
//! Signs that no name has mark where a name ends, where a word begins, an amount and a time of day,
//! so that each of these is three letters in a row as well.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use money::Money;
use payment::Payment;

use crate::search::{GRAM, QuarterOf, Search, Word, names, words};

/// Between names.
const EDGE: &str = "\u{1}\u{1}";

/// Before the first two letters of a word.
const BEGIN: char = '\u{2}';

/// Around an amount.
const AMOUNT: char = '\u{4}';

/// Twice before the sign of a quarter of an hour.
const TIME: char = '\u{5}';

/// The first of the signs that stand for the quarters of a day: private use in Unicode.
const FIRST_QUARTER: u32 = 0xe000;

/// The text of a payment.
pub(crate) fn document(payment: &Payment, requested_at_ms: i64, quarter_of: QuarterOf) -> String {
    document_of(&names(payment), payment.amount, quarter_of(requested_at_ms))
}

/// The text of what has these names, this amount and this time of day.
pub(crate) fn document_of(names: &[String], money: Money, quarter: u8) -> String {
    let mut text = EDGE.to_owned();
    let mut begun = BTreeSet::new();
    for name in names {
        begun.extend(words(name).map(|word| word.chars().take(2).collect::<String>()));
        text.push_str(&plain(name));
        text.push_str(EDGE);
    }
    for word in begun {
        text.push(BEGIN);
        text.push(BEGIN);
        text.push_str(&plain(&word));
    }
    text.push_str(&amount(&money.to_decimal()));
    text.push_str(&time(quarter));
    text
}

fn amount(decimal: &str) -> String {
    format!("{AMOUNT}{decimal}{AMOUNT}")
}

fn time(quarter: u8) -> String {
    let sign = char::from_u32(FIRST_QUARTER + u32::from(quarter)).unwrap_or(TIME);
    format!("{TIME}{TIME}{sign}")
}

/// No name can forge a sign.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if is_sign(letter) { ' ' } else { letter })
        .collect()
}

fn is_sign(letter: char) -> bool {
    letter.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&letter)
}

/// A search in the words of FTS5. `None` where it is about nothing that the index has: every
/// payment is proposed then.
pub(crate) fn expression(search: &Search) -> Option<String> {
    let words: Vec<String> = search.words.iter().filter_map(of_word).collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

fn of_word(word: &Word) -> Option<String> {
    // A payment's own name is not in the index: it is looked up.
    if word.payment.is_some() {
        return None;
    }
    let mut any = Vec::new();
    let text = plain(&word.text.to_lowercase());
    match text.chars().count() {
        0 => {}
        length if length < GRAM => {
            let pad: String = std::iter::repeat_n('\u{1}', GRAM - length).collect();
            let begin: String = std::iter::repeat_n(BEGIN, GRAM - length).collect();
            any.extend([
                format!("{pad}{text}"),
                format!("{text}{pad}"),
                format!("{begin}{text}"),
            ]);
        }
        _ => any.push(text),
    }
    any.extend(
        word.terminals
            .iter()
            .map(|code| code.as_str())
            .chain(word.accounts.iter().map(|account| account.as_str()))
            .map(|name| format!("\u{1}{}\u{1}", plain(&name.to_lowercase()))),
    );
    any.extend(word.amounts.iter().map(|money| amount(&money.to_decimal())));
    any.extend(word.quarters.iter().map(|quarter| time(*quarter)));
    let any: Vec<String> = any.iter().map(|text| grams(text)).collect();
    (!any.is_empty()).then(|| format!("({})", any.join(" OR ")))
}

/// Every three letters in a row of a text, all of which a payment must have.
fn grams(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut known = BTreeSet::new();
    let mut all = String::from("(");
    for gram in letters.windows(GRAM) {
        let gram: String = gram.iter().collect();
        if known.insert(gram.clone()) {
            let and = if known.len() > 1 { " AND " } else { "" };
            // Writing to a text cannot fail.
            let _ = write!(all, "{and}\"{}\"", gram.replace('"', "\"\""));
        }
    }
    all.push(')');
    all
}
