//! What the documents leave open, and how fast the machines are: each a choice, none a guess.

use serde::{Deserialize, Serialize};

/// The choices of one practice store.
///
/// Where the public documents are silent, every plausible behaviour is offered here, so that the
/// till can be shown to survive each. In JSON a field that is left out takes its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The HTTP status of a successful create.
    pub created: CreatedStatus,
    /// The answer to an `externalId` that is already taken.
    pub duplicate: Duplicate,
    /// The answer to a `terminalCode` the organisation does not have.
    pub unknown_terminal: UnknownTerminal,
    /// How a declined card shows.
    pub decline: DeclineShape,
    /// Who wins when a cancel arrives while a card is being read.
    pub race: Race,
    /// Who stands in front of the terminals that have a panel.
    pub customer: CustomerMode,
    /// Whether reading an intent also answers `amount`, `currency` and `externalId`. The reference
    /// (docs.compago.com/api-reference/payment-intent/get) does not list them.
    pub get_echoes_amount: bool,
    /// Whether `expired` is also true for an intent that has ended, once its time is over.
    pub expired_after_end: bool,
    /// Whether a card that is being read when the intent expires may still be charged.
    pub reading_outlives_expiry: bool,
    /// How long an intent can be paid, in milliseconds from its creation.
    pub lifetime_ms: u64,
    /// For how long after its creation reading or cancelling an intent answers 404, in
    /// milliseconds: a replica that lags behind.
    pub visibility_lag_ms: u64,
    /// The longest `externalId` accepted, in characters.
    pub external_id_length_max: usize,
    /// From the tap of a card to its result, in milliseconds.
    pub tap_ms: u64,
    /// From inserting a card to the result of its PIN, in milliseconds.
    pub pin_ms: u64,
    /// How long a machine shows a result before it is ready again, in milliseconds.
    pub outcome_shown_ms: u64,
    /// How long a slow machine takes to fetch a request, in milliseconds.
    pub slow_fetch_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            created: CreatedStatus::Created,
            duplicate: Duplicate::Conflict,
            unknown_terminal: UnknownTerminal::NotFound,
            decline: DeclineShape::PendingWithSummary,
            race: Race::CancelWins,
            customer: CustomerMode::Panel,
            get_echoes_amount: false,
            expired_after_end: false,
            reading_outlives_expiry: true,
            lifetime_ms: 5 * 60 * 1000,
            visibility_lag_ms: 0,
            external_id_length_max: 100,
            tap_ms: 1200,
            pin_ms: 4000,
            outcome_shown_ms: 3000,
            slow_fetch_ms: 8000,
        }
    }
}

/// The HTTP status of a successful create; the reference does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedStatus {
    /// 201.
    Created,
    /// 200.
    Ok,
}

/// The answer to an `externalId` that is taken. The reference says it must be unique in the
/// organisation and not what happens otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicate {
    /// 409 with a message.
    Conflict,
    /// 400 with a message, as for any other invalid field.
    BadRequest,
    /// 409 with a message and the `id` of the intent that has it.
    ConflictWithId,
    /// 200 and the intent that has it, whatever the new request asked for.
    Replay,
    /// As `Replay`, with the status of a new intent.
    ReplayAsNew,
}

/// The answer to an unknown `terminalCode`; the reference does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownTerminal {
    /// 404 with a message.
    NotFound,
    /// 400 with a message.
    BadRequest,
}

/// How a declined card shows; there is no declined status in the reference
/// (docs.compago.com/api-reference/payment-intent/get).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineShape {
    /// Still `PENDING`, with a payment summary that says `DECLINED`; another card can pay.
    PendingWithSummary,
    /// `CANCELLED`, with a payment summary that says `DECLINED`.
    CancelledWithSummary,
    /// Still `PENDING` and nothing shows; another card can pay.
    PendingSilent,
}

/// Who wins when a cancel arrives while a card is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Race {
    /// The cancel is accepted and the card is not charged.
    CancelWins,
    /// The card is charged at that moment and the cancel is refused.
    ApprovalWins,
    /// The cancel is accepted, and the card is charged all the same: `CANCELLED`, later
    /// `CONFIRMED`. Integrators of other systems have seen this.
    ApprovalAfterCancel,
}

/// Who stands in front of the terminals that have a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerMode {
    /// Whoever presses the panel.
    Panel,
    /// A customer who acts alone; the last two digits of the amount say how
    /// ([`crate::AMOUNT_ENDINGS`]).
    Auto,
}
