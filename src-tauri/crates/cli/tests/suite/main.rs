//! The binary `till`, run as a script runs it: processes, exit codes, lines. The judge is the
//! practice store's ledger, never the till's own word.

mod account;
mod act;
#[cfg(target_os = "linux")]
mod canary;
mod charge;
#[cfg(target_os = "linux")]
mod day;
mod dojo;
mod dojo_hands;
#[expect(
    clippy::unwrap_used,
    reason = "what a story needs is there or the story fails"
)]
mod elsewhere;
mod give_back;
#[expect(clippy::panic, reason = "a test that fails says what it saw")]
mod harness;
mod input;
#[cfg(unix)]
mod interrupted;
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
mod keychain;
#[cfg(target_os = "linux")]
#[expect(clippy::panic, reason = "a loop says what it played and what it saw")]
mod kills;
mod lean_rails;
mod link;
#[cfg(target_os = "linux")]
mod mail;
mod output;
mod rehearsal;
mod session;
mod simulate;
#[cfg(target_os = "linux")]
mod staff;
mod terms;
mod two_tills;
#[expect(
    clippy::unwrap_used,
    reason = "what a story needs is there or the story fails"
)]
mod void;
mod warned;
mod webhooks;
