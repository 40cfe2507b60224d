use practice::{
    CustomerMode, Display, DojoUnconfirmed, Press, PressRefused, TerminalState, TerminalView,
};

use super::{
    BODY, COUNTER, INTENTS, asking, charged, intent, made, send, session, started, status,
    virtual_tid, words,
};
use crate::support::Bench;

fn panel(bench: &Bench, tid: &str) -> TerminalView {
    let machines = bench.practice.dojo_terminals().into_iter();
    let mut mine = machines.filter(|machine| machine.tid == tid);
    mine.next().unwrap().panel
}

/// Presses with the time after each, the status of the session, that of the intent, the charges.
type Story = (
    &'static [(Press, u64)],
    &'static str,
    &'static str,
    &'static [i64],
);

#[tokio::test]
async fn the_panel_of_a_machine_decides() {
    let table: &[Story] = &[
        (&[(Press::Tap, 1200)], "Captured", "Captured", &[1050]),
        (&[(Press::InsertPin, 4000)], "Captured", "Captured", &[1050]),
        (
            &[(Press::InsertSign, 1200)],
            "SignatureVerificationRequired",
            "Created",
            &[],
        ),
        (
            &[(Press::WrongPin, 4000), (Press::InsertPin, 4000)],
            "Captured",
            "Captured",
            &[1050],
        ),
        (
            &[
                (Press::WrongPin, 4000),
                (Press::WrongPin, 4000),
                (Press::WrongPin, 4000),
            ],
            "Declined",
            "Created",
            &[],
        ),
        (&[(Press::Decline, 1200)], "Declined", "Created", &[]),
        (&[(Press::CancelOnTerminal, 0)], "Canceled", "Created", &[]),
        (&[(Press::WalkAway, 90_000)], "Expired", "Created", &[]),
        (&[(Press::Unplug, 90_000)], "Expired", "Created", &[]),
        // What was on its display is gone with the power.
        (
            &[(Press::Unplug, 1000), (Press::PlugIn, 89_000)],
            "Expired",
            "Created",
            &[],
        ),
    ];
    for (presses, ended, paid, charges) in table {
        let bench = Bench::new();
        let (id, session_id) = asking(&bench).await;
        for (press, wait_ms) in *presses {
            bench.practice.press(COUNTER, *press).unwrap();
            bench.advance(*wait_ms);
        }
        assert_eq!(status(&bench, &session_id).await, *ended, "{presses:?}");
        assert_eq!(intent(&bench, &id).await["status"], *paid, "{presses:?}");
        assert_eq!(charged(&bench), *charges, "{presses:?}");
    }
}

#[tokio::test]
async fn a_machine_that_is_unplugged_while_it_reads_may_have_charged() {
    let table: [(DojoUnconfirmed, &[i64], &[i64]); 3] = [
        (DojoUnconfirmed::NotCharged, &[], &[]),
        (DojoUnconfirmed::Charged, &[1050], &[1050]),
        (DojoUnconfirmed::ChargedLate, &[], &[1050]),
    ];
    for (choice, at_once, later) in table {
        for card in [
            Press::Tap,
            Press::InsertPin,
            Press::InsertSign,
            Press::Decline,
        ] {
            let bench = Bench::with(|settings| settings.dojo_unconfirmed = choice);
            let (_, session_id) = asking(&bench).await;
            bench.practice.press(COUNTER, card).unwrap();
            bench.practice.press(COUNTER, Press::Unplug).unwrap();
            let is_good = card != Press::Decline;
            let expected = |charges: &[i64]| -> Vec<i64> {
                if is_good {
                    charges.to_vec()
                } else {
                    Vec::new()
                }
            };
            assert_eq!(charged(&bench), expected(at_once), "{choice:?} {card:?}");
            assert_eq!(status(&bench, &session_id).await, "Initiated");
            bench.advance(90_000);
            assert_eq!(status(&bench, &session_id).await, "Expired");
            bench.advance(5000);
            assert_eq!(charged(&bench), expected(later), "{choice:?} {card:?}");
            assert_eq!(status(&bench, &session_id).await, "Expired");
        }
    }
}

