//! What tells everybody anew what stands open, without anybody asking.

use std::sync::Arc;
use std::time::Duration;

use crate::till::Till;

/// How long changes gather before they are told: many payments often change together.
const GATHER: Duration = Duration::from_millis(100);

impl Till {
    /// Begins to watch. What it begins holds no till: the last one that is dropped closes the journal,
    /// and that ends it.
    pub(crate) fn watch(&self) {
        self.watch_health();
        self.watch_board();
    }

    /// Tells everybody when the journal stops taking facts, or takes them again.
    fn watch_health(&self) {
        let till = self.weak();
        let mut health = self.board.journal.watch_health();
        tokio::spawn(async move {
            while health.changed().await.is_ok() {
                let Some(till) = till() else { return };
                till.tell_overview();
            }
        });
    }

    /// Tells everybody when another payment is open, or one that was over turns out to be paid: also
    /// where nobody looks at that payment.
    fn watch_board(&self) {
        let till = self.weak();
        let mut changes = self.board.changes.subscribe();
        let mut told = (self.board.standing(), self.inbox_count().ok());
        tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                if till().is_none_or(|till| !till.board.is_heard()) {
                    continue;
                }
                tokio::time::sleep(GATHER).await;
                changes.mark_unchanged();
                let Some(till) = till() else { return };
                let standing = (till.board.standing(), till.inbox_count().ok());
                if standing != told {
                    told = standing;
                    till.tell_overview();
                }
            }
        });
    }

    /// The till, for as long as somebody else has it.
    pub(crate) fn weak(&self) -> impl Fn() -> Option<Self> + Send + 'static {
        let (board, lines) = (Arc::downgrade(&self.board), Arc::downgrade(&self.lines));
        let (random, charging) = (Arc::clone(&self.random), Arc::clone(&self.charging));
        let (exports, place) = (self.exports.clone(), Arc::clone(&self.place));
        let looking = Arc::clone(&self.looking);
        move || {
            Some(Self {
                board: board.upgrade()?,
                lines: lines.upgrade()?,
                random: Arc::clone(&random),
                charging: Arc::clone(&charging),
                exports: exports.clone(),
                place: Arc::clone(&place),
                acting: None,
                looking: Arc::clone(&looking),
            })
        }
    }
}
