//! Scenarios of the practice store.
