//! A day counts what the facts say, however the journal is cut into days.

use std::collections::BTreeMap;

use jiff::tz::{Offset, TimeZone};
use journal::{Entry, Fact, Hash};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, DaySum, DayTotals, Event, IdempotencyKey, IntentId, LinkTerms,
    OpenKind, OrderRef, Payment, PaymentId, ReturnTerms, Seen, Standing, TerminalCode, Way,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::count::{Open, Place, by, count, stories};

const MORNING_MS: i64 = 1_774_000_000_000;

/// What the facts of a made-up shop are.
#[derive(Debug, Clone)]
enum Deal {
    Terminal,
    Link,
    Return,
}

fn deal() -> impl Strategy<Value = Deal> {
    prop_oneof![Just(Deal::Terminal), Just(Deal::Link), Just(Deal::Return)]
}

fn id(number: usize) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(u128::try_from(number).unwrap()))
}

fn currency(number: usize) -> Currency {
    [Currency::Mxn, Currency::Gbp, Currency::Thb][number % 3]
}

fn way(deal: &Deal) -> Way {
    let code = TerminalCode::new("T-1").unwrap();
    match deal {
        Deal::Terminal => Way::on_terminal(code),
        Deal::Link => Way::Link {
            terms: LinkTerms {
                description: "Concert".to_owned(),
                minutes: 30,
                method: None,
                payer: None,
                billing: None,
                language: None,
            },
        },
        Deal::Return => Way::Return {
            code,
            terms: ReturnTerms {
                reason: "wrong size".to_owned(),
                keyed: false,
            },
        },
    }
}

fn requested(number: usize, deal: &Deal, minor: i64) -> Event {
    let order = OrderRef::new(&format!("R-{number}")).unwrap();
    Event::Requested {
        payment: id(number),
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount: Money::new(minor, currency(number)).unwrap(),
        account: AccountId::new(["one", "two"][number % 2]).unwrap(),
        way: way(deal),
        attempt: Attempt::FIRST,
        by: cashier(["Ana", "Luz"][number / 2 % 2]),
    }
}

fn cashier(name: &str) -> Actor {
    Actor::Cashier {
        name: name.to_owned(),
    }
}

/// A step of a payment: a reading with what was given back, or a wish to withdraw it.
fn step() -> impl Strategy<Value = (usize, Standing, i64, bool)> {
    let standing = prop::sample::select(Standing::ALL.to_vec());
    (0_usize..6, standing, 0_i64..2_000, any::<bool>())
}

fn event(number: usize, standing: Standing, returned: i64, cancels: bool) -> Event {
    if cancels {
        return Event::CancelAsked {
            by: cashier("Luz"),
            reason: Some(["duplicate", "typed wrong"][number % 2].to_owned()),
            batch: None,
        };
    }
    let mut seen = Seen::new(standing, "");
    seen.returned = Some(Money::new(returned, currency(number)).unwrap());
    Event::Read { seen }
}

/// Six payments, and whatever happens to them, as a journal has it.
fn journal_of(deals: &[Deal], steps: &[(usize, Standing, i64, bool)]) -> Vec<Entry> {
    let mut facts = Vec::new();
    for (number, deal) in deals.iter().enumerate() {
        let minor = 1_000 + i64::try_from(number).unwrap() * 100;
        facts.push((number, requested(number, deal, minor)));
        let intent = IntentId::new(&format!("pi-{number}")).unwrap();
        let seen = Seen::new(Standing::Waiting, "");
        facts.push((number, Event::Answered { intent, seen }));
    }
    for (number, standing, returned, cancels) in steps {
        facts.push((*number, event(*number, *standing, *returned, *cancels)));
    }
    let facts = facts.into_iter().zip(1_u64..);
    facts
        .map(|((number, event), seq)| Entry {
            seq,
            at_ms: MORNING_MS + i64::try_from(seq).unwrap() * 1_200_000,
            fact: Fact::Payment {
                id: id(number),
                event,
            },
            hash: Hash([0; 32]),
        })
        .collect()
}

fn place(payment: &Payment) -> Place {
    Place {
        practice: payment.account.as_str() == "two",
        account_name: payment.account.to_string(),
        place: payment
            .way
            .terminal()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(-6))
}

