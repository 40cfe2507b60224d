//! How an account of it becomes an adapter.

use std::sync::Arc;

use payment::{Account, Provider};
use secrets::Secret;

use super::Compago;
use crate::http::Transport;
use crate::registry::{Adapter, ConnectError};

pub(crate) const ADAPTER: Adapter = Adapter {
    practice_key: "practice",
    connect,
    receive: None,
};

fn connect(
    account: &Account,
    key: Secret,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let adapter = Compago::new(transport, key, account.currency);
    Ok(Arc::new(adapter))
}
