//! The slips a terminal session carries. The description has one `receipt`, the samples on the
//! same page `customerReceipt` and `merchantReceipt`: whichever is there is taken.

use payment::{Receipts, Slip, SlipAlign, SlipLine, SlipSize};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{Word, object};
use crate::said::{WORDS_LIMIT, clean};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Slips {
    receipt: Option<Box<RawValue>>,
    customer_receipt: Option<Box<RawValue>>,
    merchant_receipt: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Lines {
    lines: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    line_type: Option<Word>,
    text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    value: Option<Word>,
    size: Option<Word>,
    align: Option<Word>,
    emphasis_bold: Option<Word>,
}

/// Reads the slips of a session; `None` for anything but a JSON object. A line that cannot be read
/// is left out: a slip proves nothing to the till.
pub(super) fn read(body: &[u8]) -> Option<Receipts> {
    let slips: Slips = object(body)?;
    let customer = slips.customer_receipt.or(slips.receipt);
    Some(Receipts {
        customer: slip(customer.as_deref()),
        merchant: slip(slips.merchant_receipt.as_deref()),
    })
}

fn slip(raw: Option<&RawValue>) -> Slip {
    let lines = raw.and_then(|raw| object::<Lines>(raw.get().as_bytes()));
    let lines = lines.map(|slip| slip.lines).unwrap_or_default();
    let lines = lines
        .iter()
        .filter_map(|raw| line(object(raw.get().as_bytes())?))
        .take(Slip::LINES_LIMIT);
    Slip {
        lines: lines.collect(),
    }
}

fn line(line: Line) -> Option<SlipLine> {
    match line.line_type.as_ref()?.text() {
        "NewLine" => Some(SlipLine::Blank),
        // Their spelling.
        "SingleLineSeperator" | "DoubleLineSeperator" => Some(SlipLine::Rule),
        "Text" => Some(text(&line.text?)),
        _ => None,
    }
}

fn text(text: &Text) -> SlipLine {
    let is = |word: &Option<Word>, wanted| word.as_ref().is_some_and(|word| word.text() == wanted);
    let value = text.value.as_ref().map_or("", Word::text);
    let written = clean(value, WORDS_LIMIT);
    if written.is_empty() {
        return SlipLine::Blank;
    }
    // Lines are centred by spaces before them, which cleaning takes away.
    let spaces = value.chars().take_while(|one| *one == ' ').count();
    let room = WORDS_LIMIT.saturating_sub(written.chars().count());
    SlipLine::Text {
        text: " ".repeat(spaces.min(room)) + &written,
        size: if is(&text.size, "SizeHeader1") {
            SlipSize::Large
        } else if is(&text.size, "SizeHeader2") {
            SlipSize::Medium
        } else {
            SlipSize::Body
        },
        align: if is(&text.align, "AlignCenter") {
            SlipAlign::Center
        } else if is(&text.align, "AlignRight") {
            SlipAlign::Right
        } else {
            SlipAlign::Left
        },
        bold: text.emphasis_bold.as_ref().is_some_and(Word::is_true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> SlipLine {
        SlipLine::Text {
            text: text.to_owned(),
            size: SlipSize::Body,
            align: SlipAlign::Left,
            bold: false,
        }
    }

    #[test]
    fn each_kind_of_line_is_read() {
        let body = r#"{"customerReceipt":{"lines":[
            {"lineType":"LogoImage","imageLogo":{"image":"x"}},
            {"lineType":"Text","text":{"value":"Shop","size":"SizeHeader1","align":"AlignCenter","emphasisBold":true}},
            {"lineType":"Text","text":{"value":"Till 2","size":"SizeHeader2","align":"AlignRight","emphasisBold":false}},
            {"lineType":"SingleLineSeperator"},
            {"lineType":"Text","text":{"value":"   AMOUNT     £10.00  "}},
            {"lineType":"NewLine"},
            {"lineType":"Text","text":{"value":" "}},
            {"lineType":"Text","text":{"value":"************0226"}},
            {"lineType":"Text","text":{"value":"4111111111111111"}},
            {"lineType":"Text"},
            {"lineType":"Barcode"},
            "junk",
            {"lineType":"DoubleLineSeperator"}
        ]},"merchantReceipt":{"lines":[{"lineType":"Text","text":{"value":"SIGN HERE"}}]}}"#;
        let read = read(body.as_bytes()).unwrap();
        let heading = |text: &str, size, align, bold| SlipLine::Text {
            text: text.to_owned(),
            size,
            align,
            bold,
        };
        let expected = [
            heading("Shop", SlipSize::Large, SlipAlign::Center, true),
            heading("Till 2", SlipSize::Medium, SlipAlign::Right, false),
            SlipLine::Rule,
            plain("   AMOUNT     £10.00"),
            SlipLine::Blank,
            SlipLine::Blank,
            plain("************0226"),
            plain("••••••••••••••••"),
            SlipLine::Rule,
        ];
        assert_eq!(read.customer.lines, expected);
        assert_eq!(read.merchant.lines, [plain("SIGN HERE")]);
    }

    #[test]
    fn whichever_slip_is_there_is_taken() {
        let lines = r#"{"lines":[{"lineType":"Text","text":{"value":"a"}}]}"#;
        let customer = |body: String| read(body.as_bytes()).unwrap().customer.lines.len();
        assert_eq!(customer(format!(r#"{{"receipt":{lines}}}"#)), 1);
        let both = r#"{"receipt":{"lines":[]},"customerReceipt":LINES}"#;
        assert_eq!(customer(both.replace("LINES", lines)), 1);
        for nothing in [
            "{}",
            r#"{"receipt":null}"#,
            r#"{"receipt":[]}"#,
            r#"{"receipt":{"lines":{}}}"#,
        ] {
            assert!(read(nothing.as_bytes()).unwrap().is_empty(), "{nothing}");
        }
        assert_eq!(read(b"[]"), None);
        assert_eq!(read(b"<html>"), None);
    }

    #[test]
    fn a_slip_without_end_is_cut() {
        let lines = vec![r#"{"lineType":"NewLine"}"#; 1_000].join(",");
        let body = format!(r#"{{"merchantReceipt":{{"lines":[{lines}]}}}}"#);
        let read = read(body.as_bytes()).unwrap();
        assert_eq!(read.merchant.lines.len(), Slip::LINES_LIMIT);
        let wide = format!(
            r#"{{"receipt":{{"lines":[{{"lineType":"Text","text":{{"value":"{}x"}}}}]}}}}"#,
            " ".repeat(200)
        );
        let lines = super::read(wide.as_bytes()).unwrap().customer.lines;
        assert_eq!(lines, [plain(&format!("{}x", " ".repeat(79)))]);
    }
}
