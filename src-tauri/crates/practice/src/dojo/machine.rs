//! The card machines of Dojo: their ids, and who stands in front of each.
//!
//! The virtual terminals of the sandbox are told apart by the end of their TID. Two integrators
//! wrote down what each end means; Dojo's own public pages do not. [`DOJO_TID_ENDS`] is the table,
//! and the crate's README has it too.

use crate::ids::sha256_hex;
use crate::terminal::Terminal;
use crate::{Script, TerminalView};

/// What the end of a TID means: the first of them are the sandbox's, as integrators found them, the
/// last four this store's own.
pub const DOJO_TID_ENDS: &[(&str, Script)] = &[
    ("SIP0", Script::Pin),
    ("SCN0", Script::Tap),
    ("DIP0", Script::Decline),
    ("SIS0", Script::Signature),
    ("DIS0", Script::Signature),
    ("CIP0", Script::Cancel),
    ("UIP0", Script::Unsuccessful),
    ("TIP0", Script::NoResult),
    ("SIP1", Script::PinWithTip),
    ("OFF0", Script::Offline),
    ("SLO0", Script::Slow),
    ("WLK0", Script::Walk),
    ("RAC0", Script::Race),
];

/// A machine of Dojo.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DojoTerminal {
    /// What sessions name it by, `tm_…`; the code of its panel and of its charges too.
    pub id: String,
    /// What is printed on its receipts.
    pub tid: String,
    /// What people call it.
    pub label: String,
    /// What a person sees of it.
    pub panel: TerminalView,
}

/// The id on the wire. It depends on the TID alone, so that every store has the same.
pub(crate) fn wire_id(tid: &str) -> String {
    let digits: String = sha256_hex(tid.as_bytes()).chars().take(24).collect();
    format!("tm_sandbox_{digits}")
}

/// A machine whose TID says who stands in front of it.
pub(crate) fn machine(tid: &str, label: &str) -> Terminal {
    let ends = DOJO_TID_ENDS.iter();
    let script = ends.copied().find(|(end, _)| tid.ends_with(end));
    Terminal::of_dojo(wire_id(tid), tid, label, script.map(|(_, script)| script))
}

/// The machines of a new store: two that a hand operates, and one for each end of a TID.
pub(crate) fn machines() -> Vec<Terminal> {
    let by_hand = [("21890001", "Counter"), ("21890002", "Bar")];
    let by_hand = by_hand.into_iter().map(|(tid, label)| machine(tid, label));
    let virtual_ones = DOJO_TID_ENDS
        .iter()
        .map(|(end, _)| machine(&format!("PRACTICE{end}"), end));
    by_hand.chain(virtual_ones).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_ends() {
        let readme = include_str!("../../README.md");
        for (end, script) in DOJO_TID_ENDS {
            let row = format!("| `{end}` | {} |", script.meaning());
            assert!(readme.contains(&row), "the README lacks {row}");
        }
    }

    #[test]
    fn every_machine_has_an_id_of_its_own_and_only_the_first_two_have_a_panel() {
        let machines = machines();
        let mut ids: Vec<_> = machines.iter().map(|one| one.code.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), machines.len());
        let views = machines.iter().map(|one| one.tid.clone().unwrap());
        let with_panel: Vec<_> = views
            .filter(|tid| !DOJO_TID_ENDS.iter().any(|(end, _)| tid.ends_with(end)))
            .collect();
        assert_eq!(with_panel, ["21890001", "21890002"]);
    }
}
