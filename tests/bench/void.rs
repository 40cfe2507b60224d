//! Two hundred links withdrawn at a provider that takes 50 ms for an answer: beside the loop that takes
//! one after the other and beside sending all at once, with and without the provider's own limit; and
//! what a customer at the counter feels of it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use journal::Journal;
use payment::{Account, AccountId, AccountSettings, Ask, IntentId, Provider, System};
use practice::{CustomerMode, Front, Practice, Settings};
use providers::NetworkOptions;
use secrets::{MemoryVault, Secret};
use till::api::{
    ApiError, ChooseVoidRulesRequest, Code, LinkInput, Notice, PaymentRequest, PlanVoidRequest,
    StartChargeRequest, StartVoidRequest, VoidChoice, VoidRequest, VoidStep,
};
use till::{Connector, Parts, PracticeStore, Till};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::click::{Midnight, NoHands};
use crate::numbers::quantile;

const LATENCY: Duration = Duration::from_millis(50);

const LINES: usize = 200;

/// Requests that a line needs.
const PER_LINE: u64 = 3;

/// Lines of the void beside which somebody sells.
const LONG: usize = 1_500;

/// Requests under way at once, as `engine::lane` has them at most.
const WIDTH: u64 = 16;

/// Links that are made at once, before the measure. Must divide the lines.
const TOGETHER: usize = 10;

/// Between two sales of a busy counter.
const NEXT_CUSTOMER: Duration = Duration::from_millis(250);

/// What the limited provider takes in a second, and at once.
const RATE: f64 = 50.0;
const BURST: f64 = 25.0;

/// How long a till may need to learn a limit.
const LEARNING: Duration = Duration::from_secs(2);

/// The other side of the wire.
struct Door {
    /// Once the links are made: a create that is refused is no link.
    is_limited: AtomicBool,
    bucket: Mutex<(f64, Instant)>,
    requests: AtomicU64,
    refused: Mutex<Vec<Instant>>,
}

impl Door {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            is_limited: AtomicBool::new(false),
            bucket: Mutex::new((BURST, Instant::now())),
            requests: AtomicU64::new(0),
            refused: Mutex::default(),
        })
    }

    fn takes(&self) -> bool {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if !self.is_limited.load(Ordering::Relaxed) {
            return true;
        }
        let now = Instant::now();
        let mut bucket = self.bucket.lock().expect("it");
        let (tokens, at) = *bucket;
        let tokens = (tokens + now.duration_since(at).as_secs_f64() * RATE).min(BURST);
        let takes = tokens >= 1.0;
        *bucket = (if takes { tokens - 1.0 } else { tokens }, now);
        drop(bucket);
        if !takes {
            self.refused.lock().expect("it").push(now);
        }
        takes
    }

    fn begin(&self, is_limited: bool) {
        self.is_limited.store(is_limited, Ordering::Relaxed);
        self.requests.store(0, Ordering::Relaxed);
        self.refused.lock().expect("it").clear();
        *self.bucket.lock().expect("it") = (BURST, Instant::now());
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn refused_since(&self, at: Instant) -> usize {
        let refused = self.refused.lock().expect("it");
        refused.iter().filter(|one| **one >= at).count()
    }
}

async fn pass(State(door): State<Arc<Door>>, request: Request<Body>, next: Next) -> Response {
    let takes = door.takes();
    tokio::time::sleep(LATENCY).await;
    if takes {
        next.run(request).await
    } else {
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "{}").into_response()
    }
}

