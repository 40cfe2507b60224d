//! What an adapter may make of answers, whatever they are.

use money::Currency;
use payment::outcome::{Asked, Verdict, verdict};
use payment::state::Class;
use payment::{
    AccountId, ActName, Actor, Attempt, Charge, Created, Event, Failure, IntentId, Leftover,
    Listed, OrderRef, Payment, PaymentId, Receipts, Seen, SlipLine, Standing, System, TerminalSeen,
    apply,
};
use providers::Response;
use serde_json::Value;
use uuid::Uuid;

use super::super::fit::{assert_fit, is_visible};
use super::super::side::{KEY, MINOR, ORDER, intent};
use super::{Exchange, Story, Wish};

/// The most requests that one question is worth: a list is walked fifty pages far, and One2Pays may
/// ask each of them again by the provider's clock.
const REQUESTS_MAX: usize = 120;

/// What came of a question.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Of a create, or of looking for one.
    Made(Result<Option<Created>, Failure>),
    /// Of a reading.
    Seen(Result<Seen, Failure>),
    /// Of a cancel, an act, a check.
    Done(Result<Option<ActName>, Failure>),
    /// Of asking for the slips.
    Slips(Result<Receipts, Failure>),
    /// Of asking for the card machines.
    Machines(Result<Vec<TerminalSeen>, Failure>),
    /// Of asking what stands open.
    Open(Result<Vec<Leftover>, Failure>),
    /// Of asking for all that was made.
    Listed(Result<Vec<Listed>, Failure>),
    /// Of asking for the payments of an order.
    Named(Result<Vec<IntentId>, Failure>),
}

impl Outcome {
    /// Why it is none.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Made(made) => made.as_ref().err(),
            Self::Seen(seen) => seen.as_ref().err(),
            Self::Done(done) => done.as_ref().err(),
            Self::Slips(slips) => slips.as_ref().err(),
            Self::Machines(machines) => machines.as_ref().err(),
            Self::Open(open) => open.as_ref().err(),
            Self::Listed(listed) => listed.as_ref().err(),
            Self::Named(named) => named.as_ref().err(),
        }
    }

    /// The payment that was made or found.
    #[must_use]
    pub fn made(&self) -> Option<&Created> {
        if let Self::Made(Ok(made)) = self {
            made.as_ref()
        } else {
            None
        }
    }

    /// What was read of a payment.
    #[must_use]
    pub fn seen(&self) -> Option<&Seen> {
        if let Self::Seen(Ok(seen)) = self {
            Some(seen)
        } else {
            self.made().map(|created| &created.seen)
        }
    }
}

/// Holds an outcome against every promise.
///
/// # Panics
/// Where one is broken.
pub fn assert_kept(story: &Story, outcome: &Outcome) {
    let requests = story.told.len();
    assert!(
        requests <= REQUESTS_MAX,
        "{requests} requests for one question"
    );
    let mut bodies = story.told.iter().filter_map(|one| one.answer.as_ref());
    // libFuzzer reads what is compared, and writes the key into an answer itself.
    let is_there = |answer: &Response| String::from_utf8_lossy(&answer.body).contains(KEY);
    assert!(
        bodies.any(is_there) || !format!("{outcome:?}").contains(KEY),
        "the key is told"
    );
    if let Some(failure) = outcome.failure() {
        assert_words(failure);
        assert_nothing_is_ruled_out(story, failure);
    }
    if let Some(seen) = outcome.seen() {
        assert_seen(seen);
        assert_paid_is_ours(story, seen);
    }
    match outcome {
        Outcome::Made(Ok(None)) => assert_absence_is_proved(story),
        Outcome::Slips(Ok(receipts)) => assert_slips(receipts),
        Outcome::Machines(Ok(machines)) => {
            for machine in machines {
                assert_fit("a machine's label", &machine.label, 80);
            }
        }
        Outcome::Open(Ok(open)) => {
            assert!(open.len() <= 100, "{} leftovers", open.len());
            for left in open {
                assert_fit("a reference", &left.reference, 60);
            }
        }
        Outcome::Listed(Ok(listed)) => listed.iter().for_each(assert_listed),
        Outcome::Made(_)
        | Outcome::Seen(_)
        | Outcome::Done(_)
        | Outcome::Slips(_)
        | Outcome::Machines(_)
        | Outcome::Open(_)
        | Outcome::Listed(_)
        | Outcome::Named(_) => {}
    }
}

