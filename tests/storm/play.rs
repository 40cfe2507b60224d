//! One story: cashiers, customers and crashes by chance while everything fails, then quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use journal::OpenError;
use payment::{Payment, PaymentId, State, System, Witness};
use practice::{Fault, ONE2PAYS_SECRET_KEY, PRACTICE_KEY, Press, Status, TerminalState};
use till::Till;
use till::api::{
    Action, ApiError, ChargeAnywayRequest, Code, PaymentRequest, PaymentView, StartChargeRequest,
    WitnessRequest,
};
use tokio::time::sleep;

use super::cast::Cast;
use super::check::Truth;
use super::coverage::Coverage;
use super::finding::Findings;
use super::length::{Kind, Length};
use super::managers::Managers;
use super::plan::Plan;
use super::weather::Swarm;
use crate::world::{Mishap, World, system_of};

/// The quiet at the end, in which everything must become known (I14). Milliseconds.
const QUIET_MS: u64 = 5 * 60 * 1000;

/// How often people look during the quiet. Milliseconds.
const LOOK_MS: u64 = 10_000;

/// A day. Milliseconds.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A year. Milliseconds.
const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;

pub(super) struct Play {
    pub(super) world: World,
    pub(super) coverage: Coverage,
    pub(super) findings: Findings,
    pub(super) plan: Plan,
    random: fastrand::Rng,
    pub(super) links_random: fastrand::Rng,
    pub(super) acts_random: fastrand::Rng,
    /// The network delivers requests a second time.
    pub(super) delivers_again: bool,
    /// Answers name wrong amounts.
    pub(super) amounts_lie: bool,
    /// Of the pages that some till has shown.
    pub(super) addresses: BTreeSet<String>,
    pub(super) shown: BTreeMap<(usize, PaymentId), State>,
    off_until_ms: Vec<Option<u64>>,
    pub(super) checked_at: u64,
    pub(super) managers: Option<Managers>,
    length: Length,
    length_random: fastrand::Rng,
    key_is_wrong: bool,
}

