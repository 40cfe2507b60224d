//! What the practice store answers, recorded where it is fed to the adapters from: one story for each
//! question at each side, before and after the customer acted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::HeaderValue;
use http::header::HOST;
use payment::failure::NoAnswer;
use payment::{
    AccountId, Act, ActName, Actor, Attempt, CancelAnswer, Channel, Charge, Event, Failure,
    Generation, IntentId, OrderRef, PaymentId, Provider, RefundRoute, Refusal, Seen, System,
    Witness,
};
use practice::{DOJO_PATH, FLUVEO_BASE_PATH, LEAN_RAILS_BASE_PATH, PagePress, Practice, Press};
use providers::{Request, Response, Transport};
use tower::ServiceExt as _;

use super::answers::{Exchange, Outcome, Story, Wish};
use super::side::{INTENT, ORDER, Side, TERMINAL};
use crate::world::MORNING_MS;

/// Asked before and after the customer acted.
const WISHES: [Wish; 21] = [
    Wish::Find,
    Wish::FindOrder,
    Wish::Read,
    Wish::ReadLink,
    Wish::ListOpen,
    Wish::Terminals,
    Wish::Check,
    Wish::ReadPaid,
    Wish::Receipts,
    Wish::Sign,
    Wish::Capture,
    Wish::TryAgain,
    Wish::Cancel,
    Wish::Read,
    Wish::Cancel,
    Wish::Reverse,
    Wish::RefundOnTerminal,
    Wish::Refund,
    Wish::ReadPaid,
    Wish::Create,
    Wish::Read,
];

/// The store, heard.
struct Ear {
    base_path: &'static str,
    router: Router,
    told: Mutex<Vec<Exchange>>,
}

impl Ear {
    fn told(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Ear {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let asked = format!("{} {}", request.method, request.path_and_query);
        let mut sent = http::Request::new(Body::from(request.body.unwrap_or_default()));
        *sent.method_mut() = request.method;
        let uri = format!("{}{}", self.base_path, request.path_and_query);
        *sent.uri_mut() = uri.parse().expect("the adapter writes paths");
        *sent.headers_mut() = request.headers;
        let host = HeaderValue::from_static("127.0.0.1");
        sent.headers_mut().insert(HOST, host);
        let answered = self.router.clone().oneshot(sent).await;
        let (parts, body) = answered.unwrap_or_else(|never| match never {}).into_parts();
        let body = to_bytes(body, 1024 * 1024).await.ok();
        let status = parts.status.as_u16();
        let answer = body.map(|body| Response::new(status, &parts.headers, body));
        self.told().push(Exchange {
            asked,
            answer: answer.clone(),
        });
        answer.ok_or(Failure::NoAnswer {
            why: NoAnswer::ConnectionLost,
        })
    }
}

/// What a customer does.
#[derive(Debug, Clone, Copy)]
enum Customer {
    Pays,
    IsDeclined,
    IsNotThere,
}

/// Where the store has the API that a side speaks.
const fn base_path(side: Side) -> &'static str {
    match (side.system, side.generation) {
        (System::Compago | System::CompagoLink, _) => "/api",
        (System::One2Pays, _) => "/one2pays",
        (System::Dojo, _) => DOJO_PATH,
        (System::LeanRails, Generation::Json) => LEAN_RAILS_BASE_PATH,
        (System::LeanRails, Generation::Form) => FLUVEO_BASE_PATH,
    }
}

struct Shop {
    side: Side,
    number: usize,
    practice: Practice,
    ear: Arc<Ear>,
    line: Arc<dyn Provider>,
    ahead_ms: Arc<AtomicU64>,
    stories: Vec<Vec<u8>>,
}

/// Every story.
pub(super) fn stories() -> Vec<Vec<u8>> {
    let mut stories = Vec::new();
    for (number, side) in Side::ALL.into_iter().enumerate() {
        for customer in [Customer::Pays, Customer::IsDeclined, Customer::IsNotThere] {
            let mut shop = Shop::open(number, side);
            super::runtime().block_on(shop.day(customer));
            stories.append(&mut shop.stories);
        }
    }
    // Two sides of one system: the answers of the one are read by the other as well.
    for (one, other) in [(2, 3), (4, 5), (6, 7)] {
        let both = stories.clone().into_iter();
        stories.extend(both.filter_map(|mut story| {
            let side = story.first_mut()?;
            *side = match *side {
                side if side == one => other,
                side if side == other => one,
                _ => return None,
            };
            Some(story)
        }));
    }
    stories.sort();
    stories.dedup();
    stories
}

