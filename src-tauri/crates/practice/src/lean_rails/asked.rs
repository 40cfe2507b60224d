//! What requests ask for: create, confirm, capture, cancel, refund
//! (docs.leanrails.com/api-reference; github.com/fluveohq/fluveo-ai, payments and refunds).

use serde_json::{Map, Value};

use super::Generation;
use super::card::{self, Method};
use super::choices::LeanRailsCaptureField;
use super::failure::Failure;
use super::fields::Fields;
use super::intent::{Mode, NewIntent, NewRefund, read_id};
use crate::Settings;
use crate::message::Received;

/// The longest text, in characters; the pages name a limit only for `reason`.
const TEXT_LENGTH_MAX: usize = 1000;

const MODES: [(&str, Mode); 2] = [("automatic", Mode::Automatic), ("manual", Mode::Manual)];

/// One request with the rules it is read by.
pub(super) struct Reading<'a> {
    pub(super) generation: Generation,
    pub(super) received: &'a Received,
    pub(super) settings: &'a Settings,
}

/// What a create asks for.
pub(super) struct Create {
    pub(super) intent: NewIntent,
    pub(super) method: Option<Method>,
    /// Whether the card is to be charged in the same request.
    pub(super) confirms: bool,
}

/// What a confirm asks for.
pub(super) struct Confirm {
    /// `None` for the one that the intent has.
    pub(super) method: Option<Method>,
    pub(super) return_url: Option<String>,
}

