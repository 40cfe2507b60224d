//! PINs: which are taken, how they are kept, how long a wrong one keeps the next waiting.
//!
//! A PIN has so few digits that no hash alone protects it from somebody who has the journal. So it is
//! hashed with a pepper that only the keychain has (RFC 9106 §3.1, the secret value K), slowly, and a
//! guess at the till costs growing waits.

use argon2::password_hash::rand_core::{OsRng, RngCore as _};
use argon2::password_hash::{self, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use payment::{PinHash, Role};
use secrets::Secret;

use crate::api::Code;

/// Memory of one hash, KiB. Above OWASP's least for argon2id (19 MiB at two passes,
/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes: a till has other work for its second core.
const LANES: u32 = 1;

/// Bytes of the pepper, and of the key that signs.
const KEY_BYTES: usize = 32;

/// Digits of a cashier's PIN at least.
const CASHIER_DIGITS: usize = 4;
/// Digits of a manager's PIN at least.
const MANAGER_DIGITS: usize = 6;
/// Digits of any PIN at most.
const DIGITS_MAX: usize = 12;

/// So many wrong PINs in a row cost no wait.
const FREE_MISSES: u32 = 4;
/// The first wait, milliseconds; each one after it is twice as long.
const FIRST_WAIT_MS: i64 = 30_000;
/// No wait is longer, milliseconds: somebody who forgot it must get in the same day.
const LONGEST_WAIT_MS: i64 = 60 * 60 * 1_000;

/// Why a hash could not be made or read: the machine has no memory for it, or it is not one of ours.
#[derive(Debug, thiserror::Error)]
#[error("a PIN could not be checked")]
pub(crate) struct HashError(#[source] password_hash::Error);

/// Whether a PIN is good enough for a role.
pub(crate) fn check(pin: &str, role: Role) -> Result<(), Code> {
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Code::PinNotDigits);
    }
    let least = match role {
        Role::Cashier => CASHIER_DIGITS,
        Role::Manager => MANAGER_DIGITS,
    };
    if pin.len() < least {
        return Err(Code::PinTooShort);
    }
    if pin.len() > DIGITS_MAX {
        return Err(Code::PinTooLong);
    }
    if is_trivial(pin.as_bytes()) {
        return Err(Code::PinTrivial);
    }
    Ok(())
}

/// One digit all over, digits in a row up or down, a part that repeats, or the same read backwards.
fn is_trivial(digits: &[u8]) -> bool {
    let step_of = |from: u8, to: u8| (i16::from(to) - i16::from(from)).rem_euclid(10);
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|pair| match pair {
            [from, to] => step_of(*from, *to),
            _ => 0,
        })
        .collect();
    let in_a_row = [0, 1, 9]
        .iter()
        .any(|step| steps.iter().all(|found| found == step));
    let repeats = (1..=digits.len() / 2).any(|length| {
        let part = &digits[..length];
        digits.len().is_multiple_of(length) && digits.chunks(length).all(|chunk| chunk == part)
    });
    in_a_row || repeats || digits.iter().eq(digits.iter().rev())
}

/// How long no PIN is looked at after so many wrong ones in a row, milliseconds.
pub(crate) fn wait_ms(misses: u32) -> i64 {
    let Some(doublings) = misses.checked_sub(FREE_MISSES + 1) else {
        return 0;
    };
    1_i64
        .checked_shl(doublings.min(31))
        .and_then(|times| FIRST_WAIT_MS.checked_mul(times))
        .map_or(LONGEST_WAIT_MS, |wait_ms| wait_ms.min(LONGEST_WAIT_MS))
}

/// Thirty-two random bytes in hexadecimal: a new pepper, or the key that signs the journal's head. `None`
/// where the text of it is none, which cannot be.
pub(crate) fn new_key() -> Option<Secret> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; KEY_BYTES];
    OsRng.fill_bytes(&mut bytes);
    let mut text = String::with_capacity(2 * KEY_BYTES);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Secret::new(&text).ok()
}

