//! The tills of the model: what their drivers remember, and the engine's rules at each step.

mod waiting;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use money::{Currency, Money};
use payment::failure::{NoAnswer, NotSent};
use payment::outcome::Asked;
use payment::{
    AccountId, Actor, Acts, Capabilities, Channel, Class, Created, Event, Failure, IntentId,
    OrderRef, Payment, PaymentId, Seen, Standing, TerminalCode, Way,
};
use tokio::time::Instant;
use uuid::Uuid;

use super::Mistake;
use super::shop::{Letter, Place, Shop, System, spend};
use crate::charge::sending_after;
use crate::engine::learn;
use crate::engine::memory::Memory;
use crate::engine::pace;
use crate::engine::plan::{Step, next_step};

/// Cancels that a driver sends before it only reads: more of the same teach the model nothing.
const CANCELS: u8 = 2;

const LONG: Duration = Duration::from_secs(36_000);

/// Now, for all: whether a time has come is what the model chooses.
static NOW: LazyLock<Instant> = LazyLock::new(|| Instant::now() + LONG);

fn long_ago() -> Instant {
    *NOW - LONG
}

/// How an exchange that is one step here goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Luck {
    Good,
    /// No connection, or no answer.
    Lost,
    /// What was so before.
    Stale,
}

/// A till: its journal and its drivers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Desk {
    pub(super) held: Vec<Held>,
}

/// A payment, with the sum of its facts' outcome: it is compared a million times and changed ten.
#[derive(Debug, Clone)]
struct Known {
    payment: Payment,
    sum: u64,
}

impl Known {
    fn new(payment: Payment) -> Arc<Self> {
        let mut sum = DefaultHasher::new();
        serde_json::to_string(&payment).unwrap().hash(&mut sum);
        let sum = sum.finish();
        Arc::new(Self { payment, sum })
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.payment == other.payment
    }
}

impl Eq for Known {}

impl Hash for Known {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sum.hash(state);
    }
}

/// A payment of a till and what its driver remembers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Held {
    till: usize,
    known: Arc<Known>,
    mind: Mind,
    /// Requests sent, over all runs of the till.
    sendings: u8,
}

/// What of [`Memory`] the order of things depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Mind {
    asked_now: bool,
    sent: bool,
    awaited: Option<Awaited>,
    cancels_sent: u8,
    absent: bool,
    expired: bool,
    readings_after: usize,
    is_done: bool,
}

/// The answer that a driver waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Awaited {
    sending: u8,
    asked: Request,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Request {
    First,
    Repeated,
    Cancel,
}

/// What a system can do.
pub(super) fn able(system: System) -> Capabilities {
    Capabilities {
        channels: &[Channel::Terminal],
        finds: system == System::KeyRepeats,
        repeats_safely: true,
        visible_after_ms: 30_000,
        expiry_grace_ms: 20_000,
        replaces_on_terminal: false,
        acts: Acts::NONE,
        declined_stays_open: false,
        finds_orders: false,
    }
}

fn no_answer() -> Failure {
    Failure::NoAnswer {
        why: NoAnswer::TimedOut,
    }
}

fn seen(standing: Standing) -> Seen {
    Seen::new(standing, &format!("{standing:?}"))
}

fn intent(object: usize) -> IntentId {
    IntentId::new(&format!("pi-{object}")).unwrap()
}

fn created(object: usize, standing: Standing) -> Created {
    Created {
        intent: Some(intent(object)),
        seen: seen(standing),
    }
}

impl Held {
    pub(super) fn payment(&self) -> &Payment {
        &self.known.payment
    }

    /// Whether what it says is about the provider's object of its key. "Never sent" and "never seen
    /// there" speak of this till's own requests: what another till made with the key meanwhile is
    /// that till's to show, and the next sending here meets it under the same key.
    pub(super) fn is_of_object(&self, shop: &Shop) -> bool {
        let payment = self.payment();
        let till = self.till;
        let object = shop.object_of(&payment.key);
        let is_own = object.is_some_and(|object| shop.objects[object].made_by == till);
        let may_come = shop.may_arrive_from(till, &payment.key);
        is_own || may_come || !(payment.key_is_free() || payment.was_never_seen())
    }

    /// Whether late news would still be found.
    pub(super) fn reads_again(&self) -> bool {
        let payment = self.payment();
        payment.intent.is_some()
            && !self.mind.is_done
            && self.mind.readings_after < pace::read_again(payment.way.channel()).len()
    }

    pub(super) fn is_known(&self, shop: &Shop) -> bool {
        let payment = self.payment();
        let object = shop.object_of(&payment.key);
        let is_charged =
            object.is_some_and(|object| shop.objects[object].standing == Standing::Paid);
        match payment.state.class() {
            Class::Open => false,
            Class::Unpaid => {
                self.mind.is_done && (!is_charged || payment.late || !self.is_of_object(shop))
            }
            Class::Paid => is_charged,
        }
    }

