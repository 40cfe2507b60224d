//! Dojo.

pub(crate) mod webhook;
