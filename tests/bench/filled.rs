//! The history of a shop of a year and a half: the same at every run. For the benchmarks and for the window's
//! own story about a long one.

use journal::{Fact, Journal};
use money::{Currency, Money};
use payment::{
    AccountId, Actor, Attempt, Event, IdempotencyKey, IntentId, OrderRef, PaymentId, Seen,
    Standing, TerminalCode, Way,
};

/// Payments of one call while it is made.
const AT_ONCE: u32 = 2_000;

const DAY_MS: i64 = 24 * 3_600_000;

/// The name of a payment.
fn id(number: u32) -> PaymentId {
    PaymentId::from_uuid(uuid::Uuid::from_u128(u128::from(number)))
}

/// What it is for.
pub(crate) fn order(number: u32) -> String {
    format!("R-{}", 20_000_000 + number)
}

fn seen(standing: Standing, amount: Money) -> Seen {
    Seen {
        standing,
        prompt: None,
        page: None,
        raw: format!("{standing:?}"),
        amount: Some(amount),
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

/// A payment that was paid; of the last five hundred some are open.
fn sale(number: u32, last: u32) -> Vec<Fact> {
    let (payment, name) = (id(number), order(number));
    let order = OrderRef::new(&name).expect("an order");
    // Spread as a shop's are, and the same at every run.
    let mixed = number.wrapping_mul(2_654_435_761);
    let amount = Money::new(i64::from(mixed % 90_000) + 500, Currency::Mxn).expect("an amount");
    let asked = Event::Requested {
        payment,
        key: IdempotencyKey::of(&order, Attempt::FIRST),
        order,
        amount,
        account: AccountId::new("roma").expect("an account"),
        way: Way::on_terminal(TerminalCode::new(&format!("T-{}", mixed % 7)).expect("a code")),
        attempt: Attempt::FIRST,
        by: Actor::Cashier {
            name: ["Ana R.", "Luis M.", "Eva P."][usize::try_from(mixed % 3).expect("small")]
                .to_owned(),
        },
    };
    let answered = Event::Answered {
        intent: IntentId::new(&format!("{:08x}-{mixed:08x}", number)).expect("a name"),
        seen: seen(Standing::Waiting, amount),
    };
    let mut events = vec![asked, answered];
    if number + 500 < last || !number.is_multiple_of(25) {
        events.push(Event::Read {
            seen: seen(Standing::Paid, amount),
        });
    }
    let fact = |event| Fact::Payment { id: payment, event };
    events.into_iter().map(fact).collect()
}

/// Fills an empty journal with so many sales of the last year and a half.
pub(crate) fn fill(journal: &Journal, payments: u32, now_ms: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("it");
    let began_ms = now_ms - 550 * DAY_MS;
    for first in (0..payments).step_by(usize::try_from(AT_ONCE).expect("small")) {
        let numbers = first..payments.min(first + AT_ONCE);
        let facts = numbers.flat_map(|number| sale(number, payments)).collect();
        let at_ms = began_ms + i64::from(first) * 550 * DAY_MS / i64::from(payments);
        runtime
            .block_on(journal.append(at_ms, facts))
            .expect("appended");
    }
}
