//! Money that comes where none was expected any more.

use crate::event::Standing;
use crate::state::{Class, Signal, State};

/// Money shows up where the screen said that none was taken. Without proof that it is ours the
/// state stays what it was, but nobody may go on believing it.
pub(super) fn is_late(from: State, signal: Signal, to: State) -> bool {
    let turned = to.class() == Class::Paid
        || signal == Signal::SeenPaidOtherwise
        // Held, after it was told that nothing was: the customer's money is not free.
        || signal == Signal::Seen(Standing::Authorised);
    from.class() == Class::Unpaid && turned
}
