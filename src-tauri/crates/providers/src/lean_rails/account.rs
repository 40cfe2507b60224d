//! How an account of it becomes an adapter.

use std::sync::Arc;

use payment::{Account, Generation, Provider};
use secrets::Secret;

use super::{LeanRails, webhook};
use crate::http::Transport;
use crate::registry::{Adapter, ConnectError};

pub(crate) const ADAPTER: Adapter = Adapter {
    // Its keys are known by their beginning.
    practice_key: "sk_test_practice_lean_rails",
    connect,
    receive: Some(webhook::receive),
};

fn connect(
    account: &Account,
    key: Secret,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    // The JSON of its own pages, unless the account speaks its successor's forms.
    let generation = account.settings.generation.unwrap_or(Generation::Json);
    let adapter = LeanRails::new(transport, key, account.currency, generation);
    Ok(Arc::new(adapter))
}
