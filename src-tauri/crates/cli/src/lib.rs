//! The wiring of a till: which journal, which keychain, which payment systems, which practice
//! store. The window and the command line share it, and every line of the engine behind it.

mod connector;
pub mod hints;
pub mod log;
mod post;
mod practice_store;
pub mod session;
