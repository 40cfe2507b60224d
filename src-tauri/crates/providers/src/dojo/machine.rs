//! A card machine as Dojo lists it.

use payment::{TerminalCode, TerminalSeen, TerminalState};

use super::wire;
use crate::json::Word;
use crate::said::clean;

/// The longest label of a terminal, in characters.
const LABEL_LIMIT: usize = 40;
/// A machine whose name cannot be sent back is of no use.
pub(super) fn seen(listed: wire::Terminal) -> Option<TerminalSeen> {
    let code = TerminalCode::new(listed.id.as_ref()?.text()).ok()?;
    let tid = listed.properties.and_then(|properties| properties.tid);
    let label = tid.map(|tid| clean(tid.text(), LABEL_LIMIT));
    let label = label.filter(|label| !label.is_empty());
    Some(TerminalSeen {
        label: label.unwrap_or_else(|| clean(code.as_str(), LABEL_LIMIT)),
        state: match listed.status.as_ref().map(Word::text) {
            Some("Available") => TerminalState::Available,
            Some("Offline") => TerminalState::Offline,
            Some("InUse") => TerminalState::Busy,
            Some(_) | None => TerminalState::Unrecognised,
        },
        code,
    })
}
