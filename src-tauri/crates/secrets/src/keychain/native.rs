//! The macOS Keychain and the Windows Credential Manager. Both are always there, so the one-time
//! start of `keyring` does no harm here.

use keyring::{Entry, Error};
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

pub(super) fn status() -> Result<String, VaultError> {
    Entry::store_status().as_ref().map_err(no_service)?;
    let name = if cfg!(windows) {
        "Windows Credential Manager"
    } else {
        "macOS Keychain"
    };
    Ok(name.to_owned())
}

fn entry(service: &str, name: &str) -> Result<Entry, VaultError> {
    Entry::store_status().as_ref().map_err(no_service)?;
    Entry::new(service, name).map_err(|error| refused(&error))
}

fn no_service(error: &Error) -> VaultError {
    VaultError::NoService {
        detail: error.to_string(),
    }
}

fn meaning(error: &Error) -> VaultError {
    if matches!(error, Error::NoStorageAccess(_)) {
        VaultError::Locked
    } else {
        refused(error)
    }
}
