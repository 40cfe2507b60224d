//! The invariants, checked from outside: what the tills' journals show against what the practice
//! store truly did. Each message begins with the invariant's number.

use std::collections::{BTreeMap, BTreeSet};

use journal::Fact;
use money::Currency;
use payment::{Class, Event, Payment, PaymentId, Standing, State};
use practice::{
    Charge, DojoCancelInSession, DojoIntentView, DojoSessionView, DojoUnconfirmed, IntentView,
    Race, Settings, Status, System, TerminalState, TerminalView,
};

use super::finding::{Findings, never_was};
use super::made::{self, Made};
use super::returned::Returned;
use crate::world::{World, system_in_till, system_of};

/// How long after its time a link may be open: the longest grace of a system, and a reading.
/// Milliseconds.
const LINK_GRACE_MS: u64 = 60_000 + 30_000;

/// The truth at one moment, and what was shown before.
pub(super) struct Truth {
    pub(super) intents: Vec<IntentView>,
    pub(super) ledger: Vec<Charge>,
    pub(super) terminals: Vec<TerminalView>,
    pub(super) dojo: Vec<DojoIntentView>,
    pub(super) dojo_sessions: Vec<DojoSessionView>,
    /// What was given back.
    pub(super) returned: Vec<Returned>,
    /// The time, by the store's clock. Milliseconds.
    pub(super) now_ms: u64,
    /// Intents and links alike.
    made: Vec<Made>,
    /// How the wire names what the ledger names otherwise.
    names: BTreeMap<practice::IntentId, String>,
    pub(super) settings: Settings,
}

/// The order a key belongs to: [`payment::IdempotencyKey::of`] read backwards. The storm's orders
/// have no dash in their names.
pub(super) fn order_of(key: &str) -> &str {
    key.split_once("-a").map_or(key, |(order, _)| order)
}

impl Truth {
    /// Looks at everything. People have these addresses of pages.
    pub(super) fn look(world: &World, addresses: &BTreeSet<String>) -> Self {
        let settings = world.practice.settings();
        let mut truth = Self {
            intents: world.practice.intents(),
            ledger: world.practice.ledger(),
            terminals: world.practice.terminals(),
            dojo: world.practice.dojo_intents(),
            dojo_sessions: world.practice.dojo_sessions(),
            returned: Vec::new(),
            now_ms: world.practice.with(|_, now_ms| now_ms),
            made: made::links_made(world, &settings, addresses),
            names: BTreeMap::new(),
            settings,
        };
        let cards = world.practice.lean_rails_intents();
        let of_dojo = truth.dojo.iter().map(|one| (one.id, one.wire_id.clone()));
        let of_cards = cards.iter().map(|one| (one.id, one.wire_id.clone()));
        truth.names = of_dojo.chain(of_cards).collect();
        truth.returned = truth.returned_in(world);
        let intents = truth.intents_made();
        truth.made.extend(intents);
        let intents = truth.dojo_made(world);
        truth.made.extend(intents);
        let intents = truth.cards_made(world, cards);
        truth.made.extend(intents);
        truth
    }

    fn returned_in(&self, world: &World) -> Vec<Returned> {
        let refunds = world.practice.refunds().into_iter();
        refunds
            .map(|one| Returned {
                intent: self.wire_name(one.intent_id),
                amount: one.amount,
            })
            .collect()
    }

    fn wire_name(&self, id: practice::IntentId) -> String {
        let name = self.names.get(&id).cloned();
        name.unwrap_or_else(|| id.to_string())
    }

    /// The name on the wire of what was charged.
    pub(super) fn name(&self, charge: &Charge) -> String {
        self.wire_name(charge.intent_id)
    }

    /// The intent of a key at the machines.
    pub(super) fn intent(&self, key: &str) -> Option<&IntentView> {
        self.intents.iter().find(|one| one.external_id == key)
    }

    /// Whether a card machine's receipt says so.
    pub(super) fn is_charged_at_a_machine(&self, key: &str) -> bool {
        let mut ledger = self.ledger.iter();
        ledger.any(|one| one.external_id == key && one.system == System::CompagoIntent)
    }

