//! Webhooks of One2Pays.
//!
//! `X-Webhook-Signature: sha256=<hex>`, one or more, and `X-Webhook-Timestamp` in milliseconds
//! (docs.one2pays.com/docs/reference/webhooks/verification). What is signed is not readable there:
//! either the timestamp, a full stop and the body, as in requests, or the body alone. Both are taken; of
//! the second kind the time proves nothing, and only the caller's memory stands against a replay.
//!
//! The two pages on the content disagree: `{id, type, data: {id}}`
//! (docs.one2pays.com/docs/guides/webhooks) or `{event, paymentId, referenceId}`
//! (docs.one2pays.com/docs/reference/webhooks/events). Both are read.

use ::http::{HeaderMap, HeaderName};
use secrets::Secret;
use serde::Deserialize;

use crate::json::{Word, object, usable_id};
use crate::webhook::{Notified, Rejected, Signature, check_age, matching, only, time};

const SIGNATURE: HeaderName = HeaderName::from_static("x-webhook-signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-webhook-timestamp");

#[derive(Deserialize)]
struct Event {
    id: Option<Word>,
    #[serde(rename = "paymentId")]
    payment_id: Option<Word>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "paymentId")]
    payment_id: Option<Word>,
    id: Option<Word>,
}

pub(crate) fn receive(
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<Notified, Rejected> {
    let signatures = Signature::list(only(headers, &SIGNATURE)?, "sha256=")?;
    let timestamp = only(headers, &TIMESTAMP)?.trim();
    let said_ms = time(timestamp)?;
    let with_time = matching(&signatures, secret, &[timestamp.as_bytes(), b".", body]);
    let (signature, signed_at_ms) = match with_time {
        Ok(signature) => (signature, Some(said_ms)),
        Err(_) => (matching(&signatures, secret, &[body])?, None),
    };
    check_age(said_ms, now_ms)?;
    let event: Event = object(body).ok_or(Rejected::NotAnEvent)?;
    let data = event.data.as_ref();
    let names = [
        event.payment_id.as_ref(),
        data.and_then(|data| data.payment_id.as_ref()),
        data.and_then(|data| data.id.as_ref()),
    ];
    let intent = names.into_iter().flatten().find_map(usable_id);
    Ok(Notified {
        intent: intent.ok_or(Rejected::NoPayment)?,
        event: signature.event(event.id.as_ref()),
        signed_at_ms,
    })
}
