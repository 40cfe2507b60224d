//! Records of the journal: lines of JSON as its rows have them, one fact a line. A line whose first
//! character is `s` is about the shop, any other about a payment; the character itself is left out.

use journal::{Fact, Journal};
use payment::state::Class;
use payment::{Event, Payment, PaymentId, Shop, ShopEvent, apply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::recorded;
use super::runtime;

/// The most records of one input that are looked at.
const LINES_MAX: usize = 40;

/// What a record is read and written with: the journal's own, or a wrong one.
pub type Rewrite = fn(Fact) -> Fact;

/// Feeds the decoder, the fold and a journal.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, |fact| fact);
}

/// The same with something between a fact and its row that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], rewrite: Rewrite) {
    let lines = bytes.split(|byte| *byte == b'\n').take(LINES_MAX);
    let facts: Vec<Fact> = lines.filter_map(decoded).collect();
    if facts.is_empty() {
        return;
    }
    let journal = Journal::in_memory().expect("memory");
    let mut books = Books::default();
    for fact in facts {
        let kept = runtime().block_on(journal.append(1, vec![rewrite(fact.clone())]));
        if kept.is_ok() {
            books.take_in(&fact);
        }
    }
    books.assert_is(&journal);
}

/// The payment that every record is about.
fn id() -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0007))
}

fn decoded(line: &[u8]) -> Option<Fact> {
    let (kind, body) = line.split_first()?;
    let body = std::str::from_utf8(body).ok()?;
    if *kind == b's' {
        let event: ShopEvent = serde_json::from_str(body).ok()?;
        assert_same(&event);
        return Some(Fact::Shop(event));
    }
    let event: Event = serde_json::from_str(body).ok()?;
    assert_same(&event);
    let fact = Fact::Payment { id: id(), event };
    assert_same(&fact);
    Some(fact)
}

/// What was decoded is what its encoding decodes to.
fn assert_same<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(thing: &T) {
    let text = serde_json::to_string(thing).expect("what was read can be written");
    let again: T = serde_json::from_str(&text).expect("and read again");
    assert_eq!(&again, thing, "{text}");
}

/// What the facts that were taken amount to.
#[derive(Default)]
struct Books {
    facts: Vec<Fact>,
    payment: Option<Payment>,
    shop: Shop,
}

impl Books {
    fn take_in(&mut self, fact: &Fact) {
        match fact {
            Fact::Payment { event, .. } => {
                let after = apply(self.payment.as_ref(), event).expect("a fact that was taken");
                let was_paid = self.payment.as_ref().map(|before| before.state.class());
                assert!(
                    was_paid != Some(Class::Paid) || after.state.class() == Class::Paid,
                    "paid, and then {:?} by {event:?}",
                    after.state
                );
                assert_same(&after);
                self.payment = Some(after);
            }
            Fact::Shop(event) => self.shop.apply(event),
        }
        self.facts.push(fact.clone());
    }

    /// The journal has these facts, unchanged, and says of itself that nothing is wrong.
    fn assert_is(&self, journal: &Journal) {
        let verified = journal.verify();
        let verified = verified.expect("what was taken verifies");
        assert_eq!(
            verified.entries,
            u64::try_from(self.facts.len()).unwrap_or(0)
        );
        assert_eq!(journal.payment(id()).expect("it is read"), self.payment);
        assert_eq!(journal.shop().expect("it is read"), self.shop);
        let of_payment = journal.timeline(id()).expect("it is read");
        let of_shop = journal.shop_story().expect("it is read");
        let kept = of_payment
            .into_iter()
            .chain(of_shop)
            .map(|entry| entry.fact);
        let kept: Vec<Fact> = kept.collect();
        let is_shop = |fact: &&Fact| matches!(fact, Fact::Shop(_));
        let taken = self.facts.iter();
        let (shop, payment): (Vec<&Fact>, Vec<&Fact>) = taken.partition(is_shop);
        let taken: Vec<Fact> = payment.into_iter().chain(shop).cloned().collect();
        assert_eq!(kept, taken);
    }
}

/// Stories as a till writes them: what the adapters made of every recorded answer, and the facts that
/// no answer makes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = recorded::facts(id());
    seeds.extend(SHOP.iter().map(|line| [b"s", line.as_bytes()].concat()));
    seeds.push(SHOP.map(|line| format!("s{line}")).join("\n").into_bytes());
    seeds
}

/// Whether every line of an input is a record.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.all(|line| decoded(line).is_some())
}

/// One of each kind of the shop's facts.
const SHOP: [&str; 20] = [
    r#"{"kind":"account_saved","account":{"id":"bar","name":"Bar","system":"compago","base_url":"https://api.example.com","currency":"MXN","terminals":[{"code":"NEXGO-1","label":"Bar"}],"practice":false}}"#,
    r#"{"kind":"account_removed","account":"bar"}"#,
    r#"{"kind":"look_chosen","language":"es","theme":"dark"}"#,
    r#"{"kind":"cashier_named","name":"Ana"}"#,
    r#"{"kind":"leftover_closed","account":"bar","intent":"pi_1","by":{"kind":"till"}}"#,
    r#"{"kind":"void_rules_chosen","rules":{"undo_ms":5000,"reasons":["Wrong amount"]}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"paused","by":{"kind":"till"}}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"resumed","by":{"kind":"till"}}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"stopped","by":{"kind":"till"}}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"finished"}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"asked","by":{"kind":"till"},"reason":"Wrong amount","note":"","undo_ms":5000,"lines":[]}}"#,
    r#"{"kind":"void","batch":"01920000-0000-7000-8000-000000000002","event":{"step":"leftover_read","line":0,"standing":"cancelled","asked":true}}"#,
    r#"{"kind":"staff","event":{"kind":"added","id":"01920000-0000-7000-8000-000000000001","name":"Luz","role":"manager","pin":"$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA","by":{"kind":"till"}}}"#,
    r#"{"kind":"staff","event":{"kind":"changed","id":"01920000-0000-7000-8000-000000000001","name":"Luz","role":"cashier","by":{"kind":"till"}}}"#,
    r#"{"kind":"staff","event":{"kind":"pin_set","id":"01920000-0000-7000-8000-000000000001","pin":"$argon2id$x","by":{"kind":"till"},"recovered":true}}"#,
    r#"{"kind":"staff","event":{"kind":"pin_refused","id":"01920000-0000-7000-8000-000000000001","count":5,"at_ms":1800000000000,"wait_ms":30000}}"#,
    r#"{"kind":"staff","event":{"kind":"signed_in","id":"01920000-0000-7000-8000-000000000001","verified":true}}"#,
    r#"{"kind":"staff","event":{"kind":"signed_out","id":"01920000-0000-7000-8000-000000000001","idle":true}}"#,
    r#"{"kind":"staff","event":{"kind":"removed","id":"01920000-0000-7000-8000-000000000001","by":{"kind":"staff","id":"01920000-0000-7000-8000-000000000001","name":"Luz","role":"manager","reason":"Left"}}}"#,
    r#"{"kind":"staff","event":{"kind":"approval_given","asked_by":"01920000-0000-7000-8000-000000000001","approved_by":"01920000-0000-7000-8000-000000000003","deed":"refund","payment":null,"before":"paid","reason":"Broken cup"}}"#,
];
