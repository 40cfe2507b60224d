//! The sentences, in the reader's language: those of the window, from the window's own files, and
//! beside them what only a terminal has to say.

use std::collections::BTreeMap;

use clap::ValueEnum;
use payment::{Channel, Prompt};
use serde_json::Value;
use till::api::{Code, Line, PaymentView, PracticePress};

/// A language that has texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// Mexican Spanish
    Es,
}

impl Language {
    /// Every language.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::En, Self::Es];

    /// The language of the environment, by the variables of POSIX in their order; English where it
    /// is none of ours.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()));
        match named {
            Some(locale) if locale.to_ascii_lowercase().starts_with("es") => Self::Es,
            Some(_) | None => Self::En,
        }
    }

    /// The window's texts and the terminal's.
    const fn files(self) -> [&'static str; 2] {
        match self {
            Self::En => [
                include_str!("../../../../ui/src/text/en.json"),
                include_str!("text/en.json"),
            ],
            Self::Es => [
                include_str!("../../../../ui/src/text/es.json"),
                include_str!("text/es.json"),
            ],
        }
    }
}

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Words {
    texts: BTreeMap<String, String>,
}

impl Words {
    /// Reads the texts. They are part of the program, and tests read both.
    pub(crate) fn of(language: Language) -> Self {
        let mut texts = BTreeMap::new();
        for file in language.files() {
            match serde_json::from_str(file) {
                Ok(value) => flatten(String::new(), value, &mut texts),
                Err(error) => tracing::error!(%error, "a file of texts cannot be read"),
            }
        }
        Self { texts }
    }

    /// The text of a key; the key itself where there is none, which says more than nothing.
    pub(crate) fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key, where there is one.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The texts of these groups, by their keys.
    pub(crate) fn of_groups(&self, groups: &[&str]) -> BTreeMap<String, String> {
        let is_of_one = |key: &String| {
            groups
                .iter()
                .any(|group| key.split('.').next() == Some(*group))
        };
        let texts = self.texts.iter().filter(|(key, _)| is_of_one(key));
        texts
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect()
    }

    /// The text of a key with its places filled.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(key), |name| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| *value)
        })
    }

    /// The sentence of a code.
    pub(crate) fn code(&self, code: Code) -> String {
        self.text(&format!("code.{}", code.name())).to_owned()
    }

    /// What is told about a payment now: the headline and what to do.
    pub(crate) fn telling(&self, payment: &PaymentView) -> (String, String) {
        let part = |part: &str| {
            let end = format!("{}.{part}", payment.telling.name());
            let text = self.by_way("telling", payment, &end);
            fill(text.unwrap_or_default(), |name| {
                payment.params.get(name).map(String::as_str)
            })
        };
        (part("title"), part("body"))
    }

    /// A text that may have other words for a payment by a link, which has no terminal and no card,
    /// or by a card on file, which nobody presents, and for money that goes back.
    fn by_way(&self, root: &str, payment: &PaymentView, end: &str) -> Option<&str> {
        let by = match payment.channel {
            Channel::Terminal => payment.gives_back.as_ref().map(|_| "return"),
            Channel::Link => Some("link"),
            Channel::CardOnFile => Some("card"),
        };
        self.spoken(root, by, end)
    }

    /// The words for one way of paying where they differ, else the usual ones.
    fn spoken(&self, root: &str, by: Option<&str>, end: &str) -> Option<&str> {
        let special = by.and_then(|by| {
            let (first, rest) = root.split_once('_').unwrap_or((root, ""));
            let rest = if rest.is_empty() {
                String::new()
            } else {
                format!("_{rest}")
            };
            self.find(&format!("{first}_{by}{rest}.{end}"))
        });
        special.or_else(|| self.find(&format!("{root}.{end}")))
    }

    /// A line of the timeline. Its detail is left out where something for it is not known.
    pub(crate) fn line(&self, payment: &PaymentView, line: &Line) -> String {
        let value = |name: &str| line.params.get(name).map(String::as_str);
        let name = line.what.name();
        let title = self.by_way("line", payment, name).unwrap_or(name);
        let title = fill(title, value);
        let detail = self.by_way("line_detail", payment, name);
        let detail = detail.filter(|detail| {
            places(detail).all(|place| value(place).is_some_and(|value| !value.is_empty()))
        });
        match detail {
            Some(detail) => format!("{title}: {}", fill(detail, value)),
            None => title,
        }
    }

    /// A button of the practice terminal.
    pub(crate) fn press(&self, press: PracticePress) -> String {
        self.named("press", serde_json::to_value(press))
    }

    /// What a terminal shows.
    pub(crate) fn prompt(&self, prompt: Prompt) -> String {
        self.named("prompt", serde_json::to_value(prompt))
    }

    /// The text of something that crosses the bridge by its name.
    fn named(&self, root: &str, name: serde_json::Result<Value>) -> String {
        let name = name.unwrap_or_default();
        let key = format!("{root}.{}", name.as_str().unwrap_or_default());
        self.text(&key).to_owned()
    }
}

