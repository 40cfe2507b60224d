//! `till retry`, `sign`, `capture`, `reverse` and `refund`: what is done with an order's newest
//! payment, beside withdrawing it. Each asks, stays until it is known what became of it, and shows
//! what changed.

use std::time::Duration;

use cli::session::Session;
use money::Currency;
use payment::RefundRoute;
use till::api::{ActInput, ActProgress, ActRequest, ApiError, Code, PaymentView};

use super::awaited::Until;
use super::charge::tell_customer;
use super::follow::{Followed, Interrupt, Watch};
use super::{sale, story};
use crate::arguments::{Global, Judgement, Order, Refund, Retry, Sign};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// How an act is seen through.
struct Patience {
    until: Until,
    wait: Option<Duration>,
    interrupt: Interrupt,
}

impl Patience {
    /// Until what was asked for is known.
    const fn acted(wait_s: u64) -> Self {
        Self {
            until: Until::Acted,
            wait: Some(Duration::from_secs(wait_s)),
            interrupt: Interrupt::Leave,
        }
    }
}

/// Asks for a card again.
pub(crate) async fn retry(retry: &Retry, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let view = session.till.show_order(&retry.order).await?;
    let patience = Patience {
        until: Until::KnownAnew,
        wait: retry.wait.map(Duration::from_secs),
        // A card may come, as in a charge.
        interrupt: Interrupt::CancelFirst,
    };
    let followed = ask(&session, output, view, ActInput::TryAgain, patience).await?;
    Ok(followed.exit())
}

/// Judges a signature. What was wished for follows from the judgement: the money, or nothing.
pub(crate) async fn sign(sign: &Sign, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let view = session.till.show_order(&sign.order).await?;
    let accepted = sign.judgement == Judgement::Accept;
    let patience = Patience {
        until: Until::KnownAnew,
        ..Patience::acted(sign.wait)
    };
    let act = ActInput::Sign { accepted };
    let followed = ask(&session, output, view, act, patience).await?;
    Ok(if accepted {
        followed.exit()
    } else {
        Exit::of_cancel(followed.view.state)
    })
}

/// Takes what is held.
pub(crate) async fn capture(
    order: &Order,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    act(order, ActInput::Capture, global, output).await
}

/// Undoes the whole payment.
pub(crate) async fn reverse(
    order: &Order,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    act(order, ActInput::Reverse, global, output).await
}

async fn act(
    order: &Order,
    act: ActInput,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let view = session.till.show_order(&order.order).await?;
    let followed = ask(&session, output, view, act, Patience::acted(order.wait)).await?;
    Ok(ended(&followed))
}

/// Gives money back.
pub(crate) async fn refund(
    refund: &Refund,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let view = session.till.show_order(&refund.order).await?;
    let route = route(&view.refund_routes, refund.at_terminal);
    let act = ActInput::Refund {
        digits: refund_digits(&view, refund.amount.as_deref())?,
        route,
    };
    let followed = ask(&session, output, view, act, Patience::acted(refund.wait)).await?;
    if let Some(returned) = &followed.view.returned {
        output.tell("cli.returned", &[("amount", &returned.text)]);
    }
    let progress = followed.view.act.as_ref().map(|act| act.progress);
    if let Some(key) = other_way(progress, route, &followed.view.refund_routes) {
        output.tell(key, &[("order", &followed.view.order)]);
    }
    Ok(ended(&followed))
}

/// What can be typed where this way was refused and the other is left.
fn other_way(
    progress: Option<ActProgress>,
    refused: RefundRoute,
    offered: &[RefundRoute],
) -> Option<&'static str> {
    let is_refused = progress == Some(ActProgress::Refused);
    let other = offered.iter().find(|route| **route != refused)?;
    is_refused.then_some(match other {
        RefundRoute::Terminal => "cli.refund_at_terminal",
        RefundRoute::Remote => "cli.refund_from_afar",
    })
}

async fn ask(
    session: &Session,
    output: &Output,
    view: PaymentView,
    act: ActInput,
    patience: Patience,
) -> Result<Followed, Fault> {
    let watch = Watch::new(session, output);
    let payment = view.id;
    let wants_card = wants_card(&act);
    let view = session
        .till
        .act_payment(ActRequest { payment, act })
        .await?;
    story::headline(output, &view);
    if wants_card {
        tell_customer(session, &view, output).await;
    }
    let Patience {
        until,
        wait,
        interrupt,
    } = patience;
    let followed = watch.until(view, until, wait, interrupt).await;
    story::what_next(output, &followed.view);
    Ok(followed)
}

/// Whether somebody holds a card to the terminal for it.
const fn wants_card(act: &ActInput) -> bool {
    match act {
        ActInput::TryAgain => true,
        ActInput::Refund { route, .. } => match route {
            RefundRoute::Terminal => true,
            RefundRoute::Remote => false,
        },
        ActInput::Sign { .. } | ActInput::Capture | ActInput::Reverse => false,
    }
}

fn ended(followed: &Followed) -> Exit {
    Exit::of_act(followed.view.act.as_ref().map(|act| act.progress))
}

/// Empty for all that is left. An amount that was typed is never taken for none.
fn refund_digits(view: &PaymentView, amount: Option<&str>) -> Result<String, ApiError> {
    let Some(amount) = amount else {
        return Ok(String::new());
    };
    let currency: Currency = view
        .amount
        .currency
        .parse()
        .map_err(|_| ApiError::new(Code::CurrencyInvalid))?;
    sale::digits(amount, currency)
}

/// To the card it came from, where that can be done: nobody needs to be there.
fn route(offered: &[RefundRoute], at_terminal: bool) -> RefundRoute {
    if at_terminal || offered == [RefundRoute::Terminal] {
        RefundRoute::Terminal
    } else {
        RefundRoute::Remote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_is_left_is_named_where_one_was_refused() {
        use RefundRoute::{Remote, Terminal};
        const BOTH: &[RefundRoute] = &[Terminal, Remote];
        let refused = Some(ActProgress::Refused);
        let table: [(_, _, &[RefundRoute], _); 6] = [
            (refused, Remote, BOTH, Some("cli.refund_at_terminal")),
            (refused, Terminal, BOTH, Some("cli.refund_from_afar")),
            (refused, Remote, &[Remote], None),
            (refused, Remote, &[], None),
            // It may have been given: to ask the other way would give it twice.
            (Some(ActProgress::Unknown), Remote, BOTH, None),
            (Some(ActProgress::Done), Remote, BOTH, None),
        ];
        for (progress, route, offered, expected) in table {
            let found = other_way(progress, route, offered);
            assert_eq!(found, expected, "{progress:?} {route:?}");
        }
    }

    #[test]
    fn money_goes_to_the_card_it_came_from_unless_the_terminal_was_named_or_is_all_there_is() {
        use RefundRoute::{Remote, Terminal};
        let table: [(&[RefundRoute], bool, RefundRoute); 6] = [
            (&[Terminal, Remote], false, Remote),
            (&[Terminal, Remote], true, Terminal),
            (&[Remote], false, Remote),
            // The till refuses it: another way than the one that was named is not for this to choose.
            (&[Remote], true, Terminal),
            (&[Terminal], false, Terminal),
            (&[], false, Remote),
        ];
        for (offered, at_terminal, expected) in table {
            assert_eq!(route(offered, at_terminal), expected, "{offered:?}");
        }
    }
}