/// The day of the entries from one number to another: only the payments that it touches are looked at.
fn day(entries: &[Entry], from: u64, to: u64) -> DayTotals {
    let known: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.seq <= to)
        .cloned()
        .collect();
    let mut touched = stories(known);
    touched.retain(|_, story| story.iter().any(|entry| entry.seq >= from));
    count(&touched, from, &[], &zone(), place)
}

fn whole(totals: &DayTotals) -> DaySum {
    let sums = totals.lines.iter().map(|line| line.sum);
    sums.fold(DaySum::default(), DaySum::plus)
}

/// What every fact says at the end: per currency, taken and given back.
fn truth(entries: &[Entry]) -> BTreeMap<(bool, Currency), (i64, i64)> {
    let mut payments: BTreeMap<PaymentId, Payment> = BTreeMap::new();
    for entry in entries {
        let Fact::Payment { id, event } = &entry.fact else {
            continue;
        };
        let after = payment::apply(payments.get(id), event).unwrap();
        payments.insert(*id, after);
    }
    let mut truth: BTreeMap<(bool, Currency), (i64, i64)> = BTreeMap::new();
    for payment in payments.into_values() {
        use payment::State as S;
        let amount = payment.amount.minor();
        // "All was given back" without a sum is all of it.
        let unsaid = if payment.state == S::Refunded {
            amount
        } else {
            0
        };
        let said = payment.returned().map_or(unsaid, Money::minor);
        let (taken, returned) = match (payment.state, payment.gives_back()) {
            (S::Paid | S::PartlyRefunded | S::Refunded, true) => (0, amount),
            (S::Paid | S::PartlyRefunded | S::Refunded, false) => (amount, said),
            (
                S::NotKnown
                | S::Saved
                | S::Sending
                | S::Waiting
                | S::Processing
                | S::NeedsCashier
                | S::Authorised
                | S::Failed
                | S::Declined
                | S::Expired
                | S::Cancelled,
                _,
            ) => (0, 0),
        };
        let key = (place(&payment).practice, payment.amount.currency());
        let known = truth.entry(key).or_default();
        *known = (known.0 + taken, known.1 + returned);
    }
    truth
}

proptest! {
    /// Wherever the days end, all of them together are what the facts say, and no payment is in two.
    #[test]
    fn all_days_together_are_what_the_facts_say(
        deals in prop::collection::vec(deal(), 6),
        steps in prop::collection::vec(step(), 0..60),
        cuts in prop::collection::btree_set(1_u64..70, 0..6),
    ) {
        let entries = journal_of(&deals, &steps);
        let last = entries.last().unwrap().seq;
        let mut sums: BTreeMap<(bool, Currency), DaySum> = BTreeMap::new();
        let mut from = 1;
        for to in cuts.into_iter().filter(|to| *to < last).chain([last]) {
            for (key, sum) in by(&day(&entries, from, to).lines, |key| (key.practice, key.currency)) {
                let known = sums.entry(key).or_default();
                *known = known.plus(sum);
            }
            from = to + 1;
        }
        let counted: BTreeMap<_, _> = sums
            .iter()
            .map(|(key, sum)| (*key, (sum.taken_minor, sum.returned_minor)))
            .filter(|(_, worth)| *worth != (0, 0))
            .collect();
        let mut truth = truth(&entries);
        truth.retain(|_, worth| *worth != (0, 0));
        prop_assert_eq!(counted, truth);
        let taken: u64 = sums.values().map(|sum| sum.taken).sum();
        prop_assert!(taken <= 6, "a payment was taken twice");
        let voided: u64 = sums.values().map(|sum| sum.voided).sum();
        prop_assert!(voided <= 6, "a payment was voided twice");
    }

    /// Every table of a report adds up to the whole, and so do voids and hours.
    #[test]
    fn every_table_adds_up_to_the_whole(
        deals in prop::collection::vec(deal(), 6),
        steps in prop::collection::vec(step(), 0..60),
        from in 1_u64..40,
    ) {
        let entries = journal_of(&deals, &steps);
        let totals = day(&entries, from, entries.last().unwrap().seq);
        let all = whole(&totals);
        let sum = |sums: Vec<DaySum>| sums.into_iter().fold(DaySum::default(), DaySum::plus);
        let lines = &totals.lines;
        prop_assert_eq!(sum(by(lines, |key| key.currency).into_values().collect()), all);
        prop_assert_eq!(sum(by(lines, |key| key.account.clone()).into_values().collect()), all);
        prop_assert_eq!(sum(by(lines, |key| key.place.clone()).into_values().collect()), all);
        prop_assert_eq!(sum(by(lines, |key| key.cashier.clone()).into_values().collect()), all);
        prop_assert_eq!(totals.voids.iter().map(|void| void.count).sum::<u64>(), all.voided);
        prop_assert_eq!(totals.voids.iter().map(|void| void.minor).sum::<i64>(), all.voided_minor);
        prop_assert_eq!(totals.hours.iter().map(|hour| hour.count).sum::<u64>(), all.taken);
    }
}

