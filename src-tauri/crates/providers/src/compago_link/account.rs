//! How an account of it becomes an adapter.

use std::sync::Arc;

use payment::{Account, Provider};
use secrets::Secret;

use super::{CompagoLink, ReturnPages};
use crate::http::Transport;
use crate::registry::{Adapter, ConnectError, said};

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
    let pages = return_pages(account)?;
    let adapter = CompagoLink::new(transport, key, account.currency, pages);
    Ok(Arc::new(adapter))
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
