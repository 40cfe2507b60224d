//! The proof on paper, read back from its pages.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use payment::State;

use super::super::paper::{Proof, lines};
use super::*;
use crate::api::{MoneyView, VoidHeadView, VoidLineView, VoidStep, VoidView};
use crate::paper::{Sheet, Words, pages, read};

fn amount(minor: i64, currency: Currency) -> Option<MoneyView> {
    Some(MoneyView::from(Money::new(minor, currency).unwrap()))
}

fn line(order: &str, outcome: VoidOutcome) -> VoidLineView {
    VoidLineView {
        given: order.to_owned(),
        payment: Some("019".to_owned()),
        reference: order.to_owned(),
        amount: amount(35_050, Currency::Mxn),
        account_name: "Café Compago".to_owned(),
        intent: "pi_1".to_owned(),
        is_leftover: false,
        before: Some(State::Waiting),
        after: Some(State::Cancelled),
        verdict: Verdict::WillCancel,
        outcome: Some(outcome),
        asked_at: Some("2026-03-20T17:59:58Z".to_owned()),
        ended_at: Some("2026-03-20T18:00:07Z".to_owned()),
    }
}

fn view(lines: Vec<VoidLineView>) -> VoidView {
    let total = u32::try_from(lines.len()).unwrap();
    VoidView {
        head: VoidHeadView {
            batch: "0195b2c4-0000-7000-8000-000000000007".to_owned(),
            step: VoidStep::Finished,
            by: "Ana R. + Maria".to_owned(),
            by_till: false,
            reason: "Event cancelled".to_owned(),
            note: "Storm over the sea".to_owned(),
            asked_at: "2026-03-20T17:59:50Z".to_owned(),
            undo_left_ms: 0,
            total,
            tried: total,
            begun: total,
            counts: Vec::new(),
            sums: Vec::new(),
        },
        lines,
    }
}

/// The pages as they are printed, in the words of the window.
fn printed(view: &VoidView) -> (Vec<u8>, Vec<Vec<String>>) {
    let text = include_str!("../../../../../../ui/src/text/en.json");
    let groups: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).unwrap();
    let mut words = BTreeMap::new();
    for (group, texts) in groups {
        for (name, text) in texts.as_object().into_iter().flatten() {
            let text = text.as_str().unwrap_or_default();
            words.insert(format!("{group}.{name}"), text.to_owned());
        }
    }
    let words = Words(&words);
    let zone = TimeZone::get("America/Mexico_City").unwrap();
    let proof = Proof {
        view,
        who: "Ana R.".to_owned(),
        approved_by: "Maria".to_owned(),
        entry: 1_204,
        hash: "ab".repeat(32),
        zone: &zone,
    };
    let lines = lines(&proof, &words);
    let file = pages(Sheet::Wide, &lines, |page, of| words.foot(page, of));
    let read = read::pages(&file);
    (file, read)
}

