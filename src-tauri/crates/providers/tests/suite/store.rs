//! A practice store over real HTTP with an account at one system, and its customer's hands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use money::Money;
use payment::{
    Account, Channel, Charge, Created, Failure, IntentId, Prompt, Provider, Seen, Standing, System,
};
use practice::{
    Fault, Faults, LEAN_RAILS_BASE_PATH, LeanRailsStatus, LinkStatus, Operation, PagePress,
    Practice, Press, Settings, Status, serve, system_clock,
};
use providers::{NetworkOptions, connect};
use secrets::Secret;
use tokio::net::TcpListener;

use crate::shop::{Side, account, charge_by, hasty};

pub(crate) const COUNTER: &str = "PRACTICE-1";

/// What is printed on the slips of Dojo's machine at the counter.
const COUNTER_TID: &str = "21890001";

/// What is charged in these tests.
pub(crate) const MINOR: i64 = 35_050;

/// How long a bank thinks about a card on file, in milliseconds.
pub(crate) const BANK_MS: u64 = 60_000;

pub(crate) struct Store {
    pub(crate) side: Side,
    pub(crate) practice: Practice,
    ahead_ms: Arc<AtomicU64>,
    origin: String,
    /// The account's line, with the store's own key.
    pub(crate) line: Arc<dyn Provider>,
}

/// What a customer does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Pay,
    Decline,
}

impl Store {
    pub(crate) async fn open(side: impl Into<Side>) -> Self {
        Self::with(side, |_| {}).await
    }

    /// A store with other choices than its own. Its clock is this computer's until time passes.
    pub(crate) async fn with(side: impl Into<Side>, change: impl FnOnce(&mut Settings)) -> Self {
        let side = side.into();
        let ahead_ms = Arc::new(AtomicU64::new(0));
        let (clock, ahead) = (system_clock(), Arc::clone(&ahead_ms));
        let now = move || clock().saturating_add(ahead.load(Ordering::SeqCst));
        let practice = Practice::new(7, Arc::new(now));
        let mut settings = practice.settings();
        settings.lean_rails.processing_ms = BANK_MS;
        change(&mut settings);
        practice.set_settings(settings);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(serve(practice.clone(), listener));
        let line = line(side.system, &origin, None);
        Self {
            side,
            practice,
            ahead_ms,
            origin,
            line,
        }
    }

    /// The same account with a key of one's own.
    pub(crate) fn line_with(&self, key: &str) -> Arc<dyn Provider> {
        line(self.side.system, &self.origin, Some(key))
    }

    /// The same account through another client.
    pub(crate) fn line_through(&self, options: NetworkOptions) -> Arc<dyn Provider> {
        let account = practice_account(self.side.system, &self.origin);
        connect(&account, None, options).expect("a provider")
    }

    /// Another account there.
    pub(crate) fn line_as(&self, change: impl FnOnce(&mut Account)) -> Arc<dyn Provider> {
        let mut account = practice_account(self.side.system, &self.origin);
        change(&mut account);
        connect(&account, None, hasty()).expect("a provider")
    }

