//! What is drawn for Dojo and LeanRails: their settings, machines, cards and holds.

use practice::{
    DojoCancelInSession, DojoErrors, DojoHeaders, DojoOrder, DojoReceipts, DojoRefund,
    DojoRejected, DojoRepeatedCancel, DojoReversal, DojoSecondSession, DojoUnavailable,
    DojoUnconfirmed, DojoUnsuccessful, LeanRailsAction, LeanRailsCancelTwice, LeanRailsCancellable,
    LeanRailsConcurrent, LeanRailsDecline, LeanRailsKeyScope, LeanRailsMissing, LeanRailsOrder,
    LeanRailsRefusal, LeanRailsSettings, LeanRailsTimes, Settings,
};

/// What an order has where it is charged at Dojo or LeanRails: the same at every till.
#[derive(Debug, Clone, Copy)]
pub(super) struct ActsPlan {
    /// Held first, taken later.
    pub(super) hold: bool,
    /// The card on file.
    pub(super) card: &'static str,
}

/// The machines of Dojo with a panel, then those whose customer acts alone. One that adds a tip is
/// in no story, as ledger and journals are compared without tips.
const MACHINES: [&str; 14] = [
    "21890001",
    "21890002",
    "PRACTICESIP0",
    "PRACTICESCN0",
    "PRACTICEDIP0",
    "PRACTICESIS0",
    "PRACTICEDIS0",
    "PRACTICECIP0",
    "PRACTICEUIP0",
    "PRACTICETIP0",
    "PRACTICEOFF0",
    "PRACTICESLO0",
    "PRACTICEWLK0",
    "PRACTICERAC0",
];

const CARDS: [&str; 8] = [
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_declined",
    "pm_card_insufficient_funds",
    "pm_card_3ds_required",
    "pm_card_3ds_required",
];

impl ActsPlan {
    /// Nothing out of the usual.
    pub(super) const PLAIN: Self = Self {
        hold: false,
        card: "pm_card_visa",
    };

    pub(super) fn draw(random: &mut fastrand::Rng) -> Self {
        Self {
            hold: random.u8(0..4) == 0,
            card: one(random, &CARDS),
        }
    }
}

/// Half of all machines have a panel: there chance has hands.
pub(super) fn machines(random: &mut fastrand::Rng) -> Vec<&'static str> {
    (0..random.usize(1..=3))
        .map(|_| {
            let among = if random.bool() { 2 } else { MACHINES.len() };
            MACHINES[random.usize(0..among)]
        })
        .collect()
}

fn one<T: Copy>(random: &mut fastrand::Rng, among: &[T]) -> T {
    among[random.usize(0..among.len())]
}

