use std::collections::BTreeMap;

use money::{Currency, Money};
use practice::{
    CreateRefused, CustomerMode, DeclineShape, IntentId, NewIntent, Press, Race, Script, Settings,
    Status, World,
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Move {
    Create {
        reference: u8,
        terminal: Option<usize>,
        minor: i64,
    },
    Cancel {
        nth: usize,
    },
    Read {
        nth: usize,
    },
    Press {
        terminal: usize,
        press: usize,
    },
    Wait {
        ms: u64,
    },
    TurnBack {
        ms: u64,
    },
    SaveAndLoad,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0_u8..12, prop::option::of(0_usize..12), 1_i64..2000).prop_map(
            |(reference, terminal, minor)| Move::Create { reference, terminal, minor }
        ),
        3 => (0_usize..12).prop_map(|nth| Move::Cancel { nth }),
        1 => (0_usize..12).prop_map(|nth| Move::Read { nth }),
        6 => (0_usize..2, 0..Press::ALL.len()).prop_map(
            |(terminal, press)| Move::Press { terminal, press }
        ),
        4 => prop_oneof![0_u64..10, 100_u64..5000, 5000_u64..400_000]
            .prop_map(|ms| Move::Wait { ms }),
        1 => (0_u64..10_000).prop_map(|ms| Move::TurnBack { ms }),
        1 => Just(Move::SaveAndLoad),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let declines = [
        DeclineShape::PendingWithSummary,
        DeclineShape::CancelledWithSummary,
        DeclineShape::PendingSilent,
    ];
    let races = [
        Race::CancelWins,
        Race::ApprovalWins,
        Race::ApprovalAfterCancel,
    ];
    let customers = [CustomerMode::Panel, CustomerMode::Auto];
    (
        prop::sample::select(declines.to_vec()),
        prop::sample::select(races.to_vec()),
        prop::sample::select(customers.to_vec()),
        any::<bool>(),
        prop::sample::select(vec![0_u64, 1200]),
        prop::sample::select(vec![0_u64, 3000]),
    )
        .prop_map(
            |(decline, race, customer, outlives, tap_ms, outcome_shown_ms)| Settings {
                decline,
                race,
                customer,
                reading_outlives_expiry: outlives,
                tap_ms,
                outcome_shown_ms,
                ..Settings::default()
            },
        )
}

fn codes() -> Vec<String> {
    let scripted = Script::ALL.map(|script| format!("PRACTICE{}", script.suffix()));
    let manual = ["PRACTICE-1".to_owned(), "PRACTICE-2".to_owned()];
    manual.into_iter().chain(scripted).collect()
}

/// Watches a world from outside: what it has once said must not be unsaid.
#[derive(Default)]
struct Watch {
    statuses: BTreeMap<IntentId, Status>,
    references: BTreeMap<String, IntentId>,
    charges: usize,
}

impl Watch {
    fn look(&mut self, world: &mut World, race: Race) {
        world.check().unwrap();
        let ledger = world.ledger(0);
        assert!(ledger.len() >= self.charges, "a charge has vanished");
        self.charges = ledger.len();
        let mut confirmed = 0;
        for intent in world.intents(0) {
            confirmed += usize::from(intent.status == Status::Confirmed);
            let charges = ledger
                .iter()
                .filter(|charge| charge.intent_id == intent.id)
                .count();
            assert_eq!(charges, usize::from(intent.status == Status::Confirmed));
            let owner = self
                .references
                .entry(intent.external_id.clone())
                .or_insert(intent.id);
            assert_eq!(*owner, intent.id, "one reference, two intents");
            if let Some(before) = self.statuses.insert(intent.id, intent.status) {
                let is_allowed = match (before, intent.status) {
                    (Status::Pending, _) => true,
                    (Status::Cancelled, Status::Confirmed) => race == Race::ApprovalAfterCancel,
                    (before, after) => before == after,
                };
                assert!(is_allowed, "{before:?} became {:?}", intent.status);
            }
        }
        assert_eq!(confirmed, ledger.len());
        for charge in ledger {
            assert_ne!(charge.terminal, "PRACTICE-OFFLINE");
        }
    }

