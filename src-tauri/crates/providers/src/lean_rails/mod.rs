//! LeanRails.

pub(crate) mod webhook;
