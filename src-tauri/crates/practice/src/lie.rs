//! Answers with a field that is not true.

use bytes::Bytes;
use money::{Currency, Money};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use crate::lean_rails;

/// A field that is not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// An amount is too much by so many of the last digit that the wire writes.
    Amount {
        by: i64,
    },
    /// An amount in minor units is one too much.
    MinorAmount,
    Currency,
    UnknownStatus,
    StaleStatus,
}

/// An object of which only some fields matter; the others stay as the very characters they were.
type Object = BTreeMap<String, Box<RawValue>>;

/// The answer with the lie in it, wherever its payments are: on top (Compago, LeanRails), in `items`
/// (a list of Compago), in `data` (One2Pays, a list of LeanRails) or in `data` of `data` (a list of One2Pays). `None` where no
/// payment has the field.
pub(crate) fn falsified(lie: Lie, whole: &[u8]) -> Option<Bytes> {
    let text = std::str::from_utf8(whole).ok()?;
    falsified_text(lie, text).map(Bytes::from)
}

fn falsified_text(lie: Lie, text: &str) -> Option<String> {
    if let Ok(elements) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        return falsified_elements(lie, elements);
    }
    let mut object: Object = serde_json::from_str(text).ok()?;
    let holder = ["items", "data"]
        .into_iter()
        .find(|name| object.contains_key(*name));
    match holder.and_then(|name| object.get_mut(name)) {
        Some(inner) => {
            let told = falsified_text(lie, inner.get())?;
            *inner = RawValue::from_string(told).ok()?;
        }
        None => tell(lie, &mut object)?,
    }
    serde_json::to_string(&object).ok()
}

fn falsified_elements(lie: Lie, elements: Vec<Box<RawValue>>) -> Option<String> {
    let mut told = Vec::with_capacity(elements.len());
    for element in elements {
        told.push(RawValue::from_string(falsified_text(lie, element.get())?).ok()?);
    }
    serde_json::to_string(&told).ok()
}

