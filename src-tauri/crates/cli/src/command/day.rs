//! `till day`: the report so far, the close, and the days that were closed.

use std::path::Path;

use cli::session::Session;
use serde_json::json;
use till::api::{
    ApiError, Code, DayFileRequest, DayReportRequest, DayRequest, DayRowView, DayView,
    ListDaysRequest,
};

use super::orders::lay_out;
use super::paper::write_new;
use crate::arguments::{Day, DayWish, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, calendar};

/// Does what was typed.
pub(crate) async fn run(day: &Day, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    match &day.wish {
        // Beside another till too: nothing is written.
        None => {
            let session = Session::open(options.for_reading()).await?;
            let request = DayReportRequest { check: day.check };
            let view = session.till.day_report(request).await?;
            tell("day", &view, output);
            Ok(Exit::Done)
        }
        Some(DayWish::Close) => close(&Session::open(options).await?, output).await,
        Some(DayWish::List) => {
            let session = Session::open(options.for_reading()).await?;
            list(&session, output).await
        }
        Some(DayWish::Show { number, pdf }) => {
            let session = Session::open(options.for_reading()).await?;
            let number = *number;
            let view = session.till.show_day(DayRequest { number }).await?;
            tell("day", &view, output);
            if let Some(file) = pdf {
                save(&session, number, file, output).await?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn close(session: &Session, output: &Output) -> Result<Exit, Fault> {
    let so_far = DayReportRequest { check: false };
    let view = session.till.day_report(so_far).await?;
    let request = till::api::CloseDayRequest {
        number: view.number,
    };
    match session.till.close_day(request).await {
        Ok(view) => {
            tell("day_closed", &view, output);
            Ok(Exit::Done)
        }
        Err(error) if error.code == Code::DayBlocked => Err(blocked(session, output, error).await),
        Err(error) => Err(error.into()),
    }
}

/// Names what stands in the way, with what to type for each.
async fn blocked(session: &Session, output: &Output, error: ApiError) -> Fault {
    let so_far = DayReportRequest { check: false };
    if let Ok(view) = session.till.day_report(so_far).await {
        tell_blocked(&view, output);
    }
    error.into()
}

fn tell_blocked(view: &DayView, output: &Output) {
    let words = output.words();
    for one in &view.blocked {
        output.event(
            "day_blocked",
            json!({ "kind": one.kind, "payment": one.row }),
        );
        let state = words
            .text(&format!("state.{}", one.row.state.name()))
            .to_owned();
        let (order, amount) = (one.row.order.as_str(), one.row.amount.text.as_str());
        output.tell(
            "cli.day_blocked",
            &[("order", order), ("amount", amount), ("state", &state)],
        );
    }
}

async fn list(session: &Session, output: &Output) -> Result<Exit, Fault> {
    let days = session.till.list_days(ListDaysRequest {}).await?;
    if days.rows.is_empty() {
        output.tell("day.none_closed", &[]);
    }
    let mut rows = Vec::new();
    for day in &days.rows {
        output.event("day", json!({ "day": day }));
        let sums: Vec<&str> = day.sums.iter().map(|sum| sum.text.as_str()).collect();
        rows.push([
            day.number.to_string(),
            calendar(&day.closed_at),
            sums.join(", "),
            day.by.clone(),
        ]);
    }
    for line in lay_out(&rows) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

async fn save(session: &Session, number: u32, file: &Path, output: &Output) -> Result<(), Fault> {
    let request = DayFileRequest {
        number: Some(number),
        words: output.words().of_groups(&["day", "paper"]),
        is_saved: false,
    };
    let view = session.till.day_file(request).await?;
    write_new(file, &view)?;
    let name = file.to_string_lossy();
    output.event("saved", json!({ "file": name }));
    output.tell("day.saved", &[("path", &name)]);
    Ok(())
}

fn tell(event: &str, view: &DayView, output: &Output) {
    output.event(event, json!({ "day": view }));
    let number = view.number.to_string();
    let title = if view.closed {
        "day.z_title"
    } else {
        "day.x_title"
    };
    output.tell(title, &[("number", &number)]);
    if let Some(opened_at) = &view.opened_at {
        output.tell("day.from_at", &[("time", &calendar(opened_at))]);
    }
    if view.closed {
        output.tell("day.closed_at", &[("time", &calendar(&view.at))]);
        output.tell("day.closed_by", &[("who", &view.by)]);
    }
    let tables = [
        ("day.by_currency", &view.totals),
        ("day.by_account", &view.accounts),
        ("day.by_terminal", &view.terminals),
        ("day.by_cashier", &view.cashiers),
    ];
    for (heading, rows) in tables {
        tell_table(heading, rows, output);
    }
    tell_voids(view, output);
    tell_rest(view, output);
}

fn tell_table(heading: &str, rows: &[DayRowView], output: &Output) {
    if rows.is_empty() {
        return;
    }
    let words = output.words();
    let mut cells = vec![[
        words.text(heading).to_owned(),
        String::new(),
        words.text("day.column_taken").to_owned(),
        String::new(),
        words.text("day.column_returned").to_owned(),
        words.text("day.column_net").to_owned(),
    ]];
    for row in rows {
        let name = match (row.name.as_str(), row.under.as_str()) {
            ("", _) => words.text("day.nobody").to_owned(),
            (name, "") => name.to_owned(),
            (name, under) => format!("{name} ({under})"),
        };
        let practice = if row.practice {
            format!("{name} · {}", words.text("day.practice"))
        } else {
            name
        };
        cells.push([
            practice,
            row.sum.taken.to_string(),
            row.sum.taken_sum.text.clone(),
            row.sum.returned.to_string(),
            row.sum.returned_sum.text.clone(),
            row.sum.net_sum.text.clone(),
        ]);
    }
    output.say("");
    for line in lay_out(&cells) {
        output.say(&line);
    }
}

fn tell_voids(view: &DayView, output: &Output) {
    if view.voids.is_empty() {
        return;
    }
    let words = output.words();
    output.say("");
    output.tell("day.voids", &[]);
    let rows: Vec<[String; 4]> = view
        .voids
        .iter()
        .map(|void| {
            let reason = match void.reason.as_str() {
                "" => words.text("day.no_reason").to_owned(),
                reason => reason.to_owned(),
            };
            [
                reason,
                void.by.clone(),
                void.count.to_string(),
                void.sum.text.clone(),
            ]
        })
        .collect();
    for line in lay_out(&rows) {
        output.say(&line);
    }
}

fn tell_rest(view: &DayView, output: &Output) {
    let words = output.words();
    for one in &view.carried {
        let kind = words
            .text(&format!("day.open_{}", name_of(&one.kind)))
            .to_owned();
        output.say(&format!("{kind}: {}  {}", one.count, one.sum.text));
    }
    for check in &view.checks {
        let outcome = format!("day.check_{}", name_of(&check.outcome));
        let said = words.fill(&outcome, &[("count", &check.count.to_string())]);
        output.say(&format!("{}: {said}", check.account_name));
    }
    if !view.closed && !view.blocked.is_empty() {
        output.say("");
        tell_blocked(view, output);
    }
    output.say("");
    let entry = view.to.to_string();
    output.say(&format!(
        "{}: {}",
        words.fill("day.head", &[("entry", &entry)]),
        view.head
    ));
    if let (Some(key), Some(signature)) = (&view.public_key, &view.signature) {
        output.say(&format!("{}: {key}", words.text("day.public_key")));
        output.say(&format!("{}: {signature}", words.text("day.signature")));
    } else if view.closed {
        output.tell("day.unsigned", &[]);
    }
    if view.replaced {
        output.tell("day.replaced", &[]);
    }
}

/// The stable name of a closed set's member, as it crosses the bridge.
fn name_of(of: &impl serde::Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}
