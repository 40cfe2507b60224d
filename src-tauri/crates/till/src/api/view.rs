//! What goes out: drawn as it is, decided here.

use payment::failure::MoneyMoved;
use payment::{Channel, Language, LinkMethod, Prompt, RefundRoute, SlipLine, State, Theme};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::code::Code;
use super::story::{Line, Telling};

macro_rules! view {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind),* }
    };
}

mod account;
mod asked;
mod audit;
mod day;
mod elsewhere;
mod inbox;
mod letter;
mod practice;
mod staff;
mod void;

pub use account::*;
pub use asked::*;
pub use audit::*;
pub use day::*;
pub use elsewhere::*;
pub use inbox::*;
pub use letter::*;
pub use practice::*;
pub use staff::*;
pub use void::*;

view!(/// An amount, ready to draw: the window never adds, parses or rounds.
MoneyView {
    /// Whole minor units.
    #[ts(type = "number")]
    minor: i64,
    /// ISO 4217.
    currency: String,
    /// "MX$".
    symbol: String,
    /// "1,180".
    major: String,
    /// "00"; empty where the currency has no minor unit.
    fraction: String,
    /// "MX$1,180.00".
    text: String,
});

impl From<money::Money> for MoneyView {
    fn from(amount: money::Money) -> Self {
        let (_, fraction) = amount.split();
        Self {
            minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            symbol: amount.currency().symbol().to_owned(),
            major: amount.grouped_major(),
            fraction,
            text: amount.to_string(),
        }
    }
}

view!(/// What the digits typed so far amount to.
TypedAmountView {
    /// The digits that count.
    digits: String,
    /// Their amount.
    amount: MoneyView,
    /// Why it cannot be charged, if it cannot.
    problem: Option<Code>,
});

/// How a state looks: one band of colour, one icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Something is under way.
    Waiting,
    /// Money was taken.
    Paid,
    /// Nobody knows, or somebody must look.
    Unknown,
    /// Refused or failed.
    Failed,
    /// Over, nothing taken, as wished.
    Cancelled,
}

/// What the cashier can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask to cancel.
    Cancel,
    /// Leave it (it stays watched) and serve the next customer.
    NextCustomer,
    /// Ask the provider at once.
    AskNow,
    /// Charge the same order again, with a new attempt.
    ChargeAgain,
    /// Give the same money back again, for the same reason: a machine refused the card that it was
    /// to go to.
    ReturnAgain,
    /// Say what the terminal shows.
    Witness,
    /// Ask for a card again.
    TryAgain,
    /// The signature is the card holder's.
    AcceptSignature,
    /// The signature is not the card holder's.
    RejectSignature,
    /// Take what is held.
    Capture,
    /// Undo the whole payment.
    Reverse,
    /// Give money back.
    Refund,
    /// Show the terminal's slips.
    Receipts,
}

