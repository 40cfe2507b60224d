//! Who and what is in one story, drawn from its seed.

use payment::System;
use practice::{
    CreatedStatus, CustomerMode, DeclineShape, Duplicate, Race, Settings, UnknownTerminal,
};

use super::acts_plan::{self, ActsPlan};
use super::cast::Cast;
use super::links::{self, LinkPlan};

/// An order and the tills at which it may be charged.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) name: String,
    pub(super) digits: String,
    pub(super) tills: Vec<usize>,
    pub(super) link: LinkPlan,
    pub(super) acts: ActsPlan,
}

/// The cast of a story.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) cast: Cast,
    pub(super) tills: usize,
    pub(super) orders: Vec<Order>,
    pub(super) terminals: Vec<String>,
    /// The machines of Dojo, by their TIDs.
    pub(super) machines: Vec<&'static str>,
    pub(super) settings: Settings,
    /// How long trouble lasts. Milliseconds.
    pub(super) trouble_ms: u64,
    /// How long between two things somebody does, at most. Milliseconds.
    pub(super) pause_max_ms: u64,
    pub(super) tills_crash: bool,
    pub(super) clock_jumps: bool,
    pub(super) keys_change: bool,
}

/// Terminals with a panel, then those whose customer acts alone.
const TERMINALS: [&str; 12] = [
    "PRACTICE-1",
    "PRACTICE-2",
    "PRACTICE-TAP",
    "PRACTICE-PIN",
    "PRACTICE-WRONGPIN",
    "PRACTICE-DECLINE",
    "PRACTICE-DECLINE-THEN-TAP",
    "PRACTICE-WALK",
    "PRACTICE-CANCEL",
    "PRACTICE-OFFLINE",
    "PRACTICE-SLOW",
    "PRACTICE-RACE",
];

impl Plan {
    /// What there was before links is drawn as it was then; links draw from dice of their own.
    pub(super) fn draw(
        cast: Cast,
        random: &mut fastrand::Rng,
        links_random: &mut fastrand::Rng,
        acts_random: &mut fastrand::Rng,
    ) -> Self {
        let mut plan = Self::draw_terminals(cast, random);
        if cast == Cast::Terminals {
            return plan;
        }
        if cast.has_links() {
            plan.settings = links::possible(links::settings(plan.settings, links_random));
        }
        for order in &mut plan.orders {
            order.link = LinkPlan::draw(cast.systems(), links_random);
            if order.tills.len() > 1 {
                order.link.keep_one(links_random);
            }
            if order.link.systems.is_empty() {
                order.link = LinkPlan::draw(cast.systems(), links_random);
                order.tills.truncate(1);
            }
        }
        // A link lives for ten minutes at least: some stories are long enough to see it expire.
        if cast.has_links() && links_random.u8(0..6) == 0 {
            plan.trouble_ms = links_random.u64(640_000..800_000);
            plan.pause_max_ms = 60_000;
        }
        if cast.has_acts() {
            plan.settings = acts_plan::settings(plan.settings, acts_random);
            plan.machines = acts_plan::machines(acts_random);
            for order in &mut plan.orders {
                order.acts = ActsPlan::draw(acts_random);
            }
        }
        plan
    }

    /// Makes a short story of it, by dice that long ones do not throw.
    pub(super) fn shorten(&mut self, length_random: &mut fastrand::Rng) {
        self.orders.truncate(length_random.usize(1..=2));
        // Paid, then given back, then doubted: that takes its time.
        let trouble_ms = if self.cast.has_acts() {
            10_000..50_000
        } else {
            4_000..24_000
        };
        self.trouble_ms = length_random.u64(trouble_ms);
        self.pause_max_ms = [1_000, 3_000, 6_000][length_random.usize(0..3)];
        self.settings.lifetime_ms = length_random.u64(20_000..60_000);
    }

    /// Makes a brief one of it: what one payment can meet, with nobody waiting for anything.
    pub(super) fn cut(&mut self, has_managers: bool, length_random: &mut fastrand::Rng) {
        self.orders.truncate(if has_managers { 2 } else { 1 });
        let is_shared = self.orders.iter().any(|order| order.tills.len() > 1);
        self.tills = if is_shared { 2 } else { 1 };
        for order in &mut self.orders {
            let shared = order.tills.len() > 1;
            order.tills = if shared { vec![0, 1] } else { vec![0] };
        }
        let trouble_ms = if self.cast.has_acts() {
            2_000..8_000
        } else {
            1_000..4_000
        };
        self.trouble_ms = length_random.u64(trouble_ms);
        self.pause_max_ms = [800, 1_500, 3_000][length_random.usize(0..3)];
        self.settings.lifetime_ms = length_random.u64(10_000..40_000);
    }