impl Play {
    pub(super) fn new(
        seed: u64,
        kind: Kind,
        world: impl FnOnce(usize) -> Result<World, OpenError>,
    ) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut links_random = Cast::random(seed);
        let mut acts_random = Cast::acts_random(seed);
        let mut length_random = Length::random(seed);
        let mut plan = Plan::draw(kind.cast, &mut random, &mut links_random, &mut acts_random);
        match kind.length {
            Length::Brief => plan.cut(kind.managers, &mut length_random),
            Length::Short => plan.shorten(&mut length_random),
            Length::Long => {}
        }
        let world = world(plan.tills).expect("a journal in memory can be made");
        world.practice.set_settings(plan.settings.clone());
        let managers = kind.managers.then(|| Managers::draw(seed, plan.tills));
        let weather = Swarm::draw(random.fork(), plan.trouble_ms, plan.refusals_heal());
        let delivers_again = weather.delivers_again();
        let amounts_lie = weather.has(Mishap::Store(Fault::WrongAmount));
        world.net.set_weather(weather);
        world.trace.tell("plan", format_args!("{plan:?}"));
        Self {
            world,
            coverage: Coverage::default(),
            findings: Findings::default(),
            off_until_ms: vec![None; plan.tills],
            plan,
            random,
            links_random,
            acts_random,
            delivers_again,
            amounts_lie,
            addresses: BTreeSet::new(),
            shown: BTreeMap::new(),
            managers,
            length: kind.length,
            length_random,
            key_is_wrong: false,
            checked_at: 0,
        }
    }

    /// Plays it to its end.
    pub(super) async fn play(&mut self) {
        self.hire().await;
        for seat in 0..self.plan.tills {
            self.start(seat).await;
        }
        if self.length != Length::Long {
            // Nothing to see in a shop without customers.
            for seat in 0..self.plan.tills {
                self.charge(seat).await;
            }
        }
        while self.world.trace.now_ms() < self.plan.trouble_ms && self.findings.broken.is_empty() {
            self.act().await;
            let pause_ms = self.random.u64(0..self.plan.pause_max_ms);
            // Half of all things happen at once, where the races are.
            if self.random.bool() {
                sleep(Duration::from_millis(pause_ms)).await;
            }
            self.start_those_due().await;
            self.check();
        }
        self.heal().await;
        let closes = match self.length {
            Length::Brief => true,
            Length::Short => self.length_random.u8(0..4) != 0,
            Length::Long => false,
        };
        if closes {
            self.close_shop().await;
        }
        let quiet_from_ms = self.world.trace.now_ms();
        while self.world.trace.now_ms() < quiet_from_ms + QUIET_MS
            && self.findings.broken.is_empty()
        {
            self.attend_all().await;
            self.decide_all().await;
            self.see_batches_through().await;
            sleep(Duration::from_millis(LOOK_MS)).await;
            self.check();
        }
        self.close().await;
    }

    async fn act(&mut self) {
        let seat = self.random.usize(0..self.plan.tills);
        if let Some(managers) = &mut self.managers
            && managers.random.u8(0..5) == 0
        {
            return self.manage(seat).await;
        }
        if self.plan.cast.has_acts() && self.acts_random.u8(0..4) == 0 {
            return self.act_on_one(seat).await;
        }
        match self.random.u8(0..100) {
            0..20 => self.charge(seat).await,
            20..32 => self.cancel(seat).await,
            32..40 => self.ask_now(seat).await,
            40..70 => self.customer(),
            70..80 => self.attend(seat).await,
            80..84 if self.plan.tills_crash => self.crash(seat).await,
            84..86 if self.plan.clock_jumps => self.jump(),
            86..88 if self.plan.keys_change => self.change_keys(),
            _ => self.look(seat).await,
        }
    }

    pub(super) fn did(&mut self, who: usize, what: &str) {
        self.coverage.add("action", what.to_owned(), 1);
        self.world.trace.tell(format_args!("cashier {who}"), what);
    }

    pub(super) fn answered(&mut self, answer: &Result<PaymentView, ApiError>) {
        match answer {
            Ok(view) => {
                self.coverage.saw("telling", view.telling);
                let line = format!("{} is {:?}", view.order, view.telling);
                self.world.trace.tell("screen", line);
            }
            Err(error) => {
                self.coverage.saw("code", error.code);
                self.world.trace.tell("screen", error.code.name());
            }
        }
    }

    // --- the cashier

    async fn charge(&mut self, seat: usize) {
        let Some(till) = self.world.till(seat).cloned() else {
            return;
        };
        let here: Vec<_> = self
            .plan
            .orders
            .iter()
            .filter(|order| order.tills.contains(&seat))
            .cloned()
            .collect();
        if here.is_empty() {
            return;
        }
        let order = here[self.random.usize(0..here.len())].clone();
        let terminal = self.random.usize(0..self.plan.terminals.len());
        let terminal = self.plan.terminals[terminal].clone();
        let request = self.request(&order, &terminal);
        if self.random.u8(0..4) != 0 {
            self.did(seat, "charge");
            let answer = deliberately(&till, request).await;
            self.answered(&answer);
            return;
        }
        self.did(seat, "double click");
        let (one, two) = tokio::join!(
            deliberately(&till, request.clone()),
            deliberately(&till, request)
        );
        if one.is_ok() && two.is_ok() {
            self.findings
                .push(format!("I24: a double click charged {} twice", order.name));
        }
        self.answered(&one);
        self.answered(&two);
    }

    /// A payment of a till, by chance; those that are open more often.
    fn some_payment(&mut self, seat: usize) -> Option<String> {
        let only_open = self.random.u8(0..4) != 0;
        let payments = self.world.payments(seat);
        let payments: Vec<_> = payments
            .iter()
            .filter(|payment| payment.state.is_open() || !only_open)
            .collect();
        let chosen = payments.get(self.random.usize(0..payments.len().max(1)))?;
        Some(chosen.id.to_string())
    }

    async fn cancel(&mut self, seat: usize) {
        let (Some(till), Some(payment)) = (self.world.till(seat).cloned(), self.some_payment(seat))
        else {
            return;
        };
        self.did(seat, "cancel");
        let answer = till.cancel_payment(PaymentRequest { payment }).await;
        self.answered(&answer);
    }

    async fn ask_now(&mut self, seat: usize) {
        let (Some(till), Some(payment)) = (self.world.till(seat).cloned(), self.some_payment(seat))
        else {
            return;
        };
        self.did(seat, "ask now");
        let answer = till.ask_now(PaymentRequest { payment }).await;
        self.answered(&answer);
    }

    async fn look(&mut self, seat: usize) {
        let (Some(till), Some(payment)) = (self.world.till(seat).cloned(), self.some_payment(seat))
        else {
            return;
        };
        let answer = till.show_payment(PaymentRequest { payment }).await;
        self.answered(&answer);
    }

    // --- the honest person

    async fn attend_all(&mut self) {
        for seat in 0..self.plan.tills {
            self.attend(seat).await;
        }
    }

    /// Where the till asks what the terminal shows, goes there and looks.
    async fn attend(&mut self, seat: usize) {
        let Some(till) = self.world.till(seat).cloned() else {
            return;
        };
        for payment in &*self.world.payments(seat) {
            if payment.state != State::NotKnown {
                continue;
            }
            let request = PaymentRequest {
                payment: payment.id.to_string(),
            };
            let Ok(view) = till.show_payment(request).await else {
                continue;
            };
            self.coverage.saw("telling", view.telling);
            if view.actions.contains(&Action::Witness)
                && let Some(saw) = self.go_and_look(payment)
            {
                self.witness(&till, seat, view.id, saw).await;
            }
        }
    }

    async fn witness(&mut self, till: &Till, seat: usize, payment: String, saw: Witness) {
        self.did(
            seat,
            match saw {
                Witness::Paid => "witness paid",
                Witness::NotPaid => "witness not paid",
                Witness::GivenBack => "witness given back",
            },
        );
        let answer = till
            .witness_payment(WitnessRequest {
                payment,
                saw,
                receipt: String::new(),
                checked: String::new(),
            })
            .await;
        self.answered(&answer);
    }

    /// What an honest person can say about a key after looking at the machine and its receipts.
    /// What the machine still asks for they cancel there first; what they cannot reach they leave.
    fn go_and_look(&mut self, payment: &Payment) -> Option<Witness> {
        let truth = Truth::look(&self.world, &self.addresses);
        let key = payment.key.as_str();
        if system_of(&payment.account) == System::Dojo {
            let intent = payment.intent.as_ref()?;
            return self.go_and_look_at_dojo(&truth, intent.as_str());
        }
        if truth.is_charged_at_a_machine(key) {
            return Some(Witness::Paid);
        }
        let Some(intent) = truth.intent(key) else {
            return Some(Witness::NotPaid);
        };
        if let Some(machine) = truth.machine(intent) {
            match machine.state {
                TerminalState::Showing | TerminalState::AskingPin => {
                    // A machine that plays its own customer cannot be pressed.
                    let _ = self
                        .world
                        .practice
                        .press(&machine.code, Press::CancelOnTerminal);
                    return None;
                }
                TerminalState::Fetching | TerminalState::Reading => return None,
                TerminalState::Offline | TerminalState::Idle | TerminalState::Outcome => {}
            }
        }
        let is_over = intent.status == Status::Cancelled || !truth.is_payable(intent);
        is_over.then_some(Witness::NotPaid)
    }

    // --- the customer, and those who pull plugs

    fn customer(&mut self) {
        match self.plan.cast {
            Cast::Terminals => self.press(),
            Cast::CompagoLinks | Cast::ThaiLinks => self.press_page(),
            Cast::Dojo => self.press_dojo(),
            // The card decides, and nobody stands there.
            Cast::Cards => {}
            Cast::Everything if self.acts_random.u8(0..3) == 0 => self.press_dojo(),
            Cast::Everything if self.links_random.bool() => self.press(),
            Cast::Everything => self.press_page(),
        }
    }

    fn press(&mut self) {
        let terminal = self.random.usize(0..self.plan.terminals.len());
        let terminal = &self.plan.terminals[terminal];
        let press = match self.random.u8(0..20) {
            0..8 => Press::Tap,
            8..11 => Press::InsertPin,
            11 => Press::WrongPin,
            12..14 => Press::Decline,
            14..16 => Press::CancelOnTerminal,
            16 => Press::WalkAway,
            17 => Press::Unplug,
            18 => Press::PlugIn,
            _ => {
                if self.random.bool() {
                    Press::CutNetwork
                } else {
                    Press::RestoreNetwork
                }
            }
        };
        if self.world.practice.press(terminal, press).is_ok() {
            self.coverage.saw("press", press);
            let line = format!("{press:?} at {terminal}");
            self.world.trace.tell("customer", line);
        }
    }

    // --- what happens to tills

    pub(super) async fn start(&mut self, seat: usize) {
        self.off_until_ms[seat] = None;
        if let Err(error) = self.world.start(seat).await {
            self.findings
                .push(format!("I16: till {seat} does not start: {error}"));
        }
        self.open_desk(seat).await;
        self.look_at_batches_after_a_start(seat).await;
    }

    async fn start_those_due(&mut self) {
        let now_ms = self.world.trace.now_ms();
        for seat in 0..self.plan.tills {
            if self.off_until_ms[seat].is_some_and(|until_ms| until_ms <= now_ms) {
                self.start(seat).await;
            }
        }
    }

    /// Kills a till. Half the time it is started at once, killed at once and started again: what
    /// recovery leaves must be the same (I16).
    async fn crash(&mut self, seat: usize) {
        if self.world.till(seat).is_none() {
            return;
        }
        self.coverage.saw("action", "crash");
        self.world.crash(seat);
        if self.random.bool() {
            let off_ms = self.random.u64(0..40_000);
            self.off_until_ms[seat] = Some(self.world.trace.now_ms() + off_ms);
            return;
        }
        self.coverage.saw("action", "crash in recovery");
        self.start(seat).await;
        let once = self.world.payments(seat);
        self.world.crash(seat);
        self.start(seat).await;
        let twice = self.world.payments(seat);
        if once != twice {
            self.findings
                .push(format!("I16: till {seat} recovered differently twice"));
        }
        if self.random.bool() {
            sleep(Duration::from_millis(self.random.u64(0..3_000))).await;
            self.world.crash(seat);
            self.start(seat).await;
        }
    }

    fn jump(&mut self) {
        let by_ms = match self.random.u8(0..4) {
            0 => -self.random.i64(0..10 * YEAR_MS),
            1 => self.random.i64(0..10 * YEAR_MS),
            2 => -self.random.i64(0..600_000),
            _ => self.random.i64(0..600_000),
        };
        // A list that is asked for with a clock years ahead is empty: seed 19265 of the links.
        let is_thai = self.plan.cast.has(System::One2Pays);
        let by_ms = if is_thai && by_ms > DAY_MS {
            -by_ms
        } else {
            by_ms
        };
        self.coverage.saw("action", "clock jump");
        self.world.trace.tell("clock", by_ms);
        self.world.clock.jump(by_ms);
    }

    fn change_keys(&mut self) {
        self.key_is_wrong = !self.key_is_wrong;
        let (key, secret) = if self.key_is_wrong {
            ("another", "another")
        } else {
            (PRACTICE_KEY, ONE2PAYS_SECRET_KEY)
        };
        self.coverage.saw("action", "key changed");
        self.accept(key, secret);
    }
}

/// Charges, and goes past whatever warning there is: a story in which a question keeps money from moving
/// twice would prove nothing about what does.
async fn deliberately(till: &Till, charge: StartChargeRequest) -> Result<PaymentView, ApiError> {
    let refused = match till.start_charge(charge.clone()).await {
        Err(error) if error.code == Code::ChargeWarned => error,
        answered => return answered,
    };
    let names = refused.detail.unwrap_or_default();
    let past = names.split(' ').map(str::to_owned).collect();
    till.charge_anyway(ChargeAnywayRequest { charge, past })
        .await
}
