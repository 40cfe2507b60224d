//! What the documents leave open, and how fast the machines are: each a choice, none a guess.

use serde::{Deserialize, Serialize};

use crate::{
    DojoCancelInSession, DojoChange, DojoErrors, DojoHeaders, DojoOrder, DojoPartialCapture,
    DojoReceipts, DojoRefund, DojoRejected, DojoRepeatedCancel, DojoReversal, DojoSecondSession,
    DojoUnavailable, DojoUnconfirmed, DojoUnsuccessful, DojoVoided, LeanRailsSettings, LinkAmounts,
    LinkAnswer, LinkCount, LinkDecline, LinkDuplicate, LinkOrder, One2PaysRepeat, One2PaysStart,
    One2PaysUnit, One2PaysUrlField,
};

/// The choices of one practice store.
///
/// Where the public documents are silent, every plausible behaviour is offered here, so that the
/// till can be shown to survive each. In JSON a field that is left out takes its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The HTTP status of a successful create, of every system but Dojo, whose reference says 200.
    pub created: CreatedStatus,
    /// The answer to an `externalId` that is already taken.
    pub duplicate: Duplicate,
    /// The answer to a `terminalCode` the organisation does not have.
    pub unknown_terminal: UnknownTerminal,
    /// How Compago says what is not valid in a request.
    pub compago_invalid: InvalidShape,
    /// How a declined card shows.
    pub decline: DeclineShape,
    /// Who wins when a cancel arrives while a card is being read, or a page is being paid.
    pub race: Race,
    /// Who stands in front of the terminals that have a panel, and who opens payment pages.
    pub customer: CustomerMode,
    /// Whether reading an intent also answers `amount`, `currency` and `externalId`. The reference
    /// (docs.compago.com/api-reference/payment-intent/get) does not list them.
    pub get_echoes_amount: bool,
    /// Whether `expired` is also true for an intent or Compago link that has ended, once its time
    /// is over.
    pub expired_after_end: bool,
    /// Whether a card that is being read when the intent expires may still be charged; the same
    /// for a page that is being paid.
    pub reading_outlives_expiry: bool,
    /// How long an intent (not a link) can be paid, in milliseconds from its creation.
    pub lifetime_ms: u64,
    /// For how long after its creation reading or cancelling an intent or link answers 404 and no
    /// list has it, in milliseconds: a replica that lags behind.
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
    /// What the create of a Compago link answers.
    pub link_answer: LinkAnswer,
    /// The answer to an `externalId` that a Compago link already has.
    pub link_duplicate: LinkDuplicate,
    /// What `count` means in a list of Compago links.
    pub link_count: LinkCount,
    /// The order of a list of Compago links.
    pub link_order: LinkOrder,
    /// How the amounts of Compago links are written.
    pub link_amounts: LinkAmounts,
    /// Whether the create of a Compago link also takes its amount as a string.
    pub link_amount_text_accepted: bool,
    /// Whether the `redirectUrl` of a Compago link that is read or listed is the address of its
    /// page, as in the answer to a create, and not the one that the shop gave.
    pub link_items_show_page: bool,
    /// Whether the create of a Compago link must have a whole `billingInformation`.
    pub link_billing_required: bool,
    /// Whether the create of a Compago link heeds `ttlMinutes`, which older documents lack;
    /// otherwise every link lives for 48 hours.
    pub link_ttl_heeded: bool,
    /// What becomes of a Compago link whose customer the bank declines.
    pub link_decline: LinkDecline,
    /// From "pay" on the page of a Compago link to the bank's answer, in milliseconds.
    pub link_paying_ms: u64,
    /// What an amount of One2Pays counts.
    pub one2pays_unit: One2PaysUnit,
    /// The status of a One2Pays payment until its page is ready.
    pub one2pays_start: One2PaysStart,
    /// How long after its create the page of a One2Pays payment is ready, in milliseconds; 0 shows
    /// `nextAction` in the answer to the create.
    pub one2pays_action_after_ms: u64,
    /// What the address of the page is called in `nextAction`.
    pub one2pays_url_field: One2PaysUrlField,
    /// The answer to an `idempotencyKey` that has been used.
    pub one2pays_repeat: One2PaysRepeat,
    /// From "pay" on the page of a One2Pays payment by `PromptPay` to the bank's answer, in
    /// milliseconds: how long it is `processing`.
    pub one2pays_processing_ms: u64,
    /// The same for a bank transfer.
    pub one2pays_bank_transfer_ms: u64,
    /// How long the money is held (`requires_capture`) before it is taken, in milliseconds; 0 takes
    /// it at once.
    pub one2pays_capture_after_ms: u64,
    /// How long a One2Pays payment can be paid that asks for no other time, in milliseconds.
    pub one2pays_lifetime_ms: u64,
    /// How far the clock of One2Pays is ahead of the store's, in milliseconds; below zero it is
    /// behind. Timestamps are judged by it, and `Date` shows it.
    pub one2pays_clock_ahead_ms: i64,
    /// By how much a timestamp may differ from the clock of One2Pays, in milliseconds.
    pub one2pays_timestamp_tolerance_ms: u64,
    /// How many requests One2Pays takes within any minute.
    pub one2pays_requests_per_minute: usize,
    /// Whether its answer to one too many has a `Retry-After`; the reference names none.
    pub one2pays_retry_after_told: bool,
    /// Whether One2Pays answers a read of one payment. Its reference has no page for it, only a
    /// sentence in docs.one2pays.com/docs/faq/payments; otherwise there is nothing at that path.
    pub one2pays_reads_one: bool,
    /// Whether the One2Pays integration is switched on; otherwise every answer is 403.
    pub one2pays_is_active: bool,
    /// The choices for LeanRails.
    pub lean_rails: LeanRailsSettings,
    /// How Dojo writes a refusal.
    pub dojo_errors: DojoErrors,
    /// Which of the two headers of a till's vendor payment intents of Dojo ask for.
    pub dojo_intent_headers: DojoHeaders,
    /// The order in which Dojo answers a search.
    pub dojo_order: DojoOrder,
    /// The answer of Dojo to the second cancel of an intent.
    pub dojo_repeated_cancel: DojoRepeatedCancel,
    /// What has become of a Dojo intent that nobody paid in time.
    pub dojo_voided: DojoVoided,
    /// Whether terminals and sessions of Dojo ask for `reseller-id` too: the introduction of the
    /// reference says so, its operations do not.
    pub dojo_reseller_required: bool,
    /// How long a Dojo machine takes to show a session (`Initiated`), in milliseconds.
    pub dojo_initiate_ms: u64,
    /// When a Dojo session expires that no machine has shown, in milliseconds from its creation.
    pub dojo_initiate_within_ms: u64,
    /// When a Dojo session expires that a machine shows, in milliseconds from then on.
    pub dojo_pay_within_ms: u64,
    /// The answer of Dojo to a session for a terminal that has another.
    pub dojo_busy: DojoUnavailable,
    /// The answer of Dojo to a session for a terminal that is switched off.
    pub dojo_offline: DojoUnavailable,
    /// What becomes of a second session for a Dojo intent while the first has not ended.
    pub dojo_second_session: DojoSecondSession,
    /// How long a Dojo machine takes to hear of a cancel, in milliseconds; a card that comes
    /// meanwhile wins.
    pub dojo_cancel_ms: u64,
    /// What a cancel of a Dojo intent does while a machine asks for a card for it.
    pub dojo_cancel_in_session: DojoCancelInSession,
    /// What becomes of a card whose result a Dojo machine cannot report.
    pub dojo_unconfirmed: DojoUnconfirmed,
    /// Whether a card that is inserted at a Dojo machine wants a signature instead of its PIN.
    pub dojo_inserted_is_signed: bool,
    /// After how long without an answer Dojo takes a signature for accepted, in milliseconds.
    pub dojo_signature_within_ms: u64,
    /// From a decision (on a signature, or by the bank where `dojo_authorized_shown`) to the end of
    /// the session, in milliseconds.
    pub dojo_decided_ms: u64,
    /// How a Dojo session ends whose signature was rejected.
    pub dojo_rejected: DojoRejected,
    /// Whether a session for an `Auto` intent is `Authorized` before it is `Captured`.
    pub dojo_authorized_shown: bool,
    /// How a Dojo session ends on the virtual terminal of unsuccessful payments.
    pub dojo_unsuccessful: DojoUnsuccessful,
    /// Whether the amount of a Dojo intent may be changed.
    pub dojo_amount_change: DojoChange,
    /// Whether the tip of a Dojo intent may be changed.
    pub dojo_tips_change: DojoChange,
    /// Whether a `Manual` Dojo intent must have `autoExpireIn` and `autoExpireAction`, as the
    /// reference says in one place.
    pub dojo_manual_expiry_required: bool,
    /// The status of a Dojo intent of which a part is captured.
    pub dojo_partial_capture: DojoPartialCapture,
    /// The answer of Dojo to a refund that is in order.
    pub dojo_refund: DojoRefund,
    /// Whether an intent can be refunded that had an unsuccessful try before; the reference says
    /// that it cannot.
    pub dojo_refund_after_attempts: bool,
    /// For how long a captured `Auto` intent of Dojo can be reversed.
    pub dojo_reversal: DojoReversal,
    /// Where the receipts of a Dojo session are.
    pub dojo_receipts: DojoReceipts,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            created: CreatedStatus::Created,
            duplicate: Duplicate::Conflict,
            unknown_terminal: UnknownTerminal::NotFound,
            compago_invalid: InvalidShape::Sentence,
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
            link_answer: LinkAnswer::RedirectUrl,
            link_duplicate: LinkDuplicate::Accepted,
            link_count: LinkCount::Total,
            link_order: LinkOrder::NewestFirst,
            link_amounts: LinkAmounts::Shortest,
            link_amount_text_accepted: false,
            link_items_show_page: false,
            link_billing_required: false,
            link_ttl_heeded: true,
            link_decline: LinkDecline::StaysPending,
            link_paying_ms: 1200,
            one2pays_unit: One2PaysUnit::Major,
            one2pays_start: One2PaysStart::RequiresPaymentMethod,
            one2pays_action_after_ms: 500,
            one2pays_url_field: One2PaysUrlField::Url,
            one2pays_repeat: One2PaysRepeat::Replay,
            one2pays_processing_ms: 2000,
            one2pays_bank_transfer_ms: 5 * 60 * 1000,
            one2pays_capture_after_ms: 0,
            one2pays_lifetime_ms: 60 * 60 * 1000,
            one2pays_clock_ahead_ms: 0,
            one2pays_timestamp_tolerance_ms: 5 * 60 * 1000,
            one2pays_requests_per_minute: 1000,
            one2pays_retry_after_told: true,
            one2pays_reads_one: true,
            one2pays_is_active: true,
            lean_rails: LeanRailsSettings::default(),
            dojo_errors: DojoErrors::Problem,
            dojo_intent_headers: DojoHeaders::Neither,
            dojo_order: DojoOrder::NewestFirst,
            dojo_repeated_cancel: DojoRepeatedCancel::NotFound,
            dojo_voided: DojoVoided::Canceled,
            dojo_reseller_required: false,
            dojo_initiate_ms: 300,
            dojo_initiate_within_ms: 10_000,
            dojo_pay_within_ms: 90_000,
            dojo_busy: DojoUnavailable::Conflict,
            dojo_offline: DojoUnavailable::NotFound,
            dojo_second_session: DojoSecondSession::Conflict,
            dojo_cancel_ms: 500,
            dojo_cancel_in_session: DojoCancelInSession::Refused,
            dojo_unconfirmed: DojoUnconfirmed::NotCharged,
            dojo_inserted_is_signed: false,
            dojo_signature_within_ms: 80_000,
            dojo_decided_ms: 1000,
            dojo_rejected: DojoRejected::Declined,
            dojo_authorized_shown: false,
            dojo_unsuccessful: DojoUnsuccessful::Canceled,
            dojo_amount_change: DojoChange::AsAllowed,
            dojo_tips_change: DojoChange::AsAllowed,
            dojo_manual_expiry_required: true,
            dojo_partial_capture: DojoPartialCapture::StaysAuthorized,
            dojo_refund: DojoRefund::Made,
            dojo_refund_after_attempts: false,
            dojo_reversal: DojoReversal::SameDay,
            dojo_receipts: DojoReceipts::Copies,
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

