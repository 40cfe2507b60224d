//! Reports on paper: lines in the reader's words, and the pages they fill. Pure.

mod pdf;
mod table;

#[cfg(test)]
pub(crate) mod read;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::MoneyView;

pub(crate) use pdf::pages;
pub(crate) use table::{Column, Fit, cut, row, wrap};

/// How the paper lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// For a few columns.
    Upright,
    /// For many, in a smaller hand.
    Wide,
}

impl Sheet {
    /// Characters of a line of a table.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Upright => 78,
            Self::Wide => 158,
        }
    }
}

/// What is drawn one below the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// What it is.
    Title(String),
    /// What a table is about.
    Heading(String),
    /// The names of a table's columns: said again where the table goes on on another page.
    Names(Vec<String>),
    /// One line, at most as long as the sheet is wide, laid out already.
    Text(String),
    /// A row of a table: its lines stay on one page.
    Row(Vec<String>),
    /// Room. A table ends here.
    Gap,
}

/// The reader's words.
pub(crate) struct Words<'a>(pub &'a BTreeMap<String, String>);

impl Words<'_> {
    /// The reader's word, else its name: a report without a word is still a report.
    pub(crate) fn say(&self, group: &str, name: &str) -> String {
        let known = self.0.get(&format!("{group}.{name}"));
        known.cloned().unwrap_or_else(|| name.to_owned())
    }

    pub(crate) fn fill(&self, group: &str, name: &str, values: &[(&str, &str)]) -> String {
        values
            .iter()
            .fold(self.say(group, name), |text, (place, value)| {
                text.replace(&format!("{{{place}}}"), value)
            })
    }

    /// What stands below a page.
    pub(crate) fn foot(&self, page: usize, pages: usize) -> String {
        let (page, pages) = (page.to_string(), pages.to_string());
        self.fill("paper", "page", &[("page", &page), ("pages", &pages)])
    }
}

/// Paper knows the letters of western Europe and no others: a currency is written by its code where its
/// sign is none of them.
pub(crate) fn plain(amount: &MoneyView) -> String {
    if amount
        .symbol
        .chars()
        .all(|letter| pdf::byte(letter).is_some())
    {
        return amount.text.replace('−', "-");
    }
    let number = amount.text.replace(&amount.symbol, "").replace('−', "-");
    format!("{} {number}", amount.currency)
}

/// A time as the clock on the wall shows it.
pub(crate) fn clock(at: &str, zone: &TimeZone, form: &str) -> String {
    at.parse::<Timestamp>().map_or_else(
        |_| at.to_owned(),
        |at| at.to_zoned(zone.clone()).strftime(form).to_string(),
    )
}

/// The stable name of a closed set's member, as it crosses the bridge.
pub(crate) fn name_of(of: &impl serde::Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}
