//! `till link`.

use std::time::Duration;

use cli::session::Session;
use payment::{Actor, Channel};
use till::Asked;
use till::api::{BillingInput, LinkInput, PayerInput};

use super::awaited::Until;
use super::charge::{Wanted, choose, controls};
use super::follow::{Interrupt, Watch};
use super::story;
use super::warned::{self, Typed};
use crate::arguments::{BillPart, Global, Link};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Where the account has no links, the till refuses them whatever their minutes.
const ANY_MINUTES: u16 = 60;

/// Makes a payment link, and stays until it is known how it ended.
pub(crate) async fn run(link: &Link, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?).await?;
    let wanted = Wanted {
        account: link.account.as_deref(),
        terminal: None,
        channel: Channel::Link,
    };
    let account = choose(&session, wanted, global.practice, output)?;
    let by = Actor::Cashier {
        name: session.journal.shop()?.cashier,
    };
    let usual = account.system.link_needs();
    let usual_minutes = usual.map_or(ANY_MINUTES, |needs| needs.minutes_usual);
    let asked = Asked::Link(input(link, usual_minutes));
    let watch = Watch::new(&session, output);
    let typed = Typed {
        order: &link.order,
        amount: &link.amount,
        account: account.id.as_str(),
        asked: &asked,
        despite: &global.despite,
    };
    let payment = warned::charge(&session, output, &typed, by).await?;
    story::headline(output, &payment);
    if account.practice {
        let body = r#"{"press":"pay"}"#;
        let url = controls(&session, "pages/{id}/press");
        let pages = controls(&session, "pages");
        let values = [("body", body), ("url", url.as_str()), ("pages", &pages)];
        output.tell("cli.pay_there", &values);
    }
    let wait = link.wait.map(Duration::from_secs);
    let followed = watch
        .until(payment, Until::Known, wait, Interrupt::CancelFirst)
        .await;
    story::what_next(output, &followed.view);
    Ok(followed.exit())
}

fn input(link: &Link, usual_minutes: u16) -> LinkInput {
    let payer = link.payer_name.as_ref().map(|name| PayerInput {
        account_name: name.clone(),
        account_number: link.payer_account.clone().unwrap_or_default(),
        bank_code: link.payer_bank.clone().unwrap_or_default(),
    });
    LinkInput {
        description: link
            .description
            .clone()
            .unwrap_or_else(|| link.order.clone()),
        minutes: link.minutes.unwrap_or(usual_minutes),
        method: link.method.map(Into::into),
        payer,
        billing: billing(&link.bill),
        language: link.language.map(Into::into),
    }
}

/// The parts that were named, the last word where one was named twice.
fn billing(parts: &[(BillPart, String)]) -> Option<BillingInput> {
    let mut billing = BillingInput::default();
    for (part, text) in parts {
        let place = match part {
            BillPart::FirstName => &mut billing.first_name,
            BillPart::LastName => &mut billing.last_name,
            BillPart::Email => &mut billing.email,
            BillPart::Phone => &mut billing.phone,
            BillPart::Address => &mut billing.address_line,
            BillPart::City => &mut billing.city,
            BillPart::State => &mut billing.state,
            BillPart::Zip => &mut billing.zip,
        };
        place.clone_from(text);
    }
    (!parts.is_empty()).then_some(billing)
}