    fn learn(&mut self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let mut payment = self.payment().clone();
        for event in events {
            payment = payment::apply(Some(&payment), event).unwrap();
        }
        if payment != *self.payment() {
            self.known = Known::new(payment);
        }
    }

    /// The driver's memory, as far as it is not the same in every order of things.
    fn memory(&self, able: Capabilities, cancel_first: bool, nothing_can_come: bool) -> Memory {
        let mind = &self.mind;
        let now = *NOW;
        let mut memory = Memory::new(mind.asked_now);
        memory.started = now;
        memory.sent = mind.sent;
        memory.created_at = if nothing_can_come { long_ago() } else { now };
        memory.ask_at = now;
        memory.cancels_sent = u32::from(mind.cancels_sent);
        memory.cancel_at = if cancel_first { now } else { now + LONG };
        memory.absent_since = mind.absent.then(long_ago);
        memory.expired_since = mind.expired.then(long_ago);
        let is_over = self.payment().state.class() == Class::Unpaid;
        memory.over = is_over.then(|| (long_ago(), mind.readings_after));
        memory.capabilities = Some(able);
        memory
    }
}

impl Shop {
    fn at(&mut self, place: Place) -> &mut Held {
        &mut self.tills[place.till].held[place.number]
    }

    pub(super) fn charge(&mut self, till: usize) -> Option<()> {
        let held = &self.tills[till].held;
        if held.len() >= self.left.charges {
            return None;
        }
        let earlier: Vec<Payment> = held.iter().map(|held| held.payment().clone()).collect();
        let order = OrderRef::new("R-1").unwrap();
        let account = AccountId::new("practice").unwrap();
        let able = able(self.system);
        let next = sending_after(&order, &earlier, &account, able).ok()?;
        let (attempt, mut key) = (next.attempt, next.key);
        if self.mistake == Some(Mistake::OwnKey) {
            let own = OrderRef::new(&format!("R-1-till-{till}")).unwrap();
            key = payment::IdempotencyKey::of(&own, attempt);
        }
        let number = u128::try_from(till * 10 + held.len()).unwrap();
        let requested = Event::Requested {
            payment: PaymentId::from_uuid(Uuid::from_u128(number)),
            order,
            amount: Money::new(35_050, Currency::Mxn).unwrap(),
            account,
            way: Way::on_terminal(TerminalCode::new(&format!("TILL-{till}")).unwrap()),
            attempt,
            key,
            by: Actor::Till,
        };
        self.tills[till].held.push(Held {
            till,
            known: Known::new(payment::apply(None, &requested).unwrap()),
            mind: Mind {
                asked_now: true,
                ..Mind::default()
            },
            sendings: 0,
        });
        Some(())
    }

    pub(super) fn ask_to_cancel(&mut self, place: Place) -> Option<()> {
        let payment = self.at(place).payment();
        if !payment.state.is_open() || payment.cancel_asked() {
            return None;
        }
        let by = Actor::Cashier {
            name: "Ana".to_owned(),
        };
        self.at(place).learn(&[Event::CancelAsked {
            by,
            reason: None,
            batch: None,
        }]);
        Some(())
    }

    /// One turn of the driver's loop, where it waits for no answer.
    pub(super) fn drive(&mut self, place: Place, cancel_first: bool, luck: Luck) -> Option<()> {
        let able = able(self.system);
        let hasty = self.mistake == Some(Mistake::HastyAbsence);
        let key = self.at(place).payment().key.clone();
        // A list shows what was made by then: one that lags is too young to be believed.
        let nothing_can_come = (!self.may_arrive(&key) && luck != Luck::Stale) || hasty;
        let held = self.at(place);
        if held.mind.awaited.is_some() || held.mind.is_done {
            return None;
        }
        let cancel_first = cancel_first && held.mind.cancels_sent < CANCELS;
        let mut memory = held.memory(able, cancel_first, nothing_can_come);
        let step = next_step(held.payment(), &memory, *NOW);
        // Only what asks and is answered at once can have bad luck; a cancel is chosen once.
        let may_fail = matches!(step, Step::Create | Step::Read | Step::Find);
        if luck != Luck::Good && !may_fail || cancel_first != (step == Step::Cancel) {
            return None;
        }
        match step {
            Step::Create => self.create(place, luck)?,
            Step::Repeat => self.send_create(place, Request::Repeated),
            Step::Find => self.find(place, luck, &mut memory)?,
            Step::Read => self.read(place, luck, &mut memory)?,
            Step::Cancel => self.send_cancel(place)?,
            Step::Withdraw => self.at(place).learn(&[Event::CancelAsked {
                by: Actor::Till,
                reason: None,
                batch: None,
            }]),
            Step::Close => self.close(place),
            Step::Connect
            | Step::Act
            | Step::ReadPaid
            | Step::GiveUpAct
            | Step::Receipts
            | Step::Wait(_)
            | Step::Person => return None,
        }
        Some(())
    }

