//! What somebody types or scans into the search box. Pure, but for the time zone of the machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::{Word, quarters_around};
use money::{Currency, Money};
use payment::{PaymentId, Shop};

/// A shorter text is in too many names of terminals and accounts.
const LABEL_TEXT_MIN: usize = 3;

/// More words find nothing that fewer do not.
const WORDS_MAX: usize = 8;

/// Before a time of day.
const ABOUT: [&str; 12] = [
    "about", "around", "at", "ca", "circa", "approx", "~", "como", "hacia", "sobre", "aprox", "las",
];

/// The words of a search, each of which finds a payment by any of what it may mean.
pub(crate) fn words(text: &str, shop: &Shop) -> Vec<Word> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let scanned = scanned(text);
    if let Ok(id) = scanned.parse::<PaymentId>() {
        return vec![Word {
            payment: Some(id),
            ..Word::default()
        }];
    }
    let whole = word(scanned, shop);
    if scanned != text || !whole.terminals.is_empty() || !whole.accounts.is_empty() {
        return vec![whole];
    }
    let mut words = Vec::new();
    let mut rest: Vec<&str> = text.split_whitespace().collect();
    rest.truncate(WORDS_MAX);
    let mut rest = rest.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let (one, taken) = match about(rest) {
            Some((minute, taken)) => (around(minute, ""), taken),
            None => match clock(rest) {
                Some((minute, taken)) => (around(minute, first), taken),
                None => (word(first, shop), 1),
            },
        };
        words.push(one);
        rest = rest.get(taken..).unwrap_or(after);
    }
    words
}

/// The page of a payment and the like: its name comes last.
fn scanned(text: &str) -> &str {
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    if !is_address {
        return text;
    }
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let last = path.trim_end_matches('/').rsplit('/').next();
    last.filter(|last| !last.is_empty()).unwrap_or(text)
}

fn word(text: &str, shop: &Shop) -> Word {
    let wanted = text.to_lowercase();
    let is_meant = |name: &str| {
        wanted.chars().count() >= LABEL_TEXT_MIN && name.to_lowercase().contains(&wanted)
    };
    let terminals = shop.accounts.iter().flat_map(|account| &account.terminals);
    let accounts = shop.accounts.iter();
    Word {
        text: text.to_owned(),
        terminals: terminals
            .filter(|terminal| is_meant(&terminal.label))
            .map(|terminal| terminal.code.clone())
            .collect(),
        accounts: accounts
            .filter(|account| is_meant(&account.name))
            .map(|account| account.id.clone())
            .collect(),
        amounts: amounts(text),
        ..Word::default()
    }
}

fn around(minute: u16, text: &str) -> Word {
    Word {
        text: text.to_owned(),
        quarters: quarters_around(minute),
        ..Word::default()
    }
}

/// A number with decimals, or with a sign of money, is an amount of each currency that can have it.
/// "350" alone is more often a part of an order.
fn amounts(text: &str) -> Vec<Money> {
    let number = text.trim_start_matches(|sign: char| !sign.is_ascii_digit() && sign != '.');
    let sign = text.strip_suffix(number).unwrap_or_default();
    let has_sign = sign.contains(['$', '£', '€', '¥', '฿']);
    if !sign.is_empty() && !has_sign {
        return Vec::new();
    }
    // 1,051.50 and 1.051,50 and 12,50: what comes last is the decimal sign.
    let number = match (number.rfind(','), number.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => number.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => number.replace(',', ""),
        (Some(comma), None) if number.len().saturating_sub(comma) <= 3 => number.replace(',', "."),
        (Some(_), None) => number.replace(',', ""),
        (None, _) => number.to_owned(),
    };
    if !has_sign && !number.contains('.') {
        return Vec::new();
    }
    Currency::ALL
        .into_iter()
        .filter_map(|currency| Money::from_decimal(&number, currency).ok())
        .collect()
}

/// "about 14:00", "about 2 pm", "a las 14": the minute of the day, and how many words that is.
fn about(words: &[&str]) -> Option<(u16, usize)> {
    let mut before = words
        .iter()
        .take_while(|word| ABOUT.contains(&word.to_lowercase().as_str()))
        .count();
    // "a las dos", but "a" alone is no time.
    if before == 0 && words.len() > 2 && words.first() == Some(&"a") && words.get(1) == Some(&"las")
    {
        before = 2;
    }
    if before == 0 {
        return None;
    }
    let rest = words.get(before..)?;
    if let Some((minute, taken)) = clock(rest) {
        return Some((minute, before.saturating_add(taken)));
    }
    let hour: u16 = rest.first()?.parse().ok()?;
    (hour < 24).then(|| (hour.saturating_mul(60), before.saturating_add(1)))
}

