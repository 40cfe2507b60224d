//! `kill -9` of the real program at random moments, over a provider that lives on: whatever was under way,
//! the next start finds out, and in the end the journal says what the provider charged.
//!
//! `KILLS=300` asks for so many of them, `KILLS_SEED` for other moments.

use std::sync::Arc;
use std::time::{Duration, Instant};

use payment::OrderRef;
use practice::{
    Charge, CustomerMode, Duplicate, Fault, Faults, Operation, Ordered, Practice, Settings,
};

use crate::harness::{LIMIT, Shop};
use crate::keychain::Bus;

/// Tills that are killed at the same time, each in a shop of its own.
const LANES: usize = 8;
/// How many programs are killed where nobody asks for more.
const KILLS: usize = 48;
/// The latest moment at which a program is killed, from its start. A customer taps after two seconds and
/// a card is read for one.
const KILLED_WITHIN_MS: u64 = 3_800;
/// How often one order's programs are killed at most.
const KILLS_MAX: u32 = 3;

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// A provider on this computer that no till takes down with it.
struct Provider {
    practice: Practice,
    address: String,
    _serving: tokio::runtime::Runtime,
}

impl Provider {
    fn start(seed: u64) -> Self {
        let practice = Practice::with_system_clock(seed);
        practice.set_settings(Settings {
            customer: CustomerMode::Auto,
            // Otherwise a payment whose answer was lost can be named by nobody but a person.
            duplicate: Duplicate::Replay,
            ..Settings::default()
        });
        for lane in 0..LANES {
            for script in SCRIPTS {
                assert!(practice.add_terminal(&format!("LANE{lane}-{script}"), script));
            }
            assert!(practice.add_dojo_terminal(&format!("LANE{lane}SIP0"), "Lane"));
        }
        let serving = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = serving.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        serving.spawn(practice::serve(practice.clone(), listener));
        Self {
            practice,
            address,
            _serving: serving,
        }
    }

    /// The machine of a lane at Dojo, whose customer pays.
    fn dojo_machine(&self, lane: usize) -> String {
        let tid = format!("LANE{lane}SIP0");
        let machines = self.practice.dojo_terminals().into_iter();
        let mut ours = machines.filter(|machine| machine.tid == tid);
        ours.next().expect("it was added").id
    }

    /// Whether a request for an order has reached it.
    fn has_intent(&self, order: &str) -> bool {
        let order = OrderRef::new(order).expect("an order");
        let mut intents = self.practice.intents().into_iter();
        intents.any(|intent| order.is_of(&intent.external_id))
    }

    /// What was charged for an order, by any of its keys.
    fn charges(&self, order: &str) -> Vec<Charge> {
        let order = OrderRef::new(order).expect("an order");
        let mut ledger = self.practice.ledger();
        ledger.retain(|charge| order.is_of(&charge.external_id));
        ledger
    }
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < deadline, "not so in time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// One till and what it is killed by.
struct Lane {
    number: usize,
    shop: Shop,
    provider: Arc<Provider>,
    dice: fastrand::Rng,
    killed: usize,
}

impl Lane {
    /// Four accounts: two systems with card machines, one of links and one of cards on file.
    fn open_accounts(&self) {
        let add = |arguments: &[&str], key: &str| {
            let arguments = [&["account", "add", "--name"], arguments].concat();
            self.shop.run_with(&arguments, key).ends(0);
        };
        let at = |path: &str| format!("http://{}{path}", self.provider.address);
        let codes = SCRIPTS.map(|script| self.terminal(script));
        let url = at("/api");
        let mut machines = vec!["Bar", "--url", &url];
        for code in &codes {
            machines.extend(["--terminal", code]);
        }
        add(&machines, practice::PRACTICE_KEY);
        let links = ["Web", "--url", &url, "--system", "compago-link"];
        let pages = ["--homepage", SHOP_PAGE, "--redirect", SHOP_PAGE];
        add(&[&links[..], &pages].concat(), practice::PRACTICE_KEY);
        let url = at(practice::DOJO_PATH);
        let machines = ["Dojo", "--url", &url, "--system", "dojo"];
        add(&machines, practice::DOJO_KEY);
        let url = at(practice::LEAN_RAILS_BASE_PATH);
        let cards = ["Cards", "--url", &url, "--system", "lean-rails"];
        add(&cards, practice::LEAN_RAILS_KEY);
        let machine = self.provider.dojo_machine(self.number);
        self.shop
            .run(&["account", "terminals", "dojo", "--use", &machine])
            .ends(0);
    }

