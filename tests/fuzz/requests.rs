//! Requests of the window: the first byte chooses the command of the table, the rest is its request as
//! the page would send it. What can be read is asked of a till, through the gate that everybody passes.

use std::sync::Arc;

use journal::Journal;
use payment::failure::NotSent;
use payment::{Account, Clock, Failure, Provider};
use providers::{BaseUrl, Request, Response, Transport, over};
use secrets::{MemoryVault, Secret};
use serde::Serialize;
use serde_json::Value;
use till::api::{self, ApiError, COMMANDS, Code};
use till::{Connector, Gate, Parts, PracticeStore, Till};

use super::runtime;
use crate::world::{MORNING_MS, NoButtons, accounts};

/// The most that an answer adds to what was asked, in bytes: the whole overview of a till with every
/// practice account is below it.
const ANSWER_MAX: usize = 32 * 1024;

/// The longest detail of a refusal, in characters.
const DETAIL_MAX: usize = 1_000;

/// What a command answered, as it crosses the bridge.
pub type Answered = Result<Value, ApiError>;

/// Feeds the bridge.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, |answered| answered);
}

/// The same with something between till and page that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], distort: impl Fn(Answered) -> Answered) {
    let Some((command, body)) = bytes.split_first() else {
        return;
    };
    let command = COMMANDS[usize::from(*command) % COMMANDS.len()].name;
    let runtime = runtime();
    runtime.block_on(async {
        // Most bytes are no request: what it takes to answer one is only made for those that are.
        if !is_read(command, body) {
            return;
        }
        let counter = Counter::open().await;
        let gate = Gate::new(counter.till.clone());
        let Some(answered) = ask(&gate, command, body).await else {
            return;
        };
        assert_answer(command, body, &distort(answered));
        counter.assert_is_whole(body);
    });
}

/// Whether a body is a request of a command.
#[must_use]
pub fn is_request(command: &str, body: &[u8]) -> bool {
    is_read(command, body)
}

/// Hashing a PIN takes a quarter of a second on purpose: its request is read, and not asked.
const SLOW: &str = "add_staff";