fn tell(lie: Lie, payment: &mut Object) -> Option<()> {
    // A refusal of Dojo has a `status` too, which is a number of HTTP.
    if payment.contains_key("traceId") {
        return None;
    }
    if payment.contains_key("captureMode") {
        return tell_of_dojo(lie, payment);
    }
    for (mark, first) in [
        ("statusEvents", r#""InitiateRequested""#),
        ("properties", r#""Available""#),
    ] {
        if payment.contains_key(mark) {
            return tell_of_machine(lie, payment, first);
        }
    }
    let (name, told) = match lie {
        Lie::Amount { by } => ("amount", too_much(payment.get("amount")?.get(), by)?),
        Lie::MinorAmount => {
            let minor: i64 = payment.get("amount")?.get().parse().ok()?;
            ("amount", minor.checked_add(1)?.to_string())
        }
        Lie::Currency => ("currency", other_currency(payment.get("currency")?.get())),
        Lie::UnknownStatus => {
            let word = if is_lower_case(payment) {
                r#""settling""#
            } else {
                r#""SETTLING""#
            };
            ("status", word.to_owned())
        }
        Lie::StaleStatus => ("status", stale(payment)?),
    };
    let field = payment.get_mut(name)?;
    *field = RawValue::from_string(told).ok()?;
    Some(())
}

/// Another currency than this one, in upper case but where dollars were told in lower case.
fn other_currency(raw: &str) -> String {
    if raw == r#""usd""# {
        r#""eur""#.to_owned()
    } else {
        r#""USD""#.to_owned()
    }
}

/// A payment intent of Dojo has its amount and its currency in an object.
fn tell_of_dojo(lie: Lie, payment: &mut Object) -> Option<()> {
    let status = match lie {
        Lie::UnknownStatus => Some(r#""Settling""#),
        Lie::StaleStatus => Some(r#""Created""#),
        Lie::Amount { .. } | Lie::MinorAmount | Lie::Currency => None,
    };
    if let Some(word) = status {
        *payment.get_mut("status")? = RawValue::from_string(word.to_owned()).ok()?;
        return Some(());
    }
    let amount = payment.get_mut("amount")?;
    let mut money: Object = serde_json::from_str(amount.get()).ok()?;
    let (name, told) = match lie {
        Lie::Amount { by } => {
            let value: i64 = money.get("value")?.get().parse().ok()?;
            ("value", value.checked_add(by)?.to_string())
        }
        Lie::Currency => ("currencyCode", r#""USD""#.to_owned()),
        Lie::MinorAmount | Lie::UnknownStatus | Lie::StaleStatus => return None,
    };
    *money.get_mut(name)? = RawValue::from_string(told).ok()?;
    *amount = RawValue::from_string(serde_json::to_string(&money).ok()?).ok()?;
    Some(())
}

/// A session and a terminal of Dojo have a status and no amount of their own.
fn tell_of_machine(lie: Lie, told: &mut Object, first: &str) -> Option<()> {
    let word = match lie {
        Lie::UnknownStatus => r#""Settling""#,
        Lie::StaleStatus => first,
        Lie::Amount { .. } | Lie::MinorAmount | Lie::Currency => return None,
    };
    if lie == Lie::StaleStatus {
        for name in [
            "paymentDetails",
            "receipt",
            "customerReceipt",
            "merchantReceipt",
        ] {
            told.remove(name);
        }
    }
    *told.get_mut("status")? = RawValue::from_string(word.to_owned()).ok()?;
    Some(())
}

/// The amount with so many minor units more, as a number or a string like before. All currencies
/// of this store have two decimals.
fn too_much(raw: &str, by: i64) -> Option<String> {
    let quoted = String::deserialize(&mut serde_json::Deserializer::from_str(raw)).ok();
    let digits = quoted.as_deref().unwrap_or(raw);
    let more = Money::new(by, Currency::Mxn).ok()?;
    let amount = Money::from_decimal(digits, Currency::Mxn).ok()?;
    let told = amount.plus(more).ok()?.to_decimal();
    Some(if quoted.is_some() {
        format!("\"{told}\"")
    } else {
        told
    })
}

/// One2Pays writes its status words in lower case, Compago in upper case.
fn is_lower_case(payment: &Object) -> bool {
    let status = payment.get("status");
    status.is_some_and(|status| !status.get().chars().any(|one| one.is_ascii_uppercase()))
}

/// The first status again, and nothing that would give away the present one.
fn stale(payment: &mut Object) -> Option<String> {
    if let Some(object) = payment.get("object") {
        return stale_lean_rails(object.get().to_owned().as_str(), payment);
    }
    payment.remove("paymentSummary");
    for name in ["confirmedAt", "capturedAt", "canceledAt"] {
        if let Some(field) = payment.get_mut(name) {
            *field = RawValue::from_string("null".to_owned()).ok()?;
        }
    }
    let first = if is_lower_case(payment) {
        r#""requires_action""#
    } else {
        r#""PENDING""#
    };
    Some(first.to_owned())
}

fn stale_lean_rails(object: &str, payment: &mut Object) -> Option<String> {
    for (name, first) in lean_rails::first_state(object) {
        if let Some(field) = payment.get_mut(*name) {
            *field = RawValue::from_string((*first).to_owned()).ok()?;
        }
    }
    Some(payment.get("status")?.get().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lie_is_told_wherever_a_payment_is() {
        let by = Lie::Amount { by: 1 };
        let satang = Lie::Amount { by: 100 };
        let table = [
            (by, r#"{"amount":350.50}"#, r#"{"amount":350.51}"#),
            (by, r#"{"amount":"350.50"}"#, r#"{"amount":"350.51"}"#),
            (
                by,
                r#"{"count":2,"items":[{"amount":1.00},{"amount":2.99}]}"#,
                r#"{"count":2,"items":[{"amount":1.01},{"amount":3.00}]}"#,
            ),
            (
                satang,
                r#"{"data":{"data":[{"amount":"7.00"}],"total":1},"success":true}"#,
                r#"{"data":{"data":[{"amount":"8.00"}],"total":1},"success":true}"#,
            ),
            (
                Lie::UnknownStatus,
                r#"{"data":{"status":"succeeded"}}"#,
                r#"{"data":{"status":"settling"}}"#,
            ),
            (
                Lie::StaleStatus,
                r#"{"data":{"confirmedAt":"now","status":"succeeded"}}"#,
                r#"{"data":{"confirmedAt":null,"status":"requires_action"}}"#,
            ),
            (
                by,
                r#"{"data":[{"amount":{"currencyCode":"GBP","value":100},"captureMode":"Auto"}]}"#,
                r#"{"data":[{"amount":{"currencyCode":"GBP","value":101},"captureMode":"Auto"}]}"#,
            ),
            (
                Lie::StaleStatus,
                r#"{"captureMode":"Auto","status":"Canceled"}"#,
                r#"{"captureMode":"Auto","status":"Created"}"#,
            ),
            (
                Lie::StaleStatus,
                r#"{"paymentDetails":{},"status":"Captured","statusEvents":[]}"#,
                r#"{"status":"InitiateRequested","statusEvents":[]}"#,
            ),
            (
                Lie::UnknownStatus,
                r#"[{"properties":{},"status":"InUse"}]"#,
                r#"[{"properties":{},"status":"Settling"}]"#,
            ),
            (
                Lie::Currency,
                r#"{"currency":"usd"}"#,
                r#"{"currency":"eur"}"#,
            ),
            (
                Lie::MinorAmount,
                r#"{"data":[{"amount":2000},{"amount":99}],"object":"list"}"#,
                r#"{"data":[{"amount":2001},{"amount":100}],"object":"list"}"#,
            ),
            (
                Lie::StaleStatus,
                r#"{"amount_received":7,"object":"payment_intent","status":"succeeded"}"#,
                r#"{"amount_received":0,"object":"payment_intent","status":"requires_payment_method"}"#,
            ),
            (
                Lie::StaleStatus,
                r#"{"object":"refund","status":"succeeded"}"#,
                r#"{"object":"refund","status":"pending"}"#,
            ),
            (
                Lie::Currency,
                r#"{"items":[{"currency":"MXN"}]}"#,
                r#"{"items":[{"currency":"USD"}]}"#,
            ),
        ];
        for (lie, truth, told) in table {
            let found = falsified(lie, truth.as_bytes());
            assert_eq!(found.as_deref(), Some(told.as_bytes()), "{truth}");
        }
    }

    #[test]
    fn an_answer_without_the_field_stays() {
        for text in [
            "{}",
            r#"{"redirectUrl":"x"}"#,
            r#"{"error":{"code":"X"},"success":false}"#,
            r#"{"amount":"ten"}"#,
            r#"{"amount":{"value":1},"traceId":"x"}"#,
            "<p>",
            "",
        ] {
            let lie = Lie::Amount { by: 1 };
            assert_eq!(falsified(lie, text.as_bytes()), None, "{text}");
        }
    }
}
