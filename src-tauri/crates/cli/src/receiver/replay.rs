//! Which events have been taken already.

use std::collections::{BTreeSet, VecDeque};

use payment::AccountId;

/// How many events are remembered: those of a busy shop's day. The oldest is forgotten first. One that
/// comes again after that, and whose system signs no time, leads to one more reading.
const EVENTS_MAX: usize = 4_096;

/// An event of an account.
pub(super) type Event = (AccountId, String);

/// The memory.
#[derive(Debug, Default)]
pub(super) struct Replays {
    seen: BTreeSet<Event>,
    order: VecDeque<Event>,
}

impl Replays {
    /// Notes an event. False where it came before.
    pub(super) fn note(&mut self, event: Event) -> bool {
        if !self.seen.insert(event.clone()) {
            return false;
        }
        self.order.push_back(event);
        if self.order.len() > EVENTS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }

    /// Takes the note back: the event was not followed, and its sender will try again.
    pub(super) fn forget(&mut self, event: &Event) {
        self.seen.remove(event);
        self.order.retain(|known| known != event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(account: &str, id: usize) -> Event {
        (AccountId::new(account).unwrap(), format!("evt_{id}"))
    }

    #[test]
    fn an_event_is_new_once_for_each_account() {
        let mut replays = Replays::default();
        assert!(replays.note(event("bar", 1)));
        assert!(!replays.note(event("bar", 1)));
        assert!(replays.note(event("shop", 1)));
        replays.forget(&event("bar", 1));
        assert!(replays.note(event("bar", 1)));
        assert!(!replays.note(event("bar", 1)));
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let mut replays = Replays::default();
        for id in 0..=EVENTS_MAX {
            assert!(replays.note(event("bar", id)));
        }
        assert_eq!(replays.seen.len(), EVENTS_MAX);
        assert_eq!(replays.order.len(), EVENTS_MAX);
        assert!(!replays.note(event("bar", 1)), "still remembered");
        assert!(replays.note(event("bar", 0)), "the oldest");
    }
}