#[tokio::test]
async fn a_card_that_is_being_read_when_the_session_expires_may_be_charged() {
    for (choice, charges) in [
        (DojoUnconfirmed::NotCharged, 0),
        (DojoUnconfirmed::Charged, 1),
    ] {
        let bench = Bench::with(|settings| settings.dojo_unconfirmed = choice);
        let (_, session_id) = asking(&bench).await;
        bench.advance(89_900);
        bench.practice.press(COUNTER, Press::Tap).unwrap();
        bench.advance(200);
        assert_eq!(status(&bench, &session_id).await, "Expired");
        assert_eq!(charged(&bench).len(), 0);
        bench.advance(1000);
        assert_eq!(charged(&bench).len(), charges, "{choice:?}");
        assert_eq!(status(&bench, &session_id).await, "Expired");
    }
}

#[tokio::test]
async fn the_panel_shows_what_a_machine_does() {
    let bench = Bench::new();
    assert_eq!(panel(&bench, COUNTER).state, TerminalState::Idle);
    let id = made(&bench).await;
    started(&bench, COUNTER, &id).await;
    let view = panel(&bench, COUNTER);
    assert_eq!(view.state, TerminalState::Fetching);
    assert_eq!(view.amount.unwrap().minor(), 1050);
    bench.advance(300);
    let view = panel(&bench, COUNTER);
    assert_eq!(view.message, Display::PresentCard);
    assert!(view.allowed.contains(&Press::Tap));
    // By its id as well as by its TID.
    bench.practice.press(&view.code, Press::Tap).unwrap();
    bench.advance(1200);
    assert_eq!(panel(&bench, COUNTER).message, Display::Approved);
    bench.advance(3000);
    assert_eq!(panel(&bench, COUNTER).state, TerminalState::Idle);
    let refused = bench.practice.press(&virtual_tid("SIP0"), Press::Tap);
    assert_eq!(refused, Err(PressRefused::PlaysItself));
    let charge = bench.practice.ledger().pop().unwrap();
    assert_eq!(charge.terminal, view.code);
    assert_eq!(charge.system, practice::System::Dojo);
}

#[tokio::test]
async fn the_customer_who_acts_alone_reads_the_amount() {
    for (minor, ended) in [
        (1000, "Captured"),
        (1001, "Declined"),
        (1002, "Canceled"),
        (1003, "Expired"),
        (1004, "Captured"),
    ] {
        let bench = Bench::with(|settings| settings.customer = CustomerMode::Auto);
        let body = BODY.replace("1050", &minor.to_string());
        let id = send(&bench, "POST", INTENTS, &body).await.id();
        let session_id = started(&bench, COUNTER, &id).await;
        bench.advance(100_000);
        assert_eq!(status(&bench, &session_id).await, ended, "{minor}");
    }
}

#[tokio::test]
async fn an_intent_of_compago_is_not_for_a_machine_of_dojo() {
    let bench = Bench::new();
    for number in 0..4 {
        let request = crate::support::create_request(&format!("order-{number}"), "1", None);
        bench.send(request).await;
    }
    for machine in bench.practice.dojo_terminals() {
        assert_eq!(machine.panel.amount, None, "{}", machine.tid);
    }
}

#[tokio::test]
async fn a_card_that_is_keyed_in_is_not_asked_for() {
    let bench = Bench::new();
    let body = BODY.replace(
        "\"reference\"",
        "\"cardHolderNotPresent\":true,\"reference\"",
    );
    let id = send(&bench, "POST", INTENTS, &body).await.id();
    let session_id = started(&bench, COUNTER, &id).await;
    bench.advance(300);
    bench.practice.press(COUNTER, Press::InsertPin).unwrap();
    bench.advance(4000);
    let told = session(&bench, &session_id).await;
    assert_eq!(told["status"], "Captured");
    let shown = words(&told, "notificationEvents", "notificationType");
    assert_eq!(shown, ["PleaseWait", "PleaseWait", "Approved"]);
    let object = intent(&bench, &id).await;
    assert_eq!(object["cardHolderNotPresent"], true);
    assert_eq!(object["paymentDetails"]["card"]["entryMode"], "ManualEntry");
}
