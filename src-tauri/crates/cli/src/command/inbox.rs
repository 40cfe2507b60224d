//! `till inbox`: what waits for somebody, and what a manager decides about it.

use cli::session::Session;
use payment::Decision;
use serde_json::json;
use till::api::{DecideRequest, InboxItemView, InboxMissing, InboxTask, ListInboxRequest};

use super::orders::lay_out;
use super::story;
use crate::arguments::{Global, Inbox};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, calendar};

/// Lists them; decides about the one that was named.
pub(crate) async fn run(inbox: &Inbox, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let decided = match (&inbox.keep, &inbox.give_back) {
        (Some(order), _) => Some((order, Decision::Keep)),
        (None, Some(order)) => Some((order, Decision::GiveBack)),
        (None, None) => None,
    };
    let options = super::options(global)?;
    let Some((order, decision)) = decided else {
        let session = Session::open(options.for_reading()).await?;
        return list(&session, output).await;
    };
    let session = Session::open(options).await?;
    let payment = session.till.show_order(order).await?.id;
    let reason = inbox.why.clone().unwrap_or_default();
    let request = DecideRequest {
        payment,
        decision,
        reason,
    };
    let view = session.till.decide_payment(request).await?;
    output.event("decided", json!({ "decision": decision, "payment": &view }));
    story::story(output, &view);
    story::what_next(output, &view);
    Ok(Exit::Done)
}

async fn list(session: &Session, output: &Output) -> Result<Exit, Fault> {
    let items = session.till.list_inbox(ListInboxRequest {}).await?.items;
    for item in &items {
        output.event("inbox", json!({ "item": item }));
    }
    if items.is_empty() {
        output.tell("cli.inbox_none", &[]);
        return Ok(Exit::Done);
    }
    let cells: Vec<[String; 5]> = items.iter().map(|item| cells(item, output)).collect();
    for line in lay_out(&cells) {
        output.say(&line);
    }
    if items.iter().any(|item| item.task != InboxTask::NotKnown) {
        output.tell("cli.inbox_decide", &[]);
    }
    Ok(Exit::Open)
}

fn cells(item: &InboxItemView, output: &Output) -> [String; 5] {
    let words = output.words();
    let what = if item.task == InboxTask::NotKnown {
        words.text(missing(item.missing))
    } else {
        words.text(task(item.task))
    };
    [
        calendar(&item.row.started_at),
        item.row.order.clone(),
        item.row.amount.text.clone(),
        words
            .text(&format!("state.{}", item.row.state.name()))
            .to_owned(),
        what.to_owned(),
    ]
}

const fn task(task: InboxTask) -> &'static str {
    match task {
        InboxTask::NotKnown => "inbox_task.not_known",
        InboxTask::Contested => "inbox_task.contested",
        InboxTask::Late => "inbox_task.late",
        InboxTask::PaidBeforeVoid => "inbox_task.paid_before_void",
        InboxTask::GivingBack => "inbox_task.giving_back",
    }
}

const fn missing(missing: InboxMissing) -> &'static str {
    match missing {
        InboxMissing::Create => "inbox_missing.create",
        InboxMissing::Name => "inbox_missing.name",
        InboxMissing::End => "inbox_missing.end",
        InboxMissing::Amount => "inbox_missing.amount",
        InboxMissing::Reading => "inbox_missing.reading",
        InboxMissing::Decision => "inbox_missing.decision",
    }
}
