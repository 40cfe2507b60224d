//! The rules, by tables and by chance.

use journal::{Cursor, Elsewhere, Place, Summary};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, IntentId, Listed, OrderRef, PaymentId,
    Standing, System, TerminalCode, Way, apply,
};
use proptest::prelude::*;

use super::due::{MINUTES_MAX, Rule, TRIES_MAX, is_due};
use super::show::{Both, Pages, Row, merge};

const NOW_MS: i64 = 1_790_000_000_000;
const MINUTE_MS: i64 = 60_000;

fn theirs(number: i64, at_ms: i64, standing: Standing) -> Elsewhere {
    Elsewhere {
        place: Place { at_ms, number },
        account: AccountId::new("bar").unwrap(),
        listed: Listed {
            intent: IntentId::new(&format!("pi-{number}")).unwrap(),
            reference: format!("W-{number}"),
            amount: Money::new(100, Currency::Gbp).unwrap(),
            made_at_ms: Some(at_ms),
            standing,
            raw: "Created".to_owned(),
            has_link: true,
            last_four: None,
        },
        read_at_ms: NOW_MS,
        is_gone: false,
    }
}

/// Off by default, and only what was made for a machine long ago and can be paid by its link still.
#[test]
fn what_was_left_open_is_due() {
    let rule = Rule {
        minutes: Some(30),
        system: System::Dojo,
        now_ms: NOW_MS,
        tries: 0,
    };
    let old = NOW_MS - 30 * MINUTE_MS;
    let row = theirs(1, old, Standing::Waiting);
    let with = |change: fn(&mut Elsewhere)| {
        let mut row = row.clone();
        change(&mut row);
        row
    };
    let at = |at_ms| with_made(&row, Some(at_ms));
    let rules = |change: fn(&mut Rule)| {
        let mut rule = rule;
        change(&mut rule);
        rule
    };
    let table = [
        ("old and open", row.clone(), rule, true),
        ("a moment too young", at(old + 1), rule, false),
        ("from the future", at(NOW_MS + MINUTE_MS), rule, false),
        ("nobody knows when", with_made(&row, None), rule, false),
        (
            "no link",
            with(|row| row.listed.has_link = false),
            rule,
            false,
        ),
        (
            "not listed any more",
            with(|row| row.is_gone = true),
            rule,
            false,
        ),
        (
            "not set",
            row.clone(),
            rules(|rule| rule.minutes = None),
            false,
        ),
        (
            "the most",
            row.clone(),
            rules(|rule| rule.minutes = Some(MINUTES_MAX)),
            false,
        ),
        (
            "tried",
            row.clone(),
            rules(|rule| rule.tries = TRIES_MAX - 1),
            true,
        ),
        (
            "tried too often",
            row.clone(),
            rules(|rule| rule.tries = TRIES_MAX),
            false,
        ),
    ];
    for (what, row, rule, expected) in table {
        assert_eq!(is_due(&row, &rule), expected, "{what}");
    }
    for system in System::ALL {
        let rule = Rule { system, ..rule };
        assert_eq!(is_due(&row, &rule), system == System::Dojo, "{system:?}");
    }
    for standing in Standing::ALL {
        let is_open_to_all = matches!(standing, Standing::Waiting | Standing::NeedsCashier);
        let row = theirs(1, old, standing);
        assert_eq!(is_due(&row, &rule), is_open_to_all, "{standing:?}");
    }
}

fn with_made(row: &Elsewhere, made_at_ms: Option<i64>) -> Elsewhere {
    let mut row = row.clone();
    row.listed.made_at_ms = made_at_ms;
    row
}

fn ours(number: i64, requested_at_ms: i64) -> Summary {
    let order = OrderRef::new(&format!("R-{number}")).unwrap();
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(uuid::Uuid::from_u128(u128::try_from(number).unwrap())),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(100, Currency::Gbp).unwrap(),
        account: AccountId::new("bar").unwrap(),
        way: Way::on_terminal(TerminalCode::new("T-1").unwrap()),
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    Summary {
        cursor: Cursor::at(number),
        payment: apply(None, &requested).unwrap(),
        requested_at_ms,
        changed_at_ms: requested_at_ms,
        ended_at_ms: None,
    }
}

