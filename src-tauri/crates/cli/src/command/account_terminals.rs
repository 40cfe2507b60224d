//! `till account terminals`: the card terminals that an account's system has, and which of them this
//! till uses.

use cli::session::{Session, SessionOptions};
use payment::TerminalState;
use serde_json::json;
use till::api::{
    AccountRequest, AccountSettingsInput, AccountView, ApiError, Code, OverviewRequest,
    SaveAccountRequest, TerminalInput, TerminalSeenView,
};

use super::account;
use super::charge::find;
use super::orders::lay_out;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;
use crate::words::Words;

/// Lists them, and uses those that were named from now on.
pub(super) async fn run(
    options: SessionOptions,
    output: &Output,
    id: &str,
    uses: &[String],
) -> Result<Exit, Fault> {
    let options = if uses.is_empty() {
        options.for_reading()
    } else {
        options.without_taking_up()
    };
    let session = Session::open(options).await?;
    let account = find(session.accounts()?, id)?.id.to_string();
    let mut seen = list(&session, &account).await?;
    if !uses.is_empty() {
        let chosen = choose(&seen, uses)?;
        save(&session, &account, chosen).await?;
        seen = list(&session, &account).await?;
    }
    for terminal in &seen {
        output.event(
            "terminal_listed",
            json!({ "account": account, "terminal": terminal }),
        );
    }
    if seen.is_empty() {
        output.tell("cli.terminals_none", &[]);
    }
    let words = output.words();
    let cells: Vec<[String; 4]> = seen.iter().map(|one| cells(one, words)).collect();
    for line in lay_out(&cells) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

async fn list(session: &Session, account: &str) -> Result<Vec<TerminalSeenView>, ApiError> {
    let account = account.to_owned();
    let request = AccountRequest { account };
    Ok(session.till.account_terminals(request).await?.terminals)
}

/// Those that were named, each with the label that was typed, else the system's own.
fn choose(seen: &[TerminalSeenView], uses: &[String]) -> Result<Vec<TerminalInput>, ApiError> {
    uses.iter()
        .map(|text| {
            let named = account::terminal(text);
            let found = seen.iter().find(|terminal| terminal.code == named.code);
            let found = found.ok_or_else(|| ApiError::with(Code::TerminalUnknown, &named.code))?;
            let label = if named.label.trim().is_empty() {
                found.label.clone()
            } else {
                named.label
            };
            let code = named.code;
            Ok(TerminalInput { code, label })
        })
        .collect()
}

/// Writes the account down as it is, with other terminals.
async fn save(
    session: &Session,
    id: &str,
    terminals: Vec<TerminalInput>,
) -> Result<AccountView, ApiError> {
    let overview = session.till.overview(OverviewRequest {}).await?;
    let account = overview
        .accounts
        .into_iter()
        .find(|account| account.id == id)
        .ok_or_else(|| ApiError::with(Code::AccountUnknown, id))?;
    let request = SaveAccountRequest {
        account: Some(account.id),
        name: account.name,
        system: account.system,
        settings: AccountSettingsInput {
            homepage_url: account.homepage_url,
            redirect_url: account.redirect_url,
            public_key: account.public_key,
            amount_unit: account.amount_unit,
            currency: account.currency,
            reseller_id: account.reseller_id,
            generation: account.generation,
        },
        base_url: account.base_url,
        key: None,
        terminals,
    };
    session.till.save_account(request).await
}

fn cells(terminal: &TerminalSeenView, words: &Words) -> [String; 4] {
    let chosen = if terminal.is_chosen {
        words.text("cli.terminal_chosen").to_owned()
    } else {
        String::new()
    };
    [
        terminal.code.clone(),
        terminal.label.clone(),
        words.text(state_key(terminal.state)).to_owned(),
        chosen,
    ]
}

/// The words for how a terminal is.
pub(super) const fn state_key(state: TerminalState) -> &'static str {
    match state {
        TerminalState::Available => "terminal_state.available",
        TerminalState::Busy => "terminal_state.busy",
        TerminalState::Offline => "terminal_state.offline",
        TerminalState::Unrecognised => "terminal_state.unrecognised",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(code: &str, label: &str) -> TerminalSeenView {
        TerminalSeenView {
            code: code.to_owned(),
            label: label.to_owned(),
            state: TerminalState::Available,
            is_chosen: false,
        }
    }

    #[test]
    fn what_is_used_is_named_by_its_code_and_labelled_by_who_uses_it() {
        let listed = [seen("tm_1", "TID 12345678"), seen("tm_2", "TID 87654321")];
        let typed = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let table = [
            ("tm_2", "tm_2=TID 87654321"),
            ("tm_1=Bar", "tm_1=Bar"),
            ("tm_1=", "tm_1=TID 12345678"),
            ("tm_2=Left tm_1", "tm_2=Left, tm_1=TID 12345678"),
        ];
        for (uses, expected) in table {
            let chosen = choose(&listed, &typed(uses)).unwrap().into_iter();
            let pairs = chosen.map(|one| format!("{}={}", one.code, one.label));
            assert_eq!(pairs.collect::<Vec<_>>().join(", "), expected, "{uses:?}");
        }
        // None is used where one is not there.
        let error = choose(&listed, &typed("tm_1 tm_3")).unwrap_err();
        assert_eq!(error.code, Code::TerminalUnknown);
        assert_eq!(error.detail.as_deref(), Some("tm_3"));
    }
}
