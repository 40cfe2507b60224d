//! The adapters against servers that misbehave, against TLS nobody should trust, and against the
//! practice store. Only 127.0.0.1 is ever reached.

mod accounts;
mod canary;
mod cards;
mod contract;
mod dojo;
mod fault_rows;
mod faults;
mod hardening;
mod keep_alive;
mod links;
mod practice_store;
mod refunds;
mod samples;
mod server;
mod shop;
mod store;
mod tls;
