//! Which facts an answer makes. Pure: the answer, what was asked and what is known go in, facts
//! come out. The meaning of failures is [`payment::outcome`]'s table.

use std::time::Duration;

use payment::outcome::{ABSENCE, Asked, Verdict, verdict};
use payment::record::Doubt;
use payment::{
    Act, ActName, Acted, CancelAnswer, Created, Event, Failure, IntentId, Payment, Progress,
    Prompt, Refusal, Seen, Standing, State,
};
use tokio::time::Instant;

use super::memory::Memory;

/// What a create, first or repeated, tells.
pub(crate) fn from_create(
    payment: &Payment,
    memory: &Memory,
    asked: Asked,
    answer: &Result<Created, Failure>,
) -> Vec<Event> {
    match answer {
        Ok(created) => from_created(payment, created),
        Err(Failure::Mismatch { said, intent }) => mismatched(payment, intent.as_ref(), said),
        // "It exists" is a guess for a system that documents no word for a duplicate and has no list.
        // Where there is a list, the list decides.
        Err(failure @ Failure::Invalid { .. })
            if asked == Asked::RepeatedCreate && memory.finds(&payment.way) =>
        {
            first_time(payment, failure)
        }
        Err(failure) => match verdict(asked, failure) {
            Verdict::NothingHappened => vec![Event::Refused {
                refusal: refusal(failure),
            }],
            Verdict::ExistsUnseen => vec![Event::ArrivedUnseen { page: None }],
            Verdict::MayHaveHappened
            | Verdict::ReadToKnow
            | Verdict::PerhapsAbsent
            | Verdict::TryLater => first_time(payment, failure),
        },
    }
}

fn from_created(payment: &Payment, created: &Created) -> Vec<Event> {
    if let Some(said) = other_amount(payment, &created.seen) {
        return mismatched(payment, created.intent.as_ref(), &said);
    }
    match &created.intent {
        Some(intent) => vec![Event::Answered {
            intent: intent.clone(),
            seen: created.seen.clone(),
        }],
        None => vec![Event::ArrivedUnseen {
            page: created.seen.page.clone(),
        }],
    }
}

/// What looking by the key tells. A list that does not show it proves nothing where the provider
/// has said that it is there; otherwise the rule of [`ABSENCE`] decides.
pub(crate) fn from_find(
    payment: &Payment,
    memory: &mut Memory,
    now: Instant,
    answer: &Result<Option<Created>, Failure>,
) -> Vec<Event> {
    match answer {
        Ok(Some(created)) if created.intent.is_some() => {
            memory.absent_since = None;
            from_created(payment, created)
        }
        Ok(None) if !matches!(payment.doubt, Some(Doubt::Unseen)) => {
            if is_proved_absent(payment, memory, now) {
                vec![Event::ProvedAbsent]
            } else {
                Vec::new()
            }
        }
        Ok(Some(_) | None) => Vec::new(),
        // The key may have been used before this journal, for another amount: that one is not ours to
        // withdraw, and ours may only be late in the list.
        Err(Failure::Mismatch { said, intent: _ }) => {
            let created = now.duration_since(memory.created_at);
            if created < memory.visible_after() {
                Vec::new()
            } else {
                mismatched(payment, None, said)
            }
        }
        Err(_) => Vec::new(),
    }
}

/// Another amount is told once, unless its object gets a name now.
fn mismatched(payment: &Payment, intent: Option<&IntentId>, said: &str) -> Vec<Event> {
    let told = matches!(&payment.doubt, Some(Doubt::OtherAmount { said: known }) if known == said);
    let names_it = payment.intent.is_none() && intent.is_some();
    if told && !names_it {
        return Vec::new();
    }
    vec![Event::Mismatched {
        intent: intent.cloned(),
        said: said.to_owned(),
    }]
}

/// A lost answer is told once; the tries after it are not news.
fn first_time(payment: &Payment, failure: &Failure) -> Vec<Event> {
    if payment.doubt.is_some() {
        Vec::new()
    } else {
        vec![Event::AnswerLost {
            failure: failure.clone(),
        }]
    }
}

fn other_amount(payment: &Payment, seen: &Seen) -> Option<String> {
    seen.amount
        .filter(|amount| *amount != payment.amount)
        .map(|amount| amount.to_string())
}

