//! What the practice store truly has of a key: intents and links alike.

use std::collections::BTreeSet;

use payment::{IntentId, Payment, System};
use practice::{
    DojoIntentView, LeanRailsAction, LeanRailsStatus, LeanRailsView, LinkStatus, LinkView,
    PagePress, PageRefused, Settings, Status,
};

use super::check::Truth;
use crate::world::{MORNING_MS, World, system_in_till, system_of};

/// How long after a create a till may believe a list that does not have it
/// ([`payment::outcome::ABSENCE`]), less what its own requests take. Milliseconds.
const BELIEVED_AFTER_MS: u64 = 27_000;

/// An intent or a link.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) system: System,
    pub(super) id: String,
    pub(super) key: String,
    /// Charged.
    pub(super) is_paid: bool,
    /// Not charged, and still can be.
    pub(super) is_payable: bool,
    /// Of these, one whose money is held.
    pub(super) is_held: bool,
    /// Somebody stands before it: at its machine, or with its address in hand.
    pub(super) is_reachable: bool,
    /// It was made so late that the till was right not to wait for it.
    is_belated: bool,
    /// For how long its time has been over. Milliseconds; 0 for an intent.
    pub(super) over_for_ms: u64,
    /// How it stands, for people.
    pub(super) words: String,
}

impl Made {
    /// Whether it is what this payment's journal calls by this name.
    pub(super) fn is_named(&self, intent: Option<&IntentId>) -> bool {
        intent.is_some_and(|intent| intent.as_str() == self.id)
    }

    /// Whether it is of this payment's key.
    pub(super) fn is_of(&self, payment: &Payment) -> bool {
        self.system == system_of(&payment.account) && self.key == payment.key.as_str()
    }

    /// Whether it matters to what a till may say of this payment. A system that takes a reference
    /// twice has twins when the network delivers one request twice, and a request may arrive when
    /// the till has rightly given it up. Nobody can pay such a link as long as no till shows its
    /// address, and no till shows what it does not know.
    pub(super) fn concerns(&self, payment: &Payment) -> bool {
        let is_ours = match &payment.intent {
            Some(intent) => self.is_named(Some(intent)),
            None => !self.is_belated,
        };
        self.is_of(payment) && (self.is_reachable || is_ours)
    }
}

impl Truth {
    pub(super) fn intents_made(&self) -> Vec<Made> {
        let intents = self.intents.iter();
        intents
            .map(|intent| Made {
                system: System::Compago,
                id: intent.id.to_string(),
                key: intent.external_id.clone(),
                is_paid: intent.status == Status::Confirmed,
                is_payable: self.is_payable(intent),
                is_held: false,
                is_reachable: true,
                is_belated: false,
                over_for_ms: 0,
                words: format!("{:?} (expired: {})", intent.status, intent.expired),
            })
            .collect()
    }
}

impl Truth {
    /// What is made at Dojo. Nobody can pay an intent that no machine has and none is about to have.
    pub(super) fn dojo_made(&self, world: &World) -> Vec<Made> {
        let goes_on =
            self.settings.dojo_cancel_in_session == practice::DojoCancelInSession::SessionGoesOn;
        let sessions = |intent: &DojoIntentView| {
            let (intent, sessions) = (intent.id, self.dojo_sessions.iter());
            sessions.filter(move |one| one.intent == Some(intent) && one.is_sale)
        };
        let intents = self.dojo.iter();
        intents
            .map(|intent| {
                // A signature that was rejected ends in nothing.
                let is_on_machine = sessions(intent)
                    .any(|one| one.is_open && one.status != "SignatureVerificationRejected");
                let is_paid = !intent.charged.is_zero();
                let is_payable = match intent.status {
                    Some("Created") => is_on_machine,
                    // It is held, and may be taken.
                    Some("Authorized") => true,
                    Some("Canceled") => goes_on && is_on_machine,
                    Some(_) | None => false,
                };
                Made {
                    system: System::Dojo,
                    id: intent.wire_id.clone(),
                    key: intent.reference.clone(),
                    is_paid,
                    is_payable: is_payable && !is_paid,
                    is_held: intent.status == Some("Authorized"),
                    is_reachable: is_on_machine || is_payable || is_paid,
                    is_belated: self.is_belated(
                        world,
                        System::Dojo,
                        &intent.reference,
                        intent.created_at_ms,
                    ),
                    over_for_ms: 0,
                    words: format!(
                        "{:?} (sessions, and whether they are open: {:?})",
                        intent.status,
                        sessions(intent)
                            .map(|one| (one.status, one.is_open))
                            .collect::<Vec<_>>()
                    ),
                }
            })
            .collect()
    }

