//! What every adapter's `wire` reads JSON with. Amounts pass through text, never a float.

use payment::IntentId;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A provider's name of a payment, where it is one that can be asked for.
pub(crate) fn usable_id(word: &Word) -> Option<IntentId> {
    IntentId::new(word.text()).ok()
}

/// Only objects are answers: serde would fill a structure from an array as well.
pub(crate) fn object<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Option<T> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// The text of a string, a number or a boolean, as it stands on the wire: `350.50` and `"350.50"`
/// are the same word.
#[derive(Debug)]
pub(crate) struct Word(String);

impl Word {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// A boolean, or a text or a number of the same meaning.
    pub(crate) fn is_true(&self) -> bool {
        self.0.eq_ignore_ascii_case("true") || self.0 == "1"
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // A raw text that is no string is its own word.
        let text = serde_json::from_str::<String>(raw.get());
        Ok(Self(text.unwrap_or_else(|_| raw.get().to_owned())))
    }
}
