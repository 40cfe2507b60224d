//! A payment as it crosses the bridge: everything the window draws is decided here, in
//! [`crate::telling`] and in [`crate::actions`]. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use journal::{Entry, Fact};
use money::Money;
use payment::record::Doubt;
use payment::{
    Account, Act, Acted, Actor, Acts, Event, Modifier, Payment, Progress, Prompt, RefundRoute,
    Refusal, ReturnTerms, Shop, State, Way,
};
use tokio::time::Instant;

use crate::actions::{actions, enter};
use crate::api::{
    ActKind, ActProgress, ActView, Action, CardTermsView, ItemLineView, LinkTermsView,
    ModifierView, MoneyView, PayPageView, PaymentRowView, PaymentView, ReturnTermsView,
    SaleTermsView,
};
use crate::change::can_change_amount;
use crate::qr;
use crate::telling::{moved, shown_state, telling, tone};
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

/// What people call the places of a payment.
pub(crate) struct Names {
    account: String,
    pub terminal: String,
    pub provider: String,
    practice: bool,
    page_follows: bool,
    acts: Acts,
}

pub(crate) fn names(shop: &Shop, payment: &Payment) -> Names {
    let account: Option<&Account> = shop.account(&payment.account);
    let account_name = account.map_or_else(
        || payment.account.to_string(),
        |account| account.name.clone(),
    );
    Names {
        acts: account.map_or(Acts::NONE, |account| account.system.acts().by(&payment.way)),
        page_follows: account
            .and_then(|account| account.system.link_needs())
            .is_some_and(|needs| needs.page_follows),
        terminal: place(account, payment).unwrap_or_else(|| account_name.clone()),
        account: account_name,
        provider: account.map_or_else(
            || payment.account.to_string(),
            |account| account.system.name().to_owned(),
        ),
        practice: account.is_some_and(|account| account.practice),
    }
}

/// The account as people call it, whether it is practice, and the card machine; empty where there is none.
pub(crate) fn place_of(shop: &Shop, payment: &Payment) -> (String, bool, String) {
    let account = shop.account(&payment.account);
    let names = names(shop, payment);
    (
        names.account,
        names.practice,
        place(account, payment).unwrap_or_default(),
    )
}

/// The card machine as people call it; `None` for a link.
fn place(account: Option<&Account>, payment: &Payment) -> Option<String> {
    let code = payment.way.terminal()?;
    let known = account.and_then(|account| account.terminals.iter().find(|one| one.code == *code));
    Some(known.map_or_else(|| code.to_string(), |terminal| terminal.label.clone()))
}

fn link_terms(way: &Way) -> Option<LinkTermsView> {
    match way {
        Way::Terminal { .. } | Way::CardOnFile { .. } | Way::Return { .. } => None,
        Way::Link { terms } => Some(LinkTermsView {
            description: terms.description.clone(),
            minutes: terms.minutes,
            method: terms.method,
        }),
    }
}

fn sale_terms(way: &Way) -> Option<SaleTermsView> {
    let terms = way.sale_terms().filter(|terms| !terms.is_plain())?;
    let lines = terms.lines.iter().map(|line| ItemLineView {
        name: line.name.clone(),
        quantity: line.quantity,
        total: MoneyView::from(line.total),
        modifiers: line.modifiers.iter().map(modifier).collect(),
    });
    Some(SaleTermsView {
        keyed: terms.keyed,
        hold: terms.hold,
        tip: terms.tip.map(MoneyView::from),
        service_charge: terms.service_charge.map(MoneyView::from),
        lines: lines.collect(),
    })
}

fn modifier(modifier: &Modifier) -> ModifierView {
    ModifierView {
        name: modifier.name.clone(),
        quantity: modifier.quantity,
        amount: MoneyView::from(modifier.amount),
        discount: modifier.discount,
    }
}

fn return_terms(terms: &ReturnTerms) -> ReturnTermsView {
    ReturnTermsView {
        reason: terms.reason.clone(),
        keyed: terms.keyed,
    }
}

fn card(way: &Way) -> Option<CardTermsView> {
    match way {
        Way::CardOnFile { terms } => Some(CardTermsView {
            card: terms.card.clone(),
            description: terms.description.clone(),
            hold: terms.hold,
        }),
        Way::Terminal { .. } | Way::Link { .. } | Way::Return { .. } => None,
    }
}

/// What the customer pays altogether, where something comes on top of the amount.
fn total(payment: &Payment) -> Option<Money> {
    let taken = payment.taken();
    (taken != payment.amount && !payment.gives_back()).then_some(taken)
}

/// What may be given back now.
fn returnable(payment: &Payment, acts: &Acts) -> Option<Money> {
    let amount = payment.returnable()?;
    let routes = acts.refund.iter().copied();
    let mut refunds = routes.map(|route| Act::Refund { amount, route });
    refunds
        .any(|act| payment.allows(&act, acts))
        .then_some(amount)
}

/// The ways money can go back now, the one to try first in front: a way that was refused just now
/// comes after the other (Dojo refuses a refund from afar where the card was refused before).
fn refund_routes(payment: &Payment, acts: &Acts) -> Vec<RefundRoute> {
    if returnable(payment, acts).is_none() {
        return Vec::new();
    }
    let mut routes = acts.refund.to_vec();
    if let Some(Acted {
        act: Act::Refund { route: refused, .. },
        progress: Progress::Refused { .. },
        ..
    }) = payment.acts.last()
    {
        routes.sort_by_key(|route| route == refused);
    }
    routes
}