fn flatten(key: String, value: Value, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let longer = if key.is_empty() {
                    name
                } else {
                    format!("{key}.{name}")
                };
                flatten(longer, member, texts);
            }
        }
        Value::String(text) => {
            texts.insert(key, text);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            tracing::error!(key, "a text is not a text");
        }
    }
}

/// The names between braces.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Puts values in the place of `{name}`. A value is never read for places itself: a provider's
/// words may have braces.
fn fill<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                filled.push_str(value(name).unwrap_or_default());
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

#[cfg(test)]
mod money_told;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use payment::State;
    use payment::failure::MoneyMoved;
    use till::api::{LineKey, Telling};

    use super::*;

    fn name_of(value: impl serde::Serialize) -> String {
        let value = serde_json::to_value(value).unwrap();
        value.as_str().unwrap().to_owned()
    }

    fn keys_the_engine_needs() -> Vec<String> {
        let codes = Code::ALL.iter().map(|code| format!("code.{}", code.name()));
        let tellings = Telling::ALL.iter().flat_map(|telling| {
            ["title", "body"].map(|part| format!("telling.{}.{part}", telling.name()))
        });
        let lines = LineKey::ALL
            .iter()
            .map(|line| format!("line.{}", line.name()));
        let states = State::ALL
            .iter()
            .map(|state| format!("state.{}", state.name()));
        let moved = [MoneyMoved::No, MoneyMoved::Perhaps, MoneyMoved::Yes];
        let moved = moved.map(|moved| format!("moved.{}", name_of(moved)));
        let presses = PracticePress::ALL.map(|press| format!("press.{}", name_of(press)));
        codes
            .chain(tellings)
            .chain(lines)
            .chain(states)
            .chain(moved)
            .chain(presses)
            .collect()
    }

    #[test]
    fn everything_the_engine_can_say_has_words_in_every_language() {
        for language in Language::ALL {
            let words = Words::of(language);
            for key in keys_the_engine_needs() {
                let text = words.find(&key).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{language:?} has no {key}");
            }
        }
    }

    #[test]
    fn what_a_terminal_shows_has_words_in_every_language() {
        let prompts = [
            Prompt::CardDeclined,
            Prompt::CancelledAtTerminal,
            Prompt::TerminalIdle,
            Prompt::OnItsWay,
            Prompt::Signature,
            Prompt::PresentCard,
            Prompt::InsertCard,
            Prompt::PresentOnlyOneCard,
            Prompt::EnterPin,
            Prompt::PleaseWait,
            Prompt::RemoveCard,
            Prompt::CardUnsupported,
            Prompt::CardError,
            Prompt::ReEnterCard,
            Prompt::Approved,
            Prompt::RefundWaiting,
            Prompt::RefundDeclined,
            Prompt::RefundUnconfirmed,
        ];
        for language in Language::ALL {
            let words = Words::of(language);
            for prompt in prompts {
                let text = words.prompt(prompt);
                assert!(!text.starts_with("prompt."), "{language:?} has no {text}");
            }
        }
    }

    #[test]
    fn the_languages_say_the_same_things() {
        let [english, spanish] = Language::ALL.map(Words::of);
        let keys = |words: &Words| words.texts.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&english), keys(&spanish));
        for (key, text) in &english.texts {
            let told = places(text).collect::<BTreeSet<_>>();
            let translated = places(spanish.text(key)).collect::<BTreeSet<_>>();
            assert_eq!(told, translated, "{key}");
        }
    }

    #[test]
    fn every_key_this_program_asks_for_is_there() {
        let words = Words::of(Language::En);
        let asked = asked_for();
        assert!(asked.len() > 60, "the sources were not read: {asked:?}");
        for key in asked {
            assert!(words.find(&key).is_some(), "no text for {key}");
        }
    }

    /// The keys written out in the sources: `"cli.…"`, `"fault.…"`, `"settings.…"` and the like.
    fn asked_for() -> BTreeSet<String> {
        let sources = [
            include_str!("fault.rs"),
            include_str!("command/account.rs"),
            include_str!("command/account_terminals.rs"),
            include_str!("command/act.rs"),
            include_str!("command/audit.rs"),
            include_str!("command/mail.rs"),
            include_str!("command/charge.rs"),
            include_str!("command/card.rs"),
            include_str!("command/doctor.rs"),
            include_str!("command/follow.rs"),
            include_str!("command/leftovers.rs"),
            include_str!("command/link.rs"),
            include_str!("command/orders.rs"),
            include_str!("command/practice.rs"),
            include_str!("command/receipt.rs"),
            include_str!("command/scenario.rs"),
            include_str!("command/simulate.rs"),
            include_str!("command/staff.rs"),
            include_str!("command/status.rs"),
            include_str!("command/story.rs"),
            include_str!("command/terminals.rs"),
            include_str!("command/void.rs"),
            include_str!("command/webhooks.rs"),
            include_str!("receiver/outcome.rs"),
        ];
        let roots = [
            "action", "charge", "cli", "facts", "fault", "payments", "scenario", "settings",
            "strip", "void",
        ];
        let roots = roots.map(|root| format!("\"{root}."));
        let mut keys = BTreeSet::new();
        for source in sources {
            for root in &roots {
                for (at, _) in source.match_indices(root.as_str()) {
                    let rest = &source[at + 1..];
                    let key = rest.split('"').next().unwrap();
                    if !key.contains('{') {
                        keys.insert(key.to_owned());
                    }
                }
            }
        }
        keys
    }

    #[test]
    fn places_are_filled_once() {
        let value = |name: &str| match name {
            "a" => Some("1{b}"),
            "b" => Some("2"),
            _ => None,
        };
        let table = [
            ("", ""),
            ("no place", "no place"),
            ("{a} and {b}", "1{b} and 2"),
            ("{unknown}.", "."),
            ("left { open", "left { open"),
            ("{b}{b}", "22"),
        ];
        for (text, expected) in table {
            assert_eq!(fill(text, value), expected, "{text:?}");
        }
    }

    #[test]
    fn the_environment_chooses_by_its_first_word() {
        let table = [
            (&[("LANG", "es_MX.UTF-8")][..], Language::Es),
            (&[("LANG", "en_US.UTF-8")], Language::En),
            (&[("LANG", "C")], Language::En),
            (
                &[("LC_ALL", ""), ("LC_MESSAGES", "es"), ("LANG", "en")],
                Language::Es,
            ),
            (&[("LC_ALL", "de_DE"), ("LANG", "es_ES")], Language::En),
            (&[], Language::En),
        ];
        for (variables, expected) in table {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(
                Language::of_environment(variable),
                expected,
                "{variables:?}"
            );
        }
    }
}
