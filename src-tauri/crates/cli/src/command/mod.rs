//! The commands, a file each. What only reads opens the journal for reading: it runs beside a
//! window, takes up no payment and sends nothing to a provider.

mod account;
mod account_terminals;
mod act;
mod audit;
mod awaited;
mod card;
mod charge;
mod day;
mod doctor;
mod follow;
mod give_back;
mod inbox;
mod leftovers;
mod link;
mod mail;
mod orders;
mod paper;
mod practice;
mod receipt;
mod sale;
pub(crate) mod scenario;
mod simulate;
mod staff;
mod status;
mod story;
mod terminals;
mod void;
mod warned;
mod webhooks;

use cli::session::SessionOptions;

use crate::arguments::{Arguments, Command, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Does what was typed, and says how it ended.
pub(crate) async fn run(arguments: Arguments, output: &Output) -> Exit {
    let Arguments { global, command } = arguments;
    let done = match command {
        Command::Practice(practice) => practice::run(&practice, &global, output).await,
        Command::Simulate(simulate) => simulate::run(&simulate, output).await,
        Command::Account(account) => account::run(account, &global, output).await,
        Command::Terminals(asked) => terminals::run(&asked, &global, output).await,
        Command::Charge(charge) => charge::run(&charge, &global, output).await,
        Command::Link(link) => link::run(&link, &global, output).await,
        Command::Card(card) => card::run(&card, &global, output).await,
        Command::Status(status) => status::status(&status, &global, output).await,
        Command::Cancel(cancel) => status::cancel(&cancel, &global, output).await,
        Command::Retry(retry) => act::retry(&retry, &global, output).await,
        Command::Sign(sign) => act::sign(&sign, &global, output).await,
        Command::Capture(order) => act::capture(&order, &global, output).await,
        Command::Reverse(order) => act::reverse(&order, &global, output).await,
        Command::Refund(refund) => act::refund(&refund, &global, output).await,
        Command::Return(asked) => give_back::run(&asked, &global, output).await,
        Command::Receipt(receipt) => receipt::run(&receipt, &global, output).await,
        Command::Leftovers(leftovers) => leftovers::run(&leftovers, &global, output).await,
        Command::Orders(orders) => orders::run(&orders, &global, output).await,
        Command::Inbox(inbox) => inbox::run(&inbox, &global, output).await,
        Command::Void(void) => void::run(&void, &global, output).await,
        Command::Mail(mail) => mail::run(mail, &global, output).await,
        Command::Day(day) => day::run(&day, &global, output).await,
        Command::Audit(audit) => audit::run(audit, &global, output),
        Command::Staff(asked) => staff::run(asked, &global, output).await,
        Command::Webhooks(webhooks) => webhooks::run(&webhooks, &global, output).await,
        Command::Doctor => doctor::run(&global, output).await,
    };
    done.unwrap_or_else(|fault| {
        output.complain(&fault);
        fault.exit()
    })
}

/// The till of the folder that was named.
fn options(global: &Global) -> Result<SessionOptions, Fault> {
    let options = match &global.data {
        Some(folder) => SessionOptions::at(folder.clone()),
        None => SessionOptions::from_environment()?,
    };
    let staff = staff::credentials(global)?;
    Ok(SessionOptions { staff, ..options })
}
