//! The protocol of two tills and one order, explored to its last state.
//!
//! The tills are the engine's own rules: [`next_step`] says what a driver does, [`learn`] which facts
//! an answer makes, [`payment::apply`] what they amount to, [`sending_after`] which key the order's
//! next sending has. Around them stand a provider, a network that loses, doubles and reorders, tills
//! that die, and customers. Every order of everything is gone through, so there is no clock: what
//! waits may happen at any moment. Three bounds of time stay, as they are what the design rests on:
//! a request arrives before its sender believes that nothing came of it (`outcome::ABSENCE`), a list
//! shows what was made by then, and money comes after a cancel at the latest before the last late
//! reading (`pace::read_again`).

mod rules;
mod shop;

use stateright::{Checker, HasDiscoveries, Model, Property};

use self::shop::{Limits, Shop, System};

/// Which mistake is made on purpose, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mistake {
    /// A till uses a key of its own for an order that another till may have charged.
    OwnKey,
    /// "Not found" is believed while a request may still arrive.
    HastyAbsence,
    /// What is over is not read again.
    NoLateReading,
    /// A restart forgets that it may have sent.
    ForgottenSending,
    /// A time-out is taken for "nothing happened".
    TimeOutIsNothing,
}

/// The protocol with its bounds.
#[derive(Debug, Clone, Copy)]
struct Protocol {
    system: System,
    limits: Limits,
    mistake: Option<Mistake>,
}

impl Model for Protocol {
    type State = Shop;
    type Action = shop::Deed;

    fn init_states(&self) -> Vec<Shop> {
        vec![Shop::open(self.system, self.limits, self.mistake)]
    }

    fn actions(&self, shop: &Shop, deeds: &mut Vec<shop::Deed>) {
        shop.possible(deeds);
    }

    fn next_state(&self, shop: &Shop, deed: shop::Deed) -> Option<Shop> {
        let after = shop.after(&deed)?;
        (after != *shop).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("an order is charged once", |_, shop: &Shop| {
                shop.charges() <= 1 + shop.charged_anyway()
            }),
            Property::always("nothing is over that can be paid", |_, shop: &Shop| {
                shop.over_and_payable().is_none()
            }),
            Property::always(
                "no charge stays behind an end in silence",
                |_, shop: &Shop| shop.silent_charge().is_none(),
            ),
            Property::eventually("everything is known", |_, shop: &Shop| shop.is_known()),
            Property::sometimes("an order is paid", |_, shop: &Shop| shop.charges() == 1),
        ]
    }
}

/// How much goes wrong in an exploration: losses, doubles, crashes, stale readings, declined cards,
/// charges of what was withdrawn; and how often each till charges the order.
fn limits(of: [u8; 6], charges: usize) -> Limits {
    let [losses, doubles, crashes, stale, declines, charged_anyway] = of;
    Limits {
        losses,
        doubles,
        crashes,
        stale,
        declines,
        charged_anyway,
        charges,
    }
}

/// Goes through every state, or up to the first that breaks a rule, and says which rules broke.
fn explore(
    system: System,
    limits: Limits,
    mistake: Option<Mistake>,
) -> (usize, Vec<(&'static str, String)>) {
    let started = std::time::Instant::now();
    let protocol = Protocol {
        system,
        limits,
        mistake,
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut options = protocol.checker().threads(threads);
    if mistake.is_some() {
        options = options.finish_when(HasDiscoveries::AnyFailures);
    }
    let checker = options.spawn_bfs().join();
    let states = checker.unique_state_count();
    println!(
        "{system:?}, {limits:?}, {mistake:?}: {states} states, {} deep, in {:.1?}, {}",
        checker.max_depth(),
        started.elapsed(),
        checker.is_done()
    );
    let broken = checker
        .discoveries()
        .into_iter()
        .filter(|(name, _)| *name != "an order is paid")
        .map(|(name, path)| (name, format!("{:?}", path.into_actions())))
        .collect();
    (states, broken)
}

/// What is explored in every run: what goes wrong, how often each till charges, and how many states
/// there are at least, with unique references and with keys answered again. Fewer would mean that the
/// model lost a part of what can happen.
const EXPLORED: [([u8; 6], usize, [usize; 2]); 5] = [
    ([0, 0, 0, 0, 0, 0], 1, [2_181, 6_275]),
    ([1, 0, 0, 0, 0, 0], 1, [24_697, 94_215]),
    ([0, 1, 0, 0, 0, 0], 1, [16_509, 71_675]),
    ([0, 0, 1, 0, 0, 0], 1, [31_942, 126_114]),
    ([0, 0, 0, 0, 1, 1], 1, [7_379, 33_977]),
];

fn holds_everywhere(system: System) {
    let mut wrong = Vec::new();
    let mut all = 0;
    for (of, charges, [unique, repeated]) in EXPLORED {
        let at_least = match system {
            System::UniqueReference => unique,
            System::KeyRepeats => repeated,
        };
        let (states, broken) = explore(system, limits(of, charges), None);
        all += states;
        for (rule, path) in broken {
            println!("{of:?} breaks: {rule}: {path}");
            wrong.push(rule);
        }
        if states < at_least {
            println!("{of:?}: only {states} states");
            wrong.push("the number of states");
        }
    }
    println!("{system:?}: {all} states");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn two_tills_and_one_order_where_a_reference_is_used_once() {
    holds_everywhere(System::UniqueReference);
}

#[test]
fn two_tills_and_one_order_where_a_key_is_answered_again() {
    holds_everywhere(System::KeyRepeats);
}

/// A model that finds nothing proves nothing.
#[test]
fn every_planted_mistake_is_found() {
    let planted = [
        (Mistake::OwnKey, System::UniqueReference, [0; 6]),
        (
            Mistake::HastyAbsence,
            System::KeyRepeats,
            [0, 0, 1, 0, 0, 0],
        ),
        (
            Mistake::NoLateReading,
            System::UniqueReference,
            [0, 0, 0, 0, 0, 1],
        ),
        (
            Mistake::ForgottenSending,
            System::KeyRepeats,
            [0, 0, 1, 0, 0, 0],
        ),
        (
            Mistake::TimeOutIsNothing,
            System::UniqueReference,
            [1, 0, 0, 0, 0, 0],
        ),
    ];
    for (mistake, system, of) in planted {
        let (_, broken) = explore(system, limits(of, 1), Some(mistake));
        assert!(!broken.is_empty(), "{mistake:?} is not found");
    }
}