    /// A request that was refused may be taken when the very same bytes arrive later: where keys
    /// change, and where what is signed with a wrong clock becomes right with time.
    pub(super) fn refusals_heal(&self) -> bool {
        let is_wrong = self.clock_jumps || self.settings.one2pays_clock_ahead_ms != 0;
        self.keys_change || (is_wrong && self.cast.has(System::One2Pays))
    }

    fn draw_terminals(cast: Cast, random: &mut fastrand::Rng) -> Self {
        let tills = [1, 1, 2, 3][random.usize(0..4)];
        let orders = (0..random.usize(2..=4))
            .map(|number| order(number, tills, random))
            .collect();
        let terminals = (0..random.usize(1..=3))
            .map(|_| {
                // The two with a panel are half of all: they are where chance has hands.
                let among = if random.bool() { 2 } else { TERMINALS.len() };
                TERMINALS[random.usize(0..among)].to_owned()
            })
            .collect();
        Self {
            cast,
            tills,
            orders,
            terminals,
            machines: Vec::new(),
            settings: settings(random),
            trouble_ms: random.u64(60_000..240_000),
            pause_max_ms: [1_000, 5_000, 20_000][random.usize(0..3)],
            tills_crash: random.bool(),
            clock_jumps: random.u8(0..4) == 0,
            keys_change: random.u8(0..8) == 0,
        }
    }

    /// Whether an order may be charged at two tills.
    pub(super) fn is_shared(&self, order: &str) -> bool {
        let mut orders = self.orders.iter();
        orders.any(|one| one.name == order && one.tills.len() > 1)
    }
}

fn order(number: usize, tills: usize, random: &mut fastrand::Rng) -> Order {
    let first = random.usize(0..tills);
    let mut at = vec![first];
    if tills > 1 && random.u8(0..3) == 0 {
        at.push((first + 1) % tills);
    }
    Order {
        name: format!("R{number}"),
        // No two orders cost the same, so that an amount on a machine names its order.
        digits: (10_000 + 100 * number + random.usize(0..8)).to_string(),
        tills: at,
        link: LinkPlan::draw(Cast::Terminals.systems(), &mut fastrand::Rng::with_seed(0)),
        acts: ActsPlan::PLAIN,
    }
}

fn settings(random: &mut fastrand::Rng) -> Settings {
    let created = [CreatedStatus::Created, CreatedStatus::Ok];
    let duplicate = [
        Duplicate::Conflict,
        Duplicate::BadRequest,
        Duplicate::ConflictWithId,
        Duplicate::Replay,
        Duplicate::ReplayAsNew,
    ];
    let unknown_terminal = [UnknownTerminal::NotFound, UnknownTerminal::BadRequest];
    let decline = [
        DeclineShape::PendingWithSummary,
        DeclineShape::CancelledWithSummary,
        DeclineShape::PendingSilent,
    ];
    let race = [
        Race::CancelWins,
        Race::ApprovalWins,
        Race::ApprovalAfterCancel,
    ];
    let customer = [CustomerMode::Panel, CustomerMode::Auto];
    Settings {
        created: created[random.usize(0..created.len())],
        duplicate: duplicate[random.usize(0..duplicate.len())],
        unknown_terminal: unknown_terminal[random.usize(0..unknown_terminal.len())],
        decline: decline[random.usize(0..decline.len())],
        race: race[random.usize(0..race.len())],
        customer: customer[random.usize(0..customer.len())],
        get_echoes_amount: random.bool(),
        expired_after_end: random.bool(),
        reading_outlives_expiry: random.bool(),
        lifetime_ms: random.u64(20_000..200_000),
        visibility_lag_ms: if random.bool() {
            0
        } else {
            random.u64(0..25_000)
        },
        tap_ms: random.u64(200..5_000),
        pin_ms: random.u64(1_000..8_000),
        ..Settings::default()
    }
}
