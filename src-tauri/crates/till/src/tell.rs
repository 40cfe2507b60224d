//! What to say about a payment: which sentence, which colour, which buttons, which lines. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use journal::{Entry, Fact};
use payment::failure::MoneyMoved;
use payment::record::{Cancel, Doubt};
use payment::{Account, Actor, Channel, Class, Payment, Prompt, Refusal, Shop, State, System, Way};
use tokio::time::Instant;

use crate::api::{
    Action, LinkTermsView, MoneyView, PayPageView, PaymentRowView, PaymentView, Telling, Tone,
};
use crate::engine::drive::can_be_witnessed;
use crate::qr;
use crate::timeline::timeline;

/// The moment a payment is shown at.
pub(crate) struct Moment {
    pub now_ms: i64,
    pub checked_at_ms: Option<i64>,
    pub began: Option<Instant>,
    pub revision: u64,
}

/// A time as it crosses the bridge: RFC 3339 in UTC.
pub(crate) fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

/// As people call a payment system.
pub(crate) const fn system_name(system: System) -> &'static str {
    match system {
        System::Compago | System::CompagoLink => "Compago",
        System::One2Pays => "One2Pays",
        System::Dojo => "Dojo",
        System::LeanRails => "LeanRails",
    }
}

/// What people call the places of a payment.
pub(crate) struct Names {
    account: String,
    pub terminal: String,
    pub provider: String,
    practice: bool,
    page_follows: bool,
}

fn names(shop: &Shop, payment: &Payment) -> Names {
    let account: Option<&Account> = shop.account(&payment.account);
    let account_name = account.map_or_else(
        || payment.account.to_string(),
        |account| account.name.clone(),
    );
    Names {
        page_follows: account
            .and_then(|account| account.system.link_needs())
            .is_some_and(|needs| needs.page_follows),
        terminal: place(account, payment).unwrap_or_else(|| account_name.clone()),
        account: account_name,
        provider: account.map_or_else(
            || payment.account.to_string(),
            |account| system_name(account.system).to_owned(),
        ),
        practice: account.is_some_and(|account| account.practice),
    }
}

/// The card machine as people call it; `None` for a link.
fn place(account: Option<&Account>, payment: &Payment) -> Option<String> {
    let code = payment.way.terminal()?;
    let known = account.and_then(|account| account.terminals.iter().find(|one| one.code == *code));
    Some(known.map_or_else(|| code.to_string(), |terminal| terminal.label.clone()))
}

fn link_terms(way: &Way) -> Option<LinkTermsView> {
    match way {
        Way::Terminal { .. } => None,
        Way::Link { terms } => Some(LinkTermsView {
            description: terms.description.clone(),
            minutes: terms.minutes,
            method: terms.method,
        }),
    }
}

/// The page a customer can pay on now.
fn page(payment: &Payment) -> Option<PayPageView> {
    // What is being withdrawn, or is not ours, is not to be paid.
    let payable = payment.state.is_open()
        && !payment.cancel_asked()
        && !matches!(payment.doubt, Some(Doubt::OtherAmount { .. }));
    let page = payment.page.as_ref().filter(|_| payable)?;
    Some(PayPageView {
        url: page.url.clone(),
        qr: qr::view(&page.url)?,
        expires_at: page.expires_at_ms.map(time),
    })
}

pub(crate) fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::Cashier { name } => name.clone(),
        Actor::Till => String::new(),
    }
}

/// A line of a list.
pub(crate) fn row_view(shop: &Shop, payment: &Payment, requested_at_ms: i64) -> PaymentRowView {
    let names = names(shop, payment);
    PaymentRowView {
        id: payment.id.to_string(),
        order: payment.order.to_string(),
        amount: MoneyView::from(payment.amount),
        terminal_label: names.terminal,
        account_name: names.account,
        cashier: actor_name(&payment.by),
        state: shown_state(payment),
        tone: tone(payment),
        practice: names.practice,
        late: payment.late,
        started_at: time(requested_at_ms),
    }
}

