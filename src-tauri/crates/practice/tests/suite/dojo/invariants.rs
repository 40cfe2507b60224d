use std::collections::BTreeMap;

use practice::{
    CustomerMode, DojoCancelInSession, DojoIntentView, DojoPartialCapture, DojoReversal,
    DojoSecondSession, DojoUnavailable, DojoUnconfirmed, Practice, Press, Settings,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{BODY, COUNTER, INTENTS, SESSIONS, asked, machine};
use crate::support::Bench;

#[derive(Debug, Clone)]
enum Move {
    Create {
        minor: i64,
        is_manual: bool,
    },
    Start {
        intent: usize,
        tid: usize,
    },
    GiveBack {
        intent: usize,
        tid: usize,
        minor: i64,
    },
    CancelSession {
        session: usize,
    },
    Sign {
        session: usize,
        accepted: bool,
    },
    CancelIntent {
        intent: usize,
    },
    Capture {
        intent: usize,
        minor: i64,
    },
    Refund {
        intent: usize,
        minor: i64,
    },
    Reverse {
        intent: usize,
    },
    Press {
        bar: bool,
        press: usize,
    },
    Wait {
        ms: u64,
    },
    SaveAndLoad,
}

fn moves() -> impl Strategy<Value = Move> {
    let which = 0_usize..6;
    let tid = 0_usize..5;
    prop_oneof![
        4 => (1_i64..2000, any::<bool>())
            .prop_map(|(minor, is_manual)| Move::Create { minor, is_manual }),
        8 => (which.clone(), tid.clone()).prop_map(|(intent, tid)| Move::Start { intent, tid }),
        2 => (which.clone(), tid, 1_i64..2000)
            .prop_map(|(intent, tid, minor)| Move::GiveBack { intent, tid, minor }),
        3 => which.clone().prop_map(|session| Move::CancelSession { session }),
        3 => (which.clone(), any::<bool>())
            .prop_map(|(session, accepted)| Move::Sign { session, accepted }),
        2 => which.clone().prop_map(|intent| Move::CancelIntent { intent }),
        2 => (which.clone(), 1_i64..2000)
            .prop_map(|(intent, minor)| Move::Capture { intent, minor }),
        2 => (which.clone(), 1_i64..2000)
            .prop_map(|(intent, minor)| Move::Refund { intent, minor }),
        1 => which.prop_map(|intent| Move::Reverse { intent }),
        8 => (any::<bool>(), 0..Press::ALL.len())
            .prop_map(|(bar, press)| Move::Press { bar, press }),
        8 => prop_oneof![0_u64..400, 400_u64..5000, 5000_u64..100_000]
            .prop_map(|ms| Move::Wait { ms }),
        1 => Just(Move::SaveAndLoad),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let lost = [
        DojoUnconfirmed::NotCharged,
        DojoUnconfirmed::Charged,
        DojoUnconfirmed::ChargedLate,
    ];
    let cancels = [
        DojoCancelInSession::Refused,
        DojoCancelInSession::EndsSession,
        DojoCancelInSession::SessionGoesOn,
    ];
    (
        prop::sample::select(lost.to_vec()),
        prop::sample::select(cancels.to_vec()),
        any::<[bool; 7]>(),
    )
        .prop_map(|(dojo_unconfirmed, dojo_cancel_in_session, coins)| {
            let [auto, second, shown, signed, busy, partial, reversal] = coins;
            Settings {
                dojo_unconfirmed,
                dojo_cancel_in_session,
                customer: if auto {
                    CustomerMode::Auto
                } else {
                    CustomerMode::Panel
                },
                dojo_second_session: if second {
                    DojoSecondSession::Accepted
                } else {
                    DojoSecondSession::Conflict
                },
                dojo_authorized_shown: shown,
                dojo_inserted_is_signed: signed,
                dojo_busy: if busy {
                    DojoUnavailable::Accepted
                } else {
                    DojoUnavailable::Conflict
                },
                dojo_partial_capture: if partial {
                    DojoPartialCapture::Captured
                } else {
                    DojoPartialCapture::StaysAuthorized
                },
                dojo_reversal: if reversal {
                    DojoReversal::SevenDays
                } else {
                    DojoReversal::SameDay
                },
                ..Settings::default()
            }
        })
}

const TIDS: [&str; 5] = [
    COUNTER,
    "21890002",
    "PRACTICESIS0",
    "PRACTICETIP0",
    "PRACTICERAC0",
];

/// What was once said of an intent or a session and may not be unsaid.
#[derive(Default)]
struct Watch {
    intents: BTreeMap<String, DojoIntentView>,
    ended: BTreeMap<String, &'static str>,
}

impl Watch {
    fn look(&mut self, practice: &Practice) {
        practice.check().unwrap();
        for intent in practice.dojo_intents() {
            assert!(intent.given_back.minor() <= intent.charged.minor());
            assert!(intent.charged.minor() <= intent.total.minor());
            if let Some(before) = self.intents.get(&intent.wire_id) {
                assert!(before.charged.minor() <= intent.charged.minor());
                assert!(before.given_back.minor() <= intent.given_back.minor());
            }
            self.intents.insert(intent.wire_id.clone(), intent);
        }
        for session in practice.dojo_sessions() {
            if !session.is_open {
                let before = self.ended.insert(session.wire_id, session.status);
                assert!(before.is_none_or(|before| before == session.status));
            }
        }
        for machine in practice.dojo_terminals() {
            let shown = machine.panel.amount;
            assert_eq!(
                machine.panel.state == practice::TerminalState::Idle,
                shown.is_none() && machine.panel.online
            );
        }
    }
}

/// What a session says when it has paid, and the other way round.
fn check_told(practice: &Practice, settings: &Settings) {
    for session in practice.dojo_sessions() {
        match session.status {
            "Captured" | "Authorized" => assert!(session.has_paid || session.is_open),
            "Declined" | "Canceled" => assert!(!session.has_paid, "{session:?}"),
            "Expired" => {
                let may_have = settings.dojo_unconfirmed != DojoUnconfirmed::NotCharged;
                assert!(!session.has_paid || may_have, "{session:?}");
            }
            _ => {}
        }
    }
}

fn money(minor: i64) -> Value {
    json!({"value": minor, "currencyCode": "GBP"})
}

fn create_body(minor: i64, is_manual: bool) -> Value {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body["amount"] = money(minor);
    if is_manual {
        let action = if minor % 2 == 0 { "Release" } else { "Capture" };
        body["captureMode"] = json!("Manual");
        body["autoExpireIn"] = json!("00:01:00");
        body["autoExpireAction"] = json!(action);
    }
    body
}

type Sent = (&'static str, String, Value);

/// What a move sends; nothing where it sends nothing, or what it names is not there.
fn sent(bench: &Bench, one: &Move) -> Option<Sent> {
    let intents = bench.practice.dojo_intents();
    let sessions = bench.practice.dojo_sessions();
    let intent = |nth: usize| Some(intents.iter().rev().nth(nth)?.wire_id.clone());
    let session = |nth: usize| Some(sessions.iter().rev().nth(nth)?.wire_id.clone());
    let start = |tid: usize, details: Value| {
        let body = json!({"terminalId": machine(bench, TIDS[tid]), "details": details});
        ("POST", SESSIONS.to_owned(), body)
    };
    let post = |nth: usize, what: &str, body: Value| {
        Some(("POST", format!("{INTENTS}/{}/{what}", intent(nth)?), body))
    };
    let put = |nth: usize, what: &str, body: Value| {
        Some(("PUT", format!("{SESSIONS}/{}/{what}", session(nth)?), body))
    };
    match *one {
        Move::Create { minor, is_manual } => {
            Some(("POST", INTENTS.to_owned(), create_body(minor, is_manual)))
        }
        Move::Start { intent: nth, tid } => {
            let sale = json!({"paymentIntentId": intent(nth)?});
            Some(start(tid, json!({"sessionType": "Sale", "sale": sale})))
        }
        Move::GiveBack {
            intent: nth,
            tid,
            minor,
        } => {
            let refund = json!({"paymentIntentId": intent(nth)?, "amount": money(minor)});
            let details = json!({"sessionType": "MatchedRefund", "matchedRefund": refund});
            Some(start(tid, details))
        }
        Move::CancelSession { session } => put(session, "cancel", json!({})),
        Move::Sign { session, accepted } => {
            put(session, "signature", json!({"accepted": accepted}))
        }
        Move::CancelIntent { intent: nth } => {
            Some(("DELETE", format!("{INTENTS}/{}", intent(nth)?), json!({})))
        }
        Move::Capture { intent, minor } => post(intent, "captures", json!({"amount": minor})),
        Move::Refund { intent, minor } => post(intent, "refunds", json!({"amount": minor})),
        Move::Reverse { intent } => post(intent, "reversal", json!({})),
        Move::Press { .. } | Move::Wait { .. } | Move::SaveAndLoad => None,
    }
}

fn press(practice: &Practice, tid: &str, press: Press) {
    let mut machines = practice.dojo_terminals().into_iter();
    let view = machines.find(|one| one.tid == tid).unwrap().panel;
    let is_allowed = view.allowed.contains(&press);
    assert_eq!(practice.press(tid, press).is_ok(), is_allowed, "{press:?}");
}

async fn play(bench: &Bench, one: &Move) {
    let practice = &bench.practice;
    match one {
        Move::Press { bar, press: nth } => {
            press(practice, TIDS[usize::from(*bar)], Press::ALL[*nth]);
        }
        Move::Wait { ms } => bench.advance(*ms),
        Move::SaveAndLoad => {
            let text = practice.with(|world, _| serde_json::to_string(world).unwrap());
            let read: practice::World = serde_json::from_str(&text).unwrap();
            practice.with(|world, _| assert_eq!(*world, read));
        }
        Move::Create { .. }
        | Move::Start { .. }
        | Move::GiveBack { .. }
        | Move::CancelSession { .. }
        | Move::Sign { .. }
        | Move::CancelIntent { .. }
        | Move::Capture { .. }
        | Move::Refund { .. }
        | Move::Reverse { .. } => {}
    }
    if let Some((method, path, body)) = sent(bench, one) {
        let mut request = asked(method, &path, &body.to_string());
        let key = format!("key-{}", practice.requests().len());
        let headers = request.headers_mut();
        headers.insert("idempotencykey", key.parse().unwrap());
        let answer = bench.send(request).await;
        assert!(answer.status.as_u16() < 500, "{}", answer.text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_the_books_of_dojo(
        chosen in settings(),
        story in prop::collection::vec(moves(), 1..50),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bench = Bench::with(|settings| *settings = chosen.clone());
        let mut watch = Watch::default();
        runtime.block_on(async {
            for one in &story {
                play(&bench, one).await;
                watch.look(&bench.practice);
                check_told(&bench.practice, &chosen);
            }
        });
        // Left alone, every session and every hold comes to its end.
        bench.advance(10 * 60 * 1000);
        watch.look(&bench.practice);
        check_told(&bench.practice, &chosen);
        for session in bench.practice.dojo_sessions() {
            prop_assert!(!session.is_open);
        }
        let due_ms = bench.practice.with(|world, _| world.next_due_ms());
        prop_assert_eq!(due_ms, None);
    }
}
