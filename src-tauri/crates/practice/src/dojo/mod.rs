//! Dojo, written from the public reference alone: docs.dojo.tech/api/v3/bundled.json (the `OpenAPI`
//! file of 2026-02-27), and where it is silent from what integrators have published.
//!
//! An intent is made, a session on a card machine collects it, and reading either tells how it went.
//! `machine.rs` has the virtual terminals, `session/` what a machine does with an intent,
//! `checkout.rs` what a customer does on the page of an intent, `intent.rs` what became of the money.

mod answers;
mod changes;
mod checkout;
mod choices;
mod intent;
mod machine;
mod payments;
mod problem;
mod search;
mod session;
mod terminals;
mod views;
mod wire;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use money::Money;
use serde::{Deserialize, Serialize};

pub use answers::DOJO_KEY;
pub use choices::{
    DojoCancelInSession, DojoChange, DojoErrors, DojoHeaders, DojoOrder, DojoPartialCapture,
    DojoReceipts, DojoRefund, DojoRejected, DojoRepeatedCancel, DojoReversal, DojoSecondSession,
    DojoUnavailable, DojoUnconfirmed, DojoUnsuccessful, DojoVoided,
};
pub(crate) use machine::machines;
pub use machine::{DOJO_TID_ENDS, DojoTerminal};
pub(crate) use problem::plain;
pub(crate) use session::{Entry, Told};
pub use views::{DojoIntentView, DojoSessionView};

use crate::books::Inconsistency;
use crate::message::{Answer, Received};
use crate::{Front, IntentId, Operation, Practice, TerminalView, World};
use intent::Intents;
use session::{Session, Sessions};

/// The path of the base URL of Dojo on this store, so that the paths of two systems never meet.
pub const DOJO_PATH: &str = "/dojo";

pub(crate) const FRONT: Front = Front {
    system: "dojo",
    account: "practice-dojo",
    name: "Practice Dojo",
    path: DOJO_PATH,
    machines: panels,
};

/// Its machines as they stand on the counter, named by their ids.
fn panels(practice: &Practice) -> Vec<TerminalView> {
    let machines = practice.dojo_terminals().into_iter();
    machines.map(|machine| machine.panel).collect()
}

/// What Dojo keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Dojo {
    intents: Intents,
    sessions: Sessions,
    /// How many refusals were written: each has a `traceId` of its own.
    refusals: u64,
}

impl Dojo {
    /// The session with this id, whoever sees it.
    pub(crate) fn session(&self, id: IntentId) -> Option<&Session> {
        self.sessions.find(id)
    }

    /// When a session next does something by itself, and which.
    pub(crate) fn next_session_due(&self) -> Option<(u64, IntentId)> {
        self.sessions.next_due()
    }

    /// When a hold next ends by itself.
    pub(crate) fn next_hold_due_ms(&self) -> Option<u64> {
        self.intents.next_due_ms()
    }

    /// When something next happens on the page of an intent, and of which.
    pub(crate) fn next_page_due(&self) -> Option<(u64, IntentId)> {
        self.intents.next_page_due()
    }

    /// The machine on which an intent was paid; empty where none was.
    fn terminal_of(&self, id: IntentId) -> String {
        let sessions = self.sessions.of_intent(id);
        let mut paid = sessions.filter(|one| one.task.is_sale() && one.payment.is_some());
        paid.next()
            .map(|one| one.terminal.clone())
            .unwrap_or_default()
    }

    /// Checks that what was charged and given back is what the payments say.
    pub(crate) fn check(
        &self,
        seed: u64,
        charged: &mut BTreeMap<IntentId, Vec<Money>>,
        refunded: &mut BTreeMap<IntentId, Vec<Money>>,
    ) -> Result<(), Inconsistency> {
        self.intents.check(seed, charged, refunded)?;
        self.sessions.check(refunded)
    }
}

/// Whether a path is below [`DOJO_PATH`].
pub(crate) fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(DOJO_PATH);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

type Act = fn(&mut World, u64, &Received) -> Answer;
type ActOn = fn(&mut World, u64, &Received, &str) -> Answer;

