//! What the till pushes, on its way to the page.

use tauri::{AppHandle, Emitter as _, Runtime};
use till::api::Notice;
use tokio::sync::mpsc::UnboundedReceiver;

/// The one event of the bridge; `ui/src/bridge` listens to it.
pub(crate) const NOTICE: &str = "notice";

/// Hands every notice to the page, in order.
pub(crate) async fn forward<R: Runtime>(app: AppHandle<R>, mut notices: UnboundedReceiver<Notice>) {
    while let Some(notice) = notices.recv().await {
        emit(&app, &notice);
    }
}

/// Hands one notice to the page.
pub(crate) fn emit<R: Runtime>(app: &AppHandle<R>, notice: &Notice) {
    if let Err(error) = app.emit(NOTICE, notice) {
        tracing::error!(%error, "a notice did not reach the page");
    }
}