fn has(page: &[String], parts: &[&str]) -> bool {
    page.iter().any(|line| {
        line.split("  ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .eq(parts.iter().copied())
    })
}

#[test]
fn it_says_who_why_when_what_and_how_much() {
    let mut lines = vec![
        line("R-1", VoidOutcome::Cancelled),
        line("R-2", VoidOutcome::Cancelled),
        line("R-3", VoidOutcome::PaidBefore),
    ];
    lines[1].amount = amount(2_000, Currency::Thb);
    lines[2].after = Some(State::Paid);
    lines.push(VoidLineView {
        reference: String::new(),
        amount: None,
        account_name: String::new(),
        payment: None,
        before: None,
        after: None,
        verdict: Verdict::Nothing,
        asked_at: None,
        ended_at: None,
        ..line("R-nobody", VoidOutcome::NotTried)
    });
    let (_, pages) = printed(&view(lines));
    let [page] = pages.as_slice() else {
        panic!("{pages:#?}");
    };
    for parts in [
        &["Proof of a void"][..],
        &["Who", "Ana R."],
        &["Approved by", "Maria"],
        &["Why", "Event cancelled: Storm over the sea"],
        &["When", "2026-03-20 11:59:50 (UTC-06:00)"],
        &["How far", "Done, 4 of 4"],
        &["Void", "0195b2c4-0000-7000-8000-000000000007"],
        &["Cancelled, nothing was taken", "2", "MX$350.50"],
        &["THB 20.00"],
        &[
            "Paid before your void: keep it or give it back",
            "1",
            "MX$350.50",
        ],
        &["Nothing was sent for it", "1"],
        &["Together", "4", "MX$701.00"],
        &["Hash of entry 1204, the last one in the journal about this void:"],
        &["Page 1 of 1"],
    ] {
        assert!(has(page, parts), "{parts:?}: {page:#?}");
    }
    assert!(page.contains(&"ab".repeat(32)));
    let row = page
        .iter()
        .find(|line| line.trim_start().starts_with("1  R-1 "));
    let row = row.unwrap();
    for part in [
        "Café Compago",
        "MX$350.50",
        "Will be cancelled",
        "Waiting",
        "Cancelled, nothing was taken",
        "03-20 11:59:58",
        "03-20 12:00:07",
    ] {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert!(page.iter().any(|line| line.contains("4  R-nobody ")));
}

#[test]
fn three_hundred_payments_are_all_there_under_the_names_of_their_columns() {
    let lines = (1..=300).map(|number| line(&format!("R-{number}"), VoidOutcome::Cancelled));
    let (_, pages) = printed(&view(lines.collect()));
    assert!((6..=10).contains(&pages.len()), "{} pages", pages.len());
    let all: Vec<&str> = pages
        .iter()
        .flatten()
        .map(|line| line.trim_start())
        .collect();
    for number in 1..=300 {
        let row = format!("{number}  R-{number} ");
        assert_eq!(
            all.iter().filter(|line| line.starts_with(&row)).count(),
            1,
            "{row}"
        );
    }
    for (index, page) in pages.iter().enumerate() {
        let foot = format!("Page {} of {}", index + 1, pages.len());
        assert_eq!(page.last(), Some(&foot));
        let names = |line: &String| line.contains("No.  Order") && line.contains("Dry run");
        assert_eq!(
            page.iter().filter(|line| names(line)).count(),
            1,
            "{page:#?}"
        );
    }
}

#[test]
fn what_is_long_is_cut_or_wrapped_and_no_line_leaves_the_sheet() {
    let mut long = line(&"R-0123456789".repeat(10), VoidOutcome::PaidLate);
    long.account_name = "An account with a name of forty letters!".to_owned();
    long.amount = amount(999_999_999_999, Currency::Mxn);
    long.verdict = Verdict::NotKnownYet;
    let mut of = view(vec![long, line("R-2", VoidOutcome::Cancelled)]);
    of.head.note = "word ".repeat(40);
    let (_, pages) = printed(&of);
    let page = &pages[0];
    for line in page {
        assert!(line.chars().count() <= Sheet::Wide.width(), "{line}");
    }
    let row = page.iter().find(|line| line.contains("1  R-0123")).unwrap();
    assert!(row.contains("… An account with a…"), "{row}");
    assert!(row.contains("MX$9,999,999,999.99 "), "whole: {row}");
    assert!(
        has(page, &["Together", "2", "too large to add up"]),
        "{page:#?}"
    );
    let sentence = page
        .iter()
        .any(|line| line.contains("somebody must decide"));
    assert!(sentence, "{page:#?}");
}

#[test]
fn letters_that_paper_does_not_have_are_replaced_and_break_nothing() {
    let mut thai = line("โต๊ะ 4 (ñ) \\ “ok”", VoidOutcome::Cancelled);
    thai.account_name = "店".to_owned();
    let (file, pages) = printed(&view(vec![thai]));
    assert!(file.starts_with(b"%PDF-") && file.ends_with(b"%%EOF"));
    let row = pages[0]
        .iter()
        .find(|line| line.trim_start().starts_with("1 "));
    let row = row.unwrap();
    assert!(row.contains("???? 4 (ñ) \\ “ok”"), "{row}");
    assert!(!row.contains('店') && row.contains('?'), "{row}");
}