/// Facts of one payment, a line of JSON each, as a till would write them about every recorded story.
pub(super) fn facts(id: PaymentId) -> Vec<Vec<u8>> {
    let mut told: Vec<Vec<u8>> = Vec::new();
    for bytes in stories() {
        let mut story = Story::read(&bytes).expect("a recorded story");
        let outcome = story.play();
        let charge = story.charge();
        let mut facts = vec![requested(id, &charge), Event::Dispatched];
        match (&outcome, outcome.seen(), outcome.failure()) {
            (_, Some(seen), _) => facts.extend(seen_facts(seen.clone(), &charge)),
            (_, None, Some(failure)) => facts.extend(failure_facts(failure.clone())),
            (Outcome::Slips(Ok(receipts)), None, None) => facts.push(Event::ReceiptsRead {
                receipts: receipts.clone(),
            }),
            (_, None, None) => facts.push(Event::ProvedAbsent),
        }
        let lines = facts.iter().map(|fact| {
            let fact = serde_json::to_string(fact).expect("a fact is written");
            format!("p{fact}")
        });
        told.push(lines.collect::<Vec<_>>().join("\n").into_bytes());
    }
    told.sort();
    told.dedup();
    told
}

fn requested(payment: PaymentId, charge: &Charge) -> Event {
    Event::Requested {
        payment,
        order: OrderRef::new(ORDER).expect("an order"),
        amount: charge.amount,
        account: AccountId::new("a").expect("an id"),
        way: charge.way.clone(),
        attempt: Attempt::FIRST,
        key: charge.key.clone(),
        by: Actor::Till,
    }
}

/// It was answered; somebody withdrew it, asked for money back, and looked themselves.
fn seen_facts(seen: Seen, charge: &Charge) -> Vec<Event> {
    let by = || Actor::Cashier {
        name: "Ana".to_owned(),
    };
    let refund = Act::Refund {
        amount: charge.amount,
        route: RefundRoute::Remote,
    };
    vec![
        Event::Answered {
            intent: super::side::intent(),
            seen: seen.clone(),
        },
        Event::CancelAsked {
            by: by(),
            reason: Some("Wrong amount".to_owned()),
            batch: None,
        },
        Event::CancelAnswered {
            answer: CancelAnswer::Accepted,
        },
        Event::ActAsked {
            number: 1,
            act: refund,
            by: by(),
            reason: None,
        },
        Event::ActSent { number: 1 },
        Event::ActAnswered {
            number: 1,
            answer: CancelAnswer::Accepted,
            name: ActName::new("re_1").ok(),
        },
        Event::Read { seen },
        Event::ActGivenUp { number: 1 },
        Event::Witnessed {
            by: by(),
            saw: Witness::Paid,
            receipt: Some("0042".to_owned()),
            checked: None,
        },
        Event::Closed,
    ]
}

fn failure_facts(failure: Failure) -> Vec<Event> {
    vec![
        Event::AnswerLost {
            failure: failure.clone(),
        },
        Event::Interrupted,
        Event::ArrivedUnseen { page: None },
        Event::Mismatched {
            intent: Some(super::side::intent()),
            said: "amount 1".to_owned(),
        },
        Event::ReadingLost {
            failure: failure.clone(),
        },
        Event::CancelAnswered {
            answer: CancelAnswer::Lost {
                failure: failure.clone(),
            },
        },
        Event::Refused {
            refusal: Refusal::NotSent { failure },
        },
    ]
}