fn all(method: MethodFilter, act: Act) -> MethodRouter {
    on(
        method,
        move |practice: Practice, request: Request| async move {
            let received = Received::read(request).await;
            let answer = practice.with(|world, now_ms| act(world, now_ms, &received));
            answer.into_response()
        },
    )
}

fn one(method: MethodFilter, act: ActOn) -> MethodRouter {
    on(
        method,
        move |practice: Practice, Path(id): Path<String>, request: Request| async move {
            let received = Received::read(request).await;
            let answer = practice.with(|world, now_ms| act(world, now_ms, &received, &id));
            answer.into_response()
        },
    )
}

/// The paths of the reference. They are not nested: a nested route would see, and log, a path
/// without [`DOJO_PATH`].
pub(crate) fn router() -> Router {
    let (get, post, put) = (MethodFilter::GET, MethodFilter::POST, MethodFilter::PUT);
    let intent = one(get, answers::read).merge(one(MethodFilter::DELETE, answers::cancel));
    let routes = [
        ("payment-intents", all(post, answers::create)),
        ("payment-intents/search", all(post, answers::search)),
        ("payment-intents/{id}", intent),
        ("payment-intents/{id}/amount", one(post, changes::amount)),
        ("payment-intents/{id}/tips-amount", one(post, changes::tips)),
        ("payment-intents/{id}/receipt", one(post, changes::receipt)),
        (
            "payment-intents/{id}/captures",
            one(post, payments::capture),
        ),
        ("payment-intents/{id}/refunds", one(post, payments::refund)),
        (
            "payment-intents/refunds/{id}",
            one(get, payments::read_refund),
        ),
        (
            "payment-intents/{id}/reversal",
            one(post, payments::reverse),
        ),
        ("terminals", all(get, terminals::list)),
        ("terminals/{id}", one(get, terminals::read)),
        ("terminal-sessions", all(post, session::answers::start)),
        ("terminal-sessions/{id}", one(get, session::answers::read)),
        (
            "terminal-sessions/{id}/cancel",
            one(put, session::answers::cancel),
        ),
        (
            "terminal-sessions/{id}/signature",
            one(put, session::answers::sign),
        ),
    ];
    let add = |router: Router, (path, route): (&str, _)| {
        router.route(&format!("{DOJO_PATH}/{path}"), route)
    };
    routes.into_iter().fold(Router::new(), add)
}

/// Which operation a request asks for; `None` for one that this store does not have.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    let rest = path.strip_prefix(DOJO_PATH)?.strip_prefix('/')?;
    let segments: Vec<_> = rest.split('/').collect();
    let is = |wanted: &Method| method == wanted;
    match segments.as_slice() {
        ["payment-intents"] if is(&Method::POST) => Some(Operation::Create),
        ["payment-intents", "search"] if is(&Method::POST) => Some(Operation::List),
        ["payment-intents", "search"] => None,
        ["payment-intents", _] if is(&Method::GET) => Some(Operation::Read),
        ["payment-intents", _] if is(&Method::DELETE) => Some(Operation::Cancel),
        ["payment-intents", "refunds", _] if is(&Method::GET) => Some(Operation::Read),
        ["payment-intents", _, "refunds" | "reversal"] if is(&Method::POST) => {
            Some(Operation::Refund)
        }
        [
            "payment-intents",
            _,
            "amount" | "tips-amount" | "receipt" | "captures",
        ] if is(&Method::POST) => Some(Operation::Change),
        ["terminals"] if is(&Method::GET) => Some(Operation::List),
        ["terminals", _] if is(&Method::GET) => Some(Operation::Read),
        ["terminal-sessions"] if is(&Method::POST) => Some(Operation::Start),
        ["terminal-sessions", _] if is(&Method::GET) => Some(Operation::Read),
        ["terminal-sessions", _, "cancel"] if is(&Method::PUT) => Some(Operation::Cancel),
        ["terminal-sessions", _, "signature"] if is(&Method::PUT) => Some(Operation::Change),
        _ => None,
    }
}