fn refusal(failure: &Failure) -> Refusal {
    match failure {
        Failure::KeyRefused => Refusal::KeyRefused,
        Failure::Invalid { said } | Failure::NotFound { said: Some(said) } => {
            Refusal::Invalid { said: said.clone() }
        }
        Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::NotFound { said: None }
        | Failure::Duplicate
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Refusal::NotSent {
            failure: failure.clone(),
        },
    }
}

/// What a reading tells, and what it leaves in the driver's memory.
pub(crate) fn from_read(
    payment: &Payment,
    memory: &mut Memory,
    now: Instant,
    answer: &Result<Seen, Failure>,
) -> Vec<Event> {
    match answer {
        Ok(seen) => {
            memory.absent_since = None;
            from_seen(payment, memory, now, seen)
        }
        Err(Failure::Mismatch { said, .. }) => mismatched(payment, None, said),
        Err(failure) => match verdict(Asked::Read, failure) {
            Verdict::PerhapsAbsent => from_absence(payment, memory, now, failure),
            Verdict::NothingHappened
            | Verdict::ExistsUnseen
            | Verdict::MayHaveHappened
            | Verdict::ReadToKnow
            | Verdict::TryLater => unreachable_once(payment, failure),
        },
    }
}

/// "Expired" is believed only after a grace: a card that was already in the terminal may still be
/// approved, and until then nothing may say that it is safe to charge again.
fn from_seen(payment: &Payment, memory: &mut Memory, now: Instant, seen: &Seen) -> Vec<Event> {
    let expired = seen.standing == Standing::Expired && payment.state.is_open();
    if expired {
        let since = *memory.expired_since.get_or_insert(now);
        if now.duration_since(since) < memory.expiry_grace(&payment.way) {
            return Vec::new();
        }
    } else {
        memory.expired_since = None;
    }
    // Withdrawn after its card was refused: why nobody paid is what the shop wants to know.
    if payment.state == State::Declined && seen.standing == Standing::Cancelled {
        memory.is_withdrawn = true;
        return Vec::new();
    }
    if payment.is_news(seen) {
        // What became of others' acts is not this payment's story.
        let acts = payment.acts_told(seen);
        let seen = Seen {
            acts,
            ..seen.clone()
        };
        vec![Event::Read { seen }]
    } else {
        Vec::new()
    }
}

fn from_absence(
    payment: &Payment,
    memory: &mut Memory,
    now: Instant,
    failure: &Failure,
) -> Vec<Event> {
    if !is_proved_absent(payment, memory, now) {
        return unreachable_once(payment, failure);
    }
    if !payment.gives_back() {
        return vec![Event::ProvedAbsent];
    }
    // What goes back without a payment had a name once, and for how long its session is kept is not
    // said: a machine may have given the money long ago. Somebody has to look at it.
    let seen = Seen::new(Standing::Unconfirmed, "not found any more");
    if payment.is_news(&seen) {
        vec![Event::Read { seen }]
    } else {
        Vec::new()
    }
}

/// The rule of [`ABSENCE`]: old enough, and two readings apart agree.
fn is_proved_absent(payment: &Payment, memory: &mut Memory, now: Instant) -> bool {
    let since = *memory.absent_since.get_or_insert(now);
    let old_enough = now.duration_since(memory.created_at) >= memory.visible_after();
    let agreed = now.duration_since(since) >= Duration::from_millis(ABSENCE.apart_ms);
    old_enough && agreed && payment.state.is_open()
}

fn unreachable_once(payment: &Payment, failure: &Failure) -> Vec<Event> {
    if payment.unreachable || !payment.state.is_open() {
        Vec::new()
    } else {
        vec![Event::ReadingLost {
            failure: failure.clone(),
        }]
    }
}

/// What the answer to a cancel tells: never a verdict, only that it came, or not.
pub(crate) fn from_cancel(answer: Result<(), Failure>) -> Event {
    let answer = match answer {
        Ok(()) => CancelAnswer::Accepted,
        Err(failure) => match verdict(Asked::Cancel, &failure) {
            Verdict::ReadToKnow if is_refusal(&failure) => CancelAnswer::Refused { failure },
            Verdict::ReadToKnow
            | Verdict::TryLater
            | Verdict::NothingHappened
            | Verdict::ExistsUnseen
            | Verdict::MayHaveHappened
            | Verdict::PerhapsAbsent => CancelAnswer::Lost { failure },
        },
    };
    Event::CancelAnswered { answer }
}

