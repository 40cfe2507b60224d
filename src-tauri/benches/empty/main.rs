//! The control of `cargo xtask bench window`: a window of the same Tauri with nothing in it.

fn main() {
    let built = tauri::Builder::default()
        .on_page_load(|_, payload| {
            if payload.event() == tauri::webview::PageLoadEvent::Finished {
                tillside_window::say_usable();
            }
        })
        .run(tauri::generate_context!(
            "src-tauri/benches/empty/tauri.conf.json"
        ));
    if let Err(error) = built {
        tracing::error!(%error, "the empty window could not be opened");
    }
}
