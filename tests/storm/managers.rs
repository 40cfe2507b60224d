//! The managers of a story: they withdraw in bulk while cashiers and customers do what they like, think
//! better of it, and go on after a crash. In half of their shops somebody must have signed in for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journal::Fact;
use payment::{Actor, PinHash, Role, ShopEvent, StaffEvent, StaffId, VoidRules};
use secrets::{Secret, Vault as _};
use till::api::{
    ApiError, ListVoidsRequest, PinInput, PlanVoidRequest, StartVoidRequest, SteerVoidRequest,
    VoidChoice, VoidHeadView, VoidPlanView, VoidStep, VoidView, VoidWish,
};
use till::{Gate, Till};
use tokio::time::sleep;

use super::play::Play;

/// Keeps what is drawn for managers apart from everything else: a story without them is the one it was
/// before there were any.
const MANAGERS_SALT: u64 = 0xB01D_AC75;

/// Of so many stories one has managers.
const EVERY: u8 = 5;

const MANAGER: &str = "Luz";
const CASHIER: &str = "Ana";

/// Who works in such a shop: name, role, PIN, and the hash of it. The hashes are cheap ones, of 8 KiB: a
/// hash of the till's own takes longer than a story.
const PEOPLE: [(&str, Role, &str, &str); 2] = [
    (
        MANAGER,
        Role::Manager,
        "592617",
        "$argon2id$v=19$m=8,t=1,p=1$dGlsbHNpZGUtc3Rvcm0tMQ$SBJI1cepffUe+hIE83O/fUjYEa7vHqflTiHxlczM5QY",
    ),
    (
        CASHIER,
        Role::Cashier,
        "4821",
        "$argon2id$v=19$m=8,t=1,p=1$dGlsbHNpZGUtc3Rvcm0tMQ$tWEKDq1xR5kHEt4Kjs6L9u4/ZSJ3aEaYfKp6x8GjJnk",
    ),
];

/// What those hashes were made with.
const PEPPER: &str = "storm-pepper";

/// Whether a seed has managers in every run of the tests.
pub(super) fn are_there(seed: u64) -> bool {
    random(seed).u8(0..EVERY) == 0
}

fn random(seed: u64) -> fastrand::Rng {
    fastrand::Rng::with_seed(seed ^ MANAGERS_SALT)
}

/// Who stands at a till where bulk work needs a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    Manager,
    Cashier,
    Nobody,
}

/// The managers of a story.
pub(super) struct Managers {
    pub(super) random: fastrand::Rng,
    /// Whether anybody must sign in; then who signs in at each till in the morning.
    pub(super) is_staffed: bool,
    /// By till.
    desks: Vec<Option<(Gate, Present)>>,
    /// Dry runs that were looked at and not started.
    plans: Vec<(usize, String)>,
    undo_ms: u64,
}

impl Managers {
    pub(super) fn draw(seed: u64, tills: usize) -> Self {
        let mut random = random(seed);
        Self {
            is_staffed: random.bool(),
            undo_ms: [0, 0, 1_000, 5_000][random.usize(0..4)],
            desks: (0..tills).map(|_| None).collect(),
            plans: Vec::new(),
            random,
        }
    }
}

/// Where a manager stands: at the gate, or at a till without one.
enum Desk {
    Gate(Gate),
    Till(Till),
}

impl Desk {
    async fn plan(&self, choice: VoidChoice) -> Result<VoidPlanView, ApiError> {
        let request = PlanVoidRequest { choice };
        match self {
            Self::Gate(gate) => gate.plan_void(request).await,
            Self::Till(till) => till.plan_void(request).await,
        }
    }

    async fn start(&self, plan: &str) -> Result<VoidView, ApiError> {
        let request = StartVoidRequest {
            plan: plan.to_owned(),
            reason: "Event cancelled".to_owned(),
            note: String::new(),
        };
        match self {
            Self::Gate(gate) => gate.start_void(request).await,
            Self::Till(till) => till.start_void(request).await,
        }
    }

    async fn steer(&self, batch: String, wish: VoidWish) -> Result<VoidHeadView, ApiError> {
        let request = SteerVoidRequest { batch, wish };
        match self {
            Self::Gate(gate) => gate.steer_void(request).await,
            Self::Till(till) => till.steer_void(request).await,
        }
    }
}

