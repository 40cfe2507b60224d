//! What became of each line of a batch.

use std::sync::Arc;

use super::*;

fn batch_of(targets: Vec<VoidTarget>, more: &[VoidEvent]) -> Arc<Batch> {
    let lines = targets.into_iter().map(|target| VoidLine {
        given: "R-1".to_owned(),
        target,
        verdict: Verdict::WillCancel,
    });
    let first = VoidEvent::Asked {
        by: Actor::Till,
        reason: "Duplicate".to_owned(),
        note: String::new(),
        undo_ms: 5_000,
        lines: lines.collect(),
    };
    let mut batches = std::collections::BTreeMap::new();
    for event in std::iter::once(&first).chain(more) {
        let batch = batch_id();
        let event = event.clone();
        take_in(&mut batches, &ShopEvent::Void { batch, event }, 0);
    }
    batches.remove(&batch_id()).unwrap()
}

#[test]
fn what_became_of_a_line_is_where_its_payment_stands() {
    use VoidOutcome::*;
    let ours = || asked(Some(batch_id()));
    let another = || asked(Some(BatchId::from_uuid(uuid::Uuid::from_u128(99))));
    let refused = || Event::CancelAnswered {
        answer: CancelAnswer::Refused {
            failure: Failure::Invalid {
                said: "no".to_owned(),
            },
        },
    };
    let stopped = [VoidEvent::Stopped { by: Actor::Till }];
    let table: Vec<(&str, Vec<Event>, &[VoidEvent], VoidOutcome)> = vec![
        ("not begun", vec![answered()], &[], Queued),
        ("stopped before", vec![answered()], &stopped, LeftAlone),
        ("asked", vec![answered(), ours()], &[], UnderWay),
        (
            "asked by another",
            vec![answered(), asked(None)],
            &[],
            Queued,
        ),
        (
            "refused",
            vec![answered(), ours(), refused()],
            &[],
            StillTrying,
        ),
        (
            "lost before it had a name",
            vec![lost(), ours()],
            &[],
            NotKnown,
        ),
        (
            "withdrawn",
            vec![answered(), ours(), read(Standing::Cancelled)],
            &[],
            Cancelled,
        ),
        (
            "asked for by a later batch as well",
            vec![answered(), ours(), another()],
            &[VoidEvent::Finished],
            UnderWay,
        ),
        (
            "withdrawn by two batches",
            vec![answered(), ours(), another(), read(Standing::Cancelled)],
            &[VoidEvent::Finished],
            Cancelled,
        ),
        (
            "asked for by another batch alone",
            vec![answered(), another(), read(Standing::Cancelled)],
            &[VoidEvent::Finished],
            OverBefore,
        ),
        (
            "withdrawn before",
            vec![answered(), read(Standing::Cancelled)],
            &[],
            OverBefore,
        ),
        (
            "expired meanwhile",
            vec![answered(), ours(), read(Standing::Expired)],
            &[],
            OverUnpaid,
        ),
        (
            "the customer was first",
            vec![answered(), ours(), read(Standing::Paid)],
            &[],
            PaidBefore,
        ),
        (
            "the customer was first, before it was asked for",
            vec![answered(), read(Standing::Paid)],
            &[],
            PaidBefore,
        ),
        (
            "money after all",
            vec![
                answered(),
                ours(),
                read(Standing::Cancelled),
                read(Standing::Paid),
            ],
            &[],
            PaidLate,
        ),
        (
            "given back",
            vec![
                answered(),
                ours(),
                read(Standing::Paid),
                read(Standing::Refunded),
            ],
            &[],
            Returned,
        ),
    ];
    for (name, events, more, expected) in table {
        let payment = story(link(), &events);
        let target = VoidTarget::Payment {
            id: payment.id,
            state: payment.state,
        };
        let batch = batch_of(vec![target], more);
        assert_eq!(
            outcome(&batch, Verdict::WillCancel, &payment),
            expected,
            "{name}"
        );
        assert_eq!(outcome(&batch, Verdict::NeedsRefund, &payment), NotTried);
    }
}

#[test]
fn what_became_of_a_leftover_is_what_was_read_of_it() {
    use VoidOutcome::*;
    let reading = |standing, asked| VoidEvent::LeftoverRead {
        line: 0,
        standing,
        asked,
    };
    let finished = VoidEvent::Finished;
    let table: Vec<(Vec<VoidEvent>, VoidOutcome)> = vec![
        (vec![], Queued),
        (vec![finished.clone()], LeftAlone),
        (vec![reading(Some(Standing::Cancelled), true)], Cancelled),
        (vec![reading(Some(Standing::Cancelled), false)], OverBefore),
        (vec![reading(Some(Standing::Paid), false)], PaidBefore),
        (vec![reading(Some(Standing::Paid), true)], PaidBefore),
        (vec![reading(None, false), finished], NotDone),
    ];
    for (events, expected) in table {
        let target = VoidTarget::Leftover {
            account: AccountId::new("practice").unwrap(),
            intent: IntentId::new("pi-9").unwrap(),
            reference: "R-9".to_owned(),
            amount: pesos(100),
        };
        let batch = batch_of(vec![target], &events);
        assert_eq!(leftover_outcome(&batch, 0), expected, "{events:?}");
    }
}

#[test]
fn what_was_stopped_stays_stopped_and_what_was_paused_goes_on() {
    use crate::void::batch::Status;
    let by = || Actor::Till;
    let batch = |more: &[VoidEvent]| batch_of(vec![VoidTarget::Nothing], more).status;
    let (paused, resumed) = (
        VoidEvent::Paused { by: by() },
        VoidEvent::Resumed { by: by() },
    );
    let stopped = VoidEvent::Stopped { by: by() };
    assert_eq!(batch(std::slice::from_ref(&paused)), Status::Paused);
    assert_eq!(batch(&[paused, resumed.clone()]), Status::Going);
    assert_eq!(batch(&[stopped, resumed]), Status::Stopped);
}
