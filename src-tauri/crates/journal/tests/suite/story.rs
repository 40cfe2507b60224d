//! Facts to write: payments like those of a shop's day.

use journal::{Fact, Journal};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, IntentId, OrderRef, PaymentId, Seen,
    Standing, TerminalCode, Way,
};
use uuid::Uuid;

/// A Tuesday morning.
pub(crate) const MORNING_MS: i64 = 1_774_000_000_000;

pub(crate) fn id(number: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn order(text: &str) -> OrderRef {
    OrderRef::new(text).unwrap()
}

pub(crate) fn requested(payment: PaymentId, order: &OrderRef, attempt: Attempt) -> Fact {
    Fact::Payment {
        id: payment,
        event: Event::Requested {
            payment,
            order: order.clone(),
            amount: Money::new(35_050, Currency::Mxn).unwrap(),
            account: AccountId::new("practice").unwrap(),
            way: Way::on_terminal(TerminalCode::new("PRACTICE-1").unwrap()),
            attempt,
            key: IdempotencyKey::of(order, attempt),
            by: Actor::Cashier {
                name: "Ana R.".into(),
            },
        },
    }
}

pub(crate) fn fact(payment: PaymentId, event: Event) -> Fact {
    Fact::Payment { id: payment, event }
}

pub(crate) fn seen(standing: Standing) -> Seen {
    Seen {
        standing,
        prompt: None,
        page: None,
        raw: format!("{standing:?}"),
        amount: Some(Money::new(35_050, Currency::Mxn).unwrap()),
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

pub(crate) fn answered(payment: PaymentId) -> Fact {
    let intent = IntentId::new(&format!("pi-{payment}")).unwrap();
    let seen = seen(Standing::Waiting);
    fact(payment, Event::Answered { intent, seen })
}

pub(crate) fn read(payment: PaymentId, standing: Standing) -> Fact {
    let seen = seen(standing);
    fact(payment, Event::Read { seen })
}

/// A payment from the request to its end, each fact written as the till writes it.
pub(crate) async fn sale(journal: &Journal, number: u128, order: &OrderRef, end: Standing) {
    let payment = id(number);
    let steps = [
        requested(payment, order, Attempt::FIRST),
        fact(payment, Event::Dispatched),
        answered(payment),
        read(payment, end),
    ];
    for (step, at_ms) in steps.into_iter().zip(MORNING_MS..) {
        journal.append(at_ms, vec![step]).await.unwrap();
    }
}

/// A journal of `sales` payments that were paid, under the orders and so on, written in
/// one commit.
pub(crate) async fn sold(journal: &Journal, sales: u128) {
    let facts = (0..sales).flat_map(|number| {
        let request = requested(id(number), &order(&format!("R-{number}")), Attempt::FIRST);
        let payment = id(number);
        [request, answered(payment), read(payment, Standing::Paid)]
    });
    journal.append(MORNING_MS, facts.collect()).await.unwrap();
}
