//! `till charge`.

use std::io;
use std::time::Duration;

use cli::session::Session;
use payment::{Account, Actor, Channel, Terminal};
use till::Asked;
use till::api::{ApiError, Code};

use super::awaited::Until;
use super::follow::{Interrupt, Watch};
use super::{sale, story};
use crate::arguments::{Charge, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Charges, and stays until it is known how it ended.
pub(crate) async fn run(charge: &Charge, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let named = charge.account.as_deref();
    let account = choose(&session, named, Channel::Terminal, global.practice, output)?;
    let by = Actor::Cashier {
        name: session.journal.shop()?.cashier,
    };
    let terminal = terminal(&account, &charge.terminal);
    let asked = match sale::input(charge, account.currency)? {
        Some(sale) => Asked::Sale(terminal.clone(), sale),
        None => Asked::Terminal(terminal.clone()),
    };
    let watch = Watch::new(&session, output);
    let payment = session
        .till
        .charge_decimal(
            &charge.order,
            &charge.amount,
            account.id.as_str(),
            &asked,
            by,
        )
        .await?;
    story::headline(output, &payment);
    tell_customer(&session, &terminal, account.practice, output);
    let wait = charge.wait.map(Duration::from_secs);
    let followed = watch
        .until(payment, Until::Known, wait, Interrupt::CancelFirst)
        .await;
    story::what_next(output, &followed.view);
    Ok(followed.exit())
}

/// A practice terminal without a customer of its own waits for somebody: says where to press.
pub(super) fn tell_customer(session: &Session, terminal: &str, practice: bool, output: &Output) {
    let waits = session
        .practice
        .terminals()
        .into_iter()
        .any(|known| known.code == terminal && known.script.is_none());
    if practice && waits {
        let url = controls(session, &format!("terminals/{terminal}/press"));
        let body = r#"{"press":"tap"}"#;
        output.tell("cli.press_there", &[("body", body), ("url", &url)]);
    }
}

/// An address of the practice store's controls.
pub(super) fn controls(session: &Session, path: &str) -> String {
    let api = session.practice_accounts.first();
    let base = api.map_or("", |account| account.base_url.trim_end_matches("/api"));
    format!("{base}/practice/{path}")
}

/// The account that was meant: the one named, else the only one whose customers pay in this way.
pub(super) fn choose(
    session: &Session,
    named: Option<&str>,
    channel: Channel,
    practice: bool,
    output: &Output,
) -> Result<Account, Fault> {
    let has_channel = |account: &Account| account.system.channel() == channel;
    let accounts = session.accounts()?;
    if let Some(name) = named {
        return find(accounts, name);
    }
    let practised = || {
        let mut practised = session.practice_accounts.iter();
        practised
            .find(|account| has_channel(account))
            .cloned()
            .ok_or(Fault::OnlyPractice)
    };
    if practice {
        return practised();
    }
    let mut live: Vec<Account> = accounts
        .into_iter()
        .filter(|account| !account.practice && has_channel(account))
        .collect();
    match (live.pop(), live.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            live.push(last);
            let ids: Vec<&str> = live.iter().map(|account| account.id.as_str()).collect();
            Err(Fault::WhichAccount {
                accounts: ids.join(", "),
            })
        }
        (None, _) if output.is_interactive() && wants_practice(output) => practised(),
        (None, _) => Err(Fault::OnlyPractice),
    }
}

/// The account of an id, else of a name, whatever its case.
pub(crate) fn find(accounts: Vec<Account>, name: &str) -> Result<Account, Fault> {
    let name = name.trim();
    let by_id = accounts
        .iter()
        .position(|account| account.id.as_str() == name);
    let found = by_id.or_else(|| {
        let lower = name.to_lowercase();
        accounts
            .iter()
            .position(|account| account.name.to_lowercase() == lower)
    });
    found
        .and_then(|index| accounts.into_iter().nth(index))
        .ok_or_else(|| Fault::Refused(ApiError::with(Code::AccountUnknown, name)))
}

/// The code of the terminal that was named: by its code, else by what people call it, where only
/// one is called so. What is neither is refused by the till.
pub(super) fn terminal(account: &Account, named: &str) -> String {
    let named = named.trim();
    let is_code = |terminal: &Terminal| terminal.code.as_str() == named;
    if account.terminals.iter().any(is_code) {
        return named.to_owned();
    }
    let lower = named.to_lowercase();
    let labelled = account.terminals.iter();
    let mut labelled = labelled.filter(|terminal| terminal.label.to_lowercase() == lower);
    match (labelled.next(), labelled.next()) {
        (Some(only), None) => only.code.to_string(),
        (Some(_), Some(_)) | (None, _) => named.to_owned(),
    }
}

/// Enter says yes; anything else no.
fn wants_practice(output: &Output) -> bool {
    output.ask("cli.use_practice");
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(read) => read > 0 && answer.trim().is_empty(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use money::Currency;
    use payment::{AccountId, AccountSettings, System, TerminalCode};

    use super::*;

    fn account(id: &str, name: &str) -> Account {
        Account {
            id: AccountId::new(id).unwrap(),
            name: name.to_owned(),
            system: System::Compago,
            base_url: "https://api.example.com/api".to_owned(),
            currency: Currency::Mxn,
            terminals: Vec::new(),
            settings: AccountSettings::default(),
            practice: false,
        }
    }

    #[test]
    fn an_account_is_found_by_its_id_before_its_name() {
        let accounts = vec![account("bar-2", "Bar"), account("bar", "Tienda Ñ")];
        let table = [
            ("bar", Some("bar")),
            ("BAR", Some("bar-2")),
            (" tienda ñ ", Some("bar")),
            ("kitchen", None),
            ("", None),
        ];
        for (name, expected) in table {
            let found = find(accounts.clone(), name).ok();
            let id = found.as_ref().map(|account| account.id.as_str());
            assert_eq!(id, expected, "{name:?}");
        }
    }

    #[test]
    fn a_terminal_is_found_by_its_code_before_its_label() {
        let of = |code: &str, label: &str| Terminal {
            code: TerminalCode::new(code).unwrap(),
            label: label.to_owned(),
        };
        let account = Account {
            terminals: vec![
                of("tm_1", "Bar"),
                of("tm_2", "tm_1"),
                of("tm_3", "Door"),
                of("tm_4", "door"),
            ],
            ..account("a", "A")
        };
        let table = [
            ("tm_1", "tm_1"),
            (" tm_2 ", "tm_2"),
            ("bar", "tm_1"),
            ("Door", "Door"),
            ("TM_2", "TM_2"),
            ("", ""),
        ];
        for (named, expected) in table {
            assert_eq!(terminal(&account, named), expected, "{named:?}");
        }
    }
}