fn hasher(pepper: &Secret) -> Result<Argon2<'_>, HashError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashError(error.into()))?;
    Argon2::new_with_secret(
        pepper.expose().as_bytes(),
        Algorithm::Argon2id,
        Version::V0x13,
        params,
    )
    .map_err(|error| HashError(error.into()))
}

/// Hashes a PIN. Takes a tenth of a second and more: not for an async task.
pub(crate) fn hash(pin: &Secret, pepper: &Secret) -> Result<PinHash, HashError> {
    let salt = password_hash::SaltString::generate(&mut OsRng);
    let hash = hasher(pepper)?
        .hash_password(pin.expose().as_bytes(), &salt)
        .map_err(HashError)?;
    Ok(PinHash::new(hash.to_string()))
}

/// Whether this is the PIN of that hash. As slow as [`hash`], whichever it is.
pub(crate) fn is_right(pin: &Secret, hash: &PinHash, pepper: &Secret) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash.as_phc()).map_err(HashError)?;
    match hasher(pepper)?.verify_password(pin.expose().as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::Password) => Ok(false),
        Err(error) => Err(HashError(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_digits_enough_of_them_and_not_the_first_that_is_tried() {
        let table = [
            ("4821", Role::Cashier, Ok(())),
            ("482", Role::Cashier, Err(Code::PinTooShort)),
            ("", Role::Cashier, Err(Code::PinTooShort)),
            ("4821", Role::Manager, Err(Code::PinTooShort)),
            ("48213", Role::Manager, Err(Code::PinTooShort)),
            ("482130", Role::Manager, Ok(())),
            ("482130482131", Role::Manager, Ok(())),
            ("4821304821317", Role::Manager, Err(Code::PinTooLong)),
            ("48a1", Role::Cashier, Err(Code::PinNotDigits)),
            ("٤٨٢١", Role::Cashier, Err(Code::PinNotDigits)),
            ("000000", Role::Manager, Err(Code::PinTrivial)),
            ("123456", Role::Manager, Err(Code::PinTrivial)),
            ("654321", Role::Manager, Err(Code::PinTrivial)),
            ("789012", Role::Manager, Err(Code::PinTrivial)),
            ("121212", Role::Manager, Err(Code::PinTrivial)),
            ("482482", Role::Manager, Err(Code::PinTrivial)),
            ("123321", Role::Manager, Err(Code::PinTrivial)),
            ("1234", Role::Cashier, Err(Code::PinTrivial)),
            ("1357", Role::Cashier, Ok(())),
        ];
        for (pin, role, expected) in table {
            assert_eq!(check(pin, role), expected, "{pin} {role:?}");
        }
    }

    #[test]
    fn waits_begin_with_the_fifth_wrong_pin_and_double_up_to_an_hour() {
        let seconds = |misses| wait_ms(misses) / 1_000;
        assert_eq!([0, 1, 4].map(seconds), [0, 0, 0]);
        assert_eq!([5, 6, 7, 8].map(seconds), [30, 60, 120, 240]);
        assert_eq!(
            [11, 12, 13, u32::MAX].map(seconds),
            [1_920, 3_600, 3_600, 3_600]
        );
    }

    #[test]
    fn a_pin_is_known_again_only_with_its_pepper() {
        let [pin, other] = ["482130", "482131"].map(|text| Secret::new(text).unwrap());
        let (pepper, another) = (new_key().unwrap(), new_key().unwrap());
        assert_ne!(pepper.expose(), another.expose());
        let kept = hash(&pin, &pepper).unwrap();
        assert!(kept.as_phc().starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
        assert!(is_right(&pin, &kept, &pepper).unwrap());
        assert!(!is_right(&other, &kept, &pepper).unwrap());
        assert!(!is_right(&pin, &kept, &another).unwrap());
        assert_ne!(hash(&pin, &pepper).unwrap(), kept, "a salt of its own");
    }

    #[test]
    fn a_hash_that_is_none_is_an_error_and_not_a_wrong_pin() {
        let (pin, pepper) = (Secret::new("482130").unwrap(), new_key().unwrap());
        assert!(is_right(&pin, &PinHash::new("no hash".to_owned()), &pepper).is_err());
    }
}