    /// The charge of a payment: of the object that its journal names, if that was charged, or else
    /// of any of its key.
    fn charge(&self, payment: &Payment) -> Option<&Charge> {
        let of_key = |one: &&Charge| {
            system_in_till(one.system) == system_of(&payment.account)
                && one.external_id == payment.key.as_str()
        };
        let named = payment.intent.as_ref().map(ToString::to_string);
        let is_named = |one: &&Charge| named.as_deref() == Some(self.name(one).as_str());
        let charges = || self.ledger.iter().filter(of_key);
        charges().find(is_named).or_else(|| charges().next())
    }

    /// The machine that has this intent's amount on its display.
    pub(super) fn machine(&self, intent: &IntentView) -> Option<&TerminalView> {
        let code = intent.terminal.as_deref()?;
        self.terminals
            .iter()
            .find(|one| one.code == code && one.amount == Some(intent.amount))
    }

    fn is_read_now(&self, intent: &IntentView) -> bool {
        self.machine(intent)
            .is_some_and(|machine| machine.state == TerminalState::Reading)
    }

    /// Whether a card may still be charged for it.
    pub(super) fn is_payable(&self, intent: &IntentView) -> bool {
        intent.status == Status::Pending && (!intent.expired || self.is_read_now(intent))
    }

    /// Whether a system may charge what it has called cancelled. At Dojo's machines that is a card
    /// whose session ended without a word, of an intent that was withdrawn meanwhile.
    fn charges_the_cancelled(&self, system: payment::System) -> bool {
        match system {
            payment::System::Dojo => {
                self.settings.dojo_cancel_in_session == DojoCancelInSession::SessionGoesOn
                    && self.settings.dojo_unconfirmed != DojoUnconfirmed::NotCharged
            }
            payment::System::Compago
            | payment::System::CompagoLink
            | payment::System::One2Pays
            | payment::System::LeanRails => self.settings.race == Race::ApprovalAfterCancel,
        }
    }

    /// How a payment that is told to be over without money is charged after all, where that is no
    /// exception: see [`Truth::check_unpaid`].
    pub(super) fn taken_of(&self, payment: &Payment) -> Option<String> {
        let mut made = self.made.iter().filter(|one| one.concerns(payment));
        let taken = made.find(|one| one.is_paid)?;
        let system = system_of(&payment.account);
        (!self.charges_the_cancelled(system)).then(|| format!("it is {}", taken.words))
    }

    /// The same of what is none of a till's payments.
    pub(super) fn taken_of_leftover(
        &self,
        system: payment::System,
        intent: &payment::IntentId,
    ) -> Option<String> {
        let mut made = self.made.iter().filter(|one| one.system == system);
        let taken = made.find(|one| one.is_paid && one.is_named(Some(intent)))?;
        (!self.charges_the_cancelled(system)).then(|| format!("it is {}", taken.words))
    }

    /// Whether anything of a payment was charged.
    pub(super) fn is_charged(&self, payment: &Payment) -> bool {
        self.charge(payment).is_some()
    }

    /// I2 and I3: per order at most one intent that is paid or can be, and at most one charge. What was
    /// given back whole is owed again.
    ///
    /// Keys that a till has read as CANCELLED count no more where the provider charges cards after
    /// it said so: see [`Truth::check_unpaid`].
    pub(super) fn check_orders(&self, payments: &[Payment], findings: &mut Findings) {
        let withdrawn: BTreeSet<&str> = payments
            .iter()
            .filter(|payment| {
                payment.late || matches!(payment.state, State::Cancelled | State::Declined)
            })
            .map(|payment| payment.key.as_str())
            .collect();
        let counts = |system: payment::System, key: &str| {
            !(self.charges_the_cancelled(system) && withdrawn.contains(key))
        };
        let is_known = |one: &Made| {
            let mut payments = payments.iter();
            one.is_reachable || payments.any(|payment| one.is_named(payment.intent.as_ref()))
        };
        let mut live: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in self.made.iter().filter(|one| counts(one.system, &one.key)) {
            let is_paid = one.is_paid && !self.is_given_back(&one.id);
            if is_paid || (one.is_payable && is_known(one)) {
                let keys = live.entry(order_of(&one.key)).or_default();
                keys.push(&one.key);
            }
        }
        for (order, keys) in live.iter().filter(|(_, keys)| keys.len() > 1) {
            findings.push(format!("I2: order {order} has {keys:?} live or paid"));
        }
        let mut charges: BTreeMap<&str, u32> = BTreeMap::new();
        let charged = |one: &&Charge| counts(system_in_till(one.system), &one.external_id);
        let is_kept = |one: &&Charge| !self.is_given_back(&self.name(one));
        for charge in self.ledger.iter().filter(charged).filter(is_kept) {
            *charges.entry(order_of(&charge.external_id)).or_default() += 1;
        }
        for (order, count) in charges.iter().filter(|(_, count)| **count > 1) {
            findings.push(format!("I3: order {order} was charged {count} times"));
        }
    }

