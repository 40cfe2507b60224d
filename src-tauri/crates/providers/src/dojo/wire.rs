//! Dojo's JSON, as its `OpenAPI` description of 2026-02-27 has it (docs.dojo.tech/api/v3/bundled.json).
//!
//! The trap of its units: intents and sessions have `Money` (`{value, currencyCode}`), captures and
//! refunds a bare integer. Both are minor units and never pass through a float.

use std::collections::BTreeMap;

use money::{Currency, Money};
use payment::{Charge, ItemLine, LinkTerms, Modifier, SaleTerms, TerminalCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::session::Session;
use crate::json::{Word, object};

/// How long the money of a `Manual` intent is held before it is released by itself: an hour less
/// than the seven days that are too long ("Create payment intent", `autoExpireIn`, `dd.hh:MM:ss`).
const HOLD: &str = "06.23:00:00";

/// The name of our key among an intent's metadata.
const KEY_NAME: &str = "tillsideKey";

/// `Money` as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    value: i64,
    currency_code: &'static str,
}

impl From<Money> for Written {
    fn from(amount: Money) -> Self {
        Self {
            value: amount.minor(),
            currency_code: amount.currency().code(),
        }
    }
}

/// The body of "Create payment intent".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IntentBody<'a> {
    amount: Written,
    reference: &'a str,
    capture_mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_expire_in: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_expire_action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tips_amount: Option<Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_charge_amount: Option<Written>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    card_holder_not_present: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    item_lines: Vec<LineBody<'a>>,
    metadata: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineBody<'a> {
    name: &'a str,
    quantity: u32,
    amount_total: Written,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    modifiers: Vec<ModifierBody<'a>>,
}

impl<'a> From<&'a ItemLine> for LineBody<'a> {
    fn from(line: &'a ItemLine) -> Self {
        Self {
            name: &line.name,
            quantity: line.quantity,
            amount_total: line.total.into(),
            modifiers: (1..).zip(&line.modifiers).map(ModifierBody::from).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModifierBody<'a> {
    /// Its place in the line: it has to have a name for machines, and the till has no other.
    id: String,
    name: &'a str,
    quantity: u32,
    amount_per_modifier: Written,
}

impl<'a> From<(u32, &'a Modifier)> for ModifierBody<'a> {
    fn from((number, modifier): (u32, &'a Modifier)) -> Self {
        let added = Written::from(modifier.amount);
        Self {
            id: number.to_string(),
            name: &modifier.name,
            quantity: modifier.quantity,
            amount_per_modifier: Written {
                value: if modifier.discount {
                    added.value.saturating_neg()
                } else {
                    added.value
                },
                ..added
            },
        }
    }
}

/// Writes the body of a create: the same charge is always the same bytes.
pub(super) fn intent_body(
    charge: &Charge,
    terms: &SaleTerms,
) -> Result<Vec<u8>, serde_json::Error> {
    let beside =
        |amount: Option<Money>| amount.filter(|amount| !amount.is_zero()).map(Written::from);
    serde_json::to_vec(&IntentBody {
        amount: charge.amount.into(),
        reference: charge.key.as_str(),
        capture_mode: if terms.hold { "Manual" } else { "Auto" },
        auto_expire_in: terms.hold.then_some(HOLD),
        auto_expire_action: terms.hold.then_some("Release"),
        tips_amount: beside(terms.tip),
        service_charge_amount: beside(terms.service_charge),
        card_holder_not_present: terms.keyed,
        item_lines: terms.lines.iter().map(LineBody::from).collect(),
        metadata: BTreeMap::from([(KEY_NAME, charge.key.as_str())]),
    })
}

