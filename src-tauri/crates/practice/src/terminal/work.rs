//! What a machine works on: a payment intent of Compago, or a session of Dojo. The machine is the
//! same; what becomes of the payment is the system's.

use money::Money;

use super::{Outcome, Verdict};
use crate::IntentId;
use crate::books::Books;
use crate::customer::Gesture;
use crate::dojo::{Entry, Told};

fn is_session(books: &Books, id: IntentId) -> bool {
    books.dojo.session(id).is_some()
}

fn verdict(told: Told) -> Verdict {
    match told {
        Told::Approved => Verdict::Ended(Outcome::Approved),
        Told::Declined => Verdict::Ended(Outcome::Declined),
        Told::Cancelled => Verdict::Ended(Outcome::Cancelled),
        Told::Held => Verdict::Held,
    }
}

pub(super) fn amount(books: &Books, id: IntentId) -> Option<Money> {
    match books.dojo.session(id) {
        Some(session) => Some(session.amount),
        None => books.amount(id),
    }
}

/// How long a machine takes to show what the till wants, in milliseconds.
pub(super) fn fetch_ms(books: &Books, id: IntentId) -> u64 {
    if is_session(books, id) {
        books.settings.dojo_initiate_ms
    } else {
        0
    }
}

pub(super) fn is_collectable(books: &Books, id: IntentId, now_ms: u64) -> bool {
    match books.dojo.session(id) {
        Some(session) => session.is_collectable(now_ms),
        None => books.is_collectable(id, now_ms),
    }
}

/// When the machine must stop asking for it; `None` where it has ended.
pub(super) fn expires_at_ms(books: &Books, id: IntentId) -> Option<u64> {
    match books.dojo.session(id) {
        Some(session) => session.is_open().then_some(session.expires_at_ms),
        None => books.expires_at_ms(id),
    }
}

/// Whether a card that is being read when the time is over is read to its end.
pub(super) fn reading_outlives_expiry(books: &Books, id: IntentId) -> bool {
    is_session(books, id) || books.settings.reading_outlives_expiry
}

/// The machine asks for a card.
pub(super) fn shown(books: &mut Books, id: IntentId, now_ms: u64) {
    books.session_shown(id, now_ms);
}

/// A card is presented, in this way.
pub(super) fn presented(books: &mut Books, id: IntentId, gesture: Gesture, now_ms: u64) {
    let entry = match gesture {
        Gesture::Tap | Gesture::BadCard | Gesture::Lose | Gesture::Fail => Entry::Contactless,
        Gesture::Pin if books.settings.dojo_inserted_is_signed => Entry::Signed,
        Gesture::Pin | Gesture::WrongPin | Gesture::PinAndTip => Entry::ChipAndPin,
        Gesture::Sign => Entry::Signed,
        Gesture::Cancel => return,
    };
    if gesture == Gesture::PinAndTip {
        books.session_tipped(id);
    }
    books.session_presented(id, entry, now_ms);
}

/// Whether a card that is inserted wants a signature instead of its PIN.
pub(super) fn is_signed(books: &Books, id: IntentId) -> bool {
    is_session(books, id) && books.settings.dojo_inserted_is_signed
}

/// The PIN was wrong and is asked for again.
pub(super) fn pin_again(books: &mut Books, id: IntentId, now_ms: u64) {
    books.session_pin_again(id, now_ms);
}

/// The bank said yes.
pub(super) fn approve(books: &mut Books, id: IntentId, code: &str, now_ms: u64) -> Verdict {
    if is_session(books, id) {
        return verdict(books.session_approved(id, now_ms));
    }
    Verdict::Ended(if books.approve(id, code, now_ms) {
        Outcome::Approved
    } else {
        Outcome::Cancelled
    })
}

/// The bank said no.
pub(super) fn decline(books: &mut Books, id: IntentId, now_ms: u64) {
    if is_session(books, id) {
        books.session_declined(id, now_ms);
    } else {
        books.decline(id, now_ms);
    }
}

/// The customer pressed the red key.
pub(super) fn cancel(books: &mut Books, id: IntentId, now_ms: u64) {
    if is_session(books, id) {
        books.session_cancelled(id, now_ms);
    } else {
        books.cancel(id, now_ms);
    }
}

/// The card wants a signature, which somebody else judges.
pub(super) fn sign(books: &mut Books, id: IntentId, now_ms: u64) -> Verdict {
    verdict(books.session_signature_wanted(id, now_ms))
}

/// The machine does not get to tell how it ended.
pub(super) fn lose(books: &mut Books, id: IntentId, now_ms: u64) {
    books.session_lost(id, now_ms);
}

/// The payment is "unsuccessful".
pub(super) fn fail(books: &mut Books, id: IntentId, now_ms: u64) -> Verdict {
    verdict(books.session_unsuccessful(id, now_ms))
}

/// When what the machine waits for goes on by itself.
pub(super) fn held_due_ms(books: &Books, id: IntentId) -> Option<u64> {
    let session = books.dojo.session(id)?;
    session.held_due_ms(&books.settings)
}

/// It goes on.
pub(super) fn conclude(books: &mut Books, id: IntentId, now_ms: u64) -> Verdict {
    verdict(books.session_concluded(id, now_ms))
}

/// Whether it has ended without the machine: withdrawn by the till, or its time is over.
pub(super) fn has_ended(books: &Books, id: IntentId) -> bool {
    let session = books.dojo.session(id);
    session.is_some_and(|session| !session.is_open())
}
