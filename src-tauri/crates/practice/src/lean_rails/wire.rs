//! The objects on the wire (docs.leanrails.com/api-reference/paymentintents and /refunds,
//! docs.leanrails.com/quickstart; github.com/fluveohq/fluveo-ai, payments and refunds).

use money::{Currency, Money};
use serde_json::{Map, Value, json};

use super::Generation;
use super::card::Decline;
use super::choices::LeanRailsTimes;
use super::failure::decline_code;
use super::intent::{Attempt, Intent, LeanRailsStatus, Refund, wire_id};
use crate::IntentId;
use crate::books::Books;
use crate::message::timestamp;

/// Objects as one generation writes them.
pub(super) struct Writing<'a> {
    pub(super) generation: Generation,
    pub(super) books: &'a Books,
}

/// The currency in lower case, as every sample has it.
fn code(currency: Currency) -> String {
    currency.code().to_ascii_lowercase()
}

fn charge_id(id: IntentId, number: usize) -> String {
    format!("{}{number:02}", wire_id("ch", id))
}

/// Unix time in seconds.
const fn unix_s(at_ms: u64) -> u64 {
    at_ms / 1000
}

/// One attempt as a charge: what it is called, and what was made of it.
pub(super) struct ChargeOf<'a> {
    pub(super) id: String,
    intent: &'a Intent,
    attempt: &'a Attempt,
}