/// Writes the body of a create whose page the customer opens; `ends` is a time in ISO-8601.
pub(super) fn link_body(
    charge: &Charge,
    terms: &LinkTerms,
    ends: &str,
    is_partner: bool,
) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        amount: Written,
        reference: &'a str,
        capture_mode: &'static str,
        description: &'a str,
        expire_at: &'a str,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_not_online_checkout: bool,
        metadata: BTreeMap<&'static str, &'a str>,
    }
    serde_json::to_vec(&Body {
        amount: charge.amount.into(),
        reference: charge.key.as_str(),
        capture_mode: "Auto",
        description: &terms.description,
        expire_at: ends,
        is_not_online_checkout: is_partner,
        metadata: BTreeMap::from([(KEY_NAME, charge.key.as_str())]),
    })
}

/// What a terminal session is for.
pub(super) enum Purpose<'a> {
    /// Take the money of an intent.
    Sale {
        /// Which.
        intent: &'a str,
    },
    /// Give back money of an intent to the card that paid it.
    Refund {
        /// Which.
        intent: &'a str,
        /// How much of it.
        amount: Money,
    },
    /// Give money to whichever card is presented.
    Return {
        /// How much.
        amount: Money,
        /// The card's number is typed into the machine.
        keyed: bool,
    },
}

/// Writes the body of "Create a session on a terminal".
pub(super) fn session_body(
    terminal: &TerminalCode,
    purpose: &Purpose<'_>,
) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        terminal_id: &'a str,
        details: Details<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Details<'a> {
        session_type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        sale: Option<Linked<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        matched_refund: Option<Linked<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        unlinked_refund: Option<Unlinked>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Unlinked {
        amount: Written,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        cardholder_not_present: bool,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Linked<'a> {
        payment_intent_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<Written>,
    }
    let details = match purpose {
        Purpose::Sale { intent } => Details {
            session_type: "Sale",
            sale: Some(Linked {
                payment_intent_id: intent,
                amount: None,
            }),
            matched_refund: None,
            unlinked_refund: None,
        },
        Purpose::Refund { intent, amount } => Details {
            session_type: "MatchedRefund",
            sale: None,
            matched_refund: Some(Linked {
                payment_intent_id: intent,
                amount: Some((*amount).into()),
            }),
            unlinked_refund: None,
        },
        Purpose::Return { amount, keyed } => Details {
            session_type: "UnlinkedRefund",
            sale: None,
            matched_refund: None,
            unlinked_refund: Some(Unlinked {
                amount: (*amount).into(),
                cardholder_not_present: *keyed,
            }),
        },
    };
    serde_json::to_vec(&Body {
        terminal_id: terminal.as_str(),
        details,
    })
}

/// Writes the cashier's word about a signature.
pub(super) fn signature_body(accepted: bool) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    struct Body {
        accepted: bool,
    }
    serde_json::to_vec(&Body { accepted })
}

/// Writes the body of a capture or of a refund: bare integers in minor units.
pub(super) fn bare_body(amount: i64) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    struct Body {
        amount: i64,
    }
    serde_json::to_vec(&Body { amount })
}

/// Writes the body of "List all payment intents".
pub(super) fn search_body(
    statuses: &[&str],
    start: Option<&str>,
    limit: usize,
    after: Option<&str>,
) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        statuses: &'a [&'a str],
        #[serde(skip_serializing_if = "Option::is_none")]
        start_date: Option<&'a str>,
        cursor: Cursor<'a>,
    }
    #[derive(Serialize)]
    struct Cursor<'a> {
        limit: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<&'a str>,
    }
    serde_json::to_vec(&Body {
        statuses,
        start_date: start,
        cursor: Cursor { limit, after },
    })
}

/// `Money` as it comes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Amount {
    pub(super) value: Option<Word>,
    pub(super) currency_code: Option<Word>,
}

impl Amount {
    /// Whole minor units, where they are that.
    pub(super) fn minor(&self) -> Option<i64> {
        self.value.as_ref()?.text().parse().ok()
    }

    /// In a known currency.
    pub(super) fn money(&self) -> Option<Money> {
        let code = self.currency_code.as_ref()?.text();
        let mut known = Currency::ALL.into_iter();
        let currency = known.find(|known| known.code().eq_ignore_ascii_case(code))?;
        Money::new(self.minor()?, currency).ok()
    }
}

