//! What waits for somebody.

use payment::Channel;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PaymentRowView, Telling};

/// What somebody has to do about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InboxTask {
    /// Nobody knows how it ended; the till finds out, or somebody looks at the machine.
    NotKnown,
    /// It is shown as over, and its object says otherwise without proof that the money is ours.
    Contested,
    /// It turned paid after it was shown as over: keep it or give it back.
    Late,
    /// It was paid before the withdrawal of a batch arrived: keep it or give it back.
    PaidBeforeVoid,
    /// A manager decided that it goes back, and it has not yet.
    GivingBack,
}

impl InboxTask {
    /// Every task, for texts.
    pub const ALL: [Self; 5] = [
        Self::NotKnown,
        Self::Contested,
        Self::Late,
        Self::PaidBeforeVoid,
        Self::GivingBack,
    ];
}

/// Which answer is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InboxMissing {
    /// The provider's, to the request that makes it: whether it arrived.
    Create,
    /// The provider's name of it.
    Name,
    /// What became of it at the machine.
    End,
    /// Whether the amount that was named is ours.
    Amount,
    /// The provider's, to the question how it stands.
    Reading,
    /// A manager's.
    Decision,
}

impl InboxMissing {
    /// Every kind, for texts.
    pub const ALL: [Self; 6] = [
        Self::Create,
        Self::Name,
        Self::End,
        Self::Amount,
        Self::Reading,
        Self::Decision,
    ];
}

view!(/// One that waits.
InboxItemView {
    /// The payment.
    row: PaymentRowView,
    /// What somebody has to do.
    task: InboxTask,
    /// How the customer pays: the sentence goes by it.
    channel: Channel,
    /// Which sentence tells how it stands and what the cashier should do.
    telling: Telling,
    /// What the sentence needs.
    params: std::collections::BTreeMap<String, String>,
    /// Which answer is missing.
    missing: InboxMissing,
    /// When the till last asked, RFC 3339 in UTC.
    tried_at: Option<String>,
    /// When the provider last answered, RFC 3339 in UTC.
    answered_at: Option<String>,
    /// When the till asks again, RFC 3339 in UTC; none where it does not, or is asking now.
    next_try_at: Option<String>,
    /// Whether somebody may say what the machine shows.
    can_witness: bool,
    /// Whether its system can give it back from here.
    can_refund: bool,
    /// Who wanted it withdrawn, where that was said.
    cancel_asked_by: String,
    /// Who decided that it goes back, where somebody did.
    decided_by: String,
    /// Why.
    reason: String,
    /// When the last thing about it happened, RFC 3339 in UTC.
    changed_at: String,
});

view!(/// What waits for somebody.
InboxView {
    /// Those that nobody knows about first.
    items: Vec<InboxItemView>,
});
