//! The commands, a file each. What only reads opens the journal for reading: it runs beside a
//! window, takes up no payment and sends nothing to a provider.

mod account;
mod audit;
mod charge;
mod doctor;
mod follow;
mod link;
mod orders;
mod practice;
pub(crate) mod scenario;
mod simulate;
mod status;
mod terminals;
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
        Command::Terminals => terminals::run(&global, output).await,
        Command::Charge(charge) => charge::run(&charge, &global, output).await,
        Command::Link(link) => link::run(&link, &global, output).await,
        Command::Status(status) => status::status(&status, &global, output).await,
        Command::Cancel(cancel) => status::cancel(&cancel, &global, output).await,
        Command::Orders(orders) => orders::run(&orders, &global, output).await,
        Command::Audit(audit) => audit::run(audit, &global, output),
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
    Ok(match &global.data {
        Some(folder) => SessionOptions::at(folder.clone()),
        None => SessionOptions::from_environment()?,
    })
}