/// What both do where their documents are silent.
pub(super) fn settings(settings: Settings, random: &mut fastrand::Rng) -> Settings {
    let lean_rails = lean_rails(settings.lean_rails.clone(), random);
    let unavailable = [
        DojoUnavailable::Conflict,
        DojoUnavailable::NotFound,
        DojoUnavailable::BadRequest,
        DojoUnavailable::Accepted,
    ];
    let errors = [
        DojoErrors::Problem,
        DojoErrors::PascalCase,
        DojoErrors::Html,
    ];
    let headers = [
        DojoHeaders::Neither,
        DojoHeaders::SoftwareHouse,
        DojoHeaders::Both,
    ];
    let repeated_cancel = [
        DojoRepeatedCancel::NotFound,
        DojoRepeatedCancel::BadRequest,
        DojoRepeatedCancel::Replay,
    ];
    let second = [DojoSecondSession::Conflict, DojoSecondSession::Accepted];
    let in_session = [
        DojoCancelInSession::Refused,
        DojoCancelInSession::EndsSession,
        DojoCancelInSession::SessionGoesOn,
    ];
    let unconfirmed = [
        DojoUnconfirmed::NotCharged,
        DojoUnconfirmed::Charged,
        DojoUnconfirmed::ChargedLate,
    ];
    let rejected = [
        DojoRejected::Declined,
        DojoRejected::Canceled,
        DojoRejected::Stays,
    ];
    let unsuccessful = [
        DojoUnsuccessful::Canceled,
        DojoUnsuccessful::Declined,
        DojoUnsuccessful::Expired,
    ];
    let receipts = [DojoReceipts::Copies, DojoReceipts::One, DojoReceipts::All];
    Settings {
        lean_rails,
        dojo_errors: one(random, &errors),
        dojo_intent_headers: one(random, &headers),
        dojo_order: one(random, &[DojoOrder::NewestFirst, DojoOrder::OldestFirst]),
        dojo_repeated_cancel: one(random, &repeated_cancel),
        dojo_reseller_required: random.bool(),
        dojo_initiate_ms: random.u64(100..4_000),
        dojo_pay_within_ms: one(random, &[90_000, 90_000, 20_000]),
        dojo_busy: one(random, &unavailable),
        dojo_offline: one(random, &unavailable),
        dojo_second_session: one(random, &second),
        dojo_cancel_ms: random.u64(100..6_000),
        dojo_cancel_in_session: one(random, &in_session),
        dojo_unconfirmed: one(random, &unconfirmed),
        dojo_inserted_is_signed: random.bool(),
        dojo_signature_within_ms: one(random, &[80_000, 80_000, 15_000]),
        dojo_decided_ms: random.u64(200..6_000),
        dojo_rejected: one(random, &rejected),
        dojo_authorized_shown: random.bool(),
        dojo_unsuccessful: one(random, &unsuccessful),
        dojo_refund: one(
            random,
            &[DojoRefund::Made, DojoRefund::Made, DojoRefund::Failed],
        ),
        dojo_refund_after_attempts: random.bool(),
        dojo_reversal: one(random, &[DojoReversal::SameDay, DojoReversal::SevenDays]),
        dojo_receipts: one(random, &receipts),
        ..settings
    }
}

fn lean_rails(settings: LeanRailsSettings, random: &mut fastrand::Rng) -> LeanRailsSettings {
    let action = [
        LeanRailsAction::Stays,
        LeanRailsAction::Passes,
        LeanRailsAction::Fails,
    ];
    let decline = [
        LeanRailsDecline::Error,
        LeanRailsDecline::ErrorWithIntent,
        LeanRailsDecline::Intent,
    ];
    let cancellable = [
        LeanRailsCancellable::NonFinal,
        LeanRailsCancellable::NotProcessing,
        LeanRailsCancellable::BeforeTheBank,
    ];
    let twice = [
        LeanRailsCancelTwice::Refused,
        LeanRailsCancelTwice::Accepted,
    ];
    let refusal = [
        LeanRailsRefusal::BadRequest,
        LeanRailsRefusal::Conflict,
        LeanRailsRefusal::Unprocessable,
    ];
    let missing = [LeanRailsMissing::NotFound, LeanRailsMissing::BadRequest];
    let concurrent = [LeanRailsConcurrent::Conflict, LeanRailsConcurrent::Replay];
    let order = [LeanRailsOrder::NewestFirst, LeanRailsOrder::OldestFirst];
    LeanRailsSettings {
        times: one(random, &[LeanRailsTimes::Unix, LeanRailsTimes::Iso]),
        create_confirms: random.bool(),
        processing_ms: one(random, &[0, 0, 3_000, 20_000]),
        action: one(random, &action),
        action_ms: random.u64(500..30_000),
        decline: one(random, &decline),
        declines_are_charges: random.bool(),
        cancellable: one(random, &cancellable),
        cancel_twice: one(random, &twice),
        refusal: one(random, &refusal),
        missing: one(random, &missing),
        in_progress_ms: one(random, &[0, 0, 2_000]),
        concurrent: one(random, &concurrent),
        key_scope: one(
            random,
            &[LeanRailsKeyScope::Account, LeanRailsKeyScope::Path],
        ),
        list_order: one(random, &order),
        refund_pending_ms: one(random, &[0, 0, 4_000]),
        refunds_succeed: random.u8(0..6) != 0,
        requests_per_minute: one(random, &[1_500, 1_500, 120]),
        ..settings
    }
}