fn act_view(acted: &Acted) -> ActView {
    let (kind, amount) = match &acted.act {
        Act::TryAgain => (ActKind::TryAgain, None),
        Act::Sign { accepted: true } => (ActKind::SignAccept, None),
        Act::Sign { accepted: false } => (ActKind::SignReject, None),
        Act::Capture => (ActKind::Capture, None),
        Act::Reverse => (ActKind::Reverse, None),
        Act::Refund { amount, .. } => (ActKind::Refund, Some(MoneyView::from(*amount))),
    };
    let (progress, said) = match &acted.progress {
        Progress::Refused { said } => (ActProgress::Refused, said.clone()),
        Progress::Unshown => (ActProgress::Unknown, String::new()),
        Progress::Asked | Progress::Accepted | Progress::Lost if acted.is_pending() => {
            (ActProgress::UnderWay, String::new())
        }
        Progress::Asked | Progress::Accepted | Progress::Lost | Progress::Shown => {
            (ActProgress::Done, String::new())
        }
    };
    ActView {
        kind,
        progress,
        amount,
        by: actor_name(&acted.by),
        said,
    }
}

/// By when a signature must be judged: counted from the moment it was first seen here, so never
/// later than the provider's own clock by more than a reading.
fn decide_by(payment: &Payment, acts: &Acts, entries: &[Entry]) -> Option<i64> {
    let within_ms = i64::try_from(acts.sign_within_ms?).ok()?;
    let is_asked =
        payment.state == State::NeedsCashier && payment.prompt() == Some(Prompt::Signature);
    if !is_asked {
        return None;
    }
    let first_seen = entries.iter().rev().take_while(|entry| match &entry.fact {
        Fact::Payment {
            event: Event::Read { seen } | Event::Answered { seen, .. },
            ..
        } => seen.prompt == Some(Prompt::Signature),
        Fact::Payment { .. } | Fact::Shop(_) => true,
    });
    let asked_at_ms = first_seen
        .filter(|entry| {
            matches!(
                &entry.fact,
                Fact::Payment {
                    event: Event::Read { .. } | Event::Answered { .. },
                    ..
                }
            )
        })
        .last()?
        .at_ms;
    Some(asked_at_ms.saturating_add(within_ms))
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
    match names_of_actor(actor) {
        (name, approver) if approver.is_empty() => name,
        (name, approver) => format!("{name} + {approver}"),
    }
}

/// Who did it, and who approved it; nothing where nobody did.
pub(crate) fn names_of_actor(actor: &Actor) -> (String, String) {
    match actor {
        Actor::Cashier { name } => (name.clone(), String::new()),
        Actor::Staff {
            name, approved_by, ..
        } => {
            let approver = approved_by.as_ref().map(|approver| approver.name.clone());
            (name.clone(), approver.unwrap_or_default())
        }
        Actor::Till => (String::new(), String::new()),
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
        gives_back: payment.gives_back(),
        practice: names.practice,
        late: payment.late,
        started_at: time(requested_at_ms),
        elsewhere: None,
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
    let acts = names.acts;
    let actions = actions(payment, &acts);
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
        on_machine: payment.is_on_machine(),
        terminal_label: names.terminal.clone(),
        link: link_terms(&payment.way),
        sale: sale_terms(&payment.way),
        card: card(&payment.way),
        gives_back: payment.way.return_terms().map(return_terms),
        total: total(payment).map(MoneyView::from),
        tip: payment.tip.map(MoneyView::from),
        returned: payment.returned().map(MoneyView::from),
        returnable: returnable(payment, &acts).map(MoneyView::from),
        refund_routes: refund_routes(payment, &acts),
        act: payment.acts.last().map(act_view),
        decide_by: decide_by(payment, &acts, entries).map(time),
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
        amount_changeable: can_change_amount(payment),
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

/// What was said last, in the provider's own words.
fn said(payment: &Payment) -> String {
    if let Some(Progress::Refused { said }) = payment.acts.last().map(|acted| &acted.progress) {
        return said.clone();
    }
    match (&payment.doubt, &payment.refusal) {
        (Some(Doubt::OtherAmount { said }), _) | (_, Some(Refusal::Invalid { said })) => {
            said.clone()
        }
        (
            Some(
                Doubt::AnswerLost { .. } | Doubt::Interrupted | Doubt::Unseen | Doubt::Unconfirmed,
            )
            | None,
            Some(Refusal::NotSent { .. } | Refusal::KeyRefused | Refusal::NoKey) | None,
        ) => payment
            .seen
            .as_ref()
            .map(|seen| seen.raw.clone())
            .unwrap_or_default(),
    }
}

fn params(payment: &Payment, names: &Names, elapsed_s: u32) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("provider".to_owned(), names.provider.clone()),
        ("terminal".to_owned(), names.terminal.clone()),
        ("order".to_owned(), payment.order.to_string()),
        ("amount".to_owned(), payment.amount.to_string()),
        ("total".to_owned(), payment.taken().to_string()),
        (
            "tip".to_owned(),
            payment
                .tip_taken()
                .map(|tip| tip.to_string())
                .unwrap_or_default(),
        ),
        ("seconds".to_owned(), elapsed_s.to_string()),
        ("said".to_owned(), said(payment)),
    ])
}
