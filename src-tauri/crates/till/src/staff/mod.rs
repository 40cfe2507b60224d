//! Who stands at the till, and what they may do there.
//!
//! A till without a manager asks nobody for a PIN and is as it always was. From the first manager on
//! every command goes through [`Gate`], which looks into one table ([`verdict`]), and what a cashier may
//! not do alone needs the PIN of somebody who may.
//!
//! Promises: a PIN is in no log, no error and no journal; wrong ones are counted in the journal before
//! anybody hears of them; the approver is never the one who asked.

mod approval;
mod gate;
mod people;
mod permission;
mod pin;
mod place;
mod sign_in;

pub use gate::Gate;
pub use permission::{Verdict, verdict};
pub(crate) use pin::new_key;
pub(crate) use place::Place;