impl Play {
    /// What was decided before the story begins: the rules of the shop, and who works there.
    pub(super) async fn hire(&mut self) {
        let Some(managers) = &self.managers else {
            return;
        };
        let rules = VoidRules {
            undo_ms: managers.undo_ms,
            ..VoidRules::default()
        };
        let mut facts = vec![Fact::Shop(ShopEvent::VoidRulesChosen { rules })];
        if managers.is_staffed {
            facts.extend(
                (1_u128..)
                    .zip(PEOPLE)
                    .map(|(number, (name, role, _, hash))| {
                        let event = StaffEvent::Added {
                            id: StaffId::from_uuid(uuid::Uuid::from_u128(number)),
                            name: name.to_owned(),
                            role,
                            pin: PinHash::new(hash.to_owned()),
                            by: Actor::Till,
                        };
                        Fact::Shop(ShopEvent::Staff { event })
                    }),
            );
        }
        for seat in &self.world.seats {
            let pepper = Secret::new(PEPPER).expect("a fixed text that is allowed");
            seat.vault
                .store("staff:pepper", &pepper)
                .expect("a keychain in memory takes everything");
            let written = seat.journal.append(crate::world::MORNING_MS, facts.clone());
            written.await.expect("a journal in memory takes everything");
        }
    }

    /// A till was switched on. In the morning somebody signs in; whoever starts it later goes on selling
    /// and does not.
    pub(super) async fn open_desk(&mut self, seat: usize) {
        let Some(till) = self.world.till(seat).cloned() else {
            return;
        };
        let Some(managers) = self.managers.as_mut().filter(|one| one.is_staffed) else {
            return;
        };
        let gate = Gate::new(till);
        let mut present = Present::Nobody;
        if managers.desks[seat].is_none() {
            present = [
                Present::Manager,
                Present::Manager,
                Present::Manager,
                Present::Cashier,
            ][managers.random.usize(0..4)];
            let is_it = |name: &str| {
                name == if present == Present::Manager {
                    MANAGER
                } else {
                    CASHIER
                }
            };
            for (name, _, pin, _) in PEOPLE.into_iter().filter(|one| is_it(one.0)) {
                if let Err(error) = gate.sign_in_as(name, PinInput::new(pin)).await {
                    self.findings
                        .push(format!("I11: {name} cannot sign in: {error}"));
                }
            }
        }
        managers.desks[seat] = Some((gate, present));
    }

    fn desk(&self, seat: usize) -> Option<Desk> {
        let till = self.world.till(seat)?;
        let managers = self.managers.as_ref()?;
        Some(match &managers.desks[seat] {
            Some((gate, _)) if managers.is_staffed => Desk::Gate(gate.clone()),
            _ => Desk::Till(till.clone()),
        })
    }

    /// I11: who is no manager, or has not signed in, withdraws nothing in bulk.
    fn may(&mut self, seat: usize, what: &str, is_ok: bool) {
        let Some(managers) = &self.managers else {
            return;
        };
        let present = managers.desks[seat].as_ref().map(|(_, present)| *present);
        let is_manager = present == Some(Present::Manager);
        if is_ok && managers.is_staffed && !is_manager {
            self.findings
                .push(format!("I11: {what} by {present:?} at till {seat}"));
        }
    }

    /// A manager does something.
    pub(super) async fn manage(&mut self, seat: usize) {
        let Some(managers) = &mut self.managers else {
            return;
        };
        match managers.random.u8(0..10) {
            0..6 => self.void_some(seat).await,
            6..8 => self.steer_some(seat).await,
            _ => self.start_kept(seat).await,
        }
    }

    async fn void_some(&mut self, seat: usize) {
        let (Some(desk), Some(choice)) = (self.desk(seat), self.choice(seat)) else {
            return;
        };
        self.did(seat, &format!("plans a void: {}", choice_name(&choice)));
        let planned = desk.plan(choice).await;
        let plan = match planned {
            Ok(plan) => plan,
            Err(error) => return self.world.trace.tell("screen", error.code.name()),
        };
        for count in &plan.counts {
            let times = u64::from(count.count);
            let name = format!("{:?}", count.verdict);
            self.coverage.add("void verdict", name, times);
        }
        let Some(managers) = &mut self.managers else {
            return;
        };
        let looks_ms = managers.random.u64(0..self.plan.pause_max_ms);
        match managers.random.u8(0..6) {
            // Somebody calls; it is started later, or never.
            0 => return managers.plans.push((seat, plan.plan)),
            1 | 2 => sleep(std::time::Duration::from_millis(looks_ms)).await,
            _ => {}
        }
        self.start_batch(seat, &desk, &plan.plan).await;
    }

    async fn start_kept(&mut self, seat: usize) {
        let Some(desk) = self.desk(seat) else {
            return;
        };
        let Some(managers) = &mut self.managers else {
            return;
        };
        let kept = managers.plans.iter().position(|(at, _)| *at == seat);
        if let Some(kept) = kept {
            let (_, plan) = managers.plans.swap_remove(kept);
            self.start_batch(seat, &desk, &plan).await;
        }
    }

