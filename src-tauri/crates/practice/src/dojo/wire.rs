//! The JSON of payment intents (docs.dojo.tech/api/v3/bundled.json, payment intents).

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::{Currency, Money};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Dojo;
use super::intent::{AutoExpireAction, CaptureMode, DAY_MS, Intent, NewIntent};
use super::problem::Refused;
use super::session;
use crate::message::{Fields, Received, check_text, field, iso_8601, text};
use crate::{IntentId, Settings};

const REFERENCE_LENGTH_MAX: usize = 60;
const DESCRIPTION_LENGTH_MAX: usize = 4096;
const ID_PREFIX: &str = "pi_sandbox_";

/// An id as it is on the wire.
pub(super) fn prefixed(prefix: &str, id: IntentId) -> String {
    let digits = id.to_string().replace('-', "");
    format!("{prefix}{digits}")
}

/// `None` for what nothing with this prefix can be called.
pub(super) fn parse_prefixed(prefix: &str, wire: &str) -> Option<IntentId> {
    let id = IntentId::parse(wire.strip_prefix(prefix)?)?;
    (prefixed(prefix, id) == wire).then_some(id)
}

/// The id of an intent as it is on the wire.
pub(super) fn wire_id(id: IntentId) -> String {
    prefixed(ID_PREFIX, id)
}

/// `None` for what no intent can be called.
pub(super) fn parse_id(wire: &str) -> Option<IntentId> {
    parse_prefixed(ID_PREFIX, wire)
}

/// The `Money` of the reference.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WireMoney {
    value: i64,
    currency_code: String,
}

impl WireMoney {
    /// The amount, which may be nothing.
    ///
    /// # Errors
    /// The sentence for the 400 answer.
    pub(super) fn money_or_zero(&self) -> Result<Money, &'static str> {
        let currency = match self.currency_code.as_str() {
            "GBP" => Currency::Gbp,
            "EUR" => Currency::Eur,
            _ => return Err("currencyCode must be GBP or EUR"),
        };
        let amount = Money::new(self.value, currency);
        amount.map_err(|_| "value must not be below 0, nor more than can be paid")
    }

    /// The amount, which is more than nothing.
    ///
    /// # Errors
    /// The sentence for the 400 answer.
    pub(super) fn money(&self) -> Result<Money, &'static str> {
        let amount = self.money_or_zero()?;
        if amount.is_zero() {
            return Err("value must be more than 0");
        }
        Ok(amount)
    }
}

const MONEY: &str = "an object of value, whole minor units, and currencyCode";

/// The amount of a request, which must be there.
pub(super) fn amount(fields: &Fields<'_>) -> Result<Money, Refused> {
    let invalid = |sentence: &str| Refused::invalid("Amount", sentence);
    let wire: Option<WireMoney> = field(fields, "amount", MONEY).map_err(|told| invalid(&told))?;
    let wire = wire.ok_or_else(|| invalid("amount is required"))?;
    wire.money().map_err(invalid)
}

/// An amount on top of another, in the same currency.
pub(super) fn extra(
    fields: &Fields<'_>,
    name: &'static str,
    named: &'static str,
    amount: Money,
) -> Result<Option<Money>, Refused> {
    let wire: Option<WireMoney> = typed(fields, name, named, MONEY)?;
    let Some(wire) = wire else {
        return Ok(None);
    };
    let extra = wire.money_or_zero();
    let extra = extra.map_err(|told| Refused::invalid(named, told))?;
    if extra.currency() != amount.currency() {
        let sentence = format!("{name} must have the currency of amount");
        return Err(Refused::invalid(named, sentence));
    }
    Ok(Some(extra))
}

/// A field of a certain type, and the name that a refusal gives it.
pub(super) fn typed<T: DeserializeOwned>(
    fields: &Fields<'_>,
    name: &str,
    named: &'static str,
    kind: &str,
) -> Result<Option<T>, Refused> {
    field(fields, name, kind).map_err(|told| Refused::invalid(named, told))
}

/// A time of the wire in milliseconds.
pub(super) fn time_ms(name: &'static str, text: &str) -> Result<u64, Refused> {
    let at: Option<Timestamp> = text.parse().ok();
    let at_ms = at.and_then(|at| u64::try_from(at.as_millisecond()).ok());
    at_ms.ok_or_else(|| Refused::invalid(name, format!("{name} must be a time in ISO 8601")))
}

/// `dd.hh:MM:ss`, the days left out where there are none, in milliseconds.
fn span_ms(text: &str) -> Option<u64> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    let number = |digits: &str, below: u64| {
        let is_plain = !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
        let number: Option<u64> = digits.parse().ok();
        number.filter(|number| is_plain && *number < below)
    };
    let (days, hours) = (number(days, 100)?, number(hours, 24)?);
    let (minutes, seconds) = (number(minutes, 60)?, number(seconds, 60)?);
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(60)?.checked_add(seconds)?;
    seconds.checked_mul(1000)
}