impl Shop {
    fn open(number: usize, side: Side) -> Self {
        let ahead_ms = Arc::new(AtomicU64::new(0));
        let ahead = Arc::clone(&ahead_ms);
        let morning = u64::try_from(MORNING_MS).expect("after 1970");
        let clock = move || morning.saturating_add(ahead.load(Ordering::SeqCst));
        let practice = Practice::new(7, Arc::new(clock));
        let mut settings = practice.settings();
        // Requests are signed by this computer's clock, and the store's is another.
        settings.one2pays_timestamp_tolerance_ms = u64::MAX / 4;
        settings.lean_rails.processing_ms = 60_000;
        practice.set_settings(settings);
        let ear = Arc::new(Ear {
            base_path: base_path(side),
            router: practice.router(),
            told: Mutex::default(),
        });
        let transport: Arc<dyn Transport> = Arc::<Ear>::clone(&ear);
        Self {
            side,
            number,
            line: side.line(transport, true),
            practice,
            ear,
            ahead_ms,
            stories: Vec::new(),
        }
    }

    fn pass(&self, ms: u64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    async fn day(&mut self, customer: Customer) {
        let terminal = self.terminal();
        let charge = self.side.charge(&terminal);
        let mut named = super::side::intent();
        let made = self.asked(Wish::Create, &charge, &named).await;
        if let Some(intent) = made {
            named = intent;
        }
        self.pass(1_000);
        for wish in WISHES.iter().take(7) {
            // Where the answer to a create does not name it, the list does.
            named = self.asked(*wish, &charge, &named).await.unwrap_or(named);
        }
        self.act(customer, &terminal);
        self.pass(90_000);
        for wish in WISHES {
            self.asked(wish, &charge, &named).await;
            self.pass(1_000);
        }
        if self.side.system == System::Dojo && self.side.channel == Channel::Terminal {
            let back = self.side.giving_back(&terminal);
            let made = self.asked(Wish::GiveBack, &back, &named).await;
            let named = made.unwrap_or(named);
            for wish in [
                Wish::ReadReturn,
                Wish::FindReturn,
                Wish::ReturnReceipts,
                Wish::CancelReturn,
                Wish::ReadReturn,
            ] {
                self.pass(1_000);
                self.asked(wish, &back, &named).await;
            }
        }
    }

    /// Asks, and keeps what was answered under the names that a story has.
    async fn asked(&mut self, wish: Wish, charge: &Charge, named: &IntentId) -> Option<IntentId> {
        let outcome = wish.ask(&*self.line, charge, named).await;
        let told = std::mem::take(&mut *self.ear.told());
        let made = outcome.made().and_then(|created| created.intent.clone());
        let name = made.clone().unwrap_or_else(|| named.clone());
        let told: Vec<Exchange> = told.into_iter().map(|one| renamed(one, &name)).collect();
        if !told.is_empty() {
            self.stories.extend(Story::write(self.number, wish, &told));
        }
        made
    }

    fn terminal(&self) -> String {
        if self.side.system != System::Dojo {
            return TERMINAL.to_owned();
        }
        let machine = self.practice.dojo_terminals().into_iter().next();
        machine.expect("the store has machines").id
    }

    fn act(&self, customer: Customer, terminal: &str) {
        let (press, on_page) = match customer {
            Customer::Pays => (Press::Tap, PagePress::Pay),
            Customer::IsDeclined => (Press::Decline, PagePress::Decline),
            Customer::IsNotThere => return,
        };
        match self.side.channel {
            Channel::Terminal => {
                let pressed = self.practice.press(terminal, press);
                pressed.expect("the machine asks for a card");
            }
            Channel::Link => {
                let mut pages = self.practice.pages().into_iter();
                let page = pages.find(|page| page.reference == ORDER);
                let page = page.expect("a page was made").id;
                let pressed = self.practice.press_page(page, on_page);
                pressed.expect("the page is open");
            }
            // Nobody is there; the card decides.
            Channel::CardOnFile => {}
        }
    }
}

/// The payment under the name that stories know.
fn renamed(exchange: Exchange, name: &IntentId) -> Exchange {
    let answer = exchange.answer.map(|mut answer| {
        if let Ok(text) = std::str::from_utf8(&answer.body) {
            answer.body = text.replace(name.as_str(), INTENT).into();
        }
        answer
    });
    Exchange { answer, ..exchange }
}
