//! What every adapter's `map` concludes in the same way.

use std::collections::HashSet;

use jiff::Timestamp;
use money::{Currency, Money};
use payment::failure::{BadAnswer, NotSent};
use payment::{Failure, IntentId, LEFTOVERS_MAX, Leftover, Listed};

use crate::http::Response;
use crate::json::Word;
use crate::said::{WORDS_LIMIT, clean};

/// A request that this build cannot write: nothing was sent.
pub(crate) const NOT_BUILT: Failure = Failure::NotSent {
    why: NotSent::NotBuilt,
};

/// The longest reference that is read of an open payment, in characters: a key of ours, and what is put
/// behind it where a system does not take all of its characters.
pub(crate) const REFERENCE_LIMIT: usize = 100;

/// Payments as a list tells them: the newest first.
///
/// A list that grew while its pages were read has some of them twice.
pub(crate) fn newest_first(mut all: Vec<Listed>) -> Vec<Listed> {
    let mut told = HashSet::new();
    all.retain(|one| told.insert(one.intent.clone()));
    all.sort_by_key(|one| std::cmp::Reverse(one.made_at_ms));
    all
}

/// Those that stand open, and not more than anybody reads.
pub(crate) fn open_first(all: Vec<Listed>) -> Vec<Leftover> {
    let open = newest_first(all).into_iter();
    open.filter_map(Listed::leftover)
        .take(LEFTOVERS_MAX)
        .collect()
}

pub(crate) const fn unreadable() -> Failure {
    Failure::BadAnswer {
        why: BadAnswer::Unreadable,
    }
}

pub(crate) const fn web_page() -> Failure {
    Failure::BadAnswer {
        why: BadAnswer::WebPage,
    }
}

/// The answer is about something else; what it said is cut and cleaned.
pub(crate) fn mismatch(said: &str, intent: Option<IntentId>) -> Failure {
    Failure::Mismatch {
        said: clean(said, WORDS_LIMIT),
        intent,
    }
}

/// Reads the body of a success; a web page is told from junk, whatever it calls itself.
pub(crate) fn read_object<T>(
    response: &Response,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Failure> {
    if response.is_web_page() {
        return Err(web_page());
    }
    read(&response.body).ok_or_else(|| {
        if response.body.trim_ascii_start().starts_with(b"<") {
            web_page()
        } else {
            unreadable()
        }
    })
}

/// What an answer names of the payment it is about. What it does not name is no difference.
pub(crate) struct Named<'a> {
    pub(crate) amount: Option<&'a Word>,
    pub(crate) currency: Option<&'a Word>,
    pub(crate) reference: Option<&'a Word>,
}

impl Named<'_> {
    /// What is named otherwise than was asked for. `reference` is the field's name on this wire and
    /// what was sent in it; `read` is how amounts are read there.
    pub(crate) fn differences(
        &self,
        wanted: Money,
        reference: (&str, &str),
        read: impl Fn(&str) -> Option<Money>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(named) = self.amount
            && read(named.text()) != Some(wanted)
        {
            found.push(format!("amount {}", named.text()));
        }
        found.extend(self.other_currency(wanted.currency()));
        if let Some(named) = self.reference
            && named.text() != reference.1
        {
            found.push(format!("{} {}", reference.0, named.text()));
        }
        found
    }

    /// The amount of a reading, where it names one.
    ///
    /// # Errors
    /// What it named instead of an amount in this currency.
    pub(crate) fn amount_in(
        &self,
        currency: Currency,
        read: impl Fn(&str) -> Option<Money>,
    ) -> Result<Option<Money>, String> {
        if let Some(said) = self.other_currency(currency) {
            return Err(said);
        }
        let Some(named) = self.amount else {
            return Ok(None);
        };
        match read(named.text()) {
            Some(amount) => Ok(Some(amount)),
            None => Err(format!("amount {}", named.text())),
        }
    }

    fn other_currency(&self, currency: Currency) -> Option<String> {
        let named = self.currency?.text();
        (!named.eq_ignore_ascii_case(currency.code())).then(|| format!("currency {named}"))
    }
}

/// The longest address of a page that is shown, in characters.
const ADDRESS_LIMIT: usize = 2_048;

/// An address that a customer can be sent to: http(s) with a host, and not too long to draw.
pub(crate) fn web_address(text: &str) -> Option<String> {
    if text.len() > ADDRESS_LIMIT || text.contains(|one: char| !one.is_ascii_graphic()) {
        return None;
    }
    let url = url::Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    (is_web && url.host().is_some()).then(|| text.to_owned())
}

/// An ISO-8601 time with its zone, as milliseconds since 1970-01-01 UTC.
pub(crate) fn time_ms(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok()?;
    Some(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_sent_to_the_web_only() {
        let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        let table = [
            ("https://pay.example/x?y=1#z".to_owned(), true),
            ("http://127.0.0.1:4100/pay/1".to_owned(), true),
            ("HTTPS://pay.example".to_owned(), true),
            (long(2_048), true),
            (long(2_049), false),
            ("https://".to_owned(), false),
            ("pay.example/x".to_owned(), false),
            ("/pay/x".to_owned(), false),
            ("javascript:alert(1)".to_owned(), false),
            ("data:text/html,x".to_owned(), false),
            ("file:///etc/passwd".to_owned(), false),
            ("https://pay.example/a b".to_owned(), false),
            ("https://pay.example/\u{202e}x".to_owned(), false),
            (String::new(), false),
        ];
        for (text, expected) in table {
            assert_eq!(web_address(&text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_time_needs_its_zone() {
        let table = [
            ("2026-01-09T10:30:00Z", Some(1_767_954_600_000)),
            ("2026-01-09T10:30:00.250Z", Some(1_767_954_600_250)),
            ("2026-01-09T17:30:00+07:00", Some(1_767_954_600_000)),
            ("2026-01-09T10:30:00", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(time_ms(text), expected, "{text}");
        }
    }
}