    /// What is made at LeanRails. Only what is confirmed can be charged.
    pub(super) fn cards_made(&self, world: &World, intents: Vec<LeanRailsView>) -> Vec<Made> {
        let asks = self.settings.lean_rails.action;
        intents
            .into_iter()
            .map(|intent| {
                let card = intent.payment_method.as_deref();
                let is_good = matches!(card, Some("pm_card_visa" | "pm_card_3ds_required"));
                let is_payable = match intent.status {
                    // A card that the bank will refuse is no danger.
                    LeanRailsStatus::Processing => is_good,
                    LeanRailsStatus::RequiresCapture => true,
                    LeanRailsStatus::RequiresAction => asks == LeanRailsAction::Passes,
                    LeanRailsStatus::RequiresPaymentMethod
                    | LeanRailsStatus::RequiresConfirmation
                    | LeanRailsStatus::Canceled
                    | LeanRailsStatus::Succeeded => false,
                };
                Made {
                    system: System::LeanRails,
                    is_belated: self.is_belated(
                        world,
                        System::LeanRails,
                        &intent.reference,
                        intent.created_at_ms,
                    ),
                    id: intent.wire_id,
                    key: intent.reference,
                    is_paid: intent.status == LeanRailsStatus::Succeeded,
                    is_payable,
                    is_held: intent.status == LeanRailsStatus::RequiresCapture,
                    is_reachable: true,
                    over_for_ms: 0,
                    words: format!("{:?}", intent.status),
                }
            })
            .collect()
    }

    fn is_belated(&self, world: &World, system: System, key: &str, made_at_ms: u64) -> bool {
        let sent_ms = world.net.creates(system, key).last_sent_ms;
        since_morning_ms(made_at_ms) > sent_ms.saturating_add(seen_in_time_ms(&self.settings))
    }
}

/// How late a link can be made after its create was sent and still be seen before the till may say
/// that there is none. Milliseconds.
fn seen_in_time_ms(settings: &Settings) -> u64 {
    BELIEVED_AFTER_MS.saturating_sub(settings.visibility_lag_ms)
}

/// The links of the store, of which people know these addresses.
pub(super) fn links_made(
    world: &World,
    settings: &Settings,
    addresses: &BTreeSet<String>,
) -> Vec<Made> {
    let links = world.practice.links().into_iter();
    links
        .map(|link| Made {
            is_paid: link.status == LinkStatus::Paid,
            is_payable: is_payable(world, &link),
            is_held: false,
            is_reachable: addresses.contains(&link.url),
            is_belated: is_belated(world, settings, &link),
            over_for_ms: world
                .trace
                .now_ms()
                .saturating_sub(since_morning_ms(link.expires_at_ms)),
            words: format!("{:?} (expired: {})", link.status, link.expired),
            system: system_in_till(link.system),
            id: link.id.to_string(),
            key: link.reference,
        })
        .collect()
}

fn is_payable(world: &World, link: &LinkView) -> bool {
    // A page that is being paid refuses every press, so that asking changes nothing.
    let is_being_paid =
        || world.practice.press_page(link.id, PagePress::WalkAway) == Err(PageRefused::Paying);
    link.status == LinkStatus::Open && (!link.expired || is_being_paid())
}

fn is_belated(world: &World, settings: &Settings, link: &LinkView) -> bool {
    let made_ms = since_morning_ms(link.created_at_ms);
    let sent_ms = world
        .net
        .creates(system_in_till(link.system), &link.reference)
        .last_sent_ms;
    made_ms > sent_ms.saturating_add(seen_in_time_ms(settings))
}

/// A time of the store's, as the story counts.
fn since_morning_ms(at_ms: u64) -> u64 {
    let morning_ms = u64::try_from(MORNING_MS).unwrap_or_default();
    at_ms.saturating_sub(morning_ms)
}

/// Whether a till may still not say that there is nothing: a create of the payment is on its way
/// and not given up by right.
pub(super) fn is_awaited(world: &World, settings: &Settings, payment: &Payment) -> bool {
    let creates = world
        .net
        .creates(system_of(&payment.account), payment.key.as_str());
    let since_ms = world.trace.now_ms().saturating_sub(creates.last_sent_ms);
    let is_terminal = system_of(&payment.account) == System::Compago;
    creates.under_way > 0 && (is_terminal || since_ms <= seen_in_time_ms(settings))
}
