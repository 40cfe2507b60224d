//! What became of an act is told by its name.

use super::*;

fn said_no() -> Progress {
    Progress::Refused {
        said: "too late".to_owned(),
    }
}

fn progress(payment: &Payment) -> Vec<Progress> {
    let acts = payment.acts.iter();
    acts.map(|acted| acted.progress.clone()).collect()
}

#[test]
fn an_older_refused_refund_in_a_lagging_reading_refuses_no_later_one() {
    let at_terminal = refund(500, RefundRoute::Terminal);
    let declined = Event::Read {
        seen: Seen {
            prompt: Some(Prompt::RefundDeclined),
            ..seen_told(&[("ts_1", no())])
        },
    };
    let payment = story(&[
        saw(Standing::Paid, None),
        asked(1, at_terminal.clone()),
        named(1, "ts_1"),
        told(&[("ts_1", ActOutcome::UnderWay)]),
        declined.clone(),
        asked(2, at_terminal.clone()),
        named(2, "ts_2"),
        told(&[("ts_1", no()), ("ts_2", ActOutcome::UnderWay)]),
        // A replica that does not have the second session yet.
        declined,
    ]);
    assert_eq!(progress(&payment), [said_no(), Progress::Accepted]);
    assert!(
        !payment.allows(&at_terminal, &System::Dojo.acts()),
        "the second refund is on the machine, and no third is offered"
    );
}

#[test]
fn a_remote_refund_that_fails_later_is_refused_and_not_unknown() {
    let key = IdempotencyKey::of_act(PaymentId::from_uuid(Uuid::nil()), 1);
    let by_key = |outcome: ActOutcome| Event::Read {
        seen: Seen {
            acts: vec![ActSeen {
                name: None,
                key: Some(key.clone()),
                outcome,
                amount: None,
            }],
            ..Seen::new(Standing::Paid, "x")
        },
    };
    let begun = [
        saw(Standing::Paid, None),
        asked(1, refund(500, RefundRoute::Remote)),
    ];
    let table = [
        vec![named(1, "ref_1"), told(&[("ref_1", no())])],
        // Its answer was lost, or this till knows no name of it: its key tells as well.
        vec![lost(1), by_key(ActOutcome::UnderWay), by_key(no())],
        vec![accepted(1), by_key(no())],
        // Somebody gave the rest back at the provider's own pages.
        vec![
            named(1, "ref_1"),
            told(&[("ref_1", no()), ("ref_2", ActOutcome::Done)]),
        ],
        // It was given up long ago.
        vec![
            named(1, "ref_1"),
            Event::ActGivenUp { number: 1 },
            told(&[("ref_1", no())]),
        ],
    ];
    for events in table {
        let mut all = begun.to_vec();
        all.extend(events);
        assert_eq!(progress(&story(&all)), [said_no()], "{all:?}");
    }
}

#[test]
fn what_is_under_way_by_its_name_is_not_shown_by_another_refund() {
    let under_way = |returned: i64, outcome: ActOutcome| Event::Read {
        seen: Seen {
            returned: Some(pounds(returned)),
            acts: vec![ActSeen {
                name: ActName::new("ref_1").ok(),
                key: None,
                outcome,
                amount: None,
            }],
            ..Seen::new(Standing::PartlyRefunded, "x")
        },
    };
    let mut events = vec![
        saw(Standing::Paid, None),
        asked(1, refund(500, RefundRoute::Remote)),
        named(1, "ref_1"),
        under_way(500, ActOutcome::UnderWay),
    ];
    assert_eq!(progress(&story(&events)), [Progress::Accepted]);
    events.push(under_way(1_000, ActOutcome::Done));
    assert_eq!(progress(&story(&events)), [Progress::Shown]);
}

#[test]
fn a_sum_that_was_told_wrong_proves_no_refund() {
    let part = |minor| gave_back(Standing::PartlyRefunded, minor);
    let mut events = vec![
        saw(Standing::Paid, None),
        asked(1, refund(100, RefundRoute::Remote)),
        accepted(1),
        part(100),
        asked(2, refund(100, RefundRoute::Remote)),
        accepted(2),
        // A list with a wrong amount in it.
        part(101),
    ];
    let found = progress(&story(&events));
    assert_eq!(found, [Progress::Shown, Progress::Accepted]);
    events.push(part(200));
    assert_eq!(story(&events).pending_act(), None, "that is all of it");
}

#[test]
fn what_went_back_by_either_way_is_counted_once_and_together() {
    let acts = System::Dojo.acts();
    let payment = story(&[
        saw(Standing::Paid, None),
        asked(1, refund(500, RefundRoute::Remote)),
        accepted(1),
        gave_back(Standing::PartlyRefunded, 500),
        asked(2, refund(400, RefundRoute::Terminal)),
        named(2, "ts_1"),
        // The provider's sum leaves out what terminals gave back.
        told(&[("ts_1", ActOutcome::Done)]),
    ]);
    assert_eq!(payment.pending_act(), None);
    assert_eq!(payment.returned(), Some(pounds(500)));
    assert_eq!(payment.returnable(), Some(pounds(100)));
    for route in [RefundRoute::Remote, RefundRoute::Terminal] {
        assert!(payment.allows(&refund(100, route), &acts));
        assert!(!payment.allows(&refund(101, route), &acts));
    }
}

#[test]
fn a_reading_is_news_where_it_decides_an_act_of_ours() {
    let payment = story(&[
        told(&[]),
        asked(1, refund(500, RefundRoute::Remote)),
        named(1, "ref_1"),
    ]);
    let is_news =
        |payment: &Payment, acts: &[(&str, ActOutcome)]| payment.is_news(&seen_told(acts));
    assert!(!is_news(&payment, &[("ref_0", no())]), "of another till");
    assert!(is_news(&payment, &[("ref_1", ActOutcome::UnderWay)]));
    assert!(is_news(&payment, &[("ref_1", no())]));
    let after = apply(Some(&payment), &told(&[("ref_1", no())])).unwrap();
    assert!(!is_news(&after, &[("ref_1", no())]), "it is decided");
}