    fn nth(&self, nth: usize) -> Option<IntentId> {
        self.statuses.keys().nth(nth).copied()
    }
}

fn play(world: &mut World, now_ms: &mut u64, watch: &Watch, one: &Move) {
    let codes = codes();
    match one {
        Move::Create {
            reference,
            terminal,
            minor,
        } => {
            let external_id = format!("order-{reference}");
            let known = watch.references.get(&external_id);
            let asked = NewIntent {
                external_id,
                amount: Money::new(*minor, Currency::Mxn).unwrap(),
                terminal: terminal.map(|index| codes[index].clone()),
            };
            let created = world.create(*now_ms, asked);
            match known {
                Some(known) => assert_eq!(created, Err(CreateRefused::Duplicate(*known))),
                None => assert!(created.is_ok()),
            }
        }
        Move::Cancel { nth } => {
            if let Some(id) = watch.nth(*nth) {
                let accepted = world.cancel(*now_ms, id).is_ok();
                let after = world.read(*now_ms, id).unwrap().status;
                assert_ne!(after, Status::Pending);
                // With nothing between them, an accepted cancel reads as cancelled, except where a
                // card that takes no time is allowed to overtake it.
                let overtakes = world.settings().race == Race::ApprovalAfterCancel;
                assert!(!accepted || after == Status::Cancelled || overtakes);
            }
        }
        Move::Read { nth } => {
            if let Some(id) = watch.nth(*nth) {
                assert!(world.read(*now_ms, id).is_some());
            }
        }
        Move::Press { terminal, press } => {
            let (code, press) = (&codes[*terminal], Press::ALL[*press]);
            let views = world.terminals(*now_ms);
            let allowed = views[*terminal].allowed.contains(&press);
            assert_eq!(world.press(*now_ms, code, press).is_ok(), allowed);
        }
        Move::Wait { ms } => *now_ms += ms,
        Move::TurnBack { ms } => {
            let before = world.now_ms();
            world.settle(now_ms.saturating_sub(*ms));
            assert_eq!(world.now_ms(), before, "time went back");
        }
        Move::SaveAndLoad => {
            let text = serde_json::to_string(world).unwrap();
            let read: World = serde_json::from_str(&text).unwrap();
            assert_eq!(read, *world);
            *world = read;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_the_books(
        settings in settings(),
        story in prop::collection::vec(moves(), 1..60),
    ) {
        let race = settings.race;
        let mut world = World::new(1);
        world.set_settings(0, settings);
        let (mut now_ms, mut watch) = (0, Watch::default());
        for one in &story {
            play(&mut world, &mut now_ms, &watch, one);
            world.settle(now_ms);
            watch.look(&mut world, race);
        }
        // Left alone, every machine comes to rest, and what is open then has expired.
        world.settle(now_ms + 10 * 60 * 1000);
        watch.look(&mut world, race);
        prop_assert_eq!(world.next_due_ms(), None);
        for intent in world.intents(0) {
            prop_assert!(intent.status != Status::Pending || intent.expired);
        }
    }

    #[test]
    fn it_makes_no_difference_how_often_anybody_looks(
        script in 0..Script::ALL.len(),
        looks in prop::collection::vec(1_u64..20_000, 0..40),
    ) {
        let code = format!("PRACTICE{}", Script::ALL[script].suffix());
        let asked = NewIntent {
            external_id: "order-1".to_owned(),
            amount: Money::new(100, Currency::Mxn).unwrap(),
            terminal: Some(code),
        };
        let end_ms = 20_000 * 40;
        let mut watched = World::new(1);
        watched.create(0, asked.clone()).unwrap();
        let mut now_ms = 0;
        for look in looks {
            now_ms += look;
            watched.settle(now_ms);
        }
        watched.settle(end_ms);
        let mut unwatched = World::new(1);
        unwatched.create(0, asked).unwrap();
        unwatched.settle(end_ms);
        prop_assert_eq!(watched, unwatched);
    }
}