    async fn start_batch(&mut self, seat: usize, desk: &Desk, plan: &str) {
        let is_double = self
            .managers
            .as_mut()
            .is_some_and(|managers| managers.random.u8(0..4) == 0);
        self.did(seat, "starts a void");
        let answer = if is_double {
            let (one, two) = tokio::join!(desk.start(plan), desk.start(plan));
            if one.is_ok() && two.is_ok() {
                let line = "I15: one dry run was started twice".to_owned();
                self.findings.push(line);
            }
            one.or(two)
        } else {
            desk.start(plan).await
        };
        self.may(seat, "a batch", answer.is_ok());
        match answer {
            Ok(view) => {
                let line = format!("a batch of {}", view.lines.len());
                self.world.trace.tell("screen", line);
            }
            Err(error) => {
                self.coverage.saw("code", error.code);
                self.world.trace.tell("screen", error.code.name());
            }
        }
    }

    async fn steer_some(&mut self, seat: usize) {
        let (Some(desk), Some(till)) = (self.desk(seat), self.world.till(seat).cloned()) else {
            return;
        };
        let Ok(batches) = till.list_voids(ListVoidsRequest {}).await else {
            return;
        };
        let Some(managers) = &mut self.managers else {
            return;
        };
        let among = batches.rows.len();
        if among == 0 {
            return;
        }
        let batch = batches.rows[managers.random.usize(0..among)].batch.clone();
        let wish = match managers.random.u8(0..6) {
            0..3 => VoidWish::Pause,
            3..5 => VoidWish::Resume,
            _ => VoidWish::Stop,
        };
        self.did(seat, &format!("steers a void: {wish:?}"));
        let answer = desk.steer(batch, wish).await;
        self.may(seat, "a steered batch", answer.is_ok());
        if let Err(error) = answer {
            self.world.trace.tell("screen", error.code.name());
        }
    }

    /// What a manager selects, pastes or looks for.
    fn choice(&mut self, seat: usize) -> Option<VoidChoice> {
        let payments = self.world.payments(seat);
        let managers = self.managers.as_mut()?;
        let random = &mut managers.random;
        Some(match random.u8(0..10) {
            0..4 => {
                let mut chosen: Vec<String> = Vec::new();
                for payment in payments.iter() {
                    // Left out, selected, or selected twice.
                    for _ in 0..[0, 1, 1, 2][random.usize(0..4)] {
                        chosen.push(payment.id.to_string());
                    }
                }
                VoidChoice::Payments { payments: chosen }
            }
            4..7 => {
                let mut list = vec!["reference".to_owned(), "R-nobody-has".to_owned()];
                for payment in payments.iter() {
                    let intent = payment.intent.as_ref().map(ToString::to_string);
                    list.push(match (random.u8(0..3), intent) {
                        (0, Some(intent)) => intent,
                        (1, _) => payment.key.to_string(),
                        _ => payment.order.to_string(),
                    });
                }
                let base64 = STANDARD.encode(list.join("\n"));
                VoidChoice::List { base64 }
            }
            7 => VoidChoice::Expiring { minutes: 60 },
            8 => VoidChoice::Duplicates,
            _ => VoidChoice::Leftovers,
        })
    }

    /// In the quiet a manager comes and lets go on what waits for a word.
    pub(super) async fn see_batches_through(&mut self) {
        if self.managers.is_none() {
            return;
        }
        for seat in 0..self.plan.tills {
            let Some(till) = self.world.till(seat).cloned() else {
                continue;
            };
            let Ok(batches) = till.list_voids(ListVoidsRequest {}).await else {
                continue;
            };
            let waits =
                |head: &VoidHeadView| matches!(head.step, VoidStep::Paused | VoidStep::Interrupted);
            for head in batches.rows.into_iter().filter(waits) {
                self.did(seat, "lets a void go on");
                let desk = Desk::Till(till.clone());
                if let Err(error) = desk.steer(head.batch, VoidWish::Resume).await {
                    self.findings
                        .push(format!("I15: a batch cannot go on: {error}"));
                }
            }
        }
    }

    /// After a start nothing of a batch begins before somebody says so.
    pub(super) async fn look_at_batches_after_a_start(&mut self, seat: usize) {
        let Some(till) = self.world.till(seat).filter(|_| self.managers.is_some()) else {
            return;
        };
        let Ok(batches) = till.list_voids(ListVoidsRequest {}).await else {
            return;
        };
        let goes = |head: &&VoidHeadView| {
            matches!(
                head.step,
                VoidStep::Undo | VoidStep::Running | VoidStep::Paused
            )
        };
        if let Some(head) = batches.rows.iter().find(goes) {
            let line = format!("I15: after a start a batch is {:?} by itself", head.step);
            self.findings.push(line);
        }
    }
}

const fn choice_name(choice: &VoidChoice) -> &'static str {
    match choice {
        VoidChoice::Payments { .. } => "selected",
        VoidChoice::List { .. } => "a list",
        VoidChoice::Expiring { .. } => "expiring",
        VoidChoice::Duplicates => "duplicates",
        VoidChoice::Leftovers => "leftovers",
    }
}
