//! Which sentence tells a payment, how it looks and whether money moved. Pure; the words themselves are
//! in `ui/src/text`.

use payment::failure::MoneyMoved;
use payment::record::{Cancel, Doubt};
use payment::{Act, Channel, Class, Payment, Progress, Prompt, Refusal, State};

use crate::api::{Telling, Tone};

/// The state as it is shown: what is contested is not known, whatever it was taken for.
pub(crate) fn shown_state(payment: &Payment) -> State {
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
        State::NeedsCashier if payment.cancel_asked() => Telling::Cancelling,
        State::NeedsCashier => needs_cashier(payment.prompt()),
        State::Authorised => held(payment),
        State::NotKnown => not_known(payment),
        State::Paid if payment.by_hand => Telling::PaidByHand,
        State::Paid if payment.late => Telling::PaidLate,
        State::Paid => given_back(payment).unwrap_or(if payment.cancel_asked() {
            Telling::PaidAfterCancel
        } else if payment.tip_taken().is_some() {
            Telling::PaidWithTip
        } else {
            Telling::Paid
        }),
        State::Refunded if payment.gives_back() => returned(payment),
        State::PartlyRefunded => given_back(payment).unwrap_or(Telling::PartlyRefunded),
        State::Refunded => match payment.acts.last().map(|acted| &acted.act) {
            Some(Act::Reverse) => Telling::Reversed,
            Some(Act::TryAgain | Act::Sign { .. } | Act::Capture | Act::Refund { .. }) | None => {
                Telling::Refunded
            }
        },
        State::Declined => Telling::Declined,
        State::Cancelled if payment.cancel_asked() => Telling::Cancelled,
        State::Cancelled => Telling::CancelledElsewhere,
        State::Expired => Telling::Expired,
        State::Failed => failed(payment),
    }
}

const fn needs_cashier(prompt: Option<Prompt>) -> Telling {
    match prompt {
        Some(Prompt::CardDeclined) => Telling::DeclinedTryAgain,
        Some(Prompt::CancelledAtTerminal) => Telling::CancelledAtTerminal,
        Some(Prompt::TerminalIdle) => Telling::TerminalIdle,
        Some(Prompt::Signature) => Telling::Signature,
        Some(
            Prompt::OnItsWay
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
        | None => Telling::NeedsCashier,
    }
}

/// What is held: what was last asked to be done with it.
fn held(payment: &Payment) -> Telling {
    let Some(acted) = payment.acts.last() else {
        return Telling::Authorised;
    };
    match (&acted.progress, &acted.act) {
        (Progress::Refused { .. } | Progress::Unshown, Act::Capture | Act::Reverse) => {
            Telling::HeldRefused
        }
        (Progress::Asked | Progress::Accepted | Progress::Lost, Act::Capture) => Telling::Capturing,
        (Progress::Asked | Progress::Accepted | Progress::Lost, Act::Reverse) => Telling::Releasing,
        (Progress::Shown, Act::Capture | Act::Reverse)
        | (_, Act::TryAgain | Act::Sign { .. } | Act::Refund { .. }) => Telling::Authorised,
    }
}

/// What is paid: what became of the last wish to give money back. `None`: nothing to tell.
fn given_back(payment: &Payment) -> Option<Telling> {
    let acted = payment.acts.last()?;
    match &acted.act {
        Act::Refund { .. } | Act::Reverse => {}
        Act::TryAgain | Act::Sign { .. } | Act::Capture => return None,
    }
    match &acted.progress {
        Progress::Asked | Progress::Accepted | Progress::Lost => Some(match payment.prompt() {
            Some(Prompt::RefundWaiting) if acted.is_at_terminal() => Telling::RefundAtTerminal,
            Some(_) | None => Telling::Refunding,
        }),
        Progress::Refused { .. } => Some(Telling::RefundRefused),
        Progress::Unshown => Some(Telling::RefundUnknown),
        Progress::Shown => None,
    }
}

/// Money went back without a payment.
const fn returned(payment: &Payment) -> Telling {
    if payment.by_hand {
        Telling::ReturnedByHand
    } else if payment.late {
        Telling::ReturnedLate
    } else if matches!(payment.cancel, Cancel::No) {
        Telling::Refunded
    } else {
        Telling::ReturnedAfterCancel
    }
}

fn waiting(payment: &Payment, page_follows: bool) -> Telling {
    if payment.cancel_asked() {
        Telling::Cancelling
    } else if payment.unreachable {
        Telling::WaitingUnreachable
    } else if payment.prompt() == Some(Prompt::CardDeclined) {
        Telling::WaitingDeclined
    } else if payment.prompt() == Some(Prompt::OnItsWay) {
        // The terminal does not show it yet: nobody can hold a card to it.
        Telling::Sending
    } else {
        match payment.way.channel() {
            Channel::Terminal | Channel::CardOnFile => Telling::Waiting,
            Channel::Link if payment.page.is_some() => Telling::WaitingLink,
            Channel::Link if page_follows => Telling::WaitingLinkSoon,
            Channel::Link => Telling::WaitingLinkLost,
        }
    }
}

fn not_known(payment: &Payment) -> Telling {
    match payment.doubt {
        Some(Doubt::Unseen) => match payment.way.channel() {
            Channel::Terminal => Telling::NotKnownUnseen,
            Channel::Link | Channel::CardOnFile => Telling::NotKnownLink,
        },
        Some(Doubt::Unconfirmed) => Telling::NotKnownUnconfirmed,
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
        State::Waiting | State::NeedsCashier
            if payment.prompt() == Some(Prompt::CardDeclined) && !payment.cancel_asked() =>
        {
            Tone::Failed
        }
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
        State::Refunded if payment.gives_back() && (payment.late || payment.by_hand) => {
            Tone::Unknown
        }
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
