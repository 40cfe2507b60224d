//! What to do next about a payment. Pure.

use payment::record::{Cancel, Doubt};
use payment::{Acted, Channel, Class, Payment, Standing, State};
use tokio::time::Instant;

use super::memory::Memory;
use super::pace;

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Get a line to the provider, to learn what its system can do.
    Connect,
    /// Send the create for the first time.
    Create,
    /// Send the create again with the same key, to learn whether the first arrived.
    Repeat,
    /// Look for it by its key.
    Find,
    /// Read the authoritative object.
    Read,
    /// Send the cancel.
    Cancel,
    /// Note that the till itself wants it cancelled.
    Withdraw,
    /// Send the act that was asked for.
    Act,
    /// Read what is paid, and what was given back of it.
    ReadPaid,
    /// Note that no reading shows what the act did.
    GiveUpAct,
    /// Read the terminal's slips.
    Receipts,
    /// Nothing until then, or until somebody says something.
    Wait(Instant),
    /// Nothing until somebody says something: the provider cannot be asked.
    Person,
    /// Over, and no late news is expected any more.
    Close,
}

/// Decides. The order of the questions is the order of importance.
pub(crate) fn next_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    match payment.state.class() {
        Class::Open => open_step(payment, memory, now),
        Class::Unpaid => late_step(payment, memory, now),
        Class::Paid => paid_step(payment, memory, now),
    }
}

/// Paid: see through what was asked for since, and keep the terminal's slips.
fn paid_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    if payment.intent.is_none() {
        return Step::Close;
    }
    if let Some(acted) = payment.pending_act() {
        // What may have been done is looked at before it is asked for again: how long a provider
        // remembers a key is not said everywhere.
        let may_send = memory.may_send(acted);
        if may_send && memory.act_needs_reading {
            return at(Step::ReadPaid, memory.ask_at, now);
        }
        if may_send && memory.acts_sent < pace::ACT_SENDINGS {
            return at(Step::Act, memory.act_at, now);
        }
        if may_send {
            return Step::GiveUpAct;
        }
        if memory.act_readings >= readings_of(payment, acted) {
            return Step::GiveUpAct;
        }
        return at(Step::ReadPaid, memory.ask_at, now);
    }
    if payment.receipts.is_none() && memory.wants_receipts(&payment.way) {
        return at(Step::Receipts, memory.ask_at, now);
    }
    Step::Close
}

/// After how many readings that do not show it an act is given up: nothing is waited for for ever.
fn readings_of(payment: &Payment, acted: &Acted) -> u32 {
    if acted.is_at_terminal() {
        pace::TERMINAL_REFUND_READINGS
    } else if payment.is_act_under_way(acted) {
        pace::BANK_READINGS
    } else {
        pace::ACT_READINGS
    }
}

/// The step when its time has come.
fn at(step: Step, due: Instant, now: Instant) -> Step {
    if now >= due { step } else { Step::Wait(due) }
}

fn open_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    if payment.state == State::Saved && !memory.sent {
        return Step::Create;
    }
    if memory.capabilities.is_none() {
        return if now >= memory.ask_at {
            Step::Connect
        } else {
            Step::Wait(memory.ask_at)
        };
    }
    if payment.intent.is_some() {
        known_step(payment, memory, now)
    } else {
        unknown_step(payment, memory, now)
    }
}

/// The provider named it: read it, and cancel it when asked to.
fn known_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    // An amount that is not ours must not stay on a terminal.
    if matches!(payment.doubt, Some(Doubt::OtherAmount { .. })) && !payment.cancel_asked() {
        return Step::Withdraw;
    }
    // What one of many is withdrawn for may have been paid meanwhile: it is read once more first.
    let is_read_first = memory.reads_first && memory.failures < pace::READ_FIRST_TRIES;
    let cancel_wanted = payment.cancel != Cancel::No && !claims_money(payment) && !is_read_first;
    if cancel_wanted && now >= memory.cancel_at {
        return Step::Cancel;
    }
    let act_wanted = payment
        .pending_act()
        .is_some_and(|acted| memory.may_send(acted));
    if act_wanted && now >= memory.act_at {
        return Step::Act;
    }
    if payment.pending_act().is_some() && !act_wanted && memory.act_readings >= pace::ACT_READINGS {
        return Step::GiveUpAct;
    }
    if now >= memory.ask_at {
        return Step::Read;
    }
    let mut soonest = memory.ask_at;
    if cancel_wanted {
        soonest = soonest.min(memory.cancel_at);
    }
    if act_wanted {
        soonest = soonest.min(memory.act_at);
    }
    Step::Wait(soonest)
}

/// Its last reading spoke of money taken, if not provably ours: no cancel can help.
pub(crate) fn claims_money(payment: &Payment) -> bool {
    payment
        .seen
        .as_ref()
        .is_some_and(|seen| match seen.standing {
            Standing::Paid | Standing::PartlyRefunded | Standing::Refunded => true,
            Standing::Waiting
            | Standing::Processing
            | Standing::NeedsCashier
            | Standing::Authorised
            | Standing::Declined
            | Standing::Cancelled
            | Standing::Expired
            | Standing::Unconfirmed
            | Standing::Unrecognised => false,
        })
}

/// The answer to the create was lost: find out, without ever making a second payment.
fn unknown_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    let unseen = matches!(payment.doubt, Some(Doubt::Unseen));
    let repeats = memory.repeats_safely(&payment.way) && !unseen;
    // Looking has no effect, so it is the way once nobody waits for the answer any more; while
    // somebody does, a repeat gives the customer something to pay at once.
    // A repeat takes the money of a card on file: it is not the way once somebody wants it withdrawn.
    let is_unwanted = payment.cancel_asked() && payment.way.channel() == Channel::CardOnFile;
    if memory.finds(&payment.way) && !(repeats && memory.is_fresh(now) && !is_unwanted) {
        return if now >= memory.ask_at {
            Step::Find
        } else {
            Step::Wait(memory.ask_at)
        };
    }
    if !repeats {
        return Step::Person;
    }
    // Repeating may put the amount on the terminal now. Where nobody waits for that any more, it
    // is to be withdrawn the moment it is found, and the wish must be durable before it can appear.
    if !memory.is_fresh(now) && !payment.cancel_asked() {
        return Step::Withdraw;
    }
    if now >= memory.ask_at {
        Step::Repeat
    } else {
        Step::Wait(memory.ask_at)
    }
}

/// Over without money: look again a few times, for an approval that was under way.
fn late_step(payment: &Payment, memory: &Memory, now: Instant) -> Step {
    let (Some(_), Some((since, done))) = (&payment.intent, memory.over) else {
        return Step::Close;
    };
    if memory.asked_for {
        return at(Step::Read, memory.ask_at, now);
    }
    // What can still be charged by somebody is no end.
    if memory.leaves_chargeable(payment) && memory.cancels_sent < pace::CLOSING_CANCELS {
        let step = match payment.cancel {
            Cancel::No => Step::Withdraw,
            Cancel::Asked | Cancel::Accepted | Cancel::Unanswered => Step::Cancel,
        };
        return at(step, memory.cancel_at, now);
    }
    match pace::read_again(payment.way.channel()).get(done) {
        None => Step::Close,
        Some(after) => {
            let due = (since + *after).max(memory.ask_at);
            if now >= due {
                Step::Read
            } else {
                Step::Wait(due)
            }
        }
    }
}