/// Everything about one payment.
pub(crate) fn payment_view(
    shop: &Shop,
    payment: &Payment,
    entries: &[Entry],
    moment: &Moment,
) -> PaymentView {
    let names = names(shop, payment);
    let started_at_ms = entries.first().map_or(moment.now_ms, |entry| entry.at_ms);
    let ended_at_ms = ended_at(payment, entries);
    let until_ms = ended_at_ms.unwrap_or(moment.now_ms);
    // A clock that was set back must not show a negative or a giant time.
    let by_clock_s = until_ms.saturating_sub(started_at_ms).max(0) / 1000;
    let elapsed_s = match moment.began.filter(|_| payment.state.is_open()) {
        Some(began) => u32::try_from(began.elapsed().as_secs()).unwrap_or(u32::MAX),
        None => u32::try_from(by_clock_s).unwrap_or(u32::MAX),
    };
    let actions = actions(payment);
    PaymentView {
        id: payment.id.to_string(),
        order: payment.order.to_string(),
        amount: MoneyView::from(payment.amount),
        account: payment.account.to_string(),
        account_name: names.account.clone(),
        practice: names.practice,
        channel: payment.way.channel(),
        terminal: payment
            .way
            .terminal()
            .map(ToString::to_string)
            .unwrap_or_default(),
        terminal_label: names.terminal.clone(),
        link: link_terms(&payment.way),
        page: page(payment),
        attempt: payment.attempt.number(),
        cashier: actor_name(&payment.by),
        state: shown_state(payment),
        tone: tone(payment),
        telling: telling(payment, names.page_follows),
        params: params(payment, &names, elapsed_s),
        moved: moved(payment),
        prompt: payment.prompt(),
        enter: enter(payment),
        escape: if actions.contains(&Action::Cancel) {
            Action::Cancel
        } else {
            Action::NextCustomer
        },
        actions,
        open: payment.state.is_open(),
        started_at: time(started_at_ms),
        ended_at: ended_at_ms.map(time),
        checked_at: moment.checked_at_ms.map(time),
        elapsed_s,
        intent: payment.intent.as_ref().map(ToString::to_string),
        timeline: timeline(payment, &names, entries),
        revision: moment.revision,
    }
}

/// When it left the open states.
fn ended_at(payment: &Payment, entries: &[Entry]) -> Option<i64> {
    if payment.state.is_open() {
        return None;
    }
    let mut replayed: Option<Payment> = None;
    for entry in entries {
        if let Fact::Payment { event, .. } = &entry.fact {
            replayed = payment::apply(replayed.as_ref(), event).ok().or(replayed);
            if replayed
                .as_ref()
                .is_some_and(|payment| !payment.state.is_open())
            {
                return Some(entry.at_ms);
            }
        }
    }
    None
}

fn params(payment: &Payment, names: &Names, elapsed_s: u32) -> BTreeMap<String, String> {
    let said = match (&payment.doubt, &payment.refusal) {
        (Some(Doubt::OtherAmount { said }), _) | (_, Some(Refusal::Invalid { said })) => {
            said.clone()
        }
        (
            Some(Doubt::AnswerLost { .. } | Doubt::Interrupted | Doubt::Unseen) | None,
            Some(Refusal::NotSent { .. } | Refusal::KeyRefused | Refusal::NoKey) | None,
        ) => payment
            .seen
            .as_ref()
            .map(|seen| seen.raw.clone())
            .unwrap_or_default(),
    };
    BTreeMap::from([
        ("provider".to_owned(), names.provider.clone()),
        ("terminal".to_owned(), names.terminal.clone()),
        ("order".to_owned(), payment.order.to_string()),
        ("amount".to_owned(), payment.amount.to_string()),
        ("seconds".to_owned(), elapsed_s.to_string()),
        ("said".to_owned(), said),
    ])
}

/// The state as it is shown: what is contested is not known, whatever it was taken for.
fn shown_state(payment: &Payment) -> State {
    if payment.is_contested() {
        State::NotKnown
    } else {
        payment.state
    }
}

/// Which sentence tells it. `page_follows`: a page that was not told yet comes with a reading.
pub(crate) fn telling(payment: &Payment, page_follows: bool) -> Telling {
    match shown_state(payment) {
        State::Saved | State::Sending => {
            if payment.cancel_asked() {
                Telling::Cancelling
            } else {
                Telling::Sending
            }
        }
        State::Waiting => waiting(payment, page_follows),
        State::Processing if payment.cancel_asked() => Telling::Cancelling,
        State::Processing => Telling::Processing,
        State::NeedsCashier => Telling::NeedsCashier,
        State::Authorised => Telling::Authorised,
        State::NotKnown => not_known(payment),
        State::Paid if payment.by_hand => Telling::PaidByHand,
        State::Paid if payment.late => Telling::PaidLate,
        State::Paid if payment.cancel_asked() => Telling::PaidAfterCancel,
        State::Paid => Telling::Paid,
        State::PartlyRefunded => Telling::PartlyRefunded,
        State::Refunded => Telling::Refunded,
        State::Declined => Telling::Declined,
        State::Cancelled if payment.cancel_asked() => Telling::Cancelled,
        State::Cancelled => Telling::CancelledElsewhere,
        State::Expired => Telling::Expired,
        State::Failed => failed(payment),
    }
}

