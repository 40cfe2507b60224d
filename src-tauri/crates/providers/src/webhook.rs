//! What a system sends by itself when a payment changes: checked, and reduced to a name.
//!
//! A webhook arrives from outside the shop, so nothing in it decides anything: [`receive`] finds out
//! whether the system signed it, and gives back which payment it is about. What became of that payment
//! is read from the system itself. The signature is checked over the very bytes that came, before they
//! are parsed, and compared in constant time.
//!
//! The order of the checks is that of trust: size, signature, age, and only then the content. Whether an
//! event came before is for the caller to remember, by [`Notified::event`].

use ::http::{HeaderMap, HeaderName};
use hmac::{Hmac, KeyInit, Mac};
use payment::{IntentId, System};
use secrets::Secret;
use sha2::Sha256;

use crate::json::Word;
use crate::registry::adapter;

/// The most that a webhook's body may have, in bytes. Those that are documented have less than one
/// thousand.
pub const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// How far the time in a signature may be from this computer's, before and after, in milliseconds: five
/// minutes (docs.leanrails.com/guides/webhooks; docs.one2pays.com/docs/reference/webhooks/verification).
pub const AGE_LIMIT_MS: i64 = 5 * 60 * 1_000;

/// With what the webhooks of a practice account are signed. It guards nothing.
pub const PRACTICE_WEBHOOK_SECRET: &str = "whsec_practice";

/// Signatures that one header may hold: two while a secret is being changed.
const SIGNATURES_MAX: usize = 4;

/// The longest id of an event that is remembered as it stands, in bytes.
const EVENT_ID_MAX: usize = 128;

/// A webhook that the system signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notified {
    /// The provider's name of the payment it is about. No promise that it is one of this shop.
    pub intent: IntentId,
    /// The same at each delivery of the same event: its id, or its signature where it has none.
    pub event: String,
    /// When it was signed, where the signed text says so. Milliseconds since 1970 UTC.
    pub signed_at_ms: Option<i64>,
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Compago documents none.
    #[error("the account's system sends no webhooks")]
    NoWebhooks,
    /// More than [`BODY_LIMIT_BYTES`].
    #[error("the webhook is too large")]
    TooLarge,
    /// A header of the signature is missing.
    #[error("the webhook is not signed")]
    NotSigned,
    /// A header of the signature is there twice: which one counts is not for a program to guess.
    #[error("the webhook has several headers where one is expected")]
    SignedTwice,
    /// The header does not have the form of the system's signatures.
    #[error("the signature of the webhook cannot be read")]
    Unreadable,
    /// Another secret, or another text.
    #[error("the signature of the webhook is wrong")]
    WrongSignature,
    /// Longer ago than [`AGE_LIMIT_MS`].
    #[error("the webhook was signed more than five minutes ago, by this computer's clock")]
    TooOld,
    /// Further ahead than [`AGE_LIMIT_MS`].
    #[error("the webhook was signed more than five minutes from now, by this computer's clock")]
    FromTheFuture,
    /// Signed, and not what the system documents.
    #[error("the webhook is not an event of the account's system")]
    NotAnEvent,
    /// Signed, and about something else: a payout, a customer.
    #[error("the webhook is about no payment")]
    NoPayment,
}

/// Checks a webhook for an account of `system`. `body` is as it came, byte for byte; `now_ms` is the time
/// of day in milliseconds since 1970 UTC.
///
/// # Errors
/// See [`Rejected`].
pub fn receive(
    system: System,
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<Notified, Rejected> {
    if body.len() > BODY_LIMIT_BYTES {
        return Err(Rejected::TooLarge);
    }
    let receive = adapter(system).receive.ok_or(Rejected::NoWebhooks)?;
    receive(secret, headers, body, now_ms)
}

/// The text of the one header of this name.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, Rejected> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(Rejected::NotSigned)?;
    if values.next().is_some() {
        return Err(Rejected::SignedTwice);
    }
    value.to_str().map_err(|_| Rejected::Unreadable)
}

/// An HMAC-SHA256 as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature([u8; 32]);

impl Signature {
    /// From hexadecimal digits of either case, with or without dashes between the bytes.
    pub(crate) fn of_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let mut digits = text.chars().filter(|character| *character != '-');
        for byte in &mut bytes {
            let high = u8::try_from(digits.next()?.to_digit(16)?).ok()?;
            let low = u8::try_from(digits.next()?.to_digit(16)?).ok()?;
            *byte = (high << 4) | low;
        }
        digits.next().is_none().then_some(Self(bytes))
    }

    /// Those of a list, each after this prefix.
    pub(crate) fn list(text: &str, prefix: &str) -> Result<Vec<Self>, Rejected> {
        let signatures: Option<Vec<Self>> = text
            .split(',')
            .map(|part| Self::of_hex(part.trim().strip_prefix(prefix)?))
            .collect();
        signatures
            .filter(|signatures| signatures.len() <= SIGNATURES_MAX)
            .ok_or(Rejected::Unreadable)
    }

    /// Whether it is that of these parts, one after the other. The library compares in constant time.
    pub(crate) fn is_of(&self, secret: &Secret, parts: &[&[u8]]) -> bool {
        // The library takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
            return false;
        };
        for part in parts {
            mac.update(part);
        }
        mac.verify_slice(&self.0).is_ok()
    }

    /// What the event is remembered by: its own id where it has a usable one.
    pub(crate) fn event(&self, id: Option<&Word>) -> String {
        let usable = id.map(Word::text).filter(|id| {
            (1..=EVENT_ID_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        });
        match usable {
            Some(id) => id.to_owned(),
            None => self.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// The one of these signatures that is of these parts.
pub(crate) fn matching<'a>(
    signatures: &'a [Signature],
    secret: &Secret,
    parts: &[&[u8]],
) -> Result<&'a Signature, Rejected> {
    let mut signatures = signatures.iter();
    let found = signatures.find(|signature| signature.is_of(secret, parts));
    found.ok_or(Rejected::WrongSignature)
}

/// A time of a signature: decimal digits and nothing else.
pub(crate) fn time(text: &str) -> Result<i64, Rejected> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.ok_or(Rejected::Unreadable)
}

/// Whether a time is near enough to now, both in milliseconds.
pub(crate) fn check_age(signed_at_ms: i64, now_ms: i64) -> Result<(), Rejected> {
    let age_ms = now_ms.saturating_sub(signed_at_ms);
    if age_ms > AGE_LIMIT_MS {
        Err(Rejected::TooOld)
    } else if age_ms < -AGE_LIMIT_MS {
        Err(Rejected::FromTheFuture)
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
