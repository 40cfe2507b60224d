//! `till leftovers`: payments that stand open at an account's system and that no till sees through.

use cli::session::Session;
use serde_json::json;
use till::api::{AccountRequest, CloseLeftoverRequest, LeftoverView};

use super::charge::find;
use super::orders::lay_out;
use crate::arguments::{Global, Leftovers};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, calendar};

/// Lists them, and closes the one that was named. Takes payments up first: what this till itself
/// sees through is no leftover, and it knows of those only once it has taken them up.
pub(crate) async fn run(
    leftovers: &Leftovers,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let account = find(session.accounts()?, &leftovers.account)?
        .id
        .to_string();
    let rows = match &leftovers.close {
        None => {
            let request = AccountRequest {
                account: account.clone(),
            };
            session.till.list_leftovers(request).await?.rows
        }
        Some(intent) => {
            let request = CloseLeftoverRequest {
                account: account.clone(),
                intent: intent.clone(),
                is_confirmed: leftovers.sure,
            };
            let left = session.till.close_leftover(request).await?.rows;
            output.event(
                "leftover_closed",
                json!({ "account": account, "intent": intent }),
            );
            output.tell("cli.leftover_closed", &[("intent", intent)]);
            left
        }
    };
    for row in &rows {
        output.event("leftover", json!({ "account": account, "leftover": row }));
    }
    if rows.is_empty() {
        output.tell("cli.leftovers_none", &[]);
    }
    let cells: Vec<[String; 5]> = rows.iter().map(|row| cells(row, output)).collect();
    for line in lay_out(&cells) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

fn cells(row: &LeftoverView, output: &Output) -> [String; 5] {
    let payable = if row.has_link {
        output.words().text("cli.leftover_payable").to_owned()
    } else {
        String::new()
    };
    [
        row.intent.clone(),
        row.made_at.as_deref().map(calendar).unwrap_or_default(),
        row.reference.clone(),
        row.amount.text.clone(),
        payable,
    ]
}