view!(/// One payment, with what to say about it and what can be done.
PaymentView {
    /// Its id.
    id: String,
    /// The order.
    order: String,
    /// How much.
    amount: MoneyView,
    /// The account's id.
    account: String,
    /// The account as people call it.
    account_name: String,
    /// Whether no real money is involved.
    practice: bool,
    /// How the customer pays.
    channel: Channel,
    /// The terminal's code; empty for a link.
    terminal: String,
    /// Whether that terminal may ask for a card because of it now, to take money or to give it back.
    on_machine: bool,
    /// The terminal as people call it; for a link, its account.
    terminal_label: String,
    /// What a link was made with; none on a terminal.
    link: Option<LinkTermsView>,
    /// What a sale on a card machine has beside its amount; none where nothing.
    sale: Option<SaleTermsView>,
    /// What a card on file is charged with; none elsewhere.
    card: Option<CardTermsView>,
    /// Why money goes back without a payment; none where money is to come.
    gives_back: Option<ReturnTermsView>,
    /// What the customer pays altogether, where that is more than the amount.
    total: Option<MoneyView>,
    /// What the customer gave on top at the terminal.
    tip: Option<MoneyView>,
    /// What was given back.
    returned: Option<MoneyView>,
    /// What may still be given back.
    returnable: Option<MoneyView>,
    /// How money can go back; empty where it cannot.
    refund_routes: Vec<RefundRoute>,
    /// What was last asked to be done with it.
    act: Option<ActView>,
    /// By when a signature must be judged, RFC 3339 in UTC.
    decide_by: Option<String>,
    /// Where the customer pays, while that is possible.
    page: Option<PayPageView>,
    /// Which sending of the order.
    attempt: u32,
    /// Who asked for it.
    cashier: String,
    /// Where it is.
    state: State,
    /// How that looks.
    tone: Tone,
    /// Which sentence tells it.
    telling: Telling,
    /// What the sentence needs: provider, seconds, said, amount, total, tip.
    params: std::collections::BTreeMap<String, String>,
    /// Whether money moved.
    moved: MoneyMoved,
    /// What the terminal says beside it.
    prompt: Option<Prompt>,
    /// What can be done, in the order of the buttons.
    actions: Vec<Action>,
    /// What Enter does. None while the payment is open: the second half of a double Enter must
    /// neither cancel the sale nor leave it.
    enter: Option<Action>,
    /// What Esc does: cancel while that is possible, else the next customer.
    escape: Action,
    /// Whether another amount may be sent in its place: no card was presented yet.
    amount_changeable: bool,
    /// Whether it may still become anything.
    open: bool,
    /// When it was asked for, RFC 3339 in UTC.
    started_at: String,
    /// When it was over, RFC 3339 in UTC.
    ended_at: Option<String>,
    /// When the provider last answered about it, RFC 3339 in UTC.
    checked_at: Option<String>,
    /// How many seconds have gone by since it was asked for, while it is open.
    elapsed_s: u32,
    /// The provider's name of it.
    intent: Option<String>,
    /// What happened, oldest first.
    timeline: Vec<Line>,
    /// Grows with every change; a view with a lower number is older news.
    #[ts(type = "number")]
    revision: u64,
});

view!(/// What a sale on a card machine has beside its amount.
SaleTermsView {
    /// The card's number was typed into the machine.
    keyed: bool,
    /// Held now, taken later.
    hold: bool,
    /// The tip that was asked for.
    tip: Option<MoneyView>,
    /// The service charge.
    service_charge: Option<MoneyView>,
    /// What was sold.
    lines: Vec<ItemLineView>,
});

view!(/// Something that was sold.
ItemLineView {
    /// What.
    name: String,
    /// How many.
    quantity: u32,
    /// For all of them together, without what its modifiers add or take off.
    total: MoneyView,
    /// What was asked for beside it, or taken off.
    modifiers: Vec<ModifierView>,
});

view!(/// What changes one thing that was sold.
ModifierView {
    /// What.
    name: String,
    /// How many for each single thing of the line.
    quantity: u32,
    /// For the modifier.
    amount: MoneyView,
    /// It is taken off and not added.
    discount: bool,
});

view!(/// What a card on file was charged with.
CardTermsView {
    /// The provider's name of the stored card.
    card: String,
    /// What it is for; may be empty.
    description: String,
    /// Held now, taken later.
    hold: bool,
});
view!(/// Money that goes back without a payment.
ReturnTermsView {
    /// Why.
    reason: String,
    /// The card's number is typed into the machine.
    keyed: bool,
});

view!(/// What a payment link was made with. Who pays stays in the till.
LinkTermsView {
    /// What the customer reads.
    description: String,
    /// How long it can be paid, minutes.
    minutes: u16,
    /// Which method, where its system has several.
    method: Option<LinkMethod>,
});

view!(/// A payment page to show to a customer.
PayPageView {
    /// The link.
    url: String,
    /// The link as a QR code.
    qr: QrView,
    /// Until when it can be paid, RFC 3339 in UTC, where the provider says so.
    expires_at: Option<String>,
});

