//! Whatever is asked in whatever order: what was charged is what the objects say.

use std::collections::BTreeMap;

use practice::{
    LeanRailsAction, LeanRailsCancellable, LeanRailsRefundDefault, LeanRailsStatus, Race, Settings,
};
use proptest::prelude::*;
use serde_json::json;

use super::{Till, body};
use crate::support::Bench;

#[derive(Debug, Clone)]
enum Move {
    Create { manual: bool },
    Confirm { nth: usize, method: usize },
    Capture { nth: usize, minor: Option<i64> },
    Cancel { nth: usize },
    Refund { nth: usize, minor: Option<i64> },
    Repeat,
    Wait { ms: u64 },
    SaveAndLoad,
}

const METHODS: [&str; 5] = [
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_declined",
    "pm_card_3ds_required",
    "pm_unknown",
];

fn moves() -> impl Strategy<Value = Move> {
    let minor = || prop::option::of(0_i64..2500);
    prop_oneof![
        3 => any::<bool>().prop_map(|manual| Move::Create { manual }),
        6 => (0_usize..6, 0..METHODS.len()).prop_map(|(nth, method)| Move::Confirm { nth, method }),
        3 => (0_usize..6, minor()).prop_map(|(nth, minor)| Move::Capture { nth, minor }),
        3 => (0_usize..6).prop_map(|nth| Move::Cancel { nth }),
        4 => (0_usize..6, minor()).prop_map(|(nth, minor)| Move::Refund { nth, minor }),
        3 => Just(Move::Repeat),
        4 => prop_oneof![0_u64..10, 100_u64..4000, 4000_u64..90_000_000]
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
    let actions = vec![
        LeanRailsAction::Stays,
        LeanRailsAction::Passes,
        LeanRailsAction::Fails,
    ];
    let cancellables = vec![
        LeanRailsCancellable::NonFinal,
        LeanRailsCancellable::NotProcessing,
        LeanRailsCancellable::BeforeTheBank,
    ];
    let defaults = vec![LeanRailsRefundDefault::Rest, LeanRailsRefundDefault::Whole];
    let span = || prop::sample::select(vec![0_u64, 1500]);
    (
        prop::sample::select(races),
        prop::sample::select(actions),
        prop::sample::select(cancellables),
        prop::sample::select(defaults),
        (span(), span(), span(), span(), span()),
        any::<bool>(),
    )
        .prop_map(
            |(race, action, cancellable, refund_default, spans, succeed)| {
                let mut settings = Settings {
                    race,
                    ..Settings::default()
                };
                let lean_rails = &mut settings.lean_rails;
                lean_rails.action = action;
                lean_rails.cancellable = cancellable;
                lean_rails.refund_default = refund_default;
                lean_rails.refunds_succeed = succeed;
                lean_rails.processing_ms = spans.0;
                lean_rails.refund_pending_ms = spans.1;
                lean_rails.open_lifetime_ms = spans.2 * 10;
                lean_rails.hold_lifetime_ms = spans.3 * 10;
                lean_rails.in_progress_ms = spans.4;
                settings
            },
        )
}

/// The last post: its key, path and body, and what it was answered.
type Last = Option<(String, String, serde_json::Value)>;

struct Story {
    till: Till,
    ids: Vec<String>,
    last: Last,
    /// How much was charged for each intent, once it was.
    charged: BTreeMap<String, i64>,
}

impl Story {
    fn id(&self, nth: usize) -> Option<&String> {
        let index = nth.checked_rem(self.ids.len())?;
        self.ids.get(index)
    }

    async fn post(&mut self, number: usize, path: String, body: serde_json::Value) {
        let key = format!("move-{number}");
        let answer = self.till.post_with(&key, &path, &body).await;
        if path == "/payment_intents" && answer.status.is_success() {
            self.ids.push(answer.id());
        }
        self.last = Some((key, path, body));
    }

    async fn play(&mut self, number: usize, one: &Move) {
        match one {
            Move::Create { manual } => {
                let mut body = body(&format!("order-{number}"));
                body["capture_method"] = json!(if *manual { "manual" } else { "automatic" });
                self.post(number, "/payment_intents".to_owned(), body).await;
            }
            Move::Confirm { nth, method } => {
                let Some(id) = self.id(*nth) else { return };
                let path = format!("/payment_intents/{id}/confirm");
                let body = json!({"payment_method": METHODS[*method]});
                self.post(number, path, body).await;
            }
            Move::Capture { nth, minor } => {
                let Some(id) = self.id(*nth) else { return };
                let path = format!("/payment_intents/{id}/capture");
                self.post(number, path, json!({"amount": minor})).await;
            }
            Move::Cancel { nth } => {
                let Some(id) = self.id(*nth) else { return };
                let path = format!("/payment_intents/{id}/cancel");
                self.post(number, path, json!({})).await;
            }
            Move::Refund { nth, minor } => {
                let Some(id) = self.id(*nth) else { return };
                let body = json!({"payment_intent": id, "amount": minor});
                self.post(number, "/refunds".to_owned(), body).await;
            }
            Move::Repeat => self.repeat().await,
            Move::Wait { ms } => self.till.bench.advance(*ms),
            Move::SaveAndLoad => self.save_and_load(),
        }
    }

    /// The same request with the same key does nothing again.
    async fn repeat(&mut self) {
        let Some((key, path, body)) = self.last.take() else {
            return;
        };
        let before = self.world_of_money();
        self.till.post_with(&key, &path, &body).await;
        assert_eq!(self.world_of_money(), before, "{path} {body}");
    }

    fn world_of_money(&self) -> (usize, Vec<i64>, Vec<i64>) {
        let made = self.till.made().len();
        (made, self.till.charged(), self.till.repaid())
    }

    fn save_and_load(&self) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("practice.json");
        let practice = &self.till.bench.practice;
        practice.save(&path).unwrap();
        let now_ms = practice.with(|world, _| world.now_ms());
        let clock: practice::Clock = std::sync::Arc::new(move || now_ms);
        let same = practice::Practice::load(&path, clock).unwrap();
        let world = |one: &practice::Practice| one.with(|world, _| world.clone());
        assert_eq!(world(&same), world(practice));
    }

    /// The truth about money, which must not be unsaid.
    fn watch(&mut self) {
        let practice = &self.till.bench.practice;
        practice.check().unwrap();
        for view in practice.lean_rails_intents() {
            let id = view.wire_id.clone();
            if let Some(minor) = self.charged.get(&id) {
                assert_eq!(view.status, LeanRailsStatus::Succeeded, "{id}");
                assert_eq!(view.received.minor(), *minor, "{id}");
            } else if view.status == LeanRailsStatus::Succeeded {
                assert!(view.received.minor() <= view.amount.minor(), "{id}");
                self.charged.insert(id, view.received.minor());
            }
        }
        let taken: i64 = self.charged.values().sum();
        assert_eq!(self.till.charged().iter().sum::<i64>(), taken);
        assert!(self.till.repaid().iter().sum::<i64>() <= taken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn money_moves_only_as_the_objects_say(
        settings in settings(),
        moves in prop::collection::vec(moves(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bench = Bench::with(|all| *all = settings);
        let mut story = Story {
            till: Till::of(bench),
            ids: Vec::new(),
            last: None,
            charged: BTreeMap::new(),
        };
        runtime.block_on(async {
            for (number, one) in moves.iter().enumerate() {
                story.play(number, one).await;
                story.watch();
            }
        });
    }
}
