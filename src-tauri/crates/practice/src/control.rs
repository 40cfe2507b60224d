//! The panel over HTTP, so that `till simulate --listen` can be driven by any other client.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::fault::FaultPlayed;
use crate::{
    Charge, DojoIntentView, DojoSessionView, DojoTerminal, Faults, IntentId, IntentView,
    LeanRailsView, LinkView, LoggedRequest, PagePress, PageRefused, PageView, Practice, Press,
    PressRefused, Refund, Settings, TerminalView,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PressRequest {
    press: Press,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PagePressRequest {
    press: PagePress,
}

#[derive(Serialize)]
struct RefusedView<T> {
    code: T,
    message: String,
}

/// The paths under `/practice`. Bodies must be `application/json`, which a page in a browser
/// cannot send here without being asked first, and nothing here answers that question.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/practice/terminals", get(terminals))
        .route("/practice/terminals/{code}/press", post(press))
        .route("/practice/dojo/terminals", get(dojo_terminals))
        .route("/practice/dojo/intents", get(dojo_intents))
        .route("/practice/dojo/sessions", get(dojo_sessions))
        .route("/practice/pages", get(pages))
        .route("/practice/pages/{id}/press", post(press_page))
        .route("/practice/ledger", get(ledger))
        .route("/practice/refunds", get(refunds))
        .route("/practice/intents", get(intents))
        .route("/practice/links", get(links))
        .route("/practice/lean-rails", get(lean_rails_intents))
        .route("/practice/requests", get(requests))
        .route("/practice/faults", get(faults_played).post(set_faults))
        .route("/practice/settings", get(settings).post(set_settings))
}

async fn terminals(practice: Practice) -> Json<Vec<TerminalView>> {
    Json(practice.terminals())
}

async fn dojo_terminals(practice: Practice) -> Json<Vec<DojoTerminal>> {
    Json(practice.dojo_terminals())
}

async fn dojo_intents(practice: Practice) -> Json<Vec<DojoIntentView>> {
    Json(practice.dojo_intents())
}

async fn dojo_sessions(practice: Practice) -> Json<Vec<DojoSessionView>> {
    Json(practice.dojo_sessions())
}

async fn refunds(practice: Practice) -> Json<Vec<Refund>> {
    Json(practice.refunds())
}

async fn press(
    practice: Practice,
    Path(code): Path<String>,
    Json(request): Json<PressRequest>,
) -> Response {
    match practice.press(&code, request.press) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => {
            let status = if refused == PressRefused::UnknownTerminal {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::CONFLICT
            };
            let view = RefusedView {
                code: refused,
                message: refused.to_string(),
            };
            (status, Json(view)).into_response()
        }
    }
}

async fn pages(practice: Practice) -> Json<Vec<PageView>> {
    Json(practice.pages())
}

async fn press_page(
    practice: Practice,
    Path(id): Path<String>,
    Json(request): Json<PagePressRequest>,
) -> Response {
    let pressed = match IntentId::parse(&id) {
        Some(id) => practice.press_page(id, request.press),
        None => Err(PageRefused::UnknownPage),
    };
    match pressed {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => {
            let status = if refused == PageRefused::UnknownPage {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::CONFLICT
            };
            let view = RefusedView {
                code: refused,
                message: refused.to_string(),
            };
            (status, Json(view)).into_response()
        }
    }
}

async fn links(practice: Practice) -> Json<Vec<LinkView>> {
    Json(practice.links())
}

async fn ledger(practice: Practice) -> Json<Vec<Charge>> {
    Json(practice.ledger())
}

async fn intents(practice: Practice) -> Json<Vec<IntentView>> {
    Json(practice.intents())
}

async fn lean_rails_intents(practice: Practice) -> Json<Vec<LeanRailsView>> {
    Json(practice.lean_rails_intents())
}

async fn requests(practice: Practice) -> Json<Vec<LoggedRequest>> {
    Json(practice.requests())
}

async fn faults_played(practice: Practice) -> Json<Vec<FaultPlayed>> {
    Json(practice.faults_played())
}

async fn set_faults(practice: Practice, Json(faults): Json<Faults>) -> StatusCode {
    practice.set_faults(faults);
    StatusCode::NO_CONTENT
}

async fn settings(practice: Practice) -> Json<Settings> {
    Json(practice.settings())
}

async fn set_settings(practice: Practice, Json(settings): Json<Settings>) -> StatusCode {
    practice.set_settings(settings);
    StatusCode::NO_CONTENT
}
