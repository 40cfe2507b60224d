//! The commands of `till::api`, one Tauri command each. The table writes them: there is nothing
//! here to forget and no place for a rule.

use tauri::{AppHandle, Runtime, State, ipc::Invoke};
use till::api::{self, ApiError};

use crate::session::Opening;

macro_rules! adapters {
    ($($(#[doc = $doc:literal])* $name:ident($request:ident) -> $view:ident, $permission:ident;)*) => {
        $(
            $(#[doc = $doc])*
            #[tauri::command]
            pub(crate) async fn $name(
                opening: State<'_, Opening>,
                request: api::$request,
            ) -> Result<api::$view, ApiError> {
                opening.till().await.$name(request).await
            }
        )*

        /// What the page may call.
        pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name,)* close_anyway]
        }
    };
}
till::command_table!(adapters);

/// Closes the window over live payments: the cashier was asked and said so. They are taken up
/// again at the next start.
#[tauri::command]
pub(crate) fn close_anyway<R: Runtime>(app: AppHandle<R>) {
    crate::window::close(&app);
}