fn assert_listed(one: &Listed) {
    assert_fit("a reference", &one.reference, 100);
    assert_fit("a word", &one.raw, 80);
    assert!(!one.has_link || one.standing.stands_open(), "{one:?}");
    let digits = one.last_four.as_deref().unwrap_or("0000");
    let is_four = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    assert!(is_four, "{one:?}");
}

fn assert_words(failure: &Failure) {
    match failure {
        Failure::Mismatch { said, .. } => assert_fit("a mismatch", said, 80),
        Failure::Invalid { said } | Failure::NotFound { said: Some(said) } => {
            assert_fit("a refusal", said, 200);
        }
        Failure::RateLimited { retry_after_ms } => {
            let wait_ms = retry_after_ms.unwrap_or_default();
            assert!(wait_ms <= 120_000, "the till is to wait {wait_ms} ms");
        }
        Failure::NotFound { said: None }
        | Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::KeyRefused
        | Failure::Duplicate
        | Failure::Redirected
        | Failure::Fault { .. } => {}
    }
}

/// A create whose only request that changes anything was answered well, not at all, or with a fault of
/// the other side's may have made a payment (I7).
fn assert_nothing_is_ruled_out(story: &Story, failure: &Failure) {
    let is_write = |one: &&Exchange| !one.asked.starts_with("GET ");
    let writes: Vec<&Exchange> = story.told.iter().filter(is_write).collect();
    let ([write], Wish::Create | Wish::GiveBack) = (&writes[..], story.wish) else {
        return;
    };
    let status = write.answer.as_ref().map(|answer| answer.status);
    let refused = status.is_some_and(|status| (400..=499).contains(&status));
    if !refused {
        let verdict = verdict(Asked::FirstCreate, failure);
        assert_ne!(
            verdict,
            Verdict::NothingHappened,
            "{status:?} was taken for a refusal: {failure:?}"
        );
    }
}

/// "There is none" is said of whole lists and of nothing else.
fn assert_absence_is_proved(story: &Story) {
    for exchange in &story.told {
        let answer = exchange.answer.as_ref();
        let is_list = answer
            .is_some_and(|answer| answer.is_success() && answer.body.trim_ascii().ends_with(b"}"));
        assert!(is_list, "“none” was said after {exchange:?}");
    }
}

fn assert_seen(seen: &Seen) {
    assert_fit("what it says", &seen.raw, 80);
    if let Some(page) = &seen.page {
        assert!(page.url.chars().count() <= 2_048, "a long address");
        assert!(page.url.chars().all(is_visible), "{:?}", page.url);
        let scheme = page.url.split_once(':').map_or("", |(scheme, _)| scheme);
        let scheme = scheme.to_ascii_lowercase();
        let hostile = ["javascript", "data", "file", "vbscript", "blob"];
        assert!(!hostile.contains(&scheme.as_str()), "{:?}", page.url);
    }
    for act in &seen.acts {
        if let payment::ActOutcome::Refused { said } = &act.outcome {
            assert_fit("a refused act", said, 200);
        }
    }
    let text = serde_json::to_string(seen).expect("a reading is written into the journal");
    let again: Seen = serde_json::from_str(&text).expect("and read from it");
    assert_eq!(&again, seen, "a reading comes back as it was");
}

fn assert_slips(receipts: &Receipts) {
    for slip in [&receipts.customer, &receipts.merchant] {
        assert!(slip.lines.len() <= 200, "{} lines", slip.lines.len());
        for line in &slip.lines {
            if let SlipLine::Text { text, .. } = line {
                assert_fit("a line of a slip", text, 80);
            }
        }
    }
}