fn waiting(payment: &Payment, page_follows: bool) -> Telling {
    if payment.cancel_asked() {
        Telling::Cancelling
    } else if payment.unreachable {
        Telling::WaitingUnreachable
    } else if payment.prompt() == Some(Prompt::CardDeclined) {
        Telling::WaitingDeclined
    } else {
        match payment.way.channel() {
            Channel::Terminal => Telling::Waiting,
            Channel::Link if payment.page.is_some() => Telling::WaitingLink,
            Channel::Link if page_follows => Telling::WaitingLinkSoon,
            Channel::Link => Telling::WaitingLinkLost,
        }
    }
}

fn not_known(payment: &Payment) -> Telling {
    match payment.doubt {
        Some(Doubt::Unseen) if payment.way.channel() == Channel::Link => Telling::NotKnownLink,
        Some(Doubt::Unseen) => Telling::NotKnownUnseen,
        Some(Doubt::OtherAmount { .. }) => Telling::NotKnownOtherAmount,
        Some(Doubt::Interrupted) => Telling::NotKnownInterrupted,
        Some(Doubt::AnswerLost { .. }) | None => Telling::NotKnownLost,
    }
}

fn failed(payment: &Payment) -> Telling {
    if payment.by_hand {
        return Telling::FailedByHand;
    }
    match &payment.refusal {
        Some(Refusal::NotSent { .. }) => Telling::FailedNotSent,
        Some(Refusal::KeyRefused) => Telling::FailedKeyRefused,
        Some(Refusal::NoKey) => Telling::FailedNoKey,
        Some(Refusal::Invalid { .. }) => Telling::FailedInvalid,
        None => Telling::FailedAbsent,
    }
}

/// How it looks.
pub(crate) fn tone(payment: &Payment) -> Tone {
    match shown_state(payment) {
        State::Waiting if payment.prompt() == Some(Prompt::CardDeclined) => Tone::Failed,
        State::Saved
        | State::Sending
        | State::Waiting
        | State::Processing
        | State::NeedsCashier
        | State::Authorised => Tone::Waiting,
        State::NotKnown => Tone::Unknown,
        // Somebody must decide, or the provider has not confirmed it.
        State::Paid if payment.late || payment.by_hand => Tone::Unknown,
        State::Paid => Tone::Paid,
        State::Failed | State::Declined => Tone::Failed,
        State::Cancelled | State::Expired | State::PartlyRefunded | State::Refunded => {
            Tone::Cancelled
        }
    }
}

/// Whether money moved, as far as is known.
pub(crate) fn moved(payment: &Payment) -> MoneyMoved {
    if payment.is_contested() {
        return MoneyMoved::Perhaps;
    }
    match payment.state.class() {
        Class::Open => match payment.state {
            State::Saved => MoneyMoved::No,
            State::NotKnown
            | State::Sending
            | State::Waiting
            | State::Processing
            | State::NeedsCashier
            | State::Authorised
            | State::Failed
            | State::Declined
            | State::Expired
            | State::Cancelled
            | State::Paid
            | State::PartlyRefunded
            | State::Refunded => MoneyMoved::Perhaps,
        },
        Class::Unpaid => MoneyMoved::No,
        Class::Paid => MoneyMoved::Yes,
    }
}

fn actions(payment: &Payment) -> Vec<Action> {
    let witness = can_be_witnessed(payment);
    match payment.state {
        State::NotKnown => {
            let mut actions = Vec::new();
            if witness {
                actions.push(Action::Witness);
            }
            if !witness || !matches!(payment.doubt, Some(Doubt::Unseen)) {
                actions.push(Action::AskNow);
            }
            actions.push(Action::NextCustomer);
            if can_cancel(payment) {
                actions.push(Action::Cancel);
            }
            actions
        }
        State::Saved
        | State::Sending
        | State::Waiting
        | State::Processing
        | State::NeedsCashier
        | State::Authorised => {
            let first = if can_cancel(payment) {
                Action::Cancel
            } else {
                Action::AskNow
            };
            vec![first, Action::NextCustomer]
        }
        State::Failed | State::Declined | State::Expired | State::Cancelled
            if payment.is_contested() =>
        {
            vec![Action::NextCustomer]
        }
        State::Failed | State::Declined | State::Expired | State::Cancelled => {
            vec![Action::NextCustomer, Action::ChargeAgain]
        }
        State::Paid | State::PartlyRefunded | State::Refunded => vec![Action::NextCustomer],
    }
}

/// A second cancel would say nothing new. Where the provider does not name the payment there is
/// nothing to cancel: the terminal is the place.
fn can_cancel(payment: &Payment) -> bool {
    payment.cancel == Cancel::No
        && !matches!(payment.doubt, Some(Doubt::Unseen) if payment.intent.is_none())
}

fn enter(payment: &Payment) -> Option<Action> {
    match payment.state.class() {
        Class::Open => None,
        Class::Unpaid | Class::Paid => Some(Action::NextCustomer),
    }
}
