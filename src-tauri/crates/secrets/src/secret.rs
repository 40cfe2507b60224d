use std::fmt;

use zeroize::Zeroizing;

/// The longest key that is taken, in characters. The systems' keys have fewer than a hundred; what
/// is longer is something else that was pasted by mistake.
const LONGEST: usize = 512;

/// A key shorter than this is not shown in part: four of its characters would be too many.
const SHORTEST_WITH_TAIL: usize = 12;

/// An API key. It is wiped from memory when it is dropped, and only [`Secret::expose`] gives it
/// out; there is no way to print or serialize it.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Why a text cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing but white space.
    #[error("the key is empty")]
    Empty,
    /// More than 512 characters.
    #[error("the key is too long")]
    TooLong,
    /// Spaces inside, control characters, or anything outside ASCII: it could not be sent as a
    /// header, and is most often a copying mistake.
    #[error("the key has characters that no key has")]
    BadCharacters,
}

impl Secret {
    /// Checks a key, without the white space that copying leaves around it.
    ///
    /// # Errors
    /// See [`SecretError`].
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if text.chars().count() > LONGEST {
            return Err(SecretError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::BadCharacters);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The key itself, for the header of a request and for the keychain. Nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, by which people tell keys apart; nothing of a key below twelve
    /// characters.
    #[must_use]
    pub fn last_four(&self) -> Option<&str> {
        let tail = self.0.len().checked_sub(4)?;
        (self.0.len() >= SHORTEST_WITH_TAIL)
            .then(|| self.0.get(tail..))
            .flatten()
    }
}

/// A fixed word, so that no structure around a key can leak it.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_checked_when_it_is_made() {
        let longest = "x".repeat(512);
        let too_long = "x".repeat(513);
        let table = [
            ("k-123", Ok("k-123")),
            ("  k-123\n", Ok("k-123")),
            (longest.as_str(), Ok(longest.as_str())),
            (too_long.as_str(), Err(SecretError::TooLong)),
            ("", Err(SecretError::Empty)),
            (" \t\n", Err(SecretError::Empty)),
            ("two words", Err(SecretError::BadCharacters)),
            ("a\r\nx-other: b", Err(SecretError::BadCharacters)),
            ("ключ", Err(SecretError::BadCharacters)),
            ("a\u{200b}b", Err(SecretError::BadCharacters)),
        ];
        for (text, expected) in table {
            let made = Secret::new(text);
            assert_eq!(
                made.as_ref().map(Secret::expose),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn only_the_tail_of_a_long_key_is_shown() {
        let tail = |text: &str| Secret::new(text).unwrap().last_four().map(str::to_owned);
        assert_eq!(tail("0123456789ab").as_deref(), Some("89ab"));
        assert_eq!(tail("0123456789a"), None);
        assert_eq!(tail("abc"), None);
    }

    #[test]
    fn a_key_is_never_printed() {
        let secret = Secret::new("canary-7f3a91").unwrap();
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), {
            "Secret(hidden) Some(Secret(hidden))"
        });
    }
}
