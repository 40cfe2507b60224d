//! What is changed about an intent that nobody has paid yet, and its receipt by e-mail
//! (docs.dojo.tech/api/v3/bundled.json, payment intents).

use http::StatusCode;
use money::Money;

use super::DojoChange;
use super::answers::{Asks, answered, named, shown};
use super::intent::{Intent, NewIntent, Status};
use super::problem::Refused;
use super::session::Session;
use super::wire;
use crate::message::{Answer, Fields, Received};
use crate::world::World;
use crate::{Effect, IntentId};

fn fields(received: &Received) -> Result<Fields<'_>, Refused> {
    let fields = received.fields();
    fields.map_err(|told| Refused::invalid("Body", told))
}

/// 405 where the create did not allow it, or a machine or a card has it.
fn check_changeable(
    world: &World,
    intent: &Intent,
    status: Status,
    is_allowed: bool,
    choice: DojoChange,
) -> Result<(), Refused> {
    let mut sessions = world.books.dojo.sessions.of_intent(intent.id);
    let is_free = status == Status::Created && !sessions.any(Session::is_open);
    if is_free && is_allowed && choice == DojoChange::AsAllowed {
        return Ok(());
    }
    let sentence = "The payment intent does not allow this change";
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Err(Refused::new(status, Effect::Refused, sentence))
}

fn change(
    world: &mut World,
    now_ms: u64,
    id: IntentId,
    asked: NewIntent,
    first_amount: Option<Money>,
) -> Result<(Effect, Answer), Refused> {
    if asked.total().is_none() {
        let sentence = "all amounts together are more than can be paid";
        return Err(Refused::invalid("Amount", sentence));
    }
    if let Some(intent) = world.books.dojo.intents.find_mut(id) {
        intent.asked = asked;
        intent.first_amount = intent.first_amount.or(first_amount);
        intent.updated_at_ms = now_ms;
    }
    world.touch();
    let answer = shown(world, id, now_ms)?;
    Ok((Effect::Changed, answer))
}

/// `POST /payment-intents/{id}/amount`.
pub(super) fn amount(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let choice = world.settings().dojo_amount_change;
            let is_allowed = intent.asked.amount_may_change;
            check_changeable(world, intent, status, is_allowed, choice)?;
            let fields = fields(received)?;
            let mut asked = intent.asked.clone();
            asked.amount = wire::amount(&fields)?;
            if asked.amount.currency() != intent.asked.amount.currency() {
                let sentence = "the currency cannot be changed";
                return Err(Refused::invalid("Amount", sentence));
            }
            if fields.contains_key("itemLines") {
                asked.item_lines = wire::lines(&fields, "itemLines", "ItemLines")?;
            }
            if fields.contains_key("taxLines") {
                asked.tax_lines = wire::lines(&fields, "taxLines", "TaxLines")?;
            }
            let (id, before) = (intent.id, intent.asked.amount);
            change(world, now_ms, id, asked, Some(before))
        },
    )
}

/// `POST /payment-intents/{id}/tips-amount`.
pub(super) fn tips(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let choice = world.settings().dojo_tips_change;
            let is_allowed = intent.asked.tips_may_change;
            check_changeable(world, intent, status, is_allowed, choice)?;
            let fields = fields(received)?;
            let mut asked = intent.asked.clone();
            let tips = wire::extra(&fields, "tipsAmount", "TipsAmount", asked.amount)?;
            let sentence = "tipsAmount is required";
            asked.tips = Some(tips.ok_or_else(|| Refused::invalid("TipsAmount", sentence))?);
            let id = intent.id;
            change(world, now_ms, id, asked, None)
        },
    )
}

/// `POST /payment-intents/{id}/receipt`: 204, and no e-mail leaves this computer.
pub(super) fn receipt(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (_, status) = named(world, now_ms, id, entry)?;
            let kind = "an array of addresses";
            let emails: Option<Vec<String>> =
                wire::typed(&fields(received)?, "emails", "Emails", kind)?;
            let emails = emails.unwrap_or_default();
            if emails.is_empty() || emails.iter().any(|email| !email.contains('@')) {
                let sentence = "emails must have at least one address, and nothing else";
                return Err(Refused::invalid("Emails", sentence));
            }
            match status {
                Status::Authorized | Status::Captured | Status::Refunded | Status::Reversed => {}
                Status::Created | Status::Canceled => {
                    let sentence = "there is no receipt of what is not paid";
                    return Err(Refused::invalid("Status", sentence));
                }
            }
            Ok((Effect::Changed, Answer::empty()))
        },
    )
}
