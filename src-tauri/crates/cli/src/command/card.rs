//! `till card`.

use std::time::Duration;

use cli::session::Session;
use payment::{Actor, Channel};
use till::Asked;
use till::api::CardInput;

use super::awaited::Until;
use super::charge::{Wanted, choose};
use super::follow::{Interrupt, Watch};
use super::story;
use super::warned::{self, Typed};
use crate::arguments::{Card, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Charges a card on file, and stays until it is known how it ended.
pub(crate) async fn run(card: &Card, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let wanted = Wanted {
        account: card.account.as_deref(),
        terminal: None,
        channel: Channel::CardOnFile,
    };
    let account = choose(&session, wanted, global.practice, output)?;
    let by = Actor::Cashier {
        name: session.journal.shop()?.cashier,
    };
    let asked = Asked::Card(CardInput {
        card: card.card.clone(),
        description: card.description.clone(),
        hold: card.hold,
    });
    let watch = Watch::new(&session, output);
    let typed = Typed {
        order: &card.order,
        amount: &card.amount,
        account: account.id.as_str(),
        asked: &asked,
        despite: &global.despite,
    };
    let payment = warned::charge(&session, output, &typed, by).await?;
    story::headline(output, &payment);
    let wait = card.wait.map(Duration::from_secs);
    let followed = watch
        .until(payment, Until::Known, wait, Interrupt::CancelFirst)
        .await;
    story::what_next(output, &followed.view);
    Ok(followed.exit())
}