/// What the answer to an act tells: that it came, was refused, or was lost. A refusal after a lost
/// answer may be about the first sending's work, so it counts as lost there: a reading decides.
pub(crate) fn from_act(acted: &Acted, answer: &Result<Option<ActName>, Failure>) -> Event {
    let name = answer.as_ref().ok().cloned().flatten();
    let answer = match answer {
        Ok(_) => CancelAnswer::Accepted,
        Err(failure)
            if nothing_was_done(&acted.act, failure) && acted.progress != Progress::Lost =>
        {
            CancelAnswer::Refused {
                failure: failure.clone(),
            }
        }
        // Judged already, or too late to judge: asking again says nothing new.
        Err(failure) if is_refusal(failure) && matches!(acted.act, Act::Sign { .. }) => {
            CancelAnswer::Refused {
                failure: failure.clone(),
            }
        }
        Err(failure) => CancelAnswer::Lost {
            failure: failure.clone(),
        },
    };
    Event::ActAnswered {
        number: acted.number,
        answer,
        name,
    }
}

/// Whether a first sending that failed like this had no effect: the rule of a first create.
fn nothing_was_done(act: &Act, failure: &Failure) -> bool {
    match verdict(Asked::FirstCreate, failure) {
        Verdict::NothingHappened => true,
        // A busy terminal. Elsewhere it may be the second half of a sending that was doubled on its
        // way.
        Verdict::ExistsUnseen => matches!(act, Act::TryAgain),
        Verdict::MayHaveHappened
        | Verdict::ReadToKnow
        | Verdict::PerhapsAbsent
        | Verdict::TryLater => false,
    }
}

fn is_refusal(failure: &Failure) -> bool {
    match failure {
        Failure::Invalid { .. } | Failure::NotFound { .. } | Failure::Duplicate => true,
        Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::KeyRefused
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => false,
    }
}

/// How long the provider asks to be left alone.
pub(crate) fn at_least(failure: &Failure) -> Option<Duration> {
    match failure {
        Failure::RateLimited { retry_after_ms } => retry_after_ms.map(Duration::from_millis),
        // A refused key does not heal by itself: do not hammer.
        Failure::KeyRefused => Some(Duration::from_secs(15)),
        Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::NotFound { .. }
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::Redirected
        | Failure::Fault { .. } => None,
    }
}

/// Whether a reading of what is over says anything: a word the till does not know, or no answer at
/// all, is no second look at whether money moved. Nor is one that is older than the cancel which was
/// read before it.
pub(crate) fn is_a_look(state: State, answer: &Seen) -> bool {
    match answer.standing {
        Standing::Unrecognised => false,
        Standing::Waiting | Standing::Processing | Standing::NeedsCashier => {
            state != State::Cancelled
        }
        Standing::Authorised
        | Standing::Paid
        | Standing::Declined
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Unconfirmed
        | Standing::PartlyRefunded
        | Standing::Refunded => true,
    }
}

/// Cancels in the first minute after the wish ([`super::pace::cancel_again`]).
const LIVELY_CANCELS: u32 = 5;

/// Whether something may change within moments: a card was declined, or a cancel was just sent.
pub(crate) fn is_lively(payment: &Payment, cancels_sent: u32) -> bool {
    let cancelling = payment.cancel_asked() && cancels_sent <= LIVELY_CANCELS;
    let asked = match payment.prompt() {
        Some(Prompt::CardDeclined) => payment.state == State::Waiting,
        Some(Prompt::Signature) => true,
        Some(
            Prompt::CancelledAtTerminal
            | Prompt::TerminalIdle
            | Prompt::OnItsWay
            | Prompt::PresentCard
            | Prompt::InsertCard
            | Prompt::PresentOnlyOneCard
            | Prompt::EnterPin
            | Prompt::PleaseWait
            | Prompt::RemoveCard
            | Prompt::CardUnsupported
            | Prompt::CardError
            | Prompt::ReEnterCard
            | Prompt::Approved
            | Prompt::RefundWaiting
            | Prompt::RefundDeclined
            | Prompt::RefundUnconfirmed,
        )
        | None => false,
    };
    asked || cancelling
}
