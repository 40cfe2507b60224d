//! What a provider says, made fit for the journal and the screen.

/// The most of a provider's message that is kept, in characters.
pub(crate) const MESSAGE_LIMIT: usize = 200;

/// The most of a provider's status words that is kept, in characters.
pub(crate) const WORDS_LIMIT: usize = 80;

/// Card numbers have 13 to 19 digits (ISO/IEC 7812).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Takes a text of another party: without control and invisible characters, without anything that
/// could be a card number, and no longer than `limit` characters.
///
/// Numbers are masked before the text is cut, so that a cut number cannot slip through.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let mut characters: Vec<char> = text
        .chars()
        .map(|character| {
            if character.is_whitespace() {
                ' '
            } else {
                character
            }
        })
        .filter(|character| visible(*character))
        .collect();
    mask_cards(&mut characters);
    let text: String = characters.iter().collect();
    let text = text.trim();
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

fn visible(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Masks every run of digits that could be a card number. Digits belong to one run while only
/// spaces, dashes or points stand between them.
fn mask_cards(characters: &mut [char]) {
    let mut run: Vec<(usize, u32)> = Vec::new();
    let mut found: Vec<usize> = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        if let Some(digit) = character.to_digit(10) {
            run.push((index, digit));
        } else if !is_separator(*character) {
            found.extend(cards_in(&run));
            run.clear();
        }
    }
    found.extend(cards_in(&run));
    for index in found {
        if let Some(character) = characters.get_mut(index) {
            *character = '•';
        }
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '\u{2010}'..='\u{2015}')
}

/// Where the digits of the card numbers in a run stand. A longer run may hold one anywhere.
fn cards_in(run: &[(usize, u32)]) -> Vec<usize> {
    let mut found = Vec::new();
    for length in CARD_DIGITS {
        for window in run.windows(length) {
            if passes_luhn(window) {
                found.extend(window.iter().map(|(index, _)| *index));
            }
        }
    }
    found
}

/// The check of ISO/IEC 7812-1: every second digit from the right doubled, its digits added.
fn passes_luhn(digits: &[(usize, u32)]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(
            |(place, (_, digit))| match (place.is_multiple_of(2), *digit) {
                (true, digit) => digit,
                (false, digit @ 0..=4) => digit.saturating_mul(2),
                (false, digit) => digit.saturating_mul(2).saturating_sub(9),
            },
        )
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_cleaned() {
        let table = [
            ("Cannot cancel: already paid", "Cannot cancel: already paid"),
            ("  two\n\tlines\u{0} ", "two  lines"),
            ("left\u{202e}right\u{200b}", "leftright"),
            (
                "card 4111111111111111 declined",
                "card •••••••••••••••• declined",
            ),
            ("4111 1111 1111 1111.", "•••• •••• •••• ••••."),
            ("4111-1111-1111-1111", "••••-••••-••••-••••"),
            ("41\u{200b}11111111111111", "••••••••••••••••"),
            ("4111\n1111\n1111\n1111", "•••• •••• •••• ••••"),
            ("pan=4111111111111111;", "pan=••••••••••••••••;"),
            // The last thirteen digits of it pass the check by chance; better that than the reverse.
            ("4111111111111112", "411•••••••••••••"),
            ("4111111111111113", "4111111111111113"),
            ("ref 123456789012", "ref 123456789012"),
            ("Terminal 2020 busy", "Terminal 2020 busy"),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text, MESSAGE_LIMIT), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_message_is_cut_and_a_number_at_the_cut_is_masked() {
        assert_eq!(clean(&"x".repeat(200), 200), "x".repeat(200));
        let cut = clean(&"ñ".repeat(201), 200);
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (200, true));
        let text = format!("{}4111111111111111", "x".repeat(190));
        assert!(!clean(&text, 200).contains('4'));
    }

    /// A card number of any issuer: random digits and the one that completes them.
    fn card() -> impl Strategy<Value = String> {
        prop::collection::vec(0u32..10, 12..=18).prop_map(|body| {
            let complete = (0..10).find(|last| {
                let digits: Vec<_> = body.iter().chain([last]).map(|digit| (0, *digit)).collect();
                passes_luhn(&digits)
            });
            let digits = body.into_iter().chain(complete);
            digits
                .filter_map(|digit| char::from_digit(digit, 10))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn no_card_number_survives(
            card in card(),
            before in "[a-z ]{0,20}",
            after in "[a-z ,]{0,20}",
            separator in prop::sample::select(vec!["", " ", "-", "\u{200b}", "\t"]),
            group in 1usize..7,
        ) {
            let groups: Vec<String> = card
                .chars()
                .collect::<Vec<_>>()
                .chunks(group)
                .map(|digits| digits.iter().collect())
                .collect();
            let text = format!("{before}{}{after}", groups.join(separator));
            let cleaned = clean(&text, MESSAGE_LIMIT);
            prop_assert!(!cleaned.contains(|character: char| character.is_ascii_digit()), "{cleaned}");
        }

        #[test]
        fn anything_is_cleaned_to_fit(text in "\\PC{0,300}", limit in 1usize..250) {
            let cleaned = clean(&text, limit);
            prop_assert!(cleaned.chars().count() <= limit);
            prop_assert!(cleaned.chars().all(visible));
        }
    }
}
