//! The lines to the payment systems: one an account, opened when first needed and kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use payment::{Account, AccountId, Provider};
use secrets::{Secret, Vault, VaultError};

use crate::api::{ApiError, Code};
use crate::board::Board;
use crate::ports::{Connector, Post};

/// The name of the pepper in the keychain. No account's id has a colon.
const PEPPER: &str = "staff:pepper";

/// The name of the mail server's password in the keychain.
const MAIL_PASSWORD: &str = "mail:password";

/// The open lines.
pub(crate) struct Lines {
    board: Arc<Board>,
    vault: Arc<dyn Vault>,
    connector: Arc<dyn Connector>,
    post: Option<Arc<dyn Post>>,
    open: Mutex<BTreeMap<AccountId, Arc<dyn Provider>>>,
}

impl Lines {
    pub(crate) fn new(
        board: Arc<Board>,
        vault: Arc<dyn Vault>,
        connector: Arc<dyn Connector>,
        post: Option<Arc<dyn Post>>,
    ) -> Self {
        Self {
            board,
            vault,
            connector,
            post,
            open: Mutex::default(),
        }
    }

    /// The line to an account.
    ///
    /// # Errors
    /// Why there is none: no such account, no key, no keychain, a wrong address.
    pub(crate) async fn provider(&self, id: &AccountId) -> Result<Arc<dyn Provider>, ApiError> {
        if let Some(line) = self.lock().get(id) {
            return Ok(Arc::clone(line));
        }
        let account = self
            .board
            .account(id)
            .ok_or_else(|| ApiError::new(Code::AccountUnknown))?;
        let key = if account.practice {
            None
        } else {
            Some(self.key(&account).await?)
        };
        let line = self.connector.connect(&account, key)?;
        self.lock().insert(id.clone(), Arc::clone(&line));
        Ok(line)
    }

    /// Lets a line go, so that a changed address or key is used from the next request on.
    pub(crate) fn forget(&self, id: &AccountId) {
        self.lock().remove(id);
    }

    async fn key(&self, account: &Account) -> Result<Secret, ApiError> {
        self.ask_vault(account.id.clone(), |vault, name| vault.load(name))
            .await?
            .ok_or_else(|| ApiError::new(Code::KeyMissing))
    }

    /// Whether an account has a key, without taking it out for longer than the question.
    pub(crate) async fn has_key(&self, id: &AccountId) -> Result<bool, ApiError> {
        Ok(self
            .ask_vault(id.clone(), |vault, name| vault.load(name))
            .await?
            .is_some())
    }

    /// Puts a key into the keychain.
    pub(crate) async fn store_key(&self, id: &AccountId, key: Secret) -> Result<(), ApiError> {
        self.ask_vault(id.clone(), move |vault, name| vault.store(name, &key))
            .await
    }

    /// Takes a key out of the keychain, and the secret of the account's webhooks.
    pub(crate) async fn remove_key(&self, id: &AccountId) -> Result<(), ApiError> {
        self.ask_vault(id.clone(), |vault, name| {
            vault.remove(&webhook_name(name))?;
            vault.remove(name)
        })
        .await
    }

    /// Puts the secret of an account's webhooks into the keychain, beside its key.
    pub(crate) async fn store_webhook_secret(
        &self,
        id: &AccountId,
        secret: Secret,
    ) -> Result<(), ApiError> {
        self.ask_vault(id.clone(), move |vault, name| {
            vault.store(&webhook_name(name), &secret)
        })
        .await
    }

    /// The secret of an account's webhooks.
    pub(crate) async fn webhook_secret(&self, id: &AccountId) -> Result<Option<Secret>, ApiError> {
        self.ask_vault(id.clone(), |vault, name| vault.load(&webhook_name(name)))
            .await
    }

    /// What every PIN is hashed with; `None` where there is none yet, or none any more.
    pub(crate) async fn pepper(&self) -> Result<Option<Secret>, ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.load(PEPPER)).await
    }

    /// Puts the pepper into the keychain.
    pub(crate) async fn store_pepper(&self, pepper: Secret) -> Result<(), ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.store(PEPPER, &pepper)).await
    }

    /// The way to the mail server, where there is one.
    pub(crate) fn post(&self) -> Option<Arc<dyn Post>> {
        self.post.clone()
    }

    /// The mail server's password; `None` where there is none.
    pub(crate) async fn mail_password(&self) -> Result<Option<Secret>, ApiError> {
        self.kept(MAIL_PASSWORD.to_owned()).await
    }

    /// Puts the mail server's password into the keychain.
    pub(crate) async fn store_mail_password(&self, password: Secret) -> Result<(), ApiError> {
        self.keep(MAIL_PASSWORD.to_owned(), password).await
    }

    /// Takes the mail server's password out of the keychain.
    pub(crate) async fn remove_mail_password(&self) -> Result<(), ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.remove(MAIL_PASSWORD)).await
    }

    /// Something else that the keychain keeps for the till itself. No account's id has a colon.
    pub(crate) async fn kept(&self, name: String) -> Result<Option<Secret>, ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.load(&name)).await
    }

    /// Puts it there.
    pub(crate) async fn keep(&self, name: String, secret: Secret) -> Result<(), ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.store(&name, &secret)).await
    }

    /// What the keychain says about itself.
    pub(crate) async fn vault_status(&self) -> Result<String, ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || vault.status()).await
    }

    pub(crate) fn check_address(&self, text: &str) -> Result<String, Code> {
        self.connector.check_address(text)
    }

    async fn ask_vault<T: Send + 'static>(
        &self,
        id: AccountId,
        ask: impl FnOnce(&dyn Vault, &str) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let vault = Arc::clone(&self.vault);
        Self::off_the_runtime(move || ask(&*vault, id.as_str())).await
    }

    /// A keychain may take a hundred milliseconds, or ask its owner first.
    async fn off_the_runtime<T: Send + 'static>(
        ask: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, ApiError> {
        match tokio::task::spawn_blocking(ask).await {
            Ok(answer) => answer.map_err(|error| keychain_error(&error)),
            Err(_) => Err(ApiError::new(Code::KeychainRefused)),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<AccountId, Arc<dyn Provider>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a webhook secret in the keychain. No account's id has a colon.
fn webhook_name(account: &str) -> String {
    format!("webhook:{account}")
}

fn keychain_error(error: &VaultError) -> ApiError {
    let code = match error {
        VaultError::NoService { .. } => Code::KeychainMissing,
        VaultError::Locked => Code::KeychainLocked,
        VaultError::TimedOut => Code::KeychainSlow,
        VaultError::Refused { .. } => Code::KeychainRefused,
    };
    ApiError::with(code, error)
}
