//! The signed head: who owns a journal's file can write every hash of it anew, and cannot sign the new
//! head. The key is the caller's to keep (the till has it in the OS keychain); here it only signs.
//!
//! Ed25519 over `"tillside head 1" || number of the entry, eight bytes, big-endian || its hash`.

use std::fmt;
use std::path::Path;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use sha2::{Digest as _, Sha256};

use crate::fact::Hash;

const CONTEXT: &[u8] = b"tillside head 1";

/// The key that signs heads. There is no way to print it.
pub struct HeadKey(SigningKey);

impl HeadKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key of 32 bytes in hexadecimal, as a keychain has it; `None` where it is something else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text).map(|seed| Self::new(&seed))
    }

    /// Its public half, in hexadecimal.
    #[must_use]
    pub fn public(&self) -> String {
        to_hex(self.0.verifying_key().as_bytes())
    }

    /// The signature of a head, in hexadecimal: the number of the last entry and its hash.
    #[must_use]
    pub fn sign(&self, seq: u64, hash: &Hash) -> String {
        to_hex(&self.0.sign(&message(seq, hash)).to_bytes())
    }
}

impl fmt::Debug for HeadKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HeadKey(hidden)")
    }
}

/// Whether this signature of a head was made by the owner of this public key (both in hexadecimal).
/// Signatures and keys that RFC 8032 calls malleable or weak are none.
#[must_use]
pub fn is_signed(seq: u64, hash: &Hash, public_key: &str, signature: &str) -> bool {
    let key = from_hex::<32>(public_key).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let signature = from_hex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    match (key, signature) {
        (Some(key), Some(signature)) => key.verify_strict(&message(seq, hash), &signature).is_ok(),
        (None, _) | (_, None) => false,
    }
}

fn message(seq: u64, hash: &Hash) -> Vec<u8> {
    [CONTEXT, &seq.to_be_bytes(), &hash.0].concat()
}

/// Sixteen hexadecimal digits for a path.
pub(crate) fn name_of(path: &Path) -> String {
    let sum = Sha256::digest(path.as_os_str().as_encoded_bytes());
    sum.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let digits = text.as_bytes();
    if digits.len() != LENGTH.checked_mul(2)? || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl Hash {
    /// The hash of 64 hexadecimal digits; `None` where the text is something else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_head_and_one_key() {
        let (key, other) = (HeadKey::new(&[7; 32]), HeadKey::new(&[8; 32]));
        let (hash, another) = (Hash([1; 32]), Hash([2; 32]));
        let signature = key.sign(5, &hash);
        assert!(is_signed(5, &hash, &key.public(), &signature));
        assert!(!is_signed(6, &hash, &key.public(), &signature));
        assert!(!is_signed(5, &another, &key.public(), &signature));
        assert!(!is_signed(5, &hash, &other.public(), &signature));
        let mut forged = signature.clone();
        forged.replace_range(
            ..2,
            if signature.starts_with("00") {
                "01"
            } else {
                "00"
            },
        );
        assert!(!is_signed(5, &hash, &key.public(), &forged));
        for none in ["", "zz", &signature[..126], "é"] {
            assert!(!is_signed(5, &hash, &key.public(), none), "{none:?}");
            assert!(!is_signed(5, &hash, none, &signature), "{none:?}");
        }
    }

    #[test]
    fn a_key_comes_back_from_its_text_and_is_never_printed() {
        let seed = [0xab; 32];
        let key = HeadKey::from_hex(&to_hex(&seed)).unwrap();
        assert_eq!(key.public(), HeadKey::new(&seed).public());
        assert_eq!(format!("{key:?}"), "HeadKey(hidden)");
        assert!(HeadKey::from_hex("ab").is_none());
    }
}