impl Reading<'_> {
    fn fields(&self, json: &[&str], form: &[&str]) -> Result<Fields, Failure> {
        let fields = Fields::read(self.generation, self.received)?;
        let known = match self.generation {
            Generation::Json => json,
            Generation::Form => form,
        };
        fields.check_known(known, self.settings)?;
        Ok(fields)
    }

    fn missing(&self, param: &str, message: String) -> Failure {
        Failure::missing(self.generation, self.settings, param, message)
    }

    pub(super) fn create(&self) -> Result<Create, Failure> {
        let fields = self.fields(
            &[
                "amount",
                "currency",
                "capture_method",
                "confirmation_method",
                "customer",
                "customer_id",
                "description",
                "metadata",
                "payment_method",
            ],
            &[
                "amount",
                "currency",
                "capture_method",
                "confirm",
                "customer",
                "description",
                "metadata",
                "payment_method_data",
                "receipt_email",
                "return_url",
                "setup_future_usage",
                "statement_descriptor_suffix",
            ],
        )?;
        let amount = fields.money()?;
        let capture = fields.word("capture_method", &MODES)?;
        let confirmation = fields.word("confirmation_method", &MODES)?;
        let intent = NewIntent {
            amount,
            capture: capture.unwrap_or(Mode::Automatic),
            confirmation: confirmation.unwrap_or(Mode::Automatic),
            customer: customer(&fields)?,
            description: fields.text("description", TEXT_LENGTH_MAX)?,
            metadata: fields.object("metadata")?.unwrap_or_default(),
            return_url: self.return_url(&fields)?,
        };
        let (method, confirms) = match self.generation {
            Generation::Json => {
                let method = self.payment_method(&fields)?;
                let confirms = method.is_some() && self.settings.lean_rails.create_confirms;
                (method, confirms)
            }
            Generation::Form => {
                let confirms = fields.truth("confirm")?.unwrap_or(false);
                if fields.has("payment_method_data") && !confirms {
                    let message = "payment_method_data needs confirm=true.";
                    return Err(Failure::invalid("payment_method_data", message));
                }
                let method = if confirms {
                    Some(typed_card(&fields)?)
                } else {
                    None
                };
                (method, confirms)
            }
        };
        Ok(Create {
            intent,
            method,
            confirms,
        })
    }

    pub(super) fn confirm(&self) -> Result<Confirm, Failure> {
        let fields = self.fields(
            &[
                "payment_method",
                "payment_method_data",
                "payment_method_type",
                "return_url",
            ],
            &[
                "payment_method_data",
                "receipt_email",
                "return_url",
                "setup_future_usage",
            ],
        )?;
        let method = match self.generation {
            Generation::Json if fields.has("payment_method") => self.payment_method(&fields)?,
            Generation::Json if !fields.has("payment_method_data") => None,
            Generation::Json | Generation::Form => Some(typed_card(&fields)?),
        };
        let return_url = self.return_url(&fields)?;
        Ok(Confirm { method, return_url })
    }

    /// How much a capture takes, in minor units; `None` for all.
    pub(super) fn capture(&self) -> Result<Option<i64>, Failure> {
        let json: &[&str] = match self.settings.lean_rails.capture_field {
            LeanRailsCaptureField::Either => &["amount", "amount_to_capture"],
            LeanRailsCaptureField::Amount => &["amount"],
            LeanRailsCaptureField::AmountToCapture => &["amount_to_capture"],
        };
        let form = ["amount_to_capture", "statement_descriptor_suffix"];
        let fields = self.fields(json, &form)?;
        let known: &[&str] = match self.generation {
            Generation::Json => json,
            Generation::Form => &["amount_to_capture"],
        };
        let mut asked = None;
        for name in known {
            let minor = fields.minor(name)?;
            if asked.is_some() && minor.is_some() && asked != minor {
                let message = "`amount` and `amount_to_capture` differ.";
                return Err(Failure::invalid(name, message));
            }
            asked = asked.or(minor);
        }
        Ok(asked)
    }

    /// The reason of a cancel.
    pub(super) fn cancel(&self) -> Result<Option<String>, Failure> {
        const NAME: &str = "cancellation_reason";
        let fields = self.fields(&[NAME], &[NAME])?;
        if self.generation == Generation::Form {
            let reasons = [
                "abandoned",
                "duplicate",
                "fraudulent",
                "requested_by_customer",
            ];
            let words = reasons.map(|reason| (reason, reason));
            return Ok(fields.word(NAME, &words)?.map(str::to_owned));
        }
        fields.text(NAME, TEXT_LENGTH_MAX)
    }

    pub(super) fn refund(&self) -> Result<NewRefund, Failure> {
        let known = ["payment_intent", "amount", "reason", "metadata"];
        let fields = self.fields(&known, &known)?;
        let text = fields.text("payment_intent", TEXT_LENGTH_MAX)?;
        let text = text.ok_or_else(|| Failure::lacking("payment_intent"))?;
        let unknown = || {
            let message = format!("No PaymentIntent found with ID '{text}'.");
            self.missing("payment_intent", message)
        };
        let intent = read_id("pi", &text).ok_or_else(unknown)?;
        let reason = match self.generation {
            Generation::Json => fields.text("reason", TEXT_LENGTH_MAX)?,
            Generation::Form => {
                let reasons = ["duplicate", "fraudulent", "requested_by_customer"];
                let words = reasons.map(|reason| (reason, reason));
                fields.word("reason", &words)?.map(str::to_owned)
            }
        };
        Ok(NewRefund {
            intent,
            amount_minor: fields.minor("amount")?,
            reason,
            metadata: fields.object("metadata")?.unwrap_or_default(),
        })
    }

    /// A payment method by its id (JSON generation).
    fn payment_method(&self, fields: &Fields) -> Result<Option<Method>, Failure> {
        let Some(id) = fields.text("payment_method", TEXT_LENGTH_MAX)? else {
            return Ok(None);
        };
        let unknown = || {
            let message = format!("No PaymentMethod found with ID '{id}'.");
            self.missing("payment_method", message)
        };
        let method = card::of_method(&id).ok_or_else(unknown)?;
        Ok(Some(method))
    }

    fn return_url(&self, fields: &Fields) -> Result<Option<String>, Failure> {
        fields.text("return_url", TEXT_LENGTH_MAX)
    }
}

/// The customer, under either of the names that the pages have for it.
fn customer(fields: &Fields) -> Result<Option<String>, Failure> {
    for name in ["customer", "customer_id"] {
        let Some(id) = fields.text(name, TEXT_LENGTH_MAX)? else {
            continue;
        };
        if id.len() > "cus_".len() && id.starts_with("cus_") {
            return Ok(Some(id));
        }
        let message = format!("The `{name}` field must match ^cus_.");
        return Err(Failure::invalid(name, message));
    }
    Ok(None)
}

/// A card that is typed in. Nothing of it is kept.
fn typed_card(fields: &Fields) -> Result<Method, Failure> {
    const DATA: &str = "payment_method_data";
    let data = fields.object(DATA)?;
    let data = data.ok_or_else(|| Failure::lacking(DATA))?;
    if data.get("type").and_then(Value::as_str) != Some("card") {
        let name = "payment_method_data[type]";
        return Err(Failure::invalid(name, format!("{name} must be card.")));
    }
    let card = data.get("card").and_then(Value::as_object);
    for name in ["number", "exp_month", "exp_year", "cvc"] {
        if card.and_then(|card| text(card, name)).is_none() {
            return Err(Failure::lacking(&format!("{DATA}[card][{name}]")));
        }
    }
    let number = card.and_then(|card| text(card, "number"));
    Ok(card::of_number(number.unwrap_or_default()))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = object.get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}
