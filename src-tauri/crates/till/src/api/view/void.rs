//! Withdrawing several payments at once: the dry run, and what became of it.

use payment::{State, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;

/// What has become of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoidOutcome {
    /// Its turn has not come.
    Queued,
    /// It was asked for; a reading has still to say so.
    UnderWay,
    /// A reading says it is withdrawn.
    Cancelled,
    /// It was over already, and nothing was taken.
    OverBefore,
    /// It ended otherwise, and nothing was taken.
    OverUnpaid,
    /// The customer paid first: keep it or give it back.
    PaidBefore,
    /// It turned paid after it was shown as withdrawn: somebody must decide.
    PaidLate,
    /// The money has gone back.
    Returned,
    /// The provider refused or did not answer: it is open, and the till goes on trying.
    StillTrying,
    /// Nobody knows yet; the till is finding out.
    NotKnown,
    /// It is still open at the provider, or the provider did not say: to be tried again.
    NotDone,
    /// The batch was stopped before its turn. Nothing was sent.
    LeftAlone,
    /// The dry run said why it cannot be withdrawn.
    NotTried,
}

impl VoidOutcome {
    /// Every outcome, for tables and texts.
    pub const ALL: [Self; 13] = [
        Self::Queued,
        Self::UnderWay,
        Self::Cancelled,
        Self::OverBefore,
        Self::OverUnpaid,
        Self::PaidBefore,
        Self::PaidLate,
        Self::Returned,
        Self::StillTrying,
        Self::NotKnown,
        Self::NotDone,
        Self::LeftAlone,
        Self::NotTried,
    ];

    /// Whether something about it may still change by itself soon.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        match self {
            Self::Queued | Self::UnderWay | Self::StillTrying | Self::NotKnown => true,
            Self::Cancelled
            | Self::OverBefore
            | Self::OverUnpaid
            | Self::PaidBefore
            | Self::PaidLate
            | Self::Returned
            | Self::NotDone
            | Self::LeftAlone
            | Self::NotTried => false,
        }
    }
}

/// Where a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoidStep {
    /// Nothing is sent yet: it can be undone.
    Undo,
    /// Under way.
    Running,
    /// Somebody paused it.
    Paused,
    /// The till stopped in the middle of it: it goes on when somebody says so.
    Interrupted,
    /// Somebody stopped it.
    Stopped,
    /// Every line has begun.
    Finished,
}

view!(/// One line of a batch, or of its dry run.
VoidLineView {
    /// What was typed, pasted or scanned; the order where it was selected.
    given: String,
    /// The payment's id, where it is one of this till's.
    payment: Option<String>,
    /// The order, or the reference at the provider; empty where nothing has that name.
    reference: String,
    /// How much.
    amount: Option<MoneyView>,
    /// The account as people call it; empty where nothing has that name.
    account_name: String,
    /// The provider's name of it; empty where it has none.
    intent: String,
    /// It is none of this till's payments: it stands open at the provider.
    is_leftover: bool,
    /// Where it stood at the dry run.
    before: Option<State>,
    /// Where it stands now.
    after: Option<State>,
    /// What the dry run says.
    verdict: Verdict,
    /// What has become of it; none at the dry run.
    outcome: Option<VoidOutcome>,
    /// When its cancel was asked for, RFC 3339 in UTC.
    asked_at: Option<String>,
    /// When it was over, RFC 3339 in UTC.
    ended_at: Option<String>,
});

view!(/// How many lines have a verdict.
VerdictCountView {
    /// Which.
    verdict: Verdict,
    /// How many.
    count: u32,
});

view!(/// How many lines have come to an outcome.
OutcomeCountView {
    /// Which.
    outcome: VoidOutcome,
    /// How many.
    count: u32,
});

view!(/// What the shop says about voids.
VoidRulesView {
    /// How long one can be undone before anything is sent, seconds; at most 60.
    undo_s: u32,
    /// The reasons to choose from; empty for those that the till comes with.
    reasons: Vec<String>,
    /// After so many minutes the till closes by itself what was left open elsewhere; none: never.
    close_links_after_min: Option<u32>,
});

view!(/// A dry run: nothing was sent and nothing is written down.
VoidPlanView {
    /// Its name, to start exactly this.
    plan: String,
    /// In the order in which they came.
    lines: Vec<VoidLineView>,
    /// What they would come to, without those that no line has.
    counts: Vec<VerdictCountView>,
    /// How many lines something would be done about.
    tried: u32,
    /// What those amount to, by currency.
    sums: Vec<MoneyView>,
    /// References that came again, and were counted once.
    repeated: u32,
    /// Accounts whose provider could not be asked what stands open there.
    unasked: Vec<String>,
    /// The column of the file that was read; empty where there was none to choose.
    column: String,
    /// How the file was written; empty where there was none.
    encoding: String,
    /// How long it could be undone, milliseconds.
    #[ts(type = "number")]
    undo_ms: u64,
    /// The shop's own reasons; empty for those that the till comes with.
    reasons: Vec<String>,
});

view!(/// A batch without its lines.
VoidHeadView {
    /// Its id.
    batch: String,
    /// Where it is.
    step: VoidStep,
    /// Who asked for it.
    by: String,
    /// The till itself asked for it: what was left open elsewhere for `note` minutes.
    by_till: bool,
    /// Why.
    reason: String,
    /// In their own words.
    note: String,
    /// When, RFC 3339 in UTC.
    asked_at: String,
    /// How long it can be undone yet, milliseconds.
    #[ts(type = "number")]
    undo_left_ms: u64,
    /// How many lines it has.
    total: u32,
    /// How many lines something is done about.
    tried: u32,
    /// How many of those are over or wait for their provider.
    begun: u32,
    /// What has become of them, without the outcomes that no line has.
    counts: Vec<OutcomeCountView>,
    /// What was withdrawn, by currency.
    sums: Vec<MoneyView>,
});

view!(/// A batch.
VoidView {
    /// Without its lines.
    head: VoidHeadView,
    /// Its lines.
    lines: Vec<VoidLineView>,
});

view!(/// Batches, newest first.
VoidsView {
    /// At most a hundred.
    rows: Vec<VoidHeadView>,
});
