//! `till return`: money back to a card that is presented, without a payment.

use std::time::Duration;

use cli::session::Session;
use payment::{Actor, Channel};
use till::Asked;
use till::api::ReturnInput;

use super::awaited::Until;
use super::charge::{Wanted, choose, tell_customer, terminal};
use super::follow::{Interrupt, Watch};
use super::story;
use crate::arguments::{Global, Return};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Gives back, and stays until it is known how it ended.
pub(crate) async fn run(asked: &Return, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let wanted = Wanted {
        account: asked.account.as_deref(),
        terminal: Some(&asked.terminal),
        channel: Channel::Terminal,
    };
    let account = choose(&session, wanted, global.practice, output)?;
    let by = Actor::Cashier {
        name: session.journal.shop()?.cashier,
    };
    let terminal = terminal(&account, &asked.terminal);
    let terms = ReturnInput {
        reason: asked.reason.clone(),
        keyed: asked.keyed,
    };
    let watch = Watch::new(&session, output);
    let account_id = account.id.as_str();
    let way = Asked::Return(terminal.clone(), terms);
    let view = session
        .till
        .charge_decimal(&asked.order, &asked.amount, account_id, &way, by, &[])
        .await?;
    story::headline(output, &view);
    tell_customer(&session, &view, output).await;
    let wait = asked.wait.map(Duration::from_secs);
    let followed = watch
        .until(view, Until::Known, wait, Interrupt::CancelFirst)
        .await;
    story::what_next(output, &followed.view);
    Ok(followed.exit())
}
