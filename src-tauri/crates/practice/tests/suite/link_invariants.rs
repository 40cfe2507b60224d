use std::collections::BTreeMap;

use http::StatusCode;
use practice::{
    CustomerMode, IntentId, LinkDecline, LinkDuplicate, LinkScript, LinkStatus, LinkView,
    One2PaysRepeat, One2PaysStart, PagePress, Race, Settings, System, World,
};
use proptest::prelude::*;

use crate::support::{Bench, PAYMENTS, link_request, payment_body};

#[derive(Debug, Clone)]
enum Move {
    CreateLink {
        reference: u8,
        minor: i64,
    },
    CreatePayment {
        reference: u8,
        minor: i64,
        key: Option<u8>,
    },
    Cancel {
        nth: usize,
    },
    Read {
        nth: usize,
    },
    Press {
        nth: usize,
        press: usize,
    },
    Wait {
        ms: u64,
    },
    SaveAndLoad,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0_u8..8, 1_i64..250).prop_map(
            |(reference, minor)| Move::CreateLink { reference, minor }
        ),
        3 => (0_u8..8, 1_i64..250, prop::option::of(0_u8..8)).prop_map(
            |(reference, minor, key)| Move::CreatePayment { reference, minor, key }
        ),
        4 => (0_usize..10).prop_map(|nth| Move::Cancel { nth }),
        2 => (0_usize..10).prop_map(|nth| Move::Read { nth }),
        5 => (0_usize..10, 0_usize..3).prop_map(|(nth, press)| Move::Press { nth, press }),
        5 => prop_oneof![0_u64..10, 100_u64..3000, 3000_u64..4_000_000]
            .prop_map(|ms| Move::Wait { ms }),
        1 => Just(Move::SaveAndLoad),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let races = vec![
        Race::CancelWins,
        Race::ApprovalWins,
        Race::ApprovalAfterCancel,
    ];
    let duplicates = vec![
        LinkDuplicate::Accepted,
        LinkDuplicate::Replay,
        LinkDuplicate::Conflict,
    ];
    let repeats = vec![
        One2PaysRepeat::Replay,
        One2PaysRepeat::ReplayIfSame,
        One2PaysRepeat::Conflict,
    ];
    let starts = vec![
        One2PaysStart::RequiresPaymentMethod,
        One2PaysStart::Processing,
    ];
    (
        prop::sample::select(races),
        prop::sample::select(duplicates),
        prop::sample::select(repeats),
        prop::sample::select(starts),
        prop::sample::select(vec![CustomerMode::Panel, CustomerMode::Auto]),
        prop::sample::select(vec![LinkDecline::StaysPending, LinkDecline::Cancelled]),
        (any::<bool>(), prop::sample::select(vec![0_u64, 1500])),
        (
            prop::sample::select(vec![0_u64, 500]),
            prop::sample::select(vec![0_u64, 2000]),
        ),
    )
        .prop_map(
            |(race, link_duplicate, repeat, start, customer, link_decline, outlives, times)| {
                Settings {
                    race,
                    link_duplicate,
                    one2pays_repeat: repeat,
                    one2pays_start: start,
                    customer,
                    link_decline,
                    reading_outlives_expiry: outlives.0,
                    one2pays_capture_after_ms: outlives.1,
                    one2pays_action_after_ms: times.0,
                    link_paying_ms: times.1,
                    one2pays_processing_ms: times.1,
                    ..Settings::default()
                }
            },
        )
}

/// Whether a cancelled link may be charged afterwards.
fn overtakes(link: &LinkView, settings: &Settings) -> bool {
    let has_customer = settings.customer == CustomerMode::Auto;
    let script = LinkScript::of_amount(link.amount);
    settings.race == Race::ApprovalAfterCancel
        || (has_customer && script == LinkScript::PayDespiteCancel)
}

/// Watches a store from outside: what it has once said must not be unsaid.
#[derive(Default)]
struct Watch {
    seen: BTreeMap<IntentId, LinkView>,
    order: Vec<IntentId>,
    charges: usize,
}

impl Watch {
    fn look(&mut self, bench: &Bench, settings: &Settings) {
        bench.practice.check().unwrap();
        let ledger = bench.practice.ledger();
        assert!(ledger.len() >= self.charges, "a charge has vanished");
        self.charges = ledger.len();
        let links = bench.practice.links();
        self.order = links.iter().map(|link| link.id).collect();
        for link in links {
            let mine = ledger.iter().filter(|charge| charge.intent_id == link.id);
            let amounts: Vec<_> = mine.map(|charge| charge.amount).collect();
            if link.status == LinkStatus::Paid {
                assert_eq!(amounts, [link.amount]);
            } else {
                assert!(amounts.is_empty(), "charged and {:?}", link.status);
            }
            let Some(before) = self.seen.insert(link.id, link.clone()) else {
                continue;
            };
            assert_eq!(
                (before.amount, &before.reference),
                (link.amount, &link.reference)
            );
            let is_allowed = match (before.status, link.status) {
                (LinkStatus::Open, _) => true,
                (LinkStatus::Cancelled, LinkStatus::Paid) => overtakes(&link, settings),
                (before, after) => before == after,
            };
            assert!(is_allowed, "{:?} became {:?}", before.status, link.status);
        }
    }

