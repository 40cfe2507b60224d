//! Webhooks of Dojo.
//!
//! `Dojo-Signature: sha256=<hex>`, an HMAC-SHA256 of the body alone
//! (docs.dojo.tech/development-resources/webhooks). Dojo's own library
//! (github.com/dojo-engineering/Dojo.Net, `WebhookPayloadUtils`) writes the bytes in upper case with
//! dashes between them; plain digits of either case are taken as well.
//!
//! The signature has no time. `createdAt` is that of the event and not of the delivery, and a delivery
//! may be repeated for longer than any age limit: against a replay stands the caller's memory.

use ::http::{HeaderMap, HeaderName};
use secrets::Secret;
use serde::Deserialize;

use crate::json::{Word, object, usable_id};
use crate::webhook::{Notified, Rejected, Signature, matching, only};

const SIGNATURE: HeaderName = HeaderName::from_static("dojo-signature");

#[derive(Deserialize)]
struct Event {
    id: Option<Word>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "paymentIntentId")]
    payment_intent_id: Option<Word>,
}

pub(crate) fn receive(
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Notified, Rejected> {
    let signatures = Signature::list(only(headers, &SIGNATURE)?, "sha256=")?;
    let signature = matching(&signatures, secret, &[body])?;
    let event: Event = object(body).ok_or(Rejected::NotAnEvent)?;
    let named = event.data.and_then(|data| data.payment_intent_id);
    Ok(Notified {
        intent: named
            .as_ref()
            .and_then(usable_id)
            .ok_or(Rejected::NoPayment)?,
        event: signature.event(event.id.as_ref()),
        signed_at_ms: None,
    })
}