/// The body of a 400 of Compago to a request that is not valid; the reference shows a body only for
/// a cancel that comes too late (docs.compago.com/api-reference/one-time-payment/cancel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidShape {
    /// `message`, a sentence.
    Sentence,
    /// `message`, an array of sentences, beside `statusCode` and `error`: what a common framework
    /// of such servers writes.
    Sentences,
    /// `errors`, an array of sentences, and no `message`.
    Errors,
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

/// Who stands in front of the terminals that have a panel, and who opens payment pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerMode {
    /// Whoever presses the panel.
    Panel,
    /// A customer who acts alone; the last two digits of the amount say how
    /// ([`crate::AMOUNT_ENDINGS`], on a page [`crate::LINK_AMOUNT_ENDINGS`]).
    Auto,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_choices_of_every_system_with_their_defaults() {
        let readme = include_str!("../README.md");
        let defaults = serde_json::to_value(Settings::default()).unwrap();
        let mut found = 0;
        for (field, default) in defaults.as_object().unwrap() {
            let prefixes = ["compago_", "link_", "one2pays_", "dojo_"];
            if !prefixes.iter().any(|prefix| field.starts_with(prefix)) {
                continue;
            }
            // A number stands as it is, a word or a truth as code.
            let default = if default.is_number() {
                default.to_string()
            } else {
                format!("`{}`", default.to_string().trim_matches('"'))
            };
            let row = format!("\n| `{field}` | {default} | ");
            assert!(readme.contains(&row), "the README lacks {row}");
            found += 1;
        }
        let rows = readme.lines().filter(|line| {
            let is_ours = |prefix: &&str| line.starts_with(&format!("| `{prefix}"));
            ["compago_", "link_", "one2pays_", "dojo_"]
                .iter()
                .any(is_ours)
        });
        assert_eq!(
            rows.count(),
            found,
            "the README has a row of no such setting"
        );
    }
}