    /// I4 and I5 of one payment as its journal shows it.
    pub(super) fn check_shown(
        &self,
        world: &World,
        payment: &Payment,
        is_shared: bool,
        findings: &mut Findings,
    ) {
        // A till that was told "nothing happened" shows the truth about its own payment. That
        // another till, over another journal, makes a payment with the same key later is no news
        // about this one. What must not follow is a second charge, and that is I2 and I3.
        match payment.state.class() {
            Class::Unpaid if is_shared && never_was(payment) => {}
            Class::Open => {}
            Class::Unpaid => self.check_unpaid(world, payment, findings),
            Class::Paid => self.check_paid(payment, findings),
        }
    }

    fn check_unpaid(&self, world: &World, payment: &Payment, findings: &mut Findings) {
        let key = payment.key.as_str();
        let shown = payment.state;
        let is_made = self.made.iter().any(|one| one.is_of(payment));
        if !is_made && made::is_awaited(world, &self.settings, payment) {
            findings.push(format!(
                "I4: {key} is shown {shown:?} and a create of it is on its way"
            ));
        }
        // The one honest exception to the window of zero. With this setting the provider itself
        // says CANCELLED and charges afterwards (integrators of other systems saw an approval
        // eleven seconds after a cancel). No till can know better at that moment. What it owes is
        // to look again and to raise the alarm; that it does is I13 at the end.
        let charges_the_cancelled = self.charges_the_cancelled(system_of(&payment.account))
            && matches!(shown, State::Cancelled | State::Declined);
        for one in self.made.iter().filter(|one| one.concerns(payment)) {
            // Money that is held after it is as good as charged after it.
            let is_taken = one.is_paid || one.is_held;
            if (one.is_payable || is_taken) && !(is_taken && charges_the_cancelled) {
                let words = &one.words;
                findings.push(format!("I4: {key} is shown {shown:?} and is {words}"));
            }
        }
    }

    fn check_paid(&self, payment: &Payment, findings: &mut Findings) {
        let key = payment.key.as_str();
        let Some(charge) = self.charge(payment) else {
            findings.push(format!("I5: {key} is shown paid and nothing was charged"));
            return;
        };
        if charge.amount != payment.amount {
            findings.push(format!(
                "I5: {key} is shown paid with {} and {} was charged",
                payment.amount, charge.amount
            ));
        }
        if let Some(intent) = &payment.intent
            && intent.as_str() != self.name(charge)
        {
            findings.push(format!(
                "I5: {key} is shown paid as {intent}, charged as another"
            ));
        }
    }

    /// I13: once quiet, what the journals call paid is what was charged, both ways and in each
    /// currency. Two tills that charged one order through one key count once.
    pub(super) fn check_conservation(&self, payments: &[Payment], findings: &mut Findings) {
        let name = |payment: &Payment| (payment.account.to_string(), payment.key.to_string());
        let is_paid = |one: &&Payment| one.state.class() == Class::Paid;
        let paid: BTreeMap<_, _> = payments
            .iter()
            .filter(is_paid)
            .map(|payment| (name(payment), payment.amount))
            .collect();
        let mut provider: BTreeMap<Currency, i64> = BTreeMap::new();
        for charge in &self.ledger {
            let is_of = |one: &&Payment| {
                system_of(&one.account) == system_in_till(charge.system)
                    && one.key.as_str() == charge.external_id.as_str()
            };
            let mut of_key = payments.iter().filter(is_of);
            if payments.iter().filter(is_of).any(|one| is_paid(&one)) {
                let sum = provider.entry(charge.amount.currency()).or_default();
                *sum += charge.amount.minor();
            } else if of_key.any(Payment::is_contested) {
                // Read as paid after its end, and nothing proves that the amount is ours: it is no
                // sale, its order is blocked and the alarm is raised. More no till may say.
            } else {
                let key = &charge.external_id;
                findings.push(format!("I13: {key} was charged and no journal knows"));
            }
        }
        let mut journals: BTreeMap<Currency, i64> = BTreeMap::new();
        for amount in paid.values() {
            *journals.entry(amount.currency()).or_default() += amount.minor();
        }
        if journals != provider {
            findings.push(format!(
                "I13: the journals hold {journals:?} paid, {provider:?} of it was charged"
            ));
        }
    }

