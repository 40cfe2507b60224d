//! How an account of it becomes an adapter.

use std::sync::Arc;

use payment::{Account, Provider};
use secrets::Secret;

use super::{Dojo, webhook};
use crate::http::Transport;
use crate::registry::{Adapter, ConnectError};

pub(crate) const ADAPTER: Adapter = Adapter {
    practice_key: "sk_sandbox_practice",
    connect,
    // Its signature has no time to judge an age by.
    receive: Some(|secret, headers, body, _| webhook::receive(secret, headers, body)),
};

fn connect(
    account: &Account,
    key: Secret,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let reseller = account.settings.reseller_id.as_deref().unwrap_or_default();
    let adapter = Dojo::new(transport, key, account.currency, reseller);
    Ok(Arc::new(adapter))
}
