use money::Currency;
use payment::{
    Actor, Attempt, Billing, CardTerms, Event, Failure, IdempotencyKey, IntentId, LinkTerms,
    PaymentId, Seen, Standing, TerminalCode, apply,
};

use super::*;

const NOW_MS: i64 = 1_000_000_000;
const MINUTE_MS: i64 = 60_000;

fn pesos(minor: i64) -> Money {
    Money::new(minor, Currency::Mxn).unwrap()
}

fn order(text: &str) -> OrderRef {
    OrderRef::new(text).unwrap()
}

fn machine(code: &str) -> Way {
    Way::on_terminal(TerminalCode::new(code).unwrap())
}

/// A link for nobody in particular.
fn link(description: &str) -> Way {
    link_for(description, None)
}

fn link_for(description: &str, email: Option<&str>) -> Way {
    let billing = email.map(|email| {
        Box::new(Billing {
            email: email.to_owned(),
            ..Billing::default()
        })
    });
    Way::Link {
        terms: LinkTerms {
            description: description.to_owned(),
            minutes: 60,
            method: None,
            payer: None,
            billing,
            language: None,
        },
    }
}

fn card(name: &str) -> Way {
    Way::CardOnFile {
        terms: CardTerms {
            card: name.to_owned(),
            description: String::new(),
            hold: false,
        },
    }
}

fn story(name: &str, minor: i64, account: &str, way: &Way, events: &[Event]) -> Payment {
    let requested = Event::Requested {
        payment: PaymentId::from_uuid(uuid::Uuid::from_u128(1)),
        key: IdempotencyKey::of(&order(name), Attempt::FIRST),
        order: order(name),
        amount: pesos(minor),
        account: AccountId::new(account).unwrap(),
        way: way.clone(),
        attempt: Attempt::FIRST,
        by: Actor::Till,
    };
    let first = apply(None, &requested).unwrap();
    events.iter().fold(first, |payment, event| {
        apply(Some(&payment), event).unwrap()
    })
}

fn answered() -> Event {
    Event::Answered {
        intent: IntentId::new("pi-1").unwrap(),
        seen: Seen::new(Standing::Waiting, "x"),
    }
}

fn read(standing: Standing) -> Event {
    Event::Read {
        seen: Seen::new(standing, "x"),
    }
}

fn lost() -> Event {
    Event::AnswerLost {
        failure: Failure::Fault { status: 502 },
    }
}

/// What R-2 over 45.00 on the left machine is warned of, that far after the other payment.
fn warned(way: &Way, payment: &Payment, ago_ms: i64) -> Option<&'static str> {
    let wanted = Wanted {
        order: &order("R-2"),
        amount: pesos(4_500),
        account: &AccountId::new("bar").unwrap(),
        way,
        now_ms: NOW_MS,
    };
    let at_ms = NOW_MS - ago_ms;
    let before = Before {
        payment,
        requested_at_ms: at_ms,
        ended_at_ms: (!payment.state.is_open()).then_some(at_ms),
    };
    twin(wanted, before).map(|warning| match warning {
        Warning::UnresolvedTwin { .. } => "unresolved",
        Warning::SameOrder { .. } => "order",
        Warning::SameAmount { .. } => "amount",
        Warning::UnusualAmount { .. } => "unusual",
    })
}

#[test]
fn a_second_one_of_a_moment_ago_is_told_and_an_older_one_is_not() {
    let left = machine("left");
    let paid = |minor, account: &str, code: &str| {
        let events = [answered(), read(Standing::Paid)];
        story("R-1", minor, account, &machine(code), &events)
    };
    let same = paid(4_500, "bar", "left");
    let table = [
        (0, Some("amount")),
        (SAME_MACHINE_MS, Some("amount")),
        (SAME_MACHINE_MS + 1, None),
        // The clock was set back by less than that, or by an hour.
        (-MINUTE_MS, Some("amount")),
        (-60 * MINUTE_MS, None),
        (i64::MAX - NOW_MS, None),
    ];
    for (ago_ms, expected) in table {
        assert_eq!(warned(&left, &same, ago_ms), expected, "{ago_ms}");
    }
    assert_eq!(warned(&left, &paid(4_501, "bar", "left"), 0), None);
    assert_eq!(warned(&left, &paid(4_500, "bar", "right"), 0), None);
    assert_eq!(warned(&left, &paid(4_500, "shop", "left"), 0), None);
    assert_eq!(warned(&link("Coffee"), &same, 0), None);
}

#[test]
fn what_took_nothing_or_gave_it_back_is_no_twin() {
    let left = machine("left");
    for standing in [Standing::Declined, Standing::Cancelled, Standing::Expired] {
        let events = [answered(), read(standing)];
        let over = story("R-1", 4_500, "bar", &left, &events);
        assert_eq!(warned(&left, &over, 0), None, "{standing:?}");
    }
    let events = [answered(), read(Standing::Refunded)];
    let refunded = story("R-1", 4_500, "bar", &left, &events);
    assert_eq!(warned(&left, &refunded, 0), None);
}