/// `autoExpireIn` and `autoExpireAction`; the sample of the reference writes both with a capital.
type AutoExpire = (Option<(String, u64)>, Option<AutoExpireAction>);

fn auto_expire(
    fields: &Fields<'_>,
    capture: CaptureMode,
    settings: &Settings,
) -> Result<AutoExpire, Refused> {
    let either = |lower, upper| {
        if fields.contains_key(lower) {
            lower
        } else {
            upper
        }
    };
    let (span, action) = (
        either("autoExpireIn", "AutoExpireIn"),
        either("autoExpireAction", "AutoExpireAction"),
    );
    let span: Option<String> = typed(fields, span, "AutoExpireIn", "a string")?;
    let kind = "Release or Capture";
    let action: Option<AutoExpireAction> = typed(fields, action, "AutoExpireAction", kind)?;
    let invalid = |sentence: &str| Refused::invalid("AutoExpireIn", sentence);
    let span = match span {
        None => None,
        Some(text) => {
            let ms = span_ms(&text).filter(|ms| (30_001..7 * DAY_MS).contains(ms));
            let ms = ms.ok_or_else(|| {
                invalid("autoExpireIn must be dd.hh:MM:ss, over 30 seconds and under 7 days")
            })?;
            Some((text, ms))
        }
    };
    let is_asked = capture == CaptureMode::Manual && settings.dojo_manual_expiry_required;
    if is_asked && (span.is_none() || action.is_none()) {
        let sentence = "autoExpireIn and autoExpireAction are required where captureMode is Manual";
        return Err(invalid(sentence));
    }
    Ok((span, action))
}

#[derive(Deserialize, Default)]
struct WireConfig {
    payment: Option<WirePaymentConfig>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WirePaymentConfig {
    custom_amount_allowed: bool,
    tips_allowed: bool,
}

/// Lines as they were sent, once every one has what the reference requires.
pub(super) fn lines(
    fields: &Fields<'_>,
    name: &'static str,
    named: &'static str,
) -> Result<Value, Refused> {
    let lines: Option<Vec<Value>> = typed(fields, name, named, "an array of objects")?;
    let lines = lines.unwrap_or_default();
    let is_money = |value: Option<&Value>| {
        value.is_some_and(|money| money["value"].is_i64() && money["currencyCode"].is_string())
    };
    for line in &lines {
        if !is_money(line.get("amountTotal")) {
            let sentence = format!("every one of {name} must have amountTotal");
            return Err(Refused::invalid(named, sentence));
        }
        let modifiers = line.get("modifiers").and_then(Value::as_array);
        for modifier in modifiers.into_iter().flatten() {
            let is_text = |name: &str| modifier[name].is_string();
            let is_whole = modifier["quantity"].is_i64();
            let is_priced = is_money(modifier.get("amountPerModifier"));
            if !(is_text("id") && is_text("name") && is_whole && is_priced) {
                let sentence = "a modifier must have id, name, quantity and amountPerModifier";
                return Err(Refused::invalid(named, sentence));
            }
        }
    }
    Ok(Value::Array(lines))
}

fn texts(fields: &Fields<'_>) -> Result<(String, Option<String>), Refused> {
    let wrong_reference = |told: String| Refused::invalid("Reference", told);
    let reference = text(fields, "reference").map_err(wrong_reference)?;
    let reference = reference.unwrap_or_default();
    check_text("reference", &reference, REFERENCE_LENGTH_MAX).map_err(wrong_reference)?;
    let wrong_description = |told: String| Refused::invalid("Description", told);
    let description = text(fields, "description").map_err(wrong_description)?;
    if let Some(description) = &description
        && description.chars().count() > DESCRIPTION_LENGTH_MAX
    {
        let told =
            format!("description must not be longer than {DESCRIPTION_LENGTH_MAX} characters");
        return Err(wrong_description(told));
    }
    Ok((reference, description))
}

/// What a create asks for, or the refusal.
pub(super) fn asked_intent(
    received: &Received,
    now_ms: u64,
    settings: &Settings,
) -> Result<NewIntent, Refused> {
    let fields = received.fields();
    let fields = fields.map_err(|told| Refused::invalid("Body", told))?;
    let (reference, description) = texts(&fields)?;
    let amount = amount(&fields)?;
    let capture = typed(&fields, "captureMode", "CaptureMode", "Auto or Manual")?;
    let capture = capture.unwrap_or(CaptureMode::Auto);
    let metadata: Option<BTreeMap<String, String>> =
        typed(&fields, "metadata", "Metadata", "an object of strings")?;
    let expires: Option<String> = typed(&fields, "expireAt", "ExpireAt", "a string")?;
    let expires_at_ms = expires.map(|at| time_ms("ExpireAt", &at)).transpose()?;
    if expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        return Err(Refused::invalid(
            "ExpireAt",
            "expireAt must be in the future",
        ));
    }
    let (auto_expire_in, auto_expire_action) = auto_expire(&fields, capture, settings)?;
    let keyed: Option<bool> = typed(
        &fields,
        "cardHolderNotPresent",
        "CardHolderNotPresent",
        "true or false",
    )?;
    let config: Option<WireConfig> = typed(&fields, "config", "Config", "an object")?;
    let config = config.and_then(|config| config.payment).unwrap_or_default();
    let asked = NewIntent {
        amount,
        tips: extra(&fields, "tipsAmount", "TipsAmount", amount)?,
        service_charge: extra(
            &fields,
            "serviceChargeAmount",
            "ServiceChargeAmount",
            amount,
        )?,
        cashback: extra(&fields, "cashbackAmount", "CashbackAmount", amount)?,
        reference,
        description,
        origin: received.origin(),
        metadata: metadata.unwrap_or_default(),
        expires_at_ms,
        capture,
        auto_expire_in,
        auto_expire_action,
        is_keyed: keyed == Some(true),
        item_lines: lines(&fields, "itemLines", "ItemLines")?,
        tax_lines: lines(&fields, "taxLines", "TaxLines")?,
        amount_may_change: config.custom_amount_allowed,
        tips_may_change: config.tips_allowed,
    };
    match asked.total() {
        Some(_) => Ok(asked),
        None => Err(Refused::invalid(
            "Amount",
            "all amounts together are more than can be paid",
        )),
    }
}

