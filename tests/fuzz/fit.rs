//! Whether another party's text is fit to be shown and kept, judged apart from what makes it so.

/// Panics unless a text is short enough, on one line, visible, and free of what could be a card number.
///
/// # Panics
/// See above; that is what it is for.
#[track_caller]
pub fn assert_fit(what: &str, text: &str, limit: usize) {
    assert!(
        text.chars().count() <= limit,
        "{what} is longer than {limit}: {text:?}"
    );
    assert!(
        text.chars().all(is_visible),
        "{what} has what nobody sees: {text:?}"
    );
    assert!(
        !has_card_number(text),
        "{what} may have a card number: {text:?}"
    );
}

/// Neither a control character nor one that hides, reorders or breaks what is around it.
#[must_use]
pub fn is_visible(character: char) -> bool {
    let hides = [
        '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2028}',
        '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2060}',
        '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}',
    ];
    !character.is_control() && !hides.contains(&character)
}

/// Whether 13 to 19 digits in a row, spaces, dashes and points aside, pass the check of ISO/IEC 7812-1.
#[must_use]
pub fn has_card_number(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    for character in text.chars() {
        match character.to_digit(10) {
            Some(digit) => {
                digits.push(digit);
                if (13..=19).any(|length| ends_in_card(&digits, length)) {
                    return true;
                }
            }
            None if matches!(character, ' ' | '-' | '.' | '\u{2010}'..='\u{2015}') => {}
            None => digits.clear(),
        }
    }
    false
}

fn ends_in_card(digits: &[u32], length: usize) -> bool {
    let Some(from) = digits.len().checked_sub(length) else {
        return false;
    };
    let mut sum = 0;
    for (place, digit) in digits[from..].iter().rev().enumerate() {
        sum += match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        };
    }
    sum % 10 == 0
}
