//! Which adapter an account speaks through: one line a system.

use std::sync::Arc;

use payment::{Account, Provider, System};
use secrets::{Secret, SecretError};

use crate::compago::Compago;
use crate::http::{BaseUrl, BaseUrlError, ClientError, Network, NetworkOptions, Transport};

/// What the practice store is sent as a key where the account has none. It guards nothing.
pub const PRACTICE_KEY: &str = "practice";

/// Why an account cannot be used as it stands.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A live account needs a key.
    #[error("the account has no API key on this computer")]
    NoKey,
    /// Its address.
    #[error("the address of the account cannot be used")]
    BadAddress(#[source] BaseUrlError),
    /// The client.
    #[error("the connection to the provider could not be prepared")]
    Client(#[source] ClientError),
}

/// The adapter of an account, over the network. Nothing is sent yet.
///
/// # Errors
/// See [`ConnectError`].
pub fn connect(
    account: &Account,
    key: Option<Secret>,
    options: NetworkOptions,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let base = BaseUrl::parse(&account.base_url).map_err(ConnectError::BadAddress)?;
    let network = Network::new(base, options).map_err(ConnectError::Client)?;
    over(account, key, Arc::new(network))
}

/// The adapter of an account over another transport, for a simulation.
///
/// # Errors
/// [`ConnectError::NoKey`].
pub fn over(
    account: &Account,
    key: Option<Secret>,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let key = match key {
        Some(key) => key,
        None if account.practice => practice_key().map_err(|_| ConnectError::NoKey)?,
        None => return Err(ConnectError::NoKey),
    };
    Ok(match account.system {
        System::Compago => Arc::new(Compago::new(transport, key, account.currency)),
    })
}

fn practice_key() -> Result<Secret, SecretError> {
    Secret::new(PRACTICE_KEY)
}