    /// I14: once everything heals, every payment is over, or open, named and watched, just as the
    /// provider has it.
    pub(super) fn check_known(&self, till: usize, payment: &Payment, findings: &mut Findings) {
        if !payment.state.is_open() {
            return;
        }
        // What a bank was asked in time may still come: until then it stays open and watched.
        let grace_ms = payment.way.expiry_grace_ms().max(LINK_GRACE_MS);
        let agrees = payment.state != State::NotKnown
            && self.made.iter().any(|one| {
                let may_wait = one.is_payable || (1..grace_ms).contains(&one.over_for_ms);
                one.is_named(payment.intent.as_ref()) && may_wait
            });
        if !agrees {
            findings.push(format!(
                "I14: till {till} still shows {} as {:?} ({:?})",
                payment.key, payment.state, payment.doubt
            ));
        }
    }
}

/// I6 and I7 over the facts of one payment: knowledge only grows, and no failure ends anything.
/// Answers the states it went through.
pub(super) fn check_story(
    world: &World,
    till: usize,
    id: PaymentId,
    findings: &mut Findings,
) -> Vec<State> {
    let Ok(entries) = world.seats[till].journal.timeline(id) else {
        findings.push(format!("I12: the story of {id} cannot be read"));
        return Vec::new();
    };
    let mut states = Vec::new();
    let mut before: Option<Payment> = None;
    for entry in entries {
        let Fact::Payment { event, .. } = &entry.fact else {
            continue;
        };
        world.trace.tell("hash", entry.hash);
        let Ok(after) = payment::apply(before.as_ref(), event) else {
            findings.push(format!("I6: {id} has a fact that does not fit"));
            return states;
        };
        if let Some(before) = &before {
            check_step(before, event, &after, findings);
        }
        if states.last() != Some(&after.state) {
            states.push(after.state);
        }
        before = Some(after);
    }
    states
}

fn check_step(before: &Payment, event: &Event, after: &Payment, findings: &mut Findings) {
    let key = &after.key;
    let (from, to) = (before.state, after.state);
    if to.class() < from.class() || (!from.is_open() && to < from) {
        findings.push(format!("I6: {key} went from {from:?} to {to:?}"));
    }
    if from.class() == to.class() {
        return;
    }
    let proves = match event {
        Event::Answered { seen, .. } | Event::Read { seen } => is_an_end(seen.standing),
        Event::Refused { .. } => from == State::Sending || from == State::Saved,
        Event::ProvedAbsent | Event::Witnessed { .. } => true,
        Event::Requested { .. }
        | Event::Dispatched
        | Event::AnswerLost { .. }
        | Event::Interrupted
        | Event::ArrivedUnseen { .. }
        | Event::Mismatched { .. }
        | Event::ReadingLost { .. }
        | Event::CancelAsked { .. }
        | Event::CancelAnswered { .. }
        | Event::ActAsked { .. }
        | Event::ActSent { .. }
        | Event::ActAnswered { .. }
        | Event::ActGivenUp { .. }
        | Event::ReceiptsRead { .. }
        | Event::WarningPassed { .. }
        | Event::AmountChangeAsked { .. }
        | Event::Decided { .. }
        | Event::Closed => false,
    };
    if !proves {
        findings.push(format!("I7: {key} became {to:?} by {event:?}"));
    }
}

const fn is_an_end(standing: Standing) -> bool {
    match standing {
        Standing::Paid
        | Standing::Declined
        | Standing::Cancelled
        | Standing::Expired
        | Standing::PartlyRefunded
        | Standing::Refunded => true,
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Authorised
        | Standing::Unconfirmed
        | Standing::Unrecognised => false,
    }
}
