//! `till terminals`.

use std::collections::BTreeMap;

use cli::session::Session;
use payment::{Account, Payment, Terminal, TerminalState};
use serde_json::json;
use till::api::{AccountRequest, ApiError};

use super::account_terminals::state_key;
use super::orders::lay_out;
use crate::arguments::{Global, Terminals};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Lists the terminals of every account and what holds them. Unless asked to, reads the journal and
/// nothing else: neither keychain nor provider is asked.
pub(crate) async fn run(
    asked: &Terminals,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?.for_reading()).await?;
    let open = session.journal.open_payments()?;
    let mut exit = Exit::Done;
    let mut rows = Vec::new();
    for account in session.accounts()? {
        if global.practice && !account.practice {
            continue;
        }
        let states = if asked.refresh && account.system.lists_terminals() {
            ask(&session, &account).await.unwrap_or_else(|error| {
                // The others are shown all the same.
                output.complain(&Fault::Refused(error));
                exit = Exit::Error;
                BTreeMap::new()
            })
        } else {
            BTreeMap::new()
        };
        for terminal in &account.terminals {
            let holder = holder(&open, &account, terminal);
            let state = states.get(terminal.code.as_str()).copied();
            output.event("terminal", object(&account, terminal, holder, state));
            rows.push(row(output, &account, terminal, holder, state));
        }
    }
    for line in lay_out(&rows) {
        output.say(&line);
    }
    Ok(exit)
}

/// How the terminals of an account are, by their codes. An error names the account.
async fn ask(
    session: &Session,
    account: &Account,
) -> Result<BTreeMap<String, TerminalState>, ApiError> {
    let request = AccountRequest {
        account: account.id.to_string(),
    };
    let listed = session.till.account_terminals(request).await;
    let listed = listed.map_err(|error| {
        let said = error.detail.unwrap_or(error.message);
        ApiError::with(error.code, format!("{}: {said}", account.name))
    })?;
    let states = listed.terminals.into_iter();
    Ok(states.map(|one| (one.code, one.state)).collect())
}

/// The open payment that is on a terminal.
fn holder<'a>(open: &'a [Payment], account: &Account, terminal: &Terminal) -> Option<&'a Payment> {
    open.iter().find(|payment| {
        payment.account == account.id && payment.way.terminal() == Some(&terminal.code)
    })
}

fn object(
    account: &Account,
    terminal: &Terminal,
    holder: Option<&Payment>,
    state: Option<TerminalState>,
) -> serde_json::Value {
    json!({
        "payment": holder.map(|payment| payment.id.to_string()),
        "order": holder.map(|payment| payment.order.as_str()),
        "terminal": {
            "account": account.id.as_str(),
            "account_name": account.name,
            "code": terminal.code.as_str(),
            "label": terminal.label,
            "practice": account.practice,
            "state": state,
        },
    })
}

fn row(
    output: &Output,
    account: &Account,
    terminal: &Terminal,
    holder: Option<&Payment>,
    state: Option<TerminalState>,
) -> [String; 4] {
    let words = output.words();
    let told = words.text(state_key(state.unwrap_or(TerminalState::Available)));
    let state = match (holder, state) {
        (None, _) => told.to_owned(),
        (Some(payment), state) => {
            let busy = words.fill("charge.busy_with", &[("order", payment.order.as_str())]);
            match state {
                Some(TerminalState::Offline | TerminalState::Unrecognised) => {
                    format!("{busy}. {told}")
                }
                Some(TerminalState::Available | TerminalState::Busy) | None => busy,
            }
        }
    };
    [
        terminal.code.to_string(),
        terminal.label.clone(),
        account.name.clone(),
        state,
    ]
}
