//! Which session of an intent was on a machine when it was last seen. A hint that saves a request
//! at each reading and nothing more: it may be lost or wrong at any time.

use std::collections::VecDeque;

use payment::IntentId;

use super::session::SessionId;

/// The most that are remembered: many more than a shop has terminals.
const LIMIT: usize = 256;

/// The sessions, oldest first.
#[derive(Debug, Default)]
pub(super) struct Watched(VecDeque<(IntentId, SessionId)>);

impl Watched {
    /// Remembers one; the oldest of too many is forgotten.
    pub(super) fn remember(&mut self, intent: &IntentId, session: SessionId) {
        self.forget(intent);
        if self.0.len() >= LIMIT {
            self.0.pop_front();
        }
        self.0.push_back((intent.clone(), session));
    }

    /// Forgets it.
    pub(super) fn forget(&mut self, intent: &IntentId) {
        self.0.retain(|(known, _)| known != intent);
    }

    /// What is remembered.
    pub(super) fn session(&self, intent: &IntentId) -> Option<SessionId> {
        let found = self.0.iter().find(|(known, _)| known == intent);
        found.map(|(_, session)| session.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::Session;
    use super::*;

    fn session(name: &str) -> SessionId {
        let body = format!(r#"{{"id":"{name}"}}"#);
        Session::read(body.as_bytes()).unwrap().usable_id().unwrap()
    }

    #[test]
    fn the_newest_is_remembered_and_the_oldest_of_too_many_is_not() {
        let mut watched = Watched::default();
        let intent = |number: usize| IntentId::new(&format!("pi_{number}")).unwrap();
        watched.remember(&intent(0), session("ts_a"));
        watched.remember(&intent(0), session("ts_b"));
        assert_eq!(watched.session(&intent(0)), Some(session("ts_b")));
        for number in 1..=LIMIT {
            watched.remember(&intent(number), session("ts_c"));
        }
        assert_eq!(watched.session(&intent(0)), None);
        assert_eq!(watched.session(&intent(1)), Some(session("ts_c")));
        watched.forget(&intent(1));
        assert_eq!(watched.session(&intent(1)), None);
        assert_eq!(watched.0.len(), LIMIT - 1);
    }
}
