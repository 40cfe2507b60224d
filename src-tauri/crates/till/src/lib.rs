//! What a cashier can do: sell, watch, cancel, and find out what happened.
//!
//! [`api`] is the list of it. `engine` drives one payment each; the journal is told before anybody
//! else; payment systems are only known through [`payment::Provider`].
//!
//! Promises: nothing is sent before it is durable; one order has at most one open payment; a
//! cancel, a time-out or a refusal ends nothing, a reading does; every payment without an end is
//! taken up again at the next start.

mod accounts;
mod act;
mod actions;
pub mod api;
mod asking;
mod audit;
mod board;
mod by_hand;
mod change;
mod changes;
mod charge;
mod day;
mod elsewhere;
mod engine;
mod exports;
mod hasten;
mod inbox;
mod letter;
mod lines;
mod link;
mod look;
mod looking;
mod paper;
mod ports;
mod qr;
mod radar;
mod sale;
mod settings;
pub mod staff;
mod tell;
mod telling;
mod till;
mod timeline;
mod told;
mod trouble;
mod typed;
mod void;
mod warned;
mod watching;

pub use audit::{HEAD_KEY, head_memory};
pub use charge::Asked;
pub use ports::{Connector, OutgoingLetter, Post, PracticeControls, PracticePage, PracticeStore};
pub use staff::Gate;
pub use till::{Parts, Till};
pub use typed::quarter_of;
