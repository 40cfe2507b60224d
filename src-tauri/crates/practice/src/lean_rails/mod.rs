//! LeanRails, written from its public pages alone, in both generations: JSON
//! (docs.leanrails.com, docs.fluveo.com) and, by its later name Fluveo, forms
//! (github.com/fluveohq/fluveo-ai). They are two doors to one account.

mod answers;
mod asked;
mod books;
mod card;
mod choices;
mod failure;
mod fields;
mod gate;
mod intent;
mod keys;
mod list;
mod refunds;
mod stale;
mod wire;
mod world;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderName, HeaderValue, Method};

pub(crate) use books::LeanRailsBooks;
pub use choices::{
    LeanRailsAction, LeanRailsCancelTwice, LeanRailsCancellable, LeanRailsCaptureField,
    LeanRailsConcurrent, LeanRailsDecline, LeanRailsKeyScope, LeanRailsMissing, LeanRailsOrder,
    LeanRailsRefundDefault, LeanRailsRefusal, LeanRailsSettings, LeanRailsTimes,
    LeanRailsUnknownFields,
};
pub(crate) use failure::refusal;
pub(crate) use gate::Gate;
pub use gate::LEAN_RAILS_KEY;
pub use intent::{LeanRailsStatus, LeanRailsView};
pub(crate) use stale::first_state;

use crate::front::no_machines;
use crate::message::Received;
use crate::routes::nothing_here;
use crate::{Front, Operation, Practice};
use list::Listed;

/// Where the base URL of LeanRails is in the store.
pub const LEAN_RAILS_BASE_PATH: &str = "/lean-rails/v1";

/// Where the base URL of its later generation, Fluveo, is in the store.
pub const FLUVEO_BASE_PATH: &str = "/fluveo/v1";

pub(crate) const FRONT: Front = Front {
    system: "lean_rails",
    account: "practice-cards",
    name: "Practice cards on file",
    path: LEAN_RAILS_BASE_PATH,
    machines: no_machines,
};

/// The two generations of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// LeanRails: bodies in JSON.
    Json,
    /// Fluveo: bodies are forms.
    Form,
}

impl Generation {
    const ALL: [Self; 2] = [Self::Json, Self::Form];

    const fn base(self) -> &'static str {
        match self {
            Self::Json => LEAN_RAILS_BASE_PATH,
            Self::Form => FLUVEO_BASE_PATH,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
        }
    }

    /// What the id of a refund begins with.
    const fn refund_word(self) -> &'static str {
        match self {
            Self::Json => "ref",
            Self::Form => "re",
        }
    }

    /// The generation that a path belongs to.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|generation| {
            let prefix = generation.base().trim_end_matches("/v1");
            let rest = path.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted<'a> {
    Create,
    Read(&'a str),
    Confirm(&'a str),
    Capture(&'a str),
    Cancel(&'a str),
    Refund,
    ReadRefund(&'a str),
    ReadCharge(&'a str),
    List(Listed),
}

impl<'a> Wanted<'a> {
    /// Reads method and path; `None` for what is not in the reference.
    fn of(method: &str, path: &'a str) -> Option<(Generation, Self)> {
        let generation = Generation::of(path)?;
        let rest = path.strip_prefix(generation.base())?.strip_prefix('/')?;
        let segments: Vec<_> = rest.split('/').collect();
        let is_later = generation == Generation::Form;
        let wanted = match (method, segments.as_slice()) {
            ("POST", ["payment_intents"]) => Self::Create,
            ("GET", ["payment_intents"]) => Self::List(Listed::Intents),
            ("GET", ["payment_intents", id]) => Self::Read(id),
            ("POST", ["payment_intents", id, "confirm"]) => Self::Confirm(id),
            ("POST", ["payment_intents", id, "capture"]) => Self::Capture(id),
            ("POST", ["payment_intents", id, "cancel"]) => Self::Cancel(id),
            ("POST", ["refunds"]) => Self::Refund,
            ("GET", ["refunds"]) => Self::List(Listed::Refunds),
            ("GET", ["refunds", id]) => Self::ReadRefund(id),
            ("GET", ["charges"]) => Self::List(Listed::Charges),
            ("GET", ["charges", id]) if is_later => Self::ReadCharge(id),
            _ => return None,
        };
        Some((generation, wanted))
    }

    fn is_post(&self) -> bool {
        match self {
            Self::Create | Self::Confirm(_) | Self::Capture(_) | Self::Cancel(_) | Self::Refund => {
                true
            }
            Self::Read(_) | Self::ReadRefund(_) | Self::ReadCharge(_) | Self::List(_) => false,
        }
    }

    fn operation(&self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Confirm(_) => Operation::Confirm,
            Self::Capture(_) => Operation::Capture,
            Self::Cancel(_) => Operation::Cancel,
            Self::Refund => Operation::Refund,
            Self::Read(_) | Self::ReadRefund(_) | Self::ReadCharge(_) => Operation::Read,
            Self::List(_) => Operation::List,
        }
    }
}

/// The paths of the reference, below each of the two bases.
pub(crate) fn router() -> Router {
    let mut router = Router::new();
    for generation in Generation::ALL {
        let base = generation.base();
        let path = |rest: &str| format!("{base}/{rest}");
        router = router
            .route(&path("payment_intents"), get(handle).post(handle))
            .route(&path("payment_intents/{id}"), get(handle))
            .route(&path("payment_intents/{id}/confirm"), post(handle))
            .route(&path("payment_intents/{id}/capture"), post(handle))
            .route(&path("payment_intents/{id}/cancel"), post(handle))
            .route(&path("refunds"), get(handle).post(handle))
            .route(&path("refunds/{id}"), get(handle))
            .route(&path("charges"), get(handle));
    }
    router.route(&format!("{FLUVEO_BASE_PATH}/charges/{{id}}"), get(handle))
}

/// Which operation a request asks for; `None` for one that is not in the reference.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let (_, wanted) = Wanted::of(method.as_str(), path)?;
    Some(wanted.operation())
}

async fn handle(practice: Practice, request: Request) -> Response {
    let received = Received::read(request).await;
    let Some((generation, wanted)) = Wanted::of(&received.method, &received.path) else {
        return nothing_here(&received.path).into_response();
    };
    let reply = practice
        .with(|world, now_ms| answers::answer(world, now_ms, &received, generation, &wanted));
    let mut response = reply.answer.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-ratelimit-limit", reply.rate.limit),
        ("x-ratelimit-remaining", reply.rate.remaining),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    if reply.is_replayed && generation == Generation::Form {
        let name = HeaderName::from_static("idempotent-replayed");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    response
}