macro_rules! bridge {
    ($($(#[doc = $doc:literal])* $name:ident($request:ident) -> $view:ident, $permission:ident;)*) => {
        fn is_read(command: &str, body: &[u8]) -> bool {
            match command {
                $(stringify!($name) => serde_json::from_slice::<api::$request>(body).is_ok(),)*
                _ => false,
            }
        }

        async fn ask(gate: &Gate, command: &str, body: &[u8]) -> Option<Answered> {
            if command == SLOW {
                return None;
            }
            match command {
                $(stringify!($name) => {
                    let request: api::$request = serde_json::from_slice(body).ok()?;
                    Some(gate.$name(request).await.map(|view| crossed(&view)))
                })*
                _ => None,
            }
        }
    };
}
till::command_table!(bridge);

fn crossed(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("every view crosses the bridge")
}

fn assert_answer(command: &str, body: &[u8], answered: &Answered) {
    let mut told = String::new();
    let text = match answered {
        Ok(view) => {
            values(view, &mut told);
            view.to_string()
        }
        Err(error) => {
            let detail = error.detail.as_deref().unwrap_or_default();
            assert!(
                detail.chars().count() <= DETAIL_MAX,
                "{command} refuses at length: {detail:?}"
            );
            assert_ne!(error.code, Code::JournalFailing, "{command}: {error:?}");
            told = error.to_string() + detail;
            told.clone()
        }
    };
    let limit = ANSWER_MAX + 2 * body.len();
    assert!(
        text.len() <= limit,
        "{command} answers {} bytes",
        text.len()
    );
    for secret in secrets_of(body) {
        assert!(!told.contains(&secret), "{command} tells a secret: {text}");
    }
}

/// The texts of a view without the names of its fields: a key may be typed that is one of those.
fn values(view: &Value, told: &mut String) {
    match view {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            told.push_str(text);
            told.push(' ');
        }
        Value::Array(list) => list.iter().for_each(|one| values(one, told)),
        Value::Object(fields) => fields.values().for_each(|one| values(one, told)),
    }
}

/// Names of the journal's own fields: a key that was made of one says nothing where it is found.
const FIELDS: [&str; 4] = ["base_url", "currency", "practice", "terminals"];

/// The keys and PINs of a request, where they stand nowhere else in it.
fn secrets_of(body: &[u8]) -> Vec<String> {
    let Ok(Value::Object(request)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let whole = String::from_utf8_lossy(body);
    let named = ["key", "secret", "pin"].into_iter();
    let secrets = named.filter_map(|name| request.get(name)?.as_str().map(str::to_owned));
    secrets
        .filter(|secret| secret.len() >= 8 && whole.matches(secret.as_str()).count() == 1)
        .filter(|secret| !FIELDS.contains(&secret.as_str()))
        .collect()
}

/// A till with every practice account, from which nothing can be sent.
pub(crate) struct Counter {
    pub(crate) till: Till,
    journal: Journal,
}

impl Counter {
    pub(crate) async fn open() -> Self {
        let journal = Journal::in_memory().expect("memory");
        let practice = practice::Practice::new(7, Arc::new(|| 0));
        let till = Till::open(Parts {
            journal: journal.clone(),
            blocked: None,
            post: None,
            delivers: false,
            looks_elsewhere: false,
            vault: Arc::new(MemoryVault::default()),
            connector: Arc::new(Nowhere),
            clock: Arc::new(Stopped),
            practice: Some(PracticeStore {
                accounts: accounts(&practice),
                controls: Arc::new(NoButtons),
            }),
            exports: None,
            takes_up: true,
            seed: 7,
        });
        Self {
            till: till.await.expect("a new journal"),
            journal,
        }
    }

    /// What was written is whole, and none of it is a secret.
    fn assert_is_whole(&self, body: &[u8]) {
        self.till.stop();
        self.journal.verify().expect("what was written verifies");
        let mut written = Vec::new();
        self.journal.export(&mut written).expect("memory");
        let written = String::from_utf8_lossy(&written);
        for secret in secrets_of(body) {
            assert!(
                !written.contains(&secret),
                "a secret is in the journal: {written}"
            );
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.till.stop();
    }
}

/// A network without any wire.
struct Nowhere;

#[async_trait::async_trait]
impl Transport for Nowhere {
    async fn exchange(&self, _: Request) -> Result<Response, Failure> {
        Err(Failure::NotSent {
            why: NotSent::NoConnection,
        })
    }
}

impl Connector for Nowhere {
    fn connect(
        &self,
        account: &Account,
        key: Option<Secret>,
    ) -> Result<Arc<dyn Provider>, ApiError> {
        over(account, key, Arc::new(Self)).map_err(|error| ApiError::with(Code::KeyMissing, error))
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        BaseUrl::parse(text)
            .map(|url| url.to_string())
            .map_err(|_| Code::AddressInvalid)
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now_ms(&self) -> i64 {
        MORNING_MS
    }
}

/// A request of each command.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (command, body) in REQUESTS {
        let place = COMMANDS.iter().position(|row| row.name == *command);
        let place = place.and_then(|place| u8::try_from(place).ok());
        seeds.push([&[place.expect("a command of the table")], body.as_bytes()].concat());
    }
    seeds
}

const REQUESTS: &[(&str, &str)] = &[
    ("overview", "{}"),
    ("diagnose", "{}"),
    ("list_voids", "{}"),
    ("stay_signed_in", "{}"),
    ("asked_approval", "{}"),
    ("type_amount", r#"{"digits":"35050","account":"practice"}"#),
    (
        "start_charge",
        r#"{"order":"R-1","digits":"35050","account":"practice","terminal":"PRACTICE-1","link":null,"sale":{"keyed":false,"hold":false,"tip_digits":"100","service_charge_digits":"","lines":[{"name":"Coffee","quantity":2,"digits":"100","modifiers":[{"name":"Milk","quantity":1,"digits":"10","discount":false}]}]},"card":null}"#,
    ),
    (
        "start_charge",
        r#"{"order":"R-1","digits":"35050","account":"practice","terminal":"PRACTICE-1","link":null,"sale":null,"card":null}"#,
    ),
    (
        "start_charge",
        r#"{"order":"R-2","digits":"9900","account":"practice-thai-qr","terminal":"","link":{"description":"Two coffees","minutes":15,"method":"prompt_pay","payer":{"account_name":"Somchai Jaidee","account_number":"1234567890","bank_code":"004"},"billing":null},"sale":null,"card":null}"#,
    ),
    (
        "start_charge",
        r#"{"order":"R-3","digits":"35050","account":"practice-link","terminal":"","link":{"description":"Two coffees","minutes":60,"method":null,"payer":null,"billing":{"first_name":"Ana","last_name":"Paz","email":"ana@example.com","phone":"+525555555555","address_line":"Calle 1","city":"Puebla","state":"PUE","zip":"72000"}},"sale":null,"card":null}"#,
    ),
    (
        "start_charge",
        r#"{"order":"R-4","digits":"35050","account":"practice-cards","terminal":"","link":null,"sale":null,"card":{"card":"pm_card_visa","description":"Two coffees","hold":true}}"#,
    ),
    (
        "start_return",
        r#"{"order":"R-5","digits":"100","account":"practice-dojo","terminal":"tm_1","terms":{"reason":"Broken cup","keyed":false}}"#,
    ),
    (
        "show_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "cancel_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "ask_now",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "payment_receipts",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "witness_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","saw":"paid","receipt":"0042","checked":"the slip"}"#,
    ),
    (
        "act_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","act":{"kind":"refund","digits":"100","route":"remote"}}"#,
    ),
    (
        "act_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","act":{"kind":"sign","accepted":true}}"#,
    ),
    (
        "list_payments",
        r#"{"filter":"all","search":"12.50","before":null}"#,
    ),
    (
        "list_payments",
        r#"{"filter":"open","search":"R%_\\","before":"7.1790000000000.3"}"#,
    ),
    ("look_elsewhere", r#"{"is_pressed":true}"#),
    (
        "save_account",
        r#"{"account":null,"name":"Bar","system":"compago","settings":{"homepage_url":"","redirect_url":"","public_key":"","amount_unit":null,"currency":"","reseller_id":"","generation":null},"base_url":"https://api.example.com","key":"canary-key-8e1f2a","terminals":[{"code":"NEXGO-1","label":"Bar"}]}"#,
    ),
    (
        "save_account",
        r#"{"account":null,"name":"Thai","system":"one2_pays","settings":{"homepage_url":"https://a.example","redirect_url":"","public_key":"pk_1","amount_unit":"minor","currency":"THB","reseller_id":"","generation":"form"},"base_url":"https://api.example.com","key":null,"terminals":[]}"#,
    ),
    (
        "keep_webhook_secret",
        r#"{"account":"practice-thai-qr","secret":"canary-key-8e1f2a"}"#,
    ),
    ("remove_account", r#"{"account":"practice"}"#),
    ("test_account", r#"{"account":"practice"}"#),
    ("account_terminals", r#"{"account":"practice-dojo"}"#),
    ("list_leftovers", r#"{"account":"practice-link"}"#),
    (
        "close_leftover",
        r#"{"account":"practice-link","intent":"pi_1","is_confirmed":true}"#,
    ),
    (
        "plan_void",
        r#"{"choice":{"kind":"list","base64":"Ui0xClItMgo="}}"#,
    ),
    (
        "plan_void",
        r#"{"choice":{"kind":"payments","payments":["01920000-0000-7000-8000-000000000007","bar/pi_1"]}}"#,
    ),
    (
        "plan_void",
        r#"{"choice":{"kind":"expiring","minutes":60}}"#,
    ),
    ("plan_void", r#"{"choice":{"kind":"duplicates"}}"#),
    ("plan_void", r#"{"choice":{"kind":"leftovers"}}"#),
    (
        "start_void",
        r#"{"plan":"01920000-0000-7000-8000-000000000002","reason":"Wrong amount","note":""}"#,
    ),
    (
        "show_void",
        r#"{"batch":"01920000-0000-7000-8000-000000000002"}"#,
    ),
    (
        "steer_void",
        r#"{"batch":"01920000-0000-7000-8000-000000000002","wish":"stop"}"#,
    ),
    (
        "change_own_pin",
        r#"{"pin":"4821","new_pin":"5930","again":"5930"}"#,
    ),
    (
        "prove_void",
        r#"{"batch":"01920000-0000-7000-8000-000000000002","form":"csv","words":{"column.order":"Order"},"is_saved":true}"#,
    ),
    (
        "prove_void",
        r#"{"batch":"01920000-0000-7000-8000-000000000002","form":"pdf","words":{"proof.title":"Proof"},"is_saved":false}"#,
    ),
    (
        "charge_anyway",
        r#"{"charge":{"order":"R-2","digits":"35050","account":"practice","terminal":"PRACTICE-1","link":null,"sale":null,"card":null},"past":["same_amount:01920000-0000-7000-8000-000000000007"]}"#,
    ),
    (
        "show_warnings",
        r#"{"warnings":["unusual_amount:10:MXN:5000","same_order:01920000-0000-7000-8000-000000000007"]}"#,
    ),
    (
        "change_amount",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","digits":"35000","past":[]}"#,
    ),
    ("list_inbox", "{}"),
    (
        "decide_payment",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","decision":"keep","reason":"They owe it"}"#,
    ),
    ("day_report", r#"{"check":false}"#),
    ("close_day", r#"{"number":1}"#),
    ("list_days", "{}"),
    ("show_day", r#"{"number":1}"#),
    (
        "day_file",
        r#"{"number":null,"words":{"title":"Day"},"is_saved":true}"#,
    ),
    ("list_audit", r#"{"filter":"all","before":null}"#),
    ("verify_audit", "{}"),
    ("export_audit", r#"{"form":"csv"}"#),
    ("letter_rules", "{}"),
    (
        "choose_letter_rules",
        r#"{"server":"mail.example.com","port":587,"security":"start_tls","user":"shop","password":"canary-key-8e1f2a","from":"shop@example.com","shop":"Bar","language":"es","templates":[{"language":"en","subject":"About {order}","text":"{name}: {amount}, {shop}"}]}"#,
    ),
    ("test_letters", r#"{"to":"ana@example.com"}"#),
    (
        "payment_letter",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "send_letter",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "choose_void_rules",
        r#"{"undo_s":5,"reasons":["Wrong amount"],"close_links_after_min":30}"#,
    ),
    ("choose_look", r#"{"language":"es","theme":"dark"}"#),
    ("name_cashier", r#"{"name":"Ana"}"#),
    ("practice_terminal", r#"{"terminal":"PRACTICE-1"}"#),
    (
        "practice_press",
        r#"{"terminal":"PRACTICE-1","press":"tap"}"#,
    ),
    (
        "practice_page",
        r#"{"payment":"01920000-0000-7000-8000-000000000007"}"#,
    ),
    (
        "practice_page_press",
        r#"{"payment":"01920000-0000-7000-8000-000000000007","press":"pay"}"#,
    ),
    (
        "sign_in",
        r#"{"staff":"01920000-0000-7000-8000-000000000001","pin":"48213055"}"#,
    ),
    ("sign_out", r#"{"idle":false}"#),
    (
        "approve",
        r#"{"staff":"01920000-0000-7000-8000-000000000001","pin":"48213055","reason":"Broken cup"}"#,
    ),
    (
        "add_staff",
        r#"{"name":"Luz","role":"manager","pin":"592617"}"#,
    ),
    (
        "change_staff",
        r#"{"staff":"01920000-0000-7000-8000-000000000001","name":"Luz","role":"cashier","pin":null}"#,
    ),
    (
        "set_pin",
        r#"{"staff":"01920000-0000-7000-8000-000000000001","pin":"48213055"}"#,
    ),
    (
        "remove_staff",
        r#"{"staff":"01920000-0000-7000-8000-000000000001"}"#,
    ),
    (
        "choose_staff_rules",
        r#"{"idle_minutes":5,"limits":[{"currency":"MXN","digits":"100000"}]}"#,
    ),
];
