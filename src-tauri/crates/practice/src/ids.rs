//! Identifiers the practice store gives out: derived from its seed, so that one seed is one story.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id of one payment intent or link, a UUID as the references of both systems show it
/// (docs.compago.com/api-reference/payment-intent/create,
/// docs.one2pays.com/docs/reference/payments/create).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(Uuid);

impl IntentId {
    /// The id of the intent with this running number in the store with this seed.
    pub(crate) fn derived(seed: u64, number: u64) -> Self {
        Self(derived_uuid(seed, "intent", number))
    }

    /// The id of the link with this running number in the store with this seed.
    pub(crate) fn of_link(seed: u64, number: u64) -> Self {
        Self(derived_uuid(seed, "link", number))
    }

    /// The id of an object of LeanRails: an `intent` or a `refund` with this running number.
    pub(crate) fn of_lean_rails(seed: u64, kind: &str, number: u64) -> Self {
        Self(derived_uuid(seed, &format!("lean rails {kind}"), number))
    }

    /// The id of the payment intent of Dojo with this running number in the store with this seed.
    pub(crate) fn of_dojo(seed: u64, number: u64) -> Self {
        Self(derived_uuid(seed, "dojo", number))
    }

    /// The id of the terminal session of Dojo with this running number in the store with this seed.
    pub(crate) fn of_session(seed: u64, number: u64) -> Self {
        Self(derived_uuid(seed, "dojo session", number))
    }

    /// Reads the id out of a path; `None` where the text is no UUID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// A UUID that looks random and depends only on its arguments.
pub(crate) fn derived_uuid(seed: u64, kind: &str, number: u64) -> Uuid {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_be_bytes());
    hasher.update(kind.as_bytes());
    hasher.update(number.to_be_bytes());
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hasher.finalize()) {
        *byte = hashed;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The SHA-256 of some bytes in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