    fn nth(&self, nth: usize) -> Option<&LinkView> {
        let id = self.order.get(nth)?;
        self.seen.get(id)
    }
}

async fn cancel(bench: &Bench, link: &LinkView, settings: &Settings) {
    let id = link.id.to_string();
    let before = bench
        .practice
        .links()
        .into_iter()
        .find(|one| one.id == link.id)
        .unwrap();
    let answer = match link.system {
        System::One2Pays => bench.cancel_payment(&id).await,
        System::CompagoLink => bench.cancel_link(&id).await,
        System::CompagoIntent | System::LeanRails | System::Dojo => {
            unreachable!("no intent is made here")
        }
    };
    let after = bench
        .practice
        .links()
        .into_iter()
        .find(|one| one.id == link.id)
        .unwrap();
    if answer.status == StatusCode::OK {
        assert_eq!(before.status, LinkStatus::Open);
        let is_cancelled = after.status == LinkStatus::Cancelled;
        assert!(
            is_cancelled || overtakes(link, settings),
            "{:?}",
            after.status
        );
    } else {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(
            before.expired || after.status != LinkStatus::Open,
            "{after:?}"
        );
    }
}

async fn read(bench: &Bench, link: &LinkView) {
    let id = link.id.to_string();
    let truth = bench
        .practice
        .links()
        .into_iter()
        .find(|one| one.id == link.id)
        .unwrap();
    if link.system == System::One2Pays {
        assert_eq!(bench.payment_status(&id).await, truth.word);
    } else {
        let object = bench.read_link(&id).await.json();
        assert_eq!(object["status"], truth.word);
        assert_eq!(object["expired"], truth.expired);
    }
}

async fn play(bench: &Bench, watch: &Watch, settings: &Settings, one: &Move) {
    match one {
        Move::CreateLink { reference, minor } => {
            let amount = format!("{}.{:02}", minor / 100, minor % 100);
            let request = link_request(&format!("order-{reference}"), &amount);
            let answer = bench.send(request).await;
            assert!(
                [201, 409].contains(&answer.status.as_u16()),
                "{}",
                answer.text
            );
        }
        Move::CreatePayment {
            reference,
            minor,
            key,
        } => {
            let amount = format!("{}.{:02}", minor / 100, minor % 100);
            let mut body = payment_body(&format!("order-{reference}"), &amount);
            if let Some(key) = key {
                body = body.replacen('{', &format!(r#"{{"idempotencyKey":"key-{key}","#), 1);
            }
            let answer = bench.signed("POST", PAYMENTS, &body).await;
            assert!(
                [201, 409].contains(&answer.status.as_u16()),
                "{}",
                answer.text
            );
        }
        Move::Cancel { nth } => {
            if let Some(link) = watch.nth(*nth) {
                cancel(bench, link, settings).await;
            }
        }
        Move::Read { nth } => {
            if let Some(link) = watch.nth(*nth) {
                read(bench, link).await;
            }
        }
        Move::Press { nth, press } => {
            if let Some(link) = watch.nth(*nth) {
                let press = PagePress::ALL[*press];
                let pages = bench.practice.pages();
                let page = pages.iter().find(|page| page.id == link.id).unwrap();
                let is_allowed = page.allowed.contains(&press);
                let pressed = bench.press_page(&link.id.to_string(), press);
                assert_eq!(pressed.is_ok(), is_allowed, "{pressed:?}");
            }
        }
        Move::Wait { ms } => bench.advance(*ms),
        Move::SaveAndLoad => bench.practice.with(|world, _| {
            let text = serde_json::to_string(world).unwrap();
            let read: World = serde_json::from_str(&text).unwrap();
            assert_eq!(read, *world);
            *world = read;
        }),
    }
}

async fn tell(settings: Settings, story: &[Move]) {
    let bench = Bench::with(|of_bench| *of_bench = settings.clone());
    let mut watch = Watch::default();
    for one in story {
        play(&bench, &watch, &settings, one).await;
        watch.look(&bench, &settings);
    }
    // Left alone, every page comes to rest, and what is open then has expired.
    bench.advance(4 * 86_400_000);
    watch.look(&bench, &settings);
    let due_ms = bench.practice.with(|world, _| world.next_due_ms());
    assert_eq!(due_ms, None);
    for link in bench.practice.links() {
        let is_open = link.status == LinkStatus::Open;
        assert!(!is_open || (link.expired && link.system == System::CompagoLink));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_the_books(
        settings in settings(),
        story in prop::collection::vec(moves(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(tell(settings, &story));
    }
}