#[test]
fn an_unresolved_twin_is_told_wherever_it_is_and_however_old() {
    let day_ms = 24 * 60 * MINUTE_MS;
    for way in [machine("left"), machine("right"), card("pm_1")] {
        let unknown = story("R-1", 4_500, "shop", &way, &[lost()]);
        assert_eq!(
            warned(&machine("left"), &unknown, day_ms),
            Some("unresolved")
        );
        let other = story("R-1", 4_600, "shop", &way, &[lost()]);
        assert_eq!(warned(&machine("left"), &other, 0), None);
    }
    // A link is not known while its page is looked for; only the same customer's is in the way.
    let ana = link_for("Coffee", Some("ana@example.com"));
    let unknown = story("R-1", 4_500, "bar", &ana, &[lost()]);
    assert_eq!(warned(&ana, &unknown, 0), Some("unresolved"));
    let luz = link_for("Coffee", Some("luz@example.com"));
    for other in [machine("left"), luz, link("Coffee")] {
        assert_eq!(warned(&other, &unknown, 0), None);
    }
}

#[test]
fn the_same_link_or_card_on_file_is_told_for_longer() {
    let open = [answered()];
    let for_ana = |description| link_for(description, Some("ana@example.com"));
    let made = story("R-1", 4_500, "bar", &for_ana("Concert"), &open);
    let again = for_ana(" Concert");
    assert_eq!(warned(&again, &made, SAME_PAYER_MS), Some("amount"));
    assert_eq!(warned(&again, &made, SAME_PAYER_MS + 1), None);
    assert_eq!(warned(&for_ana("Dinner"), &made, 0), None);
    // Three hundred tickets of one price are nobody's second press.
    let ticket = story("R-1", 4_500, "bar", &link("Concert"), &open);
    assert_eq!(warned(&link("Concert"), &ticket, 0), None);
    let paid = [answered(), read(Standing::Paid)];
    let charged = story("R-1", 4_500, "bar", &card("pm_1"), &paid);
    assert_eq!(warned(&card("pm_1"), &charged, MINUTE_MS), Some("amount"));
    assert_eq!(warned(&card("pm_2"), &charged, MINUTE_MS), None);
}

#[test]
fn an_order_written_almost_alike_is_told_whatever_its_amount() {
    let paid = [answered(), read(Standing::Paid)];
    let left = machine("left");
    let alike = story("r 002", 9_900, "shop", &machine("right"), &paid);
    assert_eq!(warned(&left, &alike, SAME_ORDER_MS), Some("order"));
    assert_eq!(warned(&left, &alike, SAME_ORDER_MS + 1), None);
    let cancelled = [answered(), read(Standing::Cancelled)];
    let over = story("r 002", 9_900, "shop", &left, &cancelled);
    assert_eq!(warned(&left, &over, 0), None);
}

#[test]
fn orders_are_alike_by_their_parts() {
    let table = [
        ("R-17", "r17", true),
        ("R-017", "R-17", true),
        ("R/17", "R 17", true),
        ("R-17", "R-170", false),
        ("R-17", "R-18", false),
        ("1-23", "12-3", false),
        ("R-0", "R-00", true),
        ("R-0", "R", false),
        ("Ñ-1", "ñ1", true),
        ("--", "/", true),
    ];
    for (one, other, expected) in table {
        let (one, other) = (order(one), order(other));
        assert_eq!(is_written_alike(&one, &other), expected, "{one} {other}");
        assert_eq!(is_written_alike(&other, &one), expected, "{other} {one}");
    }
}

#[test]
fn one_nought_too_many_is_told_once_the_till_knows_what_is_usual() {
    // Twenty coffees and lunches: the middle is 45.00.
    let usual: Vec<i64> = (0..20).map(|number| 3_500 + number * 100).collect();
    let times = |minor: i64, paid: &[i64]| match unusual(pesos(minor), paid) {
        Some(Warning::UnusualAmount { times, usual }) => Some((times, usual.minor())),
        Some(Warning::UnresolvedTwin { .. } | Warning::SameOrder { .. })
        | Some(Warning::SameAmount { .. })
        | None => None,
    };
    let table = [
        (4_500, None),
        (9_000, None),
        (35_999, None),
        (36_000, Some((10, 4_500))),
        (45_000, Some((10, 4_500))),
        (359_999, Some((10, 4_500))),
        (360_000, Some((100, 4_500))),
        (450_000, Some((100, 4_500))),
        (money::MAX_MINOR, Some((100, 4_500))),
    ];
    for (minor, expected) in table {
        assert_eq!(times(minor, &usual), expected, "{minor}");
    }
    assert_eq!(times(45_000, &usual[1..]), None, "nineteen are not enough");
    assert_eq!(times(45_000, &[]), None);
    // What is sold here now and then is nothing to ask about; once is not now and then.
    let with = |big: &[i64]| [&usual, big].concat();
    assert_eq!(times(45_000, &with(&[30_000])), Some((10, 4_500)));
    assert_eq!(times(45_000, &with(&[30_000, 22_500])), None);
    assert_eq!(times(45_000, &with(&[30_000, 22_499])), Some((10, 4_600)));
    // A shop of large amounts is asked only about larger ones.
    let large: Vec<i64> = vec![900_000; 40];
    assert_eq!(times(900_000, &large), None);
    assert_eq!(times(9_000_000, &large), Some((10, 900_000)));
}
