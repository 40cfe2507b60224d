//! Which adapter an account speaks through: one line a system.

use std::sync::Arc;

use ::http::HeaderMap;
use payment::{Account, Provider, System};
use secrets::Secret;

use crate::http::{BaseUrl, BaseUrlError, ClientError, Network, NetworkOptions, Transport};
use crate::webhook::{Notified, Rejected};
use crate::{compago, compago_link, dojo, lean_rails, one2pays};

/// What a system's folder gives: how an account of it is connected, and its webhooks checked.
#[derive(Clone, Copy)]
pub(crate) struct Adapter {
    /// What the practice store is sent as a key where the account has none. It guards nothing.
    pub(crate) practice_key: &'static str,
    /// The adapter of an account over a transport. What the account lacks is an error.
    pub(crate) connect: fn(&Account, Secret, Arc<dyn Transport>) -> Connected,
    /// Checks a webhook, by its headers, its body and the time of day in milliseconds; `None` where the
    /// system sends none.
    pub(crate) receive: Option<Receive>,
}

/// See [`Adapter::connect`].
pub(crate) type Connected = Result<Arc<dyn Provider>, ConnectError>;

/// See [`Adapter::receive`].
pub(crate) type Receive = fn(&Secret, &HeaderMap, &[u8], i64) -> Result<Notified, Rejected>;

/// The registry.
pub(crate) const fn adapter(system: System) -> Adapter {
    match system {
        System::Compago => compago::account::ADAPTER,
        System::CompagoLink => compago_link::account::ADAPTER,
        System::One2Pays => one2pays::account::ADAPTER,
        System::Dojo => dojo::account::ADAPTER,
        System::LeanRails => lean_rails::account::ADAPTER,
    }
}

/// Why an account cannot be used as it stands.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A live account needs a key.
    #[error("the account has no API key on this computer")]
    NoKey,
    /// One2Pays wants both halves of a key.
    #[error("the account has no public key")]
    NoPublicKey,
    /// Whether "100.00" is a hundred baht or one is not for a program to guess.
    #[error("nobody has chosen yet what an amount means to the account's system")]
    NoAmountUnit,
    /// A Compago link needs both addresses.
    #[error("the account has no address for \"back\" on its payment pages, or none for after them")]
    NoReturnPages,
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
/// What the account lacks: [`ConnectError::NoKey`], [`ConnectError::NoPublicKey`],
/// [`ConnectError::NoAmountUnit`], [`ConnectError::NoReturnPages`].
pub fn over(
    account: &Account,
    key: Option<Secret>,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let adapter = adapter(account.system);
    let key = match key {
        Some(key) => key,
        None if account.practice => {
            Secret::new(adapter.practice_key).map_err(|_| ConnectError::NoKey)?
        }
        None => return Err(ConnectError::NoKey),
    };
    (adapter.connect)(account, key, transport)
}

/// A setting that somebody filled in.
pub(crate) fn said(text: Option<&String>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
