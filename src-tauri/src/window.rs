//! The frame around the page: bringing it to the front, closing it, and what the machine needs
//! before it opens.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager as _, Runtime, WindowEvent};
use till::api::Notice;

use crate::events;
use crate::session::Opening;

/// The cashier was asked about the open payments and closes all the same.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Brings the window back when the till is started a second time.
pub(crate) fn to_the_front<R: Runtime>(app: &AppHandle<R>) {
    for window in app.webview_windows().into_values() {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// A small screen must not cut off the button that charges: a window larger than the place it has
/// becomes as large as that.
pub(crate) fn fit<R: Runtime>(app: &AppHandle<R>) {
    for window in app.webview_windows().into_values() {
        if let Err(error) = fit_one(&window) {
            tracing::warn!(%error, "the window could not be fitted to the screen");
        }
    }
}

fn fit_one<R: Runtime>(window: &tauri::WebviewWindow<R>) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()? else {
        return Ok(());
    };
    let place = *monitor.work_area();
    let inner = window.inner_size()?;
    // Before the window is on the screen its frame is not known and the outer size may be zero.
    let outer = window.outer_size()?;
    let outer =
        tauri::PhysicalSize::new(outer.width.max(inner.width), outer.height.max(inner.height));
    if outer.width <= place.size.width && outer.height <= place.size.height {
        return Ok(());
    }
    let frame = |outer: u32, inner: u32| outer.saturating_sub(inner);
    let size = tauri::PhysicalSize::new(
        inner.width.min(
            place
                .size
                .width
                .saturating_sub(frame(outer.width, inner.width)),
        ),
        inner.height.min(
            place
                .size
                .height
                .saturating_sub(frame(outer.height, inner.height)),
        ),
    );
    window.set_min_size(Some(size))?;
    window.set_size(size)?;
    window.set_position(place.position)
}

/// Asks before the window closes over payments that are not over.
pub(crate) fn on_event<R: Runtime>(window: &tauri::Window<R>, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        let app = window.app_handle();
        let open = app.state::<Opening>().open_count();
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

/// Decides how the page is drawn. To be called before any thread starts.
pub(crate) fn choose_renderer() {
    #[cfg(target_os = "linux")]
    renderer::choose();
}

/// What is held until the window is open.
pub(crate) struct Held {
    #[cfg(target_os = "linux")]
    _portal: Option<crate::portal::StandIn>,
}

/// What the desktop needs before a window can open on it.
pub(crate) fn prepare_desktop() -> Held {
    Held {
        #[cfg(target_os = "linux")]
        _portal: crate::portal::stand_in_where_stuck(),
    }
}

#[cfg(target_os = "linux")]
mod renderer {
    use std::path::Path;

    /// WebKitGTK draws through DMABUF unless told otherwise. Without a GPU that path draws with a
    /// software GL driver: it takes longer to the first frame and a third more memory than drawing
    /// in memory (`cargo xtask bench window` measures both). Nothing else runs in this process yet,
    /// so nobody can be reading the environment while it is written.
    pub(super) fn choose() {
        const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
        if std::env::var_os(SWITCH).is_none() && !has_gpu() {
            // Where it is not taken, drawing slowly is better than not at all.
            let _ = glib::setenv(SWITCH, "1", false);
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
}
