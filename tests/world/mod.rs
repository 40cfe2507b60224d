//! The shop: tills over their journals, one practice store, the network between them, and the
//! clocks.

mod asked;
mod bug;
mod clock;
mod forged;
mod hands;
mod mishap;
mod wire;
mod written;

use std::sync::{Arc, Mutex, PoisonError};

use journal::{Filter, Journal, OpenError};
use payment::{AccountId, Clock, LinkMethod, Payment, System};
use practice::{IntentView, LinkView, Practice};
use secrets::MemoryVault;
use till::api::{ApiError, CardInput, LinkInput, PayerInput, StartChargeRequest};
use till::{Parts, Post, PracticeStore, Till};
use tokio::time::Instant;

pub use asked::{Asked, Wish};
pub use bug::Bug;
pub use clock::{MORNING_MS, WallClock};
pub use mishap::{Calm, Mishap, Passage, Weather};
pub use wire::{CrashPoint, CreatesOfKey, Net, Wire};

use crate::trace::Trace;
use hands::Lines;
pub(crate) use hands::{NoButtons, accounts};

/// The account with card machines: Compago's payment intents.
pub const ACCOUNT: &str = "practice";

/// The account of Compago's links.
pub const LINK_ACCOUNT: &str = "practice-link";

/// The account of One2Pays.
pub const THAI_ACCOUNT: &str = "practice-thai-qr";

/// The account with the card machines of Dojo.
pub const DOJO_ACCOUNT: &str = "practice-dojo";

/// The account with cards on file, of LeanRails.
pub const CARD_ACCOUNT: &str = "practice-cards";

/// More payments than any story has.
const ROWS_MAX: usize = 1000;

/// A place where a till stands. Its journal outlives the till, as a disk outlives a crash.
pub struct Seat {
    /// The journal on its disk.
    pub journal: Journal,
    /// The keychain of its machine, which outlives the till as well.
    pub vault: Arc<MemoryVault>,
    till: Option<Till>,
    starts: u64,
    /// The payments as they were after so many commits.
    read: Mutex<(u64, Arc<[Payment]>)>,
}

impl Seat {
    fn new() -> Result<Self, OpenError> {
        Ok(Self::over(Journal::in_memory()?))
    }

    fn over(journal: Journal) -> Self {
        Self {
            journal,
            vault: Arc::default(),
            till: None,
            starts: 0,
            read: Mutex::new((0, Arc::new([]))),
        }
    }

    /// Every payment, newest first, as the journal has it.
    fn payments(&self) -> Arc<[Payment]> {
        let commits = self.journal.commits();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0 != commits {
            let all = self.journal.recent(&Filter::All, None, ROWS_MAX);
            let all = all.expect("a journal in memory can be read").into_iter();
            *read = (commits, all.map(|row| row.payment).collect());
        }
        Arc::clone(&read.1)
    }
}

/// The shop.
pub struct World {
    /// The provider's side, and the truth.
    pub practice: Practice,
    /// The network.
    pub net: Arc<Net>,
    /// The time of day at every till.
    pub clock: Arc<WallClock>,
    /// What happened.
    pub trace: Arc<Trace>,
    /// Where tills stand.
    pub seats: Vec<Seat>,
    /// The way to the shop's mail server, where letters are sent.
    pub post: Option<Arc<dyn Post>>,
    seed: u64,
}

impl World {
    /// A shop with so many places and no till switched on yet. Inside a runtime with a paused
    /// clock.
    ///
    /// # Errors
    /// When a journal cannot be made.
    pub fn new(seed: u64, seats: usize, trace: Trace) -> Result<Self, OpenError> {
        let began = Instant::now();
        let now_ms = move || {
            let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            u64::try_from(MORNING_MS)
                .unwrap_or_default()
                .saturating_add(elapsed_ms)
        };
        let practice = Practice::new(seed, Arc::new(now_ms));
        let trace = Arc::new(trace);
        let seats = (0..seats)
            .map(|_| Seat::new())
            .collect::<Result<_, OpenError>>()?;
        Ok(Self {
            net: Arc::new(Net::new(practice.clone(), Arc::clone(&trace))),
            practice,
            clock: Arc::new(WallClock::new()),
            trace,
            seats,
            post: None,
            seed,
        })
    }

    /// Switches the till of a place on, over whatever its journal holds.
    ///
    /// # Errors
    /// As [`Till::open`].
    pub async fn start(&mut self, seat: usize) -> Result<Till, ApiError> {
        self.trace.tell(format_args!("till {seat}"), "starts");
        let clock: Arc<dyn Clock> = Arc::<WallClock>::clone(&self.clock);
        let place = &mut self.seats[seat];
        place.starts += 1;
        let wire = Wire {
            net: Arc::clone(&self.net),
            system: System::Compago,
            till: seat,
            journal: place.journal.clone(),
        };
        let seat_number = u64::try_from(seat).unwrap_or_default();
        let till = Till::open(Parts {
            journal: place.journal.clone(),
            blocked: None,
            post: self.post.clone(),
            delivers: self.post.is_some(),
            looks_elsewhere: false,
            takes_up: true,
            vault: Arc::<MemoryVault>::clone(&place.vault),
            connector: Arc::new(Lines {
                wire,
                clock: Arc::clone(&clock),
            }),
            clock,
            practice: Some(PracticeStore {
                accounts: hands::accounts(&self.practice),
                controls: Arc::new(NoButtons),
            }),
            exports: None,
            seed: self.seed ^ (seat_number << 32) ^ (place.starts << 40),
        })
        .await?;
        place.till = Some(till.clone());
        Ok(till)
    }

