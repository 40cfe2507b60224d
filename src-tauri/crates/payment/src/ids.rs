//! Names of things. Each is its own type, so that an order cannot be passed for an intent, and
//! each is checked once, when it is made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More characters than the limit of its kind.
    #[error("the name is too long")]
    TooLong,
    /// Control characters, or characters its kind does not allow.
    #[error("the name has characters that are not allowed")]
    BadCharacters,
}

/// One try to collect an order. UUID v7, made by this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentId(Uuid);

impl PaymentId {
    /// A name for a new payment, from the caller's clock and randomness (the crate has neither).
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The bare UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// When it was made, by the till's clock: the time of a UUID v7 is part of it. Milliseconds since
    /// 1970-01-01 UTC; 0 for a name that has none.
    #[must_use]
    pub fn made_at_ms(self) -> i64 {
        let Some(timestamp) = self.0.get_timestamp() else {
            return 0;
        };
        let (seconds, nanoseconds) = timestamp.to_unix();
        let ms = seconds
            .saturating_mul(1_000)
            .saturating_add(u64::from(nanoseconds / 1_000_000));
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for PaymentId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| NameError::BadCharacters)
    }
}

/// Somebody who works in the shop. UUID v7, made by the till that added them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffId(Uuid);

impl StaffId {
    /// A name for somebody new, from the caller's clock and randomness (the crate has neither).
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for StaffId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for StaffId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| NameError::BadCharacters)
    }
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $limit:expr, $allowed:expr, $whole:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and trims a text.
            ///
            /// # Errors
            /// See [`NameError`].
            pub fn new(text: &str) -> Result<Self, NameError> {
                let text = text.trim();
                if text.is_empty() {
                    return Err(NameError::Empty);
                }
                if text.chars().count() > $limit {
                    return Err(NameError::TooLong);
                }
                let allowed: fn(char) -> bool = $allowed;
                let whole: fn(&str) -> bool = $whole;
                if !text.chars().all(allowed) || !whole(text) {
                    return Err(NameError::BadCharacters);
                }
                Ok(Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

/// Direction marks and other invisible characters could make two orders look alike.
fn visible(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn any(_: &str) -> bool {
    true
}

fn url_safe(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// `.` and `..` mean "here" and "above" in a path, whatever their characters are.
fn not_dots(text: &str) -> bool {
    !text.chars().all(|character| character == '.')
}

checked_name!(
    /// The shop's own reference of what the customer owes for. At most 48 characters: Dojo takes
    /// 60 (the tightest of the systems) and the attempt's suffix needs up to twelve.
    OrderRef,
    48,
    visible,
    any
);
checked_name!(
    /// One merchant account at one provider, as this till names it.
    AccountId,
    64,
    url_safe,
    not_dots
);
checked_name!(
    /// A card machine as its system names it: Compago's serial number, Dojo's `tm_…`.
    TerminalCode,
    64,
    |character| character.is_ascii_graphic(),
    any
);
checked_name!(
    /// The provider's name of a payment. It goes into the path of a URL, so it is kept to
    /// characters that mean nothing there.
    IntentId,
    128,
    url_safe,
    not_dots
);
checked_name!(
    /// The provider's name of what was asked to be done with a payment: LeanRails' name of a refund,
    /// Dojo's of the terminal session that gives money back.
    ActName,
    128,
    visible,
    any
);
checked_name!(
    /// What makes repeating a request safe: the same key is the same payment.
    IdempotencyKey,
    60,
    visible,
    any
);

/// The number of a sending of an order, or of a key among the order's keys. It grows only when the
/// last sending is proved dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(u32);

impl Attempt {
    /// The first sending of an order.
    pub const FIRST: Self = Self(1);

    /// The sending after this one.
    #[must_use]
    pub const fn following(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The number, from 1.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl OrderRef {
    /// Whether a provider's reference is one of this order's keys ([`IdempotencyKey::of`]).
    #[must_use]
    pub fn is_of(&self, reference: &str) -> bool {
        let Some(rest) = reference.strip_prefix(self.as_str()) else {
            return false;
        };
        let number = rest.strip_prefix("-a").map(str::parse::<u32>);
        rest.is_empty() || number.is_some_and(|number| number.is_ok())
    }
}

impl IdempotencyKey {
    /// The order's key of this number: a function of order and number and nothing else, so that
    /// two tills that send the same order send the same key and the provider makes one payment of
    /// it. The number counts the keys a provider may have taken, which can be fewer than the
    /// sendings.
    #[must_use]
    pub fn of(order: &OrderRef, number: Attempt) -> Self {
        if number == Attempt::FIRST {
            Self(order.as_str().to_owned())
        } else {
            Self(format!("{order}-a{}", number.number()))
        }
    }

    /// The key of a payment's act: the same at each sending of it, another for the next act.
    /// The payment's own name keeps two tills' acts apart.
    #[must_use]
    pub fn of_act(payment: PaymentId, number: u32) -> Self {
        Self(format!("{payment}-{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_checked_when_it_is_made() {
        let table = [
            ("R-20418", Ok("R-20418")),
            ("  R-1  ", Ok("R-1")),
            ("Mesa 4 ñ", Ok("Mesa 4 ñ")),
            ("", Err(NameError::Empty)),
            ("   ", Err(NameError::Empty)),
            ("a\u{0}b", Err(NameError::BadCharacters)),
            ("a\nb", Err(NameError::BadCharacters)),
            ("a\u{202e}b", Err(NameError::BadCharacters)),
            ("a\u{200b}b", Err(NameError::BadCharacters)),
            // Found by fuzzing: a soft hyphen is shown nowhere, so that two orders looked alike.
            ("a\u{ad}b", Err(NameError::BadCharacters)),
        ];
        for (text, expected) in table {
            let made = OrderRef::new(text);
            assert_eq!(
                made.as_ref().map(OrderRef::as_str),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
        assert!(OrderRef::new(&"x".repeat(48)).is_ok());
        assert_eq!(OrderRef::new(&"x".repeat(49)), Err(NameError::TooLong));
    }

    #[test]
    fn an_intent_id_cannot_leave_its_place_in_a_url() {
        for text in [
            ".", "..", "...", "../x", "a/b", "a?b", "a#b", "a b", "a%2f", "é",
        ] {
            assert_eq!(
                IntentId::new(text),
                Err(NameError::BadCharacters),
                "{text:?}"
            );
        }
        assert!(IntentId::new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee").is_ok());
        assert!(IntentId::new("pi_sandbox_RBMHTJ4fIkmSppDILZVCGw").is_ok());
    }

    #[test]
    fn the_key_is_a_function_of_order_and_attempt() {
        let order = OrderRef::new("R-1").unwrap();
        assert_eq!(IdempotencyKey::of(&order, Attempt::FIRST).as_str(), "R-1");
        assert_eq!(
            IdempotencyKey::of(&order, Attempt::FIRST.following()).as_str(),
            "R-1-a2"
        );
        for number in [1, 2, 17] {
            let key = IdempotencyKey::of(&order, Attempt(number));
            assert!(order.is_of(key.as_str()), "{key}");
        }
        for other in ["R-10", "R-1-b2", "R-1-a", "R-1-ax", "r-1", "R", ""] {
            assert!(!order.is_of(other), "{other}");
        }
        let longest = OrderRef::new(&"x".repeat(48)).unwrap();
        let key = IdempotencyKey::of(&longest, Attempt(u32::MAX));
        assert!(
            IdempotencyKey::new(key.as_str()).is_ok(),
            "the longest key can be read back"
        );
    }
}
