//! The store's fronts: where each system is, and what a till's account there is called.

use crate::{Practice, TerminalView, compago, dojo, lean_rails, one2pays};

/// A system as a till sees it from outside.
#[derive(Debug, Clone, Copy)]
pub struct Front {
    /// The system's own word: lower case, words joined by `_`.
    pub system: &'static str,
    /// The id of a till's account there; no live account can take it.
    pub account: &'static str,
    /// The account as people call it.
    pub name: &'static str,
    /// The path of its base URL on this store.
    pub path: &'static str,
    pub(crate) machines: fn(&Practice) -> Vec<TerminalView>,
}

impl Front {
    /// Every front: one line a system.
    pub const ALL: [Self; 5] = [
        compago::FRONT,
        compago::LINK_FRONT,
        one2pays::FRONT,
        dojo::FRONT,
        lean_rails::FRONT,
    ];

    /// The machines of it, by the codes that its requests name them by; none where nobody pays at one.
    #[must_use]
    pub fn machines(&self, practice: &Practice) -> Vec<TerminalView> {
        (self.machines)(practice)
    }
}

/// Where nobody pays at a machine.
pub(crate) const fn no_machines(_: &Practice) -> Vec<TerminalView> {
    Vec::new()
}
