//! What is told of a charge that something speaks against: each warning with the payment that it is about,
//! and how to go on nevertheless.

use cli::session::Session;
use payment::Actor;
use serde_json::json;
use till::Asked;
use till::api::{ApiError, Code, PaymentView, ShowWarningsRequest, WarningKind, WarningView};

use crate::fault::Fault;
use crate::output::{Output, calendar};

/// A charge as it was typed.
pub(super) struct Typed<'a> {
    pub(super) order: &'a str,
    pub(super) amount: &'a str,
    pub(super) account: &'a str,
    pub(super) asked: &'a Asked,
    /// What it goes past: a warning by its whole name, or every one of a kind, for a script that nobody
    /// reads ("same_amount").
    pub(super) despite: &'a [String],
}

/// Charges. Where something speaks against it says first what.
pub(super) async fn charge(
    session: &Session,
    output: &Output,
    typed: &Typed<'_>,
    by: Actor,
) -> Result<PaymentView, Fault> {
    let (mut past, kinds): (Vec<String>, Vec<String>) = typed
        .despite
        .iter()
        .cloned()
        .partition(|name| name.contains(':'));
    let mut answer = send(session, typed, by.clone(), &past).await;
    if let Err(error) = &answer
        && error.code == Code::ChargeWarned
        && !kinds.is_empty()
    {
        let named = error.detail.as_deref().unwrap_or_default().split(' ');
        let of_kind = |name: &&str| {
            kinds
                .iter()
                .any(|kind| name.split(':').next() == Some(kind))
        };
        past.extend(named.filter(of_kind).map(str::to_owned));
        answer = send(session, typed, by, &past).await;
    }
    if let Err(error) = &answer
        && error.code == Code::ChargeWarned
    {
        tell(session, output, error).await?;
    }
    Ok(answer?)
}

async fn send(
    session: &Session,
    typed: &Typed<'_>,
    by: Actor,
    past: &[String],
) -> Result<PaymentView, ApiError> {
    let Typed {
        order,
        amount,
        account,
        asked,
        ..
    } = typed;
    session
        .till
        .charge_decimal(order, amount, account, asked, by, past)
        .await
}

async fn tell(session: &Session, output: &Output, error: &ApiError) -> Result<(), Fault> {
    let names = error.detail.as_deref().unwrap_or_default();
    let warnings = names.split_whitespace().map(str::to_owned).collect();
    let asked = ShowWarningsRequest { warnings };
    let warnings = session.till.show_warnings(asked).await?.warnings;
    for warning in &warnings {
        output.event("warning", json!({ "warning": warning }));
        output.say(&sentence(warning, output));
    }
    let flags: Vec<String> = warnings
        .iter()
        .map(|warning| format!("--despite {}", warning.name))
        .collect();
    output.tell("cli.warned", &[("flags", &flags.join(" "))]);
    Ok(())
}

fn sentence(warning: &WarningView, output: &Output) -> String {
    let words = output.words();
    let kind = match warning.kind {
        WarningKind::UnresolvedTwin => "unresolved_twin",
        WarningKind::SameOrder => "same_order",
        WarningKind::SameAmount => "same_amount",
        WarningKind::UnusualTen => "unusual_ten",
        WarningKind::UnusualHundred => "unusual_hundred",
    };
    let usual = warning.usual.as_ref().map_or("", |usual| &usual.text);
    let said = words.fill(&format!("warned.{kind}.body"), &[("usual", usual)]);
    match &warning.twin {
        Some(twin) => {
            let state = words
                .text(&format!("state.{}", twin.state.name()))
                .to_owned();
            let place = format!("{} ({})", twin.terminal_label, twin.account_name);
            let at = calendar(&twin.started_at);
            let facts = [&*twin.order, &twin.amount.text, &state, &place, &at];
            format!("{said}\n  {}", facts.join("  "))
        }
        None => said,
    }
}
