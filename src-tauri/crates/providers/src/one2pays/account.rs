//! How an account of it becomes an adapter.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use payment::{Account, AmountUnit, Clock, Provider};
use secrets::Secret;

use super::{KeyPair, One2Pays, webhook};
use crate::http::Transport;
use crate::registry::{Adapter, ConnectError, said};

/// What the practice store is sent as the public half of a pair where the account has none. It guards
/// nothing.
pub const PRACTICE_PUBLIC_KEY: &str = "pk_test_practice";

/// The same, the half that signs.
pub const PRACTICE_SECRET_KEY: &str = "sk_test_practice";

pub(crate) const ADAPTER: Adapter = Adapter {
    practice_key: PRACTICE_SECRET_KEY,
    connect,
    receive: Some(webhook::receive),
};

fn connect(
    account: &Account,
    key: Secret,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let keys = KeyPair {
        public: public_key(account)?,
        secret: key,
    };
    let unit = amount_unit(account)?;
    let clock = Arc::new(TimeOfDay);
    let adapter = One2Pays::new(transport, keys, account.currency, unit, clock);
    Ok(Arc::new(adapter))
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

/// The computer's clock. Where it is wrong the adapter learns by how much.
struct TimeOfDay;

impl Clock for TimeOfDay {
    fn now_ms(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let since_epoch = since_epoch.unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
    }
}
