//! `till receipt`: the slip of an order's terminal, as text.

use cli::session::Session;
use payment::{SlipAlign, SlipLine};
use serde_json::json;
use till::api::PaymentRequest;

use crate::arguments::{Global, Receipt};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Columns of a printed slip. No line of a slip is longer.
const WIDTH: usize = 80;

/// Prints the customer's slip, or the shop's.
pub(crate) async fn run(
    receipt: &Receipt,
    global: &Global,
    output: &Output,
) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?.for_reading()).await?;
    let view = session.till.show_order(&receipt.order).await?;
    let payment = view.id.clone();
    let request = PaymentRequest { payment };
    let slips = session.till.payment_receipts(request).await?;
    let (name, slip) = if receipt.merchant {
        ("merchant", slips.merchant)
    } else {
        ("customer", slips.customer)
    };
    if slip.is_empty() {
        return Err(Fault::NoReceipt { order: view.order });
    }
    output.event(
        "receipt",
        json!({ "payment": view.id, "order": view.order, "slip": name, "lines": slip }),
    );
    for line in slip.iter().map(printed) {
        output.say(&line);
    }
    Ok(Exit::Done)
}

/// A line of a slip at its place. Text has one size: headings keep their place and nothing else.
fn printed(line: &SlipLine) -> String {
    match line {
        SlipLine::Rule => "-".repeat(WIDTH),
        SlipLine::Blank => String::new(),
        SlipLine::Text { text, align, .. } => {
            // A provider's line must not steer the terminal it is printed on.
            let text: String = text.chars().filter(|one| !one.is_control()).collect();
            let padded = match align {
                SlipAlign::Left => text,
                SlipAlign::Center => format!("{text:^WIDTH$}"),
                SlipAlign::Right => format!("{text:>WIDTH$}"),
            };
            padded.trim_end().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use payment::SlipSize;

    use super::*;

    fn text(text: &str, align: SlipAlign) -> SlipLine {
        SlipLine::Text {
            text: text.to_owned(),
            size: SlipSize::Large,
            align,
            bold: true,
        }
    }

    #[test]
    fn a_line_is_printed_at_its_place() {
        let whole = "x".repeat(WIDTH);
        let table = [
            (
                text("Total  £7.00", SlipAlign::Left),
                "Total  £7.00".to_owned(),
            ),
            (text("  in", SlipAlign::Left), "  in".to_owned()),
            (
                text("Café", SlipAlign::Center),
                format!("{}Café", " ".repeat(38)),
            ),
            (
                text("£7.00", SlipAlign::Right),
                format!("{}£7.00", " ".repeat(75)),
            ),
            (text(&whole, SlipAlign::Center), whole.clone()),
            (text(&whole, SlipAlign::Right), whole.clone()),
            (text("a\u{1b}[2Jb", SlipAlign::Left), "a[2Jb".to_owned()),
            (text("", SlipAlign::Center), String::new()),
            (SlipLine::Rule, "-".repeat(WIDTH)),
            (SlipLine::Blank, String::new()),
        ];
        for (line, expected) in table {
            let printed = printed(&line);
            assert_eq!(printed, expected, "{line:?}");
            assert!(printed.chars().count() <= WIDTH, "{line:?}");
        }
    }
}