    pub(crate) fn pass(&self, ms: u64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// The next request of a kind goes wrong.
    pub(crate) fn spoil(&self, on: Operation, fault: Fault) {
        self.practice.set_faults(Faults::next(on, fault));
    }

    pub(crate) fn charge(&self, order: &str) -> Charge {
        // When a link of Dojo ends is counted from then, before the store has told its own time.
        let asked_at_ms = i64::try_from(self.practice.with(|_, now_ms| now_ms)).expect("a time");
        Charge {
            asked_at_ms,
            ..charge_by(self.side, order, MINOR, &self.counter())
        }
    }

    /// The machine at the counter, as the system names it.
    pub(crate) fn counter(&self) -> String {
        if self.side.system != System::Dojo {
            return COUNTER.to_owned();
        }
        let machines = self.practice.dojo_terminals().into_iter();
        let mut counter = machines.filter(|machine| machine.tid == COUNTER_TID);
        counter.next().expect("a machine").id
    }

    /// What comes after the first call of a cancel: a machine of Dojo takes its moment to let go, and
    /// the second call withdraws the payment. Elsewhere one call does.
    pub(crate) async fn let_go(&self, intent: &IntentId) {
        if self.side.is_on_dojo_machine() {
            self.pass(1_000);
            let seen = self.read(intent).await;
            assert_eq!(seen.prompt, Some(Prompt::CancelledAtTerminal), "{seen:?}");
            assert_eq!(self.line.cancel(intent).await, Ok(()));
        }
    }

    /// The customer begins; the bank has not answered yet.
    pub(crate) fn begin(&self, order: &str, act: Act) {
        // The machine has fetched the request by then, and the page is ready.
        self.pass(1_000);
        match self.side.channel {
            Channel::Terminal => {
                let press = match act {
                    Act::Pay => Press::Tap,
                    Act::Decline => Press::Decline,
                };
                let pressed = self.practice.press(&self.counter(), press);
                pressed.expect("a press");
            }
            Channel::Link => {
                let press = match act {
                    Act::Pay => PagePress::Pay,
                    Act::Decline => PagePress::Decline,
                };
                self.press_page(order, press).expect("a press");
            }
            // Nobody is there; the card decides.
            Channel::CardOnFile => {}
        }
    }

    /// The customer acts, and the bank answers.
    pub(crate) fn act(&self, order: &str, act: Act) {
        self.begin(order, act);
        self.settle();
    }

    /// The bank answers.
    pub(crate) fn settle(&self) {
        self.pass(match self.side.channel {
            Channel::Terminal | Channel::Link => 10_000,
            Channel::CardOnFile => BANK_MS,
        });
    }

    /// Whether a cancel that is repeated is answered like the first: it has a key.
    pub(crate) const fn replays_cancels(&self) -> bool {
        matches!(self.side.channel, Channel::CardOnFile)
    }

    /// Where a payment stands that was made and not paid yet: a card on file is at work at once.
    pub(crate) const fn unpaid(&self) -> Standing {
        match self.side.channel {
            Channel::Terminal | Channel::Link => Standing::Waiting,
            Channel::CardOnFile => Standing::Processing,
        }
    }

    /// Whether a reading leaves such a payment open, also one that lies or is old.
    pub(crate) fn leaves_open(&self, standing: Standing) -> bool {
        let old = match self.side.channel {
            Channel::Terminal | Channel::Link => Standing::Waiting,
            Channel::CardOnFile => Standing::NeedsCashier,
        };
        standing == Standing::Unrecognised || standing == self.unpaid() || standing == old
    }

    /// On the newest page of an order.
    pub(crate) fn press_page(&self, order: &str, press: PagePress) -> Result<(), String> {
        let pages = self.practice.pages();
        let mut pages = pages.into_iter().rev();
        let page = pages
            .find(|page| page.reference == order)
            .ok_or("no page")?;
        let pressed = self.practice.press_page(page.id, press);
        pressed.map_err(|refused| refused.to_string())
    }

    /// What was taken from customers.
    pub(crate) fn charged(&self) -> Vec<Money> {
        let ledger = self.practice.ledger().into_iter();
        ledger.map(|charge| charge.amount).collect()
    }

    /// How many payments of any standing there are.
    pub(crate) fn made(&self) -> usize {
        let cards = self.practice.lean_rails_intents().len();
        let dojo = self.practice.dojo_intents().len();
        self.practice.intents().len() + self.practice.links().len() + cards + dojo
    }

    /// How many payments a customer can pay or has paid.
    pub(crate) fn alive(&self) -> usize {
        let intents = self.practice.intents().into_iter();
        let links = self.practice.links().into_iter();
        let is_intent = intents.filter(|one| one.status != Status::Cancelled);
        let is_link = links.filter(|one| matches!(one.status, LinkStatus::Open | LinkStatus::Paid));
        let cards = self.practice.lean_rails_intents().into_iter();
        let is_card = cards.filter(|one| one.status != LeanRailsStatus::Canceled);
        is_intent.count() + is_link.count() + is_card.count() + self.alive_at_dojo()
    }

    /// Where nobody is given the address of its page, an intent that is on no machine cannot be paid.
    fn alive_at_dojo(&self) -> usize {
        let sessions = self.practice.dojo_sessions();
        let intents = self.practice.dojo_intents().into_iter();
        let is_alive = intents.filter(|intent| {
            if self.side.channel == Channel::Link {
                return intent.status != Some("Canceled");
            }
            let on_machine = |session: &&practice::DojoSessionView| {
                session.is_open && session.intent == Some(intent.id)
            };
            !intent.charged.is_zero() || sessions.iter().any(|session| on_machine(&session))
        });
        is_alive.count()
    }

    /// The name of a payment, asked for by its key where the answer did not have it.
    pub(crate) async fn named(&self, charge: &Charge, created: &Created) -> IntentId {
        match &created.intent {
            Some(intent) => intent.clone(),
            None => {
                let found = self.line.find(charge).await.expect("a list");
                found.expect("it is listed").intent.expect("a name")
            }
        }
    }

    /// A payment that waits, and its name.
    pub(crate) async fn sale(&self, order: &str) -> IntentId {
        let charge = self.charge(order);
        let created = self.line.create(&charge).await.expect("a payment");
        assert_eq!(created.seen.standing, self.unpaid());
        self.named(&charge, &created).await
    }

    /// As the engine reads a payment of this kind.
    pub(crate) async fn reading(&self, intent: &IntentId) -> Result<Seen, Failure> {
        match self.side.channel {
            Channel::Link => self.line.read_link(intent).await,
            Channel::Terminal | Channel::CardOnFile => self.line.read(intent).await,
        }
    }

    pub(crate) async fn read(&self, intent: &IntentId) -> Seen {
        self.reading(intent).await.expect("a reading")
    }

    pub(crate) async fn standing(&self, intent: &IntentId) -> Standing {
        self.read(intent).await.standing
    }
}

fn practice_account(system: System, origin: &str) -> Account {
    let path = match system {
        System::Compago | System::CompagoLink => "/api",
        System::One2Pays => "/one2pays",
        System::Dojo => "/dojo",
        System::LeanRails => LEAN_RAILS_BASE_PATH,
    };
    let mut account = account(system, &format!("{origin}{path}"));
    account.practice = true;
    account.settings.public_key = None;
    account.settings.amount_unit = None;
    account
}

fn line(system: System, origin: &str, key: Option<&str>) -> Arc<dyn Provider> {
    let key = key.map(|key| Secret::new(key).expect("a key"));
    connect(&practice_account(system, origin), key, hasty()).expect("a provider")
}
