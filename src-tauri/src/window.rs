//! The frame around the page: bringing it to the front, closing it, and what the machine needs
//! before it opens.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager as _, Runtime, WindowEvent};
use till::api::Notice;

use crate::events;
use crate::session::Window;

/// The cashier was asked about the open payments and closes all the same.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Brings the window back when the till is started a second time.
pub(crate) fn to_the_front<R: Runtime>(app: &AppHandle<R>) {
    for window in app.webview_windows().into_values() {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Asks before the window closes over payments that are not over.
pub(crate) fn on_event<R: Runtime>(window: &tauri::Window<R>, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        let app = window.app_handle();
        let open = app.state::<Window>().session.till.open_count();
        if open > 0 && !ASKED.load(Ordering::SeqCst) {
            api.prevent_close();
            let open = u32::try_from(open).unwrap_or(u32::MAX);
            events::emit(app, &Notice::CloseAsked { open });
        }
    }
}

/// Closes without asking again.
pub(crate) fn close<R: Runtime>(app: &AppHandle<R>) {
    ASKED.store(true, Ordering::SeqCst);
    app.exit(0);
}

/// What must be decided before the webview starts.
pub(crate) fn prepare_machine() {
    #[cfg(target_os = "linux")]
    linux::choose_renderer();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    /// WebKitGTK draws through DMABUF unless told otherwise. Without a GPU that path draws with a
    /// software GL driver: measured here it takes half a second longer to the first frame and
    /// eighty megabytes more than drawing in memory (`cargo xtask bench`).
    pub(super) fn choose_renderer() {
        const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
        if std::env::var_os(SWITCH).is_none() && !has_gpu() {
            restart_with(SWITCH, "1");
        }
    }

    /// A render node is what DMABUF needs; a machine without one has no GPU to draw with.
    fn has_gpu() -> bool {
        Path::new("/dev/dri").read_dir().is_ok_and(|entries| {
            entries
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
        })
    }

    /// Setting a variable of a running process is unsafe where another thread may read it, so the
    /// program starts itself anew, once, before there is any other thread.
    fn restart_with(name: &str, value: &str) {
        use std::os::unix::process::CommandExt as _;
        let Ok(program) = std::env::current_exe() else {
            return;
        };
        let error = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(name, value)
            .exec();
        // Only reached where it failed: drawing slowly is better than not at all.
        let _ = error;
    }
}
