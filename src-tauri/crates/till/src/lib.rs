//! What a cashier can do.
pub mod api;
