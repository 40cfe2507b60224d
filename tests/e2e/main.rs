//! The window as a cashier uses it: the real program, under Xvfb, driven through WebDriver.
#![cfg(target_os = "linux")]
#![expect(
    clippy::panic,
    reason = "what a test has to say about a window that does not do as asked"
)]

mod cards;
mod day;
mod desk;
mod dojo;
mod elsewhere;
#[path = "../bench/filled.rs"]
mod filled;
mod history;
mod kills;
mod links;
mod looks;
mod machine;
mod machines;
mod mail;
mod page;
mod returns;
mod sale;
mod security;
mod settings;
mod staff;
mod store;
mod trouble;
mod void;
mod voids;
mod window;
