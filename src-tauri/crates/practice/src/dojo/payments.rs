//! What is done to an intent that a card has paid: captures, refunds, reversals; and the holds that
//! end by themselves (docs.dojo.tech/api/v3/bundled.json).

use http::StatusCode;
use money::Money;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Asks, answered, named};
use super::intent::{
    AutoExpireAction, CaptureMode, DAY_MS, GivenBack, Intent, RefundAsked, Status,
};
use super::problem::Refused;
use super::wire;
use crate::books::Books;
use crate::ids::{derived_uuid, sha256_hex};
use crate::ledger::Refund;
use crate::message::{Answer, Received};
use crate::world::World;
use crate::{DojoRefund, DojoReversal, Effect, IntentId, System};

const KEY_LENGTH_MAX: usize = 100;
const REASON_LENGTH_MAX: usize = 1024;
const NOTES_LENGTH_MAX: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireCapture {
    amount: i64,
    tips_amount: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireRefund {
    amount: i64,
    refund_reason: Option<String>,
    notes: Option<String>,
    #[expect(
        dead_code,
        reason = "part of the reference; this store has nothing to link it to"
    )]
    previous_transaction_id: Option<String>,
}

fn body<T: for<'a> Deserialize<'a>>(received: &Received) -> Result<T, Refused> {
    let invalid = |told: String| Refused::invalid("Body", told);
    received.fields().map_err(invalid)?;
    let bytes = received.body.as_deref().unwrap_or_default();
    let sentence = "a field is missing, unknown or of another type; amounts are whole minor units";
    serde_json::from_slice(bytes).map_err(|_| invalid(sentence.to_owned()))
}

/// A bare whole number of minor units in the currency of an intent.
fn minor(value: i64, name: &'static str, like: Money) -> Result<Money, Refused> {
    let amount = Money::new(value, like.currency()).ok();
    amount.ok_or_else(|| Refused::invalid(name, "so much cannot be paid"))
}

fn conflict(sentence: &str) -> Refused {
    Refused::new(StatusCode::CONFLICT, Effect::Refused, sentence)
}

fn next_id(books: &Books, id: IntentId, intent: &Intent) -> String {
    let count = intent
        .captures
        .len()
        .saturating_add(intent.given_back.len());
    let number = u64::try_from(count).unwrap_or(u64::MAX);
    derived_uuid(books.seed, &format!("move of {id}"), number).to_string()
}

/// `POST /payment-intents/{id}/captures`: `Manual` only, in one or in many parts.
pub(super) fn capture(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, _) = named(world, now_ms, id, entry)?;
            let asked: WireCapture = body(received)?;
            let amount = minor(asked.amount, "Amount", intent.asked.amount)?;
            let tips = asked
                .tips_amount
                .map(|tips| minor(tips, "TipsAmount", amount));
            let tips = tips.transpose()?.filter(|tips| !tips.is_zero());
            let Some(hold) = &intent.hold else {
                return Err(conflict(
                    "The payment intent has nothing that can be captured",
                ));
            };
            let whole = amount.plus(tips.unwrap_or(Money::zero(amount.currency())));
            if amount.is_zero() || amount.minor() > hold.left.minor() || whole.is_err() {
                let sentence = "amount must be more than 0 and no more than is held";
                return Err(Refused::invalid("Amount", sentence));
            }
            let (id, capture) = (intent.id, next_id(&world.books, intent.id, intent));
            let told = json!({"captureId": capture, "message": "Successful"});
            let terminal = world.books.dojo.terminal_of(id);
            world
                .books
                .capture(id, amount, tips, capture, terminal, now_ms);
            world.touch();
            Ok((Effect::Changed, Answer::json(StatusCode::OK, &told)))
        },
    )
}

fn told(intent: IntentId, refund: &str, asked: &RefundAsked) -> Answer {
    let object = json!({
        "paymentIntentId": wire::wire_id(intent), "refundId": refund,
        "refundReason": asked.reason, "notes": asked.notes,
    });
    Answer::json(StatusCode::OK, &object)
}

/// The required header, and what came with it.
fn refund_asked(received: &Received) -> Result<(i64, RefundAsked), Refused> {
    let key = received.header("idempotencykey").unwrap_or_default();
    if key.is_empty() || key.chars().count() > KEY_LENGTH_MAX {
        let sentence = "The header idempotencyKey is required, 100 characters at most";
        return Err(Refused::invalid("idempotencyKey", sentence));
    }
    let wire: WireRefund = body(received)?;
    let too_long = |text: &Option<String>, length_max: usize| {
        text.as_ref()
            .is_some_and(|text| text.chars().count() > length_max)
    };
    if too_long(&wire.refund_reason, REASON_LENGTH_MAX) || too_long(&wire.notes, NOTES_LENGTH_MAX) {
        let sentence = "refundReason or notes are too long";
        return Err(Refused::invalid("RefundReason", sentence));
    }
    let asked = RefundAsked {
        key: key.to_owned(),
        body_sha256: sha256_hex(received.body.as_deref().unwrap_or_default()),
        reason: wire.refund_reason,
        notes: wire.notes,
    };
    Ok((wire.amount, asked))
}

