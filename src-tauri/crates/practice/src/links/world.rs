//! Links as the wire of a system asks for them: the entries of the world, with their time.

use super::books::LinkCancelRefused;
use super::{Link, NewLink};
use crate::{IntentId, System, World};

impl World {
    /// Adds an open link. The caller has made sure that it may be added.
    pub(crate) fn open_link(&mut self, now_ms: u64, asked: NewLink) -> IntentId {
        let now_ms = self.settle(now_ms);
        let id = self.books.open_link(asked, now_ms);
        self.touch();
        self.settle(now_ms);
        id
    }

    /// Withdraws a link. Answers also how it stands at once, before anything that is due next.
    pub(crate) fn cancel_link(
        &mut self,
        now_ms: u64,
        system: System,
        id: IntentId,
    ) -> (Result<(), LinkCancelRefused>, Option<Link>) {
        let now_ms = self.settle(now_ms);
        let cancelled = self.books.cancel_link(system, id, now_ms);
        let after = self.books.visible_link(system, id, now_ms).cloned();
        self.touch();
        self.settle(now_ms);
        (cancelled, after)
    }

    /// The link with this id, whoever sees it.
    pub(crate) fn link(&self, id: IntentId) -> Option<&Link> {
        self.books.link(id)
    }

    /// The link of this system, if its reader already sees it.
    pub(crate) fn visible_link(&self, system: System, id: IntentId) -> Option<&Link> {
        self.books.visible_link(system, id, self.now_ms())
    }

    /// The links of this system that its reader sees, oldest first.
    pub(crate) fn visible_links(&self, system: System) -> Vec<&Link> {
        self.books.visible_links(system, self.now_ms())
    }

    /// The first link of a system for which this is true, seen by its reader or not.
    pub(crate) fn find_link(
        &self,
        system: System,
        is_wanted: impl Fn(&Link) -> bool,
    ) -> Option<&Link> {
        self.books.find_link(system, is_wanted)
    }
}
