//! A request, as far as the network can read it: what it asks for, and of which payment.

use http::Method;
use payment::{IntentId, System};
use providers::{Class, Request};
use serde_json::Value;

/// What a request wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Make a payment.
    Make,
    /// Nothing: it reads.
    Read,
    /// Withdraw it, or take it off a machine.
    Withdraw,
    /// Charge it: put it on a machine (Dojo), confirm it (LeanRails).
    Charge,
    /// Judge a signature.
    Sign,
    /// Take what is held.
    Capture,
    /// Undo it.
    Reverse,
    /// Give money back.
    Refund,
}

/// A request, as far as the network can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which till sent it.
    pub till: usize,
    /// How many requests were sent before it, by all tills.
    pub number: u64,
    /// To which system.
    pub system: System,
    /// What kind it is.
    pub class: Class,
    /// What it wants done.
    pub wish: Wish,
    /// The key of a create.
    pub key: Option<String>,
    /// The intent of any other request, where it names one.
    pub intent: Option<IntentId>,
    /// The session of Dojo that it names instead of an intent.
    pub session: Option<String>,
}

impl Asked {
    pub(super) fn of(till: usize, number: u64, system: System, request: &Request) -> Self {
        let body = request.body.as_deref().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let place = |place: usize| path.split('/').nth(place);
        let text = |at: &str| body.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let is_session = place(1) == Some("terminal-sessions");
        // `/payment-intent/{id}`, `/one-time-payment/{id}`, `/payment-intents/{id}`,
        // `/payment_intents/{id}` and `/api/v1/payments/{id}`.
        let named = match system {
            System::Compago | System::CompagoLink | System::LeanRails => place(2),
            System::Dojo => place(2).filter(|id| !is_session && *id != "search"),
            System::One2Pays => place(4),
        };
        let inside = match system {
            System::Compago | System::CompagoLink | System::One2Pays => None,
            System::Dojo => text("/details/sale/paymentIntentId")
                .or_else(|| text("/details/matchedRefund/paymentIntentId")),
            System::LeanRails => text("/payment_intent"),
        };
        let key = match system {
            System::Compago | System::CompagoLink => text("/externalId"),
            System::One2Pays => text("/referenceId"),
            System::Dojo => text("/reference"),
            System::LeanRails => text("/metadata/order_key"),
        };
        Self {
            till,
            number,
            system,
            class: request.class,
            wish: wish(
                request,
                path,
                ["matchedRefund", "unlinkedRefund"]
                    .iter()
                    .any(|kind| body["details"].get(kind).is_some()),
            ),
            key,
            intent: named
                .map(str::to_owned)
                .or(inside)
                .and_then(|id| IntentId::new(&id).ok()),
            session: place(2).filter(|_| is_session).map(str::to_owned),
        }
    }
}

fn wish(request: &Request, path: &str, is_refund: bool) -> Wish {
    match (request.class, path.rsplit('/').next().unwrap_or_default()) {
        (Class::Read, _) => Wish::Read,
        (Class::Cancel, _) => Wish::Withdraw,
        (Class::Create, "terminal-sessions") if is_refund => Wish::Refund,
        (Class::Create, "terminal-sessions" | "confirm") => Wish::Charge,
        (Class::Create, "signature") => Wish::Sign,
        (Class::Create, "captures" | "capture") => Wish::Capture,
        (Class::Create, "reversal") => Wish::Reverse,
        (Class::Create, "refunds") if request.method == Method::POST => Wish::Refund,
        (Class::Create, _) => Wish::Make,
    }
}
