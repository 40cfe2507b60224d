//! The till behind the window.

use cli::session::{Session, SessionError, SessionOptions};
use tauri::{AppHandle, Manager as _, Runtime};

use crate::events;

/// What the commands work on.
pub(crate) struct Window {
    pub session: Session,
}

/// Opens the till and starts to tell the page what changes.
pub(crate) fn start<R: Runtime>(app: &AppHandle<R>) -> Result<(), Box<dyn std::error::Error>> {
    let options = SessionOptions::from_environment()?.with_hands();
    // Opened inside the runtime: the drivers of open payments start here.
    let (session, notices) = tauri::async_runtime::block_on(async {
        let session = Session::open_or_explain(options).await?;
        let notices = session.listen();
        Ok::<_, SessionError>((session, notices))
    })?;
    app.manage(Window { session });
    tauri::async_runtime::spawn(events::forward(app.clone(), notices));
    Ok(())
}
