//! Mistakes a till could make, planted between the adapter and the network, to see that the storm
//! finds them. The engine itself is never changed.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::HeaderMap;
use payment::failure::NotSent;
use payment::{Failure, IntentId, System};
use providers::{Class, Request, Response};

use super::asked::Asked;

/// A planted mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A create without an answer is taken for one that was never sent.
    SilenceIsRefusal,
    /// A create that is repeated gets a key of its own.
    NewKeyOnRepeat,
    /// Any answer to a cancel is taken for its success.
    CancelIsDone,
    /// A status word nobody knows is taken for paid.
    UnknownIsPaid,
    /// The journal is not on the disk when the till is killed.
    ForgetsOnCrash,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::SilenceIsRefusal,
        Self::NewKeyOnRepeat,
        Self::CancelIsDone,
        Self::UnknownIsPaid,
        Self::ForgetsOnCrash,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SilenceIsRefusal => "silence-is-refusal",
            Self::NewKeyOnRepeat => "new-key-on-repeat",
            Self::CancelIsDone => "cancel-is-done",
            Self::UnknownIsPaid => "unknown-is-paid",
            Self::ForgetsOnCrash => "forgets-on-crash",
        }
    }

    /// The bug of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bug| bug.name() == name)
    }

    /// What it makes of a request. `sent` is how often its key was sent before.
    pub(super) fn on_request(self, asked: &Asked, sent: u32, request: &mut Request) {
        if self == Self::NewKeyOnRepeat
            && sent > 0
            && let (Some(key), Some(body)) = (&asked.key, &request.body)
        {
            let text = String::from_utf8_lossy(body);
            let named = format!("\"{key}\"");
            let renamed = text.replace(&named, &format!("\"{key}-a9{sent}\""));
            request.body = Some(Bytes::from(renamed));
        }
    }

    /// What it makes of an answer. `cancelled` are the intents whose cancel was answered before.
    pub(super) fn on_answer(
        self,
        asked: &Asked,
        cancelled: &mut BTreeSet<IntentId>,
        answer: Result<Response, Failure>,
    ) -> Result<Response, Failure> {
        match (self, asked.class, answer) {
            (Self::SilenceIsRefusal, Class::Create, Err(Failure::NoAnswer { .. })) => {
                Err(Failure::NotSent {
                    why: NotSent::NoConnection,
                })
            }
            (Self::CancelIsDone, Class::Cancel, Ok(answer)) => {
                cancelled.extend(asked.intent.clone());
                Ok(answer)
            }
            (Self::CancelIsDone, Class::Read, answer) => match &asked.intent {
                Some(intent) if cancelled.contains(intent) => {
                    let body = match asked.system {
                        System::Compago | System::CompagoLink => {
                            format!(r#"{{"id":"{intent}","status":"CANCELLED"}}"#)
                        }
                        System::One2Pays => {
                            format!(r#"{{"data":{{"id":"{intent}","status":"canceled"}}}}"#)
                        }
                        System::Dojo => {
                            format!(r#"{{"id":"{intent}","status":"Canceled"}}"#)
                        }
                        System::LeanRails => {
                            format!(r#"{{"id":"{intent}","status":"canceled"}}"#)
                        }
                    };
                    Ok(Response::new(200, &HeaderMap::new(), Bytes::from(body)))
                }
                Some(_) | None => answer,
            },
            (Self::UnknownIsPaid, Class::Read, Ok(mut answer)) => {
                let text = String::from_utf8_lossy(&answer.body)
                    .replace("SETTLING", "CONFIRMED")
                    .replace("settling", "succeeded")
                    .replace("Settling", "Captured");
                answer.body = Bytes::from(text);
                Ok(answer)
            }
            (_, _, answer) => answer,
        }
    }
}
