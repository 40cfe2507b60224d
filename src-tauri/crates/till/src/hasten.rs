//! Hints from outside that a payment has changed: they hasten a reading, and do nothing else.

use std::time::Duration;

use payment::{AccountId, IntentId};
use tokio::sync::oneshot;

use crate::engine::drive::Message;
use crate::till::Till;

/// The least time between two readings of a payment that hints lead to.
const PAUSE: Duration = Duration::from_secs(1);

impl Till {
    /// Has the payment of this account that its provider names so read at once, where it is open or was
    /// until recently. Of several hints within a second the first is followed at once and the others by
    /// one reading when it is over. A name that is not under way here is ignored.
    ///
    /// Nothing of what the hint said is believed: the state changes by the reading or not at all. Must be
    /// called inside a tokio runtime.
    pub fn hasten(&self, account: &AccountId, intent: &IntentId) {
        let Some((inbox, due)) = self.board.hint(account, intent, PAUSE) else {
            return;
        };
        tokio::spawn(async move {
            tokio::time::sleep_until(due).await;
            // Nobody waits for the reply, and a driver that has ended has nothing left to read.
            let (reply, _) = oneshot::channel();
            let _ = inbox.send(Message::AskNow { reply }).await;
        });
    }

    /// Whether no payment is under way, neither open nor still looked at for late news: no hint can be
    /// about one.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.board.is_idle()
    }
}
