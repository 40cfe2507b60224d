//! Mistakes about batches, planted between the till and its journal, and between the till and whoever
//! looks. The engine itself is never changed.

use std::collections::BTreeSet;

use journal::{Entry, Fact, Filter, Journal};
use payment::{Event, Payment, ShopEvent, VoidEvent};
use till::api::{VoidOutcome, VoidView};

use super::{Bug, MORNING_MS, ROWS_MAX, Seat, World};

impl World {
    /// What a batch is shown as.
    #[must_use]
    pub fn void_shown(&self, mut view: VoidView) -> VoidView {
        if self.net.bug() == Some(Bug::WinIsToldCancelled) {
            for line in &mut view.lines {
                if line.outcome == Some(VoidOutcome::PaidBefore) {
                    line.outcome = Some(VoidOutcome::Cancelled);
                }
            }
        }
        view
    }
}

impl Seat {
    /// What a crash leaves of the batches, with a mistake.
    pub(super) fn forge(&mut self, bug: Bug) {
        if bug == Bug::VoidIsAskedTwice {
            self.ask_again();
        } else if bug == Bug::VoidIsOverAfterACrash {
            self.end_all();
        } else if bug == Bug::VoidIsForgotten {
            self.forget_batches();
        }
    }

    fn all(&self) -> Vec<Payment> {
        let all = self.journal.recent(&Filter::All, None, ROWS_MAX);
        let all = all.expect("a journal in memory can be read").into_iter();
        all.map(|row| row.payment).collect()
    }

    fn shop_story(&self) -> Vec<Entry> {
        let story = self.journal.shop_story();
        story.expect("a journal in memory can be read")
    }

    fn ask_again(&self) {
        for payment in self.all().iter().filter(|one| one.state.is_open()) {
            let Some(withdrawal) = payment.withdrawal.clone() else {
                continue;
            };
            let event = Event::CancelAsked {
                by: withdrawal.by,
                reason: withdrawal.reason,
                batch: withdrawal.batch,
            };
            let id = payment.id;
            let fact = Fact::Payment { id, event };
            self.journal.append_soon(MORNING_MS, vec![fact]);
        }
    }

    fn end_all(&self) {
        let mut batches = BTreeSet::new();
        for entry in self.shop_story() {
            if let Fact::Shop(ShopEvent::Void { batch, .. }) = entry.fact {
                batches.insert(batch);
            }
        }
        for batch in batches {
            let event = VoidEvent::Finished;
            let fact = Fact::Shop(ShopEvent::Void { batch, event });
            self.journal.append_soon(MORNING_MS, vec![fact]);
        }
    }

    fn forget_batches(&mut self) {
        let mut entries = self.shop_story();
        for payment in self.all() {
            let timeline = self.journal.timeline(payment.id);
            entries.extend(timeline.expect("a journal in memory can be read"));
        }
        entries.sort_by_key(|entry| entry.seq);
        let kept = Journal::in_memory().expect("a journal can be made");
        for entry in entries {
            if !matches!(entry.fact, Fact::Shop(ShopEvent::Void { .. })) {
                kept.append_soon(entry.at_ms, vec![entry.fact]);
            }
        }
        *self = Self {
            vault: std::sync::Arc::clone(&self.vault),
            starts: self.starts,
            ..Self::over(kept)
        };
    }
}
