//! The till's secrets: one API key for each account, and where it is kept.
//!
//! A [`Secret`] is checked once, wiped when it is dropped, and cannot be printed, logged or
//! serialized by accident. A [`Vault`] keeps it; [`Keychain`] is the vault of the operating system,
//! [`MemoryVault`] the one of tests.
//!
//! Promises: no secret in a `Debug` or an error; no call to a keychain waits for ever, even while
//! a password dialog is open; a keychain that failed once is asked anew the next time.
//!
//! Never here: a file with a secret in it. Without a keychain there is no live account.

mod secret;
mod vault;

#[cfg(feature = "keychain")]
mod keychain;

#[cfg(feature = "keychain")]
pub use keychain::Keychain;
pub use secret::{Secret, SecretError};
pub use vault::{MemoryVault, Vault, VaultError};
