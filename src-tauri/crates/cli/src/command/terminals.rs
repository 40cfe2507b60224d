//! `till terminals`.

use cli::session::Session;
use payment::{Account, Payment, Terminal};
use serde_json::json;

use super::orders::lay_out;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Lists the terminals of every account and what holds them. Reads the journal and nothing else:
/// neither keychain nor provider is asked.
pub(crate) async fn run(global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?.for_reading()).await?;
    let open = session.journal.open_payments()?;
    let mut rows = Vec::new();
    for account in session.accounts()? {
        if global.practice && !account.practice {
            continue;
        }
        for terminal in &account.terminals {
            let holder = holder(&open, &account, terminal);
            output.event("terminal", object(&account, terminal, holder));
            rows.push(row(output, &account, terminal, holder));
        }
    }
    for line in lay_out(&rows) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

/// The open payment that is on a terminal.
fn holder<'a>(open: &'a [Payment], account: &Account, terminal: &Terminal) -> Option<&'a Payment> {
    open.iter().find(|payment| {
        payment.account == account.id && payment.way.terminal() == Some(&terminal.code)
    })
}

fn object(account: &Account, terminal: &Terminal, holder: Option<&Payment>) -> serde_json::Value {
    json!({
        "payment": holder.map(|payment| payment.id.to_string()),
        "order": holder.map(|payment| payment.order.as_str()),
        "terminal": {
            "account": account.id.as_str(),
            "account_name": account.name,
            "code": terminal.code.as_str(),
            "label": terminal.label,
            "practice": account.practice,
        },
    })
}

fn row(
    output: &Output,
    account: &Account,
    terminal: &Terminal,
    holder: Option<&Payment>,
) -> [String; 4] {
    let words = output.words();
    let state = match holder {
        Some(payment) => words.fill("charge.busy_with", &[("order", payment.order.as_str())]),
        None => words.text("charge.ready").to_owned(),
    };
    [
        terminal.code.to_string(),
        terminal.label.clone(),
        account.name.clone(),
        state,
    ]
}
