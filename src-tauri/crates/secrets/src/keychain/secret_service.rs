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
    entry(service, name)?
        .set_secret(secret.expose().as_bytes())
        .map_err(|error| meaning(&error))
}

pub(super) fn load(service: &str, name: &str) -> Result<Option<Secret>, VaultError> {
    match entry(service, name)?.get_secret().map(Zeroizing::new) {
        Ok(bytes) => checked(&bytes).map(Some),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(meaning(&error)),
    }
}

pub(super) fn remove(service: &str, name: &str) -> Result<(), VaultError> {
    match entry(service, name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(meaning(&error)),
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

fn entry(service: &str, name: &str) -> Result<Entry, VaultError> {
    let store: Arc<Store> = Store::new().map_err(|error| no_service(&error))?;
    let label = format!("Tillside: API key of {name}");
    let words = HashMap::from([("label", label.as_str())]);
    store
        .build(service, name, Some(&words))
        .map_err(|error| refused(&error))
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
