use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Secret;

/// Where keys are kept between two starts. Its calls may wait for a person (a password dialog), so
/// they belong on a thread of their own and never on an async task.
pub trait Vault: Send + Sync {
    /// Keeps a key under a name, in place of the one that is there.
    ///
    /// # Errors
    /// See [`VaultError`]. After [`VaultError::TimedOut`] the key may have been kept.
    fn store(&self, name: &str, secret: &Secret) -> Result<(), VaultError>;

    /// The key of a name; `None` where there is none.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn load(&self, name: &str) -> Result<Option<Secret>, VaultError>;

    /// Forgets the key of a name. To forget what is not there is no error.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn remove(&self, name: &str) -> Result<(), VaultError>;

    /// What this vault is and how it does, for people. It opens no dialog.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn status(&self) -> Result<String, VaultError>;
}

/// Why a keychain did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// There is none. `detail` is the system's own reason.
    #[error(
        "no keychain answers: on Linux a Secret Service such as gnome-keyring or KWallet must \
         run in this desktop session ({detail})"
    )]
    NoService {
        /// What the system said.
        detail: String,
    },
    /// It is locked, and was not unlocked.
    #[error("the keychain is locked")]
    Locked,
    /// Nobody answered within the limit.
    #[error("the keychain did not answer in time: is a password dialog open?")]
    TimedOut,
    /// It is there and said no.
    #[error("the keychain refused ({detail})")]
    Refused {
        /// What it said.
        detail: String,
    },
}

/// A vault that forgets everything when it is dropped. For tests.
#[derive(Debug, Default)]
pub struct MemoryVault {
    secrets: Mutex<BTreeMap<String, Secret>>,
}

impl MemoryVault {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn secrets(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        // A map is whole between two calls, whatever thread broke down holding it.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for MemoryVault {
    fn store(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.secrets().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn load(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self.secrets().get(name).cloned())
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.secrets().remove(name);
        Ok(())
    }

    fn status(&self) -> Result<String, VaultError> {
        Ok("memory, until the till is closed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_replaces_and_forgets() {
        let vault = MemoryVault::new();
        let loaded = |name: &str| vault.load(name).unwrap().map(|key| key.expose().to_owned());
        assert_eq!(loaded("a"), None);
        vault.store("a", &Secret::new("first").unwrap()).unwrap();
        vault.store("b", &Secret::new("other").unwrap()).unwrap();
        vault.store("a", &Secret::new("second").unwrap()).unwrap();
        assert_eq!(loaded("a").as_deref(), Some("second"));
        vault.remove("a").unwrap();
        vault.remove("a").unwrap();
        assert_eq!(loaded("a"), None);
        assert_eq!(loaded("b").as_deref(), Some("other"));
        assert!(!format!("{vault:?}").contains("other"));
    }
}
