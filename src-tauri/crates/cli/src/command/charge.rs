//! `till charge`.

use std::io;
use std::time::Duration;

use cli::session::Session;
use payment::{Account, Actor, Channel, Terminal};
use serde_json::json;
use till::Asked;
use till::api::{ApiError, Code, PaymentView, PracticeTerminalRequest};

use super::awaited::Until;
use super::follow::{Interrupt, Watch};
use super::warned::{self, Typed};
use super::{sale, story};
use crate::arguments::{Charge, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Charges, and stays until it is known how it ended.
pub(crate) async fn run(charge: &Charge, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let wanted = Wanted {
        account: charge.account.as_deref(),
        terminal: Some(&charge.terminal),
        channel: Channel::Terminal,
    };
    let account = choose(&session, wanted, global.practice, output)?;
    let by = Actor::Cashier {
        name: session.journal.shop()?.cashier,
    };
    let terminal = terminal(&account, &charge.terminal);
    let asked = match sale::input(charge, account.currency)? {
        Some(sale) => Asked::Sale(terminal, sale),
        None => Asked::Terminal(terminal),
    };
    let watch = Watch::new(&session, output);
    let typed = Typed {
        order: &charge.order,
        amount: &charge.amount,
        account: account.id.as_str(),
        asked: &asked,
        despite: &global.despite,
    };
    let payment = warned::charge(&session, output, &typed, by).await?;
    story::headline(output, &payment);
    tell_customer(&session, &payment, output).await;
    let wait = charge.wait.map(Duration::from_secs);
    let followed = watch
        .until(payment, Until::Known, wait, Interrupt::CancelFirst)
        .await;
    story::what_next(output, &followed.view);
    Ok(followed.exit())
}

/// A practice terminal that asks for a card and has no customer of its own waits for somebody: says
/// where to press.
pub(super) async fn tell_customer(session: &Session, payment: &PaymentView, output: &Output) {
    if !payment.practice {
        return;
    }
    let terminal = &payment.terminal;
    let asked = PracticeTerminalRequest {
        terminal: terminal.clone(),
    };
    let known = session.till.practice_terminal(asked).await;
    // One whose customer acts alone has nothing to press.
    if known.is_ok_and(|known| !known.presses.is_empty()) {
        let url = controls(session, &format!("terminals/{terminal}/press"));
        let body = r#"{"press":"tap"}"#;
        output.event("press_there", json!({ "url": url, "press": "tap" }));
        output.tell("cli.press_there", &[("body", body), ("url", &url)]);
    }
}

/// An address of the practice store's controls.
pub(super) fn controls(session: &Session, path: &str) -> String {
    let api = session.practice_accounts.first();
    let base = api.map_or("", |account| account.base_url.trim_end_matches("/api"));
    format!("{base}/practice/{path}")
}

/// What was said about the account that was meant.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Its id or its name.
    pub(super) account: Option<&'a str>,
    /// The code or the name of a terminal of it.
    pub(super) terminal: Option<&'a str>,
    /// How its customers pay.
    pub(super) channel: Channel,
}

/// The account that was meant: the one named, else the only one with the terminal that was named,
/// else the only one whose customers pay in this way.
pub(super) fn choose(
    session: &Session,
    wanted: Wanted<'_>,
    practice: bool,
    output: &Output,
) -> Result<Account, Fault> {
    let accounts = session.accounts()?;
    if let Some(name) = wanted.account {
        return find(accounts, name);
    }
    let fits = |account: &Account| account.system.channels().contains(&wanted.channel);
    let by_terminal = |accounts: &[Account]| {
        let terminal = wanted.terminal?;
        only_with_terminal(accounts, terminal).cloned()
    };
    let practised = || {
        let practised = &session.practice_accounts;
        let usual = || practised.iter().find(|account| fits(account)).cloned();
        by_terminal(practised)
            .or_else(usual)
            .ok_or(Fault::OnlyPractice)
    };
    if practice {
        return practised();
    }
    // What is practised is never taken for what was meant by a terminal alone, nor the reverse.
    let live: Vec<Account> = accounts
        .into_iter()
        .filter(|account| !account.practice && fits(account))
        .collect();
    if let Some(account) = by_terminal(&live) {
        return Ok(account);
    }
    match live.as_slice() {
        [only] => Ok(only.clone()),
        [] if output.is_interactive() && wants_practice(output) => practised(),
        [] => Err(Fault::OnlyPractice),
        several => {
            let ids: Vec<&str> = several.iter().map(|account| account.id.as_str()).collect();
            Err(Fault::WhichAccount {
                accounts: ids.join(", "),
            })
        }
    }
}

/// The account that has the terminal, where it is the only one: by the code, else by what people
/// call it.
fn only_with_terminal<'a>(accounts: &'a [Account], named: &str) -> Option<&'a Account> {
    let named = named.trim();
    let lower = named.to_lowercase();
    let is_code = |terminal: &Terminal| terminal.code.as_str() == named;
    let is_label = |terminal: &Terminal| terminal.label.to_lowercase() == lower;
    let with = |is_it: &dyn Fn(&Terminal) -> bool| -> Vec<&'a Account> {
        let having = accounts.iter();
        having
            .filter(|account| account.terminals.iter().any(is_it))
            .collect()
    };
    let by_code = with(&is_code);
    let having = if by_code.is_empty() {
        with(&is_label)
    } else {
        by_code
    };
    match having.as_slice() {
        [only] => Some(only),
        [] | [_, ..] => None,
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
    fn a_terminal_names_its_account_where_no_other_has_it() {
        let of = |id: &str, terminals: &[(&str, &str)]| Account {
            terminals: terminals
                .iter()
                .map(|(code, label)| Terminal {
                    code: TerminalCode::new(code).unwrap(),
                    label: (*label).to_owned(),
                })
                .collect(),
            ..account(id, id)
        };
        let accounts = [
            of("bar", &[("A1", "Counter"), ("A2", "Door"), ("twice", "x")]),
            of(
                "shop",
                &[("tm_1", "Counter"), ("tm_2", "A2"), ("twice", "y")],
            ),
        ];
        let table = [
            ("tm_1", Some("shop")),
            (" A2 ", Some("bar")),
            ("door", Some("bar")),
            ("Y", Some("shop")),
            ("twice", None),
            ("Counter", None),
            ("kitchen", None),
            ("", None),
        ];
        for (named, expected) in table {
            let found = only_with_terminal(&accounts, named);
            let id = found.map(|account| account.id.as_str());
            assert_eq!(id, expected, "{named:?}");
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