    fn close(&mut self, place: Place) {
        let held = self.at(place);
        let payment = held.payment();
        if payment.state.class() == Class::Unpaid && payment.intent.is_some() {
            held.learn(&[Event::Closed]);
        }
        held.mind.is_done = true;
    }

    fn create(&mut self, place: Place, luck: Luck) -> Option<()> {
        let held = self.at(place);
        held.mind.sent = true;
        held.learn(&[Event::Dispatched]);
        match luck {
            Luck::Good => self.send_create(place, Request::First),
            Luck::Stale => return None,
            Luck::Lost => {
                spend(&mut self.left.losses)?;
                let why = NotSent::NoConnection;
                self.created(place, Request::First, &Err(Failure::NotSent { why }));
            }
        }
        Some(())
    }

    fn send_create(&mut self, place: Place, asked: Request) {
        let held = self.at(place);
        held.sendings += 1;
        let sending = held.sendings;
        held.mind.awaited = Some(Awaited { sending, asked });
        let key = held.payment().key.clone();
        self.send(Letter::Create {
            from: place,
            sending,
            key,
        });
    }

    fn send_cancel(&mut self, place: Place) -> Option<()> {
        let wanted = self.at(place).payment().intent.clone()?;
        let object = (0..self.objects.len()).find(|object| intent(*object) == wanted)?;
        let held = self.at(place);
        held.sendings += 1;
        let sending = held.sendings;
        let asked = Request::Cancel;
        held.mind.awaited = Some(Awaited { sending, asked });
        self.send(Letter::Cancel {
            from: place,
            sending,
            object,
        });
        Some(())
    }

    fn read(&mut self, place: Place, luck: Luck, memory: &mut Memory) -> Option<()> {
        let wanted = self.at(place).payment().intent.clone()?;
        let object = (0..self.objects.len()).find(|object| intent(*object) == wanted)?;
        let answer = match luck {
            Luck::Good => Ok(seen(self.objects[object].standing)),
            Luck::Lost => {
                spend(&mut self.left.losses)?;
                Err(no_answer())
            }
            Luck::Stale => {
                spend(&mut self.left.stale)?;
                Ok(seen(Standing::Waiting))
            }
        };
        // Where nothing can happen late, one late reading tells as much as all.
        let is_last = self.left.charged_anyway == 0;
        let all = pace::read_again(Channel::Terminal).len();
        let held = self.at(place);
        let state = held.payment().state;
        let events = learn::from_read(held.payment(), memory, *NOW, &answer);
        if memory.over.is_some()
            && answer
                .as_ref()
                .is_ok_and(|seen| learn::is_a_look(state, seen))
        {
            let next = held.mind.readings_after + 1;
            held.mind.readings_after = if is_last { all } else { next };
        }
        held.mind.absent = memory.absent_since.is_some();
        held.mind.expired = memory.expired_since.is_some();
        held.learn(&events);
        self.forget_late_reading(place);
        Some(())
    }

    fn find(&mut self, place: Place, luck: Luck, memory: &mut Memory) -> Option<()> {
        let key = self.at(place).payment().key.clone();
        let object = self.object_of(&key);
        let shown = object.map(|object| created(object, self.objects[object].standing));
        let answer = match luck {
            Luck::Good => Ok(shown),
            Luck::Lost => {
                spend(&mut self.left.losses)?;
                Err(no_answer())
            }
            Luck::Stale => {
                spend(&mut self.left.stale)?;
                Ok(None)
            }
        };
        let held = self.at(place);
        let events = learn::from_find(held.payment(), memory, *NOW, &answer);
        held.mind.absent = memory.absent_since.is_some();
        held.learn(&events);
        Some(())
    }

    pub(super) fn told_of_create(
        &mut self,
        to: Place,
        sending: u8,
        object: Option<(usize, Standing)>,
    ) {
        let Some(awaited) = self.at(to).mind.awaited else {
            return;
        };
        if awaited.sending == sending {
            let answer = object
                .map(|(object, standing)| created(object, standing))
                .ok_or(Failure::Duplicate);
            self.created(to, awaited.asked, &answer);
        }
    }

    fn created(&mut self, place: Place, asked: Request, answer: &Result<Created, Failure>) {
        let able = able(self.system);
        let asked = match asked {
            Request::First | Request::Cancel => Asked::FirstCreate,
            Request::Repeated => Asked::RepeatedCreate,
        };
        let held = self.at(place);
        held.mind.awaited = None;
        held.mind.absent = false;
        let memory = held.memory(able, false, false);
        let events = learn::from_create(held.payment(), &memory, asked, answer);
        held.learn(&events);
    }
}
