//! The words of a letter: a template with its places filled in. Pure.

use payment::{LetterLanguage, LetterTemplate};

/// Characters of a letter's one line.
pub(super) const SUBJECT_LIMIT: usize = 120;
/// Characters of a letter's text.
pub(super) const TEXT_LIMIT: usize = 4_000;

/// What may be filled in.
pub(super) const PLACES: [&str; 4] = ["order", "amount", "shop", "name"];

/// What a letter is filled in with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filling<'a> {
    pub order: &'a str,
    pub amount: &'a str,
    pub shop: &'a str,
    pub name: &'a str,
}

impl<'a> Filling<'a> {
    fn of(self, place: &str) -> Option<&'a str> {
        match place {
            "order" => Some(self.order),
            "amount" => Some(self.amount),
            "shop" => Some(self.shop),
            "name" => Some(self.name),
            _ => None,
        }
    }
}

/// The till's own words, for a shop that has written none.
pub(super) fn usual(language: LetterLanguage) -> LetterTemplate {
    let (subject, text) = match language {
        LetterLanguage::En => (include_str!("en.subject.txt"), include_str!("en.txt")),
        LetterLanguage::Es => (include_str!("es.subject.txt"), include_str!("es.txt")),
    };
    LetterTemplate {
        language,
        subject: subject.trim_end().to_owned(),
        text: text.trim_end().to_owned(),
    }
}

/// Fills in a template. What is filled in is not read for places again, so that a name with braces in it
/// stays a name. A place that is none stays as it is: [`check`] has kept it out.
pub(super) fn fill(template: &str, filling: Filling<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}');
        match place.and_then(|(place, after)| Some((filling.of(place)?, after))) {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Whether words can be a letter's: neither empty nor too long, nothing that cannot be printed, and no place
/// that is none.
pub(super) fn is_template(text: &str, limit: usize, lines: bool) -> bool {
    let is_bad = |character: char| character.is_control() && !(lines && character == '\n');
    let length = text.chars().count();
    (1..=limit).contains(&length) && !text.chars().any(is_bad) && has_known_places(text)
}

fn has_known_places(text: &str) -> bool {
    let mut parts = text.split('{');
    let before = parts.next().unwrap_or_default();
    let is_known = |part: &str| {
        part.split_once('}')
            .is_some_and(|(place, after)| PLACES.contains(&place) && !after.contains('}'))
    };
    !before.contains('}') && parts.all(is_known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILLING: Filling<'_> = Filling {
        order: "R-1",
        amount: "MX$350.50",
        shop: "Café {order}",
        name: "Ana",
    };

    #[test]
    fn places_are_filled_in_once() {
        let table = [
            ("", ""),
            ("{order}", "R-1"),
            ("{order}{amount}", "R-1MX$350.50"),
            ("Dear {name}, {shop}", "Dear Ana, Café {order}"),
            ("{oder}", "{oder}"),
            ("{", "{"),
            ("{{order}", "{R-1"),
            ("}{order", "}{order"),
        ];
        for (template, expected) in table {
            assert_eq!(fill(template, FILLING), expected, "{template}");
        }
    }

    #[test]
    fn a_template_has_only_places_that_can_be_filled() {
        let table = [
            ("Hello", true),
            ("{order} {amount}\n{shop} {name}", true),
            ("", false),
            ("{oder}", false),
            ("{order", false),
            ("order}", false),
            ("{order}}", false),
            ("{{order}}", false),
            ("bell\u{7}", false),
        ];
        for (template, expected) in table {
            assert_eq!(is_template(template, 100, true), expected, "{template:?}");
        }
        assert!(!is_template("two\nlines", 100, false));
        assert!(!is_template("123", 2, false));
    }

    #[test]
    fn the_usual_words_say_what_they_must_in_each_language() {
        for language in LetterLanguage::ALL {
            let LetterTemplate { subject, text, .. } = usual(language);
            assert!(is_template(&subject, SUBJECT_LIMIT, false), "{subject}");
            assert!(is_template(&text, TEXT_LIMIT, true), "{text}");
            for place in ["{order}", "{amount}", "{shop}"] {
                assert!(text.contains(place), "{language:?} {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_passes_the_check_is_filled_in_to_the_last_place(text in "[a{}order \n]{0,60}") {
            if is_template(&text, 100, true) {
                let plain = Filling { shop: "S", ..FILLING };
                prop_assert!(!fill(&text, plain).contains(['{', '}']), "{text}");
            }
        }
    }
}
