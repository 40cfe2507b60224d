//! The life of one payment, from *saved* to its end.
//!
//! [`plan`] is pure: from what is known it says what to do next. [`learn`] is pure: from what came
//! back it says which facts that makes. [`drive`] holds the control flow between them: one task a
//! payment, the only place that talks to a provider about it, and every fact goes through the
//! journal before anything else happens.

pub(crate) mod drive;
pub(crate) mod habit;
mod lane;
pub(crate) mod learn;
pub(crate) mod memory;
#[cfg(test)]
mod model;
pub(crate) mod pace;
pub(crate) mod plan;
#[cfg(test)]
mod return_tests;
#[cfg(test)]
mod tests;
pub(crate) mod traffic;
