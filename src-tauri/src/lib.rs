//! The window: it wires the till to a page, and nothing else. Rules live in the crates.

mod commands;
mod events;
#[cfg(target_os = "linux")]
mod portal;
mod session;
mod window;

use std::process::ExitCode;

/// Opens the window and stays until it is closed.
#[must_use]
pub fn run() -> ExitCode {
    // Before any thread starts.
    window::choose_renderer();
    cli::session::guard_memory();
    cli::log::start(tracing::Level::ERROR.into());
    let mut until_open = Some(window::prepare_desktop());
    let opening = session::Opening::begin();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| {
                window::to_the_front(app);
            },
        ))
        .invoke_handler(|invoke| {
            // The page is drawn and asks for its first overview: from here on it can be used.
            if invoke.message.command() == "overview" {
                say_usable();
            }
            commands::handler()(invoke)
        })
        .setup(move |app| {
            session::attend(app.handle(), opening);
            window::fit(app.handle());
            Ok(())
        })
        .on_window_event(window::on_event)
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(move |_, event| {
                if matches!(event, tauri::RunEvent::Ready) {
                    drop(until_open.take());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

/// Tells a measuring program that the page is there (`cargo xtask bench window`). Silent otherwise.
pub fn say_usable() {
    use std::io::Write as _;
    if std::env::var_os("TILLSIDE_SAY_USABLE").is_some() {
        // Whoever measured may have gone.
        let _ = writeln!(std::io::stderr(), "tillside: usable");
    }
}