/// "14:05", "2pm", "2:30 pm", "14h": the minute of the day, and how many words that is.
fn clock(words: &[&str]) -> Option<(u16, usize)> {
    let first = words.first()?.trim_start_matches('~').to_lowercase();
    let half = |text: &str| match text.replace('.', "").as_str() {
        "am" => Some(0),
        "pm" => Some(12),
        _ => None,
    };
    let digits = first.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == '.');
    let ending = first.strip_prefix(digits)?;
    let next = words.get(1).and_then(|next| half(&next.to_lowercase()));
    let (noon, taken) = match (half(ending), next) {
        (Some(noon), _) => (Some(noon), 1),
        (None, Some(noon)) if ending.is_empty() => (Some(noon), 2),
        (None, _) => (None, 1),
    };
    let is_hour = noon.is_some() || ending == "h" || words.first()?.starts_with('~');
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        None if is_hour => (digits, "00"),
        None => return None,
    };
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => (hour % 12).saturating_add(noon),
        Some(_) => return None,
        None => hour,
    };
    (hour < 24 && minute < 60).then(|| (hour.saturating_mul(60).saturating_add(minute), taken))
}

/// The quarter of an hour of the day where the till stands, 0 to 95. `at_ms`: since 1970 UTC.
#[must_use]
pub fn quarter_of(at_ms: i64) -> u8 {
    let here = here(at_ms);
    let (hour, minute) = (here.hour(), here.minute());
    let quarter = hour.saturating_mul(4).saturating_add(minute / 15);
    u8::try_from(quarter).unwrap_or(0)
}

/// When the day of a moment began where the till stands. Both since 1970 UTC.
pub(crate) fn day_began_ms(at_ms: i64) -> i64 {
    here(at_ms)
        .start_of_day()
        .map_or(at_ms, |began| began.timestamp().as_millisecond())
}

fn here(at_ms: i64) -> jiff::Zoned {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Word> {
        words(text, &Shop::default())
    }

    #[test]
    fn times_of_day_as_people_say_them() {
        let table = [
            ("14:00", 14 * 60),
            ("2pm", 14 * 60),
            ("2 pm", 14 * 60),
            ("2:30 p.m.", 14 * 60 + 30),
            ("12am", 0),
            ("about 14:00", 14 * 60),
            ("About 2 pm", 14 * 60),
            ("around 14", 14 * 60),
            ("a las 14", 14 * 60),
            ("como a las 2 pm", 14 * 60),
            ("~14:05", 14 * 60 + 5),
            ("~9", 9 * 60),
            ("14h", 14 * 60),
        ];
        for (text, minute) in table {
            let words = of(text);
            let quarters: Vec<_> = words
                .iter()
                .filter(|word| !word.quarters.is_empty())
                .collect();
            assert_eq!(quarters.len(), 1, "{text}: {words:?}");
            assert_eq!(quarters[0].quarters, quarters_around(minute), "{text}");
        }
        for text in [
            "25:00", "14:0", "14:99", "13pm", "at", "about", "at home", "4h7", "::",
        ] {
            let words = of(text);
            assert!(words.iter().all(|word| word.quarters.is_empty()), "{text}");
        }
    }

    #[test]
    fn amounts_as_people_write_them() {
        let minor = |text: &str| {
            let words = of(text);
            let amounts = words.iter().flat_map(|word| word.amounts.iter());
            let mxn = amounts.filter(|amount| amount.currency() == Currency::Mxn);
            mxn.map(|amount| amount.minor()).collect::<Vec<_>>()
        };
        let table = [
            ("12.50", 1_250),
            ("12,50", 1_250),
            ("$12.50", 1_250),
            ("$350", 35_000),
            ("MX$350.5", 35_050),
            ("1,051.50", 105_150),
            ("1.051,50", 105_150),
            ("$1,051", 105_100),
        ];
        for (text, expected) in table {
            assert_eq!(minor(text), [expected], "{text}");
        }
        for text in ["350", "R-12.50x", "1.2.3", "-12.50", "12.", "x"] {
            assert!(minor(text).len() <= usize::from(text == "12."), "{text}");
        }
    }

    #[test]
    fn a_scanned_name_is_looked_up_and_of_a_scanned_page_its_last_part() {
        let id = "019a2b00-0000-7000-8000-000000000001";
        assert!(of(id)[0].payment.is_some());
        let page = format!("https://pay.example.test/checkout/{id}?from=qr");
        assert!(of(&page)[0].payment.is_some());
        assert_eq!(of("https://pay.example.test/c/pi_123/")[0].text, "pi_123");
        assert_eq!(of("Mesa  4").len(), 2);
        assert!(of("  ").is_empty());
    }
}