view!(/// A QR code, ready to draw: dark squares on a light ground.
QrView {
    /// Squares of a side, the quiet border included.
    size: u32,
    /// An SVG path of the dark squares, one unit each.
    path: String,
});

view!(/// One line of a list of payments.
PaymentRowView {
    /// Its id.
    id: String,
    /// The order.
    order: String,
    /// How much.
    amount: MoneyView,
    /// The terminal as people call it.
    terminal_label: String,
    /// The account as people call it.
    account_name: String,
    /// Who asked for it.
    cashier: String,
    /// Where it is.
    state: State,
    /// How that looks.
    tone: Tone,
    /// Whether it gives money back, without a payment.
    gives_back: bool,
    /// Whether no real money is involved.
    practice: bool,
    /// It turned paid after it was shown as over: somebody must decide.
    late: bool,
    /// When it was asked for, RFC 3339 in UTC.
    started_at: String,
    /// What is known of one that was made elsewhere; none for this till's own.
    elsewhere: Option<ElsewhereRowView>,
});

view!(/// A page of payments.
PaymentsView {
    /// Newest first.
    rows: Vec<PaymentRowView>,
    /// For the next page; none at the end.
    next: Option<String>,
});

view!(/// The slips of a payment's terminal; empty where there are none.
ReceiptsView {
    /// For the customer.
    customer: Vec<SlipLine>,
    /// For the shop.
    merchant: Vec<SlipLine>,
});

view!(/// What was last asked to be done with a payment.
ActView {
    /// What.
    kind: ActKind,
    /// How far it has come.
    progress: ActProgress,
    /// How much, where it is about an amount.
    amount: Option<MoneyView>,
    /// Who asked.
    by: String,
    /// What the provider said, where it refused.
    said: String,
});

/// See [`payment::Act`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Ask for a card again.
    TryAgain,
    /// The signature was accepted.
    SignAccept,
    /// The signature was rejected.
    SignReject,
    /// Take what is held.
    Capture,
    /// Undo the whole payment.
    Reverse,
    /// Give money back.
    Refund,
}

/// See [`payment::Progress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActProgress {
    /// On its way, or awaited.
    UnderWay,
    /// The provider refused it.
    Refused,
    /// Done, as far as was to be seen.
    Done,
    /// Nobody knows: look in the provider's own pages.
    Unknown,
}

view!(/// Everything the window needs to draw itself.
OverviewView {
    /// The accounts.
    accounts: Vec<AccountView>,
    /// The terminals of all accounts, practice last once there is another.
    terminals: Vec<TerminalView>,
    /// The language chosen.
    language: Language,
    /// The theme chosen.
    theme: Theme,
    /// Who stands at the till; empty until set.
    cashier: String,
    /// Who works here, and who is signed in.
    staff: StaffView,
    /// How voids go here.
    void_rules: VoidRulesView,
    /// Only the practice store is there: nothing here is real.
    only_practice: bool,
    /// Payments that may still become anything, newest first.
    open: Vec<PaymentRowView>,
    /// Payments that turned paid after they were shown as over.
    alarms: Vec<PaymentRowView>,
    /// How many wait for somebody: not known, or a manager's to decide.
    inbox: u32,
    /// What was made elsewhere.
    elsewhere: ElsewhereView,
    /// The payment systems an account can be added for.
    systems: Vec<SystemView>,
    /// A free order number to start from.
    suggested_order: String,
    /// Why no new charge can start, if none can.
    trouble: Option<Code>,
    /// The version of this till.
    version: String,
});

view!(/// One line of the diagnosis.
FindingView {
    /// What was looked at: `journal`, `keychain`, `account`, `practice`, `clock`.
    subject: String,
    /// Its name, where there are several.
    name: String,
    /// Whether it is as it should be.
    ok: bool,
    /// The problem, if there is one.
    problem: Option<Code>,
    /// Something for support.
    detail: String,
});

view!(/// How this machine is.
DiagnosisView {
    /// One line a subject.
    findings: Vec<FindingView>,
});