impl Writing<'_> {
    fn is_iso(&self) -> bool {
        let times = self.books.settings.lean_rails.times;
        self.generation == Generation::Json && times == LeanRailsTimes::Iso
    }

    fn time(&self, at_ms: u64) -> Value {
        if self.is_iso() {
            json!(timestamp(at_ms).to_string())
        } else {
            json!(unix_s(at_ms))
        }
    }

    /// Writes when an object was made.
    fn put_times(&self, object: &mut Map<String, Value>, created_ms: u64, updated_ms: u64) {
        if self.is_iso() {
            object.insert("created_at".to_owned(), self.time(created_ms));
            object.insert("updated_at".to_owned(), self.time(updated_ms));
        } else {
            object.insert("created".to_owned(), self.time(created_ms));
        }
    }

    /// What the last decline was. The later generation writes it as its errors.
    fn error(&self, decline: Decline) -> Value {
        let kind = match self.generation {
            Generation::Json => "payment_error",
            Generation::Form => "card_error",
        };
        json!({
            "type": kind,
            "code": decline_code(self.generation, decline),
            "message": decline.message(),
            "decline_code": decline.word(),
        })
    }

    /// A `PaymentIntent`; one of a list shows less in the later generation.
    pub(super) fn intent(&self, intent: &Intent, listed: bool) -> Value {
        let amount = intent.asked.amount;
        let object = json!({
            "id": wire_id("pi", intent.id),
            "object": "payment_intent",
            "amount": amount.minor(),
            "amount_received": intent.received.minor(),
            "currency": code(amount.currency()),
            "status": intent.status.word(),
            "livemode": false,
            "capture_method": intent.asked.capture.word(),
            "payment_method": intent.method,
            "description": intent.asked.description,
            "metadata": intent.asked.metadata,
            "client_secret": format!("{}_secret_practice", wire_id("pi", intent.id)),
            "last_payment_error": intent.last_error.map(|decline| self.error(decline)),
            "canceled_at": intent.canceled_at_ms.map(|at_ms| self.time(at_ms)),
            "cancellation_reason": intent.cancellation_reason,
        });
        let Value::Object(mut object) = object else {
            return object;
        };
        self.put_times(&mut object, intent.created_at_ms, intent.updated_at_ms);
        match self.generation {
            Generation::Json => self.put_first_generation(&mut object, intent),
            Generation::Form => {
                self.put_later_generation(&mut object, intent);
                if listed {
                    for hidden in ["client_secret", "next_action", "last_payment_error"] {
                        object.insert(hidden.to_owned(), Value::Null);
                    }
                }
            }
        }
        Value::Object(object)
    }

    fn put_first_generation(&self, object: &mut Map<String, Value>, intent: &Intent) {
        let customer = if self.is_iso() {
            "customer_id"
        } else {
            "customer"
        };
        object.insert(customer.to_owned(), json!(intent.asked.customer));
        let confirmation = json!(intent.asked.confirmation.word());
        object.insert("confirmation_method".to_owned(), confirmation);
        object.insert("merchant_id".to_owned(), json!("mer_practice"));
        let charges = self.charges_of(intent);
        let charges: Vec<_> = charges.iter().map(|charge| self.charge(charge)).collect();
        let list = json!({
            "object": "list",
            "data": charges,
            "has_more": false,
            "next_cursor": null,
            "url": format!("/v1/charges?payment_intent={}", wire_id("pi", intent.id)),
        });
        object.insert("charges".to_owned(), list);
    }

    fn put_later_generation(&self, object: &mut Map<String, Value>, intent: &Intent) {
        let is_held = intent.status == LeanRailsStatus::RequiresCapture;
        let capturable = if is_held {
            intent.asked.amount.minor()
        } else {
            0
        };
        let mut charges = self.charges_of(intent).into_iter();
        let latest = charges.rfind(|charge| charge.attempt.declined.is_none());
        let action = (intent.status == LeanRailsStatus::RequiresAction).then(|| {
            json!({
                "type": "redirect_to_url",
                "redirect_to_url": {
                    "url": "https://practice.invalid/authenticate",
                    "return_url": intent.asked.return_url,
                },
            })
        });
        for (name, value) in [
            ("amount_capturable", json!(capturable)),
            ("customer", json!(intent.asked.customer)),
            ("latest_charge", json!(latest.map(|charge| charge.id))),
            ("next_action", json!(action)),
            ("payment_method_types", json!(["card"])),
            ("receipt_email", Value::Null),
            ("setup_future_usage", Value::Null),
        ] {
            object.insert(name.to_owned(), value);
        }
    }

    /// The charges of an intent, oldest first.
    pub(super) fn charges_of<'a>(&self, intent: &'a Intent) -> Vec<ChargeOf<'a>> {
        let shows_declines = self.books.settings.lean_rails.declines_are_charges;
        let attempts = intent.attempts.iter().enumerate();
        let shown = attempts.filter(|(_, one)| one.declined.is_none() || shows_declines);
        let charges = shown.map(|(index, attempt)| ChargeOf {
            id: charge_id(intent.id, index),
            intent,
            attempt,
        });
        charges.collect()
    }

    /// Every charge, oldest first.
    pub(super) fn charges(&self, now_ms: u64) -> Vec<ChargeOf<'_>> {
        let intents = self.books.lean_rails.in_order().into_iter();
        let visible = intents.filter(|one| one.is_visible(now_ms, &self.books.settings));
        let mut charges: Vec<_> = visible.flat_map(|one| self.charges_of(one)).collect();
        charges.sort_by_key(|charge| charge.attempt.at_ms);
        charges
    }

    pub(super) fn charge(&self, charge: &ChargeOf<'_>) -> Value {
        let (intent, attempt) = (charge.intent, charge.attempt);
        let amount = intent.asked.amount;
        // What a bank declined is not taken back when another card pays.
        let was_taken = attempt.declined.is_none();
        let (captured, refunded) = if was_taken {
            let refunded_minor = self.books.refunded_minor(intent.id);
            (intent.received.minor(), refunded_minor)
        } else {
            (0, 0)
        };
        let status = if was_taken { "succeeded" } else { "failed" };
        let failure = attempt.declined;
        let object = json!({
            "id": charge.id,
            "object": "charge",
            "amount": amount.minor(),
            "amount_captured": captured,
            "amount_refunded": refunded,
            "currency": code(amount.currency()),
            "status": status,
            "livemode": false,
            "payment_intent": wire_id("pi", intent.id),
            "failure_code": failure.map(Decline::word),
            "failure_message": failure.map(Decline::message),
            "metadata": {},
        });
        let Value::Object(mut object) = object else {
            return object;
        };
        self.put_times(&mut object, attempt.at_ms, attempt.at_ms);
        match self.generation {
            Generation::Json => {
                object.insert("payment_method".to_owned(), json!(attempt.method));
            }
            Generation::Form => {
                for (name, value) in [
                    ("captured", json!(captured > 0)),
                    ("paid", json!(was_taken)),
                    ("refunded", json!(captured > 0 && refunded >= captured)),
                    ("disputed", json!(false)),
                    ("customer", json!(intent.asked.customer)),
                ] {
                    object.insert(name.to_owned(), value);
                }
            }
        }
        Value::Object(object)
    }

    pub(super) fn refund_id(&self, id: IntentId) -> String {
        wire_id(self.generation.refund_word(), id)
    }

    pub(super) fn refund(&self, refund: &Refund) -> Value {
        let intent = self.books.lean_rails.intents.get(&refund.intent);
        let charges = intent.map(|intent| self.charges_of(intent));
        let mut charges = charges.unwrap_or_default().into_iter();
        let charge = charges.rfind(|charge| charge.attempt.declined.is_none());
        let amount: Money = refund.amount;
        let object = json!({
            "id": self.refund_id(refund.id),
            "object": "refund",
            "amount": amount.minor(),
            "currency": code(amount.currency()),
            "payment_intent": wire_id("pi", refund.intent),
            "charge": charge.map(|charge| charge.id),
            "status": refund.status.word(),
            "reason": refund.reason,
            "metadata": refund.metadata,
        });
        let Value::Object(mut object) = object else {
            return object;
        };
        self.put_times(&mut object, refund.created_at_ms, refund.updated_at_ms);
        match self.generation {
            Generation::Json => {
                object.insert("livemode".to_owned(), json!(false));
            }
            Generation::Form => {
                for name in ["balance_transaction", "failure_reason", "next_action"] {
                    object.insert(name.to_owned(), Value::Null);
                }
            }
        }
        Value::Object(object)
    }
}
