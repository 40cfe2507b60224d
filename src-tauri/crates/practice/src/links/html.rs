//! The payment page itself, for a person with a browser: no script, nothing from elsewhere.

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Details, Link, PagePress, PageRefused, PageView};
use crate::message::Received;
use crate::{IntentId, Practice, World};

/// A page may load nothing, run nothing, and send its form to this store only.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:26rem;margin:3rem auto;\
                     padding:0 1rem}h1{font-size:2.5rem;margin:.5rem 0}button{font:inherit;\
                     padding:.75rem 1.5rem;margin:0 .5rem .5rem 0}";

/// The address that a create answers, and the form on it.
pub(crate) fn router() -> Router {
    Router::new().route("/pay/{id}", get(show).post(press))
}

async fn show(practice: Practice, Path(id): Path<String>) -> Response {
    practice.with(|world, now_ms| {
        let now_ms = world.settle(now_ms);
        let id = IntentId::parse(&id);
        let mut pages = world.pages(now_ms).into_iter();
        match pages.find(|page| Some(page.id) == id) {
            Some(page) => answer(StatusCode::OK, &content(world, &page, now_ms)),
            None => unknown(),
        }
    })
}

/// `press=pay` or `press=decline`, as the page's own form sends it.
async fn press(practice: Practice, Path(id): Path<String>, request: Request) -> Response {
    let received = Received::read(request).await;
    let press = match received.form().get("press").map(String::as_str) {
        Some("pay") => PagePress::Pay,
        Some("decline") => PagePress::Decline,
        Some(_) | None => {
            let text = "<p>The form must say press=pay or press=decline.";
            return answer(StatusCode::BAD_REQUEST, text);
        }
    };
    let Some(id) = IntentId::parse(&id) else {
        return unknown();
    };
    match practice.with(|world: &mut World, now_ms| world.press_page(now_ms, id, press)) {
        // The browser reads the page anew, so that reloading it does not press again.
        Ok(()) => {
            let to = [(header::LOCATION, format!("/pay/{id}"))];
            (StatusCode::SEE_OTHER, to).into_response()
        }
        Err(PageRefused::UnknownPage) => unknown(),
        Err(refused) => {
            let text = format!("<p>{}.", capitalised(&refused.to_string()));
            answer(StatusCode::CONFLICT, &text)
        }
    }
}

fn unknown() -> Response {
    let text = format!("<p>{}.", capitalised(&PageRefused::UnknownPage.to_string()));
    answer(StatusCode::NOT_FOUND, &text)
}

fn content(world: &World, page: &PageView, now_ms: u64) -> String {
    let amount = escaped(&page.amount.to_string());
    let description = page.description.as_deref().unwrap_or_default();
    let description = escaped(description);
    let rest = match world.page_refusal(page.id, now_ms) {
        None => format!(
            "<form method=\"post\" action=\"/pay/{id}\">\
             <button name=\"press\" value=\"pay\">Pay</button>\
             <button name=\"press\" value=\"decline\">Decline</button></form>",
            id = page.id
        ),
        Some(PageRefused::Paid) => {
            let way_back = world.link(page.id).map(way_back);
            format!("<p>The payment is made.{}", way_back.unwrap_or_default())
        }
        Some(refused) => format!("<p>{}.", capitalised(&refused.to_string())),
    };
    format!("<h1>{amount}</h1><p>{description}</p>{rest}")
}

/// Where the customer goes after paying: Compago adds the id and the reference
/// (docs.compago.com/one-time-payment/create).
fn way_back(link: &Link) -> String {
    let Details::Compago(one_time) = &link.asked.details else {
        return String::new();
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("id", &link.id.to_string())
        .append_pair("externalId", &link.asked.reference)
        .finish();
    let address = &one_time.redirect_url;
    let joint = if address.contains('?') { '&' } else { '?' };
    let address = escaped(&format!("{address}{joint}{query}"));
    format!("<p><a href=\"{address}\" rel=\"noreferrer\">Back to the shop</a>")
}

fn answer(status: StatusCode, content: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Practice payment</title>\
         <style>{STYLE}</style><p>Practice: no money here is real.</p>{content}"
    );
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    (status, headers, page).into_response()
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Text that cannot become markup, between tags and between double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
