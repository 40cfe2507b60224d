//! The keychain of the operating system.
//!
//! A locked keychain answers when a person has typed a password, which may be never. So each call
//! runs on a thread of its own and is given up after a limit; and there is one call at a time, so
//! that an impatient cashier does not pile up password dialogs.

use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::{Secret, Vault, VaultError};

#[cfg(any(target_os = "macos", windows))]
#[path = "native.rs"]
mod system;

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "secret_service.rs"]
mod system;

/// Under which name the till's keys stand in the keychain.
const SERVICE: &str = "tillside";

/// How long a call may take, a dialog included.
const LIMIT: Duration = Duration::from_secs(10);

/// The keychain of the operating system: macOS Keychain, Windows Credential Manager, or the
/// Secret Service (gnome-keyring, KWallet) elsewhere.
#[derive(Debug, Clone)]
pub struct Keychain {
    service: String,
    limit: Duration,
    turn: Arc<Turn>,
}

impl Default for Keychain {
    fn default() -> Self {
        Self::new()
    }
}

impl Keychain {
    /// The till's own part of the keychain.
    #[must_use]
    pub fn new() -> Self {
        Self {
            service: SERVICE.to_owned(),
            limit: LIMIT,
            turn: Arc::default(),
        }
    }

    /// The same with another limit on a call.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Runs one call on its own thread and waits for it, but not for ever.
    fn call<T, F>(&self, work: F) -> Result<T, VaultError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, VaultError> + Send + 'static,
    {
        let turn = Turn::take(&self.turn, self.limit).ok_or(VaultError::TimedOut)?;
        let (answer, answered) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let outcome = work();
                // The turn ends with the work and not with the waiting for it: a dialog that was
                // given up is still on the screen.
                drop(turn);
                let _ = answer.send(outcome);
            })
            .map_err(|error| refused(&error))?;
        match answered.recv_timeout(self.limit) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => Err(VaultError::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err(VaultError::Refused {
                detail: "the call to the keychain broke down".to_owned(),
            }),
        }
    }
}

impl Vault for Keychain {
    fn store(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        let (service, name, secret) = (self.service.clone(), name.to_owned(), secret.clone());
        self.call(move || system::store(&service, &name, &secret))
    }

    fn load(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        let (service, name) = (self.service.clone(), name.to_owned());
        self.call(move || system::load(&service, &name))
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        let (service, name) = (self.service.clone(), name.to_owned());
        self.call(move || system::remove(&service, &name))
    }

    fn status(&self) -> Result<String, VaultError> {
        self.call(system::status)
    }
}

fn refused(error: &dyn fmt::Display) -> VaultError {
    VaultError::Refused {
        detail: error.to_string(),
    }
}

/// What was in the keychain under the till's name, made a key again.
fn checked(bytes: &[u8]) -> Result<Secret, VaultError> {
    std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| Secret::new(text).ok())
        .ok_or_else(|| VaultError::Refused {
            detail: "what is kept under this name is not a key".to_owned(),
        })
}

/// Whether a call is under way.
#[derive(Debug, Default)]
struct Turn {
    taken: Mutex<bool>,
    free: Condvar,
}

impl Turn {
    /// Waits for the turn; `None` where it did not come within the limit.
    fn take(turn: &Arc<Self>, limit: Duration) -> Option<Taken> {
        let taken = turn.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, _) = turn
            .free
            .wait_timeout_while(taken, limit, |taken| *taken)
            .unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(Taken(Arc::clone(turn)))
    }
}

/// The turn, given back when it is dropped, also by a call that broke down.
struct Taken(Arc<Turn>);

impl Drop for Taken {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_hangs_is_given_up_and_blocks_no_later_one_for_ever() {
        let keychain = Keychain::new().with_limit(Duration::from_millis(50));
        let (finish, finished) = mpsc::channel::<()>();
        let hanging = keychain.call(move || {
            let _ = finished.recv();
            Ok(())
        });
        assert_eq!(hanging, Err(VaultError::TimedOut));
        let behind = keychain.call(|| Ok("not run"));
        assert_eq!(
            behind,
            Err(VaultError::TimedOut),
            "the dialog is still open"
        );
        drop(finish);
        let patient = keychain.with_limit(Duration::from_secs(5));
        assert_eq!(patient.call(|| Ok("run")), Ok("run"));
    }

    #[test]
    fn a_call_that_breaks_down_is_an_error_and_gives_the_turn_back() {
        let keychain = Keychain::new().with_limit(Duration::from_secs(5));
        let broken = keychain.call::<(), _>(|| panic!("as a library may"));
        assert!(
            matches!(broken, Err(VaultError::Refused { .. })),
            "{broken:?}"
        );
        assert_eq!(keychain.call(|| Ok(1)), Ok(1));
    }

    #[test]
    fn what_is_not_a_key_is_refused_without_showing_it() {
        assert_eq!(checked(b"k-1").unwrap().expose(), "k-1");
        for bytes in [&b""[..], b"two words", b"\xff\xfe"] {
            let error = checked(bytes).unwrap_err().to_string();
            assert!(!error.contains("two words"), "{error}");
        }
    }
}
