//! Which adapter an account speaks through: one arm a system.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use payment::{Account, AmountUnit, Clock, Generation, Provider, System};
use secrets::{Secret, SecretError};

use crate::compago::Compago;
use crate::compago_link::{CompagoLink, ReturnPages};
use crate::dojo::Dojo;
use crate::http::{BaseUrl, BaseUrlError, ClientError, Network, NetworkOptions, Transport};
use crate::lean_rails::LeanRails;
use crate::one2pays::{KeyPair, One2Pays};

/// What the practice store is sent as a key where the account has none. It guards nothing.
pub const PRACTICE_KEY: &str = "practice";

/// The same for One2Pays: the public half of its pair.
pub const PRACTICE_PUBLIC_KEY: &str = "pk_test_practice";

/// The same for One2Pays: the half that signs.
pub const PRACTICE_SECRET_KEY: &str = "sk_test_practice";

/// The same for LeanRails, whose keys are known by their beginning.
pub const PRACTICE_LEAN_RAILS_KEY: &str = "sk_test_practice_lean_rails";

/// The same for Dojo.
pub const PRACTICE_DOJO_KEY: &str = "sk_sandbox_practice";

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
    let key = match key {
        Some(key) => key,
        None if account.practice => {
            practice_key(account.system).map_err(|_| ConnectError::NoKey)?
        }
        None => return Err(ConnectError::NoKey),
    };
    Ok(match account.system {
        System::Compago => Arc::new(Compago::new(transport, key, account.currency)),
        System::CompagoLink => {
            let pages = return_pages(account)?;
            let adapter = CompagoLink::new(transport, key, account.currency, pages);
            Arc::new(adapter)
        }
        System::One2Pays => {
            let keys = KeyPair {
                public: public_key(account)?,
                secret: key,
            };
            let unit = amount_unit(account)?;
            let clock = Arc::new(TimeOfDay);
            let adapter = One2Pays::new(transport, keys, account.currency, unit, clock);
            Arc::new(adapter)
        }
        System::Dojo => {
            let reseller = account.settings.reseller_id.as_deref().unwrap_or_default();
            Arc::new(Dojo::new(transport, key, account.currency, reseller))
        }
        System::LeanRails => {
            // The JSON of its own pages, unless the account speaks its successor's forms.
            let generation = account.settings.generation.unwrap_or(Generation::Json);
            let adapter = LeanRails::new(transport, key, account.currency, generation);
            Arc::new(adapter)
        }
    })
}

fn practice_key(system: System) -> Result<Secret, SecretError> {
    Secret::new(match system {
        System::Compago | System::CompagoLink => PRACTICE_KEY,
        System::One2Pays => PRACTICE_SECRET_KEY,
        System::Dojo => PRACTICE_DOJO_KEY,
        System::LeanRails => PRACTICE_LEAN_RAILS_KEY,
    })
}

fn return_pages(account: &Account) -> Result<ReturnPages, ConnectError> {
    let homepage_url = said(account.settings.homepage_url.as_ref());
    let redirect_url = said(account.settings.redirect_url.as_ref());
    match (homepage_url, redirect_url) {
        (Some(homepage_url), Some(redirect_url)) => Ok(ReturnPages {
            homepage_url,
            redirect_url,
        }),
        (None, _) | (_, None) => Err(ConnectError::NoReturnPages),
    }
}

fn public_key(account: &Account) -> Result<String, ConnectError> {
    let practice = || account.practice.then(|| PRACTICE_PUBLIC_KEY.to_owned());
    said(account.settings.public_key.as_ref())
        .or_else(practice)
        .ok_or(ConnectError::NoPublicKey)
}

/// The practice store counts baht unless it was told otherwise.
fn amount_unit(account: &Account) -> Result<AmountUnit, ConnectError> {
    let practice = account.practice.then_some(AmountUnit::Major);
    let chosen = account.settings.amount_unit.or(practice);
    chosen.ok_or(ConnectError::NoAmountUnit)
}

fn said(text: Option<&String>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The computer's clock. Where it is wrong the adapter learns by how much.
struct TimeOfDay;

impl Clock for TimeOfDay {
    fn now_ms(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let since_epoch = since_epoch.unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
    }
}