/// The `Money` of the reference.
pub(super) fn money(amount: Money) -> Value {
    json!({"value": amount.minor(), "currencyCode": amount.currency().code()})
}

/// The intent as the reference shows it; `None` where it is gone.
pub(super) fn object(
    intent: &Intent,
    dojo: &Dojo,
    now_ms: u64,
    settings: &Settings,
) -> Option<Value> {
    let status = intent.status(now_ms, settings)?;
    let asked = &intent.asked;
    let history = dojo.sessions.of_intent(intent.id).map(|one| {
        let payment = one.payment.as_ref().map(session::history_payment);
        json!({"terminalSession": session::object(one), "payment": payment})
    });
    let captures = intent.captures.iter().map(|one| {
        json!({
            "id": one.id, "amount": one.amount.minor(), "status": "Successful",
            "tipsAmount": one.tips.map(Money::minor), "createdAt": iso_8601(one.at_ms),
        })
    });
    let mut object = json!({
        "id": wire_id(intent.id), "captureMode": asked.capture,
        "cardHolderNotPresent": asked.is_keyed,
        "status": status.word(), "paymentMethods": ["Card"],
        "amount": money(asked.amount), "totalAmount": money(intent.total()),
        "refundedAmount": intent.refunded().minor(),
        "createdAt": iso_8601(intent.created_at_ms), "updatedAt": iso_8601(intent.updated_at_ms),
        "expireAt": iso_8601(intent.expires_at_ms), "reference": asked.reference,
        "itemLines": asked.item_lines, "taxLines": asked.tax_lines,
        "paymentLink": intent.page_url(), "paymentSource": "api", "metadata": asked.metadata, "paymentEvents": [],
        "terminalSessionHistory": history.collect::<Vec<_>>(),
        "captures": captures.collect::<Vec<_>>(),
    });
    let optional = [
        (
            "description",
            asked.description.as_ref().map(|text| json!(text)),
        ),
        ("tipsAmount", asked.tips.map(money)),
        ("serviceChargeAmount", asked.service_charge.map(money)),
        ("cashbackAmount", asked.cashback.map(money)),
        ("requestedAmount", intent.first_amount.map(money)),
        (
            "autoExpireIn",
            asked.auto_expire_in.as_ref().map(|(text, _)| json!(text)),
        ),
        (
            "autoExpireAction",
            asked.auto_expire_action.map(|action| json!(action)),
        ),
        ("config", config(asked)),
        (
            "paymentDetails",
            intent
                .payment
                .as_ref()
                .map(|payment| session::payment_details(payment, status.word())),
        ),
    ];
    if let Some(fields) = object.as_object_mut() {
        for (name, value) in optional {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        }
    }
    Some(object)
}

fn config(asked: &NewIntent) -> Option<Value> {
    let (amount, tips) = (asked.amount_may_change, asked.tips_may_change);
    (amount || tips)
        .then(|| json!({"payment": {"customAmountAllowed": amount, "tipsAllowed": tips}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_hours_minutes_seconds_and_maybe_days() {
        for (text, ms) in [
            ("00:00:55", Some(55_000)),
            ("01.00:00:00", Some(86_400_000)),
            ("6.23:59:59", Some(604_799_000)),
            ("24:00:00", None),
            ("00:60:00", None),
            ("55", None),
            ("", None),
            ("1.2.3:4:5", None),
            ("+1:00:00", None),
        ] {
            assert_eq!(span_ms(text), ms, "{text}");
        }
    }
}