/// This till's payments as its journal tells them: a search may stop after some rows, whatever it found.
fn page_of_ours(
    all: &[(i64, i64)],
    before: Cursor,
    limit: usize,
    stops: usize,
) -> (Vec<Summary>, Option<Cursor>) {
    let before = before.number();
    let rest: Vec<_> = all.iter().filter(|(number, _)| *number < before).collect();
    let taken = rest.len().min(limit).min(stops);
    let next = (taken < rest.len()).then(|| Cursor::at(rest[taken].0 + 1));
    let rows = rest[..taken]
        .iter()
        .map(|(number, at_ms)| ours(*number, *at_ms));
    (rows.collect(), next)
}

fn page_of_theirs(all: &[Elsewhere], before: Place, limit: usize) -> Vec<Elsewhere> {
    let rest = all.iter().filter(|row| row.place < before);
    rest.take(limit).cloned().collect()
}

proptest! {
    /// However many there are of each, wherever a search stops and however the clocks were set: each row
    /// is told once, those of each list in its order, and newest first where the clock never jumped.
    #[test]
    fn both_lists_are_told_once_and_in_order(
        our_times in prop::collection::vec(0_i64..40, 0..30),
        their_times in prop::collection::vec(0_i64..40, 0..30),
        limit in 1_usize..9,
        stops in 0_usize..9,
        jumps in any::<bool>(),
    ) {
        let mut our_times = our_times;
        if !jumps {
            our_times.sort_unstable();
        }
        let numbers = 1_i64..;
        let mut mine: Vec<(i64, i64)> = numbers.zip(our_times).collect();
        mine.reverse();
        let mut all: Vec<Elsewhere> = (1..)
            .zip(&their_times)
            .map(|(number, at_ms)| theirs(number, *at_ms, Standing::Paid))
            .collect();
        all.sort_by_key(|row| std::cmp::Reverse(row.place));
        let (mut told, mut before, mut turns) = (Vec::new(), Both::FIRST, 0_usize);
        loop {
            // A search that stops before its first row goes on with the next page.
            let stops = if turns.is_multiple_of(2) { stops } else { stops.max(1) };
            let (ours, ours_next) = page_of_ours(&mine, before.ours, limit, stops);
            let theirs = page_of_theirs(&all, before.theirs, limit);
            let pages = Pages { before, ours, ours_next, theirs_more: theirs.len() >= limit, theirs };
            let (rows, next) = merge(pages, limit);
            prop_assert!(rows.len() <= limit);
            told.extend(rows);
            let Some(next) = next else { break };
            before = Both::read(&next.text()).unwrap();
            turns += 1;
            prop_assert!(turns < 200, "it does not come to an end");
        }
        let mine_told: Vec<i64> = told.iter().filter_map(|row| match row {
            Row::Ours(row) => Some(row.cursor.number()),
            Row::Theirs(_) => None,
        }).collect();
        let theirs_told: Vec<Place> = told.iter().filter_map(|row| match row {
            Row::Ours(_) => None,
            Row::Theirs(row) => Some(row.place),
        }).collect();
        prop_assert_eq!(mine_told, mine.iter().map(|(number, _)| *number).collect::<Vec<_>>());
        prop_assert_eq!(theirs_told, all.iter().map(|row| row.place).collect::<Vec<_>>());
        if !jumps {
            prop_assert!(told.is_sorted_by_key(|row| std::cmp::Reverse(row.at_ms())));
        }
    }
}

#[test]
fn a_place_that_is_none_is_refused() {
    for text in ["", "7", "7.8", "a.b.c", "1.2.x"] {
        assert!(Both::read(text).is_err(), "{text}");
    }
    assert_eq!(Both::read(&Both::FIRST.text()).unwrap(), Both::FIRST);
}
