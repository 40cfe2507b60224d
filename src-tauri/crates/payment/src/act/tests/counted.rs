//! A refund of ours counts as what was asked for, whatever a list says.

use super::*;
use crate::state::State;

/// A reading that sums up what each of these refunds is told to have given back.
fn list(refunds: &[(&str, i64)]) -> Event {
    let returned: i64 = refunds.iter().map(|(_, minor)| minor).sum();
    let acts = refunds.iter().map(|(name, minor)| ActSeen {
        name: ActName::new(name).ok(),
        key: None,
        outcome: ActOutcome::Done,
        amount: Some(pounds(*minor)),
    });
    let standing = match returned {
        0 => Standing::Paid,
        1..1_000 => Standing::PartlyRefunded,
        _ => Standing::Refunded,
    };
    Event::Read {
        seen: Seen {
            returned: Some(pounds(returned)),
            acts: acts.collect(),
            ..Seen::new(standing, "x")
        },
    }
}

fn remote(minor: i64) -> Act {
    refund(minor, RefundRoute::Remote)
}

/// Seed 20381 of the storm: after the first lie the manager gave "the rest" back, one too little; after
/// the second the till believed that nothing was left, and charged the order again.
#[test]
fn a_list_that_names_too_much_gives_nothing_back() {
    let mut events = vec![
        saw(Standing::Paid, None),
        asked(1, remote(100)),
        named(1, "ref_1"),
        list(&[("ref_1", 101)]),
    ];
    let payment = story(&events);
    assert_eq!(payment.returned(), Some(pounds(100)));
    assert_eq!(payment.returnable(), Some(pounds(900)));
    events.extend([
        asked(2, remote(899)),
        named(2, "ref_2"),
        list(&[("ref_1", 101), ("ref_2", 900)]),
    ]);
    let payment = story(&events);
    assert_eq!(payment.state, State::PartlyRefunded);
    assert_eq!(payment.returned(), Some(pounds(999)));
    assert_eq!(payment.returnable(), Some(pounds(1)));
    assert_eq!(payment.pending_act(), None, "it was done all the same");
    assert_eq!(payment.acts_told(&seen_in(&list(&[("ref_1", 100)]))), []);
    assert_eq!(
        payment.acts_told(&seen_in(&list(&[("ref_1", 101)]))).len(),
        1
    );
}

fn seen_in(event: &Event) -> Seen {
    let Event::Read { seen } = event else {
        panic!("{event:?}");
    };
    seen.clone()
}

#[test]
fn what_others_gave_back_counts_as_it_is_told() {
    let story_of = |refunds: &[(&str, i64)]| {
        story(&[
            saw(Standing::Paid, None),
            asked(1, remote(100)),
            named(1, "ref_1"),
            list(refunds),
        ])
    };
    let table: [(&[(&str, i64)], _, i64); 6] = [
        (&[("ref_1", 100)], State::PartlyRefunded, 100),
        (
            &[("ref_1", 100), ("theirs", 300)],
            State::PartlyRefunded,
            400,
        ),
        (
            &[("ref_1", 101), ("theirs", 300)],
            State::PartlyRefunded,
            400,
        ),
        (
            &[("ref_1", 101), ("theirs", 899)],
            State::PartlyRefunded,
            999,
        ),
        (&[("ref_1", 100), ("theirs", 900)], State::Refunded, 1_000),
        // Less than was asked for: so much is left that nobody may charge the order again.
        (&[("ref_1", 99)], State::PartlyRefunded, 99),
    ];
    for (refunds, state, returned) in table {
        let payment = story_of(refunds);
        let found = (payment.state, payment.returned());
        assert_eq!(found, (state, Some(pounds(returned))), "{refunds:?}");
    }
}

/// Whole, and told as more than whole.
#[test]
fn all_of_it_is_all_of_it_however_much_a_list_names() {
    let payment = story(&[
        saw(Standing::Paid, None),
        asked(1, remote(1_000)),
        named(1, "ref_1"),
        list(&[("ref_1", 1_001)]),
    ]);
    assert_eq!(payment.state, State::Refunded);
    assert_eq!(payment.returned(), Some(pounds(1_000)));
}

/// A sum of the provider's that leaves a refund out is no reason to forget it.
#[test]
fn what_is_known_to_be_given_back_stays_given_back() {
    let payment = story(&[
        saw(Standing::Paid, None),
        asked(1, remote(600)),
        named(1, "ref_1"),
        list(&[("ref_1", 600)]),
        asked(2, remote(100)),
        named(2, "ref_2"),
        list(&[("ref_2", 700)]),
    ]);
    assert_eq!(payment.returned(), Some(pounds(700)));
    assert_eq!(payment.returnable(), Some(pounds(300)));
}

#[test]
fn a_lie_is_told_once_and_changes_nothing_when_it_is_read_again() {
    let lie = list(&[("ref_1", 101)]);
    let payment = story(&[
        saw(Standing::Paid, None),
        asked(1, remote(100)),
        named(1, "ref_1"),
        list(&[("ref_1", 100)]),
    ]);
    assert!(payment.is_news(&seen_in(&lie)), "it is written down");
    let after = apply(Some(&payment), &lie).unwrap();
    assert_eq!(after.returned(), payment.returned());
    assert_eq!(after.state, payment.state);
    assert!(!after.is_news(&seen_in(&lie)));
}