    fn terminal(&self, script: &str) -> String {
        format!("LANE{}-{script}", self.number)
    }

    /// What becomes of requests while this order is charged: nothing, or one is lost on its way or back.
    fn weather(&mut self) {
        let fault = match self.dice.u8(..6) {
            0 => Fault::LoseAnswer,
            1 => Fault::DropRequest,
            2 => Fault::Delay { ms: 1_500 },
            _ => return,
        };
        let on = Some(self.dice.choice(ASKED).expect("one of three"));
        let mut faults = Faults::default();
        faults.queue.push_back(Ordered { on, fault });
        self.provider.practice.set_faults(faults);
    }

    /// Starts the program and kills it at some moment, or lets it end. Whether it ended by itself.
    fn kill_within(&mut self, arguments: &[&str]) -> bool {
        let mut till = self.shop.start(arguments);
        std::thread::sleep(Duration::from_millis(self.dice.u64(..KILLED_WITHIN_MS)));
        let has_ended = till.has_ended();
        if !has_ended {
            till.kill();
            self.killed += 1;
        }
        has_ended
    }

    /// A charge at one of the four systems.
    fn drawn_charge(&mut self, order: &str) -> Vec<String> {
        let script = self.dice.choice(SCRIPTS).expect("a script");
        let machine = self.provider.dojo_machine(self.number);
        let arguments = match self.dice.u8(..8) {
            0..=3 => ["charge", "bar", "--terminal", &self.terminal(script)].map(str::to_owned),
            4 | 5 => ["link", "web", "--minutes", "30"].map(str::to_owned),
            6 => ["charge", "dojo", "--terminal", &machine].map(str::to_owned),
            _ => ["card", "cards", "--card", "pm_card_visa"].map(str::to_owned),
        };
        let [verb, account, option, value] = arguments;
        let rest = ["--account", &account, "--order", order, &option, &value];
        let mut arguments = vec![verb, "350.50".to_owned()];
        arguments.extend(rest.map(str::to_owned));
        arguments
    }

    /// Charges one order while the program is killed again and again, lets the last start see it through,
    /// and holds what the journal says against what the provider charged.
    fn play(&mut self, index: usize) {
        self.weather();
        let order = format!("L{}-{index}", self.number);
        let charge = self.drawn_charge(&order);
        let charge: Vec<&str> = charge.iter().map(String::as_str).collect();
        let goes_on: [&[&str]; 3] = [
            &["status", &order, "--wait", "20"],
            &["cancel", &order],
            // Who asks again may be refused, and never charges twice.
            &charge,
        ];
        let begun = self.killed;
        let mut arguments = &charge[..];
        for _ in 0..self.dice.u32(1..=KILLS_MAX) {
            if self.kill_within(arguments) {
                break;
            }
            arguments = self.dice.choice(goes_on).expect("one of three");
        }
        let is_begun = self.see_through(&order);
        assert!(is_begun || self.killed > begun, "{charge:?} was refused");
    }

