//! `till orders`.

use cli::session::Session;
use serde_json::json;
use till::api::{ListPaymentsRequest, LookElsewhereRequest, PaymentRowView, PaymentsFilter};

use crate::arguments::{Global, Orders};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, calendar};

/// Lists payments, newest first.
pub(crate) async fn run(orders: &Orders, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?.for_reading()).await?;
    if orders.elsewhere {
        look(&session, output).await?;
    }
    let rows = collect(&session, orders).await?;
    for row in &rows {
        output.event("order", json!({ "payment": row }));
    }
    if rows.is_empty() {
        tell_none(orders, output);
    }
    for line in table(&rows, output) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

/// Reads what was made elsewhere, and says of which account it could not be read.
async fn look(session: &Session, output: &Output) -> Result<(), Fault> {
    let request = LookElsewhereRequest { is_pressed: true };
    let view = session.till.look_elsewhere(request).await?;
    for account in view.accounts {
        let Some(problem) = account.problem else {
            continue;
        };
        let why = output
            .words()
            .text(&format!("code.{}", problem.name()))
            .to_owned();
        output.event(
            "elsewhere_unread",
            json!({ "account": account.account, "problem": problem, "detail": account.detail }),
        );
        let said = [("account", account.account_name.as_str()), ("why", &why)];
        output.tell("elsewhere.failed", &said);
    }
    Ok(())
}

async fn collect(session: &Session, orders: &Orders) -> Result<Vec<PaymentRowView>, Fault> {
    let search = orders.search.clone().unwrap_or_default();
    let filter = if orders.open {
        PaymentsFilter::Open
    } else if orders.duplicates {
        PaymentsFilter::Duplicates
    } else if orders.expiring {
        PaymentsFilter::Expiring
    } else if orders.not_known {
        PaymentsFilter::NotKnown
    } else if orders.today {
        PaymentsFilter::Today
    } else if orders.elsewhere {
        PaymentsFilter::Elsewhere
    } else {
        PaymentsFilter::All
    };
    let mut rows = Vec::new();
    let mut before = None;
    while rows.len() < orders.limit {
        let request = ListPaymentsRequest {
            filter,
            search: search.clone(),
            before: before.take(),
        };
        let page = session.till.list_payments(request).await?;
        rows.extend(page.rows);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    rows.truncate(orders.limit);
    Ok(rows)
}

fn tell_none(orders: &Orders, output: &Output) {
    if orders.duplicates || orders.expiring {
        return output.tell("cli.void_none", &[]);
    }
    if orders.elsewhere && orders.search.is_none() {
        return output.tell("payments.none_elsewhere", &[]);
    }
    match (&orders.search, orders.open) {
        (Some(search), _) => output.tell("payments.none_found", &[("search", search)]),
        (None, true) => output.tell("payments.none_open", &[]),
        (None, false) => output.tell("payments.none", &[]),
    }
}

/// Columns as wide as their widest word.
fn table(rows: &[PaymentRowView], output: &Output) -> Vec<String> {
    let words = output.words();
    let cells: Vec<[String; 5]> = rows
        .iter()
        .map(|row| {
            let state = match &row.elsewhere {
                Some(one) if one.is_gone => words.text("elsewhere.gone").to_owned(),
                Some(one) if !one.is_known => one.word.clone(),
                Some(_) | None => {
                    let state = format!("state.{}", row.state.name());
                    words.text(&state).to_owned()
                }
            };
            let state = if row.late {
                format!("{state}! {}", words.text("payments.late"))
            } else {
                state
            };
            [
                calendar(&row.started_at),
                row.order.clone(),
                row.amount.text.clone(),
                state,
                match &row.elsewhere {
                    Some(_) => format!("{}, {}", row.account_name, words.text("elsewhere.label")),
                    None => format!("{} ({})", row.terminal_label, row.account_name),
                },
            ]
        })
        .collect();
    lay_out(&cells)
}

/// Pads every column but the last.
pub(crate) fn lay_out<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let mut widths = [0_usize; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(widths);
            let padded: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            padded.join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let lines = lay_out(&[row(["1", "Ñandú", "x"]), row(["1000", "a", "yy"])]);
        assert_eq!(lines, ["1     Ñandú  x", "1000  a      yy"]);
        assert!(lay_out::<3>(&[]).is_empty());
    }
}