    /// Kills the till of a place where it stands. What its journal holds stays.
    pub fn crash(&mut self, seat: usize) {
        self.trace.tell(format_args!("till {seat}"), "is killed");
        if let Some(till) = self.seats[seat].till.take() {
            till.stop();
        }
        if self.net.bug() == Some(Bug::ForgetsOnCrash) {
            self.seats[seat] = Seat::new().expect("a journal can be made");
        }
        if let Some(bug) = self.net.bug() {
            self.seats[seat].forge(bug);
        }
    }

    /// The till of a place, while it runs.
    #[must_use]
    pub fn till(&self, seat: usize) -> Option<&Till> {
        self.seats.get(seat)?.till.as_ref()
    }

    /// Every payment of a place, newest first, as its journal has it.
    #[must_use]
    pub fn payments(&self, seat: usize) -> Arc<[Payment]> {
        self.seats[seat].payments()
    }

    /// A number that grows with everything that changes what is shown, or the truth about it. Time
    /// alone only takes chances away: what nobody touched can expire and not become payable.
    #[must_use]
    pub fn changes(&self) -> u64 {
        let store = self.practice.with(|world, now_ms| {
            world.settle(now_ms);
            world.revision()
        });
        let journals: u64 = self.seats.iter().map(|seat| seat.journal.commits()).sum();
        store + journals + self.net.sent()
    }

    /// The truth about the intent of a key.
    #[must_use]
    pub fn intent(&self, key: &str) -> Option<IntentView> {
        let mut intents = self.practice.intents().into_iter();
        intents.find(|intent| intent.external_id == key)
    }

    /// The truth about the links of a key, oldest first.
    #[must_use]
    pub fn links(&self, key: &str) -> Vec<LinkView> {
        let mut links = self.practice.links();
        links.retain(|link| link.reference == key);
        links
    }

    /// Dojo's own name of the machine with this TID.
    #[must_use]
    pub fn dojo_machine(&self, tid: &str) -> Option<String> {
        let mut machines = self.practice.dojo_terminals().into_iter();
        machines.find(|one| one.tid == tid).map(|one| one.id)
    }

    /// The id of the practice account with card machines.
    ///
    /// # Panics
    /// Never: the name is one that is allowed.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId::new(ACCOUNT).expect("a fixed name that is allowed")
    }
}

/// What a cashier types for a sale.
#[must_use]
pub fn sale(order: &str, digits: &str, terminal: &str) -> StartChargeRequest {
    StartChargeRequest {
        order: order.to_owned(),
        digits: digits.to_owned(),
        account: ACCOUNT.to_owned(),
        terminal: terminal.to_owned(),
        link: None,
        sale: None,
        card: None,
    }
}

/// What a cashier types for a sale by a link of an account: the shortest life that every system
/// has, paid by QR code where there is a choice.
#[must_use]
pub fn link_sale(order: &str, digits: &str, account: &str) -> StartChargeRequest {
    let is_thai = account == THAI_ACCOUNT;
    StartChargeRequest {
        order: order.to_owned(),
        digits: digits.to_owned(),
        account: account.to_owned(),
        terminal: String::new(),
        link: Some(LinkInput {
            description: format!("Order {order}"),
            minutes: 10,
            method: is_thai.then_some(LinkMethod::PromptPay),
            payer: is_thai.then(|| PayerInput {
                account_name: "Somchai J.".to_owned(),
                account_number: "1234567890".to_owned(),
                bank_code: "004".to_owned(),
            }),
            billing: None,
            language: None,
        }),
        sale: None,
        card: None,
    }
}

/// What a cashier types for a sale on a machine of Dojo, by the name that Dojo has for it.
#[must_use]
pub fn dojo_sale(order: &str, digits: &str, machine: &str) -> StartChargeRequest {
    StartChargeRequest {
        account: DOJO_ACCOUNT.to_owned(),
        ..sale(order, digits, machine)
    }
}

/// What a cashier types to charge a card on file.
#[must_use]
pub fn card_sale(order: &str, digits: &str, card: &str) -> StartChargeRequest {
    StartChargeRequest {
        account: CARD_ACCOUNT.to_owned(),
        card: Some(CardInput {
            card: card.to_owned(),
            description: format!("Order {order}"),
            hold: false,
        }),
        ..sale(order, digits, "")
    }
}

/// The system of one of the practice store's accounts.
#[must_use]
pub fn system_of(account: &AccountId) -> System {
    match account.as_str() {
        LINK_ACCOUNT => System::CompagoLink,
        THAI_ACCOUNT => System::One2Pays,
        DOJO_ACCOUNT => System::Dojo,
        CARD_ACCOUNT => System::LeanRails,
        _ => System::Compago,
    }
}

/// The practice store's own word for it, as the system of a payment.
#[must_use]
pub const fn system_in_till(system: practice::System) -> System {
    match system {
        practice::System::CompagoIntent => System::Compago,
        practice::System::CompagoLink => System::CompagoLink,
        practice::System::One2Pays => System::One2Pays,
        practice::System::LeanRails => System::LeanRails,
        practice::System::Dojo => System::Dojo,
    }
}