/// `POST /payment-intents/{id}/refunds`. A key that was used makes no second refund.
pub(super) fn refund(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let (amount, asked) = refund_asked(received)?;
            let earlier = intent.given_back.iter().find_map(|one| {
                let before = one
                    .asked
                    .as_ref()
                    .filter(|before| before.key == asked.key)?;
                Some((one, before))
            });
            if let Some((refund, before)) = earlier {
                if before.body_sha256 != asked.body_sha256 {
                    let sentence = "This idempotencyKey was used for another refund";
                    return Err(Refused::invalid("idempotencyKey", sentence));
                }
                return Ok((Effect::Refused, told(intent.id, &refund.id, before)));
            }
            let amount = minor(amount, "Amount", intent.asked.amount)?;
            let is_paid = status == Status::Captured;
            if !is_paid || amount.is_zero() || amount.minor() > intent.refundable().minor() {
                let sentence = "amount must be more than 0 and no more than can be refunded";
                return Err(Refused::invalid("Amount", sentence));
            }
            let settings = world.settings();
            let had_failures = intent.failed_tries > 0 && !settings.dojo_refund_after_attempts;
            if had_failures || settings.dojo_refund == DojoRefund::Failed {
                let sentence = "Status: Failed";
                return Err(Refused::new(
                    StatusCode::BAD_REQUEST,
                    Effect::Refused,
                    sentence,
                ));
            }
            let (id, refund) = (intent.id, next_id(&world.books, intent.id, intent));
            let answer = told(id, &refund, &asked);
            let given_back = GivenBack {
                id: refund,
                amount,
                at_ms: now_ms,
                asked: Some(asked),
            };
            world.books.give_back(id, given_back, String::new());
            world.touch();
            Ok((Effect::GivenBack, answer))
        },
    )
}

/// `GET /payment-intents/refunds/{id}`; the reference has no 404 here.
pub(super) fn read_refund(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(world, now_ms, received, Asks::Intents, |world, _, entry| {
        let intents = world.books.dojo.intents.in_order().iter();
        let mut found = intents.filter_map(|intent| {
            let mut refunds = intent.given_back.iter();
            let refund = refunds.find(|one| one.id == id)?;
            Some((intent, refund, refund.asked.as_ref()?))
        });
        let Some((intent, refund, asked)) = found.next() else {
            let sentence = "There is no refund with this id";
            let status = StatusCode::BAD_REQUEST;
            return Err(Refused::new(status, Effect::NotFound, sentence));
        };
        entry.intent = Some(intent.id);
        entry.external_id = Some(intent.asked.reference.clone());
        Ok((Effect::Read, told(intent.id, &refund.id, asked)))
    })
}

/// Whether a captured intent of `Auto` is still within the time of a reversal.
fn is_reversible(intent: &Intent, now_ms: u64, choice: DojoReversal) -> bool {
    let day = |at_ms: u64| at_ms.checked_div(DAY_MS);
    let captured = intent.captures.first();
    captured.is_some_and(|capture| match choice {
        DojoReversal::SameDay => day(capture.at_ms) == day(now_ms),
        DojoReversal::SevenDays => now_ms.saturating_sub(capture.at_ms) < 7 * DAY_MS,
    })
}

/// `POST /payment-intents/{id}/reversal`: all of it, or nothing.
pub(super) fn reverse(world: &mut World, now_ms: u64, received: &Received, id: &str) -> Answer {
    answered(
        world,
        now_ms,
        received,
        Asks::Intents,
        |world, now_ms, entry| {
            let (intent, status) = named(world, now_ms, id, entry)?;
            let untouched = intent.given_back.is_empty();
            let may_reverse = match (intent.asked.capture, status) {
                (CaptureMode::Manual, Status::Authorized) => intent.captures.is_empty(),
                (CaptureMode::Auto, Status::Captured) => {
                    untouched && is_reversible(intent, now_ms, world.settings().dojo_reversal)
                }
                (
                    _,
                    Status::Created
                    | Status::Authorized
                    | Status::Captured
                    | Status::Reversed
                    | Status::Refunded
                    | Status::Canceled,
                ) => false,
            };
            if !may_reverse {
                return Err(conflict("The payment intent cannot be reversed"));
            }
            let (id, reversal) = (intent.id, next_id(&world.books, intent.id, intent));
            world.books.reverse(id, now_ms);
            world.touch();
            let told: Value = json!({"reversalId": reversal, "message": "Successful"});
            Ok((Effect::GivenBack, Answer::json(StatusCode::OK, &told)))
        },
    )
}

impl Books {
    /// Undoes a payment: what was charged is given back, and what is held is let go.
    fn reverse(&mut self, id: IntentId, now_ms: u64) {
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        let amount = intent.captured();
        intent.hold = None;
        intent.reversed = Some(amount);
        intent.updated_at_ms = now_ms;
        let external_id = Some(intent.asked.reference.clone());
        if !amount.is_zero() {
            self.record_refund(Refund {
                system: System::Dojo,
                intent_id: id,
                refund_id: None,
                external_id,
                amount,
                terminal: String::new(),
                at_ms: now_ms,
            });
        }
    }

    /// Ends every hold whose time is over, as its create asked for.
    pub(crate) fn play_holds(&mut self, now_ms: u64) {
        let intents = self.dojo.intents.in_order().iter();
        let due = intents.filter_map(|intent| {
            let hold = intent
                .hold
                .as_ref()
                .filter(|hold| hold.until_ms <= now_ms)?;
            let next = next_id(self, intent.id, intent);
            Some((intent.id, hold.left, intent.asked.auto_expire_action, next))
        });
        let due: Vec<_> = due.collect();
        for (id, left, action, next) in due {
            match action {
                Some(AutoExpireAction::Capture) => {
                    let terminal = self.dojo.terminal_of(id);
                    self.capture(id, left, None, next, terminal, now_ms);
                }
                Some(AutoExpireAction::Release) | None => self.release(id, now_ms),
            }
        }
    }

    /// Lets the rest of a hold go; without any capture that reverses the payment.
    fn release(&mut self, id: IntentId, now_ms: u64) {
        let Some(intent) = self.dojo.intents.find_mut(id) else {
            return;
        };
        if intent.captures.is_empty() {
            self.reverse(id, now_ms);
        } else {
            intent.hold = None;
            intent.updated_at_ms = now_ms;
        }
    }
}
