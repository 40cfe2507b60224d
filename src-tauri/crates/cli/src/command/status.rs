//! `till status` and `till cancel`: what became of an order.

use std::time::Duration;

use cli::session::Session;
use till::api::{ApiError, Code, PaymentRequest, PaymentView, WitnessRequest};

use super::awaited::{Until, is_under_way};
use super::follow::{self, Interrupt, Watch};
use super::story;
use crate::arguments::{Cancel, Global, Status};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Shows an order's newest payment. Only looks, unless asked to find out or to record.
pub(crate) async fn status(
    status: &Status,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    if status.wait.is_none() && status.saw.is_none() {
        let session = Session::open(options.for_reading()).await?;
        let view = session.till.show_order(&status.order).await?;
        return Ok(end(&session, output, &view));
    }
    let session = Session::open(options).await?;
    let watch = Watch::new(&session, output);
    let mut view = session.till.show_order(&status.order).await?;
    if let Some(saw) = status.saw {
        let request = WitnessRequest {
            payment: view.id.clone(),
            saw: saw.into(),
            receipt: status.receipt.clone().unwrap_or_default(),
            checked: status.checked.clone().unwrap_or_default(),
        };
        view = session.till.witness_payment(request).await?;
    }
    let is_news_due = view.open || is_under_way(&view);
    if let (Some(wait_s), true) = (status.wait, is_news_due) {
        let wait = Some(Duration::from_secs(wait_s));
        let followed = watch
            .until(view, Until::Found, wait, Interrupt::Leave)
            .await;
        view = followed.view;
    }
    Ok(end(&session, output, &view))
}

fn end(session: &Session, output: &Output, view: &PaymentView) -> Exit {
    story::story(output, view);
    story::what_next(output, view);
    Exit::of_charge(view.state, follow::is_hold(session, view))
}

/// Asks to withdraw an order's newest payment and waits for the outcome. What is over already is
/// shown as it is: to cancel twice is no error.
pub(crate) async fn cancel(
    cancel: &Cancel,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let watch = Watch::new(&session, output);
    let mut view = session.till.show_order(&cancel.order).await?;
    story::headline(output, &view);
    if view.open {
        let payment = view.id.clone();
        view = match session
            .till
            .cancel_payment(PaymentRequest { payment })
            .await
        {
            Ok(view) => view,
            // It ended in this moment.
            Err(ApiError {
                code: Code::TooLate,
                ..
            }) => session.till.show_order(&cancel.order).await?,
            Err(error) => return Err(error.into()),
        };
    }
    let wait = Some(Duration::from_secs(cancel.wait));
    let followed = watch.until(view, Until::Over, wait, Interrupt::Leave).await;
    story::what_next(output, &followed.view);
    Ok(Exit::of_cancel(followed.view.state))
}
