//! Webhooks of LeanRails.
//!
//! `X-Signature: t=<Unix seconds>,v1=<hex>`; the signed text begins with the letters `v1=`, then come
//! the seconds, a full stop and the body (docs.leanrails.com/guides/webhooks). Its successor sends the
//! same under `Fluveo-Signature` too (docs.fluveo.com/guides/webhooks).
//!
//! Each delivery has a `Webhook-Id`, which is not signed: an event is remembered by the id in its body.
//! How the body names a payment is shown nowhere; every form that is usual for such events is read.

use ::http::{HeaderMap, HeaderName};
use payment::IntentId;
use secrets::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{Word, object};
use crate::webhook::{Notified, Rejected, Signature, check_age, matching, only, time};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const SIGNATURE_OF_SUCCESSOR: HeaderName = HeaderName::from_static("fluveo-signature");

#[derive(Deserialize)]
struct Event {
    id: Option<Word>,
    data: Option<Thing>,
}

/// What an event is about. `object` is the thing itself, or the word for its kind.
#[derive(Deserialize)]
struct Thing {
    object: Option<Box<RawValue>>,
    payment_intent: Option<Name>,
    payment_intent_id: Option<String>,
    id: Option<String>,
}

/// A payment named, or shown whole.
#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Id(String),
    Whole { id: String },
}

impl Thing {
    /// The payment before the thing that happened to it: a charge and a refund have ids of their own.
    fn intent(&self) -> Option<IntentId> {
        let of_thing = self.payment_intent.as_ref().map(|name| match name {
            Name::Id(id) | Name::Whole { id } => id.as_str(),
        });
        let names = [
            of_thing,
            self.payment_intent_id.as_deref(),
            self.id.as_deref(),
        ];
        let mut names = names.into_iter().flatten();
        names.find_map(|name| IntentId::new(name).ok())
    }
}

/// The seconds as they stand, and the signatures; of other schemes nothing is known.
fn parts_of(header: &str) -> Result<(&str, Vec<Signature>), Rejected> {
    let mut seconds = None;
    let mut listed = Vec::new();
    for part in header.split(',').map(str::trim) {
        if let Some(text) = part.strip_prefix("t=") {
            if seconds.replace(text).is_some() {
                return Err(Rejected::SignedTwice);
            }
        } else if part.starts_with("v1=") {
            listed.push(part);
        }
    }
    let seconds = seconds.ok_or(Rejected::Unreadable)?;
    Ok((seconds, Signature::list(&listed.join(","), "v1=")?))
}

pub(crate) fn receive(
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<Notified, Rejected> {
    let header = match only(headers, &SIGNATURE) {
        Err(Rejected::NotSigned) => only(headers, &SIGNATURE_OF_SUCCESSOR),
        found => found,
    }?;
    let (seconds, signatures) = parts_of(header)?;
    let signed_at_ms = time(seconds)?
        .checked_mul(1_000)
        .ok_or(Rejected::Unreadable)?;
    let parts: [&[u8]; 4] = [b"v1=", seconds.as_bytes(), b".", body];
    let signature = matching(&signatures, secret, &parts)?;
    check_age(signed_at_ms, now_ms)?;
    let event: Event = object(body).ok_or(Rejected::NotAnEvent)?;
    let data = event.data.ok_or(Rejected::NoPayment)?;
    let inner = data.object.as_deref();
    let inner = inner.and_then(|raw| object::<Thing>(raw.get().as_bytes()));
    let intent = inner.and_then(|thing| thing.intent());
    Ok(Notified {
        intent: intent
            .or_else(|| data.intent())
            .ok_or(Rejected::NoPayment)?,
        event: signature.event(event.id.as_ref()),
        signed_at_ms: Some(signed_at_ms),
    })
}
