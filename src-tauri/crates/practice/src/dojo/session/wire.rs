//! The JSON of sessions (docs.dojo.tech/api/v3/bundled.json, terminal sessions).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::receipt::{Copy, receipt};
use super::world::NewSession;
use super::{Entry, Payment, Session, SessionStatus, Task};
use crate::dojo::Dojo;
use crate::dojo::intent::{Intent, Status};
use crate::dojo::problem::Refused;
use crate::dojo::wire::{self, WireMoney};
use crate::message::{Received, iso_8601};
use crate::{DojoReceipts, IntentId, Settings};

const ID_PREFIX: &str = "ts_sandbox_";

/// The id as it is on the wire.
pub(in crate::dojo) fn id_of(id: IntentId) -> String {
    wire::prefixed(ID_PREFIX, id)
}

/// `None` for what no session can be called.
pub(super) fn parse_id(text: &str) -> Option<IntentId> {
    wire::parse_prefixed(ID_PREFIX, text)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireSession {
    terminal_id: String,
    details: WireDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireDetails {
    session_type: String,
    sale: Option<WireSale>,
    matched_refund: Option<WireMatchedRefund>,
    unlinked_refund: Option<WireUnlinkedRefund>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireSale {
    payment_intent_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireMatchedRefund {
    payment_intent_id: String,
    amount: Option<WireMoney>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireUnlinkedRefund {
    amount: WireMoney,
    cardholder_not_present: Option<bool>,
}

/// What the create of a session asks for, or the refusal.
pub(super) fn asked(
    received: &Received,
    dojo: &Dojo,
    now_ms: u64,
    settings: &Settings,
) -> Result<NewSession, Refused> {
    let body = |told: String| Refused::invalid("Body", told);
    received.fields().map_err(body)?;
    let bytes = received.body.as_deref().unwrap_or_default();
    let wire: WireSession = serde_json::from_slice(bytes).map_err(|_| {
        body("a field of the session is missing, unknown or of another type".to_owned())
    })?;
    let details = wire.details;
    let named = [
        details.sale.is_some(),
        details.matched_refund.is_some(),
        details.unlinked_refund.is_some(),
    ];
    if named.into_iter().filter(|is_there| *is_there).count() != 1 {
        let sentence = "details must have exactly one of sale, matchedRefund, unlinkedRefund";
        return Err(Refused::invalid("Details", sentence));
    }
    let find = |id: &str| {
        let intent = wire::parse_id(id).and_then(|id| dojo.intents.find(id));
        intent
            .filter(|intent| intent.is_visible(now_ms, settings))
            .ok_or_else(Refused::not_found)
    };
    let kind = details.session_type.as_str();
    let (task, amount) = match (
        kind,
        details.sale,
        details.matched_refund,
        details.unlinked_refund,
    ) {
        ("Sale", Some(sale), _, _) => {
            let intent = find(&sale.payment_intent_id)?;
            check_payable(intent, now_ms, settings)?;
            (Task::Sale { intent: intent.id }, intent.total())
        }
        ("MatchedRefund", _, Some(refund), _) => {
            matched(find(&refund.payment_intent_id)?, refund.amount)?
        }
        ("UnlinkedRefund", _, _, Some(refund)) => {
            let is_keyed = refund.cardholder_not_present == Some(true);
            let amount = refund.amount.money().map_err(invalid_amount)?;
            (Task::UnlinkedRefund { is_keyed }, amount)
        }
        _ => {
            let sentence = "sessionType must say which of the details is there";
            return Err(Refused::invalid("SessionType", sentence));
        }
    };
    Ok(NewSession {
        terminal: wire.terminal_id,
        task,
        amount,
    })
}

fn invalid_amount(sentence: &str) -> Refused {
    Refused::invalid("Amount", sentence)
}

fn check_payable(intent: &Intent, now_ms: u64, settings: &Settings) -> Result<(), Refused> {
    match intent.status(now_ms, settings) {
        Some(Status::Created) => Ok(()),
        Some(
            Status::Authorized
            | Status::Captured
            | Status::Reversed
            | Status::Refunded
            | Status::Canceled,
        )
        | None => {
            let sentence = "the payment intent cannot be paid in its status";
            Err(Refused::invalid("PaymentIntentId", sentence))
        }
    }
}

fn matched(intent: &Intent, asked: Option<WireMoney>) -> Result<(Task, money::Money), Refused> {
    let asked = asked.map(|amount| amount.money().map_err(invalid_amount));
    let asked = asked.transpose()?;
    let left = intent.refundable();
    let amount = asked.unwrap_or(left);
    let fits = amount.currency() == left.currency() && amount.minor() <= left.minor();
    if amount.is_zero() || !fits || intent.reversed.is_some() {
        return Err(invalid_amount("so much cannot be refunded any more"));
    }
    let intent = intent.id;
    Ok((Task::MatchedRefund { intent, asked }, amount))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature {
    accepted: bool,
}

/// The clerk's word.
pub(super) fn asked_signature(received: &Received) -> Result<bool, Refused> {
    let invalid = |told: String| Refused::invalid("Accepted", told);
    received.fields().map_err(invalid)?;
    let bytes = received.body.as_deref().unwrap_or_default();
    let wire: Result<WireSignature, _> = serde_json::from_slice(bytes);
    let wire = wire.map_err(|_| invalid("accepted must be true or false".to_owned()))?;
    Ok(wire.accepted)
}

fn details(session: &Session) -> Value {
    match &session.task {
        Task::Sale { intent } => json!({
            "sessionType": "Sale",
            "sale": {"paymentIntentId": wire::wire_id(*intent)},
        }),
        Task::MatchedRefund { intent, asked } => {
            let mut refund = json!({"paymentIntentId": wire::wire_id(*intent)});
            if let (Some(asked), Some(fields)) = (asked, refund.as_object_mut()) {
                fields.insert("amount".to_owned(), wire::money(*asked));
            }
            json!({"sessionType": "MatchedRefund", "matchedRefund": refund})
        }
        Task::UnlinkedRefund { is_keyed } => json!({
            "sessionType": "UnlinkedRefund",
            "unlinkedRefund": {
                "amount": wire::money(session.amount), "cardholderNotPresent": is_keyed,
            },
        }),
    }
}

/// The session without its slips, as the history of an intent shows it.
pub(in crate::dojo) fn object(session: &Session) -> Map<String, Value> {
    let statuses = session.statuses.iter().map(|(status, at_ms)| {
        json!({"status": status.word(), "createdAt": iso_8601(*at_ms), "debugMessage": ""})
    });
    let notifications = session.notifications.iter().map(|(notification, at_ms)| {
        json!({"notificationType": notification, "createdAt": iso_8601(*at_ms)})
    });
    let fields = [
        ("id", json!(id_of(session.id))),
        ("terminalId", json!(session.terminal)),
        ("status", json!(session.status.word())),
        ("expireAt", json!(iso_8601(session.expires_at_ms))),
        ("createdAt", json!(iso_8601(session.created_at_ms))),
        ("updatedAt", json!(iso_8601(session.updated_at_ms))),
        ("statusEvents", json!(statuses.collect::<Vec<_>>())),
        (
            "notificationEvents",
            json!(notifications.collect::<Vec<_>>()),
        ),
        ("details", details(session)),
    ];
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The whole session, as a read answers it.
pub(super) fn whole(session: &Session, dojo: &Dojo, settings: &Settings) -> Value {
    let mut fields = object(session);
    let intent = session.task.intent();
    let intent = intent.and_then(|id| dojo.intents.find(id));
    let copies = match settings.dojo_receipts {
        DojoReceipts::Copies => &[
            ("customerReceipt", Copy::Customer),
            ("merchantReceipt", Copy::Merchant),
        ][..],
        DojoReceipts::One => &[("receipt", Copy::Customer)],
        DojoReceipts::All => &[
            ("receipt", Copy::Customer),
            ("customerReceipt", Copy::Customer),
            ("merchantReceipt", Copy::Merchant),
        ],
    };
    for (name, copy) in copies {
        if let Some(lines) = receipt(session, intent, *copy) {
            fields.insert((*name).to_owned(), lines);
        }
    }
    let told = session.payment.as_ref().filter(|_| {
        let status = session.status;
        status == SessionStatus::Captured || status == SessionStatus::Authorized
    });
    if let Some(payment) = told.filter(|_| !session.is_open()) {
        fields.insert(
            "paymentDetails".to_owned(),
            payment_details(payment, "DEPOSITED"),
        );
    }
    Value::Object(fields)
}

fn modes(entry: Entry) -> (&'static str, &'static str) {
    match entry {
        Entry::Contactless => ("Contactless", "None"),
        Entry::ChipAndPin => ("ContactChip", "Pin"),
        Entry::Signed => ("Magstripe", "Signature"),
        Entry::Keyed => ("ManualEntry", "None"),
    }
}

/// What the bank said, with a card that is none.
pub(in crate::dojo) fn payment_details(payment: &Payment, message: &str) -> Value {
    let (entry, verification) = modes(payment.entry);
    json!({
        "transactionId": payment.transaction_id,
        "transactionDateTime": iso_8601(payment.at_ms),
        "message": message, "authCode": payment.auth_code,
        "card": {
            "cardNumber": "476173******0226", "cardName": "", "expiryDate": "12/30",
            "cardType": "VISA", "cardFundingType": "Credit", "last4PAN": "0226",
            "entryMode": entry, "verificationMethod": verification,
        },
    })
}

/// The payment beside a session in the history of an intent.
pub(in crate::dojo) fn history_payment(payment: &Payment) -> Value {
    let (entry, verification) = modes(payment.entry);
    json!({
        "transactionDateTime": iso_8601(payment.at_ms), "cardNumber": "476173******0226",
        "expiryDate": "12/30", "cardType": "VISA",
        "authGatewayTransactionId": payment.transaction_id, "cardHolderName": "",
        "entryMode": entry, "verificationMode": verification,
    })
}