/// Paid is shown for our amount in our currency and for nothing else (I5): neither by what the adapter
/// made of the answer, nor by what the answer itself names.
fn assert_paid_is_ours(story: &Story, seen: &Seen) {
    let payment = followed(&story.charge(), seen);
    let takes = matches!(
        seen.standing,
        Standing::Paid | Standing::PartlyRefunded | Standing::Refunded
    );
    if payment.state.class() != Class::Paid || payment.late || !takes {
        return;
    }
    let amount = seen.amount.unwrap_or(payment.amount);
    assert_eq!(amount, payment.amount, "paid with another amount: {seen:?}");
    if let [only] = &story.told[..]
        && let Some(answer) = &only.answer
        && matches!(story.wish, Wish::Create | Wish::Read | Wish::ReadLink)
    {
        assert_names_ours(story, &answer.body);
    }
}

/// The payment after this was read of it.
fn followed(charge: &Charge, seen: &Seen) -> Payment {
    let id = PaymentId::from_uuid(Uuid::from_u128(7));
    let requested = Event::Requested {
        payment: id,
        order: OrderRef::new(ORDER).expect("an order"),
        amount: charge.amount,
        account: AccountId::new("a").expect("an id"),
        way: charge.way.clone(),
        attempt: Attempt::FIRST,
        key: charge.key.clone(),
        by: Actor::Till,
    };
    let answered = Event::Answered {
        intent: intent(),
        seen: seen.clone(),
    };
    let facts = [requested, Event::Dispatched, answered];
    let mut payment = None;
    for fact in facts {
        payment = Some(apply(payment.as_ref(), &fact).expect("facts in their order"));
    }
    payment.expect("it was requested")
}

/// Reads amount and currency where the documents of the system have them, without the adapter's help.
fn assert_names_ours(story: &Story, body: &[u8]) {
    // What an adapter does not look at need not be a text: serde passes over it.
    let Ok(whole) = serde_json::from_str::<Value>(&String::from_utf8_lossy(body)) else {
        assert_eq!(body.trim_ascii_start().first(), Some(&b'{'), "no object");
        return;
    };
    let object = match story.side.system {
        System::One2Pays => &whole["data"],
        System::Compago | System::CompagoLink | System::Dojo | System::LeanRails => &whole,
    };
    let (amount, currency) = match story.side.system {
        System::Dojo => (
            &object["amount"]["value"],
            &object["amount"]["currencyCode"],
        ),
        // What was taken counts, where it is told; a hold may have been taken in part.
        System::LeanRails if !object["amount_received"].is_null() => {
            (&object["amount_received"], &object["currency"])
        }
        System::Compago | System::CompagoLink | System::One2Pays | System::LeanRails => {
            (&object["amount"], &object["currency"])
        }
    };
    let ours = story.side.system.currency();
    if !currency.is_null() {
        let named = currency.as_str().unwrap_or_default();
        assert!(
            named.eq_ignore_ascii_case(ours.code()),
            "paid in another currency: {currency}"
        );
    }
    if !amount.is_null() {
        let text = amount.as_str().map_or(amount.to_string(), str::to_owned);
        assert!(
            is_ours(&text, wants_decimals(story), ours) || captures(object) == Some(MINOR),
            "paid with another amount: {text}"
        );
    }
}

/// What Dojo's captures took, where it lists any: a part of what is held may be taken.
fn captures(object: &Value) -> Option<i64> {
    let failed = ["Declined", "Failed"];
    let all = object["captures"].as_array()?.iter();
    let took = all.filter(|one| !failed.contains(&one["status"].as_str().unwrap_or_default()));
    took.map(|one| {
        let text = one["amount"].as_str().map(str::to_owned);
        text.unwrap_or_else(|| one["amount"].to_string())
            .parse()
            .ok()
    })
    .try_fold(0_i64, |sum, one: Option<i64>| sum.checked_add(one?))
}

/// Whether amounts of this side are written in major units.
fn wants_decimals(story: &Story) -> bool {
    match story.side.system {
        System::Compago | System::CompagoLink => true,
        System::One2Pays => story.side.unit == payment::AmountUnit::Major,
        System::Dojo | System::LeanRails => false,
    }
}

/// By the digits alone: no zeros before, none after the point.
fn is_ours(text: &str, wants_decimals: bool, currency: Currency) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let minor = MINOR.to_string();
    if wants_decimals {
        let (major, minor) = minor.split_at(minor.len() - currency.exponent());
        (whole, fraction) == (major, minor.trim_end_matches('0'))
    } else {
        (whole, fraction) == (minor.as_str(), "")
    }
}