/// A payment intent as any of their answers may show it. Every field may be missing; what is needed
/// is asked for by `map`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Intent {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) capture_mode: Option<Word>,
    pub(super) reference: Option<Word>,
    pub(super) amount: Option<Amount>,
    pub(super) tips_amount: Option<Amount>,
    pub(super) service_charge_amount: Option<Amount>,
    pub(super) cashback_amount: Option<Amount>,
    pub(super) total_amount: Option<Amount>,
    pub(super) refunded_amount: Option<Word>,
    pub(super) created_at: Option<Word>,
    pub(super) expire_at: Option<Word>,
    pub(super) payment_link: Option<Word>,
    pub(super) captures: Option<Vec<Capture>>,
    terminal_session_history: Option<Vec<Past>>,
    payment_details: Option<Box<RawValue>>,
}

/// A capture in an intent.
#[derive(Debug, Deserialize)]
pub(super) struct Capture {
    pub(super) amount: Option<Word>,
    pub(super) status: Option<Word>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Past {
    terminal_session: Option<Session>,
}

impl Intent {
    /// Reads an answer; `None` for anything but a JSON object. A field that is there twice is
    /// refused: nobody knows which of the two is meant.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// The last four digits of the card that paid it. Whatever else is there instead spoils nothing: no
    /// decision is taken from it.
    pub(super) fn last_four(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Details {
            card: Option<Card>,
        }
        #[derive(Deserialize)]
        struct Card {
            #[serde(rename = "last4PAN")]
            last_four: Option<Word>,
        }
        let details: Details = serde_json::from_str(self.payment_details.as_ref()?.get()).ok()?;
        let digits = details.card?.last_four?.text().to_owned();
        let is_four = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_four.then_some(digits)
    }

    /// Its sessions; `None` where it does not say.
    pub(super) fn sessions(&mut self) -> Option<Vec<Session>> {
        let history = self.terminal_session_history.take()?;
        let sessions = history.into_iter().filter_map(|past| past.terminal_session);
        Some(sessions.collect())
    }
}

/// One page of a search.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) intents: Vec<Intent>,
    /// Where the next page begins; `None` at the end.
    pub(super) after: Option<String>,
}

impl Page {
    /// Reads an answer. One that does not say what it found says nothing, and an item that is no
    /// intent spoils the whole: it might have been the one that is looked for.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Around {
            #[serde(default, deserialize_with = "told")]
            data: Option<Box<RawValue>>,
            after: Option<Word>,
        }
        let around: Around = object(body)?;
        let items: Option<Vec<Box<RawValue>>> = serde_json::from_str(around.data?.get()).ok()?;
        let intents = items.unwrap_or_default();
        let intents: Option<Vec<Intent>> = intents
            .iter()
            .map(|item| object(item.get().as_bytes()))
            .collect();
        let after = around.after.map(|after| after.text().to_owned());
        Some(Self {
            intents: intents?,
            after: after.filter(|after| !after.is_empty()),
        })
    }
}

/// Tells `null` (their schema allows it for an empty list) from a field that is not there.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

/// A card machine of the list.
#[derive(Debug, Deserialize)]
pub(super) struct Terminal {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) properties: Option<Properties>,
}

impl Terminal {
    /// Reads one; `None` for anything but a JSON object.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }
}

/// What is printed on it.
#[derive(Debug, Deserialize)]
pub(super) struct Properties {
    pub(super) tid: Option<Word>,
}

/// Reads the list of card machines: an array, and nothing else.
pub(super) fn terminals(body: &[u8]) -> Option<Vec<Terminal>> {
    let items: Vec<Box<RawValue>> = serde_json::from_slice(body).ok()?;
    items
        .iter()
        .map(|item| object(item.get().as_bytes()))
        .collect()
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