    /// The last start: nobody kills it. Whether the order was begun at all.
    fn see_through(&self, order: &str) -> bool {
        // A start that was killed before its first fact knows of no order.
        if self.shop.run(&["status", order]).code == Some(1) {
            assert_eq!(self.provider.charges(order), [], "{order} was never begun");
            return false;
        }
        // What waits for a customer who walked away is withdrawn.
        let _ = self.shop.run(&["cancel", order]);
        let told = self.shop.json(&["status", order, "--wait", "60"]);
        let last = told.lines().pop().expect("its state");
        let state = last["payment"]["state"].as_str().expect("a state");
        let charged = self.provider.charges(order).len();
        let expected = match state {
            "paid" => 1,
            "cancelled" | "declined" | "expired" | "failed" => 0,
            _ => panic!("{order} stays {state}: {told:#?}"),
        };
        assert_eq!(charged, expected, "{order} is {state}: {told:#?}");
        true
    }
}

const SHOP_PAGE: &str = "https://shop.example.com";
const ASKED: [Operation; 3] = [Operation::Create, Operation::Read, Operation::Cancel];
const SCRIPTS: [&str; 4] = ["TAP", "WALK", "DECLINE", "RACE"];

#[test]
fn killed_at_any_moment_the_journal_says_in_the_end_what_was_charged() {
    let Some(bus) = Bus::start() else { return };
    let seed = u64::try_from(number("KILLS_SEED", 7)).expect("a seed");
    let wanted = number("KILLS", KILLS);
    let provider = Arc::new(Provider::start(seed));
    let lane = |lane: usize| Lane {
        number: lane,
        shop: bus.shop(),
        provider: Arc::clone(&provider),
        dice: fastrand::Rng::with_seed(seed ^ u64::try_from(lane).expect("small")),
        killed: 0,
    };
    let play = |mut lane: Lane| {
        lane.open_accounts();
        let mut orders = 0;
        while lane.killed < wanted.div_ceil(LANES) {
            lane.play(orders);
            orders += 1;
        }
        lane.shop.run(&["audit", "verify"]).ends(0);
        (lane.killed, orders)
    };
    let played = std::thread::scope(|scope| {
        let lanes = (0..LANES).map(|number| scope.spawn(move || play(lane(number))));
        let lanes: Vec<_> = lanes.collect();
        let played = lanes
            .into_iter()
            .map(|lane| lane.join().expect("they agree"));
        played.fold((0, 0), |sum, lane| (sum.0 + lane.0, sum.1 + lane.1))
    });
    provider.practice.check().expect("the provider's own books");
    let charged = provider.practice.ledger().len();
    println!(
        "{} kills over {} orders, {charged} of them charged",
        played.0, played.1
    );
    assert!(charged > 0, "nothing was tried");
}

/// A laptop whose lid is closed while the customer pays, and one that is closed over a request.
#[test]
fn a_till_that_slept_says_what_happened_meanwhile() {
    let Some(bus) = Bus::start() else { return };
    let provider = Arc::new(Provider::start(7));
    let lane = Lane {
        number: 0,
        shop: bus.shop(),
        provider: Arc::clone(&provider),
        dice: fastrand::Rng::with_seed(7),
        killed: 0,
    };
    lane.open_accounts();
    let terminal = lane.terminal("TAP");
    let slow = Fault::Delay { ms: 2_000 };
    for (order, faults) in [
        ("R-1", Faults::default()),
        ("R-2", Faults::next(Operation::Create, slow)),
    ] {
        provider.practice.set_faults(faults);
        let mut till = lane.shop.start(&[
            "charge",
            "350.50",
            "--account",
            "bar",
            "--terminal",
            &terminal,
            "--order",
            order,
        ]);
        // A till that is stopped before its request has left has asked nobody to pay.
        wait_until("the request arrives", || provider.has_intent(order));
        till.sleep();
        wait_until("the customer does not wait for the till", || {
            !provider.charges(order).is_empty()
        });
        // Longer than any request is waited for.
        std::thread::sleep(Duration::from_secs(12));
        till.wake();
        till.wait_for("paid");
        assert_eq!(till.end().code(), Some(0));
        assert_eq!(provider.charges(order).len(), 1);
    }
    assert!(lane.see_through("R-1") && lane.see_through("R-2"));
}
