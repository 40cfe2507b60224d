//! Compago's JSON. Amounts are decimal numbers in pesos and pass through text, never a float.

use payment::{Charge, IntentId, TerminalCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json::{self, Word, object};

/// The body of a create (docs.compago.com/api-reference/payment-intent/create).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody<'a> {
    amount: &'a RawValue,
    currency: &'a str,
    external_id: &'a str,
    terminal_code: &'a str,
}

/// Writes the body of a create: the same charge is always the same bytes.
pub(super) fn create_body(
    charge: &Charge,
    terminal: &TerminalCode,
) -> Result<Vec<u8>, serde_json::Error> {
    let amount = RawValue::from_string(charge.amount.to_decimal())?;
    serde_json::to_vec(&CreateBody {
        amount: &amount,
        currency: charge.amount.currency().code(),
        external_id: charge.key.as_str(),
        terminal_code: terminal.as_str(),
    })
}

/// A payment intent as any of their answers may show it. Every field may be missing; what is
/// needed is asked for by `map`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Intent {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) amount: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) external_id: Option<Word>,
    pub(super) expired: Option<Word>,
    pub(super) payment_summary: Option<Box<RawValue>>,
}

impl Intent {
    /// Reads an answer; `None` for anything but a JSON object. A field that is there twice is
    /// refused: nobody knows which of the two is meant.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// Their name of it, where it is one that can be asked for.
    pub(super) fn usable_id(&self) -> Option<IntentId> {
        json::usable_id(self.id.as_ref()?)
    }

    /// `expired` is documented as a boolean; a text or a number of the same meaning is taken too.
    pub(super) fn is_expired(&self) -> bool {
        self.expired.as_ref().is_some_and(Word::is_true)
    }

    /// The word of `paymentSummary.status`, upper case; nothing where there is no summary, no
    /// status in it, or another form of it.
    pub(super) fn summary_word(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Summary {
            status: Option<Word>,
        }
        let summary: Summary = object(self.payment_summary.as_ref()?.get().as_bytes())?;
        let word = summary.status?.text().trim().to_ascii_uppercase();
        (!word.is_empty()).then_some(word)
    }
}

/// The intents that the refusal of a duplicate may carry: the answer itself, or inside it.
pub(super) fn carried_intents(body: &[u8]) -> Vec<Intent> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Around {
        payment_intent: Option<Box<RawValue>>,
        existing: Option<Box<RawValue>>,
        data: Option<Box<RawValue>>,
    }
    let mut found: Vec<Intent> = Intent::read(body).into_iter().collect();
    if let Some(around) = object::<Around>(body) {
        let inside = [around.payment_intent, around.existing, around.data];
        found.extend(
            inside
                .into_iter()
                .flatten()
                .filter_map(|raw| Intent::read(raw.get().as_bytes())),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use money::{Currency, Money};
    use payment::{IdempotencyKey, Way};

    use super::*;

    fn terminal() -> TerminalCode {
        TerminalCode::new("NEXGO-1").unwrap()
    }

    fn charge(minor: i64, key: &str) -> Charge {
        Charge {
            amount: Money::new(minor, Currency::Mxn).unwrap(),
            way: Way::on_terminal(terminal()),
            key: IdempotencyKey::new(key).unwrap(),
            asked_at_ms: 1_790_000_000_000,
        }
    }

    #[test]
    fn a_create_is_written_as_documented() {
        let body =
            String::from_utf8(create_body(&charge(35_050, "R-1"), &terminal()).unwrap()).unwrap();
        let expected =
            r#"{"amount":350.50,"currency":"MXN","externalId":"R-1","terminalCode":"NEXGO-1"}"#;
        assert_eq!(body, expected);
        let quoted = create_body(&charge(5, "Mesa \"4\" ñ"), &terminal()).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&quoted).unwrap();
        assert_eq!(read["externalId"], "Mesa \"4\" ñ");
        assert!(
            String::from_utf8(quoted)
                .unwrap()
                .contains(r#""amount":0.05,"#)
        );
    }

    #[test]
    fn the_largest_amount_is_written_exactly() {
        let body = create_body(&charge(money::MAX_MINOR, "R-1"), &terminal()).unwrap();
        assert!(
            String::from_utf8(body)
                .unwrap()
                .contains(r#""amount":9999999999.99,"#)
        );
    }

    #[test]
    fn only_one_clear_object_is_an_answer() {
        for body in [
            "",
            "null",
            "[]",
            r#"["x"]"#,
            "\"x\"",
            "1",
            "{",
            r#"{"id":"a""#,
            r#"{"id":NaN}"#,
            r#"{"id":"a","id":"b"}"#,
            r#"{"amount":1,"amount":2}"#,
            "<html>",
            "{} {}",
        ] {
            assert!(Intent::read(body.as_bytes()).is_none(), "{body}");
        }
        assert!(Intent::read(b"{}").is_some());
        assert!(Intent::read(br#" {"id":null,"new":{"x":[1]}}"#).is_some());
    }

    #[test]
    fn deep_nesting_costs_no_stack_and_means_nothing() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let read = |field: &str| Intent::read(format!(r#"{{"{field}":{deep}}}"#).as_bytes());
        assert!(read("id").unwrap().usable_id().is_none());
        assert!(read("paymentSummary").unwrap().summary_word().is_none());
        assert!(read("new").unwrap().status.is_none());
    }

    #[test]
    fn words_are_texts_numbers_and_booleans() {
        let read = |body: &str| Intent::read(body.as_bytes()).unwrap();
        for (amount, text) in [
            ("350.50", "350.50"),
            ("\"350.50\"", "350.50"),
            ("1e400", "1e400"),
        ] {
            let intent = read(&format!(r#"{{"amount":{amount}}}"#));
            assert_eq!(intent.amount.unwrap().text(), text);
        }
        for (expired, meaning) in [
            ("true", true),
            ("\"TRUE\"", true),
            ("1", true),
            ("false", false),
            ("null", false),
            ("0", false),
            ("\"\"", false),
            ("{}", false),
        ] {
            assert_eq!(
                read(&format!(r#"{{"expired":{expired}}}"#)).is_expired(),
                meaning,
                "{expired}"
            );
        }
        for (summary, word) in [
            ("null", None),
            ("{}", None),
            ("[]", None),
            ("\"SUCCESS\"", None),
            (r#"{"status":null}"#, None),
            (r#"{"status":""}"#, None),
            (r#"{"status":" declined "}"#, Some("DECLINED")),
            (r#"{"status":"SUCCESS","cardBrand":"x"}"#, Some("SUCCESS")),
        ] {
            let intent = read(&format!(r#"{{"paymentSummary":{summary}}}"#));
            assert_eq!(intent.summary_word().as_deref(), word, "{summary}");
        }
    }

    #[test]
    fn an_id_that_would_leave_its_path_is_no_id() {
        let id = |text: &str| {
            Intent::read(format!(r#"{{"id":"{text}"}}"#).as_bytes())
                .unwrap()
                .usable_id()
        };
        for text in [".", "..", "...", "", "a/b", "a?b", "%2e%2e"] {
            assert_eq!(id(text), None, "{text}");
        }
        assert!(id("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee").is_some());
    }
}
