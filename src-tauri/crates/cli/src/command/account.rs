//! `till account`.

use std::io::{self, IsTerminal as _, Read as _};

use cli::session::{Session, SessionOptions};
use serde_json::json;
use till::api::{
    AccountRequest, AccountSettingsInput, AccountView, ApiError, KeyInput, OverviewRequest,
    SaveAccountRequest, TerminalInput,
};

use super::account_terminals;
use super::charge::find;
use crate::arguments::{Account, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// More than any key has, in bytes: what is longer is another file, sent here by mistake.
const KEY_LIMIT_BYTES: u64 = 4096;

/// Does what was asked about accounts.
pub(crate) async fn run(account: Account, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    match account {
        Account::Add {
            name,
            url,
            system,
            terminals,
            homepage,
            redirect,
            public_key,
            amount_unit,
            currency,
            reseller,
            generation,
        } => {
            let request = SaveAccountRequest {
                account: None,
                name,
                system,
                settings: AccountSettingsInput {
                    homepage_url: homepage,
                    redirect_url: redirect,
                    public_key,
                    amount_unit: amount_unit.map(Into::into),
                    currency,
                    reseller_id: reseller,
                    generation: generation.map(Into::into),
                },
                base_url: url,
                key: None,
                terminals: terminals.iter().map(|text| terminal(text)).collect(),
            };
            add(options, output, request).await
        }
        Account::List => list(options, output).await,
        Account::Test { id } => test(options, output, &id).await,
        Account::Terminals { id, uses } => {
            account_terminals::run(options, output, &id, &uses).await
        }
        Account::WebhookSecret { id } => webhook_secret(options, output, &id).await,
        Account::Remove { id } => remove(options, output, &id).await,
    }
}

async fn add(
    options: SessionOptions,
    output: &Output,
    mut request: SaveAccountRequest,
) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let key = read_key(output, "cli.type_key").map_err(Fault::NoKey)?;
    request.key = Some(KeyInput::new(key));
    let account = session.till.save_account(request).await?;
    output.event("account_added", json!({ "account": account }));
    output.tell(
        "cli.account_added",
        &[("name", &account.name), ("id", &account.id)],
    );
    Ok(Exit::Done)
}

/// The key: typed without being shown, or from a pipe. Never an argument: those are in the
/// shell's history and in every list of processes.
pub(super) fn read_key(output: &Output, question: &str) -> io::Result<String> {
    if io::stdin().is_terminal() {
        output.ask(question);
        return rpassword::read_password();
    }
    let mut key = String::new();
    io::stdin()
        .lock()
        .take(KEY_LIMIT_BYTES)
        .read_to_string(&mut key)?;
    Ok(key)
}

/// `CODE` or `CODE=LABEL`.
pub(super) fn terminal(text: &str) -> TerminalInput {
    let (code, label) = text.split_once('=').unwrap_or((text, ""));
    TerminalInput {
        code: code.to_owned(),
        label: label.to_owned(),
    }
}

async fn list(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(options.for_reading()).await?;
    let overview = session.till.overview(OverviewRequest {}).await?;
    for account in overview.accounts {
        output.event("account", json!({ "account": account }));
        say(output, &account);
    }
    Ok(Exit::Done)
}

fn say(output: &Output, account: &AccountView) {
    let words = output.words();
    let key = match (account.practice, account.has_key) {
        (true, _) => "strip.practice",
        (false, Some(true)) => "settings.has_key",
        (false, Some(false)) => "settings.no_key",
        (false, None) => "settings.key_hint_unsaid",
    };
    let AccountView {
        id,
        name,
        base_url,
        currency,
        ..
    } = account;
    output.say(&format!("{id}  {name}  {currency}  {base_url}"));
    output.say(&format!("  {}", words.text(key)));
    for terminal in &account.terminals {
        output.say(&format!("  {}  {}", terminal.code, terminal.label));
    }
}

async fn test(options: SessionOptions, output: &Output, id: &str) -> Result<Exit, Fault> {
    let session = Session::open(options.for_reading()).await?;
    let account = find(session.accounts()?, id)?.id.to_string();
    let request = AccountRequest {
        account: account.clone(),
    };
    let test = session.till.test_account(request).await?;
    if let Some(problem) = test.problem {
        return Err(Fault::Refused(ApiError::with(problem, account)));
    }
    output.event(
        "account_tested",
        json!({ "account": account, "took_ms": test.took_ms }),
    );
    let milliseconds = test.took_ms.to_string();
    output.tell("settings.test_ok", &[("milliseconds", &milliseconds)]);
    Ok(Exit::Done)
}

/// Only the keychain changes, so this works beside a till that runs.
async fn webhook_secret(options: SessionOptions, output: &Output, id: &str) -> Result<Exit, Fault> {
    let session = Session::open(options.for_reading()).await?;
    let account = find(session.accounts()?, id)?;
    if !account.system.sends_webhooks() {
        return Err(Fault::NoWebhooks { name: account.name });
    }
    let secret = read_key(output, "cli.type_webhook_secret").map_err(Fault::NoKey)?;
    let id = account.id.as_str();
    let secret = KeyInput::new(secret);
    session.till.save_webhook_secret(id, secret).await?;
    output.event("webhook_secret_kept", json!({ "account": id }));
    output.tell(
        "cli.webhook_secret_kept",
        &[("name", &account.name), ("id", id)],
    );
    Ok(Exit::Done)
}

/// Takes payments up first: an account with an open payment must not go, and the till knows of
/// open payments only once it has taken them up.
async fn remove(options: SessionOptions, output: &Output, id: &str) -> Result<Exit, Fault> {
    let session = Session::open(options).await?;
    let account = find(session.accounts()?, id)?;
    let request = AccountRequest {
        account: account.id.to_string(),
    };
    session.till.remove_account(request).await?;
    output.event("account_removed", json!({ "account": account.id.as_str() }));
    output.tell("cli.account_removed", &[("name", &account.name)]);
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_a_code_and_perhaps_a_label() {
        let table = [
            ("A1", "A1", ""),
            ("A1=Bar", "A1", "Bar"),
            ("A1=Bar = left", "A1", "Bar = left"),
            ("A1=", "A1", ""),
            ("=Bar", "", "Bar"),
        ];
        for (text, code, label) in table {
            let input = terminal(text);
            assert_eq!((input.code.as_str(), input.label.as_str()), (code, label));
        }
    }
}