#[test]
fn a_payment_that_turns_paid_after_its_day_counts_in_the_next() {
    let steps = [
        (0, Standing::Cancelled, 0, false),
        (1, Standing::Paid, 0, false),
        (0, Standing::Paid, 0, false),
        (1, Standing::PartlyRefunded, 300, false),
    ];
    let deals = [Deal::Terminal, Deal::Terminal];
    let entries = journal_of(&deals, &steps);
    let first = whole(&day(&entries, 1, 6));
    assert_eq!((first.taken, first.taken_minor), (1, 1_100));
    assert_eq!((first.voided, first.voided_minor), (1, 1_000));
    let second = whole(&day(&entries, 7, 8));
    assert_eq!((second.taken, second.taken_minor), (1, 1_000));
    assert_eq!((second.returned, second.returned_minor), (1, 300));
    assert_eq!((second.voided, second.voided_minor), (0, 0));
}

#[test]
fn the_hour_is_that_of_the_clock_on_the_wall() {
    // 2026-03-20T09:46:40Z and twenty minutes for each entry, six hours behind: 05:06 there.
    let entries = journal_of(
        &[Deal::Terminal],
        &[
            (0, Standing::Waiting, 0, false),
            (0, Standing::Paid, 0, false),
        ],
    );
    let totals = day(&entries, 1, 4);
    let hours: Vec<u8> = totals.hours.iter().map(|hour| hour.hour).collect();
    assert_eq!(hours, [5]);
}

#[test]
fn what_blocks_a_close_is_this() {
    let open = |deal: Deal, events: &[Event]| {
        let request = requested(0, &deal, 1_000);
        let first = payment::apply(None, &request).unwrap();
        let payment = events.iter().fold(first, |payment, event| {
            payment::apply(Some(&payment), event).unwrap()
        });
        Open::of(payment).map(|open| open.kind)
    };
    let read = |standing| Event::Read {
        seen: Seen::new(standing, ""),
    };
    let cancel = || event(0, Standing::Waiting, 0, true);
    let table = [
        (open(Deal::Terminal, &[]), Some(OpenKind::Live)),
        (
            open(Deal::Terminal, &[Event::Interrupted]),
            Some(OpenKind::NotKnown),
        ),
        (
            open(Deal::Terminal, &[read(Standing::Waiting)]),
            Some(OpenKind::Live),
        ),
        (
            open(Deal::Terminal, &[read(Standing::NeedsCashier)]),
            Some(OpenKind::Live),
        ),
        (
            open(Deal::Terminal, &[read(Standing::Authorised)]),
            Some(OpenKind::Held),
        ),
        (
            open(Deal::Link, &[read(Standing::Waiting)]),
            Some(OpenKind::Link),
        ),
        (
            open(Deal::Link, &[read(Standing::Processing)]),
            Some(OpenKind::Live),
        ),
        (
            open(Deal::Link, &[read(Standing::Waiting), cancel()]),
            Some(OpenKind::Live),
        ),
        (open(Deal::Terminal, &[read(Standing::Paid)]), None),
        (open(Deal::Link, &[read(Standing::Expired)]), None),
    ];
    for (index, (found, expected)) in table.into_iter().enumerate() {
        assert_eq!(found, expected, "row {index}");
    }
    let blocking = OpenKind::ALL.into_iter().filter(|kind| kind.blocks());
    assert!(blocking.eq([OpenKind::NotKnown, OpenKind::Live]));
}