async fn serve(practice: &Practice, door: &Arc<Door>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = practice
        .router()
        .layer(middleware::from_fn_with_state(Arc::clone(door), pass));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn account(address: std::net::SocketAddr) -> Account {
    let system = System::CompagoLink;
    let word = system.description().word;
    let front = Front::ALL.into_iter().find(|front| front.system == word);
    let front = front.expect("the practice store speaks it");
    let page = system
        .asks(Ask::Pages)
        .then(|| format!("http://{address}/"));
    Account {
        id: AccountId::new(front.account).expect("a name"),
        name: front.name.to_owned(),
        system,
        base_url: format!("http://{address}{}", front.path),
        currency: system.currency(),
        terminals: Vec::new(),
        settings: AccountSettings {
            homepage_url: page.clone(),
            redirect_url: page,
            ..AccountSettings::default()
        },
        practice: true,
    }
}

struct Direct;

impl Connector for Direct {
    fn connect(&self, account: &Account, _: Option<Secret>) -> Result<Arc<dyn Provider>, ApiError> {
        providers::connect(account, None, NetworkOptions::default())
            .map_err(|_| ApiError::new(Code::AddressInvalid))
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        Ok(text.to_owned())
    }
}

/// A till with a provider behind a door.
struct Shop {
    till: Till,
    practice: Practice,
    account: Account,
    door: Arc<Door>,
    _folder: tempfile::TempDir,
}

async fn shop() -> Shop {
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let practice = Practice::with_system_clock(1);
    practice.set_settings(Settings {
        customer: CustomerMode::Panel,
        ..practice.settings()
    });
    let door = Door::new();
    let account = account(serve(&practice, &door).await);
    let parts = Parts {
        journal: Journal::open(folder.path()).expect("a journal"),
        blocked: None,
        post: None,
        delivers: false,
        looks_elsewhere: false,
        vault: Arc::new(MemoryVault::default()),
        connector: Arc::new(Direct),
        clock: Arc::new(Midnight),
        practice: Some(PracticeStore {
            accounts: vec![account.clone()],
            controls: Arc::new(NoHands),
        }),
        takes_up: true,
        exports: None,
        seed: 1,
    };
    let till = Till::open(parts).await.expect("a till");
    let rules = ChooseVoidRulesRequest {
        undo_s: 0,
        reasons: Vec::new(),
        close_links_after_min: None,
    };
    till.choose_void_rules(rules).await.expect("rules");
    Shop {
        till,
        practice,
        account,
        door,
        _folder: folder,
    }
}

impl Shop {
    /// Asks for a link.
    async fn ask(&self, order: &str) -> String {
        let request = StartChargeRequest {
            order: order.to_owned(),
            digits: "1000".to_owned(),
            account: self.account.id.to_string(),
            terminal: String::new(),
            link: Some(LinkInput {
                description: format!("Order {order}"),
                minutes: 600,
                method: None,
                payer: None,
                billing: None,
                language: None,
            }),
            sale: None,
            card: None,
        };
        self.till.start_charge(request).await.expect("started").id
    }

    /// Waits until it can be paid.
    async fn until_payable(&self, id: &str) {
        loop {
            let payment = id.to_owned();
            let view = self.till.show_payment(PaymentRequest { payment }).await;
            if view.expect("it").state == payment::State::Waiting {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Makes a link; until it can be paid.
    async fn link(&self, order: &str) -> Duration {
        let started = Instant::now();
        let id = self.ask(order).await;
        self.until_payable(&id).await;
        started.elapsed()
    }

    async fn links(&self, name: &str, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for number in 0..count {
            ids.push(self.ask(&format!("{name}-{number}")).await);
            if ids.len() % TOGETHER == 0 {
                for id in ids.iter().rev().take(TOGETHER) {
                    self.until_payable(id).await;
                }
            }
        }
        ids
    }

    /// Withdraws them; from the press to the last result.
    async fn void(&self, payments: Vec<String>) -> Duration {
        let choice = VoidChoice::Payments { payments };
        let plan = self.till.plan_void(PlanVoidRequest { choice }).await;
        let started = Instant::now();
        let request = StartVoidRequest {
            plan: plan.expect("a dry run").plan,
            reason: "Event cancelled".to_owned(),
            note: String::new(),
        };
        let mut notices = self.till.listen();
        let begun = self.till.start_void(request).await.expect("begun");
        // As the window does: the lines are read again with each notice.
        while let Some(notice) = notices.recv().await {
            let Notice::Void { head } = notice else {
                continue;
            };
            let batch = begun.head.batch.clone();
            let view = self.till.show_void(VoidRequest { batch }).await;
            drop(view.expect("it"));
            if head.step == VoidStep::Finished {
                break;
            }
        }
        started.elapsed()
    }

    fn intents(&self) -> Vec<IntentId> {
        let links = self.practice.links();
        let open = links
            .iter()
            .filter(|link| link.status == practice::LinkStatus::Open);
        open.map(|link| IntentId::new(&link.id.to_string()).expect("a name"))
            .collect()
    }

    fn line(&self) -> Arc<dyn Provider> {
        Direct.connect(&self.account, None).expect("a line")
    }
}

/// What a void does to each line, without a journal.
async fn withdraw(line: &Arc<dyn Provider>, intent: &IntentId) {
    let _ = line.read(intent).await;
    let _ = line.cancel(intent).await;
    let _ = line.read(intent).await;
}

fn per_line(requests: u64, lines: usize) -> f64 {
    f64::from(u32::try_from(requests).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(lines).unwrap_or(u32::MAX))
}

/// The time that so many requests take at least, so many at once.
fn least(requests: u64) -> Duration {
    LATENCY * u32::try_from(requests.div_ceil(WIDTH)).unwrap_or(u32::MAX)
}

/// The same with as many lanes as the till has, each of which does nothing else: what is possible here.
async fn side_by_side(shop: &Shop) -> Duration {
    let (line, links) = (shop.line(), Arc::new(Mutex::new(shop.intents())));
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..WIDTH {
        let (line, links) = (Arc::clone(&line), Arc::clone(&links));
        lanes.spawn(async move {
            loop {
                let Some(intent) = links.lock().expect("it").pop() else {
                    return;
                };
                withdraw(&line, &intent).await;
            }
        });
    }
    while lanes.join_next().await.is_some() {}
    started.elapsed()
}

async fn unlimited() {
    let shop = shop().await;
    let ids = shop.links("V", LINES).await;
    shop.door.begin(false);
    let ours = shop.void(ids).await;
    let requests = shop.door.requests();
    shop.links("I", LINES).await;
    let ideal = side_by_side(&shop).await;
    let share = ideal.as_secs_f64() / ours.as_secs_f64();
    let arithmetic = least(PER_LINE * u64::try_from(LINES).unwrap_or(u64::MAX));
    println!(
        "void of {LINES}: {ours:.2?} with journal and audit, {requests} requests ({:.2} a line); \
         {WIDTH} lanes that do nothing else {ideal:.2?} ({arithmetic:.2?} by arithmetic): {share:.2} \
         of the ideal, goal 0.95: {}",
        per_line(requests, LINES),
        if share >= 0.95 { "reached" } else { "missed" },
    );
    shop.links("N", LINES).await;
    let line = shop.line();
    let started = Instant::now();
    for intent in shop.intents() {
        withdraw(&line, &intent).await;
    }
    let loop_took = started.elapsed();
    let times = loop_took.as_secs_f64() / ours.as_secs_f64();
    println!(
        "void of {LINES}: one after the other (read, cancel, read) {loop_took:.2?}: \
         ours is {times:.1} times as fast, goal 15: {}",
        if times >= 15.0 { "reached" } else { "missed" },
    );
    shop.till.stop();
}

async fn limited() {
    let shop = shop().await;
    let ids = shop.links("L", LINES).await;
    shop.door.begin(true);
    let started = Instant::now();
    let took = shop.void(ids).await;
    let (all, late) = (
        shop.door.refused_since(started),
        shop.door.refused_since(started + LEARNING),
    );
    let requests = shop.door.requests();
    println!(
        "void of {LINES} at {RATE} requests a second: {took:.2?}, {requests} requests, {all} refused \
         (429), {late} of them after {LEARNING:?}, goal 0: {}",
        if late == 0 { "reached" } else { "missed" },
    );
    shop.door.begin(false);
    shop.links("P", LINES).await;
    shop.door.begin(true);
    let started = Instant::now();
    let mut all_at_once = JoinSet::new();
    for intent in shop.intents() {
        let line = shop.line();
        all_at_once.spawn(async move { withdraw(&line, &intent).await });
    }
    while all_at_once.join_next().await.is_some() {}
    let left = shop.intents().len();
    println!(
        "void of {LINES} at {RATE} requests a second, all at once: {:.2?}, {} requests, {} refused \
         (429), {left} links still open",
        started.elapsed(),
        shop.door.requests(),
        shop.door.refused_since(started),
    );
    shop.till.stop();
}

async fn beside_the_counter() {
    let shop = Arc::new(shop().await);
    let ids = shop.links("B", LONG).await;
    let mut quiet = Vec::new();
    for number in 0..50 {
        tokio::time::sleep(NEXT_CUSTOMER).await;
        let took = shop.link(&format!("Q-{number}")).await;
        quiet.push(took.as_secs_f64() * 1e3);
    }
    let voiding = Arc::clone(&shop);
    let void = tokio::spawn(async move { voiding.void(ids).await });
    let mut busy = Vec::new();
    let mut number = 0;
    while !void.is_finished() {
        tokio::time::sleep(NEXT_CUSTOMER).await;
        let took = shop.link(&format!("S-{number}")).await;
        busy.push(took.as_secs_f64() * 1e3);
        number += 1;
    }
    let ratio = quantile(&busy, 0.99) / quantile(&quiet, 0.99);
    println!(
        "a sale during a void of {LONG}: p50 {:.1} ms, p99 {:.1} ms, n {}; without: p50 {:.1} ms, \
         p99 {:.1} ms, n {}; p99 {ratio:.2} times, goal 1.1: {}",
        quantile(&busy, 0.5),
        quantile(&busy, 0.99),
        busy.len(),
        quantile(&quiet, 0.5),
        quantile(&quiet, 0.99),
        quiet.len(),
        if ratio <= 1.1 { "reached" } else { "missed" },
    );
    shop.till.stop();
}

/// All of it.
pub(crate) fn run() {
    providers::install_tls();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("it");
    runtime.block_on(async {
        if std::env::var_os("ONLY").is_some() {
            return beside_the_counter().await;
        }
        unlimited().await;
        limited().await;
        beside_the_counter().await;
    });
}
