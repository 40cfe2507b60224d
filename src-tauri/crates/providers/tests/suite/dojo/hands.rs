//! The practice store, its machines and what is asked of its payments.

use money::{Currency, Money};
use payment::{
    Act, Charge, Failure, IdempotencyKey, IntentId, Prompt, RefundRoute, SaleTerms, Seen, Standing,
    System, TerminalCode, Way,
};
use practice::Settings;

use crate::store::Store;

pub(super) const MINUTE_MS: u64 = 60_000;
pub(super) const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

pub(super) fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp).expect("an amount")
}

pub(super) async fn open(change: impl FnOnce(&mut Settings)) -> Store {
    Store::with(System::Dojo, change).await
}

/// The id of the machine whose TID ends like this.
pub(super) fn machine(store: &Store, end: &str) -> String {
    let mut machines = store.practice.dojo_terminals().into_iter();
    let found = machines.find(|machine| machine.tid.ends_with(end));
    found.expect("a machine").id
}

pub(super) fn on(store: &Store, end: &str, terms: SaleTerms) -> Charge {
    let code = TerminalCode::new(&machine(store, end)).expect("a code");
    Charge {
        way: Way::Terminal { code, terms },
        ..store.charge("R-1")
    }
}

/// A payment on a machine that has a customer of its own, when that customer is done.
pub(super) async fn played(store: &Store, end: &str) -> (Charge, IntentId) {
    let charge = on(store, end, SaleTerms::PLAIN);
    let created = store.line.create(&charge).await.expect("a payment");
    store.pass(30_000);
    (charge, created.intent.expect("a name"))
}

pub(super) async fn act(
    store: &Store,
    charge: &Charge,
    intent: &IntentId,
    act: Act,
) -> Result<(), Failure> {
    let number = store.practice.requests().len();
    let key = IdempotencyKey::new(&format!("key-{number}")).expect("a key");
    let answer = store.line.act(charge, intent, &act, &key).await;
    answer.map(|_| ())
}

pub(super) fn stands(seen: &Seen) -> (Standing, Option<Prompt>) {
    (seen.standing, seen.prompt)
}

pub(super) fn needs(prompt: Prompt) -> (Standing, Option<Prompt>) {
    (Standing::NeedsCashier, Some(prompt))
}

pub(super) fn refund(minor: i64, route: RefundRoute) -> Act {
    Act::Refund {
        amount: gbp(minor),
        route,
    }
}
