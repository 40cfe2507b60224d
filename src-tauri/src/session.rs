//! The till behind the window.

use std::sync::Arc;

use cli::session::{Session, SessionOptions};
use tauri::{AppHandle, Manager as _, Runtime};
use till::Gate;
use tokio::sync::SetOnce;

use crate::events;

/// The till, opened beside the window: reading the journal and laying out its log must not keep the
/// page waiting, nor the webview's processes the journal.
#[derive(Clone)]
pub(crate) struct Opening(Arc<SetOnce<Option<Session>>>);

impl Opening {
    /// Begins to open the till of this machine.
    pub(crate) fn begin() -> Self {
        let opening = Self(Arc::new(SetOnce::new()));
        let opened = opening.clone();
        tauri::async_runtime::spawn(async move {
            // Nobody else sets it, so this cannot be refused.
            let _ = opened.0.set(open().await);
        });
        opening
    }

    /// The till, once it is open. Never comes back where it could not be opened: the window closes.
    pub(crate) async fn till(&self) -> &Gate {
        match self.0.wait().await {
            Some(session) => &session.till,
            None => std::future::pending().await,
        }
    }

    /// How many payments may still become anything.
    pub(crate) fn open_count(&self) -> usize {
        let session = self.0.get().and_then(Option::as_ref);
        session.map_or(0, |session| session.till.open_count())
    }
}

async fn open() -> Option<Session> {
    let opened = match SessionOptions::from_environment() {
        // The drivers of open payments start here, inside the runtime.
        Ok(options) => Session::open_or_explain(options.with_hands()).await,
        Err(error) => Err(error),
    };
    opened
        .inspect_err(|error| {
            tracing::error!(error = %cli::session::chain(error), "the till could not be opened");
        })
        .ok()
}

/// Tells the page what changes, from the moment the till is open. Without a till there is nothing to
/// show: the window closes with an error.
pub(crate) fn attend<R: Runtime>(app: &AppHandle<R>, opening: Opening) {
    app.manage(opening.clone());
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match opening.0.wait().await {
            Some(session) => events::forward(app, session.listen()).await,
            None => app.exit(1),
        }
    });
}
