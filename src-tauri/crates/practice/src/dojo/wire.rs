//! The JSON of payment intents (docs.dojo.tech/api/v3/bundled.json, payment intents).

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::{Currency, Money};
use serde::Deserialize;
use serde_json::{Value, json};

use super::intent::{Intent, NewIntent};
use super::problem::Refused;
use crate::message::{Fields, Received, check_text, field, iso_8601, text};
use crate::{IntentId, Settings};

const REFERENCE_LENGTH_MAX: usize = 60;
const DESCRIPTION_LENGTH_MAX: usize = 4096;
const ID_PREFIX: &str = "pi_sandbox_";

/// The id as it is on the wire.
pub(super) fn wire_id(id: IntentId) -> String {
    let digits = id.to_string().replace('-', "");
    format!("{ID_PREFIX}{digits}")
}

/// `None` for what no intent can be called.
pub(super) fn parse_id(wire: &str) -> Option<IntentId> {
    let id = IntentId::parse(wire.strip_prefix(ID_PREFIX)?)?;
    (wire_id(id) == wire).then_some(id)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireMoney {
    value: i64,
    currency_code: String,
}

fn amount(fields: &Fields<'_>) -> Result<Money, Refused> {
    let invalid = |sentence: &str| Refused::invalid("Amount", sentence);
    let kind = "an object of value, whole minor units, and currencyCode";
    let wire: Option<WireMoney> = field(fields, "amount", kind).map_err(|told| invalid(&told))?;
    let wire = wire.ok_or_else(|| invalid("amount is required"))?;
    let currency = match wire.currency_code.as_str() {
        "GBP" => Currency::Gbp,
        "EUR" => Currency::Eur,
        _ => return Err(invalid("currencyCode must be GBP or EUR")),
    };
    let amount = Money::new(wire.value, currency).ok();
    let amount = amount.filter(|amount| amount.minor() > 0);
    amount.ok_or_else(|| invalid("value must be more than 0, and no more than can be paid"))
}

/// A time of the wire in milliseconds.
pub(super) fn time_ms(name: &'static str, text: &str) -> Result<u64, Refused> {
    let at: Option<Timestamp> = text.parse().ok();
    let at_ms = at.and_then(|at| u64::try_from(at.as_millisecond()).ok());
    at_ms.ok_or_else(|| Refused::invalid(name, format!("{name} must be a time in ISO 8601")))
}

/// What a create asks for, or the refusal.
pub(super) fn asked_intent(received: &Received, now_ms: u64) -> Result<NewIntent, Refused> {
    let fields = received.fields();
    let fields = fields.map_err(|told| Refused::invalid("Body", told))?;
    // Taken without a word these would make the total wrong.
    for name in ["tipsAmount", "serviceChargeAmount", "cashbackAmount"] {
        if fields.get(name).is_some_and(|raw| raw.get() != "null") {
            let sentence = format!("{name} is not enabled for this account");
            return Err(Refused::invalid("Amount", sentence));
        }
    }
    let capture =
        text(&fields, "captureMode").map_err(|told| Refused::invalid("CaptureMode", told))?;
    if capture.is_some_and(|mode| mode != "Auto") {
        let sentence = "captureMode must be Auto for this account";
        return Err(Refused::invalid("CaptureMode", sentence));
    }
    let reference =
        text(&fields, "reference").map_err(|told| Refused::invalid("Reference", told))?;
    let reference = reference.unwrap_or_default();
    check_text("reference", &reference, REFERENCE_LENGTH_MAX)
        .map_err(|told| Refused::invalid("Reference", told))?;
    let wrong_description = |told: String| Refused::invalid("Description", told);
    let description = text(&fields, "description").map_err(wrong_description)?;
    if let Some(description) = &description
        && description.chars().count() > DESCRIPTION_LENGTH_MAX
    {
        let told =
            format!("description must not be longer than {DESCRIPTION_LENGTH_MAX} characters");
        return Err(wrong_description(told));
    }
    let metadata: Option<BTreeMap<String, String>> =
        field(&fields, "metadata", "an object of strings")
            .map_err(|told| Refused::invalid("Metadata", told))?;
    let expires = text(&fields, "expireAt").map_err(|told| Refused::invalid("ExpireAt", told))?;
    let expires_at_ms = expires.map(|at| time_ms("ExpireAt", &at)).transpose()?;
    if expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        return Err(Refused::invalid(
            "ExpireAt",
            "expireAt must be in the future",
        ));
    }
    Ok(NewIntent {
        amount: amount(&fields)?,
        reference,
        description,
        metadata: metadata.unwrap_or_default(),
        expires_at_ms,
    })
}

/// The intent as the reference shows it; `None` where it is gone.
pub(super) fn object(intent: &Intent, now_ms: u64, settings: &Settings) -> Option<Value> {
    let status = intent.status(now_ms, settings)?;
    let asked = &intent.asked;
    let money = json!({
        "value": asked.amount.minor(), "currencyCode": asked.amount.currency().code(),
    });
    let updated_at_ms = intent.cancelled_at_ms.unwrap_or(intent.created_at_ms);
    let mut object = json!({
        "id": wire_id(intent.id), "captureMode": "Auto", "cardHolderNotPresent": false,
        "status": status.word(), "paymentMethods": ["Card"],
        "amount": money, "totalAmount": money, "refundedAmount": 0,
        "createdAt": iso_8601(intent.created_at_ms), "updatedAt": iso_8601(updated_at_ms),
        "expireAt": iso_8601(intent.expires_at_ms), "reference": asked.reference,
        "itemLines": [], "taxLines": [], "paymentSource": "api", "metadata": asked.metadata,
        "paymentEvents": [], "terminalSessionHistory": [],
    });
    if let (Some(text), Some(fields)) = (&asked.description, object.as_object_mut()) {
        fields.insert("description".to_owned(), json!(text));
    }
    Some(object)
}
