//! The Secret Service of a Linux or BSD desktop.
//!
//! The store is opened anew for each call: the service may start after the till, and `keyring`'s
//! own cell would keep the first failure until the till is closed.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use super::{checked, refused};
use crate::{Secret, VaultError};

pub(super) fn store(service: &str, name: &str, secret: &Secret) -> Result<(), VaultError> {
    again_if_gone(|| Ok(entry(service, name)?.set_secret(secret.expose().as_bytes())?))
        .map_err(|trouble| trouble.meaning())
}

pub(super) fn load(service: &str, name: &str) -> Result<Option<Secret>, VaultError> {
    match again_if_gone(|| Ok(entry(service, name)?.get_secret()?)).map(Zeroizing::new) {
        Ok(bytes) => checked(&bytes).map(Some),
        Err(Trouble::There(Error::NoEntry)) => Ok(None),
        Err(trouble) => Err(trouble.meaning()),
    }
}

pub(super) fn remove(service: &str, name: &str) -> Result<(), VaultError> {
    match again_if_gone(|| Ok(entry(service, name)?.delete_credential()?)) {
        Ok(()) | Err(Trouble::There(Error::NoEntry)) => Ok(()),
        Err(trouble) => Err(trouble.meaning()),
    }
}

/// Asks past the store, which would open a password dialog to find out.
pub(super) fn status() -> Result<String, VaultError> {
    let connected = SecretService::connect(EncryptionType::Plain);
    let service = connected.map_err(|error| no_service(&error))?;
    let locked = service
        .get_default_collection()
        .and_then(|collection| collection.is_locked());
    match locked {
        Ok(false) => Ok("Secret Service, unlocked".to_owned()),
        Ok(true) => Ok("Secret Service, locked: it will ask for its password".to_owned()),
        Err(ServiceError::NoResult) => Err(no_keyring()),
        Err(error) => Err(refused(&error)),
    }
}

/// What stands between the till and a key.
enum Trouble {
    /// There is no service to ask.
    NoService(Error),
    /// It was asked.
    There(Error),
}

impl Trouble {
    fn meaning(&self) -> VaultError {
        match self {
            Self::NoService(error) => no_service(error),
            Self::There(error) => meaning(error),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::There(error)
    }
}

/// An entry is looked up and then asked. Where another program, or another till, takes it away in between,
/// the look is older than the keychain: once more, and it is found anew or known to be gone.
fn again_if_gone<T>(ask: impl Fn() -> Result<T, Trouble>) -> Result<T, Trouble> {
    match ask() {
        Err(Trouble::There(error)) if is_gone(&error.to_string()) => ask(),
        outcome => outcome,
    }
}

/// Whether the service says that there is nothing any more where an entry was.
fn is_gone(said: &str) -> bool {
    ["UnknownMethod", "UnknownObject", "UnknownInterface"]
        .iter()
        .any(|name| said.contains(&format!("org.freedesktop.DBus.Error.{name}")))
}

fn entry(service: &str, name: &str) -> Result<Entry, Trouble> {
    let store: Arc<Store> = Store::new().map_err(Trouble::NoService)?;
    let label = format!("Tillside: API key of {name}");
    let words = HashMap::from([("label", label.as_str())]);
    Ok(store.build(service, name, Some(&words))?)
}

fn no_service(error: &dyn std::fmt::Display) -> VaultError {
    VaultError::NoService {
        detail: error.to_string(),
    }
}

/// The service runs, but nobody has made a keyring in it yet.
fn no_keyring() -> VaultError {
    VaultError::Refused {
        detail: "the Secret Service has no default keyring yet: make one, or log in once with a \
                 password"
            .to_owned(),
    }
}

fn meaning(error: &Error) -> VaultError {
    let Error::NoStorageAccess(inner) = error else {
        return refused(error);
    };
    match inner.downcast_ref::<ServiceError>() {
        Some(ServiceError::NoResult) => no_keyring(),
        Some(ServiceError::Locked | ServiceError::Prompt | ServiceError::PromptDisconnected) => {
            VaultError::Locked
        }
        Some(ServiceError::Unavailable) => no_service(error),
        Some(_) | None => refused(error),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn gone() -> Trouble {
        let said = "zbus error: org.freedesktop.DBus.Error.UnknownMethod: No such interface \
                    \u{201c}org.freedesktop.Secret.Item\u{201d} on object at path /login/2";
        Trouble::There(Error::PlatformFailure(said.into()))
    }

    #[test]
    fn what_was_taken_away_in_between_is_looked_up_once_more_and_no_oftener() {
        let asked = Cell::new(0);
        let answer = again_if_gone(|| {
            asked.set(asked.get() + 1);
            if asked.get() == 1 { Err(gone()) } else { Ok(7) }
        });
        assert_eq!((answer.ok(), asked.get()), (Some(7), 2));
        asked.set(0);
        let answer: Result<(), Trouble> = again_if_gone(|| {
            asked.set(asked.get() + 1);
            Err(gone())
        });
        assert!(answer.is_err());
        assert_eq!(asked.get(), 2);
        asked.set(0);
        let answer: Result<(), Trouble> = again_if_gone(|| {
            asked.set(asked.get() + 1);
            Err(Trouble::There(Error::NoEntry))
        });
        assert!(matches!(answer, Err(Trouble::There(Error::NoEntry))));
        assert_eq!(asked.get(), 1);
    }
}
